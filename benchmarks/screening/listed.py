"""Measure "is it on a list": `python -m benchmarks.screening.listed`; `--make` draws the strings from ../shared/data.

The list holds the organisations of MISP's China Defence Universities tracker, of Canada's Named Research Organizations
and of Chinese universities and institutes on the US Entity List, with all names these give them
(`list_set/listed.csv`; organisations that share a name are one). Asked are (`list_set/asked.csv`)

- *registry*: names that the registry ROR gives to a listed organisation, bare acronyms left out; the two are linked by
  a name that is the same and belongs to no other record. Many are the list's own names, others (*unlisted*) are not;
- *written*: names of the list as people write them (`altered.py`), for which no target is set;
- *acronym*: bare acronyms of listed organisations, at most possible hits;
- *clean*: names of other organisations of the same countries; *goes on*: those that begin with a listed name;
  *part*: names of organisations whose parents, by ROR, are listed. Left out are records with a name that differs from
  a listed one by a legal form, an article or a country only: they are what is listed, though nothing proves it.

A hit is *identical* or *strong*. Each is measured against the list alone, and against the list to which the registry's
names of the linked organisations are added, as an office does that has the registry.

Last, where ../shared/data is there: how often the Chinese name of a listed organisation has as its first answer in the
registry the record that has its English name.
"""

import argparse
import csv
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.screening.altered import CHANGES
from benchmarks.screening.gold import DATA, read_registry
from benchmarks.screening.train import Names
from risk_engine.screening.match import Searcher
from risk_engine.screening.names import WordKind, fold, read

FOLDER = Path(__file__).parent / "list_set"
SEED = 22
CLEAN, PARTS = 590, 120
COUNTRIES = ("CN", "HK", "MO", "TW", "RU", "IR")
HITS = ("identical", "strong")


class Asked(NamedTuple):
    """A string, what kind it is, and the listed organisation that it means, if any."""

    text: str
    kind: str
    organisation: str


