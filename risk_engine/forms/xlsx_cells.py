"""How the fields of a workbook look, and what may be entered in them."""

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.forms.words import NOT_KNOWN
from risk_engine.language import _

INK, GREY, HEAD, FIELD = "1F2933", "52606D", "E4E7EB", "FFFBEA"
_LINE = Side(style="thin", color="9AA5B1")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
WRAP = Alignment(wrap_text=True, vertical="top")
_FORMATS = {"date": "yyyy-mm-dd", "integer": "0", "text": "@"}


def at(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return a cell that can be written to."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 (only the locked lines of the first sheet are joined cells)
    return cell


def set_up(sheet: Worksheet, widths: tuple[int, ...]) -> None:
    """Set widths of columns and the page (A4), and hide what only the reading back needs."""
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.column_dimensions["A"].hidden = True
    sheet.row_dimensions[1].hidden = True
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.5


def put(cell: Cell, text: str) -> None:
    """Write text as text: whatever it begins with, it is no formula, also after somebody has edited it."""
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@"}


def answer(cell: Cell, kind: str) -> None:
    """Make a cell a field that can be filled in."""
    cell.protection = Protection(locked=False)
    cell.fill, cell.border = PatternFill("solid", start_color=FIELD), BOX
    cell.font = Font(name="Calibri", sz=11, color=INK)
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
    cell.number_format = _FORMATS.get(kind, "General")


def list_rule(source: str) -> DataValidation:
    """Return that a field takes what stands in a list."""
    rule = DataValidation("list", formula1=source)
    rule.error = _("Choose from the list. If nobody knows yet, choose “{not_known}”.", not_known=_(NOT_KNOWN))
    return rule


def date_rule() -> DataValidation:
    """Return that a field takes a date."""
    # Only a warning: dates before 1900 are text to Excel, and text like 1899-12-31 is read just as well.
    rule = DataValidation("date", operator="greaterThan", formula1="1", errorStyle="warning")
    rule.error = _("A date like 2026-01-31. If nobody knows yet, say so in the next column.")
    return rule


def validate(sheet: Worksheet, rule: DataValidation, cells: list[Cell]) -> None:
    """Let these fields take only what a rule allows."""
    rule.allow_blank = True
    rule.showErrorMessage = True
    rule.errorTitle = _("This cannot be read")
    for cell in cells:
        rule.add(cell)
    if cells:
        sheet.add_data_validation(rule)


def lines(text: str, width: int) -> int:
    """Return how many lines a text needs in a column of so many characters."""
    return sum(max(1, -(-len(line) // width)) for line in text.split("\n"))


def height(text: str, width: int, size: float) -> float:
    """Return how high a row must be for a text, in points."""
    return lines(text, width) * size * 1.4 + 3
