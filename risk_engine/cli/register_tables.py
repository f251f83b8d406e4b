"""What the commands of a register share; `register show | list | due | export`: a history, tables, one file of all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli import options
from risk_engine.cli.exits import Exit
from risk_engine.cli.options import read_day
from risk_engine.cli.output import FORM, form_of
from risk_engine.files.diagnostics import RiskEngineError, printable
from risk_engine.files.language import ENGLISH, _, in_language, ngettext, pgettext
from risk_engine.files.writing import check_new, write_new

if TYPE_CHECKING:
    from risk_engine.office.register.folder import CaseFolder
    from risk_engine.office.register.record import CaseRecord

SHOW_EXAMPLES = "Example: risk-engine register show register 2026-014"

Register = Annotated[Path, typer.Argument(help="The folder of the register.", metavar="FOLDER")]


def say(text: str) -> None:
    """Print a result, line by line, without what a terminal would obey."""
    for line in text.split("\n"):
        typer.echo(printable(line))


def warn(text: str) -> None:
    """Print what somebody should look at to standard error."""
    for line in text.split("\n"):
        typer.echo(printable(line), err=True)


def warn_of_language(cases: "Sequence[CaseRecord]") -> None:
    """Say of how many cases the words of the criteria stand as they were written, not in the current language."""
    from risk_engine.report.untranslated import untold

    shown = (one.shown for one in cases)
    if text := untold(one for one in shown if one is not None):
        warn(text)


def refuse(failed: Sequence[RiskEngineError], of: int) -> None:
    """Print what is wrong and end with the exit code for it; go on where nothing is."""
    for text in dict.fromkeys(str(error) for error in failed):
        warn(text)
    if failed and of > 1:
        some = _("{number} of {all} could not be used; the others were", number=len(failed), all=of)
        warn(some if len(failed) < of else _("none of the {all} could be used", all=of))
    if failed:
        raise typer.Exit(Exit.INVALID_INPUT)


def records(folder: Path) -> "tuple[list[CaseRecord], list[RiskEngineError]]":
    """Return the cases of a register, and what is wrong with those that cannot be read; warn of what lies about."""
    from risk_engine.office.register.folder import case_paths, read_case_folder, to_look_at
    from risk_engine.office.register.record import record_of
    from risk_engine.records.criteria import criteria_of

    found: list[CaseRecord] = []
    failed: list[RiskEngineError] = []
    readable: list[CaseFolder] = []
    for path in case_paths(folder):
        try:
            readable.append(read_case_folder(path))
            record = record_of(readable[-1])
            if current := record.current:  # without its criteria there are no words to show
                criteria_of(current.assessment, None, current.filed.path)
            found.append(record)
        except RiskEngineError as error:
            failed.append(error)
    for line in (*to_look_at(folder, readable), *(line for one in found for line in one.rulings.problems())):
        warn(line)
    return found, failed


def show(folder: Register, case: Annotated[str, typer.Argument(help="The office's number of the case.")]) -> None:
    """Print the history of a case: what was filed, what takes the place of what, and whether all of it is as it was.

    Exit code 1 if something was altered, is missing, or lies there although nobody filed it, if a decision does not
    hold, or if two stand side by side.
    """
    from risk_engine.office.register.folder import known_case_folder, to_look_at
    from risk_engine.office.register.history import history

    found = known_case_folder(folder, case)
    for line in to_look_at(folder, []):
        warn(line)
    lines = list(history(found))
    say(_("{case}: {number} filed in {folder}", case=case, number=len(found.filed), folder=found.path))

    for one in lines:
        say(f"{one.name}\n  {one.text}{f' — {_(one.mark)}' if one.wrong else ''}")

    for one in lines:
        if one.wrong:
            warn(one.wrong)
    if any(one.wrong for one in lines):
        raise typer.Exit(Exit.FAILED)
    say(_("everything is as it was filed"))


LIST_EXAMPLES = """Examples: risk-engine register list register ·
risk-engine register list register --level regulation --still-open ·
risk-engine register list register --level start_gate=blocked --format csv ·
risk-engine register list register --partner institute --older-than reconnect-china@1.1.0 -o cases.xlsx"""
DUE_EXAMPLES = """Examples: risk-engine register due register --on 2027-01-15 ·
risk-engine register due register --on 2027-01-15 --days 365 -o due.csv"""
EXPORT_EXAMPLES = """Examples: risk-engine register export register -o archive.zip ·
risk-engine register export register --level regulation -o some.json"""


LONGEST_LOOK = 36_525
"""Days in a hundred years; nothing that an office keeps is due later."""


TableFormat: TypeAlias = Literal["table", "csv", "xlsx"]
"""The forms a table can be had in."""


ExportFormat: TypeAlias = Literal["zip", "json", "csv"]
"""The forms a register can be exported in."""


Level = Annotated[
    str | None,
    typer.Option(
        "--level",
        metavar="[LADDER=]LEVEL",
        help="Cases at this level, open ones that may be, and ones decided to be; without LADDER: the result.",
    ),
]
Partner = Annotated[
    str | None, typer.Option("--partner", metavar="TEXT", help="Cases with an entry whose name or id holds this.")
]
IsDue = Annotated[bool, typer.Option("--due", help="Cases with something overdue on the day.")]
StillOpen = Annotated[bool, typer.Option("--still-open", help="Cases whose result missing answers leave open.")]
Awaiting = Annotated[
    bool, typer.Option("--awaiting-decision", help="Cases whose last assessment has no confirmed decision yet.")
]
OlderThan = Annotated[
    str | None,
    typer.Option("--older-than", metavar="[SET@]VERSION", help="Cases that were assessed under an earlier version."),
]
Output: TypeAlias = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write there instead of to standard output; nothing is written over."),
]
OnDay = Annotated[
    date | None,
    typer.Option("--on", parser=read_day, metavar="DATE", help="The day for what is overdue; without it, today."),
]


def list_cases(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    folder: Register,
    level: Level = None,
    partner: Partner = None,
    due: IsDue = False,
    still_open: StillOpen = False,
    awaiting_decision: Awaiting = False,
    older_than: OlderThan = None,
    on: OnDay = None,
    asked: Annotated[TableFormat | None, FORM] = None,
    output: Output = None,
) -> None:
    """List the cases of a register as they count now; several options narrow the list together.

    Exit code 2 if a case cannot be read; the others are listed all the same.
    """
    from risk_engine.office.register.listing import Narrowed, columns, narrowed, row

    _check_outside(folder, output)
    cases, failed = records(folder)
    chosen = narrowed(
        cases, Narrowed(level, partner, due, still_open, awaiting_decision, older_than), on or options.today()
    )
    if not chosen:
        none = _("no case matches") if cases else _("there is no case in this register")
        warn(_("no case that can be read matches") if failed else none)
    table = _Table(_("Cases"), chosen, lambda: columns(chosen or cases), lambda: [row(one) for one in chosen])
    _put_table(table, asked, output)
    refuse(failed, len(cases) + len(failed))


def due(
    folder: Register,
    on: OnDay = None,
    days: Annotated[int, typer.Option("--days", min=0, max=LONGEST_LOOK, help="So many days ahead.")] = 90,
    asked: Annotated[TableFormat | None, FORM] = None,
    output: Output = None,
) -> None:
    """List what is overdue and what comes next: conditions, controls, cases to look at again, ends of retention.

    The review of a case is due until a new assessment of it is filed; `reassess --on DATE --file-unchanged` files one
    also where nothing changed. Nothing is deleted when its time is over; a person does that.

    Exit code 2 if a case cannot be read.
    """
    from risk_engine.office.register.due import due_columns, due_rows

    _check_outside(folder, output)
    day = on or options.today()
    cases, failed = records(folder)
    last = day + min(timedelta(days=days), date.max - day)
    if not due_rows(cases, day, last):
        none = _("nothing is due until {day}", day=last)
        warn(_("nothing is due until {day}, in the cases that can be read", day=last) if failed else none)
    _put_table(_Table(pgettext("column", "Due"), cases, due_columns, lambda: due_rows(cases, day, last)), asked, output)
    refuse(failed, len(cases) + len(failed))


def export(  # noqa: PLR0913, PLR0917 (one parameter for each option)
    folder: Register,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; it must not be there yet.")],
    level: Level = None,
    partner: Partner = None,
    due: IsDue = False,
    still_open: StillOpen = False,
    awaiting_decision: Awaiting = False,
    older_than: OlderThan = None,
    on: OnDay = None,
    asked: Annotated[ExportFormat | None, FORM] = None,
) -> None:
    """Write the register, or the cases that the options leave, as one file with the SHA-256 of everything in it.

    ZIP holds the files as they are, JSON their content in one document, CSV only the list of files. The same register
    gives the same bytes. Exit code 2 if something was altered or cannot be read; it is named and left out.
    """
    from risk_engine.office.register.export import as_csv, as_json, as_zip, collected
    from risk_engine.office.register.listing import Narrowed, narrowed

    _check_outside(folder, output)
    form = form_of(output, get_args(ExportFormat), asked)
    cases, failed = records(folder)
    chosen = narrowed(
        cases, Narrowed(level, partner, due, still_open, awaiting_decision, older_than), on or options.today()
    )
    files, wrong = collected([one.folder for one in chosen])
    failed += [RiskEngineError(one) for one in wrong]
    makers = {"zip": as_zip, "json": as_json, "csv": as_csv}
    write_new(output, makers[form](files))
    of_cases = ngettext("of {number} case", "of {number} cases", len(chosen))
    text = ngettext(
        "wrote {number} file {of_cases} to {file}",
        "wrote {number} files {of_cases} to {file}",
        len(files),
        of_cases=of_cases,
        file=output,
    )
    typer.echo(text, err=True)
    refuse(failed, len(cases) + len(failed))


@dataclass(frozen=True)
class _Table:
    """A table that is said when its form is known: what its columns and cells say depends on the language."""

    title: str
    cases: "Sequence[CaseRecord]"
    columns: Callable[[], Sequence[str]]
    rows: Callable[[], Sequence[Sequence[str]]]


def _put_table(table: _Table, asked: TableFormat | None, output: Path | None) -> None:
    from risk_engine.office.register.tables import csv_text, xlsx_bytes

    match form_of(output, get_args(TableFormat), asked):
        case "table":
            warn_of_language(table.cases)
            _put_text(table.columns(), table.rows(), output)
        case "csv":
            # Programs read CSV by the names of its columns, and look for words in it: it speaks one language.
            with in_language(ENGLISH):
                text = csv_text(table.columns(), table.rows())
            if output is None:
                typer.echo(text, nl=False)
                return
            # Excel takes CSV for an old code page unless it begins with a mark.
            write_new(output, text.encode("utf-8-sig"))
            typer.echo(_("wrote {file}", file=output), err=True)
        case "xlsx":
            if output is None:
                raise RiskEngineError(_("a workbook needs a file to be written to"), _("name one with `-o FILE.xlsx`"))
            warn_of_language(table.cases)
            write_new(output, xlsx_bytes(table.title, table.columns(), table.rows()))
            typer.echo(_("wrote {file}", file=output), err=True)


def _put_text(columns: Sequence[str], rows: Sequence[Sequence[str]], output: Path | None) -> None:
    from rich.console import Console

    from risk_engine.report.terminal import print_table

    if output is None:
        if rows:
            print_table(columns, rows, Console())
        return
    text = StringIO()
    print_table(columns, rows, Console(file=text, width=160, color_system=None, _environ={}))
    write_new(output, text.getvalue().encode())
    typer.echo(_("wrote {file}", file=output), err=True)


def _check_outside(folder: Path, output: Path | None) -> None:
    """Raise RiskEngineError if a result would be written over something, or among what is filed."""
    if output is None:
        return
    check_new(output)
    if output.resolve().is_relative_to(folder.resolve()):
        raise RiskEngineError(
            _("{output}: this is in the register itself, where only what is filed lies", output=output),
            _("choose another folder"),
        )
