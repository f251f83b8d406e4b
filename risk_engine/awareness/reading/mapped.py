"""Any table as works, by a file that says which column states what, and that a person confirmed it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeAlias

from pydantic import Field

from risk_engine.awareness.reading.record import (
    Party,
    Record,
    code,
    composed,
    parties_of,
    party,
    topics_of,
    work_id,
    year_of,
)
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, quoted, suggestion
from risk_engine.files.language import _
from risk_engine.files.source import Document
from risk_engine.files.source import read as read_source
from risk_engine.loading.validate import validated
from risk_engine.model.mapping import DateForm
from risk_engine.model.words import Model, Text, Verbatim
from risk_engine.screening.formats.reading import Reading

Stated: TypeAlias = Literal[
    "work", "year", "title", "doi", "kind", "link", "country", "institution", "institution_id", "ror", "topic"
]
"""What a column can state of a work."""
ONE_OF_EACH: Final = frozenset({"work", "year", "title", "doi", "kind", "link", "institution", "institution_id", "ror"})
"""What no two columns state."""
_PARTY: Final = ("institution", "institution_id", "ror")


class Column(Model):
    """What a column states."""

    to: Stated = Field(description="What it states.")
    split: Annotated[str, Field(min_length=1, max_length=5)] | None = Field(
        None,
        description="What parts several entries in one cell; those of `institution`, `institution_id`, `ror` and "
        "`country` stand beside each other.",
    )
    level: Text | None = Field(None, description="Of a topic: its level, such as `keyword` or `field`; else `topic`.")
    values: dict[Verbatim, Text] = Field(
        {}, description="What a cell, or one entry in it, says: what it means. All else is read as it is."
    )
    dates: DateForm | None = Field(None, description="How a day is written, of which the year counts.")
    confirmed: bool = Field(default=False, description="Whether a person looked at it and says that it is so.")


class Constant(Model):
    """What every work of the table has, though no column states it."""

    value: Text
    confirmed: bool = False


class TableMapping(Model):
    """How a table of an office's own is read as works."""

    source: Text = Field(description="Whose data it is.")
    licence: Text | None = None
    attribution: Text | None = None
    sheet: Text | None = Field(None, description="The sheet of a workbook; without it the first one.")
    header: Annotated[int, Field(ge=1, le=1000)] = Field(1, description="The row in which the headers stand.")
    rows: Literal["work", "party"] = Field(
        "work", description="Whether each row is a work, or a party of one: then rows of one work are put together."
    )
    names: Literal["as-written", "folded"] = Field(
        "as-written", description="Whether names of institutions that differ in case alone are one (`folded`)."
    )
    columns: dict[Verbatim, Column]
    constants: dict[Literal["country", "kind"], Constant] = Field(
        {}, description="What every work of the table has, though no column states it."
    )
    left_out: tuple[Text, ...] = Field((), description="Headers of columns that are not read, on purpose.")

    def used(self) -> Mapping[str, Column]:
        """Return the columns that a person confirmed: nothing else is used."""
        return {header: one for header, one in self.columns.items() if one.confirmed}


def read_mapping(path: Path) -> TableMapping:
    """Return the mapping that stands in a file; raise InvalidSourceError with every problem."""
    document = read_source(path)
    problems: list[Diagnostic] = []
    found = validated(TableMapping, document.data, document, (), problems)
    if found is not None:
        problems += _problems(found, document)
    if found is None or problems:
        raise InvalidSourceError(problems)
    return found


def _problems(mapping: TableMapping, document: Document) -> Iterator[Diagnostic]:
    taken: dict[str, str] = {}
    for header, column in mapping.columns.items():
        other = taken.setdefault(column.to, header)
        if other != header and column.to in ONE_OF_EACH:
            message = _("`{other}` is said to state `{name}` too", other=other, name=column.to)
            yield document.problem(("columns", header, "to"), message)
        if column.level is not None and column.to != "topic":
            yield document.problem(("columns", header, "level"), _("only a topic has a level"))
        if column.dates is not None and column.to != "year":
            yield document.problem(("columns", header, "dates"), _("only of a year it is said how days are written"))
    if not any(column.to == "work" for column in mapping.used().values()):
        message = _("no column is confirmed that says of which work a row is")
        yield document.problem(
            ("columns",), message, _("write `to: work` and `confirmed: true` at the column of the ids")
        )


@cache
def shipped() -> Mapping[str, TableMapping]:
    """Return the mappings that come with the program, by their names."""
    folder = files("risk_engine.awareness").joinpath("mappings")
    found = sorted((Path(str(one)) for one in folder.iterdir()), key=lambda one: one.name)
    return {one.stem: read_mapping(one) for one in found if one.suffix == ".yaml"}


