"""The US Consolidated Screening List, as CSV and as JSON: lists of three departments in one."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from risk_engine.files.language import _
from risk_engine.files.reading import open_file
from risk_engine.screening.entry import Entry, IdentifierKind, Name
from risk_engine.screening.formats.reading import Reading, identifiers, parted, plain_text
from risk_engine.screening.formats.streams import csv_cells, json_items

NEEDED: Final = ("source", "name", "programs", "addresses", "alt_names")
_OTHERS: Final = frozenset({"vessel", "aircraft"})
_OF_PERSONS: Final = "Denied Persons"
"""What it takes from this list has no type, and is about persons and firms alike."""
_FIRM: Final = re.compile(
    r"(?i)\b(inc|ltd|llc|gmbh|co|corp|company|s\.?a|b\.?v|limited|plc|institute|universit\w*|trading|technolog\w*|group|bank"
    r"|international|industr\w*|services|systems|aviation|airlines?|logistics|exports?|imports?|enterprises?)\b"
)
_NUMBERS: Final[dict[str, IdentifierKind]] = {
    "tax id no.": "tax",
    "nit #": "tax",
    "registration id": "registration",
    "registration number": "registration",
    "company number": "registration",
    "commercial registry number": "registration",
    "unified social credit code (uscc)": "registration",
    "legal entity number": "lei",
    "website": "domain",
}


def read_csv(reading: Reading) -> Iterator[Entry]:
    """Yield the organisations of the CSV file, and where that is allowed its individuals."""
    for number, cells in csv_cells(reading, NEEDED):
        if entry := _entry(number, cells, reading, _csv_lists, _csv_numbers):
            yield entry


def read_json(reading: Reading) -> Iterator[Entry]:
    """Yield the organisations of the JSON file, and where that is allowed its individuals."""
    with open_file(reading.path) as file:
        for line, item in json_items(file, reading, "results"):
            if missing := [one for one in ("source", "name") if not isinstance(item.get(one), str)]:
                reading.problem(line, _("`{key}` is missing, or no text", key=missing[0]))
            elif entry := _entry(line, item, reading, _json_lists, _json_numbers):
                yield entry


_Numbers = Iterator[tuple[IdentifierKind, str]]


def _csv_lists(cells: Mapping[str, Any], key: str) -> list[str]:
    return parted(cells.get(key) or "")


def _json_lists(cells: Mapping[str, Any], key: str) -> list[str]:
    values = cells.get(key) or []
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []


def _csv_numbers(cells: Mapping[str, Any]) -> _Numbers:
    """Yield what stands in one cell as "CN, 9144030071, Unified Social Credit Code (USCC); www.x.cn, Website"."""
    for one in parted(cells.get("ids") or ""):
        *_land, number, kind = ["", *(part.strip() for part in one.split(","))]
        if known := _NUMBERS.get(kind.lower()):
            yield known, number


def _json_numbers(cells: Mapping[str, Any]) -> _Numbers:
    for one in cells.get("ids") or []:
        if isinstance(one, dict) and (known := _NUMBERS.get(str(one.get("type")).lower())):
            yield known, str(one.get("number") or "")


def _places(cells: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the addresses, each with the code of its country, which stands last in the CSV."""
    stated = cells.get("addresses") or ""
    if isinstance(stated, str):
        return [
            (one, last if len(last := one.rpartition(",")[2].strip()) == len("US") else "") for one in parted(stated)
        ]
    found = []
    for one in stated:
        if isinstance(one, dict):
            parts = (one.get(part) for part in ("address", "city", "state", "postal_code", "country"))
            found.append((", ".join(part for part in parts if isinstance(part, str)), str(one.get("country") or "")))
    return found


def _is_person(kind: str, source: str, name: str) -> bool:
    # A denied party without a type is taken for a person unless its name says that it is a firm.
    return kind == "individual" or (not kind and _OF_PERSONS in source and not _FIRM.search(name))


def _entry(
    line: int,
    cells: Mapping[str, Any],
    reading: Reading,
    lists: Callable[[Mapping[str, Any], str], list[str]],
    numbers: Callable[[Mapping[str, Any]], _Numbers],
) -> Entry | None:
    def text(key: str) -> str:
        value = cells.get(key)
        return str(value).strip() if value is not None else ""

    kind, source, name = text("type").lower(), text("source"), text("name")
    if reading.leaves_out(is_person=(is_person := _is_person(kind, source, name)), is_other=kind in _OTHERS):
        return None
    # Of the Entity List, as in a sentence: "X; Y; and Z".
    others = [Name(one.removeprefix("and "), "alias") for one in lists(cells, "alt_names")]
    if not source:
        reading.problem(line, _("`{key}` is missing, or no text", key="source"))
        return None
    if not (names := reading.names(line, name, others)):
        return None
    places = _places(cells)
    number = text("entity_number")
    # Older files say no id of their own.
    key = text("_id") or text("id") or reading.made_key(f"{source.partition(' (')[0]}/{number or names[0].text}")
    return Entry(
        list=reading.list_id,
        key=key,
        names=names,
        identifiers=identifiers(numbers(cells)),
        countries=reading.countries(*(code for _place, code in places)),
        places=tuple(dict.fromkeys(plain_text(one) for one, _code in places)),
        category=source,
        programmes=tuple(lists(cells, "programs")),
        since=reading.day(line, "start_date", text("start_date")),
        until=reading.day(line, "end_date", text("end_date")),
        why=plain_text(
            ". ".join(filter(None, (text("remarks"), text("license_policy"), text("federal_register_notice"))))
        ),
        link=next((one for key in ("source_information_url", "source_list_url") if (one := text(key))), ""),
        is_person=is_person,
    )
