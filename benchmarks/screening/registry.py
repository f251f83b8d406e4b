"""The registry and the labelled strings as the measurements of screening read them from `../shared/data`."""

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from risk_engine.screening.match import Searcher
from risk_engine.screening.names import fold, forms_of, read
from risk_engine.screening.scoring import About


@dataclass(frozen=True)
class Registry:
    """All records of ROR that are there: their names, and what else is known of each."""

    ids: list[str]
    names: list[str]
    owners: list[int]
    about: dict[int, About]

    @cached_property
    def number(self) -> dict[str, int]:
        """The number of each record."""
        return {one: number for number, one in enumerate(self.ids)}

    @cached_property
    def searcher(self) -> Searcher:
        """Its names, ready to be searched."""
        return Searcher(self.names, self.owners, about=self.about)


def load(data: Path) -> Registry:
    """Read the registry."""
    records = [
        json.loads(line)
        for path in sorted((data / "ror").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    found = Registry([record["id"] for record in records], [], [], {})
    for number, record in enumerate(records):
        names = [name["value"] for name in record["names"]]
        acronyms = [name["value"] for name in record["names"] if "acronym" in name["types"]]
        found.names.extend(names)
        found.owners.extend([number] * len(names))
        found.about[number] = About(
            acronyms=frozenset(fold(one).replace(" ", "") for one in (*acronyms, *(n for n in names if read(n).is_acronym))),
            places=frozenset(forms_of(fold(record["city"] or ""))),
            countries=frozenset({record["country"].casefold()} if record["country"] else ()),
        )
    return found


def gold(data: Path, name: str) -> list[tuple[str, list[str]]]:
    """Read strings and the records that people say they mean, none where they mean none."""
    with (data / "affiliation_gold" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row["affiliation"], [one.strip() for one in (row["ror_ids"] or "").split(";") if one.strip()])
            for row in csv.DictReader(file)
        ]
