"""Assess the open cases of a register again, on another day or under another version, and keep what changed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from risk_engine.diagnostics import RiskEngineError, help_line
from risk_engine.engine.assess import to_json
from risk_engine.model.assessment import Assessment
from risk_engine.portfolio.assess import Assessor
from risk_engine.register.compare import Changes, changes
from risk_engine.register.folder import CaseFolder, known_case_folder
from risk_engine.register.lock import locked
from risk_engine.register.record import CaseRecord, record_of


@dataclass(frozen=True)
class Reassessed:
    """What became of one case: what changed, and the file of the new assessment where one was filed."""

    case_id: str
    title: str
    changes: Changes
    filed: str | None


def reassess(folder: Path, record: CaseRecord, assessor: Assessor, *, dry_run: bool) -> Reassessed:
    """Assess the case of a record again; file the result, which supersedes the old one, only where it changed.

    Raises RiskEngineError where the case does not fit the criteria, and where somebody filed something meanwhile.
    """
    if record.current is None:
        raise RiskEngineError(f"{record.folder.path}: nothing is filed here yet")
    old = record.current.assessment
    new = assessor.assess_again(record.current.filed.path, old)
    found = changes(old, new)
    if dry_run or not found:
        return Reassessed(old.case_id, old.case_title, found, None)
    with locked(folder):
        now = known_case_folder(folder, old.case_id)
        _check_still_current(now, old)
        _, filed = now.add("assessment", new.on.isoformat(), ".json", to_json(new))
    return Reassessed(old.case_id, old.case_title, found, filed.name)


def _check_still_current(folder: CaseFolder, old: Assessment) -> None:
    current = record_of(folder).current
    if current is None or current.assessment.digest != old.digest:
        way_out = help_line("run the command again; it takes up what was filed")
        raise RiskEngineError(f"{folder.path}: somebody filed another assessment meanwhile{way_out}")


def day_for(on: date | None, criteria: str | None) -> date | None:
    """Return the day to assess on: None means each case's own; raise RiskEngineError if nothing would be new."""
    if on is None and criteria is None:
        raise RiskEngineError(
            "say what is new: the day (`--on DATE`), the criteria (`--criteria SET@VERSION`), or both"
        )
    return on