def main() -> None:
    """Measure, or make the strings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--misses", type=int, default=0)
    asked = parser.parse_args()
    if asked.make:
        make(DATA)
    listed = [(row["organisation"], row["name"]) for row in _rows(FOLDER / "listed.csv")]
    strings = [Asked(**row) for row in _rows(FOLDER / "asked.csv")]
    known = [(one.organisation, one.text) for one in strings if one.kind in {"registry", "unlisted"}]
    for title, names in (("the list alone", listed), ("with the registry's names", [*listed, *known])):
        measure(title, names, strings, asked.misses)
    if DATA.is_dir():
        chinese(DATA)


def chinese(data: Path) -> None:
    """Ask the registry for the Chinese names of listed organisations that it knows by their English ones."""
    names = Names(read_registry(data))
    holders: dict[str, set[int]] = defaultdict(set)
    for name, owner in zip(names.names, names.owners, strict=True):
        holders[fold(name)].add(owner)
    right = []
    for entry in _entries(data):
        meant = holders[fold(entry[0])]
        if len(meant) == 1 and len(entry) > 1 and not fold(entry[1]).isascii():
            answer = names.searcher.answer(entry[1], "CN")
            right.append(answer is not None and answer.candidate.owner in meant)
    print(f"Chinese list names to the registry: first answer {_share(right)} of {len(right)}")


def measure(title: str, names: Sequence[tuple[str, str]], strings: Iterable[Asked], misses: int) -> None:
    """Ask all strings and print what is found."""
    organisations = list(dict.fromkeys(organisation for organisation, _ in names))
    number = {organisation: owner for owner, organisation in enumerate(organisations)}
    searcher = Searcher([name for _, name in names], [number[organisation] for organisation, _ in names])
    counted: dict[str, list[bool]] = defaultdict(list)
    parts: list[bool] = []
    for one in strings:
        found = searcher.search(one.text, limit=5)
        hits = [candidate for candidate in found if candidate.strength in HITS]
        right = any(organisations[candidate.owner] == one.organisation for candidate in hits)
        counted[one.kind].append(right if one.organisation else bool(hits))
        if one.kind == "part":
            parts.append(any(candidate.is_part for candidate in found))
        wrong = not right if one.kind in {"registry", "unlisted"} else one.kind in {"clean", "goes on"} and bool(hits)
        if misses and wrong:
            misses -= 1
            best = found[0] if found else None
            print(f"  {one.kind}: {one.text!r} -> {best and (best.name, best.strength, round(best.same, 1))}")
    known = [*counted["registry"], *counted["unlisted"]]
    print(f"{title}: of {len(known)} names of listed organisations {_share(known)} are hits", end="; ")
    print(f"of the {len(counted['unlisted'])} that the list has not {_share(counted['unlisted'])}", end="; ")
    print(f"of {len(counted['clean'])} clean names {100 * sum(counted['clean']) / len(counted['clean']):.2f} in 100")
    print(
        f"  begin with a listed name and go on: {sum(counted['goes on'])} hits of {len(counted['goes on'])}", end="; "
    )
    print(f"parts: {sum(counted['part'])} hits, {sum(parts)} shown as parts of {len(parts)}", end="; ")
    print(f"bare acronyms: {sum(counted['acronym'])} hits of {len(counted['acronym'])}", end="; ")
    print(f"as people write them: {_share(counted['written'])} of {len(counted['written'])}")


def _share(some: Sequence[bool]) -> str:
    return f"{sum(some) / len(some):.3f}"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make(data: Path) -> None:
    """Draw the strings and write both files."""
    records = {
        record["id"]: record
        for path in sorted((data / "ror").glob("*.jsonl"))
        for record in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    }
    organisations = _united(_entries(data))
    links = _linked(organisations, records)
    random_ = random.Random(SEED)  # noqa: S311
    strings = [
        *_of_the_listed(organisations, links, records, random_),
        *_of_others(organisations, links, records, random_),
    ]
    FOLDER.mkdir(exist_ok=True)
    _write(
        "listed.csv", ("organisation", "name"), ((key, name) for key, names in organisations.items() for name in names)
    )
    _write("asked.csv", Asked._fields, sorted(set(strings)))


def _write(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def _entries(data: Path) -> Iterator[list[str]]:
    for row in _rows(data / "misp_china_defence_universities" / "cdut.csv"):
        yield [row["name"], row["name_zh"], *row["aliases"].split(";")]
    for row in _rows(data / "canada_nro" / "named_research_organizations_2024-04-18.csv"):
        yield [row["name"], *row["aliases"].split(";")]
    for row in _rows(data / "us_bis_entity_list" / "china_university_like_entities.csv"):
        aliases = row["raw"].partition("a.k.a., the following")[2].split("—")[1:]
        clean = [re.sub(r"[;.]?\s*(and)?\s*$", "", alias.split(". ")[0].strip()) for alias in aliases]
        yield [re.sub(r" \([A-Z]+\)$", "", row["name"]), row["name_zh"], *(alias.strip("; ") for alias in clean)]


def _united(entries: Iterable[list[str]]) -> dict[str, list[str]]:
    """Return the names of each organisation by its first one; entries that share a name are one organisation."""
    found: dict[str, list[str]] = {}
    whose: dict[str, str] = {}
    for entry in entries:
        names = [name.strip() for name in entry if name.strip()]
        full = [fold(name) for name in names if not read(name).is_acronym]
        key = next((whose[name] for name in full if name in whose), names[0])
        found[key] = list(dict.fromkeys([*found.get(key, ()), *names]))
        whose |= dict.fromkeys(full, key)
    return found


def _linked(organisations: Mapping[str, list[str]], records: Mapping[str, Any]) -> dict[str, str]:
    """Return the listed organisation of each record that has a name of it which no other record has."""
    holders: dict[str, set[str]] = defaultdict(set)
    for key, record in records.items():
        for name in record["names"]:
            holders[fold(name["value"])].add(key)
    links: dict[str, str] = {}
    for organisation, names in organisations.items():
        several = [holders[fold(name)] for name in names[:2] if not read(name).is_acronym and fold(name) in holders]
        if len(one := set().union(*several)) == 1:
            links[one.pop()] = organisation
    return links


def _of_the_listed(
    organisations: Mapping[str, list[str]], links: Mapping[str, str], records: Mapping[str, Any], random_: random.Random
) -> Iterator[Asked]:
    for record, organisation in links.items():
        listed = {fold(name) for name in organisations[organisation]}
        for name in (one["value"] for one in records[record]["names"]):
            if not read(name).is_acronym:
                yield Asked(name, "registry" if fold(name) in listed else "unlisted", organisation)
    for turn, (organisation, names) in enumerate(organisations.items()):
        yield Asked(CHANGES[turn % (len(CHANGES) - 1)](names[0], random_), "written", organisation)
        yield from (Asked(name, "acronym", organisation) for name in names if read(name).is_acronym)


def _of_others(
    organisations: Mapping[str, list[str]], links: Mapping[str, str], records: Mapping[str, Any], random_: random.Random
) -> Iterator[Asked]:
    several = [name for names in organisations.values() for name in names if not read(name).is_acronym]
    listed, bare = {fold(name) for name in several}, {_bare(name) for name in several}
    clean, parts = [], []
    for key, record in records.items():
        if record["country"] not in COUNTRIES or key in links:
            continue
        if any(_bare(name["value"]) in bare for name in record["names"]):
            continue
        is_part = not links.keys().isdisjoint(_above(key, records))
        for name in (one["value"] for one in record["names"]):
            folded = fold(name)
            if read(name).is_acronym:
                continue
            if is_part:
                parts.append(Asked(name, "part", ""))
            elif any(folded.startswith(f"{one} ") for one in listed if " " in one):
                yield Asked(name, "goes on", "")
            else:
                clean.append(Asked(name, "clean", ""))
    yield from random_.sample(clean, CLEAN)
    yield from random_.sample(parts, PARTS)


def _bare(name: str) -> str:
    words = read(name).words
    country = [word.kind is WordKind.COUNTRY and word.segment > 0 for word in words]
    return " ".join(w.text for w, away in zip(words, country, strict=True) if w.kind is not WordKind.LEGAL and not away)


def _above(key: str, records: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    open_ = [key]
    while open_:
        for one in records[open_.pop()]["relationships"]:
            if one["type"] == "parent" and one["id"] in records and one["id"] not in found:
                found.add(one["id"])
                open_.append(one["id"])
    return found


if __name__ == "__main__":
    main()
