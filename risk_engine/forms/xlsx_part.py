"""The sheet of one entity in a workbook: questions down, entries across, and the lists that its fields choose from."""

from dataclasses import dataclass, field
from itertools import count

from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.forms.form import Part, Question
from risk_engine.forms.wording import many_help, whether
from risk_engine.forms.words import Words
from risk_engine.forms.xlsx_cells import (
    BOX,
    GREY,
    HEAD,
    INK,
    WRAP,
    answer,
    at,
    date_rule,
    height,
    lines,
    list_rule,
    put,
    set_up,
    validate,
)
from risk_engine.language import _

LISTS = "_lists"
LIST_KEY = "list"

_MOST_PROMPT = 255
_ACROSS = 3
"""So many entries are printed side by side on a page."""

_FIRST = InlineFont(rFont="Calibri", sz=11, b=True, color=Color(INK))
_SECOND = InlineFont(rFont="Calibri", sz=10, i=True, color=Color(GREY))


@dataclass
class Lists:
    """The lists that fields choose from, on a sheet of their own: Excel allows 255 characters for one in the field."""

    columns: dict[tuple[tuple[str, str], ...], list[str]] = field(default_factory=dict)

    def source(self, choices: tuple[tuple[str, str], ...], name: str) -> str:
        """Return where the list of these choices stands, as a formula."""
        self.columns.setdefault(choices, []).append(name)
        column = get_column_letter(1 + 2 * list(self.columns).index(choices))
        return f"{quote_sheetname(LISTS)}!${column}$2:${column}${1 + len(choices)}"

    def write(self, sheet: Worksheet) -> None:
        """Write each list: titles in one column, how the case writes them in the next, what it is for above."""
        for number, (choices, names) in enumerate(self.columns.items()):
            put(at(sheet, 1, 1 + 2 * number), " ".join(dict.fromkeys(names)))
            for row, (name, title) in enumerate(choices, 2):
                put(at(sheet, row, 1 + 2 * number), title)
                put(at(sheet, row, 2 + 2 * number), name)


