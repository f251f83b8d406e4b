"""A field that holds no answer is named by its address, with what is wrong and the way out, all of them at once."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from risk_engine.files.sheets import LISTS
from risk_engine.loading.criteria import load_criteria
from risk_engine.office.forms.answers import Given, WrongError, given
from risk_engine.office.forms.export_form import form_for
from risk_engine.office.forms.form import (
    Cell as FormCell,
)
from risk_engine.office.forms.form import (
    Field,
)
from tests.cli.running import LOAN, LOAN_DESK, run
from tests.office.forms.people import Person, fill_document, fill_workbook

DESK = load_criteria(str(LOAN_DESK))


def wrong(cells: dict[str, Any], folder: Path) -> str:
    """Return what is said about a workbook of the loan desk in which these cells hold something else."""
    path = folder / "a.xlsx"
    fill_workbook(form_for(DESK, None, room=2), Person({}), path)
    book = load_workbook(path)
    for place, value in cells.items():
        sheet_name, _, address = place.partition("!")
        sheet = book[sheet_name]
        assert isinstance(sheet, Worksheet)
        cell = sheet[address]
        assert isinstance(cell, Cell)
        cell.value = value
    book.save(path)
    result = run("case", "import", path, "--into", folder / "case.yaml", *LOAN)
    assert (result.code, result.out) == (2, "")
    assert not (folder / "case.yaml").exists()
    return result.err.replace(f"{path}", "a.xlsx")


def test_every_wrong_cell_is_named_with_its_address_and_the_way_out(tmp_path: Path) -> None:
    cells = {
        "Start!C14": "yesterday",
        "The loan!C5": "An exhibtion",
        "The loan!C6": 61,
        "The loan!D7": "Unsure",
        "The loan!C9": "North wind",
        "The loan!C10": "many",
        "The loan!D10": "perhaps",
        "The loan!C13": 1.5,
        "Borrowing house!C5": "Some",
        "Borrowing house!E10": "Some",
        "Object!C6": "Vase",
        "Object!C9": "None of these",
        "Object!C10": "Yes",
        "Object!E6": " vase ",
        "Object!E11": "maybe",
    }
    assert wrong(cells, tmp_path) == (
        "a.xlsx: Start!C14: “yesterday” is no date\n"
        "  help: write it like 2026-01-31\n"
        "a.xlsx: The loan!C5: “An exhibtion” is not among the answers\n"
        "  help: did you mean “An exhibition”?\n"
        "a.xlsx: The loan!C6: 61 is not between 1 and 60\n"
        "  help: correct it, or choose “Not known yet” beside it\n"
        "a.xlsx: The loan!C7: this says “Unsure”, but there is no answer\n"
        "  help: answer, or choose “Not known yet”\n"
        "a.xlsx: The loan!C9: “North wind” is not among the answers\n"
        "  help: choose from the list, or “Not known yet”\n"
        "a.xlsx: The loan!C10: “many” is no whole number\n"
        "  help: write digits only, or choose “Not known yet” beside it\n"
        "a.xlsx: The loan!D10: “perhaps” is no mark for an answer\n"
        "  help: choose `Unsure` or `Not known yet`, or leave it empty\n"
        "a.xlsx: The loan!C13: “1.5” is not among the answers\n"
        "  help: choose from the list, or “Not known yet”\n"
        "a.xlsx: Borrowing house!E10: “Some” is no whole number\n"
        "  help: write digits only, or choose “Not known yet” beside it\n"
        "a.xlsx: Object!C9: this says “None of these”, but options are marked below it\n"
        "  help: take out one of the two\n"
        "a.xlsx: Object!E11: “maybe” does not say whether this applies\n"
        "  help: choose `Yes`, or leave it empty\n"
        "a.xlsx: Object!E6: “vase” is named already in a.xlsx: Object!C6\n"
        "  help: give each entry its own name, or answer in one place\n"
        "a.xlsx: Borrowing house!C5: “Some” is not one of `There are none` or `Not known yet`\n"
        "  help: choose one of them, or leave it empty and name the entries below\n"
    )


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"The loan!C6": "a dozen"}, "The loan!C6: “a dozen” is no whole number\n  help: write digits only, or"),
        ({"The loan!C6": "=1+1"}, "The loan!C6: there is a formula in place of an answer\n  help: write the answer"),
        pytest.param(
            {"The loan!C6": "#DIV/0!"},
            "The loan!C6: `#DIV/0!` is an error of the spreadsheet\n  help: write the",
            marks=pytest.mark.nightly,
        ),
        pytest.param(
            {"The loan!C7": "31/12/2026"},
            "The loan!C7: “31/12/2026” is no date\n  help: write it like 2026-01-31",
            marks=pytest.mark.nightly,
        ),
        (
            {"The loan!C6": 3, "The loan!D6": "not known yet"},
            "The loan!C6: this says “Not known yet” beside the answer",
        ),
    ],
)
def test_a_wrong_cell(cells: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert said in wrong(cells, tmp_path)


def keyed(folder: Path, key: str, sheet_name: str) -> int:
    """Return the row of a question."""
    path = folder / "rows.xlsx"
    fill_workbook(form_for(DESK, None, room=2), Person({}), path)
    sheet = load_workbook(path)[sheet_name]
    assert isinstance(sheet, Worksheet)
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == key)


@pytest.mark.nightly
def test_several_answers_of_one_question_must_go_together(tmp_path: Path) -> None:
    whole, option = (keyed(tmp_path, f"artwork.hazards{one}", "Object") for one in ("", "/radium"))
    label = keyed(tmp_path, "artwork.called", "Object")
    name = {f"Object!C{label}": "Vase"}
    both = wrong({**name, f"Object!C{whole}": "None of these", f"Object!C{option}": "Yes"}, tmp_path)
    assert both == (
        f"a.xlsx: Object!C{whole}: this says “None of these”, but options are marked below it\n"
        "  help: take out one of the two\n"
    )
    odd = wrong({**name, f"Object!C{option}": "maybe"}, tmp_path)
    assert f"a.xlsx: Object!C{option}: “maybe” does not say whether this applies\n  help: choose `Yes`, or" in odd
    refused = wrong({**name, f"Object!C{option}": "No"}, tmp_path)
    assert "no option is marked with `Yes`\n  help: mark one, or choose “None of these” or “Not known yet”" in refused
    free = wrong({**name, f"Object!C{whole}": "Lead"}, tmp_path)
    assert "“Lead” is not one of `None of these` or `Not known yet`\n  help: mark what applies in the lines" in free


@pytest.mark.nightly
def test_an_answer_its_mark_and_every_option_are_looked_at_whatever_is_wrong_before(tmp_path: Path) -> None:
    label, whole = (keyed(tmp_path, f"artwork.{one}", "Object") for one in ("called", "hazards"))
    options = [keyed(tmp_path, f"artwork.hazards/{one}", "Object") for one in ("arsenic", "radium")]
    cells = {f"Object!C{label}": "Vase", f"Object!C{whole}": "Lead", f"Object!D{whole}": "hm"}
    said = wrong({**cells, **{f"Object!C{row}": "maybe" for row in options}}, tmp_path)
    named = [line.partition(": “")[0] for line in said.splitlines() if not line.startswith(" ")]
    places = [f"C{options[0]}", f"C{options[1]}", f"C{whole}", f"D{whole}"]
    assert sorted(named) == sorted(f"a.xlsx: Object!{place}" for place in places)


@pytest.mark.parametrize(
    ("field", "written", "taken"),
    [
        ("C5", "display", "occasion: display"),
        pytest.param("C5", "Don’t know", "occasion: unknown", marks=pytest.mark.nightly),
        pytest.param("C6", "?", "months: unknown", marks=pytest.mark.nightly),
        pytest.param("D6", "unknown", "months: unknown", marks=pytest.mark.nightly),
        ("C7", " 1.12.2026 ", "opens_on: 2026-12-01"),
        pytest.param("C7", "do not know", "opens_on: unknown", marks=pytest.mark.nightly),
    ],
)
def test_the_words_of_the_case_file_and_usual_ones_are_understood(
    field: str, written: str, taken: str, tmp_path: Path
) -> None:
    path = fill_workbook(form_for(DESK, None, room=2), Person({}), tmp_path / "a.xlsx")
    book = load_workbook(path)
    sheet = book["The loan"]
    assert isinstance(sheet, Worksheet)
    sheet[field] = written
    book.save(path)
    result = run("case", "import", path, "--into", tmp_path / "case.yaml", *LOAN)
    assert (result.code, result.err.count("not known yet")) == (0, 0), result.err
    assert taken in (tmp_path / "case.yaml").read_text("utf-8")
    assert ("1 not known yet" in result.out) == ("unknown" in taken)


@pytest.mark.parametrize(("written", "taken"), [("NO", True), ("the  NORTH", True), ("no", False), ("Rift", False)])
def test_a_row_is_understood_by_its_id_as_it_is_spelled_and_by_its_other_names(written: str, taken: object) -> None:
    # `no` is a word of its own: only the exact id means the region.
    fact = DESK.entities["borrower"].facts["seat"]
    seat = Field(FormCell(written, "C8"))
    if taken:
        assert given(seat, fact, DESK) == Given("NO", "C8")
    else:
        with pytest.raises(WrongError, match="is not among the answers"):
            given(seat, fact, DESK)


@pytest.mark.nightly
def test_an_entry_must_be_named_and_only_once(tmp_path: Path) -> None:
    label, fragile = (keyed(tmp_path, f"artwork.{one}", "Object") for one in ("called", "fragility"))
    nameless = wrong({f"Object!E{fragile}": "Brittle"}, tmp_path)
    assert nameless == (
        f"a.xlsx: Object!E{label}: this entry has answers, but no name\n  help: write which one it is\n"
    )
    twice = wrong({f"Object!C{label}": "Vase", f"Object!E{label}": " VASE "}, tmp_path)
    assert twice == (
        f"a.xlsx: Object!E{label}: “VASE” is named already in a.xlsx: Object!C{label}\n"
        "  help: give each entry its own name, or answer in one place\n"
    )


def test_a_list_with_entries_cannot_be_empty(tmp_path: Path) -> None:
    whole, label = (keyed(tmp_path, key, "Object") for key in ("list", "artwork.called"))
    both = wrong({f"Object!C{whole}": "There are none", f"Object!C{label}": "Vase"}, tmp_path)
    assert both == (
        f"a.xlsx: Object!C{whole}: this says “There are none”, but there are answers about an entry below\n"
        "  help: take out one of the two\n"
    )
    assert "“Some” is not one of `There are none` or `Not known yet`" in wrong({f"Object!C{whole}": "Some"}, tmp_path)


@pytest.mark.nightly
def test_every_option_refused_is_none_of_them(tmp_path: Path) -> None:
    rows = {f"Object!C{keyed(tmp_path, f'artwork.hazards/{one}', 'Object')}": "no" for one in ("arsenic", "radium")}
    rows[f"Object!C{keyed(tmp_path, 'artwork.hazards/nitrate', 'Object')}"] = "No"
    path = tmp_path / "b.xlsx"
    fill_workbook(form_for(DESK, None, room=2), Person({"artwork.1.called": "Vase"}), path)
    book = load_workbook(path)
    for place, value in rows.items():
        sheet = book["Object"]
        assert isinstance(sheet, Worksheet)
        sheet[place.partition("!")[2]] = value
    book.save(path)
    assert run("case", "import", path, "--into", tmp_path / "case.yaml", *LOAN).code == 0
    assert "hazards: []" in (tmp_path / "case.yaml").read_text("utf-8")


def test_a_wrong_field_of_a_document_is_named_by_table_and_row(tmp_path: Path) -> None:
    answers = {"loan.months": 99, "loan.opens_on": "soon", "artwork.1.fragility": "brittle"}
    path = fill_document(form_for(DESK, None, room=2), Person(answers, day="tomorrow"), tmp_path / "a.docx")  # type: ignore[arg-type]
    result = run("case", "import", path, "--into", tmp_path / "case.yaml", *LOAN)
    assert result.err.replace(f"{path}", "a.docx") == (
        "a.docx: table 1, row 2: “tomorrow” is no date\n"
        "  help: write it like 2026-01-31\n"
        "a.docx: table 2, row 3: 99 is not between 1 and 60\n"
        "  help: correct it, or choose “Not known yet” beside it\n"
        "a.docx: table 2, row 4: “soon” is no date\n"
        "  help: write it like 2026-01-31\n"
        "a.docx: table 7, row 2: this entry has answers, but no name\n"
        "  help: write which one it is\n"
    )


def test_titles_are_read_whatever_the_version_calls_them_now(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    fill_workbook(form_for(DESK, None, room=2), Person({}), path)
    book = load_workbook(path)
    lists, loan = book[LISTS], book["The loan"]
    assert isinstance(lists, Worksheet)
    assert isinstance(loan, Worksheet)
    for row in lists.iter_rows():
        for cell in row:
            if isinstance(cell, Cell) and cell.value == "An exhibition":
                cell.value = "A show"
    loan["C5"] = "a  SHOW"
    book.save(path)
    assert run("case", "import", path, "--into", tmp_path / "case.yaml", *LOAN).code == 0
    assert "occasion: display" in (tmp_path / "case.yaml").read_text("utf-8")


@pytest.mark.nightly
def test_of_forms_that_were_filled_in_after_the_day_of_the_case_it_is_said_once_what_that_means(here: Path) -> None:
    form = form_for(DESK, "registrar", room=2)
    for name, day in (("a.xlsx", date(2026, 3, 2)), ("b.xlsx", date(2026, 3, 20)), ("c.xlsx", date(2026, 3, 9))):
        fill_workbook(form, Person({"loan.months": 8}, day=day), here / name)
    assert "after the day" not in run("case", "import", "a.xlsx", "--into", "case.yaml", *LOAN).err
    result = run("case", "import", "b.xlsx", "c.xlsx", "--into", "case.yaml", *LOAN)
    assert (
        "filled in after the day of the case, 2026-03-02: b.xlsx (2026-03-20), c.xlsx (2026-03-09); "
        "the answers count all the same\n"
        "  help: where rules and tables of that day are to hold, "
        "`risk-engine case set case.yaml assessment_date 2026-03-20`\n"
    ) in result.err
    assert "the answers count all the same" in run("case", "check", "case.yaml", *LOAN).out
    again = run("case", "import", "b.xlsx", "c.xlsx", "--into", "case.yaml", *LOAN)
    assert again.err == "case.yaml: nothing new\n"


def test_a_date_long_after_the_day_of_the_case_is_a_slip(here: Path) -> None:
    form = form_for(DESK, "registrar", room=2)
    fill_workbook(form, Person({"loan.months": 8}, day=date(2126, 11, 20)), here / "a.xlsx")
    command = ("case", "import", "a.xlsx", "--into")
    result = run(*command, "case.yaml", *LOAN)
    assert result.code == 2
    assert result.err == (
        "a.xlsx: Start!C14: filled in on 2126-11-20, more than a year after the day of the case, 2026-03-02\n"
        "  help: correct it; if it is right, give the case a new `assessment_date:`, or name the day with `--on`\n"
    )
    assert run(*command, "new.yaml", *LOAN, "--on", "2125-11-18").code == 2
    assert run(*command, "new.yaml", *LOAN, "--on", "2125-11-19").code == 0
