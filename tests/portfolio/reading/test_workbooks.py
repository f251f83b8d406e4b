"""Tables that are joined by the case, workbooks, templates that were filled in, and registers."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from polars.testing import assert_frame_equal

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import in_language
from risk_engine.files.office_files import Bounds
from risk_engine.model.criteria import Criteria
from risk_engine.office.register.folder import known_case_folder
from risk_engine.portfolio.reading.propose import as_file, propose
from risk_engine.portfolio.reading.tables import open_table
from risk_engine.portfolio.reading.template import template
from tests.engine.test_program import LOAN_RULES
from tests.office.register.filing import CASE_ID, case_file, filed
from tests.office.register.test_add import LONGER
from tests.portfolio.reading.tables_of_cases import all_of, cell, drawn, reasons, write_csv
from tests.strategies import one_in

CRITERIA = LOAN_RULES.criteria
MIB = 1024 * 1024


def related_rows(stated: pl.DataFrame, criteria: Criteria) -> dict[str, list[dict[str, Any]]]:
    """Return cases as rows of a table for each entity: what a person writes into each cell."""
    found: dict[str, list[dict[str, Any]]] = {"cases": [], "controls": []}
    for case in stated.to_dicts():
        key = {"case": case["case"]}
        row = {name: case[name] for name in ("case", "title", "assessment_date")}
        for name, entity in criteria.entities.items():
            rows = found.setdefault(name, [])
            if entity.many is None:
                rows.append({**key, **{short: case[f"{name}.{short}"] for short in entity.facts}})
            else:
                row[name] = "none" if case[name] == [] else None
                rows += [{**key, **one} for one in case[name] or ()]
        found["cases"].append(row)
        for control in case["controls"]:
            about = {**key, "id": control["id"], "status": control["status"]}
            found["controls"] += [{**about, **one} for one in control["evidence"]] or [about]
    return found


def typed(value: Any) -> Any:
    """Return a value as a person leaves it in a workbook: days are days, numbers numbers, all else is text."""
    return value if isinstance(value, date | int) and not isinstance(value, bool) else cell(value) or None


def headers(sheet: Any) -> dict[str, Any]:
    return {one.value: one for one in sheet[1]}


def fill(book: Workbook, rows: dict[str, list[dict[str, Any]]]) -> None:
    for name, lines in rows.items():
        sheet = book[name]
        heads = headers(sheet)
        for number, line in enumerate(lines, 2):
            for header, value in line.items():
                if (said := typed(value)) is not None:
                    sheet.cell(number, heads[header].column).value = said


@one_in(20, 2)
@given(data=st.data())
def test_what_is_filled_into_a_template_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    stated = drawn(data, LOAN_RULES)
    path = tmp_path_factory.mktemp("book") / "cases.xlsx"
    path.write_bytes(template(CRITERIA))
    book = load_workbook(path)
    rows = related_rows(stated, CRITERIA)
    fill(book, rows)
    book.save(path)
    came = all_of(path, CRITERIA, batch=3, strict=True)
    assert came.rejected.height == 0, came.rejected
    assert_frame_equal(came.stated, stated)
    for name, lines in rows.items():
        texts = [{one: cell(value) for one, value in row.items()} for row in lines]
        write_csv(path.parent / f"{name}.csv", texts or [{"case": ""}])
    came = all_of(path.parent, CRITERIA, batch=3, strict=True)
    assert came.rejected.height == 0, came.rejected
    assert_frame_equal(came.stated, stated)


YES_NO = {"en": ("yes", "no"), "de": ("ja", "nein")}


@pytest.mark.parametrize("language", YES_NO)
def test_each_answer_that_a_template_offers_is_read_as_that_answer(tmp_path: Path, language: str) -> None:
    with in_language(language):
        (tmp_path / "cases.xlsx").write_bytes(template(CRITERIA))
    book = load_workbook(tmp_path / "cases.xlsx")
    lists = book["_lists"]
    offered = {}
    for column in range(1, lists.max_column + 1, 2):
        for name in str(lists.cell(1, column).value).split():
            rows = range(2, lists.max_row + 1)
            pairs = [(lists.cell(row, column).value, lists.cell(row, column + 1).value) for row in rows]
            offered[name] = {str(title): one for title, one in pairs if title is not None}
    assert (
        offered["loan.escorted"] == {"yes": "true", "no": "false"}
        if language == "en"
        else {"ja": "true", "nein": "false"}
    )
    assert offered["loan.shipper"]["Slow Boat & Sons"] == "SLOWBOAT"
    for number, (said, meant) in enumerate(offered["loan.swap"].items(), 2):
        book["cases"].cell(number, 1).value = book["loan"].cell(number, 1).value = f"c{number}"
        heads = headers(book["loan"])
        book["loan"].cell(number, heads["swap"].column).value = said
        assert meant
    book.save(tmp_path / "cases.xlsx")
    came = all_of(tmp_path / "cases.xlsx", CRITERIA)
    assert came.stated["loan.swap"].to_list() == list(offered["loan.swap"].values())


def test_a_template_explains_itself_and_asks_each_question_where_it_is_answered() -> None:
    book = load_workbook(io.BytesIO(template(CRITERIA)))
    assert book.sheetnames == ["README", "cases", "loan", "borrower", "artwork", "controls", "_lists"]
    heads = headers(book["artwork"])
    assert list(heads)[:3] == ["case", "id", "called"]
    assert "Which poisons or hazards does it hold?" in heads["hazards"].comment.text
    assert "radium: Radium paint" in heads["hazards"].comment.text
    ranges = {str(one.sqref): one for one in book["artwork"].data_validations.dataValidation}
    column = heads["lux_hours"].column_letter
    assert (ranges[f"{column}2:{column}10001"].formula1, ranges[f"{column}2:{column}10001"].formula2) == ("0", "900000")


def book_of(
    path: Path, rows: Sequence[Sequence[Any]], change: Callable[[Workbook], object] = lambda _book: None
) -> Path:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    change(book)
    book.save(path)
    return path


def test_cells_of_a_workbook_are_what_they_show(tmp_path: Path) -> None:
    path = book_of(
        tmp_path / "cases.xlsx",
        [
            ["case", "title", "loan.months", "loan.opens_on", "loan.escorted", "loan.story"],
            [1, "a", 8.0, datetime(2027, 1, 31), True, 5],  # noqa: DTZ001
            [2, "b", 8.5, datetime(2027, 1, 31, 10), 1, "c"],  # noqa: DTZ001
            [None] * 6,
            [3, "c", 8, date(2027, 1, 31), None, None],
        ],
    )
    came = all_of(path, CRITERIA)
    assert came.stated.select("case", "loan.months", "loan.opens_on", "loan.escorted", "loan.story").rows() == [
        ("1", 8, date(2027, 1, 31), True, "5"),
        ("3", 8, date(2027, 1, 31), None, None),
    ]
    assert [(row, column) for row, column, _value, _reason in reasons(came)] == [
        (3, "loan.months"),
        (3, "loan.opens_on"),
        (3, "loan.escorted"),
    ]


def test_a_formula_counts_by_what_it_came_to_and_is_refused_where_the_file_does_not_keep_that(tmp_path: Path) -> None:
    path = book_of(
        tmp_path / "cases.xlsx",
        [["case", "loan.months", "loan.story"], ["A", "=4+4", "fan"], ["B", 8, "#N/A"], ["C", 8, "fan"]],
        lambda book: setattr(book.worksheets[0]["C3"], "data_type", "e"),
    )
    came = all_of(path, CRITERIA)
    assert came.stated["case"].to_list() == ["C"]
    assert reasons(came) == [
        (2, "loan.months", "=4+4", "it is a formula, and the file does not keep what it comes to; write the value"),
        (3, "loan.story", "#N/A", "it is an error of the spreadsheet"),
    ]
    kept = tmp_path / "kept.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(kept, "w") as new:
        for one in old.namelist():
            new.writestr(one, re.sub(rb"</f><v ?/>|</f><v></v>", b"</f><v>8</v>", old.read(one)))
    assert all_of(kept, CRITERIA).stated["case"].to_list() == ["A", "C"]


@pytest.mark.parametrize("most", [8, pytest.param(512, marks=pytest.mark.nightly)])
def test_a_workbook_that_would_unfold_to_too_much_is_refused(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if most != 512:  # as it is shipped
        bounds = Bounds(packed=MIB, unpacked=most * MIB, parts=2_000, tags=1_000)
        monkeypatch.setattr("risk_engine.portfolio.reading.workbook._BOUNDS", bounds)
    path = tmp_path / "cases.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "x")
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _number in range(most + 1):
                part.write(bytes(MIB))
    with pytest.raises(RiskEngineError, match=f"unpacked, the file is larger than {most} MiB"):
        all_of(path, CRITERIA)
    path.write_bytes(b"no workbook")
    with pytest.raises(RiskEngineError, match="the file is damaged"):
        all_of(path, CRITERIA)


def test_cells_beside_a_table_and_sheets_that_are_not_read_are_told(tmp_path: Path) -> None:
    path = book_of(
        tmp_path / "cases.xlsx",
        [["case", "loan.months", None], ["A", 8, "?"], ["B", 8, None]],
        lambda book: book.create_sheet("Notes"),
    )
    came = all_of(path, CRITERIA)
    assert came.stated["case"].to_list() == ["B"]
    assert reasons(came)[0][3] == "C: a cell beside the table"
    assert came.notes == ("cases.xlsx: sheets that are not read: Notes",)


def test_the_table_of_a_workbook_is_the_first_sheet_that_is_seen_and_marks_of_cells_stay_inside(tmp_path: Path) -> None:
    def hide_first(book: Workbook) -> None:
        book.create_sheet("Lists", 0).sheet_state = "hidden"

    path = book_of(tmp_path / "cases.xlsx", [["case", "Swap"], ["A", "=1+1"], ["B", "Hard"]], hide_first)
    came = all_of(path, CRITERIA)
    assert came.stated["case"].to_list() == ["A", "B"]
    proposal = propose(open_table(path), CRITERIA)
    assert "\0" not in as_file(proposal, CRITERIA, path.name, None, 1)
    (guess,) = (one for one in proposal.guesses if one.to == "loan.swap")
    assert guess.unread == ("=1+1",)


def write_tables(folder: Path, **tables: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text.replace(" ", ""), "utf-8")
    return folder


def test_what_is_wrong_in_a_table_about_an_entity_rejects_its_case_and_no_other(tmp_path: Path) -> None:
    folder = write_tables(
        tmp_path,
        cases="case,title,artwork\nA,a,none\nB,b,\nC,c,none\nD,d,\nE,e,\n",
        borrowers="case,id,damages\nB,one,x\nA,one,1\nA,two,2\nZ,one,1\n,one,1\n",
        artwork="case,material\nC,stone\nD,stone\nD,paper\n",
        loan="case,months\nA,8\nE,8\nE,9\n",
        notes="case\nA\n",
    )
    came = all_of(folder, CRITERIA, batch=2)
    assert came.stated["case"].to_list() == ["A", "D"]
    first, last = came.stated.to_dicts()
    assert first["loan.months"] == 8
    assert [one["damages"] for one in first["borrower"]] == [1, 2]
    assert first["artwork"] == []
    assert [(one["id"], one["material"]) for one in last["artwork"]] == [("artwork-1", "stone"), ("artwork-2", "paper")]
    assert last["borrower"] is None
    assert sorted(came.rejected.select("table", "row", "column", "value").rows()) == [
        ("borrowers", 2, "damages", "x"),
        ("borrowers", 5, "case", "Z"),
        ("borrowers", 6, "case", ""),
        ("cases", 4, "artwork", "none"),
        ("loan", 4, "case", "E"),
    ]
    assert "notes" in came.notes[0]


def test_tables_that_say_one_thing_twice_are_refused(tmp_path: Path) -> None:
    folder = write_tables(tmp_path, cases="case,loan.months\nA,8\n", loan="case,months\nA,9\n")
    with pytest.raises(RiskEngineError, match=r"both state `loan.months`"):
        all_of(folder, CRITERIA)
    folder = write_tables(tmp_path / "two", cases="case\nA\n", loan="case,months\nA,9\n", loans="case,reach\nA,9\n")
    with pytest.raises(RiskEngineError, match="two tables are about `loan`"):
        all_of(folder, CRITERIA)


def test_controls_of_a_table_have_a_row_for_each_piece_of_evidence(tmp_path: Path) -> None:
    folder = write_tables(
        tmp_path,
        cases="case\nA\nB\n",
        controls="case,id,status,kind,date\nA,GUARD,verified,log,2026-01-01\nA,GUARD,verified,photo,2026-02-01\nB,GUARD,agreed,,\nB,GUARD,verified,,\n",
    )
    came = all_of(folder, CRITERIA)
    (control,) = came.stated["controls"][0]
    assert [one["kind"] for one in control["evidence"]] == ["log", "photo"]
    assert {one[3] for one in reasons(came)} == {"rows about one control state several statuses"}


def test_a_register_is_read_by_what_was_filed_last_and_what_was_altered_since_is_told(tmp_path: Path) -> None:
    register = tmp_path / "register"
    filed(register, case_file(tmp_path))
    filed(register, case_file(tmp_path, LONGER))
    came = all_of(register, CRITERIA)
    assert came.stated.select("case", "loan.months").rows() == [(CASE_ID, 9)]
    newest = known_case_folder(register, CASE_ID).of("case")[-1]
    newest.path.write_bytes(newest.path.read_bytes() + b"# seen\n")
    came = all_of(register, CRITERIA)
    assert came.stated.height == 0
    assert "altered after it was filed" in reasons(came)[0][3]
    for one in known_case_folder(register, CASE_ID).of("case"):
        one.path.unlink()
    assert all_of(register, CRITERIA).stated["loan.months"].to_list() == [9]
