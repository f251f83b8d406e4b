"""How far a dimension is from the next band; expected values: design, section 8, and issue 7."""

import subprocess
import sys
from datetime import date

import pytest

from risk_engine.engine.work import Worked, work
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.outlook.distance import margins
from tests.engine.builder import LADDERS, LOAN_DESK, ROOT
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
        (["low"], 1, "unacceptable", 119, True),
        (["moderate", "moderate"], 10, "unacceptable", 110, True),
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
    body, mind = (one for one in margins(worked).bands if one.controls == "after")
    assert (body.points, body.next_band, body.missing_points) == (points, next_band, missing)
    assert body.only_critical is only_critical
    assert (mind.dimension, mind.points, mind.next_band, mind.missing_points) == (("mind", 0, "unacceptable", 120))


@pytest.mark.parametrize(
    ("severities", "band", "next_band", "missing"),
    [
        (["low"], "limited", "high", 19),
        (["moderate", "moderate"], "limited", "high", 10),
        (["high"], "high", None, None),
    ],
)
def test_before_controls_the_next_band_is_the_one_that_a_rule_asks_for(
    toy: Toy, severities: list[str], band: str, next_band: str | None, missing: int | None
) -> None:
    """Regulation asks for a high band before controls, restriction for an unacceptable one after them."""
    worked = worked_from(toy(indicators=findings(*severities)), "trip: {risky: true}")
    body = next(one for one in margins(worked).bands if one.controls == "before")
    assert (body.band, body.next_band, body.missing_points) == (band, next_band, missing)


@pytest.mark.parametrize(
    ("comparison", "severity", "next_band"),
    [
        ("is: limited", None, "limited"),
        ("is: limited", "low", "high"),
        ("is: limited", "high", None),
        ("at_most: minimal", None, "limited"),
        ("at_most: minimal", "low", None),
        ("one_of: [high, minimal]", None, "limited"),
        ("one_of: [high, minimal]", "low", "high"),
        ("one_of: [high, minimal]", "high", "unacceptable"),
    ],
)
def test_a_limit_counts_where_a_rule_says_something_else_below_it(
    toy: Toy, comparison: str, severity: str | None, next_band: str | None
) -> None:
    ladders = LADDERS.replace("dimension.residual_band, is: unacceptable", f"dimension.residual_band, {comparison}")
    criteria = toy(indicators=findings(severity or "low"), ladders=ladders)
    worked = worked_from(criteria, f"trip: {{risky: {'true' if severity else 'false'}}}")
    assert next(one.next_band for one in margins(worked).bands if one.controls == "after") == next_band


def test_while_answers_are_missing_both_ends_are_told(toy: Toy) -> None:
    worked = worked_from(toy(indicators=findings("critical", "high")), "")
    before, after = margins(worked).bands[:2]
    assert (before.controls, before.least, before.points) == ("before", 0, 140)
    assert (after.controls, after.least, after.points, after.next_band) == ("after", 0, 140, None)


def test_a_critical_finding_and_those_below_reach_a_band_that_neither_reaches_alone(toy: Toy) -> None:
    head = """
        severity:
          points: {low: 1, moderate: 5, high: 20, critical: 120}
          cap: 119
          bands: {minimal: 0, high: 20, unacceptable: 200}
          titles: {unacceptable: Not bearable}
    """
    worked = worked_from(toy(head=head, indicators=findings("critical")), "trip: {risky: true}")
    body = margins(worked).bands[1]
    assert (body.next_band, body.missing_points, body.only_critical) == ("unacceptable", 80, False)


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
    assert [one.points for one in margins(worked).bands[:2]] == [40, 25]


@pytest.fixture(scope="module")
def chair() -> Worked:
    """Return the endowed chair: its donor wants a say in who is appointed, and to be named nowhere."""
    criteria = read_criteria(ROOT / "criteria" / "reconnect-china" / "releases" / "1.0.0.json")
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
    assert [one.dimension for one in found.bands if one.controls == "after"] == list(criteria.head.dimensions)
    assert found.tried > 0


def test_it_needs_no_solver() -> None:
    code = "import sys, risk_engine.outlook.distance; sys.exit('z3' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
