"""A register of the loan desk that is looked at, with what the last look left kept beside it."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.office.monitor.changes import Change, Report
from risk_engine.office.monitor.run import Looked, Wanted, look
from risk_engine.office.monitor.state import acknowledge, found_as, read_state, state_path, write_state
from tests.cli.running import LOAN_DESK
from tests.editing import edit

DAY = date(2026, 3, 10)
"""A day on which nothing of the case is due within a month but its contract, on 1 April."""


def looked(register: Path, today: date = DAY, **more: Any) -> Looked:
    """Look without remembering it."""
    wanted = {"criteria": [str(LOAN_DESK)], "state": state_path(register, None), **more}
    return look(Wanted(register, today=today, **wanted), lambda _done, _all: None)


def told(register: Path, today: date = DAY, **more: Any) -> Report:
    """Look, and remember it as the command does; return what was told."""
    found = looked(register, today, **more)
    write_state(more.get("state") or state_path(register, None), found.state)
    return found.report


def of_kind(report: Report, kind: str) -> list[Change]:
    return [one for one in report.changes if one.kind == kind]


def seen(register: Path, change: Change, today: date = DAY, why: str = "We know.") -> None:
    """Acknowledge a change."""
    state = read_state(state_path(register, None), register)
    acknowledge(register, found_as(state, change.id), "R. Keeper", why, today)


def later_version(folder: Path, *edits: tuple[str, str, str], day: str = "2026-06-01", number: str = "1.1.0") -> Path:
    """Return the loan desk with a version more, in force from a day, with these edits (file, before, after)."""
    desk = folder / "loan-desk"
    if not desk.exists():
        shutil.copytree(LOAN_DESK, desk)
    version = shutil.copytree(desk / "1.0.0", desk / number)
    edit(version / "set.yaml", "version: 1.0.0", f"version: {number}")
    edit(version / "set.yaml", "{from: 2024-03-01}", f"{{from: {day}}}")
    for name, before, after in edits:
        edit(version / name, before, after)
    return desk
