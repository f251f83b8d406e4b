"""What a person meets who opens a questionnaire: lists, help, locked words, pages that can be printed."""

import io
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.files.sheets import LISTS
from risk_engine.files.source import parse
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.case import case_model
from risk_engine.office.forms.docx_form import (
    document,
)
from risk_engine.office.forms.export_form import Known, form_for
from risk_engine.office.forms.xlsx_write import MADE, workbook
from risk_engine.report.word.fields import (
    controls,
)
from tests.cli.running import LOAN_CASE, LOAN_DESK
from tests.strategies import by_turns
from tests.versions import newest

DESK = load_criteria(str(LOAN_DESK))
FULL = newest("reconnect-china")


@pytest.fixture(scope="module")
def book() -> Workbook:
    return load_workbook(io.BytesIO(workbook(form_for(FULL, "researcher"))))


def sheet_of(book: Workbook, title: str) -> Worksheet:
    sheet = book[title]
    assert isinstance(sheet, Worksheet)
    return sheet


def rule_of(sheet: Worksheet, address: str) -> Any:
    return next(one for one in sheet.data_validations.dataValidation if address in one.sqref)


def row_of(sheet: Worksheet, key: str) -> int:
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == key)


@pytest.mark.nightly
def test_a_long_list_is_chosen_from_a_hidden_locked_sheet_by_titles(book: Workbook) -> None:
    partner = sheet_of(book, "Partner organisation")
    rule = rule_of(partner, f"C{row_of(partner, 'partner.country')}")
    assert rule.type == "list"
    sheet_name, _, area = rule.formula1.partition("!")
    assert sheet_name.strip("'") == LISTS
    titles = [row[0].value for row in sheet_of(book, LISTS)[area.replace("$", "")]]
    assert len(titles) == len(FULL.tables["countries"].rows) + 1
    assert "Germany" in titles
    assert titles[-1] == "Not known yet"
    assert book[LISTS].sheet_state == book[MADE].sheet_state == "hidden"


def test_what_counts_as_a_yes_to_a_first_question_stands_in_its_cell(book: Workbook) -> None:
    for title, key, is_first in (
        ("First questions", "first_look.leaves", True),
        ("Partner organisation", "partner.country", False),
    ):
        sheet = sheet_of(book, title)
        cell = sheet.cell(row_of(sheet, key), 2)
        told = " ".join((FULL.fact(key).help or "").split())
        assert cell.comment is not None
        assert told in cell.comment.text
        assert (told in f"{cell.value}") == is_first


def test_everything_but_the_fields_is_locked(book: Workbook) -> None:
    assert book.security is not None
    assert book.security.lockStructure
    for sheet in book.worksheets:
        assert isinstance(sheet, Worksheet)
        assert sheet.protection.sheet
        for row in sheet.iter_rows(max_col=2):
            assert all(cell.protection.locked for cell in row)
        if sheet.sheet_state == "visible":
            assert sheet.column_dimensions["A"].hidden
            assert sheet.row_dimensions[1].hidden
    cooperation = sheet_of(book, "Cooperation")
    assert not cooperation[f"C{row_of(cooperation, 'collaboration.start')}"].protection.locked


def test_help_is_a_comment_and_what_can_be_entered_is_checked_by_kind(book: Workbook) -> None:
    technology = sheet_of(book, "Technology or topic")
    row = row_of(technology, "technology.trl")
    comment = technology.cell(row, 2).comment
    assert comment is not None
    assert comment.text.startswith("A whole number from 1 to 9.")
    rule = rule_of(technology, f"C{row}")
    assert (rule.type, rule.operator, rule.formula1, rule.formula2) == ("whole", "between", "1", "9")
    assert rule.showErrorMessage
    cooperation = sheet_of(book, "Cooperation")
    row = row_of(cooperation, "collaboration.start")
    assert rule_of(cooperation, f"C{row}").type == "date"
    assert cooperation.cell(row, 3).number_format == "yyyy-mm-dd"
    assert rule_of(cooperation, f"D{row}").type == "list"


def test_a_sheet_prints_on_a4_with_its_head_on_every_page(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert isinstance(sheet, Worksheet)
        if sheet.sheet_state == "visible":
            assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
            assert sheet.sheet_properties.pageSetUpPr is not None
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
    partner = sheet_of(book, "Partner organisation")
    assert partner.page_setup.orientation == "landscape"
    assert partner.print_title_rows
    assert partner.freeze_panes == f"C{row_of(partner, 'partner.name')}"


def test_sheets_get_names_that_excel_allows() -> None:
    entities = {
        name: one.model_copy(update={"title": title})
        for (name, one), title in zip(
            DESK.entities.items(),
            ("Start", "A very long/title: of [what] is *borrowed*?", "a very long title of what is"),
            strict=True,
        )
    }
    odd = DESK.model_copy(update={"entities": entities})
    names = load_workbook(io.BytesIO(workbook(form_for(odd, None, room=1)))).sheetnames
    assert names == [
        "Start",
        "Start 2",
        "A very long title of what is bo",
        "a very long title of what is",
        LISTS,
        MADE,
    ]


HOSTILE = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "</w:t><b>", "\u202etxt.exe", "x" * 40_000, "a\nb")


