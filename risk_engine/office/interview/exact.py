"""How a case stands exactly, by a solver: what its bounds leave open and no answers can bring about is left out.

While very much is open the bounds and what is possible are the same, and the solver takes long; so it is asked once few
questions are left, and no list of which nobody has said what is in it. It needs the extra `audit`.
"""

from dataclasses import replace

from risk_engine.engine.work import Worked
from risk_engine.model.case import Case
from risk_engine.model.outlook import ExactRange
from risk_engine.office.interview.bounds import Bounds
from risk_engine.office.interview.standing import LadderStanding, Standing
from risk_engine.outlook.questions import irrelevant_questions
from risk_engine.outlook.still_open import StillOpen, exact_ranges

FEW = 20
"""From so few questions on, within a third of a second, it is told exactly what can still matter."""


class Exact:
    """Looks at cases as `Bounds` does, and exactly once few questions are left."""

    def __init__(self, base: Case | None) -> None:
        """Take the harmless case of the set that examples stay near to; without one they stay near the case itself."""
        self.bounds = Bounds()
        self._base = base

    def look(self, worked: Worked) -> Standing:
        """Return how a case stands."""
        found = self.bounds.look(worked)
        has_open_list = any(one.read.fact is None for one in found.deciding)
        if found.is_settled or found.matter > FEW or has_open_list:
            return found
        still = StillOpen(worked, self._base or worked.case)
        ranges = {one.ladder: one for one in exact_ranges(still)}
        ladders = tuple(_left(one, ranges[one.ladder], still.proposed[one.ladder].level) for one in found.ladders)
        idle = irrelevant_questions(still, tuple(ranges.values()))
        asked = tuple(one for one in found.deciding if one.read.path() not in idle)
        return replace(
            found,
            ladders=ladders,
            deciding=asked,
            further=tuple(one for one in found.deciding if one not in asked),
            waiting=frozenset(one for one in found.waiting if one.path() not in idle),
            is_exact=True,
        )


def _left(bounds: LadderStanding, exactly: ExactRange, now: str) -> LadderStanding:
    """Return the levels that can come out, what was not decided in its time among them; and the one that stands now."""
    left = {*(one.level for one in exactly.possible), *exactly.undecided, now}
    return replace(bounds, levels=tuple(one for one in bounds.levels if one in left))
