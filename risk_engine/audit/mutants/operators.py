"""The closed list of changes that make a mutant, and what a mutant is."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from risk_engine.files.language import _
from risk_engine.model.criteria import CriteriaSet
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
    Operator.DROP_PART: "A part of `all_of` or `any_of`, a `when`, a `whenever` or a control of an option is left out.",
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
    criteria: CriteriaSet

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


def moved(operator: Operator, place: str, before: object, after: object, value: T) -> Variation[T]:
    """Return the variation in which one value becomes another."""
    was, now = written(before), written(after)
    return Variation(
        operator, place, f"{was} -> {now}", _("`{before}` becomes `{after}`", before=was, after=now), value
    )


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
