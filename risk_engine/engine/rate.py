"""Findings to ratings: the points of each dimension as a pair, at least and at most, and the bands they fall in."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from risk_engine.engine.find import Found
from risk_engine.model.ladders import SetHead, SeverityPoints
from risk_engine.model.words import SEVERITIES, Severity

Bounded: TypeAlias = tuple[Found, Severity, Severity]
"""A finding with the least and the most of one of its severities."""


class Rating(NamedTuple):
    """The points of one dimension; pairs are (at least, at most)."""

    dimension: str
    inherent: tuple[int, int]
    residual: tuple[int, int]
    expected: tuple[int, int]
    capped: tuple[bool, bool]
    """Whether what is not critical reached the cap after the controls in place."""


def rate(found: Sequence[Found], head: SetHead) -> tuple[Rating, ...]:
    """Return the rating of every dimension of the set, in its order (design, section 8)."""
    counting = [one for one in found if one.outcome != "absent"]
    return tuple(
        _rating(name, [one for one in counting if one.indicator.dimension in head.rated_under(name)], head.severity)
        for name in head.dimensions
    )


def rated(points: Mapping[str, Sequence[Any]]) -> tuple[Rating, ...]:
    """Return the rating of every dimension where a program said what it comes to."""
    return tuple(Rating(name, *bounds) for name, bounds in points.items())


def _rating(name: str, found: Sequence[Found], points: SeverityPoints) -> Rating:
    residual = [(one, *one.residual) for one in found]
    return Rating(
        dimension=name,
        inherent=_sums([(one, one.inherent, one.possible) for one in found], points),
        residual=_sums(residual, points),
        expected=_sums([(one, *one.expected) for one in found], points),
        capped=_capped(residual, points),
    )


def _sums(bounds: Sequence[Bounded], points: SeverityPoints) -> tuple[int, int]:
    return (
        _sum([(one, low) for one, low, _high in bounds], points),
        _sum([(one, high) for one, _low, high in bounds], points),
    )


def _sum(severities: Sequence[tuple[Found, Severity]], points: SeverityPoints) -> int:
    """Return the points of findings together: many that are not critical never sum to one that is."""
    worth = [(severity, points.of(severity, one.indicator.points)) for one, severity in severities]
    critical = sum(number for severity, number in worth if severity == "critical")
    return critical + points.capped(sum(number for severity, number in worth if severity != "critical"))


def _capped(bounds: Sequence[Bounded], points: SeverityPoints) -> tuple[bool, bool]:
    """Return whether what is not critical must, and may, reach the cap.

    A finding that turns critical leaves this sum, so its bounds are not those of the severities: each finding adds the
    least and the most that any severity between its bounds would.
    """
    if points.cap is None:
        return False, False
    between = [
        [
            0 if severity == "critical" else points.of(severity, one.indicator.points)
            for severity in SEVERITIES[SEVERITIES.index(low) : SEVERITIES.index(high) + 1]
        ]
        for one, low, high in bounds
    ]
    return sum(min(one) for one in between) >= points.cap, sum(max(one) for one in between) >= points.cap
