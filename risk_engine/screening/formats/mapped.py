"""Any table as a list, by a small file that says which column holds what.

The mappings that are shipped are known by the columns of their table.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from risk_engine.files.csv_rows import CsvFile, open_csv
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, quoted, suggestion
from risk_engine.files.language import _
from risk_engine.files.source import Document
from risk_engine.files.source import read as read_source
from risk_engine.loading.validate import validated
from risk_engine.screening.entry import Entry, IdentifierKind, Name, NameKind, Relation, RelationKind, Standing
from risk_engine.screening.formats.misp import two_names
from risk_engine.screening.formats.reading import MOSTLY, Reading, identifiers, name_text, parted, plain_text

_AKA: Final = re.compile(r"a\.k\.a\.?,?\s+the following [\w-]+ alias(?:es)?[^:]*:\s*(?P<names>.*)", re.DOTALL)
_ONE: Final = re.compile(r"—\s*([^—]+)")
_ADDRESS: Final = re.compile(
    r"(?<!\bLtd)(?<!\bCo)(?<!\bInc)(?<!\bCorp)\.\s|\s(?=(?:No\. ?)?\d+ [A-Z][\w ]*\b(?:Road|Rd|Street|St|Avenue|Ave)\b)"
)


class Columns(BaseModel):
    """Which columns hold what; a column is named as the head of the table has it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    key: tuple[str, ...] = Field((), strict=False)
    """What tells the rows apart; without it the name does."""
    names: dict[str, NameKind] = Field(default_factory=dict)
    identifiers: dict[str, IdentifierKind] = Field(default_factory=dict)
    relations: dict[str, RelationKind] = Field(default_factory=dict)
    countries: tuple[str, ...] = Field((), strict=False)
    places: tuple[str, ...] = Field((), strict=False)
    programmes: tuple[str, ...] = Field((), strict=False)
    why: tuple[str, ...] = Field((), strict=False)
    category: str | None = None
    since: str | None = None
    until: str | None = None
    link: str | None = None
    schema_: str | None = Field(None, alias="kind")
    """What kind of entry a row is, by the words below `persons` and `others`."""
    source_date: str | None = None
    aliases_in_text: str | None = None
    """A column with the text of the Federal Register: "a.k.a., the following two aliases: —X; and —Y. Address"."""

    def all(self) -> Iterator[str]:
        """Yield every column that is named."""
        yield self.name
        for several in (self.key, self.names, self.identifiers, self.relations, self.countries, self.places):
            yield from several
        yield from (*self.programmes, *self.why)
        for one in (self.category, self.since, self.until, self.link, self.schema_, self.source_date):
            if one is not None:
                yield one
        if self.aliases_in_text is not None:
            yield self.aliases_in_text


