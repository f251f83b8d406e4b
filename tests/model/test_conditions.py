"""Expected values: design, section 4 (Conditions): a closed union in which the key names the operation."""

from collections.abc import Mapping
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from risk_engine.model.conditions import (
    OPERATION_KEYS,
    OPS,
    AllOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Node,
    Not,
    ParameterRef,
    Quantifier,
    QuantifierKind,
    definitions_in,
    facts_in,
    leaves,
)
from tests.engine.builder import condition

DEFINITIONS: Mapping[str, Condition] = {
    "plain": condition("{fact: a.x, is: true}"),
    "nested": condition("{all_of: [{holds: plain}, {some: b, where: {holds: inner}}]}"),
    "inner": condition("{fact: b.y, at_least: 3}"),
    "round": condition("{any_of: [{holds: round}, {fact: a.z, is: true}]}"),
}

EVERY_NODE = """
    all_of:
      - any_of: [{not: {fact: a.x, is: []}}, {holds: nested}]
      - {some: b, where: {fact: b.x, one_of: [p, q]}}
      - {every: b, where: {fact: b.y, at_least: 3}}
      - {count: c, where: {fact: c.x, at_most: {parameter: limit}}, at_least: 2}
      - {fact: a.y, includes: p}
      - {fact: a.z, includes_any: {parameter: list}}
"""


def test_union_has_six_nodes_and_thirteen_keys() -> None:
    assert len(get_args(Node)) == 6
    assert len(OPERATION_KEYS) == 13
    assert len(get_args(QuantifierKind)) == 4
    assert OPERATION_KEYS[-6:] == OPS


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("{fact: a.x, is: true}", "Compare"),
        ("{fact: a.x, is: []}", "Compare"),
        ("{fact: a.x, is: {parameter: p}}", "Compare"),
        ("{fact: a.x, one_of: [p]}", "Compare"),
        ("{fact: a.x, one_of: {parameter: p}}", "Compare"),
        ("{fact: a.x, at_least: 2026-01-01}", "Compare"),
        ("{fact: a.x, at_most: {parameter: p}}", "Compare"),
        ("{fact: a.x, includes: p}", "Compare"),
        ("{fact: a.x, includes_any: [p, q]}", "Compare"),
        ("{count: b, where: {holds: d}, at_least: 2}", "Quantifier"),
        ("{count: b, where: {holds: d}, at_most: 2}", "Quantifier"),
        ("{some: b, where: {holds: d}}", "Quantifier"),
        ("{every: b, where: {holds: d}}", "Quantifier"),
        ("{not: {holds: d}}", "Not"),
        ("{all_of: [{holds: d}]}", "AllOf"),
        ("{any_of: [{holds: d}]}", "AnyOf"),
        ("{holds: d}", "Holds"),
    ],
)
def test_key_names_the_operation_and_survives_a_round_trip(text: str, node: str) -> None:
    found = condition(text)
    assert type(found).__name__ == node
    # A node can also be given as it is, not only as what a file says.
    assert TypeAdapter[Condition](Condition).validate_python(found) == found
    assert (
        TypeAdapter[Condition](Condition).validate_python(found.model_dump(by_alias=True, exclude_none=True)) == found
    )


@pytest.mark.parametrize(
    "text",
    [
        "{fact: a.x}",
        "{all_of: []}",
        "{any_of: []}",
        "{fact: a.x, one_of: []}",
        "{fact: a.x, one_of: p}",
        "{fact: a.x, is: [p]}",
        "{fact: a.x, at_least: []}",
        "{fact: x, is: true}",
        "{count: b, where: {holds: d}, at_least: 0}",
        "{holds: d, fact: a.x}",
        "[1]",
        "always",
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        condition(text)


def test_always_stands_where_it_is_allowed() -> None:
    adapter: TypeAdapter[ConditionOrAlways] = TypeAdapter(ConditionOrAlways)
    assert adapter.validate_python("always") == "always"
    assert adapter.validate_python({"holds": "d"}) == condition("{holds: d}")
    with pytest.raises(ValidationError):
        adapter.validate_python("never")


def test_leaves_are_found_through_every_node_with_whether_a_quantifier_is_around_them() -> None:
    found = [
        (node.fact if isinstance(node, Compare) else node.entity, within)
        for node, within in leaves(condition(EVERY_NODE), DEFINITIONS)
    ]
    assert found == [
        ("a.x", False),
        ("a.x", False),
        ("b", False),
        ("b.y", True),
        ("b", False),
        ("b.x", True),
        ("b", False),
        ("b.y", True),
        ("c", False),
        ("c.x", True),
        ("a.y", False),
        ("a.z", False),
    ]


def test_leaves_pass_over_definitions_that_are_missing_or_use_themselves() -> None:
    assert list(leaves(condition("{holds: nowhere}"), DEFINITIONS)) == []
    assert facts_in(condition("{holds: round}"), DEFINITIONS) == {"a.z"}
    twice = condition("{all_of: [{holds: plain}, {holds: plain}]}")
    assert len(list(leaves(twice, DEFINITIONS))) == 1


def test_facts_in_a_condition_are_those_of_its_definitions_too() -> None:
    assert facts_in(condition(EVERY_NODE), DEFINITIONS) == {"a.x", "a.y", "a.z", "b.x", "b.y", "c.x"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{fact: a.x, is: 3}", ("is", 3)),
        ("{fact: a.x, is: []}", ("is", ())),
        ("{fact: a.x, one_of: [p, q]}", ("one_of", ("p", "q"))),
        ("{fact: a.x, at_least: {parameter: p}}", ("at_least", ParameterRef(parameter="p"))),
        ("{fact: a.x, at_most: 3}", ("at_most", 3)),
        ("{fact: a.x, includes: p}", ("includes", "p")),
        ("{fact: a.x, includes_any: [p]}", ("includes_any", ("p",))),
    ],
)
def test_operand_of_a_leaf_is_its_key_and_what_it_compares_with(text: str, expected: object) -> None:
    leaf = condition(text)
    assert isinstance(leaf, Compare)
    assert (leaf.op, leaf.operand) == expected


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("{some: b, where: {holds: d}}", "b"),
        ("{every: c, where: {holds: d}}", "c"),
        ("{count: e, where: {holds: d}, at_most: 1}", "e"),
    ],
)
def test_quantifier_ranges_over_the_entity_its_key_names(text: str, entity: str) -> None:
    node = condition(text)
    assert isinstance(node, Quantifier)
    assert node.entity == entity


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{fact: a.x, is: true}", ()),
        ("{holds: plain}", ("plain",)),
        ("{holds: nested}", ("nested", "plain", "inner")),
        ("{not: {some: b, where: {holds: inner}}}", ("inner",)),
        ("{every: b, where: {holds: inner}}", ("inner",)),
        ("{count: b, where: {holds: inner}, at_least: 1}", ("inner",)),
        ("{any_of: [{holds: inner}, {holds: nested}, {holds: inner}]}", ("inner", "nested", "plain")),
    ],
)
def test_definitions_in_a_condition_are_named_in_order_of_use(text: str, names: tuple[str, ...]) -> None:
    assert tuple(dict.fromkeys(definitions_in(condition(text), DEFINITIONS))) == names


def test_nodes_can_be_made_in_python() -> None:
    part = condition("{holds: d}")
    assert AllOf(all_of=(Not(not_=part), part)) == condition("{all_of: [{not: {holds: d}}, {holds: d}]}")
