"""Which unanswered questions matter to many cases: those that could raise a finding, with its severity as weight.

They are told as `engine/assess.py` tells the gaps of one case: the weightiest first, then by their paths.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk_engine.portfolio.columns.contradictions import Walk, spread
from risk_engine.portfolio.columns.findings import Asked
from risk_engine.portfolio.columns.layout import UNKNOWN, in_lists
from risk_engine.portfolio.columns.planes import Bits, Places
from risk_engine.portfolio.columns.reading import Reading
from risk_engine.portfolio.columns.reads import Marks, Truths, Weights


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
            finding = self.walk.findings[name]
            bits, low = Bits(finding.places), finding.inherent.low
            every = [(number, low < rank) for rank, number in asked[name].severities]
            every += [(number, np.ones_like(low, bool)) for number in asked[name].others]
            for number, matters in every:
                own = weights * matters * (bits.codes(self.walk.read.truths[number]) == UNKNOWN)
                held = by_number.setdefault(number, np.zeros(self.walk.read.cases.number, np.uint8))
                held[finding.places] = np.maximum(held[finding.places], own)
        return self.truths.marks(by_number)


def open_weights(walk: Walk, possible: Mapping[str, NDArray[Any]]) -> dict[str, Weights]:
    """Return how much an answer matters to each finding that is open: as much as that may come to in the end.

    `possible` is said of every case, what is returned of those in which the finding is not absent.
    """
    return {name: (possible[name][one.places] * one.is_open).astype(np.uint8) for name, one in walk.findings.items()}


def in_all(marks: Marks, places: Places, stand: Mapping[str, Places], reading: Reading) -> Marks:
    """Return marks of some cases as marks of all of a reading."""
    found = Marks()
    for name, weights in marks.facts.items():
        own = stand.get(name.partition(".")[0])
        number = reading.cases.number if own is None else len(reading.cases.lists[name.partition(".")[0]].of_case)
        found.facts[name] = spread(weights, places if own is None else own, number)
    for name, weights in marks.lists.items():
        found.lists[name] = spread(weights, places, reading.cases.number)
    return found


# --- paths ---


def paths(marks: Marks, reading: Reading) -> pl.Series:
    """Return of each case the paths of what is marked, the weightiest first."""
    number = reading.cases.number
    entities = sorted({name.partition(".")[0] for name in (*marks.facts, *marks.lists)})
    of_case: list[NDArray[np.int64]] = []
    keys: list[tuple[NDArray[Any], ...]] = []
    named: list[pl.Series] = []
    ranks: dict[str, NDArray[np.int64]] = {}
    for name, weights in sorted({**marks.lists, **marks.facts}.items()):
        if not (there := np.flatnonzero(weights)).size:
            continue
        entity, _dot, fact = name.partition(".")
        listed, own = reading.cases.lists.get(entity), np.zeros(len(there), np.int64)
        place = pl.Series([name]).gather(np.zeros(len(there), np.uint32))
        cases = there
        if listed is not None and fact:
            ids = listed.ids
            if entity not in ranks:  # as paths are sorted: what comes after an id is a dot
                ranks[entity] = (ids + ".").rank("dense").to_numpy().astype(np.int64)
            own = ranks[entity][there]
            place, cases = f"{entity}." + ids.gather(there) + f".{fact}", listed.of_case[there]
        of_case.append(cases)
        named.append(place)
        keys.append(
            (
                -weights[there].astype(np.int8),
                np.full(len(there), entities.index(entity)),
                own,
                np.full(len(there), len(keys)),
            )
        )
    if not named:
        return in_lists(np.zeros(0, np.int64), pl.Series([], dtype=pl.String), number)
    every = np.concatenate(of_case)
    weight, entity_rank, entry_rank, fact_rank = (np.concatenate(several) for several in zip(*keys, strict=True))
    in_order = np.lexsort((fact_rank, entry_rank, entity_rank, weight, every))
    return in_lists(every[in_order], pl.concat(named).gather(in_order), number)
