"""Tables of rules as a workbook or as CSV, and the cells of such a file with their places; no cell is computed."""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from xml.etree import ElementTree as ET

from risk_engine.audit.tables.table import HEAD_ROWS, MARK, Grid, Table, normal
from risk_engine.files.csv_rows import SAYS_SEPARATOR
from risk_engine.files.diagnostics import (
    Diagnostic,
    MissingExtraError,
    Position,
    RiskEngineError,
    file_problem,
    reason,
)
from risk_engine.files.harmless import guarded, unguarded
from risk_engine.files.language import ENGLISH, _, current
from risk_engine.files.office_files import BROKEN, Bounds, content, damaged
from risk_engine.files.reading import read_bytes

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_BOUNDS: Final = Bounds(packed=20 * 1024 * 1024, unpacked=200 * 1024 * 1024, parts=500, tags=2_000_000)
_MOST_ROWS, _MOST_COLUMNS = 20_000, 500
_MOST_CELL = 32_767
"""So much text a cell of a workbook takes."""
_WIDTHS: Final = {"name": 16, "number": 9, "boolean": 12, "test": 24, "fact": 34, "yaml": 50, "names": 28}
_TEXT_WIDTH = 48
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*ref=["']([A-Z]+)([0-9]+):([A-Z]+[0-9]+)["']""")
_HEAD = re.compile(rf"{MARK} (?P<of>\S+) (?P<version>\S+) (?P<digest>\S+)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def head_of(table: Table) -> str:
    """Return what stands in the first cell: that this is a table, of what, of which version and of which rules.

    In one cell, so that no column that is put in or taken out parts it.
    """
    return " ".join((MARK, table.form.of, *table.about))


def csv_of(table: Table) -> str:
    """Return a table as CSV, with semicolons where the language is one whose spreadsheets take these."""
    names = [one.key for one in table.columns]
    rows = ([head_of(table)], names, [one.title for one in table.columns], *_rows(table, names))
    width = max(len(one) for one in rows)
    out = io.StringIO()
    delimiter = "," if current() == ENGLISH else ";"
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([guarded(normal(cell)) for cell in [*row, *[""] * (width - len(row))]])
    return out.getvalue()


def _rows(table: Table, names: Sequence[str]) -> Iterator[list[str]]:
    yield from ([row.get(name, "") for name in names] for row in table.rows)


def workbook_of(tables: Sequence[Table]) -> bytes:
    """Return a workbook with a sheet for each table; MissingExtraError where openpyxl is not installed."""
    try:
        from risk_engine.files.sheets import LISTS, Lists, new_book
    except ImportError:
        raise _no_openpyxl() from None
    names = _sheet_names(tables)
    book, sheet = new_book(_("Rules of {version}", version=tables[0].about[0]), names[0])
    lists = Lists()
    for number, table in enumerate(tables):
        if number:
            sheet = book.create_sheet(names[number])
        _write(sheet, table, lists)
    lists.write(book.create_sheet(LISTS))
    book[LISTS].sheet_state = "hidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _no_openpyxl() -> MissingExtraError:
    return MissingExtraError(_("for .xlsx openpyxl is needed, which is not installed (.csv needs nothing)"), "office")


def _sheet_names(tables: Sequence[Table]) -> list[str]:
    found: list[str] = []
    for table in tables:
        name = re.sub(r"[\[\]:*?/\\']", " ", table.form.title)[:31].strip()
        found.append(name if name not in found else f"{name[:27]} {len(found) + 1}")
    return found


def _write(sheet: "Worksheet", table: Table, lists: Any) -> None:
    from openpyxl.comments import Comment

    from risk_engine.files.sheets import BOX, WRAP, at, put, put_head, validate

    put(at(sheet, 1, 1), head_of(table))
    last = HEAD_ROWS + len(table.rows)
    room = range(HEAD_ROWS + 1, last + 1 + _ROOM)
    for number, column in enumerate(table.columns, 1):
        put(at(sheet, 2, number), column.key)
        head = at(sheet, HEAD_ROWS, number)
        put_head(head, column.title)
        if column.help:
            head.comment = Comment(column.help, "risk-engine", width=380, height=40 + 17 * column.help.count("\n"))
        letter = head.column_letter
        sheet.column_dimensions[letter].width = _WIDTHS.get(column.kind, _TEXT_WIDTH)
        for row in room:
            cell = at(sheet, row, number)
            cell.number_format = "@"  # so that no spreadsheet makes a day or a number of what somebody writes
            cell.alignment = WRAP
            if row <= last:
                text = table.rows[row - HEAD_ROWS - 1].get(column.key, "")
                cell.border = BOX
                if len(text) > _MOST_CELL:
                    raise RiskEngineError(
                        _("{table}: the text of a cell is longer than a workbook takes", table=table.form.of)
                    )
                if text:
                    put(cell, text)
        if column.choices:
            rule = lists.rule(tuple((one, one) for one in column.choices), f"{table.form.of} {column.key}")
            rule.add(f"{letter}{room[0]}:{letter}{room[-1]}")
            validate(sheet, rule, [])
            sheet.add_data_validation(rule)
            rule.showErrorMessage = column.kind == "name"  # what else it holds is more than the list offers
    sheet.row_dimensions[1].hidden = sheet.row_dimensions[2].hidden = True
    keys = len(table.form.keys)
    sheet.freeze_panes = at(sheet, HEAD_ROWS + 1, keys + 1)
    sheet.page_setup.orientation = "landscape"
    first = at(sheet, HEAD_ROWS, 1)
    told = [table.form.policy_told, first.comment.text if first.comment else "", "\n".join(table.remarks[1:])]
    height = 120 + 34 * len(table.remarks)
    first.comment = Comment("\n\n".join(filter(None, told)), "risk-engine", width=480, height=height)


_ROOM: Final = 40
"""So many rows below the rules are formatted as the rules are, for new ones."""


# --- and back ---


class Found(NamedTuple):
    """A table in a file: what it is of, of which version and rules it was made, its cells, those unread among them."""

    of: str
    version: str
    digest: str
    grid: Grid
    unread: tuple[Diagnostic, ...] = ()
    is_torn: bool = False
    """Whether nobody can tell which cells belong together: some are joined, or the head cannot be read."""


def tables_in(path: Path) -> tuple[list[Found], list[str]]:
    """Return the tables in a workbook or CSV file, and the names of sheets that are none.

    Raises RiskEngineError where there is no table.
    """
    problems: list[Diagnostic] = []
    joined: list[Diagnostic] = []
    if path.suffix.casefold() == ".csv":
        grids = {"": _csv_grid(path, problems)}
    elif path.suffix.casefold() == ".xlsx":
        grids = _book_grids(path, problems, joined)
    else:
        message = _("{file}: a table is a file that ends in .xlsx or .csv", file=path)
        raise RiskEngineError(message, _("save it as one of these"))
    found, others = [], []
    for name, grid in grids.items():
        head = next((text for (row, _column), text in sorted(grid.cells.items()) if row == 1), "")
        if said := _HEAD.fullmatch(head):
            torn = [one for one in joined if one.position.path == grid.path]
            unread = [*torn, *(one for one in problems if one.position.path == grid.path)]
            is_torn = bool(torn) or any(one.position.line <= HEAD_ROWS for one in unread)
            found.append(Found(said["of"], said["version"], said["digest"], grid, tuple(unread), is_torn))
        else:
            others.append(name)
    if not found:
        raise RiskEngineError(
            _("{file}: this is no table of rules", file=path),
            _("`risk-engine criteria table SET --of … -o FILE` writes one; its first rows must stay"),
        )
    return found, others


def _clean(text: str) -> str:
    """Return a text without what spreadsheets add, and what nobody sees."""
    return normal(text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n"))


def _csv_grid(path: Path, problems: list[Diagnostic]) -> Grid:
    try:
        raw = read_bytes(path, _BOUNDS.packed + 1)
        text = raw[: _BOUNDS.packed].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise file_problem(path, _("this is not UTF-8 text"), _("save it as “CSV UTF-8”")) from None
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
    if said := SAYS_SEPARATOR.match(text):  # Excel takes the line away too, and counts rows without it
        text, delimiter = text[said.end() :], said["by"]
    else:
        delimiter = next((one for one in text.partition("\n")[0] if one in ",;\t"), ",")
    name = path.as_posix()
    cells: dict[tuple[int, int], str] = {}
    # The cells of a file may hold long texts, but none longer than those of a workbook.
    for row, values in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
        if row > _MOST_ROWS or len(values) > _MOST_COLUMNS:
            raise file_problem(path, _("there are cells far outside the table"))
        for column, value in enumerate(values, 1):
            if value.startswith(("=", "+")) and row > HEAD_ROWS:
                problems.append(_formula(name, row, column))
            if cleaned := _clean(unguarded(value)):
                cells[row, column] = cleaned
    return Grid(name, cells)


def _formula(path: str, row: int, column: int) -> Diagnostic:
    place = Position(path, row, column, is_cell=True)
    return Diagnostic(
        place, _("there is a formula in this cell"), _("write what it comes to; text needs no sign before it")
    )


def _book_grids(path: Path, problems: list[Diagnostic], joined: list[Diagnostic]) -> dict[str, Grid]:
    try:
        from openpyxl import load_workbook

        from risk_engine.files.sheets import LISTS
    except ImportError:
        raise _no_openpyxl() from None
    file, _sha256 = content(path, "xlsx", _BOUNDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what the library does not keep; nothing of it is read here
            # Cell by cell as the file has them: joined cells and formats can claim areas of any size.
            book = load_workbook(file, read_only=True)
            grids = {one.title: _grid(path, one, problems) for one in book.worksheets if one.title != LISTS}
            book.close()
        for sheet, row, column, merged in _merged(file):
            if sheet in grids:
                place = Position(grids[sheet].path, row, column, is_cell=True)
                message = _("the cells {cells} are joined", cells=merged)
                way_out = _("split them, and write into each what it says: nobody can tell which rows it is for")
                joined.append(Diagnostic(place, message, way_out))
    except BROKEN as error:
        raise damaged(path) from error
    return grids


def _grid(path: Path, sheet: Any, problems: list[Diagnostic]) -> Grid:
    name = f"{path.as_posix()}: {sheet.title}"
    sheet.reset_dimensions()  # what a file says about its size need not be so
    cells: dict[tuple[int, int], str] = {}
    days: set[tuple[int, int]] = set()
    for row, values in enumerate(sheet.iter_rows(), 1):
        if row > _MOST_ROWS or len(values) > _MOST_COLUMNS:
            raise file_problem(path, _("there are cells far outside the table"))
        for column, cell in enumerate(values, 1):
            if cell.value is None:
                continue
            place = Position(name, row, column, is_cell=True)
            text = _text(cell.value, cell.data_type)
            if isinstance(text, Diagnostic | tuple):
                problems.append(Diagnostic(place, *text))
            elif text:
                cells[row, column] = text
                if isinstance(cell.value, date):
                    days.add((row, column))
    return Grid(name, cells, frozenset(days))


def _text(value: Any, kind: str) -> str | tuple[str, str]:
    """Return what a cell says as text; or what is wrong with it, and the way out."""
    if kind == "f":
        return _("there is a formula in this cell"), _("write what it comes to; text needs no sign before it")
    if kind == "e":
        return _("`{value}` is an error of the spreadsheet", value=value), _("write what it should be")
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            if value.is_integer():
                return str(int(value))
            return _("`{text}` is no whole number", text=value), _("criteria know whole numbers only")
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case str():
            return _clean(value)
        case _:
            return _("`{text}` is a time of day", text=value), _("format the cell as text, and write it again")


def _merged(file: io.BytesIO) -> Iterator[tuple[str, int, int, str]]:
    """Yield each area of joined cells: its sheet, the row and column of its first cell, and what it is called."""
    from openpyxl.utils import column_index_from_string

    with zipfile.ZipFile(file) as package:
        relations = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
        targets = {one.get("Id"): one.get("Target", "") for one in relations}
        book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314
        for sheet in book.iterfind(".//{*}sheet"):
            target = targets.get(sheet.get(_RELATION), "")
            part = target.lstrip("/") if target.startswith("/") else f"{PurePosixPath('xl') / target}"
            for letters, row, last in _MERGED.findall(package.read(part)):
                first = letters.decode()
                area = f"{first}{row.decode()}:{last.decode()}"
                yield sheet.get("name", ""), int(row), column_index_from_string(first), area
