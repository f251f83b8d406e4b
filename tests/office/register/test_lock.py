import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.writing import write_once
from risk_engine.office.register import lock
from risk_engine.office.register.folder import LOCK
from risk_engine.office.register.lock import (
    Holder,
    RegisterLockedError,
    break_lock,
    describe,
    holder_of,
    is_locked,
    locked,
    unfinished,
)


def held_by(folder: Path, pid: int, host: str | None = None) -> Holder:
    """Write a lock as another process would have; return its holder."""
    at = host or socket.gethostname()
    holder = Holder(who="ada", host=at, pid=pid, since="2026-03-02T09:00:00+00:00", token="t")  # noqa: S106
    (folder / LOCK).write_text(holder.model_dump_json(), "utf-8")
    return holder


@pytest.fixture
def dead() -> int:
    """Return the number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_a_lock_is_there_while_it_is_held_and_names_its_holder(tmp_path: Path) -> None:
    with locked(tmp_path):
        holder = holder_of(tmp_path)
        assert holder is not None
        assert (holder.pid, holder.host, holder.is_alive()) == (os.getpid(), socket.gethostname(), True)
        assert f"(process {os.getpid()}), since 20" in describe(holder)
    assert not is_locked(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_lock_is_let_go_where_the_work_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        _ = 1 // 0
    assert not is_locked(tmp_path)


def test_whoever_waits_too_long_is_told_who_holds_it(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(RegisterLockedError) as caught, locked(tmp_path, patience=0.05):
        pass
    assert f"(process {os.getpid()})" in str(caught.value)
    assert "help: try again" in str(caught.value)
    assert not is_locked(tmp_path)


def test_nobody_waits_for_a_holder_that_is_gone(tmp_path: Path, dead: int) -> None:
    held_by(tmp_path, dead)
    with pytest.raises(RegisterLockedError) as caught, locked(tmp_path, patience=600):
        pass
    assert f"locked by ada on {socket.gethostname()} (process {dead}), since 2026-03-02T09:00:00" in str(caught.value)
    assert "that process is gone and may not have finished" in str(caught.value)
    assert f"help: free it with `risk-engine register unlock {tmp_path}`" in str(caught.value)
    assert is_locked(tmp_path)


def test_a_lock_of_a_holder_that_is_gone_is_broken_with_what_it_had_not_finished(tmp_path: Path, dead: int) -> None:
    held_by(tmp_path, dead)
    (tmp_path / "C-1").mkdir()
    (tmp_path / "C-1" / "0001-case.x.0123abcd.part").touch()
    (tmp_path / "C-1" / "0001-case.x").touch()
    said = break_lock(tmp_path)
    assert said.startswith(f"{tmp_path}: unlocked; it was held by ada on ")
    assert said.endswith("  taken away, never finished: C-1/0001-case.x.0123abcd.part")
    assert not is_locked(tmp_path)
    assert unfinished(tmp_path) == []
    assert [one.name for one in (tmp_path / "C-1").iterdir()] == ["0001-case.x"]
    with locked(tmp_path):
        pass


def test_nothing_that_was_filed_is_taken_for_unfinished_whatever_its_ending(tmp_path: Path, dead: int) -> None:
    folder = tmp_path / "2026.part"
    folder.mkdir()
    before = [
        folder / "0001-kept-contract.0123456789abcdef.part",  # as earlier versions named it
        folder / "0002-kept-x.0123456789abcdef.0123abcd",
        folder / "0003-kept-nothing.e3b0c44298fc1c14.txt",  # an empty file that was kept
        folder / "contract.part",
        folder / "empty.0123456789abcdef.txt",
    ]
    for one in before[:2]:
        one.write_bytes(b"scan")
    for one in before[2:]:
        one.touch()
    (folder / "0004-kept.0123456789abcdef.0123abcd.part").mkdir()
    held_by(tmp_path, dead)
    assert unfinished(tmp_path) == []
    assert "taken away" not in break_lock(tmp_path)
    assert [one for one in before if not one.exists()] == []
    claimed = folder / "0005-case.0123456789abcdef.yaml"
    claimed.touch()
    assert unfinished(tmp_path) == [claimed]


def test_a_lock_of_a_process_that_is_at_work_is_not_broken(tmp_path: Path) -> None:
    held_by(tmp_path, os.getpid())
    with pytest.raises(RegisterLockedError, match="that process is at work on this machine"):
        break_lock(tmp_path)
    assert is_locked(tmp_path)
    break_lock(tmp_path, force=True)
    assert not is_locked(tmp_path)


def test_a_lock_from_another_machine_is_broken_only_on_purpose(tmp_path: Path, dead: int) -> None:
    holder = held_by(tmp_path, dead, host="elsewhere")
    assert holder.is_alive() is None
    with pytest.raises(RegisterLockedError, match=r"ada on elsewhere .*\n  help: this machine cannot tell"):
        break_lock(tmp_path)
    assert "unlocked; it was held by ada on elsewhere" in break_lock(tmp_path, force=True)


def test_a_lock_that_names_nobody_is_broken_only_on_purpose(tmp_path: Path) -> None:
    (tmp_path / LOCK).touch()
    with pytest.raises(RegisterLockedError, match="does not say by whom"), locked(tmp_path, patience=0):
        pass
    with pytest.raises(RegisterLockedError, match="does not say by whom"):
        break_lock(tmp_path)
    assert "held by nobody that can be named" in break_lock(tmp_path, force=True)


def test_what_is_not_locked_need_not_be_broken(tmp_path: Path) -> None:
    assert break_lock(tmp_path) == f"{tmp_path}: the register is not locked"


def test_a_lock_that_changed_hands_meanwhile_is_given_back(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_by(tmp_path, dead)
    first = holder_of(tmp_path)
    # Between the look and the move the dead holder's lock was broken by a third person, and taken by a fourth.
    now = held_by(tmp_path, os.getpid())
    monkeypatch.setattr(lock, "holder_of", lambda _folder: first)
    with pytest.raises(RegisterLockedError, match="taken just now, by somebody else"):
        break_lock(tmp_path)
    monkeypatch.undo()
    assert holder_of(tmp_path) == now
    assert [one.name for one in tmp_path.iterdir()] == [LOCK]


def test_whoever_loses_the_lock_while_it_works_says_so(tmp_path: Path, dead: int) -> None:
    with pytest.raises(RiskEngineError, match="the lock was broken while this command held it; it is gone"):  # noqa: SIM117
        with locked(tmp_path):
            (tmp_path / LOCK).unlink()
    with pytest.raises(RiskEngineError, match="it is now held by ada on"), locked(tmp_path):
        held_by(tmp_path, dead)
    assert is_locked(tmp_path)  # that of the other holder


def test_a_lock_on_its_way_that_was_cleared_away_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Path] = []

    def clear_away_once(path: Path, data: bytes) -> None:
        tries.append(path)
        if len(tries) == 1:
            raise RiskEngineError("no such file") from FileNotFoundError()
        write_once(path, data)

    monkeypatch.setattr(lock, "write_once", clear_away_once)
    with locked(tmp_path):
        assert len(tries) == 2


def test_a_folder_in_which_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError, match="cannot be written"), locked(tmp_path / "gone"):
        pass


def test_a_user_without_a_name_is_somebody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def nobody() -> str:
        raise KeyError

    monkeypatch.setattr("getpass.getuser", nobody)
    with locked(tmp_path):
        assert str(holder_of(tmp_path)).startswith("somebody on ")
