"""Runs the command in this process, as `main` would from a shell: arguments in, exit code and both streams out."""

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from unittest import mock

from risk_engine.cli import main, options
from risk_engine.cli.output import TRACEBACK
from risk_engine.web import serve
from scripts import coverage

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SETS = ROOT / "tests" / "sets"
LOAN_DESK = SETS / "loan-desk"
LOAN_CASE = SETS / "loan-desk-case.yaml"
LOAN_PROFILE = SETS / "loan-desk-profile.yaml"
LOAN = ("--criteria", LOAN_DESK)
TODAY = date(2026, 11, 26)
"""The day on which every command here runs: a test says the same whenever it runs itself."""
DEFAULTS = {"COLUMNS": "80", TRACEBACK: "1"}
if coverage.MARKS in os.environ:
    serve.KEEPING = (coverage.__file__, *serve.KEEPING[1:])


@dataclass(frozen=True)
class Result:
    """How a run went: the exit code, and what was written to each stream."""

    code: int
    out: str
    err: str


class _File(io.TextIOWrapper):
    """A stream into a file or pipe."""


class _Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run(*arguments: str | Path, **environment: str) -> Result:
    """Run `risk-engine` with these arguments; an error that no user should see fails the test, with the traceback."""
    return _run(_File, arguments, environment)


def run_with(lines: Sequence[str], *arguments: str | Path, **environment: str) -> Result:
    """Run `risk-engine` with these lines as what comes in through a pipe."""
    typed = _File(io.BytesIO("".join(f"{one}\n" for one in lines).encode()), encoding="utf-8")
    with mock.patch.object(sys, "stdin", typed):
        return _run(_File, arguments, environment)


def run_on_a_terminal(*arguments: str | Path) -> Result:
    """Run `risk-engine` as a person does who sits before it."""
    return _run(_Terminal, arguments, {"TERM": "xterm-256color"})


def _run(stream: type[io.TextIOWrapper], arguments: tuple[str | Path, ...], environment: dict[str, str]) -> Result:
    code = 0
    with _streams(stream) as (out, err), mock.patch.dict(os.environ, DEFAULTS | environment):
        with (
            mock.patch.object(sys, "argv", ["risk-engine", *map(str, arguments)]),
            mock.patch.object(options, "today", return_value=TODAY),
        ):
            try:
                main()
            except SystemExit as error:
                code = int(error.code or 0)
        result = Result(code, _text(out), _text(err))
    if "Traceback (most recent call last)" in result.err:
        raise AssertionError(result.err)
    return result


def done(*arguments: str | Path, **environment: str) -> str:
    """Run a command that must succeed; return what it printed."""
    result = run(*arguments, **environment)
    assert result.code == 0, result
    return result.out


@cache
def assessed(example: str, *more: str) -> str:
    """Return the assessment of an example as it is stored; asked for again it is the same one."""
    return done("assess", EXAMPLES / f"{example}.yaml", "--format", "json", *more)


def refused(*arguments: str | Path, **environment: str) -> str:
    """Run a command that must refuse its input, without any result; return what it said about that."""
    result = run(*arguments, **environment)
    assert result.code == 2, result
    assert result.out == "", result
    assert result.err != ""
    return result.err


@contextlib.contextmanager
def _streams(stream: type[io.TextIOWrapper]) -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    out, err = (stream(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield out, err


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
