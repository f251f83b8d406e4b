"""Tables in files, part by part: CSV, Parquet. What lies in a workbook is read in `workbook`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import polars as pl
from polars.exceptions import PolarsError

from risk_engine.files.csv_rows import CsvFile, Row, open_csv
from risk_engine.files.diagnostics import RiskEngineError, file_problem, printable, reason
from risk_engine.files.language import _
from risk_engine.files.reading import check_file

CSV, PARQUET, XLSX = ".csv", ".parquet", ".xlsx"
MOST_CELLS: Final = 2_000_000
"""So many cells of text are held at a time; they take thirty times as much memory as what they become."""
_AT_ONCE: Final = 65_536
"""So many rows of Parquet are read at a time, which is how many a group often has."""


@dataclass(frozen=True)
class Part:
    """Some rows of a table, as the file has them, and the number of each in it."""

    frame: pl.DataFrame
    rows: pl.Series
    torn: pl.Series | None = None
    """Beside rows of which nobody can tell which cells are which: why."""
    done: int = 0
    """So many rows of the table were read with this part."""


class Table(Protocol):
    """A table in a file."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def schema(self) -> pl.Schema:
        """What stands above each column, and its type; text where the file knows none."""

    @property
    def total(self) -> int | None:
        """How many rows there are, as far as that can be told before they are read."""

    def parts(self, size: int) -> Iterator[Part]:
        """Yield the rows, at most so many at a time."""


@dataclass(frozen=True)
class CsvTable:
    """A table in a text file."""

    file: CsvFile

    @property
    def path(self) -> Path:
        """The file."""
        return self.file.path

    @property
    def schema(self) -> pl.Schema:
        """The headers; all is text."""
        return text_schema(self.file.head)

    @property
    def total(self) -> int:
        """One for each line below the head; fewer where cells hold several lines."""
        return max(0, self.file.lines - 1 - self.file.before)

    def parts(self, size: int) -> Iterator[Part]:
        """Yield the rows, at most so many at a time."""
        return parts_of(self.file.rows(), self.file.head, size)


def text_schema(head: Iterable[str]) -> pl.Schema:
    """Return the columns of a table of text; what has no header is no column."""
    return pl.Schema({one: pl.String() for one in head if one})


def parts_of(rows: Iterator[Row], head: Sequence[str], size: int) -> Iterator[Part]:
    """Yield rows of text in parts, at most so many at a time."""
    size = max(1, min(size, MOST_CELLS // len(head)))
    held: list[Row] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield _part(held, head)
            held = []
    yield _part(held, head)


def _part(rows: Sequence[Row], head: Sequence[str]) -> Part:
    width = len(head)
    filled = [
        one.cells if len(one.cells) == width else (*one.cells[:width], *[""] * (width - len(one.cells))) for one in rows
    ]
    columns = list(zip(*filled, strict=True)) or [()] * width
    nameless = [place for place, name in enumerate(head) if not name]
    torn = [one.problem or _outside(one.cells, nameless) for one in rows]
    return Part(
        pl.DataFrame(
            {name: pl.Series(name, columns[place], dtype=pl.String) for place, name in enumerate(head) if name}
        ),
        pl.Series([one.number for one in rows], dtype=pl.Int64),
        pl.Series([one or None for one in torn], dtype=pl.String) if any(torn) else None,
        rows[-1].number - 1 if rows else 0,
    )


def _outside(cells: Sequence[str], nameless: Sequence[int]) -> str:
    if any(cells[one].strip() for one in nameless if one < len(cells)):
        return _("a cell of this row stands in a column without a header")
    return ""


class ParquetTable:
    """A table in a Parquet file; a struct that tells of one thing is a column for each of its fields."""

    def __init__(self, path: Path) -> None:
        """Look at the columns; raise RiskEngineError where the file cannot be read."""
        self.path = path
        try:
            check_file(path)
            scanned = pl.scan_parquet(path, glob=False)
            structs = [name for name, dtype in scanned.collect_schema().items() if isinstance(dtype, pl.Struct)]
            self._scanned = scanned.unnest(structs, separator=".") if structs else scanned
            self.schema = self._scanned.collect_schema()
            self.total: int = scanned.select(pl.len()).collect().item()
        except OSError as error:
            raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
        except PolarsError as error:
            raise _damaged(path, error) from error

    def parts(self, size: int) -> Iterator[Part]:
        """Yield the rows, at most so many at a time."""
        # `collect_batches` would hold several groups of rows at a time: twice the memory, and no sooner done. To read
        # less than a group is dear, so what is read at a time is handed on in pieces.
        for first in range(0, max(1, self.total), max(size, _AT_ONCE)):
            try:
                read = self._scanned.slice(first, max(size, _AT_ONCE)).collect()
            except PolarsError as error:
                raise _damaged(self.path, error) from error
            for done in range(first, first + max(1, read.height), size):
                frame = read.slice(done - first, size)
                rows = pl.int_range(done + 1, done + frame.height + 1, eager=True)
                yield Part(frame, rows, done=done + frame.height)


def _damaged(path: Path, error: PolarsError) -> RiskEngineError:
    said = printable(str(error).partition("\n")[0])
    return file_problem(path, _("this is no Parquet file that can be read: {reason}", reason=said))


def open_table(path: Path, sheet: str | None = None, header: int = 1) -> Table:
    """Return the table in a file, by its ending; raise RiskEngineError where there is none.

    `sheet` is one of a workbook, without it the first; `header` the row in which the headers stand.
    """
    match path.suffix.casefold():
        case ".csv":
            return CsvTable(open_csv(path, header))
        case ".parquet":
            return ParquetTable(path)
        case ".xlsx":
            from risk_engine.portfolio.reading.workbook import SheetTable, Workbook

            return SheetTable(Workbook(path), sheet, header)
        case _:
            raise file_problem(
                path,
                _("this is no table of cases"),
                _("a table ends in .parquet, .csv or .xlsx; a file with a case in each line in .jsonl"),
            )
