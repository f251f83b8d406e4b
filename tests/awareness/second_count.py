"""The tables of flat works a second time: lines, sets and fractions, from the definitions and not from the code."""

import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

EU27 = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
REGIONS = {"EU27": {*EU27}, "EU27-AC": {*EU27, "NO", "CH", "GB"}, "CN": {"CN"}, "US": {"US"}}
Institution = tuple[str, str]
Rows = list[tuple[Any, ...]]


def works_in(paths: Sequence[Path]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in paths:
        for line in path.read_text("utf-8").split("\n"):
            if line:
                work = json.loads(line)
                found.setdefault(work["paper_id"], work)
    return list(found.values())


def code(text: str) -> str:
    return {"UK": "GB", "EL": "GR"}.get(text, text)


def institutions_of(work: dict[str, Any]) -> set[Institution]:
    return {
        (code(country), " ".join(unicodedata.normalize("NFC", name).split()))
        for country, names in work["institutions"].items()
        for name in names
    }


def countries_of(work: dict[str, Any]) -> set[str]:
    return {code(one) for one in (*work["countries"], *work["institutions"])}


def ordered(counts: dict[Any, Any]) -> Rows:
    """Return what was counted, most first, then by bytes."""

    def parts(key: Any) -> tuple[bytes, ...]:
        flat = (
            [key]
            if isinstance(key, str)
            else [one for part in key for one in ([part] if isinstance(part, str) else part)]
        )
        return tuple(one.encode("utf-8") for one in flat)

    return sorted(counts.items(), key=lambda one: (-one[1], parts(one[0])))


def years(work: dict[str, Any]) -> str:
    return "unknown" if work["publication_year"] is None else str(work["publication_year"])


def dated(counts: dict[Any, Any]) -> Rows:
    def key(one: tuple[Any, Any]) -> tuple[Any, ...]:
        year, *rest = one[0]
        return (year == "unknown", 0 if year == "unknown" else int(year), *(each.encode() for each in rest))

    return sorted(counts.items(), key=key)


def tables(works: Iterable[dict[str, Any]], first: str = "EU27-AC", second: str = "CN") -> dict[str, Rows]:
    """Return each table as rows: of a key, which may be nested, and what is counted."""
    full: dict[str, Counter[Any]] = defaultdict(Counter)
    shares: dict[str, dict[Any, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for work in works:
        places, named, year = countries_of(work), institutions_of(work), years(work)
        full["works_by_year"][year,] += 1
        for one in places:
            full["countries"][one] += 1
            full["countries_by_year"][year, one] += 1
            shares["countries_fractional"][one] += Fraction(1, len(places))
        for name, members in REGIONS.items():
            if members & places:
                full["regions_by_year"][year, name] += 1
                shares["regions_by_year_fractional"][year, name] += Fraction(len(members & places), len(places))
        for name, members in REGIONS.items():
            for other, others in REGIONS.items():
                if name < other and not members & others and members & places and others & places:
                    full["region_pairs_by_year"][year, name, other] += 1
        for party in named:
            full["institutions"][party] += 1
            shares["institutions_fractional"][party] += Fraction(1, len(named))
        sides = [[party for party in named if party[0] in REGIONS.get(side, {side})] for side in (first, second)]
        for left in sides[0]:
            for right in sides[1]:
                full["pairs"][left, right] += 1
                shares["pairs_fractional"][left, right] += Fraction(1, len(sides[0]) * len(sides[1]))
        for keyword in {*work["technology_keywords"]}:
            full["topics"][keyword] += 1
    made = {name: (dated if "_by_year" in name else ordered)(counts) for name, counts in (full | shares).items()}
    return {
        name: [(key, float(value) if isinstance(value, Fraction) else value) for key, value in rows]
        for name, rows in made.items()
    }
