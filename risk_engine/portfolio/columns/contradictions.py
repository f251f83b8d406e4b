"""Cases whose answers contradict each other: read again without what is open then, and what all readings come to.

It follows `engine/resolve.py` and `engine/find.py`, where the same is said of one case: a superfluous answer counts as
it is stated and set aside, whichever is worse; what contradicts is open again and can only make a finding worse.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from risk_engine.model.references import reopening
from risk_engine.portfolio.columns.case_truths import Reading, Rules
from risk_engine.portfolio.columns.deciding_answers import Marks, Truths, Weights, raised
from risk_engine.portfolio.columns.layout import Cases, Column, Entries, unanswered
from risk_engine.portfolio.columns.planes import Held, Places, Plane, held_in
from risk_engine.portfolio.columns.questions import Questions
from risk_engine.portfolio.columns.ratings import Ends, Findings


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

    @cached_property
    def worst(self) -> dict[str, tuple[Findings, Findings]]:
        """Every finding in both readings without what is open again as one, and in the one with it."""
        number, readings = len(self.places), (self.stated, self.aside, self.again)
        found = {}
        for name in dict.fromkeys(name for one in readings for name in one.findings):
            stated, aside, again = (whole(one.findings.get(name), number) for one in readings)
            found[name] = at_least(stated, aside), again
        return found

    def together(self) -> dict[str, Findings]:
        """Return what every finding comes to in these cases."""
        return {name: reopened(*both) for name, both in self.worst.items()}


def whole(found: Findings | None, number: int) -> Findings:
    """Return a finding of so many cases that says of each what it comes to, none where it is absent."""
    if found is None:
        nowhere, none = np.zeros(0, np.int64), np.zeros(0, np.uint8)
        ends = Ends(none, none)
        found = Findings(nowhere, ends, ends, ends, ends, np.zeros(0, bool))
    pairs = {what: Ends(*(spread(one, found.places, number) for one in getattr(found, what))) for what in PAIRS}
    return Findings(np.arange(number), **pairs, unknown=spread(found.is_open, found.places, number))


def spread(values: NDArray[Any], places: Places, number: int) -> NDArray[Any]:
    """Return values of so many cases, or entries, of which only those in some places have one; others have 0."""
    every = np.zeros(number, values.dtype)
    every[places] = values
    return every


def at_least(stated: Findings, aside: Findings) -> Findings:
    """Return a finding with superfluous answers as the worse of both in all."""
    pairs = {what: (getattr(stated, what), getattr(aside, what)) for what in PAIRS}
    worse = {
        what: Ends(np.maximum(one.low, other.low), np.maximum(one.high, other.high))
        for what, (one, other) in pairs.items()
    }
    return Findings(stated.places, **worse, unknown=stated.is_open | aside.is_open)


def reopened(stated: Findings, again: Findings) -> Findings:
    """Return a finding whose certain part stays as it was stated, and whose possible part is the worse of both."""
    pairs = {what: (getattr(stated, what), getattr(again, what)) for what in PAIRS}
    wider = {what: Ends(one.low, np.maximum(one.high, other.high)) for what, (one, other) in pairs.items()}
    return Findings(stated.places, **wider, unknown=stated.is_open | is_wider(stated, again))


def is_wider(stated: Findings, again: Findings) -> NDArray[np.bool_]:
    """Return where the other reading adds something to a finding; as it was agreed does not matter."""
    higher = [getattr(again, what).high > getattr(stated, what).high for what in ("inherent", "residual", "knock_out")]
    found: NDArray[np.bool_] = np.logical_or.reduce(higher)
    return found


PAIRS = ("inherent", "residual", "expected", "knock_out")


def put(
    found: Mapping[str, Findings], odd: Held, changed: Mapping[str, Findings], in_force: Iterable[str]
) -> dict[str, Findings]:
    """Return findings of cases of which the odd ones came to something else."""
    places, result = np.flatnonzero(odd), {}
    for name in in_force:
        parts = []
        if (own := found.get(name)) is not None:
            parts.append(_of_some(own, np.flatnonzero(~odd[own.places]), own.places))
        if (new := changed.get(name)) is not None:
            parts.append(_of_some(new, np.flatnonzero(new.inherent.high), places))
        if any(one.places.size for one in parts):
            result[name] = _joined(parts)
    return result


def _of_some(found: Findings, which: Places, places: Places) -> Findings:
    """Return a finding of some of its cases, which stand in these places."""
    pairs = {what: Ends(*(end[which] for end in getattr(found, what))) for what in PAIRS}
    return Findings(places[which], **pairs, unknown=found.is_open[which])


def _joined(parts: Sequence[Findings]) -> Findings:
    pairs = {
        what: Ends(*(np.concatenate(ends) for ends in zip(*(getattr(one, what) for one in parts), strict=True)))
        for what in PAIRS
    }
    places = np.concatenate([one.places for one in parts])
    return Findings(places, **pairs, unknown=np.concatenate([one.is_open for one in parts]))


# --- which answers are open again ---


def contradicting(rules: Rules, questions: Questions, truths: Truths) -> Marks:
    """Return the answers of cases, as one reading settles them, that contradict each other so that they are open."""
    asked: dict[int, Weights] = {}
    for name in reopening(rules.graph.criteria):
        breaks = truths.reading.broken(name)[None]
        for number in rules.invariants[name]:
            raised(asked, number, breaks)
    made_by = Marks(truths.marks(asked).facts)
    superfluous, closing = questions.superfluous(truths)
    for marks in (superfluous, closing):
        made_by.add(Marks(marks.facts))
    # Some may be what a table knows: of that the case states nothing, so nothing is taken out of it.
    return Marks(questions.asked(made_by, truths).facts, superfluous.lists)


def without(cases: Cases, marks: Marks) -> tuple[Cases, dict[str, Places]]:
    """Return cases without the answers that are marked, and which entries of each list are left."""
    lists: dict[str, Entries] = {}
    left: dict[str, Places] = {}
    for name, entries in cases.lists.items():
        stays = ~held_in(marks.lists[name][0], cases.number) if name in marks.lists else np.ones(cases.number, bool)
        opened = replace(entries, facts=_opened(entries.facts, marks, entries.slots.held_in))
        own, left[name] = _entries(opened, stays, np.where(stays, np.diff(entries.first), 0))
        lists[name] = replace(own, answered=entries.answered & stays)
    return replace(cases, facts=_opened(cases.facts, marks, partial(held_in, number=cases.number)), lists=lists), left


def taken(cases: Cases, places: Places) -> tuple[Cases, dict[str, Places]]:
    """Return some of the cases, in their order, and where their entries stand among all of each list."""
    wanted = np.zeros(cases.number, bool)
    wanted[places] = True
    lists: dict[str, Entries] = {}
    stand: dict[str, Places] = {}
    for name, entries in cases.lists.items():
        own, stand[name] = _entries(entries, wanted, np.diff(entries.first)[places])
        lists[name] = replace(own, answered=entries.answered[places])
    facts, in_place, agreed = (
        {name: one[places] for name, one in several.items()} for several in (cases.facts, cases.in_place, cases.agreed)
    )
    return Cases(len(places), facts, lists, in_place, agreed), stand


def _opened(facts: Mapping[str, Column], marks: Marks, held: Callable[[Plane], Held]) -> dict[str, Column]:
    """Return columns in which the answers that are marked are open; `held` takes planes as truths in their order."""
    opened = dict(facts)
    for name in facts.keys() & marks.facts.keys():
        opened[name] = facts[name].copy()
        opened[name][held(marks.facts[name][0])] = unanswered(facts[name].dtype)
    return opened


def _entries(entries: Entries, wanted: Held, numbers: NDArray[np.int64]) -> tuple[Entries, Places]:
    """Return the entries of the cases that are wanted, so many of each, and where they stood."""
    stay = np.flatnonzero(wanted[entries.of_case])
    own = replace(
        entries,
        ids=entries.ids.gather(stay),
        facts={name: column[stay] for name, column in entries.facts.items()},
        first=np.concatenate([[0], np.cumsum(numbers)]),
        blank=entries.blank[stay],
    )
    return own, stay
