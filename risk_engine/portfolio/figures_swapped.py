"""Whether results hang on a country as such: each row of its table in the place of a case's own, each column alone."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import polars as pl

from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.portfolio import Alike, ColumnMoves, Moves, Swapped
from risk_engine.model.profile import cell_of
from risk_engine.model.tables import Column, Row
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.figures_tried import Ends, Sample, decided


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
    own = swapping.by_table(cases)
    if not own.height:
        return Swapped(fact, swapping.table, sample.on, 0, sample.of, without, 0, (), 0, (), ())
    variants, deciding = swapping.variants(own)
    base = deciding.results(own)
    ends, names = Ends.of(base, criteria), own["case"]

    def moves(results: pl.DataFrame, *parts: str) -> Moves:
        way = Ends.of(results, criteria).stricter_than(ends)
        return Moves(
            sample.lists.number(names, way > 0, "swap", fact, *parts, "stricter"),
            sample.lists.number(names, way < 0, "swap", fact, *parts, "milder"),
        )

    with_cells = decided(deciding, (swapping.with_cell(own, cell) for cell in variants))
    by_cell = {
        cell: moves(results, "column", cell.column, str(cell.value))
        for cell, results in zip(variants, with_cells, strict=True)
    }
    groups = swapping.alike()
    with_rows = decided(deciding, (swapping.with_row(own, rows[0]) for rows in groups.values()))
    alike = []
    for number, ((cells, rows), results) in enumerate(zip(groups.items(), with_rows, strict=True)):
        by_column = {one.column: by_cell[one] for one in cells if by_cell[one].cases}
        told = {one.column: one.value for one in cells}
        alike.append(
            Alike(tuple(rows), told, *_levels(results, criteria), moves(results, "row", str(number)), by_column)
        )
    alike.sort(key=lambda one: (-one.moves.cases, -len(one.rows)))
    columns = [ColumnMoves(one.column, one.value, len(variants[one]), found) for one, found in by_cell.items()]
    return Swapped(
        fact,
        swapping.table,
        sample.on,
        own.height,
        sample.of,
        without,
        aside,
        *_levels(base, criteria),
        tuple(alike),
        tuple(columns),
    )


def _levels(results: pl.DataFrame, criteria: Criteria) -> tuple[tuple[int, ...], int]:
    """Return how many cases are settled at each level of the headline ladder, and how many are open."""
    headline = criteria.head.roles.headline
    is_open = results[f"{headline}.provisional"]
    settled = results.filter(~is_open)[headline]
    return tuple(int((settled == one).sum()) for one in criteria.ladders[headline].levels), int(is_open.sum())


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
        aside = self._changed(cases, lambda _of: {one: pl.lit(None, self._dtype(cases, one)) for one in self._filled})
        return aside.with_columns(assessment_date=pl.lit(None, pl.Date))

    def _dtype(self, cases: pl.DataFrame, short: str) -> Any:
        if not self._is_list:
            return cases.schema[f"{self._entity}.{short}"]
        listed = cases.schema[self._entity]
        assert isinstance(listed, pl.List)  # noqa: S101 (as the stated frame is)
        return next(one.dtype for one in listed.inner.fields if one.name == short)  # type: ignore[union-attr] # a struct

    def _changed(
        self, cases: pl.DataFrame, to: Callable[[Callable[[str], pl.Expr]], Mapping[str, pl.Expr]]
    ) -> pl.DataFrame:
        """Return cases with other answers of each entry; `to` says them, given what reads an answer as it is."""
        if self._is_list:
            new = to(lambda short: pl.element().struct[short])
            return cases.with_columns(pl.col(self._entity).list.eval(pl.element().struct.with_fields(**new)))
        new = to(lambda short: pl.col(f"{self._entity}.{short}"))
        return cases.with_columns(**{f"{self._entity}.{short}": one for short, one in new.items()})

    def with_row(self, cases: pl.DataFrame, row: str) -> pl.DataFrame:
        """Return cases with a row of the table in the place of their own."""
        return self._changed(cases, lambda _of: {self._short: pl.lit(row)})

    def with_cell(self, cases: pl.DataFrame, cell: _Cell) -> pl.DataFrame:
        """Return cases with their own row, of which one cell is another."""
        made = {own: names[cell] for own, names in self._made.items()}
        return self._changed(
            cases,
            lambda of: {self._short: of(self._short).fill_null("").replace_strict(made, return_dtype=pl.String)},
        )

    def alike(self) -> dict[tuple[_Cell, ...], list[str]]:
        """Return rows together of which all columns that are read say the same."""
        found: dict[tuple[_Cell, ...], list[str]] = {}
        for row, cells in self._cells.items():
            found.setdefault(tuple(_Cell(one, cells[one]) for one in self._columns), []).append(row)
        return found

    def variants(self, cases: pl.DataFrame) -> tuple[dict[_Cell, list[str]], Deciding]:
        """Return what each column says somewhere, with its rows, and what decides cases with rows that are made up."""
        said: dict[_Cell, list[str]] = {}
        for row, cells in self._cells.items():
            for one in self._columns:
                said.setdefault(_Cell(one, cells[one]), []).append(row)
        said = {one: said[one] for one in sorted(said, key=lambda one: self._columns.index(one.column))}
        nothing = dict.fromkeys(self._criteria.tables[self.table].columns)
        rows = dict(self._cells)
        self._made: dict[str, dict[_Cell, str]] = {}
        for own in self._stated(cases):
            self._made[own] = {}
            for cell in said:
                name = f"made-{len(rows)}"
                rows[name] = {**(self._cells[own] if own else nothing), cell.column: cell.value}
                self._made[own][cell] = name
        return said, Deciding(self._with_rows(rows), self._on, self._profile)

    def _stated(self, cases: pl.DataFrame) -> list[str]:
        if not self._is_list:
            rows = cases[f"{self._entity}.{self._short}"]
        else:
            rows = cases.select(
                pl.col(self._entity).explode(empty_as_null=False, keep_nulls=False).struct[self._short]
            ).to_series()
        return sorted(rows.fill_null("").unique().to_list())

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
