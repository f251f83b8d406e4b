"""Everything that can be bent in a register is bent here by hand, and found."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.plain import canonical, digest
from risk_engine.office.register.folder import known_case_folder, sha256
from risk_engine.office.register.head import head_of, read_head
from risk_engine.office.register.log import ABOUT, LOCK, LOG, Fault, read_log
from risk_engine.office.register.upkeep import begin, remove
from risk_engine.office.register.verify import _case, _Seen, verify
from risk_engine.records.criteria import KEPT
from tests.cli.running import LOAN, run
from tests.office.register.filing import CASE_ID, assessed, case_file, decided, filed, with_id, written
from tests.strategies import by_turns


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the register is made, once for all tests; each has a copy."""
    made = tmp_path_factory.mktemp("made")
    case = case_file(made)
    (made / "report.pdf").write_bytes(b"%PDF")
    decision = written(made / "d.json", decided(assessed(case)))
    filed(made / "r", case, decision, made / "report.pdf", case_id=CASE_ID, keep=True)
    filed(made / "r", case_file(made, with_id("L-2"), name="second.yaml"))
    assert verify(made / "r").faults == ()
    return made


@pytest.fixture
def register(made: Path, tmp_path: Path) -> Path:
    """Return a register with a case, its decision and evidence, and another case."""
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "r"


def faults(register: Path, **more: object) -> list[Fault]:
    return [one for one in verify(register, **more).faults if one.verdict != "noted"]  # type: ignore[arg-type]


def only(register: Path, **more: object) -> Fault:
    """Return the one fault of a register."""
    (fault,) = faults(register, **more)
    return fault


def lines(register: Path) -> list[str]:
    return (register / LOG).read_text("ascii").splitlines()


def rewrite(register: Path, several: list[str]) -> None:
    (register / LOG).write_text("".join(f"{one}\n" for one in several), "ascii")


def filed_as(register: Path, kind: str, case_id: str = CASE_ID) -> Path:
    return next(one.path for one in known_case_folder(register, case_id).filed if one.kind == kind)


def shorten(register: Path) -> None:
    rewrite(register, lines(register)[:-1])


def shorten_within_a_line(register: Path) -> None:
    os.truncate(register / LOG, (register / LOG).stat().st_size - 7)


def empty(register: Path) -> None:
    rewrite(register, [])


def rename(register: Path) -> None:
    (register / LOG).rename(register / "old.jsonl")


def take_away(register: Path) -> None:
    (register / LOG).unlink()


def reorder(register: Path) -> None:
    first, *rest, last = lines(register)
    rewrite(register, [first, last, *rest])


def edit(register: Path) -> None:
    rewrite(register, [one.replace('"n":3', '"n":3,"reason":"none"') for one in lines(register)])


def edit_the_last(register: Path) -> None:
    *rest, last = lines(register)
    rewrite(register, [*rest, last.replace('"at":"20', '"at":"19')])


def edit_and_seal(register: Path) -> None:
    """Change who filed something, and the digest of the line with it."""
    several = lines(register)
    entry = {**json.loads(several[3]), "by": "nobody"}
    entry["digest"] = digest({key: value for key, value in entry.items() if key != "digest"})
    several[3] = canonical(entry).decode()
    rewrite(register, several)


def take_a_line_out(register: Path) -> None:
    several = lines(register)
    rewrite(register, [*several[:3], *several[4:]])


def put_in_no_entry(register: Path) -> None:
    rewrite(register, [*lines(register), "{}"])


def put_in_a_number(register: Path) -> None:
    rewrite(register, [*lines(register), "5"])


def put_in_a_list(register: Path) -> None:
    rewrite(register, [*lines(register), "[]"])


def put_in_the_log_of_another(register: Path) -> None:
    other = register.with_name("other")
    filed(other, case_file(register.parent))
    shutil.copy(other / LOG, register / LOG)


