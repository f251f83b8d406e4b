"""`criteria try`: what an edit changes in a case, and which cases of the release before it turn red."""

import shutil
from pathlib import Path

import pytest

from tests.cli.running import LOAN_CASE, LOAN_DESK, refused, run
from tests.editing import edit


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("released") / "desk"
    shutil.copytree(LOAN_DESK / "1.0.0", folder)
    assert run("criteria", "release", folder).code == 0
    return folder


@pytest.fixture
def desk(released: Path, tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(released, tmp_path / "desk"))
    edit(
        copy / "indicators" / "object.yaml",
        "{fact: artwork.fragility, is: brittle}",
        "{fact: artwork.fragility, is: robust}",
    )
    return copy


def test_what_changes_in_a_case_file_and_which_cases_turn_red(desk: Path) -> None:
    result = run("criteria", "try", desk, "--case", LOAN_CASE)
    assert result.code == 1, result
    lines = result.out.splitlines()
    assert lines[0] == "loan-desk@1.0.0 as it is now, against loan-desk@1.0.0 as released: 1 change of the rules"
    assert "  OBJ-1 A fragile object in an unsteady climate: moderate, residual low → high, residual moderate" in lines
    assert "  finding OBJ-1: expected high, got moderate" in lines
    assert lines[-1].endswith(" could be touched and were worked out)")


def test_a_case_of_the_set_is_named_by_its_name(desk: Path) -> None:
    out = run("criteria", "try", desk, "--case", "a brittle object in a drifting climate is lent on terms").out
    assert "OBJ-1 A fragile object in an unsteady climate: high → moderate" in out
    same = run("criteria", "try", desk, "--case", "the base case is harmless").out
    assert "the base case is harmless:\n  nothing changes in it\n" in same


def test_where_nothing_was_edited_nothing_turns_red(released: Path) -> None:
    result = run("criteria", "try", released)
    assert result.code == 0
    assert "0 of 14 released cases turn red (0 could be touched and were worked out)" in result.out
    assert run("criteria", "try", released, "--against", released).code == 0


def test_no_release_no_such_case_and_a_broken_file_are_refused(desk: Path, tmp_path: Path) -> None:
    alone = Path(shutil.copytree(LOAN_DESK / "1.0.0", tmp_path / "alone"))
    assert "there is no release beside it to compare it with" in refused("criteria", "try", alone)
    assert "no case of that name in cases.yaml" in refused("criteria", "try", desk, "--case", "a case of nobody")
    edit(desk / "set.yaml", "version: 1.0.0", "version: one")
    assert "a version like `1.0.0` is needed here" in refused("criteria", "try", desk)
