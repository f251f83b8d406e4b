"""A set that renames: one walk of an office whose cases, forms, profile and register still have the old names."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.office.forms.export_form import form_for
from tests.cli.running import LOAN_CASE, LOAN_DESK, LOAN_PROFILE, done, refused, run, run_with
from tests.office.forms.people import Person, fill_workbook

pytest.importorskip("openpyxl")

RENAMED = {
    "borrower": "house",
    "night_watch": "guarded_by",
    "alarmed": "wired",
    "LOGGER": "CLIMATE-LOG",
    "LAW-2": "CLAIMED",
}


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Write a set with two versions, of which the second calls an entity, a fact, an option and others differently."""
    folder = tmp_path / "loan-desk"
    shutil.copytree(LOAN_DESK / "1.0.0", folder / "1.0.0")
    shutil.copytree(LOAN_DESK / "1.0.0", folder / "2.0.0")
    for path in (folder / "2.0.0").rglob("*.yaml"):
        text = path.read_text("utf-8")
        for old, new in RENAMED.items():
            text = re.sub(rf"(?<![\w-]){old}(?![\w-])", new, text)
        path.write_text(text, "utf-8")
    change(folder, "set.yaml", "version: 1.0.0", "version: 2.0.0")
    change(folder, "set.yaml", "from: 2024-03-01", "from: 2026-03-01")
    change(folder, "facts.yaml", "house:\n", "house:\n  was: borrower\n")
    was = "      was: {name: night_watch, values: {alarmed: wired}}\n"
    change(folder, "facts.yaml", "    guarded_by:\n", f"    guarded_by:\n{was}")
    change(folder, "controls.yaml", "CLIMATE-LOG: {", "CLIMATE-LOG: {was: LOGGER, ")
    (law,) = [path for path in (folder / "2.0.0" / "indicators").iterdir() if "\nCLAIMED:\n" in path.read_text("utf-8")]
    change(folder, f"indicators/{law.name}", "CLAIMED:\n", "CLAIMED:\n  was: LAW-2\n")
    return folder


