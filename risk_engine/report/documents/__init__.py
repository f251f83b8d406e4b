"""The kinds of document that one assessment gives: each a view, a function of the stored records and the language."""

from typing import assert_never

from risk_engine.diagnostics import RiskEngineError
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.profile import Disclosure
from risk_engine.report.blocks import Kind, View
from risk_engine.report.view import view


def view_of(
    assessment: Assessment, kind: Kind, *, criteria: CriteriaSet | None = None, disclosure: Disclosure | None = None
) -> View:
    """Return a document of that kind as ready text.

    Only a redacted one asks for the criteria of the assessment and, if not the profile in it shall say so, for what is
    withheld and why (`redacted_view`).
    """
    match kind:
        case "full":
            return view(assessment)
        case "redacted":
            from risk_engine.report.documents.redacted import redacted_view

            return redacted_view(assessment, criteria, disclosure)
        case "decision" | "letter" | "plan" | "questions":
            raise RiskEngineError(f"a document of the kind `{kind}` cannot be made yet")
        case _:
            assert_never(kind)
