"""A questionnaire as a workbook: a sheet for each entity, questions down, entries across, everything else locked.

The first column and the first row of every sheet are hidden and say what each field is, so that reading back does not
depend on where a field stands.
"""

import io
from collections.abc import Iterable
from itertools import count

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.files.language import _, in_language, one_line
from risk_engine.files.sheets import (
    BOX,
    FIELD,
    GREY,
    INK,
    LISTS,
    WRAP,
    Lists,
    at,
    font_of,
    new_book,
    put,
    put_head,
    validate,
)
from risk_engine.office.forms.form import (
    Form,
    Part,
    Question,
    about_case,
    first_fields,
    how_to,
    made_of,
    many_help,
    rules_of,
    sent_by,
    whether,
)
from risk_engine.report.returned import NOT_KNOWN, Choices, Made, PlanMade, Words, mark_of

_FORMATS = {"date": "yyyy-mm-dd", "integer": "0", "text": "@"}


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


def answer(cell: Cell, kind: str) -> None:
    """Make a cell a field that can be filled in."""
    cell.protection = Protection(locked=False)
    cell.fill, cell.border = PatternFill("solid", start_color=FIELD), BOX
    cell.font = font_of(11)
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
    cell.number_format = _FORMATS.get(kind, "General")


def date_rule() -> DataValidation:
    """Return that a field takes a date."""
    # Only a warning: dates before 1900 are text to Excel, and text like 1899-12-31 is read just as well.
    rule = DataValidation("date", operator="greaterThan", formula1="1", errorStyle="warning")
    rule.error = _("A date like 2026-01-31. If nobody knows yet, say so in the next column.")
    return rule


