"""The results of cases, printed or written: one in whatever form, several as a table or in a folder."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from importlib.util import find_spec
from io import StringIO
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import typer

from risk_engine.cli.options import keep_inputs, make_folder, put, put_document, write_bytes
from risk_engine.diagnostics import RiskEngineError
from risk_engine.language import _

if TYPE_CHECKING:
    from rich.console import Console

    from risk_engine.model.assessment import Assessment
    from risk_engine.model.explanation import Explanation
    from risk_engine.report import DocumentForm


class Format(StrEnum):
    """The forms a result can be had in."""

    text = "text"
    json = "json"
    html = "html"
    md = "md"
    pdf = "pdf"
    docx = "docx"


Explain: TypeAlias = "Callable[[Assessment], Explanation]"
"""Says an assessment in words; called only where words are printed."""

FORMS: "dict[Format, DocumentForm]" = {
    Format.html: "html",
    Format.md: "md",
    Format.pdf: "pdf",
    Format.docx: "docx",
}
"""The forms of a document."""


def put_one(assessment: "Assessment", explain: Explain, form: Format, output: Path | None) -> None:
    """Print the result of one case, or write it to the file that was asked for; only what is stored has no words."""
    if form is Format.json:
        from risk_engine.engine.assess import to_json

        put(to_json(assessment).decode(), output, kept=True)
        return
    told = explain(assessment)
    if form is Format.text and output is None:
        from rich.console import Console

        from risk_engine.report.text import print_text

        # The command that looks further needs a solver: nobody is sent to one that cannot run here.
        print_text(told, Console(), can_be_exact=find_spec("z3") is not None)
    elif form is Format.text:
        from risk_engine.report import render

        put(render(told, "text"), output)
    else:
        from risk_engine.report.view import view

        put_document(view(told), FORMS[form], output)


def put_several(
    done: "list[tuple[Path, Assessment]]", explain: Explain, form: Format, output: Path | None, inputs: list[Path]
) -> None:
    """Print the results of several cases as a table, or write them: one list of records, or a folder of reports."""
    from rich.console import Console

    assessments = [one for _, one in done]
    match form:
        case Format.text:
            if output is None:
                _put_table(map(explain, assessments), Console())
            else:
                table = StringIO()
                _put_table(map(explain, assessments), Console(file=table, width=120, color_system=None, _environ={}))
                put(table.getvalue(), output)
        case Format.json:
            from risk_engine.canonical import canonical
            from risk_engine.engine.assess import plain

            put(canonical([plain(one) for one in assessments]).decode(), output, kept=True)
        case Format.html | Format.md | Format.pdf | Format.docx:
            told = [(path, explain(assessment)) for path, assessment in done]
            _put_in_folder(told, form, output, inputs)
            _put_table((one for _path, one in told), Console())


def _put_table(told: "Iterable[Explanation]", console: "Console") -> None:
    from risk_engine.report.text import summary_table
    from risk_engine.report.untranslated import untold

    assessments = list(told)
    summary_table(assessments, console)
    if text := untold(assessments):
        typer.echo(text, err=True)


def _put_in_folder(
    done: "list[tuple[Path, Explanation]]", form: Format, output: Path | None, inputs: list[Path]
) -> None:
    if output is None or output.is_file() or (output.suffix and not output.is_dir()):
        raise RiskEngineError(_("several reports need a folder to be written to"), _("name one with `-o FOLDER`"))
    from risk_engine.report import left_out, written
    from risk_engine.report.view import view

    make_folder(output)
    notes: dict[str, None] = {}
    for name, (path, assessment) in zip(own_names(path for path, _assessment in done), done, strict=True):
        target = output / f"{name}.{form}"
        keep_inputs(target, inputs)
        shown = view(assessment)
        write_bytes(target, written(shown, FORMS[form]))
        notes[left_out(shown, FORMS[form])] = None
        typer.echo(_("wrote {file} ({case})", file=target, case=path), err=True)
    for note in filter(None, notes):
        typer.echo(note, err=True)


def own_names(paths: Iterable[Path]) -> Iterator[str]:
    """Yield a name for each case; those of the same name, from two folders or as YAML and JSON, are told apart."""
    taken: set[str] = set()
    for path in paths:
        numbered = (path.stem if number == 1 else f"{path.stem}-{number}" for number in count(1))
        name = next(one for one in numbered if one.casefold() not in taken)
        taken.add(name.casefold())
        yield name
