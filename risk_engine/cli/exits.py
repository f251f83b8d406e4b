"""How a run ends: the exit codes, and what is said where something failed."""

import os
import sys
import traceback
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from risk_engine.files.diagnostics import DefectError, RiskEngineError, help_line, printable
from risk_engine.files.language import _
from risk_engine.version import __version__

if TYPE_CHECKING:
    from risk_engine.audit.cases import CaseResult


class Exit(IntEnum):
    """0 done; 1 a test or verification failed, or a result is at least `--fail-on`; 2 invalid input; 3 it may be.

    70: a defect of the program: an error that nobody foresaw, or it contradicts itself. 130: ended by Ctrl-C, as shells
    say it (128 and the signal).
    """

    DONE = 0
    FAILED = 1
    INVALID_INPUT = 2
    STILL_OPEN = 3
    DEFECT = 70
    INTERRUPTED = 130


def print_failed(failed: "Sequence[CaseResult]", *, err: bool = False) -> None:
    """Print the cases of a set that do not come out as expected, with what differs."""
    for result in failed:
        typer.echo(f"{result.place}: {result.name}", err=err)
        for line in result.differences:
            typer.echo(f"  {line}", err=err)


def refuse(failed: Sequence[RiskEngineError]) -> None:
    """Print what is wrong and end with the exit code for it; go on where nothing is."""
    for one in failed:
        typer.echo(f"{one}", err=True)
    if failed:
        raise typer.Exit(Exit.INVALID_INPUT)


TRACEBACK = "RISK_ENGINE_TRACEBACK"
"""The environment variable that shows the whole way to such an error."""
_PACKAGE = Path(__file__).parents[1]
_MOST = 300
"""So many letters of an error are shown: it may quote a whole file."""


def defect(error: Exception) -> str:
    """Return what is said of a defect: what to send, and to whom; the traceback too where the environment asks for it.

    Of a program that contradicts itself the error says all that there is to know.
    """
    if isinstance(error, DefectError):
        told = _("risk-engine contradicts itself: a defect of this program, not of the criteria; nothing is proved.")
        return f"{told}\n{_('Please report it with these lines:')}\n{error}"
    told = _("risk-engine met an error that should never happen: a defect of this program, not of your files.")
    way_out = _(
        "send the line above, with the command, to whoever looks after this program for you, once nothing confidential "
        "is left in it; with {variable}=1 in the environment it comes with where it arose",
        variable=TRACEBACK,
    )
    shown = f"{told}\n{_in_short(error)}{help_line(way_out)}"
    if not os.environ.get(TRACEBACK):
        return shown
    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join((shown, "", *map(printable, lines)))


def _in_short(error: Exception) -> str:
    """Return in one line what went wrong and where, with the versions that it takes to find out why."""
    first = next(iter(f"{error}".splitlines()), "")
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{printable(what)[:_MOST]} ({_place(error)}risk-engine {__version__}, Python {python}, {sys.platform})"


def _place(error: Exception) -> str:
    """Return the line of this program that was being worked on, where there is one."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if Path(one.filename).is_relative_to(_PACKAGE)]
    if not frames:
        return ""
    path = Path(frames[-1].filename).relative_to(_PACKAGE.parent).as_posix()
    return f"{path}:{frames[-1].lineno}, "
