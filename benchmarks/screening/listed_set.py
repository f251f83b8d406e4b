"""Draw the strings of "is it on a list": `python -m benchmarks.screening.listed_set` writes `list_set/` anew.

The list (`listed.csv`) holds the organisations of MISP's China Defence Universities tracker (CC0), the Chinese
universities and institutes on the US Entity List, by their English text, and some of those on OFAC's SDN list that have
other names (both works of the US Government). Organisations that share a name are one. Asked are (`asked.csv`)

- *registry*: names that the registry ROR (CC0) gives to a listed organisation, bare acronyms left out; the two are
  linked by a name that is the same and belongs to no other record;
- *written*: names of the list as people write them (`altered.py`);
- *acronym*: bare acronyms of listed organisations;
- *clean*: names of other organisations of the same countries; *goes on*: those that begin with a listed name;
  *part*: names of organisations whose parents, by ROR, are listed. Left out are records with a name that differs from
  a listed one by a legal form, an article or a country only: they are what is listed, though nothing proves it. So are
  those with a name of Canada's Named Research Organizations, which may not be handed on with this.
"""

import csv
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from benchmarks.screening.altered import CHANGES
from benchmarks.screening.gold import DATA
from risk_engine.screening.countries import country_code
from risk_engine.screening.names import WordKind, fold, read

FOLDER: Final = Path(__file__).parent / "list_set"
SEED = 22
CLEAN, PARTS, SANCTIONED = 590, 120, 250
COUNTRIES = ("CN", "HK", "MO", "TW", "RU", "IR")
_CANADA: Final = "canada_nro/named_research_organizations_2024-04-18.csv"

Records: TypeAlias = Mapping[str, Any]
_Row: TypeAlias = tuple[str, str, str]


class Listed(NamedTuple):
    """A name on the list, the number of its organisation, in which country that is, and who lists it."""

    organisation: str
    name: str
    country: str
    source: str


class Asked(NamedTuple):
    """A string, what kind it is, and the number of the listed organisation that it means; empty where none."""

    text: str
    kind: str
    organisation: str


def listed() -> list[Listed]:
    """Return the names of the list, those of an organisation together, its first name first."""
    return [Listed(**row) for row in rows(FOLDER / "listed.csv")]


def asked() -> list[Asked]:
    """Return the strings."""
    return [Asked(**row) for row in rows(FOLDER / "asked.csv")]


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def records(data: Path) -> dict[str, Any]:
    """Return the records of the registry by their ids."""
    return {
        record["id"]: record
        for path in sorted((data / "ror").glob("*.jsonl"))
        for record in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    }


def linked(organisations: Mapping[str, Sequence[str]], known: Records) -> dict[str, str]:
    """Return the listed organisation of each record that has one of its first names, which no other record has."""
    holders: dict[str, set[str]] = defaultdict(set)
    for key, record in known.items():
        for name in record["names"]:
            holders[fold(name["value"])].add(key)
    links: dict[str, str] = {}
    for organisation, names in organisations.items():
        several = [holders[fold(name)] for name in names[:2] if not read(name).is_acronym and fold(name) in holders]
        if len(one := set().union(*several)) == 1:
            links[one.pop()] = organisation
    return links


def main(data: Path = DATA) -> None:
    """Draw the strings and write both files."""
    known = records(data)
    random_ = random.Random(SEED)  # noqa: S311
    chinese = _united(_chinese(data))
    sanctioned = _united(_sanctioned(data, random_))
    organisations = chinese | {key: names for key, names in sanctioned.items() if key not in chinese}
    links = linked({key: [name for name, _, _ in several] for key, several in organisations.items()}, known)
    names = [name for several in organisations.values() for name, _, _ in several]
    others = [name for entry in _canadian(data) for name in entry]
    strings = [
        *_of_the_listed(organisations, links, known, random_),
        *_of_others([*names, *others], names, links, known, random_),
    ]
    FOLDER.mkdir(exist_ok=True)
    number = {key: str(at) for at, key in enumerate(organisations)} | {"": ""}
    _write(
        "listed.csv", Listed._fields, ((number[key], *one) for key, several in organisations.items() for one in several)
    )
    strings = [one._replace(organisation=number[one.organisation]) for one in strings]
    _write("asked.csv", Asked._fields, sorted(set(strings)))


def _write(name: str, header: Sequence[str], table: Iterable[Sequence[str]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *table])


