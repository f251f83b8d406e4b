import csv
import io
import re
import sys
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.harmless import clean_text, csv_text
from risk_engine.office.register.export import xlsx_bytes

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "|x",
    "%x",
    " =1",
    "a\n=b",
    "<b>",
    "=HYPERLINK(1)",
    '"=1',
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
    "\u202eabc",
    "x" * 40_000,
]
cells = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+;\t\"' \uff1d"), max_size=8)


@given(st.lists(st.tuples(cells, cells), max_size=4))
@example([(one, one) for one in HOSTILE])
def test_no_cell_of_csv_is_computed(rows: list[tuple[str, str]]) -> None:
    text = csv_text(("one", "two"), rows)
    head, *found = csv.reader(io.StringIO(text, newline=""))
    assert head == ["one", "two"]
    assert [[one.replace("'", "") for one in row] for row in found] == [
        [clean_text(one).replace("'", "") for one in row] for row in rows
    ]
    assert [one for row in found for one in row if one.lstrip()[:1] in {"=", "+", "-", "@", "|", "%"} and one] == []


FORMULA = re.compile(r"""[\s"]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]""")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@given(st.lists(st.tuples(cells, cells), max_size=4))
@example([(one, f"A;{one}") for one in HOSTILE])
def test_no_cell_of_csv_is_computed_whatever_sign_the_spreadsheet_takes_for_the_separator(
    delimiter: str, rows: list[tuple[str, str]]
) -> None:
    read = csv.reader(io.StringIO(csv_text(("one", "two"), rows), newline=""), delimiter=delimiter)
    assert [one for row in read for one in row if FORMULA.match(one)] == []


def test_every_cell_of_csv_is_quoted() -> None:
    assert csv_text(("one", "two"), [("1", "")]) == '"one","two"\r\n"1",""\r\n'


@settings(max_examples=settings().max_examples // 5, deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=4))
@example([(one, one) for one in HOSTILE])
def test_no_cell_of_a_workbook_is_a_formula(rows: list[tuple[str, str]]) -> None:
    data = xlsx_bytes("Cases", ("one", "two"), rows)
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    found = [[str(one.value or "") for one in row] for row in sheet.iter_rows()]
    assert found[0] == ["one", "two"]
    assert [[one[:100] for one in row] for row in found[1:]] == [[clean_text(one)[:100] for one in row] for row in rows]
    assert [one for row in sheet.iter_rows() for one in row if one.data_type == "f" or not one.quotePrefix] == []
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_missing_library_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(RiskEngineError, match=r"pip install '\.\[office\]'"):
        xlsx_bytes("Cases", ("one",), [])
