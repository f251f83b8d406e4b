"""`criteria lint`: forms, exit codes, chosen lints, and what it refuses."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.running import LOAN_DESK, done, refused, run
from tests.editing import edit

ONLY = ("--only", "LINT-30")


@pytest.fixture
def judging(tmp_path: Path) -> Path:
    """Return a copy of the loan desk with a word that judges in a question: a problem."""
    shutil.copytree(LOAN_DESK / "1.0.0", tmp_path / "1.0.0")
    facts = tmp_path / "1.0.0" / "facts.yaml"
    edit(facts, "Who carries it?", "Which shady firm carries it?")
    return tmp_path / "1.0.0"


def test_remarks_are_printed_with_their_places() -> None:
    assert done("criteria", "lint", LOAN_DESK, *ONLY).splitlines() == [
        (
            f"{(LOAN_DESK / '1.0.0').as_posix()}/facts.yaml:97:5: LINT-30 advice: borrower.damages: "
            "nothing in the set uses this fact"
        ),
        "",
        "LINT-30 A fact that nothing uses (1)",
        "  help: take it out, or say `used_for: record` where it is kept for the file",
        "",
        "loan-desk@1.0.0: 0 problems, 1 piece of advice",
    ]


def test_a_problem_gives_exit_code_1_and_advice_only_where_that_is_asked(judging: Path) -> None:
    assert run("criteria", "lint", judging).code == 1
    assert run("criteria", "lint", judging, "--ignore", "LINT-05").code == 0
    assert run("criteria", "lint", judging, "--fail-on", "never").code == 0
    assert run("criteria", "lint", LOAN_DESK, *ONLY).code == 0
    assert run("criteria", "lint", LOAN_DESK, *ONLY, "--fail-on", "advice").code == 1
    assert run("criteria", "lint", LOAN_DESK, "--only", "LINT-05", "--fail-on", "advice").code == 0


def test_the_record_of_remarks_is_json() -> None:
    found = json.loads(done("criteria", "lint", LOAN_DESK, *ONLY, "--format", "json"))
    assert (found["criteria"], found["version"], found["on"]) == ("loan-desk", "1.0.0", "2024-03-01")
    assert found["remarks"] == [
        {
            "lint": "LINT-30",
            "weight": "advice",
            "record": "borrower.damages",
            "spot": {"file": "facts.yaml", "line": 97, "column": 5},
            "sentence": "nothing in the set uses this fact",
            "way_out": "take it out, or say `used_for: record` where it is kept for the file",
        }
    ]


def test_the_ending_of_the_file_says_the_form(tmp_path: Path) -> None:
    for name, start in (("l.html", "<!doctype html>"), ("l.md", "#"), ("l.json", "{"), ("l.txt", "/")):
        result = run("criteria", "lint", LOAN_DESK, "-o", tmp_path / name)
        assert (result.code, result.out) == (0, "")
        assert (tmp_path / name).read_text("utf-8").startswith(start)


def test_a_day_can_be_named() -> None:
    """On that day a note of the loan desk is over."""
    found = json.loads(done("criteria", "lint", LOAN_DESK, "--on", "2031-01-01", "--format", "json"))
    assert ("LINT-43", "REGION_LAW") in {(one["lint"], one["record"]) for one in found["remarks"]}
    before = json.loads(done("criteria", "lint", LOAN_DESK, "--on", "2030-12-31", "--format", "json"))
    assert ("LINT-43", "REGION_LAW") not in {(one["lint"], one["record"]) for one in before["remarks"]}


def test_every_lint_can_be_listed_without_a_set() -> None:
    lines = done("criteria", "lint", "--list").splitlines()
    assert all(re.fullmatch(r"LINT-\d\d  (problem|advice)\t[A-Z].+", one) for one in lines)
    assert len(lines) > 30


def test_what_cannot_be_done_is_refused(tmp_path: Path) -> None:
    assert refused("criteria", "lint") == "a set is missing\n  help: name one, or show every lint with --list\n"
    assert "there is no lint `LINT-99`" in refused("criteria", "lint", LOAN_DESK, "--only", "LINT-99")
    assert "written as .docx" in refused("criteria", "lint", LOAN_DESK, "-o", tmp_path / "l.docx")
    assert "there is no" in refused("criteria", "lint", tmp_path / "nowhere")
