"""Measure a table of many cases, file to file: `python -m benchmarks.portfolio_table 1000000`; no test depends on it.

Cases are drawn as `benchmarks/portfolio.py` does and lie in a Parquet file as they are stated; drawing is not counted.
Each measurement is a process of its own, from its start to its end: the file read by Polars alone (the floor), read and
checked, assessed and written as `risk-engine portfolio assess` does it. Seconds by the clock, processor seconds of all
threads, memory at most.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from benchmarks.portfolio import ON, PART, part_of
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import versions
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoiceFact, ChoicesFact, RowFact
from risk_engine.portfolio.columns.missing import in_lists
from risk_engine.portfolio.stated import stated_schema

ALONE = "import sys, polars; polars.scan_parquet(sys.argv[1]).sink_batches(lambda _one: None)"
CHECKED = """
import sys
from pathlib import Path
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import versions
from risk_engine.portfolio.reading import read
for _batch in read(Path(sys.argv[1]), read_criteria(versions("reconnect-china")[-1].path)):
    pass
"""


def in_words(column: pl.Series, fact: AnyFact, criteria: Criteria) -> pl.Series:
    """Return drawn answers as a table states them."""
    match fact:
        case ChoiceFact(options=options):
            return pl.Series(list(options)).gather(column.cast(pl.UInt32))
        case RowFact(of=table):
            return pl.Series(list(criteria.tables[table].rows)).gather(column.cast(pl.UInt32))
        case ChoicesFact(options=options):
            names = list(options)
            chosen = {
                bits: [one for at, one in enumerate(names) if bits >> at & 1] for bits in column.drop_nulls().unique()
            }
            return pl.Series([None if one is None else chosen[one] for one in column], dtype=pl.List(pl.String()))
        case _:
            return column


def stated_part(
    number: int, criteria: Criteria, base: dict[str, Any], rng: np.random.Generator, start: int
) -> pl.DataFrame:
    """Return so many cases as a table states them."""
    cases = part_of(number, criteria, base, rng)
    columns = {"case": pl.Series([f"P-{start + one:08}" for one in range(number)])}
    for name, dtype in stated_schema(criteria).items():
        entity, _dot, short = name.partition(".")
        if name in cases.frame.columns:
            columns[name] = in_words(cases.frame[name], criteria.entities[entity].facts[short], criteria)
        elif entity in cases.lists and not short:
            listed, facts = cases.lists[entity], criteria.entities[entity].facts
            place = np.arange(listed.frame.height) - np.repeat(listed.first[:-1], np.diff(listed.first))
            several: Any = dtype  # of entries, each with its fields
            fields = [
                pl.Series("id", place).cast(pl.String)
                if field.name == "id"
                else in_words(listed.frame[f"{name}.{field.name}"], facts[field.name], criteria)
                if f"{name}.{field.name}" in listed.frame.columns
                else pl.repeat(None, listed.frame.height, dtype=pl.String, eager=True)
                for field in several.inner.fields
            ]
            entries = pl.DataFrame(
                [one.cast(f.dtype).alias(f.name) for one, f in zip(fields, several.inner.fields, strict=True)]
            )
            whole = in_lists(listed.of_case, entries.to_struct(), number)
            answered = pl.when(pl.lit(pl.Series(listed.answered))).then(pl.col("one"))
            columns[name] = whole.to_frame("one").select(answered.alias("one"))["one"]
    return pl.DataFrame(
        [
            columns.get(name, pl.repeat(None, number, dtype=dtype, eager=True)).cast(dtype).alias(name)
            for name, dtype in stated_schema(criteria).items()
        ]
    )


def draw(path: Path, number: int) -> None:
    """Write a table of so many cases."""
    criteria = read_criteria(versions("reconnect-china")[-1].path)
    base, rng = base_case(criteria)[0] or {}, np.random.default_rng(7)

    def parts(*_asked: object) -> Iterator[pl.DataFrame]:
        for start in range(0, number, PART):
            yield stated_part(min(PART, number - start), criteria, base, rng, start)

    register_io_source(parts, schema=stated_schema(criteria)).sink_parquet(path, row_group_size=PART)


def measured(what: str, number: int, command: Sequence[str | Path]) -> None:
    """Run a command and print what it took."""
    start = time.perf_counter()
    process = os.posix_spawn(sys.executable, [sys.executable, *map(str, command)], os.environ)
    _pid, status, used = os.wait4(process, 0)
    took, cpu = time.perf_counter() - start, used.ru_utime + used.ru_stime
    if status:
        sys.exit(f"{what}: it ended with {os.waitstatus_to_exitcode(status)}")
    print(
        f"{what}: {took:.1f} s, {cpu:.1f} CPU s, {number / took:,.0f} a second, {used.ru_maxrss / 1024:,.0f} MB at most"
    )


def main() -> None:
    """Print what a table takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--draw", type=Path, help="Only write such a table there.")
    asked = parser.parse_args()
    number: int = asked.number
    if asked.draw:
        draw(asked.draw, number)
        return
    with tempfile.TemporaryDirectory() as folder:
        table, out = Path(folder) / "cases.parquet", Path(folder) / "results.parquet"
        # In a process of its own: what starts with a large one before it seems to need as much memory.
        subprocess.run([sys.executable, "-m", "benchmarks.portfolio_table", f"{number}", "--draw", table], check=True)
        print(f"{number:,} cases, {table.stat().st_size / 1e6:,.0f} MB of Parquet")
        measured("read alone", number, ("-c", ALONE, table))
        measured("read and checked", number, ("-c", CHECKED, table))
        assess = ("-m", "risk_engine", "portfolio", "assess", table, "--on", ON.isoformat(), "-o", out)
        measured("assessed and written", number, assess)
        print(f"  {out.stat().st_size / 1e6:,.0f} MB of Parquet")


if __name__ == "__main__":
    main()
