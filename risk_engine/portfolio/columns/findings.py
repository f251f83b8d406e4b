"""Indicators over many cases: severities before and after controls, and the strongest knock-outs, in ranks.

Every result is at least and at most (design, sections 8 and 9). What an indicator asks are columns of truths as
numbers; they are put together here without Polars, of which each step costs more than a pass over bytes does.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from risk_engine.model.conditions import Condition, ConditionOrAlways
from risk_engine.model.criteria import Criteria, Option, knock_out_conditions, severity_conditions
from risk_engine.model.profile import Profile
from risk_engine.model.words import CAP_WITHOUT_POLICY, KNOCK_OUTS, SEVERITIES
from risk_engine.portfolio.columns.case_truths import Reading
from risk_engine.portfolio.columns.conditions import Graph
from risk_engine.portfolio.columns.layout import NO, UNKNOWN, YES, as_shown
from risk_engine.portfolio.columns.planes import Bits, held_in
from risk_engine.portfolio.columns.ratings import Ends, Findings

Ranks: TypeAlias = NDArray[np.uint8]
Held: TypeAlias = NDArray[np.bool_]


def in_force(criteria: Criteria, on: date) -> tuple[str, ...]:
    """Return the indicators that count on a day, in the order of the set."""
    return tuple(name for name, one in criteria.indicators.items() if one.effective.covers(on))


class Conditions(NamedTuple):
    """What an indicator asks on a day: of severities and knock-outs with their ranks, and when its options count."""

    severities: list[tuple[int, Condition]]
    knock_outs: list[tuple[int, ConditionOrAlways]]
    counts: list[ConditionOrAlways]


def conditions_of(criteria: Criteria, name: str, on: date, profile: Profile | None) -> Conditions:
    """Return what an indicator asks on a day under a profile."""
    indicator = criteria.indicators[name]
    off = profile.policy_knock_outs_off.get(name) if profile else None
    is_off = off is not None and off.applies(on)
    highest = SEVERITIES.index(CAP_WITHOUT_POLICY if is_off else "critical")
    return Conditions(
        [(min(highest, SEVERITIES.index(severity)), one) for severity, one in severity_conditions(indicator)],
        [
            (KNOCK_OUTS.index(kind), one)
            for kind, one in knock_out_conditions(indicator)
            if not (is_off and kind == "policy")
        ],
        ["always" if one.when is None else one.when for one in indicator.controls],
    )


class Asked(NamedTuple):
    """An indicator with the conditions that it asks, by their numbers."""

    severities: list[tuple[int, int]]
    knock_outs: list[tuple[int, int]]
    options: list[tuple[Option, int]]

    @property
    def others(self) -> list[int]:
        """Return those that are not of severities."""
        return [number for _what, number in (*self.knock_outs, *self.options)]


def asked_of(graph: Graph, name: str, on: date, profile: Profile | None) -> Asked:
    """Return an indicator with its conditions, and add them to a graph."""
    asked = conditions_of(graph.criteria, name, on, profile)
    options = zip(graph.criteria.indicators[name].controls, asked.counts, strict=True)
    return Asked(
        [(rank, graph.node(one)) for rank, one in asked.severities],
        [(rank, graph.node(one)) for rank, one in asked.knock_outs],
        [(option, graph.node(one)) for option, one in options],
    )


def found(asked: Asked, reading: Reading) -> Findings | None:
    """Return what an indicator comes to; None where it is absent in every case."""
    cases, truths = reading.cases, reading.truths
    may = reduce(or_, [truths[number].may for _rank, number in asked.severities])
    places = np.flatnonzero(held_in(may, cases.number))
    if not places.size:
        return None
    bits = Bits(places)
    inherent = _strongest([(rank, bits.codes(truths[number])) for rank, number in asked.severities])
    options = [(option, bits.codes(truths[number])) for option, number in asked.options]
    knock_outs = [(rank, bits.codes(truths[number])) for rank, number in asked.knock_outs]

    def there(controls: Mapping[str, Held], names: Callable[[Option], Sequence[str]]) -> list[Counting]:
        return _counting(
            options,
            {one: controls[one][places] for option, _codes in options for one in names(option) if one in controls},
            names,
        )

    complete = there(cases.in_place, lambda option: [as_shown(one, option.needs) for one in option.all])
    return Findings(
        places=places,
        inherent=inherent,
        residual=_left(inherent, complete),
        expected=_left(inherent, there(cases.agreed, lambda option: option.all)),
        knock_out=_knock_out(inherent, knock_outs, complete),
        unknown=_unknown([codes for _what, codes in (*knock_outs, *options)]),
    )


def _strongest(several: Sequence[tuple[int, Ranks]]) -> Ends:
    """Return the strongest whose condition must hold, and may."""
    number = len(several[0][1])
    low, high = np.zeros(number, np.uint8), np.zeros(number, np.uint8)
    for rank, codes in several:
        np.maximum(low, np.uint8(rank) * (codes == YES), out=low)
        np.maximum(high, np.uint8(rank) * (codes >= UNKNOWN), out=high)
    return Ends(low, high)


Counting: TypeAlias = tuple[Option, Ranks]
"""An option of which all controls may be there, and whether it counts: no, perhaps or yes, as a number."""


def _counting(
    options: Sequence[tuple[Option, Ranks]],
    there: Mapping[str, Held],
    controls: Callable[[Option], Sequence[str]],
) -> list[Counting]:
    """Return the options of which any case has all controls."""
    found: list[Counting] = []
    for option, counts in options:
        named = controls(option)
        if all(one in there for one in named):
            for one in named:
                counts = counts * there[one]  # noqa: PLW2901 (another one each time, as the option is)
            if counts.any():
                found.append((option, counts))
    return found


def _left(inherent: Ends, options: Sequence[Counting]) -> Ends:
    """Return what options leave: the least takes those that may count, the most those that must."""
    low, high = inherent
    for option, counts in options:
        # Where it does not count it leaves the highest number; `np.where` guesses at branches, a hundred times as slow.
        low = np.minimum(low, _after(option, inherent.low) | -(counts < UNKNOWN).view(np.uint8))
        high = np.minimum(high, _after(option, inherent.high) | -(counts < YES).view(np.uint8))
    return Ends(low, high)


def _after(option: Option, ranks: Ranks) -> Ranks:
    """Return what an option leaves of severities; never more than they were."""
    if option.residual is not None:
        return np.minimum(ranks, np.uint8(SEVERITIES.index(option.residual)))
    lowered = np.uint8(option.lowers_by or 0)
    return np.maximum(ranks, lowered) - lowered


def _knock_out(inherent: Ends, kinds: Sequence[tuple[int, Ranks]], complete: Sequence[Counting]) -> Ends:
    """Return the strongest knock-out that no option cures; what is not certainly found has none for certain."""
    if not kinds:
        none = np.zeros(len(inherent.low), np.uint8)
        return Ends(none, none)
    low, high = _strongest(kinds)
    low *= inherent.low > 0
    if complete:
        cures = np.maximum.reduce([counts for _option, counts in complete])
        low *= cures == NO
        high *= cures != YES
    return Ends(low, high)


def _unknown(several: Sequence[Ranks]) -> Held | None:
    """Return where any of these is unknown; None where there are none."""
    found: Held | None = None
    for one in several:
        found = one == UNKNOWN if found is None else found | (one == UNKNOWN)
    return found
