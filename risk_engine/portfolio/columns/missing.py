"""Which unanswered questions matter to many cases: those that could raise a finding, with its severity as weight.

They are told as `engine/assess.py` tells the gaps of one case: the weightiest first, then by their paths.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.portfolio.columns.contradictions import Places, Walk
from risk_engine.portfolio.columns.findings import conditions_of, in_force
from risk_engine.portfolio.columns.layout import UNKNOWN, in_lists
from risk_engine.portfolio.columns.reads import Graph, Marks, Reading, Truths, Weights, raised


class Waiting(NamedTuple):
    """The conditions of an indicator by their numbers: those of its severities with their ranks, and others."""

    severities: list[tuple[int, int]]
    others: list[int]


def waiting_of(graph: Graph, criteria: Criteria, on: date, profile: Profile | None) -> dict[str, Waiting]:
    """Return the conditions of the indicators in force, by their numbers in a graph."""
    found = {}
    for name in in_force(criteria, on):
        asked = conditions_of(criteria, name, on, profile)
        others = [*(one for _rank, one in asked.knock_outs), *asked.counts]
        found[name] = Waiting(
            [(rank, graph.node(one)) for rank, one in asked.severities],
            [graph.node(one) for one in others if one != "always"],
        )
    return found


class Sought(NamedTuple):
    """Cases in one reading: what they come to, what says of its conditions, and of each finding how much it matters."""

    walk: Walk
    truths: Truths
    weights: Mapping[str, Weights]

    def marks(self, waiting: Mapping[str, Waiting]) -> Marks:
        """Return the unanswered facts that could raise findings: higher severities, knock-outs and lost options."""
        asked: dict[int, Weights] = {}
        for name, weights in self.weights.items():
            if not weights.any():
                continue
            inherent = self.walk.findings[name].inherent.low
            for rank, number in waiting[name].severities:
                raised(asked, number, weights * (self.truths.of(number) == UNKNOWN) * (inherent < rank))
            for number in waiting[name].others:
                raised(asked, number, weights * (self.truths.of(number) == UNKNOWN))
        return self.truths.marks(asked)


def open_weights(walk: Walk, possible: Mapping[str, NDArray[Any]]) -> dict[str, Weights]:
    """Return how much an answer matters to each finding that is open: as much as that may come to in the end."""
    found: dict[str, Weights] = {}
    for name, one in walk.findings.items():
        is_open = one.is_open & (one.inherent.high > 0)
        found[name] = (possible[name] * is_open).astype(np.uint8)
    return found


def in_all(marks: Marks, places: Places, stand: Mapping[str, Places], reading: Reading) -> Marks:
    """Return marks of some cases as marks of all of a reading."""
    found = Marks()
    for name, weights in marks.facts.items():
        own = stand.get(name.partition(".")[0])
        number = reading.frame.height if own is None else len(reading.lists[name.partition(".")[0]].of_case)
        found.facts[name] = _spread(weights, places if own is None else own, number)
    for name, weights in marks.lists.items():
        found.lists[name] = _spread(weights, places, reading.frame.height)
    return found


def _spread(weights: Weights, places: Places, number: int) -> Weights:
    found = np.zeros(number, np.uint8)
    found[places] = weights
    return found


# --- paths ---


def paths(marks: Marks, reading: Reading) -> pl.Series:
    """Return of each case the paths of what is marked, the weightiest first."""
    number = reading.frame.height
    entities = sorted({name.partition(".")[0] for name in (*marks.facts, *marks.lists)})
    of_case: list[NDArray[np.int64]] = []
    keys: list[tuple[NDArray[Any], ...]] = []
    named: list[pl.Series] = []
    ranks: dict[str, NDArray[np.int64]] = {}
    for name, weights in sorted({**marks.lists, **marks.facts}.items()):
        if not (there := np.flatnonzero(weights)).size:
            continue
        entity, _dot, fact = name.partition(".")
        listed, own = reading.lists.get(entity), np.zeros(len(there), np.int64)
        place = pl.Series([name]).gather(np.zeros(len(there), np.uint32))
        cases = there
        if listed is not None and fact:
            ids = listed.entries.frame["id"]
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
