"""A table as a workbook and as CSV: what a spreadsheet does to cells is read by a rule, or refused by its address."""

import csv
import io
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from risk_engine.audit.tables.edit import tables_of
from risk_engine.audit.tables.sheets import csv_of, tables_in, workbook_of
from risk_engine.audit.tables.table import Grid
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import in_language
from tests.audit.tables.sheets import every_table, made, rules_of, save, sheet_of
from tests.cli.running import LOAN_DESK, ROOT

DESK = rules_of(LOAN_DESK / "1.0.0")
SHIPPED = ROOT / "criteria" / "reconnect-china"
VERDICT = "Ladder verdict"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a workbook with a ladder of the loan desk and its controls."""
    path = tmp_path / "rules.xlsx"
    path.write_bytes(_two_tables())
    return path


@cache
def _two_tables() -> bytes:
    return workbook_of([made(DESK, "ladder:verdict"), made(DESK, "controls")])


def read(path: Path) -> Grid:
    """Return the cells of the first table in a file."""
    return tables_in(path)[0][0].grid


def refused(path: Path) -> list[str]:
    try:
        unread = [one for found in tables_in(path)[0] for one in found.unread]
    except InvalidSourceError as error:
        unread = [*error.diagnostics]
    return [f"{one.position}: {one.message}".replace(f"{path.as_posix()}", "FILE") for one in unread]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize(
    ("folder", "version"),
    [
        (LOAN_DESK / "1.0.0", "loan-desk@1.0.0"),
        pytest.param(SHIPPED, "reconnect-china@2.1.0", marks=pytest.mark.nightly),
    ],
)
def test_a_file_says_what_the_table_says(folder: Path, version: str, form: str, tmp_path: Path) -> None:
    rules = rules_of(folder)
    for number, of in enumerate(one for one in every_table(rules) if not one.startswith("severity:SEC-1")):
        table = made(rules, of)
        path = tmp_path / f"{number}.{form}"
        path.write_bytes(workbook_of([table]) if form == "xlsx" else csv_of(table).encode("utf-8-sig"))
        found, others = tables_in(path)
        assert (found[0].of, found[0].version, others) == (of, version, [])
        grid = found[0].grid
        assert [grid.text(2, column) for column in range(1, 1 + len(table.columns))] == [
            one.key for one in table.columns
        ]
        for row, values in enumerate(table.rows, 4):
            for column, one in enumerate(table.columns, 1):
                assert grid.text(row, column) == values.get(one.key, ""), (of, row, one.key)


def test_no_cell_is_a_formula_in_either_form(book: Path, tmp_path: Path) -> None:
    sheet = load_workbook(book)[VERDICT]
    assert [one.coordinate for row in sheet.iter_rows() for one in row if one.data_type == "f"] == []
    hostile = rules_of(LOAN_DESK / "1.0.0")
    controls = {"EVIL": {"title": "=1+1", "do": "-x;\n@SUM(A1)", "who": "conservator", "effort": 1}}
    document = hostile.documents["controls.yaml"]
    object.__setattr__(document, "data", controls)
    table = made(hostile, "controls")
    path = tmp_path / "evil.csv"
    text = csv_of(table)
    path.write_text(text, "utf-8")
    written = next(row for row in csv.reader(io.StringIO(text)) if row[0] == "EVIL")
    assert written[1:3] == ["'=1+1", "'-x;'\n'@SUM(A1)"]
    assert read(path).text(4, 2) == "=1+1"
    assert read(path).text(4, 3) == "-x;\n@SUM(A1)"
    path = tmp_path / "evil.xlsx"
    path.write_bytes(workbook_of([table]))
    assert read(path).text(4, 2) == "=1+1"


def test_drop_downs_offer_options_and_the_head_says_what_they_mean(book: Path) -> None:
    sheet, columns = sheet_of(book, VERDICT)
    level = sheet.cell(3, columns["level"])
    assert "refuse: Refuse" in str(level.comment.text if level.comment else "")
    rules = sheet.data_validations.dataValidation
    assert [one.showErrorMessage for one in rules if f"{get_column_letter(columns['level'])}4" in one.sqref] == [True]
    assert [one.showErrorMessage for one in rules if "B4" in one.sqref] == [False]  # a test may say more than its list
    assert sheet.row_dimensions[1].hidden
    assert sheet.row_dimensions[2].hidden


def test_the_head_of_the_first_column_says_the_hit_policy_and_what_the_rows_leave_open(tmp_path: Path) -> None:
    path = tmp_path / "rules.xlsx"
    path.write_bytes(workbook_of(tables_of(DESK, ["severity:LAW-1"])))
    head = sheet_of(path, "Severity LAW-1")[0].cell(3, 1)
    assert str(head.comment.text if head.comment else "").splitlines() == [
        "PRIORITY: the row with the highest severity that holds decides",
        "",
        "rows moderate and low overlap, and moderate decides: loan.paperwork unsigned",
        "gap: where no row holds, there is no finding: loan.paperwork signed_both",
    ]


def test_titles_are_german_where_that_is_asked_and_the_rest_stays() -> None:
    with in_language("de"):
        rows = list(csv.reader(io.StringIO(csv_of(made(rules_of(SHIPPED), "severity:SEC-08"))), delimiter=";"))
    assert rows[1][:2] == ["severity", "if some partner: holds direct_defence_tie"]
    assert rows[2][0] == "Schwere"
    assert rows[2][3].splitlines()[0].startswith("Sind die Ergebnisse und das Know-how allgemein zugänglich")
    assert rows[3][0] == "critical"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (True, "true"),
        (False, "false"),
        ("  two  ", "two"),
        ("two\xa0", "two"),
        ("a_x000D_\nb ", "a\nb"),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime(2026, 1, 31), "2026-01-31"),  # noqa: DTZ001 (a spreadsheet knows no zones)
    ],
)
def test_what_a_spreadsheet_makes_of_a_value_is_read_as_that_value(book: Path, value: Any, text: str) -> None:
    sheet, columns = sheet_of(book, VERDICT)
    sheet.cell(4, columns["sentence"]).value = value
    assert read(save(sheet, book)).text(4, columns["sentence"]) == text


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("=A1", "FILE: Ladder verdict!M4: there is a formula in this cell"),
        (0.5, "FILE: Ladder verdict!M4: `0.5` is no whole number"),
        (datetime(2026, 1, 31, 12, 30), "FILE: Ladder verdict!M4: `2026-01-31 12:30:00` is a time of day"),  # noqa: DTZ001
    ],
)
def test_what_nobody_can_read_is_refused_by_its_address(book: Path, value: Any, problem: str) -> None:
    sheet, columns = sheet_of(book, VERDICT)
    assert columns["sentence"] == 13
    sheet.cell(4, 13).value = value
    assert refused(save(sheet, book)) == [problem]


def test_an_error_of_the_spreadsheet_is_refused(book: Path) -> None:
    sheet, _columns = sheet_of(book, VERDICT)
    sheet.cell(4, 13).value = "#NAME?"
    sheet.cell(4, 13).data_type = "e"
    assert refused(save(sheet, book)) == ["FILE: Ladder verdict!M4: `#NAME?` is an error of the spreadsheet"]


def test_joined_cells_are_refused_for_nobody_can_tell_which_rows_they_are_for(book: Path) -> None:
    sheet, _columns = sheet_of(book, VERDICT)
    sheet.merge_cells("J4:J5")
    assert refused(save(sheet, book)) == ["FILE: Ladder verdict!J4: the cells J4:J5 are joined"]


def test_a_sheet_beside_the_tables_is_named_and_a_file_without_one_refused(book: Path, tmp_path: Path) -> None:
    sheet, _columns = sheet_of(book, VERDICT)
    assert sheet.parent is not None
    notes = sheet.parent.create_sheet("Notes")
    notes["A1"] = "=NOW()"  # what is no table is not read
    found, others = tables_in(save(sheet, book))
    assert ([one.of for one in found], others) == (["ladder:verdict", "controls"], ["Notes"])
    sheet.parent["Controls"].sheet_state = "hidden"  # what somebody hides still counts
    assert [one.of for one in tables_in(save(sheet, book))[0]] == ["ladder:verdict", "controls"]
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(RiskEngineError, match="this is no table of rules"):
        tables_in(other)
    with pytest.raises(RiskEngineError, match=r"ends in \.xlsx or \.csv"):
        tables_in(tmp_path / "rules.ods")


def test_a_column_that_is_put_in_or_taken_out_does_not_hide_what_the_table_is(book: Path) -> None:
    for change in ("insert_cols", "delete_cols"):
        path = book.with_name(f"{change}.xlsx")
        sheet, _columns = sheet_of(book, VERDICT)
        getattr(sheet, change)(2)
        found = tables_in(save(sheet, path))[0][0]
        assert (found.of, found.version) == ("ladder:verdict", "loan-desk@1.0.0")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("first", ["", "sep={}\r\n", '"SEP={}"\n'], ids=["none", "sep", "quoted"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_with_the_separator_that_it_has(delimiter: str, first: str, encoding: str, tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(csv_of(made(DESK, "ladder:verdict")))))
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)  # without quotes, as spreadsheets save it
    path = tmp_path / "rules.csv"
    path.write_text(first.format(delimiter) + out.getvalue(), encoding)
    # In the rows that a spreadsheet shows: the line that names the separator is none of them.
    assert read(path).text(4, 1) == "1"
    assert read(path).text(10, 1) == "otherwise"


def test_csv_in_another_encoding_or_with_a_formula_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    text = csv_of(made(DESK, "ladder:verdict"))
    path.write_bytes(text.replace("A bar stands", "Eine Hürde steht").encode("cp1252"))
    assert refused(path) == ["FILE:1:1: this is not UTF-8 text"]
    path.write_text(text.replace('"A bar stands against it."', '"=A1&B1"'), "utf-8")
    assert refused(path) == ["FILE!M4: there is a formula in this cell"]
    assert [one.split(": ")[-1] for one in refused(tmp_path / "none.csv")] == ["no such file or directory"]
