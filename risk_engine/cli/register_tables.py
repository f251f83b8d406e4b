"""`risk-engine register list | due | export`: the register as a table, what has a date, and all of it as one file."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from risk_engine.cli.options import check_new, form_of, read_day, write_new
from risk_engine.cli.register_look import Register, records, refuse, today, warn
from risk_engine.diagnostics import RiskEngineError

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


class TableFormat(StrEnum):
    """The forms a table can be had in."""

    table = "table"
    csv = "csv"
    xlsx = "xlsx"


class ExportFormat(StrEnum):
    """The forms a register can be exported in."""

    zip = "zip"
    json = "json"
    csv = "csv"


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
    asked: Annotated[
        TableFormat | None, typer.Option("--format", help="The form of the table; without it the ending of -o says it.")
    ] = None,
    output: Output = None,
) -> None:
    """List the cases of a register as they count now; several options narrow the list together.

    Exit code 2 if a case cannot be read; the others are listed all the same.
    """
    from risk_engine.register.listing import Narrowed, columns, narrowed, row

    _check_outside(folder, output)
    cases, failed = records(folder)
    chosen = narrowed(cases, Narrowed(level, partner, due, still_open, awaiting_decision, older_than), on or today())
    if not chosen:
        none = "no case matches" if cases else "there is no case in this register"
        warn("no case that can be read matches" if failed else none)
    _put_table("Cases", columns(chosen or cases), [row(one) for one in chosen], asked, output)
    refuse(failed, len(cases) + len(failed))


def due(
    folder: Register,
    on: OnDay = None,
    days: Annotated[int, typer.Option("--days", min=0, max=LONGEST_LOOK, help="So many days ahead.")] = 90,
    asked: Annotated[
        TableFormat | None, typer.Option("--format", help="The form of the table; without it the ending of -o says it.")
    ] = None,
    output: Output = None,
) -> None:
    """List what is overdue and what comes next: conditions, controls, cases to look at again, ends of retention.

    The review of a case is due until a new assessment of it is filed; `reassess --on DATE --file-unchanged` files one
    also where nothing changed. Nothing is deleted when its time is over; a person does that.

    Exit code 2 if a case cannot be read.
    """
    from risk_engine.register.due import dues

    _check_outside(folder, output)
    day = on or today()
    cases, failed = records(folder)
    last = day + min(timedelta(days=days), date.max - day)
    found = sorted(item for one in cases for item in dues(one) if item.day <= last)
    names = ("Due", "State", "Case", "What", "Text", "Who")
    rows = [
        (f"{one.day}", "overdue" if one.is_overdue(day) else "coming", one.case_id, one.what, one.text, one.owner)
        for one in found
    ]
    if not rows:
        warn(f"nothing is due until {last}" + (", in the cases that can be read" if failed else ""))
    _put_table("Due", names, rows, asked, output)
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
    asked: Annotated[
        ExportFormat | None, typer.Option("--format", help="The form; without it the ending of -o says it, else zip.")
    ] = None,
) -> None:
    """Write the register, or the cases that the options leave, as one file with the SHA-256 of everything in it.

    ZIP holds the files as they are, JSON their content in one document, CSV only the list of files. The same register
    gives the same bytes. Exit code 2 if something was altered or cannot be read; it is named and left out.
    """
    from risk_engine.register.export import as_csv, as_json, as_zip, collected
    from risk_engine.register.listing import Narrowed, narrowed
    from risk_engine.report.wording import counted

    _check_outside(folder, output)
    form = form_of(output, ExportFormat, asked)
    cases, failed = records(folder)
    chosen = narrowed(cases, Narrowed(level, partner, due, still_open, awaiting_decision, older_than), on or today())
    files, wrong = collected([one.folder for one in chosen])
    failed += [RiskEngineError(one) for one in wrong]
    makers = {ExportFormat.zip: as_zip, ExportFormat.json: as_json, ExportFormat.csv: as_csv}
    write_new(output, makers[form](files))
    typer.echo(f"wrote {counted(len(files), 'file')} of {counted(len(chosen), 'case')} to {output}", err=True)
    refuse(failed, len(cases) + len(failed))


def _put_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    asked: TableFormat | None,
    output: Path | None,
) -> None:
    from risk_engine.register.tables import csv_text, xlsx_bytes

    match form_of(output, TableFormat, asked):
        case TableFormat.table:
            _put_text(columns, rows, output)
        case TableFormat.csv:
            if output is None:
                typer.echo(csv_text(columns, rows), nl=False)
                return
            # Excel takes CSV for an old code page unless it begins with a mark.
            write_new(output, csv_text(columns, rows).encode("utf-8-sig"))
            typer.echo(f"wrote {output}", err=True)
        case TableFormat.xlsx:
            if output is None:
                raise RiskEngineError("a workbook needs a file to be written to\n  help: name one with `-o FILE.xlsx`")
            write_new(output, xlsx_bytes(title, columns, rows))
            typer.echo(f"wrote {output}", err=True)


def _put_text(columns: Sequence[str], rows: Sequence[Sequence[str]], output: Path | None) -> None:
    from rich.console import Console

    from risk_engine.report.text import print_table

    if output is None:
        if rows:
            print_table(columns, rows, Console())
        return
    text = StringIO()
    print_table(columns, rows, Console(file=text, width=160, color_system=None, _environ={}))
    write_new(output, text.getvalue().encode())
    typer.echo(f"wrote {output}", err=True)


def _check_outside(folder: Path, output: Path | None) -> None:
    """Raise RiskEngineError if a result would be written over something, or among what is filed."""
    if output is None:
        return
    check_new(output)
    if output.resolve().is_relative_to(folder.resolve()):
        raise RiskEngineError(
            f"{output}: this is in the register itself, where only what is filed lies\n  help: choose another folder"
        )
