"""A questionnaire as a document: a table for each subject, with a field for each answer; everything else is locked.

A tag names each field by its number; what the numbers mean stands in hidden text, for Word allows tags 64 characters.
"""

import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from risk_engine.files.language import ENGLISH, N_, _, in_language
from risk_engine.office.forms.blank_form import NOT_KNOWN, Form, Part, Question
from risk_engine.office.forms.returned_form import Made, mark_of
from risk_engine.office.forms.wording import about_case, first_fields, how_to, made_from, many_help, whether
from risk_engine.report.word.styles import word_language

W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
CHECKED, NOT_CHECKED = "☒", "☐"
PLACEHOLDER = "PlaceholderText"
"""The style of what stands in an empty field; Word knows it by this name."""


def text_field(tag: str, title: str, hint: str) -> Any:
    """Return a field for text of any length."""
    kind = OxmlElement("w:text")
    kind.set(qn("w:multiLine"), "1")
    return _control(tag, title, kind, hint)


def date_field(tag: str, title: str, hint: str, language: str) -> Any:
    """Return a field for a date, with a calendar in that language (`de-DE`) to choose it from."""
    kind = OxmlElement("w:date")
    for name, value in (
        ("dateFormat", "yyyy-MM-dd"),
        ("lid", language),
        ("storeMappedDataAs", "date"),
        ("calendar", "gregorian"),
    ):
        kind.append(_value(f"w:{name}", value))
    return _control(tag, title, kind, hint)


def list_field(tag: str, title: str, choices: Sequence[tuple[str, str]], hint: str) -> Any:
    """Return a drop-down list of these choices: how the case writes each, and what people read."""
    kind = OxmlElement("w:dropDownList")
    for name, words in choices:
        item = OxmlElement("w:listItem")
        item.set(qn("w:displayText"), words)
        item.set(qn("w:value"), name)
        kind.append(item)
    return _control(tag, title, kind, hint)


def box(tag: str, title: str) -> Any:
    """Return a box to tick."""
    kind = OxmlElement("w14:checkbox", nsdecls={"w14": W14})
    for name, value in (("checked", "0"), ("checkedState", "2612"), ("uncheckedState", "2610")):
        part = OxmlElement(f"w14:{name}", nsdecls={"w14": W14})
        part.set(f"{{{W14}}}val", value)
        if name != "checked":
            part.set(f"{{{W14}}}font", "MS Gothic")
        kind.append(part)
    return _control(tag, title, kind, NOT_CHECKED, is_empty=False)


def hidden_text(tag: str, text: str) -> Any:
    """Return text that nobody sees, and that stays in the document whoever saves it."""
    control = _control(tag, "", OxmlElement("w:text"), text, is_empty=False)
    run = control.find(f".//{qn('w:r')}")
    properties = OxmlElement("w:rPr")
    properties.append(OxmlElement("w:vanish"))
    run.insert(0, properties)
    return control


def controls(body: Any) -> Iterator[tuple[str, Any]]:
    """Yield the controls of a document with their tags."""
    for control in body.iter(qn("w:sdt")):
        tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        if tag is not None:
            yield str(tag.get(qn("w:val"))), control


def content_of(control: Any) -> str | None:
    """Return the text that somebody entered, None where nobody did; a tick is `Yes`."""
    checked = control.find(f"{qn('w:sdtPr')}/{{{W14}}}checkbox/{{{W14}}}checked")
    if checked is not None:
        return "Yes" if checked.get(f"{{{W14}}}val") in {"1", "true"} else None
    shows_hint = control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")
    if shows_hint is not None and shows_hint.get(qn("w:val")) not in {"0", "false"}:
        return None
    content = control.find(qn("w:sdtContent"))
    return "".join(_texts(() if content is None else content.iter())).strip("\n")


def texts_beside(body: Any, fields: Collection[Any]) -> Iterator[tuple[Any, str]]:
    """Yield each paragraph of a document that has text outside these controls, and that text."""
    inside = {one for control in fields for one in control.iter()}
    for paragraph in body.iter(qn("w:p")):
        # A text box stands in a paragraph, and has paragraphs of its own.
        own = (one for one in paragraph.iter() if next(one.iterancestors(qn("w:p")), None) is paragraph)
        text = "".join(_texts(one for one in own if one not in inside))
        if text.strip():
            yield paragraph, text


def titles_of(control: Any) -> dict[str, str]:
    """Return what a drop-down list offers: what people read, and how the case writes it."""
    items = control.iterfind(f"{qn('w:sdtPr')}/{qn('w:dropDownList')}/{qn('w:listItem')}")
    pairs = ((one.get(qn("w:displayText")), one.get(qn("w:value"))) for one in items)
    return {title or name: name for title, name in pairs if name}


def _texts(elements: Iterable[Any]) -> Iterator[str]:
    for one in elements:
        if one.tag == qn("w:t"):
            yield one.text or ""
        elif one.tag in {qn("w:br"), qn("w:cr"), qn("w:p")}:
            yield "\n"
        elif one.tag == qn("w:tab"):
            yield "\t"


