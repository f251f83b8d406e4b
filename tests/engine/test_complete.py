"""Expected values: what the design (section 4) asks of whom; `used_for: record` and text are never obligatory."""

import pytest

from risk_engine.engine.notes import Completeness, completeness
from risk_engine.model.criteria import Criteria
from tests.engine.builder import facts_from
from tests.engine.conftest import Toy

FACTS = """
    trip:
      facts:
        risky: {type: boolean}
        depth: {type: integer, range: [0, 9], asked_of: guide, ask_when: {fact: trip.risky, is: true}, otherwise: 0}
        story: {type: text}
        diary: {type: boolean, used_for: record}
    guest:
      many: 3
      facts:
        home: {type: row, of: places}
        law: {type: boolean, from: home, ask_when: {fact: trip.risky, is: true}, otherwise: false}
        fit: {type: boolean, asked_of: guide}
        age: {type: integer, range: [0, 99], asked_of: guide}
"""


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(
        facts=FACTS,
        indicators="A: {severity: {low: {fact: trip.risky, is: true}}}",
        tables="places: {rows: {NO: {name: North}}, columns: {law: {values: {NO: true}}}}",
        head="asked_of: {guide: The guide, office: The office, nobody: Nobody}",
    )


def complete(criteria: Criteria, case: str) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {one.asked_of: (one.asked, one.open) for one in completeness(facts_from(criteria, case), criteria)}


def test_completeness_counts_by_who_should_answer_in_the_order_of_the_set(criteria: Criteria) -> None:
    case = "trip: {risky: true, depth: 3}\nguest: [{id: a, home: NO, fit: true}]"
    assert completeness(facts_from(criteria, case), criteria) == (
        Completeness("guide", "The guide", 3, ("guest.a.age",)),
        Completeness("office", "The office", 2, ()),
    )


def test_completeness_counts_an_unanswered_list_once_for_everybody_asked_about_it(criteria: Criteria) -> None:
    assert complete(criteria, "trip: {risky: true}") == {
        "guide": (2, ("trip.depth", "guest")),
        "office": (2, ("guest",)),
    }


def test_completeness_leaves_out_an_empty_list(criteria: Criteria) -> None:
    assert complete(criteria, "trip: {risky: true, depth: 1}\nguest: []") == {"guide": (1, ()), "office": (1, ())}


def test_completeness_leaves_out_what_need_not_be_asked(criteria: Criteria) -> None:
    assert complete(criteria, "trip: {risky: false}\nguest: []") == {"office": (1, ())}


def test_completeness_asks_what_comes_first_before_what_hangs_on_it(criteria: Criteria) -> None:
    assert complete(criteria, "guest: []") == {"office": (1, ("trip.risky",))}
    # What is answered already although nobody knows yet whether it is asked waits as well.
    assert complete(criteria, "trip: {depth: 3}\nguest: []") == {"office": (1, ("trip.risky",))}
    assert complete(criteria, "trip: {depth: 0}\nguest: []") == {
        "guide": (1, ()),
        "office": (1, ("trip.risky",)),
    }


def test_completeness_leaves_out_a_row_that_only_questions_not_asked_would_read(criteria: Criteria) -> None:
    asked = "trip: {risky: true, depth: 1}\nguest: [{id: a, fit: true, age: 1}]"
    assert complete(criteria, asked)["office"] == (2, ("guest.a.home",))
    not_asked = "trip: {risky: false}\nguest: [{id: a, fit: true, age: 1}]"
    assert complete(criteria, not_asked)["office"] == (1, ())
    # One that is answered all the same counts as answered.
    answered = "trip: {risky: false}\nguest: [{id: a, fit: true, age: 1, home: NO}]"
    assert complete(criteria, answered)["office"] == (2, ())
