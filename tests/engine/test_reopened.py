"""Answers that contradict each other and count as open again: expected values from decision 0072."""

import pytest

from risk_engine.engine.facts import Read
from risk_engine.engine.program import decide_only, program_of
from risk_engine.engine.resolve import answered, resolve
from risk_engine.engine.work import Worked, work
from risk_engine.model.references import bears_on
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy

INDICATORS = """
    I1:
      severity:
        moderate: {fact: trip.pace, at_least: brisk}
        critical: {fact: trip.pace, is: wild}
      knock_out: {legal: {fact: trip.pace, is: wild}}
"""
CONTRADICTION = """
    facts:
      calm_is_slow:
        title: A calm trip is not risky
        whenever: {fact: trip.risky, is: true}
        then: {not: {fact: trip.pace, is: calm}}
        reopens: %s
    results: {}
"""


def worked(toy: Toy, trip: str, *, reopens: bool = True) -> Worked:
    criteria = toy(indicators=INDICATORS, invariants=CONTRADICTION % str(reopens).lower())
    return work(case_from(criteria, f"trip: {{{trip}}}"), criteria)


def levels(got: Worked) -> dict[str, tuple[str, str, str]]:
    return {one.ladder: (one.level, one.lowest, one.highest) for one in got.proposed}


def test_answer_that_is_contradicted_may_be_any_other_so_what_it_ruled_out_may_be(toy: Toy) -> None:
    (found,) = worked(toy, "pace: calm, risky: true").found
    assert (found.outcome, found.inherent, found.possible) == ("undetermined", "none", "critical")
    assert found.knock_out == ("none", "legal")
    assert found.open
    assert [read.path() for read in found.missing] == ["trip.pace"]


def test_gate_and_range_are_open_and_a_provisional_rule_counts(toy: Toy) -> None:
    got = levels(worked(toy, "pace: calm, risky: true"))
    assert got["measure"] == ("regulation", "advice", "restriction")
    assert got["gate"][1:] == ("clear", "blocked")


@pytest.mark.parametrize("trip", ["pace: calm, risky: false", "pace: calm", "pace: brisk, risky: true"])
def test_without_a_contradiction_nothing_is_open_again(toy: Toy, trip: str) -> None:
    got = worked(toy, trip)
    assert got.facts.again is None
    assert not got.found[0].open


def test_contradiction_that_does_not_say_so_reopens_nothing(toy: Toy) -> None:
    (found,) = worked(toy, "pace: calm, risky: true", reopens=False).found
    assert (found.outcome, found.open) == ("absent", False)


WITH_A_GUEST = """
    facts:
      calm_is_alone:
        title: A calm trip has no guest who is fit
        then: {not: {all_of: [{fact: trip.pace, is: calm}, {some: guest, where: {fact: guest.fit, is: true}}]}}
        reopens: true
    results: {}
"""


def test_the_first_answer_of_a_part_is_open_again_where_it_contradicts_another(toy: Toy) -> None:
    criteria = toy(indicators=INDICATORS, invariants=WITH_A_GUEST)
    tried = answered(case_from(criteria, "guest: [{id: a, fit: true}]"), Read("trip", None, "pace"), "calm")
    assert resolve(tried, criteria, DAY).again is not None


CERTAIN = """
    facts:
      wild_is_risky:
        title: A wild trip is risky
        then: {not: {all_of: [{fact: trip.pace, is: wild}, {fact: trip.risky, is: false}]}}
        reopens: true
    results: {}
"""


def test_what_is_certain_by_the_contradicting_answers_stays_certain(toy: Toy) -> None:
    criteria = toy(indicators=INDICATORS, invariants=CERTAIN)
    got = work(case_from(criteria, "trip: {pace: wild, risky: false}"), criteria)
    assert (got.found[0].outcome, got.found[0].inherent, got.found[0].knock_out) == (
        "present",
        "critical",
        ("legal",) * 2,
    )
    assert levels(got)["measure"] == ("restriction", "restriction", "restriction")


OF_ENTRIES = """
    facts:
      novices:
        title: Nobody under ten is an expert
        then: {every: guest, where: {not: {all_of: [{fact: guest.age, at_most: 9}, {fact: guest.skill, is: expert}]}}}
        reopens: true
    results: {}
"""


def test_only_the_entries_that_break_it_are_open_again(toy: Toy) -> None:
    criteria = toy(
        indicators="I1: {severity: {high: {some: guest, where: {fact: guest.skill, at_most: trained}}}}",
        invariants=OF_ENTRIES,
    )
    got = work(
        case_from(criteria, "guest: [{id: a, age: 5, skill: expert}, {id: b, age: 50, skill: expert}]"), criteria
    )
    assert got.facts.again is not None
    values = {one.id: dict(one.values) for one in got.facts.again.lists["guest"] or ()}
    assert (values["a"]["age"], values["a"]["skill"]) == (None, None)
    assert (values["b"]["age"], values["b"]["skill"]) == (50, "expert")
    assert [read.path() for read in got.found[0].missing] == ["guest.a.skill"]


def test_answers_that_can_contradict_each_other_bear_on_one_another(toy: Toy) -> None:
    assert bears_on(toy(indicators=INDICATORS, invariants=CONTRADICTION % "true"))["trip.risky"] >= {"trip.pace"}
    assert "trip.risky" not in bears_on(toy(indicators=INDICATORS, invariants=CONTRADICTION % "false"))


def test_compiled_set_leaves_such_a_case_to_the_reference(toy: Toy) -> None:
    criteria = toy(indicators=INDICATORS, invariants=CONTRADICTION % "true")
    case = case_from(criteria, "trip: {pace: calm, risky: true}")
    program = program_of(criteria, DAY)
    assert program is not None
    assert program.decide(case, DAY) is None
    assert decide_only(case, criteria).levels["measure"].highest == "restriction"