def known_by_columns(head: Sequence[str]) -> TableMapping | None:
    """Return the shipped mapping whose columns a table has, those that are left out too; None where there is none."""
    return next((one for one in shipped().values() if {*one.columns, *one.left_out} <= set(head)), None)


def missing(mapping: TableMapping, head: Sequence[str]) -> tuple[str, str]:
    """Return what is said of columns that a table has not, and the way out; empty where it has all that are used."""
    gone = [one for one in mapping.used() if one not in head]
    if not gone:
        return "", ""
    return _("the table has no column {columns}", columns=quoted(gone, "and")), suggestion(gone[0], head)


class _Row(NamedTuple):
    """What the cells of a row say, by what they state; of each entry its column."""

    line: int
    cells: Mapping[str, list[tuple[Column, list[str]]]]

    def one(self, name: str) -> str | None:
        """Return what the row states once."""
        return next((text for _column, said in self.cells.get(name, ()) for text in said if text), None)

    def each(self, name: str) -> list[str]:
        """Return what stands beside each other, blanks among it."""
        return [text for _column, said in self.cells.get(name, ()) for text in said]


def record(line: int, value: Mapping[str, Any], reading: Reading, mapping: TableMapping) -> Record | None:
    """Return a work, or a party of one, as a row states it; None, with a problem, where it cannot be counted."""
    row, dated = _row(line, value, mapping)
    work = work_id(row.one("work"))
    if not work:
        column = next(header for header, one in mapping.used().items() if one.to == "work")
        reading.problem(line, _("the work has no `{column}`, so nobody can count it once", column=column))
        return None
    constants = {name: one.value for name, one in mapping.constants.items() if one.confirmed}
    parties = [*_parties(row, reading, folds=mapping.names == "folded")]
    if "country" in constants:
        parties.append(Party(code(constants["country"]), None, None))
    link = row.one("link")
    return Record(
        work=work,
        year=next((year_of(said, header, line, reading) for header, said in dated), None),
        title=row.one("title"),
        doi=row.one("doi"),
        kind=row.one("kind") or constants.get("kind"),
        paratext=None,
        link=link if link and link.startswith(("http://", "https://")) else None,
        parties=parties_of((one, None) for one in parties),
        topics=topics_of(
            (text, column.level or "topic") for column, said in row.cells.get("topic", ()) for text in said
        ),
    )


def _row(line: int, value: Mapping[str, Any], mapping: TableMapping) -> tuple[_Row, list[tuple[str, Any]]]:
    cells: dict[str, list[tuple[Column, list[str]]]] = {}
    years: list[tuple[str, Any]] = []
    for header, column in mapping.used().items():
        cell = value.get(header)
        if column.to == "year":
            years.append((header, _year_in(cell, column)))
            continue
        said = [composed(one) for one in _entries(cell, column.split)]
        cells.setdefault(column.to, []).append((column, [column.values.get(one, one) for one in said]))
    return _Row(line, cells), years


def _entries(cell: Any, split: str | None) -> list[str]:
    if isinstance(cell, list):
        return ["" if one is None else str(one) for one in cell]
    text = "" if cell is None else str(cell)
    return [text] if split is None else text.split(split)


def _year_in(cell: Any, column: Column) -> Any:
    text = str(cell if cell is not None else "").strip()
    text = column.values.get(text, text)
    if column.dates is not None:
        form = re.escape(column.dates).replace("YYYY", r"(\d{4})").replace("MM", r"\d{1,2}").replace("DD", r"\d{1,2}")
        if found := re.match(rf"{form}\b", text):
            return found[1]
    return text or None


def _parties(row: _Row, reading: Reading, *, folds: bool) -> Iterator[Party]:
    """Yield the institutions of a row with their countries, and the countries that stand alone."""
    names, ids, rors = (row.each(one) for one in _PARTY)
    countries = row.each("country")
    number = max(len(names), len(ids))
    if not any(names) and not any(ids):
        number = 0
    if number and len(countries) > 1 and len(countries) != number:
        told = {"institutions": number, "countries": len(countries)}
        message = _("there are {institutions} institutions and {countries} countries", **told)
        reading.problem(row.line, message, _("as many of both, or one country for all, stand in a row"))
        return
    beside = countries if len(countries) == number else [*countries[:1]] * number
    for name, own_id, ror, country in zip_longest(
        names[:number], ids[:number], rors[:number], beside[:number], fillvalue=""
    ):
        if name or own_id:
            yield party(code(country), name, own_id, ror or None, folds=folds)
    for country in countries:
        if found := code(country):
            yield Party(found, None, None)
