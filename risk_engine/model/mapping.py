"""What a mapping file says: which column of a table states which answer, and that a person confirmed it."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from risk_engine.model.words import Model, Text, Value, Verbatim

DateForm: TypeAlias = Literal[
    "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY/MM/DD", "YYYYMMDD"
]
"""How a column may write its days, beside year-month-day, which is always read."""

_CONFIRMED = "Whether a person looked at it and says that it is so. Nothing is used that nobody confirmed."


class MappedColumn(Model):
    """What a column states."""

    to: Text = Field(
        description="`case`, `title`, `assessment_date`, `entity.fact`, `entity.1.fact`, `entity.*.fact` with `split`, "
        "`entity` or `controls.ID`."
    )
    split: Annotated[str, Field(min_length=1, max_length=5)] | None = Field(
        None, description="What parts several entries in one cell; the first part is about the first entry, and so on."
    )
    option: Text | None = Field(
        None, description="Of a fact of several choices: the option that a yes in this column is. Each has a column."
    )
    values: dict[Verbatim, Value | tuple[Verbatim, ...]] = Field(
        {},
        description="What a cell says: the answer that it is; `unknown` where it is none. All else is read as it is.",
    )
    dates: DateForm | None = Field(
        None, description="How cells write a day; year-month-day is read as well, and without this nothing else is."
    )
    confirmed: bool = Field(default=False, description=_CONFIRMED)


class Constant(Model):
    """An answer that is the same in every case of the table."""

    value: Value | tuple[Verbatim, ...] = Field(description="The answer.")
    confirmed: bool = Field(default=False, description=_CONFIRMED)


class MappedTable(Model):
    """What the columns of a table state."""

    header: Annotated[int, Field(ge=1, le=1000)] = Field(1, description="The row in which the headers stand.")
    columns: dict[Verbatim, MappedColumn] = Field(description="Header: what the column states.")
    only: dict[Verbatim, tuple[Verbatim, ...]] = Field(
        {}, description="Header: what its cells say in the rows that are read; all others are left out."
    )
    left_out: tuple[Text, ...] = Field((), description="Headers of columns that are not read, on purpose.")


class MappedRelated(MappedTable):
    """How a table beside that of the cases is read: a row for each entry, joined by the column of the case."""

    about: Text = Field(description="The entity of which each row tells, or `controls`.")


class MappingFile(MappedTable):
    """How a table of an office's own is read as cases."""

    criteria: Text = Field(description="The set whose answers are stated.")
    sheet: Text | None = Field(None, description="The sheet of a workbook; without it the first one.")
    constants: dict[Text, Constant] = Field({}, description="What every case states, though no column does.")
    tables: dict[Text, MappedRelated] = Field(
        {}, description="Files beside the table of the cases, or sheets of its workbook, with a row for each entry."
    )
