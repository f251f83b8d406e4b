"""Lists of the US Office of Foreign Assets Control in its own layout: three CSV files without headers.

SDN.CSV (or CONS_PRIM.CSV) has twelve columns: number, name, type, programme, title, five of vessels, owner, remarks;
ALT.CSV beside it has the other names, ADD.CSV the addresses, each row with the number of its entry.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from risk_engine.files.csv_rows import Row, open_csv
from risk_engine.files.language import _
from risk_engine.screening.entry import Entry, IdentifierKind, Name, NameKind, Relation
from risk_engine.screening.formats.reading import Reading, identifiers, name_text, plain_text

BESIDE: Final = ("alt", "add")
"""What the other files hold, and are called."""
_NOTHING: Final = "-0-"
COLUMNS: Final = (
    "number",
    "name",
    "type",
    "programme",
    "title",
    "sign",
    "kind",
    "tonnage",
    "gross",
    "flag",
    "owner",
    "remarks",
)
_OTHER_NAMES: Final = ("number", "other", "kind", "name", "remarks")
_ADDRESSES: Final = ("number", "address", "street", "city", "land", "remarks")
_TYPES: Final = frozenset({"", "individual", "vessel", "aircraft"})
_KINDS: Final[dict[str, NameKind]] = {"fka": "former", "aka": "alias", "nka": "alias"}
_WEAK: Final = re.compile(r"\b([afn])\.k\.a\. '([^']+)'")
_LINKED: Final = re.compile(r"Linked To: ([^;]+?)\.?(?:;|$)")
_NUMBERS: Final[tuple[tuple[IdentifierKind, re.Pattern[str]], ...]] = (
    ("tax", re.compile(r"\bTax ID No\. ([\w/.-]+)")),
    ("tax", re.compile(r"\bNIT # ([\w.-]+)")),
    (
        "registration",
        re.compile(r"\b(?:Registration (?:Number|ID)|Company Number|Commercial Registry Number) ([\w/.-]+)"),
    ),
    ("registration", re.compile(r"\bUnified Social Credit Code \(USCC\) (\w+)")),
    ("lei", re.compile(r"\bLegal Entity Number (\w{20})\b")),
    ("domain", re.compile(r"\bWebsite (\S+?)[;.]?(?:\s|$)")),
)
_SINCE: Final = re.compile(r"\bListing Date:? (\d{4}-\d{2}-\d{2})")


def beside(name: str) -> dict[str, str]:
    """Return how the other files of a list are called where the main one has a name; nothing where it has none of OFAC.

    >>> beside("SDN.CSV"), beside("cons_prim.csv")
    ({'alt': 'ALT.CSV', 'add': 'ADD.CSV'}, {'alt': 'cons_alt.csv', 'add': 'cons_add.csv'})
    """
    found = re.search(r"(?i)(sdn|prim)(?=\.csv$)", name)
    if found is None:
        return {}
    upper = found[0].isupper()
    return {one: name[: found.start()] + (one.upper() if upper else one) + name[found.end() :] for one in BESIDE}


def read(reading: Reading) -> Iterator[Entry]:
    """Yield the entities of the list, and where that is allowed its individuals."""
    names = _names(reading, reading.beside["alt"]) if "alt" in reading.beside else {}
    addresses = _addresses(reading, reading.beside["add"]) if "add" in reading.beside else {}
    for row, cells in _rows(reading, reading.path, COLUMNS):
        kind = cells["type"].lower()
        if kind not in _TYPES:
            message = _("`{text}` is no kind of entry of this list", text=cells["type"][:60])
            reading.problem(row.number, message, _("are the columns the right way round?"))
            continue
        if reading.leaves_out(is_person=kind == "individual", is_other=kind in {"vessel", "aircraft"}):
            continue
        remarks = cells["remarks"]
        others = names.get(cells["number"], []) + [Name(one[2], "weak") for one in _WEAK.finditer(remarks)]
        if not (found := reading.names(row.number, cells["name"], others)):
            continue
        places = addresses.get(cells["number"], [])
        yield Entry(
            list=reading.list_id,
            key=cells["number"],
            names=found,
            identifiers=identifiers((kind, one) for kind, form in _NUMBERS for one in form.findall(remarks)),
            countries=reading.countries(*(land for _street, land in places)),
            places=tuple(dict.fromkeys(one for one, _land in places if one)),
            programmes=tuple(re.split(r"\]\s*\[", cells["programme"].strip("[]"))) if cells["programme"] else (),
            since=date.fromisoformat(day[1]) if (day := _SINCE.search(remarks)) else None,
            why=plain_text(remarks),
            link=f"https://sanctionssearch.ofac.treas.gov/Details.aspx?id={cells['number']}",
            relations=tuple(Relation("related", "", name_text(one)) for one in _LINKED.findall(remarks)),
            is_person=kind == "individual",
        )


def _rows(reading: Reading, path: Path, columns: tuple[str, ...]) -> Iterator[tuple[Row, dict[str, str]]]:
    for row in open_csv(path, columns=columns).rows():
        if row.cells == ["\x1a"]:  # the end of a file, as MS-DOS marked it
            continue
        if row.problem:
            reading.problem(row.number, row.problem, path=path)
            continue
        stated = [cell.strip() for cell in row.cells]
        cells = dict(zip(columns, ("" if one == _NOTHING else one for one in stated), strict=True))
        if cells["number"].isdigit():
            yield row, cells
        else:
            message = _("the first cell is no number: `{text}`", text=cells["number"][:60])
            reading.problem(row.number, message, _("are the columns the right way round?"), path=path)


def _names(reading: Reading, path: Path) -> dict[str, list[Name]]:
    found: dict[str, list[Name]] = {}
    for _row, cells in _rows(reading, path, _OTHER_NAMES):
        if cells["name"]:
            found.setdefault(cells["number"], []).append(
                Name(cells["name"], _KINDS.get(cells["kind"].lower(), "alias"))
            )
    return found


def _addresses(reading: Reading, path: Path) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for _row, cells in _rows(reading, path, _ADDRESSES):
        whole = ", ".join(filter(None, (name_text(cells[one]) for one in ("street", "city", "land"))))
        found.setdefault(cells["number"], []).append((whole, cells["land"]))
    return found
