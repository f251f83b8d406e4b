"""Options that several commands share, and what they mean: a day, a version of a set, a person, clauses of a text."""

import contextlib
import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from risk_engine.cli.output import note
from risk_engine.files.diagnostics import (
    NotInForceError,
    RiskEngineError,
    help_line,
    is_blank,
    printable,
    quoted,
    suggestion,
)
from risk_engine.files.language import _, current, in_language, listed, spoken_by

if TYPE_CHECKING:
    from risk_engine.loading.releases import Chosen
    from risk_engine.loading.sets import Version
    from risk_engine.model.decision import Person
    from risk_engine.report.pages import Sender


def _day_of(text: str) -> date | None:
    # Python would read 20260131 and 2026-W05-6 too; the files of this engine do not.
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        with contextlib.suppress(ValueError):
            return date.fromisoformat(text)
    return None


def read_day(text: str) -> date:
    """Return the day that an option states."""
    if (day := _day_of(text)) is None:
        raise typer.BadParameter(_("`{text}` is no date; write it like 2026-01-31", text=text))
    return day


def day_option(name: str, what: str) -> Any:
    """Return an option that takes a day, with what it is the day of."""
    return typer.Option(name, parser=read_day, metavar="DATE", help=what)


Day = Annotated[date | None, day_option("--on", "The day for which rules and tables are read, like 2026-01-31.")]
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


AnnexOption = Annotated[
    bool,
    typer.Option("--annex", help="Of a report also the annex: all else that the record holds, below it."),
]


DecisionOption = Annotated[
    Path | None,
    typer.Option("--decision", metavar="DECISION", help="The decision (JSON) that was taken on the assessment."),
]


SenderOption = Annotated[
    str | None, typer.Option("--from", metavar="NAME", help="Who writes the letter, such as name and role.")
]
ReplyTo = Annotated[
    str | None, typer.Option("--reply-to", metavar="ADDRESS", help="Where the answers are sent, such as an e-mail.")
]
AnswerBy = Annotated[date | None, day_option("--by", "The day by which they are needed.")]


def sender_of(name: str | None, reply_to: str | None, by: date | None, on: date | None) -> "Sender":
    """Return who writes letters that are dated `on`.

    Raise RiskEngineError for a day that is over by then, and for words that are none.
    """
    from risk_engine.report.pages import Sender

    for option, text in {"--from": name, "--reply-to": reply_to}.items():
        if text is not None and is_blank(text):
            raise RiskEngineError(_("{option} says nothing", option=option), _("leave it out, or write what to print"))
    check_by(by, on)
    return Sender(" ".join((name or "").split()), " ".join((reply_to or "").split()), by)


SimilarIn = Annotated[
    Path | None,
    typer.Option(
        "--register",
        metavar="FOLDER",
        help="Tell the decided cases of this register that are nearest, what differs and how they were decided.",
    ),
]


def check_by(by: date | None, on: date | None) -> None:
    """Raise RiskEngineError where answers are needed by a day that is over when the letter is written."""
    if by is not None and on is not None and by < on:
        message = _("--by {day}: that is before the day of the letter, {on}", day=by, on=on)
        raise RiskEngineError(message, _("name a later day"))


def not_said(sender: "Sender", *, has_room: bool) -> str | None:
    """Return what to tell of letters that do not say who writes, where to answer or by when.

    Those that have room for it can be filled in by hand.
    """
    said = {"--from": sender.name, "--reply-to": sender.reply_to, "--by": sender.by}
    missing = [f"`{option}`" for option, value in said.items() if not value]
    if not missing:
        return None
    with in_language(spoken_by("command", current())):  # letters are there in languages that the command does not speak
        if has_room:
            return _("nobody said {options}: there is room to write it in", options=listed(missing))
        return _("nobody said {options}: the questionnaires do not say it", options=listed(missing))


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
    say_if_withdrawn(chosen.version)
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
    """Say on standard error which version of a set was taken, where nobody named it and it does not hold today.

    Of one that was withdrawn it is said too, whoever named it.
    """
    from risk_engine.loading.releases import meant, that_count

    day = today()
    holding = [one for one in that_count(meant(reference)) if one.in_force_from <= day]
    if [version.number] != [one.number for one in holding[-1:]]:
        _say(reference, version, day)
    say_if_withdrawn(version)


def withdrawn(version: str) -> str:
    """Return what is to be known of a version that was withdrawn and is used all the same."""
    return _(
        "{version} was withdrawn: it is in force on no day, and is used here because it is named; CHANGES.md of its "
        "set says why",
        version=version,
    )


