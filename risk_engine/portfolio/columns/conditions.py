"""Conditions of a set as a graph in which each stands once, after its parts, and what comparisons say of columns."""

from collections.abc import Callable, Mapping
from functools import partial, reduce
from itertools import groupby
from operator import or_
from typing import Any, Literal, NamedTuple, assert_never

import numpy as np

from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Not,
    Op,
    ParameterRef,
    Quantifier,
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
from risk_engine.portfolio.columns.layout import Column, bits, coded, column_of
from risk_engine.portfolio.columns.planes import Held

CASE = ""
"""The table of the cases; a list's table is called as it is."""


class Node(NamedTuple):
    """A condition: of a case, or of an entry of a list."""

    kind: Literal["always", "fact", "all", "any", "not", "entries"]
    table: str
    parts: tuple[int, ...] = ()
    condition: Compare | Quantifier | None = None


class Leaf(NamedTuple):
    """A comparison as it is asked of a column; where there is no answer what it says means nothing."""

    name: str
    """Of the fact."""
    holds: Callable[[Column], Held]
    otherwise: bool
    """Whether it holds of what the fact is where it is not asked."""


class Graph:
    """Conditions of a set, each once, with their parts before them."""

    def __init__(self, criteria: Criteria, parameters: Mapping[str, Any]) -> None:
        """Take the set, and what its parameters are on the day."""
        self.criteria = criteria
        self.nodes: list[Node] = []
        self.leaves: dict[int, Leaf] = {}
        """The comparisons among them."""
        self._parameters = parameters
        self._known: dict[Node, int] = {}
        self._defined: dict[tuple[str, str], int] = {}

    def node(self, condition: ConditionOrAlways, table: str = CASE) -> int:
        """Return the number of a condition, as it is read of a case or an entry.

        Raises KeyError where it reads a parameter that has no value on the day.
        """
        match condition:
            case str():
                return self._added(Node("always", CASE))
            case Compare(fact=name, operand=operand):
                if isinstance(operand, ParameterRef):
                    value = self._parameters[operand.parameter]
                    condition = Compare.model_construct(fact=name, op=condition.op, operand=value)
                return self._leaf(Node("fact", table_of(self.criteria, name), (), condition), condition)
            case AllOf(all_of=several):
                return self._joined("all", several, table)
            case AnyOf(any_of=several):
                return self._joined("any", several, table)
            case Not(not_=part):
                return self._joined("not", (part,), table)
            case Holds(holds=name):
                return self._definition(name, table)
            case Quantifier(entity=entity, where=where):
                return self._added(Node("entries", CASE, (self.node(where, entity),), condition))
            case _:
                assert_never(condition)

    def _leaf(self, node: Node, condition: Compare) -> int:
        if (number := self._added(node)) not in self.leaves:
            fact = self.criteria.fact(condition.fact)
            holds = comparison(fact, condition, self.criteria)
            otherwise = column_of(fact, [getattr(fact, "otherwise", None)], self.criteria)
            self.leaves[number] = Leaf(condition.fact, holds, bool(holds(otherwise)[0]))
        return number

    def _joined(self, kind: Literal["all", "any", "not"], several: tuple[Condition, ...], table: str) -> int:
        parts = tuple(self.node(one, table) for one in several)
        # Of an entry, if any of its parts is.
        return self._added(Node(kind, max(self.nodes[one].table for one in parts), parts))

    def _added(self, node: Node) -> int:
        if node not in self._known:
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
        return self._known[node]

    def _definition(self, name: str, table: str) -> int:
        waiting = [name]
        while waiting:
            body = self.criteria.definitions[waiting[-1]]
            unread = [one for one in used_here(body) if (one, table) not in self._defined]
            waiting += unread
            if not unread:
                used = waiting.pop()
                self._defined[used, table] = self.node(body, table)
        return self._defined[name, table]


def table_of(criteria: Criteria, name: str) -> str:
    """Return the table in which a fact stands."""
    entity = name.partition(".")[0]
    return CASE if criteria.entities[entity].many is None else entity


def comparison(fact: AnyFact, condition: Compare, criteria: Criteria) -> Callable[[Column], Held]:
    """Return what tells how the answers in a fact's column compare with a value."""
    op, wanted = condition.op, condition.operand
    match fact:
        case BooleanFact():
            return partial(np.equal, int(bool(wanted)))
        case ChoiceFact(options=options):
            return _is_among(places_that_hold(op, tuple(options), wanted), len(options))
        case ChoicesFact(options=options):
            return _chosen(op, tuple(options), wanted)
        case IntegerFact() | DateFact():
            return partial(_BY_ORDER[op], coded(fact, wanted, criteria))
        case RowFact() | TextFact():
            raise AssertionError(fact)  # no condition reads them; checked when the set was loaded
        case _:
            assert_never(fact)


_BY_ORDER: Mapping[Op, Callable[[Any, Column], Held]] = {
    "is": np.equal,
    "at_least": np.less_equal,
    "at_most": np.greater_equal,
}
"""How a number or a day, which stands first, compares with answers."""


def _chosen(op: Op, options: tuple[str, ...], wanted: Any) -> Callable[[Column], Held]:
    """Return how chosen options compare."""
    match op:
        case "is":
            return partial(np.equal, np.uint64(bits(wanted, options)))
        case "includes" | "includes_any":
            among = np.uint64(bits([wanted] if op == "includes" else wanted, options))
            return lambda column: (column & among) != 0
        case "one_of" | "at_least" | "at_most":
            raise AssertionError(op)  # of one option or number; checked when the set was loaded
        case _:
            assert_never(op)


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


def _is_among(places: list[int], number: int) -> Callable[[Column], Held]:
    """Return whether a place is one of these: by as few comparisons as that takes."""
    runs = [[place for _at, place in run] for _key, run in groupby(enumerate(places), key=lambda one: one[1] - one[0])]
    within = [_within(run[0], run[-1], number - 1) for run in runs]
    if len(within) == 1:
        return within[0]
    return lambda column: reduce(or_, [one(column) for one in within])


def _within(first: int, last: int, most: int) -> Callable[[Column], Held]:
    if first == last:
        return partial(np.equal, first)
    if first == 0:
        return partial(np.greater_equal, last)
    if last == most:
        return partial(np.less_equal, first)
    return lambda column: (column >= first) & (column <= last)
