"""Run as a process of its own: files cases in a register, and may be killed at any step of that.

`writers.py file REGISTER FOLDER` files every case of a folder.
`writers.py kill REGISTER FOLDER` files the case of a folder in a copy of a register for each step of that, and is
killed (SIGKILL) just before the step; it prints the copies. A step is whatever changes a file or a folder. With
`kill-no-links` it does so as on a drive that knows no links.
"""

import errno
import os
import shutil
import signal
import sys
from pathlib import Path
from unittest import mock

from risk_engine.cli import main
from tests.cli.running import LOAN_DESK
from tests.register.filing import assessed, filed

STEPS = frozenset({"open", "os.mkdir", "os.link", "os.rename", "os.remove"})


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


def kill_at_every_step(register: Path, folder: Path) -> None:
    (case,) = folder.iterdir()
    assessed(case)  # the criteria are read once, before the first child
    for number in range(200):
        copy = register.with_name(f"{register.name}-{number}")
        if register.exists():
            shutil.copytree(register, copy)
        child = os.fork()
        if child == 0:
            kill_before(number, copy)
            filed(copy, case)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            shutil.rmtree(copy)
            return
        sys.stderr.write(f"{copy}\n")


def kill_without_links(register: Path, folder: Path) -> None:
    with mock.patch("os.link", side_effect=OSError(errno.EPERM, "Operation not permitted")):
        kill_at_every_step(register, folder)


if __name__ == "__main__":
    what = {"file": file_all, "kill": kill_at_every_step, "kill-no-links": kill_without_links}[sys.argv[1]]
    what(Path(sys.argv[2]), Path(sys.argv[3]))
