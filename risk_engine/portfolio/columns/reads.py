"""Which answers made conditions come to what they do, over many cases: only those whose change matters (design, 6).

Conditions are a graph in which each stands once, after its parts. A truth is a number: 0 no, 1 unknown, 2 yes, so that
the least of several is `all_of` and the most `any_of`. What is asked of a condition is a weight for each case, 0 where
nobody asks; it goes down to the parts that are as the condition is, and ends at facts and at lists.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import Any, Literal, NamedTuple, TypeAlias, assert_never

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Not,
    Quantifier,
    used_here,
)
from risk_engine.portfolio.columns.conditions import CASE, WHOLE, Tables
from risk_engine.portfolio.columns.layout import NO, YES, Entries, in_codes

Codes: TypeAlias = NDArray[np.uint8]
Weights: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True)
class Listed:
    """The entries of a list with all columns, and of which cases it counts as empty, or nobody knows."""

    entries: Entries
    emptied: NDArray[np.bool_]
    unknown: NDArray[np.bool_]

    @property
    def of_case(self) -> NDArray[np.int64]:
        """The case of each entry, by its number."""
        return self.entries.of_case

    @cached_property
    def there(self) -> NDArray[np.bool_]:
        """Which cases have entries that count."""
        return (np.diff(self.entries.first) > 0) & ~self.emptied

    def in_cases(self, weights: Weights) -> Weights:
        """Return the most of the entries of each case; those of a list that counts as empty are none."""
        return self.entries.most(weights)


@dataclass(frozen=True)
class Reading:
    """Cases with the columns of a set: what is asked of them, in each its place."""

    frame: pl.DataFrame
    lists: Mapping[str, Listed]
    odd: NDArray[np.bool_]

    def table(self, name: str) -> pl.DataFrame:
        """Return the cases, or the entries of a list."""
        return self.frame if name == CASE else self.lists[name].entries.frame


@dataclass
class Marks:
    """Weights of answers: by fact of each case or entry, and by list of each case that has no entry."""

    facts: dict[str, Weights] = field(default_factory=dict)
    lists: dict[str, Weights] = field(default_factory=dict)

    def add(self, other: "Marks") -> None:
        """Take the higher weights of other marks too."""
        for own, those in ((self.facts, other.facts), (self.lists, other.lists)):
            for name, weights in those.items():
                raised(own, name, weights)


def raised(held: dict[Any, Weights], key: Any, weights: Weights) -> None:
    """Raise the weights of a key to these."""
    held[key] = np.maximum(held[key], weights) if key in held else weights


class Node(NamedTuple):
    """A condition: of a case, or of an entry of a list."""

    kind: Literal["always", "fact", "parts", "not", "entries"]
    table: str
    parts: tuple[int, ...] = ()
    condition: Condition | None = None


class Graph:
    """Conditions of a set, each once, with their parts before them."""

    def __init__(self, tables: Tables) -> None:
        """Take the columns that the conditions are made of; facts stand in them as they count already."""
        self._tables = tables
        self._criteria = tables.criteria
        self.nodes: list[Node] = []
        self._known: dict[Any, int] = {}
        self._defined: dict[tuple[str, str], int] = {}
        self._expressions: dict[int, pl.Expr] = {}

    def node(self, condition: ConditionOrAlways, table: str = CASE) -> int:
        """Return the number of a condition, as it is read of a case or an entry."""
        match condition:
            case str():
                return self._added(Node("always", CASE))
            case Compare(fact=name):
                entity = name.partition(".")[0]
                own = CASE if self._criteria.entities[entity].many is None else entity
                return self._added(Node("fact", own, (), condition))
            case AllOf(all_of=several) | AnyOf(any_of=several):
                parts = tuple(self.node(one, table) for one in several)
                return self._added(Node("parts", self._shared(parts), parts, condition))
            case Not(not_=part):
                parts = (self.node(part, table),)
                return self._added(Node("not", self._shared(parts), parts))
            case Holds(holds=name):
                return self._definition(name, table)
            case Quantifier(entity=entity, where=where):
                return self._added(Node("entries", CASE, (self.node(where, entity),), condition))
            case _:
                assert_never(condition)

    def _added(self, node: Node) -> int:
        key = (node.kind, node.parts, type(node.condition)) if node.kind == "parts" else node
        if key not in self._known:
            self._known[key] = len(self.nodes)
            self.nodes.append(node)
        return self._known[key]

    def _shared(self, parts: tuple[int, ...]) -> str:
        """Return the table of what has these parts: of an entry, if any of them is."""
        return max(self.nodes[one].table for one in parts)

    def _definition(self, name: str, table: str) -> int:
        waiting = [name]
        while waiting:
            body = self._criteria.definitions[waiting[-1]]
            unread = [one for one in used_here(body) if (one, table) not in self._defined]
            waiting += unread
            if not unread:
                used = waiting.pop()
                self._defined[used, table] = self.node(body, table)
        return self._defined[name, table]

    def expression(self, number: int) -> pl.Expr:
        """Return what says of cases or entries whether a comparison or a quantifier holds, as a number."""
        if number not in self._expressions:
            node = self.nodes[number]
            assert node.condition is not None  # noqa: S101 (both have one)
            truth = self._tables.expression(node.condition, node.table if node.kind == "fact" else WHOLE)
            self._expressions[number] = in_codes(truth).alias(str(number))
        return self._expressions[number]


class Truths:
    """What the conditions of a graph come to in cases that were read, and which answers make it so."""

    def __init__(self, graph: Graph, reading: Reading) -> None:
        """Take the conditions, and the cases with the columns of the set."""
        self.reading = reading
        self._graph = graph
        self._codes: dict[int, Codes] = {}

    def of(self, number: int) -> Codes:
        """Return what a condition comes to in each case, or in each entry of its list."""
        if number not in self._codes:
            node = self._graph.nodes[number]
            match node.kind:
                case "always":
                    self._codes[number] = np.full(self.reading.frame.height, YES, np.uint8)
                case "fact" | "entries":
                    self._select(node.table)
                case "not":
                    self._codes[number] = YES - self.of(node.parts[0])
                case "parts":
                    least_or_most = np.minimum if isinstance(node.condition, AllOf) else np.maximum
                    parts = [self.seen_from(node.table, part) for part in node.parts]
                    self._codes[number] = least_or_most.reduce(parts)
                case _:
                    assert_never(node.kind)
        return self._codes[number]

    def _select(self, table: str) -> None:
        """Take all comparisons and quantifiers over a table from its columns at once."""
        wanted = [
            self._graph.expression(number)
            for number, node in enumerate(self._graph.nodes)
            if node.kind in {"fact", "entries"} and node.table == table and number not in self._codes
        ]
        for column in self.reading.table(table).select(wanted):
            self._codes[int(column.name)] = column.to_numpy()

    def seen_from(self, table: str, number: int) -> Codes:
        """Return what a condition comes to for each case or entry of a table; what is of the case is so for entries."""
        codes = self.of(number)
        if table == CASE or self._graph.nodes[number].table != CASE:
            return codes
        return codes[self.reading.lists[table].of_case]

    # --- which answers ---

    def marks(self, asked: Mapping[int, Weights]) -> Marks:
        """Return the answers that make conditions come to what they do, with the weight with which each is asked."""
        found = Marks()
        waiting = {number: weights for number, weights in asked.items() if weights.any()}
        in_order = [-number for number in waiting]  # those above a condition are asked before it
        heapify(in_order)
        while in_order:
            number = -heappop(in_order)
            weights, node = waiting.pop(number), self._graph.nodes[number]
            for part, own in self._down(number, node, weights, found):
                if own.any():
                    if part not in waiting:
                        heappush(in_order, -part)
                    raised(waiting, part, own)
        return found

    def _down(self, number: int, node: Node, weights: Weights, found: Marks) -> Iterator[tuple[int, Weights]]:
        match node.kind:
            case "always":
                return
            case "fact":
                assert isinstance(node.condition, Compare)  # noqa: S101 (by its kind)
                raised(found.facts, node.condition.fact, weights)
            case "not":
                yield node.parts[0], weights
            case "parts":
                codes = self.of(number)
                for part in node.parts:
                    own = weights * (self.seen_from(node.table, part) == codes)
                    yield part, self.asked_from(node.table, part, own)
            case "entries":
                assert isinstance(node.condition, Quantifier)  # noqa: S101 (by its kind)
                entity, (part,) = node.condition.entity, node.parts
                listed = self.reading.lists[entity]
                raised(found.lists, entity, weights * ~listed.there)
                own = self._of_entries(number, node.condition, part, weights * listed.there)
                yield part, self.asked_from(entity, part, own)
            case _:
                assert_never(node.kind)

    def _of_entries(self, number: int, quantifier: Quantifier, part: int, weights: Weights) -> Weights:
        """Return the weights of the entries that make a quantifier come to what it does."""
        of_case = self.reading.lists[quantifier.entity].of_case
        each = self.of(part)
        each = each[of_case] if self._graph.nodes[part].table == CASE else each
        came = self.of(number)[of_case]
        match quantifier.kind:
            case "some" | "every":
                named = each == came
            case "at_least" | "at_most":
                came = YES - came if quantifier.kind == "at_most" else came
                # What fails names the unknown ones too: they are not enough.
                named = np.where(came == NO, each != YES, each == came)
            case _:
                assert_never(quantifier.kind)
        found: Weights = weights[of_case] * named
        return found

    def asked_from(self, table: str, number: int, weights: Weights) -> Weights:
        """Return the weights with which a table asks for a condition as those of the condition itself."""
        if table == CASE or self._graph.nodes[number].table != CASE:
            return weights
        return self.reading.lists[table].in_cases(weights)
