"""What is read of the facts of a case by their place."""

from risk_engine.engine.facts import Read, value_of
from tests.engine.conftest import Toy
from tests.outlook.working import worked_from

LEGS = """
    trip: {facts: {fast: {type: boolean}}}
    leg: {many: 3, facts: {dark: {type: boolean}}}
"""
DANGER = "DANGER: {severity: {high: {some: leg, where: {fact: leg.dark, is: true}}}}"


def test_a_value_is_found_by_its_place_and_a_list_as_a_whole_has_none(toy: Toy) -> None:
    facts = worked_from(
        toy(facts=LEGS, indicators=DANGER), "trip: {fast: true}\nleg: [{id: a, dark: false}, {id: b}]"
    ).facts
    assert value_of(facts, Read("trip", None, "fast")) is True
    assert value_of(facts, Read("leg", "a", "dark")) is False
    assert value_of(facts, Read("leg", "b", "dark")) is None
    assert value_of(facts, Read("leg", "gone", "dark")) is None
    assert value_of(facts, Read("leg", None, None)) is None


def test_of_a_list_that_is_unanswered_no_entry_has_a_value(toy: Toy) -> None:
    facts = worked_from(toy(facts=LEGS, indicators=DANGER), "trip: {fast: true}").facts
    assert value_of(facts, Read("leg", "a", "dark")) is None
