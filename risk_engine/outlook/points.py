"""The points, the cap and the bands of a set as numbers that can be moved, with the values that make a difference."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

from risk_engine.engine.rate import rate
from risk_engine.engine.replay import Replays
from risk_engine.engine.work import Worked
from risk_engine.model.ladders import SeverityPoints
from risk_engine.model.words import SEVERITIES
from risk_engine.outlook.number import Number, What

T = TypeVar("T")


def points(worked: Worked, replays: Replays) -> Iterator[Number]:
    """Yield the points of each severity, the limit of each band but the first, which is 0, and the cap."""
    severity = worked.criteria.head.severity

    def number(what: What, name: str, value: int, lowest: int, highest: int | None) -> Number:
        moved = partial(_moved, severity, what, name)
        return Number(
            what=what,
            name=name,
            title=severity.titles.get(name, name) if what == "band" else "",
            value=value,
            lowest=lowest,
            highest=highest,
            came_to=lambda other: replays.with_points(moved(other)),
            changes=partial(changes, lambda other: _seen(worked, moved(other)), value),
        )

    # Points may be equal, bands may not: what the loader refuses, no number is moved to.
    values = [severity.of(one) for one in SEVERITIES[1:]]
    around = zip([1, *values], values, [*values[1:], None], strict=False)
    for name, (lowest, value, highest) in zip(SEVERITIES[1:], around, strict=True):
        yield number("points", name, value, lowest, highest)
    for (_lower, first), (band, value) in pairwise(severity.bands.items()):
        above = next((one for one in severity.bands.values() if one > value), None)
        yield number("band", band, value, first + 1, None if above is None else above - 1)
    if severity.cap is not None:
        yield number("cap", "cap", severity.cap, 1, None)


def changes(of: Callable[[int], T], start: int, end: int) -> list[int]:
    """Return each number, from the start outward to the end, of which `of` says something else than of the one before.

    Every part of what `of` says must rise or fall all the way, so that what is alike at both ends is alike between.

    >>> changes(lambda value: value // 10, 15, 31)
    [20, 30]
    >>> changes(lambda value: value // 10, 15, 5)
    [9]
    """
    if of(start) == of(end):
        return []
    if abs(end - start) == 1:
        return [end]
    middle = (start + end) // 2
    return [*changes(of, start, middle), *changes(of, middle, end)]


def _moved(severity: SeverityPoints, what: What, name: str, value: int) -> SeverityPoints:
    match what:
        case "points":
            return severity.model_copy(update={"points": {**severity.points, name: value}})
        case "band":
            return severity.model_copy(update={"bands": {**severity.bands, name: value}})
        case _:
            return severity.model_copy(update={"cap": value})


def _seen(worked: Worked, severity: SeverityPoints) -> tuple[Any, ...]:
    """Return what ladders see of the ratings of dimensions."""
    head = worked.criteria.head.model_copy(update={"severity": severity})
    return tuple(
        (tuple(map(severity.band, one.inherent)), tuple(map(severity.band, one.residual)), one.capped)
        for one in rate(worked.found, head)
    )
