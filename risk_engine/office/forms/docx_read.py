"""A document that came back, field by field; where a field stands is said by table and row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from risk_engine.files.language import _
from risk_engine.files.office_files import BROKEN
from risk_engine.office.forms.docx_write import MADE_TAG, content_of, controls, texts_beside, titles_of
from risk_engine.office.forms.returned_form import (
    Cell,
    Field,
    FormProblem,
    InvalidFormError,
    Made,
    Outside,
    ReturnedForm,
    damaged_form,
    file_error,
    form_content,
    made_from,
    mark_of,
    missing,
)

MOST_SLOTS = 10_000
"""No form has more numbers of entries."""


def read_document(path: Path) -> ReturnedForm:
    """Return what stands in the fields of a questionnaire; raise InvalidFormError where it is none, or damaged."""
    file, sha256 = form_content(path, "docx")
    try:
        body: Any = Document(file).element.body
    except BROKEN as error:
        raise damaged_form(path) from error
    found = [(tag, control) for tag, control in controls(body) if tag]
    made = next((made_from(content_of(control)) for tag, control in found if tag == MADE_TAG), None)
    if made is None or not _is_whole(made[1]):
        way_out = _("fill in the file that `risk-engine case new --format docx` writes")
        raise file_error(path, _("this document is not a questionnaire of this engine"), way_out)
    return _Reader(path, sha256, made[0], made[1], body).returned(found)


def _is_whole(noted: dict[str, Any]) -> bool:
    questions, lists, entries, slots = (noted.get(one) for one in ("questions", "lists", "entries", "slots"))
    return (
        isinstance(questions, list)
        and all(isinstance(one, list) and len(one) == 2 and isinstance(one[1], list) for one in questions)  # noqa: PLR2004 (name and options)
        and isinstance(lists, list)
        and isinstance(entries, dict)
        and all(isinstance(one, list) for one in entries.values())
        and isinstance(noted.get("texts"), list)
        and isinstance(slots, dict)
        and all(_is_range(one) for one in slots.values())
    )


def _is_range(slots: object) -> bool:
    return (
        isinstance(slots, list)
        and len(slots) == 2  # noqa: PLR2004 (the first and the last)
        and all(isinstance(one, int) and 0 <= one <= MOST_SLOTS for one in slots)
    )


class _Reader:
    def __init__(self, path: Path, sha256: str, made: Made, noted: dict[str, Any], body: Any) -> None:
        self.path = path
        self.noted = noted
        self.body = body
        self.fields: dict[Any, str] = {}
        """The controls that are fields of the form, each with the question that it belongs to."""
        self.tables = {table: number for number, table in enumerate(body.iter(qn("w:tbl")), 1)}
        self.problems: list[FormProblem] = []
        nothing = Cell(None, path.as_posix())
        self.found = ReturnedForm(path.as_posix(), sha256, made, nothing, nothing, None, nothing)
        for entity, ids in noted["entries"].items():
            self.found.entries |= {(str(entity), number): str(one) for number, one in enumerate(ids, 1)}

    def returned(self, found: list[tuple[str, Any]]) -> ReturnedForm:
        seen: set[str] = set()
        for tag, control in found:
            cell = Cell(content_of(control), self._place(control))
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
        for paragraph, text in texts_beside(self.body, self.fields):
            if mark_of(text) in self.noted["texts"]:
                continue
            row = next(paragraph.iterancestors(qn("w:tr")), None)
            beside = () if row is None else (self.fields.get(one, "") for one in row.iter(qn("w:sdt")))
            yield Outside(text, self._place(paragraph), next((one for one in beside if one), ""))

    def _missing(self, seen: set[str]) -> Iterator[FormProblem]:
        """Yield what the form had when it was made and has no more."""
        path = self.path.as_posix()
        start = ("by", "day", "remarks") if self.found.made.case_id is not None else ("by", "day", "title", "remarks")
        for key in start:
            if f"start.{key}" not in seen:
                yield missing(path, _("the field `{key}` on the first page", key=key))
        for number, entity in enumerate(self.noted["lists"]):
            if f"list.{number}" not in seen:
                yield missing(path, _("the field whether there is any `{entity}`", entity=entity))
        for number, (name, options) in enumerate(self.noted["questions"]):
            low, high = self.noted["slots"].get(name, (1, 0))
            for slot in range(low, high + 1):
                kinds = ("a", "m", *(f"o{option}" for option in range(len(options))))
                if any(f"{number}.{slot}.{kind}" not in seen for kind in kinds):
                    text = _("a field of `{name}`", name=name)
                    yield missing(
                        path, _("a field of `{name}`, entry {number},", name=name, number=slot) if slot else text
                    )

    def _take(self, tag: list[str], cell: Cell, control: Any) -> None:
        self.fields[control] = ""
        match tag:
            case ["start", "by"]:
                self.found.by = cell
            case ["start", "day"]:
                self.found.day = cell
            case ["start", "title"]:
                self.found.title = cell
            case ["start", "remarks"]:
                self.found.remarks = cell
            case ["list", number] if (entity := _item(self.noted["lists"], number)) is not None:
                self.found.lists[str(entity)] = cell
            case [number, slot, kind] if slot.isdecimal() and (one := _item(self.noted["questions"], number)):
                self._field(str(one[0]), int(slot), kind, one[1], cell, control)
            case [name] if name == MADE_TAG:
                pass  # what the form says of itself
            case _other:
                del self.fields[control]  # a field that somebody else put there: its text is outside of ours

    def _field(self, name: str, slot: int, kind: str, options: list[Any], cell: Cell, control: Any) -> None:
        self.fields[control] = name
        one = self.found.fields.setdefault((name, slot), Field())
        if kind == "m":
            one.mark = cell
        elif kind == "a":
            one.answer, one.titles = cell, titles_of(control)
        elif (option := _item(options, kind.removeprefix("o"))) is not None:
            one.options[str(option)] = cell

    def _place(self, element: Any) -> str:
        row = next(element.iterancestors(qn("w:tr")), None)
        if row is None:
            return self.path.as_posix()
        table = next(row.iterancestors(qn("w:tbl")))
        number = 1 + sum(1 for _row in row.itersiblings(qn("w:tr"), preceding=True))
        at = {"file": self.path.as_posix(), "table": self.tables[table], "row": number}
        return _("{file}: table {table}, row {row}", **at)


def _item(items: list[Any], number: str) -> Any:
    return items[int(number)] if number.isdecimal() and int(number) < len(items) else None
