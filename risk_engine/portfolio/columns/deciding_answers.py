"""Which answers made conditions come to what they do, over many cases: only those whose change matters (design, 6).

Conditions are a graph in which each stands once, after its parts. A truth is a number: 0 no, 1 unknown, 2 yes, so that
the least of several is `all_of` and the most `any_of`. What is asked of a condition is a weight for each case, 0 where
nobody asks; it goes down to the parts that are as the condition is, and ends at facts and at lists.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Any, TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from risk_engine.model.conditions import Compare, Quantifier
from risk_engine.portfolio.columns.case_truths import Reading
from risk_engine.portfolio.columns.conditions import CASE, Node
from risk_engine.portfolio.columns.layout import NO, YES
from risk_engine.portfolio.columns.planes import Codes

Weights: TypeAlias = NDArray[np.uint8]


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


class Truths:
    """What the conditions of a set come to in cases that were read, as numbers, and which answers make it so."""

    def __init__(self, reading: Reading) -> None:
        """Take the cases as they were read."""
        self.reading = reading
        self._nodes = reading.graph.nodes

    def of(self, number: int) -> Codes:
        """Return what a condition comes to in each case, or in each entry of its list."""
        return self.reading.codes(number)

    def seen_from(self, table: str, number: int) -> Codes:
        """Return what a condition comes to for each case or entry of a table; what is of the case is so for entries."""
        codes = self.of(number)
        if table == CASE or self._nodes[number].table != CASE:
            return codes
        return codes[self.reading.listed(table).of_case]

    # --- which answers ---

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
                codes = self.of(number)
                for part in node.parts:
                    own = weights * (self.seen_from(node.table, part) == codes)
                    yield part, self.asked_from(node.table, part, own)
            case "entries":
                assert isinstance(node.condition, Quantifier)  # noqa: S101 (by its kind)
                entity, (part,) = node.condition.entity, node.parts
                listed = self.reading.listed(entity)
                raised(found.lists, entity, weights * ~listed.there)
                own = self._of_entries(number, node.condition, part, weights * listed.there)
                yield part, self.asked_from(entity, part, own)
            case _:
                assert_never(node.kind)

    def _of_entries(self, number: int, quantifier: Quantifier, part: int, weights: Weights) -> Weights:
        """Return the weights of the entries that make a quantifier come to what it does."""
        of_case = self.reading.listed(quantifier.entity).of_case
        each = self.of(part)
        each = each[of_case] if self._nodes[part].table == CASE else each
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
        if table == CASE or self._nodes[number].table != CASE:
            return weights
        return self.reading.listed(table).entries.most(weights)