@pytest.mark.parametrize("name", by_turns(HOSTILE, 4), ids=range(len(HOSTILE)))
def test_hostile_names_are_text_and_nothing_else(name: str) -> None:
    stated = parse(LOAN_CASE.read_text("utf-8"), "case.yaml").data
    stated["borrower"] = ({**stated["borrower"][0], "called": name},)
    stated["title"] = name
    known = Known(case_model(DESK).model_validate(stated))
    form = form_for(DESK, "conservator", known=known, room=1)
    book = load_workbook(io.BytesIO(workbook(form)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    shown = " ".join(name.split())[:100]
    assert any(shown in str(cell.value) for cell in cells)
    made = Document(io.BytesIO(document(form)))
    assert shown in "\n".join(line.text for line in made.paragraphs)


def test_a_document_has_lists_boxes_and_locked_words() -> None:
    made = Document(io.BytesIO(document(form_for(FULL, "researcher", room=1))))
    found = dict(controls(made.element.body))
    assert all(len(tag) <= 64 for tag in found)
    kinds = {child.tag.rpartition("}")[2] for one in found.values() for child in one.find(qn("w:sdtPr"))}
    assert {"dropDownList", "date", "text", "checkbox"} <= kinds
    protection = made.settings.element.find(qn("w:documentProtection"))
    assert protection is not None
    assert protection.get(qn("w:edit")) == "forms"
    assert all(one.find(f"{qn('w:sdtPr')}/{qn('w:lock')}") is not None for one in found.values())
    countries = max(len(list(one.iter(qn("w:listItem")))) for one in found.values())
    assert countries == len(FULL.tables["countries"].rows) + 1


def test_help_stands_in_a_document_where_everybody_sees_it() -> None:
    made = Document(io.BytesIO(document(form_for(DESK, None, room=1))))
    text = "\n".join(cell.text for table in made.tables for row in table.rows for cell in row.cells)
    for words in (
        "Look into the file, not into the mail.",
        "What would prove it: The contract",
        "Only if “What is it made of?” is one of “Paper”, “Textile”.",
        "A whole number from 1 to 60.",
    ):
        assert words in text


def test_entries_of_a_case_head_their_own_tables_in_a_document() -> None:
    known = Known(load_case(LOAN_CASE, DESK))
    made = Document(io.BytesIO(document(form_for(DESK, "conservator", known=known, room=1))))
    heads = [line.text for line in made.paragraphs if line.style and line.style.name == "Heading 2"]
    assert heads == [
        "Borrowing house: Harbour Museum",
        "Borrowing house: House on the Plain",
        "Borrowing house, entry 3",
        "Object: Fan with cranes",
        "Object: Portrait of a dancer",
        "Object, entry 3",
    ]


def test_the_headings_of_a_document_go_down_from_the_form_to_its_parts_and_their_entries() -> None:
    made = Document(io.BytesIO(document(form_for(DESK, "conservator", room=2))))
    headings = [(line.style.name, line.text) for line in made.paragraphs if line.style and line.style.base_style]
    found = [one for one in headings if one[0] == "Title" or one[0].startswith("Heading")]
    assert found == [
        ("Title", "Questions for: The conservator"),
        ("Heading 1", "The loan"),
        ("Heading 1", "Borrowing house"),
        ("Heading 2", "Borrowing house, entry 1"),
        ("Heading 2", "Borrowing house, entry 2"),
        ("Heading 1", "Object"),
        ("Heading 2", "Object, entry 1"),
        ("Heading 2", "Object, entry 2"),
    ]
    answers = [tag.removesuffix(".a") for tag, _ in controls(made.element.body) if tag.endswith(".a")]
    assert answers == [
        *("0.0", "1.1", "2.1", "3.1", "1.2", "2.2", "3.2"),
        *("4.1", "5.1", "6.1", "7.1", "8.1", "4.2", "5.2", "6.2", "7.2", "8.2"),
    ], "each question has a number, each entry its own"


def test_a_form_names_no_machine_and_no_folder() -> None:
    for content in (workbook(form_for(DESK, None)), document(form_for(DESK, None, room=1))):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            text = b"".join(package.read(one) for one in package.namelist())
        assert str(LOAN_DESK).encode() not in text
