"""Whether a result stands if the numbers of its criteria were others: parameters, points, bands and the cap.

Each is moved down and up by 10, 25 and 50 %, rounded away from what it is, and not only to these three values: between
them the first one that tips headline or gate is looked for.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, TypeAlias

from risk_engine.engine.replay import Levels, Replays
from risk_engine.engine.work import Worked
from risk_engine.model.outlook import Tips
from risk_engine.outlook.number import Number
from risk_engine.outlook.parameters import parameters
from risk_engine.outlook.points import points

Percent: TypeAlias = Literal[10, 25, 50]
PERCENTS: tuple[Percent, ...] = (10, 25, 50)
"""By how much a number is moved."""


class Stability(NamedTuple):
    """Which numbers tip the result, how many were moved, and how many of their moves no criteria could have."""

    tips: tuple[Tips, ...]
    tried: int
    refused: int


def stability(worked: Worked, replays: Replays) -> Stability:
    """Return every number that tips headline or gate, in each direction the first value that does, nearest first."""
    tips: list[Tips] = []
    refused = 0
    every = [*parameters(worked, replays), *points(worked, replays)]
    for number in every:
        for sign in (-1, 1):
            ends = {percent: number.value + sign * step(number.value, percent) for percent in PERCENTS}
            refused += sum(number.clipped(end) != end for end in ends.values())
            tips += _first(number, ends, replays.now)
    return Stability(tuple(sorted(tips, key=lambda one: one.percent)), len(every), refused)


def step(value: int, percent: Percent) -> int:
    """Return so many percent of a number, rounded up: a moved number is rounded away from what it was.

    >>> [step(5, percent) for percent in PERCENTS]
    [1, 2, 3]
    """
    return -(-abs(value) * percent // 100)


def _first(number: Number, ends: Mapping[Percent, int], now: Levels) -> Iterator[Tips]:
    """Yield the first value that tips the result on the way to the last end, if one does."""
    for value in number.changes(number.clipped(ends[PERCENTS[-1]])):
        if (reached := number.came_to(value)) != now:
            away = abs(value - number.value)
            yield Tips(
                what=number.what,
                name=number.name,
                title=number.title,
                value=number.value,
                tips_at=value,
                percent=next(one for one, end in ends.items() if away <= abs(end - number.value)),
                reached=reached,
            )
            return