class PartSheet:
    """Writes the sheet of one entity."""

    def __init__(self, sheet: Worksheet, part: Part, lists: Lists, words: Words) -> None:
        """Take the empty sheet, what it asks, and the lists, to which those of its fields are added."""
        self.sheet = sheet
        self.part = part
        self.lists = lists
        self.words = words
        self.slots = range(1, 1 + len(part.entries) + part.room) if part.many is not None else range(1)
        self.rows = count(2)

    def write(self) -> None:
        """Write it."""
        sheet, part = self.sheet, self.part
        set_up(sheet, widths=(0, 58, *(width for _ in self.slots for width in (32, 13))))
        put(at(sheet, 1, 1), f"part {part.entity}")
        self._line(part.title, Font(name="Calibri", sz=16, b=True, color=INK))
        if part.help:
            self._line(part.help, Font(name="Calibri", sz=10, color=GREY))
        if part.many is not None:
            self._line(many_help(part), Font(name="Calibri", sz=10, color=GREY))
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
        sheet.print_area = f"B2:{get_column_letter(2 + 2 * printed)}{sheet.max_row}"

    def _line(self, text: str, font: Font) -> None:
        cell = at(self.sheet, next(self.rows), 2)
        put(cell, text)
        cell.font, cell.alignment = font, WRAP

    def _columns(self, slot: int) -> tuple[int, int]:
        first = 3 + 2 * (slot - self.slots[0])
        return first, first + 1

    def _whether(self) -> None:
        row = next(self.rows)
        put(at(self.sheet, row, 1), LIST_KEY)
        put(at(self.sheet, row, 2), whether(self.part))
        at(self.sheet, row, 2).alignment, at(self.sheet, row, 2).font = WRAP, Font(name="Calibri", b=True)
        cell = at(self.sheet, row, 3)
        answer(cell, "one")
        choices = tuple((one, one) for one in (self.words.no_entries, self.words.not_known))
        validate(self.sheet, list_rule(self.lists.source(choices, LIST_KEY)), [cell])

    def _head(self) -> int:
        row = next(self.rows)
        texts = {2: _("Question")}
        for slot in self.slots:
            first, mark = self._columns(slot)
            have = self.part.entries[slot - 1] if 0 < slot <= len(self.part.entries) else None
            key = f"{slot}" if have is None else f"{slot} {have.id}"
            put(at(self.sheet, 1, first), f"answer {key}")
            put(at(self.sheet, 1, mark), f"mark {key}")
            new = _("Entry {number}", number=slot) if slot else _("Answer")
            texts[first] = have.label if have else new
            texts[mark] = _("How sure?")
        for column, text in texts.items():
            cell = at(self.sheet, row, column)
            put(cell, text)
            cell.font, cell.fill = Font(name="Calibri", b=True, color=INK), PatternFill("solid", start_color=HEAD)
            cell.alignment, cell.border = WRAP, BOX
        return row

    def _label(self, one: Question) -> None:
        row = self._asked(one)
        for slot in self.slots[len(self.part.entries) :]:
            answer(at(self.sheet, row, self._columns(slot)[0]), "text")
        for number, have in enumerate(self.part.entries):
            cell = at(self.sheet, row, self._columns(self.slots[number])[0])
            put(cell, have.label)
            cell.alignment, cell.border = WRAP, BOX

    def _asked(self, one: Question, *, key: str | None = None) -> int:
        """Write the words of a question in a new row, with its help as a comment; return the row."""
        row = next(self.rows)
        put(at(self.sheet, row, 1), key or one.name)
        cell = at(self.sheet, row, 2)
        words = [TextBlock(_FIRST, one.text)]
        if one.only_if:
            words.append(TextBlock(_SECOND, f"\n{one.only_if}"))
        cell.value = CellRichText(*words)
        cell.alignment, cell.border = WRAP, BOX
        # Heights of rows are computed by the program that opens the file, but not for text of several fonts.
        needed = height(one.text, 54, 11) + (height(one.only_if, 60, 10) if one.only_if else 0)
        self.sheet.row_dimensions[row].height = max(needed, 20)
        if one.notes:
            text = "\n\n".join(one.notes)
            cell.comment = Comment(text, _("Help"), width=380, height=40 + 17 * lines(text, 52))
        return row

    def _question(self, one: Question) -> None:
        row = self._asked(one)
        answers = [at(self.sheet, row, self._columns(slot)[0]) for slot in self.slots]
        marks = [at(self.sheet, row, self._columns(slot)[1]) for slot in self.slots]
        for cell in answers:
            answer(cell, one.kind)
        for cell in marks:
            answer(cell, "one")
        sure = tuple((word, word) for word in (self.words.unsure, self.words.not_known))
        validate(self.sheet, list_rule(self.lists.source(sure, "mark")), marks)
        rule = self._rule(one)
        if rule is not None:
            prompt = " ".join(one.notes)
            if prompt:
                rule.prompt = prompt if len(prompt) <= _MOST_PROMPT else f"{prompt[: _MOST_PROMPT - 1]}…"
                rule.showInputMessage = True
            validate(self.sheet, rule, answers)
        if one.kind == "several":
            for option in one.choices:
                self._option(one, *option)

    def _rule(self, one: Question) -> DataValidation | None:
        match one.kind:
            case "one":
                return list_rule(self.lists.source((*one.choices, ("", self.words.not_known)), one.name))
            case "several":
                whole = tuple((word, word) for word in (self.words.none_of_these, self.words.not_known))
                return list_rule(self.lists.source(whole, one.name))
            case "integer":
                low, high = one.range
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

    def _option(self, one: Question, name: str, title: str) -> None:
        row = next(self.rows)
        put(at(self.sheet, row, 1), f"{one.name}/{name}")
        cell = at(self.sheet, row, 2)
        put(cell, title)
        cell.font = Font(name="Calibri", sz=11, color=INK)
        cell.alignment, cell.border = Alignment(wrap_text=True, vertical="top", horizontal="left", indent=2), BOX
        self.sheet.row_dimensions[row].height = max(height(title, 52, 11), 18)
        cells = [at(self.sheet, row, self._columns(slot)[0]) for slot in self.slots]
        for one_cell in cells:
            answer(one_cell, "one")
        yes = self.words.yes
        validate(self.sheet, list_rule(self.lists.source(((yes, yes),), "option")), cells)
