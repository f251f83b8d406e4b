"""What is said of an error that no user can mend: a short message for those who look after this program."""

import os
import sys
import traceback
from pathlib import Path

from risk_engine.diagnostics import DefectError, help_line, printable
from risk_engine.language import _
from risk_engine.version import __version__

VARIABLE = "RISK_ENGINE_TRACEBACK"
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
        variable=VARIABLE,
    )
    shown = f"{told}\n{_in_short(error)}{help_line(way_out)}"
    if not os.environ.get(VARIABLE):
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
