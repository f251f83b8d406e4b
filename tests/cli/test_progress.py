"""How far a long command has come: a line on a terminal that moves while one step takes long, and nothing in a file."""

import contextlib
import io
import re
import time

import pytest

from risk_engine.cli.output import progress

PATIENCE = 20
"""So many seconds a test waits for a line that moves ten times a second."""


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _able(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")


def test_the_line_moves_while_one_step_takes_long() -> None:
    seen = Terminal()
    with contextlib.redirect_stderr(seen), progress("parts") as tell:
        tell(1, 4)
        until = time.monotonic() + PATIENCE
        while len(frames := set(re.findall(r"[-\\|/](?=[^-\\|/]*parts)", seen.getvalue()))) < 3:
            assert time.monotonic() < until, frames
            time.sleep(0.05)
    assert "1/4" in seen.getvalue()


@pytest.mark.parametrize("is_even", [False, True])
def test_how_long_it_has_taken_is_told_where_the_rest_cannot_be_estimated(*, is_even: bool) -> None:
    seen = Terminal()
    with contextlib.redirect_stderr(seen), progress("parts", is_even=is_even) as tell:
        tell(0, 4)
    assert ("0:00:00" in seen.getvalue()) is not is_even


def test_a_file_gets_no_line() -> None:
    seen = io.StringIO()
    with contextlib.redirect_stderr(seen), progress("parts") as tell:
        tell(1, 4)
    assert seen.getvalue() == ""
