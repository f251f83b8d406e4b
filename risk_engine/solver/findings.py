"""Indicators and dimensions over every possible case: severity, knock-out, points and bands between their bounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from risk_engine.model.criteria import Indicator, Option, knock_out_conditions, severity_conditions
from risk_engine.model.ladders import SeverityPoints
from risk_engine.model.words import CAP_WITHOUT_POLICY, KNOCK_OUTS, SEVERITIES, KnockOutKind, Severity
from risk_engine.solver.conditions import Readable, read
from risk_engine.solver.terms import (
    SURE,
    Order,
    Pair,
    Term,
    at_most,
    both,
    either,
    every,
    is_at,
    is_settled,
    negated,
    same,
    some,
    total,
)


@dataclass(frozen=True)
class Finding:
    """What an indicator comes to, as terms; severities and knock-outs stand in the order of `model.words`."""

    id: str
    indicator: Indicator
    inherent: Order
    possible: Order
    residual: tuple[Order, Order]
    knock_out: tuple[Order, Order]
    """The strongest that is not cured."""
    is_open: Term
    severities: tuple[tuple[Severity, Pair], ...]
    bars: tuple[tuple[KnockOutKind, Pair], ...]
    """Each knock-out and whether it holds, cured or not."""
    counts: tuple[Pair, ...]
    """Whether each control option counts."""
    complete: tuple[Term, ...]
    """Whether all controls of each option are in place."""
    is_capped: bool
    """Whether a profile switched its policy knock-out off, so that its severity is capped as well."""

    @property
    def seen(self) -> tuple[Order, ...]:
        """All that a ladder sees of it and that terms are made for; that it is open stands last."""
        return (self.inherent, self.possible, *self.residual, *self.knock_out, (self.is_open,))

    def combined(self, join: Callable[..., Order], *others: "Finding") -> "Finding":
        """Return a finding of which a ladder sees what is made of what it sees of this one and of others."""
        inherent, possible, least, most, barred, may_be_barred, (is_open,) = map(
            join, self.seen, *(one.seen for one in others)
        )
        return replace(
            self,
            inherent=inherent,
            possible=possible,
            residual=(least, most),
            knock_out=(barred, may_be_barred),
            is_open=is_open,
        )

    @property
    def present(self) -> Term:
        """Whether it is certainly there."""
        return self.inherent[1]

    @property
    def not_absent(self) -> Term:
        """Whether it may be there."""
        return self.possible[1]


def finding(
    name: str,
    indicator: Indicator,
    over: Readable,
    in_place: Callable[[str, Sequence[str]], Term],
    *,
    without_policy: bool = False,
) -> Finding:
    """Return what an indicator comes to; `in_place` says whether a control is there, with evidence of needed kinds."""
    severities = tuple((severity, read(condition, over)) for severity, condition in severity_conditions(indicator))
    bars = tuple(
        (kind, read(condition, over))
        for kind, condition in knock_out_conditions(indicator)
        if not (without_policy and kind == "policy")
    )
    counts = tuple(SURE if one.when is None else read(one.when, over) for one in indicator.controls)
    complete = tuple(every(in_place(control, one.needs) for control in one.all) for one in indicator.controls)
    options = list(zip(indicator.controls, counts, complete, strict=True))
    inherent = _highest([(severity, pair.must) for severity, pair in severities])
    inherent = _capped(inherent) if without_policy else inherent
    may_help = [(one, both(there, counted.may)) for one, counted, there in options]
    residual = _left(inherent, may_help)
    knock_out = _strongest([(kind, pair.must) for kind, pair in bars], inherent[1], may_help)
    unsure = [pair for pair in (*(pair for _, pair in bars), *counts) if pair.must is not pair.may]
    if not unsure and is_settled(pair for _, pair in severities):
        most = inherent, residual, knock_out
        is_open: Term = False
    else:
        possible = _highest([(severity, pair.may) for severity, pair in severities])
        possible = _capped(possible) if without_policy else possible
        must_help = [(one, both(there, counted.must)) for one, counted, there in options]
        barred = _strongest([(kind, pair.may) for kind, pair in bars], possible[1], must_help)
        most = possible, _left(possible, must_help), barred
        differ = some(negated(same(low, high)) for low, high in zip(inherent, possible, strict=True))
        is_open = both(possible[1], either(differ, *(both(pair.may, negated(pair.must)) for pair in unsure)))
    return Finding(
        id=name,
        indicator=indicator,
        inherent=inherent,
        possible=most[0],
        residual=(residual, most[1]),
        knock_out=(knock_out, most[2]),
        is_open=is_open,
        severities=severities,
        bars=bars,
        counts=counts,
        complete=complete,
        is_capped=without_policy,
    )


def stricter(stated: Finding, aside: Finding) -> Finding:
    """Return a finding of a case with superfluous answers, which it is `aside` without: the worse of both in all."""

    def worse(one: Order, other: Order) -> Order:
        return tuple(map(either, one, other))

    return stated.combined(worse, aside)


def widened(stated: Finding, again: Finding) -> Finding:
    """Return a finding of answers that may contradict each other: `again` is where these count as open."""
    possible, residual, knock_out = (
        tuple(map(either, one, other))
        for one, other in (
            (stated.possible, again.possible),
            (stated.residual[1], again.residual[1]),
            (stated.knock_out[1], again.knock_out[1]),
        )
    )
    pairs = ((stated.possible, possible), (stated.residual[1], residual), (stated.knock_out[1], knock_out))
    is_wider = some(negated(same(*ends)) for one, other in pairs for ends in zip(one, other, strict=True))
    return replace(
        stated,
        possible=possible,
        residual=(stated.residual[0], residual),
        knock_out=(stated.knock_out[0], knock_out),
        is_open=either(stated.is_open, is_wider),
    )


def after(option: Option, severity: Order) -> Order:
    """Return what a complete option leaves of a severity; never more than it was."""
    if option.residual is not None:
        left = SEVERITIES.index(option.residual)
        return tuple(both(place <= left, one) for place, one in enumerate(severity))
    steps = option.lowers_by or 0
    beyond = (*severity, *(False for _ in range(steps)))
    return (True, *(beyond[place + steps] for place in range(1, len(severity))))


def _highest(truths: Sequence[tuple[Severity, Term]]) -> Order:
    return (
        True,
        *(
            some(term for severity, term in truths if SEVERITIES.index(severity) >= place)
            for place in range(1, len(SEVERITIES))
        ),
    )


def _capped(severity: Order) -> Order:
    cap = SEVERITIES.index(CAP_WITHOUT_POLICY)
    return tuple(both(place <= cap, one) for place, one in enumerate(severity))


def _left(severity: Order, helping: Sequence[tuple[Option, Term]]) -> Order:
    """Return the lowest that the options leave which help."""
    results = [(term, after(option, severity)) for option, term in helping]
    return tuple(
        both(one, *(either(negated(term), left[place]) for term, left in results)) for place, one in enumerate(severity)
    )


def _strongest(kinds: Sequence[tuple[str, Term]], is_there: Term, helping: Sequence[tuple[Option, Term]]) -> Order:
    stands = both(is_there, negated(some(term for _, term in helping)))
    return (
        True,
        *(
            both(stands, some(term for kind, term in kinds if KNOCK_OUTS.index(kind) >= place))
            for place in range(1, len(KNOCK_OUTS))
        ),
    )


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
        capped=_reached_cap(residual, worths, points.cap),
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


def _reached_cap(bounds: Sequence[tuple[Order, Order]], worths: Sequence[Worth], cap: int | None) -> tuple[Term, Term]:
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
