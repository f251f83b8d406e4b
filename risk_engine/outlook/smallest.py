"""All smallest sets of parts that reach a goal, those that cost least first; the best by each measure are among them.

A set is smallest if no part of it can be left out: so is what is found at the least cost, once all sets that hold one
found already are left out.
"""

import ctypes
from collections.abc import Sequence
from typing import TypeAlias

import z3

from risk_engine.backends.symbolic.decode import is_true
from risk_engine.backends.symbolic.terms import Term, either, negated
from risk_engine.outlook.offered import Part
from risk_engine.witness.space import Space

Chosen: TypeAlias = tuple[int, ...]
"""Some of the parts, by their places."""


class Smallest:
    """The smallest sets of parts with which a goal can be reached."""

    def __init__(self, space: Space, parts: Sequence[Part], goal: Sequence[Term]) -> None:
        """Take the space in which it is asked, what may be done, and what is to be reached."""
        self._space = space
        self._parts = parts
        self._goal = tuple(goal)
        self._number = [1] * len(parts)
        self._effort = [one.effort for one in parts]
        self._new = [int(one.is_new) for one in parts]
        self.is_all = False
        """Whether the search ended by itself."""

    def up_to(self, limit: int) -> list[tuple[Part, ...]]:
        """Return so many of them: fewest parts first, then least effort, then fewest new ones, then in file order.

        Where there are more than that, the best by each of the three measures are among them.
        """
        in_order = (self._number, self._effort, self._new)
        first = [
            self._least(in_order),
            self._least((self._effort, self._number, self._new)),
            self._least((self._new, self._number, self._effort)),
        ]
        found = list(dict.fromkeys(one for one in first if one is not None))
        size = 0
        while (one := self._least(in_order, found, size)) is not None:
            size = len(one)
            if len(found) >= limit:
                return self._sorted(found)
            found.append(one)
        self.is_all = self._ended
        return self._sorted(found)

    def _sorted(self, found: Sequence[Chosen]) -> list[tuple[Part, ...]]:
        def cost(one: Chosen) -> tuple[int, ...]:
            return len(one), sum(self._effort[place] for place in one), sum(self._new[place] for place in one), *one

        return [tuple(self._parts[place] for place in one) for one in sorted(found, key=cost)]

    def _least(
        self, measures: Sequence[Sequence[int]], without: Sequence[Chosen] = (), at_least: int = 0
    ) -> Chosen | None:
        """Return the set that costs least by the first measure, then by the next; None where there is none left.

        No set that holds one of `without` counts; by the first measure all others cost `at_least` so much.
        """
        terms = [*self._goal, *(either(*(negated(self._parts[place].done) for place in one)) for one in without)]
        verdict, model = self._space.check(*terms)
        self._ended = verdict == "impossible"
        if model is None:
            return None
        for measure in measures:
            weighed = [(part.done, weight) for part, weight in zip(self._parts, measure, strict=True)]
            for cost in range(at_least, _sum(weighed, model)):
                _verdict, better = self._space.check(*terms, _at_most(weighed, cost))
                if better is not None:
                    model = better
                    break
            terms.append(_at_most(weighed, _sum(weighed, model)))
            at_least = 0
        return tuple(place for place, part in enumerate(self._parts) if is_true(model, part.done))


def _sum(weighed: Sequence[tuple[Term, int]], model: z3.ModelRef) -> int:
    return sum(weight for term, weight in weighed if is_true(model, term))


def _at_most(weighed: Sequence[tuple[Term, int]], most: int) -> Term:
    """Return whether the weights of the terms that hold sum to no more than this."""
    # `z3.PbLe` looks at the sort of every part, which takes longer than the answer.
    context = weighed[0][0].ctx
    terms = (z3.Ast * len(weighed))(*(term.as_ast() for term, _weight in weighed))
    weights = (ctypes.c_int * len(weighed))(*(weight for _term, weight in weighed))
    return z3.BoolRef(z3.Z3_mk_pble(context.ref(), len(weighed), terms, weights, most), context)
