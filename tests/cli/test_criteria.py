import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.running import LOAN_DESK, done, refused, run, run_on_a_terminal
from tests.editing import edit

SHIPPED = "reconnect-china"
FIRST = f"{SHIPPED}@1.0.0"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "1.0.0"
    shutil.copytree(LOAN_DESK / "1.0.0", folder)
    return folder


# --- list ---


def test_the_shipped_sets_are_listed_with_the_day_they_begin() -> None:
    out = done("criteria", "list")
    when = r"(in force from \d{{4}}-\d\d-\d\d\t(draft|released\t\w+)|in force on no day\twithdrawn\t\w+)"
    line = rf"{{name}}@\d+\.\d+\.\d+\t{when}{{remark}}\n"
    default = line.format(name="reconnect-china", remark="\tof the set that is taken where none is named")
    assert re.fullmatch(f"({default})+({line.format(name='us-dod-matrix', remark='')})+", out)
    assert "reconnect-china@1.0.0\tin force from 2026-11-01\treleased\tunsigned\tof the set that is taken" in out
    assert "reconnect-china@1.1.0\tin force on no day\twithdrawn\tunsigned\tof the set that is taken" in out


@pytest.mark.nightly
def test_sets_by_name_by_folder_and_by_version_are_listed() -> None:
    out = done("criteria", "list", SHIPPED, LOAN_DESK, LOAN_DESK / "1.0.0")
    assert out.splitlines()[-2:] == ["loan-desk@1.0.0\tin force from 2024-03-01\tdraft"] * 2


def test_a_set_that_is_not_there_is_not_listed(tmp_path: Path) -> None:
    assert "there is no criteria set `nope`" in refused("criteria", "list", "nope")
    assert "the folder of a set holds its" in refused("criteria", "list", tmp_path)


# --- show ---


def test_the_whole_set_is_shown_or_one_record_of_it(tmp_path: Path) -> None:
    whole = done("criteria", "show", SHIPPED, "--format", "md")
    assert whole.startswith("# Research cooperation after ReConnect China Policy Brief 2\n")
    one = done("criteria", "show", SHIPPED, "SEC-08", "--format", "md")
    assert one.startswith("### `SEC-08` Defence-linked civilian partner in a critical area\n")
    place = re.compile(r"(`indicators/security\.yaml):\d+:\d+`")
    assert place.sub(r"\1`", one).strip() in whole
    done("criteria", "show", SHIPPED, "SEC-08", "-o", tmp_path / "sec-08.md")
    assert (tmp_path / "sec-08.md").read_text("utf-8") == one


@pytest.mark.parametrize(
    ("form", "start"), [("text", "SEC-08 Defence-linked"), ("md", "### `SEC-08` Defence"), ("html", "<!doctype html>")]
)
def test_a_set_is_shown_in_the_form_that_is_asked_for_or_that_the_ending_says(
    form: str, start: str, tmp_path: Path
) -> None:
    shown = done("criteria", "show", SHIPPED, "SEC-08", "--format", form)
    assert shown.startswith(start)
    target = tmp_path / ("sec-08" if form == "text" else f"sec-08.{form}")
    result = run("criteria", "show", FIRST, "SEC-08", "-o", target)
    assert (result.code, result.out, result.err) == (0, "", f"wrote {target}\n")
    assert target.read_text("utf-8") == shown
    assert done("criteria", "show", SHIPPED, "SEC-08") == done(
        "criteria", "show", SHIPPED, "SEC-08", "--format", "text"
    )


def test_a_form_that_is_not_there_is_refused() -> None:
    assert "Invalid value for '--format'" in refused("criteria", "show", SHIPPED, "--format", "pdf")


def test_a_ladder_is_shown_as_a_table() -> None:
    shown = done("criteria", "show", f"{SHIPPED}@1.0.0", "measure", "--format", "md")
    assert "| Rule | If | Then | Because |" in shown.splitlines()


def test_a_record_that_is_not_there_is_refused_with_the_nearest() -> None:
    message = refused("criteria", "show", FIRST, "SEC18")
    assert message == "the set has no record `SEC18`\n  help: did you mean `SEC-18`?\n"


# --- check ---


def test_sets_without_problems_are_said_to_have_none() -> None:
    out = done("criteria", "check", FIRST, LOAN_DESK).splitlines()
    assert out == [
        "reconnect-china 1.0.0: 57 indicators, no problems",
        "  de: all 1699 texts are translated",
        "loan-desk 1.0.0: 12 indicators, no problems",
    ]


def test_every_problem_of_a_set_is_told_and_the_other_sets_are_checked(copied: Path) -> None:
    edit(copied / "controls.yaml", "who: conservator, effort: 3", "who: conservater, effort: 3")
    edit(copied / "definitions.yaml", "at_least: drifting", "at_least: driftig")
    result = run("criteria", "check", copied, LOAN_DESK, "nope")
    assert result.code == 2
    assert result.out == "loan-desk 1.0.0: 12 indicators, no problems\n"
    assert "did you mean `conservator`?" in result.err
    assert "did you mean `drifting`?" in result.err
    assert "there is no criteria set `nope`" in result.err


def test_the_cases_of_a_set_are_not_looked_at_by_check(copied: Path) -> None:
    (copied / "cases.yaml").write_text("nonsense")
    done("criteria", "check", copied)


# --- test ---


def test_a_set_whose_cases_pass_says_how_many_there_are() -> None:
    assert done("criteria", "test", LOAN_DESK) == "loan-desk@1.0.0: 14 passed, 0 failed\n"


