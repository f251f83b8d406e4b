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

import numpy as np
import polars as pl
from polars.io.plugins import register_io_source

from benchmarks.portfolio import ON
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import versions
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.stated import stated_schema
from tests.portfolio.drawn import realistic

PART = 65_536
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


def stated_part(number: int, criteria: Criteria, rng: np.random.Generator, start: int) -> pl.DataFrame:
    """Return so many cases as a table states them."""
    names = pl.Series("case", [f"P-{start + one:08}" for one in range(number)])
    return realistic(criteria, number, ON, rng)[0].with_columns(names)


def draw(path: Path, number: int) -> None:
    """Write a table of so many cases."""
    criteria = read_criteria(versions("reconnect-china")[-1].path)
    rng = np.random.default_rng(7)

    def parts(*_asked: object) -> Iterator[pl.DataFrame]:
        for start in range(0, number, PART):
            yield stated_part(min(PART, number - start), criteria, rng, start)

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
