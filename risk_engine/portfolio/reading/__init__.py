"""Many cases, from the files that offices have, as stated frames; every value that cannot be read, with its reason.

`read` yields them part by part, so that a file of any size fits in memory. The rules are in docs/portfolio.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import polars as pl

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, first_few
from risk_engine.loading.case import case_files, folders_below
from risk_engine.model.criteria import Criteria
from risk_engine.model.mapping import MappingFile
from risk_engine.portfolio.reading.checking import case_ids
from risk_engine.portfolio.reading.headers import CASE, DAY, MOST_TOLD, Headers, check_types, headers_of
from risk_engine.portfolio.reading.mapping import MappedTable, load_mapping
from risk_engine.portfolio.reading.one_by_one import (
    LINES,
    CaseReader,
    Source,
    current_cases,
    from_files,
    from_lines,
    from_register,
    is_register,
    lines_in,
)
from risk_engine.portfolio.reading.related import CASES, is_related, related_in, tables_in
from risk_engine.portfolio.reading.stating import Stating
from risk_engine.portfolio.reading.tables import XLSX, Table, open_table

BATCH = 65_536
MOST_FILES = 1_000
"""So many cases of files of their own are held at a time; the loader takes a thousandth of a second for each."""


@dataclass(frozen=True)
class Batch:
    """Some of the cases: those that can be read, and what is wrong with each that cannot."""

    stated: pl.DataFrame
    rejected: pl.DataFrame
    """A row for each value that cannot be read: `row`, `table`, `column`, `value`, `reason`."""
    done: int
    """So many rows were read up to here."""
    total: int | None
    """So many there are, as far as anybody knows."""
    notes: tuple[str, ...] = ()
    """What to tell once, with the first batch: columns that are not read."""


def read(
    source: Path | Sequence[Path],
    criteria: Criteria,
    *,
    mapping: MappingFile | Path | None = None,
    on: date | None = None,
    batch: int = BATCH,
    strict: bool = False,
) -> Iterator[Batch]:
    """Yield the cases of a source in batches, at most so many in each.

    A source is a table, a folder or a workbook with a table for each entity, a file with a case in each line, a folder
    of case files, a register, or these case files. `mapping` says what the columns of a table of an office's own are;
    `on` is the day that was asked for, without it each case states its own. Raises RiskEngineError where nothing of the
    source can be read, and under `strict` where a column or table is not.
    """
    known = load_mapping(mapping, criteria) if isinstance(mapping, Path) else mapping
    is_table = isinstance(source, Path) and not source.is_dir() and source.suffix.casefold() not in LINES
    if known is not None and not is_table:
        raise RiskEngineError(
            _("a mapping is for a table; this is none: {source}", source=source),
            _("name the table of the cases; what the mapping has under `tables` lies beside it"),
        )
    how = _How(criteria, on, batch, strict)
    if not isinstance(source, Path):
        return _of_cases(from_files(source), len(source), how)
    if source.is_dir():
        return _of_folder(source, how)
    if source.suffix.casefold() in LINES:
        return _of_cases(from_lines(source), lines_in(source), how)
    if known is not None:
        return _of_mapped(source, known, how)
    if source.suffix.casefold() == XLSX:
        return _of_workbook(source, how)
    return _of_table(open_table(source), how)


class _How(NamedTuple):
    """How a source is read."""

    criteria: Criteria
    on: date | None
    size: int
    strict: bool

    def notes(self, told: Iterable[str]) -> tuple[str, ...]:
        """Return what is told of what is not read; raise RiskEngineError with it where that is asked for."""
        found = tuple(told)
        if found and self.strict:
            raise RiskEngineError("\n".join(found), _("take it out, rename it, confirm it, or leave out `--strict`"))
        return found

    def check_day(self, headers: Headers, path: str) -> None:
        """Raise RiskEngineError where nothing says for which day cases are assessed: each row would be rejected."""
        if self.on is None and DAY not in headers.core:
            message = _("{path}: no column is called `{name}`, and no day was named", path=path, name=DAY)
            raise RiskEngineError(message, _("name the day for which all cases are assessed with `--on`"))


def _of_folder(folder: Path, how: _How) -> Iterator[Batch]:
    if is_related(folder):
        return _of_related(*_cases_of(tables_in(folder)), folder, how)
    if is_register(folder):
        filed = current_cases(folder)
        return _of_cases(from_register(filed), len(filed), how)
    files = case_files(folder)
    below = folders_below(folder)
    return _of_cases(from_files(files), len(files), how, how.notes([below] if below else []))


def _of_workbook(path: Path, how: _How) -> Iterator[Batch]:
    from risk_engine.portfolio.reading.workbook import SheetTable, Workbook

    book = Workbook(path)
    if any(one.casefold() == CASES for one in book.sheets):
        return _of_related(*_cases_of({one: SheetTable(book, one) for one in book.sheets}), path, how)
    others = book.sheets[1:]
    notes = [_("{table}: sheets that are not read: {sheets}", table=path.name, sheets=first_few(others, MOST_TOLD))]
    return _of_table(SheetTable(book), how, notes if others else [])


def _of_cases(sources: Iterator[Source], total: int, how: _How, notes: tuple[str, ...] = ()) -> Iterator[Batch]:
    reader = CaseReader(how.criteria, how.on)
    done = 0
    while held := list(islice(sources, min(how.size, MOST_FILES))):
        done = held[-1].row or done + len(held)
        yield Batch(*reader.stated(held), done, total, notes)
        notes = ()
    if not done:
        yield Batch(*reader.stated(()), 0, total, notes)


def _of_table(table: Table, how: _How, others: Sequence[str] = ()) -> Iterator[Batch]:
    name, path = table.path.name, table.path.as_posix()
    headers = headers_of(table.schema, how.criteria, path)
    check_types(headers, table.schema, how.criteria, path)
    how.check_day(headers, path)
    mapped = table if isinstance(table, MappedTable) else None
    told = [f"{name}: {one}" for one in mapped.notes] if mapped else columns_left(name, headers.unknown)
    notes = how.notes([*others, *told]) + _if_nothing_is_asked(headers, how.criteria)
    stating = Stating(how.criteria, headers, name, how.on)
    for part in table.parts(how.size):
        stated, rejected = stating.stated(part)
        yield Batch(stated, _under_headers(rejected, {name: table}), part.done, table.total, notes)
        notes = ()


def _under_headers(rejected: pl.DataFrame, tables: Mapping[str, Table]) -> pl.DataFrame:
    """Return what was rejected by the headers of mapped tables: people look for a value where it stands in theirs."""
    for name, table in tables.items():
        if isinstance(table, MappedTable):
            short = (
                {} if table.of is None else {one.removeprefix(f"{table.of}."): to for one, to in table.headers.items()}
            )
            theirs = pl.col("column").replace({**short, **table.headers})
            rejected = rejected.with_columns(
                pl.when(pl.col("table") == name).then(theirs).otherwise(pl.col("column")).alias("column")
            )
    return rejected


def _of_mapped(path: Path, mapping: MappingFile, how: _How) -> Iterator[Batch]:
    """Yield the cases of a table of an office's own, with those beside it that the mapping names."""
    table = open_table(path, mapping.sheet, mapping.header)
    cases = MappedTable(table, mapping, how.criteria, mapping.constants)
    if not mapping.tables:
        return _of_table(cases, how)
    others: dict[str, Table] = {}
    for name, said in mapping.tables.items():
        is_sheet = not Path(name).suffix and path.suffix.casefold() == XLSX
        opened = open_table(path, name, said.header) if is_sheet else open_table(path.parent / name, None, said.header)
        others[name] = MappedTable(opened, said, how.criteria, mapping.constants)
    return _of_related(path.name, cases, others, path, how)


