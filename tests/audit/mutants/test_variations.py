"""Each node of a condition with all its mutants, written out: operator, place and change."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from risk_engine.audit.mutants.variations import of_condition, other_values, written
from risk_engine.model.conditions import OPERATION_KEYS, Condition
from risk_engine.model.facts import BooleanFact, ChoiceFact, ChoicesFact, DateFact, Entity, IntegerFact

CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
THING = Entity(
    title="Thing",
    many=3,
    facts={
        "size": ChoiceFact(type="choice", options={"small": "S", "middle": "M", "large": "L"}, riskier="later"),
        "colour": ChoiceFact(type="choice", options={"red": "R", "green": "G", "blue": "B"}),
        "marks": ChoicesFact(type="choices", options={"a": "A", "b": "B"}),
        "weight": IntegerFact(type="integer", range=(0, 9)),
        "made": DateFact(type="date"),
        "old": BooleanFact(type="boolean"),
    },
)
SMALL, RED = {"fact": "thing.size", "is": "small"}, {"fact": "thing.colour", "is": "red"}
ONLY = {"fact": "thing.old", "is": True}
"""A leaf with a single mutant."""

CASES: list[tuple[dict[str, Any], list[str]]] = [
    (ONLY, ["swap-value is true -> false"]),
    (SMALL, ["swap-value is small -> middle"]),
    (
        {"fact": "thing.size", "is": "middle"},
        ["swap-value is middle -> small", "swap-value is middle -> large"],
    ),
    ({"fact": "thing.colour", "is": "blue"}, ["swap-value is blue -> red"]),
    ({"fact": "thing.weight", "is": 0}, ["swap-value is 0 -> 1"]),
    ({"fact": "thing.marks", "is": []}, ["swap-value is [] -> not []"]),
    ({"fact": "thing.weight", "is": {"parameter": "limit"}}, []),
    (
        {"fact": "thing.colour", "one_of": ["red", "green"]},
        ["drop-value one_of without red", "drop-value one_of without green"],
    ),
    ({"fact": "thing.colour", "one_of": ["red"]}, ["swap-value one_of red -> green"]),
    ({"fact": "thing.colour", "one_of": {"parameter": "limit"}}, []),
    ({"fact": "thing.marks", "includes": "a"}, ["swap-value includes a -> b"]),
    (
        {"fact": "thing.marks", "includes_any": ["a", "b"]},
        ["drop-value includes_any without a", "drop-value includes_any without b"],
    ),
    (
        {"fact": "thing.size", "at_least": "large"},
        ["swap-comparison at_least -> at_most", "shift-bound at_least large -> middle"],
    ),
    (
        {"fact": "thing.weight", "at_most": 9},
        ["swap-comparison at_most -> at_least", "shift-bound at_most 9 -> 8"],
    ),
    (
        {"fact": "thing.made", "at_least": date(2024, 3, 1)},
        [
            "swap-comparison at_least -> at_most",
            "shift-bound at_least 2024-03-01 -> 2024-02-29",
            "shift-bound at_least 2024-03-01 -> 2024-03-02",
        ],
    ),
    ({"fact": "thing.weight", "at_least": {"parameter": "limit"}}, ["swap-comparison at_least -> at_most"]),
    (
        {"all_of": [SMALL, RED]},
        [
            "drop-part all_of.0 dropped",
            "swap-value all_of.0.is small -> middle",
            "drop-part all_of.1 dropped",
            "swap-value all_of.1.is red -> green",
            "swap-joiner all_of -> any_of",
        ],
    ),
    ({"all_of": [ONLY]}, ["swap-value all_of.0.is true -> false"]),
    (
        {"any_of": [ONLY, RED]},
        [
            "drop-part any_of.0 dropped",
            "swap-value any_of.0.is true -> false",
            "drop-part any_of.1 dropped",
            "swap-value any_of.1.is red -> green",
            "swap-joiner any_of -> all_of",
        ],
    ),
    ({"not": ONLY}, ["drop-not not dropped", "swap-value not.is true -> false"]),
    ({"holds": "other"}, []),
    (
        {"some": "thing", "where": ONLY},
        ["swap-quantifier some -> every", "swap-value where.is true -> false"],
    ),
    (
        {"every": "thing", "where": ONLY},
        ["swap-quantifier every -> some", "swap-value where.is true -> false"],
    ),
    (
        {"count": "thing", "where": ONLY, "at_least": 2},
        [
            "shift-bound at_least 2 -> 1",
            "shift-bound at_least 2 -> 3",
            "swap-comparison at_least -> at_most",
            "swap-value where.is true -> false",
        ],
    ),
    # Not below one, not above what the list can hold: the loader takes neither.
    (
        {"count": "thing", "where": ONLY, "at_most": 1},
        ["shift-bound at_most 1 -> 2", "swap-comparison at_most -> at_least", "swap-value where.is true -> false"],
    ),
    (
        {"count": "thing", "where": ONLY, "at_least": 3},
        ["shift-bound at_least 3 -> 2", "swap-comparison at_least -> at_most", "swap-value where.is true -> false"],
    ),
]


def condition(data: Mapping[str, Any]) -> Condition:
    return CONDITION.validate_python(tupled(data))


def tupled(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: tupled(value) for key, value in data.items()}
    return tuple(map(tupled, data)) if isinstance(data, list) else data


@pytest.mark.parametrize(("data", "wanted"), CASES, ids=[written(data) for data, _ in CASES])
def test_a_node_has_exactly_these_mutants(data: dict[str, Any], wanted: list[str]) -> None:
    found = [
        " ".join(part for part in (one.operator.value, one.place, one.change) if part)
        for one in of_condition(condition(data), {"thing": THING})
    ]
    assert found == wanted


@pytest.mark.parametrize("data", [data for data, _ in CASES], ids=[written(data) for data, _ in CASES])
def test_every_mutant_is_another_condition_that_can_be_written(data: dict[str, Any]) -> None:
    whole = condition(data)
    changed = [one.value for one in of_condition(whole, {"thing": THING})]
    for one in changed:
        assert one != whole
        assert CONDITION.validate_python(one.model_dump(by_alias=True, exclude_none=True)) == one
    assert len({written(one) for one in changed}) == len(changed)


def test_every_operation_is_among_the_cases() -> None:
    assert set(OPERATION_KEYS) <= {key for data, _ in CASES for key in data}


@pytest.mark.parametrize(
    ("fact", "value", "wanted"),
    [
        ("marks", ("a", "b"), [("b",), ("a",)]),
        ("marks", (), [("a",)]),
        ("old", False, [True]),
        ("made", date.max, [date(9999, 12, 30)]),
        ("made", date.min, [date(1, 1, 2)]),
        ("weight", 5, [4, 6]),
        ("weight", None, []),
    ],
)
def test_the_values_nearest_to_one(fact: str, value: Any, wanted: list[Any]) -> None:
    assert list(other_values(THING.facts[fact], value)) == wanted


def test_a_choice_of_one_option_has_no_other() -> None:
    lonely = ChoicesFact(type="choices", options={"a": "A"})
    assert list(other_values(lonely, "a")) == []


def test_a_change_is_told_as_an_author_writes_it() -> None:
    told = [one.told for one in of_condition(condition({"all_of": [SMALL, {"not": RED}]}), {"thing": THING})]
    assert told == [
        "left out: {fact: thing.size, is: small}",
        "{fact: thing.size, is: small} becomes {fact: thing.size, is: middle}",
        "left out: {not: {fact: thing.colour, is: red}}",
        "no `not` before {fact: thing.colour, is: red}",
        "{fact: thing.colour, is: red} becomes {fact: thing.colour, is: green}",
        "`all_of` becomes `any_of`: {any_of: [{fact: thing.size, is: small}, {not: {fact: thing.colour, is: red}}]}",
    ]
