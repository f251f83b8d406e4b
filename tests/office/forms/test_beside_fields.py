"""Text beside the fields: it is nobody's answer, and it is not lost; it is named, and the notes of the case keep it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook

from risk_engine.report.word.fields import (
    controls,
    text_field,
)
from tests.office.forms.bringing import bring, data, docx, xlsx
from tests.strategies import by_turns

ANSWERS = {"borrower.1.called": "Harbour", "borrower.1.seat": "NO", "loan.months": 8}
WHAT = "text outside the fields, no answer"
WHO = "A. Person, 2026-11-20: text outside the fields, no answer"


@pytest.mark.usefixtures("here")
def test_notes_beside_the_fields_of_a_workbook_are_named_and_kept() -> None:
    name = xlsx("a.xlsx", "registrar", ANSWERS)
    book: Any = load_workbook(name)
    book["The loan"]["F6"] = "ask  Ann"
    book["The loan"]["B6"] = "How many weeks?"
    book["Borrowing house"]["C40"] = 17
    book.create_sheet("More")["B2"] = "see my mail"
    book.save(name)
    result = bring(name, into="new.yaml")
    assert result.code == 0, result.err
    places = {
        "The loan!B6": "How many weeks?",
        "The loan!F6": "ask Ann",
        "Borrowing house!C40": "17",
        "More!B2": "see my mail",
    }
    assert [line for line in result.err.splitlines() if WHAT in line] == [
        f"a.xlsx: {place}: {WHAT}: “{text}”" for place, text in places.items()
    ]
    assert data("new.yaml")["notes"].splitlines() == [f"a.xlsx, {WHO}: “{text}”" for text in places.values()]
    assert bring(name, into="new.yaml").err.endswith("new.yaml: nothing new\n")


def after_all(made: Any) -> None:
    made.add_paragraph("PS: the  fan is new.")


def second_line(made: Any) -> None:
    cell = made.tables[1].cell(1, 1)
    cell.add_paragraph("PS: the fan is new.")


def behind_the_field(made: Any) -> None:
    made.tables[1].cell(1, 1).paragraphs[0].add_run("PS: the fan is new.")


def more_rows(made: Any) -> None:
    made.tables[1].add_row().cells[0].text = "PS: the fan is new."


def field_of_somebody(made: Any) -> None:
    made.add_paragraph()._p.append(text_field("somebody.elses", "x", "PS: the fan is new."))  # noqa: SLF001


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("change", "where"),
    [
        (after_all, ""),
        (second_line, ": table 2, row 2"),
        (behind_the_field, ": table 2, row 2"),
        pytest.param(more_rows, ": table 2, row ", marks=pytest.mark.nightly),
        pytest.param(field_of_somebody, "", marks=pytest.mark.nightly),
    ],
)
def test_text_beside_the_fields_of_a_document_is_named_and_kept(change: Callable[[Any], None], where: str) -> None:
    name = docx("a.docx", "registrar", ANSWERS)
    made = Document(name)
    change(made)
    made.save(name)
    result = bring(name, into="new.yaml")
    assert result.code == 0, result.err
    (said,) = [line for line in result.err.splitlines() if WHAT in line]
    assert said.startswith(f"a.docx{where}")
    assert said.endswith(f": {WHAT}: “PS: the fan is new.”")
    assert data("new.yaml")["notes"] == f"a.docx, {WHO}: “PS: the fan is new.”"
    assert data("new.yaml")["loan"]["months"] == 8


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("fill", by_turns([docx, xlsx], 2))
def test_a_form_that_was_only_filled_in_has_no_text_beside_its_fields(fill: Callable[..., str]) -> None:
    name = fill(f"a.{fill.__name__}", None, {"loan.months": 6}, known=True)
    assert WHAT not in bring(name).err


@pytest.mark.nightly
@pytest.mark.usefixtures("here")
def test_text_beside_a_confidential_question_is_named_but_not_copied_into_the_notes() -> None:
    name = xlsx("a.xlsx", None, ANSWERS)
    book: Any = load_workbook(name)
    sheet = book["Borrowing house"]
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "borrower.damages")
    sheet.cell(row, 90).value = "a broken vase"
    book.save(name)
    result = bring(name, into="new.yaml")
    assert f"{WHAT}: “a broken vase”" in result.err
    assert data("new.yaml")["notes"] == f"a.xlsx, {WHO}: (confidential)"


@pytest.mark.usefixtures("here")
def test_what_stood_in_a_field_that_was_lost_may_be_confidential() -> None:
    name = docx("a.docx", None, {**ANSWERS, "borrower.1.damages": "a broken vase"})
    made = Document(name)
    control = next(
        one
        for _, one in controls(made.element.body)
        if "a broken vase" in "".join(t.text or "" for t in one.iter(qn("w:t")))
    )
    for one in list(control.find(qn("w:sdtContent"))):
        control.addprevious(one)
    control.getparent().remove(control)
    made.save(name)
    result = bring(name, "--allow-missing", into="new.yaml")
    assert (result.code, f"{WHAT}: “a broken vase”" in result.err) == (0, True), result.err
    assert "broken" not in Path("new.yaml").read_text("utf-8")
    assert f"{WHO}: (confidential)" in data("new.yaml")["notes"]
