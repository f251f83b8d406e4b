"""What a mutant is, and every small change of a condition, of values, parameters, table cells and points."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar, assert_never

from risk_engine.audit.versions import days_around
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
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoiceFact, ChoicesFact, Entity, IntegerFact, RuleFact, ordered_options
from risk_engine.model.ladders import SeverityPoints
from risk_engine.model.tables import Column, DatedValue, Parameter
from risk_engine.model.words import Model

T = TypeVar("T")
U = TypeVar("U")
M = TypeVar("M", bound=Model)
T_co = TypeVar("T_co", covariant=True)

SHOWN = 160
"""So much of a condition is shown where a change is told."""


class Operator(StrEnum):
    """One kind of change; `sentence` says what it does."""

    DROP_RULE = "drop-rule"
    DROP_PART = "drop-part"
    DROP_VALUE = "drop-value"
    DROP_NOT = "drop-not"
    SWAP_JOINER = "swap-joiner"
    SWAP_QUANTIFIER = "swap-quantifier"
    SWAP_COMPARISON = "swap-comparison"
    SWAP_VALUE = "swap-value"
    SHIFT_BOUND = "shift-bound"
    SHIFT_PARAMETER = "shift-parameter"
    SHIFT_DATE = "shift-date"
    SHIFT_SEVERITY = "shift-severity"
    SHIFT_KNOCK_OUT = "shift-knock-out"
    SHIFT_CONTROL = "shift-control"
    SHIFT_LEVEL = "shift-level"
    SHIFT_POINTS = "shift-points"
    SHIFT_ASKING = "shift-asking"

    @property
    def sentence(self) -> str:
        """What the change does, as a sentence."""
        return _SENTENCES[self]


_SENTENCES: dict[Operator, str] = {
    Operator.DROP_RULE: (
        "A severity, knock-out, control option, ladder rule, awareness rule or contradiction is left out."
    ),
    Operator.DROP_PART: (
        "A part of `all_of` or `any_of`, a `when`, a `whenever`, a control of an option or its `needs` is left out."
    ),
    Operator.DROP_VALUE: "One value is left out of a list in `one_of` or `includes_any`.",
    Operator.DROP_NOT: "A `not` is taken away.",
    Operator.SWAP_JOINER: "An `all_of` becomes an `any_of`, or the other way round.",
    Operator.SWAP_QUANTIFIER: "A `some` becomes an `every`, or the other way round.",
    Operator.SWAP_COMPARISON: "An `at_least` becomes an `at_most`, or the other way round.",
    Operator.SWAP_VALUE: "A comparison asks for another value: each neighbour in the order, or the next option.",
    Operator.SHIFT_BOUND: "A bound (an option in an order, a number, a day, a count) moves by one.",
    Operator.SHIFT_PARAMETER: "A parameter's number or day moves by one, or its list loses a value.",
    Operator.SHIFT_DATE: "Something is in force a day earlier or later, or for a day less or more.",
    Operator.SHIFT_SEVERITY: "A severity is one step lower or higher.",
    Operator.SHIFT_KNOCK_OUT: "A knock-out is one kind weaker or stronger.",
    Operator.SHIFT_CONTROL: "What a control option leaves, or lowers by, moves by one step.",
    Operator.SHIFT_LEVEL: "A ladder rule proposes the next level, or counts unanswered facts though it did not.",
    Operator.SHIFT_POINTS: "The points of a severity, the cap or the start of a band moves by one.",
    Operator.SHIFT_ASKING: "A question is asked on another condition, or is something else where it is not asked.",
}


@dataclass(frozen=True, slots=True)
class Variation(Generic[T_co]):
    """A thing with one change: where in it, the change in short, and the same in words."""

    operator: Operator
    place: str
    change: str
    told: str
    value: T_co


@dataclass(frozen=True, slots=True)
class Mutant:
    """A criteria set with one change. `record` is the kind and name of what was changed, such as `ladder measure`."""

    operator: Operator
    record: str
    place: str
    change: str
    told: str
    made: Callable[[], Criteria]

    @property
    def criteria(self) -> Criteria:
        """The changed set, made when it is asked for: all of a large set's are too many to be kept."""
        return self.made()

    @property
    def name(self) -> str:
        """What identifies the mutant, in output and in mutants.yaml."""
        return " ".join(part for part in (self.record, self.place, self.change) if part)


def within(place: str, variations: Iterable[Variation[T]], build: Callable[[T], U]) -> Iterator[Variation[U]]:
    """Yield variations of a part as variations of the whole, which `build` makes of a changed part."""
    for one in variations:
        where = ".".join(part for part in (place, one.place) if part)
        yield Variation(one.operator, where, one.change, one.told, build(one.value))