LOGS: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut off within a line": (shorten_within_a_line, "the last line (9) is not whole: it was cut off"),
    "emptied": (empty, "the log was emptied"),
    "renamed": (rename, "the log is gone: it was removed or renamed"),
    "taken away": (take_away, "the log is gone: it was removed or renamed"),
    "reordered": (reorder, "line 2 does not go on from the line before"),
    "edited": (edit, "line 3 was edited"),
    "edited in its last line": (edit_the_last, "line 9 was edited"),
    "edited and sealed anew": (edit_and_seal, "line 5 does not go on from the line before"),
    "a line taken out": (take_a_line_out, "line 4 does not go on from the line before"),
    "an empty object put in": (put_in_no_entry, "line 10 was edited"),
    "a number put in": (put_in_a_number, "line 10 was edited"),
    "an empty list put in": (put_in_a_list, "line 10 was edited"),
    "of another register": (put_in_the_log_of_another, "this is the log of another register"),
}


@pytest.mark.parametrize("what", by_turns(LOGS, 3))
def test_a_log_that_was_bent_is_told_and_nothing_is_written_over_it(what: str, register: Path, tmp_path: Path) -> None:
    bend, told = LOGS[what]
    bend(register)
    found = faults(register)
    assert found[0].verdict == "broken"
    assert (found[0].place, found[0].what.startswith(told)) == (LOG, True), found
    assert (
        "take it back from a backup; where there is none, begin anew: `risk-engine register begin" in found[0].way_out
    )
    for command in (("register", "verify", register), ("verify", register, *LOAN)):
        result = run(*command)
        assert (result.code, told in result.out) == (1, True), result
    assert told in run("register", "list", register).err
    before = {one: one.read_bytes() for one in register.rglob("*") if one.is_file()}
    with pytest.raises(RiskEngineError, match=r"register begin"):
        filed(register, case_file(tmp_path, with_id("L-3"), name="third.yaml"))
    assert {one: one.read_bytes() for one in register.rglob("*") if one.is_file()} == before
    # The way out that needs no backup.
    begin(register, "a test", print)
    assert verify(register).verdict in {"holds", "broken" if what == "renamed" else "holds"}


def test_the_log_of_another_register_with_its_description_is_told(register: Path) -> None:
    put_in_the_log_of_another(register)
    shutil.copy(register.with_name("other") / ABOUT, register / ABOUT)
    found = faults(register)
    assert {one.verdict for one in found} == {"broken"}
    assert "it lies there as if it were filed, and the log does not know it" in {one.what for one in found}


def test_a_log_under_another_name_is_recognised(register: Path) -> None:
    rename(register)
    _gone, there = faults(register)
    assert (there.place, there.what) == ("old.jsonl", "this is a log of 9 lines under another name")
    assert there.way_out == f"if it is the one that is gone, give it its name back: {LOG}"


def test_of_a_log_that_was_shortened_what_was_filed_last_is_unknown(register: Path) -> None:
    shorten(register)
    last = filed_as(register, "case", "L-2")
    fault = only(register)
    assert (fault.verdict, fault.place) == ("broken", f"L-2/{last.name}")
    assert fault.what == "it lies there as if it were filed, and the log does not know it"
    assert "the log was shortened" in fault.way_out
    shown = run("register", "show", register, "L-2")
    assert (shown.code, "— NOT IN THE LOG" in shown.out) == (1, True)


def test_a_log_that_was_shortened_with_its_records_is_found_by_a_head_that_was_kept(register: Path) -> None:
    head = head_of(register)
    rewrite(register, lines(register)[:-2])
    shutil.rmtree(register / "L-2")
    assert faults(register) == []
    fault = only(register, kept=head)
    assert fault.what == "the log was shortened: the head that was kept is line 9, it has 7"
    assert only(register, kept=f"9:{head.head[:16]}") == fault


