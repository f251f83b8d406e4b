"""What is filed or removed is so whole or not at all, whatever happens to the disk or to the process."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.signing import key_id, new_key, private_key, public_key
from risk_engine.office.register.folder import LIST, known_case_folder
from risk_engine.office.register.lock import machine
from risk_engine.office.register.log import ABOUT, LOCK, LOG, is_locked, logged_name, read_log
from risk_engine.office.register.upkeep import begin, remove
from risk_engine.office.register.verify import verify
from risk_engine.office.register.writing import writing
from tests.cli.running import ROOT, run
from tests.office.register.filing import CASE_ID, assessed, case_file, decided, filed, put, with_id, written
from tests.strategies import by_turns

WRITERS = Path(__file__).with_name("writers.py")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the register is made, once for all tests; each has a copy."""
    made = tmp_path_factory.mktemp("made")
    filed(made / "r", case_file(made))
    return made


@pytest.fixture
def register(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "r"


def tree(folder: Path) -> dict[str, bytes]:
    """Return everything that lies in a folder; folders end in a slash."""
    return {
        f"{one.relative_to(folder)}{'/' * one.is_dir()}": b"" if one.is_dir() else one.read_bytes()
        for one in folder.rglob("*")
    }


def left_behind(register: Path) -> None:
    """Leave the lock of a process of this machine that is gone."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    host, pid = socket.gethostname(), process.pid
    holder = {"who": "ada", "host": host, "machine": machine(), "pid": pid, "since": "2026-03-02", "token": "t"}
    (register / LOCK).write_text(json.dumps(holder), "ascii")


def whats(register: Path) -> list[tuple[str, str]]:
    log = read_log(register, anew=True)
    assert log is not None
    return [(one.what, one.case) for one in log.entries]


# A disk that is full.


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Yield what gives a disk of so many bytes: a real one, which the system mounts."""
    mounted: list[Path] = []

    def mount(size: int) -> Path:
        place = tmp_path / f"disk-{len(mounted)}"
        place.mkdir()
        command = [shutil.which("mount") or "", "-t", "tmpfs", "-o", f"size={size},nr_inodes=200", "tmpfs", str(place)]
        subprocess.run(command, check=True, capture_output=True)
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run([shutil.which("umount") or "", str(place)], check=True)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk; the limit on files is tried too")
PAGE = 4096


@needs_root
def test_a_failed_add_on_a_full_disk_leaves_nothing(tmp_path: Path, small_disk: Callable[[int], Path]) -> None:
    case = case_file(tmp_path)
    failed = 0
    for pages in range(1, 200, 3):
        disk = small_disk(pages * PAGE)
        try:
            filed(disk / "r", case)
        except RiskEngineError as error:
            assert "no space left on device" in str(error)  # noqa: PT017 (it succeeds once the disk is large enough)
            assert tree(disk) == {}
            failed += 1
            continue
        assert verify(disk / "r").verdict == "holds"
        break
    assert failed > 5


@needs_root
@pytest.mark.parametrize("what", ["a new version", "a decision", "kept evidence", "the removal of a case"])
def test_whatever_fails_on_a_full_disk_leaves_the_register_as_it_was(
    what: str, tmp_path: Path, small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(600 * PAGE)
    register = disk / "r"
    filed(register, case_file(tmp_path))
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    makers: dict[str, Callable[[], Path | None]] = {
        "a new version": lambda: case_file(tmp_path, ("months: 8", "months: 9"), name="new.yaml"),
        "a decision": lambda: written(tmp_path / "d.json", decided(assessed(tmp_path / "case.yaml"))),
        "kept evidence": lambda: tmp_path / "report.pdf",
        "the removal of a case": lambda: None,
    }
    given = makers[what]()
    before = tree(register)
    failed = 0
    for free in range(60):
        filler = disk / "filler"
        with filler.open("wb") as file:
            room = shutil.disk_usage(disk).free - free * PAGE
            file.write(b"x" * room)
        try:
            if given is None:
                remove(register, CASE_ID, "a test" * 1000, print)
            else:
                is_evidence = given.suffix == ".pdf"
                filed(register, given, case_id=CASE_ID if is_evidence else None, keep=is_evidence)
        except RiskEngineError as error:
            assert "no space left on device" in str(error)  # noqa: PT017 (it succeeds once there is room enough)
            filler.unlink()
            assert tree(register) == before
            failed += 1
            continue
        break
    assert failed > 0
    filler.unlink()
    assert tree(register) != before
    assert verify(register).verdict == "holds"


@needs_root
def test_a_log_that_cannot_be_begun_on_a_full_disk_is_not_begun(
    old: Path, tmp_path: Path, small_disk: Callable[[int], Path]
) -> None:
    disk = small_disk(600 * PAGE)
    register = disk / "r"
    shutil.copytree(old, register)
    before = tree(register)
    failed = 0
    for free in range(60):
        filler = disk / "filler"
        with filler.open("wb") as file:
            file.write(b"x" * (shutil.disk_usage(disk).free - free * PAGE))
        try:
            filed(register, case_file(tmp_path, with_id("L-2"), name="second.yaml"))
        except RiskEngineError as error:
            assert "no space left on device" in str(error)  # noqa: PT017 (it succeeds once there is room enough)
            filler.unlink()
            assert tree(register) == before
            failed += 1
            continue
        break
    assert failed > 3
    filler.unlink()
    assert verify(register).verdict == "holds"


@pytest.mark.nightly
def test_a_limit_on_the_size_of_files_leaves_nothing_either(tmp_path: Path) -> None:
    case = case_file(tmp_path)
    assessed(case)
    for limit in (0, 100, 2000, 20_000):
        register = tmp_path / f"r-{limit}"
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            code = 1
            try:
                filed(register, case)
                code = 0
            except RiskEngineError:
                code = 3
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 3, limit
        assert not register.exists()


@pytest.mark.parametrize("when", by_turns([0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2], 4))
def test_whoever_presses_ctrl_c_has_filed_all_or_nothing(when: float, register: Path, tmp_path: Path) -> None:
    new = case_file(tmp_path, ("months: 8", "months: 9"), name="new.yaml")
    before = tree(register)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            filed(register, new)
            code = 0
        except KeyboardInterrupt:
            code = 3
        finally:
            os._exit(code)
    time.sleep(when)
    os.kill(child, signal.SIGINT)
    os.waitpid(child, 0)
    assert not is_locked(register)
    assert verify(register).verdict == "holds"
    assert (tree(register) == before) == (len(known_case_folder(register, CASE_ID).filed) == 2)


def test_what_fails_midway_for_any_reason_is_undone(register: Path) -> None:
    before = tree(register)
    with pytest.raises(ZeroDivisionError), writing(register, print) as work:
        _ = [work.file(work.opened("L-9"), "case", "", ".yaml", b"x"), 1 // 0]
    assert tree(register) == before


# A process that is killed.


def copies_of_killed(what: str, register: Path, folder: Path) -> list[Path]:
    folder.mkdir(exist_ok=True)
    command = [sys.executable, *map(str, (WRITERS, what, register, folder))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=400, check=True)
    return [Path(line) for line in done.stderr.splitlines()]


@pytest.mark.nightly
def test_a_removal_that_is_killed_at_any_step_is_finished_or_never_was(register: Path, tmp_path: Path) -> None:
    filed(register, case_file(tmp_path, with_id("L-2"), name="second.yaml"))
    copies = copies_of_killed("remove", register, tmp_path / "none")
    assert len(copies) >= 7, copies
    ended = 0
    for copy in copies:
        assert verify(copy).verdict in ({"unchecked"} if is_locked(copy) else {"holds"})
        with writing(copy, print):
            pass
        assert verify(copy).verdict == "holds"
        is_there = (copy / CASE_ID).exists()
        assert (("removed", CASE_ID) in whats(copy)) != is_there
        ended += not is_there
    assert 2 < ended < len(copies)


@pytest.mark.nightly
def test_a_log_that_is_begun_anew_and_killed_at_any_step_can_be_begun_again(register: Path, tmp_path: Path) -> None:
    copies = copies_of_killed("begin", register, tmp_path / "none")
    assert len(copies) >= 6, copies
    for copy in copies:
        begin(copy, "a test", print)
        assert verify(copy).verdict == "holds"
        assert {one for one, _ in whats(copy)} == {"begun", "found"}
        assert len(list(copy.glob("LOG-*.jsonl"))) in {1, 2}


def test_a_line_that_was_half_written_is_finished_by_the_next_writer(register: Path, tmp_path: Path) -> None:
    whole = (register / LOG).read_bytes()
    os.truncate(register / LOG, len(whole) - 50)
    left_behind(register)
    assert verify(register).verdict == "unchecked"
    filed(register, case_file(tmp_path, with_id("L-2"), name="second.yaml"))
    assert verify(register).verdict == "holds"
    assert ("completed", CASE_ID) in whats(register)
    (note,) = verify(register).faults
    assert note.what == "line 4: taken in by the next writer, after one was killed before it could"


def test_only_what_a_killed_process_can_have_left_is_completed(register: Path, tmp_path: Path) -> None:
    filed(register, case_file(tmp_path, with_id("L-2"), name="second.yaml"))
    for case_id in (CASE_ID, "L-2"):
        first = known_case_folder(register, case_id).filed[1].path
        shutil.copy(first, first.with_name(first.name.replace("0002", "0003")))
    left_behind(register)
    said: list[str] = []
    with writing(register, said.append):
        pass
    assert any("no process left so" in one for one in said)
    assert "completed" not in {one for one, _ in whats(register)}
    assert [one.verdict for one in verify(register).faults] == ["broken", "broken"]


def test_without_a_lock_that_was_left_nothing_is_completed(register: Path, tmp_path: Path) -> None:
    folder = register / CASE_ID
    forged = next(folder.glob("0002-*"))
    shutil.copy(forged, forged.with_name(forged.name.replace("0002", "0003")))
    filed(register, case_file(tmp_path, with_id("L-2"), name="second.yaml"))
    assert "completed" not in {one for one, _ in whats(register)}
    (fault,) = verify(register).faults
    assert fault.what == "it lies there as if it were filed, and the log does not know it"


# The end of a case.


def test_a_case_that_was_removed_leaves_its_number_the_reason_and_digests_only(register: Path, tmp_path: Path) -> None:
    (tmp_path / "CV of Dr Li.pdf").write_bytes(b"%PDF")
    filed(register, tmp_path / "CV of Dr Li.pdf", case_id=CASE_ID, keep=True)
    entry = remove(register, CASE_ID, "its time is over", print)
    assert (entry.case, entry.reason, entry.signature) == (CASE_ID, "its time is over", None)
    assert not (register / CASE_ID).exists()
    text = (register / LOG).read_text("ascii")
    for private in ("Li", "CV", "Fans of the old court", "harbour"):
        assert private not in text
    (note,) = verify(register).faults
    assert (note.verdict, note.what) == (
        "noted",
        f"line {entry.n}, that {CASE_ID} was removed: not signed, so nothing proves by whom",
    )


def test_whoever_asks_for_a_case_that_was_removed_is_told_so(register: Path) -> None:
    entry = remove(register, CASE_ID, "its time is over", print)
    with pytest.raises(RiskEngineError) as caught:
        known_case_folder(register, CASE_ID)
    day = entry.at[:10]
    assert str(caught.value) == f"{register}: the case `{CASE_ID}` was removed on {day} (its time is over)"


def test_a_folder_that_was_removed_and_is_there_again_is_told(register: Path, tmp_path: Path) -> None:
    shutil.copytree(register / CASE_ID, tmp_path / "kept")
    remove(register, CASE_ID, "its time is over", print)
    shutil.copytree(tmp_path / "kept", register / CASE_ID)
    (fault,) = [one for one in verify(register).faults if one.verdict != "noted"]
    assert (fault.place, fault.verdict) == (CASE_ID, "broken")
    assert "(its time is over) and is there again" in fault.what
    remove(register, CASE_ID, "again", print)
    assert verify(register).verdict == "holds"


def test_a_case_that_was_removed_can_begin_anew_and_that_is_told(register: Path, tmp_path: Path) -> None:
    remove(register, CASE_ID, "filed twice", print)
    said: list[str] = []
    filed(register, tmp_path / "case.yaml", tell=said.append)
    assert said[0].startswith(f"{CASE_ID}: this case was removed on 20")
    assert said[0].endswith(" (filed twice); it begins anew")
    assert verify(register).verdict == "holds"


@pytest.mark.parametrize("reason", ["", " ", "\u200b", "...", "\u2060\n", "\u3164", "\uffa0 \u115f"])
def test_a_removal_needs_a_reason(reason: str, register: Path) -> None:
    before = tree(register)
    with pytest.raises(RiskEngineError, match="a reason is missing"):
        remove(register, CASE_ID, reason, print)
    assert tree(register) == before


def test_what_nobody_filed_is_not_removed_with_a_case(register: Path) -> None:
    (register / CASE_ID / "note.txt").write_text("mine", "utf-8")
    before = tree(register)
    with pytest.raises(
        RiskEngineError, match=r"nobody filed this, and with the case it would be gone\n  help: move it"
    ):
        remove(register, CASE_ID, "a test", print)
    assert tree(register) == before


def test_a_case_is_not_removed_before_its_time_but_on_purpose(register: Path) -> None:
    before = tree(register)
    with pytest.raises(RiskEngineError, match=r"is to be kept until 2041-12-31\n  help: .*--early"):
        remove(register, CASE_ID, "a test", print, today=date(2041, 12, 31))
    assert tree(register) == before
    remove(register, CASE_ID, "a test", print, today=date(2042, 1, 1))
    assert verify(register).verdict == "holds"


def test_a_removal_is_signed_with_the_key_of_the_office(register: Path, tmp_path: Path) -> None:
    pair = new_key("secret")
    key = private_key(pair.private, "secret", "k")
    public = public_key(pair.public, "k")
    other = public_key(new_key("x").public, "o")
    filed(register, case_file(tmp_path, with_id("L-2"), name="second.yaml"))
    remove(register, CASE_ID, "its time is over", print, key=key)
    known = {key_id(public): public}
    assert verify(register, keys=known).faults == ()
    assert [one.verdict for one in verify(register).faults] == ["unchecked"]
    assert [one.verdict for one in verify(register, keys={key_id(other): other}).faults] == ["unchecked"]
    # Where keys are named, a removal without a signature does not hold.
    remove(register, "L-2", "on the quiet", print)
    (fault,) = verify(register, keys=known).faults
    assert (fault.verdict, fault.what.endswith("not signed, so nothing proves by whom")) == ("broken", True)


def test_a_signature_on_another_removal_does_not_hold(register: Path, tmp_path: Path) -> None:
    pair = new_key("secret")
    key = private_key(pair.private, "secret", "k")
    public = public_key(pair.public, "k")
    signed = remove(register, CASE_ID, "its time is over", print, key=key)
    filed(register, case_file(tmp_path, with_id("L-2"), name="second.yaml"))
    with writing(register, print) as work:
        work.append({"what": "removed", "case": "L-2", "reason": "forged", "signature": signed.signature})
    shutil.rmtree(register / "L-2")
    told = [one.what for one in verify(register, keys={key_id(public): public}).faults]
    assert told == ["line 8, that L-2 was removed: a signature is of another record"]


# Registers from before there was a log.


@pytest.fixture
def old(register: Path) -> Path:
    """Return a register as it was before there was a log."""
    (register / LOG).unlink()
    (register / ABOUT).write_text("This folder is a register of risk-engine: one folder for each case.\n", "utf-8")
    names = sorted(one.name for one in (register / CASE_ID).iterdir())
    (register / CASE_ID / LIST).write_text("What was filed here.\n" + "".join(f"{one}\n" for one in names), "utf-8")
    return register


def test_a_register_without_a_log_says_so(old: Path) -> None:
    (fault,) = verify(old).faults
    assert (fault.verdict, fault.what) == ("unchecked", "this register has no log")
    assert fault.way_out == f"`risk-engine register begin {old}` begins one, and so does the next `add`"
    assert run("register", "list", old).code == 0


@pytest.mark.parametrize("how", ["add", "begin"])
def test_a_log_is_begun_by_the_next_add_or_by_a_command_and_that_is_said_aloud(
    how: str, old: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    next((old / CASE_ID).glob("0002-*")).unlink()
    if how == "add":
        filed(old, case_file(tmp_path, with_id("L-2"), name="second.yaml"), tell=said.append)
    else:
        begin(old, "", said.append)
    assert said[0] == (
        f"{old}: a log of this register was begun. It vouches from now on only: of the 2 files that lie there already "
        "it says no more than that they were so today"
    )
    assert said[1].startswith(f"{old / CASE_ID}: 0002-case.")
    assert said[1].endswith(" is missing; it was filed once")
    assert not (old / CASE_ID / LIST).exists()
    checked = verify(old)
    assert checked.verdict == "holds"
    (note,) = checked.faults
    assert note.what.endswith("when 2 files lay there already; of those it vouches from then on only")
    assert f"Its log is {LOG}, which begins with" in (old / ABOUT).read_text("utf-8")


def test_a_log_is_begun_anew_only_with_a_reason_and_the_one_that_was_is_kept(register: Path) -> None:
    for nothing in ("", " ", "\u200b", "\u3164"):
        with pytest.raises(RiskEngineError, match=r"has a log, or had one\n  help: say with `--reason`"):
            begin(register, nothing, print)
    was = (register / LOG).read_bytes()
    next((register / CASE_ID).glob("0002-*")).unlink()
    begin(register, "a record was lost", print)
    assert (register / "LOG-1.jsonl").read_bytes() == was
    told = [(one.verdict, one.what) for one in verify(register).faults]
    assert [one for one, _ in told] == ["noted", "noted"]
    assert told[1][1].endswith(": a record was lost")
    (register / "LOG-1.jsonl").write_bytes(was[:-20])
    assert "this log, which was put aside, was changed since" in [one.what for one in verify(register).faults]
    (register / "LOG-1.jsonl").unlink()
    assert "this log, which was put aside, is gone" in [one.what for one in verify(register).faults]


def test_the_name_of_evidence_stays_out_of_the_log() -> None:
    names = ("0004-evidence-CV-Li-pdf.9b1c7d20e4f68a35.json", "0005-kept-CV-evidence-x.9b1c7d20e4f68a35.pdf")
    assert [logged_name(one) for one in names] == [
        "0004-evidence.9b1c7d20e4f68a35.json",
        "0005-kept.9b1c7d20e4f68a35.pdf",
    ]
    assert logged_name("0001-assessment-2026-11-25.9b1c7d20e4f68a35.json").startswith("0001-assessment-2026-11-25")


def test_a_number_is_never_given_again(register: Path) -> None:
    first = put(register, "evidence", "a", ".json", b"{}")
    first.path.unlink()
    assert put(register, "evidence", "a", ".json", b"{ }").number == first.number + 1
