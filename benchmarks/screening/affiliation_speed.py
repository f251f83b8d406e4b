"""Measure affiliations against a registry as long as ROR: `python -m benchmarks.screening.affiliation_speed 115000`.

No test needs it. The organisations are those of the open registry, and copies of them whose telling words, towns and
keys are others, drawn with a fixed seed: names have as many words of a type, and share them, as real ones do. Asked is
every thirtieth gold string. Seconds are those of the process on one core; run it alone.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.screening.affiliations import read_entries
from benchmarks.screening.gold import DATA, is_name, read_gold
from benchmarks.screening.speed import SEED, peak
from risk_engine.screening.entry import Entry, ListHead
from risk_engine.screening.names import WordKind, read
from risk_engine.screening.store import Store
from risk_engine.screening.stored_index import Listing
from risk_engine.screening.swap import put

DAY = date(2026, 12, 1)
ONE_IN = 30
_SYLLABLES = [first + last for first in "bdgklmnprstvwz" for last in "aeio"]
_PUNCTUATION = ",.()"


def organisations(size: int) -> Iterator[Entry]:
    """Yield so many organisations of a registry."""
    draw = random.Random(SEED)  # noqa: S311
    entries = read_entries(DATA)
    for number in range(size):
        turn, place = divmod(number, len(entries))
        yield _copy(entries[place], turn, draw) if turn else entries[place]


def _copy(entry: Entry, turn: int, draw: random.Random) -> Entry:
    others: dict[str, str] = {}

    def other(word: str) -> str:
        drawn = "".join(draw.choice(_SYLLABLES) for _ in range(max(2, len(word) // 2)))
        return others.setdefault(word, drawn.capitalize())

    def altered(text: str) -> str:
        telling = {word.text for word in read(text).words if word.kind is WordKind.PROPER}
        bare = [(word, word.strip(_PUNCTUATION).lower()) for word in text.split()]
        return " ".join(other(one) if one in telling and word.isascii() else word for word, one in bare)

    return replace(
        entry,
        key=f"{entry.key}-{turn}",
        names=tuple(name._replace(text=altered(name.text)) for name in entry.names),
        places=tuple(map(altered, entry.places)),
        relations=tuple(one._replace(key=f"{one.key}-{turn}") for one in entry.relations),
        identifiers={},
    )


def build(size: int, path: Path) -> None:
    """Take the registry in and make what is kept beside it."""
    head = ListHead("ror", "ror", "", "registry", "", "table", "ror", DAY, DAY, "", "", 0, 0)
    with Store.open(path, make=True) as store:
        put(store, (replace(one, list="ror") for one in organisations(size)), lambda: head, {"id": "ror"}, anyway=True)
        start = time.process_time()
        listing = _listing(store)
        names = time.process_time()
        listing.affiliations(store, DAY, lambda _list, _done: None)
        print(f"build: index of names {names - start:.1f} s, of words {time.process_time() - names:.1f} s")


def _listing(store: Store) -> Listing:
    found = Listing.of(store, store.head("ror"), DAY, lambda _list, _done: None)
    if found is None:
        raise SystemExit(f"{store.path}: the registry has no names")
    return found


def measure(path: Path) -> None:
    """Start from what is kept and ask."""
    texts = [one.text for one in read_gold().strings if not is_name(one)][::ONE_IN]
    before = peak()
    with Store.open(path) as store:
        start = time.process_time()
        registry = _listing(store).affiliations(store, DAY, lambda _list, _done: None)
        print(f"start: {time.process_time() - start:.1f} s, {peak() - before:.0f} MB")
        for turn in ("first time", "again"):
            took = []
            for text in texts:
                begun = time.process_time()
                registry.find(text)
                took.append(time.process_time() - begun)
            median, late = np.median(took) * 1e3, np.percentile(took, 95) * 1e3
            rate = len(texts) / sum(took)
            print(f"{turn}, {len(texts)} strings: median {median:.1f} ms, p95 {late:.1f} ms, {rate:.0f}/s")
        print(f"peak: {peak() - before:.0f} MB")


def main() -> None:
    """Build in one process, ask in another: a peak belongs to a process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int)
    parser.add_argument("--store", type=Path, help="what an earlier run has built")
    asked = parser.parse_args()
    if asked.store:
        measure(asked.store)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lists.sqlite"
        build(asked.size, path)
        words = (str(asked.size), "--store", str(path))
        one_core = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        command = (sys.executable, "-m", "benchmarks.screening.affiliation_speed", *words)
        subprocess.run(command, check=True, env=one_core)


if __name__ == "__main__":
    main()
