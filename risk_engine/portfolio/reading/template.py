"""A workbook to fill in for many cases: a sheet for each entity, with what can be answered where it is answered.

What is filled in is read by `reading` like any other workbook of related tables; the hidden sheet only offers.
"""

import io
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from risk_engine.files.language import N_, _
from risk_engine.files.sheets import LISTS, WRAP, Lists, at, font_of, new_book, put, put_head, validate
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    answered_as,
    is_offered,
)
from risk_engine.model.words import STATUSES
from risk_engine.portfolio.reading.headers import CASE, CONTROLS, CORE, DAY, ID, KIND, SHOWN_ON, STATUS, TITLE
from risk_engine.portfolio.reading.related import CASES
from risk_engine.portfolio.reading.values import NONE, checked, words_of
from risk_engine.portfolio.reading.workbook import README

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

ROOM: Final = 10_000
"""So many rows of each sheet offer what can be answered; more are read all the same."""
_WIDTHS: Final = {"boolean": 12, "integer": 12, "date": 13, "choice": 30, "row": 24, "choices": 40, "text": 32}
_FORMATS: Final = {"date": "yyyy-mm-dd", "integer": "0"}
_RULES: Final = (
    N_(
        "One row for each case in the sheet `cases`; its id stands in the column `case` there, and in each other sheet "
        "beside what belongs to it."
    ),
    N_(
        "A sheet about something of which there are several has a row for each, with an id of its own; where there are "
        "none, say `none` in the sheet `cases`."
    ),
    N_("An empty cell is an open question, and so is `unknown`. Nothing is guessed."),
    N_("Several choices stand in one cell with `;` between; `none` says that it is none of them."),
    N_("Days are written like 2027-01-31. Yes and no are words, not 1 and 0. Numbers are whole."),
    N_(
        "The headers must stay as they are. What cannot be read is told with its row and column, and its case is left "
        "out."
    ),
)


def template(criteria: Criteria, on: date | None = None) -> bytes:
    """Return the workbook for a set, in the current language, with what people are offered on a day."""
    return _Template(criteria, on).made()


