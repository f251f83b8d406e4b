"""Whether results hang on a country as such: each row of its table in the place of a case's own, each column alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import polars as pl

from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.portfolio import Alike, ColumnMoves, Moves, Number, Swapped
from risk_engine.model.profile import cell_of
from risk_engine.model.tables import Column, Row
from risk_engine.portfolio.columns.ladders import Level
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.figures_tried import AT_ONCE, Ends, Sample
from risk_engine.portfolio.results import is_provisional
from risk_engine.portfolio.stated import cases_from, stated_schema, with_rows

Levels: TypeAlias = Mapping[str, Level]
"""What ladders came to."""


def swapped_facts(criteria: Criteria) -> tuple[str, ...]:
    """Return the facts whose rows are swapped: countries by which cases are counted."""
    roles = criteria.head.roles
    return tuple(one for one in roles.group_by if one in roles.country.values())


def swap(sample: Sample, fact: str) -> Swapped:
    """Return what moves where each row of its table takes the place of the row that a case of the sample states.

    All entries of a case get the row. What a case states itself in place of what the table says is set aside, for that
    was said of its own row. Rules and tables are those of one day.
    """
    criteria = sample.criteria
    swapping = _Swapping(sample, fact)
    has_any = swapping.has_entries(sample.cases)
    cases, without = sample.cases.filter(has_any), int((~has_any).sum())
    aside = int(swapping.states_itself(cases).sum())
    if not cases.height:
        nobody = Number(0, "")
        return Swapped(fact, swapping.table, sample.on, 0, sample.of, without, 0, (), nobody, (), ())
    names, groups, cells = cases["case"], swapping.alike(), swapping.cells()
    variants = [None, *cells, *(rows[0] for rows in groups.values())]
    base, *others = swapping.levels(swapping.by_table(cases), variants)
    ends = Ends.at(base, criteria)

    def moves(levels: Levels, *parts: str) -> Moves:
        way = Ends.at(levels, criteria).stricter_than(ends)
        return Moves(
            sample.lists.number(names, way != 0, "swap", fact, *parts, "moved"),
            sample.lists.number(names, way > 0, "swap", fact, *parts, "stricter"),
            sample.lists.number(names, way < 0, "swap", fact, *parts, "milder"),
        )

    def standing(levels: Levels, *parts: str) -> tuple[tuple[Number, ...], Number]:
        """Return which cases are settled at each level of the headline ladder, and which are open."""
        headline = criteria.head.roles.headline
        level, ladder = levels[headline], criteria.ladders[headline]
        is_open = is_provisional(level, ladder)
        settled = (
            sample.lists.number(names, ~is_open & (level.level == place), "swap", fact, *parts, one)
            for place, one in enumerate(ladder.levels)
        )
        return tuple(settled), sample.lists.number(names, is_open, "swap", fact, *parts, "open")

    by_cell = {
        cell: moves(levels, "column", cell.column, str(cell.value))
        for cell, levels in zip(cells, others[: len(cells)], strict=True)
    }
    alike = []
    for number, ((said, rows), levels) in enumerate(zip(groups.items(), others[len(cells) :], strict=True)):
        by_column = {one.column: by_cell[one] for one in said if by_cell[one].cases}
        told = {one.column: one.value for one in said}
        alike.append(
            Alike(
                tuple(rows),
                told,
                *standing(levels, "at", str(number)),
                moves(levels, "row", str(number)),
                by_column,
            )
        )
    alike.sort(key=lambda one: (-one.moves.cases, -len(one.rows)))
    columns = [ColumnMoves(one.column, one.value, len(cells[one]), found) for one, found in by_cell.items()]
    return Swapped(
        fact,
        swapping.table,
        sample.on,
        cases.height,
        sample.of,
        without,
        aside,
        *standing(base, "now"),
        tuple(alike),
        tuple(columns),
    )


class _Cell(NamedTuple):
    """What a column says."""

    column: str
    value: Any


class _Swapping:
    """Puts other rows into cases: those of the table, and some made up of which one cell alone is another.

    The table is written out for the day and the profile, so that a made row can say that something is not known.
    """

    def __init__(self, sample: Sample, name: str) -> None:
        criteria, on, profile = sample.criteria, sample.on, sample.profile
        self._criteria, self._on = criteria, on
        self._name = name
        self._entity, _dot, self._short = name.partition(".")
        self._is_list = criteria.entities[self._entity].many is not None
        fact = criteria.fact(name)
        assert isinstance(fact, RowFact)  # noqa: S101 (a country is a row, as was checked when the set was loaded)
        self.table = fact.of
        table = criteria.tables[fact.of]
        self._cells: dict[str, dict[str, Any]] = {
            row: {one: cell_of(criteria, profile, fact.of, row, one, on)[0] for one in table.columns}
            for row in table.rows
        }
        facts = criteria.entities[self._entity].facts
        filled = {
            short: one.column or short
            for short, one in facts.items()
            if not isinstance(one, RowFact | TextFact) and one.from_ == self._short
        }
        self._filled, self._columns = list(filled), list(dict.fromkeys(filled.values()))
        kept = {} if profile is None else {one: cells for one, cells in profile.tables.items() if one != fact.of}
        self._profile = None if profile is None else profile.model_copy(update={"tables": kept})

    def has_entries(self, sample: pl.DataFrame) -> pl.Series:
        """Return which cases state an entry that has a row, or could have one."""
        if not self._is_list:
            return sample[f"{self._entity}.{self._short}"].is_not_null()
        return sample[self._entity].list.len().fill_null(0) > 0

    def states_itself(self, cases: pl.DataFrame) -> pl.Series:
        """Return which cases state themselves something that the table says."""
        if not self._is_list:
            return cases.select(
                pl.any_horizontal(pl.col(f"{self._entity}.{one}").is_not_null() for one in self._filled)
            ).to_series()
        stated = pl.any_horizontal(pl.element().struct[one].is_not_null() for one in self._filled)
        return cases.select(pl.col(self._entity).list.eval(stated).list.any()).to_series()

    def by_table(self, cases: pl.DataFrame) -> pl.DataFrame:
        """Return cases of which the table alone says what it says, on one day."""
        schema = stated_schema(self._criteria)
        if self._is_list:
            entry = dict(schema[self._entity].inner)  # type: ignore[attr-defined]  # a list of structs
            aside = pl.element().struct.with_fields(**{one: pl.lit(None, entry[one]) for one in self._filled})
            changed = {self._entity: pl.col(self._entity).list.eval(aside)}
        else:
            columns = [f"{self._entity}.{one}" for one in self._filled]
            changed = {one: pl.lit(None, schema[one]) for one in columns}
        return cases.with_columns(pl.lit(self._on).alias("assessment_date"), **changed)

    def levels(self, cases: pl.DataFrame, variants: Sequence["_Cell | str | None"]) -> Iterator[Levels]:
        """Yield what cases come to with their own row (None), with one of the table, or with their own but for a cell.

        They are turned into numbers once; of a variant only the rows are others. Several are decided at a time.
        """
        own = self._stated(cases)
        rows = dict(self._cells)
        made = {one: self._made(rows, own, one) for one in variants if isinstance(one, _Cell)}
        deciding = Deciding(self._with_rows(rows), self._on, self._profile)
        places = {row: place for place, row in enumerate(rows)}
        number, many = cases.height, max(1, AT_ONCE // cases.height)
        several = cases_from(pl.concat([cases] * min(many, len(variants))), self._criteria)

        def named(variant: "_Cell | str | None") -> pl.Series:
            match variant:
                case None:
                    return own
                case _Cell():
                    return made[variant].gather(own.fill_null(len(self._cells)))
                case row:
                    return pl.repeat(places[row], len(own), dtype=pl.UInt32(), eager=True)

        for first in range(0, len(variants), many):
            some = variants[first : first + many]
            # The last ones fill up with what nobody reads.
            filled = [*some, *[None] * (min(many, len(variants)) - len(some))]
            levels = deciding.levels(with_rows(several, self._name, pl.concat([named(one) for one in filled])))
            for place in range(len(some)):
                own_part = slice(place * number, (place + 1) * number)
                yield {ladder: level[own_part] for ladder, level in levels.items()}

    def _stated(self, cases: pl.DataFrame) -> pl.Series:
        """Return the row of each entry, by its place in the table."""
        rows = (
            cases[self._entity].explode(empty_as_null=False, keep_nulls=False).struct[self._short]
            if self._is_list
            else cases[self._name]
        )
        return rows.to_physical().cast(pl.UInt32)

    def _made(self, rows: dict[str, dict[str, Any]], own: pl.Series, cell: "_Cell") -> pl.Series:
        """Add to rows those that are stated with another cell; return by the place of each what was made of it."""
        nothing = dict.fromkeys(self._criteria.tables[self.table].columns)
        stated = {len(self._cells) if one is None else one for one in own.unique()}
        made = []
        for place, cells in enumerate([*self._cells.values(), nothing]):
            made.append(len(rows))
            if place in stated:
                rows[f"made-{len(rows)}"] = {**cells, cell.column: cell.value}
        return pl.Series(made, dtype=pl.UInt32)

    def alike(self) -> dict[tuple[_Cell, ...], list[str]]:
        """Return rows together of which all columns that are read say the same."""
        found: dict[tuple[_Cell, ...], list[str]] = {}
        for row, cells in self._cells.items():
            found.setdefault(tuple(_Cell(one, cells[one]) for one in self._columns), []).append(row)
        return found

    def cells(self) -> dict[_Cell, list[str]]:
        """Return what each column says somewhere, with its rows."""
        said: dict[_Cell, list[str]] = {}
        for row, cells in self._cells.items():
            for one in self._columns:
                said.setdefault(_Cell(one, cells[one]), []).append(row)
        return {one: said[one] for one in sorted(said, key=lambda one: self._columns.index(one.column))}

    def _with_rows(self, rows: Mapping[str, Mapping[str, Any]]) -> Criteria:
        """Return the set with other rows in the table, each cell of them written out."""
        table = self._criteria.tables[self.table]
        columns: dict[str, Column] = {
            name: one.model_copy(
                update={
                    "otherwise": None,
                    "values": {row: cells[name] for row, cells in rows.items() if cells[name] is not None},
                }
            )
            for name, one in table.columns.items()
        }
        known = {row: table.rows.get(row) or Row(name=row) for row in rows}
        other = table.model_copy(update={"rows": known, "columns": columns})
        return self._criteria.model_copy(update={"tables": {**self._criteria.tables, self.table: other}})
