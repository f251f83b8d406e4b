"""Assess the open cases of a register again, on another day or under another version, and keep what changed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from risk_engine.engine.assess import to_json
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.releases import choose
from risk_engine.loading.sets import UnknownSetError
from risk_engine.model.assessment import Assessment
from risk_engine.office.register.add import is_same_result
from risk_engine.office.register.compare import Changes, changes
from risk_engine.office.register.folder import CaseFolder, keep_criteria, known_case_folder
from risk_engine.office.register.lock import locked
from risk_engine.office.register.record import Assessed, record_of
from risk_engine.office.register.told import told
from risk_engine.portfolio.assess import Assessor


@dataclass(frozen=True)
class Reassessed:
    """What became of one case: what changed, and the file of the new assessment where one was filed."""

    case_id: str
    title: str
    changes: Changes
    filed: str | None
    review_due: date


def reassess(
    folder: Path, current: Assessed, assessor: Assessor, *, dry_run: bool, file_unchanged: bool = False
) -> Reassessed | None:
    """Assess a case again; file the result, which supersedes the current one, where it changed.

    With `file_unchanged` it is filed also where nothing changed but the day, so that the day of the review moves.

    None for a case under another set than the one asked for. Raises RiskEngineError where the case does not fit the
    criteria, and where somebody filed something meanwhile.
    """
    old = current.assessment
    if assessor.reference and choose(assessor.reference, assessor.on or old.on).version.name != old.criteria.id:
        return None
    try:
        new = assessor.assess_again(current.filed.path, old)
    except UnknownSetError as error:
        message = _("{path}: it cannot be assessed again: {error}", path=current.filed.path, error=error)
        raise RiskEngineError(message, _("the folder of its criteria can be named with `--criteria`")) from error
    found = changes(told(old, current.filed.path), assessor.explain(new))
    to_file = bool(found) or (file_unchanged and not is_same_result(old, new))
    if dry_run or not to_file:
        return Reassessed(old.case_id, old.case_title, found, None, old.review_due)
    with locked(folder):
        now = known_case_folder(folder, old.case_id)
        _check_still_current(now, old)
        keep_criteria(folder, assessor.criteria_of(new))
        _folder, filed = now.add("assessment", new.on.isoformat(), ".json", to_json(new))
    return Reassessed(old.case_id, old.case_title, found, filed.name, new.review_due)


def _check_still_current(folder: CaseFolder, old: Assessment) -> None:
    current = record_of(folder).current
    if current is None or current.assessment.digest != old.digest:
        message = _("{path}: somebody filed another assessment meanwhile", path=folder.path)
        raise RiskEngineError(message, _("run the command again; it takes up what was filed"))


def day_for(on: date | None, criteria: str | None) -> date | None:
    """Return the day to assess on: None means each case's own; raise RiskEngineError if nothing would be new."""
    if on is None and criteria is None:
        raise RiskEngineError(
            _("say what is new: the day (`--on DATE`), the criteria (`--criteria SET@VERSION`), or both")
        )
    return on
