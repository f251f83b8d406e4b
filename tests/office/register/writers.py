"""Run as a process of its own: files cases in a register, and may be killed at any step of that.

`writers.py file REGISTER FOLDER` files every case of a folder.
`writers.py remove REGISTER FOLDER` removes the case in such copies, `begin` begins the log anew.
`writers.py kill REGISTER FOLDER` files what is in a folder in a copy of a register for each step of that, and is
killed (SIGKILL) just before the step; it prints the copies. From an empty folder it assesses the case again
instead. A step is whatever changes a file or a folder. With `kill-no-links` it does so as on a drive without links.
"""

import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from unittest import mock

from risk_engine.cli import main
from risk_engine.office.register.folder import known_case_folder
from risk_engine.office.register.record import record_of
from risk_engine.office.register.upkeep import begin, remove
from risk_engine.office.register.writing import take_up
from tests.cli.running import LOAN_CASE, LOAN_DESK
from tests.office.register.filing import CASE_ID, assessed, assessor, filed, reassess

LATER = date(2026, 8, 1)
STEPS = frozenset({"open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir"})


def file_all(register: Path, folder: Path) -> None:
    sys.argv = ["risk-engine", "register", "add", str(register), str(folder), "--criteria", str(LOAN_DESK)]
    main()


def kill_before(number: int, register: Path) -> None:
    """See to it that this process is killed before the step of that number, counted from 0."""
    seen = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        writes = event != "open" or not isinstance(arguments[1], str) or arguments[1] not in {"r", "rb"}
        if event in STEPS and writes and str(register) in str(arguments[0]):
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    sys.addaudithook(watch)


def act(register: Path, given: Path | None) -> None:
    """File a case, a decision or a file that is kept as evidence; given nothing, assess the case again."""
    if given is not None:
        is_evidence = given.suffix == ".pdf"
        filed(register, given, case_id=CASE_ID if is_evidence else None, keep=is_evidence)
        return
    take_up(register, print)
    current = record_of(known_case_folder(register, CASE_ID)).current
    assert current is not None
    reassess(register, current, assessor(LATER), dry_run=False, file_unchanged=True)


def kill_at_every_step(register: Path, folder: Path, does: Callable[[Path, Path | None], None] = act) -> None:
    given = next(folder.iterdir(), None)
    assessed(LOAN_CASE)  # the criteria are read once, before the first child
    assessor(LATER)
    for number in range(200):
        copy = register.with_name(f"{register.name}-{number}")
        if register.exists():
            shutil.copytree(register, copy)
        child = os.fork()
        if child == 0:
            kill_before(number, copy)
            does(copy, given)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            shutil.rmtree(copy)
            return
        sys.stderr.write(f"{copy}\n")


def kill_without_links(register: Path, folder: Path) -> None:
    with mock.patch("os.link", side_effect=OSError(errno.EPERM, "Operation not permitted")):
        kill_at_every_step(register, folder)


def end(register: Path, _given: Path | None) -> None:
    remove(register, CASE_ID, "a test", print)


def begin_log(register: Path, _given: Path | None) -> None:
    begin(register, "a test", print)


if __name__ == "__main__":
    what = {"file": file_all, "kill": kill_at_every_step, "kill-no-links": kill_without_links}.get(
        sys.argv[1]
    ) or partial(kill_at_every_step, does={"remove": end, "begin": begin_log}[sys.argv[1]])
    what(Path(sys.argv[2]), Path(sys.argv[3]))
