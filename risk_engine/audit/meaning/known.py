"""Cases that were found already and show more than they were looked for: none is searched for twice."""

from collections.abc import Sequence

import z3

from risk_engine.solver.encoding import is_true
from risk_engine.solver.space import Space
from risk_engine.solver.terms import Term


class Known:
    """The cases found in one space, each as the solver's answer with the number of facts in which it differs."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._found: list[tuple[int, z3.ModelRef]] = []

    def add(self, model: z3.ModelRef) -> None:
        """Keep a case."""
        self._found.append((self._differences(model), model))

    def least(self, goal: Sequence[Term]) -> z3.ModelRef | None:
        """Return a known case that fulfils a goal while none with fewer differences does; None without any.

        Among cases that differ in as many facts a reader gains more by one that stands there already than by the one
        that comes first in the file.
        """
        found = self._fewest(goal)
        if found is None:
            return None
        number, model = found
        return model if number == 0 or self._space.needs(number, *goal) else None

    def no_larger(self, goal: Sequence[Term], model: z3.ModelRef) -> z3.ModelRef:
        """Return a known case that fulfils a goal with no more differences than another one, else that one."""
        found = self._fewest(goal)
        return model if found is None or found[0] > self._differences(model) else found[1]

    def _fewest(self, goal: Sequence[Term]) -> tuple[int, z3.ModelRef] | None:
        fitting = [pair for pair in self._found if all(is_true(pair[1], one) for one in goal)]
        return min(fitting, key=lambda pair: pair[0], default=None)

    def _differences(self, model: z3.ModelRef) -> int:
        return sum(is_true(model, one) for one in self._space.blanks.differences())
