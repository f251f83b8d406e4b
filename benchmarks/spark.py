"""Measure what Spark costs beside one process: `python -m benchmarks.spark 100000`; no test depends on it.

The same table of so many cases, the shipped examples over and over, is assessed by the command on one machine, on the
Spark of one machine, and on a cluster of two processes of it (`local-cluster[2,1,1024]`), each from its start to the
last file. Seconds are by the clock, and of all processors for all processes of the run.
"""

import argparse
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import pyspark

from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import versions
from risk_engine.portfolio.stated import stated_of

EXAMPLES = Path(__file__).parent.parent / "examples"
ON = "2026-12-02"
CLUSTER = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
    "spark.ui.enabled": "false",
}


def table_of(number: int, folder: Path) -> Path:
    """Write so many cases."""
    criteria = read_criteria(versions("reconnect-china")[-1].path)
    examples = stated_of([load_case(one, criteria) for one in sorted(EXAMPLES.glob("*.yaml"))], criteria)
    cases = pl.concat([examples] * (number // examples.height + 1)).head(number)
    ids = pl.Series("case", [f"case-{one}" for one in range(number)])
    cases.with_columns(ids).write_parquet(folder / "cases.parquet", row_group_size=16_384)
    return folder / "cases.parquet"


def cluster(folder: Path) -> dict[str, str]:
    """Return the environment in which Spark is a cluster of two processes, whose files lie in a folder."""
    home = folder / "spark"  # workers write into the folder of Spark
    home.mkdir()
    for one in Path(pyspark.__file__).parent.iterdir():
        (home / one.name).symlink_to(one)
    told = " ".join(f"--conf {shlex.quote(f'{name}={value}')}" for name, value in CLUSTER.items())
    arguments = f"--master local-cluster[2,1,1024] {told} pyspark-shell"
    return {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_SUBMIT_ARGS": arguments}


def main() -> None:
    """Print what each way takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("number", type=int, nargs="?", default=100_000)
    number = parser.parse_args().number
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        table = table_of(number, folder)
        ways: dict[str, tuple[list[str], dict[str, str]]] = {
            "one process": (["-o", str(folder / "here.parquet")], {}),
            "Spark on one machine": (["-o", str(folder / "alone"), "--engine", "spark"], {}),
            "Spark, two processes": (["-o", str(folder / "cluster"), "--engine", "spark"], cluster(folder)),
        }
        for name, (how, environment) in ways.items():
            command = [sys.executable, "-m", "risk_engine", "portfolio", "assess", str(table), "--on", ON, *how]
            before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, env={**os.environ, **environment})
            took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"{name:<22} {took:6.1f} s, {spent:6.1f} CPU s, {number / took:,.0f} cases a second", flush=True)


if __name__ == "__main__":
    main()
