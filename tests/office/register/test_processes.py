"""Real processes: two that write at once lose nothing, and one that is killed at any moment loses nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from risk_engine.office.register.folder import case_folders, known_case_folder
from risk_engine.office.register.history import history
from risk_engine.office.register.lock import holder_of, unfinished
from risk_engine.office.register.log import LOCK, is_locked
from risk_engine.office.register.record import record_of
from risk_engine.office.register.upkeep import unlock
from risk_engine.office.register.verify import verify
from tests.cli.running import ROOT, run
from tests.office.register.filing import CASE_ID, TEXT, assessed, case_file, decided, filed, written
from tests.office.register.writers import act
from tests.strategies import by_turns

WRITERS = Path(__file__).with_name("writers.py")
EACH = 50
"""Cases for each of two processes; each case is two records, itself and its assessment."""


def writer(*arguments: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, WRITERS, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def as_it_was_filed(register: Path) -> bool:
    wrong = [line.wrong for folder in case_folders(register) for line in history(folder) if line.wrong]
    checked = verify(register)
    assert (wrong, checked.verdict) == ([], "holds"), checked
    return True


@pytest.mark.nightly
def test_two_processes_that_write_200_records_lose_none(tmp_path: Path) -> None:
    for who in ("ada", "bob"):
        (tmp_path / who).mkdir()
        for number in range(EACH):
            text = TEXT.replace(f"id: {CASE_ID}", f"id: {who}-{number}")
            (tmp_path / who / f"{number}.yaml").write_text(text, "utf-8")
    both = [writer("file", tmp_path / "r", tmp_path / who) for who in ("ada", "bob")]
    for one in both:
        out, err = one.communicate(timeout=400)
        assert (one.returncode, err) == (0, "")
        assert out.count("filed as 0001-assessment-2026-03-02.") == EACH
    folders = case_folders(tmp_path / "r")
    assert sorted(one.path.name for one in folders) == sorted(f"{w}-{n}" for w in ("ada", "bob") for n in range(EACH))
    assert sum(len(one.filed) for one in folders) == 200
    assert as_it_was_filed(tmp_path / "r")
    assert not is_locked(tmp_path / "r")


@pytest.mark.nightly
def test_of_several_processes_some_are_killed_and_the_others_go_on_while_the_register_is_verified(
    tmp_path: Path,
) -> None:
    register = tmp_path / "r"
    filed(register, case_file(tmp_path))
    texts = [TEXT.replace(f"id: {CASE_ID}", f"id: M-{number}") for number in range(40)]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.yaml").write_text(text, "utf-8")
    children: list[int] = []
    for first in range(4):
        child = os.fork()
        if child == 0:
            for number in range(first, 40, 4):
                filed(register, tmp_path / f"{number}.yaml")
            os._exit(0)
        children.append(child)
    seen: list[str] = []
    for killed in children[:2]:
        for _ in range(5):
            checked = verify(register)
            seen.append(checked.verdict)
            assert checked.verdict != "broken", checked
        until = time.monotonic() + 1
        while not is_locked(register) and time.monotonic() < until:  # so that it is at work, if any is
            pass
        os.kill(killed, signal.SIGKILL)
        os.waitpid(killed, 0)
    for child in children[2:]:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for number in range(40):
        filed(register, tmp_path / f"{number}.yaml")
    assert as_it_was_filed(register)
    folders = case_folders(register)
    assert len(folders) == 41
    assert {len(one.filed) for one in folders} == {2}
    assert "holds" in seen


def test_two_processes_that_write_the_same_case_file_it_once(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    for number in range(10):
        case_file(tmp_path / "cases", ("months: 8", f"months: {number + 1}"), name=f"{number}.yaml")
    both = [writer("file", tmp_path / "r", tmp_path / "cases") for _ in range(2)]
    for one in both:
        _, err = one.communicate(timeout=400)
        assert (one.returncode, err) == (0, "")
    (folder,) = case_folders(tmp_path / "r")
    assert [one.number for one in folder.filed] == list(range(1, 21))
    assert as_it_was_filed(tmp_path / "r")
    supersedes = [one.text.rpartition("Supersedes ")[2] for one in history(folder) if "Supersedes" in one.text]
    assert supersedes == [one.name for one in folder.of("assessment")[:-1]]


@pytest.mark.parametrize("drive", by_turns(["kill", "kill-no-links"], 2, pytest.mark.long))
@pytest.mark.parametrize(
    "begun", [pytest.param(False, marks=pytest.mark.nightly), True], ids=["a new register", "a new version of a case"]
)
def test_a_process_that_is_killed_at_any_step_loses_nothing(begun: bool, drive: str, tmp_path: Path) -> None:
    register = tmp_path / "r"
    (tmp_path / "cases").mkdir()
    before: set[bytes] = set()
    if begun:
        filed(register, case_file(tmp_path))
        before = {one.read() for one in known_case_folder(register, CASE_ID).filed}
    new = case_file(tmp_path / "cases", ("months: 8", "months: 9"))
    _, told = writer(drive, register, tmp_path / "cases").communicate(timeout=400)
    copies = [Path(line) for line in told.splitlines()]
    # At the least: claim the lock, write two files by a temporary name each, and let go of the lock.
    assert len(copies) >= (9 if begun else 13), told
    unlocked = 0
    for copy in copies:
        unlocked += _goes_on(copy, new, before)
    assert unlocked > len(copies) / 2


def _goes_on(copy: Path, new: Path, before: set[bytes]) -> bool:
    """See to it that a register whose writer was killed can be read, tells what it found, and takes up the case."""
    had_lock = copy.exists() and is_locked(copy)
    # Where a drive knows no links, a lock is there for a moment before it names its holder.
    names_nobody = had_lock and holder_of(copy) is None
    if (copy / "REGISTER.txt").exists():
        listed = run("register", "list", copy)
        claimed = [one for one in copy.glob("*/*") if one.stat().st_size == 0]
        assert listed.code == (2 if [one for one in claimed if "assessment" in one.name] else 0), listed
        assert [one for one in claimed if f"{one}: this was never finished" not in listed.err] == []
        told = "does not say by whom" if names_nobody else "that process is gone and may not have finished"
        assert (told in listed.err) == had_lock, listed
        left = sorted(copy.rglob("*.part"))
        assert [one for one in left if one.parent != copy and f"{one}: this was never finished" not in listed.err] == []
    if names_nobody:
        unlock(copy, print, force=True)
    filed(copy, new)
    folder = known_case_folder(copy, CASE_ID)
    contents = [one.read() for one in folder.filed]
    assert before <= set(contents)
    assert len(contents) == len(before) + 2
    assert new.read_bytes() in contents
    assert record_of(folder).case["loan"]["months"] == 9
    assert as_it_was_filed(copy)
    assert not is_locked(copy)
    # A lock that was on its way is no part of the register, and may be another writer's.
    assert [one for one in unfinished(copy) if not one.name.startswith(LOCK)] == []
    return had_lock


@pytest.mark.long
@pytest.mark.parametrize("drive", by_turns(["kill", "kill-no-links"], 2))
@pytest.mark.parametrize("what", by_turns(["decision", "kept evidence", "reassessment"], 3))
def test_a_process_that_is_killed_while_it_files_anything_else_loses_nothing(
    what: str, drive: str, tmp_path: Path
) -> None:
    register, given = tmp_path / "r", tmp_path / "given"
    given.mkdir()
    filed(register, case_file(tmp_path))
    before = {one.read() for one in known_case_folder(register, CASE_ID).filed}
    if what == "decision":
        written(given / "d.json", decided(assessed(tmp_path / "case.yaml")))
    elif what == "kept evidence":
        (given / "report.pdf").write_bytes(b"%PDF")
    more = 2 if what == "kept evidence" else 1
    _, told = writer(drive, register, given).communicate(timeout=400)
    copies = [Path(line) for line in told.splitlines()]
    assert len(copies) >= 6, told  # the lock, a file by its temporary name, its own name, the list, the lock again
    for copy in copies:
        claimed = [one for one in copy.glob("*/0*") if one.stat().st_size == 0]
        listed = run("register", "list", copy)
        assert listed.code == (
            2 if [one for one in claimed if "evidence" not in one.name and "kept" not in one.name] else 0
        )
        if is_locked(copy) and holder_of(copy) is None:
            unlock(copy, print, force=True)
        act(copy, next(given.iterdir(), None))
        contents = [one.read() for one in known_case_folder(copy, CASE_ID).filed]
        assert before <= set(contents)
        assert len(contents) == len(before) + more
        assert as_it_was_filed(copy)
        state = record_of(known_case_folder(copy, CASE_ID)).decision_state()
        assert state == ("decided" if what == "decision" else "none")
