"""Measure screening against a long list: `python -m benchmarks.screening.speed 1000000`; no test needs it.

The names of the list are drawn from real ones (ROR, CORDIS) with a fixed seed: the beginning of one and the end of
another, so that words are as common as they are in names, and each is there once. Asked are names of the list as people
write them (`altered.py`). Seconds are those of the process on one core; run it alone.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.screening.altered import CHANGES
from benchmarks.screening.gold import DATA
from risk_engine.screening.index import NameIndex
from risk_engine.screening.match import Searcher

SEED = 22
WITHIN = (10, 100, 1000)


def real_names(data: Path) -> list[str]:
    """Names of ROR and CORDIS, each once."""
    names = [
        name["value"]
        for path in sorted((data / "ror").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for name in json.loads(line)["names"]
    ]
    with (data / "cordis" / "cn_project_organizations.csv").open(encoding="utf-8", newline="") as file:
        names += [row["org_name"].title() for row in csv.DictReader(file)]
    return list(dict.fromkeys(names))


def drawn_names(data: Path, size: int) -> list[str]:
    """So many names, made of real ones."""
    random_ = random.Random(SEED)  # noqa: S311
    split = [name.split() for name in real_names(data) if len(name.split()) > 1]
    found: dict[str, None] = {}
    while len(found) < size:
        one, other = random_.choice(split), random_.choice(split)
        found[" ".join([*one[: random_.randint(1, len(one))], *other[random_.randint(1, len(other) - 1) :]])] = None
    return list(found)


def peak() -> float:
    """Return the memory of this process at its most, in MB; `ru_maxrss` begins with that of who started it."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


class Build(NamedTuple):
    """What an index takes: seconds, and megabytes."""

    seconds: float
    peak: float
    before: float
    """Of the peak, what the names themselves took."""
    file: float


class Search(NamedTuple):
    """What searching takes, and how often the name that was altered is among so many candidates."""

    start: float
    median: float
    p95: float
    thousand: float
    """Seconds for 1,000 names; those before are for one, in milliseconds."""
    first: float
    peak: float
    before: float
    recall: dict[str, list[float]]
    """By the change, of all first: the share within each of `WITHIN`."""


class Speed(NamedTuple):
    """A list of a size."""

    size: int
    build: Build
    search: Search


def build(data: Path, size: int, path: Path) -> Build:
    """Build the index and keep it: in a process of its own, as a peak belongs to a process."""
    names = drawn_names(data, size)
    before = peak()
    start = time.process_time()
    NameIndex.build(names).save(path)
    return Build(time.process_time() - start, peak(), before, path.stat().st_size / 1e6)


def search(data: Path, size: int, path: Path) -> Search:
    """Start from the stored index and ask."""
    names = drawn_names(data, size)
    before = peak()
    begun = time.process_time()
    searcher = Searcher(names, range(size), index=NameIndex.load(path))
    start = time.process_time() - begun
    asked = _asked(names)
    there = recall(searcher.index, asked)
    took: list[float] = []
    first = 0
    for place, name in asked:
        begun = time.process_time()
        found = searcher.search(name, limit=10)
        took.append(time.process_time() - begun)
        first += bool(found) and found[0].owner == place
    median, p95 = (float(np.percentile(took, at)) * 1e3 for at in (50, 95))
    return Search(start, median, p95, sum(took) / len(took) * 1000, first / len(asked), peak(), before, there)


def _asked(names: list[str]) -> list[tuple[int, str]]:
    random_ = random.Random(SEED + 1)  # noqa: S311
    places = random_.sample(range(len(names)), 1000)
    return [(place, CHANGES[turn % len(CHANGES)](names[place], random_)) for turn, place in enumerate(places)]


def recall(index: NameIndex, asked: list[tuple[int, str]]) -> dict[str, list[float]]:
    """Return how often the name that was altered is among the candidates."""
    there: dict[str, list[tuple[bool, ...]]] = {}
    for turn, (place, name) in enumerate(asked):
        is_there = tuple(place in index.candidates(name, most) for most in WITHIN)
        for change in ("all", CHANGES[turn % len(CHANGES)].__name__):
            there.setdefault(change, []).append(is_there)
    return {change: np.mean(several, axis=0).tolist() for change, several in there.items()}


def measured(size: int) -> Speed:
    """Build in one process, ask in another, both on one core."""
    one_core = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:
        said = []
        for step in ("build", "search"):
            print(f"speed: {step} with {size:,} names", flush=True)
            words = (str(size), "--step", step, "--index", f"{folder}/index")
            command = (sys.executable, "-m", "benchmarks.screening.speed", *words)
            run = subprocess.run(command, check=True, env=one_core, capture_output=True, text=True)
            said.append(json.loads(run.stdout))
    return Speed(size, Build(**said[0]), Search(**said[1]))


def main() -> None:
    """Measure, or take one step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int)
    parser.add_argument("--step", choices=("build", "search"), help="what each process of a measurement runs")
    parser.add_argument("--index", type=Path)
    asked = parser.parse_args()
    if asked.step:
        step = build if asked.step == "build" else search
        print(json.dumps(step(DATA, asked.size, asked.index)._asdict()))
        return
    found = measured(asked.size)
    for part in (found.build, found.search):
        for name, value in part._asdict().items():
            print(f"{name}: {value:.3f}" if isinstance(value, float) else f"{name}: {value}")


if __name__ == "__main__":
    main()
