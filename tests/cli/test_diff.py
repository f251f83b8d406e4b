"""`criteria diff`: what it prints in which form, what makes it fail, what it says of versions that cannot be used."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from risk_engine.model.changes import Meaning, RequiredBump
from tests.cli.running import LOAN, Result, done, refused, run, run_on_a_terminal
from tests.versions import LATER, LIGHTER, LOAN_DESK, NUMBER, RENAMED, WORDS, changed

DIFF = ("criteria", "diff", "--no-meaning")
"""What does not ask for the meaning is quick."""


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return changed(tmp_path_factory.mktemp("later") / "1.1.0", LATER)


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return changed(tmp_path_factory.mktemp("words") / "1.1.0", {**WORDS, **NUMBER})


def test_text_is_printed_and_fits_an_ordinary_screen(later: Path) -> None:
    out = done(*DIFF, LOAN_DESK, later)
    assert out.startswith("26 changes of the rules, 2 changes of promises and 2 changes of words.\nWhat changes: May")
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


def test_the_ending_of_the_file_says_the_form(later: Path, tmp_path: Path) -> None:
    for form, start in (("html", b"<!doctype html>"), ("md", b"# 26 changes"), ("json", b"{\n"), ("pdf", b"%PDF")):
        result = run(*DIFF, LOAN_DESK, later, "-o", tmp_path / f"changes.{form}")
        assert (result.code, result.out) == (0, "")
        assert (tmp_path / f"changes.{form}").read_bytes().lstrip().startswith(start)
    said = refused(*DIFF, LOAN_DESK, later, "-o", tmp_path / "changes.xlsx")
    assert "this cannot be written as .xlsx" in said
    assert "endings that are known: .md, .html, .pdf, .docx, .json" in said


def test_a_terminal_is_not_sent_a_document_that_it_cannot_show(later: Path) -> None:
    result = run_on_a_terminal(*DIFF, LOAN_DESK, later, "--format", "pdf")
    assert (result.code, result.out) == (2, "")
    assert "-o FILE.pdf" in result.err


def test_json_holds_every_edit_and_says_that_nothing_was_proved(later: Path) -> None:
    told = json.loads(done(*DIFF, LOAN_DESK, later, "--format", "json"))
    assert list(told) == ["before", "after", "renamed", "edits", "meaning"]
    assert told["meaning"] is None
    assert (told["before"]["version"], told["after"]["version"], told["after"]["state"]) == ("1.0.0", "1.1.0", "draft")
    assert {
        "kind": "changed",
        "layer": "structure",
        "record": "parameter light_limit",
        "place": "values.1.value",
        "loc": ["parameters", "light_limit", "values", 1, "value"],
        "before": 50000,
        "after": 45000,
        "looks_renamed": None,
        "read_by": ["indicator OBJ-3"],
    } in told["edits"]


def test_json_is_the_same_in_every_language(later: Path) -> None:
    command = (*DIFF, LOAN_DESK, later, "--format", "json")
    assert done(*command) == done("--lang", "de", *command)


@pytest.mark.parametrize(
    ("version", "fail_on", "code"),
    [
        ("later", "structure", 1),
        ("later", "changed", 1),
        ("words", "structure", 0),
        ("words", "changed", 1),
    ],
)
def test_fail_on_says_what_makes_it_fail(version: str, fail_on: str, code: int, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(version)
    result = run(*DIFF, LOAN_DESK, folder, "--fail-on", fail_on)
    assert (result.code, result.err) == (code, "")
    assert "What changes: May the object be lent?" in result.out


def test_a_version_and_itself_never_fail() -> None:
    assert run(*DIFF, LOAN_DESK, LOAN_DESK, "--fail-on", "changed").code == 0


def test_a_set_means_its_newest_version_and_a_number_another(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    changed(desk / "1.0.0", {})
    changed(desk / "1.1.0", LATER)
    assert "After\n  - loan-desk 1.1.0, in force from" in done(*DIFF, f"{desk}@1.0.0", desk)
    assert "Nothing changes: both say the same." in done(*DIFF, desk, f"{desk}@1.1.0")


def test_two_sets_are_compared_and_called_two_sets(tmp_path: Path) -> None:
    other = changed(tmp_path / "1.0.0", {"set.yaml": (("id: loan-desk", "id: print-room"),)})
    out = done(*DIFF, LOAN_DESK, other)
    assert "\nPlease note\n" in out
    assert "These are two sets, not two versions of one; what they call alike is compared." in " ".join(out.split())


@pytest.mark.nightly
def test_sets_that_have_nothing_in_common_are_compared_too() -> None:
    out = done(*DIFF, LOAN_DESK, "reconnect-china")
    assert "These are two sets" in " ".join(out.split())
    assert "Verdict (verdict) [gone]" in out
    assert "Measure (measure) [new]" in out


def test_the_problems_of_both_are_told_at_once(tmp_path: Path) -> None:
    first = changed(tmp_path / "1.0.0", {"controls.yaml": (("effort: 1}", "effort: 9}"),)})
    second = changed(tmp_path / "1.1.0", {**NUMBER, "definitions.yaml": (("holds: soft", "holds: sofd"),)})
    said = refused(*DIFF, first, second)
    assert "1.0.0/controls.yaml" in said
    assert "there is no definition `sofd`" in said
    assert "Traceback" not in said


def test_a_set_that_there_is_not_is_refused_with_a_suggestion() -> None:
    assert "did you mean `reconnect-china`?" in refused(*DIFF, "reconnect-chima", LOAN_DESK)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """The diff with all that it proves, of one change, in one run for all tests: it takes seconds."""
    folder = tmp_path_factory.mktemp("shown")
    lighter = changed(tmp_path_factory.mktemp("lighter") / "1.1.0", {**NUMBER, **LIGHTER})
    command = ("criteria", "diff", LOAN_DESK, lighter, "--fail-on", "milder", "--cases", folder / "cases")
    return run("--lang", "de", *command, "-o", folder / "whole.json"), folder


def test_a_diff_says_what_it_means_and_fails_on_milder(whole: tuple[Result, Path]) -> None:
    result, folder = whole
    assert result.code == 1
    told = json.loads((folder / "whole.json").read_text("utf-8"))
    meaning = Meaning.model_validate_json(json.dumps(told["meaning"]))
    assert meaning.answer == "milder"
    # A record is the same in every language.
    assert meaning.required == RequiredBump(bump="major", why="Release can become milder")


def test_each_case_that_is_shown_is_a_file_that_can_be_assessed(whole: tuple[Result, Path]) -> None:
    result, folder = whole
    names = {one.name for one in (folder / "cases").iterdir()}
    assert "case-1.yaml" in names
    assert all(f"{folder / 'cases' / name} geschrieben" in result.err for name in names)
    # A settled case is shown before an open one.
    assert not done("assess", folder / "cases" / "case-1.yaml", *LOAN).startswith("Still open")


def test_cases_are_never_written_among_others(later: Path, tmp_path: Path) -> None:
    (tmp_path / "case-1.yaml").write_text("id: mine\n", "utf-8")
    said = refused("criteria", "diff", LOAN_DESK, later, "--cases", tmp_path)
    assert "name another one after --cases" in said
    assert (tmp_path / "case-1.yaml").read_text("utf-8") == "id: mine\n"


def test_what_needs_the_meaning_cannot_be_had_without_it(later: Path, tmp_path: Path) -> None:
    for option in (("--fail-on", "milder"), ("--cases", tmp_path / "new"), ("--on", "2026-12-01")):
        assert "leave out --no-meaning" in refused(*DIFF, LOAN_DESK, later, *option)


@pytest.mark.nightly
def test_a_version_without_any_change_is_equal_in_meaning() -> None:
    result = run("criteria", "diff", LOAN_DESK, LOAN_DESK, "--fail-on", "milder")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Equal in meaning, proved: no case is decided otherwise (lists of any length).")


def test_without_a_base_case_it_is_said_that_nothing_was_proved(tmp_path: Path) -> None:
    bare = changed(tmp_path / "1.0.0", {})
    (bare / "cases.yaml").unlink()
    result = run("criteria", "diff", bare, LOAN_DESK, "--fail-on", "milder")
    assert result.code == 3
    assert "[not proved] " in " ".join(result.out.split())
    assert "cases.yaml" in result.err
    # Nor is it done where nothing is to fail on it.
    assert run("criteria", "diff", bare, LOAN_DESK).code == 2
    assert run("criteria", "diff", bare, LOAN_DESK, "--no-meaning").code == 0


@pytest.mark.nightly
def test_without_the_solver_it_says_how_to_install_it(tmp_path: Path, later: Path) -> None:
    (tmp_path / "z3.py").write_text("raise ImportError('as where the extra is not installed')\n", "utf-8")
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from risk_engine.cli import main; main()"
    command = (sys.executable, "-c", code, tmp_path, "criteria", "diff", LOAN_DESK, later, "--fail-on", "milder")
    found = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert found.returncode == 3, found
    assert "[not proved] What the changes mean for results cannot be proved" in " ".join(found.stdout.split())
    assert "pipx install --force '.[audit]'" in found.stderr
    # The rest of the report is there all the same.
    assert "26 changes of the rules" in found.stdout


def test_other_names_alone_are_a_change(tmp_path: Path) -> None:
    later = changed(tmp_path / "1.1.0", RENAMED)
    for wanted in ("changed", "structure"):
        assert run(*DIFF, LOAN_DESK, later, "--fail-on", wanted).code == 1
