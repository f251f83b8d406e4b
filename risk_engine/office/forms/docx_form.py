"""A questionnaire as a document: a table for each subject, with a field for each answer; everything else is locked.

A tag names each field by its number; what the numbers mean stands in hidden text, for Word allows tags 64 characters.
Where a field of a document that came back stands is said by table and row.
"""

import io
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from risk_engine.files.language import ENGLISH, _, in_language
from risk_engine.files.office_files import BROKEN
from risk_engine.office.forms.form import (
    Cell,
    Field,
    Form,
    FormProblem,
    InvalidFormError,
    Outside,
    Part,
    Question,
    ReturnedForm,
    about_case,
    damaged_form,
    file_error,
    first_fields,
    form_content,
    how_to,
    made_of,
    many_help,
    missing,
    rules_of,
    sent_by,
    whether,
)
from risk_engine.report.returned import NOT_KNOWN, DocumentMade, M, made_from, mark_of
from risk_engine.report.word.fields import (
    CHOOSE,
    HOW_SURE,
    MADE_TAG,
    MOST_TITLE,
    PLACEHOLDER,
    WRITE,
    box,
    content_of,
    controls,
    date_field,
    hidden_text,
    list_field,
    text_field,
    texts_beside,
    titles_of,
)
from risk_engine.report.word.styles import element, word_language

T = TypeVar("T")

_GREY, _EMPTY = RGBColor(0x52, 0x60, 0x6D), RGBColor(0x5F, 0x4B, 0x00)
_WIDTHS = (Cm(10.2), Cm(6.8))


def document(form: Form) -> bytes:
    """Return the questionnaire as the bytes of a .docx file, in the language of its words."""
    with in_language(form.words.language):
        return _Writer(form).content()


