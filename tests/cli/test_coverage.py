"""`criteria test --coverage`: forms, exit codes, and what it refuses."""

import json
import shutil
from pathlib import Path

from tests.cli.running import LOAN_DESK, done, refused, run
from tests.editing import edit


def test_coverage_is_printed_below_how_many_cases_pass() -> None:
    lines = done("criteria", "test", LOAN_DESK, "--coverage").splitlines()
    assert lines[0] == "loan-desk@1.0.0: 14 passed, 0 failed"
    assert lines[1].startswith("The cases show ")
    assert "Levels of ladders" in "\n".join(lines)
    assert "What no case shows" in lines


def test_the_record_of_a_coverage_is_json_and_nothing_else() -> None:
    result = run("criteria", "test", LOAN_DESK, "--coverage", "--format", "json")
    found = json.loads(result.out)
    assert result.err == "loan-desk@1.0.0: 14 passed, 0 failed\n"
    assert (found["criteria"], found["version"], found["cases"], found["failing"]) == ("loan-desk", "1.0.0", 14, [])
    assert len(found["shown"]) + len(found["missing"]) == found["goals"]
    (goal,) = (one for one in found["missing"] if one["record"] == "OBJ-2" and one["leaf"] and one["wanted"] == "true")
    assert goal == {
        "kind": "severity_branch",
        "record": "OBJ-2",
        "severity": "high",
        "at": ["severity", "high", "all_of", 1, "where", "not"],
        "wanted": "true",
        "leaf": {"fact": "artwork.fragility", "is": "robust"},
        "spot": {"file": "indicators/object.yaml", "line": 38, "column": 40},
        "case": None,
    }


def test_the_ending_of_the_file_says_the_form(tmp_path: Path) -> None:
    for name, start in (("c.html", "<!doctype html>"), ("c.md", "#"), ("c.json", "{"), ("c.txt", "The cases show")):
        result = run("criteria", "test", LOAN_DESK, "--coverage", "-o", tmp_path / name)
        assert result.code == 0
        assert "passed, 0 failed" in result.out + result.err
        assert (tmp_path / name).read_text("utf-8").startswith(start)


def test_too_little_coverage_fails() -> None:
    percent = json.loads(run("criteria", "test", LOAN_DESK, "--coverage", "--format", "json").out)["percent"]
    assert run("criteria", "test", LOAN_DESK, "--coverage", "--fail-under", str(percent)).code == 0
    low = run("criteria", "test", LOAN_DESK, "--coverage", "--fail-under", str(percent + 1))
    assert low.code == 1
    assert low.err == f"the coverage is {percent} %, less than {percent + 1} %\n"


def test_a_case_that_fails_is_shown_and_fails_the_command(tmp_path: Path) -> None:
    shutil.copytree(LOAN_DESK / "1.0.0", tmp_path / "1.0.0")
    path = tmp_path / "1.0.0" / "cases.yaml"
    edit(path, "findings: {OBJ-6: high}", "findings: {OBJ-6: low}")
    result = run("criteria", "test", tmp_path / "1.0.0", "--coverage")
    assert result.code == 1
    assert "  finding OBJ-6: expected low, got high\nloan-desk@1.0.0: 13 passed, 1 failed\n" in result.out
    assert "1 case fails and does not count" in result.out


def test_options_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    text = refused("criteria", "test", LOAN_DESK, "--format", "json", "--fail-under", "50")
    assert text == "--format, --fail-under: this is about the coverage\n  help: add --coverage\n"
    assert "--coverage is about one set, and 2 are named" in refused(
        "criteria", "test", LOAN_DESK, LOAN_DESK, "--coverage"
    )
    assert "written as .pdf" in refused("criteria", "test", LOAN_DESK, "--coverage", "-o", tmp_path / "c.pdf")
    cases = tmp_path / "1.0.0" / "cases.yaml"
    shutil.copytree(LOAN_DESK / "1.0.0", tmp_path / "1.0.0")
    assert "is not written over" in refused("criteria", "test", tmp_path / "1.0.0", "--coverage", "-o", cases)
