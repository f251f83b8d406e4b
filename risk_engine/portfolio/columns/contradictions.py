"""Cases whose answers contradict each other: read again without what is open then, and what all readings come to.

It follows `engine/resolve.py` and `engine/find.py`, where the same is said of one case: a superfluous answer counts as
it is stated and set aside, whichever is worse; what contradicts is open again and can only make a finding worse.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk_engine.model.criteria import Criteria
from risk_engine.model.references import reopening
from risk_engine.portfolio.columns.answers import broken
from risk_engine.portfolio.columns.layout import Cases, Entries
from risk_engine.portfolio.columns.questions import Questions
from risk_engine.portfolio.columns.ratings import Ends, Findings
from risk_engine.portfolio.columns.reads import Graph, Listed, Marks, Reading, Truths, Weights

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Walk:
    """Cases with the columns of one reading of their answers, and what every finding comes to in it."""

    read: Reading
    findings: Mapping[str, Findings]


@dataclass(frozen=True)
class Readings:
    """Cases as they are stated, with superfluous answers set aside, and with contradicting ones open."""

    places: Places
    """Where the cases stand among all."""
    stand: Mapping[str, Places]
    """By list where their entries stand among all."""
    left: Mapping[str, Places]
    """Which of these are left where answers are open again."""
    stated: Walk
    aside: Walk
    again: Walk

    def worst(self, name: str) -> tuple[Findings, Findings]:
        """Return a finding in both readings without what is open again as one, and in the one with it."""
        number = len(self.places)
        stated, aside, again = (whole(one.findings.get(name), number) for one in (self.stated, self.aside, self.again))
        return at_least(stated, aside), again

    def together(self) -> dict[str, Findings]:
        """Return what every finding comes to in these cases."""
        names = {**self.stated.findings, **self.aside.findings, **self.again.findings}
        return {name: reopened(*self.worst(name)) for name in names}


def whole(found: Findings | None, number: int) -> Findings:
    """Return a finding of so many cases that says nothing but none where it is absent, and whether it is open."""
    if found is None:
        none = np.zeros(number, np.int8)
        ends = Ends(none, none)
        return Findings(ends, ends, ends, ends, np.zeros(number, bool))
    there = found.inherent.high > 0
    pairs = {what: getattr(found, what) for what in PAIRS}
    masked = {what: Ends(one.low * there, one.high * there) for what, one in pairs.items()}
    return Findings(**masked, unknown=found.is_open & there)


def at_least(stated: Findings, aside: Findings) -> Findings:
    """Return a finding with superfluous answers as the worse of both in all."""
    pairs = {what: (getattr(stated, what), getattr(aside, what)) for what in PAIRS}
    worse = {
        what: Ends(np.maximum(one.low, other.low), np.maximum(one.high, other.high))
        for what, (one, other) in pairs.items()
    }
    return Findings(**worse, unknown=stated.is_open | aside.is_open)


def reopened(stated: Findings, again: Findings) -> Findings:
    """Return a finding whose certain part stays as it was stated, and whose possible part is the worse of both."""
    pairs = {what: (getattr(stated, what), getattr(again, what)) for what in PAIRS}
    wider = {what: Ends(one.low, np.maximum(one.high, other.high)) for what, (one, other) in pairs.items()}
    return Findings(**wider, unknown=stated.is_open | is_wider(stated, again))


def is_wider(stated: Findings, again: Findings) -> NDArray[np.bool_]:
    """Return where the other reading adds something to a finding; as it was agreed does not matter."""
    higher = [getattr(again, what).high > getattr(stated, what).high for what in ("inherent", "residual", "knock_out")]
    found: NDArray[np.bool_] = np.logical_or.reduce(higher)
    return found


PAIRS = ("inherent", "residual", "expected", "knock_out")


def put(
    found: Mapping[str, Findings], places: Places, changed: Mapping[str, Findings], number: int
) -> dict[str, Findings]:
    """Return findings of so many cases, of which some came to something else."""
    result = dict(found)
    for name, of_some in changed.items():
        if not of_some.inherent.high.any() and name not in found:
            continue
        own = found.get(name) or whole(None, number)
        pairs = {}
        for what in PAIRS:
            ends, new = getattr(own, what), getattr(of_some, what)
            pairs[what] = Ends(*(_put(one, places, other) for one, other in zip(ends, new, strict=True)))
        result[name] = Findings(**pairs, unknown=_put(own.is_open, places, of_some.is_open))
    return result


def _put(values: NDArray[Any], places: Places, new: NDArray[Any]) -> NDArray[Any]:
    changed = values.copy()
    changed[places] = new
    return changed


# --- which answers are open again ---


def contradicting(criteria: Criteria, graph: Graph, questions: Questions, truths: Truths) -> Marks:
    """Return the answers of cases, as one reading settles them, that contradict each other so that they are open."""
    asked: dict[int, Weights] = {}
    for name in reopening(criteria):
        invariant = criteria.invariants.facts[name]
        breaks = truths.reading.frame[broken(name)].to_numpy().astype(np.uint8)
        for one in (invariant.whenever, invariant.then):
            number = graph.node(one)
            asked[number] = np.maximum(asked[number], breaks) if number in asked else breaks
    made_by = Marks(truths.marks(asked).facts)
    superfluous, closing = questions.superfluous(truths)
    for marks in (superfluous, closing):
        made_by.add(Marks(marks.facts))
    return Marks(questions.stated(made_by, truths).facts, superfluous.lists)


def without(cases: Cases, marks: Marks) -> tuple[Cases, dict[str, Places]]:
    """Return cases without the answers that are marked, and which entries of each list are left."""
    frame = _opened(cases.frame, marks)
    lists: dict[str, Entries] = {}
    left: dict[str, Places] = {}
    for name, entries in cases.lists.items():
        stays = ~marks.lists[name].astype(bool) if name in marks.lists else np.ones(frame.height, bool)
        opened = replace(entries, frame=_opened(entries.frame, marks))
        lists[name], left[name] = _entries(opened, stays, np.where(stays, np.diff(entries.first), 0))
        lists[name] = replace(lists[name], answered=entries.answered & stays)
    return replace(cases, frame=frame, lists=lists), left


def taken(cases: Cases, places: Places) -> tuple[Cases, dict[str, Places]]:
    """Return some of the cases, in their order, and where their entries stand among all of each list."""
    wanted = np.zeros(cases.frame.height, bool)
    wanted[places] = True
    lists: dict[str, Entries] = {}
    stand: dict[str, Places] = {}
    for name, entries in cases.lists.items():
        own, stand[name] = _entries(entries, wanted, np.diff(entries.first)[places])
        lists[name] = replace(own, answered=entries.answered[places])
    in_place, agreed = (
        {name: one[places] for name, one in several.items()} for several in (cases.in_place, cases.agreed)
    )
    return Cases(cases.frame[places], lists, in_place, agreed), stand


def part_of(walk: Walk, places: Places, stand: Mapping[str, Places]) -> Walk:
    """Return a walk of some of its cases, whose entries stand in these places."""
    read = walk.read
    lists = {}
    for name, one in read.lists.items():
        numbers = np.diff(one.entries.first)[places]
        entries = Entries(
            frame=one.entries.frame[stand[name]],
            first=np.concatenate([[0], np.cumsum(numbers)]),
            answered=one.entries.answered[places],
            blank=one.entries.blank[stand[name]],
        )
        lists[name] = Listed(entries, one.emptied[places], one.unknown[places])
    found = {
        name: Findings(
            **{what: Ends(*(end[places] for end in getattr(one, what))) for what in PAIRS},
            unknown=None if one.unknown is None else one.unknown[places],
        )
        for name, one in walk.findings.items()
    }
    return Walk(Reading(read.frame[places], lists, read.odd[places]), found)


def _opened(frame: pl.DataFrame, marks: Marks) -> pl.DataFrame:
    """Return a table in which the answers that are marked are open."""
    marked = [name for name in frame.columns if name in marks.facts]
    return frame.with_columns(frame[name].set(pl.Series(marks.facts[name] > 0), None) for name in marked)


def _entries(entries: Entries, wanted: NDArray[np.bool_], numbers: NDArray[np.int64]) -> tuple[Entries, Places]:
    """Return the entries of the cases that are wanted, so many of each, and where they stood."""
    stays = wanted[entries.of_case]
    first = np.concatenate([[0], np.cumsum(numbers)])
    return replace(entries, frame=entries.frame.filter(stays), first=first, blank=entries.blank[stays]), np.flatnonzero(
        stays
    )
