"""Cells of a workbook: text stays text whatever it begins with, and fields choose from lists out of sight."""

from dataclasses import dataclass, field
from typing import TypeAlias

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.files.language import _

_Choices: TypeAlias = tuple[tuple[str, str], ...]
"""What can be chosen: how the case or the form writes it, and the title that people read."""

INK, GREY, HEAD, FIELD = "1F2933", "52606D", "E4E7EB", "FFFBEA"
_LINE = Side(style="thin", color="9AA5B1")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
WRAP = Alignment(wrap_text=True, vertical="top")


def at(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return a cell that can be written to."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 (only the locked lines of the first sheet are joined cells)
    return cell


def put(cell: Cell, text: str, font: Font | None = None) -> Cell:
    """Write text as text, and return the cell: whatever it begins with, it is no formula, also after an edit."""
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@"}
    if font is not None:
        cell.font = font
    return cell


def font_of(size: int, *, bold: bool = False, color: str = INK) -> Font:
    """Return the font of a text of a form."""
    return Font(name="Calibri", sz=size, b=bold, color=color)


def validate(sheet: Worksheet, rule: DataValidation, cells: list[Cell]) -> None:
    """Let these fields take only what a rule allows."""
    rule.allow_blank = True
    rule.showErrorMessage = True
    rule.errorTitle = _("This cannot be read")
    for cell in cells:
        rule.add(cell)
    if cells:
        sheet.add_data_validation(rule)


LISTS = "_lists"


def new_book(title: str, first: str) -> tuple[Workbook, Worksheet]:
    """Return a new workbook with its first sheet, by that sheet's name."""
    book = Workbook()
    book.properties.creator = "risk-engine"
    book.properties.title = title
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 (a new workbook has one)
    sheet.title = first
    return book, sheet


def put_head(cell: Cell, text: str) -> None:
    """Write what stands above a column."""
    put(cell, text, font_of(11, bold=True))
    cell.fill, cell.alignment, cell.border = PatternFill("solid", start_color=HEAD), WRAP, BOX


@dataclass
class Lists:
    """The lists that fields choose from, on a sheet of their own: Excel allows 255 characters for one in the field."""

    columns: dict[_Choices, list[str]] = field(default_factory=dict)

    def source(self, choices: _Choices, name: str) -> str:
        """Return where the list of these choices stands, as a formula."""
        self.columns.setdefault(choices, []).append(name)
        column = get_column_letter(1 + 2 * list(self.columns).index(choices))
        return f"{quote_sheetname(LISTS)}!${column}$2:${column}${1 + len(choices)}"

    def rule(self, choices: _Choices, name: str, error: str = "") -> DataValidation:
        """Return that a field takes what stands in the list of these choices."""
        rule = DataValidation("list", formula1=self.source(choices, name))
        rule.error = error or _("Choose from the list.")
        return rule

    def write(self, sheet: Worksheet) -> None:
        """Write each list: titles in one column, how the case writes them in the next, what it is for above."""
        for number, (choices, names) in enumerate(self.columns.items()):
            put(at(sheet, 1, 1 + 2 * number), " ".join(dict.fromkeys(names)))
            for row, (name, title) in enumerate(choices, 2):
                put(at(sheet, row, 1 + 2 * number), title)
                put(at(sheet, row, 2 + 2 * number), name)
