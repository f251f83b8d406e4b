"""Every small change of a condition, of the values that a fact can have, of parameters, table cells and points."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar, assert_never

from risk_engine.audit.mutants.operators import (
    Operator,
    Variation,
    at,
    dropped,
    entry,
    moved,
    setting,
    within,
    without,
    written,
)
from risk_engine.files.language import _
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Holds,
    Node,
    Not,
    ParameterRef,
    Quantifier,
    QuantifierKind,
)
from risk_engine.model.facts import AnyFact, ChoiceFact, ChoicesFact, Entity, IntegerFact, RuleFact, ordered_options
from risk_engine.model.ladders import SeverityPoints
from risk_engine.model.tables import Column, DatedValue, Parameter

T = TypeVar("T")

Declared = Mapping[str, Entity]
"""The entities that a condition may read, with their facts."""

DAY = timedelta(days=1)


def of_condition(condition: Condition, declared: Declared) -> Iterator[Variation[Condition]]:
    """Yield every variation of a condition; a definition that it uses is varied where it stands, not here."""
    node: Node = condition
    match node:
        case AllOf(all_of=parts):
            yield from _of_parts("all_of", parts, declared, lambda kept: AllOf(all_of=kept))
            if len(parts) > 1:
                yield _swapped(Operator.SWAP_JOINER, "all_of", "any_of", AnyOf(any_of=parts))
        case AnyOf(any_of=parts):
            yield from _of_parts("any_of", parts, declared, lambda kept: AnyOf(any_of=kept))
            if len(parts) > 1:
                yield _swapped(Operator.SWAP_JOINER, "any_of", "all_of", AllOf(all_of=parts))
        case Not(not_=part):
            told = _("no `not` before {condition}", condition=written(part))
            yield Variation(Operator.DROP_NOT, "not", "dropped", told, part)
            yield from within("not", of_condition(part, declared), lambda one: Not(not_=one))
        case Quantifier(where=where):
            yield from _of_quantifier(node, declared)
            yield from within("where", of_condition(where, declared), setting(node, "where"))
        case Compare():
            yield from _of_comparison(node, _fact(node, declared))
        case Holds():
            pass
        case _:
            assert_never(node)


def other_values(fact: AnyFact, value: Any) -> Iterator[Any]:
    """Yield the values nearest to one: each neighbour in an order, the next option, a number or a day by one."""
    match fact, value:
        case _, bool():
            yield not value
        case _, date():
            yield from days_around(value)
        case IntegerFact(range=(least, most)), int():
            yield from (one for one in (value - 1, value + 1) if least <= one <= most)
        case ChoiceFact(), str():
            order = ordered_options(fact)
            yield from neighbours(order, value) if order else following(tuple(fact.options), value)
        case ChoicesFact(), str():
            yield from following(tuple(fact.options), value)
        case ChoicesFact(), tuple():
            yield from (tuple(one for one in value if one != left) for left in value)
            yield from [(one,) for one in fact.options][: not value]
        case _:
            return


def days_around(day: date) -> Iterator[date]:
    """Yield the day before and the day after, where the calendar has them."""
    if day > date.min:
        yield day - DAY
    if day < date.max:
        yield day + DAY


def neighbours(order: Sequence[T], value: T) -> Iterator[T]:
    """Yield what stands before and after a value in an order."""
    place = order.index(value)
    yield from order[max(0, place - 1) : place]
    yield from order[place + 1 : place + 2]


def following(options: Sequence[T], value: T) -> Iterator[T]:
    """Yield the option after one, the first after the last; none where there is only one."""
    other = options[(options.index(value) + 1) % len(options)]
    if other != value:
        yield other


def _of_parts(key: str, parts: tuple[Condition, ...], declared: Declared, build: Any) -> Iterator[Variation[Condition]]:
    for number, part in enumerate(parts):
        place, put = f"{key}.{number}", at(parts, number)
        if len(parts) > 1:
            yield dropped(Operator.DROP_PART, place, part, build(without(parts, number)))
        for one in within(place, of_condition(part, declared), put):
            yield from within("", [one], build)


_OPPOSITE: Mapping[QuantifierKind, QuantifierKind] = {
    "some": "every",
    "every": "some",
    "at_least": "at_most",
    "at_most": "at_least",
}
"""What somebody may have written in place of a quantifier."""


def _of_quantifier(node: Quantifier, declared: Declared) -> Iterator[Variation[Condition]]:
    kind, other = node.kind, _OPPOSITE[node.kind]
    changed: Condition = _with(node, kind=other)
    if node.key != "count":
        yield _swapped(Operator.SWAP_QUANTIFIER, kind, other, changed)
        return
    entity = declared.get(node.entity)
    most = entity.many if entity is not None and entity.many is not None else 1
    for number in (node.bound - 1, node.bound + 1):
        if 1 <= number <= most:
            yield moved(Operator.SHIFT_BOUND, kind, node.bound, number, _with(node, bound=number))
    yield _swapped(Operator.SWAP_COMPARISON, kind, other, changed)


def _of_comparison(leaf: Compare, fact: AnyFact) -> Iterator[Variation[Condition]]:
    key, wanted = leaf.op, leaf.operand
    match key:
        case "at_least" | "at_most":
            operator, other = Operator.SHIFT_BOUND, "at_most" if key == "at_least" else "at_least"
            yield _swapped(Operator.SWAP_COMPARISON, key, other, _with(leaf, op=other), leaf)
        case "is" | "one_of" | "includes" | "includes_any":
            operator = Operator.SWAP_VALUE
        case _:
            assert_never(key)
    match wanted:
        case ParameterRef():
            return
        case ():
            told = _("{fact} is asked to have something chosen, not nothing", fact=leaf.fact)
            yield Variation(operator, key, "[] -> not []", told, Not(not_=leaf))
        case tuple() if len(wanted) > 1:
            for value in wanted:
                kept = tuple(one for one in wanted if one != value)
                told = _("`{value}` is left out of {condition}", value=value, condition=written(leaf))
                yield Variation(Operator.DROP_VALUE, key, f"without {value}", told, _with(leaf, operand=kept))
        case tuple():
            for other in other_values(fact, wanted[0]):
                yield _of_value(operator, key, leaf, wanted[0], other, _with(leaf, operand=(other,)))
        case _:
            for other in other_values(fact, wanted):
                yield _of_value(operator, key, leaf, wanted, other, _with(leaf, operand=other))


def _of_value(
    operator: Operator, key: str, leaf: Compare, before: object, after: object, value: Condition
) -> Variation[Condition]:
    change = f"{written(before)} -> {written(after)}"
    told = _("{before} becomes {after}", before=written(leaf), after=written(value))
    return Variation(operator, key, change, told, value)


def _swapped(
    operator: Operator, before: str, after: str, value: Condition, leaf: Compare | None = None
) -> Variation[Condition]:
    told = _("`{before}` becomes `{after}`", before=before, after=after) + f": {written(leaf or value)}"
    return Variation(operator, "", f"{before} -> {after}", told, value)


def _fact(leaf: Compare, declared: Declared) -> AnyFact:
    entity, _dot, short = leaf.fact.partition(".")
    return declared[entity].facts[short]


def _with(node: Any, **changes: object) -> Any:
    return node.model_copy(update=changes)


def of_parameter(parameter: Parameter) -> Iterator[Variation[Parameter]]:
    """Yield every variation of a parameter."""
    yield from within("values", _of_dated(parameter.values, values=True), setting(parameter, "values"))


def of_column(column: Column) -> Iterator[Variation[Column]]:
    """Yield a table column with the day moved on which a cell begins or ends to say something."""
    for row, cell in column.values.items():
        dated = tuple(one for one in cell if isinstance(one, DatedValue)) if isinstance(cell, tuple) else ()
        yield from within(
            row,
            _of_dated(dated, values=False),
            entry(column, "values", row),
        )


def _of_dated(dated: tuple[DatedValue, ...], *, values: bool) -> Iterator[Variation[tuple[DatedValue, ...]]]:
    for number, one in enumerate(dated):
        after = dated[number + 1].from_ if number + 1 < len(dated) else None
        yield from within(f"{number}", _of_dated_value(one, after, values=values), at(dated, number))


def _of_dated_value(one: DatedValue, after: date | None, *, values: bool) -> Iterator[Variation[DatedValue]]:
    for key, field, day in (("from", "from_", one.from_), ("until", "until", one.until)):
        for other in days_around(day) if day is not None else ():
            if field == "until" and after is not None and other > after:
                continue  # the next value has begun by then, so a later end says nothing
            yield moved(Operator.SHIFT_DATE, key, day, other, one.model_copy(update={field: other}))
    match one.value if values else None:
        case bool():
            pass
        case int() as number:
            for near in (number - 1, number + 1):
                yield moved(Operator.SHIFT_PARAMETER, "value", number, near, one.model_copy(update={"value": near}))
        case date() as day:
            for near_day in days_around(day):
                yield moved(
                    Operator.SHIFT_PARAMETER, "value", day, near_day, one.model_copy(update={"value": near_day})
                )
        case tuple() as options:
            for left in options:
                kept = tuple(other for other in options if other != left)
                told = _("`{value}` is left out of the list", value=left)
                changed = one.model_copy(update={"value": kept})
                yield Variation(Operator.SHIFT_PARAMETER, "value", f"without {left}", told, changed)
        case _:
            pass


def of_points(points: SeverityPoints) -> Iterator[Variation[SeverityPoints]]:
    """Yield every variation of how severities add up."""
    for name, number in points.points.items():
        for near in (number - 1, number + 1) if number > 1 else (number + 1,):
            shifted = points.model_copy(update={"points": {**points.points, name: near}})
            yield moved(Operator.SHIFT_POINTS, f"points.{name}", number, near, shifted)
    for near in () if points.cap is None else (points.cap - 1, points.cap + 1):
        yield moved(Operator.SHIFT_POINTS, "cap", points.cap, near, points.model_copy(update={"cap": near}))
    for band, first in list(points.bands.items())[1:]:
        for near in (first - 1, first + 1):
            bands = {**points.bands, band: near}
            yield moved(Operator.SHIFT_POINTS, f"bands.{band}", first, near, points.model_copy(update={"bands": bands}))


def of_fact(fact: RuleFact, declared: Declared) -> Iterator[Variation[RuleFact]]:
    """Yield every variation of the condition on which a question is asked, and of what it is otherwise.

    There is none of a fact that is kept for the record: no rule reads it, so no result can tell.
    """
    if fact.ask_when is None or fact.used_for is not None:
        return
    always = fact.model_copy(update={"ask_when": None, "otherwise": None})
    yield dropped(Operator.SHIFT_ASKING, "ask_when", fact.ask_when, always)
    varied = within("ask_when", of_condition(fact.ask_when, declared), setting(fact, "ask_when"))
    for one in varied:
        yield Variation(Operator.SHIFT_ASKING, one.place, one.change, one.told, one.value)
    for other in other_values(fact, fact.otherwise):
        changed = fact.model_copy(update={"otherwise": other})
        yield moved(Operator.SHIFT_ASKING, "otherwise", fact.otherwise, other, changed)
