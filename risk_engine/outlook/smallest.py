"""All smallest sets of parts that reach a goal, those that cost least first; the best by each measure are among them.

A set is smallest if no part of it can be left out. Where a set does not reach the goal, the solver names parts of which
one at least is needed: what has none of them need not be tried. So it is asked about few sets only.
"""

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from risk_engine.backends.symbolic.terms import Term, negated
from risk_engine.outlook.offered import Part
from risk_engine.witness.space import Space, Verdict

Chosen: TypeAlias = frozenset[int]
"""Some of the parts, by their places."""
Cost: TypeAlias = tuple[int, ...]
"""What a set costs by each of the measures; the first that differs decides."""
Ask: TypeAlias = Callable[[Collection[int]], tuple[Verdict, Chosen]]

NUMBER, EFFORT, NEW = range(3)
ORDERS = ((NUMBER, EFFORT, NEW), (EFFORT, NUMBER, NEW), (NEW, NUMBER, EFFORT))
"""The orders of measures by each of which the best set is told; all are told in the first."""
BROAD = 1_000
"""So many sets are looked at in the order of the files among equals; after that those that are nearest to the goal."""
MOST = 30_000
"""So many sets are looked at, most of them without the solver, before the search is given up; about a second."""


class Smallest:
    """The smallest sets of parts with which a goal can be reached."""

    def __init__(self, space: Space, parts: Sequence[Part], goal: Sequence[Term]) -> None:
        """Take the space in which it is asked, what may be done, and what is to be reached."""
        self._space = space
        self._parts = parts
        self._goal = tuple(goal)
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
        left_out = [negated(one.done) for one in self._parts]
        with self._space.asked_with(self._goal, left_out) as ask:
            self.is_all = True
            found = list(islice(self._in_order(ORDERS[0], ask), limit + 1))
            if len(found) > limit:
                best = [one for order in ORDERS for one in islice(self._in_order(order, ask), 1)]
                found = list(dict.fromkeys([*best, *found]))[:limit]
                self.is_all = False
        found.sort(key=lambda one: (self._cost(one, ORDERS[0]), sorted(one)))
        return [tuple(self._parts[place] for place in sorted(one)) for one in found]

    def _in_order(self, order: Sequence[int], ask: Ask) -> Iterator[Chosen]:
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
            missed = self._missed(chosen, found, ask) if looked_at <= MOST else None
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

    def _missed(self, chosen: Chosen, found: Sequence[Chosen], ask: Ask) -> Chosen | None:
        """Return parts of which a set has none though it needs one; none where it reaches the goal, or no set can.

        None where the solver does not decide it.
        """
        if chosen in self._reaching:
            return frozenset()
        missed = next((one for one in self._needs if one.isdisjoint(chosen)), None)
        if missed is not None:
            return missed
        # What it needs apart from that is asked for as well: of how much is missing the order of all others hangs.
        whole = _whole(chosen, found)
        wider, first = chosen, len(self._needs)
        while True:
            verdict, missed = ask([place for place in range(len(self._parts)) if place not in wider])
            if verdict == "possible" and wider == chosen:
                self._reaching.add(chosen)
            if verdict != "impossible":
                break
            self._needs.append(missed)
            if missed <= whole:
                break
            wider |= missed - whole
        if verdict == "undecided" and wider == chosen:
            return None
        return self._needs[first] if wider != chosen or verdict == "impossible" else frozenset()

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
