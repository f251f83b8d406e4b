"""Every way to delete one condition from a set: what is left then, as a set of its own."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from risk_engine.model.conditions import AllOf, AnyOf, Condition, Count, Every, Node, Not, Some
from risk_engine.model.criteria import CriteriaSet, Indicator, Option, knock_out_conditions, severity_conditions

if TYPE_CHECKING:
    from risk_engine.model.ladders import Ladder


def of_condition(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """Yield the condition with one part of an `all_of` or `any_of` in it left out, and which part that is."""
    node: Node = condition
    match node:
        case AllOf(all_of=parts) | AnyOf(any_of=parts):
            key = "all_of" if isinstance(node, AllOf) else "any_of"
            for number, part in enumerate(parts):
                if len(parts) > 1:
                    yield f"{key}.{number}", node.model_copy(update={key: (*parts[:number], *parts[number + 1 :])})
                for name, less in of_condition(part):
                    changed = (*parts[:number], less, *parts[number + 1 :])
                    yield f"{key}.{number}.{name}", node.model_copy(update={key: changed})
        case Not(not_=part):
            for name, less in of_condition(part):
                yield f"not.{name}", node.model_copy(update={"not_": less})
        case Some(where=where) | Every(where=where) | Count(where=where):
            for name, less in of_condition(where):
                yield f"where.{name}", node.model_copy(update={"where": less})
        case _:
            return


def of_indicator(indicator: Indicator) -> Iterator[tuple[str, Indicator]]:
    """Yield the indicator with a severity, a knock-out, a control option or a part of one of them left out."""
    for severity, condition in severity_conditions(indicator):
        yield from _part(indicator, "severity", severity, condition)
    for kind, always_or in knock_out_conditions(indicator):
        yield from _part(indicator, "knock_out", kind, None if always_or == "always" else always_or)
    for number, option in enumerate(indicator.controls):
        name = f"controls.{number}"
        yield name, _with_options(indicator, number)
        for place, less in _of_option(option):
            yield f"{name}.{place}", _with_options(indicator, number, less)


def of_definitions(criteria: CriteriaSet) -> Iterator[tuple[str, CriteriaSet]]:
    """Yield the set with one part of a definition left out."""
    for name, condition in criteria.definitions.items():
        for place, less in of_condition(condition):
            definitions = {**criteria.definitions, name: less}
            yield f"{name}.{place}", criteria.model_copy(update={"definitions": definitions})


def of_ladders(criteria: CriteriaSet) -> Iterator[tuple[str, CriteriaSet]]:
    """Yield the set with a rule of a ladder, or a part of one, left out."""
    for name, ladder in criteria.ladders.items():
        for place, less in _of_rules(ladder):
            yield f"{name}.{place}", criteria.model_copy(update={"ladders": {**criteria.ladders, name: less}})


def _of_rules(ladder: "Ladder") -> Iterator[tuple[str, "Ladder"]]:
    for number, rule in enumerate(ladder.rules):
        before, after = ladder.rules[:number], ladder.rules[number + 1 :]
        yield f"rules.{number}", ladder.model_copy(update={"rules": (*before, *after)})
        for place, less in of_condition(rule.when):
            changed = rule.model_copy(update={"when": less})
            yield f"rules.{number}.{place}", ladder.model_copy(update={"rules": (*before, changed, *after)})


def of_awareness(criteria: CriteriaSet) -> Iterator[tuple[str, CriteriaSet]]:
    """Yield the set with an awareness rule, or a part of its condition, left out."""
    for name, rule in criteria.awareness.items():
        others = {one: other for one, other in criteria.awareness.items() if one != name}
        yield name, criteria.model_copy(update={"awareness": others})
        for place, less in of_condition(rule.when) if rule.when != "always" else ():
            changed = {**criteria.awareness, name: rule.model_copy(update={"when": less})}
            yield f"{name}.{place}", criteria.model_copy(update={"awareness": changed})


def of_contradictions(criteria: CriteriaSet) -> Iterator[tuple[str, CriteriaSet]]:
    """Yield the set with an invariant about answers, or a part of its promise, left out."""
    facts = criteria.invariants.facts
    for name, invariant in facts.items():
        rest = [(name, {one: other for one, other in facts.items() if one != name})]
        for place, less in of_condition(invariant.then):
            rest.append((f"{name}.then.{place}", {**facts, name: invariant.model_copy(update={"then": less})}))
        for place, kept in rest:
            invariants = criteria.invariants.model_copy(update={"facts": kept})
            yield place, criteria.model_copy(update={"invariants": invariants})


def _part(indicator: Indicator, key: str, name: str, condition: Condition | None) -> Iterator[tuple[str, Indicator]]:
    whole = getattr(indicator, key)
    rest: list[tuple[str, Condition | None]] = [("", None)]
    if condition is not None:
        rest += [(f".{place}", less) for place, less in of_condition(condition)]
    for place, less in rest:
        yield f"{key}.{name}{place}", indicator.model_copy(update={key: whole.model_copy(update={name: less})})


def _of_option(option: Option) -> Iterator[tuple[str, Option]]:
    if len(option.all) > 1:
        for control in option.all:
            kept = tuple(one for one in option.all if one != control)
            yield f"all.{control}", option.model_copy(update={"all": kept})
    if option.when is not None:
        yield "when", option.model_copy(update={"when": None})
        for place, less in of_condition(option.when):
            yield f"when.{place}", option.model_copy(update={"when": less})


def _with_options(indicator: Indicator, number: int, *instead: Option) -> Indicator:
    options = indicator.controls
    return indicator.model_copy(update={"controls": (*options[:number], *instead, *options[number + 1 :])})
