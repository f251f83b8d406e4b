"""Which version is in force when, and what changes in it, as the files of the loan desk say it."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from risk_engine.audit.releases.timeline import timeline
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.releases import choose
from risk_engine.model.changes import DatedChange, SetInTime, VersionInTime

LOAN_DESK = Path(__file__).parents[2] / "sets" / "loan-desk"
FIRST, SECOND = date(2024, 3, 1), date(2026, 12, 1)


def version(folder: Path, number: str, since: str) -> Path:
    shutil.copytree(LOAN_DESK / "1.0.0", folder / number)
    head = folder / number / "set.yaml"
    text = head.read_text("utf-8").replace("version: 1.0.0", f"version: {number}")
    head.write_text(text.replace("from: 2024-03-01", f"from: {since}"), "utf-8")
    return folder / number


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    version(folder, "1.0.0", "2024-03-01")
    version(folder, "1.0.1", "2026-12-01")  # never in force: 1.1.0 begins on the same day
    version(folder, "1.1.0", "2026-12-01")
    return folder


@pytest.fixture(scope="module")
def found(folder: Path) -> SetInTime:
    (one,) = timeline([str(folder)]).sets
    return one


def told(one: VersionInTime, *, in_force: bool | None = None) -> list[str]:
    return [
        f"{change.on} {change.what} {change.step} {change.id}"
        for change in one.changes
        if in_force is None or change.in_force == in_force
    ]


def change(one: VersionInTime, name: str, on: date) -> DatedChange:
    (found,) = (each for each in one.changes if (each.id, each.on) == (name, on))
    return found


def test_a_version_is_in_force_until_a_higher_number_is(found: SetInTime) -> None:
    assert [(one.version, one.in_force_from, one.in_force_until) for one in found.versions] == [
        ("1.0.0", FIRST, SECOND),
        ("1.0.1", SECOND, SECOND),
        ("1.1.0", SECOND, None),
    ]
    assert [one.is_never_in_force for one in found.versions] == [False, True, False]
    assert (found.id, found.title) == ("loan-desk", "May the object be lent?")


@pytest.mark.parametrize("day", [FIRST, date(2026, 11, 30), SECOND, date(2099, 1, 1)])
def test_the_version_that_is_said_to_be_in_force_is_the_one_that_is_used(
    day: date, folder: Path, found: SetInTime
) -> None:
    assert [one.version for one in found.versions if one.is_in_force(day)] == [choose(str(folder), day)[0].dotted]


def test_before_the_first_version_none_is_in_force(found: SetInTime) -> None:
    assert not any(one.is_in_force(date(2024, 2, 29)) for one in found.versions)


def test_what_begins_changes_or_ends_stands_at_its_day(found: SetInTime) -> None:
    assert told(found.versions[0], in_force=True) == [
        "2024-03-01 indicator begins LAW-3",
        "2024-03-01 awareness begins REGION_LAW",
        "2025-01-01 cell changes regions.shielded",
        "2025-07-01 parameter changes light_limit",
        "2026-01-01 cell changes regions.quake_zone",
        "2026-10-01 parameter changes poison_list",
    ]
    assert told(found.versions[2], in_force=True) == [
        "2027-01-01 indicator begins LAW-6",
        "2030-01-01 indicator ends LAW-5",
        "2031-01-01 awareness ends REGION_LAW",
        "2032-01-01 indicator ends LAW-6",
    ]
    assert told(found.versions[1], in_force=True) == []
    # The rules are the same; only which day lies in the time in force differs.
    assert told(found.versions[0]) == told(found.versions[1]) == told(found.versions[2])
    assert told(found.versions[0], in_force=False)[0] == "2020-01-01 parameter begins poison_list"


def test_a_value_is_told_as_people_read_it_before_and_after(found: SetInTime) -> None:
    poison = change(found.versions[0], "poison_list", date(2026, 10, 1))
    assert poison.before is not None
    assert poison.after is not None
    assert (poison.before.value, poison.before.shown) == (("arsenic",), ("Arsenic",))
    assert (poison.after.value, poison.after.shown) == (("arsenic", "radium"), ("Arsenic", "Radium paint"))
    light = change(found.versions[0], "light_limit", date(2025, 7, 1))
    assert [one and (one.value, one.shown) for one in (light.before, light.after)] == [
        (60000, ("60000",)),
        (50000, ("50000",)),
    ]


def test_a_cell_names_its_rows_and_falls_back_on_what_the_column_says_of_every_other(found: SetInTime) -> None:
    shielded = change(found.versions[0], "regions.shielded", date(2025, 1, 1))
    assert shielded.rows == ("Outer Isles",)
    assert [one and one.value for one in (shielded.before, shielded.after)] == [False, True]
    quake = change(found.versions[0], "regions.quake_zone", date(2026, 1, 1))
    assert [one and one.shown for one in (quake.before, quake.after)] == [("Some",), ("Severe ones",)]


def test_rows_that_change_alike_stand_together_and_what_stays_the_same_is_no_change(tmp_path: Path) -> None:
    one = version(tmp_path, "1.0.0", "2024-03-01")
    table = one / "tables" / "regions.yaml"
    text = table.read_text("utf-8")
    same = "\n      NO:\n        - {until: 2025-01-01, value: true}\n        - {from: 2025-01-01, value: true}"
    more = "\n      ALP:\n        - {from: 2025-01-01, until: 2026-01-01, value: true}"
    table.write_text(text.replace("\n      NO: true", f"{same}{more}"), "utf-8")
    (desk,) = timeline([str(tmp_path)]).sets
    cells = [each for each in desk.versions[0].changes if each.id == "regions.shielded"]
    assert [(f"{each.on}", each.step, each.rows) for each in cells] == [
        ("2025-01-01", "changes", ("Upper Valleys", "Outer Isles")),
        ("2026-01-01", "changes", ("Upper Valleys",)),
    ]


def test_one_version_keeps_its_time_among_the_others(folder: Path) -> None:
    for reference in (f"{folder}@1.0.0", str(folder / "1.0.0")):
        (desk,) = timeline([reference]).sets
        assert [(one.version, one.in_force_until) for one in desk.versions] == [("1.0.0", SECOND)]


def test_a_set_that_is_named_twice_stands_there_once(folder: Path) -> None:
    (desk,) = timeline([f"{folder}@1.1.0", str(folder), str(folder / "1.0.0")]).sets
    assert [one.version for one in desk.versions] == ["1.0.0", "1.0.1", "1.1.0"]


def test_the_files_of_the_newest_version_and_the_bundles_of_the_others_are_one_set() -> None:
    (shipped,) = timeline(["reconnect-china"]).sets
    assert {one.version for one in shipped.versions} >= {"1.0.0", "1.1.0", "1.1.1", "1.1.2"}


def test_every_problem_of_every_version_is_told(tmp_path: Path) -> None:
    for number in ("1.0.0", "1.1.0"):
        version(tmp_path, number, "2024-03-01")
        (tmp_path / number / "sources.yaml").write_text("[", "utf-8")
    with pytest.raises(InvalidSourceError) as error:
        timeline([str(tmp_path)])
    assert {one.position.path for one in error.value.diagnostics} >= {
        f"{tmp_path.as_posix()}/{number}/sources.yaml" for number in ("1.0.0", "1.1.0")
    }


def test_a_cell_is_read_by_the_fact_that_takes_its_own_column() -> None:
    (shipped,) = timeline(["reconnect-china@1.0.0"]).sets
    rules = change(shipped.versions[0], "countries.ai_rules", date(2022, 3, 1))
    assert rules.rows == ("China",)
    assert [one and one.shown for one in (rules.before, rules.after)] == [
        ("No rules known to this set",),
        ("China's rules on algorithms, synthetic media and generative AI",),
    ]
