"""A case as one workbook says what the case says, and what is wrong in it is told with sheet and cell, all at once."""

import io
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.language import in_language
from risk_engine.files.plain import digest
from risk_engine.files.source import Document, parse
from risk_engine.loading.case import case_of, read_case_file
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.criteria import Criteria
from risk_engine.office.forms.book_read import book_of
from risk_engine.office.forms.book_write import case_book
from tests.cli.running import EXAMPLES, LOAN_CASE, done, refused, run
from tests.engine.builder import LOAN_DESK
from tests.strategies import Data, RuleSet, by_turns, cases_of, one_in, rule_sets

LOAN = load_criteria(str(LOAN_DESK))
LOAN_SET = ("--criteria", LOAN_DESK)


def in_any_order(value: Any) -> Any:
    """Return what is said with options in one order: in which order they stand means nothing."""
    match value:
        case dict():
            return {key: in_any_order(one) for key, one in value.items()}
        case tuple() if all(isinstance(one, str) for one in value):
            return tuple(sorted(value))
        case tuple():
            return tuple(in_any_order(one) for one in value)
        case _:
            return value


def stated(case: Any) -> str:
    """Return the digest of what a case states: of its answers, whatever form they were given in."""
    said = in_any_order(case.model_dump(exclude_none=True, by_alias=True))
    return digest({key: value for key, value in said.items() if value not in ({}, ())})


