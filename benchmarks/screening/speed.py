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
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
    """Memory of this process at its most, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(data: Path, size: int, path: Path) -> None:
    """Build the index and keep it: in a process of its own, as a peak belongs to a process."""
    names = drawn_names(data, size)
    before = peak()
    start = time.process_time()
    NameIndex.build(names).save(path)
    took, file = time.process_time() - start, path.stat().st_size / 1e6
    print(f"build: {took:.1f} s, peak {peak():.0f} MB ({before:.0f} MB of it before), file {file:.0f} MB")


def measure(data: Path, size: int, path: Path) -> None:
    """Start from the stored index and ask."""
    names = drawn_names(data, size)
    before = peak()
    start = time.process_time()
    searcher = Searcher(names, range(size), index=NameIndex.load(path))
    print(f"start: {time.process_time() - start:.1f} s")
    asked = _asked(names)
    recall(searcher.index, asked)
    took: list[float] = []
    first = 0
    for place, name in asked:
        begun = time.process_time()
        found = searcher.search(name, limit=10)
        took.append(time.process_time() - begun)
        first += bool(found) and found[0].owner == place
    print(
        f"one name: median {np.median(took) * 1e3:.1f} ms, p95 {np.percentile(took, 95) * 1e3:.1f} ms; "
        f"1,000 names: {sum(took) / len(took) * 1000:.1f} s; first answer {first / len(asked):.4f}; "
        f"peak {peak():.0f} MB ({before:.0f} MB before)"
    )


def _asked(names: list[str]) -> list[tuple[int, str]]:
    random_ = random.Random(SEED + 1)  # noqa: S311
    places = random_.sample(range(len(names)), 1000)
    return [(place, CHANGES[turn % len(CHANGES)](names[place], random_)) for turn, place in enumerate(places)]


def recall(index: NameIndex, asked: list[tuple[int, str]]) -> None:
    """Print how often the name that was altered is among the candidates."""
    there: dict[str, list[tuple[bool, ...]]] = {}
    for turn, (place, name) in enumerate(asked):
        is_there = tuple(place in index.candidates(name, most) for most in WITHIN)
        for change in ("all", CHANGES[turn % len(CHANGES)].__name__):
            there.setdefault(change, []).append(is_there)
    for change, several in there.items():
        shares = zip(WITHIN, np.mean(several, axis=0).tolist(), strict=True)
        print(f"recall, {change}: {', '.join(f'{share:.3f} in {most}' for most, share in shares)}")


def main() -> None:
    """Build in one process, ask in another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int)
    parser.add_argument("--step", choices=("build", "measure"))
    parser.add_argument("--index", type=Path)
    asked = parser.parse_args()
    steps = {"build": build, "measure": measure}
    if asked.step:
        steps[asked.step](DATA, asked.size, asked.index)
        return
    with tempfile.TemporaryDirectory() as folder:
        for step in steps:
            words = [str(asked.size), "--step", step, "--index", f"{folder}/index"]
            one_core = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
            subprocess.run((sys.executable, "-m", "benchmarks.screening.speed", *words), check=True, env=one_core)


if __name__ == "__main__":
    main()