def _cases_of(tables: dict[str, Table]) -> tuple[str, Table, dict[str, Table]]:
    """Return the name of the table of cases, that table, and the others."""
    name = next(one for one in tables if one.casefold() == CASES)
    return name, tables[name], {one: table for one, table in tables.items() if one != name}


def _of_related(name: str, cases: Table, others: Mapping[str, Table], path: Path, how: _How) -> Iterator[Batch]:
    headers = headers_of(cases.schema, how.criteria, f"{path.as_posix()}: {name}")
    check_types(headers, cases.schema, how.criteria, f"{path.as_posix()}: {name}")
    how.check_day(headers, f"{path.as_posix()}: {name}")
    related = related_in(others, headers, how.criteria, path, how.size)
    own = [f"{name}: {one}" for one in cases.notes] if isinstance(cases, MappedTable) else []
    told = [*own, *columns_left(name, headers.unknown), *related.notes]
    notes = how.notes(told)
    stating = Stating(how.criteria, headers, name, how.on, related.listed)
    batch: Batch | None = None
    for part in cases.parts(how.size):
        if batch is not None:
            yield batch
        related.found(case_ids(part.frame[headers.core[CASE]]))
        stated, rejected = stating.stated(part)
        batch = Batch(stated, _under_headers(rejected, {name: cases, **others}), part.done, cases.total, notes)
        notes = ()
    assert batch is not None  # noqa: S101 (a table has a part, though it be empty)
    lost = _under_headers(pl.concat([batch.rejected.clear(), *related.lost()]), others)
    yield replace(batch, rejected=pl.concat([batch.rejected, lost]))


def _if_nothing_is_asked(headers: Headers, criteria: Criteria) -> tuple[str, ...]:
    """Return what is told of a table that may be one of another set."""
    if headers.facts or headers.numbered or headers.whole or headers.controls:
        return ()
    return (_("no column answers a question of `{criteria}`: every case stays open", criteria=criteria.head.id),)


def columns_left(name: str, columns: Sequence[str]) -> list[str]:
    """Return what is told of columns that state nothing."""
    if not columns:
        return []
    return [_("{table}: columns that are not read: {columns}", table=name, columns=first_few(columns, MOST_TOLD))]
