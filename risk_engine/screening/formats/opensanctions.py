"""What OpenSanctions publishes of one list or of many: its plain table of targets, its FollowTheMoney entities."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from risk_engine.files.language import _
from risk_engine.files.reading import open_file
from risk_engine.screening.entry import STANDINGS, Entry, IdentifierKind, Name, NameKind, Relation, Standing
from risk_engine.screening.formats.reading import Reading, day_of, identifiers, name_text, parted, plain_text
from risk_engine.screening.formats.streams import csv_cells, json_lines
from risk_engine.screening.names import stored

COLUMNS: Final = ("id", "schema", "name", "aliases", "countries", "identifiers", "sanctions", "dataset", "first_seen")
ORGANISATIONS: Final = frozenset({"Organization", "Company", "LegalEntity", "PublicBody"})
PERSONS: Final = frozenset({"Person"})
OTHERS: Final = frozenset(
    [
        "Vessel",
        "Airplane",
        "Vehicle",
        "Security",
        "CryptoWallet",
        "Asset",
        "RealEstate",
        "Thing",
        "Article",
        "Document",
        "Event",
        "Address",
    ]
)
_NAMES: Final[tuple[tuple[str, NameKind], ...]] = (
    ("name", "alias"),
    ("alias", "alias"),
    ("abbreviation", "acronym"),
    ("previousName", "former"),
    ("weakAlias", "weak"),
)
_NUMBERS: Final[tuple[tuple[str, IdentifierKind], ...]] = (
    ("leiCode", "lei"),
    ("registrationNumber", "registration"),
    ("ogrnCode", "registration"),
    ("uscCode", "registration"),
    ("companiesHouseNumber", "registration"),
    ("innCode", "tax"),
    ("taxNumber", "tax"),
    ("vatCode", "tax"),
    ("wikidataId", "wikidata"),
    ("dunsCode", "duns"),
    ("website", "domain"),
)
_PROGRAMME_OF_A_STATE: Final = re.compile(r"(?!EU-|UN-)[A-Z]{2,4}-[A-Z0-9]")
"""Such as US-BIS-EL, GB-RUS and SECO-UKRAINE."""
_LINKS: Final = "https://www.opensanctions.org/entities/{key}/"
_OWNERSHIP: Final = "Ownership"
_SANCTION: Final = "Sanction"


def read_csv(reading: Reading) -> Iterator[Entry]:
    """Yield the organisations of `targets.simple.csv`, and where that is allowed its persons."""
    for number, cells in csv_cells(reading, COLUMNS):
        schema, key = cells["schema"].strip(), cells["id"].strip()
        on = parted(cells["dataset"])
        reading.datasets.update(on)
        if _known(number, schema, key, reading) and (
            names := reading.names(number, cells["name"], (Name(one, "alias") for one in parted(cells["aliases"])))
        ):
            programmes = tuple(parted(cells.get("program_ids", "")))
            yield Entry(
                list=reading.list_id,
                key=key,
                names=names,
                identifiers=identifiers([("wikidata", key), *(("other", one) for one in parted(cells["identifiers"]))]),
                # Of a person it may be a nationality.
                countries=() if schema in PERSONS else reading.countries(*parted(cells["countries"])),
                places=tuple(map(plain_text, parted(cells.get("addresses", "")))),
                programmes=programmes,
                # It was seen there on that day, so it is listed since then at the latest.
                since=reading.day(number, "first_seen", cells["first_seen"]),
                why=plain_text(cells["sanctions"]),
                link=_LINKS.format(key=key),
                is_person=schema in PERSONS,
                on=tuple(on),
                standings=_standings(on, programmes, reading),
            )


@cache
def _lists_known() -> Mapping[str, Standing]:
    """Return what it is to stand on a list, by its name and by its title in a collection."""
    said = stored("opensanctions.json")
    kinds: tuple[Standing, ...] = ("law", "evidence")
    return {known: kind for kind in kinds for pair in said[kind].items() for known in pair}


def _standings(on: Iterable[str], programmes: Iterable[str], reading: Reading) -> tuple[Standing, ...]:
    """Return what it is to stand on some lists: law only where one of them is known to be of the EU or the UN.

    Others, such as registers of firms that were merged into the entry, say nothing.
    """
    is_of = {standing for one in on if (standing := _lists_known().get(one)) is not None}
    if any(map(_PROGRAMME_OF_A_STATE.match, programmes)):
        is_of.add("evidence")
    found = sorted(is_of, key=STANDINGS.index)
    reading.standings.update(found or [None])
    return tuple(found)


def _known(line: int, schema: str, key: str, reading: Reading) -> bool:
    """Return whether an entry is kept; keep a problem where nobody can tell what it is."""
    if not key or " " in key:
        reading.problem(line, _("`id` is no id: `{text}`", text=key[:60]), _("are the columns the right way round?"))
        return False
    if schema not in ORGANISATIONS | PERSONS | OTHERS:
        message = _("there is no kind of entity `{text}`", text=schema[:60])
        reading.problem(line, message, _("are the columns the right way round?"))
        return False
    return not reading.leaves_out(is_person=schema in PERSONS, is_other=schema in OTHERS)


def read_ftm(reading: Reading) -> Iterator[Entry]:
    """Yield the organisations of `entities.ftm.json`, and where that is allowed its persons.

    What they are listed for, and who owns whom, stands in entities of their own, so the file is read twice.
    """
    listed, owners = _beside(reading)
    with open_file(reading.path) as file:
        for line, item in json_lines(file, reading):
            key, schema, said = item.get("id"), item.get("schema"), item.get("properties")
            if not (isinstance(key, str) and isinstance(schema, str) and isinstance(said, dict)):
                reading.problem(line, _("an entity needs the texts `id` and `schema`, and `properties`"))
                continue
            if not item.get("target", bool(said.get("topics"))) or not _known(line, schema, key, reading):
                continue
            reading.datasets.update(_texts(item, "datasets"))
            if entry := _entity(line, item, said, listed.get(key, []), owners.get(key, []), reading):
                yield entry


def _beside(reading: Reading) -> tuple[dict[str, list[dict[str, Any]]], dict[str, list[str]]]:
    """Return what sanctions say, by the entity they are about, and whose owners are said, by what they own."""
    listed: dict[str, list[dict[str, Any]]] = {}
    owners: dict[str, list[str]] = {}
    silent = Reading(reading.path, reading.list_id, is_lenient=True)
    with open_file(reading.path) as file:
        for _line, item in json_lines(file, silent):
            said = item.get("properties")
            if isinstance(said, dict) and item.get("schema") == _SANCTION:
                for key in _texts(said, "entity"):
                    listed.setdefault(key, []).append({**said, "datasets": item.get("datasets")})
            elif isinstance(said, dict) and item.get("schema") == _OWNERSHIP:
                for key in _texts(said, "asset"):
                    owners.setdefault(key, []).extend(_texts(said, "owner"))
    return listed, owners


def _texts(item: Mapping[str, Any], key: str) -> list[str]:
    values = item.get(key)
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []


def _entity(
    line: int,
    item: Mapping[str, Any],
    said: Mapping[str, Any],
    sanctions: list[dict[str, Any]],
    owners: list[str],
    reading: Reading,
) -> Entry | None:
    key, schema = item["id"], item["schema"]
    others = [Name(one, kind) for name, kind in _NAMES for one in _texts(said, name)]
    caption = item.get("caption")
    main = caption if isinstance(caption, str) and caption else next((one.text for one in others), "")
    if not (names := reading.names(line, main, others)):
        return None
    numbers: list[tuple[IdentifierKind, str]] = [
        ("wikidata", key),
        *((kind, one) for name, kind in _NUMBERS for one in _texts(said, name)),
    ]
    lands = [one for name in ("jurisdiction", "mainCountry", "country") for one in _texts(said, name)]
    relations = [Relation("parent", one, "") for one in owners]
    relations += [Relation("parent", "", name_text(one)) for one in _texts(said, "parent")]
    programmes = _each(sanctions, "programId") or _each(sanctions, "program")
    # An entity is merged from many sources; what lists it are those that sanction it, and have not ceased to.
    holding = [one for one in sanctions if not _days(one, "endDate")] or sanctions
    on = _each(holding, "datasets") or tuple(_texts(item, "datasets"))
    return Entry(
        list=reading.list_id,
        key=key,
        names=names,
        identifiers=identifiers(numbers),
        countries=() if schema in PERSONS else reading.countries(*lands),
        places=tuple(map(plain_text, _texts(said, "address"))),
        category=", ".join(_texts(said, "topics")),
        programmes=programmes,
        since=_first_day(sanctions, item),
        until=_last_day(sanctions),
        why=plain_text(
            " · ".join((*_each(sanctions, "authority"), *_each(sanctions, "reason"), *_texts(said, "notes")))
        ),
        link=next(iter(_each(sanctions, "sourceUrl")), _LINKS.format(key=key)),
        relations=tuple(relations),
        is_person=schema in PERSONS,
        on=on,
        standings=_standings(on, programmes, reading),
    )


def _each(sanctions: list[dict[str, Any]], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for said in sanctions for one in _texts(said, key)))


def _days(said: Mapping[str, Any], *keys: str) -> list[date]:
    return [day for key in keys for one in _texts(said, key) if (day := day_of(one))]


def _first_day(sanctions: list[dict[str, Any]], item: Mapping[str, Any]) -> date | None:
    days = [day for said in sanctions for day in _days(said, "startDate", "listingDate")]
    return min(days) if days else day_of(str(item.get("first_seen") or ""))


def _last_day(sanctions: list[dict[str, Any]]) -> date | None:
    """Return the day on which the last of the sanctions ended, None while one of them holds."""
    ends = [_days(said, "endDate") for said in sanctions]
    return max(map(max, ends)) if ends and all(ends) else None
