"""Answers that a set says do not go together: no level is denied for it, but a completion that fits is told first."""

from risk_engine.model.outlook import PossibleLevel
from risk_engine.outlook.questions import next_questions
from risk_engine.outlook.ranges import exact_ranges
from risk_engine.outlook.still_open import StillOpen
from tests.engine.builder import case_from
from tests.engine.conftest import Toy
from tests.outlook.working import worked_from

FACTS = """
    trip:
      facts:
        kind: {type: choice, options: [walk, drive]}
        fast: {type: boolean}
        dark: {type: boolean}
        wet: {type: boolean}
        song: {type: boolean}
"""
EITHER = "DANGER: {severity: {critical: {any_of: [{fact: trip.fast, is: true}, {fact: trip.dark, is: true}]}}}"
NO_FAST_WALK = """
    facts:
      INV-1: {whenever: {fact: trip.kind, is: walk}, then: {fact: trip.fast, is: false}}
"""
BASE = "trip: {kind: walk, fast: false, dark: false, wet: false, song: false}"


def strictest(still: StillOpen) -> PossibleLevel:
    """Return the strictest level of the headline that can come out."""
    return exact_ranges(still)[0].possible[-1]


def test_of_two_answers_that_lead_to_a_level_the_one_that_fits_is_told(toy: Toy) -> None:
    criteria = toy(facts=FACTS, indicators=EITHER, invariants=NO_FAST_WALK)
    still = StillOpen(worked_from(criteria, "trip: {kind: walk}"), case_from(criteria, BASE))
    found = strictest(still)
    assert (found.witness.telling, found.witness.contradicts) == (("trip.dark",), ())
    assert not found.only_contradictory


def test_more_answers_that_fit_stand_before_fewer_that_do_not(toy: Toy) -> None:
    both = "{all_of: [{fact: trip.dark, is: true}, {fact: trip.wet, is: true}]}"
    danger = f"DANGER: {{severity: {{critical: {{any_of: [{{fact: trip.fast, is: true}}, {both}]}}}}}}"
    criteria = toy(facts=FACTS, indicators=danger, invariants=NO_FAST_WALK)
    still = StillOpen(worked_from(criteria, "trip: {kind: walk}"), case_from(criteria, BASE))
    found = strictest(still)
    assert (found.witness.telling, found.witness.contradicts) == (("trip.dark", "trip.wet"), ())
    assert found.witness.is_smallest
    assert not found.only_contradictory


def test_a_level_that_only_contradictory_answers_reach_is_possible_and_marked(toy: Toy) -> None:
    fast = "DANGER: {severity: {critical: {fact: trip.fast, is: true}}}"
    criteria = toy(facts=FACTS, indicators=fast, invariants=NO_FAST_WALK)
    still = StillOpen(worked_from(criteria, "trip: {kind: walk}"), case_from(criteria, BASE))
    found = strictest(still)
    assert (found.witness.telling, found.witness.contradicts) == (("trip.fast",), ("INV-1",))
    assert found.only_contradictory
    (asked,) = (one for one in next_questions(still, exact_ranges(still)) if one.path == "trip.fast")
    assert {one.answer: one.contradicts for one in asked.if_answered} == {False: (), True: ("INV-1",)}


def test_an_answer_is_not_blamed_for_what_the_case_itself_contradicts(toy: Toy) -> None:
    criteria = toy(facts=FACTS, indicators=EITHER, invariants=NO_FAST_WALK)
    still = StillOpen(worked_from(criteria, "trip: {kind: walk, fast: true}"), case_from(criteria, BASE))
    assert all(not level.witness.contradicts for one in exact_ranges(still) for level in one.possible)


def test_a_question_on_which_no_result_depends_stays_open_and_contradicts_nothing(toy: Toy) -> None:
    needs_song = "facts: {INV-1: {whenever: {fact: trip.fast, is: true}, then: {fact: trip.song, is: true}}}"
    fast = "DANGER: {severity: {critical: {fact: trip.fast, is: true}}}"
    criteria = toy(facts=FACTS, indicators=fast, invariants=needs_song)
    still = StillOpen(worked_from(criteria, "trip: {kind: walk}"), case_from(criteria, BASE))
    found = strictest(still)
    assert (found.witness.telling, found.witness.contradicts) == (("trip.fast",), ())
