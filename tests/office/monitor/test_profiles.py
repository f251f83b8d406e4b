"""What is on file about partners and changed after cases used it."""

import shutil
from pathlib import Path

import pytest

from risk_engine.office.monitor.changes import Change, Gravity
from tests.cli.running import LOAN, LOAN_CASE, TODAY, done
from tests.editing import edit
from tests.office.monitor.looking import looked, of_kind

USED = ("    seat: RIFT\n    climate: drifting\n    night_watch: alarmed\n", "    on_file: plain\n")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an office in which a case uses what is on file about the House on the Plain."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases").mkdir()
    case = tmp_path / "cases" / "loan.yaml"
    shutil.copy(LOAN_CASE, case)
    done("partner", "save", case, "borrower.plain", *LOAN, "--on", "2026-03-02")
    edit(case, *USED)
    done("register", "add", tmp_path / "r", case, *LOAN)
    return tmp_path


def found(office: Path) -> list[Change]:
    return of_kind(looked(office / "r", TODAY, partners=office / "partners").report, "profile")


def test_what_is_on_file_as_cases_used_it_is_not_told(office: Path) -> None:
    assert found(office) == []


def test_what_nobody_looked_at_is_told_as_such(office: Path) -> None:
    report = looked(office / "r", TODAY).report
    said = [one.said for one in report.parts if one.name == "profiles"]
    assert said == ["no folder was named (`--partners`), and 1 case uses such files"]


def test_an_answer_that_moved_is_told_with_what_the_case_comes_to(office: Path) -> None:
    edit(office / "partners" / "plain.yaml", "climate: drifting", "climate: steady")
    (change,) = found(office)
    (touch,) = change.touches
    assert touch.lines[0] == "“How steady is the climate of the room?”: was “It drifts”, now “Steady for a year”"
    # Both climates are steady then, so nothing fragile stands in an unsteady one.
    assert (
        "OBJ-1 A fragile object in an unsteady climate: was present (moderate; after controls low), not found now"
        in touch.lines
    )
    assert touch.gravity == Gravity.OTHERWISE


def test_other_evidence_alone_changes_no_result(office: Path) -> None:
    edit(office / "partners" / "plain.yaml", "recorded_on: 2026-03-02", "recorded_on: 2026-03-01")
    (change,) = found(office)
    assert [(one.gravity, one.lines) for one in change.touches] == [
        (Gravity.NOTED, ("the same answers, other evidence or days",))
    ]


def test_a_file_that_is_gone_is_to_be_looked_at(office: Path) -> None:
    (office / "partners" / "plain.yaml").unlink()
    (change,) = found(office)
    assert change.touches[0].lines == ("borrower.plain: nothing is on file as `plain` any more",)
    assert change.gravity == Gravity.TO_LOOK_AT


def test_a_file_that_cannot_be_read_is_told_as_not_looked_at(office: Path) -> None:
    edit(office / "partners" / "plain.yaml", "climate: drifting", "climate: tropical")
    report = looked(office / "r", TODAY, partners=office / "partners").report
    assert report.failed
    assert "tropical" in report.problems[0]
    report = looked(office / "r", TODAY, partners=office / "nowhere").report
    assert report.problems == (f"there is no folder {office / 'nowhere'}",)
