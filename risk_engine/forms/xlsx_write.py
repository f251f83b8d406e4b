"""A questionnaire as a workbook: a sheet for each entity, questions down, entries across, everything else locked.

The first column and the first row of every sheet are hidden and say what each field is, so that reading back does not
depend on where a field stands.
"""

import io
from itertools import count

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.forms.form import Form
from risk_engine.forms.paper import Made, mark_of
from risk_engine.forms.wording import about_case, first_fields, how_to, made_from
from risk_engine.forms.xlsx_cells import GREY, INK, WRAP, answer, at, date_rule, height, put, set_up, validate
from risk_engine.forms.xlsx_part import LISTS, Lists, PartSheet
from risk_engine.language import _, in_language

MADE, START = "_form", "Start"
_MOST_NAME = 31
_NO_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def workbook(form: Form) -> bytes:
    """Return the questionnaire as the bytes of an .xlsx file, in the language of its words."""
    with in_language(form.words.language):
        return _written(form)


def _written(form: Form) -> bytes:
    book = Workbook()
    book.properties.creator = "risk-engine"
    book.properties.title = _("Questionnaire: {who}", who=form.role_title)
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 (a new workbook has one)
    sheet.title = START
    names = _names(form)
    lists = Lists()
    _start(sheet, form)
    for part in form.parts:
        PartSheet(book.create_sheet(names[part.entity]), part, lists, form.words).write()
    lists.write(book.create_sheet(LISTS))
    made = book.create_sheet(MADE)
    put(at(made, 1, 1), Made.of(form).text())
    _note_fields(book, made)
    for hidden in (book[LISTS], made):
        hidden.sheet_state = "hidden"
    for one in book.worksheets:
        one.protection.formatColumns = False
        one.protection.formatRows = False
        one.protection.enable()
    book.security = WorkbookProtection(lockStructure=True)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _note_fields(book: Workbook, made: Worksheet) -> None:
    """Write down what each sheet has, so that reading back notices what is gone, and what somebody wrote beside it."""
    column = count(2)
    for sheet in (one for one in book.worksheets if one.title not in {LISTS, MADE}):
        rows = [at(sheet, row, 1).value for row in range(2, sheet.max_row + 1)]
        heads = [at(sheet, 1, number).value for number in range(2, sheet.max_column + 1)]
        cells = (one for row in sheet.iter_rows(min_row=2, min_col=2) for one in row if one.value is not None)
        texts = sorted({mark_of(str(one.value)) for one in cells})
        for what, keys in (("rows", rows), ("columns", heads), ("texts", texts)):
            at_column = next(column)
            put(at(made, 1, at_column), f"{what} {at(sheet, 1, 1).value}")
            for row, key in enumerate((key for key in keys if key is not None), 2):
                put(at(made, row, at_column), str(key))


def _names(form: Form) -> dict[str, str]:
    """Return a name for each sheet that Excel allows; sheets may not differ in capitals alone."""
    taken = {one.casefold() for one in (START, LISTS, MADE)}
    found: dict[str, str] = {}
    for part in form.parts:
        plain = " ".join(part.title.translate(_NO_NAME).split()) or part.entity
        for number in count(1):
            ending = f" {number}" if number > 1 else ""
            name = f"{plain[: _MOST_NAME - len(ending)].strip()}{ending}"
            if name.casefold() not in taken:
                break
        taken.add(name.casefold())
        found[part.entity] = name
    return found


def _start(sheet: Worksheet, form: Form) -> None:
    rows = count(2)
    put(at(sheet, 1, 1), "start")
    set_up(sheet, widths=(0, 34, 70))

    def line(text: str, font: Font, *, fill: str | None = None) -> None:
        cell = at(sheet, next(rows), 2)
        put(cell, text)
        cell.font = font
        # Both columns are joined, so the height has to be given.
        sheet.merge_cells(start_row=cell.row, start_column=2, end_row=cell.row, end_column=3)
        cell.alignment = WRAP
        sheet.row_dimensions[cell.row].height = height(text, 104, font.sz or 11)
        if fill:
            cell.fill = PatternFill("solid", start_color=fill)

    line(_("Questions for: {who}", who=form.role_title), Font(name="Calibri", sz=18, b=True, color=INK))
    line(made_from(form), Font(name="Calibri", sz=10, color=GREY))
    if form.case_id is not None:
        line(about_case(form), Font(name="Calibri", sz=12, b=True, color=INK))
    next(rows)
    for text in how_to("sheet"):
        line(f"•  {text}", Font(name="Calibri", sz=11, color=INK))
    next(rows)
    for key, words in first_fields(form):
        row = next(rows)
        put(at(sheet, row, 1), key)
        put(at(sheet, row, 2), words)
        at(sheet, row, 2).font = Font(name="Calibri", sz=11, b=True, color=INK)
        at(sheet, row, 2).alignment = WRAP
        answer(at(sheet, row, 3), "date" if key == "day" else "text")
        if key == "day":
            validate(sheet, date_rule(), [at(sheet, row, 3)])
        sheet.row_dimensions[row].height = 90 if key == "remarks" else max(22, height(words, 30, 11))
    next(rows)
    for text in form.notice:
        line(" ".join(text.split()), Font(name="Calibri", sz=9, color=GREY))
