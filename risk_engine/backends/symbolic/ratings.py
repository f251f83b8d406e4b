"""A dimension over every possible case: the bands of its points, and whether what is not critical reached the cap."""

from collections.abc import Sequence
from dataclasses import dataclass

from risk_engine.backends.symbolic.findings import Finding
from risk_engine.backends.symbolic.terms import Order, Term, at_most, both, is_at, negated, number, some, total
from risk_engine.model.ladders import SeverityPoints
from risk_engine.model.words import SEVERITIES

CRITICAL = SEVERITIES.index("critical")


@dataclass(frozen=True)
class Rating:
    """The bands of one dimension, each at least and at most, in the order of the set; and the cap likewise."""

    dimension: str
    inherent: tuple[Order, Order]
    residual: tuple[Order, Order]
    capped: tuple[Term, Term]


def rating(dimension: str, findings: Sequence[Finding], points: SeverityPoints) -> Rating:
    """Return the rating of a dimension from its findings (design, section 8)."""
    return Rating(
        dimension=dimension,
        inherent=_both_ends([(one.inherent, one.possible) for one in findings], points),
        residual=_both_ends([one.residual for one in findings], points),
        capped=_capped([one.residual for one in findings], points),
    )


def _both_ends(severities: Sequence[tuple[Order, Order]], points: SeverityPoints) -> tuple[Order, Order]:
    """Return the bands at least and at most; where no severity is open they are one."""
    least = _bands([low for low, _high in severities], points)
    if all(low is high for low, high in severities):
        return least, least
    return least, _bands([high for _low, high in severities], points)


def _bands(severities: Sequence[Order], points: SeverityPoints) -> Order:
    """Return the band of the sum of severities; what is not critical counts up to the cap."""
    first = min(points.bands, key=lambda one: points.bands[one])
    return tuple(True if name == first else _reaches(severities, least, points) for name, least in points.bands.items())


def _reaches(severities: Sequence[Order], least: int, points: SeverityPoints) -> Term:
    """Return whether the points together are at least so many."""
    critical, worth = [one[CRITICAL] for one in severities], points.of("critical")
    found: list[Term] = []
    for criticals in range(len(severities) + 1):
        left = least - criticals * worth
        if left <= 0:
            found.append(number(critical, criticals))
            break
        if left <= points.cap:
            found.append(both(number(critical, criticals), _below_critical(severities, left, points)))
    return some(found)


def _below_critical(severities: Sequence[Order], least: int, points: SeverityPoints) -> Term:
    weighted = [(is_at(one, place), points.of(SEVERITIES[place])) for one in severities for place in range(1, CRITICAL)]
    return total(weighted, least)


def _capped(bounds: Sequence[tuple[Order, Order]], points: SeverityPoints) -> tuple[Term, Term]:
    """Return whether what is not critical must, and may, reach the cap: the least and the most of each."""
    worths = [0 if place == CRITICAL else points.of(severity) for place, severity in enumerate(SEVERITIES)]
    steps = sorted({one for one in worths if one})
    least: list[tuple[Term, int]] = []
    most: list[tuple[Term, int]] = []
    for low, high in bounds:
        possible = [both(at_most(low, place), high[place]) for place in range(len(SEVERITIES))]
        earlier = 0
        for step in steps:
            some_reach = some(one for one, worth in zip(possible, worths, strict=True) if worth >= step)
            short = some(one for one, worth in zip(possible, worths, strict=True) if worth < step)
            most.append((some_reach, step - earlier))
            least.append((negated(short), step - earlier))
            earlier = step
    return total(least, points.cap), total(most, points.cap)
