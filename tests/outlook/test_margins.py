"""How far a dimension is from the next band; expected values: design, section 8, and issue 7."""

import subprocess
import sys
from datetime import date

import pytest

from risk_engine.engine.work import Worked, work
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.outlook.margins import margins
from tests.engine.builder import LOAN_DESK, ROOT
from tests.engine.conftest import Toy
from tests.outlook.working import worked_from


def findings(*severities: str) -> str:
    """Return an indicator for each severity; all hold in a risky trip."""
    return "\n".join(
        f"I{number}: {{severity: {{{severity}: {{fact: trip.risky, is: true}}}}}}"
        for number, severity in enumerate(severities)
    )


@pytest.mark.parametrize(
    ("severities", "points", "next_band", "missing", "only_critical"),
    [
        (["low"], 1, "high", 19, False),
        (["moderate", "moderate"], 10, "high", 10, False),
        # The cap is 119 and the last band begins at 120.
        (["high"], 20, "unacceptable", 100, True),
        (["high"] * 6, 119, "unacceptable", 1, True),
        (["critical"], 120, None, None, False),
    ],
)
def test_it_says_how_many_points_a_dimension_lacks_to_its_next_band(
    toy: Toy, severities: list[str], points: int, next_band: str | None, missing: int | None, only_critical: bool
) -> None:
    worked = worked_from(toy(indicators=findings(*severities)), "trip: {risky: true}")
    body, mind = margins(worked).bands
    assert (body.points, body.next_band, body.missing_points) == (points, next_band, missing)
    assert body.only_critical is only_critical
    assert (mind.dimension, mind.points, mind.next_band, mind.missing_points) == ("mind", 0, "limited", 1)


def test_a_critical_finding_and_those_below_reach_a_band_that_neither_reaches_alone(toy: Toy) -> None:
    head = """
        severity:
          points: {low: 1, moderate: 5, high: 20, critical: 120}
          cap: 119
          bands: {minimal: 0, high: 20, unacceptable: 200}
          titles: {unacceptable: Not bearable}
    """
    worked = worked_from(toy(head=head, indicators=findings("critical")), "trip: {risky: true}")
    body = margins(worked).bands[0]
    assert (body.next_band, body.missing_points, body.only_critical) == ("Not bearable", 80, False)


def test_what_is_open_counts_with_the_most_that_it_can_be_after_controls(toy: Toy) -> None:
    criteria = toy(
        indicators="""
            OPEN: {severity: {high: {fact: trip.risky, is: true}}}
            LOWERED:
              severity: {high: {fact: trip.alone, is: true}}
              controls: [{all: [FIX], residual: moderate}]
        """,
        controls="FIX: {}",
    )
    control = "controls: [{id: FIX, status: implemented, evidence: [{kind: k, reference: r, date: 2020-01-01}]}]"
    worked = worked_from(criteria, f"trip: {{alone: true}}\n{control}")
    assert margins(worked).bands[0].points == 25


@pytest.fixture(scope="module")
def chair() -> Worked:
    """Return the endowed chair: its donor wants a say in who is appointed, and to be named nowhere."""
    criteria = read_criteria(ROOT / "criteria" / "reconnect-china" / "1.1.0")
    return work(load_case(ROOT / "examples" / "endowed-chair.yaml", criteria), criteria, date(2026, 12, 3))


def test_of_an_endowed_chair_the_conditions_of_the_gift_are_to_be_verified_first(chair: Worked) -> None:
    found = margins(chair)
    (first,) = found.if_wrong
    assert (first.path, first.instead, first.direction) == ("funding.gift.conditions", ("anonymity",), "milder")
    assert [one.level for one in first.reached] == ["regulation", "conditional"]
    # A critical finding of 120 points and two high ones: 160. The band begins at 120.
    assert [(one.name, one.tips_at) for one in found.tips] == [("critical", 79), ("unacceptable", 161)]


def test_another_set_has_margins_too() -> None:
    criteria = read_criteria(LOAN_DESK)
    worked = work(load_case(LOAN_DESK.parents[1] / "loan-desk-case.yaml", criteria), criteria, date(2026, 6, 15))
    found = margins(worked)
    assert [one.dimension for one in found.bands] == list(criteria.head.dimensions)
    assert found.tried > 0


def test_it_needs_no_solver() -> None:
    code = "import sys, risk_engine.outlook.margins; sys.exit('z3' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
