"""Measure many cases in columns: `python benchmarks/portfolio.py 1000000` prints cases a second; no test depends on it.

Cases are drawn near the harmless case of the shipped set: of a hundred answers 85 are its own, ten are left out; a list
has one entry mostly, sometimes two or three. Columns of them lie in memory, as `columns.layout` says; levels, ranges,
findings and points of all are worked out, part by part. Beside that the compiled program decides examples one by one.
Drawing is not counted. Seconds are processor seconds of the whole process, of as many threads as there are.
"""

import argparse
import resource
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from risk_engine.engine.program import decide_only
from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import versions
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    TextFact,
)
from risk_engine.portfolio.columns.kernel import Kernel
from risk_engine.portfolio.columns.layout import Cases, Entries, coded, dtype_of

ON = date(2026, 12, 2)
PART = 65_536
OWN, LEFT_OUT, LISTED = 0.85, 0.10, 0.97
ENTRIES = (1, 1, 1, 2, 3)
EXAMPLES = Path(__file__).parent.parent / "examples"


def drawn(name: str, fact: AnyFact, own: Any, number: int, criteria: Criteria, rng: np.random.Generator) -> pl.Series:
    """Return a column of so many answers near that of the harmless case."""
    values: Any
    match fact:
        case BooleanFact():
            values = rng.integers(0, 2, number) == 0
        case ChoiceFact(options=options):
            values = rng.integers(0, len(options), number)
        case ChoicesFact(options=options):
            values = np.uint64(1) << rng.integers(0, len(options), number).astype(np.uint64)
        case IntegerFact(range=(lowest, highest)):
            values = rng.integers(lowest, highest + 1, number)
        case DateFact():
            values = rng.integers(18_000, 22_000, number)
        case RowFact(of=table):
            values = rng.integers(0, len(criteria.tables[table].rows), number)
        case TextFact():
            raise AssertionError(name)
    base = None if isinstance(fact, DateFact) else coded(fact, own, criteria)
    if base is not None:
        values = np.where(rng.random(number) < OWN, np.asarray(base).astype(values.dtype), values)
    left_out = rng.random(number) < (LEFT_OUT if base is not None else OWN)
    column = pl.Series(name, values)
    if isinstance(fact, DateFact):
        column = column.cast(pl.Int32)
    return column.cast(dtype_of(fact) or pl.Null).set(pl.Series(left_out), None)


def part_of(number: int, criteria: Criteria, base: dict[str, Any], rng: np.random.Generator) -> Cases:
    """Return so many cases in columns."""
    single: dict[str, pl.Series] = {}
    lists: dict[str, Entries] = {}
    for name, entity in criteria.entities.items():
        facts = {f"{name}.{short}": (short, fact) for short, fact in entity.facts.items() if dtype_of(fact) is not None}
        stated = base.get(name) or {}
        if entity.many is None:
            single |= {
                one: drawn(one, fact, stated.get(short), number, criteria, rng) for one, (short, fact) in facts.items()
            }
            continue
        own = stated[0] if stated else {}
        first = np.concatenate([[0], np.cumsum(rng.choice(ENTRIES, number))])
        entries = {
            one: drawn(one, fact, own.get(short), int(first[-1]), criteria, rng) for one, (short, fact) in facts.items()
        }
        lists[name] = Entries(pl.DataFrame(entries), first, rng.random(number) < LISTED, np.zeros(int(first[-1]), bool))
    return Cases(pl.DataFrame(single), lists, {}, {})


def main() -> None:
    """Print how many cases a second are decided."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", type=int, nargs="?", default=1_000_000)
    number = parser.parse_args().number
    criteria = read_criteria(versions("reconnect-china")[-1].path)
    base, rng = base_case(criteria)[0] or {}, np.random.default_rng(7)
    start = time.process_time()
    kernel = Kernel(criteria, ON)
    print(f"reading {criteria.head.id} {criteria.head.version} into columns: {time.process_time() - start:.2f} s")
    took = clock = 0.0
    done = odd = 0
    while done < number:
        cases = part_of(min(PART, number - done), criteria, base, rng)
        start, at = time.process_time(), time.perf_counter()
        decided = kernel.decide(cases)
        took, clock = took + time.process_time() - start, clock + time.perf_counter() - at
        done, odd = done + len(decided.odd), odd + int(decided.odd.sum())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"columns: {done:,} cases, {took:.1f} CPU s, {clock:.1f} s: {done / clock:,.0f} a second, "
        f"{peak:,.0f} MB at most"
    )
    print(f"  answers that contradict each other, left to the reference: {odd / done:.1%}")
    examples = [load_case(one, criteria) for one in sorted(EXAMPLES.glob("*.yaml"))]
    for one in examples:
        decide_only(one, criteria, ON)
    start = time.process_time()
    for one in examples * 20:
        decide_only(one, criteria, ON)
    each = (time.process_time() - start) / (20 * len(examples))
    print(f"the compiled program, one by one: {1 / each:,.0f} a second")


if __name__ == "__main__":
    main()
