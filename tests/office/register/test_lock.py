import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.writing import write_once
from risk_engine.office.register import lock
from risk_engine.office.register.lock import (
    Holder,
    RegisterLockedError,
    breakable,
    describe,
    holder_of,
    locked,
    machine,
    unfinished,
    user,
)
from risk_engine.office.register.log import LOCK, is_locked
from risk_engine.office.register.upkeep import unlock
from risk_engine.office.register.writing import writing
from tests.office.register.filing import CASE_ID, case_file, filed


def held_by(folder: Path, pid: int, host: str | None = None, on: str = "") -> Holder:
    """Write a lock as another process would have; return its holder."""
    at = host or socket.gethostname()
    said = {"who": "ada", "host": at, "machine": on, "pid": pid, "since": "2026-03-02T09:00:00+00:00", "token": "t"}
    holder = Holder.model_validate(said)
    (folder / LOCK).write_text(holder.model_dump_json(), "utf-8")
    return holder


def unlocked(folder: Path, *, force: bool = False) -> str:
    """Take away the lock of a register; return what was said."""
    said: list[str] = []
    unlock(folder, said.append, force=force)
    return "\n".join(said)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the register is made, once for all tests; each has a copy."""
    made = tmp_path_factory.mktemp("made")
    filed(made / "r", case_file(made))
    return made


@pytest.fixture
def register(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "r"


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
        assert f"(process {os.getpid()}), since 20" in describe(tmp_path, holder)
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


def test_the_lock_of_a_process_of_this_machine_that_is_gone_is_taken_over(tmp_path: Path, dead: int) -> None:
    held_by(tmp_path, dead, on=machine())
    with locked(tmp_path, patience=0) as left_by:
        assert left_by.startswith(f"ada on {socket.gethostname()} (process {dead}), since 2026-03-02T09:00:00")
        holder = holder_of(tmp_path)
        assert holder is not None
        assert holder.pid == os.getpid()
    assert list(tmp_path.iterdir()) == []


def test_whoever_takes_a_lock_over_says_so(register: Path, dead: int) -> None:
    held_by(register, dead, on=machine())
    said: list[str] = []
    with writing(register, said.append):
        pass
    assert said[0].startswith(f"{register}: the lock of ada on {socket.gethostname()} (process {dead}), since ")
    assert said[0].endswith("was taken over; that process is gone and may not have finished")


@pytest.mark.parametrize(("host", "on"), [("elsewhere", "another machine"), (None, ""), (None, "another boot")])
def test_a_lock_of_which_this_machine_cannot_know_is_not_taken_over(
    host: str | None, on: str, register: Path, dead: int
) -> None:
    # The same name of the machine is not enough: containers share it, and each counts its own processes.
    held_by(register, dead, host, on)
    before = (register / LOCK).read_bytes()
    with pytest.raises(RegisterLockedError) as caught, locked(register, patience=0.1):
        pass
    assert f"locked by ada on {host or socket.gethostname()} (process {dead})" in str(caught.value)
    assert f"`risk-engine register unlock {register}`" in str(caught.value)
    assert (register / LOCK).read_bytes() == before


HOLD = """
import sys, time
from pathlib import Path
from risk_engine.office.register.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextlib.contextmanager
def holding(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Let a process of its own hold the lock of a folder; it is killed in the end."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def as_of(folder: Path, **other: object) -> None:
    """Let the lock that lies there say something else of its holder."""
    holder = holder_of(folder)
    assert holder is not None
    (folder / LOCK).write_text(holder.model_copy(update=other).model_dump_json(), "utf-8")


BEFORE_A_RESTART = {"machine": "another boot", "pid": os.getpid()}
"""What a lock says that is older than the start of the machine; its process number is another process's by now."""


def test_the_lock_of_a_process_that_was_killed_before_a_restart_is_taken_over(tmp_path: Path) -> None:
    with holding(tmp_path):
        pass
    as_of(tmp_path, **BEFORE_A_RESTART)
    assert describe(tmp_path, holder_of(tmp_path)).endswith("that process is gone and may not have finished")
    with locked(tmp_path, patience=0) as left_by:
        assert left_by.startswith(f"{user()} on {socket.gethostname()} (process {os.getpid()}), since 20")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.nightly
def test_a_lock_is_kept_as_long_as_its_process_lives_whatever_it_says_of_it(tmp_path: Path, dead: int) -> None:
    with holding(tmp_path):
        as_of(tmp_path, machine="another boot", pid=dead)
        before = (tmp_path / LOCK).read_bytes()
        with pytest.raises(RegisterLockedError), locked(tmp_path, patience=0.2):
            pass
        assert (tmp_path / LOCK).read_bytes() == before


@pytest.mark.nightly
def test_the_lock_of_a_process_on_a_drive_that_others_may_write_to_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # There the system may not know who else holds it, and says that it is free.
    with holding(tmp_path):
        pass
    as_of(tmp_path, **BEFORE_A_RESTART)
    monkeypatch.setattr(lock, "is_own_drive", lambda _folder: False)
    with pytest.raises(RegisterLockedError), locked(tmp_path, patience=0.2):
        pass
    assert is_locked(tmp_path)


@pytest.mark.nightly
def test_a_copy_of_a_register_that_a_drive_brought_here_keeps_its_lock(tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    with holding(there):
        shutil.copytree(there, here)
        as_of(here, machine="another machine", host="elsewhere")
        with pytest.raises(RegisterLockedError, match="on elsewhere"), locked(here, patience=0.2):
            pass


@pytest.mark.nightly
def test_a_claim_that_was_made_before_a_restart_is_taken_over_too(tmp_path: Path) -> None:
    with holding(tmp_path):
        pass
    as_of(tmp_path, **BEFORE_A_RESTART)
    claim = hashlib.sha256((tmp_path / LOCK).read_bytes()).hexdigest()[:8]
    aside = tmp_path / f"{LOCK}.{claim}.part"
    aside.write_bytes((tmp_path / LOCK).read_bytes().replace(b'"token":"', b'"token":"u'))
    with locked(tmp_path, patience=5) as left_by:
        assert left_by
    assert list(tmp_path.iterdir()) == []


@pytest.mark.nightly
def test_of_many_that_find_a_lock_older_than_a_restart_one_at_a_time_holds_it(tmp_path: Path) -> None:
    for _ in range(3):
        with holding(tmp_path):
            pass
        as_of(tmp_path, **BEFORE_A_RESTART)
        children = [in_a_child(tmp_path) for _ in range(6)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in children]
        assert sorted(codes) == [0, 0, 0, 0, 0, TOOK_OVER]
        assert list(tmp_path.iterdir()) == []


@pytest.mark.nightly
def test_a_lock_older_than_a_restart_is_freed_without_force(register: Path) -> None:
    with holding(register):
        pass
    as_of(register, **BEFORE_A_RESTART)
    assert unlocked(register).endswith(f"{register}: unlocked")
    assert not is_locked(register)


def test_the_lock_of_a_killed_process_is_taken_over_under_windows_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stand-in: the locks of this system under the names of Windows, which tells nobody whether a process is there.
    locking = types.SimpleNamespace(LK_NBLCK=fcntl.LOCK_EX | fcntl.LOCK_NB)
    locking.locking = lambda handle, mode, _size: fcntl.flock(handle, mode)
    drives = types.SimpleNamespace(kernel32=types.SimpleNamespace(GetDriveTypeW=lambda _anchor: 3))
    monkeypatch.setitem(sys.modules, "msvcrt", locking)
    monkeypatch.setattr(ctypes, "windll", drives, raising=False)
    with holding(tmp_path):
        monkeypatch.setattr(sys, "platform", "win32")
        as_of(tmp_path, machine="the same name, no boot")
        with pytest.raises(RegisterLockedError), locked(tmp_path, patience=0.2):
            pass
    with locked(tmp_path, patience=0) as left_by:
        assert left_by
        drives.kernel32.GetDriveTypeW = lambda _anchor: 4
        assert not lock.is_own_drive(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.nightly
def test_who_waits_only_for_a_sign_of_life_takes_the_lock_without_one(tmp_path: Path) -> None:
    # As where a process that was begun by a killed one still has it.
    with lock.Life(tmp_path / f".{LOCK}", is_new=True) as life, locked(tmp_path):
        holder = holder_of(tmp_path)
        assert life.mark
        assert holder is not None
        assert holder.life == ""


@pytest.mark.parametrize(
    ("kind", "is_own"), [("ext4", True), ("nfs4", False), ("9p", False), ("fuse.sshfs", False), ("overlay", False)]
)
def test_only_a_drive_that_no_other_system_writes_to_is_its_own(
    kind: str, is_own: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "on a drive"
    place.mkdir()
    point = str(place.resolve()).replace(" ", "\\040")
    mounts = f"1 0 8:1 / / rw - xfs /dev/sda rw\n2 1 0:9 / {point} rw,relatime shared:1 - {kind} some rw\n"
    monkeypatch.setattr(lock, "read_bytes", lambda _path: mounts.encode())
    assert lock.is_own_drive(place) is is_own
    assert lock.is_own_drive(tmp_path)


def test_a_claim_on_a_lock_that_its_process_did_not_use_is_taken_over_too(tmp_path: Path, dead: int) -> None:
    held_by(tmp_path, dead, on=machine())
    claim = hashlib.sha256((tmp_path / LOCK).read_bytes()).hexdigest()[:8]
    aside = tmp_path / f"{LOCK}.{claim}.part"
    aside.write_bytes((tmp_path / LOCK).read_bytes().replace(b'"t"', b'"u"'))
    with locked(tmp_path, patience=5) as left_by:
        assert left_by
    assert not is_locked(tmp_path)


def test_a_lock_that_was_taken_over_meanwhile_is_left_alone(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_by(tmp_path, dead, on=machine())
    left = (tmp_path / LOCK).read_bytes()
    # Somebody else was sooner: between the look at the lock and the claim on it.
    now = held_by(tmp_path, os.getpid(), on=machine())
    looks = [left]
    monkeypatch.setattr(lock, "_raw", lambda path: looks.pop() if looks else path.read_bytes())
    with pytest.raises(RegisterLockedError, match="help: try again"), locked(tmp_path, patience=0.1):
        pass
    monkeypatch.undo()
    assert holder_of(tmp_path) == now
    assert [one.name for one in tmp_path.iterdir()] == [LOCK]


def test_a_lock_whose_process_is_killed_between_two_looks_at_it_is_taken_over(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_by(tmp_path, dead, on=machine())
    looks = [True]
    is_alive = lock.Holder.is_alive
    monkeypatch.setattr(lock.Holder, "is_alive", lambda holder: looks.pop() if looks else is_alive(holder))
    with locked(tmp_path, patience=5) as left_by:
        assert left_by


def test_a_claim_on_its_way_that_another_writer_cleared_away_is_made_again(
    tmp_path: Path, dead: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_by(tmp_path, dead, on=machine())
    cleared = [True]

    def write(path: Path, data: bytes) -> None:
        if cleared and path.name != LOCK:
            cleared.clear()
            raise RiskEngineError(f"{path}: it cannot be written") from FileNotFoundError()
        write_once(path, data)

    monkeypatch.setattr(lock, "write_once", write)
    with locked(tmp_path, patience=5) as left_by:
        assert left_by
    assert not cleared


@pytest.mark.nightly
def test_of_many_that_find_a_lock_left_behind_one_at_a_time_holds_it(tmp_path: Path, dead: int) -> None:
    for _ in range(10):
        held_by(tmp_path, dead, on=machine())
        children = [in_a_child(tmp_path) for _ in range(6)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]) for one in children]
        assert sorted(codes) == [0, 0, 0, 0, 0, TOOK_OVER]
        assert list(tmp_path.iterdir()) == []


TOOK_OVER = 7


def in_a_child(folder: Path) -> int:
    """Begin a process that holds the lock for a moment and ends with a code that says how; return its number."""
    if child := os.fork():
        return child
    code = 1
    try:
        with locked(folder) as left_by:
            alone = folder / "alone"
            alone.touch(exist_ok=False)
            time.sleep(0.002)
            alone.unlink()
            code = TOOK_OVER if left_by else 0
    finally:
        os._exit(code)


def test_a_lock_of_a_holder_that_is_gone_is_freed_with_what_it_had_not_finished(register: Path, dead: int) -> None:
    held_by(register, dead)
    (register / CASE_ID / "0003-case.x.0123abcd.part").touch()
    said = unlocked(register)
    assert said.startswith(f"{register}: the lock of ada on ")
    assert f"  taken away, never finished: {CASE_ID}/0003-case.x.0123abcd.part\n" in said
    assert said.endswith(f"{register}: unlocked")
    assert not is_locked(register)
    assert unfinished(register) == []
    with locked(register):
        pass


def test_nothing_that_was_filed_is_taken_for_unfinished_whatever_its_ending(register: Path, dead: int) -> None:
    folder = register / "2026.part"
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
    held_by(register, dead)
    assert unfinished(register) == []
    assert "taken away" not in unlocked(register)
    assert [one for one in before if not one.exists()] == []
    claimed = folder / "0005-case.0123456789abcdef.yaml"
    claimed.touch()
    assert unfinished(register) == [claimed]


def test_a_lock_of_a_process_that_is_at_work_is_not_freed(register: Path) -> None:
    held_by(register, os.getpid(), on=machine())
    with pytest.raises(RegisterLockedError, match="that process is at work on this machine"):
        unlocked(register)
    assert is_locked(register)
    unlocked(register, force=True)
    assert not is_locked(register)


def test_a_lock_from_another_machine_is_freed_only_on_purpose(register: Path, dead: int) -> None:
    holder = held_by(register, dead, host="elsewhere")
    assert holder.is_alive() is None
    with pytest.raises(RegisterLockedError, match=r"ada on elsewhere .*\n  help: this machine cannot tell"):
        unlocked(register)
    assert "the lock of ada on elsewhere" in unlocked(register, force=True)


def test_a_lock_that_names_nobody_is_freed_only_on_purpose(register: Path) -> None:
    (register / LOCK).touch()
    with pytest.raises(RegisterLockedError, match="does not say by whom"), locked(register, patience=0):
        pass
    with pytest.raises(RegisterLockedError, match="does not say by whom"):
        unlocked(register)
    assert "the lock of nobody that can be named" in unlocked(register, force=True)


def test_what_is_not_locked_need_not_be_freed(register: Path) -> None:
    assert unlocked(register) == f"{register}: the register is not locked"


def test_a_lock_that_changed_hands_meanwhile_is_not_freed(register: Path, dead: int) -> None:
    held_by(register, dead)
    left = breakable(register)
    now = held_by(register, os.getpid())
    with pytest.raises(RegisterLockedError), locked(register, patience=1, seized=left):
        pass
    assert holder_of(register) == now


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
