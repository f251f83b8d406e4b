"""Which unanswered questions matter to many cases: those that could raise a finding, with its severity as weight.

They are told as `engine/assess.py` tells the gaps of one case: the weightiest first, then by their paths.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk_engine.portfolio.columns.case_truths import Reading
from risk_engine.portfolio.columns.contradictions import Walk, spread
from risk_engine.portfolio.columns.deciding_answers import Marks, Truths, Weights, raised, weighed
from risk_engine.portfolio.columns.findings import Asked
from risk_engine.portfolio.columns.layout import Cases, Entries, in_lists
from risk_engine.portfolio.columns.planes import Bits, Places, held_in, plane_at, plane_of
from risk_engine.portfolio.columns.ratings import RANKS


class Sought(NamedTuple):
    """Cases in one reading: what they come to, what says of its conditions, and of each finding how much it matters."""

    walk: Walk
    truths: Truths
    weights: Mapping[str, Weights]

    def marks(self, asked: Mapping[str, Asked]) -> Marks:
        """Return the unanswered facts that could raise findings: higher severities, knock-outs and lost options."""
        by_number: dict[int, Weights] = {}
        for name, weights in self.weights.items():
            if not weights.any():
                continue
            finding, read = self.walk.findings[name], self.walk.read
            low = spread(finding.inherent.low, finding.places, read.cases.number)
            for rank, number in asked[name].severities:
                raised(by_number, number, weights & read.truths[number].unknown & plane_of(low < rank))
            for number in asked[name].others:
                raised(by_number, number, weights & read.truths[number].unknown)
        return self.truths.marks(by_number)


def open_weights(walk: Walk, possible: Mapping[str, NDArray[Any]]) -> dict[str, Weights]:
    """Return how much an answer matters to each finding that is open: as much as that may come to in the end."""
    found = {}
    for name, one in walk.findings.items():
        is_open = spread(one.is_open, one.places, walk.read.cases.number)
        found[name] = weighed(possible[name] * is_open, RANKS - 1)
    return found


def in_all(marks: Marks, some: Cases, places: Places, stand: Mapping[str, Places], every: Cases) -> Marks:
    """Return marks of some cases, which have these places among all, as do their entries, as marks of all."""

    def of_cases(weights: Weights) -> Weights:
        return np.stack([plane_at(places[held_in(one, some.number)], every.number) for one in weights])

    def of_entries(entity: str, weights: Weights) -> Weights:
        own, slots = some.lists[entity].slots, every.lists[entity].slots
        bits = slots.bits[stand[entity]]
        return np.stack([plane_at(bits[own.held_in(one)], len(slots.entries)) for one in weights])

    found = Marks(lists={name: of_cases(weights) for name, weights in marks.lists.items()})
    for name, weights in marks.facts.items():
        if (entity := name.partition(".")[0]) in stand:
            found.facts[name] = of_entries(entity, weights)
        else:
            found.facts[name] = of_cases(weights)
    return found


# --- paths ---


class _Paths:
    """The paths that an entity may have, by numbers in the order in which paths are sorted."""

    def __init__(self, entity: str, facts: Sequence[str], entries: Entries | None) -> None:
        """Take the entity with its facts in order, an empty one for itself, and what entries there are."""
        self._entity, self._facts, self._ids = entity, facts, pl.Series([""])
        if entries is not None:
            several = entries.ids.unique()
            in_order = several.gather(
                (several + ".").arg_sort()
            )  # as paths are sorted: what comes after an id is a dot
            self._ids = pl.concat([self._ids, in_order + "."])
            self._own = 1 + entries.ids.cast(pl.Enum(in_order)).to_physical().to_numpy().astype(np.int64)
        self.size = len(self._ids) * len(facts)

    def numbers(self, fact: str, places: Places, *, of_entries: bool) -> Places | int:
        """Return the paths of a fact in some cases, or in some entries."""
        own = self._own[places] * len(self._facts) if of_entries else 0
        return own + self._facts.index(fact)

    def words(self, numbers: Places) -> pl.Series:
        """Return paths in words."""
        ids = self._ids.gather(numbers // len(self._facts))
        facts = pl.Series(self._facts, dtype=pl.String).gather(numbers % len(self._facts))
        return (f"{self._entity}." + ids + facts).str.strip_chars_end(".")


def paths(marks: Marks, reading: Reading) -> pl.Series:
    """Return of each case the paths of what is marked, the weightiest first."""
    by_entity: dict[str, list[str]] = {}
    for name in sorted((*marks.lists, *marks.facts)):
        entity, _dot, fact = name.partition(".")
        by_entity.setdefault(entity, []).append(fact)
    known = [_Paths(name, facts, reading.cases.lists.get(name)) for name, facts in sorted(by_entity.items())]
    begins = np.cumsum([0, *(one.size for one in known)])
    # A number for each path of a case, which sorts as they are told: by case, weight, and path.
    bits = int(begins[-1]).bit_length()
    keys = [np.zeros(0, np.int64)]
    for begin, of_entity, (entity, facts) in zip(begins, known, sorted(by_entity.items()), strict=False):
        for fact in facts:
            weights = marks.facts[f"{entity}.{fact}"] if fact else marks.lists[entity]
            entries = reading.cases.lists.get(entity) if fact else None
            if entries is None:
                cases = places = np.flatnonzero(held_in(weights[0], reading.cases.number))
                marked = Bits(places)
            else:
                slots = entries.slots
                lie = np.flatnonzero(held_in(weights[0] & slots.there, len(slots.entries)))
                places, marked = slots.entries[lie], Bits(lie)
                cases = entries.of_case[places]
            lighter = np.iinfo(np.uint8).max - reduce(add, [marked.of(one) for one in weights])
            number = begin + of_entity.numbers(fact, places, of_entries=entries is not None)
            keys.append((((cases << 8) | lighter) << bits) | number)
    every = pl.Series(np.concatenate(keys)).sort().to_numpy()  # takes a third of the time that NumPy takes
    numbers = every & ((1 << bits) - 1)
    occurs = np.zeros(begins[-1], bool)
    occurs[numbers] = True
    words = [pl.Series([], dtype=pl.String)]
    for begin, end, of_entity in zip(begins, begins[1:], known, strict=False):
        words.append(of_entity.words(np.flatnonzero(occurs[begin:end])))
    return in_lists(
        every >> (bits + 8),
        pl.concat(words, rechunk=True).gather((np.cumsum(occurs) - 1)[numbers]),
        reading.cases.number,
    )