class _Template:
    def __init__(self, criteria: Criteria, on: date | None) -> None:
        self._criteria = criteria
        self._told = criteria_in_words(criteria)
        self._words = words_of(criteria)
        self._on = on
        self._lists = Lists()
        self._book: Workbook

    def made(self) -> bytes:
        """Return the workbook as bytes."""
        title = _("Cases for {set}", set=self._told.head.title)
        self._book, sheet = new_book(title, README)
        self._explain(sheet, title)
        self._cases()
        for name, entity in self._criteria.entities.items():
            keys = {CASE: CORE[TITLE], **({ID: CORE[TITLE]} if entity.many is not None else {})}
            facts = {short: fact for short, fact in entity.facts.items() if is_offered(fact, self._on)}
            self._sheet(name, {**keys, **facts}, {one: f"{name}.{one}" for one in facts})
        self._controls()
        lists = self._book.create_sheet(LISTS)
        self._lists.write(lists)
        lists.sheet_state = "hidden"
        target = io.BytesIO()
        self._book.save(target)
        return target.getvalue()

    def _explain(self, sheet: "Worksheet", title: str) -> None:
        sheet.column_dimensions["A"].width = 110
        put(at(sheet, 1, 1), title, font_of(16, bold=True))
        head = self._criteria.head
        put(at(sheet, 2, 1), _("For the criteria {set} {version}.", set=head.id, version=head.version), font_of(11))
        rows = [*(_(one) for one in _RULES), "", _("What stands in the sheets:")]
        rows += [f"{name}: {entity.title}" for name, entity in self._told.entities.items()]
        for row, text in enumerate(rows, 4):
            put(at(sheet, row, 1), text, font_of(11)).alignment = WRAP

    def _cases(self) -> None:
        lists = [name for name, entity in self._criteria.entities.items() if entity.many is not None]
        columns: dict[str, AnyFact] = {CASE: CORE[TITLE], **CORE, **dict.fromkeys(lists, CORE[TITLE])}
        sheet = self._sheet(CASES, columns, {})
        self._tell(sheet, 1, _("The office's own number: letters, digits, `.`, `-` and `_`. Each case has its own."))
        self._tell(sheet, 2, _("What the case is called."))
        self._tell(
            sheet, 3, _("The day for which rules and lists are read; where it is empty, the day that is asked for.")
        )
        for place, name in enumerate(lists, 4):
            self._tell(sheet, place, _("`none`, where it is known that there is none. Else leave it empty."))
            self._offer(sheet, place, self._lists.rule(((NONE, NONE),), name))

    def _controls(self) -> None:
        columns = {CASE: CORE[TITLE], ID: CORE[TITLE], STATUS: CORE[TITLE], KIND: CORE[TITLE], SHOWN_ON: CORE[DAY]}
        sheet = self._sheet(CONTROLS, columns, {})
        known = self._told.controls
        self._tell(sheet, 2, "\n".join(f"{name}: {one.title}" for name, one in known.items()))
        if known:
            self._offer(sheet, 2, self._lists.rule(tuple((one, one) for one in known), f"{CONTROLS}.{ID}"))
        self._offer(sheet, 3, self._lists.rule(tuple((one, one) for one in STATUSES), f"{CONTROLS}.{STATUS}"))
        self._tell(sheet, 4, _("What kind of evidence there is, with its day beside it. Of more than one a row each."))

    def _sheet(self, name: str, columns: Mapping[str, AnyFact], full: Mapping[str, str]) -> "Worksheet":
        """Write a sheet with these columns; those that answer a fact of the set by its full name."""
        sheet: Worksheet = self._book.create_sheet(name)
        for place, (header, fact) in enumerate(columns.items(), 1):
            put_head(at(sheet, 1, place), header)
            column = sheet.column_dimensions[get_column_letter(place)]
            column.width = max(_WIDTHS[fact.type], len(header) + 3)
            column.number_format = _FORMATS.get(
                fact.type, "@"
            )  # so that no spreadsheet makes a day or a number of text
            if header in full:
                self._ask(sheet, place, full[header], fact)
        sheet.freeze_panes = at(sheet, 2, 3 if ID in columns else 2)
        return sheet

    def _ask(self, sheet: "Worksheet", place: int, name: str, fact: AnyFact) -> None:
        told = self._told.fact(name)
        kind, answers = answered_as(told, self._told.tables, self._on)
        lines = [told.question or "", told.help or ""]
        match fact:
            case ChoicesFact():
                lines += [
                    _("Any of these, with `;` between, or `none`:"),
                    *(f"{one}: {text}" for one, text in answers.items()),
                ]
            case IntegerFact(range=(lowest, highest)):
                lines.append(_("A whole number from {lowest} to {highest}.", lowest=lowest, highest=highest))
                rule = DataValidation("whole", operator="between", formula1=str(lowest), formula2=str(highest))
                self._offer(sheet, place, rule)
            case DateFact():
                self._offer(sheet, place, DataValidation("date", operator="greaterThan", formula1="1"))
            case _ if kind == "one":
                self._offer(sheet, place, self._lists.rule(self._labels(name, fact, answers), name))
        self._tell(sheet, place, "\n".join(filter(None, lines)))

    def _labels(self, name: str, fact: AnyFact, answers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Return what people choose for each answer: its title, where that is read as this answer and no other."""
        if isinstance(fact, BooleanFact):
            return (("true", _("yes")), ("false", _("no")))
        read = checked(pl.Series(list(answers.values()), dtype=pl.String), name, fact, self._words).values.to_list()
        pairs = zip(answers.items(), read, strict=True)
        return tuple((one, title if one == back else one) for (one, title), back in pairs)

    def _offer(self, sheet: "Worksheet", place: int, rule: DataValidation) -> None:
        letter = get_column_letter(place)
        rule.add(f"{letter}2:{letter}{ROOM + 1}")
        validate(sheet, rule, [])
        sheet.add_data_validation(rule)

    def _tell(self, sheet: "Worksheet", place: int, text: str) -> None:
        if text:
            lines = sum(1 + len(one) // 60 for one in text.splitlines())
            at(sheet, 1, place).comment = Comment(text, "risk-engine", width=420, height=min(600, 40 + 18 * lines))