def lines(text: str, width: int) -> int:
    """Return how many lines a text needs in a column of so many characters."""
    return sum(max(1, -(-len(line) // width)) for line in text.split("\n"))


def height(text: str, width: int, size: float) -> float:
    """Return how high a row must be for a text, in points."""
    return lines(text, width) * size * 1.4 + 3


LIST_KEY = "list"

_MOST_PROMPT = 255
_ACROSS = 3
"""So many entries are printed side by side on a page."""

_FIRST = InlineFont(rFont="Calibri", sz=11, b=True, color=Color(INK))
_SECOND = InlineFont(rFont="Calibri", sz=10, i=True, color=Color(GREY))


class PartSheet:
    """Writes the sheet of one entity."""

    def __init__(self, sheet: Worksheet, part: Part, lists: Lists, words: Words, *, has_marks: bool = True) -> None:
        """Take the empty sheet, what it asks, and the lists, to which those of its fields are added.

        `has_marks`: beside each answer stands how sure somebody is.
        """
        self.sheet = sheet
        self.part = part
        self.lists = lists
        self.words = words
        self.slots = range(1, 1 + len(part.entries) + part.room) if part.many is not None else range(1)
        self.rows = count(2)
        self.widths = (32, 13) if has_marks else (32,)
        """Those of the columns that an entry has."""
        self.list_help = many_help(part) if part.many is not None else ""

    def write(self) -> None:
        """Write it."""
        sheet, part = self.sheet, self.part
        set_up(sheet, widths=(0, 58, *(width for _ in self.slots for width in self.widths)))
        put(at(sheet, 1, 1), f"part {part.entity}")
        self._line(part.title, font_of(16, bold=True))
        if part.help:
            self._line(part.help, font_of(10, color=GREY))
        if part.many is not None:
            self._line(self.list_help, font_of(10, color=GREY))
        if part.asks_whether:
            self._whether()
        head = self._head()
        if part.label is not None:
            self._label(part.label)
        for one in part.questions:
            self._question(one)
        sheet.freeze_panes = f"C{head + 1}"
        sheet.print_title_rows = f"{head}:{head}"
        printed = max(len(part.entries), min(len(self.slots), _ACROSS))
        if part.many is not None:
            sheet.print_title_cols = "B:B"
            sheet.page_setup.orientation = "landscape"
            sheet.page_setup.fitToWidth = -(-printed // _ACROSS)
        sheet.print_area = f"B2:{get_column_letter(2 + len(self.widths) * printed)}{sheet.max_row}"

    def _line(self, text: str, font: Font) -> None:
        put(at(self.sheet, next(self.rows), 2), text, font).alignment = WRAP

    def _columns(self, slot: int) -> tuple[int, ...]:
        first = 3 + len(self.widths) * (slot - self.slots[0])
        return tuple(range(first, first + len(self.widths)))

    def _whether(self) -> None:
        row = next(self.rows)
        put(at(self.sheet, row, 1), LIST_KEY)
        put(at(self.sheet, row, 2), whether(self.part), Font(name="Calibri", b=True)).alignment = WRAP
        cell = at(self.sheet, row, 3)
        answer(cell, "one")
        validate(self.sheet, self._choice(self.words.of_list(), LIST_KEY), [cell])

    def _head(self) -> int:
        row = next(self.rows)
        texts = {2: _("Question")}
        for slot in self.slots:
            first, *marks = self._columns(slot)
            have = self.part.entries[slot - 1] if 0 < slot <= len(self.part.entries) else None
            key = f"{slot}" if have is None else f"{slot} {have.id}"
            put(at(self.sheet, 1, first), f"answer {key}")
            new = _("Entry {number}", number=slot) if slot else _("Answer")
            texts[first] = have.label if have else new
            for mark in marks:
                put(at(self.sheet, 1, mark), f"mark {key}")
                texts[mark] = _("How sure?")
        for column, text in texts.items():
            put_head(at(self.sheet, row, column), text)
        return row

    def _label(self, question: Question) -> None:
        row = self._asked(question)
        for slot in self.slots[len(self.part.entries) :]:
            answer(at(self.sheet, row, self._columns(slot)[0]), "text")
        for number, have in enumerate(self.part.entries):
            cell = put(at(self.sheet, row, self._columns(self.slots[number])[0]), have.label)
            cell.alignment, cell.border = WRAP, BOX

    def _asked(self, question: Question) -> int:
        """Write the words of a question in a new row, with its help as a comment; return the row."""
        row = next(self.rows)
        put(at(self.sheet, row, 1), question.name)
        cell = at(self.sheet, row, 2)
        words = [TextBlock(_FIRST, question.text)]
        beside = [one for one in (question.only_if, question.meant) if one]
        words += [TextBlock(_SECOND, f"\n{one}") for one in beside]
        cell.value = CellRichText(*words)
        cell.alignment, cell.border = WRAP, BOX
        # Heights of rows are computed by the program that opens the file, but not for text of several fonts.
        needed = height(question.text, 54, 11) + sum(height(one, 60, 10) for one in beside)
        self.sheet.row_dimensions[row].height = max(needed, 20)
        if question.notes:
            text = "\n\n".join(question.notes)
            cell.comment = Comment(text, _("Help"), width=380, height=40 + 17 * lines(text, 52))
        return row

    def _question(self, question: Question) -> None:
        row = self._asked(question)
        slots = [slot for slot in self.slots if self.part.is_asked(slot, question)]
        answers = [at(self.sheet, row, self._columns(slot)[0]) for slot in slots]
        marks = [at(self.sheet, row, mark) for slot in slots for mark in self._columns(slot)[1:]]
        for cell in answers:
            answer(cell, question.kind)
        for cell in marks:
            answer(cell, "one")
        validate(self.sheet, self._choice(self.words.beside(), "mark"), marks)
        rule = self._rule(question)
        if rule is not None:
            prompt = " ".join(question.notes)
            if prompt:
                rule.prompt = prompt if len(prompt) <= _MOST_PROMPT else f"{prompt[: _MOST_PROMPT - 1]}…"
                rule.showInputMessage = True
            validate(self.sheet, rule, answers)
        if question.kind == "several":
            for option in question.choices:
                self._option(question, *option)

    def _rule(self, question: Question) -> DataValidation | None:
        match question.kind:
            case "one":
                return self._choice((*question.choices, ("", self.words.not_known)), question.name)
            case "several":
                return self._choice(self.words.of_several(), question.name)
            case "integer":
                low, high = question.range
                rule = DataValidation("whole", operator="between", formula1=f"{low}", formula2=f"{high}")
                rule.error = _(
                    "A whole number from {lowest} to {highest}. If nobody knows yet, say so in the next column.",
                    lowest=low,
                    highest=high,
                )
                return rule
            case "date":
                return date_rule()
            case "text":
                return None

    def _option(self, question: Question, name: str, title: str) -> None:
        row = next(self.rows)
        put(at(self.sheet, row, 1), f"{question.name}/{name}")
        cell = put(at(self.sheet, row, 2), title, font_of(11))
        cell.alignment, cell.border = Alignment(wrap_text=True, vertical="top", horizontal="left", indent=2), BOX
        self.sheet.row_dimensions[row].height = max(height(title, 52, 11), 18)
        slots = [slot for slot in self.slots if self.part.is_asked(slot, question)]
        cells = [at(self.sheet, row, self._columns(slot)[0]) for slot in slots]
        for each in cells:
            answer(each, "one")
        yes = self.words.yes
        validate(self.sheet, self._choice(((yes, yes),), "option"), cells)

    def _choice(self, choices: Choices, name: str) -> DataValidation:
        error = _("Choose from the list. If nobody knows yet, choose “{not_known}”.", not_known=_(NOT_KNOWN))
        return self.lists.rule(choices, name, error)


MADE, START = "_form", "Start"
_MOST_NAME = 31
_NO_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def workbook(form: Form) -> bytes:
    """Return the questionnaire as the bytes of an .xlsx file, in the language of its words."""
    with in_language(form.words.language):
        return _written(form)


def _written(form: Form) -> bytes:
    book, sheet = new_book(_("Questionnaire: {who}", who=form.role_title), START)
    names = sheet_names(form.parts)
    lists = Lists()
    head = [
        (_("Questions for: {who}", who=form.role_title), font_of(18, bold=True)),
        (rules_of(form), font_of(10, color=GREY)),
        *((text, font_of(12, bold=True)) for text in (about_case(form), *sent_by(form)) if text),
    ]
    front(sheet, "start", head, how_to("sheet"), first_fields(form), form.notice)
    for part in form.parts:
        PartSheet(book.create_sheet(names[part.entity]), part, lists, form.words).write()
    return finished(book, lists, made_of(Made, form))


def finished(book: Workbook, lists: Lists, about: Made | PlanMade) -> bytes:
    """Return a workbook as bytes, all but its fields locked, and beside them, out of sight, what reading needs."""
    lists.write(book.create_sheet(LISTS))
    made = book.create_sheet(MADE)
    put(at(made, 1, 1), about.text())
    note_fields(book, made)
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


def note_fields(book: Workbook, made: Worksheet) -> None:
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


def sheet_names(parts: Iterable[Part], others: Iterable[str] = (START,)) -> dict[str, str]:
    """Return a name for each sheet that Excel allows; sheets may not differ in capitals alone."""
    taken = {one.casefold() for one in (*others, LISTS, MADE)}
    found: dict[str, str] = {}
    for part in parts:
        plain = " ".join(part.title.translate(_NO_NAME).split()) or part.entity
        for number in count(1):
            ending = f" {number}" if number > 1 else ""
            name = f"{plain[: _MOST_NAME - len(ending)].strip()}{ending}"
            if name.casefold() not in taken:
                break
        taken.add(name.casefold())
        found[part.entity] = name
    return found


_DAYS = frozenset({"day", "assessment_date", "retain_until"})
_TALL = frozenset({"remarks", "notes"})


def front(
    sheet: Worksheet,
    key: str,
    head: Iterable[tuple[str, Font]],
    bullets: Iterable[str],
    fields: Iterable[tuple[str, str]],
    notice: Iterable[str],
) -> dict[str, Cell]:
    """Write the first sheet, and return its fields by their keys, each a day or a text."""
    rows = count(2)
    put(at(sheet, 1, 1), key)
    set_up(sheet, widths=(0, 34, 70))
    found: dict[str, Cell] = {}

    def line(text: str, font: Font) -> None:
        cell = put(at(sheet, next(rows), 2), text, font)
        # Both columns are joined, so the height has to be given.
        sheet.merge_cells(start_row=cell.row, start_column=2, end_row=cell.row, end_column=3)
        cell.alignment = WRAP
        sheet.row_dimensions[cell.row].height = height(text, 104, font.sz or 11)

    for text, font in head:
        line(text, font)
    next(rows)
    for text in bullets:
        line(f"•  {text}", font_of(11))
    next(rows)
    for name, words in fields:
        row = next(rows)
        put(at(sheet, row, 1), name)
        put(at(sheet, row, 2), words, font_of(11, bold=True)).alignment = WRAP
        found[name] = at(sheet, row, 3)
        answer(found[name], "date" if name in _DAYS else "text")
        if name in _DAYS:
            validate(sheet, date_rule(), [found[name]])
        sheet.row_dimensions[row].height = 90 if name in _TALL else max(22, height(words, 30, 11))
    next(rows)
    for text in notice:
        line(one_line(text), font_of(9, color=GREY))
    return found
