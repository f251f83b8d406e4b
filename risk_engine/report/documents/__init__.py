"""The kinds of document that one assessment gives: each a view, a function of the stored records and the language."""

from typing import assert_never

from risk_engine.diagnostics import RiskEngineError
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision
from risk_engine.report.blocks import Kind, View


def view_of(assessment: Assessment, kind: Kind, decision: Decision | None = None) -> View:
    """Return a document of that kind as ready text; `decision` is on this assessment, or nothing is decided yet."""
    match kind:
        case "full":
            from risk_engine.report.view import view

            return view(assessment)
        case "letter":
            from risk_engine.report.documents.letter import letter

            return letter(assessment, decision)
        case "decision" | "plan" | "redacted" | "questions":
            raise RiskEngineError(f"a document of the kind `{kind}` cannot be made yet")
        case _:
            assert_never(kind)
