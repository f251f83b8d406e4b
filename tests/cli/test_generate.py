"""`criteria test --generate`: entries that can be appended to cases.yaml as they are, and what it refuses."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.source import parse
from tests.cli.running import LOAN_DESK, Result, refused, run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, str]:
    path = tmp_path_factory.mktemp("generated") / "more.yaml"
    result = run("criteria", "test", LOAN_DESK, "--generate", "-o", path)
    return result, path.read_text("utf-8")


def copy(folder: Path) -> Path:
    shutil.copytree(LOAN_DESK / "1.0.0", folder / "1.0.0")
    return folder / "1.0.0"


@pytest.mark.nightly
def test_appended_they_all_pass_and_show_all_that_can_be_shown(made: tuple[Result, str], tmp_path: Path) -> None:
    result, text = made
    number = text.count("  - name: ")
    assert result.code == 0
    assert result.err.endswith(
        f"loan-desk@1.0.0: {number} cases meet 116 of 122 missing goals; 6 no case can meet, as is proved\n"
    )
    folder = copy(tmp_path)
    with (folder / "cases.yaml").open("a", encoding="utf-8") as file:
        file.write(text)
    assert run("criteria", "test", folder).out == f"loan-desk@1.0.0: {14 + number} passed, 0 failed\n"
    after = json.loads(run("criteria", "test", folder, "--coverage", "--format", "json").out)
    assert (after["met"], len(after["missing"])) == (169 + 116, 6)
    proved = text[text.index("# proved: no case meets these goals") :]
    for goal in after["missing"]:
        assert f"- {goal['spot']['file']}:{goal['spot']['line']}:{goal['spot']['column']} {goal['record']} " in proved
    again = run("criteria", "test", folder, "--generate")
    assert "loan-desk@1.0.0: 0 cases meet 0 of 6 missing goals; 6 no case can meet" in again.err
    assert "- name:" not in again.out


def test_above_each_case_stands_what_it_shows_and_that_nobody_confirmed_it(made: tuple[Result, str]) -> None:
    entries = parse(made[1], "more").data
    blocks = [one for one in made[1].split("\n\n") if "- name:" in one]
    assert len(blocks) == len(entries)
    for one in blocks:
        comment = " ".join(line.removeprefix("  #").strip() for line in one.split("  - name:")[0].splitlines())
        assert comment.startswith("generated: shows ")
        assert "today's answer, to be confirmed by a person aims at " in comment
    assert len({one["name"] for one in entries}) == len(entries)
    assert {
        "name": "LAW-1: its knock-out hold is cured",
        "given": {"loan.paperwork": "unsigned"},
        "in_place": ("SIGN",),
        "expect": {
            "findings": {"LAW-1": "moderate"},
            "residual": {"LAW-1": "none"},
            "knock_out": {"LAW-1": "none"},
            "ladders": {"verdict": "lend", "release": "ready", "travel": "alone"},
        },
    } in entries


@pytest.mark.nightly
def test_text_that_looks_like_something_else_is_read_back_and_a_case_that_fails_is_named(tmp_path: Path) -> None:
    folder = copy(tmp_path)
    path = folder / "cases.yaml"
    text = path.read_text("utf-8").replace("called: Head of a king", 'called: "1_000: #no"')
    path.write_text(text.replace("findings: {OBJ-6: high}", "findings: {OBJ-6: low}"), "utf-8")
    result = run("criteria", "test", folder, "--generate")
    failing = "  finding OBJ-6: expected low, got high\n"
    assert (result.code, result.err.count(f"{failing}loan-desk@1.0.0: ")) == (1, 1)
    twins = [one["given"] for one in parse(result.out, "more").data if "artwork.artwork-2" in one.get("given", {})]
    assert twins[0]["artwork.artwork-2"]["called"] == "1_000: #no"
    with path.open("a", encoding="utf-8") as file:
        file.write(result.out)
    after = run("criteria", "test", folder)
    assert after.out.endswith(f"{failing}loan-desk@1.0.0: {13 + result.out.count('- name: ')} passed, 1 failed\n")


def test_the_cases_are_never_written_over(tmp_path: Path) -> None:
    cases = copy(tmp_path) / "cases.yaml"
    before = cases.read_bytes()
    assert "is not written over" in refused("criteria", "test", cases.parent, "--generate", "-o", cases)
    assert cases.read_bytes() == before


def test_options_that_do_not_go_together_are_refused() -> None:
    both = refused("criteria", "test", LOAN_DESK, "--generate", "--coverage")
    assert both == "--coverage and --generate are two results\n  help: ask for one after the other\n"
    assert "this is about the coverage" in refused("criteria", "test", LOAN_DESK, "--generate", "--format", "json")
    assert "--generate is about one set, and 2 are named" in refused(
        "criteria", "test", LOAN_DESK, LOAN_DESK, "--generate"
    )


def test_without_the_solver_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    text = refused("criteria", "test", LOAN_DESK, "--generate")
    message = "questions about all possible cases need a solver that is not installed"
    assert text == f"{MissingExtraError(message, 'audit')}\n"


def test_a_file_that_would_hold_something_else_than_its_ending_says_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "more.html"
    message = refused("criteria", "test", LOAN_DESK, "--generate", "-o", path)
    assert message.startswith(f"{path}: cases are written as YAML, whatever the ending says\n  help: end it in .yaml")
    assert not path.exists()
