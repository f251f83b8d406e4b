"""Conditions as expressions over columns: Kleene logic by the nulls of Boolean columns (design, section 6).

Unknown is null: `&`, `|` and `~` of Polars treat it as Kleene does, and a comparison with null is null. A definition is
worked out once into a column of its own, and what a quantifier asks is asked of all entries of all cases at once.
"""

from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import groupby
from operator import and_, or_
from typing import Any, NamedTuple, assert_never

import polars as pl

from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Not,
    Op,
    Operand,
    ParameterRef,
    Quantifier,
    negation,
    used_here,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    TextFact,
)
from risk_engine.model.references import reached_from_definitions
from risk_engine.portfolio.columns.layout import bits

CASE = ""
"""The table of the cases, before the lists are read; a list's table is called as it is."""
WHOLE = "*"
"""The same after them."""


class Gathered(NamedTuple):
    """A column of cases that says whether so many entries of a list fulfil what a column of it says."""

    entity: str
    asked: str
    number: int


class Tables:
    """The columns that the conditions of a set need, by table, each with what it is made of."""

    def __init__(self, criteria: Criteria, parameters: Mapping[str, Any]) -> None:
        """Take the set, and what its parameters are on the day."""
        self.criteria = criteria
        self.parameters = parameters
        lists = [name for name, one in criteria.entities.items() if one.many is not None]
        self.made: dict[str, dict[str, tuple[int, pl.Expr]]] = {name: {} for name in (CASE, *lists, WHOLE)}
        """By table and name: after how many others it is made, and of what."""
        self.gathered: dict[str, Gathered] = {}
        self.facts = {name: name for name, _fact in criteria.every_fact()}
        """The column in which a fact stands as it counts, after it was filled in and settled."""
        self._reaches = reached_from_definitions(criteria)
        self._asked: dict[tuple[str, Condition], str] = {}

    def add(self, table: str, name: str, expression: pl.Expr) -> pl.Expr:
        """Add a column to a table; return what reads it."""
        made = self.made[table]
        depth = 1 + max((made[one][0] for one in expression.meta.root_names() if one in made), default=0)
        made[name] = depth, expression
        return pl.col(name)

    def steps(self, table: str) -> Iterator[list[pl.Expr]]:
        """Yield the columns of a table that can be made together, one step after the other."""
        in_order = sorted(self.made[table].items(), key=lambda one: one[1][0])
        for _depth, several in groupby(in_order, key=lambda one: one[1][0]):
            yield [expression.alias(name) for name, (_, expression) in several]

    def lent(self, entity: str) -> list[str]:
        """Return the columns of cases that the columns of a list read."""
        read = {name for _depth, one in self.made[entity].values() for name in one.meta.root_names()}
        return sorted(one for one in read - self.made[entity].keys() if not one.startswith(f"{entity}."))

    # --- conditions ---

    def expression(self, condition: ConditionOrAlways, table: str) -> pl.Expr:
        """Return a condition as an expression over a table.

        Raises KeyError where it reads a parameter that has no value on the day.
        """
        match condition:
            case str():  # always
                return pl.lit(True)  # noqa: FBT003 (the value)
            case Compare(fact=name):
                fact, wanted = self.criteria.fact(name), self.operand(condition.operand)
                return compared(pl.col(self.facts[name]), fact, condition.op, wanted)
            case AllOf(all_of=parts):
                return reduce(and_, [self.expression(part, table) for part in parts])
            case AnyOf(any_of=parts):
                return reduce(or_, [self.expression(part, table) for part in parts])
            case Not(not_=part):
                return ~self.expression(part, table)
            case Holds(holds=name):
                return self._defined(name, table)
            case Quantifier():
                return self._quantified(condition)
            case _:
                assert_never(condition)

    def operand(self, operand: Operand) -> Any:
        """Return what a fact is compared with, of a parameter its value."""
        return self.parameters[operand.parameter] if isinstance(operand, ParameterRef) else operand

    def _defined(self, name: str, table: str) -> pl.Expr:
        """Return what a definition says: a column, made once, after those that it uses itself."""
        waiting = [name]
        while waiting:
            used = waiting[-1]
            place = self._place(used, table)
            body = self.criteria.definitions[used]
            unread = [one for one in used_here(body) if self._called(one) not in self.made[self._place(one, place)]]
            if self._called(used) in self.made[place] or not unread:
                waiting.pop()
                if self._called(used) not in self.made[place]:
                    self.add(place, self._called(used), self.expression(body, place))
            waiting += unread
        return pl.col(self._called(name))

    @staticmethod
    def _called(definition: str) -> str:
        return f"holds {definition}"

    def _place(self, name: str, table: str) -> str:
        """Return the table in which a definition stands that a condition of a table uses."""
        reached = self._reaches[name]
        if table in reached.entities:
            return table
        return WHOLE if reached.lists else CASE

    def _quantified(self, node: Quantifier) -> pl.Expr:
        match node.kind:
            case "some" | "at_least":
                return self._gather(node.entity, node.where, node.bound)
            case "every":
                return ~self._gather(node.entity, negation(node.where), node.bound)
            case "at_most":
                return ~self._gather(node.entity, node.where, node.bound + 1)
            case _:
                assert_never(node.kind)

    def _gather(self, entity: str, where: Condition, number: int) -> pl.Expr:
        key = entity, where
        if key not in self._asked:
            self._asked[key] = f"asked {len(self._asked)}"
            self.add(entity, self._asked[key], self.expression(where, entity))
        name = f"{self._asked[key]} of {number}"
        self.gathered[name] = Gathered(entity, self._asked[key], number)
        return pl.col(name)


