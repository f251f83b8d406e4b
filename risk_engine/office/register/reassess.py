"""Assess the open cases of a register again, on another day or under another version, and keep what changed."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from risk_engine.engine.assess import to_json
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.releases import choose
from risk_engine.loading.sets import UnknownSetError
from risk_engine.office.register.add import is_same_result
from risk_engine.office.register.compare import Changes, changes
from risk_engine.office.register.folder import known_case_folder
from risk_engine.office.register.record import Assessed, Seen, look_at, record_of, told
from risk_engine.office.register.writing import Tell, writing
from risk_engine.portfolio.assess import Assessor


class Fresh(NamedTuple):
    """A new assessment that is to be filed: its content and day, its criteria, of which one it takes the place."""

    content: bytes
    on: date
    criteria: Path
    supersedes: str


@dataclass(frozen=True)
class Reassessed:
    """What became of one case: what changed, what is to be filed if anything, and its file once it is filed."""

    case_id: str
    title: str
    changes: Changes
    review_due: date
    to_file: Fresh | None = None
    filed: str | None = None


class Tried(NamedTuple):
    """What came of a case: how it was found, whether it is open, and what changed, None under another set."""

    seen: Seen
    is_open: bool = False
    failed: str = ""
    done: Reassessed | None = None


@dataclass(frozen=True)
class Reassessing:
    """Assesses the cases of a register again, in whichever process, and files nothing.

    With `file_unchanged` it is to be filed also where nothing changed but the day, so that the day of the review moves.
    """

    assessor: Assessor
    dry_run: bool
    file_unchanged: bool = False

    def __call__(self, path: Path) -> Tried:
        """Return what comes of the case whose folder this is."""
        seen = look_at(path)
        told_of = seen._replace(record=None)
        if seen.record is None or seen.record.current is None or seen.record.is_closed():
            return Tried(told_of)
        try:
            return Tried(told_of, is_open=True, done=self.again(seen.record.current))
        except RiskEngineError as error:
            return Tried(told_of, is_open=True, failed=f"{error}")

    def again(self, current: Assessed) -> Reassessed | None:
        """Return what changed, and what is to be filed if anything; None for a case under another set.

        Raises RiskEngineError where the case does not fit the criteria.
        """
        old, assessor, path = current.assessment, self.assessor, current.filed.path
        if assessor.reference and choose(assessor.reference, assessor.on or old.on).version.name != old.criteria.id:
            return None
        try:
            new = assessor.assess_again(path, old)
        except UnknownSetError as error:
            message = _("{path}: it cannot be assessed again: {error}", path=path, error=error)
            raise RiskEngineError(message, _("the folder of its criteria can be named with `--criteria`")) from error
        found = changes(told(old, path), assessor.explain(new), assessor.criteria_of(new))
        to_file = bool(found) or (self.file_unchanged and not is_same_result(old, new))
        if self.dry_run or not to_file:
            return Reassessed(old.case_id, old.case_title, found, old.review_due)
        fresh = Fresh(to_json(new), new.on, assessor.folder_of(new), old.digest)
        return Reassessed(old.case_id, old.case_title, found, new.review_due, fresh)


def file_again(folder: Path, done: Reassessed, assessor: Assessor, tell: Tell) -> Reassessed:
    """File in a register what is to be filed; raise RiskEngineError where somebody filed something meanwhile."""
    fresh = done.to_file
    if fresh is None:
        return done
    with writing(folder, tell) as work:
        now = known_case_folder(folder, done.case_id)
        current = record_of(now).current
        if current is None or current.assessment.digest != fresh.supersedes:
            message = _("{path}: somebody filed another assessment meanwhile", path=now.path)
            raise RiskEngineError(message, _("run the command again; it takes up what was filed"))
        work.keep_criteria(assessor.criteria_in(fresh.criteria))
        _folder, filed = work.file(now, "assessment", fresh.on.isoformat(), ".json", fresh.content)
    return replace(done, to_file=None, filed=filed.name)


def day_for(on: date | None, criteria: str | None) -> date | None:
    """Return the day to assess on: None means each case's own; raise RiskEngineError if nothing would be new."""
    if on is None and criteria is None:
        raise RiskEngineError(
            _("say what is new: the day (`--on DATE`), the criteria (`--criteria SET@VERSION`), or both")
        )
    return on
