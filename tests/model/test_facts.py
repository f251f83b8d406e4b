"""Expected values: design, section 4 (facts.yaml), and how people read an answer."""

from datetime import date

import pytest

from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    TextFact,
    answers_named,
    must_change,
    ordered_options,
    shown,
)
from risk_engine.model.translation import texts_of
from risk_engine.model.words import Value

PLAIN = ChoiceFact(type="choice", options={"b": "The b", "a": "The a"})
ORDERED = ChoiceFact(type="choice", options={"b": "The b", "a": "The a"}, riskier="earlier")
MANY = ChoicesFact(type="choices", options={"b": "The b", "a": "The a"}, riskier="more")


@pytest.mark.parametrize(
    ("fact", "order"),
    [
        (PLAIN, None),
        (ORDERED, ("b", "a")),
        (MANY, None),
        (BooleanFact(type="boolean", riskier=True), None),
        (IntegerFact(type="integer", range=(0, 1), riskier="higher"), None),
    ],
)
def test_choice_has_an_order_only_where_it_says_which_way_is_riskier(
    fact: AnyFact, order: tuple[str, ...] | None
) -> None:
    assert ordered_options(fact) == order


@pytest.mark.parametrize(
    ("fact", "value", "text"),
    [
        (PLAIN, "a", "The a"),
        (PLAIN, None, "not known"),
        (PLAIN, "not_an_option", "not_an_option"),
        (MANY, ("a", "b"), "The a, The b"),
        (MANY, (), "none of these"),
        (MANY, ("c",), "c"),
        (None, ("a",), "a"),
        (BooleanFact(type="boolean"), True, "yes"),
        (BooleanFact(type="boolean"), False, "no"),
        (IntegerFact(type="integer", range=(0, 9)), 0, "0"),
        (DateFact(type="date"), date(2026, 6, 5), "2026-06-05"),
        (TextFact(type="text"), "a", "a"),
        (None, "a", "a"),
    ],
)
def test_answer_is_shown_as_people_read_it(
    fact: AnyFact | None, value: Value | tuple[str, ...] | None, text: str
) -> None:
    assert shown(fact, value) == text


def test_what_must_change_is_a_text_that_people_read_and_a_bare_yes_says_nothing() -> None:
    said = BooleanFact(type="boolean", changeable="The data stay here.")
    assert must_change(said) == "The data stay here."
    assert texts_of(said) == ((("changeable",), "The data stay here."),)
    assert must_change(BooleanFact(type="boolean", changeable=True)) is None
    assert answers_named(said) is None


def test_what_must_change_may_be_said_by_answer_and_each_text_is_one_for_people() -> None:
    said = PLAIN.model_copy(update={"changeable": {"a": "It moves.", "b": "It stays."}})
    assert must_change(said) == {"a": "It moves.", "b": "It stays."}
    assert list(answers_named(said) or ()) == ["a", "b"]
    assert texts_of(said)[-2:] == ((("changeable", "a"), "It moves."), (("changeable", "b"), "It stays."))
    assert answers_named(TextFact(type="text")) is None
    assert must_change(BooleanFact(type="boolean")) is None
    assert must_change(TextFact(type="text")) is None