def say_if_withdrawn(version: "Version") -> None:
    """Say on standard error if a version that is used was withdrawn."""
    from risk_engine.loading.releases import is_withdrawn

    if is_withdrawn(version):
        note(withdrawn(f"{version}"))


def _say(reference: str, taken: "Version", day: "date") -> None:
    """Say which version was taken, and which others a day means, if that was left open."""
    from risk_engine.loading.releases import is_withdrawn, meant, that_count

    if len(known := meant(reference)) == 1:
        return
    taken = next((one for one in known if one.number == taken.number), taken)  # its files, where its bundle is read
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
    elif is_withdrawn(taken):
        text = _("{version} is taken, whose files are there", version=taken)
        others = now
    else:
        text = _("{version} is taken, the newest; it is a draft", version=taken)
        others = now
    for one in others:
        since = one.in_force_from
        text += "\n  " + _("in force from {day}: {name}", day=since, name=f"{reference}@{one.dotted}")
    if [taken] != now or others:
        note(text)


_CLAUSE = re.compile(r"\s*([A-Za-z_-]+)\s*=(.*)", re.DOTALL)
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")


class Reading:
    """Reads what stands behind options and keeps every problem, so that all are told at once."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def problem(self, message: str, way_out: str = "") -> None:
        """Keep a problem and the way out."""
        self.problems.append(printable(message) + help_line(printable(way_out)))

    def text(self, option: str, stated: str | None, *, lines: bool = False) -> str:
        """Return a text, composed (NFC) and without space around it; `lines` says whether it may have several."""
        from risk_engine.files.syntax import UNFIT

        text = unicodedata.normalize("NFC", _BREAKS.sub("\n", stated or "")).strip()
        if unfit := UNFIT.search(text):
            character = f"U+{ord(unfit[0]):04X}"
            self.problem(
                _("{option}: the character {character} cannot stand in a record", option=option, character=character)
            )
        elif is_blank(text):
            self.problem(
                _("{option} is missing", option=option) if stated is None else _("{option} is empty", option=option)
            )
        elif not lines and ("\n" in text or "\t" in text):
            self.problem(_("{option}: `{text}` must stand on one line", option=option, text=" ".join(text.split())))
        return text

    def person(self, name: tuple[str, str | None], role: tuple[str, str | None]) -> "Person | None":
        """Return who is named behind two options, each given with what stands behind it; None where that is none."""
        from risk_engine.model.decision import Person

        before = len(self.problems)
        stated = self.text(*name), self.text(*role)
        return None if len(self.problems) > before else Person(name=stated[0], role=stated[1])

    def pair(self, option: str, stated: str) -> tuple[str, str]:
        """Return both sides of `LADDER=LEVEL`."""
        left, sign, right = (one.strip() for one in stated.partition("="))
        if not (left and sign and right):
            self.problem(
                _("{option} `{stated}` is not like LADDER=LEVEL", option=option, stated=stated),
                _("for example --level measure=advice"),
            )
        return left, right

    def clauses(self, option: str, stated: str, known: Sequence[str]) -> tuple[str, dict[str, str]]:
        """Return the text before the first `; key=` and the values behind each key."""
        first, *parts = stated.split(";")
        found: dict[str, str] = {}
        for part in parts:
            match = _CLAUSE.fullmatch(part)
            if match is None and not found:
                first = f"{first};{part}"
                continue
            key = match[1].casefold() if match else part.strip()
            if match is None or key not in known:
                self.problem(
                    _("{option}: `{key}` is not {known}", option=option, key=key, known=quoted(known)),
                    suggestion(key, known),
                )
            elif key in found:
                self.problem(_("{option}: `{key}` is named twice", option=option, key=key))
            else:
                found[key] = self.text(f"{option}: `{key}`", match[2])
        return self.text(option, first, lines=True), found

    def day(self, option: str, stated: str | None) -> date | None:
        """Return an ISO date, None where none is stated or it is none."""
        day = None if stated is None else _day_of(stated)
        if stated is not None and day is None:
            self.problem(
                _("{option}: `{stated}` is no date", option=option, stated=stated),
                _("dates are year-month-day, like 2026-01-31"),
            )
        return day

    def end(self) -> None:
        """Raise RiskEngineError with every problem, where there is any."""
        if self.problems:
            raise RiskEngineError("\n".join(self.problems))
