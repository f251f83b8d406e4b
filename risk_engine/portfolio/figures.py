"""Results of many cases to all figures of a report on them, with the cases themselves where they are at hand."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, is_dataclass, replace
from itertools import chain
from typing import Final

import polars as pl

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.processes import Tell
from risk_engine.model.criteria import Criteria
from risk_engine.model.portfolio import YEAR, Figures, Listed, Number, Rejected
from risk_engine.model.profile import Profile
from risk_engine.portfolio.figures_counts import (
    Counting,
    Counts,
    Lists,
    Order,
    WriteList,
    answers_of,
    dimensions_of,
    found_of,
    ladders_of,
    missing_of,
)
from risk_engine.portfolio.figures_swapped import swap, swapped_facts
from risk_engine.portfolio.figures_tried import SAMPLE, Sample, TriedLists, controls_tried, drawn
from risk_engine.portfolio.stated import stated_schema

_PASSES: Final = 2
"""Cases are gone through so often: counted, then listed."""
_TRIED: Final = 20
"""To try a case once takes as long as to count so many."""


@dataclass(frozen=True)
class Under:
    """What results were made under."""

    criteria: Criteria
    profile: Profile | None = None


@dataclass(frozen=True)
class Asked:
    """What a report is asked for: by which facts cases are counted, how many are tried, what writes long lists.

    `cases` is how many there are, 0 where nobody knows; by it is told how far the report is.
    """

    by: Sequence[str]
    sample: int = SAMPLE
    write: WriteList | None = None
    cases: int = 0


def together(results: Iterable[pl.DataFrame], stated: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield results with the cases that they are of beside them; both come in one order, in parts of any size.

    Raise RiskEngineError where they are not of the same cases.
    """
    waiting = iter(results)
    left: pl.DataFrame | None = None
    for cases in stated:
        parts = [] if left is None else [left]
        while sum(one.height for one in parts) < cases.height and (more := next(waiting, None)) is not None:
            parts.append(more)
        held = pl.concat(parts) if parts else None
        own, left = (None, None) if held is None else (held.head(cases.height), held.slice(cases.height))
        if cases.height and (own is None or not own["case"].equals(cases["case"])):
            raise _others()
        if own is not None:
            yield pl.concat([own, cases.drop("case")], how="horizontal")
    if any(one.height for one in chain([] if left is None else [left], waiting)):
        raise _others()


def _others() -> RiskEngineError:
    return RiskEngineError(
        _("the results are not those of these cases: they are not the same ones in the same order"),
        _("name the table that was assessed, with the same mapping"),
    )


def figures(
    parts: Callable[[], Iterable[pl.DataFrame]], under: Under, asked: Asked, rejected: Rejected | None, tell: Tell
) -> Figures:
    """Return the figures of all cases; `parts` yields their results, where they are at hand with the cases beside them.

    What is tried, and what is counted by answers, needs the cases; without them the report says nothing of that.
    Raises what deciding raises. `tell` hears how many cases were counted, listed and tried, of how many in all.
    """
    criteria, profile = under.criteria, under.profile
    counts, order = Counts(), Order(criteria)
    counting = Counting(criteria, (YEAR,))
    swapped = swapped_facts(criteria)
    each_try = min(asked.cases, asked.sample) * _TRIED
    ahead, done = asked.cases * _PASSES + each_try * (1 + len(swapped)), 0

    def told_of(cases: int) -> None:
        nonlocal done
        done += cases
        tell(done, ahead)

    def each_part() -> Iterator[pl.DataFrame]:
        for part in parts():
            yield part
            told_of(part.height)

    for part in each_part():
        if has_cases(part, criteria):
            counting = Counting(criteria, asked.by)
        counts.add(part, counting.told(part))
        order.add(part)
    told = _counted(counts, counting, order)
    tried = TriedLists(asked.write)
    lists, cases = _listed(each_part(), counting, counts, Lists(_lengths(told), asked.write), asked)
    controls, swaps = None, []
    if cases is not None and counts.last is not None:
        sample = Sample(cases, counts.read, criteria, counts.last, profile, tried)
        controls = controls_tried(sample)
        told_of(each_try)
        for fact in swapped:
            swaps.append(swap(sample, fact))
            told_of(each_try)
    return replace(told, rejected=rejected, controls=controls, swapped=tuple(swaps), lists={**lists, **tried.made})


def has_cases(part: pl.DataFrame, criteria: Criteria) -> bool:
    """Return whether beside results stand the cases that they are of."""
    return all(one in part.columns for one in stated_schema(criteria))


def _counted(counts: Counts, counting: Counting, order: Order) -> Figures:
    criteria = counting.criteria
    return Figures(
        first=counts.first,
        last=counts.last,
        cases=counts.cases,
        settled=counts.number("whole", "settled"),
        open=counts.number("whole", "open"),
        unread=counts.number("unread"),
        contradicting=counts.number("contradicting"),
        rejected=None,
        ladders=ladders_of(counts, criteria),
        dimensions=dimensions_of(counts, criteria),
        grounds=found_of(counts, "ground", criteria.head.grounds),
        counted_by=tuple(answers_of(counts, one, criteria) for one in counting.by),
        findings=found_of(counts, "finding", criteria.indicators),
        missing=missing_of(counts),
        attention=order.first(),
        controls=None,
        swapped=(),
        lists={},
    )


def _lengths(part: object) -> dict[str, int]:
    """Return how long each list is of which a part of the figures tells."""
    match part:
        case Number():
            return {part.key: part.cases}
        case tuple():
            return {key: cases for one in part for key, cases in _lengths(one).items()}
        case _ if is_dataclass(part):
            return _lengths(tuple(vars(part).values()))
        case _:
            return {}


def _listed(
    parts: Iterable[pl.DataFrame], counting: Counting, counts: Counts, lists: Lists, asked: Asked
) -> tuple[dict[str, Listed], pl.DataFrame | None]:
    """Return the lists, and the cases of the sample, each with its day, where the cases are at hand."""
    criteria, wanted = counting.criteria, drawn(counts.read, asked.sample)
    seen, taken = 0, []
    for part in parts:
        lists.add(counting.told(part))
        if has_cases(part, criteria):
            read = part.filter(pl.col("unread").is_null())
            own = wanted[bisect_left(wanted, seen) : bisect_left(wanted, seen + read.height)]
            drawn_here = read[[one - seen for one in own]].with_columns(assessment_date=pl.col("on"))
            taken.append(drawn_here.select(stated_schema(criteria).names()))
            seen += read.height
    return lists.made(), pl.concat(taken) if taken else None
