"""`risk-engine criteria diff`: what is different between two versions of a set, in words and in structure."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from risk_engine.cli.exits import Exit
from risk_engine.cli.options import Output, form_of, put, put_document, refuse_on_terminal
from risk_engine.model.changes import Layer

if TYPE_CHECKING:
    from risk_engine.report import DocumentForm

EXAMPLES = """Examples: risk-engine criteria diff reconnect-china@1.0.0 our-criteria ·
risk-engine criteria diff reconnect-china@1.0.0 our-criteria -o changes.html ·
risk-engine criteria diff our-criteria@1.0.0 our-criteria --fail-on structure"""
_METAVAR = "SET[@VERSION]"


class DiffFormat(StrEnum):
    """The forms that the changes can be had in."""

    text = "text"
    md = "md"
    html = "html"
    pdf = "pdf"
    docx = "docx"
    json = "json"


class Grade(StrEnum):
    """What makes the command fail."""

    changed = "changed"
    structure = "structure"


_DOCUMENTS: "dict[DiffFormat, DocumentForm]" = {
    DiffFormat.text: "text",
    DiffFormat.md: "md",
    DiffFormat.html: "html",
    DiffFormat.pdf: "pdf",
    DiffFormat.docx: "docx",
}
_COUNTED: dict[Grade, tuple[Layer, ...]] = {Grade.changed: ("words", "structure"), Grade.structure: ("structure",)}


def print_diff(
    before: Annotated[
        str,
        typer.Argument(help="The earlier version: a shipped set, or a folder; of a set its newest.", metavar=_METAVAR),
    ],
    after: Annotated[str, typer.Argument(help="The later version, or an office's changed copy.", metavar=_METAVAR)],
    fail_on: Annotated[
        Grade | None,
        typer.Option(help="Exit code 1 if anything is `changed`, or only if the `structure` is: rules and questions."),
    ] = None,
    asked: Annotated[
        DiffFormat | None, typer.Option("--format", help="The form; without it the ending of -o says it, else text.")
    ] = None,
    output: Output = None,
) -> None:
    """Print what is different between two versions of a set, first in short, then in structure, then in words.

    Each rule and question that is new, gone or changed stands with its sentence before and after. Whether any case
    comes out stricter or milder by it is not proved here, and the report says so. Number and time of the versions count
    as no change; neither do their cases, translations and notes.
    """
    from risk_engine.audit.changes.versions import compared

    form = form_of(output, DiffFormat, asked)
    refuse_on_terminal(form.value, output)
    found = compared(before, after)
    if form is DiffFormat.json:
        put(json.dumps(found.changes.model_dump(mode="json"), indent=2, ensure_ascii=False), output)
    else:
        from risk_engine.report.changes.pages import changes_view

        put_document(changes_view(found.changes, *found.words, shown=found.shown), _DOCUMENTS[form], output)
    if fail_on is not None and found.changes.of(*_COUNTED[fail_on]):
        raise typer.Exit(Exit.FAILED)
