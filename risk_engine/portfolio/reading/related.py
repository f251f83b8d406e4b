"""Tables that are joined by the case: `cases`, and one for each entity, in a folder or a workbook."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from risk_engine.files.diagnostics import file_problem, quoted
from risk_engine.files.language import _, first_few
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.reading.checking import AT, NUMBER, OF_CASE, REJECTED, ROW, TABLE, Checker, case_ids
from risk_engine.portfolio.reading.entries import Listed
from risk_engine.portfolio.reading.headers import CASE, CONTROLS, MOST_TOLD, Headers, check_types, headers_of
from risk_engine.portfolio.reading.mapping import MappedTable
from risk_engine.portfolio.reading.tables import CSV, PARQUET, Part, Table, open_table

CASES: Final = "cases"
"""What the table of cases is called: the file, without its ending, or the sheet."""


def is_related(folder: Path) -> bool:
    """Return whether a folder holds tables that are joined, and not a file for each case."""
    return any((folder / f"{CASES}{ending}").is_file() for ending in (PARQUET, CSV))


def tables_in(folder: Path) -> dict[str, Table]:
    """Return the tables of a folder by their names; raise RiskEngineError where two have one name."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.casefold() in {CSV, PARQUET} and not path.name.startswith("."):
            if path.stem in found:
                message = _(
                    "{first} and {second} are both the table `{name}`",
                    first=found[path.stem].name,
                    second=path.name,
                    name=path.stem,
                )
                raise file_problem(folder, message, _("take one out"))
            found[path.stem] = path
    return {name: open_table(path) for name, path in found.items()}


def about(name: str, criteria: Criteria) -> str | None:
    """Return what a table is about by its name, an entity (with or without an s) or the controls; None for others."""
    known = [*criteria.entities, CONTROLS]
    return next((one for one in known if name.strip().casefold() in {one, f"{one}s"}), None)


class Related:
    """Tables about entities, read; and which of their rows belong to a case that was found."""

    def __init__(self, listed: Mapping[str, Listed], notes: Sequence[str]) -> None:
        """Take what the tables state, by entity, and what of them is not read."""
        self.listed = listed
        self.notes = notes
        places = [one.entries.select(OF_CASE, ROW, TABLE) for one in listed.values()]
        self._left = pl.concat(places) if places else pl.DataFrame(schema=[OF_CASE, ROW, TABLE])

    def found(self, ids: pl.Series) -> None:
        """Note that cases of these ids are there."""
        if self._left.height:
            self._left = self._left.filter(~pl.col(OF_CASE).is_in(ids.unique().drop_nulls().implode()))

    def lost(self) -> Iterator[pl.DataFrame]:
        """Yield what is said of rows whose case was not found, or that name none."""
        for one in self.listed.values():
            yield one.faults.filter(pl.col(OF_CASE).is_null()).select(list(REJECTED))
        named = self._left.filter(pl.col(OF_CASE).is_not_null())
        if named.height:
            yield named.select(
                pl.col(ROW).alias("row"),
                pl.col(TABLE).alias("table"),
                pl.lit(CASE).alias("column"),
                pl.col(OF_CASE).alias("value"),
                pl.lit(_("no case has this id")).alias("reason"),
            )


def related_in(tables: Mapping[str, Table], of_cases: Headers, criteria: Criteria, path: Path, size: int) -> Related:
    """Return what each table about an entity states; raise RiskEngineError where it cannot be told what that is.

    `of_cases` is what the table of cases states.
    """
    listed: dict[str, Listed] = {}
    others: list[str] = []
    notes: list[str] = []
    named: dict[str, str] = {}
    for name, table in tables.items():
        mapped = table if isinstance(table, MappedTable) else None
        entity = about(name, criteria) if mapped is None else mapped.of
        if entity is None:
            others.append(name)
            continue
        if entity in named:
            names = quoted([named[entity], name], "and")
            raise file_problem(path, _("two tables are about `{entity}`: {names}", entity=entity, names=names))
        named[entity] = name
        headers = headers_of(table.schema, criteria, f"{path.as_posix()}: {name}", entity)
        check_types(headers, table.schema, criteria, f"{path.as_posix()}: {name}")
        notes += [f"{name}: {one}" for one in mapped.notes] if mapped else []
        if headers.unknown:
            columns = first_few(headers.unknown, MOST_TOLD)
            notes.append(_("{table}: columns that are not read: {columns}", table=name, columns=columns))
        twice = [one for short in headers.facts if (one := f"{entity}.{short}") in of_cases.facts]
        if twice:
            message = _("{table} and the table of cases both state {columns}", table=name, columns=quoted(twice, "and"))
            raise file_problem(path, message, _("leave them in one of the two"))
        listed[entity] = _listed(entity, name, table, headers, criteria, size)
    if others:
        tables_told = first_few(others, MOST_TOLD)
        notes.append(
            _("{table}: tables that are about nothing of the set: {tables}", table=path.name, tables=tables_told)
        )
    return Related(listed, notes)


def _listed(entity: str, name: str, table: Table, headers: Headers, criteria: Criteria, batch: int) -> Listed:
    parts = [_part(entity, name, part, headers, criteria) for part in table.parts(batch)]
    entries = pl.concat([one.entries for one in parts])
    faults = pl.concat([one.faults for one in parts])
    if entity == CONTROLS:
        return Listed(entries, faults)
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over(OF_CASE)
    entries = entries.with_columns(place.alias(NUMBER))
    if criteria.entities[entity].many is None:
        again = entries.filter(pl.col(NUMBER) > 1)
        reason = _("a case has one row here, for there is one `{entity}`", entity=entity)
        values = {"column": pl.lit(headers.core[CASE]), "value": pl.col(OF_CASE), "reason": pl.lit(reason)}
        told = again.select(OF_CASE, pl.col(ROW).alias("row"), pl.col(TABLE).alias("table"), **values)
        faults = pl.concat([faults, told])
    return Listed(entries, faults)


def _part(entity: str, name: str, part: Part, headers: Headers, criteria: Criteria) -> Listed:
    checker = Checker(criteria, name)
    raw = part.frame[headers.core[CASE]]
    where = checker.where(part.rows, case_ids(raw))
    checker.say(where[OF_CASE].is_null(), raw, headers.core[CASE], where, _("it is not said of which case this row is"))
    found = {
        short: checker.checked(part.frame[header], f"{entity}.{short}", header, where)
        for short, header in headers.facts.items()
    }
    if part.torn is not None:
        checker.tear(part.torn, where)
    faults = checker.faults.frame().join(where.select(AT, OF_CASE), on=AT, how="left").select(OF_CASE, *REJECTED)
    return Listed(where.drop(AT).with_columns(**found), faults)