def setting(record: M, field: str) -> Callable[[object], M]:
    """Return the function that puts a changed part into a field of a record."""
    return lambda part: record.model_copy(update={field: part})


def at(items: tuple[T, ...], number: int) -> Callable[[T], tuple[T, ...]]:
    """Return the function that puts a changed item in the place of one in a list."""
    return lambda item: (*items[:number], item, *items[number + 1 :])


def entry(record: M, field: str, name: str) -> Callable[[object], M]:
    """Return the function that puts a changed part under a name of a mapping in a record; None takes it out."""

    def put(part: object) -> M:
        parts = {one: other if one != name else part for one, other in getattr(record, field).items()}
        if part is None:
            del parts[name]
        return record.model_copy(update={field: parts})

    return put


def without(items: tuple[T, ...], number: int) -> tuple[T, ...]:
    """Return a list with one item left out."""
    return (*items[:number], *items[number + 1 :])


def shifted(operator: Operator, place: str, before: object, after: object, value: T) -> Variation[T]:
    """Return the variation in which one value becomes another."""
    was, now = written(before), written(after)
    return Variation(
        operator, place, f"{was} -> {now}", _("`{before}` becomes `{after}`", before=was, after=now), value
    )


def moved(
    operator: Operator, record: M, field: str, values: Iterable[object], place: str | None = None
) -> Iterator[Variation[M]]:
    """Yield a record with each of some other values in a field; `place` is its name where that is another one."""
    for other in values:
        yield shifted(
            operator, field if place is None else place, getattr(record, field), other, setting(record, field)(other)
        )


def moved_days(record: M, latest: date = date.max) -> Iterator[Variation[M]]:
    """Yield what is in force for a time with its first or last day moved; none ends later than the latest day."""
    for key, field, last in (("from", "from_", date.max), ("until", "until", latest)):
        day: date | None = getattr(record, field)
        others = () if day is None else (one for one in days_around(day) if one <= last)
        yield from moved(Operator.SHIFT_DATE, record, field, others, key)


def dropped(operator: Operator, place: str, what: object, value: T) -> Variation[T]:
    """Return the variation in which something is left out."""
    return Variation(operator, place, "dropped", _("left out: {what}", what=_short(written(what))), value)


def written(value: object) -> str:
    """Return a condition or a value in one line, as an author writes it."""
    match value:
        case Model():
            return written(value.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True))
        case dict():
            return f"{{{', '.join(f'{key}: {written(one)}' for key, one in value.items())}}}"
        case tuple() | list():
            return f"[{', '.join(map(written, value))}]"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


Declared = Mapping[str, Entity]
"""The entities that a condition may read, with their facts."""


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
            yield shifted(Operator.SHIFT_BOUND, kind, node.bound, number, _with(node, bound=number))
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
        next_begins = dated[number + 1].from_ if number + 1 < len(dated) else None
        yield from within(f"{number}", _of_dated_value(one, next_begins or date.max, values=values), at(dated, number))


def _of_dated_value(one: DatedValue, latest: date, *, values: bool) -> Iterator[Variation[DatedValue]]:
    yield from moved_days(one, latest)  # the next value has begun by then, so a later end says nothing
    match one.value if values else None:
        case bool():
            pass
        case int() as number:
            yield from moved(Operator.SHIFT_PARAMETER, one, "value", (number - 1, number + 1))
        case date() as day:
            yield from moved(Operator.SHIFT_PARAMETER, one, "value", days_around(day))
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
            changed = points.model_copy(update={"points": {**points.points, name: near}})
            yield shifted(Operator.SHIFT_POINTS, f"points.{name}", number, near, changed)
    caps = () if points.cap is None else (points.cap - 1, points.cap + 1)
    yield from moved(Operator.SHIFT_POINTS, points, "cap", caps)
    for band, first in list(points.bands.items())[1:]:
        for near in (first - 1, first + 1):
            bands = {**points.bands, band: near}
            yield shifted(
                Operator.SHIFT_POINTS, f"bands.{band}", first, near, points.model_copy(update={"bands": bands})
            )


def of_list(entity: Entity, declared: Declared) -> Iterator[Variation[Entity]]:
    """Yield every variation of the condition on which the entries of a list are asked for."""
    if entity.ask_when is not None:
        yield dropped(Operator.SHIFT_ASKING, "ask_when", entity.ask_when, entity.model_copy(update={"ask_when": None}))
        for one in within("ask_when", of_condition(entity.ask_when, declared), setting(entity, "ask_when")):
            yield Variation(Operator.SHIFT_ASKING, one.place, one.change, one.told, one.value)


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
    yield from moved(Operator.SHIFT_ASKING, fact, "otherwise", other_values(fact, fact.otherwise))
