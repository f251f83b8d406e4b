"""Answers to try where nobody has answered yet: by the declared direction, else each that rules can tell apart."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain, combinations
from typing import Final, Literal, TypeAlias, TypeVar, assert_never

from risk_engine.engine.facts import Facts, Known
from risk_engine.model.conditions import Compare, Condition, leaves
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import (
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    RuleFact,
    TextFact,
)
from risk_engine.model.reading import conditions_of

T = TypeVar("T")
Risk: TypeAlias = Literal["least", "most"]
Entries: TypeAlias = tuple[dict[str, str], ...]

_MOST_SUBSETS: Final = 5
"""Of so many options every selection is tried; of more: none, each alone, all."""
_SEVERAL: Final = 3
"""A list that nobody answered is tried with no entry, with one, and with so many."""
_ONE_DAY: Final = timedelta(days=1)


def riskiest(name: str, criteria: CriteriaSet, risk: Risk) -> Known | None:
    """Return the least or the most risky answer to `entity.fact`; None where no direction is declared."""
    fact = _rule_fact(name, criteria)
    is_most = risk == "most"
    match fact:
        case BooleanFact(riskier=riskier):
            return None if riskier is None else riskier is is_most
        case ChoiceFact(riskier=riskier, options=options):
            return None if riskier is None else list(options)[-1 if (riskier == "later") is is_most else 0]
        case ChoicesFact(riskier=riskier, options=options):
            return None if riskier is None else tuple(options) if (riskier == "more") is is_most else ()
        case IntegerFact(riskier=riskier, range=(lowest, highest)):
            return None if riskier is None else highest if (riskier == "higher") is is_most else lowest
        case DateFact(riskier=riskier):
            return None if riskier is None else date.max if (riskier == "later") is is_most else date.min
        case _:
            assert_never(fact)


def tryable(name: str, criteria: CriteriaSet, facts: Facts) -> tuple[tuple[Known | Entries, ...], bool]:
    """Return answers to `entity.fact`, or entries for a whole list, and whether no rule can tell others from them."""
    if "." not in name:
        most = criteria.entities[name].many or 1
        numbers = dict.fromkeys((0, 1, min(most, _SEVERAL)))
        return tuple(tuple({"id": f"entry-{one + 1}"} for one in range(number)) for number in numbers), False
    fact = _rule_fact(name, criteria)
    match fact:
        case BooleanFact():
            return (False, True), True
        case ChoiceFact(options=options):
            return tuple(options), True
        case ChoicesFact(options=options):
            every = len(options) <= _MOST_SUBSETS
            sizes = range(len(options) + 1) if every else (0, 1, len(options))
            return tuple(chain.from_iterable(combinations(options, size) for size in sizes)), every
        case IntegerFact(range=(lowest, highest)):
            near = {value + step for value in _compared(name, criteria, facts, int) for step in (-1, 0, 1)}
            return tuple(sorted({lowest, highest} | {one for one in near if lowest <= one <= highest})), True
        case DateFact():
            days = {day for one in _compared(name, criteria, facts, date) for day in _around(one)}
            return tuple(sorted(days)) or (facts.on,), True
        case _:
            assert_never(fact)


def _rule_fact(name: str, criteria: CriteriaSet) -> RuleFact:
    fact = criteria.fact(name)
    assert not isinstance(fact, RowFact | TextFact)  # noqa: S101 -- no condition reads these
    return fact


def _around(day: date) -> Iterator[date]:
    yield day
    if day > date.min:
        yield day - _ONE_DAY
    if day < date.max:
        yield day + _ONE_DAY


def _compared(name: str, criteria: CriteriaSet, facts: Facts, kind: type[T]) -> set[T]:
    """Return the values of a kind that some condition compares a fact with."""
    found: set[T] = set()
    for condition in _conditions(criteria):
        for leaf, _inside in leaves(condition, criteria.definitions):
            if isinstance(leaf, Compare) and leaf.fact == name:
                value = facts.operand(leaf.operand)
                found |= {one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, kind)}
    return found


def _conditions(criteria: CriteriaSet) -> Iterator[Condition]:
    for indicator in criteria.indicators.values():
        yield from conditions_of(indicator)
    for entity in criteria.entities.values():
        for fact in entity.facts.values():
            if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None:
                yield fact.ask_when