def compared(column: pl.Expr, fact: AnyFact, op: Op, wanted: Any) -> pl.Expr:
    """Return how a fact's column compares with a value; null where it is unanswered."""
    match fact:
        case BooleanFact():
            return column if wanted else ~column
        case ChoiceFact(options=options):
            return _is_among(column, places_that_hold(op, tuple(options), wanted), len(options))
        case ChoicesFact(options=options):
            return _chosen(column, op, tuple(options), wanted)
        case IntegerFact() | DateFact():
            return _ordered(column, op, wanted)
        case RowFact() | TextFact():
            raise AssertionError(fact)  # no condition reads them; checked when the set was loaded
        case _:
            assert_never(fact)


def _chosen(column: pl.Expr, op: Op, options: tuple[str, ...], wanted: Any) -> pl.Expr:
    """Return how chosen options compare."""
    match op:
        case "is":
            return column == pl.lit(bits(wanted, options), pl.UInt64)
        case "includes":
            return (column & pl.lit(bits([wanted], options), pl.UInt64)) != 0
        case "includes_any":
            return (column & pl.lit(bits(wanted, options), pl.UInt64)) != 0
        case "one_of" | "at_least" | "at_most":
            raise AssertionError(op)  # of one option or number; checked when the set was loaded
        case _:
            assert_never(op)


def _ordered(column: pl.Expr, op: Op, wanted: Any) -> pl.Expr:
    """Return how a number or a day compares."""
    if op == "is":
        return column.eq(wanted)
    return column.ge(wanted) if op == "at_least" else column.le(wanted)


def places_that_hold(op: Op, options: tuple[str, ...], wanted: Any) -> list[int]:
    """Return the places of the options for which a comparison holds."""
    match op:
        case "is":
            return [options.index(wanted)]
        case "one_of":
            return sorted(options.index(one) for one in set(wanted))
        case "at_least":
            return list(range(options.index(wanted), len(options)))
        case "at_most":
            return list(range(options.index(wanted) + 1))
        case "includes" | "includes_any":  # of chosen options alone; checked when the set was loaded
            raise AssertionError(op)
        case _:
            assert_never(op)


def _is_among(column: pl.Expr, places: list[int], number: int) -> pl.Expr:
    """Return whether a place is one of these: by as few comparisons as that takes."""
    runs = [[place for _at, place in run] for _key, run in groupby(enumerate(places), key=lambda one: one[1] - one[0])]
    return reduce(or_, [_within(column, run[0], run[-1], number - 1) for run in runs])


def _within(column: pl.Expr, first: int, last: int, most: int) -> pl.Expr:
    if first == last:
        return column == first
    if first == 0:
        return column <= last
    return column >= first if last == most else column.is_between(first, last)
