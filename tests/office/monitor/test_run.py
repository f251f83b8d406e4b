"""What is due, what is remembered from look to look, and what happens where something cannot be looked at."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.office.monitor.changes import Gravity
from risk_engine.office.monitor.outside import calendar
from risk_engine.office.monitor.state import acknowledged, found_as, read_state, state_path
from risk_engine.office.monitor.wording import shown, text
from risk_engine.office.register.verify import verify
from tests.office.monitor.looking import DAY, looked, of_kind, seen, told
from tests.office.register.filing import CASE_ID, case_file, filed, with_id
from tests.strategies import by_turns

SIGN = "L-2026-07: control, due on 2026-04-01"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the register is made, once for all tests; each has a copy."""
    made = tmp_path_factory.mktemp("made")
    filed(made / "r", case_file(made))
    return made


@pytest.fixture
def register(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "r"


def test_what_is_due_within_the_days_is_told_and_what_comes_later_is_not(register: Path) -> None:
    # The contract is to be signed by 1 April, the case to be looked at again by 2 September 2026.
    assert list(text(looked(register, date(2026, 3, 2), days=29).report)) == [
        f"what changed in {register.as_posix()}, 2026-03-02: nothing to tell",
        "this is the first look: everything is told that stands so now",
        "",
        "looked at: cases: 1 open, 0 decided",
        "looked at: dates: until 2026-03-31",
        "looked at: criteria: loan-desk@1.0.0 as of 2026-03-02",
        "not looked at: lists: no file of lists was named (`--lists`)",
        "not looked at: what is on file: no folder was named (`--partners`)",
        "not looked at: joint works: no file of works was named (`--works`)",
        "nothing was decided or filed",
    ]
    (change,) = looked(register, date(2026, 3, 2), days=30).report.changes
    assert (change.kind, change.gravity) == ("due", Gravity.COMING)
    assert list(text(looked(register, date(2026, 3, 2), days=30).report))[3:7] == [
        f"[{change.id}] {SIGN}",
        "  L-2026-07 Fans of the old court (open): coming",
        "    Contract signed (SIGN)",
        "    The registrar",
    ]


def test_what_is_overdue_stands_before_what_is_coming_and_is_another_change(register: Path) -> None:
    (before,) = looked(register).report.changes
    sign, review = looked(register, date(2026, 8, 20)).report.changes
    assert [(one.about["what"], one.gravity) for one in (sign, review)] == [
        ("control", Gravity.OVERDUE),
        ("review", Gravity.COMING),
    ]
    assert sign.id != before.id


@pytest.mark.nightly
def test_what_nobody_acknowledged_is_told_again_with_since_when(register: Path) -> None:
    first = told(register)
    again = told(register, date(2026, 3, 11))
    assert [one.id for one in again.changes] == [one.id for one in first.changes]
    assert (first.last, again.last, again.new) == (None, DAY, 0)
    assert f"[{first.changes[0].id}] {SIGN} (since 2026-03-10)" in list(text(again))


def test_what_was_acknowledged_is_not_told_again_until_it_changes(register: Path) -> None:
    seen(register, told(register).changes[0])
    after = told(register, date(2026, 3, 12))
    assert (after.changes, after.acknowledged) == ((), 1)
    # It is due all the same: only the calendar has it still.
    dated = calendar(after, "r", datetime(2026, 3, 12, tzinfo=UTC)).replace(b"\r\n ", b"")
    assert b"DTSTART;VALUE=DATE:20260401\r\n" in dated
    assert b"acknowledged by R. Keeper on 2026-03-10" in dated
    overdue = told(register, date(2026, 4, 2))
    assert [one.about["overdue"] for one in overdue.changes] == [True]


def test_who_acknowledged_what_when_and_why_is_shown(register: Path) -> None:
    change = told(register).changes[0]
    path = state_path(register, None)
    assert f"[{change.id}] {SIGN}" in list(shown(read_state(path, register), acknowledged(register)))
    seen(register, change, date(2026, 3, 11), "The registrar is at it.")
    assert list(shown(read_state(path, register), acknowledged(register))) == [
        "as the last look found it, on 2026-03-10:",
        "all of it is acknowledged",
        "acknowledged:",
        f"[{change.id}] {SIGN}",
        "  acknowledged by R. Keeper on 2026-03-11: The registrar is at it.",
    ]


@pytest.mark.nightly
def test_a_case_that_a_change_touches_later_is_told_although_the_change_was_acknowledged(tmp_path: Path) -> None:
    from tests.office.monitor.looking import later_version
    from tests.office.monitor.test_criteria import STRICTER

    register, desk = tmp_path / "r", [str(later_version(tmp_path, STRICTER))]
    day = date(2026, 6, 1)
    filed(register, case_file(tmp_path, with_id("A")))
    (change,) = of_kind(told(register, day, criteria=desk), "version")
    seen(register, change, day)
    filed(register, case_file(tmp_path, with_id("B")))
    (more,) = of_kind(told(register, day, criteria=desk), "version")
    assert more.id == change.id
    assert [one.case_id for one in more.touches] == ["B"]
    assert [one.reason for one in more.known] == ["We know."]


@pytest.mark.nightly
def test_a_look_that_is_broken_off_leaves_what_the_one_before_left(register: Path) -> None:
    told(register)
    before = state_path(register, None).read_bytes()
    looked(register, date(2026, 8, 20))  # nobody came to write it down
    assert state_path(register, None).read_bytes() == before
    assert told(register, date(2026, 8, 20)).new == 2


def test_what_a_look_leaves_is_no_fault_of_the_register(register: Path) -> None:
    seen(register, told(register).changes[0])
    assert verify(register).verdict == "holds"


# --- hostile ---


def test_a_register_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError, match="there is no such register"):
        looked(tmp_path / "none")