class _Writer:
    def __init__(self, form: Form) -> None:
        self.form = form
        self.document = Document()
        self.questions: list[tuple[str, list[str]]] = []
        self.lists: list[str] = []
        self.slots: dict[str, tuple[int, int]] = {}
        self.left_out: list[str] = []
        self.entries: dict[str, list[str]] = {}

    def content(self) -> bytes:
        self._set_up()
        self._start()
        for part in self.form.parts:
            self._part(part)
        body: Any = self.document.element.body
        fields = [control for _tag, control in controls(body)]
        texts = sorted({mark_of(text) for _line, text in texts_beside(body, fields)})
        noted = {"questions": self.questions, "lists": self.lists, "entries": self.entries, "slots": self.slots}
        made = made_of(DocumentMade, self.form, **noted, texts=texts, left_out=tuple(self.left_out))
        self._add(self.document.add_paragraph(), hidden_text(MADE_TAG, made.text()))
        target = io.BytesIO()
        self.document.save(target)
        return target.getvalue()

    def _set_up(self) -> None:
        made = self.document
        made.core_properties.author = "risk-engine"
        made.core_properties.title = _("Questions for: {who}", who=self.form.role_title)
        made.core_properties.language = self.form.language
        if self.form.language != ENGLISH:
            # Word checks the spelling by this, and a screen reader chooses its voice.
            for one in made.styles.element.iter(qn("w:lang")):
                one.set(qn("w:val"), word_language(self.form.language))
        section = made.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(2)
        normal: Any = made.styles["Normal"]
        normal.font.name, normal.font.size = "Calibri", Pt(10.5)
        normal.paragraph_format.space_after = Pt(3)
        empty: Any = made.styles.add_style(PLACEHOLDER, WD_STYLE_TYPE.CHARACTER)
        empty.font.color.rgb = _EMPTY
        # Only the fields can be changed: Word calls that protection for forms. There is no password.
        protection = element("w:documentProtection", {"w:edit": "forms", "w:enforcement": 1})
        made.settings.element.find(qn("w:defaultTabStop")).addprevious(protection)

    def _start(self) -> None:
        form, made = self.form, self.document
        made.add_heading(_("Questions for: {who}", who=form.role_title), 0)
        self._small(made.add_paragraph(), rules_of(form))
        for text in filter(None, (about_case(form), *sent_by(form))):
            made.add_paragraph().add_run(text).bold = True
        for text in how_to("document"):
            made.add_paragraph(text, style="List Bullet")
        table = self._table()
        for key, words in first_fields(form):
            row = table.add_row()
            _first(row.cells[0]).add_run(words).bold = True
            tag, title = f"start.{key}", words[:MOST_TITLE]
            field = self._date(tag, title) if key == "day" else text_field(tag, title, _(WRITE))
            self._add(_first(row.cells[1]), field)
        made.add_paragraph()
        for text in form.notice:
            self._small(made.add_paragraph(), " ".join(text.split()))

    def _part(self, part: Part) -> None:
        heading = self.document.add_heading(part.title, 1)
        heading.paragraph_format.keep_with_next = True
        if part.help:
            self.document.add_paragraph(part.help)
        if part.many is None:
            self._questions(part.questions, 0)
            return
        self.document.add_paragraph(many_help(part))
        if part.asks_whether:
            row = self._table().add_row()
            _first(row.cells[0]).add_run(whether(part)).bold = True
            choices = self.form.words.of_list()
            control = list_field(f"list.{len(self.lists)}", part.title[:MOST_TITLE], choices, _(CHOOSE))
            self._add(_first(row.cells[1]), control)
            self.lists.append(part.entity)
        self.entries[part.entity] = [one.id for one in part.entries]
        first = len(self.questions)
        for number in range(1, 1 + len(part.entries) + part.room):
            known = part.entries[number - 1] if number <= len(part.entries) else None
            title = _("{part}, entry {number}", part=part.title, number=number)
            if known:
                title = f"{part.title}: {known.label}"
            self.document.add_heading(title, 2)
            del self.questions[first:]
            asked = part.questions if known or part.label is None else (part.label, *part.questions)
            if part.label is not None and known:
                self.questions.append((part.label.name, []))
            self._questions(asked, number, {one.name for one in asked if not part.is_asked(number, one)})

    def _questions(self, questions: tuple[Question, ...], number: int, answered: Collection[str] = ()) -> None:
        if not questions:
            return
        table = self._table()
        head = table.add_row()
        for cell, words in zip(head.cells, (_("Question"), _("Answer")), strict=True):
            _first(cell).add_run(words).bold = True
        _mark(head, "w:tblHeader")
        for question in questions:
            lead = f"{len(self.questions)}.{number}"
            if question.name in answered:
                self.left_out.append(lead)
            else:
                row = table.add_row()
                _mark(row, "w:cantSplit")
                self._words(row.cells[0], question)
                self._fields(row.cells[1], question, lead)
            self.questions.append(
                (question.name, [name for name, _title in question.choices if question.kind == "several"])
            )
            self.slots[question.name] = (self.slots.get(question.name, (number, number))[0], number)

    def _words(self, cell: _Cell, question: Question) -> None:
        _first(cell).add_run(question.text).bold = True
        if question.only_if:
            cell.add_paragraph().add_run(question.only_if).italic = True
        for text in question.notes:
            self._small(cell.add_paragraph(), text)

    def _fields(self, cell: _Cell, question: Question, lead: str) -> None:
        title, answer = question.text[:MOST_TITLE], f"{lead}.a"
        said = self.form.words
        field: Any
        match question.kind:
            case "one":
                field = list_field(answer, title, (*question.choices, (NOT_KNOWN, said.not_known)), _(CHOOSE))
            case "several":
                for number, (_name, words) in enumerate(question.choices):
                    line = _first(cell) if number == 0 else cell.add_paragraph()
                    self._add(line, box(f"{lead}.o{number}", words[:MOST_TITLE]))
                    line.add_run(f" {words}")
                field = list_field(answer, title, said.of_several(), _("Choose here if none applies"))
            case "date":
                field = self._date(answer, title)
            case "integer" | "text":
                field = text_field(answer, title, _(WRITE))
        self._add(cell.add_paragraph() if question.kind == "several" else _first(cell), field)
        line = cell.add_paragraph()
        self._small(line, f"{_(HOW_SURE)} ")
        self._add(line, list_field(f"{lead}.m", _(HOW_SURE), said.beside(), _(CHOOSE)))

    def _date(self, tag: str, title: str) -> Any:
        return date_field(tag, title, _(WRITE), word_language(self.form.language))

    def _table(self) -> Any:
        table = self.document.add_table(rows=0, cols=2, style="Table Grid")
        table.autofit = False
        for column, width in zip(table.columns, _WIDTHS, strict=True):
            column.width = width
        return table

    @staticmethod
    def _add(line: Paragraph, control: Any) -> None:
        line._p.append(control)  # noqa: SLF001 (the library has no name for content controls)

    @staticmethod
    def _small(line: Paragraph, text: str) -> None:
        run = line.add_run(text)
        run.font.size, run.font.color.rgb = Pt(9), _GREY


def _first(cell: _Cell) -> Paragraph:
    line: Paragraph = cell.paragraphs[0]
    return line


def _mark(row: _Row, tag: str) -> None:
    """Let a row be repeated on each page (`w:tblHeader`), or stay whole (`w:cantSplit`)."""
    row._tr.get_or_add_trPr().append(element(tag))  # noqa: SLF001 (the library has no name for it)


class ReturnedDocument:
    """A document that came back: its controls with their tags, and where each of them stands."""

    def __init__(self, path: Path) -> None:
        """Read a file; raise InvalidFormError where it is damaged."""
        self.path = path
        file, self.sha256 = form_content(path, "docx")
        try:
            self.body: Any = Document(file).element.body
        except BROKEN as error:
            raise damaged_form(path) from error
        self.controls = [(tag, control) for tag, control in controls(self.body) if tag]
        self._tables = {table: number for number, table in enumerate(self.body.iter(qn("w:tbl")), 1)}

    def made(self, kind: type[M]) -> M | None:
        """Return what it was made from; None where it does not say so in this way."""
        return next((made_from(content_of(one), kind) for tag, one in self.controls if tag == MADE_TAG), None)

    def place(self, part: Any) -> str:
        """Return where a part of it stands, by table and row."""
        row = next(part.iterancestors(qn("w:tr")), None)
        if row is None:
            return self.path.as_posix()
        number = 1 + sum(1 for _row in row.itersiblings(qn("w:tr"), preceding=True))
        table = self._tables[next(row.iterancestors(qn("w:tbl")))]
        return _("{file}: table {table}, row {row}", file=self.path.as_posix(), table=table, row=number)


