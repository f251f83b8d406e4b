"""What a program calls: findings and dimensions from what conditions came to, in ranks, each made once and kept.

A finding is kept with all that anybody asks of it: its bounds, what ladders see of it, what it adds to its dimension.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple, TypeVar

from risk_engine.model.criteria import Criteria
from risk_engine.model.words import KNOCK_OUTS, OUTCOMES, SEVERITIES, KnockOut, Outcome, Severity

SEEN = 4096
"""So many findings and dimensions are kept: most cases have the same ones."""

Pair = tuple[int, int]
Option = tuple[frozenset[str], frozenset[str], int | None, int]
"""The controls of an option as agreed and as in place, the severity that it leaves, and by how many it lowers."""
Rule = tuple[int, Sequence[int], Sequence[Option]]
"""What the walk knows of an indicator: its number, the kinds of its knock-outs, its control options."""


class Bounds(NamedTuple):
    """What one finding came to that is not absent; pairs are (at least, at most)."""

    outcome: Outcome
    inherent: Severity
    possible: Severity
    residual: tuple[Severity, Severity]
    expected: tuple[Severity, Severity]
    knock_out: tuple[KnockOut, KnockOut]
    knock_out_before: tuple[KnockOut, KnockOut]
    open: bool


class Points(NamedTuple):
    """The points of one dimension; pairs are (at least, at most)."""

    inherent: tuple[int, int]
    residual: tuple[int, int]
    expected: tuple[int, int]
    capped: tuple[bool, bool]


class Ranks(NamedTuple):
    """A finding in ranks, by the number of its indicator."""

    number: int
    inherent: int
    possible: int
    residual: Pair
    expected: Pair
    knock_out: Pair
    before: Pair
    open: bool


class Came(NamedTuple):
    """A finding that is not absent."""

    seen: tuple[int, ...]
    """What ladders see of it: its number, and for each fact the options that it may be, as bits."""
    name: str
    bounds: Bounds
    dimension: int
    worth: int
    """What it adds to its dimension: fourteen sums in one number, for they are added together."""


class Rated(NamedTuple):
    """What the findings of a dimension come to together."""

    seen: tuple[int, ...]
    points: Points


K = TypeVar("K")
V = TypeVar("V")


class Results:
    """Findings and dimensions of one set, as its rules stand in one time."""

    def __init__(self, criteria: Criteria, in_force: Sequence[str]) -> None:
        """Prepare what depends on no case."""
        head = criteria.head
        names, dimensions, grounds = list(criteria.indicators), list(head.dimensions), list(head.grounds)
        indicators = [criteria.indicators[name] for name in in_force]
        self._in_force = in_force
        self._dimensions = [dimensions.index(one.dimension) for one in indicators]
        self._fixed = [
            (1 << names.index(name), 1 << dimensions.index(one.dimension), 1 << grounds.index(one.ground))
            for name, one in zip(in_force, indicators, strict=True)
        ]
        self._worth = [[head.severity.of(rank, one.points) for rank in SEVERITIES] for one in indicators]
        self._width = sum(max(one) for one in self._worth).bit_length()
        self._under = [[dimensions.index(one) for one in head.rated_under(name)] for name in dimensions]
        self._cap = head.severity.cap
        self._bands = list(head.severity.bands.values())
        self._came: dict[Ranks, Came] = {}
        self._rated: dict[Pair, Rated] = {}

    def ready(self, rule: Rule) -> list[list[Came | None]]:
        """Return all that a rule can come to whose severities alone decide, by its possible and inherent severity."""
        held = (True,) * len(rule[1])
        ranks = range(len(SEVERITIES))
        return [
            [self.present(rule, inherent, possible, held, (), set(), set()) for inherent in range(possible + 1)]
            if possible
            else []
            for possible in ranks
        ]

    def present(  # noqa: PLR0913, PLR0917 (what the conditions of an indicator came to)
        self,
        rule: Rule,
        inherent: int,
        possible: int,
        holds: Sequence[bool | None],
        counts: Sequence[bool | None],
        in_place: set[str],
        agreed: set[str],
    ) -> Came:
        """Return a finding that is not absent (design, sections 8 and 9)."""
        number, kinds, options = rule
        counted = list(zip(options, counts, strict=True))
        complete = [(option, count) for option, count in counted if option[1] <= in_place]
        wanted = [(option, count) for option, count in counted if option[0] <= agreed]
        certain = max([kind for kind, one in zip(kinds, holds, strict=True) if one], default=0) if inherent else 0
        maybe = max([kind for kind, one in zip(kinds, holds, strict=True) if one is not False], default=0)
        before = certain, maybe
        if any(count is not False for _option, count in complete):
            certain = 0
        if any(count is True for _option, count in complete):
            maybe = 0
        ranks = Ranks(
            number,
            inherent,
            possible,
            _left(inherent, possible, complete),
            _left(inherent, possible, wanted),
            (certain, maybe),
            before,
            inherent != possible or None in holds or None in counts,
        )
        return self.came(ranks)

    def came(self, ranks: Ranks) -> Came:
        """Return a finding that is not absent, of which it is known what it came to."""
        return self._came.get(ranks) or keep(self._came, ranks, self._made(ranks))

    def _made(self, ranks: Ranks) -> Came:
        number, inherent, possible, residual, expected, knock_out, before, is_open = ranks
        seen = (
            number,
            *self._fixed[number],
            1 << OUTCOMES.index("present") if inherent else _range(0, len(OUTCOMES) - 1),
            _range(inherent, possible),
            1 << possible,
            _range(*residual),
            _range(*knock_out),
            1 << is_open,
        )
        bounds = Bounds(
            "present" if inherent else "undetermined",
            SEVERITIES[inherent],
            SEVERITIES[possible],
            (SEVERITIES[residual[0]], SEVERITIES[residual[1]]),
            (SEVERITIES[expected[0]], SEVERITIES[expected[1]]),
            (KNOCK_OUTS[knock_out[0]], KNOCK_OUTS[knock_out[1]]),
            (KNOCK_OUTS[before[0]], KNOCK_OUTS[before[1]]),
            is_open,
        )
        return Came(seen, self._in_force[number], bounds, self._dimensions[number], self._adds(ranks))

    def _adds(self, ranks: Ranks) -> int:
        """Return what a finding adds: at each end what is critical and what is not, then what may reach the cap."""
        own, critical = self._worth[ranks.number], len(SEVERITIES) - 1
        added: list[int] = []
        for severity in (ranks.inherent, ranks.possible, *ranks.residual, *ranks.expected):
            added += [own[severity], 0] if severity == critical else [0, own[severity]]
        low, high = ranks.residual
        between = [0 if one == critical else own[one] for one in range(low, high + 1)]
        return sum(one << at * self._width for at, one in enumerate((*added, min(between), max(between))))

    def rated(self, found: Iterable[Came]) -> list[Rated]:
        """Return what every dimension comes to: the points as the reference sums them (`engine.propose`), and bands."""
        sums = [0] * len(self._under)
        for one in found:
            sums[one.dimension] += one.worth
        return [self._dimension(place, sum([sums[one] for one in under])) for place, under in enumerate(self._under)]

    def _dimension(self, place: int, worth: int) -> Rated:
        return self._rated.get((place, worth)) or keep(self._rated, (place, worth), self._points(place, worth))

    def _points(self, place: int, worth: int) -> Rated:
        width, cap = self._width, self._cap
        *ends, least, most = (worth >> at * width & (1 << width) - 1 for at in range(14))
        points = [
            criticals + (below if cap is None else min(cap, below))
            for criticals, below in zip(ends[::2], ends[1::2], strict=True)
        ]
        inherent, residual, expected = ((points[at], points[at + 1]) for at in (0, 2, 4))
        capped = (False, False) if cap is None else (least >= cap, most >= cap)
        seen = place, 1 << place, self._band(inherent), self._band(residual), _range(*capped)
        return Rated(seen, Points(inherent, residual, expected, capped))

    def _band(self, points: Pair) -> int:
        """Return the bands that points may fall in, as bits."""
        low, high = points
        return _range(bisect_right(self._bands, low) - 1, bisect_right(self._bands, high) - 1)


def keep(kept: dict[K, V], key: K, made: V, most: int = SEEN) -> V:
    """Put it among what is kept, which is given up whole where there are so many already."""
    if len(kept) >= most:
        kept.clear()
    kept[key] = made
    return made


def _left(inherent: int, possible: int, options: Iterable[tuple[Option, bool | None]]) -> Pair:
    """Return what complete options leave: the lower bound takes those that may count, the upper does not."""
    low, high = inherent, possible
    for (_agreed, _shown, residual, lowers_by), count in options:
        if count is not False:
            low = min(low, inherent - lowers_by if residual is None else residual)
        if count:
            high = min(high, possible - lowers_by if residual is None else residual)
    return max(low, 0), max(high, 0)


def _range(low: int, high: int) -> int:
    """Return the ranks from `low` to `high` as bits."""
    return (2 << high) - (1 << low)


def unlike(chosen: Sequence[str], options: Sequence[str]) -> bool:
    """Return whether chosen options are others than these; their order means nothing."""
    return set(chosen) != set(options)


SEEN_OF = itemgetter(0)
"""Both kinds of results begin with what ladders see of them."""
