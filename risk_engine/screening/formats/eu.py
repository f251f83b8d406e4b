"""The consolidated financial sanctions list of the European Union (FSF), as CSV and as XML, version 1.1.

The CSV has a row for each name, address, number and so on of an entity, and its columns on every one of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from risk_engine.files.csv_rows import open_csv
from risk_engine.files.language import _
from risk_engine.screening.entry import Entry, IdentifierKind, Name, NameKind
from risk_engine.screening.formats.reading import Reading, day_of, identifiers, name_text, plain_text
from risk_engine.screening.formats.streams import xml_elements

ROOT: Final = "export"
_PERSON: Final = frozenset({"p", "person"})
_IDENTIFIERS: Final[dict[str, IdentifierKind]] = {
    "regnumber": "registration",
    "taxid": "tax",
    "fiscalcode": "tax",
    "imo": "imo",
    "lei": "lei",
}


@dataclass
class _Found:
    """What the rows, or the elements, of one entity say of it."""

    line: int
    is_person: bool
    names: dict[str, Name] = field(default_factory=dict)
    countries: dict[str, None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    programmes: dict[str, None] = field(default_factory=dict)
    numbers: dict[tuple[IdentifierKind, str], None] = field(default_factory=dict)
    reference: str = ""
    since: date | None = None
    why: str = ""
    link: str = ""

    def name(self, text: str, language: str, *, is_strong: bool = True) -> None:
        """Add a name; the first one is the main one."""
        if text := name_text(text):
            kind: NameKind = "weak" if not is_strong else "alias" if self.names else "main"
            self.names.setdefault(text, Name(text, kind, language.lower()))

    def number(self, kind: str, text: str) -> None:
        """Add a number of those that mean an organisation."""
        if (known := _IDENTIFIERS.get(kind.lower())) and text:
            # Some stand with a remark: "1027700000000 (company number)".
            self.numbers[known, text.partition(" (")[0]] = None


def read_xml(reading: Reading) -> Iterator[Entry]:
    """Yield the entities of the XML file, and where that is allowed its persons."""
    for number, element in xml_elements(reading.path, reading, "sanctionEntity", ROOT):
        if number == 0:
            reading.made_on = day_of(element.get("generationDate", ""))
            continue
        subject = element.find("subjectType")
        kind = "" if subject is None else subject.get("code", "")
        if not kind:
            reading.problem(1, _("sanctionEntity {number}: `subjectType` is missing", number=number))
            continue
        found = _Found(1, is_person=kind.lower() in _PERSON, reference=element.get("euReferenceNumber", ""))
        if reading.leaves_out(is_person=found.is_person, is_other=False):
            continue
        for one in element.iterfind("nameAlias"):
            found.name(one.get("wholeName", ""), one.get("nameLanguage", ""), is_strong=one.get("strong") != "false")
        for one in element.iterfind("address"):
            found.countries[one.get("countryIso2Code", "")] = None
            parts = (one.get(part, "") for part in ("street", "zipCode", "city", "countryDescription"))
            found.places[", ".join(filter(None, map(name_text, parts)))] = None
        for one in element.iterfind("identification"):
            found.number(one.get("identificationTypeCode", ""), one.get("number", ""))
        for one in element.iterfind("regulation"):
            found.programmes[one.get("programme", "")] = None
            found.link = found.link or (one.findtext("publicationUrl") or "").strip()
            _keep_first_day(found, one.get("publicationDate", ""))
        if day := day_of(element.get("designationDate", "")):
            found.since = day
        found.why = " ".join(filter(None, (one.text for one in element.iterfind("remark"))))
        if entry := _entry(element.get("logicalId", ""), found, reading):
            yield entry


def read_csv(reading: Reading) -> Iterator[Entry]:
    """Yield the entities of the CSV file, and where that is allowed its persons."""
    file = open_csv(reading.path)
    column = {name: number for number, name in enumerate(file.head)}
    kind = "Entity_SubjectType"
    if missing := [one for one in ("Entity_LogicalId", kind, "NameAlias_WholeName") if one not in column]:
        message = _("the column `{column}` is missing", column=missing[0])
        reading.problem(1, message, _("take the file “1.1 - CSV” of the list"))
        return
    found: dict[str, _Found] = {}
    for row in file.rows():
        if row.problem:
            reading.problem(row.number, row.problem)
            continue

        def cell(name: str, cells: list[str] = row.cells) -> str:
            return cells[column[name]].strip() if name in column else ""

        key = cell("Entity_LogicalId")
        if not key.isdigit():
            message = _("`{column}` holds no number: `{text}`", column="Entity_LogicalId", text=key[:60])
            reading.problem(row.number, message, _("are the columns the right way round?"))
            continue
        if reading.made_on is None:
            reading.made_on = day_of(cell("fileGenerationDate"))
        entity = found.get(key)
        if entity is None:
            entity = found[key] = _Found(row.number, is_person=cell(kind).lower() in _PERSON)
        _add(entity, cell)
    for key, entity in found.items():
        if not reading.leaves_out(is_person=entity.is_person, is_other=False) and (
            entry := _entry(key, entity, reading)
        ):
            yield entry


def _add(found: _Found, cell: Callable[[str], str]) -> None:
    found.reference = found.reference or cell("Entity_EU_ReferenceNumber")
    found.why = found.why or cell("Entity_Remark")
    found.link = found.link or cell("Entity_Regulation_PublicationUrl")
    found.programmes[cell("Entity_Regulation_Programme")] = None
    if day := day_of(cell("Entity_DesignationDate")):
        found.since = day
    elif found.since is None:
        _keep_first_day(found, cell("Entity_Regulation_PublicationDate"))
    found.name(cell("NameAlias_WholeName"), cell("NameAlias_NameLanguage"))
    found.countries[cell("Address_CountryIso2Code") or cell("Address_CountryDescription")] = None
    parts = (cell(f"Address_{one}") for one in ("Street", "ZipCode", "City", "CountryDescription"))
    found.places[", ".join(filter(None, map(name_text, parts)))] = None
    found.number(cell("Identification_TypeCode"), cell("Identification_Number"))


def _keep_first_day(found: _Found, text: str) -> None:
    if (day := day_of(text)) and (found.since is None or day < found.since):
        found.since = day


def _entry(key: str, found: _Found, reading: Reading) -> Entry | None:
    if not key.isdigit():
        reading.problem(found.line, _("`{column}` holds no number: `{text}`", column="logicalId", text=key[:60]))
        return None
    main, *others = found.names.values() or [Name("")]
    if not (names := reading.names(found.line, main.text, others)):
        return None
    return Entry(
        list=reading.list_id,
        key=key,
        names=names,
        identifiers=identifiers(found.numbers),
        # "00" stands for a country that nobody knows.
        countries=reading.countries(*(one for one in found.countries if one != "00")),
        places=tuple(one for one in found.places if one),
        category=found.reference,
        programmes=tuple(one for one in found.programmes if one),
        since=found.since,
        why=plain_text(found.why),
        link=found.link if found.link.startswith(("http://", "https://")) else "",
        is_person=found.is_person,
    )
