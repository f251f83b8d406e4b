"""Every mutant of a criteria set, record after record: of indicators, ladders, awareness rules and the rest."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from risk_engine.audit.mutants.variations import (
    Declared,
    Mutant,
    Operator,
    Variation,
    at,
    dropped,
    entry,
    moved,
    moved_days,
    neighbours,
    of_column,
    of_condition,
    of_fact,
    of_list,
    of_parameter,
    of_points,
    setting,
    shifted,
    within,
    without,
)
from risk_engine.files.language import _
from risk_engine.model.conditions import AnyOf, Condition, ConditionOrAlways, facts_in
from risk_engine.model.criteria import (
    AwarenessRule,
    Criteria,
    FactInvariant,
    Indicator,
    Option,
    knock_out_conditions,
    severity_conditions,
)
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.ladders import Ladder, Rule
from risk_engine.model.references import PROVISIONAL_ONLY, result_entities
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES, Severity


def of_indicator(indicator: Indicator, declared: Declared) -> Iterator[Variation[Indicator]]:
    """Yield every variation of an indicator."""
    yield from within("severity", _severities(indicator, declared), setting(indicator, "severity"))
    yield from within("knock_out", _knock_outs(indicator, declared), setting(indicator, "knock_out"))
    yield from within("controls", _options(indicator, declared), setting(indicator, "controls"))
    yield from within("points", _points(indicator.points), setting(indicator, "points"))
    yield from within("effective", moved_days(indicator.effective), setting(indicator, "effective"))


def _points(points: Mapping[Any, int]) -> Iterator[Variation[dict[Any, int]]]:
    for name, number in points.items():
        for near in (number - 1, number + 1) if number else (number + 1,):
            yield shifted(Operator.SHIFT_POINTS, name, number, near, {**points, name: near})


def _severities(indicator: Indicator, declared: Declared) -> Iterator[Variation[Any]]:
    given = indicator.severity
    for name, condition in severity_conditions(indicator):
        yield dropped(Operator.DROP_RULE, name, condition, given.model_copy(update={name: None}))
        yield from within(name, of_condition(condition, declared), setting(given, name))
        for other in neighbours(SEVERITIES[1:], name):
            both = _either(condition, getattr(given, other))
            changed = given.model_copy(update={name: None, other: both})
            yield shifted(Operator.SHIFT_SEVERITY, "", name, other, changed)


def _knock_outs(indicator: Indicator, declared: Declared) -> Iterator[Variation[Any]]:
    given = indicator.knock_out
    for kind, condition in knock_out_conditions(indicator):
        yield dropped(Operator.DROP_RULE, kind, condition, given.model_copy(update={kind: None}))
        if condition != "always":
            yield from within(kind, of_condition(condition, declared), setting(given, kind))
        for other in neighbours(KNOCK_OUTS[1:], kind):
            both = _either(condition, getattr(given, other))
            changed = given.model_copy(update={kind: None, other: both})
            yield shifted(Operator.SHIFT_KNOCK_OUT, "", kind, other, changed)


def _either(one: ConditionOrAlways, other: ConditionOrAlways | None) -> ConditionOrAlways:
    if other is None or one == "always":
        return one
    return other if other == "always" else AnyOf(any_of=(one, other))


def _options(indicator: Indicator, declared: Declared) -> Iterator[Variation[tuple[Option, ...]]]:
    options = indicator.controls
    for number, option in enumerate(options):
        yield dropped(Operator.DROP_RULE, f"{number}", option, without(options, number))
        yield from within(
            f"{number}",
            _option(option, declared, [name for name, _ in severity_conditions(indicator)]),
            at(options, number),
        )


def _option(option: Option, declared: Declared, severities: list[Severity]) -> Iterator[Variation[Option]]:
    for control in option.all if len(option.all) > 1 else ():
        kept = tuple(one for one in option.all if one != control)
        changed = option.model_copy(update={"all": kept})
        told = _("{control} is not asked for: {others} alone will do", control=control, others=", ".join(kept))
        yield Variation(Operator.DROP_PART, "all", f"without {control}", told, changed)
    if option.needs:
        yield dropped(Operator.DROP_PART, "needs", ", ".join(option.needs), option.model_copy(update={"needs": ()}))
    when: Condition | None = option.when
    if when is not None:
        yield dropped(Operator.DROP_PART, "when", when, option.model_copy(update={"when": None}))
        yield from within("when", of_condition(when, declared), setting(option, "when"))
    yield from (one for one in _effects(option) if _left(one.value, severities) != _left(option, severities))


def _effects(option: Option) -> Iterator[Variation[Option]]:
    if option.residual is not None:
        yield from moved(Operator.SHIFT_CONTROL, option, "residual", neighbours(SEVERITIES, option.residual))
    if option.lowers_by is not None:
        steps = neighbours(range(1, len(SEVERITIES)), option.lowers_by)
        yield from moved(Operator.SHIFT_CONTROL, option, "lowers_by", steps)


def _left(option: Option, severities: list[Severity]) -> list[int]:
    """Return what an option leaves of each severity that the indicator has: where that is the same, nothing changed."""
    ranks = [SEVERITIES.index(one) for one in severities]
    if option.residual is not None:
        return [min(SEVERITIES.index(option.residual), rank) for rank in ranks]
    return [max(0, rank - (option.lowers_by or 0)) for rank in ranks]


def of_ladder(ladder: Ladder, declared: Declared, definitions: dict[str, Condition]) -> Iterator[Variation[Ladder]]:
    """Yield every variation of a ladder."""
    rules, order = ladder.rules, tuple(ladder.levels)
    for number, rule in enumerate(rules):
        place = f"rules.{number}"
        yield dropped(Operator.DROP_RULE, place, rule, ladder.model_copy(update={"rules": without(rules, number)}))
        may_be_plain = not facts_in(rule.when, definitions) & PROVISIONAL_ONLY
        varied = _of_rule(rule, declared, order, may_be_plain=may_be_plain)
        yield from within("", within(place, varied, at(rules, number)), setting(ladder, "rules"))
    otherwise = ladder.otherwise
    levels = moved(Operator.SHIFT_LEVEL, otherwise, "level", neighbours(order, otherwise.level), "otherwise")
    yield from within("", levels, setting(ladder, "otherwise"))


def _of_rule(
    rule: Rule, declared: Declared, order: tuple[str, ...], *, may_be_plain: bool
) -> Iterator[Variation[Rule]]:
    yield from within("", of_condition(rule.when, declared), setting(rule, "when"))
    yield from moved(Operator.SHIFT_LEVEL, rule, "level", neighbours(order, rule.level))
    if not rule.provisional or may_be_plain:
        yield from moved(Operator.SHIFT_LEVEL, rule, "provisional", [not rule.provisional])


def of_awareness(rule: AwarenessRule, declared: Declared) -> Iterator[Variation[AwarenessRule | None]]:
    """Yield every variation of an awareness rule; None is the one in which it is not there."""
    yield dropped(Operator.DROP_RULE, "", rule.title, None)
    if rule.when != "always":
        yield from within("when", of_condition(rule.when, declared), setting(rule, "when"))
    yield from within("effective", moved_days(rule.effective), setting(rule, "effective"))


def of_contradiction(invariant: FactInvariant, declared: Declared) -> Iterator[Variation[FactInvariant | None]]:
    """Yield every variation of an invariant about answers; None is the one in which it is not there."""
    yield dropped(Operator.DROP_RULE, "", invariant.title, None)
    whenever = invariant.whenever
    if whenever != "always":
        yield dropped(Operator.DROP_PART, "whenever", whenever, invariant.model_copy(update={"whenever": "always"}))
        yield from within("whenever", of_condition(whenever, declared), setting(invariant, "whenever"))
    yield from within("then", of_condition(invariant.then, declared), setting(invariant, "then"))


def mutants(criteria: Criteria) -> Iterator[Mutant]:
    """Yield every mutant of a set, in a fixed order; no two have the same name."""
    yield from _indicators(criteria)
    yield from _rules(criteria)
    yield from _values(criteria)


def chosen(mutant: Mutant, prefix: str) -> bool:
    """Return whether a prefix means a mutant: its name, with or without the kind of its record, begins with it."""
    return mutant.name.startswith(prefix) or mutant.name.partition(" ")[2].startswith(prefix)


def _indicators(criteria: Criteria) -> Iterator[Mutant]:
    for name, indicator in criteria.indicators.items():
        varied = of_indicator(indicator, criteria.entities)
        yield from _mutants(f"indicator {name}", varied, entry(criteria, "indicators", name))


def _rules(criteria: Criteria) -> Iterator[Mutant]:
    declared = {**criteria.entities, **result_entities(criteria)}
    for name, definition in criteria.definitions.items():
        of_it = of_condition(definition, declared)
        yield from _mutants(f"definition {name}", of_it, entry(criteria, "definitions", name))
    for name, ladder in criteria.ladders.items():
        of_ladders = of_ladder(ladder, declared, criteria.definitions)
        yield from _mutants(f"ladder {name}", of_ladders, entry(criteria, "ladders", name))
    for name, rule in criteria.awareness.items():
        of_rule = of_awareness(rule, declared)
        yield from _mutants(f"awareness {name}", of_rule, entry(criteria, "awareness", name))
    invariants = criteria.invariants
    for name, invariant in invariants.facts.items():
        of_answers = within("", of_contradiction(invariant, criteria.entities), entry(invariants, "facts", name))
        yield from _mutants(f"contradiction {name}", of_answers, setting(criteria, "invariants"))


def _values(criteria: Criteria) -> Iterator[Mutant]:
    for name, parameter in criteria.parameters.items():
        of_it = of_parameter(parameter)
        yield from _mutants(f"parameter {name}", of_it, entry(criteria, "parameters", name))
    for name, table in criteria.tables.items():
        for title, column in table.columns.items():
            of_table = within("", of_column(column), entry(table, "columns", title))
            yield from _mutants(f"table {name}.{title}", of_table, entry(criteria, "tables", name))
    for name, listed in criteria.entities.items():
        of_it_as_list = of_list(listed, criteria.entities)
        yield from _mutants(f"entity {name}", of_it_as_list, entry(criteria, "entities", name))
    for fact_name, fact in criteria.every_fact():
        if not isinstance(fact, RowFact | TextFact):
            name, _dot, short = fact_name.partition(".")
            of_entity = within("", of_fact(fact, criteria.entities), entry(criteria.entities[name], "facts", short))
            yield from _mutants(f"fact {fact_name}", of_entity, entry(criteria, "entities", name))
    head = criteria.head
    of_head = within("", of_points(head.severity), setting(head, "severity"))
    yield from _mutants("set severity", of_head, setting(criteria, "head"))


def _mutants(
    record: str, variations: Iterable[Variation[object]], build: Callable[[object], Criteria]
) -> Iterator[Mutant]:
    for one in variations:
        yield Mutant(one.operator, record, one.place, one.change, one.told, partial(build, one.value))
