"""A map of a criteria set: what map.yaml declares, and what comes out for each of its cells.

A map lays one harmless case out along two or three axes and shows what the criteria propose in each place.
"""

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from risk_engine.model.explanation import LevelShown, Proposal, Recorded
from risk_engine.model.words import Model, Translatable, Verbatim

BASE = "base"
"""The key of cases.yaml under which the case stands that a map starts from."""

_Given = Annotated[
    dict[Verbatim, Any],
    Field(
        default={},
        description="What is set on the base case, as in cases.yaml: `entity.id.fact`, `entity.fact`, "
        "`entity.id` (a whole entry), `entity` (a list).",
    ),
]


class Band(Model):
    """One place on an axis: what it is called and what it sets."""

    title: Translatable = Field(description="What readers call it.")
    help: Translatable | None = Field(None, description="What the band stands for, and for which case it is computed.")
    given: _Given


class Axis(Model):
    """One axis: bands that are listed, or a choice fact of which every option is a band."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["each"]}, {"required": ["bands"]}]})

    title: Translatable = Field(description="What readers call it.")
    help: Translatable | None = Field(None, description="What it shows.")
    each: Verbatim | None = Field(
        None, description="A choice fact, `entity.id.fact` or `entity.fact`: each of its options is a band."
    )
    bands: Annotated[tuple[Band, ...], Field(min_length=1)] | None = Field(
        None, description="What is set in the base case, row by row or column by column."
    )


class MapFile(Model):
    """The file: what the map takes for granted, and its axes."""

    title: Translatable = Field(description="What readers call it.")
    about: Translatable = Field(description="What the map shows and how to read it.")
    assumes: Annotated[tuple[Translatable, ...], Field(min_length=1)] = Field(
        description="What the map takes for granted; printed above it."
    )
    given: _Given
    tables: Axis | None = Field(None, description="One table for each band; without it there is one table.")
    rows: Axis = Field(description="What changes from row to row.")
    columns: Axis = Field(description="What changes from column to column.")


AXES = ("tables", "rows", "columns")
"""The axes of a map by their keys, in the order in which their bands are set on the base case."""


class MapCell(Model):
    """What comes out in one place of the map."""

    proposals: tuple[Proposal, ...] = Field(description="Of the gate, if the set has one, and of the headline ladder.")
    deciding: tuple[str, ...] = Field(description="The findings that the deciding rules rest on.")
    other: tuple[str, ...] = Field(description="Findings that are there besides.")


class BandShown(Model):
    """A band with the facts that it set, in words."""

    title: str
    help: str | None
    given: tuple[Recorded, ...]


class AxisShown(Model):
    """An axis with its bands in order."""

    title: str
    help: str | None
    bands: tuple[BandShown, ...]


class LadderShown(Model):
    """A ladder of the map with all its levels, mildest first."""

    name: str
    title: str
    question: str
    levels: tuple[LevelShown, ...]


class IndicatorShown(Model):
    """An indicator that was found in some cell."""

    id: str
    title: str
    question: str


class CriteriaMap(Model):
    """A computed map, complete: a page needs nothing else."""

    criteria: str = Field(description="Id and version of the set.")
    set_title: str
    digest: str
    in_force: bool
    on: date
    notice: tuple[str, ...]
    title: str
    about: str
    assumes: tuple[str, ...]
    base_title: str
    given: tuple[Recorded, ...] = Field(description="What was set on the base case for every cell.")
    tables: AxisShown | None
    rows: AxisShown
    columns: AxisShown
    cells: tuple[tuple[tuple[MapCell, ...], ...], ...] = Field(description="By table, row and column.")
    ladders: tuple[LadderShown, ...]
    indicators: tuple[IndicatorShown, ...] = Field(description="Those that any cell names, in the order of the set.")