def test_a_register_that_was_written_anew_as_a_whole_is_found_by_a_head_that_was_kept(
    register: Path, tmp_path: Path
) -> None:
    head = head_of(register)
    shutil.rmtree(register)
    for case_id in ("L-2", "L-3", "L-4", "L-5"):
        filed(register, case_file(tmp_path, with_id(case_id), name="new.yaml"))
    assert verify(register).verdict == "holds"
    assert only(register, kept=head).what.startswith("line 9 is not the head that was kept: the log was rewritten")


def test_a_head_that_was_kept_holds_however_much_was_filed_since(register: Path, tmp_path: Path) -> None:
    head = head_of(register)
    filed(register, case_file(tmp_path, with_id("L-3"), name="third.yaml"))
    unsigned, note = verify(register, head).faults
    assert (note.verdict, note.what) == ("noted", "the head that was kept is line 9: all up to it is as it was then")
    assert unsigned.what == "the head: not signed, so nothing proves by whom"


@pytest.mark.parametrize("kind", by_turns(["assessment", "case", "decision", "evidence", "kept"], 4))
def test_a_record_that_is_gone_or_changed_is_told(kind: str, register: Path) -> None:
    path = filed_as(register, kind)
    data = path.read_bytes()
    path.write_bytes(data + b" ")
    place = f"{CASE_ID}/{path.name}"
    assert only(register)[1:3] == (place, "it is not as it was filed: its content was changed")
    path.unlink()
    gone = only(register)
    assert gone.place.rpartition(".")[0].split(".")[-1] == path.name.rpartition(".")[0].split(".")[-1]
    assert gone.what.startswith("it is missing; it was filed on 20")
    assert gone.way_out == "take the file back from a backup"
    path.write_bytes(data)
    assert faults(register) == []


@pytest.mark.parametrize("kind", by_turns(["assessment", "case", "decision", "evidence", "kept"], 3))
def test_a_record_that_was_replaced_under_a_name_that_fits_is_told(kind: str, register: Path) -> None:
    path = filed_as(register, kind)
    data = path.read_bytes().replace(b"2", b"3") + b" "
    new = path.with_name(path.name.replace(sha256(path.read_bytes())[:16], sha256(data)[:16]))
    path.unlink()
    new.write_bytes(data)
    told = {one.what.partition(";")[0] for one in faults(register)}
    assert "it is missing" in told
    assert "it lies there as if it were filed, and the log does not know it" in told
    assert run("verify", register, *LOAN).code == 1


def test_a_case_folder_that_is_gone_emptied_or_renamed_is_told(register: Path) -> None:
    path = register / CASE_ID
    path.rename(register / "mine")
    fault = only(register)
    assert fault == Fault(
        "broken", "mine", f"the folder of {CASE_ID} was renamed to this", f"give it its name back: {CASE_ID}"
    )
    shutil.rmtree(register / "mine")
    fault = only(register)
    assert (fault.place, fault.what) == (CASE_ID, "the folder is gone, with 5 files that were filed")
    assert f"`risk-engine register remove … {CASE_ID} --reason …`" in fault.way_out
    assert f"{path}: the folder of this case is gone" in run("register", "list", register).err
    assert run("verify", register, *LOAN).code == 1
    path.mkdir()
    assert [one.what.partition(";")[0] for one in faults(register)] == ["it is missing"] * 5
    path.rmdir()
    # The lawful end, even afterwards.
    remove(register, CASE_ID, "lost with the old drive", print)
    assert faults(register) == []


def test_a_copy_of_criteria_that_is_gone_or_changed_is_told(register: Path) -> None:
    (copy,) = (register / KEPT).iterdir()
    copy.write_bytes(copy.read_bytes() + b"\n")
    assert only(register)[1:3] == (f"{KEPT}/{copy.name}", "it is not as it was filed: its content was changed")
    shutil.rmtree(register / KEPT)
    assert only(register)[1:3] == (KEPT, "the folder is gone, with 1 file that was filed")


