"""A workbook that came back, field by field; where a field stands is said as people find it, `Sheet!C12`."""

import warnings
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import cast

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.forms.package import BROKEN, DAMAGED, content
from risk_engine.forms.paper import Cell, Field, Made, Paper, made_from
from risk_engine.forms.problems import FormProblem, InvalidFormError, file_error
from risk_engine.forms.xlsx_write import LIST_KEY, LISTS, MADE, START

MOST_ROWS, MOST_COLUMNS = 20_000, 4_000
"""No form is larger; a sheet that says it is would take for ever to walk through."""


def read_workbook(path: Path) -> Paper:
    """Return what stands in the fields of a questionnaire; raise InvalidFormError where it is none, or damaged."""
    file, sha256 = content(path, "xlsx")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what the library does not keep; nothing of it is read here
            book = load_workbook(file)
    except BROKEN as error:
        raise file_error(path, DAMAGED, "ask for the file again") from error
    by_name = {one.title: cast("Worksheet", one) for one in book.worksheets}
    made = made_from(by_name[MADE]["A1"].value) if MADE in by_name else None
    if made is None or LISTS not in by_name:
        way_out = "fill in the file that `risk-engine case new --format xlsx` writes, with all of its sheets"
        raise file_error(path, "this workbook is not a questionnaire of this engine", way_out)
    if any(one.max_row > MOST_ROWS or one.max_column > MOST_COLUMNS for one in by_name.values()):
        raise file_error(path, "there are fields far outside the questionnaire", "copy the answers into a new one")
    return _Reader(path, sha256, made[0], by_name).paper()


class _Reader:
    def __init__(self, path: Path, sha256: str, made: Made, sheets: dict[str, Worksheet]) -> None:
        self.path = path
        self.sheets = sheets
        self.problems: list[FormProblem] = []
        nothing = Cell(None, path.as_posix())
        self.found = Paper(path.as_posix(), sha256, made, nothing, nothing, None, nothing)
        self.titles = dict(self._titles(sheets[LISTS]))

    def paper(self) -> Paper:
        for sheet in self.sheets.values():
            kind, _, entity = str(sheet["A1"].value or "").partition(" ")
            if kind == "start":
                self._start(sheet)
            elif kind == "part":
                self._part(sheet, entity)
        if self.problems:
            raise InvalidFormError(self.problems)
        return self.found

    def _titles(self, sheet: Worksheet) -> Iterator[tuple[str, dict[str, str]]]:
        for column in range(1, sheet.max_column + 1, 2):
            pairs = (
                (sheet.cell(row, column).value, sheet.cell(row, column + 1).value)
                for row in range(2, sheet.max_row + 1)
            )
            titles = {str(title): str(name) for title, name in pairs if title is not None and name is not None}
            for question in str(sheet.cell(1, column).value or "").split():
                yield question, titles

    def _start(self, sheet: Worksheet) -> None:
        cells = {key: self._cell(sheet.cell(row, 3)) for row, key in self._keys(sheet)}
        nothing = Cell(None, f"{self.path.as_posix()}: {START}")
        self.found.by = cells.get("by", nothing)
        self.found.day = cells.get("day", nothing)
        self.found.title = cells.get("title")
        self.found.remarks = cells.get("remarks", nothing)

    def _part(self, sheet: Worksheet, entity: str) -> None:
        columns = list(self._columns(sheet, entity))
        for row, key in self._keys(sheet):
            name, _, option = key.partition("/")
            if key == LIST_KEY:
                self.found.lists[entity] = self._cell(sheet.cell(row, 3))
                continue
            for column, what, number in columns:
                cell = self._cell(sheet.cell(row, column))
                one = self.found.fields.setdefault((name, number), Field(titles=self.titles.get(name, {})))
                if what == "mark":
                    one.mark = one.mark or cell
                elif option:
                    one.options[option] = cell
                else:
                    one.answer = cell

    def _columns(self, sheet: Worksheet, entity: str) -> Iterator[tuple[int, str, int]]:
        for column in range(2, sheet.max_column + 1):
            what, *rest = str(sheet.cell(1, column).value or "").split()[:3] or [""]
            if what in {"answer", "mark"} and rest and rest[0].isdecimal():
                number = int(rest[0])
                if rest[1:]:
                    self.found.entries[entity, number] = rest[1]
                yield column, what, number

    def _keys(self, sheet: Worksheet) -> Iterator[tuple[int, str]]:
        for row in range(2, sheet.max_row + 1):
            if key := sheet.cell(row, 1).value:
                yield row, str(key)

    def _cell(self, cell: object) -> Cell:
        assert isinstance(cell, SheetCell)  # noqa: S101 (no field is part of joined cells)
        place = f"{self.path.as_posix()}: {quote_sheetname(cell.parent.title)}!{cell.coordinate}".replace("'", "")
        value = cell.value
        if cell.data_type == "f":
            message = "there is a formula in place of an answer"
            self.problems.append(FormProblem(place, message, "write the answer itself; begin text with an apostrophe"))
        elif cell.data_type == "e":
            self.problems.append(FormProblem(place, f"`{value}` is an error of the spreadsheet", "write the answer"))
        return Cell(_plain(value), place)


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
        case _:
            return str(value)
