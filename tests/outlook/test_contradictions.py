"""Answers that a set says do not go together: no level is denied for it, but a completion that fits is told first."""

from collections.abc import Iterable

from risk_engine.model.outlook import Contradiction, PossibleLevel
from risk_engine.outlook.questions import next_questions
from risk_engine.outlook.still_open import StillOpen, exact_ranges
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


def ids(contradicts: Iterable[Contradiction]) -> list[str]:
    return [one.id for one in contradicts]


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
    assert found.witness.telling == ("trip.fast",)
    assert found.witness.contradicts == (Contradiction(id="INV-1", on_record={"trip.kind": "walk"}),)
    assert found.only_contradictory
    (asked,) = (one for one in next_questions(still, exact_ranges(still)) if one.path == "trip.fast")
    assert {one.answer: ids(one.contradicts) for one in asked.if_answered} == {False: [], True: ["INV-1"]}


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


LEGS = """
    trip: {facts: {song: {type: boolean}}}
    leg:
      many: 3
      facts:
        fast: {type: boolean}
        dark: {type: boolean}
"""
DANGER = "DANGER: {severity: {critical: {some: leg, where: {fact: leg.dark, is: true}}}}"
NEVER_BOTH = """
    facts:
      INV-1:
        then:
          every: leg
          where: {not: {all_of: [{fact: leg.fast, is: true}, {fact: leg.dark, is: true}]}}
"""


def test_a_second_entry_that_breaks_what_another_one_breaks_already_is_told(toy: Toy) -> None:
    danger = "DANGER: {severity: {critical: {count: leg, where: {fact: leg.dark, is: true}, at_least: 2}}}"
    criteria = toy(facts=LEGS, indicators=danger, invariants=NEVER_BOTH)
    base = case_from(criteria, "leg: [{id: a, fast: false, dark: false}]")
    worked = worked_from(criteria, "leg: [{id: a, fast: true, dark: true}, {id: b, fast: true}]")
    found = strictest(StillOpen(worked, base))
    assert found.witness.telling == ("leg.b.dark",)
    (told,) = found.witness.contradicts
    assert (told.id, told.on_record["leg.b.fast"]) == ("INV-1", True)
    assert "leg.b.dark" not in told.on_record


def test_an_entry_that_has_nothing_to_do_with_what_is_broken_is_not_blamed(toy: Toy) -> None:
    criteria = toy(facts=LEGS, indicators=DANGER, invariants=NEVER_BOTH)
    base = case_from(criteria, "leg: [{id: a, fast: false, dark: false}]")
    worked = worked_from(criteria, "leg: [{id: a, fast: true, dark: true}, {id: b, fast: false}]")
    assert not strictest(StillOpen(worked, base)).witness.contradicts
