"""Measure counting works: `python -m benchmarks.works 200000 1000000` prints seconds and memory of `awareness tables`.

Works are drawn at random, always the same: flat lines of OpenAlex with two to six institutions in thirty countries, one
in fifty with forty more, each tenth work twice.
"""

import argparse
import json
import random
import tempfile
from pathlib import Path

from benchmarks.many import measured

COUNTRIES = "AT BE BG CH CN CZ DE DK EE ES FI FR GB GR HR HU IE IT JP LT LV NL NO PL PT RO SE SI US".split()  # noqa: SIM905
MANY = 40
TWICE = 10


def write_works(path: Path, number: int) -> None:
    """Write so many lines."""
    drawn = random.Random(20_231_001)  # noqa: S311 (nothing is kept secret by it)
    line = ""
    with path.open("w", encoding="utf-8") as file:
        for count in range(number):
            if (count + 1) % TWICE or not line:
                line = f"{json.dumps(_work(drawn, count), ensure_ascii=False)}\n"
            file.write(line)


def _work(drawn: random.Random, count: int) -> dict[str, object]:
    parties: dict[str, list[str]] = {"CN": [f"University {drawn.randrange(300)} of Technology"]}
    for _each in range(MANY if drawn.random() < 1 / 50 else drawn.randrange(1, 6)):
        names = parties.setdefault(drawn.choice(COUNTRIES), [])
        if (name := f"University {int(drawn.random() ** 2 * 100)} of Technology") not in names:
            names.append(name)
    return {
        "paper_id": f"https://openalex.org/W{2_000_000_000 + count}",
        "doi": f"https://doi.org/10.1000/{count}",
        "title": f"On the {count}th of many questions that a title of the usual length asks of its readers",
        "publication_year": drawn.randrange(2000, 2025),
        "countries": sorted(parties),
        "institutions": parties,
        "technology_keywords": drawn.sample(("optics", "materials", "robots", "cells"), drawn.randrange(3)),
    }


def main() -> None:
    """Print a line for each number of works."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", type=int, nargs="*", default=[200_000])
    print(f"{'works':>9}{'MB of file':>12}{'seconds':>9}{'CPU':>9}{'MB':>8}")
    for number in parser.parse_args().numbers:
        with tempfile.TemporaryDirectory() as made:
            path = Path(made) / "works.jsonl"
            write_works(path, number)
            size = path.stat().st_size / 1e6
            seconds, processors, megabytes = measured("awareness", "tables", path, "--tables", Path(made) / "tables")
            print(f"{number:>9}{size:>12.0f}{seconds:>9.1f}{processors:>9.1f}{megabytes:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
