"""Rows as a file that a spreadsheet opens; text stays text there, whatever it begins with."""

import csv
import io
import re
from collections.abc import Sequence

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.language import _
from risk_engine.report.sanitize import clean_text

_FORMULA = re.compile(r"""(^|[;\t\r\n])(?=[\s"']*[=+\-@|%\uff1d\uff0b\uff0d\uff20])""")
"""Where a spreadsheet would begin to compute: where a cell begins, also one that it makes itself.

Where it takes the semicolon for the separator, as in most of Europe, the quotes around a cell are text to it, and one
that holds a semicolon is two. The last four signs are the full-width forms of the first ones.
"""


def csv_text(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows as CSV (RFC 4180), each cell quoted, with an apostrophe before what would be computed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    for row in (columns, *rows):
        writer.writerow([_harmless(clean_text(cell)) for cell in row])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return _FORMULA.sub(r"\1'", cell)


def xlsx_bytes(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows as a workbook with one sheet; MissingExtraError where openpyxl is not installed."""
    try:
        from openpyxl import Workbook
    except ImportError:
        message = _("writing .xlsx needs openpyxl, which is not installed (.csv needs nothing)")
        raise MissingExtraError(message, "office") from None
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, width in enumerate(_widths(columns, rows), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for number, row in enumerate((columns, *rows)):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=_fitting(clean_text(text)))
            # Without this openpyxl takes text that begins with `=` for a formula, and without the mark of quoted text
            # a spreadsheet would do so once somebody edits the cell.
            cell.data_type = "s"
            cell.quotePrefix = True
            cell.font = Font(bold=number == 0)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return for each column a width, in characters, that shows what is usual in it; longer text is wrapped."""
    widest = 40
    return [min(widest, max(map(len, column)) + 2) for column in zip(columns, *rows, strict=True)]


def _fitting(text: str) -> str:
    """Return a text as long as a cell of a workbook may be."""
    most = 32_767
    return text if len(text) <= most else f"{text[: most - 1]}…"
