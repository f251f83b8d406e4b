"""Tables and parameters with their dates, and the sources and citations that everything in a set rests on."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, TypeAlias, cast, get_args

from pydantic import ConfigDict, Discriminator, Field, Tag

from risk_engine.model.words import Id, Model, Name, Translatable, Value, Verbatim


def _read_tag(value: object) -> str:
    return "?month" if isinstance(value, str) else "?day"


WhenRead = Annotated[
    Annotated[date, Tag("?day")] | Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$"), Tag("?month")],
    Discriminator(_read_tag),
]
"""The day on which somebody read a text, or the month where only that is on record."""


Made: TypeAlias = date
"""When a source was made; a field cannot be called as its type is."""
Grade: TypeAlias = Literal["text", "account", "memory"]
"""How something was read: its own wording, a summary or an explanation of it, or nothing but what somebody knows."""
GRADES: tuple[Grade, ...] = get_args(Grade)
"""The grades, the surest first."""


class Source(Model):
    """An instrument that rules rest on, with how it was read: a `grade`, or `verified` where a set tells no more."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["grade"]}, {"required": ["verified"]}]})

    instrument: Translatable = Field(description="What it is called.")
    original: Verbatim | None = Field(None, description="Its title in the language that it is written in.")
    date: Made | None = Field(None, description="The day on which it was made.")
    link: Verbatim | None = Field(None, description="Where it can be read.")
    read: WhenRead | None = Field(None, description="When the text was read, a day or a month.")
    grade: Grade | None = Field(
        None, description="How it was read: its text, an account of it, or from memory; of a place that says no other."
    )
    verified: bool | None = Field(None, description="Whether somebody read it, in a set that tells no grades.")
    kind: Literal[
        "eu_law", "international_law", "national_law", "foreign_law", "foreign_list", "guidance", "research"
    ] = Field(description="What sort of source it is.")
    note: Translatable | None = Field(None, description="What readers should know of it.")


class Citation(Model):
    """A place in a source, read as the source was unless it says otherwise.

    `grade` says how the place itself was read, better or worse. `verified: false`, in a set that tells no grades, is
    where the substance is sure but the place was not looked up.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")] = Field(
        description="The name of a source of sources.yaml."
    )
    at: Translatable | None = Field(None, description="The article, section or page.")
    grade: Grade | None = Field(None, description="How this place was read; without it, as its source was.")
    verified: bool = Field(default=True, description="Whether somebody read it there, if its source has no grade.")


def grade_of(source: Source, citation: Citation | None = None) -> Grade | None:
    """Return how a source was read, or a place in it; None where the source tells no grade."""
    own = None if citation is None else citation.grade
    return source.grade if own is None else own


def was_read(source: Source, citation: Citation | None = None) -> bool:
    """Return whether somebody read a source, or a place in it, or at least an account of it."""
    if (grade := grade_of(source, citation)) is not None:
        return grade != "memory"
    return source.verified is True and (citation is None or citation.verified)


CellValue = Value | tuple[Name, ...]


class DatedValue(Model):
    """A value and when it holds; without `until` it holds until the next one begins."""

    from_: date | None = Field(None, alias="from", description="The first day of the value; without it, since ever.")
    until: date | None = Field(None, description="The first day on which it is over.")
    value: CellValue = Field(description="The value in that time.")
    source: Citation | None = Field(None, description="What says so.")


def value_on(values: Sequence[DatedValue], day: date) -> CellValue | None:
    """Return the value that holds on a day, None before the first one and after the last one's `until`."""
    dated = _dated_on(values, day)
    return None if dated is None else dated.value


def _dated_on(values: Sequence[DatedValue], day: date) -> DatedValue | None:
    started = [one for one in values if one.from_ is None or one.from_ <= day]
    if not started or (started[-1].until is not None and started[-1].until <= day):
        return None
    return started[-1]


class Parameter(Model):
    """A named integer, date or list of options with its history."""

    title: Translatable = Field(description="What readers call it.")
    adjustable: bool = Field(default=False, description="May a profile override it?")
    source: Citation = Field(description="What says so.")
    values: Annotated[tuple[DatedValue, ...], Field(min_length=1)] = Field(
        description="The value, with the days from which each holds."
    )


def _cell_tag(value: object) -> str:
    first = value[0] if isinstance(value, tuple) and value else None
    return "?dated" if isinstance(first, dict | DatedValue) else "?value"


Cell = Annotated[
    Annotated[tuple[DatedValue, ...], Tag("?dated")] | Annotated[CellValue, Tag("?value")],
    Discriminator(_cell_tag),
]


class Row(Model):
    """One row of a table; the aliases are other spellings that a case may use for it."""

    name: Translatable = Field(description="What readers call it.")
    aliases: tuple[Verbatim, ...] = Field((), description="Other spellings under which a case may name it.")


class Column(Model):
    """One statement about the rows. With `otherwise` the source is exhaustive and answers for every other row."""

    title: Translatable = Field(description="What readers call it.")
    source: Citation = Field(description="What says so.")
    as_of: date = Field(description="The date of the source as used here.")
    adjustable: bool = Field(default=False, description="May a profile override its cells?")
    note: Translatable | None = Field(None, description="What an institution must confirm.")
    otherwise: CellValue | None = Field(
        None, description="The value of every row that is not listed; only where the source is exhaustive."
    )
    values: dict[Id, Cell] = Field(description="The value by row; a row that is not listed is not known.")


class Table(Model):
    """A table that `row` facts point into: its rows, and for each column the cells that a source supports."""

    title: Translatable = Field(description="What readers call it.")
    rows: dict[Id, Row] = Field(description="What the table says something of, by code.")
    columns: dict[Name, Column] = Field(description="What it says, by the name of the fact that reads it.")


def cell_on(column: Column, row: str, day: date) -> CellValue | None:
    """Return what a column says of a row on a day: its cell, else `otherwise`; None is unknown."""
    cell = column.values.get(row)
    value: CellValue | None
    if isinstance(cell, tuple) and cell and isinstance(cell[0], DatedValue):
        value = value_on(cell, day)
    else:
        value = cast("CellValue | None", cell)
    return column.otherwise if value is None else value


def source_on(column: Column, row: str, day: date) -> Citation:
    """Return what a column's statement about a row rests on: the dated value's own source, else the column's."""
    cell = column.values.get(row)
    dated = _dated_on([one for one in cell if isinstance(one, DatedValue)], day) if isinstance(cell, tuple) else None
    return column.source if dated is None or dated.source is None else dated.source