class ListMapping(BaseModel):
    """A table as a list."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    columns: Columns
    title: str = ""
    publisher: str = ""
    standing: Standing | None = None
    jurisdiction: str = ""
    licence: str = ""
    known_by: tuple[str, ...] = Field((), strict=False)
    """Columns by which the table is known, beside those that are used."""
    several: str = ";"
    """What parts several names, countries and so on in one cell."""
    dates: tuple[str, ...] = Field(("%Y-%m-%d",), strict=False)
    country: str = ""
    """Where a row names no country."""
    strip: str = ""
    """What is taken off the end of a name, such as the mark of a footnote."""
    persons: tuple[str, ...] = Field((), strict=False)
    others: tuple[str, ...] = Field((), strict=False)


@cache
def shipped() -> Mapping[str, ListMapping]:
    """Return the mappings that come with the program, by their names."""
    folder = files("risk_engine.screening").joinpath("mappings")
    return {
        Path(one.name).stem: read_mapping(Path(str(one)))
        for one in sorted(folder.iterdir(), key=lambda one: one.name)
        if one.name.endswith(".yaml")
    }


def mapping_of(reference: str) -> ListMapping:
    """Return a shipped mapping by its name, or one that stands in a file.

    Raises RiskEngineError where there is neither; InvalidSourceError with every problem of the file.
    """
    if reference in shipped():
        return shipped()[reference]
    path = Path(reference)
    if path.suffix not in {".yaml", ".yml", ".json"}:
        message = _("there is no mapping `{name}`", name=reference)
        raise RiskEngineError(message, suggestion(reference, shipped()))
    return read_mapping(path)


def read_mapping(path: Path) -> ListMapping:
    """Return the mapping that stands in a file; raise InvalidSourceError with every problem."""
    document: Document = read_source(path)
    problems: list[Diagnostic] = []
    found = validated(ListMapping, document.data, document, (), problems)
    if found is None or problems:
        raise InvalidSourceError(problems)
    return found


def known_by_columns(head: tuple[str, ...]) -> str | None:
    """Return which shipped mapping fits the head of a table, None where none does."""
    columns = set(head)
    fitting = [name for name, one in shipped().items() if {*one.columns.all(), *one.known_by} <= columns]
    return max(fitting, key=lambda name: len({*shipped()[name].columns.all(), *shipped()[name].known_by}), default=None)


def read(reading: Reading, mapping: ListMapping) -> Iterator[Entry]:
    """Yield the organisations of a table, and where that is allowed its persons."""
    file = open_csv(reading.path)
    if missing := [one for one in dict.fromkeys(mapping.columns.all()) if one not in file.head]:
        message = _("the table has no column {columns}", columns=quoted(missing, "and"))
        reading.problem(1, message, suggestion(missing[0], file.head))
        return
    yield from _rows(file, reading, mapping)
    unknown = sum(reading.unknown_countries.values())
    if unknown >= MOSTLY and unknown > reading.known_countries:
        message = _(
            "{columns}: most cells name no country, such as `{text}`",
            columns=quoted(mapping.columns.countries, "and"),
            text=next(iter(reading.unknown_countries)),
        )
        reading.problem(1, message, _("are the columns the right way round?"))


def _rows(file: CsvFile, reading: Reading, mapping: ListMapping) -> Iterator[Entry]:
    for row in file.rows():
        if row.problem:
            reading.problem(row.number, row.problem)
            continue
        cells = dict(zip(file.head, row.cells, strict=True))
        kind = cells[mapping.columns.schema_].strip() if mapping.columns.schema_ else ""
        is_person = kind in mapping.persons
        if reading.leaves_out(is_person=is_person, is_other=kind in mapping.others):
            continue
        if entry := _entry(row.number, cells, reading, mapping, is_person=is_person):
            yield entry


def _entry(
    line: int, cells: Mapping[str, Any], reading: Reading, mapping: ListMapping, *, is_person: bool
) -> Entry | None:
    columns, by = mapping.columns, mapping.several

    def each(*names: str) -> list[str]:
        return [one for name in names for one in parted(cells[name], by)]

    main = name_text(cells[columns.name]).removesuffix(mapping.strip).rstrip()
    main, others = two_names(main)
    others += [Name(one, kind) for column, kind in columns.names.items() for one in each(column)]
    if columns.aliases_in_text:
        others += [Name(one, "alias") for one in aliases_in(cells[columns.aliases_in_text])]
    if not (names := reading.names(line, main, others)):
        return None
    if columns.source_date and reading.source_date is None:
        reading.source_date = reading.day(line, columns.source_date, cells[columns.source_date], mapping.dates)
    return Entry(
        list=reading.list_id,
        # One name may stand in several rows, such as one for each time that it was listed.
        key=reading.made_key(" / ".join(name_text(cells[one]) for one in columns.key) or names[0].text),
        names=names,
        identifiers=identifiers((kind, one) for column, kind in columns.identifiers.items() for one in each(column)),
        # Of a person it might be a nationality.
        countries=() if is_person else reading.countries(*(each(*columns.countries) or [mapping.country])),
        places=tuple(map(plain_text, each(*columns.places))),
        category=plain_text(cells[columns.category]) if columns.category else "",
        # OFAC parts them in its own way.
        programmes=tuple(one for text in each(*columns.programmes) for one in text.split("] [")),
        since=reading.day(line, columns.since, cells[columns.since], mapping.dates) if columns.since else None,
        until=reading.day(line, columns.until, cells[columns.until], mapping.dates) if columns.until else None,
        why=plain_text(" · ".join(text for one in columns.why if (text := cells[one].strip()))),
        link=cells[columns.link].strip() if columns.link else "",
        relations=tuple(
            Relation(kind, "", name_text(one)) for column, kind in columns.relations.items() for one in each(column)
        ),
        is_person=is_person,
    )


def aliases_in(text: str) -> list[str]:
    """Return the other names in the text of the Federal Register.

    >>> aliases_in("X, a.k.a., the following two aliases: —Institute of Y; and —IY. 27 Taiping Road, Beijing, China.")
    ['Institute of Y', 'IY']
    """
    found = _AKA.search(text)
    if found is None:
        return []
    # Behind the last one stands an address, which begins after a full stop.
    parts = [part.strip() for part in _ONE.findall(found["names"])]
    if parts:
        parts[-1] = _ADDRESS.split(parts[-1], maxsplit=1)[0]
    ends = re.compile(r"[;,]?\s*(?:and)?[;,]?\s*$")
    return [name for one in parts if (name := ends.sub("", one).rstrip("."))]
