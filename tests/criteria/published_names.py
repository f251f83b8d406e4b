"""Names of real organisations: on lists of sanctions, of export control and of defence ties, and of universities.

From a folder of public lists, in the layout of `../shared/data`, it makes one set of comparable names for each list.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

TABLES: Mapping[str, tuple[str, ...]] = {
    "canada_nro/named_research_organizations_2024-04-18.csv": ("name", "aliases"),
    "us_bis_entity_list/china_university_like_entities.csv": ("name", "name_zh", "raw"),
    "misp_china_defence_universities/cdut.csv": (
        "name",
        "name_zh",
        "aliases",
        "subsidiaries",
        "major_defence_laboratories",
    ),
    "us_ofac/sdn_entities.csv": ("name", "aliases"),
    "un_sc/un_entities.csv": ("name", "name_original_script", "aliases"),
    "opensanctions_nc/us_dod_1260h.csv": ("Name", "Clean Name", "Alias", "Previous Name", "Parent Name"),
    "opensanctions_nc/cn_countermeasures_orgs.csv": ("Name", "Alias", "Chinese name"),
    "opensanctions_nc/us_bis_mieu.csv": ("Name", "Alias"),
    "opensanctions_nc/us_section_889.csv": ("name", "aliases"),
    "opensanctions_nc/us_section_154.csv": ("name", "aliases"),
    "opensanctions_nc/eu_journal_orgs.csv": ("name", "alias", "weakAlias", "previousName"),
    "openalex/institutions_seen.csv": ("display_name",),
}
"""The columns of each table that hold names, several of them separated in one cell."""

ORGANISATIONS = "ror"
"""A folder of files with one organisation of the Research Organization Registry in each line."""

UNIVERSITIES = "hipo_universities/universities_eu_ac_cn.json"


def comparable(name: str) -> str:
    """Return what is left of a name without case, accents, punctuation and a leading article; `&` is read as a word."""
    spelt_out = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    letters = "".join(one for one in spelt_out if not unicodedata.combining(one))
    return re.sub(r"^the ", "", " ".join(re.findall(r"\w+", letters)))


def published(folder: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each list of this folder, by its path, with the comparable names on it."""
    for file, columns in TABLES.items():
        yield file, _comparable(_cells(folder / file, columns))
    for path in sorted((folder / ORGANISATIONS).glob("*.jsonl")):
        yield f"{ORGANISATIONS}/{path.name}", _comparable(_registered(path))
    entries = json.loads((folder / UNIVERSITIES).read_text("utf-8"))
    yield UNIVERSITIES, _comparable(entry["name"] for entry in entries)


def _comparable(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(comparable, names)) - {""}


def _cells(path: Path, columns: tuple[str, ...]) -> Iterator[str]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            for column in columns:
                yield from _names(row[column] or "")


def _names(cell: str) -> Iterator[str]:
    """Yield the cell, the names that it lists, and of each the parts around brackets and before a comma."""
    yield cell
    for part in re.split(r"[;\n—]", cell):
        yield part
        yield from re.split(r"[()\uff08\uff09]", part)
        yield part.partition(",")[0]
        # The Entity List ends the last of the aliases with a full stop, and the address follows.
        yield part.partition(". ")[0]


def _registered(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield from (name["value"] for name in json.loads(line)["names"])
