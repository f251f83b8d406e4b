"""What is done to a register as a whole: its log is begun, its lock freed, a case ends, open ones are assessed again.

They are so on another day or under another version; what changed is told, and kept.
"""

import contextlib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from risk_engine.engine.assess import to_json
from risk_engine.files.diagnostics import RiskEngineError, is_blank, without_unseen
from risk_engine.files.interrupts import unheard
from risk_engine.files.language import _
from risk_engine.loading.releases import choose
from risk_engine.loading.sets import UnknownSetError
from risk_engine.office.register.add import is_same_result
from risk_engine.office.register.compare import Changes, changes
from risk_engine.office.register.folder import (
    CaseFolder,
    check_register,
    content_of,
    known_case_folder,
    marked_name,
    read_case_folder,
    safe_name,
    sha256,
)
from risk_engine.office.register.lock import breakable, locked, unfinished
from risk_engine.office.register.log import ABOUT, LOG, PUT_ASIDE, Entry, Log, forget, log_state
from risk_engine.office.register.record import Assessed, Seen, look_at, record_of, told
from risk_engine.office.register.writing import Tell, Writing, begin_log, clear, take_away, writing
from risk_engine.portfolio.assess import Assessor

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def begin(register: Path, why: str, tell: Tell) -> None:
    """Begin the log of a register that has none, or, with the reason why, anew over what lies there now.

    The log that was is kept beside it. Raises RiskEngineError where there is one, and no reason is given.
    """
    if not (register / LOG).is_file():
        check_register(register)
    with locked(register) as left_by:
        state = log_state(register, anew=True)
        if (state.log is not None or state.fault is not None) and is_blank(why):
            message = _("{folder}: this register has a log, or had one", folder=register)
            raise RiskEngineError(
                message, _("say with `--reason` why a new one is to be begun; the one that is there is kept")
            )
        work = Writing(register, tell, Log())
        aside: Path | None = None
        try:
            if left_by:
                for left in unfinished(register):
                    left.unlink(missing_ok=True)
            if (register / LOG).exists():
                numbers = (number for number in range(1, 1_000_000) if not (register / f"LOG-{number}.jsonl").exists())
                aside = register / f"LOG-{next(numbers)}.jsonl"
                (register / LOG).rename(aside)
                forget()
                tell(_("{log}: the log that was is kept here", log=aside))
            earlier = {
                one.name: sha256(content_of(one)) for one in sorted(register.iterdir()) if PUT_ASIDE.fullmatch(one.name)
            }
            begin_log(work, is_new=False, said_why=why, earlier=earlier)
            work.commit()
        except BaseException:
            work.undo()
            if aside is not None and not (register / LOG).exists():
                aside.rename(register / LOG)
            raise


def unlock(register: Path, tell: Tell, *, force: bool = False) -> None:
    """Take away the lock of somebody who is gone, after completing or taking away what they had not finished.

    Raises RegisterLockedError while the holder may still be at work, unless `force` says that it is not.
    """
    left = breakable(register, force=force)
    if left is None:
        check_register(register)
        tell(_("{folder}: the register is not locked", folder=register))
        return
    if not (register / ABOUT).is_file():  # whoever was killed had not even begun it
        with locked(register, seized=left):
            clear(register)
        tell(_("{folder}: unlocked", folder=register))
        return
    with writing(register, tell, seized=left):
        pass
    tell(_("{folder}: unlocked", folder=register))


def remove(
    register: Path,
    case_id: str,
    why: str,
    tell: Tell,
    *,
    key: "Ed25519PrivateKey | None" = None,
    today: date | None = None,
) -> Entry:
    """End a case: say so in the log, signed where there is a key, then take its folder away; return what the log says.

    With `today` a case that is to be kept longer is not removed. Raises RiskEngineError where there is
    no such case, something lies in its folder that nobody filed, or it is to be kept longer.
    """
    if not any(one.isalnum() for one in without_unseen(why)):
        raise RiskEngineError(_("a reason is missing"), _("say why the case is removed: `--reason TEXT`"))
    check_register(register)
    with writing(register, tell) as work:
        name = _name_of(work, case_id)
        path = register / name
        if path.is_dir():
            _check_removable(read_case_folder(path), today)
        with unheard():
            if not path.is_dir() or name not in work.log.removed:
                work.append({"what": "removed", "case": name, "reason": why, "key": key})
            if path.is_dir():
                take_away(path)
        return work.log.removed[name]


def _name_of(work: Writing, case_id: str) -> str:
    """Return the name of the folder of a case, also of one that is gone; raise RiskEngineError where there is none."""
    there = {one.name for one in work.register.iterdir() if one.is_dir()}
    for name in (safe_name(case_id), marked_name(case_id)):
        if name in work.log.there and name not in there:
            return name  # somebody took the folder away by hand
    return known_case_folder(work.register, case_id).path.name


def _check_removable(folder: CaseFolder, today: date | None) -> None:
    others = [*folder.strays, *(one.path for one in folder.unlogged)]
    if others:
        message = _("{path}: nobody filed this, and with the case it would be gone", path=others[0])
        raise RiskEngineError(message, _("move it elsewhere first"))
    stated = None
    with contextlib.suppress(RiskEngineError):  # what cannot be read says nothing of when it may go
        stated = record_of(folder).case.get("retain_until")
    if today is not None and isinstance(stated, str) and stated >= today.isoformat():
        message = _("{path}: this case is to be kept until {day}", path=folder.path, day=stated)
        raise RiskEngineError(message, _("if it is to go before, say so with `--early`"))


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
