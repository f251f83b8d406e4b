"""Indicators as columns: which severity each has before and after controls, and its strongest knock-out, in ranks.

Every result is two columns, at least and at most (design, sections 8 and 9). They say something only where the most of
`inherent` is not none: else the finding is absent.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

import polars as pl

from risk_engine.model.conditions import Condition, ConditionOrAlways
from risk_engine.model.criteria import Criteria, Option, knock_out_conditions, severity_conditions
from risk_engine.model.profile import Profile
from risk_engine.model.words import CAP_WITHOUT_POLICY, KNOCK_OUTS, SEVERITIES
from risk_engine.portfolio.columns.conditions import WHOLE, Tables
from risk_engine.portfolio.columns.layout import as_shown

RANK = pl.Int8


class Pair(NamedTuple):
    """Two columns: at least, at most."""

    low: pl.Expr
    high: pl.Expr


@dataclass(frozen=True)
class Finding:
    """What an indicator comes to, as expressions; what always says the same as another one is left out."""

    name: str
    pairs: Mapping[str, Pair]
    unknown: pl.Expr | None
    """Whether it is open though its severity is not; None: it never is."""

    def columns(self) -> list[pl.Expr]:
        """Return its columns, `NAME inherent low` and so on."""
        found = [
            expression.alias(f"{self.name} {what} {end}")
            for what, pair in self.pairs.items()
            for end, expression in pair._asdict().items()
        ]
        return found if self.unknown is None else [*found, self.unknown.alias(f"{self.name} unknown")]


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


def finding_of(tables: Tables, name: str, on: date, profile: Profile | None, there: Collection[str]) -> Finding:
    """Return what an indicator comes to; `there` are the columns of controls of which any case has one."""
    asked = conditions_of(tables.criteria, name, on, profile)
    inherent = _strongest((rank, tables.expression(one, WHOLE)) for rank, one in asked.severities)
    kinds = [(rank, tables.expression(one, WHOLE)) for rank, one in asked.knock_outs]
    counts = [tables.expression(one, WHOLE) for one in asked.counts]
    indicator = tables.criteria.indicators[name]
    options = list(zip(indicator.controls, counts, strict=True))
    complete = _with(options, in_place, there)
    pairs = {"inherent": inherent}
    if complete:
        pairs["residual"] = _left(inherent, complete)
    if agreed := _with(options, as_agreed, there):
        pairs["expected"] = _left(inherent, agreed)
    if kinds:
        pairs["knock_out"] = _cured(_if_present(inherent, _strongest(kinds)), complete)
    unknown = [one.is_null() for one in [*(one for _rank, one in kinds), *counts]]
    return Finding(name, pairs, reduce(or_, unknown) if unknown else None)


def in_place(option: Option) -> list[str]:
    """Return the columns that say whether the controls of an option are in place for it."""
    return [f"in place {as_shown(one, option.needs)}" for one in option.all]


def as_agreed(option: Option) -> list[str]:
    """Return the columns that say whether its controls are agreed at least."""
    return [f"agreed {one}" for one in option.all]


Counting = tuple[Option, pl.Expr, pl.Expr]
"""An option of which all controls may be there, in which cases it must count, and in which it may."""


def _with(
    options: Iterable[tuple[Option, pl.Expr]], read: Callable[[Option], list[str]], there: Collection[str]
) -> list[Counting]:
    """Return the options of which any case has all controls."""
    found: list[Counting] = []
    for option, counts in options:
        columns = read(option)
        if all(one in there for one in columns):
            every = [pl.col(one) for one in columns]
            must, may = counts.fill_null(value=False), counts.fill_null(value=True)
            found.append((option, reduce(and_, [*every, must]), reduce(and_, [*every, may])))
    return found


def _strongest(several: Iterable[tuple[int, pl.Expr]]) -> Pair:
    """Return the strongest whose condition must hold, and may; they come weakest first."""
    low = high = pl.lit(0, RANK)
    for rank, condition in several:
        low = pl.when(condition.fill_null(value=False)).then(pl.lit(rank, RANK)).otherwise(low)
        high = pl.when(condition.fill_null(value=True)).then(pl.lit(rank, RANK)).otherwise(high)
    return Pair(low, high)


def _if_present(inherent: Pair, before: Pair) -> Pair:
    """Return a knock-out: what is not certainly found knocks nothing out for certain."""
    return Pair(pl.when(inherent.low > 0).then(before.low).otherwise(pl.lit(0, RANK)), before.high)


def _left(inherent: Pair, options: Sequence[Counting]) -> Pair:
    """Return what options leave: the least takes those that may count, the most those that must."""
    low, high = inherent
    for option, must, may in options:
        least, most = (
            one - option.lowers_by if option.residual is None and option.lowers_by else _rank(option)
            for one in inherent
        )
        low = pl.when(may).then(pl.min_horizontal(low, least)).otherwise(low)
        high = pl.when(must).then(pl.min_horizontal(high, most)).otherwise(high)
    return Pair(pl.max_horizontal(low, pl.lit(0, RANK)), pl.max_horizontal(high, pl.lit(0, RANK)))


def _rank(option: Option) -> pl.Expr:
    return pl.lit(SEVERITIES.index(option.residual or "none"), RANK)


def _cured(before: Pair, complete: Sequence[Counting]) -> Pair:
    if not complete:
        return before
    none = pl.lit(0, RANK)
    must, may = reduce(or_, [one for _, one, _ in complete]), reduce(or_, [one for _, _, one in complete])
    return Pair(pl.when(may).then(none).otherwise(before.low), pl.when(must).then(none).otherwise(before.high))
