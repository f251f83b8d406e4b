"""The shipped set with one thing changed in memory: what the comparison with the second reading has to notice."""

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter

from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import Criteria, Indicator
from risk_engine.model.tables import Parameter

Change = Callable[[dict[str, Any]], None]


def with_indicator(criteria: Criteria, name: str, change: Change) -> Criteria:
    """Return the set with one indicator changed."""
    written = criteria.indicators[name].model_dump(by_alias=True, exclude_unset=True)
    change(written)
    return criteria.model_copy(update={"indicators": {**criteria.indicators, name: Indicator.model_validate(written)}})


def with_definition(criteria: Criteria, name: str, written: dict[str, Any]) -> Criteria:
    """Return the set with another condition under a name."""
    condition = TypeAdapter[Condition](Condition).validate_python(written)
    assert condition != criteria.definitions[name]
    return criteria.model_copy(update={"definitions": {**criteria.definitions, name: condition}})


def with_value(criteria: Criteria, parameter: str, value: object) -> Criteria:
    """Return the set with the first value of a parameter changed."""
    written = criteria.parameters[parameter].model_dump(by_alias=True, exclude_unset=True)
    written["values"][0]["value"] = value
    return criteria.model_copy(
        update={"parameters": {**criteria.parameters, parameter: Parameter.model_validate(written)}}
    )


def without_rules_that_read(criteria: Criteria, ladder: str, fact: str) -> Criteria:
    """Return the set without the definite rules of a ladder that read a fact of results."""
    whole = criteria.ladders[ladder]
    kept = tuple(one for one in whole.rules if one.provisional or fact not in one.model_dump_json())
    assert len(kept) < len(whole.rules)
    changed = whole.model_copy(update={"rules": kept})
    return criteria.model_copy(update={"ladders": {**criteria.ladders, ladder: changed}})


def part_dropped(severity: str, number: int) -> Change:
    """Drop one part of the `all_of` of a severity."""

    def change(indicator: dict[str, Any]) -> None:
        parts = indicator["severity"][severity]["all_of"]
        indicator["severity"][severity] = {"all_of": (*parts[:number], *parts[number + 1 :])}

    return change


def part_instead(severity: str, number: int, written: dict[str, Any]) -> Change:
    """Say something else in one part of the `all_of` of a severity."""

    def change(indicator: dict[str, Any]) -> None:
        parts = indicator["severity"][severity]["all_of"]
        assert parts[number] != written
        indicator["severity"][severity] = {"all_of": (*parts[:number], written, *parts[number + 1 :])}

    return change


def severity_dropped(severity: str) -> Change:
    """Drop one severity."""

    def change(indicator: dict[str, Any]) -> None:
        del indicator["severity"][severity]

    return change


def knock_out_dropped(indicator: dict[str, Any]) -> None:
    """Drop the knock-outs."""
    del indicator["knock_out"]


def option_leaves(number: int, severity: str) -> Change:
    """Let an option leave another severity."""

    def change(indicator: dict[str, Any]) -> None:
        indicator["controls"][number]["residual"] = severity

    return change


def option_always_counts(number: int) -> Change:
    """Let an option count whatever its `when` says."""

    def change(indicator: dict[str, Any]) -> None:
        del indicator["controls"][number]["when"]

    return change
