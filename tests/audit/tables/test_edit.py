"""A sheet back into the files: unchanged it changes no byte; changed it changes what it says, and comments stay."""

import re
import shutil
from pathlib import Path

import pytest

from risk_engine.audit.tables.edit import _at_cell, edited, opened, rewritten, tables_of, write
from risk_engine.audit.tables.kinds import kind_of, table
from risk_engine.audit.tables.sheets import workbook_of
from risk_engine.audit.tables.table import HEAD_ROWS, read_table
from risk_engine.files.diagnostics import RiskEngineError, column_letters
from risk_engine.files.source import parse
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.conditions import Compare
from tests.audit.tables.sheets import every_table, grid_of, rules_of, save, sheet_of
from tests.cli.running import LOAN_DESK, ROOT, SETS
from tests.editing import edit
from tests.strategies import by_turns

FOLDERS = [
    *(ROOT / "criteria" / one for one in ("reconnect-china", "us-dod-matrix")),
    *(SETS / one / "1.0.0" for one in ("field-trips", "loan-desk", "print-room")),
]
VERDICT = "Ladder verdict"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return a copy of the loan desk, a draft, with a comment above its second rule."""
    folder = shutil.copytree(LOAN_DESK / "1.0.0", tmp_path / "desk")
    second = "    - level: refuse\n      when: {some: dimension"
    edit(folder / "ladders.yaml", second, f"    # What remains counts, not what was.\n{second}")
    return folder


def book(folder: Path, *of: str) -> Path:
    path = folder.parent / "rules.xlsx"
    path.write_bytes(workbook_of(tables_of(opened(str(folder)).rules, of)))
    return path


@pytest.mark.parametrize(
    "folder",
    by_turns([FOLDERS[3], *FOLDERS[:3], *FOLDERS[4:]], 5),
    ids=lambda one: one.parent.name if one.name == "1.0.0" else one.name,
)
def test_a_sheet_with_every_table_that_comes_back_unchanged_changes_no_byte(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "set", ignore=shutil.ignore_patterns("releases", "translations"))
    rules = rules_of(copy)
    found = edited(str(copy), book(copy, *every_table(rules)))
    assert found.texts == {}
    assert found.comparison.changes.edits == ()
    assert found.notes == ()


def test_a_changed_test_changes_a_word_of_the_file_and_nothing_else(desk: Path) -> None:
    path = book(desk, "ladder:verdict")
    sheet, columns = sheet_of(path, VERDICT)
    sheet.cell(4, columns["if some finding: finding.knock_out"]).value = ">= hold"
    found = edited(str(desk), save(sheet, path))
    before = (desk / "ladders.yaml").read_text("utf-8")
    assert found.texts == {
        "ladders.yaml": before.replace("finding.knock_out, at_least: funding", "finding.knock_out, at_least: hold")
    }
    assert len(found.comparison.changes.edits) == 1
    assert (desk / "ladders.yaml").read_text("utf-8") == before


def test_rules_that_change_places_take_their_comments_along(desk: Path) -> None:
    path = book(desk, "ladder:verdict")
    sheet, columns = sheet_of(path, VERDICT)
    for column in columns.values():
        one, other = sheet.cell(4, column), sheet.cell(5, column)
        one.value, other.value = other.value, one.value
    text = edited(str(desk), save(sheet, path)).texts["ladders.yaml"]
    before = (desk / "ladders.yaml").read_text("utf-8")
    first, comment, second = "    - level: refuse\n      when: {some: finding", "    # What remains", "some: dimension"
    assert before.index(first) < before.index(comment) < before.index(second)
    assert text.index(comment) < text.index(second) < text.index(first)
    assert sorted(text.splitlines()) == sorted(before.splitlines())


def test_a_new_row_is_a_new_rule_and_a_row_that_is_gone_takes_its_rule_along(desk: Path) -> None:
    path = book(desk, "ladder:verdict")
    sheet, columns = sheet_of(path, VERDICT)
    sheet.insert_rows(6)
    sheet.cell(6, columns["level"]).value = "lend_on_terms"
    sheet.cell(6, columns["if count finding: finding.residual"]).value = "high"
    sheet.cell(6, columns["if count finding"]).value = ">= 3"
    sheet.cell(6, columns["sentence"]).value = "Three high findings."
    sheet.delete_rows(10)  # the provisional one
    found = edited(str(desk), save(sheet, path))
    rules = found.after.criteria.ladders["verdict"].rules
    assert [one.sentence for one in rules] == [
        "A bar stands against it.",
        "What remains is unsafe.",
        "Three high findings.",
        "Terms keep the risk low.",
        "Two weaknesses come together.",
    ]
    assert "# What remains counts, not what was." in found.texts["ladders.yaml"]


def test_two_sheets_may_change_one_indicator_but_not_the_same_of_it(desk: Path) -> None:
    path = book(desk, "severity:LAW-1", "indicators")
    sheet, columns = sheet_of(path, "Severity LAW-1")
    sheet.cell(4, columns["if loan.paperwork"]).value = "signed_both"
    save(sheet, path)
    sheet, columns = sheet_of(path, "Indicators")
    row = next(row for row in range(4, 40) if sheet.cell(row, 1).value == "LAW-1")
    sheet.cell(row, columns["title"]).value = "The paper"
    found = edited(str(desk), save(sheet, path))
    stated = parse(found.texts["indicators/title.yaml"], "title.yaml").data["LAW-1"]
    assert (stated["title"], stated["severity"]["moderate"]["is"]) == ("The paper", "signed_both")
    sheet.cell(row, columns["test 1"]).value = "signed_us"
    with pytest.raises(RiskEngineError):
        edited(str(desk), save(sheet, path))


def test_a_new_control_can_be_used_in_an_option_of_the_same_file(desk: Path) -> None:
    path = book(desk, "controls", "options")
    sheet, columns = sheet_of(path, "Controls")
    last = sheet.max_row
    row = next(row for row in range(4, last) if sheet.cell(row, 1).value is None)
    new: dict[str, str | int] = {
        "control": "SEAL",
        "title": "Seal",
        "do": "Seal it.",
        "who": "conservator",
        "effort": 1,
    }
    for name, value in new.items():
        sheet.cell(row, columns[name]).value = value
    save(sheet, path)
    sheet, columns = sheet_of(path, "Control options")
    sheet.cell(4, columns["all"]).value = "SEAL"
    found = edited(str(desk), save(sheet, path))
    assert "SEAL" in found.after.criteria.controls
    assert (desk / "controls.yaml").read_text("utf-8") in found.texts["controls.yaml"]


def test_a_new_indicator_comes_into_the_file_of_the_row_above_it(desk: Path) -> None:
    path = book(desk, "indicators")
    sheet, columns = sheet_of(path, "Indicators")
    sheet.insert_rows(5)
    new: dict[str, str] = {
        "indicator": "LAW-9",
        "severity": "high",
        "fact 1": "loan.paperwork",
        "test 1": "in unsigned",
        "title": "No paper",
        "dimension": "belonging",
        "ground": "good_name",
        "question": "Is there a paper?",
        "irreducible": "Without a paper nothing helps.",
        "reason": "Nothing leaves the house on a promise.",
        "evidence": "The paper",
        "because": "Signed by: {loan.paperwork}.",
        "sources": "[{id: lending-handbook, at: chapter 1}]",
        "author": "{drawn_up_by: {name: L. Lender, discipline: law, date: 2024-01-12}}",
    }
    for name, value in new.items():
        sheet.cell(5, columns[name]).value = value
    above = str(sheet.cell(4, 1).value)
    found = edited(str(desk), save(sheet, path))
    (file,) = found.texts
    assert file == found.opened.rules.indicators[above]
    assert found.texts[file].startswith((desk / file).read_text("utf-8"))
    made = found.after.criteria.indicators["LAW-9"]
    assert made.title == "No paper"
    assert made.severity.high == Compare(fact="loan.paperwork", op="one_of", operand=("unsigned",))


def test_what_the_set_could_not_be_is_refused_at_the_cell_that_says_it_and_at_its_place_in_the_files(
    desk: Path,
) -> None:
    path = book(desk, "indicators", "ladder:verdict")
    sheet, columns = sheet_of(path, "Indicators")
    sheet.cell(4, columns["sources"]).value = "[{id: nobody}]"
    letter = column_letters(columns["sources"])
    with pytest.raises(RiskEngineError, match=r"(?s)with this sheet the set would have mistakes") as error:
        edited(str(desk), save(sheet, path))
    (told,) = [one for one in str(error.value).splitlines() if "nobody" in one]
    assert told.startswith(f"{path.as_posix()}: Indicators!{letter}4: there is no source `nobody` (")
    assert re.search(r"\(\S*indicators/object\.yaml:\d+:\d+\)$", told)


@pytest.mark.parametrize(
    ("of", "file", "loc", "row", "column"),
    [
        ("ladder:verdict", "ladders.yaml", "verdict.rules.1.level", "2", "level"),
        ("ladder:verdict", "ladders.yaml", "verdict.otherwise.sentence", "otherwise", "sentence"),
        ("severity:OBJ-1", "indicators/object.yaml", "OBJ-1.severity.high.all_of.1", "high", "if "),
        ("options", "indicators/object.yaml", "OBJ-1.controls.1.lowers_by", "OBJ-1 2", "lowers_by"),
        ("indicators", "indicators/object.yaml", "OBJ-2.reason", "OBJ-2", "reason"),
        ("indicators", "indicators/object.yaml", "OBJ-2.severity.high", "OBJ-2 high", "test 1"),
        ("controls", "controls.yaml", "LOGGER.effort", "LOGGER", "effort"),
    ],
)
def test_every_table_knows_the_cell_that_states_a_place_of_a_file(
    of: str, file: str, loc: str, row: str, column: str, desk: Path
) -> None:
    rules = rules_of(desk)
    kind = kind_of(of, rules)
    now = table(kind, rules)
    grid = grid_of(now)
    steps = tuple(int(one) if one.isdecimal() else one for one in loc.split("."))
    problem = rules.documents[file].problem(steps, "it is wrong")
    cell = _at_cell(problem, {file: (desk / file).read_text("utf-8")}, [read_table(grid, kind.form, now)]).position
    assert cell.is_cell
    assert " ".join((grid.text(cell.line, 1), grid.text(cell.line, 2))).startswith(row)
    assert grid.text(2, cell.column).startswith(column)


def test_files_are_written_with_a_copy_of_what_they_said(desk: Path) -> None:
    path = book(desk, "controls")
    sheet, columns = sheet_of(path, "Controls")
    sheet.cell(4, columns["effort"]).value = 3
    before = (desk / "controls.yaml").read_bytes()
    found = edited(str(desk), save(sheet, path))
    assert write(str(desk), found) == [desk / "controls.yaml"]
    assert (desk / "controls.yaml.bak").read_bytes() == before
    assert read_criteria(desk).controls["LOGGER"].effort == 3
    again = edited(str(desk), path)
    assert again.texts == {}
    assert [one.partition(" was written")[0] for one in again.notes] == ["controls"]


def test_a_released_version_is_shown_what_would_change_but_never_written(tmp_path: Path) -> None:
    copy = shutil.copytree(ROOT / "criteria" / "us-dod-matrix", tmp_path / "us-dod-matrix")
    shutil.copy(ROOT / "criteria" / "releases.lock", tmp_path)
    path = book(copy, "controls")
    sheet, columns = sheet_of(path, "Controls")
    sheet.cell(4, columns["effort"]).value = 3
    found = edited(str(copy), save(sheet, path))
    assert list(found.texts) == ["controls.yaml"]
    with pytest.raises(RiskEngineError, match="is released: its rules do not change any more"):
        write(str(copy), found)
    with pytest.raises(RiskEngineError, match="came with the program"):
        write("us-dod-matrix", found)
    bundle = next((copy / "releases").glob("*.json"))
    with pytest.raises(RiskEngineError, match="read from its bundle, which never changes"):
        edited(str(bundle), path)


def test_a_table_of_another_set_is_refused(desk: Path) -> None:
    path = book(desk, "controls")
    with pytest.raises(RiskEngineError, match=r"this table is of `loan-desk@1\.0\.0`, not of `field-trips@1\.0\.0`"):
        edited(str(SETS / "field-trips" / "1.0.0"), path)


def test_a_row_that_others_refer_to_is_not_taken_out_and_the_lines_that_do_are_named(desk: Path) -> None:
    path = book(desk, "indicators")
    sheet, _columns = sheet_of(path, "Indicators")
    sheet.delete_rows(HEAD_ROWS + 1, 2)  # OBJ-1, where the file says who drew up the others
    with pytest.raises(RiskEngineError, match=r"indicators/object\.yaml: what is taken out") as error:
        edited(str(desk), save(sheet, path))
    assert "`author: *desk`" in str(error.value)
    assert "write there what it stands for, then take the row out" in str(error.value)


def test_a_file_that_cannot_be_changed_piece_by_piece_is_left_alone() -> None:
    text = "a: &one {title: A}\nb: *one\n"
    with pytest.raises(RiskEngineError, match="cannot be changed piece by piece"):
        rewritten(text, "controls.yaml", {"a": {"title": "A"}, "b": {"title": "B"}})
