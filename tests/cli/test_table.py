"""`criteria table`: what the rows of a table leave open, a sheet written and read again, and what is refused."""

import shutil
from pathlib import Path

import pytest

from tests.audit.tables.sheets import save, sheet_of
from tests.cli.running import LOAN_DESK, done, refused, run
from tests.editing import edit

DESK = LOAN_DESK / "1.0.0"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return a copy of the loan desk, which is a draft."""
    return shutil.copytree(DESK, tmp_path / "desk")


def test_without_a_file_it_says_what_the_rows_leave_open() -> None:
    assert done("criteria", "table", DESK, "--of", "severity:LAW-1").splitlines() == [
        "severity:LAW-1: 2 rows. PRIORITY: the row with the highest severity that holds decides",
        "  rows moderate and low overlap, and moderate decides: loan.paperwork unsigned",
        "  gap: where no row holds, there is no finding: loan.paperwork signed_both",
    ]


def test_a_row_that_never_decides_is_named_with_those_before_it(desk: Path) -> None:
    edit(desk / "ladders.yaml", "knock_out, at_least: funding", "knock_out, at_least: hold")
    rule = (
        "    - level: refuse\n      when: {some: finding, where: {fact: finding.knock_out, at_least: KIND}}\n"
        "      sentence: A bar.\n"
    )
    first = "    - level: refuse\n      when: {some: finding, where: {fact: finding.knock_out"
    edit(desk / "ladders.yaml", first, f"{rule.replace('KIND', 'hold')}{rule.replace('KIND', 'policy')}{first}")
    out = done("criteria", "table", desk, "--of", "ladder:verdict")
    assert "  row 2 never decides: wherever it holds, one of these does before it: 1" in out.splitlines()
    assert "ladder:verdict: 9 rows. FIRST: the first row that holds decides" in out


def test_a_workbook_is_written_read_changed_and_written_into_the_files(desk: Path, tmp_path: Path) -> None:
    book = tmp_path / "rules.xlsx"
    done("criteria", "table", desk, "--of", "ladder:verdict", "--of", "controls", "-o", book)
    assert done("criteria", "table", desk, book).splitlines()[-1] == "the sheet changes nothing"
    sheet, columns = sheet_of(book, "Controls")
    sheet.cell(4, columns["effort"]).value = 3
    save(sheet, book)
    before = (desk / "controls.yaml").read_text("utf-8")
    shown = run("criteria", "table", desk, book)
    assert shown.code == 0
    assert "Climate logger" in shown.out
    assert shown.err == "note: nothing is written yet; --write changes controls.yaml\n"
    assert (desk / "controls.yaml").read_text("utf-8") == before
    written = run("criteria", "table", desk, book, "--write")
    assert written.code == 0
    assert "note: what it said before is in controls.yaml.bak; put it back to undo this" in written.err.splitlines()
    assert (desk / "controls.yaml.bak").read_text("utf-8") == before
    assert done("criteria", "check", desk) == "loan-desk 1.0.0: 12 indicators, no problems\n"


def test_the_difference_is_a_page_where_that_is_asked(desk: Path, tmp_path: Path) -> None:
    sheet_file, page = tmp_path / "rules.csv", tmp_path / "changes.html"
    done("criteria", "table", desk, "--of", "controls", "-o", sheet_file)
    edit(sheet_file, '"Climate logger"', '"Logger of climate"')
    done("criteria", "table", desk, sheet_file, "-o", page)
    assert "Logger of climate" in page.read_text("utf-8")


def test_a_cell_that_cannot_be_is_named_by_its_address_with_the_way_out(tmp_path: Path) -> None:
    sheet = tmp_path / "rules.csv"
    done("criteria", "table", DESK, "--of", "ladder:verdict", "-o", sheet)
    edit(sheet, '">= funding"', '">= fundig"')
    assert refused("criteria", "table", DESK, sheet) == (
        f"{sheet.as_posix()}!B4: `finding.knock_out`: `fundig` is no option of the fact\n"
        "  help: did you mean `funding`?\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say which table to write, or name a sheet to read"),
        (("--write", "--of", "controls"), "--write wants the sheet that is read"),
        (("rules.csv", "--of", "controls"), "a sheet says itself which table it is"),
        (("--of", "controls", "-o", "rules.ods"), "rules.ods: a table is written as .xlsx or as .csv"),
        (("--of", "controls", "--of", "options", "-o", "rules.csv"), "a CSV file holds one table"),
        (("--of", "ladder:verdikt"), "there is no ladder `verdikt`"),
        (("rules.ods",), "rules.ods: a table is a file that ends in .xlsx or .csv"),
    ],
)
def test_what_says_nothing_or_too_much_is_refused(arguments: tuple[str, ...], message: str) -> None:
    assert refused("criteria", "table", DESK, *arguments).splitlines()[0] == message


def addresses(desk: Path, book: Path) -> set[str]:
    """Return the cells of which something is wrong, as `SHEET!CELL`."""
    lines = refused("criteria", "table", desk, book).splitlines()
    found = [line.partition(": ")[2].partition(": ")[0] for line in lines if line.startswith(f"{book}: ")]
    assert len(found) == len(set(found)), "each is told once"
    return set(found)


def test_what_nobody_can_read_and_what_does_not_fit_are_told_together_each_once(desk: Path, tmp_path: Path) -> None:
    book = tmp_path / "rules.xlsx"
    done("criteria", "table", desk, "--of", "ladder:verdict", "--of", "controls", "-o", book)
    sheet, columns = sheet_of(book, "Ladder verdict")
    bar = sheet.cell(4, columns["if some finding: finding.knock_out"])
    level = sheet.cell(5, columns["level"])
    bar.value, level.value = ">= fundng", "=1+1"  # that the rule has no level then is no mistake of its own
    assert sheet.parent is not None
    controls = sheet.parent["Controls"]
    controls["E4"].value, controls["D5"].value = 0.5, "nobody"
    save(sheet, book)
    wrong = {f"Ladder verdict!{one.coordinate}" for one in (bar, level)} | {"Controls!E4", "Controls!D5"}
    assert addresses(desk, book) == wrong


def test_where_nobody_can_tell_which_cells_belong_together_no_more_is_said_of_a_sheet(
    desk: Path, tmp_path: Path
) -> None:
    book = tmp_path / "rules.xlsx"
    done("criteria", "table", desk, "--of", "ladder:verdict", "--of", "controls", "-o", book)
    sheet, columns = sheet_of(book, "Ladder verdict")
    sheet.cell(6, columns["level"]).value = "lnd"
    sheet.merge_cells("J4:J5")
    assert sheet.parent is not None
    sheet.parent["Controls"]["A4"].value, sheet.parent["Controls"]["D5"].value = "=1", "nobody"
    assert addresses(desk, save(sheet, book)) == {"Ladder verdict!J4", "Controls!A4"}
