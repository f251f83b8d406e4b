"""All smallest sets of parts that reach a goal, those that cost least first; the best by each measure are among them.

A set is smallest if no part of it can be left out. Whoever knows the goal is asked about few sets: of one that does not
reach it he names parts of which one at least is needed, and what has none of them need not be asked about. So the sets
are the minimal hitting sets of these needs.
"""

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from risk_engine.outlook.offers import Part
from risk_engine.solver.space import Verdict

Chosen: TypeAlias = frozenset[int]
"""Some of the parts, by their places."""
Cost: TypeAlias = tuple[int, ...]
"""What a set costs by each of the measures; the first that differs decides."""
Ask: TypeAlias = Callable[[Collection[int]], tuple[Verdict, Chosen]]
"""Whether the goal can be reached without some parts, and if not, some of them that cannot all be left out."""

NUMBER, EFFORT, NEW = range(3)
ORDERS = ((NUMBER, EFFORT, NEW), (EFFORT, NUMBER, NEW), (NEW, NUMBER, EFFORT))
"""The orders of measures by each of which the best set is told; all are told in the first."""
BROAD = 1_000
"""Of sets that cost the same the first in the files are looked at first, of so many; then those that lack least."""
MOST = 10_000
"""So many sets are looked at, most of them without asking, before the search is given up: seconds at the most."""


class HittingSets:
    """The smallest sets of parts with which a goal can be reached."""

    def __init__(self, parts: Sequence[Part], ask: Ask) -> None:
        """Take what may be done, and who knows of parts whether the goal can be reached without them."""
        self._parts = parts
        self._ask = ask
        self._costs = [(1, one.effort, int(one.is_new)) for one in parts]
        self._needs: list[Chosen] = []
        self._reaching: set[Chosen] = set()
        self.is_all = False
        """Whether the search ended by itself."""

    def up_to(self, limit: int) -> list[tuple[Part, ...]]:
        """Return so many of them: fewest parts first, then least effort, then fewest new ones, then in file order.

        Where there are more than that, the best by each of the three measures are among them.
        """
        limit = max(limit, len(ORDERS))
        self.is_all = True
        found = list(islice(self._in_order(ORDERS[0]), limit + 1))
        if len(found) > limit:
            best = [one for order in ORDERS for one in islice(self._in_order(order), 1)]
            found = list(dict.fromkeys([*best, *found]))[:limit]
            self.is_all = False
        found.sort(key=lambda one: (self._cost(one, ORDERS[0]), sorted(one)))
        return [tuple(self._parts[place] for place in sorted(one)) for one in found]

    def _in_order(self, order: Sequence[int]) -> Iterator[Chosen]:
        """Yield the smallest sets, those that cost least first; `is_all` is false after it where it was given up."""
        found: list[Chosen] = []
        waiting: list[tuple[Cost, int, list[int], Chosen]] = []
        known: set[Chosen] = set()
        looked_at = 0

        def wait(one: Chosen) -> None:
            least = self._least(one, found, order)
            if least is not None:
                depth = len(one) if looked_at < BROAD else -len(one)
                heapq.heappush(waiting, (least, depth, sorted(one), one))

        wait(frozenset())
        while waiting:
            looked_at += 1
            before, *_ties, chosen = heapq.heappop(waiting)
            least = self._least(chosen, found, order)
            if least is None:
                continue
            if least > before:  # more is known by now of what it needs
                wait(chosen)
                continue
            missed = self._missed(chosen, found) if looked_at <= MOST else None
            if missed is None:
                self.is_all = False
                return
            if chosen in self._reaching:
                found.append(chosen)
                yield chosen
            for one in (chosen | {place} for place in missed):
                if one not in known:
                    known.add(one)
                    wait(one)

    def _missed(self, chosen: Chosen, found: Sequence[Chosen]) -> Chosen | None:
        """Return parts of which a set has none though it needs one; none where it reaches the goal, or no set can.

        None where that is not decided.
        """
        if chosen in self._reaching:
            return frozenset()
        missed = next((one for one in self._needs if one.isdisjoint(chosen)), None)
        if missed is not None:
            return missed
        verdict, missed = self._ask(self._without(chosen))
        if verdict == "undecided":
            return None
        if verdict == "possible":
            self._reaching.add(chosen)
        else:
            self._learn(chosen, missed, _whole(chosen, found))
        return missed

    def _learn(self, chosen: Chosen, missed: Chosen, whole: Collection[int]) -> None:
        """Note what a set needs, and what it needs beside that: the more is known, the fewer sets are looked at."""
        self._needs.append(missed)
        while left := missed.difference(whole):
            chosen |= left
            verdict, missed = self._ask(self._without(chosen))
            if verdict != "impossible":
                return
            self._needs.append(missed)

    def _without(self, chosen: Chosen) -> list[int]:
        return [place for place in range(len(self._parts)) if place not in chosen]

    def _least(self, chosen: Chosen, found: Sequence[Chosen], order: Sequence[int]) -> Cost | None:
        """Return what a smallest set with these parts costs at least; None where it would hold one found already."""
        if any(one <= chosen for one in found):
            return None
        whole = _whole(chosen, found)
        costs = [self._cost(chosen, order)]
        apart: set[int] = set()
        for need in self._needs:
            if need.isdisjoint(chosen):
                left = need - whole
                if not left:
                    return None
                if left.isdisjoint(apart):
                    apart |= left
                    costs.append(min(self._cost([place], order) for place in left))
        return _sum(costs)

    def _cost(self, chosen: Collection[int], order: Sequence[int]) -> Cost:
        return _sum([[self._costs[place][measure] for measure in order] for place in chosen] or [[0] * len(order)])


def _sum(costs: Collection[Sequence[int]]) -> Cost:
    return tuple(map(sum, zip(*costs, strict=True)))


def _whole(chosen: Chosen, found: Sequence[Chosen]) -> set[int]:
    """Return the parts of which each alone makes a set hold one that was found."""
    return {place for one in found if len(left := one - chosen) == 1 for place in left}
