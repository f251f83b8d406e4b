"""`risk-engine criteria table`: rules as a sheet that a lawyer edits, what its rows leave open, and back into YAML."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, get_args

import typer

from risk_engine.cli.options import Output, Set, say_if_withdrawn
from risk_engine.cli.output import note, put_document, wrote
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.writing import check_folder, write_bytes

if TYPE_CHECKING:
    from risk_engine.audit.tables.edit import Edited
    from risk_engine.audit.tables.table import Table
    from risk_engine.report import DocumentForm

TABLE_EXAMPLES = """Examples: risk-engine criteria table reconnect-china --of ladder:measure ·
risk-engine criteria table our-criteria --of controls --of indicators -o rules.xlsx ·
risk-engine criteria table our-criteria rules.xlsx · risk-engine criteria table our-criteria rules.xlsx --write"""


DifferenceForm: TypeAlias = Literal["text", "md", "html"]
"""The forms that the difference can be had in."""


def table(
    reference: Set,
    file: Annotated[
        Path | None, typer.Argument(help="A sheet that came back, .xlsx or .csv; without it one is written.")
    ] = None,
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of",
            metavar="TABLE",
            help="What to write: `ladder:NAME`, `severity:INDICATOR`, `controls` (with their options), `options`, or "
            "`indicators`; may be repeated.",
        ),
    ] = None,
    writes: Annotated[
        bool, typer.Option("--write", help="Write what the sheet changes into the files; copies keep what they said.")
    ] = False,
    output: Output = None,
) -> None:
    """Write rules as a table for Excel or as CSV, or read such a sheet back and show what it changes.

    With --of: which row decides where several hold, where rows overlap, which never decide, and where none holds, each
    with an example; with -o the sheet too. With FILE: every cell that cannot be read, with its address; else the
    difference to the files, as `criteria diff` shows it. The files change only with --write, comments and order stay.

    Exit code 0: done; 2: the set, the sheet or an option cannot be used.
    """
    if file is None:
        if not of:
            raise RiskEngineError(_("say which table to write, or name a sheet to read"), "--of ladder:NAME")
        if writes:
            raise RiskEngineError(_("--write wants the sheet that is read"), _("`risk-engine criteria table SET FILE`"))
        _write_tables(reference, of, output)
        return
    if of:
        raise RiskEngineError(_("a sheet says itself which table it is"), _("leave out --of"))
    _read_tables(reference, file, output, writes=writes)


def _write_tables(reference: str, of: list[str], output: Path | None) -> None:
    from risk_engine.audit.tables.edit import opened, tables_of

    ending = output.suffix.casefold() if output else ""
    if output is not None:
        check_folder(output)
        if ending not in {".xlsx", ".csv"}:
            message = _("{output}: a table is written as .xlsx or as .csv", output=output)
            raise RiskEngineError(message, _("end the name so"))
    asked = [each for one in of for each in ((one, "options") if one == "controls" and ending != ".csv" else (one,))]
    there = opened(reference)
    say_if_withdrawn(there.version)
    asked = list(dict.fromkeys(asked))
    if ending == ".csv" and len(asked) > 1:
        raise RiskEngineError(
            _("a CSV file holds one table"), _("write a workbook, -o FILE.xlsx, or one file for each")
        )
    tables = tables_of(there.rules, asked)
    _show(tables)
    if output is None:
        note(_("-o FILE.xlsx or -o FILE.csv writes the sheet"))
        return
    from risk_engine.audit.tables.sheets import csv_of, workbook_of

    # With the mark of its encoding, without which Excel takes UTF-8 for something else.
    write_bytes(output, csv_of(tables[0]).encode("utf-8-sig") if ending == ".csv" else workbook_of(tables))
    if asked == ["controls"]:
        note(_("in CSV the options of the controls are a table of their own: --of options"))
    wrote(output)


def _show(tables: "Sequence[Table]") -> None:
    for first, *others in (one.remarks for one in tables):
        typer.echo(first)
        for line in others:
            typer.echo(f"  {line}")


def _read_tables(reference: str, file: Path, output: Path | None, *, writes: bool) -> None:
    from risk_engine.audit.tables.edit import BEFORE, edited, tables_of, write
    from risk_engine.cli.output import form_of

    form = form_of(output, get_args(DifferenceForm), inputs=[file])
    found = edited(reference, file)
    say_if_withdrawn(found.opened.version)
    for text in found.notes:
        note(text)
    _show(tables_of(found.after, found.of))
    if not found.texts:
        typer.echo(_("the sheet changes nothing"))
        return
    _put_difference(found, form, output)
    if not writes:
        names = ", ".join(found.texts)
        note(_("nothing is written yet; --write changes {files}", files=names))
        return
    for path in write(reference, found):
        wrote(path)
        note(_("what it said before is in {file}; put it back to undo this", file=f"{path.name}{BEFORE}"))
    if any((found.opened.version.path / "translations").glob("*.yaml")):
        note(
            _("texts that changed want their translation: `risk-engine criteria texts {set} --into TAG`", set=reference)
        )


def _put_difference(found: "Edited", form: "DocumentForm", output: Path | None) -> None:
    from risk_engine.report.set_pages.changes import changes_view

    comparison = found.comparison
    page = changes_view(comparison.changes, *comparison.words, shown=comparison.shown)
    put_document(page, form, output)
