"""Options that several commands share, and what they mean."""

import contextlib
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.language import _

if TYPE_CHECKING:
    pass


def read_day(text: str) -> date:
    """Return the day that an option states."""
    # Python would read 20260131 and 2026-W05-6 too; the files of this engine do not.
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(text)
    raise typer.BadParameter(_("`{text}` is no date; write it like 2026-01-31", text=text))


Day = Annotated[
    date | None,
    typer.Option(
        "--on",
        parser=read_day,
        metavar="DATE",
        help="The day for which rules and tables are read, like 2026-01-31.",
    ),
]
DecisionDay = Annotated[
    date | None,
    typer.Option(
        "--on", parser=read_day, metavar="DATE", help="The day of the decision, like 2026-01-31; default: today."
    ),
]
CriteriaOption = Annotated[
    str | None,
    typer.Option(
        "--criteria",
        metavar="SET[@VERSION]",
        help="A shipped set, or the folder of a set or of one version; without it the one that the case names, else "
        "the default.",
    ),
]
SeveralCriteria = Annotated[
    list[str] | None,
    typer.Option(
        "--criteria",
        metavar="SET[@VERSION]",
        help="A shipped set, or the folder of a set or of one version; without it the one that the case names, else "
        "the default. Given twice or more, they are compared.",
    ),
]
ProfileOption = Annotated[Path | None, typer.Option("--profile", help="The profile of your institution.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write there instead of to standard output.")]
