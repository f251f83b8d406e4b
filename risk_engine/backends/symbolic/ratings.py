"""A dimension over every possible case: the bands of its points, and whether what is not critical reached the cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from risk_engine.backends.symbolic.findings import Finding
from risk_engine.backends.symbolic.terms import Order, Term, at_most, both, is_at, negated, some, total
from risk_engine.model.ladders import SeverityPoints
from risk_engine.model.words import SEVERITIES

CRITICAL = SEVERITIES.index("critical")

Worth: TypeAlias = Sequence[int]
"""What one finding counts at each severity."""


@dataclass(frozen=True)
class Rating:
    """The bands of one dimension, each at least and at most, in the order of the set; and the cap likewise."""

    dimension: str
    inherent: tuple[Order, Order]
    residual: tuple[Order, Order]
    capped: tuple[Term, Term]


def rating(dimension: str, findings: Sequence[Finding], points: SeverityPoints) -> Rating:
    """Return the rating of a dimension from its findings (design, section 8)."""
    worths = [[points.of(severity, one.indicator.points) for severity in SEVERITIES] for one in findings]
    residual = [one.residual for one in findings]
    return Rating(
        dimension=dimension,
        inherent=_both_ends([(one.inherent, one.possible) for one in findings], worths, points),
        residual=_both_ends(residual, worths, points),
        capped=_capped(residual, worths, points.cap),
    )


def _both_ends(
    severities: Sequence[tuple[Order, Order]], worths: Sequence[Worth], points: SeverityPoints
) -> tuple[Order, Order]:
    """Return the bands at least and at most; where no severity is open they are one."""
    least = _bands([low for low, _high in severities], worths, points)
    if all(low is high for low, high in severities):
        return least, least
    return least, _bands([high for _low, high in severities], worths, points)


def _bands(severities: Sequence[Order], worths: Sequence[Worth], points: SeverityPoints) -> Order:
    """Return the band of the sum of severities; what is not critical counts up to the cap."""
    first = min(points.bands, key=lambda one: points.bands[one])
    return tuple(
        True if name == first else _reaches(severities, worths, least, points.cap)
        for name, least in points.bands.items()
    )


def _reaches(severities: Sequence[Order], worths: Sequence[Worth], least: int, cap: int | None) -> Term:
    """Return whether the points together are at least so many: what is critical, and what the rest adds to it."""
    critical = [(one[CRITICAL], worth[CRITICAL]) for one, worth in zip(severities, worths, strict=True)]
    below = [
        (is_at(one, place), worth[place])
        for one, worth in zip(severities, worths, strict=True)
        for place in range(1, CRITICAL)
        if worth[place]
    ]
    if cap is None:
        return total([*critical, *below], least)
    found: list[Term] = []
    for sum_of_criticals in _sums([worth for _term, worth in critical], least):
        left = least - sum_of_criticals
        if left <= 0:
            found.append(total(critical, sum_of_criticals))
        elif left <= cap:
            found.append(both(total(critical, sum_of_criticals), total(below, left)))
    return some(found)


def _sums(worths: Sequence[int], most: int) -> list[int]:
    """Return every sum that some of these make, up to the first that is enough."""
    sums = {0}
    for worth in worths:
        sums |= {one + worth for one in sums if one < most}
    enough = min((one for one in sums if one >= most), default=None)
    return sorted(one for one in sums if one < most or one == enough)


def _capped(bounds: Sequence[tuple[Order, Order]], worths: Sequence[Worth], cap: int | None) -> tuple[Term, Term]:
    """Return whether what is not critical must, and may, reach the cap: the least and the most of each."""
    if cap is None:
        return False, False
    least: list[tuple[Term, int]] = []
    most: list[tuple[Term, int]] = []
    for (low, high), worth in zip(bounds, worths, strict=True):
        below = [*worth[:CRITICAL], 0]
        possible = [both(at_most(low, place), high[place]) for place in range(len(SEVERITIES))]
        earlier = 0
        for step in sorted({one for one in below if one}):
            some_reach = some(one for one, here in zip(possible, below, strict=True) if here >= step)
            short = some(one for one, here in zip(possible, below, strict=True) if here < step)
            most.append((some_reach, step - earlier))
            least.append((negated(short), step - earlier))
            earlier = step
    return total(least, cap), total(most, cap)
