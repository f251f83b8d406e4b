"""A whole case as one workbook: a sheet for each entity, one for controls, one for evidence, one with help.

It is the sheets of a questionnaire without the marks beside each answer, and with everything else that a case says.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any, Final, Literal

from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.engine.sentences import Sentences
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import N_, _, in_language
from risk_engine.files.plain import digest
from risk_engine.files.sheets import GREY, WRAP, Lists, at, font_of, new_book, put, put_head, validate
from risk_engine.model.case import COMPARE_WITH, ON_FILE, UNKNOWN, Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoiceFact, ChoicesFact, Entity, Kind, is_offered, offered
from risk_engine.model.words import CONFIDENCES, STATUSES
from risk_engine.office.forms.case_record import SET_ASIDE, Data
from risk_engine.office.forms.export_form import ENTRY_ID, form_of, label_fact, question, sentences
from risk_engine.office.forms.form import Form, Part, Question, made_of
from risk_engine.office.forms.xlsx_write import (
    LIST_KEY,
    START,
    PartSheet,
    answer,
    date_rule,
    finished,
    front,
    height,
    set_up,
    sheet_names,
)
from risk_engine.report.returned import NOT_KNOWN, Choices, Made, Words
from risk_engine.report.wording import confidence_word, state_word

CASE_KEY: Final = "case"
"""What the first sheet is called where nobody sees it."""
RECORD_KEY: Final = "record"
"""What each row of controls and of evidence is called there."""
CONTROLS, EVIDENCE = "controls", "evidence"
SHEETS: Final = {CONTROLS: N_("Controls"), EVIDENCE: N_("Evidence"), "help": N_("Help")}
SUPPORTS: Final = "for"
"""The column of evidence that says what a record supports: answers by their paths, or a control."""

_NO_FACTS: Final = frozenset({ENTRY_ID, ON_FILE})
"""What an entry has beside the answers to questions."""
_MORE: Final = {CONTROLS: 20, EVIDENCE: 40}
"""So many empty rows there are for more."""
_ROOM, _LEAST_ROOM = 4, 8
_MOST_IN_A_CELL = 32_000


class MadeBook(Made):
    """What the workbook of a case was made from; of each question it says how its answer is meant."""

    case_book: Literal[1]
    """The number of this layout."""
    kinds: Mapping[str, str]
    """Question: the type of its fact."""
    labels: Mapping[str, str]
    """List: the question by which people name its entries."""
    kept: str = ""
    """What the case says that has no field, as JSON."""
    data: str | None = None
    """The digest of what the case said that it was made from; None of a new one."""


def _day_of_options(fact: AnyFact, short: str, blocks: Sequence[Data], day: date | None) -> date | None:
    """Return the day on which the options of a fact are offered; None, as all are, where an answer is none of them."""
    if not isinstance(fact, ChoiceFact | ChoicesFact):
        return day
    stated = (one.get(short) for one in blocks)
    answers = (option for one in stated for option in (one if isinstance(one, tuple) else (one,)))
    gone = fact.options.keys() - offered(fact, day).keys()
    return None if any(one in gone for one in answers) else day


@dataclass(frozen=True)
class _Column:
    """A column of a table of records: how a case calls it, what people read, how it is filled in."""

    key: str
    title: str
    kind: Kind
    width: int
    choices: Choices = ()


def case_book(
    criteria: Criteria, data: Data, *, is_new: bool = False, day: date | None = None, room: int | None = None
) -> bytes:
    """Return the bytes of a workbook that says what a case says, in the current language.

    `is_new`: the case answers nothing yet. What is deprecated on the day is offered only where the case states it.
    `room` is for how many new entries there is place in each list.
    """
    if COMPARE_WITH in data:
        message = _("a case that is stated for several sets cannot be a workbook")
        raise RiskEngineError(message, _("take `{key}:` out of a copy of it", key=COMPARE_WITH))
    form = form_of(criteria, _parts(criteria, data, day, room))
    with in_language(form.words.language):
        return _Book(criteria, form, data, is_new=is_new, day=day).written()


def _parts(criteria: Criteria, data: Data, day: date | None, room: int | None) -> Iterator[Part]:
    speech = sentences(criteria, day)
    for name, entity in criteria.entities.items():
        stated = data.get(name)
        blocks = stated if isinstance(stated, tuple) else (stated,) if isinstance(stated, dict) else ()
        asked = [
            short
            for short, fact in entity.facts.items()
            if (getattr(fact, "from_", None) is None and is_offered(fact, day)) or any(short in one for one in blocks)
        ]
        days = {short: _day_of_options(entity.facts[short], short, blocks, day) for short in asked}
        questions = tuple(_with_path(question(name, short, criteria, speech, days[short]), entity) for short in asked)
        if entity.many is None:
            yield Part(name, entity.title, _help(entity, speech), None, questions)
            continue
        label = label_fact(criteria, name)
        own = question(name, label, criteria, speech)
        named = Question(f"{name}.{ENTRY_ID}", "text", _("A short name for evidence; left empty, it is made"))
        takes = any(ON_FILE in one for one in blocks)
        on_file = (Question(f"{name}.{ON_FILE}", "text", _("On file as")),) if takes else ()
        rest = tuple(one for one in questions if one.short != label)
        free = max(_LEAST_ROOM - len(blocks), _ROOM) if room is None else room
        yield Part(
            name,
            entity.title,
            _help(entity, speech),
            entity.many,
            (*(() if label == ENTRY_ID else (named,)), *on_file, *rest),
            own,
            room=max(1, min(entity.many, len(blocks) + free)),
            asks_whether=True,
        )


def _help(entity: Entity, speech: Sentences) -> str:
    parts = [_("Only if {condition}.", condition=speech.of(entity.ask_when))] if entity.ask_when is not None else []
    return " ".join([*parts, *(entity.help or "").split()])


def _with_path(one: Question, entity: Entity) -> Question:
    path = one.name if entity.many is None else f"{one.entity}.ID.{one.short}"
    return replace(one, notes=(*one.notes, _("In evidence: {path}", path=path)))


class _Book:
    def __init__(self, criteria: Criteria, form: Form, data: Data, *, is_new: bool, day: date | None) -> None:
        self.criteria = criteria
        self.form = form
        self.data = data
        self.is_new = is_new
        stated = {one["id"] for one in self._controls()}
        self.controls = {name: one for name, one in criteria.controls.items() if is_offered(one, day) or name in stated}
        self.lists = Lists()
        self.names: Mapping[str, str] = {}
        self.book, self.first = new_book(str(data.get("title", "")), START)

    def written(self) -> bytes:
        self._head(self.first)
        others = {key: _(title) for key, title in SHEETS.items()}
        names = self.names = sheet_names(self.form.parts, (START, *others.values()))
        for part in self.form.parts:
            sheet = self.book.create_sheet(names[part.entity])
            writer = PartSheet(sheet, part, self.lists, self.form.words, has_marks=False)
            writer.list_help = (
                _("One column for each; the name says which it is. There may be at most {number}.", number=part.many)
                if part.many is not None
                else ""
            )
            writer.write()
            self._fill(sheet, part)
        for key, columns, records in (
            (CONTROLS, self._control_columns(), self._controls()),
            (EVIDENCE, self._evidence_columns(), tuple(self._evidence())),
        ):
            self._table(self.book.create_sheet(others[key]), key, columns, records)
        self._help(self.book.create_sheet(others["help"]))
        return finished(self.book, self.lists, self._made())

    def _made(self) -> MadeBook:
        kept = json.dumps(self.data[SET_ASIDE], default=date.isoformat) if SET_ASIDE in self.data else ""
        questions = [one for part in self.form.parts for one in part.questions]
        made = made_of(
            MadeBook,
            self.form,
            case_book=1,
            kinds={one.name: self.criteria.fact(one.name).type for one in questions if one.short not in _NO_FACTS}
            | {part.label.name: self._type_of(part.label) for part in self.form.parts if part.label is not None},
            labels={part.entity: part.label.short for part in self.form.parts if part.label is not None},
            kept=kept,
            data=None if self.is_new else digest(self.data),
        )
        if len(made.text()) > _MOST_IN_A_CELL:
            raise RiskEngineError(_("the case has too much set aside for a workbook"), _("go on with the case file"))
        return made

    def _type_of(self, label: Question) -> str:
        return "text" if label.short == ENTRY_ID else self.criteria.fact(label.name).type

    # --- the first sheet ---

    def _head(self, sheet: Worksheet) -> None:
        head = [
            (_("A case"), font_of(18, bold=True)),
            (f"{self.form.set_title} ({self.form.set_id} {self.form.version})", font_of(10, color=GREY)),
        ]
        fields = front(sheet, CASE_KEY, head, _how_to(), _head_fields(), self.form.notice)
        validate(sheet, self.lists.rule(_alike(_CASE_STATUSES), "case.status"), [fields["status"]])
        for key, cell in fields.items():
            value = self.data.get(key)
            if value is not None and not (self.is_new and key == "title"):
                _enter(cell, value)

    # --- answers ---

    def _fill(self, sheet: Worksheet, part: Part) -> None:
        """Write what the case answers into the fields of a sheet."""
        stated = {} if self.is_new else self.data.get(part.entity)
        rows = {str(at(sheet, row, 1).value): row for row in range(2, sheet.max_row + 1) if at(sheet, row, 1).value}
        words = self.form.words
        if part.many is not None and stated in ((), UNKNOWN):
            put(at(sheet, rows[LIST_KEY], 3), words.no_entries if stated == () else words.not_known)
        blocks = stated if isinstance(stated, tuple) else (stated,) if isinstance(stated, dict) else ()
        asked = [*part.questions, *([part.label] if part.label is not None else [])]
        for column, block in enumerate(blocks, 3):
            for one in asked:
                value = block.get(one.short)
                if value is None:
                    continue
                for key, entered in _entered(one, value, words):
                    _enter(at(sheet, rows[key], column), entered)

    # --- controls and evidence ---

    def _table(self, sheet: Worksheet, key: str, columns: Sequence[_Column], records: Sequence[Data]) -> None:
        put(at(sheet, 1, 1), key)
        set_up(sheet, widths=(0, *(one.width for one in columns)))
        put(at(sheet, 2, 2), _(SHEETS[key]), font_of(16, bold=True))
        about = _(_TOLD[key], **self._examples())
        told = put(at(sheet, 3, 2), about, font_of(10, color=GREY))
        sheet.merge_cells(start_row=3, start_column=2, end_row=3, end_column=1 + len(columns))
        told.alignment = WRAP
        sheet.row_dimensions[3].height = height(about, sum(one.width for one in columns), 10)
        first, last = 5, 4 + len(records) + _MORE[key]
        for number, one in enumerate(columns, 2):
            put(at(sheet, 1, number), one.key)
            put_head(at(sheet, 4, number), one.title)
            cells = [at(sheet, row, number) for row in range(first, last + 1)]
            for cell in cells:
                answer(cell, one.kind)
            if one.choices:
                rule = self.lists.rule(one.choices, f"{key}.{one.key}")
                if one.key == "kind":
                    rule.errorStyle = "warning"  # any other word may stand there too
                validate(sheet, rule, cells)
            elif one.kind == "date":
                validate(sheet, date_rule(), cells)
            titles = dict(one.choices)
            for cell, record in zip(cells, records, strict=False):
                if record.get(one.key) is not None:
                    value = record[one.key]
                    _enter(cell, titles.get(value, value) if isinstance(value, str) else value)
        for row in range(first, last + 1):
            put(at(sheet, row, 1), RECORD_KEY)
        sheet.freeze_panes = "C5"
        sheet.print_title_rows = "4:4"
        sheet.page_setup.orientation = "landscape"

    def _examples(self) -> dict[str, str]:
        """Return how an answer and a control of this set are named."""
        parts = sorted(self.form.parts, key=lambda part: part.many is None)
        name = next(
            (one.name for part in parts for one in part.questions if one.short not in _NO_FACTS),
            "entity.fact",
        )
        entity, _dot, short = name.partition(".")
        path = name if self.criteria.entities[entity].many is None else f"{entity}.ID.{short}"
        return {"cell": f"{self.names[entity]}!C7", "path": path, "control": next(iter(self.controls), "ID")}

    def _controls(self) -> tuple[Data, ...]:
        found = self.data.get(CONTROLS)
        return found if isinstance(found, tuple) and not self.is_new else ()

    def _evidence(self) -> Iterator[Data]:
        """Yield the records of evidence, those of controls last, each with what it supports as one text."""
        for one in () if self.is_new else self.data.get(EVIDENCE) or ():
            yield {**one, SUPPORTS: "\n".join(one[SUPPORTS])}
        for control in self._controls():
            yield from ({**one, SUPPORTS: control["id"]} for one in control.get(EVIDENCE) or ())

    def _control_columns(self) -> tuple[_Column, ...]:
        controls = tuple((name, f"{name} {one.title}") for name, one in self.controls.items())
        states = tuple((one, state_word(one)) for one in STATUSES)
        return (
            _Column("id", _("Control"), "one", 60, controls),
            _Column("status", _("Status"), "one", 16, states),
            _Column("owner", _("Owner"), "text", 30),
            _Column("due", _("Due"), "date", 14),
        )

    def _evidence_columns(self) -> tuple[_Column, ...]:
        confidences = tuple((one, confidence_word(one)) for one in CONFIDENCES)
        kinds = tuple((name, f"{title} [{name}]") for name, title in self.criteria.head.evidence_kinds.items())
        return (
            _Column(SUPPORTS, _("What it supports"), "text", 40),
            _Column("kind", _("Kind"), "one", 30, kinds),
            _Column("reference", _("What it is called, and where it is kept"), "text", 50),
            _Column("date", _("Date"), "date", 14),
            _Column("collected_by", _("Collected by"), "text", 24),
            _Column("confidence", _("How sure?"), "one", 16, confidences),
            _Column("sha256", _("SHA-256 of the file"), "text", 30),
        )

    # --- help ---

    def _help(self, sheet: Worksheet) -> None:
        put(at(sheet, 1, 1), "help")
        set_up(sheet, widths=(0, 14, 50, 80))
        rows = count(2)
        put(at(sheet, next(rows), 2), _("Controls, and what each one is"), font_of(16, bold=True))
        for name, control in self.controls.items():
            row = next(rows)
            for column, text in enumerate((name, control.title, control.do), 2):
                put(at(sheet, row, column), " ".join(text.split()), font_of(10)).alignment = WRAP
        if self.criteria.head.evidence_kinds:
            next(rows)
            put(at(sheet, next(rows), 2), _("Kinds of evidence that a control may need"), font_of(16, bold=True))
        for name, title in self.criteria.head.evidence_kinds.items():
            row = next(rows)
            put(at(sheet, row, 2), name, font_of(10))
            put(at(sheet, row, 3), title, font_of(10)).alignment = WRAP


_CASE_STATUSES: Final = ("draft", "submitted", "decided", "closed")
_TOLD: Final = {
    CONTROLS: N_(
        "What was agreed or done since, one row for each control. Only what is implemented or verified, with evidence, "
        "lowers a risk; the evidence stands on its own sheet."
    ),
    EVIDENCE: N_(
        "What supports answers and controls, one row for each record. It supports answers by the sheet and the cell "
        "where they stand, such as {cell}, or by their path, such as {path} (the comment of a question says it; "
        "several on lines of their own), or a control by its id, such as {control}."
    ),
}


def _how_to() -> tuple[str, ...]:
    return (
        _("Each sheet asks about one subject. Fill in the light yellow fields; everything else is locked."),
        _("Help stands in the comment of a question: rest the pointer on its words."),
        _(
            "If nobody knows an answer yet, choose or write “{not_known}”. That is a good answer: it is never taken as "
            "a no.",
            not_known=_(NOT_KNOWN),
        ),
        _("A question that begins with “Only if” can be left out where that is not so."),
        _("Then: `risk-engine assess FILE.xlsx`, or `risk-engine case import FILE.xlsx --into CASE.yaml`."),
    )


def _head_fields() -> tuple[tuple[str, str], ...]:
    return (
        ("title", _("Title of the case")),
        ("id", _("The office's own number")),
        ("institution", _("Name of your institution")),
        ("assessor", _("Who fills this in")),
        ("assessment_date", _("The day for which rules and tables are read")),
        ("status", _("How far the case has come")),
        ("retain_until", _("The last day on which the record must be kept")),
        ("criteria", _("Criteria: SET or SET@VERSION")),
        ("notes", _("Notes")),
    )


def _alike(words: Sequence[str]) -> Choices:
    return tuple((one, one) for one in words)


def _entered(one: Question, value: Any, words: Words) -> Iterator[tuple[str, Any]]:
    """Yield what stands in the fields of a question, by the keys of their rows."""
    if value == UNKNOWN:
        yield one.name, words.not_known
    elif one.kind == "several" and isinstance(value, tuple):
        known = dict(one.choices)
        yield from ((f"{one.name}/{option}", words.yes) for option in value if option in known)
        if not value:
            yield one.name, words.none_of_these
    elif one.kind == "one":
        written = {True: "true", False: "false"}[value] if isinstance(value, bool) else value
        yield one.name, dict(one.choices).get(written, written)
    else:
        yield one.name, value


def _enter(cell: Any, value: Any) -> None:
    """Put a value into a field: a text as text, whatever it looks like."""
    if isinstance(value, str):
        put(cell, value)
    else:
        cell.value = value


HEAD_KEYS: Final = tuple(name for name in Case.model_fields if name not in {CONTROLS, EVIDENCE, ON_FILE, SET_ASIDE})
"""What the first sheet has a field for."""
