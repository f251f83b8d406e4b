"""The pages under test: the report of every example and of a second set, hostile ones, a catalogue, a map."""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from risk_engine.model.assessment import Assessment
from risk_engine.report import render
from risk_engine.report.blocks import View
from risk_engine.report.decision import render_decision
from risk_engine.report.view import view
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, ROOT, done
from tests.report.parts import finding, option
from tests.report.samples import full
from tests.report.test_decision import hostile as hostile_decision
from tests.report.test_escaping import hostile

GOLDEN = ROOT / "tests" / "golden"
EXAMPLES = sorted(one.stem for one in (ROOT / "examples").glob("*.yaml"))
MANY = 500


@cache
def assessment(name: str) -> Assessment:
    """Return the assessment of an example as it is stored, or one of the others by name."""
    match name:
        case "loan-desk":
            return Assessment.model_validate_json(done("assess", LOAN_CASE, *LOAN, "--format", "json"))
        case "hostile":
            return full(lambda text: f"{hostile(text)} {'Wundersamkeit' * 20} שלום (مرحبا)")
        case "hundreds":
            return full(hostile).model_copy(
                update={
                    "findings": tuple(
                        finding(f"ROT-{one}", title="Rot" if one % 50 else hostile("Rot"), options=(option("ROPE"),))
                        for one in range(MANY)
                    )
                }
            )
        case _:
            return Assessment.model_validate_json((GOLDEN / f"{name}.json").read_text("utf-8"))


def shown(name: str) -> View:
    """Return what the report of that assessment says."""
    return view(assessment(name))


def _report(name: str) -> Callable[[], str]:
    return lambda: render(assessment(name), "html")


def decided(*more: str) -> str:
    """Return the page of a decision of the loan desk; it awaits a second person."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.json")
        path.write_text(render(assessment("loan-desk"), "json"), "utf-8")
        who = ("--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09")
        return done("decide", path, *more, *who, "--format", "html")


REPORTS = [*EXAMPLES, "loan-desk", "hostile"]
PAGES: dict[str, Callable[[], str]] = {
    **{name: _report(name) for name in (*REPORTS, "hundreds")},
    "decision": lambda: decided("--level", "verdict=refuse", "--reason", "The keeper is ill."),
    "hostile-decision": lambda: render_decision(hostile_decision(f"{'Wundersamkeit' * 20} שלום <b>&"), "html"),
    "catalogue": (ROOT / "docs" / "catalogue.html").read_text,
    "small-catalogue": lambda: done("criteria", "show", LOAN_DESK, "--format", "html"),
    "map": lambda: done("criteria", "map", "reconnect-china", "--format", "html"),
    "small-map": lambda: done("criteria", "map", LOAN_DESK, "--format", "html"),
}