def test_what_somebody_put_in_is_told(register: Path) -> None:
    (register / "note.txt").write_text("x", "utf-8")
    (register / CASE_ID / "note.txt").write_text("x", "utf-8")
    name = "0003-decision-2026-03-05.0123456789abcdef.json"
    shutil.copy(filed_as(register, "decision"), register / "L-2" / name)
    assert [(one.place, one.what) for one in faults(register)] == [
        (f"L-2/{name}", "it lies there as if it were filed, and the log does not know it"),
        (f"{CASE_ID}/note.txt", "nobody filed this, or its name was changed"),
        ("note.txt", "nobody filed this, or its name was changed"),
    ]  # fmt: skip


def test_a_description_that_does_not_name_the_log_is_told(register: Path) -> None:
    text = (register / ABOUT).read_text("utf-8")
    (register / ABOUT).write_text(text.partition("Its log is")[0], "utf-8")
    assert only(register)[1:3] == (ABOUT, "it does not name the log: it is gone or was changed")
    (register / ABOUT).unlink()
    assert only(register)[1:3] == (ABOUT, "it does not name the log: it is gone or was changed")
    begin(register, "a test", print)
    assert faults(register) == []


# Copies that were changed apart.


@pytest.fixture
def copies(register: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Return a register and a copy of it, to each of which another case was added."""
    copy = tmp_path / "copy"
    shutil.copytree(register, copy)
    filed(register, case_file(tmp_path, with_id("L-3"), name="third.yaml"))
    filed(copy, case_file(tmp_path, with_id("L-4"), name="fourth.yaml"))
    return register, copy


def test_copies_that_were_changed_apart_are_told_as_a_fork_with_where_they_part(copies: tuple[Path, Path]) -> None:
    here, there = copies
    before = [one.read_bytes() for copy in copies for one in sorted(copy.rglob("*")) if one.is_file()]
    fault = only(here, copy=there)
    log = read_log(here)
    assert log is not None
    said = (
        f"a fork: both have the same 9 lines, until {log.entries[8].at}; then this register has 2 of its own (L-3/0001-"
    )
    assert (fault.place, fault.what.startswith(said)) == (str(there), True)
    assert ", the copy 2 (L-4/0001-assessment-" in fault.what
    assert fault.way_out.startswith("keep one copy as the register, put what only the other has elsewhere and file it")
    result = run("register", "verify", here, "--copy", there)
    assert (result.code, "a fork: both have the same 9 lines" in result.out) == (1, True)
    # Nothing is merged.
    assert [one.read_bytes() for copy in copies for one in sorted(copy.rglob("*")) if one.is_file()] == before


def test_the_way_out_of_a_fork_works(copies: tuple[Path, Path]) -> None:
    here, there = copies
    filed(here, *[one.path for one in known_case_folder(there, "L-4").filed])
    assert verify(here).verdict == "holds"
    assert len(known_case_folder(here, "L-4").filed) == 2


def test_evidence_that_only_the_other_copy_has_is_filed_as_it_was_there(
    copies: tuple[Path, Path], tmp_path: Path
) -> None:
    here, there = copies
    (tmp_path / "plan.pdf").write_bytes(b"%PDF plan")
    filed(there, tmp_path / "plan.pdf", case_id="L-4")
    records = [one.path for one in known_case_folder(there, "L-4").filed]
    filed(here, *records, case_id="L-4")
    assert verify(here).verdict == "holds"
    (mine,) = known_case_folder(here, "L-4").of("evidence")
    assert mine.read() == records[-1].read_bytes()


def test_a_copy_that_is_behind_the_same_or_ahead_is_no_fork(register: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(register, copy)
    (note,) = verify(register, copy=copy).faults
    assert (note.verdict, note.what) == ("noted", "this copy has the same log")
    filed(register, case_file(tmp_path, with_id("L-3"), name="third.yaml"))
    (note,) = verify(register, copy=copy).faults
    assert (note.verdict, note.what) == ("noted", "this copy is as this register was at line 9")
    ahead = only(copy, copy=register)
    assert ahead.what.startswith("this copy goes on from here: it has 2 more (L-3/0001-assessment-")
    assert ahead.way_out == "take that copy for the register; this one is older"


def test_the_conflicted_copy_of_a_log_that_a_drive_leaves_is_told_as_a_fork(copies: tuple[Path, Path]) -> None:
    here, there = copies
    name = "LOG (Ada's conflicted copy).jsonl"
    shutil.copy(there / LOG, here / name)
    assert only(here)[1:3][0] == name
    assert only(here).what.startswith("a fork: both have the same 9 lines")


def test_copies_that_a_drive_put_together_are_told(copies: tuple[Path, Path]) -> None:
    here, there = copies
    shutil.copytree(there / "L-4", here / "L-4")
    rewrite(here, [*lines(here), *lines(there)[9:]])
    found = faults(here)
    assert found[0].what.startswith("line 12 does not go on from the line before")
    assert found[1].what.startswith("a fork: line 12 goes on from line 9, and so does line 10")


def test_two_files_with_one_number_are_told(register: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(register, copy)
    for where, months in ((register, 9), (copy, 10)):
        filed(where, case_file(tmp_path, ("months: 8", f"months: {months}"), name="again.yaml"))
    for one in (copy / CASE_ID).iterdir():
        if not (register / CASE_ID / one.name).exists():
            shutil.copy(one, register / CASE_ID / one.name)
    whats = [one.what for one in faults(register)]
    assert "two files have the number 6: copies that were changed apart were put together" in whats
    assert sum(one.startswith("it lies there as if") for one in whats) == 2


# The head.


def test_a_head_stands_for_all_that_was_filed(register: Path) -> None:
    head = head_of(register)
    log = read_log(register)
    assert log is not None
    assert (head.n, head.head, head.register_) == (9, log.entries[-1].digest, log.entries[0].digest)
    assert (head.cases, head.records, head.removed) == (2, 7, 0)


def test_a_head_can_be_typed_from_paper_and_what_is_none_is_refused(register: Path, tmp_path: Path) -> None:
    head = head_of(register)
    spaced = f"{head.n}: {head.head[:8].upper()} {head.head[8:20]}"
    assert read_head(spaced) == f"9:{head.head[:20]}"
    assert faults(register, kept=read_head(spaced)) == []
    (tmp_path / "h.json").write_text(head.model_dump_json(by_alias=True), "ascii")
    assert read_head(str(tmp_path / "h.json")) == head
    for text in ("8", "8:abc", f"x:{head.head}", "8:" + "g" * 20):
        with pytest.raises(RiskEngineError, match="is neither a file nor a head"):
            read_head(text)
    (tmp_path / "bad.json").write_text("{}", "ascii")
    with pytest.raises(RiskEngineError, match="this is no head of a register"):
        read_head(str(tmp_path / "bad.json"))


def test_no_head_is_given_of_a_log_that_does_not_hold(register: Path) -> None:
    shorten_within_a_line(register)
    with pytest.raises(RiskEngineError, match=r"the last line .* is not whole"):
        head_of(register)


def test_a_lock_is_told_and_what_is_being_filed_is_no_fault(register: Path) -> None:
    shorten(register)
    (register / LOCK).touch()
    assert {one.verdict for one in faults(register)} == {"unchecked"}
    first, second = faults(register)
    assert first.place == LOCK
    assert second.way_out == "somebody is filing it, or was killed while filing; the next writer takes it in"


def test_a_file_on_its_way_that_has_arrived_since_the_folder_was_listed_is_no_fault(register: Path) -> None:
    folder = register / CASE_ID
    there = [*folder.iterdir(), folder / f"{'0003-decision-2026-03-02.0123456789ab.yaml'}.0badcafe.part"]
    seen = _Seen(register, {CASE_ID: there}, is_written=False, log=read_log(register))
    assert list(_case(seen, CASE_ID)) == []