def read_document(path: Path) -> ReturnedForm:
    """Return what stands in the fields of a questionnaire; raise InvalidFormError where it is none, or damaged."""
    back = ReturnedDocument(path)
    made = back.made(DocumentMade)
    if made is None:
        way_out = _("fill in the file that `risk-engine case new --format docx` writes")
        raise file_error(path, _("this document is not a questionnaire of this engine"), way_out)
    return _Reader(back, made).returned()


class _Reader:
    def __init__(self, back: ReturnedDocument, made: DocumentMade) -> None:
        self.back = back
        self.made = made
        self.fields: dict[Any, str] = {}
        """The controls that are fields of the form, each with the question that it belongs to."""
        self.problems: list[FormProblem] = []
        path = back.path.as_posix()
        nothing = Cell(None, path)
        self.found = ReturnedForm(path, back.sha256, made, nothing, nothing, None, nothing)
        for entity, ids in made.entries.items():
            self.found.entries |= {(entity, number): one for number, one in enumerate(ids, 1)}

    def returned(self) -> ReturnedForm:
        seen: set[str] = set()
        for tag, control in self.back.controls:
            cell = Cell(content_of(control), self.back.place(control))
            if tag in seen and tag != MADE_TAG:
                message = _("this field is there twice, so nobody can say which one counts")
                self.problems.append(FormProblem(cell.place, message, _("take the second one out; do not copy tables")))
            seen.add(tag)
            self._take(tag.split("."), cell, control)
        if self.problems:
            raise InvalidFormError(self.problems)
        self.found.missing = list(self._missing(seen))
        self.found.outside = list(self._outside())
        return self.found

    def _outside(self) -> Iterator[Outside]:
        """Yield what somebody wrote beside the fields."""
        for paragraph, text in texts_beside(self.back.body, self.fields):
            if mark_of(text) in self.made.texts:
                continue
            row = next(paragraph.iterancestors(qn("w:tr")), None)
            beside = () if row is None else (self.fields.get(one, "") for one in row.iter(qn("w:sdt")))
            yield Outside(text, self.back.place(paragraph), next((one for one in beside if one), ""))

    def _missing(self, seen: set[str]) -> Iterator[FormProblem]:
        """Yield what the form had when it was made and has no more."""
        path = self.back.path.as_posix()
        start = ("by", "day", "remarks") if self.found.made.case_id is not None else ("by", "day", "title", "remarks")
        for key in start:
            if f"start.{key}" not in seen:
                yield missing(path, _("the field `{key}` on the first page", key=key))
        for number, entity in enumerate(self.made.lists):
            if f"list.{number}" not in seen:
                yield missing(path, _("the field whether there is any `{entity}`", entity=entity))
        for number, (name, options) in enumerate(self.made.questions):
            low, high = self.made.slots.get(name, (1, 0))
            for slot in range(low, high + 1):
                if f"{number}.{slot}" in self.made.left_out:
                    continue
                kinds = ("a", "m", *(f"o{option}" for option in range(len(options))))
                if any(f"{number}.{slot}.{kind}" not in seen for kind in kinds):
                    text = _("a field of `{name}`", name=name)
                    yield missing(
                        path, _("a field of `{name}`, entry {number},", name=name, number=slot) if slot else text
                    )

    def _take(self, tag: list[str], cell: Cell, control: Any) -> None:
        self.fields[control] = ""
        match tag:
            case ["start", "by" | "day" | "title" | "remarks" as key]:
                setattr(self.found, key, cell)
            case ["list", number] if (entity := _item(self.made.lists, number)) is not None:
                self.found.lists[entity] = cell
            case [number, slot, kind] if slot.isdecimal() and (one := _item(self.made.questions, number)):
                self._field(one, int(slot), kind, cell, control)
            case [name] if name == MADE_TAG:
                pass  # what the form says of itself
            case _other:
                del self.fields[control]  # a field that somebody else put there: its text is outside of ours

    def _field(self, asked: tuple[str, list[str]], slot: int, kind: str, cell: Cell, control: Any) -> None:
        name, options = asked
        self.fields[control] = name
        one = self.found.fields.setdefault((name, slot), Field())
        if kind == "m":
            one.mark = cell
        elif kind == "a":
            one.answer, one.titles = cell, titles_of(control)
        elif (option := _item(options, kind.removeprefix("o"))) is not None:
            one.options[option] = cell


def _item(items: Sequence[T], number: str) -> T | None:
    return items[int(number)] if number.isdecimal() and int(number) < len(items) else None