def test_a_case_that_fails_is_shown_with_its_place_and_what_differs(copied: Path) -> None:
    edit(copied / "cases.yaml", "residual: {OBJ-1: low}", "residual: {OBJ-1: moderate}")
    result = run("criteria", "test", copied, LOAN_DESK)
    lines = (copied / "cases.yaml").read_text("utf-8").splitlines()
    line = lines.index("  - name: logger and crate make it low") + 1
    assert (result.code, result.err) == (1, "")
    assert result.out.splitlines() == [
        f"{copied}/cases.yaml:{line}:5: logger and crate make it low",
        "  residual OBJ-1: expected moderate to moderate, got low to low",
        "loan-desk@1.0.0: 13 passed, 1 failed",
        "loan-desk@1.0.0: 14 passed, 0 failed",
    ]


def test_cases_that_cannot_be_read_are_refused(copied: Path) -> None:
    edit(copied / "cases.yaml", "like: a brittle object in a drifting climate is lent on terms", "like: a brittle")
    assert "there is no earlier test `a brittle`" in refused("criteria", "test", copied)
    (copied / "cases.yaml").unlink()
    assert "there is no such file" in refused("criteria", "test", copied)


def test_a_set_with_problems_cannot_be_tested(copied: Path) -> None:
    edit(copied / "definitions.yaml", "at_least: drifting", "at_least: driftig")
    assert "did you mean `drifting`?" in refused("criteria", "test", copied)


# --- mutate ---


def test_mutants_that_are_all_noticed_end_well() -> None:
    out = done("criteria", "mutate", LOAN_DESK, "--only", "LAW-5 controls", "--only", "unsteady").splitlines()
    assert out[0] == "loan-desk@1.0.0: 14 cases against 5 mutants"
    assert out[-1].split() == ["all", "5", "5", "0", "0"]


def test_a_mutant_that_survives_fails_the_check_and_is_told() -> None:
    result = run("criteria", "mutate", LOAN_DESK, "--only", "LAW-5 severity.moderate", "-j", "1")
    assert (result.code, result.err) == (1, "")
    assert "indicator LAW-5 severity.moderate.at_most 2 -> 1  (shift-bound)" in result.out.splitlines()
    assert "write a case that needs what was changed" in result.out


def test_what_survives_for_a_reason_passes_and_a_stale_reason_fails(copied: Path) -> None:
    stated = "survivors:\n  - because: Grades.\n    mutants:\n      - indicator LAW-5 severity.moderate.at_most 2 -> "
    only = ("--only", "LAW-5 severity.moderate.at_most")
    (copied / "mutants.yaml").write_text(f"{stated}1\n      - indicator LAW-5 severity.moderate.at_most 2 -> 3\n")
    assert done("criteria", "mutate", copied, *only).splitlines()[-1].split() == ["all", "2", "0", "2", "0"]
    (copied / "mutants.yaml").write_text(f"{stated}1\n      - indicator LAW-5 controls.0 dropped\n")
    result = run("criteria", "mutate", copied, "--only", "LAW-5 controls")
    assert (result.code, result.err) == (1, "")
    assert result.out.endswith(
        "so it needs no reason\n  5 |       - indicator LAW-5 controls.0 dropped\n    |         ^\n"
        "  help: take it out of the list\n"
    )


def test_a_reason_for_no_mutant_and_a_prefix_of_none_are_refused(copied: Path) -> None:
    assert "no mutant begins with `SEC-08`" in refused("criteria", "mutate", copied, "--only", "SEC-08")
    (copied / "mutants.yaml").write_text("survivors: [{mutants: [nonsense], because: None.}]\n")
    assert "there is no mutant `nonsense`" in refused("criteria", "mutate", copied)


def test_a_person_at_a_terminal_sees_how_far_it_is() -> None:
    result = run_on_a_terminal("criteria", "mutate", LOAN_DESK, "--only", "unsteady", "-j", "1")
    assert result.code == 0
    assert "3/3" in result.err
    assert "3/3" not in result.out


# --- schema ---


def test_the_schema_of_one_kind_goes_to_standard_output_or_into_a_file(tmp_path: Path) -> None:
    printed = done("criteria", "schema", "indicators")
    done("criteria", "schema", "indicators", "-o", tmp_path / "one.json")
    assert (tmp_path / "one.json").read_text("utf-8") == printed
    assert json.loads(printed)["title"] == "indicators"


def test_all_schemas_go_into_a_folder(tmp_path: Path) -> None:
    from risk_engine.audit.schemas import KINDS

    result = run("criteria", "schema", "-o", tmp_path / "schemas")
    assert (result.code, result.out) == (0, "")
    assert result.err == f"wrote {len(KINDS)} schemas to {tmp_path / 'schemas'}\n"
    assert {one.name for one in (tmp_path / "schemas").iterdir()} == {f"{one}.schema.json" for one in KINDS}
    for one in KINDS:
        assert (tmp_path / "schemas" / f"{one}.schema.json").read_text("utf-8") == done("criteria", "schema", one)


def test_without_a_kind_and_a_folder_the_kinds_are_named() -> None:
    message = refused("criteria", "schema")
    assert "say which kind of file" in message
    assert "`indicators`" in message


def test_a_kind_that_is_not_there_is_refused_with_the_nearest() -> None:
    assert refused("criteria", "schema", "indicator") == (
        "there is no kind of file `indicator`\n  help: did you mean `indicators`?\n"
    )


def test_schemas_do_not_go_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here already")
    assert "this cannot be a folder for the results" in refused("criteria", "schema", "-o", tmp_path / "file")


@pytest.mark.parametrize("command", ["test", "map"])
def test_a_set_without_cases_is_told_how_it_gets_them(command: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(LOAN_DESK, tmp_path / "desk"))
    (folder / "1.0.0" / "cases.yaml").unlink()
    message = refused("criteria", command, folder)
    assert "cases.yaml:1:1: there is no such file\n  help: write one: it begins with `base`" in message
