"""The kinds of document that one assessment gives: each a view, a function of the stored records and the language."""

from typing import assert_never

from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.decision import Decision
from risk_engine.model.profile import Disclosure
from risk_engine.report.blocks import Kind, View


def view_of(
    assessment: Assessment,
    kind: Kind,
    decision: Decision | None = None,
    *,
    to: str | None = None,
    criteria: CriteriaSet | None = None,
    disclosure: Disclosure | None = None,
) -> View:
    """Return a document of that kind as ready text; `decision` is on this assessment, None where nothing is decided.

    `to` is one of those who still have a question to answer, None for all; RiskEngineError where it is nobody. Only a
    redacted document asks for the criteria of the assessment and, if not the profile in it shall say so, for what is
    withheld and why (`redacted_view`).
    """
    match kind:
        case "full":
            from risk_engine.report.view import view

            return view(assessment)
        case "decision":
            from risk_engine.report.documents.decision import decision_pages

            return decision_pages(assessment, decision)
        case "letter":
            from risk_engine.report.documents.letter import letter

            return letter(assessment, decision)
        case "plan":
            from risk_engine.report.documents.plan import plan

            return plan(assessment, decision)
        case "questions":
            from risk_engine.report.documents.questions import questions

            return questions(assessment, to)
        case "redacted":
            from risk_engine.report.documents.redacted import redacted_view

            return redacted_view(assessment, criteria, disclosure)
        case _:
            assert_never(kind)


def record_of(decision: Decision) -> View:
    """Return the record of a decision as a document of its own, which needs no assessment."""
    from risk_engine.report.documents.record import record

    return record(decision)
