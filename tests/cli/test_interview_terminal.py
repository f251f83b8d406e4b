"""`risk-engine interview` before a real terminal, in a process of its own that may be killed."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from risk_engine.cli.output import TRACEBACK
from tests.cli.running import LOAN, ROOT

HEAD = """criteria: loan-desk
id: L-7
title: Fans
assessment_date: 2026-03-02
loan: {occasion: display, months: 6, paperwork: signed_both, shipper: GENTLE}
borrower:
  - {id: town, called: Town Museum, seat: NO, climate: steady, night_watch: staffed}
"""
"""A case in which only the list of objects is open."""
PATIENCE = 20
"""So many seconds a line may take before a test gives up; no test depends on how fast it comes."""


def before_its_terminal() -> None:
    """Let a new process belong to its terminal, and hear Ctrl-C from it, whoever began the tests in whatever way."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


class Terminal:
    """A pseudo-terminal with the command before it."""

    def __init__(self, case: Path, term: str) -> None:
        here, there = pty.openpty()
        environment = {**os.environ, "TERM": term, "COLUMNS": "100", "PYTHONPATH": str(ROOT), TRACEBACK: "1"}
        self.here = here
        self.seen, self.at = "", 0
        self.process = subprocess.Popen(
            [sys.executable, "-m", "risk_engine", "interview", case, *LOAN],
            stdin=there,
            stdout=there,
            stderr=there,
            env=environment,
            start_new_session=True,
            preexec_fn=before_its_terminal,  # noqa: PLW1509 (it calls the system, and nothing of ours)
        )
        os.close(there)

    def until(self, text: str) -> str:
        """Read until a text is shown; return what was shown since the text of the last time."""
        end, begun = time.monotonic() + PATIENCE, self.at
        while (at := self.seen.find(text, begun)) < 0:
            ready, _, _ = select.select([self.here], [], [], max(0, end - time.monotonic()))
            assert ready, self.seen
            self.seen += os.read(self.here, 4096).decode("utf-8", "replace")
        self.at = at + len(text)
        return self.seen[begun : self.at]

    def type(self, line: str) -> None:
        os.write(self.here, f"{line}\n".encode())

    def end(self) -> int:
        """Read to the end; return the exit code."""
        with contextlib.suppress(OSError):
            while select.select([self.here], [], [], PATIENCE)[0] and (more := os.read(self.here, 4096)):
                self.seen += more.decode("utf-8", "replace")
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def terminal(case: Path, term: str = "dumb") -> Iterator[Terminal]:
    """Begin an interview before a terminal; whatever happens, nothing is left behind."""
    one = Terminal(case, term)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        os.close(one.here)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    file = tmp_path / "l-7.yaml"
    file.write_text(HEAD, "utf-8")
    return file


def test_a_person_answers_stops_and_goes_on_at_another_terminal(case: Path) -> None:
    with terminal(case, "dumb") as one:
        asked = one.until("> ")
        assert "Object" in asked
        assert "\x1b[1m" not in asked  # bold only where it can be shown
        one.type("Fan with cranes; Head")
        one.until("the list is complete with 2 entries")
        one.until("> ")
        one.type("q")
        assert one.end() == 0
        assert f"All answers are in {case}" in one.seen.replace("\r\n", "")
    with terminal(case, "xterm-256color") as one:
        asked = one.until("> ")
        assert "Object: Fan with cranes" in asked
        assert "\x1b[1m" in asked


def test_ctrl_c_loses_nothing_and_says_where_the_answers_are(case: Path) -> None:
    with terminal(case) as one:
        one.until("> ")
        one.type("Fan")
        one.until("the list is complete")
        one.until("> ")
        os.write(one.here, b"\x03")
        assert one.end() == 130
        assert "All answers are in" in one.seen
        assert one.seen.splitlines()[-1] == "Stopped."  # nothing that sounds like a loss
        assert "Traceback" not in one.seen
    assert yaml.safe_load(case.read_text("utf-8"))["artwork"] == [{"id": "fan", "called": "Fan"}]


@pytest.mark.nightly
def test_the_end_of_input_is_a_stop(case: Path) -> None:
    with terminal(case) as one:
        one.until("> ")
        os.write(one.here, b"\x04")
        assert one.end() == 3
        assert "All answers are in" in one.seen


@pytest.mark.nightly
def test_killed_at_any_moment_it_has_lost_no_answer(case: Path) -> None:
    """Whatever was answered stands in the file by the time the next line is shown; the file is always whole."""
    names = [f"Fan {number}" for number in range(8)]
    with terminal(case) as one:
        one.until("> ")
        one.type(names[0])
        one.until("complete with 1 entry")
        for number, name in enumerate(names[1:], 2):
            for line in ("+", "2", name):
                one.until("> ")
                one.type(line)
            one.until(f"complete with {number} entries")
        one.process.send_signal(signal.SIGKILL)
        assert one.process.wait(PATIENCE) == -signal.SIGKILL
    assert [each["called"] for each in yaml.safe_load(case.read_text("utf-8"))["artwork"]] == names
    assert [each.name for each in case.parent.iterdir()] == [case.name]
