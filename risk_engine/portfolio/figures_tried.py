"""What would come of a sample of cases: decided again with something changed, by the same rules; never estimated."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import polars as pl

from risk_engine.model.criteria import Criteria, Option
from risk_engine.model.facts import is_offered
from risk_engine.model.portfolio import Controls, Helped, Listed, Number
from risk_engine.model.profile import Profile
from risk_engine.model.words import IN_PLACE
from risk_engine.portfolio.columns.ladders import Level
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.figures_counts import LISTED, WriteList, key

SAMPLE: Final = 10_000
"""So many cases are tried at least, or all where there are fewer."""
_SEED: Final = 21
AT_ONCE: Final = 50_000
"""So many cases are decided at a time, more or less."""
_LONG_AGO: Final = date(1900, 1, 1)
_ANY_KIND: Final = "record"
Ranks: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


def drawn(of: int, most: int = SAMPLE) -> list[int]:
    """Return which of so many cases are in the sample, by their numbers: always the same ones of as many."""
    if of <= most:
        return list(range(of))
    return sorted(int(one) for one in np.random.default_rng(_SEED).choice(of, most, replace=False))


def decided(deciding: Deciding, several: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield what each of several frames of cases comes to; small ones are decided together, for each time costs."""
    waiting: list[pl.DataFrame] = []
    for one in several:
        waiting.append(one)
        if sum(frame.height for frame in waiting) >= AT_ONCE:
            yield from _together(deciding, waiting)
            waiting = []
    yield from _together(deciding, waiting)


def _together(deciding: Deciding, several: list[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    results = deciding.results(pl.concat(several), missing=False) if several else pl.DataFrame()
    first = 0
    for one in several:
        yield results.slice(first, one.height)
        first += one.height


@dataclass
class TriedLists:
    """The lists of cases of what was tried."""

    write: WriteList | None = None
    made: dict[str, Listed] = field(default_factory=dict)

    def number(self, cases: pl.Series, is_so: Any, *parts: str) -> Number:
        """Return of how many of the cases something is so, and keep their list."""
        name = key(*parts)
        these = cases.filter(pl.Series(is_so))
        if len(these):
            file = self.write(name, these, len(these)) if self.write is not None and len(these) > LISTED else None
            self.made[name] = Listed(len(these), tuple(these.head(LISTED)), file)
        return Number(len(these), name)


@dataclass(frozen=True)
class Sample:
    """Cases that are tried, of so many that could be assessed, each with its day; and what they are decided by.

    `on` is the last of their days: rules and tables of that day count where cases are to have one day.
    """

    cases: pl.DataFrame
    of: int
    criteria: Criteria
    on: date
    profile: Profile | None
    lists: TriedLists = field(default_factory=TriedLists)


class Ends(NamedTuple):
    """The ends of what cases may come to on the ladders that decide, as ranks: a row for each end, strictest first."""

    highest: Ranks
    lowest: Ranks

    @classmethod
    def of(cls, results: pl.DataFrame, criteria: Criteria) -> "Ends":
        """Return the ends of results that could be read."""

        def ranks(end: str) -> Ranks:
            deciding = criteria.head.roles.deciding
            return np.array([results[f"{ladder}.{end}"].to_physical().to_numpy() for ladder in deciding], np.int64)

        return cls(ranks("highest"), ranks("lowest"))

    @classmethod
    def at(cls, levels: Mapping[str, Level], criteria: Criteria) -> "Ends":
        """Return the ends of what ladders came to."""
        deciding = [levels[one] for one in criteria.head.roles.deciding]
        return cls(*(np.array([getattr(one, end) for one in deciding], np.int64) for end in ("highest", "lowest")))

    def stricter_than(self, other: "Ends") -> np.ndarray[Any, np.dtype[np.int8]]:
        """Return for each case 1 where it is stricter, -1 where it is milder: by the first end that is another one."""
        found = np.zeros(self.highest.shape[1], np.int8)
        for own, others in ((self.highest, other.highest), (self.lowest, other.lowest)):
            for one, two in zip(own, others, strict=True):
                found = np.where(found == 0, np.sign(one - two), found)
        return found


def controls_tried(sample: Sample) -> Controls:
    """Return what each control would do that is not in place in cases of the sample, put in place alone.

    It is tried where it could count: where a finding that is not absent has an option with it. It is in place then with
    evidence of every kind that an option asks for.
    """
    criteria, cases = sample.criteria, sample.cases
    deciding = Deciding(criteria, None, sample.profile)
    before = deciding.results(cases, missing=False)
    tried: dict[str, tuple[pl.Series, list[Option]]] = {}
    for name, control in criteria.controls.items():
        options = {
            indicator: several
            for indicator, one in criteria.indicators.items()
            if (several := [option for option in one.controls if name in option.all])
        }
        if control.supporting or not options or not is_offered(control, sample.on):
            continue
        could_count = _could_count(cases, before, name, list(options))
        if could_count.any():
            tried[name] = could_count, list(chain(*options.values()))
    frames = (_with_control(cases.filter(where), name, options) for name, (where, options) in tried.items())
    helped = []
    for (name, (where, _options)), now in zip(tried.items(), decided(deciding, frames), strict=True):
        was = before.filter(where)
        falls = (Ends.of(now, criteria).highest < Ends.of(was, criteria).highest).any(axis=0)
        helped.append(
            Helped(
                name,
                now.height,
                sample.lists.number(now["case"], falls, "control", name, "level"),
                sample.lists.number(now["case"], _left(now) < _left(was), "control", name, "severity"),
            )
        )
    helped.sort(key=lambda one: (-one.level.cases, -one.severity.cases, one.control))
    return Controls(cases.height, sample.of, tuple(helped))


def _could_count(sample: pl.DataFrame, before: pl.DataFrame, control: str, indicators: Sequence[str]) -> pl.Series:
    found = before.select(pl.col("findings").list.eval(pl.element().struct["indicator"].is_in(indicators)).list.any())
    is_there = pl.element().struct["id"].eq(control) & pl.element().struct["status"].is_in(list(IN_PLACE))
    there = sample.select(pl.col("controls").list.eval(is_there).list.any())
    return found.to_series().fill_null(value=False) & ~there.to_series().fill_null(value=False)


def _with_control(sample: pl.DataFrame, control: str, options: Sequence[Option]) -> pl.DataFrame:
    """Return cases in which a control is in place, whatever they say of it."""
    kinds = sorted({kind for option in options for kind in option.needs}) or [_ANY_KIND]
    record = {"id": control, "status": "verified", "evidence": [{"kind": one, "date": _LONG_AGO} for one in kinds]}
    put = pl.lit(pl.Series([[record]], dtype=sample.schema["controls"]))
    others = pl.col("controls").list.filter(pl.element().struct["id"] != control)
    return sample.with_columns(controls=pl.concat_list(others.fill_null([]), put))


def _left(results: pl.DataFrame) -> Ranks:
    """Return for each case how grave its findings may be after controls, summed."""
    rank = pl.element().struct["residual_highest"].to_physical().cast(pl.Int64)
    left = results.select(pl.col("findings").list.eval(rank).list.sum()).to_series()
    return left.to_numpy().astype(np.int64)
