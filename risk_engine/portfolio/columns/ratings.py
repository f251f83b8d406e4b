"""Findings of many cases to the points of dimensions, and to how many fulfil what ladders ask (design, section 8).

A finding is in one of few states: the ranks of its severities and of its knock-out, at least and at most. What it adds
to its dimension, and whether what is asked must and may hold of it, is looked up by that state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import Criteria
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.portfolio.columns.packed import Fields, Lookup, Numbers, Words, add
from risk_engine.portfolio.columns.seen import Sight, asked_of_results

Truths: TypeAlias = NDArray[np.bool_]
RANKS = len(SEVERITIES)


class Ends(NamedTuple):
    """Of every case at least and at most: ranks, points or truths."""

    low: NDArray[Any]
    high: NDArray[Any]


@dataclass(frozen=True)
class Findings:
    """What one indicator came to in the cases in which it is not absent, in ranks."""

    places: NDArray[np.int64]
    """Which cases these are."""
    inherent: Ends
    residual: Ends
    expected: Ends
    knock_out: Ends
    """The strongest that is not cured."""
    unknown: Truths | None
    """Whether it is open though its severity is not; None: it never is."""

    @property
    def is_open(self) -> Truths:
        """Whether answers are missing that could change it."""
        differs: Truths = self.inherent.low != self.inherent.high
        return differs if self.unknown is None else differs | self.unknown


@dataclass(frozen=True)
class Rating:
    """The points of a dimension in every case."""

    inherent: Ends
    residual: Ends
    expected: Ends
    capped: Ends


@dataclass(frozen=True)
class Rated:
    """What the findings of every case come to together."""

    dimensions: Mapping[str, Rating]
    counted: Mapping[tuple[str, Condition], Ends]
    """By entity and condition of how many findings, or dimensions, it must and may hold."""


class Ratings:
    """How the findings of a set add up on a day."""

    def __init__(self, criteria: Criteria, parameters: Mapping[str, Any], in_force: Sequence[str]) -> None:
        """Take the set, what its parameters are, and the indicators that count."""
        self._criteria = criteria
        self._in_force = in_force
        self._dimension = {name: criteria.indicators[name].dimension for name in in_force}
        self._sight = Sight(criteria, parameters)
        self._of_findings = asked_of_results(criteria, "finding")
        self._of_dimensions = asked_of_results(criteria, "dimension")
        head = criteria.head
        worth = {
            name: [head.severity.of(rank, criteria.indicators[name].points) for rank in SEVERITIES] for name in in_force
        }
        width = max(1, sum(max(own) for own in worth.values()).bit_length())
        self._hits = Fields([max(1, len(in_force).bit_length())] * (2 * len(self._of_findings)))
        self._points, self._expected = Fields([width] * 10), Fields([width] * 4)
        self._bands = list(head.severity.bands.values())
        # One after the other: what a finding counts for, and what it adds.
        states = self._hits.words + self._points.words
        self._states = {
            name: Lookup(
                states,
                (*(RANKS,) * 4, *(len(KNOCK_OUTS),) * 2, 2),
                lambda ranks, name=name, own=own: self._of_state(name, own, ranks),  # type: ignore[misc]
            )
            for name, own in worth.items()
        }
        self._pairs = {
            name: Lookup(
                self._expected.words,
                (RANKS, RANKS),
                lambda ranks, own=own: self._expected.packed(_apart(own, ranks)),  # type: ignore[misc]
            )
            for name, own in worth.items()
        }
        self._seen = {
            name: Lookup(
                1,
                (*(len(self._bands),) * 4, 2, 2),
                lambda ranks, name=name: [self._of_dimension(name, ranks)],  # type: ignore[misc]
            )
            for name in head.dimensions
        }

    def of(self, findings: Mapping[str, Findings], number: int) -> Rated:
        """Return what findings come to in so many cases; one that is left out is absent in all of them."""
        dimensions = tuple(self._criteria.head.dimensions)
        hits = self._hits.zeros(number)
        points = {name: self._points.zeros(number) for name in dimensions}
        expected = {name: self._expected.zeros(number) for name in dimensions}
        nothing = np.zeros(1, np.int8)
        for name in self._in_force:
            absent = self._states[name].of([nothing] * 7)  # of that no points come, but it may be what is asked for
            add(hits, absent[: self._hits.words])
            if (found := findings.get(name)) is not None:
                totals, own = (*hits, *points[self._dimension[name]]), expected[self._dimension[name]]
                digits = (*found.inherent, *found.residual, *found.knock_out, found.is_open)
                for total, word, none in zip(totals, self._states[name].of(digits), absent, strict=True):
                    total[found.places] += word - none
                for total, word in zip(own, self._pairs[name].of(found.expected), strict=True):
                    total[found.places] += word
        rated = {name: self._rating(name, points, expected) for name in dimensions}
        counted = {
            ("finding", where): Ends(*(self._hits.taken(hits, 2 * place + end) for end in (0, 1)))
            for place, where in enumerate(self._of_findings)
        }
        seen = np.array([self._dimension_seen(name, one) for name, one in rated.items()])
        counted |= {
            ("dimension", where): Ends(*((seen >> 2 * place + end & 1).sum(axis=0) for end in (0, 1)))
            for place, where in enumerate(self._of_dimensions)
        }
        return Rated(rated, counted)

    def _of_state(self, name: str, own: Sequence[int], ranks: Sequence[int]) -> list[int]:
        """Return what a finding in a state adds: to what is asked of findings, then to points."""
        seen = self._sight.finding(name, ranks)
        both = [self._sight.both("finding", where, seen) for where in self._of_findings]
        _low, _high, left_low, left_high, *_rest = ranks
        # A finding that turns critical leaves what may reach the cap, so that is not what its ends add.
        between = [_apart(own, [rank])[1] for rank in range(left_low, left_high + 1)]
        hits = self._hits.packed(int(one) for must_and_may in both for one in must_and_may)
        return [
            *hits,
            *self._points.packed([*_apart(own, ranks[:4]), min(between, default=0), max(between, default=0)]),
        ]

    def _of_dimension(self, name: str, ranks: Sequence[int]) -> int:
        """Return whether what is asked must, and may, hold of a dimension, as bits."""
        seen = self._sight.dimension(name, ranks)
        both = [self._sight.both("dimension", where, seen) for where in self._of_dimensions]
        return sum(int(one) << at for at, one in enumerate(one for must_and_may in both for one in must_and_may))

    def _rating(
        self, name: str, points: Mapping[str, Sequence[Words]], expected: Mapping[str, Sequence[Words]]
    ) -> Rating:
        under, cap = self._criteria.head.rated_under(name), self._criteria.head.severity.cap
        summed, agreed = (
            [sum(several[1:], several[0]) for several in zip(*(words[one] for one in under), strict=True)]
            for words in (points, expected)
        )

        def capped(fields: Fields, words: Sequence[Words], at: int) -> Numbers:
            critical, below = fields.taken(words, 2 * at), fields.taken(words, 2 * at + 1)
            return critical + (below if cap is None else np.minimum(below, cap))

        least, most = (self._points.taken(summed, place) for place in (8, 9))
        never = np.zeros(len(least), bool)
        return Rating(
            inherent=Ends(*(capped(self._points, summed, at) for at in (0, 1))),
            residual=Ends(*(capped(self._points, summed, at) for at in (2, 3))),
            expected=Ends(*(capped(self._expected, agreed, at) for at in (0, 1))),
            capped=Ends(never, never) if cap is None else Ends(least >= cap, most >= cap),
        )

    def _dimension_seen(self, name: str, rating: Rating) -> Numbers:
        # How many begin at so many points or fewer: a search for it guesses at branches, and takes ten times as long.
        bands = [
            sum((points >= least for least in self._bands), np.full(len(points), -1, np.int8))
            for points in (*rating.inherent, *rating.residual)
        ]
        (words,) = self._seen[name].of([*bands, *rating.capped])
        return words.astype(np.int64)


def _apart(own: Sequence[int], ranks: Sequence[int]) -> list[int]:
    """Return the points of severities, each as those of what is critical and of what is not."""
    critical = RANKS - 1
    return [points for rank in ranks for points in ((own[rank], 0) if rank == critical else (0, own[rank]))]