@pytest.mark.parametrize("left", by_turns([b"", b'{"schema":1,"on":"2026-03-', b'{"schema":2}', b"[]"], 2))
def test_what_is_left_of_the_last_look_and_is_not_whole_is_refused_and_stays(register: Path, left: bytes) -> None:
    told(register)
    state_path(register, None).write_bytes(left)
    with pytest.raises(RiskEngineError, match="damaged"):
        looked(register)
    assert state_path(register, None).read_bytes() == left


def test_what_was_seen_of_another_register_is_refused(register: Path, tmp_path: Path) -> None:
    told(register)
    filed(tmp_path / "other", case_file(tmp_path))
    with pytest.raises(RiskEngineError, match="another register"):
        looked(tmp_path / "other", state=state_path(register, None))


def test_a_clock_that_went_backwards_is_refused(register: Path) -> None:
    told(register, date(2026, 3, 10))
    with pytest.raises(RiskEngineError, match="the last look was on 2026-03-10, after 2026-03-09"):
        looked(register, date(2026, 3, 9))
    assert told(register, date(2026, 3, 10)).last == DAY


def test_a_damaged_case_is_told_and_the_others_are_looked_at(register: Path, tmp_path: Path) -> None:
    filed(register, case_file(tmp_path, with_id("Z")))
    record = next((register / CASE_ID).glob("*assessment*"))
    record.write_bytes(record.read_bytes().replace(b"Harbour", b"Harvest"))
    report = told(register)
    assert report.failed
    assert report.problems[0].startswith(f"{record}: it was altered after it was filed")
    assert [one.touches[0].case_id for one in report.changes] == ["Z"]
    assert report.parts[0].said == "1 open, 0 decided, 1 cannot be read"


@pytest.mark.nightly
def test_two_who_acknowledge_at_once_both_stand_in_the_log(register: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    change = told(register).changes[0]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: seen(register, change, DAY, f"reason {number}"), range(8)))
    assert sorted(one.reason for one in acknowledged(register)) == [f"reason {number}" for number in range(8)]


def test_a_line_of_the_log_that_was_not_finished_was_never_said(register: Path) -> None:
    change = told(register).changes[0]
    seen(register, change)
    log = register / "MONITOR.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + whole[: len(whole) // 2])
    assert len(acknowledged(register)) == 1
    seen(register, change, DAY, "Once more.")
    assert [one.reason for one in acknowledged(register)] == ["We know.", "Once more."]
    assert log.read_bytes().startswith(whole)


def test_a_line_that_was_edited_is_refused_and_nothing_is_added(register: Path) -> None:
    change = told(register).changes[0]
    seen(register, change)
    log = register / "MONITOR.jsonl"
    log.write_bytes(b"{}\n" + log.read_bytes())
    with pytest.raises(RiskEngineError, match="line 1 of what was acknowledged cannot be read"):
        seen(register, change)
    with pytest.raises(RiskEngineError, match="line 1"):
        looked(register)


def test_an_id_that_names_nothing_is_refused_with_those_that_do(register: Path) -> None:
    state = read_state(state_path(register, None), register)
    with pytest.raises(RiskEngineError, match="`risk-engine monitor run` looks"):
        found_as(state, "abcdef")
    change = told(register).changes[0]
    state = read_state(state_path(register, None), register)
    with pytest.raises(RiskEngineError, match=change.id):
        found_as(state, "abcdef000000")
    assert found_as(state, change.id[:6].upper()).change().id == change.id
    with pytest.raises(RiskEngineError):
        found_as(state, change.id[:3])


def test_the_state_holds_no_words(register: Path) -> None:
    told(register)
    said = json.loads(state_path(register, None).read_bytes())
    assert said["found"][0]["about"]["what"] == "control"
    assert "Fans" not in state_path(register, None).read_text("utf-8")
