"""The kinds of document that one assessment gives: each a view, a function of the stored records and the language."""

from typing import Literal, TypeAlias, assert_never

from risk_engine.model.decision import Decision
from risk_engine.model.explanation import Explanation
from risk_engine.model.profile import Disclosure
from risk_engine.model.translation import Told
from risk_engine.report.blocks import Kind, View
from risk_engine.report.spoken import noted, spoken

OtherKind: TypeAlias = Literal["decision", "letter", "plan", "redacted", "questions"]
"""The kinds of document beside the full report."""


def view_of(
    assessment: Explanation,
    kind: Kind,
    decision: Decision | None = None,
    *,
    to: str | None = None,
    criteria: Told | None = None,
    disclosure: Disclosure | None = None,
) -> View:
    """Return a document of that kind as ready text in the current language, as far as the assessment holds that.

    `decision` is on this assessment, None where nothing is decided. `to` is one of those who still have a question to
    answer, None for all; RiskEngineError where it is nobody. Only a redacted document asks for the criteria of the
    assessment and, if not the profile in it shall say so, for what is withheld and why (`redacted_view`).
    """
    if kind == "full":
        from risk_engine.report.view import view

        return view(assessment)
    return noted(_view_of(spoken(assessment), kind, decision, to, criteria, disclosure), assessment)


def _view_of(
    assessment: Explanation,
    kind: OtherKind,
    decision: Decision | None,
    to: str | None,
    criteria: Told | None,
    disclosure: Disclosure | None,
) -> View:
    match kind:
        case "decision":
            from risk_engine.report.pages.decision import decision_pages

            return decision_pages(assessment, decision)
        case "letter":
            from risk_engine.report.pages.letter import letter

            return letter(assessment, decision)
        case "plan":
            from risk_engine.report.pages.plan import plan

            return plan(assessment, decision)
        case "questions":
            from risk_engine.report.pages.questions import questions

            return questions(assessment, to)
        case "redacted":
            from risk_engine.report.pages.redacted import redacted_view

            if criteria is None:
                return redacted_view(assessment, None, disclosure)
            return redacted_view(assessment, criteria.words, disclosure, written_as=criteria.criteria)
        case _:
            assert_never(kind)


def record_of(decision: Decision, assessment: Explanation | None = None) -> View:
    """Return the record of a decision as a document of its own, which needs no assessment.

    It holds the words of the criteria as they were written; the assessment that it is on may hold them in the current
    language.
    """
    from risk_engine.report.pages.record import record

    return noted(record(decision, None if assessment is None else spoken(assessment)), assessment)
