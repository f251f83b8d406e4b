"""A document as a workbook: what it answers on the first sheet, then a sheet for each of its tables."""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.harmless import clean_text
from risk_engine.files.language import _, in_language
from risk_engine.report.blocks import Group, Line, Table, View, words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_NUMBER = re.compile(r"\d{1,3}(\u202f\d{3})*(\.\d+)?|\d{1,15}(\.\d+)?")
"""A cell that is nothing but a number is one in a spreadsheet too, so that it can be added up."""
_NAME = 31
"""A sheet has no longer name, and none of these signs in it."""
_UNFIT = re.compile(r"[\[\]:*?/\\']")
_WIDEST = 60
_CELL = 32_000
"""A cell holds no more letters."""


def xlsx(view: View) -> bytes:
    """Return the tables of a document, each on a sheet; MissingExtraError where openpyxl is not installed."""
    try:
        from risk_engine.files import sheets
    except ImportError:
        raise MissingExtraError(_("writing .xlsx needs openpyxl, which is not installed"), "office") from None
    with in_language(view.language):
        book, first = sheets.new_book(view.title, _("Summary"))
        for row, (label, text) in enumerate(_summary(view), 1):
            sheets.put(sheets.at(first, row, 1), label, sheets.font_of(11, bold=True))
            sheets.put(sheets.at(first, row, 2), clean_text(text)[:_CELL]).alignment = sheets.WRAP
        first.column_dimensions["A"].width, first.column_dimensions["B"].width = 34, 90
        taken = {first.title}
        for section, table in _tables(view):
            _put_table(book.create_sheet(_name_of(section, taken)), table)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def _summary(view: View) -> Iterator[tuple[str, str]]:
    yield view.title, view.about
    if view.warning:
        yield _("Note"), words(view.warning)
    if view.answer is not None:
        yield _("In short"), view.answer.sentence
        for one in view.answer.fields:
            yield from ((one.label, words(line)) for line in one.lines)
    yield "", view.footer


def _tables(view: View) -> Iterator[tuple[str, Table]]:
    for section in view.sections:
        for part in section.blocks:
            for block in part.blocks if isinstance(part, Group) else (part,):
                if isinstance(block, Table):
                    yield section.title, block


def _name_of(title: str, taken: set[str]) -> str:
    plain = " ".join(_UNFIT.sub(" ", title).split())
    name, number = plain[:_NAME].strip(), 1
    while name in taken:
        number += 1
        name = f"{plain[: _NAME - 4].strip()} {number}"
    taken.add(name)
    return name


def _put_table(sheet: "Worksheet", table: Table) -> None:
    from openpyxl.utils import get_column_letter

    from risk_engine.files import sheets

    sheets.put(sheets.at(sheet, 1, 1), clean_text(table.caption), sheets.font_of(11, bold=True))
    for column, text in enumerate(table.head, 1):
        sheets.put_head(sheets.at(sheet, 2, column), text)
    sheet.freeze_panes = "A3"
    for row, cells in enumerate(table.rows, 3):
        for column, line in enumerate(cells, 1):
            _put_cell(sheet, row, column, line)
    for column in range(len(table.head)):
        longest = max(len(words(one[column])) for one in table.rows)
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(_WIDEST, max(10, longest + 2))


def _put_cell(sheet: "Worksheet", row: int, column: int, line: Line) -> None:
    from risk_engine.files import sheets

    cell, text = sheets.at(sheet, row, column), clean_text(words(line))[:_CELL]
    if _NUMBER.fullmatch(text):
        digits = text.replace("\u202f", "")
        cell.value = float(digits) if "." in digits else int(digits)
    else:
        sheets.put(cell, text).alignment = sheets.WRAP
