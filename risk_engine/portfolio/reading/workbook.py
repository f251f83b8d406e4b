"""Tables in a workbook: what its cells say, never what they would compute; what would compute is told.

A cell becomes text as it would stand in a CSV file, so that one rule reads both: a day is a day, 5.0 is 5.
"""

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from risk_engine.files.csv_rows import Row, headers_in
from risk_engine.files.diagnostics import RiskEngineError, column_letters, file_problem, suggestion
from risk_engine.files.language import _
from risk_engine.files.office_files import BROKEN, Bounds, content, damaged
from risk_engine.portfolio.reading.tables import Part, parts_of, text_schema
from risk_engine.portfolio.reading.values import ERROR, FORMULA

_MIB: Final = 1024 * 1024
_BOUNDS: Final = Bounds(packed=64 * _MIB, unpacked=512 * _MIB, parts=2_000, tags=40_000_000)
LISTS, README = "_lists", "README"
"""Sheets of a template that hold no answers: what its fields choose from, and how it is filled in."""
MOST_ROWS, MOST_COLUMNS = 1_048_576, 4_000
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s>/]")


class Workbook:
    """A workbook that was looked at: what is damaged, protected, too large or holds macros was refused."""

    def __init__(self, path: Path) -> None:
        """Open a file; raise RiskEngineError where it cannot be read."""
        from openpyxl import load_workbook

        self.path = path
        file, _sha256 = content(path, "xlsx", _BOUNDS)
        self._values: Any
        with _read(path):
            # Cell by cell as the file has them: joined cells and formats can claim areas of any size.
            self._values = load_workbook(file, read_only=True, data_only=True)
            self._formulas = load_workbook(file, read_only=True) if _has(file, _FORMULA) else None
            there = [one for one in self._values.worksheets if one.title not in {LISTS, README}]
            # What nobody sees is hardly the table that is meant: it comes last.
            self.sheets = [one.title for one in sorted(there, key=lambda one: one.sheet_state != "visible")]
        if not self.sheets:
            raise file_problem(path, _("the workbook has no sheet with a table"))

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of a sheet from the first: number, and cells as text; what cannot be read begins with a mark.

        The mark is that of `values`.
        """
        with _read(self.path):
            computed = iter(()) if self._formulas is None else _cells(self._formulas[sheet])
            for number, cells in enumerate(_cells(self._values[sheet]), 1):
                if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
                    raise file_problem(self.path, _("there are cells far outside the table"))
                texts = [_text(one) for one in cells]
                for place, one in enumerate(next(computed, ())):
                    if one.data_type == "f" and cells[place].value is None:
                        texts[place] = f"{FORMULA}{one.value}"
                yield number, texts


@contextmanager
def _read(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what the library does not keep; nothing of it is read here
            yield
    except RiskEngineError:
        raise
    except BROKEN as error:
        raise damaged(path) from error


def _has(file: Any, what: re.Pattern[bytes]) -> bool:
    """Return whether a sheet of a workbook holds anything of this kind."""
    with zipfile.ZipFile(file) as package:
        return any(what.search(package.read(one)) for one in package.namelist() if one.startswith("xl/worksheets/"))


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # what a file says about its size need not be so
    yield from sheet.iter_rows()


def _text(cell: Any) -> str:
    """Return what a cell holds as text."""
    if cell.data_type == "e":
        return f"{ERROR}{cell.value}"
    match value := cell.value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date():
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        case _:
            return str(value).replace("_x000D_", "")


class SheetTable:
    """A table in a sheet of a workbook."""

    total: int | None = None

    def __init__(self, book: Workbook, sheet: str | None = None, header: int = 1) -> None:
        """Find the headers; raise RiskEngineError where there are none, or no such sheet. Without a name the first."""
        self.path = book.path
        self.name = book.sheets[0] if sheet is None else sheet
        if self.name not in book.sheets:
            message = _("there is no sheet `{sheet}`", sheet=self.name)
            raise file_problem(self.path, message, suggestion(self.name, book.sheets))
        self._book = book
        self._header = header
        head = next((cells for number, cells in book.rows(self.name) if number == header), [])
        self._head = headers_in(head, header, book.path)
        self.schema = text_schema(self._head)

    @property
    def others(self) -> tuple[str, ...]:
        """The sheets that are not this table."""
        return tuple(one for one in self._book.sheets if one != self.name)

    def parts(self, size: int) -> Iterator[Part]:
        """Yield the rows, at most so many at a time."""
        yield from parts_of(self._rows(), self._head, size)

    def _rows(self) -> Iterator[Row]:
        width = len(self._head)
        for number, cells in self._book.rows(self.name):
            if number <= self._header or not any(one.strip() for one in cells):
                continue
            outside = [place for place, one in enumerate(cells[width:], width + 1) if one.strip()]
            problem = _("{column}: a cell beside the table", column=column_letters(outside[0])) if outside else ""
            yield Row(number, [*cells[:width], *[""] * (width - len(cells))], problem)
