"""Which answers made conditions come to what they do, over many cases: only those whose change matters (design, 6).

Conditions are a graph in which each stands once, after its parts. What is asked of a condition is a weight for each
case, 0 where nobody asks; it goes down to the parts that are as the condition is, and ends at facts and at lists.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import TypeAlias, TypeVar, assert_never

import numpy as np
from numpy.typing import NDArray

from risk_engine.model.conditions import Compare, Quantifier
from risk_engine.portfolio.columns.case_truths import Reading
from risk_engine.portfolio.columns.conditions import CASE, Node
from risk_engine.portfolio.columns.planes import Codes, Plane

Key = TypeVar("Key")
Weights: TypeAlias = NDArray[np.uint8]
"""A plane for each weight from 1 on, of where it is that much or more: so the higher of two weights is `|`."""


def weighed(numbers: Codes, most: int) -> Weights:
    """Return weights that are numbers, the highest of which there may be is given, as planes."""
    return np.packbits(numbers >= np.arange(1, most + 1, dtype=np.uint8)[:, None], axis=1, bitorder="little")


@dataclass
class Marks:
    """Weights of answers: by fact of each case, or entry as it lies in planes; by list of each case without entries."""

    facts: dict[str, Weights] = field(default_factory=dict)
    lists: dict[str, Weights] = field(default_factory=dict)

    def add(self, other: "Marks") -> None:
        """Take the higher weights of other marks too."""
        for own, those in ((self.facts, other.facts), (self.lists, other.lists)):
            for name, weights in those.items():
                raised(own, name, weights)


def raised(held: dict[Key, Weights], key: Key, weights: Weights) -> None:
    """Raise the weights of a key to these."""
    held[key] = held[key] | weights if key in held else weights


class Truths:
    """What the conditions of a set come to in cases that were read: which answers make it so."""

    def __init__(self, reading: Reading) -> None:
        """Take the cases as they were read."""
        self.reading = reading
        self._nodes = reading.graph.nodes

    def marks(self, asked: Mapping[int, Weights]) -> Marks:
        """Return the answers that make conditions come to what they do, with the weight with which each is asked."""
        found = Marks()
        waiting = {number: weights for number, weights in asked.items() if weights.any()}
        in_order = [-number for number in waiting]  # those above a condition are asked before it
        heapify(in_order)
        while in_order:
            number = -heappop(in_order)
            weights, node = waiting.pop(number), self._nodes[number]
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
            case "all" | "any":
                truth = self.reading.truths[number]
                for part in node.parts:
                    own = weights & self.reading.seen_from(node.table, part).same(truth)
                    yield part, self.asked_from(node.table, part, own)
            case "entries":
                assert isinstance(node.condition, Quantifier)  # noqa: S101 (by its kind)
                entity, (part,) = node.condition.entity, node.parts
                there = self.reading.listed(entity).there
                raised(found.lists, entity, weights & ~there)
                slots = self.reading.cases.lists[entity].slots
                own = np.stack([slots.of_cases(one) for one in weights & there])
                yield part, self.asked_from(entity, part, own & self._named(number, node.condition, part))
            case _:
                assert_never(node.kind)

    def _named(self, number: int, quantifier: Quantifier, part: int) -> Plane:
        """Return which entries make a quantifier come to what it does.

        Of a count that fails the reference names the unknown ones too, for they are not enough. Here they are left out:
        such a count is asked about where answers contradict each other, and what is unknown does not.
        """
        each, came = (self.reading.seen_from(quantifier.entity, one) for one in (part, number))
        match quantifier.kind:
            case "some" | "every" | "at_least":
                return each.same(came)
            case "at_most":  # it is not at least one more
                return each.same(came.opposite)
            case _:
                assert_never(quantifier.kind)

    def asked_from(self, table: str, number: int, weights: Weights) -> Weights:
        """Return the weights with which a table asks for a condition as those of the condition itself."""
        if table == CASE or self._nodes[number].table != CASE:
            return weights
        slots = self.reading.cases.lists[table].slots
        return np.stack([slots.so_many(one, 1) for one in weights])