def _chinese(data: Path) -> Iterator[list[_Row]]:
    for row in rows(data / "misp_china_defence_universities" / "cdut.csv"):
        yield [(name, "CN", "tracker") for name in (row["name"], row["name_zh"], *row["aliases"].split(";"))]
    for row in rows(data / "us_bis_entity_list" / "china_university_like_entities.csv"):
        aliases = row["raw"].partition("a.k.a., the following")[2].split("—")[1:]
        clean = [re.sub(r"[;.]?\s*(and)?\s*$", "", alias.split(". ")[0].strip()) for alias in aliases]
        names = (re.sub(r" \([A-Z]+\)$", "", row["name"]), *(alias.strip("; ") for alias in clean))
        yield [(name, "CN", "entity-list") for name in names]


def _sanctioned(data: Path, random_: random.Random) -> Iterator[list[_Row]]:
    several = [row for row in rows(data / "us_ofac" / "sdn_entities.csv") if row["aliases"]]
    for row in random_.sample(several, SANCTIONED):
        country = country_code(row["countries"].split(";")[0])
        yield [(name, country, "sdn") for name in (row["name"], *row["aliases"].split(";"))]


def _canadian(data: Path) -> Iterator[list[str]]:
    for row in rows(data / _CANADA):
        yield [row["name"], *filter(None, row["aliases"].split(";"))]


def _united(entries: Iterable[list[_Row]]) -> dict[str, list[_Row]]:
    """Return the names of each organisation by its first one; entries that share a name are one organisation."""
    found: dict[str, list[_Row]] = {}
    whose: dict[str, str] = {}
    for entry in entries:
        names = [(name.strip(), country, source) for name, country, source in entry if fold(name)]
        full = [fold(name) for name, _, _ in names if not read(name).is_acronym]
        key = next((whose[name] for name in full if name in whose), names[0][0])
        found[key] = list(dict.fromkeys([*found.get(key, ()), *names]))
        whose |= dict.fromkeys(full, key)
    return found


def _of_the_listed(
    organisations: Mapping[str, list[_Row]], links: Mapping[str, str], known: Records, random_: random.Random
) -> Iterator[Asked]:
    for record, organisation in links.items():
        for name in (one["value"] for one in known[record]["names"]):
            if not read(name).is_acronym:
                yield Asked(name, "registry", organisation)
    for turn, (organisation, names) in enumerate(organisations.items()):
        yield Asked(CHANGES[turn % (len(CHANGES) - 1)](organisation, random_), "written", organisation)
        yield from (Asked(name, "acronym", organisation) for name, _, _ in names if read(name).is_acronym)


def _of_others(
    listed_or_near: Sequence[str],
    names: Sequence[str],
    links: Mapping[str, str],
    known: Records,
    random_: random.Random,
) -> Iterator[Asked]:
    begun = {fold(name) for name in names if not read(name).is_acronym}
    bare = {_bare(name) for name in listed_or_near if not read(name).is_acronym}
    clean, parts = [], []
    for key, record in known.items():
        if record["country"] not in COUNTRIES or key in links:
            continue
        if any(_bare(name["value"]) in bare for name in record["names"]):
            continue
        is_part = not links.keys().isdisjoint(_above(key, known))
        for name in (one["value"] for one in record["names"]):
            folded = fold(name)
            if read(name).is_acronym:
                continue
            if is_part:
                parts.append(Asked(name, "part", ""))
            elif any(folded.startswith(f"{one} ") for one in begun if " " in one):
                yield Asked(name, "goes on", "")
            else:
                clean.append(Asked(name, "clean", ""))
    yield from random_.sample(clean, CLEAN)
    yield from random_.sample(parts, PARTS)


def _bare(name: str) -> str:
    words = read(name).words
    country = [word.kind is WordKind.COUNTRY and word.segment > 0 for word in words]
    return " ".join(w.text for w, away in zip(words, country, strict=True) if w.kind is not WordKind.LEGAL and not away)


def _above(key: str, known: Records) -> set[str]:
    found: set[str] = set()
    open_ = [key]
    while open_:
        for one in known[open_.pop()]["relationships"]:
            if one["type"] == "parent" and one["id"] in known and one["id"] not in found:
                found.add(one["id"])
                open_.append(one["id"])
    return found


if __name__ == "__main__":
    main()
