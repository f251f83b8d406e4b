"""The kinds of document that one assessment gives: each a view, a function of the stored records and the language."""

from typing import assert_never

from risk_engine.diagnostics import RiskEngineError
from risk_engine.model.assessment import Assessment
from risk_engine.report.blocks import Kind, View
from risk_engine.report.view import view


def view_of(assessment: Assessment, kind: Kind) -> View:
    """Return a document of that kind as ready text."""
    match kind:
        case "full":
            return view(assessment)
        case "decision" | "letter" | "plan" | "redacted" | "questions":
            raise RiskEngineError(f"a document of the kind `{kind}` cannot be made yet")
        case _:
            assert_never(kind)
