"""The values that a criteria set takes from its sources: parameters, and tables that answer by row, by day."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, cast

from pydantic import Discriminator, Field, Tag

from risk_engine.model.sources import Citation
from risk_engine.model.words import Id, Model, Name, Translatable, Value, Verbatim

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
