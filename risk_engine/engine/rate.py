"""Findings to ratings: the points of each dimension as a pair, at least and at most, and the bands they fall in."""

from collections.abc import Sequence
from dataclasses import dataclass

from risk_engine.engine.find import Found
from risk_engine.model.ladders import SetHead, SeverityPoints
from risk_engine.model.words import SEVERITIES, Severity


@dataclass(frozen=True, slots=True)
class Rating:
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
        _rating(name, [one for one in counting if one.indicator.dimension == name], head) for name in head.dimensions
    )


def _rating(name: str, found: Sequence[Found], head: SetHead) -> Rating:
    points = head.severity
    residual = [one.residual for one in found]
    return Rating(
        dimension=name,
        inherent=_sums([(one.inherent, one.possible) for one in found], points),
        residual=_sums(residual, points),
        expected=_sums([one.expected for one in found], points),
        capped=_capped(residual, points),
    )


def _sums(bounds: Sequence[tuple[Severity, Severity]], points: SeverityPoints) -> tuple[int, int]:
    return _sum([low for low, _ in bounds], points), _sum([high for _, high in bounds], points)


def _sum(severities: Sequence[Severity], points: SeverityPoints) -> int:
    """Return the points of severities together: many that are not critical never sum to one that is."""
    critical = severities.count("critical") * points.of("critical")
    return critical + min(points.cap, sum(_below_critical(one, points) for one in severities))


def _capped(bounds: Sequence[tuple[Severity, Severity]], points: SeverityPoints) -> tuple[bool, bool]:
    """Return whether what is not critical must, and may, reach the cap.

    A finding that turns critical leaves this sum, so its bounds are not those of the severities: each finding adds the
    least and the most that any severity between its bounds would.
    """
    between = [
        [_below_critical(one, points) for one in SEVERITIES[SEVERITIES.index(low) : SEVERITIES.index(high) + 1]]
        for low, high in bounds
    ]
    return sum(min(one) for one in between) >= points.cap, sum(max(one) for one in between) >= points.cap


def _below_critical(severity: Severity, points: SeverityPoints) -> int:
    return 0 if severity == "critical" else points.of(severity)
