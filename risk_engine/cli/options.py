"""Options that several commands share, and what they mean: a day, a version of a set."""

import contextlib
import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.files.diagnostics import NotInForceError
from risk_engine.files.language import _

if TYPE_CHECKING:
    from risk_engine.loading.releases import Chosen
    from risk_engine.loading.sets import Version


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
CriteriaOfRecord = Annotated[
    str | None,
    typer.Option(
        "--criteria",
        metavar="SET[@VERSION]",
        help="A set, or the folder of a set or of one version, that the record was made under; without it the version "
        "that the record names, among the shipped ones and what is kept beside it.",
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
Set = Annotated[
    str, typer.Argument(help="A shipped set, or the folder of a set or of one version.", metavar="SET[@VERSION]")
]
Sets = Annotated[list[str], typer.Argument(help="Sets or folders.", metavar="SET[@VERSION]...")]
ProfileOption = Annotated[Path | None, typer.Option("--profile", help="The profile of your institution.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes to use; without it, one for each processor.")
]
JobsOfMany = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        min=1,
        metavar="N",
        help="Processes to use; without it one, and for many cases one for each processor. The result is the same.",
    ),
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write there instead of to standard output.")]


def _with_pages(context: typer.Context, folder: Path | None) -> Path | None:
    """Let the whole command make its pages with the templates of an office."""
    if folder is not None:
        from risk_engine.report.page import pages_of  # a command that writes no page starts without it

        context.with_resource(pages_of(folder))
    return folder


Pages = Annotated[
    Path | None,
    typer.Option(
        "--templates",
        callback=_with_pages,
        metavar="FOLDER",
        help="A folder with pages in the words of the office (docs/templates.md).",
    ),
]
"""Where a command has this option, its pages are made as the office says; the command need not ask."""


DecisionOption = Annotated[
    Path | None,
    typer.Option("--decision", metavar="DECISION", help="The decision (JSON) that was taken on the assessment."),
]


def today() -> "date":
    """Return the day where this command runs: for what nobody named a day for."""
    return datetime.now().astimezone().date()


def to_read(reference: str, on: "date | None" = None) -> "Chosen":
    """Return the version that whoever reads a set means: the one that holds on the day, else, without any, the newest.

    Says on standard error which one was taken where that was left open.
    """
    from risk_engine.loading.releases import choose

    day = on or today()
    try:
        chosen = choose(reference, day)
    except NotInForceError:
        if on is not None:
            raise
        chosen = choose(reference, None)
    _say(reference, chosen.version, day)
    return chosen


def to_work_on(reference: str) -> "Version":
    """Return the version that an author means, of a set its newest, which may be a draft.

    Says on standard error if nobody named it and it does not hold today.
    """
    from risk_engine.loading.releases import newest

    version = newest(reference)
    say_if_not_in_force(reference, version)
    return version


def say_if_not_in_force(reference: str, version: "Version") -> None:
    """Say on standard error which version of a set was taken, where nobody named it and it does not hold today."""
    from risk_engine.loading.releases import meant, that_count

    day = today()
    holding = [one for one in that_count(meant(reference)) if one.in_force_from <= day]
    if [version] != holding[-1:]:
        _say(reference, version, day)


def _say(reference: str, taken: "Version", day: "date") -> None:
    """Say which version was taken, and which others a day means, if that was left open."""
    from risk_engine.loading.releases import meant, that_count

    if len(known := meant(reference)) == 1:
        return
    releases = that_count(known)
    now = [one for one in releases if one.in_force_from <= day][-1:]
    later = [one for one in releases if one.in_force_from > day and now != [one]]
    if [taken] == now:
        text = _("{version} is taken, which is in force on {day}", version=taken, day=day)
        others = later
    elif taken in releases:
        since = taken.in_force_from
        text = _("{version} is taken, the newest; it is in force only from {day}", version=taken, day=since)
        others = now
    else:
        text = _("{version} is taken, the newest; it is a draft", version=taken)
        others = now
    for one in others:
        since = one.in_force_from
        text += "\n  " + _("in force from {day}: {name}", day=since, name=f"{reference}@{one.dotted}")
    if [taken] != now or others:
        typer.echo(_("note: {text}", text=text), err=True)
