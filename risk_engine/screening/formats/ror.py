"""The Research Organization Registry: records of schema 2 and 1, in an array, one a line, or a dump in its archive."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from risk_engine.files.language import _
from risk_engine.screening.entry import Entry, IdentifierKind, Name, NameKind, Relation, RelationKind
from risk_engine.screening.formats.reading import Reading, day_of, identifiers, name_text
from risk_engine.screening.formats.streams import json_items, json_lines, unpacked
from risk_engine.screening.identifiers import normal

MEMBER: Final = re.compile(r"ror-data(?:_schema_v2)?\.json$")
"""In a dump that has both schemas, the second one sorts last."""
_DATE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[_-]ror-data")
_NUMBERS: Final[dict[str, IdentifierKind]] = {
    "grid": "grid",
    "isni": "isni",
    "wikidata": "wikidata",
    "fundref": "fundref",
}
_RELATIONS: Final[frozenset[RelationKind]] = frozenset({"parent", "child", "related", "predecessor", "successor"})


def read(reading: Reading) -> Iterator[Entry]:
    """Yield the organisations of the registry; what is inactive or withdrawn too, with that status."""
    if found := _DATE.search(reading.path.name):
        reading.made_on = day_of(found[1])
    with unpacked(reading.path, MEMBER) as file:
        start = file.peek(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] if hasattr(file, "peek") else b"["
        items = json_lines(file, reading) if start == b"{" else json_items(file, reading)
        for line, item in items:
            if entry := _entry(line, item, reading):
                yield entry


def _entry(line: int, item: Mapping[str, Any], reading: Reading) -> Entry | None:
    ror = normal("ror", str(item.get("id") or ""))
    if not ror:
        message = _("`id` is no identifier of the registry: `{text}`", text=str(item.get("id"))[:60])
        reading.problem(line, message)
        return None
    try:
        stated = list(_names_2(item) if isinstance(item.get("names"), list) else _names_1(item))
        stated.sort(key=lambda one: one.kind != "main")
        main = stated[0].text if stated else ""
        if not (names := reading.names(line, main, stated)):
            return None
        sites = item.get("websites") or item.get("links") or []
        links = [one if isinstance(one, str) else one["value"] for one in sites if _is_site(one)]
        numbers: list[tuple[IdentifierKind, str]] = [("ror", ror), *_numbers(item)]
        numbers += [("domain", one) for one in (*(item.get("domains") or []), *links)]
        lands, towns = _places(item)
        key = f"https://ror.org/{ror}"
        return Entry(
            list=reading.list_id,
            key=key,
            names=names,
            identifiers=identifiers(numbers),
            countries=reading.countries(*lands),
            places=tuple(dict.fromkeys(name_text(one) for one in towns)),
            category=", ".join(one.lower() for one in item.get("types") or []),
            link=key,
            relations=tuple(_relations(item)),
            status=str(item.get("status") or "active"),
        )
    except (TypeError, KeyError, AttributeError) as error:
        reading.problem(line, _("the record is not as the registry writes one: {reason}", reason=error))
        return None


def _names_2(item: Mapping[str, Any]) -> Iterator[Name]:
    for one in item["names"]:
        types, language = one["types"], one.get("lang") or ""
        kind: NameKind = "alias"
        if "ror_display" in types:
            kind = "main"
        elif "acronym" in types:
            kind = "acronym"
        elif "label" in types:
            kind = "translation"
        yield Name(one["value"], kind, language)


def _names_1(item: Mapping[str, Any]) -> Iterator[Name]:
    yield Name(item["name"])
    yield from (Name(one, "alias") for one in item.get("aliases") or [])
    yield from (Name(one, "acronym") for one in item.get("acronyms") or [])
    yield from (Name(one["label"], "translation", one.get("iso639") or "") for one in item.get("labels") or [])


def _is_site(link: object) -> bool:
    return isinstance(link, str) or (isinstance(link, dict) and link.get("type") == "website")


def _numbers(item: Mapping[str, Any]) -> Iterator[tuple[IdentifierKind, str]]:
    for kind in ("wikidata", "grid"):
        if isinstance(one := item.get(kind), str):
            yield _NUMBERS[kind], one
    stated = item.get("external_ids") or []
    if isinstance(stated, dict):  # schema 1
        stated = [{"type": kind, **one} for kind, one in stated.items()]
    for one in stated:
        every = one.get("all") or []
        for number in [every] if isinstance(every, str) else every:
            if known := _NUMBERS.get(one["type"].lower()):
                yield known, number


def _places(item: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the codes of the countries, and the towns."""
    if isinstance(country := item.get("country"), str):
        return [country], [item["city"]] if item.get("city") else []
    if country is not None:  # schema 1
        return [country["country_code"]], [one["city"] for one in item.get("addresses") or [] if one.get("city")]
    details = [one["geonames_details"] for one in item.get("locations") or []]
    return [one["country_code"] for one in details], [one["name"] for one in details if one.get("name")]


def _relations(item: Mapping[str, Any]) -> Iterator[Relation]:
    for one in item.get("relationships") or []:
        kind = one["type"].lower()
        yield Relation(kind if kind in _RELATIONS else "related", one["id"], name_text(one.get("label") or ""))
