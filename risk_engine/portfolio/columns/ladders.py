"""Levels of ladders over many cases, with their ranges: what must hold and what may (design, sections 4 and 9)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

import numpy as np
from numpy.typing import NDArray

from risk_engine.model.conditions import AllOf, AnyOf, Compare, Condition, Holds, Not, Quantifier, negation
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Ladder
from risk_engine.portfolio.columns.ratings import Ends, Rated

Places: TypeAlias = NDArray[np.int8]


@dataclass(frozen=True)
class Level:
    """What a ladder came to in every case, in places of its levels; the rule is -1 for `otherwise`."""

    rule: NDArray[np.int16]
    level: Places
    lowest: Places
    highest: Places

    def __getitem__(self, cases: slice) -> "Level":
        """Return what it came to in some of the cases."""
        return Level(self.rule[cases], self.level[cases], self.lowest[cases], self.highest[cases])


def level_of(ladder: Ladder, truths: "Truths", number: int) -> Level:
    """Return what a ladder comes to in so many cases."""
    levels = list(ladder.levels)
    otherwise = np.int8(levels.index(ladder.otherwise.level))
    rule = np.full(number, -1, np.int16)
    level, lowest, highest = (np.full(number, otherwise, np.int8) for _ in range(3))
    waits, undecided = np.ones(number, bool), np.ones(number, bool)
    """The cases that no rule above decided for certain, and those that none decided."""
    for place, one in enumerate(ladder.rules):
        reached = np.int8(levels.index(one.level))
        must, may = truths.both(one.when)
        first = (may if one.provisional else must) & waits & undecided
        # Each case is taken once, so what it was is `otherwise`; to set what a mask says takes far longer.
        rule += first * np.int16(place + 1)
        level += first * (reached - otherwise)
        undecided &= ~first
        if not one.provisional:
            np.maximum(highest, (waits & may) * reached, out=highest)
            must = waits & must
            lowest += must * (reached - otherwise)
            waits &= ~must
    return Level(rule, level, lowest, np.maximum(lowest, highest))


class Truths:
    """Conditions over findings and dimensions of all cases: what must hold, and what may."""

    def __init__(self, criteria: Criteria, rated: Rated, of_answers: Callable[[Condition], Ends]) -> None:
        """Take the set, what findings come to, and what says of the answers alone whether a condition holds."""
        self._criteria = criteria
        self._rated = rated
        self._of_answers = of_answers
        self._held: dict[str, Ends] = {}

    def both(self, condition: Condition) -> Ends:
        """Return whether a condition must, and may, hold in every case."""
        match condition:
            case AllOf(all_of=parts):
                both = [self.both(part) for part in parts]
                return Ends(*(np.logical_and.reduce(end) for end in zip(*both, strict=True)))
            case AnyOf(any_of=parts):
                both = [self.both(part) for part in parts]
                return Ends(*(np.logical_or.reduce(end) for end in zip(*both, strict=True)))
            case Not(not_=part):
                return _opposite(self.both(part))
            case Holds(holds=name):
                if name not in self._held:
                    self._held[name] = self.both(self._criteria.definitions[name])
                return self._held[name]
            case Quantifier(entity=entity) if entity not in self._criteria.entities:
                return self._quantified(condition)
            case Compare() | Quantifier():
                return self._of_answers(condition)
            case _:
                assert_never(condition)

    def _quantified(self, node: Quantifier) -> Ends:
        match node.kind:
            case "some" | "at_least":
                return self._counted(node.entity, node.where, node.bound)
            case "every":
                return _opposite(self._counted(node.entity, negation(node.where), node.bound))
            case "at_most":
                return _opposite(self._counted(node.entity, node.where, node.bound + 1))
            case _:
                assert_never(node.kind)

    def _counted(self, entity: str, where: Condition, number: int) -> Ends:
        return Ends(*(one >= number for one in self._rated.counted[entity, where]))


def _opposite(both: Ends) -> Ends:
    return Ends(~both.high, ~both.low)
