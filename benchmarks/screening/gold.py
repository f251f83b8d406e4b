"""The gold strings: what people wrote, and which organisations of the registry they meant.

They lie outside the repository, in `../shared/data`: `affiliation_gold/*.csv`, the registry (`ror/*.jsonl`), the way
from OpenAlex ids to ROR ids (`openalex/institutions_seen.csv`) and labelled pairs of names (`name_pairs/`). Each file
is one half; the other is kept apart for judging, split by the SHA-256 of the string. Whoever trains on these halves
splits them again with `fold_of`, which holds each spelling of a string in one fold.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import yaml

DATA = next(
    (one / "shared" / "data" for one in Path(__file__).parents if (one / "shared" / "data").is_dir()),
    Path(__file__).parents[3] / "shared" / "data",
)
"""Beside the repository; beside one of the folders around it where it is checked out deeper."""
NAME_FILES = ("ror_api_names", "ror_logs")
"""Names of partners, as people type them; the other files hold affiliations, as they are printed in papers."""
FOLDS = 5
CHINESE = frozenset(("CN", "HK", "MO", "TW"))
_SPLIT = "; "
_MANY_WORDS = 9
"""From so many words on a string without a comma is read as an affiliation."""
_ACRONYM = re.compile(r"[A-Z0-9][A-Za-z0-9&.-]{1,9}")


class Organisation(NamedTuple):
    """One record of the registry."""

    key: str
    names: tuple[str, ...]
    """First the one that the registry shows."""
    country: str
    city: str = ""


class GoldString(NamedTuple):
    """One labelled string: the organisations in it, none where it names none that the labellers know."""

    text: str
    wanted: frozenset[str]
    file: str


class GoldPair(NamedTuple):
    """Two names, and whether somebody holds them for one organisation."""

    first: str
    second: str
    same: bool


class Gold(NamedTuple):
    """All of it, and what could not be used, in words."""

    registry: dict[str, Organisation]
    strings: tuple[GoldString, ...]
    pairs: tuple[GoldPair, ...]
    left_out: tuple[str, ...]


def read_gold(data: Path = DATA) -> Gold:
    """Read the halves that are open."""
    left_out: list[str] = []
    strings = [one for path in sorted((data / "affiliation_gold").glob("*.csv")) for one in _strings(path, left_out)]
    return Gold(read_registry(data), tuple(strings), tuple(_pairs(data / "name_pairs")), tuple(left_out))


def read_registry(data: Path = DATA) -> dict[str, Organisation]:
    """Return the records of the registry by their ROR id, those that are no longer active among them."""
    files = sorted((data / "ror").glob("*.jsonl"))
    records = (json.loads(line) for path in files for line in path.read_bytes().splitlines())
    return {record["id"]: _organisation(record) for record in records}


def _organisation(record: dict[str, Any]) -> Organisation:
    names = sorted(record["names"], key=lambda name: "ror_display" not in name["types"])
    return Organisation(
        record["id"], tuple(name["value"] for name in names), record["country"] or "", record["city"] or ""
    )


def _strings(path: Path, left_out: list[str]) -> Iterator[GoldString]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    crosswalk = _crosswalk(path) if rows and "openalex_institution_ids" in rows[0] else None
    broken = unknown = 0
    for row in rows:
        labels = row["ror_ids" if crosswalk is None else "openalex_institution_ids"]
        if labels is None:
            broken += 1
            continue
        ids = frozenset(one for one in labels.split(_SPLIT) if one)
        if crosswalk is not None:
            if not ids <= crosswalk.keys():
                unknown += 1
                continue
            ids = frozenset(crosswalk[one] for one in ids)
        yield GoldString(row["affiliation"], ids, path.stem)
    if broken:
        left_out.append(f"`{path.stem}`: {broken} rows without a column of labels")
    if unknown:
        left_out.append(f"`{path.stem}`: {unknown} of {len(rows)} strings with a label for which no ROR id is known")


def _crosswalk(gold: Path) -> dict[str, str]:
    with (gold.parents[1] / "openalex" / "institutions_seen.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["ror"] for row in csv.DictReader(file) if row["ror"]}


def _pairs(folder: Path) -> Iterator[GoldPair]:
    with (folder / "nomenklatura_name_bench_orgs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield GoldPair(row["name1"], row["name2"], row["is_match"] == "true")
    checks = yaml.safe_load((folder / "nomenklatura_entity_bench_orgs.yml").read_text("utf-8"))["checks"]
    for check in checks:
        yield GoldPair(check["query"]["name"], check["candidate"]["name"], check["match"])


def folded(text: str) -> str:
    """Return the string as the halves were split by it: NFKC, without case."""
    return unicodedata.normalize("NFKC", text).casefold()


def fold_of(text: str, folds: int = FOLDS) -> int:
    """Return in which fold of a cross-validation a string is.

    From the end of the digest: its beginning has already decided which half is open.
    """
    return int.from_bytes(sha256(folded(text).encode()).digest()[-8:]) % folds


def is_name(string: GoldString) -> bool:
    """Return whether it is the name of a partner; an affiliation string otherwise."""
    return string.file in NAME_FILES


def categories(string: GoldString, registry: dict[str, Organisation]) -> tuple[str, ...]:
    """Return what kinds of string it is: one of its form, and whether it means somebody in China (or nobody)."""
    kinds = [_form(string.text)]
    if not string.wanted:
        kinds.append("true negative")
    elif any(one in registry and registry[one].country in CHINESE for one in string.wanted):
        kinds.append("organisation in China")
    return tuple(kinds)


def _form(text: str) -> str:
    letters = [one for one in text if one.isalpha()]
    other = sum(not unicodedata.name(one, "").startswith("LATIN") for one in letters)
    if other * 2 > len(letters):
        return "other script"
    if re.search(r"[,;\n]", text) or len(text.split()) >= _MANY_WORDS:
        return "affiliation string"
    capitals = sum(one.isupper() for one in text)
    return "acronym" if _ACRONYM.fullmatch(text.strip()) and capitals * 2 > len(text.strip()) else "name"
