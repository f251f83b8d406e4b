"""The kinds of document that one assessment gives: each a view, a function of the stored records and the language."""

import hashlib
from typing import Literal, TypeAlias, assert_never

from risk_engine.model.decision import Decision, Sheet
from risk_engine.model.explanation import Explanation
from risk_engine.report.blocks import View
from risk_engine.report.untranslated import noted, noted_as_signed

WholeKind: TypeAlias = Literal["decision", "full", "letter", "plan", "questions"]
"""The kinds of document that are made of an assessment as it is; a redacted one is made of what is left of it."""


def view_of(
    assessment: Explanation, kind: WholeKind, decision: Decision | None = None, *, to: str | None = None
) -> View:
    """Return a document of that kind as ready text in the current language, which is that of the assessment.

    `decision` is on this assessment, None where nothing is decided. `to` is one of those who still have a question to
    answer, None for all; RiskEngineError where it is nobody.
    """
    match kind:
        case "full":
            from risk_engine.report.view import view

            return view(assessment)
        case "decision":
            from risk_engine.report.pages.decision import decision_pages

            made = decision_pages(assessment, decision)
        case "letter":
            from risk_engine.report.pages.letter import letter

            made = letter(assessment, decision)
        case "plan":
            from risk_engine.report.pages.plan import plan

            made = plan(assessment, decision)
        case "questions":
            from risk_engine.report.pages.questions import questions

            made = questions(assessment, to)
        case _:
            assert_never(kind)
    return noted(made, assessment)


def record_of(decision: Decision, assessment: Explanation | None = None) -> View:
    """Return the record of a decision as a document of its own, which needs no assessment.

    It holds the words that were signed; the assessment that it is on may say those of the criteria in another language.
    """
    from risk_engine.report.pages.decision import record

    made = record(decision, assessment)
    return noted_as_signed(made, decision.language) if assessment is None else noted(made, assessment)


def sheet(assessment: Explanation) -> bytes:
    """Return the decision sheet of an assessment on which nothing is decided yet, in the form in which it is hashed."""
    from risk_engine.report.html_markdown import markdown
    from risk_engine.report.pages.decision import decision_pages

    return markdown(noted(decision_pages(assessment, None), assessment)).encode()


def sheet_shown(assessment: Explanation) -> Sheet:
    """Return what a decision keeps of the sheet that is shown to the person who decides."""
    return Sheet(form="md", sha256=hashlib.sha256(sheet(assessment)).hexdigest())
