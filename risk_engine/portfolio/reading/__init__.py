"""Many cases, from the files that offices have, as stated frames; every value that cannot be read, with its reason.

`read` yields them part by part, so that a file of any size fits in memory. The rules are in docs/portfolio.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

import polars as pl

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, first_few
from risk_engine.loading.case import case_files, folders_below
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.reading.headers import MOST_TOLD, check_types, headers_of
from risk_engine.portfolio.reading.one_by_one import LINES, CaseReader, Source, from_files, from_lines, lines_in
from risk_engine.portfolio.reading.stating import Stating
from risk_engine.portfolio.reading.tables import Table, open_table

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
    on: date | None = None,
    batch: int = BATCH,
    strict: bool = False,
) -> Iterator[Batch]:
    """Yield the cases of a file, a folder of case files, or these case files in batches, at most so many in each.

    `on` is the day that was asked for; without it each case states its own. Raises RiskEngineError where nothing of
    the source can be read, and under `strict` where a column states nothing.
    """
    if not isinstance(source, Path):
        return _of_cases(from_files(source), len(source), criteria, on, batch)
    if source.is_dir():
        files = case_files(source)
        told = tuple(filter(None, [folders_below(source)]))
        return _of_cases(from_files(files), len(files), criteria, on, batch, told)
    if source.suffix.casefold() in LINES:
        return _of_cases(from_lines(source), lines_in(source), criteria, on, batch)
    return _of_table(open_table(source), criteria, on, batch, strict=strict)


def _of_cases(
    sources: Iterator[Source], total: int, criteria: Criteria, on: date | None, size: int, notes: tuple[str, ...] = ()
) -> Iterator[Batch]:
    reader = CaseReader(criteria, on)
    done = 0
    while held := list(islice(sources, min(size, MOST_FILES))):
        done = held[-1].row or done + len(held)
        yield Batch(*reader.stated(held), done, total, notes)
        notes = ()
    if not done:
        yield Batch(*reader.stated(()), 0, total, notes)


def _of_table(table: Table, criteria: Criteria, on: date | None, size: int, *, strict: bool) -> Iterator[Batch]:
    name = table.path.name
    headers = headers_of(table.schema, criteria, table.path.as_posix())
    check_types(headers, table.schema, criteria, table.path.as_posix())
    notes = _notes(headers.unknown, name, strict=strict)
    stating = Stating(criteria, headers, name, on)
    for part in table.parts(size):
        yield Batch(*stating.stated(part), part.done, table.total, notes)
        notes = ()


def _notes(unknown: list[str], name: str, *, strict: bool) -> tuple[str, ...]:
    """Return what is told of columns that state nothing; raise RiskEngineError with them where that is asked for."""
    if not unknown:
        return ()
    told = _("{table}: columns that are not read: {columns}", table=name, columns=first_few(unknown, MOST_TOLD))
    if strict:
        raise RiskEngineError(told, _("take them out, rename them, or leave out `--strict`"))
    return (told,)