def _control(tag: str, title: str, kind: Any, text: str, *, is_empty: bool = True) -> Any:
    control = OxmlElement("w:sdt")
    properties = OxmlElement("w:sdtPr")
    if title:
        properties.append(_value("w:alias", title))
    properties.append(_value("w:tag", tag))
    properties.append(_value("w:lock", "sdtLocked"))
    if is_empty:
        properties.append(OxmlElement("w:showingPlcHdr"))
    properties.append(kind)
    content = OxmlElement("w:sdtContent")
    run = OxmlElement("w:r")
    if is_empty:
        style = OxmlElement("w:rPr")
        style.append(_value("w:rStyle", PLACEHOLDER))
        run.append(style)
    words = OxmlElement("w:t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    content.append(run)
    control.append(properties)
    control.append(content)
    return control


def _value(name: str, value: str) -> Any:
    element = OxmlElement(name)
    element.set(qn("w:val"), value)
    return element


MADE_TAG = "form"
CHOOSE, WRITE = N_("Choose here"), N_("Write here")
HOW_SURE = N_("How sure?")
_TITLE = 60
"""Word allows 64 characters for the name of a field."""

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
        self.slots: dict[str, list[int]] = {}
        """Question: the first and the last number of an entry for which there are fields."""
        self.entries: dict[str, list[str]] = {}

    def content(self) -> bytes:
        self._set_up()
        self._start()
        for part in self.form.parts:
            self._part(part)
        body: Any = self.document.element.body
        fields = [control for _tag, control in controls(body)]
        texts = sorted({mark_of(text) for _line, text in texts_beside(body, fields)})
        noted = {
            "questions": self.questions,
            "lists": self.lists,
            "entries": self.entries,
            "slots": self.slots,
            "texts": texts,
        }
        self._add(self.document.add_paragraph(), hidden_text(MADE_TAG, Made.of(self.form).text(**noted)))
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
        protection = OxmlElement("w:documentProtection")
        protection.set(qn("w:edit"), "forms")
        protection.set(qn("w:enforcement"), "1")
        settings = made.settings.element
        settings.find(qn("w:defaultTabStop")).addprevious(protection)

    def _start(self) -> None:
        form, made = self.form, self.document
        made.add_heading(_("Questions for: {who}", who=form.role_title), 0)
        self._small(made.add_paragraph(), made_from(form))
        if form.case_id is not None:
            made.add_paragraph().add_run(about_case(form)).bold = True
        for text in how_to("document"):
            made.add_paragraph(text, style="List Bullet")
        table = self._table()
        for key, words in first_fields(form):
            row = table.add_row()
            _first(row.cells[0]).add_run(words).bold = True
            tag, title = f"start.{key}", words[:_TITLE]
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
            choices = [(one, one) for one in (self.form.words.no_entries, self.form.words.not_known)]
            control = list_field(f"list.{len(self.lists)}", part.title[:_TITLE], choices, _(CHOOSE))
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
            self._questions(asked, number)

    def _questions(self, questions: tuple[Question, ...], number: int) -> None:
        if not questions:
            return
        table = self._table()
        head = table.add_row()
        for cell, words in zip(head.cells, (_("Question"), _("Answer")), strict=True):
            _first(cell).add_run(words).bold = True
        _repeats(head)
        for one in questions:
            row = table.add_row()
            _stays_whole(row)
            self._words(row.cells[0], one)
            self._fields(row.cells[1], one, f"{len(self.questions)}.{number}")
            self.questions.append((one.name, [name for name, _title in one.choices if one.kind == "several"]))
            self.slots[one.name] = [self.slots.get(one.name, [number])[0], number]

    def _words(self, cell: _Cell, one: Question) -> None:
        _first(cell).add_run(one.text).bold = True
        if one.only_if:
            cell.add_paragraph().add_run(one.only_if).italic = True
        for text in one.notes:
            self._small(cell.add_paragraph(), text)

    def _fields(self, cell: _Cell, one: Question, lead: str) -> None:
        title, answer = one.text[:_TITLE], f"{lead}.a"
        said = self.form.words
        field: Any
        match one.kind:
            case "one":
                field = list_field(answer, title, [*one.choices, (NOT_KNOWN, said.not_known)], _(CHOOSE))
            case "several":
                for number, (_name, words) in enumerate(one.choices):
                    line = _first(cell) if number == 0 else cell.add_paragraph()
                    self._add(line, box(f"{lead}.o{number}", words[:_TITLE]))
                    line.add_run(f" {words}")
                whole = [(word, word) for word in (said.none_of_these, said.not_known)]
                field = list_field(answer, title, whole, _("Choose here if none applies"))
            case "date":
                field = self._date(answer, title)
            case "integer" | "text":
                field = text_field(answer, title, _(WRITE))
        self._add(cell.add_paragraph() if one.kind == "several" else _first(cell), field)
        line = cell.add_paragraph()
        self._small(line, f"{_(HOW_SURE)} ")
        sure = [(word, word) for word in (said.unsure, said.not_known)]
        self._add(line, list_field(f"{lead}.m", _(HOW_SURE), sure, _(CHOOSE)))

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


def _repeats(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 (the library has no name for it)


def _stays_whole(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 (the library has no name for it)
