"""What many cases come to, written part by part: a nested Parquet file, a folder of CSV tables, or a workbook."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias

import polars as pl
from polars.io.plugins import register_io_source

from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.files.harmless import clean_text, guarded
from risk_engine.files.language import _, grouped_by_thousands

Form: TypeAlias = Literal["parquet", "csv", "xlsx"]
Frames: TypeAlias = Iterable[pl.DataFrame]
Split: TypeAlias = Callable[[pl.DataFrame], Mapping[str, pl.DataFrame]]
"""Makes tables without lists of a part of what is written."""
About: TypeAlias = Callable[[], Mapping[str, str]]
"""Says under what the results were made, and whether they are all; asked when the last of them is written."""

REJECTED = {"row": pl.Int64, "table": pl.String, "column": pl.String, "value": pl.String, "reason": pl.String}
MOST_ROWS = 1_048_575
"""So many rows has a sheet of a workbook below its head."""
KEY = "risk-engine."
"""With this begin the keys under which Parquet says what `About` does."""
_GROUP = 65_536
_PLAIN = r"^([\p{L}\p{N}][\p{L}\p{N} ._,:()/-]*)?$"
"""Text in which nothing is computed, invisible, or takes more than a line; the rest is looked at letter by letter."""


def write_parquet(path: Path, schema: pl.Schema, frames: Frames, about: About) -> None:
    """Write one nested file, a group of rows for each part; never more than a few of them are in memory."""
    waiting = iter(frames)

    def parts(*_asked: object) -> Iterator[pl.DataFrame]:
        yield from waiting

    # Ranges of values tell no group of rows from another one, and a higher level of compression makes no smaller file.
    register_io_source(parts, schema=schema).sink_parquet(
        path,
        compression_level=1,
        statistics=False,
        row_group_size=_GROUP,
        metadata=lambda _of: {f"{KEY}{name}": text for name, text in about().items()},
    )


def write_tables(folder: Path, schema: pl.Schema, frames: Frames, split: Split) -> None:
    """Write a folder of related tables."""
    empty = pl.DataFrame(schema=schema)
    with ExitStack() as files:
        tables = {name: CsvTable(files.enter_context((folder / f"{name}.csv").open("wb"))) for name in split(empty)}
        for frame in chain([empty], frames):
            for name, table in split(frame).items():
                tables[name].add(table)


def write_book(path: Path, schema: pl.Schema, frames: Frames, split: Split, about: About) -> None:
    """Write the same tables as sheets of one workbook.

    Raises RiskEngineError where a sheet would have more rows than a workbook can hold; nothing is cut.
    """
    try:
        from openpyxl import Workbook
    except ImportError:
        message = _("writing .xlsx needs openpyxl, which is not installed (.csv needs nothing)")
        raise MissingExtraError(message, "office") from None
    book = Workbook(write_only=True)
    sheets: dict[str, Any] = {}
    for name, table in split(pl.DataFrame(schema=schema)).items():
        sheets[name] = book.create_sheet(name)
        sheets[name].freeze_panes = "B2"
        sheets[name].append(table.columns)
    try:
        _fill(sheets, frames, split)
    except BaseException:
        for sheet in sheets.values():
            sheet.close()  # else what it has open complains when it is cleared away
        raise
    last = book.create_sheet("about")
    for name, text in about().items():
        last.append([name, _cell(last, text)])
    book.save(path)


def _fill(sheets: Mapping[str, Any], frames: Frames, split: Split) -> None:
    rows = dict.fromkeys(sheets, 0)
    for frame in frames:
        for name, table in split(frame).items():
            rows[name] += table.height
            check_rows(name, rows[name])
            for row in table.iter_rows():
                sheets[name].append([_cell(sheets[name], one) for one in row])


def check_rows(sheet: str, rows: int) -> None:
    """Raise RiskEngineError where a sheet of a workbook cannot have so many rows."""
    if rows > MOST_ROWS:
        message = _(
            "the sheet `{sheet}` would have more than {number} rows, and no workbook holds that; nothing is written",
            sheet=sheet,
            number=grouped_by_thousands(MOST_ROWS),
        )
        raise RiskEngineError(message, _("write Parquet (-o FILE.parquet), or a folder of tables (--format csv)"))


def _cell(sheet: Any, value: object) -> object:
    """Return a cell; text that begins otherwise than with a letter or a figure is never taken for a formula."""
    if not isinstance(value, str) or value[:1].isalnum():
        return clean_text(value) if isinstance(value, str) else value
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=clean_text(value))
    cell.data_type = "s"
    cell.quotePrefix = True  # else it would be one once somebody edits the cell
    return cell


class CsvTable:
    """A table of CSV that grows part by part; in each cell of text nothing is computed by a spreadsheet."""

    def __init__(self, file: IO[bytes]) -> None:
        """Take the file, which is empty yet."""
        self._file = file
        self._is_new = True

    def add(self, table: pl.DataFrame) -> None:
        """Write the rows of a table, the first time below its head."""
        # Excel takes CSV for an old code page unless it begins with a mark.
        table.with_columns(harmless(one) for one in table if one.dtype == pl.String).write_csv(
            self._file,
            include_bom=self._is_new,
            include_header=self._is_new,
            line_terminator="\r\n",
            quote_style="always",
        )
        self._is_new = False


def harmless(column: pl.Series) -> pl.Series:
    """Return a column of text in which nothing is computed by a spreadsheet, or invisible."""
    odd = ~column.str.contains(_PLAIN).fill_null(value=True)
    if not odd.any():
        return column
    values = [guarded(clean_text(one)) for one in column.filter(odd)]
    return column.scatter(odd.arg_true(), values)


def related(results: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return results as tables joined by the id of the case: `results`, `findings`, `missing`."""
    return {
        "results": results.drop("findings", "missing").with_columns(
            pl.col("contradictions", "awareness").cast(pl.List(pl.String)).list.join(", ")
        ),
        "findings": _rows_of(results, "findings").unnest("findings"),
        "missing": _rows_of(results, "missing"),
    }


def _rows_of(results: pl.DataFrame, name: str) -> pl.DataFrame:
    return results.select("case", name).explode(name, empty_as_null=False, keep_nulls=False)
