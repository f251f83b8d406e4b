"""A workbook that came back, field by field; where a field stands is said as people find it, `Sheet!C12`."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Literal

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from risk_engine.files.language import N_, _
from risk_engine.files.office_files import BROKEN
from risk_engine.files.sheets import LISTS
from risk_engine.office.forms.form import (
    Cell,
    Field,
    FormProblem,
    InvalidFormError,
    Outside,
    ReturnedForm,
    damaged_form,
    file_error,
    form_content,
    missing,
)
from risk_engine.office.forms.xlsx_write import LIST_KEY, MADE, START
from risk_engine.report.returned import Made, made_from, mark_of

MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 20_000, 4_000, 500_000
"""No form is larger; a sheet that says it is would take for ever to walk through."""


_TWICE: Final = {
    "sheet": (
        N_("this sheet is there twice, the other is in {other}; nobody can say which one counts"),
        N_("take one out; do not copy a sheet"),
    ),
    "column": (
        N_("this column is there twice, the other is in {other}; nobody can say which one counts"),
        N_("take one out; do not copy a column"),
    ),
    "row": (
        N_("this row is there twice, the other is in {other}; nobody can say which one counts"),
        N_("take one out; do not copy a row"),
    ),
}


@dataclass
class Sheet:
    """What stands in one sheet, by row and column; the value, and whether it is a formula or an error."""

    title: str
    path: Path
    cells: dict[tuple[int, int], tuple[Any, str]] = field(default_factory=dict)

    def value(self, row: int, column: int) -> Any:
        """Return what stands in a cell, None where nothing does."""
        return self.cells.get((row, column), (None, ""))[0]

    def text(self, row: int, column: int) -> str:
        """Return it as text."""
        return str(self.value(row, column) or "")

    def rows(self) -> list[int]:
        """Return the rows that hold anything, in order."""
        return sorted({row for row, _ in self.cells})

    def columns(self) -> list[int]:
        """Return the columns that hold anything, in order."""
        return sorted({column for _, column in self.cells})

    def place(self, row: int, column: int) -> str:
        """Return where a cell stands, as people find it."""
        return f"{self.path.as_posix()}: {self.title}!{get_column_letter(column)}{row}"

    def cell(self, row: int, column: int) -> Cell:
        """Return what stands in a field, and where that is."""
        return Cell(_plain(self.value(row, column)), self.place(row, column))


def read_workbook(path: Path) -> ReturnedForm:
    """Return what stands in the fields of a questionnaire; raise InvalidFormError where it is none, or damaged."""
    sheets, sha256 = sheets_of(path)
    made = made_from(sheets[MADE].value(1, 1), Made) if MADE in sheets else None
    if made is None or LISTS not in sheets or not sheets[MADE].value(1, 2):
        way_out = _("fill in the file that `risk-engine case new --format xlsx` writes, with all of its sheets")
        raise file_error(path, _("this workbook is not a questionnaire of this engine"), way_out)
    return FormReader(path, sha256, made, sheets).returned()


def sheets_of(path: Path) -> tuple[dict[str, Sheet], str]:
    """Return what stands in the sheets of a workbook, by their names, and its SHA-256; raise InvalidFormError."""
    file, sha256 = form_content(path, "xlsx")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what the library does not keep; nothing of it is read here
            # Cell by cell as the file has them: joined cells and formats can claim areas of any size.
            book = load_workbook(file, read_only=True)
            sheets = [_sheet(one, path) for one in book.worksheets]
            book.close()
    except BROKEN as error:
        raise damaged_form(path) from error
    return {one.title: one for one in sheets}, sha256


def _sheet(sheet: Any, path: Path) -> Sheet:
    found = Sheet(sheet.title, path)
    sheet.reset_dimensions()  # what a file says about its size need not be so
    walked = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        walked += len(row)
        if number > MOST_ROWS or len(row) > MOST_COLUMNS or walked > MOST_CELLS:
            raise file_error(
                path, _("there are fields far outside the questionnaire"), _("copy the answers into a new one")
            )
        for column, cell in enumerate(row, 1):
            if cell.value is not None:
                found.cells[number, column] = (cell.value, cell.data_type)
    return found


class FormReader:
    """Reads the fields of a form, sheet by sheet; what each sheet is stands in its first cell."""

    def __init__(self, path: Path, sha256: str, made: Made, sheets: dict[str, Sheet]) -> None:
        self.path = path
        self.sheets = sheets
        self.problems: list[FormProblem] = []
        self.seen: dict[tuple[str, str], str] = {}
        self.read: set[str] = set()
        """The places of all fields that were read."""
        nothing = Cell(None, path.as_posix())
        self.found = ReturnedForm(path.as_posix(), sha256, made, nothing, nothing, None, nothing)
        self.titles = dict(self._titles(sheets[LISTS]))

    def returned(self) -> ReturnedForm:
        """Return what stands in the form; raise InvalidFormError with all that nobody can read."""
        found = self.all()
        if self.problems:
            raise InvalidFormError(self.problems)
        return found

    def all(self) -> ReturnedForm:
        """Return what stands in the form, whatever is wrong with it."""
        by_key: dict[str, Sheet] = {}
        for sheet in self.sheets.values():
            key = sheet.text(1, 1)
            kind, _space, entity = key.partition(" ")
            if kind not in {"start", "part"} or sheet.title == MADE:
                by_key.setdefault(key, sheet)
                continue
            if self._is_again("sheet", key, sheet.place(1, 1)):
                continue
            by_key[key] = sheet
            if kind == "start":
                self._start(sheet)
            else:
                self._part(sheet, entity)
        self.found.missing = list(self._missing(by_key))
        self.found.outside = list(self._outside())
        return self.found

    def _outside(self) -> Iterator[Outside]:
        """Yield what somebody wrote beside the fields, or on a sheet of their own."""
        noted = self.sheets[MADE]
        columns = [one for one in noted.columns() if noted.text(1, one).startswith("texts ")]
        own = {noted.text(row, column) for column in columns for row in noted.rows() if row > 1}
        for sheet in self.sheets.values():
            if sheet.title in {MADE, LISTS}:
                continue
            is_form = sheet.text(1, 1).partition(" ")[0] in {"start", "part"}
            for (row, column), (value, _kind) in sorted(sheet.cells.items()):
                place, text = sheet.place(row, column), str(value)
                if place in self.read or not text.strip() or (is_form and (1 in {row, column} or mark_of(text) in own)):
                    continue
                yield Outside(text, place, sheet.text(row, 1).partition("/")[0] if is_form else "")

    def _titles(self, sheet: Sheet) -> Iterator[tuple[str, dict[str, str]]]:
        for column in range(1, max(sheet.columns(), default=0) + 1, 2):
            pairs = ((sheet.value(row, column), sheet.value(row, column + 1)) for row in sheet.rows() if row > 1)
            titles = {str(title): str(name) for title, name in pairs if title is not None and name is not None}
            for question in sheet.text(1, column).split():
                yield question, titles

    def _start(self, sheet: Sheet) -> None:
        cells = {key: self.cell(sheet, row, 3) for row, key in self._keys(sheet)}
        nothing = Cell(None, f"{self.path.as_posix()}: {START}")
        self.found.by = cells.get("by", nothing)
        self.found.day = cells.get("day", nothing)
        self.found.title = cells.get("title")
        self.found.remarks = cells.get("remarks", nothing)

    def _part(self, sheet: Sheet, entity: str) -> None:
        columns = list(self._columns(sheet, entity))
        for row, key in self._keys(sheet):
            name, _stroke, option = key.partition("/")
            if key == LIST_KEY:
                self.found.lists[entity] = self.cell(sheet, row, 3)
                continue
            for column, what, number in columns:
                one = self.found.fields.setdefault((name, number), Field(titles=self.titles.get(name, {})))
                if what == "mark" and (option or one.mark is not None):
                    continue  # the mark of a question stands beside its first row
                cell = self.cell(sheet, row, column)
                if what == "mark":
                    one.mark = cell
                elif option:
                    one.options[option] = cell
                else:
                    one.answer = cell

    def _columns(self, sheet: Sheet, entity: str) -> Iterator[tuple[int, str, int]]:
        for column in sheet.columns():
            what, *rest = sheet.text(1, column).split()[:3] or [""]
            if column == 1 or what not in {"answer", "mark"} or not rest or not rest[0].isdecimal():
                continue
            number = int(rest[0])
            if self._is_again("column", f"{entity} {what} {number}", sheet.place(1, column)):
                continue
            if rest[1:]:
                self.found.entries[entity, number] = rest[1]
            yield column, what, number

    def _keys(self, sheet: Sheet) -> Iterator[tuple[int, str]]:
        for row in sheet.rows():
            key = sheet.text(row, 1)
            if row == 1 or not key:
                continue
            # The names of questions are those of the set; the others are keys of their sheet.
            name = key if "." in key else f"{sheet.text(1, 1)} {key}"
            if not self._is_again("row", name, sheet.place(row, 3)):
                yield row, key

    def _is_again(self, what: Literal["sheet", "column", "row"], key: str, place: str) -> bool:
        """Return whether a row, column or sheet was there before; then nobody can say which one counts."""
        before = self.seen.setdefault((what, key), place)
        if before == place:
            return False
        message, way_out = _TWICE[what]
        self.problems.append(FormProblem(place, _(message, other=before), _(way_out)))
        return True

    def _missing(self, by_key: dict[str, Sheet]) -> Iterator[FormProblem]:
        """Yield what the form had when it was made and has no more."""
        noted = self.sheets[MADE]
        for column in noted.columns():
            what, _space, key = noted.text(1, column).partition(" ")
            if what not in {"rows", "columns"}:
                continue
            sheet = by_key.get(key)
            if sheet is None:
                if what == "rows":
                    about = _("the sheet with the questions about `{name}`", name=key.removeprefix("part "))
                    yield missing(self.path.as_posix(), _("the first sheet") if key == "start" else about)
                continue
            there = (
                {sheet.text(row, 1) for row in sheet.rows()}
                if what == "rows"
                else {sheet.text(1, one) for one in sheet.columns()}
            )
            for row in noted.rows():
                name = noted.text(row, column)
                if row > 1 and name and name not in there:
                    place = f"{self.path.as_posix()}: {sheet.title}"
                    row_or_column = _("the column of `{name}`", name=name)
                    yield missing(place, _("the row of `{name}`", name=name) if what == "rows" else row_or_column)

    def cell(self, sheet: Sheet, row: int, column: int) -> Cell:
        """Return what stands in a field, and where that is; a formula or an error in it is noted."""
        found = sheet.cell(row, column)
        self.read.add(found.place)
        value, kind = sheet.cells.get((row, column), (None, ""))
        if kind == "f":
            message = _("there is a formula in place of an answer")
            way_out = _("write the answer itself; begin text with an apostrophe")
            self.problems.append(FormProblem(found.place, message, way_out))
        elif kind == "e":
            message = _("`{value}` is an error of the spreadsheet", value=value)
            self.problems.append(FormProblem(found.place, message, _("write the answer")))
        return found


def _plain(value: object) -> str | int | date | None:
    """Return a value of a cell without what a spreadsheet adds: a time of day, decimals that say nothing."""
    match value:
        case None | bool() | int() | str():
            return {True: "Yes", False: "No"}[value] if isinstance(value, bool) else value
        case datetime():
            return value.date()
        case date():
            return value
        case float() if value.is_integer():
            return int(value)
        case _other:
            return str(value)
