"""What is written in tables of many cases, row by row: for who looks for somebody's data.

Every sheet is read, and what no cell holds: comments, authors. The cells are kept as text beside the table, for reading
a workbook takes long; they go with its folder.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, ngettext
from risk_engine.files.reading import read_bytes
from risk_engine.files.writing import write_bytes
from risk_engine.web.file_text import BESIDE_CELLS, Unread, read
from risk_engine.web.models import BroughtTable

KEPT: Final = "cells.txt"
MOST_PLACES: Final = 20
"""So many rows in which somebody is named are shown; of the others how many there are."""
_CELL: Final = "\x1f"
_HEAD: Final = "head"
Cells: TypeAlias = tuple[str, str, list[str]]
"""A row: its sheet, its number, its cells; of a row of headers no number."""


@dataclass(frozen=True)
class Named:
    """Where a table names somebody: the first rows, and how many there are."""

    places: tuple[str, ...]
    rows: int

    @property
    def words(self) -> str:
        """Return that in words."""
        more = self.rows - len(self.places)
        rest = [ngettext("and {number} more row", "and {number} more rows", more)] if more else []
        number = ngettext("in {number} row", "in {number} rows", self.rows)
        return " · ".join([number, *self.places, *rest])


class TablesText:
    """The cells of tables, read as far as time allows."""

    def __init__(self, seconds: float | None = None) -> None:
        """Read tables for so many seconds at most, None without end."""
        self._until = None if seconds is None else time.monotonic() + seconds

    def keep(self, of: BroughtTable) -> Unread | None:
        """Read a table if nobody did; return why nobody knows what is in it, None where that is known."""
        kept = of.folder / KEPT
        if kept.is_file():
            return None
        lines: list[bytes] = []
        try:
            for sheet, number, cells in _rows(of):
                if self._until is not None and time.monotonic() > self._until:
                    return Unread.WAITS
                line = _CELL.join([sheet, number, *(" ".join(one.replace(_CELL, " ").split()) for one in cells)])
                lines.append(f"{line}\n".encode("utf-8", "replace"))
        except (RiskEngineError, OSError):  # it was looked at when it came; a backup may have come without it
            return Unread.DAMAGED
        write_bytes(kept, lines)
        return None

    def named(self, of: BroughtTable, stands_in: Callable[[str], bool]) -> tuple[Named | None, Unread | None]:
        """Return where a table names somebody, None where nowhere, and why nobody knows what is in it."""
        why = self.keep(of)
        if why is not None:
            return None, why
        places: list[str] = []
        number, heads = 0, list[str]()
        for line in read_bytes(of.folder / KEPT).decode().split("\n")[:-1]:
            sheet, row, *cells = line.split(_CELL)
            if row in {_HEAD, ""}:
                heads = cells if row else []
            if stands_in(" ".join(cells)):  # a name may stand in two cells
                number += 1
                if number <= MOST_PLACES:
                    places.append(_place(sheet, row, heads, cells, stands_in))
        return (Named(tuple(places), number) if number else None), None


def _place(sheet: str, row: str, heads: list[str], cells: list[str], stands_in: Callable[[str], bool]) -> str:
    """Return in words where a row names somebody, and what it says there."""
    where = [f"{sheet}:"] if sheet else []
    if row == _HEAD:
        where.append(_("headers"))
    elif row:
        where.append(_("row {number}", number=row))
    else:
        where.append(_("beside the cells"))
    in_cells = [place for place, one in enumerate(cells) if stands_in(one)] or range(len(cells))
    said = [f"{heads[one]}: {cells[one]}" if one < len(heads) and row != _HEAD else cells[one] for one in in_cells]
    return f"{' '.join(where)} ({'; '.join(filter(None, said))})"


def _rows(of: BroughtTable) -> Iterator[Cells]:
    """Yield all that is written in a table; raise RiskEngineError where it cannot be read."""
    match of.path.suffix.casefold():
        case ".csv":
            from risk_engine.files.csv_rows import open_csv

            file = open_csv(of.path, of.header)
            yield "", _HEAD, list(file.head)
            yield from (("", f"{one.number}", one.cells) for one in file.rows())
        case ".jsonl":
            lines = read_bytes(of.path).decode("utf-8", "replace").split("\n")
            yield from (("", f"{number}", list(_texts_in(line))) for number, line in enumerate(lines, 1))
        case ".parquet":
            from risk_engine.portfolio.reading.tables import ParquetTable

            table = ParquetTable(of.path)
            yield "", _HEAD, list(table.schema)
            for part in table.parts(4_096):
                rows = zip(part.rows, part.frame.rows(), strict=True)
                yield from (("", f"{number}", [_said(one) for one in cells]) for number, cells in rows)
        case _:
            from risk_engine.portfolio.reading.workbook import Workbook

            book = Workbook(of.path)
            for sheet in book.sheets:
                is_mapped = sheet == (of.sheet or book.sheets[0])
                for number, cells in book.rows(sheet):
                    is_head = number == (of.header if is_mapped else 1)
                    yield sheet, _HEAD if is_head else f"{number}", cells
            yield "", "", read(read_bytes(of.path), BESIDE_CELLS).text.split("\n")


def _said(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)


def _texts_in(line: str) -> Iterable[str]:
    """Yield the texts of a line of JSON; one that is none is a text itself."""
    try:
        found = json.loads(line)
    except ValueError:
        return [line]
    return list(_leaves(found))


def _leaves(found: Any) -> Iterator[str]:
    match found:
        case dict():
            for name, value in found.items():
                yield from (name, *_leaves(value))
        case list():
            for one in found:
                yield from _leaves(one)
        case _:
            yield _said(found)
