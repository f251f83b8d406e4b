"""An indicator over every possible case: severity, residual and knock-out between their bounds (design, section 8)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from risk_engine.backends.symbolic.conditions import Readable, read
from risk_engine.backends.symbolic.terms import (
    SURE,
    Order,
    Pair,
    Term,
    both,
    either,
    every,
    is_settled,
    negated,
    same,
    some,
)
from risk_engine.model.criteria import Indicator, Option, knock_out_conditions, severity_conditions
from risk_engine.model.words import CAP_WITHOUT_POLICY, KNOCK_OUTS, SEVERITIES, KnockOutKind, Severity


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
    in_place: Callable[[str], Term],
    *,
    without_policy: bool = False,
) -> Finding:
    """Return what an indicator comes to; `in_place` says of a control whether it is there, with evidence."""
    severities = tuple((severity, read(condition, over)) for severity, condition in severity_conditions(indicator))
    bars = tuple(
        (kind, read(condition, over))
        for kind, condition in knock_out_conditions(indicator)
        if not (without_policy and kind == "policy")
    )
    counts = tuple(SURE if one.when is None else read(one.when, over) for one in indicator.controls)
    complete = tuple(every(in_place(control) for control in one.all) for one in indicator.controls)
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
