"""Contradictions that a result hangs on: expected values from decision 0080."""

import pytest

from risk_engine.model.criteria import Criteria
from tests.engine.builder import case_from
from tests.engine.conftest import Toy
from tests.engine.test_reopened import CONTRADICTION, INDICATORS
from tests.told import assess_told


def decided_by(criteria: Criteria, case: str) -> dict[str | None, tuple[str, ...]]:
    got = assess_told(case_from(criteria, case), criteria)
    return {one.id: one.decides for one in got.problems}


@pytest.mark.parametrize("reopens", ["true", "false"])
def test_result_hangs_on_answers_that_rule_a_stricter_level_out_whether_they_reopen_or_not(
    toy: Toy, reopens: str
) -> None:
    criteria = toy(indicators=INDICATORS, invariants=CONTRADICTION % reopens)
    found = decided_by(criteria, "trip: {pace: calm, risky: true}")
    assert set(found) == {"calm_is_slow"}
    assert {"measure", "gate"} <= set(found["calm_is_slow"])


STRICT = """
    facts:
      wild_is_risky:
        title: A wild trip is risky
        then: {not: {all_of: [{fact: trip.pace, is: wild}, {fact: trip.risky, is: false}]}}
        reopens: true
    results: {}
"""


def test_result_hangs_on_answers_that_make_it_strict_for_it_may_be_milder(toy: Toy) -> None:
    criteria = toy(indicators=INDICATORS, invariants=STRICT)
    assert "measure" in decided_by(criteria, "trip: {pace: wild, risky: false}")["wild_is_risky"]


def test_result_hangs_on_no_answers_that_no_rule_reads(toy: Toy) -> None:
    unread = "I1: {severity: {critical: {fact: trip.insured, is: false}}}"
    criteria = toy(indicators=unread, invariants=CONTRADICTION % "true")
    assert decided_by(criteria, "trip: {pace: calm, risky: true, insured: false}") == {"calm_is_slow": ()}


def test_result_that_other_answers_make_as_strict_as_it_can_be_hangs_on_no_contradiction(toy: Toy) -> None:
    barred = "I2: {severity: {critical: {fact: trip.insured, is: false}}, knock_out: {legal: always}}"
    criteria = toy(indicators=f"{INDICATORS}    {barred}", invariants=CONTRADICTION % "true")
    found = decided_by(criteria, "trip: {pace: calm, risky: true, insured: false}")["calm_is_slow"]
    assert not {"measure", "gate"} & set(found)
    assert {"measure", "gate"} <= set(
        decided_by(criteria, "trip: {pace: calm, risky: true, insured: true}")["calm_is_slow"]
    )


TWO = """
    facts:
      first: {title: The first, then: {not: {all_of: [{fact: trip.insured, is: false}, {fact: trip.days, is: 1}]}}}
      second: {title: The second, then: {not: {all_of: [{fact: trip.alone, is: true}, {fact: trip.days, is: 1}]}}}
    results: {}
"""


def test_result_that_two_contradictions_hold_up_only_together_hangs_on_both(toy: Toy) -> None:
    indicators = """
        I1: {severity: {critical: {fact: trip.insured, is: false}}, knock_out: {legal: always}}
        I2: {severity: {critical: {fact: trip.alone, is: true}}, knock_out: {legal: always}}
    """
    found = decided_by(toy(indicators=indicators, invariants=TWO), "trip: {insured: false, alone: true, days: 1}")
    assert set(found) == {"first", "second"}
    assert all("measure" in ladders for ladders in found.values())


def test_answer_that_is_open_again_says_what_it_is_and_what_it_does_not_fit(toy: Toy) -> None:
    criteria = toy(indicators=INDICATORS, invariants=CONTRADICTION % "true")
    (gap,) = assess_told(case_from(criteria, "trip: {pace: calm, risky: true}"), criteria).gaps
    assert (gap.question, gap.answered, gap.against) == ("pace?", "calm", ("A calm trip is not risky",))


def test_answer_that_is_missing_says_of_no_answer(toy: Toy) -> None:
    criteria = toy(indicators=INDICATORS, invariants=CONTRADICTION % "true")
    (gap,) = assess_told(case_from(criteria, "trip: {risky: true}"), criteria).gaps
    assert (gap.answered, gap.against) == (None, ())
