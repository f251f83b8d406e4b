"""Tables of works in files: CSV, Parquet, a workbook, whatever their name ends in; row by row what is asked for."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

from risk_engine.files.csv_rows import open_csv
from risk_engine.portfolio.reading.tables import CsvTable, ParquetTable, Table
from risk_engine.screening.formats.reading import Reading

PARQUET, ARCHIVE = b"PAR1", b"PK\x03\x04"
"""How files of Parquet and workbooks begin."""
_AT_ONCE: Final = 4_000


def open_table(path: Path, start: bytes, sheet: str | None = None, header: int = 1) -> Table:
    """Return the table in a file that begins so; raise RiskEngineError where it cannot be read as one."""
    if start.startswith(PARQUET):
        return ParquetTable(path)
    if start.startswith(ARCHIVE):
        from risk_engine.portfolio.reading.workbook import SheetTable, Workbook

        return SheetTable(Workbook(path), sheet, header)
    return CsvTable(open_csv(path, header))


def rows_of(table: Table, wanted: Collection[str], reading: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield of each row its number and what is wanted of it, as far as there are such columns."""
    columns = [one for one in table.schema if one in wanted]
    for part in table.parts(_AT_ONCE):
        torn = [None] * part.rows.len() if part.torn is None else part.torn.to_list()
        rows = part.frame.select(columns).iter_rows(named=True)
        for number, problem, row in zip(part.rows, torn, rows, strict=True):
            if problem is not None:
                reading.problem(number, problem)
            else:
                yield number, row
