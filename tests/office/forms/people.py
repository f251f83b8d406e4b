"""People who fill in questionnaires: they choose titles, write text and tick boxes, as far as the fields let them."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.office.forms.docx_form import (
    document,
)
from risk_engine.office.forms.form import (
    Form,
    Part,
    Question,
)
from risk_engine.office.forms.xlsx_write import workbook
from risk_engine.report.returned import (
    ENGLISH_WORDS,
    NO_ENTRIES,
    NONE_OF_THESE,
    NOT_KNOWN,
    DocumentMade,
    Words,
    made_from,
)
from risk_engine.report.word.fields import (
    W14,
    controls,
)


@dataclass(frozen=True)
class Unsure:
    """An answer that the person is not sure of."""

    value: Any


@dataclass
class Person:
    """What somebody answers: `entity.fact`, or `entity.NUMBER.fact`; NOT_KNOWN and Unsure are answers too."""

    answers: Mapping[str, Any]
    by: str | None = "A. Person"
    day: date | None = date(2026, 11, 20)
    more: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)


def part_of(form: Form, entity: str) -> Part:
    return next(one for one in form.parts if one.entity == entity)


def question_of(form: Form, name: str) -> Question:
    part = part_of(form, name.partition(".")[0])
    asked: tuple[Question, ...] = (*part.questions, *((part.label,) if part.label else ()))
    return next(one for one in asked if one.name == name)


def as_written(one: Question, value: Any, words: Words = ENGLISH_WORDS) -> dict[str, Any]:
    """Return what a person enters for an answer, by the key of the field: `` for the answer, `/option`, `mark`."""
    if isinstance(value, Unsure):
        return {**as_written(one, value.value, words), "mark": words.unsure}
    if value is NOT_KNOWN:
        return {"mark": words.not_known} if one.kind in {"integer", "date", "text"} else {"": words.not_known}
    titles = dict(one.choices)
    if one.kind == "several":
        return {f"/{option}": words.yes for option in value} or {"": words.none_of_these}
    if one.kind == "one":
        return {"": titles[str(value).lower() if isinstance(value, bool) else value]}
    return {"": value}


def _in_words(person: Person, words: Words) -> Person:
    said = {NO_ENTRIES: words.no_entries, NOT_KNOWN: words.not_known}
    return replace(person, lists={entity: said.get(one, one) for entity, one in person.lists.items()})


def fields_of(form: Form, person: Person) -> dict[tuple[str, int], Any]:
    """Return what is entered where: the key of the row and the number of the entry."""
    found: dict[tuple[str, int], Any] = {}
    for path, value in person.answers.items():
        entity, *middle, fact = path.split(".")
        name = f"{entity}.{fact}"
        for key, entered in as_written(question_of(form, name), value, form.words).items():
            place = (f"{name}|mark" if key == "mark" else f"{name}{key}", int(middle[0]) if middle else 0)
            found[place] = entered
    return found


# Making a form takes as long as reading and writing it: the few that many tests fill in are made once.
blank_workbook, blank_document = lru_cache(maxsize=16)(workbook), lru_cache(maxsize=16)(document)


def fill_workbook(form: Form, person: Person, path: Path) -> Path:
    book = load_workbook(io.BytesIO(blank_workbook(form)), rich_text=True)
    entered = fields_of(form, person)
    for sheet in book.worksheets:
        assert isinstance(sheet, Worksheet)
        fill_sheet(sheet, entered, _in_words(person, form.words))
    book.save(path)
    assert entered == {}, "a field is missing"
    return path


def fill_sheet(sheet: Worksheet, entered: dict[tuple[str, int], Any], person: Person) -> None:
    kind, _, entity = str(sheet["A1"].value).partition(" ")
    heads = {column: str(sheet.cell(1, column).value).split() for column in range(3, sheet.max_column + 1)}
    for row in range(2, sheet.max_row + 1):
        key = str(sheet.cell(row, 1).value)
        if kind == "start":
            start = {"by": person.by, "day": person.day, **person.more}
            if start.get(key) is not None:
                put(sheet, row, 3, start[key])
        elif key == "list" and entity in person.lists:
            put(sheet, row, 3, person.lists[entity])
        elif kind == "part":
            for column, (what, number, *_) in heads.items():
                place = (f"{key}|mark" if what == "mark" else key, int(number))
                if place in entered:
                    put(sheet, row, column, entered.pop(place))


def put(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    cell = sheet.cell(row, column)
    assert not cell.protection.locked, f"{cell.coordinate} is locked"
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # as if written with an apostrophe before it


def fill_document(form: Form, person: Person, path: Path) -> Path:
    made = Document(io.BytesIO(blank_document(form)))
    entered = fields_of(form, person)
    by_tag = dict(controls(made.element.body))
    noted = made_from("".join(one.text or "" for one in by_tag["form"].iter(qn("w:t"))), DocumentMade)
    assert noted is not None
    for number, (name, options) in enumerate(noted.questions):
        for slot in range(40):
            answer = entered.pop((name, slot), None)
            if answer is not None:
                write(by_tag[f"{number}.{slot}.a"], answer)
            if (mark := entered.pop((f"{name}|mark", slot), None)) is not None:
                write(by_tag[f"{number}.{slot}.m"], mark)
            for at, option in enumerate(options):
                if entered.pop((f"{name}/{option}", slot), None) is not None:
                    tick(by_tag[f"{number}.{slot}.o{at}"])
    assert entered == {}, "a field is missing"
    for key, value in {"by": person.by, "day": person.day, **person.more}.items():
        if value is not None:
            write(by_tag[f"start.{key}"], value)
    for entity, words in _in_words(person, form.words).lists.items():
        write(by_tag[f"list.{noted.lists.index(entity)}"], words)
    made.save(str(path))
    return path


def write(control: Any, value: Any) -> None:
    properties, content = control.find(qn("w:sdtPr")), control.find(qn("w:sdtContent"))
    items = [one.get(qn("w:displayText")) for one in properties.iter(qn("w:listItem"))]
    assert not items or value in items, f"{value} is not in the list"
    if (hint := properties.find(qn("w:showingPlcHdr"))) is not None:
        properties.remove(hint)
    for run in list(content):
        content.remove(run)
    run = OxmlElement("w:r")
    for number, line in enumerate(str(value).split("\n")):
        if number:
            run.append(OxmlElement("w:br"))
        text = OxmlElement("w:t")
        text.text = line
        run.append(text)
    content.append(run)


def tick(control: Any) -> None:
    control.find(f".//{{{W14}}}checked").set(f"{{{W14}}}val", "1")
    next(control.iter(qn("w:t"))).text = "☒"


__all__ = [
    "NONE_OF_THESE",
    "NOT_KNOWN",
    "NO_ENTRIES",
    "Person",
    "Unsure",
    "fill_document",
    "fill_workbook",
    "part_of",
    "question_of",
]