def change(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / "2.0.0" / file
    text = path.read_text("utf-8")
    assert text.count(before) == 1, (file, before)
    path.write_text(text.replace(before, after), "utf-8")


def came_to(version: Path) -> Any:
    """Return every level with its range, and what each finding came to, in the names of the second version."""
    said = done("assess", LOAN_CASE, "--profile", LOAN_PROFILE, "--criteria", version, "--format", "json")
    data = json.loads(said)
    findings = {RENAMED.get(one["id"], one["id"]): (one["outcome"], one["inherent"]) for one in data["findings"]}
    return [(one["level"], one["range"]) for one in data["proposals"]], findings


NOTE = """\
note: {path}: names of earlier versions, read as loan-desk 2.0.0 has them
  {path}:21:1: `borrower` is now `house`
  {path}:27:5: `borrower.night_watch` is now `house.guarded_by`
  {path}:32:5: `borrower.night_watch` is now `house.guarded_by`, and `alarmed` there is `wired`
  {path}:54:5: the control `LOGGER` is now `CLIMATE-LOG`
"""


def test_an_old_case_comes_to_the_same_with_one_note(desk: Path, tmp_path: Path) -> None:
    case = ("assess", LOAN_CASE, "--profile", LOAN_PROFILE, "--criteria")
    before, after = run(*case, desk / "1.0.0"), run(*case, desk / "2.0.0")
    assert before.code == after.code == 0
    assert after.err == NOTE.format(path=LOAN_CASE.as_posix()) + before.err
    assert came_to(desk / "2.0.0") == came_to(desk / "1.0.0")
    many = run("assess", LOAN_CASE, write(tmp_path, LOAN_CASE), "--criteria", desk / "2.0.0", "--jobs", "1")
    assert many.err.count("names of earlier versions, read as loan-desk 2.0.0 has them") == 2
    assert "`borrower` is now `house`" in done("case", "check", LOAN_CASE, "--criteria", desk / "2.0.0")


def test_one_file_is_compared_under_the_version_that_renames_and_the_one_before(desk: Path) -> None:
    result = run("assess", LOAN_CASE, "--criteria", desk / "1.0.0", "--criteria", desk / "2.0.0")
    assert result.code == 0, result.err
    assert result.err.startswith(NOTE.format(path=LOAN_CASE.as_posix()))
    assert "night_watch" not in result.out, "it is asked for by both"


def write(folder: Path, case: Path) -> Path:
    path = folder / "case.yaml"
    path.write_text(case.read_text("utf-8"), "utf-8")
    return path


def test_a_case_says_nothing_different_under_two_names(desk: Path, tmp_path: Path) -> None:
    path = write(tmp_path, LOAN_CASE)
    text = path.read_text("utf-8").replace("night_watch: staffed", "night_watch: staffed\n    guarded_by: empty")
    path.write_text(text, "utf-8")
    said = refused("assess", path, "--criteria", desk / "2.0.0")
    assert f"{path}:28:5: `house.guarded_by` is stated twice, under names of different versions, and not alike" in said
    assert f"the other stands in {path}:27:5; leave the one that is right" in said


@pytest.mark.nightly
def test_a_form_of_the_old_version_is_read_into_a_case_of_the_new_one(desk: Path, tmp_path: Path) -> None:
    old = load_criteria(str(desk / "1.0.0"))
    answers = {"borrower.1.called": "Harbour", "borrower.1.night_watch": "alarmed", "loan.reach": 500}
    fill_workbook(form_for(old, None, room=1), Person(answers), tmp_path / "back.xlsx")
    target = tmp_path / "new.yaml"
    done("case", "import", tmp_path / "back.xlsx", "--into", target, "--criteria", desk / "2.0.0")
    data = yaml.safe_load(target.read_text("utf-8"))
    assert data["house"][0]["guarded_by"] == "wired"
    assert data["evidence"][0]["for"] == ["loan.reach", "house.harbour.called", "house.harbour.guarded_by"]


def test_an_interview_goes_on_with_an_old_case_in_new_names_and_keeps_its_comments(desk: Path, tmp_path: Path) -> None:
    path = write(tmp_path, LOAN_CASE)
    text = path.read_text("utf-8").replace("night_watch: staffed", "night_watch: staffed   # asked by telephone")
    path.write_text(text, "utf-8")
    before = load_case(path, load_criteria(str(desk / "2.0.0")))
    result = run_with(["q"], "interview", path, "--criteria", desk / "2.0.0")
    assert "`borrower` is now `house`" in result.out
    assert path.read_text("utf-8") == text, "nobody answered anything"
    result = run_with(["yes", "q"], "interview", path, "--criteria", desk / "2.0.0", "--all")
    now = path.read_text("utf-8")
    assert "    guarded_by: staffed   # asked by telephone\n" in now
    assert "borrower:" not in now
    after = load_case(path, load_criteria(str(desk / "2.0.0")))
    assert getattr(after, "house") == getattr(before, "house")  # noqa: B009 (the model of this set has it)


@pytest.mark.nightly
def test_an_interview_does_not_offer_what_is_deprecated(desk: Path, tmp_path: Path) -> None:
    path = write(tmp_path, LOAN_CASE)
    text = path.read_text("utf-8").replace("    night_watch: alarmed\n", "").replace("  escorted: unknown\n", "")
    path.write_text(text, "utf-8")
    before = run_with([""] * 40, "interview", path, "--criteria", desk / "2.0.0", "--all").out
    assert "Does one of us travel with it?" in before
    assert "Nobody" in before
    path.write_text(text, "utf-8")
    change(desk, "facts.yaml", "    escorted:\n", "    escorted:\n      deprecated: 2026-01-01\n")
    change(desk, "facts.yaml", "    guarded_by:\n", "    guarded_by:\n      deprecated_options: {empty: 2026-01-01}\n")
    after = run_with([""] * 40, "interview", path, "--criteria", desk / "2.0.0", "--all").out
    assert "Does one of us travel with it?" not in after
    assert "Who watches at night?" in after
    assert "1 A guard" in " ".join(after.split())
    assert "3 Nobody" not in " ".join(after.split("Who watches at night?")[1].split()[:30])


def test_a_register_reads_old_records_by_their_own_criteria_and_assesses_them_anew_under_the_new_ones(
    desk: Path, tmp_path: Path
) -> None:
    register = tmp_path / "register"
    case = write(tmp_path, LOAN_CASE)
    case.write_text(case.read_text("utf-8").replace("    night_watch: alarmed\n", ""), "utf-8")
    done("register", "add", register, case, "--criteria", desk / "1.0.0", "--profile", LOAN_PROFILE)
    said = done(
        "register", "reassess", register, "--criteria", f"{desk}@2.0.0", "--on", "2026-06-15", "--file-unchanged"
    )
    assert "LAW-2" not in said
    assert "CLAIMED" not in said
    assert "guarded_by" not in said, "it was asked before"
    new = next((register / "L-2026-07").glob("*assessment*2026-06-15*.json"))
    assert '"guarded_by":"staffed"' in new.read_text("utf-8").replace(" ", "")
    done("register", "show", register, "L-2026-07")


def test_a_case_is_migrated_to_the_new_names_with_its_comments_and_comes_to_the_same(
    desk: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, LOAN_CASE)
    text = path.read_text("utf-8").replace("night_watch: alarmed", "night_watch: alarmed   # by telephone")
    text = text.replace("[artwork.fan.hazards.arsenic, ", "[artwork.fan.hazards.arsenic, borrower.plain.night_watch, ")
    path.write_text(text, "utf-8")
    levels = came_to(desk / "2.0.0")
    result = run("case", "migrate", path, "--criteria", desk / "2.0.0")
    assert result.code == 0, result.err
    assert "`borrower.night_watch` is now `house.guarded_by`, and `alarmed` there is `wired`" in result.out
    expected = text
    for old, new in RENAMED.items():
        expected = re.sub(rf"(?<![\w-]){old}(?![\w-])", new, expected)
    now = path.read_text("utf-8")
    assert yaml.safe_load(now) == yaml.safe_load(expected)
    assert [line for line in now.splitlines() if "#" in line] == [
        "# A case of the loan desk: a paper fan and a painting for two houses.",
        "    guarded_by: wired   # by telephone",
    ]
    assert path.with_name("case.yaml.bak").read_text("utf-8") == text
    again = run("assess", path, "--profile", LOAN_PROFILE, "--criteria", desk / "2.0.0", "--format", "json")
    assert "names of earlier versions" not in again.err
    assert [(one["level"], one["range"]) for one in json.loads(again.out)["proposals"]] == levels[0]
    again = run("case", "migrate", path, "--criteria", desk / "2.0.0")
    assert ("nothing new" in again.err, again.out) == (True, "all names are those of loan-desk 2.0.0\n")


def test_a_case_is_changed_by_whoever_knows_only_the_old_names(desk: Path, tmp_path: Path) -> None:
    old, new = (Path(shutil.copy(LOAN_CASE, tmp_path / f"{name}.yaml")) for name in ("old", "new"))
    version = ("--criteria", desk / "2.0.0")
    evidence = ("--evidence", "Visit of 3 May, with the guard; kind=note; date=2026-05-04")
    first = done("case", "set", old, "borrower.harbour.night_watch", "alarmed", *evidence, *version)
    done("case", "set", new, "house.harbour.guarded_by", "wired", *evidence, *version)
    assert "`borrower.harbour.night_watch` is now `house.harbour.guarded_by`" in first
    for case, control, path in (
        (old, "LOGGER", "borrower.harbour.night_watch"),
        (new, "CLIMATE-LOG", "house.harbour.guarded_by"),
    ):
        done("case", "add-control", case, control, "--owner", "B. Guard", *version)
        done("case", "set", case, f"controls.{control}.status", "agreed", "title", "A loan,with a comma", *version)
        done("case", "add-evidence", case, "--for", path, "--title", "A photograph", "--date", "2026-05-05", *version)
    assert old.read_text("utf-8") == new.read_text("utf-8")
    assert load_case(old, load_criteria(str(desk / "2.0.0"))).title == "A loan,with a comma"
    for case, control, path in (
        (old, "LOGGER", "borrower.harbour.night_watch"),
        (new, "CLIMATE-LOG", "house.harbour.guarded_by"),
    ):
        done("case", "remove", case, control, path, *version)
    assert old.read_text("utf-8") == new.read_text("utf-8")


def test_a_migrated_case_names_the_version_whose_names_it_has(desk: Path, tmp_path: Path) -> None:
    path = write(tmp_path, LOAN_CASE)
    path.write_text(path.read_text("utf-8").replace("criteria: loan-desk", "criteria: loan-desk@1.0.0"), "utf-8")
    done("case", "migrate", path, "--criteria", desk / "2.0.0")
    assert yaml.safe_load(path.read_text("utf-8"))["criteria"] == "loan-desk@2.0.0"


def test_a_case_that_says_two_things_under_two_names_is_not_migrated(desk: Path, tmp_path: Path) -> None:
    path = write(tmp_path, LOAN_CASE)
    text = path.read_text("utf-8").replace("night_watch: staffed", "night_watch: staffed\n    guarded_by: empty")
    path.write_text(text, "utf-8")
    assert "stated twice, under names of different versions" in refused(
        "case", "migrate", path, "--criteria", desk / "2.0.0"
    )
    assert path.read_text("utf-8") == text


def test_a_case_that_is_compared_with_another_set_is_not_migrated(desk: Path, tmp_path: Path) -> None:
    path = write(tmp_path, LOAN_CASE)
    text = f"{path.read_text('utf-8')}compare_with: [{desk / '1.0.0'}]\n"
    path.write_text(text, "utf-8")
    assert "each set that a case is compared with has names of its own" in refused(
        "case", "migrate", path, "--criteria", desk / "2.0.0"
    )


def test_what_is_on_file_in_old_names_answers_a_case_in_either(desk: Path, tmp_path: Path) -> None:
    path = write(tmp_path, LOAN_CASE)
    done("partner", "save", path, "borrower.plain", "--criteria", desk / "1.0.0")
    on_file = tmp_path / "partners" / "plain.yaml"
    assert "night_watch: alarmed" in on_file.read_text("utf-8")
    given = path.read_text("utf-8").replace("    night_watch: alarmed\n", "    on_file: plain\n")
    for text in (given, given.replace("borrower:", "house:").replace("night_watch", "guarded_by")):
        path.write_text(text, "utf-8")
        case = load_case(path, load_criteria(str(desk / "2.0.0")))
        (plain,) = [one for one in getattr(case, "house") if one.id == "plain"]  # noqa: B009 (the model has it)
        assert plain.guarded_by == "wired"
        assert case.on_file is not None
        assert [(one.entry, list(one.answers)) for one in case.on_file] == [("house.plain", ["guarded_by"])]
    said = done("partner", "list", "--files", tmp_path / "partners", "--criteria", desk / "2.0.0")
    assert said.startswith("plain: house")


@pytest.mark.nightly
def test_a_workbook_of_an_old_case_is_read_into_it_in_the_new_names(desk: Path, tmp_path: Path) -> None:
    path, book = write(tmp_path, LOAN_CASE), tmp_path / "case.xlsx"
    done("case", "export", path, book, "--criteria", desk / "1.0.0")
    said = run("case", "import", book, "--into", path, "--criteria", desk / "2.0.0")
    assert (said.code, said.out) == (0, ""), "nobody changed anything in it"
    assert path.read_text("utf-8") == LOAN_CASE.read_text("utf-8")


def test_a_plan_of_the_old_version_changes_the_control_that_is_called_otherwise_now(desk: Path, tmp_path: Path) -> None:
    path, record, plan = write(tmp_path, LOAN_CASE), tmp_path / "record.json", tmp_path / "plan.xlsx"
    done("assess", path, "--criteria", desk / "1.0.0", "--format", "json", "-o", record)
    done("report", record, "--kind", "plan", "--criteria", desk / "1.0.0", "-o", plan)
    book = load_workbook(plan)
    sheet = book.worksheets[0]
    (row,) = [number for number in range(2, sheet.max_row + 1) if sheet.cell(number, 1).value == "LOGGER"]
    sheet.cell(row, 4).value = "House on the Plain"
    book.save(plan)
    said = done("case", "import", plan, "--into", path, "--criteria", desk / "2.0.0")
    assert "controls.CLIMATE-LOG.owner: Harbour Museum -> House on the Plain" in said
    assert "id: CLIMATE-LOG" in path.read_text("utf-8")


@pytest.mark.nightly
def test_a_workbook_offers_what_is_deprecated_only_where_the_case_states_it(desk: Path, tmp_path: Path) -> None:
    change(desk, "facts.yaml", "    escorted:\n", "    escorted:\n      deprecated: 2026-01-01\n")
    gone = "      deprecated_options: {wired: 2026-01-01, empty: 2026-01-01}\n"
    change(desk, "facts.yaml", "    guarded_by:\n", f"    guarded_by:\n{gone}")
    for control in ("MOUNT", "DIMMER"):
        change(desk, "controls.yaml", f"{control}: {{", f"{control}: {{deprecated: 2026-01-01, ")
    path, book = write(tmp_path, LOAN_CASE), tmp_path / "case.xlsx"
    text = path.read_text("utf-8").replace("{id: SIGN,", "{id: MOUNT,").replace("  escorted: unknown\n", "")

    def texts(case: str) -> set[str]:
        path.write_text(case, "utf-8")
        book.unlink(missing_ok=True)
        done("case", "export", path, book, "--criteria", desk / "2.0.0")
        sheets = load_workbook(book).worksheets
        return {str(one.value) for sheet in sheets for row in sheet.iter_rows() for one in row if one.value is not None}

    stated = texts(text)
    assert {"An alarm", "Nobody"} <= stated
    assert "MOUNT Quake-proof mount" in stated
    assert {"DIMMER Dimmed light", "Does one of us travel with it?"}.isdisjoint(stated)
    assert {"An alarm"}.isdisjoint(texts(text.replace("night_watch: alarmed", "night_watch: staffed")))