def through(criteria: Criteria, data: Data, change: Callable[[Workbook], None] = lambda _book: None) -> Any:
    """Return the document that the workbook of a case states."""
    content = case_book(criteria_in_words(criteria), data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.xlsx"
        book = load_workbook(io.BytesIO(content), rich_text=True)
        change(book)
        book.save(path)
        return book_of(path).document


CASES = [LOAN_CASE, *sorted(one for one in EXAMPLES.glob("*.yaml") if one.stem != "compare")]


@pytest.mark.parametrize("path", by_turns(CASES, len(CASES)), ids=lambda path: path.stem)
def test_each_example_comes_back_as_it_went(path: Path) -> None:
    document = parse(path.read_text("utf-8"), path.name, nulls=True)
    criteria = LOAN if path == LOAN_CASE else load_criteria("reconnect-china", document.data["assessment_date"])
    before = case_of(document, criteria)
    for language in ("en", "de"):
        with in_language(language):
            after = through(criteria, document.data)
        assert after.problems == ()
        assert stated(case_of(after, criteria)) == stated(before)


def test_options_of_which_nobody_knows_whether_they_apply_come_back_as_unknown() -> None:
    text = LOAN_CASE.read_text("utf-8")
    data = parse(text, "case.yaml", nulls=True).data
    first, *others = data["artwork"]
    asked = {**data, "artwork": ({**first, "hazards": "unknown"}, *others)}
    assert through(LOAN, asked).data["artwork"][0]["hazards"] == "unknown"


@pytest.mark.nightly
@settings(one_in(10, least=5), phases=[Phase.reuse, Phase.generate])
@given(st.data())
def test_random_cases_of_random_sets_come_back_as_they_went(data: st.DataObject) -> None:
    rules: RuleSet = data.draw(rule_sets())
    drawn = {"id": "c-1", "title": "A case", **data.draw(cases_of(rules.criteria))}
    before = case_of(Document("case", drawn, {}, ()), rules.criteria)
    after = through(rules.criteria, drawn)
    assert after.problems == ()
    assert stated(case_of(after, rules.criteria)) == stated(before)


# --- what is wrong in it ---


def fields(book: Workbook, sheet_key: str) -> tuple[Worksheet, dict[str, int], dict[str, int]]:
    """Return a sheet by what it is, with the rows of its keys and the columns of its heads."""
    (sheet,) = (one for one in book.worksheets if one["A1"].value == sheet_key)
    rows: dict[str, int] = {}
    for row in range(2, sheet.max_row + 1):
        rows.setdefault(str(sheet.cell(row, 1).value), row)
    return sheet, rows, {str(sheet.cell(1, one).value): one for one in range(2, sheet.max_column + 1)}


def enter(book: Workbook, sheet_key: str, key: str, column: int | str, value: Any, *, below: int = 0) -> str:
    """Write into the field of a question or of a table; return its place as people read it."""
    sheet, rows, columns = fields(book, sheet_key)
    cell = sheet.cell(rows[key] + below, columns[column] if isinstance(column, str) else column)
    assert not cell.protection.locked
    cell.value = value
    return f"{sheet.title}!{cell.coordinate}"


LOAN_DATA = parse(LOAN_CASE.read_text("utf-8"), "case", nulls=True).data


def wrong_in(change: Callable[[Workbook], None]) -> str:
    """Return what is said of the loan desk's case after a change of its workbook."""
    with pytest.raises(InvalidSourceError) as caught:
        case_of(through(LOAN, LOAN_DATA, change), LOAN)
    return str(caught.value)


def test_everything_that_is_wrong_is_told_at_once_with_its_sheet_and_cell() -> None:
    places: list[str] = []

    def change(book: Workbook) -> None:
        places.extend([
            enter(book, "part loan", "loan.months", 3, "many"),
            enter(book, "part loan", "loan.occasion", 3, "Disply"),
            enter(book, "part loan", "loan.opens_on", 3, "1/9/2026"),
            enter(book, "part borrower", "borrower.seat", 4, "NOO"),
            enter(book, "part artwork", "artwork.hazards/arsenic", 3, "perhaps"),
            enter(book, "part artwork", "artwork.claim", 7, "Rumoured"),
            enter(book, "controls", "record", "status", "soon"),
            enter(book, "evidence", "record", "for", "loan.colour"),
            enter(book, "evidence", "record", "date", "yesterday", below=1),
            enter(book, "case", "assessment_date", 3, "=TODAY()"),
        ])  # fmt: skip

    said = wrong_in(change)
    assert [place for place in places if f"case.xlsx: {place}: " not in said] == [], said
    assert "this entry has answers, but no name" in said
    assert "there is a formula in place of an answer" in said
    assert "`display`" in said


def test_what_is_written_beside_the_fields_or_lost_from_them_is_told() -> None:
    def change(book: Workbook) -> None:
        sheet, rows, _columns = fields(book, "part loan")
        sheet.cell(rows["loan.months"], 9).value = "about nine"
        other, its_rows, _ = fields(book, "part borrower")
        other.delete_rows(its_rows["borrower.climate"])

    said = wrong_in(change)
    assert "this stands outside the fields" in said
    assert "the row of `borrower.climate` is missing" in said


def test_a_workbook_that_is_a_questionnaire_or_none_is_no_case(tmp_path: Path) -> None:
    done("case", "new", tmp_path / "q.xlsx", *LOAN_SET, "--for", "conservator")
    assert "this workbook is not a case" in refused("assess", tmp_path / "q.xlsx", *LOAN_SET)
    (tmp_path / "x.xlsx").write_bytes(b"no workbook")
    assert "x.xlsx" in refused("assess", tmp_path / "x.xlsx", *LOAN_SET)


# --- commands ---


def test_a_case_for_several_sets_is_no_workbook(tmp_path: Path) -> None:
    said = refused("case", "export", EXAMPLES / "compare.yaml", tmp_path / "case.xlsx")
    assert "a case that is stated for several sets cannot be a workbook" in said


def filled(path: Path, change: Callable[[Workbook], None]) -> None:
    book = load_workbook(path, rich_text=True)
    change(book)
    book.save(path)


def test_a_new_workbook_is_filled_in_and_assessed_and_becomes_a_case_file(tmp_path: Path) -> None:
    file, case = tmp_path / "l-9.xlsx", tmp_path / "l-9.yaml"
    done("case", "new", file, *LOAN_SET)
    assert done("assess", file, *LOAN_SET).startswith("Still open: ")

    def fill(book: Workbook) -> None:
        enter(book, "case", "title", 3, "A fan")
        enter(book, "part loan", "loan.months", 3, 8)
        enter(book, "part loan", "loan.escorted", 3, "Not known yet")
        enter(book, "part borrower", "borrower.called", 3, "Harbour Museum")
        enter(book, "part borrower", "borrower.seat", 3, "NO")
        enter(book, "part borrower", "borrower.called", 4, "House on the Plain")
        enter(book, "part borrower", "borrower.id", 4, "plain")
        enter(book, "part artwork", "list", 3, "There are none")
        enter(book, "controls", "record", "id", "SIGN")
        enter(book, "controls", "record", "status", "implemented")
        enter(book, "evidence", "record", "for", "SIGN, borrower.plain.called, borrower.harbour-museum.seat")
        enter(book, "evidence", "record", "kind", "letter")
        enter(book, "evidence", "record", "reference", "Letter 7")
        enter(book, "evidence", "record", "date", date(2026, 2, 1))

    filled(file, fill)
    out = done("case", "import", file, "--into", case, *LOAN_SET)
    assert out == f"{file}: a new case\n"
    data = read_case_file(case).data
    assert data["title"] == "A fan"
    assert data["loan"]["months"] == 8
    assert [one["id"] for one in data["borrower"]] == ["harbour-museum", "plain"]
    assert data["artwork"] == ()
    record = {"kind": "letter", "reference": "Letter 7", "date": date(2026, 2, 1)}
    assert data["controls"] == ({"id": "SIGN", "status": "implemented", "evidence": (record,)},)
    assert data["evidence"] == ({"for": ("borrower.plain.called", "borrower.harbour-museum.seat"), **record},)
    assert case.read_text("utf-8").startswith("# A case for loan-desk")
    both = [done("assess", one, *LOAN_SET, "--format", "json") for one in (file, case)]
    assert both[0] == both[1]


def test_a_case_goes_out_is_changed_and_comes_back_with_its_comments(tmp_path: Path) -> None:
    case, file = tmp_path / "case.yaml", tmp_path / "case.xlsx"
    case.write_bytes(LOAN_CASE.read_bytes())
    done("case", "export", case, file, *LOAN_SET)
    assert run("case", "import", file, "--into", case, *LOAN_SET).err == f"{case}: nothing new\n"
    filled(file, lambda book: (enter(book, "part loan", "loan.months", 3, 9), None)[1])
    shown = done("case", "import", file, "--into", case, *LOAN_SET)
    assert shown == "loan.months: 8 -> 9\n"
    assert case.read_text("utf-8") == LOAN_CASE.read_text("utf-8").replace("months: 8", "months: 9")
    assert (tmp_path / "case.yaml.bak").read_bytes() == LOAN_CASE.read_bytes()


def test_evidence_is_entered_beside_the_cell_of_an_answer(tmp_path: Path) -> None:
    file, case = tmp_path / "l-9.xlsx", tmp_path / "l-9.yaml"
    done("case", "new", file, *LOAN_SET)
    places: list[str] = []

    def fill(book: Workbook) -> None:
        enter(book, "case", "title", 3, "A fan")
        enter(book, "part borrower", "borrower.called", 4, "Harbour Museum")  # the first column stays empty
        months = enter(book, "part loan", "loan.months", 3, 8)
        seat = enter(book, "part borrower", "borrower.seat", 4, "NO")
        empty = enter(book, "part borrower", "borrower.seat", 3, None)
        places.extend([months, seat, empty])
        sheet, _dot, cell = seat.partition("!")
        enter(book, "evidence", "record", "for", f"{months}; ='{sheet}'!$D${cell[1:]}\nborrower.harbour-museum.called")
        enter(book, "evidence", "record", "kind", "letter")
        enter(book, "evidence", "record", "reference", "Letter 7")
        enter(book, "evidence", "record", "date", date(2026, 2, 1))

    filled(file, fill)
    done("case", "import", file, "--into", case, *LOAN_SET)
    (record,) = read_case_file(case).data["evidence"]
    assert record["for"] == ("loan.months", "borrower.harbour-museum.seat", "borrower.harbour-museum.called")

    filled(file, lambda book: (enter(book, "evidence", "record", "for", places[2]), None)[1])
    said = refused("assess", file, *LOAN_SET)
    assert f"there is no answer in {places[2]}" in said
    assert "Evidence" in said
    sheet, _rows, _columns = fields(load_workbook(file), "evidence")
    assert f"such as {places[1].partition('!')[0]}!C7, or by their path" in str(sheet.cell(3, 2).value)


@pytest.mark.nightly
def test_a_control_that_comes_or_goes_with_a_workbook_is_shown_and_written_in_lines(tmp_path: Path) -> None:
    case, file = tmp_path / "case.yaml", tmp_path / "case.xlsx"
    case.write_bytes(LOAN_CASE.read_bytes())
    done("case", "export", case, file, *LOAN_SET)

    def change(book: Workbook) -> None:
        enter(book, "controls", "record", "id", "GUARD", below=2)
        enter(book, "controls", "record", "status", "implemented", below=2)
        enter(book, "evidence", "record", "for", "GUARD", below=3)
        enter(book, "evidence", "record", "kind", "rota", below=3)
        enter(book, "evidence", "record", "reference", "Rota of March", below=3)
        enter(book, "evidence", "record", "date", date(2026, 3, 1), below=3)
        for column in ("id", "status", "due"):
            enter(book, "controls", "record", column, None, below=1)

    filled(file, change)
    new = """\
  id: GUARD
  status: implemented
  evidence:
    - kind: rota
      reference: Rota of March
      date: 2026-03-01
"""
    shown = done("case", "import", file, "--into", case, *LOAN_SET)
    assert (
        shown
        == f"controls.SIGN: taken out\n  id: SIGN\n  status: planned\n  due: 2026-04-01\ncontrols.GUARD: new\n{new}"
    )
    text = case.read_text("utf-8")
    lead = "  - id" + new.replace("\n", "\n  ").removeprefix("  id").rstrip(" ")
    assert lead in text
    assert text.startswith("# A case of the loan desk")


@pytest.mark.nightly
def test_options_that_stand_in_another_order_are_no_change(tmp_path: Path) -> None:
    case, file = tmp_path / "case.yaml", tmp_path / "case.xlsx"
    text = LOAN_CASE.read_text("utf-8").replace("hazards: [arsenic]", "hazards: [radium, arsenic]")
    case.write_text(text, "utf-8")
    done("case", "export", case, file, *LOAN_SET)
    assert run("case", "import", file, "--into", case, *LOAN_SET).err == f"{case}: nothing new\n"


def test_a_workbook_does_not_write_over_what_was_changed_in_the_case_meanwhile(tmp_path: Path) -> None:
    case, file = tmp_path / "case.yaml", tmp_path / "case.xlsx"
    case.write_bytes(LOAN_CASE.read_bytes())
    done("case", "export", case, file, *LOAN_SET)
    done("case", "set", case, "loan.months", "7", *LOAN_SET)
    assert "is not as it was when" in refused("case", "import", file, "--into", case, *LOAN_SET)
    assert "loan.months: 7 -> 8" in done("case", "import", file, "--into", case, *LOAN_SET, "--prefer", "new")
    other = tmp_path / "other.yaml"
    done("case", "new", other, *LOAN_SET)
    assert "is about the case `L-2026-07`" in refused("case", "import", file, "--into", other, *LOAN_SET)
