"""What versions of criteria and their days do to the cases of a register; what comes out is worked out by hand."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from risk_engine.loading.criteria import load_criteria, read_criteria
from risk_engine.loading.releases import choose
from risk_engine.office.monitor.cases import Looking
from risk_engine.office.monitor.changes import Gravity
from risk_engine.office.monitor.criteria import Group, Target, Versions
from risk_engine.office.register.folder import case_paths
from tests.cli.running import EXAMPLES, run
from tests.office.monitor.looking import DAY, later_version, looked, of_kind, told
from tests.office.register.filing import CASE_ID, assessed, case_file, decided, filed, with_id, written

UNSAFE = "{fact: dimension.residual_band, at_least: unsafe}"
STRAINED = "{fact: dimension.residual_band, at_least: strained}"
STRICTER = ("ladders.yaml", UNSAFE, STRAINED)
"""Two findings are high and nothing lowers them, so what remains is strained: refused where that is enough."""
RADIUM = ("hazards: [arsenic]", "hazards: [radium]")
"""On the list of poisons from 1 October 2026, as parameters.yaml says: OBJ-4 is low before, moderate then."""
NO_LAB = ("[artwork.fan.hazards.arsenic, artwork.fan.material]", "[artwork.fan.material]")
POISON = "OBJ-4 Poisons: was present (low; after controls low), now present (moderate; after controls moderate)"


def test_where_no_version_and_no_day_decides_otherwise_nothing_is_told_of_criteria(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    report = looked(tmp_path / "r", date(2026, 12, 1), days=30).report
    assert {one.kind for one in report.changes} == {"due"}
    assert not report.failed
    said = next(one for one in report.parts if one.name == "criteria")
    assert said.said == "loan-desk@1.0.0 as of 2026-12-01"


def test_a_version_in_force_that_is_stricter_touches_decided_cases_first(tmp_path: Path) -> None:
    register, desk = tmp_path / "r", later_version(tmp_path, STRICTER)
    for number in ("A", "B"):
        case = case_file(tmp_path, with_id(number))
        filed(register, case)
    assessment = assessed(case_file(tmp_path, with_id("B")))
    filed(register, written(tmp_path / "d.json", decided(assessment)))
    changes = of_kind(looked(register, date(2026, 6, 1), criteria=[str(desk)]).report, "version")
    assert [(one.about["version"], one.about["day"], one.gravity) for one in changes] == [
        ("1.1.0", "2026-06-01", Gravity.STRICTER)
    ]
    assert [(one.case_id, one.state) for one in changes[0].touches] == [("B", "decided"), ("A", "open")]
    assert changes[0].touches[0].lines == ("Verdict: was “Lend on terms”, now “Refuse”",)


def test_a_version_to_come_is_told_before_its_day(tmp_path: Path) -> None:
    register, desk = tmp_path / "r", later_version(tmp_path, STRICTER, day="2027-06-01")
    filed(register, case_file(tmp_path))
    report = looked(register, date(2026, 3, 10), criteria=[str(desk)]).report
    (change,) = of_kind(report, "version")
    assert change.about["day"] == "2027-06-01"
    assert report.parts[2].said == "loan-desk@1.0.0 as of 2026-03-10; loan-desk@1.1.0 as of 2027-06-01"


def test_a_later_version_that_decides_as_the_one_before_is_not_told_of_twice(tmp_path: Path) -> None:
    register = tmp_path / "r"
    desk = later_version(tmp_path, STRICTER)
    later_version(tmp_path, STRICTER, day="2027-01-01", number="1.2.0")
    filed(register, case_file(tmp_path))
    changes = of_kind(looked(register, date(2026, 7, 1), criteria=[str(desk)]).report, "version")
    assert [one.about["version"] for one in changes] == ["1.1.0"]


def test_a_version_that_moves_a_finding_alone_weighs_less(tmp_path: Path) -> None:
    register, desk = tmp_path / "r", later_version(tmp_path, ("parameters.yaml", "value: 50000", "value: 30000"))
    filed(register, case_file(tmp_path))
    (change,) = of_kind(looked(register, date(2026, 7, 1), criteria=[str(desk)]).report, "version")
    assert change.gravity == Gravity.OTHERWISE
    assert change.touches[0].lines == (
        "OBJ-3 Too much light: was present (low; after controls low), now present (high; after controls high)",
    )


def test_a_milder_version_is_told_as_milder(tmp_path: Path) -> None:
    rule = "level: checks_due\n      when: {some: finding, where: {fact: finding.residual, at_least: "
    desk = later_version(tmp_path, ("ladders.yaml", f"{rule}high", f"{rule}critical"))
    filed(tmp_path / "r", case_file(tmp_path))
    (change,) = of_kind(looked(tmp_path / "r", date(2026, 7, 1), criteria=[str(desk)]).report, "version")
    assert change.gravity == Gravity.MILDER
    assert change.touches[0].lines == ("Release: was “Checks due”, now “Ready”",)


def test_a_day_of_the_criteria_that_passed_is_told_with_that_day(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path, RADIUM, NO_LAB))
    (change,) = of_kind(looked(tmp_path / "r", date(2026, 11, 26)).report, "day")
    assert (change.about["version"], change.about["day"]) == ("1.0.0", "2026-10-01")
    assert change.touches[0].lines == (POISON,)


def test_a_day_of_the_criteria_to_come_is_told_within_the_days_that_were_asked_for(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path, RADIUM, NO_LAB))
    assert not of_kind(looked(tmp_path / "r", date(2026, 9, 15), days=10).report, "day")
    (change,) = of_kind(looked(tmp_path / "r", date(2026, 9, 15), days=30).report, "day")
    assert change.about["day"] == "2026-10-01"
    # It is the same change before its day and after it.
    assert change.id == of_kind(looked(tmp_path / "r", date(2026, 11, 26)).report, "day")[0].id


def test_a_closed_case_is_not_decided_again(tmp_path: Path) -> None:
    desk = later_version(tmp_path, STRICTER)
    filed(tmp_path / "r", case_file(tmp_path, ("status: submitted", "status: closed")))
    report = looked(tmp_path / "r", date(2026, 7, 1), criteria=[str(desk)]).report
    assert report.changes == ()
    assert report.parts[0].said == "0 open, 0 decided, 1 closed, for its dates"


@pytest.mark.nightly
def test_a_version_that_moves_nothing_is_told_once_it_is_released_until_it_is_acknowledged(tmp_path: Path) -> None:
    register = tmp_path / "r"
    filed(register, case_file(tmp_path))
    assert not of_kind(told(register), "released")
    desk = later_version(tmp_path, day="2027-01-01")
    (change,) = of_kind(told(register, criteria=[str(desk)]), "released")
    assert (change.about["version"], change.about["day"], change.touches) == ("1.1.0", "2027-01-01", ())
    again = told(register, criteria=[str(desk)])
    assert [one.id for one in of_kind(again, "released")] == [change.id]
    assert again.new == 0


def test_criteria_that_are_not_here_are_told_as_not_looked_at(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    report = looked(tmp_path / "r", criteria=()).report
    assert report.failed
    assert report.problems == (
        "there is no criteria set `loan-desk`\n  help: name the folder of the set with `--criteria`",
    )


@pytest.mark.nightly
def test_what_columns_say_of_the_examples_is_what_was_filed(tmp_path: Path) -> None:
    names = ("lung-imaging", "half-filled", "drone-swarm", "battery-recycling")
    run("register", "add", tmp_path / "r", *(EXAMPLES / f"{name}.yaml" for name in names))
    for path in case_paths(tmp_path / "r"):
        case = Looking(date(2027, 1, 1))(path)
        assert case.on is not None
        version = choose(f"{case.reference}@{case.version}", case.on).version
        target = Target("", version, read_criteria(version.path), case.on, "day", None)
        group = Group([case], Versions(case.on, case.on), {})
        assert list(group.outcomes(target, group.profile)) == [case.outcome]


def released(desk: Path, *withdrawn: str) -> None:
    """Record both versions as released, and these as withdrawn."""
    lines = []
    for number in ("1.0.0", "1.1.0"):
        mark = "withdrawn " if number in withdrawn else ""
        lines.append(f"loan-desk@{number}: {mark}sha256:{meaning(desk / number)}\n")
    (desk / "releases.lock").write_text("".join(lines), "utf-8")


def meaning(version: Path) -> str:
    return load_criteria(str(version)).digest


def test_a_version_withdrawn_after_cases_were_assessed_under_it_touches_them(tmp_path: Path) -> None:
    register, desk = tmp_path / "r", later_version(tmp_path, day="2026-02-01")
    released(desk)
    assert run("register", "add", register, case_file(tmp_path), "--criteria", desk).code == 0
    assert not of_kind(told(register, criteria=[str(desk)]), "withdrawn")
    released(desk, "1.1.0")
    (change,) = of_kind(told(register, criteria=[str(desk)]), "withdrawn")
    assert (change.about["version"], change.gravity) == ("1.1.0", Gravity.TO_LOOK_AT)
    assert [one.case_id for one in change.touches] == [CASE_ID]


def test_a_version_that_is_gone_is_told(tmp_path: Path) -> None:
    register, desk = tmp_path / "r", later_version(tmp_path)
    filed(register, case_file(tmp_path))
    told(register, criteria=[str(desk)])
    shutil.rmtree(desk / "1.1.0")
    (change,) = of_kind(told(register, criteria=[str(desk)]), "gone")
    assert change.about["version"] == "1.1.0"
    assert of_kind(told(register, criteria=[str(desk)]), "gone") == [replace(change, is_new=False, first=DAY)]
    later_version(tmp_path)
    assert not of_kind(told(register, criteria=[str(desk)]), "gone")
