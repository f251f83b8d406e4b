"""Measure a look at a register: `python -m benchmarks.monitor 1000 10000` prints seconds and memory; no test uses it.

A register of so many cases is made in a temporary folder: the examples in turn under numbers of their own, each partner
under a name of its own. Most are assessed under the version in force, so that they are decided in columns and stay; a
share (`--moved`) was assessed under the first version and comes out otherwise, so that each is assessed anew. A list
has two thousand names. The first look makes the index of the list; the second is what a night costs.
"""

import argparse
import tempfile
from collections.abc import Iterator
from datetime import date
from itertools import cycle, islice
from pathlib import Path

from benchmarks.many import EXAMPLES, measured
from risk_engine.engine.assess import assessment_digest, to_json
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.plain import digest
from risk_engine.model.assessment import Assessment
from risk_engine.office.register.log import ABOUT
from risk_engine.office.register.writing import name_of
from risk_engine.portfolio.assess import Assessor
from risk_engine.records.criteria import KEPT, bundled

DAY = date(2026, 12, 1)
FIRST = "reconnect-china@1.0.0"
NAMES = 2_000


def assessed(criteria: str | None, on: date | None, kept: Path) -> list[Assessment]:
    """Return the examples as they are assessed under a version; keep a copy of it, as a register does."""
    assessor = Assessor(criteria, on, None)
    found = []
    for path in sorted(EXAMPLES.glob("*.yaml")):
        try:
            one = assessor.assess(path)
        except RiskEngineError:
            continue
        copy = kept / f"{one.criteria.digest}.json"
        if not copy.exists():
            copy.write_bytes(bundled(assessor.criteria_of(one)))
        found.append(one)
    return found


def numbered(one: Assessment, number: int) -> Assessment:
    """Return an assessment as that of another case, with partners of its own."""
    case = {**one.case, "id": f"M-{number:06d}"}
    if isinstance(several := case.get("partner"), list):
        case["partner"] = [
            {**each, "name": f"{each['name']} {number}"} if each.get("name") else each for each in several
        ]
    other = one.model_copy(update={"case": case, "case_digest": digest(case)})
    return other.model_copy(update={"digest": assessment_digest(other)})


def make_register(folder: Path, number: int, moved: float) -> None:
    """Write a register of so many cases, as `register add` files them; a log it has not."""
    kept = folder / KEPT
    kept.mkdir(parents=True)
    (folder / ABOUT).write_text("A register from before there was a log.\n", "utf-8")
    now, then = assessed("reconnect-china", DAY, kept), assessed(FIRST, date(2026, 11, 25), kept)
    every = round(1 / moved) if moved else number + 1
    for count, one in enumerate(islice(_in_turn(now, then, every), number)):
        record = numbered(one, count)
        content = to_json(record)
        case = folder / record.case_id
        case.mkdir()
        (case / name_of(1, "assessment", record.on.isoformat(), ".json", content)).write_bytes(content)


def _in_turn(now: list[Assessment], then: list[Assessment], every: int) -> Iterator[Assessment]:
    stays, moves = cycle(now), cycle(then)
    count = 0
    while True:
        count += 1
        yield next(moves) if count % every == 0 else next(stays)


def make_list(folder: Path) -> Path:
    """Take in a list of made-up names."""
    rows = "\n".join(
        f"{place} institute of {matter} {number},CN"
        for number in range(NAMES // 4)
        for place in ("Northern", "Lakeside")
        for matter in ("optics", "metals")
    )
    (folder / "names.csv").write_text(f"name,country\n{rows}\n", "utf-8")
    (folder / "names.yaml").write_text(
        "title: Names\nstanding: evidence\ncolumns: {name: name, countries: [country]}\n", "utf-8"
    )
    store = folder / "lists.sqlite"
    measured(
        "lists", "add", folder / "names.csv", "--as", "names", "--mapping", folder / "names.yaml", "--store", store
    )
    return store


def main() -> None:
    """Print a line for each look and number of cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", type=int, nargs="*", default=[1_000])
    parser.add_argument(
        "--moved", type=float, default=0.05, help="This share comes out otherwise and is assessed anew."
    )
    parser.add_argument("--jobs", default="2")
    asked = parser.parse_args()
    print(f"{'cases':>7}  {'look':<24}{'seconds':>9}{'CPU':>9}{'MB':>8}")
    for number in asked.numbers:
        with tempfile.TemporaryDirectory() as made:
            register = Path(made) / "register"
            make_register(register, number, asked.moved)
            store = make_list(Path(made))
            look = ("monitor", "run", "--register", register, "--today", DAY.isoformat(), "--jobs", asked.jobs)
            out = ("-o", Path(made) / "out.json", "-o", Path(made) / "out.ics")
            for name, more in (
                ("dates and criteria", ()),
                ("with lists, first", ("--lists", store)),
                ("with lists, again", ("--lists", store)),
            ):
                seconds, processors, megabytes = measured(*look, *more, *out, codes={0, 1})
                print(f"{number:>7}  {name:<24}{seconds:>9.1f}{processors:>9.1f}{megabytes:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
