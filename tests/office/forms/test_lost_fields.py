"""Sheets, rows and fields that are there twice, or no more: nobody's answer is dropped without a word."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import Workbook, load_workbook

from risk_engine.office.forms.form import (
    BOUNDS,
)
from risk_engine.report.word.fields import (
    controls,
)
from tests.cli.running import LOAN, run
from tests.office.forms.bringing import bring, data, docx, xlsx

ANSWERS = {"borrower.1.called": "Harbour", "borrower.1.seat": "NO", "loan.months": 8}
LOST = (
    "is missing: an answer may be lost\n  help: copy the answers into a new questionnaire, or take what is there with"
)


def changed(change: Callable[[Any], None]) -> str:
    """Return a filled workbook of the registrar in which somebody changed what is locked."""
    path = Path(xlsx("a.xlsx", "registrar", ANSWERS))
    book = load_workbook(path)
    change(book)
    book.save(path)
    return path.name


def row_of(sheet: Any, key: str) -> int:
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == key)


# --- twice ---


def copied_sheet(book: Any) -> None:
    again = book.copy_worksheet(book["Borrowing house"])
    again.cell(row_of(again, "borrower.seat"), 3).value = "Rift"


def copied_row(book: Any) -> None:
    sheet = book["Borrowing house"]
    row = row_of(sheet, "borrower.seat")
    for column in range(1, sheet.max_column + 1):
        sheet.cell(30, column).value = sheet.cell(row, column).value


def copied_column(book: Any) -> None:
    sheet = book["Borrowing house"]
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, 20).value = sheet.cell(row, 3).value


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("change", "what", "again", "first"),
    [
        (copied_sheet, "sheet", "Borrowing house Copy!A1", "Borrowing house!A1"),
        (copied_row, "row", "Borrowing house!C30", "Borrowing house!C8"),
        (copied_column, "column", "Borrowing house!T1", "Borrowing house!C1"),
    ],
)
def test_an_answer_that_is_there_twice_is_a_problem_with_both_addresses(
    change: Callable[[Any], None], what: str, again: str, first: str
) -> None:
    assert bring(changed(change)).err == (
        f"a.xlsx: {again}: this {what} is there twice, the other is in a.xlsx: {first}; nobody can say which one "
        f"counts\n  help: take one out; do not copy a {what}\n"
    )


# --- no more ---


def without_row(book: Any) -> None:
    book["Borrowing house"].delete_rows(row_of(book["Borrowing house"], "borrower.seat"))


def without_column(book: Any) -> None:
    book["Borrowing house"].delete_cols(5, 2)


def without_sheet(book: Any) -> None:
    book.remove(book["Borrowing house"])


def without_start(book: Any) -> None:
    book.remove(book["Start"])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (without_row, ["a.xlsx: Borrowing house: the row of `borrower.seat`"]),
        (without_column, [f"a.xlsx: Borrowing house: the column of `{one} 2`" for one in ("answer", "mark")]),
        (without_sheet, ["a.xlsx: the sheet with the questions about `borrower`"]),
        (without_start, ["a.xlsx: the first sheet"]),
    ],
)
def test_every_part_of_a_workbook_that_was_lost_is_named_and_nothing_is_taken_unless_allowed(
    change: Callable[[Any], None], lost: list[str]
) -> None:
    name = changed(change)
    refusal = bring(name, "--answered-on", "2026-11-20", into="new.yaml")
    assert refusal.code == 2
    for one in lost:
        assert f"{one} {LOST}" in refusal.err
    assert refusal.err.count("is missing: an answer") == len(lost)
    assert not Path("new.yaml").exists()
    taken = bring(name, "--answered-on", "2026-11-20", "--allow-missing", into="new.yaml")
    assert taken.code == 0, taken.err
    assert [line for line in taken.err.splitlines() if "missing" in line] == [
        f"{one} is missing: an answer may be lost" for one in lost
    ]
    assert data("new.yaml")["loan"]["months"] == 8


def lose(path: str, *tags: str) -> None:
    """Take controls out of a document, and leave the text that was in them."""
    made = Document(path)
    for tag, control in list(controls(made.element.body)):
        if tag in tags:
            content = control.find(qn("w:sdtContent"))
            for one in list(content):
                control.addprevious(one)
            control.getparent().remove(control)
    made.save(path)


@pytest.mark.usefixtures("here")
def test_every_field_of_a_document_that_was_lost_is_named() -> None:
    name = docx("a.docx", "registrar", ANSWERS)
    tags = [tag for tag, _ in controls(Document(name).element.body)]
    seat = next(tag for tag in tags if tag.endswith(".1.a") and tag != tags[0])
    lose(name, seat, "0.0.m", "list.0", "start.title", "somebody.elses")
    said = bring(name, into="new.yaml").err
    assert said.count(LOST) == 4
    for one in (
        "a.docx: the field `title` on the first page",
        "a.docx: the field whether there is any `borrower`",
        "a.docx: a field of `loan.occasion`",
        "a.docx: a field of `borrower.called`, entry 1,",
    ):
        assert f"{one} {LOST}" in said
    assert not Path("new.yaml").exists()
    assert bring(name, "--allow-missing", into="new.yaml").code == 2  # then an entry has answers, but no name
    whole = docx("b.docx", "registrar", ANSWERS)
    lose(whole, "0.0.m")
    assert bring(whole, "--allow-missing", into="new.yaml").code == 0


@pytest.mark.usefixtures("here")
def test_a_form_that_does_not_say_what_fields_it_has_is_none_of_ours() -> None:
    def forget(book: Any) -> None:
        book["_form"].delete_cols(2, 50)

    assert "this workbook is not a questionnaire of this engine" in bring(changed(forget)).err


# --- far more than a form ---


def sheet_of(parts: bytes, after: bytes = b"") -> bytes:
    begin = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return begin + parts + b"</sheetData>" + after + b"</worksheet>"


BOMBS = {
    "cells": (sheet_of(b"<row>" + b"<c/>" * 2_000_000 + b"</row>"), "far more tables and fields than are read"),
    "rows": (sheet_of(b'<row r="999999999999"><c r="A1"><v>1</v></c></row>'), "fields far outside the questionnaire"),
    "columns": (sheet_of(b'<row r="1"><c r="ZZZ1"><v>1</v></c></row>'), "fields far outside the questionnaire"),
    "many": (
        sheet_of(b"".join(b'<row r="%d"><c r="EWU%d"><v>1</v></c></row>' % (one, one) for one in range(1, 9_000))),
        "fields far outside the questionnaire",
    ),
    "joined": (
        sheet_of(b"", b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "is not a questionnaire",
    ),
}


@pytest.mark.parametrize(
    "bomb", [pytest.param(one, marks=pytest.mark.nightly) if one == "many" else one for one in BOMBS]
)
def test_a_small_workbook_that_claims_to_be_huge_takes_neither_time_nor_memory(bomb: str, here: Path) -> None:
    content, message = BOMBS[bomb]
    plain = io.BytesIO()
    Workbook().save(plain)
    with (
        zipfile.ZipFile(plain) as before,
        zipfile.ZipFile(here / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for one in before.infolist():
            is_sheet = one.filename.startswith("xl/worksheets/sheet")
            after.writestr(one.filename, content if is_sheet else before.read(one))
    assert (here / "a.xlsx").stat().st_size < 200_000
    assert len(content) < BOUNDS["xlsx"].unpacked
    tracemalloc.start()
    begin = time.process_time()
    result = run("case", "import", "a.xlsx", "--into", "case.yaml", *LOAN)
    spent, (_, most) = time.process_time() - begin, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result.code == 2
    assert message in result.err
    assert most < 150_000_000
    assert spent < 20  # far below what it took; a slow machine must not fail
