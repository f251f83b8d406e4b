"""What lists say of whom cases name: told as long as it stands, quiet where a person decided, never told as nothing."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from risk_engine.office.monitor.changes import Change, Gravity, Report
from risk_engine.office.monitor.state import read_state, state_path
from risk_engine.office.monitor.wording import text
from tests.cli.running import TODAY, done
from tests.office.monitor.looking import looked, of_kind, seen, told
from tests.office.register.filing import CASE_ID, case_file, filed, with_id
from tests.strategies import by_turns

MAPPING = """\
title: {0}
publisher: A ministry
standing: {1}
several: ";"
columns:
  name: name
  countries: [country]
"""
ALONE = """\
  - id: plain
    called: House on the Plain
    seat: RIFT
    climate: drifting
    night_watch: alarmed
"""
"""Without it nothing stands where loans are not protected from seizure, so LAW-4 is absent."""
LATER = date(2026, 11, 27)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the register is made, once for all tests; each has a copy."""
    made = tmp_path_factory.mktemp("made")
    filed(made / "r", case_file(made, (ALONE, "")))
    return made


@pytest.fixture
def register(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "r"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Return lists on which the Harbour Museum stands, and another one with nobody of the case."""
    keep(tmp_path, "ours", "Harbour Museum,NO")
    keep(tmp_path, "other", "Somebody Else Entirely,FR", standing="evidence")
    return tmp_path / "lists.sqlite"


def keep(folder: Path, name: str, *rows: str, standing: str = "law") -> None:
    (folder / f"{name}.csv").write_text("\n".join(("name,country", *rows, "Quite Another House,CU")) + "\n", "utf-8")
    (folder / f"{name}.yaml").write_text(MAPPING.format(f"List {name}", standing), "utf-8")
    mapping = ("--mapping", folder / f"{name}.yaml", "--store", folder / "lists.sqlite")
    done("lists", "add", folder / f"{name}.csv", "--as", name, *mapping)


def looked_on(register: Path, store: Path, today: date = TODAY) -> Report:
    return told(register, today, lists=store)


def the_hit(report: Report) -> Change:
    (change,) = of_kind(report, "listed")
    return change


def test_lists_that_nobody_named_were_not_looked_at(register: Path) -> None:
    report = looked(register).report
    assert not of_kind(report, "listed")
    assert "not looked at: lists: no file of lists was named (`--lists`)" in list(text(report))
    assert not report.failed


def test_an_entry_is_told_with_the_case_and_what_it_would_come_to_if_somebody_confirms_it(
    register: Path, store: Path
) -> None:
    change = the_hit(looked_on(register, store))
    assert (change.about["name"], change.about["list"], change.about["strength"]) == (
        "Harbour Museum",
        "List ours",
        "identical",
    )
    (touch,) = change.touches
    # That it stands on a list of the law answers that loans are not protected there: LAW-4 is high then.
    assert touch.lines[:2] == ("named in the case as borrower.harbour", "if somebody confirms it:")
    assert "  LAW-4 It may be seized abroad: not found before, now present (high; after controls high)" in touch.lines
    assert (touch.case_id, touch.gravity) == (CASE_ID, Gravity.MAY_BE_STRICTER)


def test_what_was_looked_at_says_which_lists_of_which_day(register: Path, store: Path) -> None:
    read = "(without a date of its own, read on 2026-11-26)"
    said = [one.said for one in looked(register, TODAY, lists=store).report.parts if one.name == "lists"]
    assert said == [f"1 organisation looked up on List other {read}; List ours {read}"]


def test_what_was_acknowledged_is_told_again_once_the_list_says_something_else(
    register: Path, store: Path, tmp_path: Path
) -> None:
    first = the_hit(looked_on(register, store))
    seen(register, first, TODAY)
    assert not of_kind(looked_on(register, store), "listed")
    keep(tmp_path, "ours", "Harbour Museum,NO;SE")
    again = the_hit(looked_on(register, store))
    assert (again.id != first.id, again.known) == (True, ())


def test_a_case_that_names_it_later_is_told_although_the_entry_was_acknowledged(
    register: Path, store: Path, tmp_path: Path
) -> None:
    seen(register, the_hit(looked_on(register, store)), TODAY)
    filed(register, case_file(tmp_path, (ALONE, ""), with_id("LATER")))
    assert [one.case_id for one in the_hit(looked_on(register, store)).touches] == ["LATER"]


@pytest.mark.nightly
def test_an_entry_that_went_is_told_until_somebody_acknowledges_it(register: Path, store: Path, tmp_path: Path) -> None:
    looked_on(register, store)
    keep(tmp_path, "ours")
    for again in (False, True):
        report = looked_on(register, store)
        assert not of_kind(report, "listed")
        (gone,) = of_kind(report, "unlisted")
        assert (gone.about["entry"], gone.is_new) == ("Harbour Museum", not again)
    seen(register, gone, TODAY)
    assert not of_kind(looked_on(register, store), "unlisted")


@pytest.mark.nightly
def test_what_a_person_decided_is_quiet_and_did_not_go(register: Path, store: Path) -> None:
    by = ("--by", "R. Keeper", "--reason", "Another house.", "--store", store)
    looked_on(register, store)
    hit = the_hit(looked_on(register, store)).about["hit"]
    done("screen", "Harbour Museum", "--country", "NO", "--rule-out", hit, *by)
    report = looked_on(register, store)
    assert not of_kind(report, "listed")
    assert not of_kind(report, "unlisted")


def test_nobody_went_from_a_list_that_is_not_kept_any_more(register: Path, store: Path) -> None:
    looked_on(register, store)
    done("lists", "remove", "ours", "--store", store)
    report = looked_on(register, store, LATER)
    assert not of_kind(report, "unlisted")
    (gone,) = of_kind(report, "list_gone")
    assert (gone.about["list"], [one.case_id for one in gone.touches]) == ("List ours", [CASE_ID])
    assert [one.id for one in of_kind(looked_on(register, store, LATER), "list_gone")] == [gone.id]


@pytest.mark.parametrize("content", by_turns([None, b"", b"not a store at all"], 2))
def test_lists_that_cannot_be_read_are_told_as_such_and_nothing_is_forgotten(
    content: bytes | None, register: Path, store: Path, tmp_path: Path
) -> None:
    looked_on(register, store)
    before = read_state(state_path(register, None), register)
    other = tmp_path / "other.sqlite"
    if content is not None:
        other.write_bytes(content)
    report = looked_on(register, other)
    assert report.failed
    assert next(one.state for one in report.parts if one.name == "lists") == "failed"
    assert of_kind(report, "due") != []
    after = read_state(state_path(register, None), register)
    assert before is not None
    assert after is not None
    assert (after.asked, after.lists) == (before.asked, before.lists)


@pytest.mark.nightly
def test_an_entry_is_nothing_new_after_a_look_that_read_no_lists(register: Path, store: Path) -> None:
    first = the_hit(looked_on(register, store))
    assert not of_kind(told(register, TODAY), "listed")
    again = the_hit(looked_on(register, store))
    assert (again.id, again.is_new, again.first) == (first.id, False, TODAY)
