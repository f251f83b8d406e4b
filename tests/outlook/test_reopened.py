"""An outlook of answers that contradict each other and count as open: expected values from decision 0072."""

from risk_engine.model.outlook import ExactRange, NextQuestion
from risk_engine.outlook.questions import next_questions
from risk_engine.outlook.still_open import StillOpen, exact_ranges
from tests.engine.builder import case_from
from tests.engine.conftest import Toy
from tests.outlook.working import worked_from

INDICATORS = """
    I1:
      severity: {critical: {fact: trip.pace, is: wild}}
      knock_out: {legal: {fact: trip.pace, is: wild}}
"""
FACTS = """
    trip:
      facts:
        pace: {type: choice, options: [calm, brisk, wild]}
        risky: {type: boolean}
        alone: {type: boolean}
"""
CALM_IS_SAFE = """
    facts:
      calm_is_safe:
        title: A calm trip is not risky
        whenever: {fact: trip.risky, is: true}
        then: {not: {fact: trip.pace, is: calm}}
        reopens: true
"""
WILD_IS_RISKY = """
    facts:
      wild_is_risky:
        title: A wild trip is risky
        then: {not: {all_of: [{fact: trip.pace, is: wild}, {fact: trip.risky, is: false}]}}
        reopens: true
"""
BASE = "trip: {pace: calm, risky: false, alone: false}"


def still_open(toy: Toy, invariants: str, trip: str) -> StillOpen:
    criteria = toy(facts=FACTS, indicators=INDICATORS, invariants=invariants)
    return StillOpen(worked_from(criteria, f"trip: {{{trip}}}"), case_from(criteria, BASE))


def measure(still: StillOpen) -> ExactRange:
    return exact_ranges(still)[0]


def questions(still: StillOpen) -> dict[str, NextQuestion]:
    return {one.path: one for one in next_questions(still, exact_ranges(still))}


def test_completion_answers_anew_what_contradicts(toy: Toy) -> None:
    still = still_open(toy, CALM_IS_SAFE, "pace: calm, risky: true, alone: true")
    found = {one.level: one for one in measure(still).possible}
    assert found["advice"].witness.answers == {"trip.pace": "calm", "trip.risky": False}
    assert found["restriction"].witness.answers == {"trip.pace": "wild", "trip.risky": False}
    assert not found["advice"].witness.contradicts
    assert not found["restriction"].witness.contradicts


def test_level_that_stands_only_while_nobody_corrects_anything_is_marked(toy: Toy) -> None:
    found = {one.level: one for one in measure(still_open(toy, CALM_IS_SAFE, "pace: calm, risky: true")).possible}
    assert set(found) == {"advice", "regulation", "restriction"}
    assert found["regulation"].only_contradictory
    (told,) = found["regulation"].witness.contradicts
    assert (told.id, told.on_record) == ("calm_is_safe", {"trip.risky": True, "trip.pace": "calm"})


def test_what_takes_no_part_in_the_contradiction_is_no_question(toy: Toy) -> None:
    still = still_open(toy, CALM_IS_SAFE, "pace: calm, risky: true, alone: true")
    assert set(questions(still)) == {"trip.pace", "trip.risky"}


def test_each_correction_is_told_with_what_it_does_alone(toy: Toy) -> None:
    found = questions(still_open(toy, CALM_IS_SAFE, "pace: calm, risky: true, alone: true"))
    levels = {
        path: {one.answer: one.reached[0].level for one in question.if_answered} for path, question in found.items()
    }
    assert levels == {"trip.pace": {"brisk": "advice", "wild": "restriction"}, "trip.risky": {False: "advice"}}


def test_restriction_that_rests_on_a_contradicted_answer_stays_and_is_not_called_settled(toy: Toy) -> None:
    still = still_open(toy, WILD_IS_RISKY, "pace: wild, risky: false, alone: true")
    now = measure(still)
    assert (now.lowest, now.highest) == ("restriction", "restriction")
    assert [one.level for one in now.possible] == ["advice", "restriction"]
    assert {path: one.effect for path, one in questions(still).items()} == {"trip.pace": "alone", "trip.risky": "ways"}


def test_open_answer_that_could_contradict_matters_though_no_finding_reads_it(toy: Toy) -> None:
    still = still_open(toy, CALM_IS_SAFE, "pace: calm")
    assert [one.level for one in measure(still).possible] == ["advice", "regulation"]
    (asked,) = (one.if_answered for one in questions(still).values() if one.path == "trip.risky")
    assert [(one.answer, one.reached[0].highest, [each.id for each in one.contradicts]) for one in asked] == [
        (True, "restriction", ["calm_is_safe"])
    ]
