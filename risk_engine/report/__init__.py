"""An assessment in words to a report: text for a terminal, HTML, Markdown, or all of its words as JSON."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, assert_never

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, in_language
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation

if TYPE_CHECKING:
    from risk_engine.report.blocks import View

Format = Literal["text", "json", "html", "md"]
DocumentForm = Literal["html", "pdf", "docx", "md", "text"]
"""The forms of a document, on paper or on a screen."""


def render(
    assessment: Assessment | Explanation,
    format: Format,  # noqa: A002 -- the word of the command line
    criteria: Criteria | None = None,
    language: str | None = None,
    *,
    annex: bool = False,
) -> str:
    """Return a report on an assessment, or on one that was explained, in the language of the explanation.

    With `annex` a page holds below the report all else that the record does.

    A record has no words: except as JSON it needs the criteria that it was made under, and takes the current language
    if none is named. As JSON a record is what is stored, and an explanation everything that a report may say.
    Raises what `explain` raises; RiskEngineError where the criteria are not given.
    """
    if isinstance(assessment, Assessment):
        if format == "json":
            from risk_engine.engine.assess import to_json

            return to_json(assessment).decode()
        if criteria is None:
            raise RiskEngineError(
                _("an assessment has no words of its own"), _("give its criteria: `render(assessment, form, criteria)`")
            )
        from risk_engine.engine.explain import explain

        assessment = explain(assessment, criteria, language)
    with in_language(assessment.language):
        return _rendered(assessment, format, annex=annex)


def _rendered(assessment: Explanation, form: Format, *, annex: bool) -> str:
    # Each writer's library is loaded for its format only: a cold start pays for nothing else.
    match form:
        case "json":
            from risk_engine.files.plain import canonical

            return canonical(assessment.model_dump(mode="json", by_alias=True)).decode()
        case "html" | "md":
            from risk_engine.report.view import view

            return written(view(assessment, part="whole" if annex else "report"), form).decode()
        case "text":
            from risk_engine.report.answer import screen
            from risk_engine.report.terminal import plain_text

            return plain_text(screen(assessment))
        case _:
            assert_never(form)


def left_out(view: "View", form: DocumentForm) -> str:
    """Return what is to be said about what a document cannot show here in that form; nothing if it shows all."""
    if form != "docx":
        return ""
    from risk_engine.report.word import pictures_left_out

    return pictures_left_out(view)


def written(view: "View", form: DocumentForm, template: Path | None = None) -> bytes:
    """Return a document as the bytes of its file, a Word one on the template of an office if there is one.

    Raise RiskEngineError where nothing that writes it is installed, or the template cannot be used.
    """
    match form:
        case "html":
            from risk_engine.report.html_markdown import html

            return html(view).encode()
        case "md":
            from risk_engine.report.html_markdown import markdown

            return markdown(view).encode()
        case "text":
            from risk_engine.report.terminal import document_text

            return document_text(view).encode()
        case "pdf":
            from risk_engine.report.typst import pdf

            return pdf(view)
        case "docx":
            from risk_engine.report.word import docx, docx_from_template

            return docx(view) if template is None else docx_from_template(view, template)
        case _:
            assert_never(form)
