"""Measure many cases in columns: `python -m benchmarks.portfolio 262144` prints cases a second; no test needs it.

Cases are drawn near the tests and examples of the newest `reconnect-china` (tests/portfolio/drawn.py): one answer in
ten is left out, lists have one to three entries and more, of few the answers contradict each other. Drawing is not
counted. Measured are columns in memory: levels with their ranges, and with them what they are made of: points and
findings before and after controls, awareness and contradictions; then all outputs, which are these in words with what
is missing, for one day and for days of ten years. Beside them stand the compiled program case by case, a query of eight
indicators written by hand, and the set with twice and five times its indicators. CPU seconds are those of the whole
process: they grow too where others use the machine, so run it alone.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np
import polars as pl

from risk_engine.engine.assess import assess
from risk_engine.engine.program import decide_only
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import BooleanFact
from risk_engine.portfolio.columns.contradictions import whole
from risk_engine.portfolio.columns.kernel import Kernel
from risk_engine.portfolio.columns.layout import Cases, Column, is_answered
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.stated import case_in, cases_from
from tests.portfolio.drawn import realistic
from tests.versions import newest

ON = date(2026, 12, 2)
ALONE = 2_000
"""So many cases are decided one by one."""
BY_HAND = ("COM-01", "COM-02", "COM-03", "COM-04", "COM-05", "COM-06", "COM-10", "COM-13")
T = TypeVar("T")


def told(what: str, number: int, work: Callable[[], T]) -> tuple[T, float]:
    """Print what so many cases take; return what was made, and the seconds."""
    clock, cpu = time.perf_counter(), time.process_time()
    made = work()
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{what:58}{number / clock:>11,.0f} a second{clock:>8.2f} s{cpu:>8.2f} CPU s, {peak:,.0f} MB at most so far",
        flush=True,
    )
    return made, clock


def on_threads(threads: int, work: Callable[[Any], Any], parts: Sequence[Any]) -> None:
    """Do the same with all parts, and keep nothing of it."""
    with ThreadPoolExecutor(threads) as executor:
        for _done in executor.map(lambda part: bool(work(part)) or None, parts):
            pass


def copies(criteria: Criteria, times: int) -> Criteria:
    """Return a set with each indicator so many times."""
    several = {f"{name}{'~' * place}": one for place in range(times) for name, one in criteria.indicators.items()}
    return criteria.model_copy(update={"indicators": several})


def only(criteria: Criteria, names: Sequence[str]) -> Criteria:
    """Return a set with few of its indicators, without what warns and contradicts."""
    invariants = criteria.invariants.model_copy(update={"facts": {}})
    indicators = {name: criteria.indicators[name] for name in names}
    return criteria.model_copy(update={"indicators": indicators, "awareness": {}, "invariants": invariants})


class Frames(NamedTuple):
    """Cases as a query in Polars has them: options and rows as numbers, null where nothing is answered."""

    cases: pl.DataFrame
    funding: pl.DataFrame
    of_case: np.ndarray[Any, np.dtype[np.int64]]
    answered: np.ndarray[Any, np.dtype[np.bool_]]


def frames(cases: Cases, criteria: Criteria) -> Frames:
    """Return cases as the query by hand reads them."""

    def frame(facts: Mapping[str, Column]) -> pl.DataFrame:
        held = {name: pl.Series(one).set(pl.Series(~is_answered(one)), None) for name, one in facts.items()}
        return pl.DataFrame(
            {
                name: one.cast(pl.Boolean) if isinstance(criteria.fact(name), BooleanFact) else one
                for name, one in held.items()
            }
        )

    listed = cases.lists["funding"]
    return Frames(frame(cases.facts), frame(listed.facts), listed.of_case, listed.answered)


def by_hand(cases: Frames, criteria: Criteria) -> pl.DataFrame:
    """Return the severities of eight indicators, at least and at most, by a query as one writes it in Polars."""

    def place(fact: str, option: str) -> int:
        return list(getattr(criteria.fact(fact), "options")).index(option)  # noqa: B009 (of a choice)

    def settled(fact: str, asked: pl.Expr, otherwise: Any) -> pl.Expr:
        own = pl.col(fact)
        known = pl.when(asked).then(own).when(~asked).then(pl.coalesce(own, pl.lit(otherwise)))
        return known.otherwise(pl.when(own == otherwise).then(own))

    def ranks(name: str, *steps: tuple[int, pl.Expr]) -> list[pl.Expr]:
        low = high = pl.lit(0, pl.UInt8)
        for rank, holds in steps:
            low = pl.when(holds.fill_null(value=False)).then(pl.lit(rank, pl.UInt8)).otherwise(low)
            high = pl.when(holds.fill_null(value=True)).then(pl.lit(rank, pl.UInt8)).otherwise(high)
        return [low.alias(f"{name} low"), high.alias(f"{name} high")]

    source, kinds = pl.col("funding.source_type"), place("funding.source_type", "foundation")
    entries = cases.funding.select(
        case=pl.Series(cases.of_case),
        refused=pl.col("funding.partner_eligibility") == place("funding.partner_eligibility", "not_eligible"),
        hidden=~settled("funding.traceable", source >= kinds, True),  # noqa: FBT003 (the value)
    )
    some = entries.group_by("case").agg(
        pl.col("refused", "hidden").any(ignore_nulls=False), pl.lit(1, pl.UInt8).alias("there")
    )
    money, terms = pl.col("first_look.money"), pl.col("first_look.terms")
    frame = cases.cases.with_columns(
        pl.Series("answered", cases.answered), case=pl.int_range(pl.len(), dtype=pl.Int64)
    ).join(some, on="case", how="left", maintain_order="left")
    is_known = pl.col("answered") | ~money.fill_null(value=True)
    frame = frame.with_columns(
        pl.when(pl.col("there").is_not_null()).then(pl.col(one)).when(is_known).then(pl.lit(value=False)).alias(one)
        for one in ("refused", "hidden")
    )
    frame = frame.with_columns(
        settled(fact, terms, otherwise if isinstance(otherwise, bool) else place(fact, otherwise)).alias(fact)
        for fact, otherwise in (
            ("ip.foreground_owner", "institution"),
            ("ip.publicly_funded", True),
            ("ip.exclusive_third_country_licence", False),
            ("ip.background_sensitivity", "none"),
            ("ip.publication", "free"),
            ("ip.exploitation_in_eu", "full"),
            ("collaboration.reciprocity", "equal"),
        )
    )
    sensitive, published = pl.col("ip.background_sensitivity"), pl.col("ip.publication")
    valuable = place("ip.background_sensitivity", "valuable")
    unlisted = ~settled("ip.background_listed", sensitive >= valuable, False)  # noqa: FBT003 (the value)
    return frame.select(
        *ranks("COM-01", (4, pl.col("refused"))),
        *ranks("COM-02", (3, pl.col("ip.foreground_owner") >= place("ip.foreground_owner", "undefined"))),
        *ranks("COM-03", (3, pl.col("ip.publicly_funded") & pl.col("ip.exclusive_third_country_licence"))),
        *ranks("COM-04", (2, (sensitive >= valuable) & unlisted), (3, (sensitive == valuable + 1) & unlisted)),
        *ranks(
            "COM-05",
            (2, published >= place("ip.publication", "delay_gt_90")),
            (3, published == place("ip.publication", "veto")),
        ),
        *ranks("COM-06", (2, pl.col("collaboration.reciprocity") >= place("collaboration.reciprocity", "limited"))),
        *ranks("COM-10", (3, pl.col("hidden"))),
        *ranks("COM-13", (2, pl.col("ip.exploitation_in_eu") == place("ip.exploitation_in_eu", "none"))),
    )


def same_by_hand(kernel: Kernel, cases: Cases, criteria: Criteria) -> int:
    """Return how many severities written by hand differ from those of the kernel."""
    mine, found = by_hand(frames(cases, criteria), criteria), kernel.walk(cases).findings
    return sum(
        int((mine[f"{name} {end}"].to_numpy() != getattr(whole(found.get(name), cases.number).inherent, end)).sum())
        for name in BY_HAND
        for end in ("low", "high")
    )


def main() -> None:
    """Print what many cases take."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", type=int, nargs="?", default=262_144)
    parser.add_argument("--part", type=int, default=131_072, help="so many cases are decided at a time")
    options = parser.parse_args()
    number, criteria = options.number, newest("reconnect-china")
    cases, odd = realistic(criteria, number, ON, np.random.default_rng(7))
    cases = cases.with_columns(pl.lit(ON).alias("assessment_date"))
    parts = [cases[at : at + options.part] for at in range(0, number, options.part)]
    print(f"{number:,} cases of {criteria.head.id} {criteria.head.version}, {pl.thread_pool_size()} threads of Polars")
    print(f"answers that contradict each other, so that they are open again: {odd:.1%}; load {os.getloadavg()[0]:.1f}")
    kernel, _clock = told("the set read into columns", 1, lambda: Kernel(criteria, ON))
    kernel.decide(cases_from(cases[:2_000], criteria), missing=True)
    coded, _clock = told("stated cases to numbers", number, lambda: [cases_from(one, criteria) for one in parts])
    for threads in (1, 2):
        told(f"levels and ranges, {threads} at a time", number, partial(on_threads, threads, kernel.decide, coded))
    deciding = Deciding(criteria, ON)
    for threads in (1, 2):
        what = f"stated cases to all outputs, {threads} at a time"
        told(what, number, partial(on_threads, threads, lambda part: deciding.results(part).height, parts))
    days = pl.Series(np.datetime64(ON) - np.random.default_rng(8).integers(0, 3653, number)).cast(pl.Date)
    dated = cases.with_columns(days.alias("assessment_date"))
    of_days = [dated[at : at + options.part] for at in range(0, number, options.part)]
    each = Deciding(criteria)
    told("the same, each on its day of ten years", number, lambda: [each.results(one).height for one in of_days])
    few = only(criteria, BY_HAND)
    of_few = Kernel(few, ON)
    print(f"differences between the query by hand and columns: {sum(same_by_hand(of_few, one, few) for one in coded)}")
    framed = [frames(one, few) for one in coded]
    _made, hand = told("eight indicators by hand", number, lambda: [by_hand(one, few).height for one in framed])
    _made, own = told("the same in columns", number, lambda: [bool(of_few.walk(one)) for one in coded])
    print(f"columns take {own / hand:.1f} times what the query by hand takes")
    for times in (1, 2, 5):
        larger = Kernel(copies(criteria, times), ON)
        name = f"levels and ranges, {times * len(criteria.indicators)} indicators"
        told(name, number, partial(on_threads, 1, larger.decide, coded))
    alone = [case_in(row, criteria) for row in cases[:ALONE].iter_rows(named=True)]
    for name, one_by_one in (("levels", decide_only), ("whole records", assess)):
        one_by_one(alone[0], criteria, ON)  # compiled before
        told(
            f"the program case by case, {name}",
            ALONE,
            partial(on_threads, 1, partial(_alone, one_by_one, criteria), alone),
        )


def _alone(one_by_one: Callable[..., Any], criteria: Criteria, case: Any) -> bool:
    return bool(one_by_one(case, criteria, ON))


if __name__ == "__main__":
    main()
