import errno
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.decision import Person
from risk_engine.office.register.folder import case_folders, known_case_folder, sha256
from risk_engine.office.register.history import Line, history
from risk_engine.office.register.log import LOG
from risk_engine.office.register.verify import links
from risk_engine.records.decide import confirm
from tests.cli.running import LOAN, run
from tests.office.register.filing import CASE_ID, assessed, case_file, decided, filed, put, written
from tests.strategies import by_turns


def lines(folder: Path) -> list[Line]:
    return list(history(known_case_folder(folder, CASE_ID)))


def wrong(folder: Path) -> list[str]:
    return [one.wrong for one in lines(folder) if one.wrong]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the register is made, once for all tests; each has a copy."""
    made = tmp_path_factory.mktemp("made")
    first = assessed(case_file(made))
    decision = decided(first)
    later = decided(first, date(2026, 3, 6), supersedes=decision)
    report = made / "report.pdf"
    report.write_bytes(b"%PDF")
    filed(
        made / "r",
        made / "case.yaml",
        written(made / "d1.json", decision),
        written(made / "d2.json", confirm(later, Person(name="D. Director", role="Director"), date(2026, 3, 7))),
        report,
        case_file(made, ("months: 8", "months: 9"), name="second.yaml"),
        case_id=CASE_ID,
        keep=True,
    )
    return made


@pytest.fixture
def register(made: Path, tmp_path: Path) -> Path:
    """Return a register with two versions of a case, a decision that supersedes another one, and evidence."""
    return shutil.copytree(made, tmp_path, dirs_exist_ok=True) / "r"


def test_the_history_tells_what_takes_the_place_of_what(register: Path) -> None:
    told = lines(register)
    names = [one.name for one in told]
    levels = "Release: Checks due, Verdict: Lend on terms, Company on the journey: Alone"
    confirmed = "Confirmed on 2026-03-07 by D. Director"
    assert [one.text for one in told] == [
        f"assessment as of 2026-03-02 under loan-desk 1.0.0. {levels}",
        "case as it was given",
        f"decision of 2026-03-05 by K. Keeper (Keeper) on {names[0]}. {levels}",
        f"decision of 2026-03-06 by K. Keeper (Keeper) on {names[0]}. {levels}. {confirmed}. Supersedes {names[2]}",
        "file that was kept as evidence",
        told[5].text,
        f"assessment as of 2026-03-02 under loan-desk 1.0.0. {levels}. Supersedes {names[0]}",
        "case as it was given",
    ]
    assert told[5].text.startswith("evidence “report.pdf”, 4 bytes, of ")
    assert wrong(register) == []


def test_a_link_to_what_was_filed_later_has_its_name(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    earlier = decided(assessment)
    later = decided(assessment, date(2026, 3, 6), supersedes=earlier)
    filed(
        tmp_path / "r",
        tmp_path / "case.yaml",
        written(tmp_path / "d2.json", later),
        written(tmp_path / "d1.json", earlier),
    )
    told = lines(tmp_path / "r")
    assert told[2].text.endswith(f". Supersedes {told[3].name} (filed after this one)")
    assert wrong(tmp_path / "r") == []


@pytest.mark.parametrize("number", by_turns(range(8), 4))
def test_a_file_that_was_altered_is_named(number: int, register: Path) -> None:
    path = known_case_folder(register, CASE_ID).filed[number].path
    path.write_bytes(path.read_bytes().replace(b"2", b"3"))
    if path.suffix == ".pdf":
        path.write_bytes(b"%pdf")
    assert f"{path}: it was altered after it was filed\n  help: take the file back from a backup" in wrong(register)


def test_a_file_that_is_gone_or_that_nobody_filed_is_named(register: Path) -> None:
    filed_first = known_case_folder(register, CASE_ID).filed[2]
    filed_first.path.rename(filed_first.path.with_name("my decision.json"))
    folder = register / CASE_ID
    assert wrong(register) == [
        f"{folder}: {filed_first.name} is missing; it was filed once",
        f"{folder / 'my decision.json'}: nobody filed this, or its name was changed",
    ]
    assert [line for one in case_folders(register) for line in one.to_look_at()] == [
        f"{folder}: {filed_first.name} is missing; it was filed once",
        f"{folder / 'my decision.json'}: nobody filed this; it is no part of the register",
    ]


@pytest.mark.nightly
def test_what_was_filed_last_is_missed_too_and_its_number_is_never_given_again(register: Path, tmp_path: Path) -> None:
    folder = known_case_folder(register, CASE_ID)
    for last in folder.filed[-2:]:
        last.path.unlink()
    gone = [f"{folder.path}: {one.name} is missing; it was filed once" for one in folder.filed[-2:]]
    assert wrong(register) == gone
    assert [line for one in case_folders(register) for line in one.to_look_at()] == gone
    for place in (register, folder.path):
        assert [path for path, _ in links(place)] == [one.path for one in folder.filed[-2:]]
        verified = run("verify", place, *LOAN)
        assert (verified.code, verified.out.count(": does not hold: it is missing; it was filed on 20")) == (1, 2)
    shown = run("register", "show", register, CASE_ID)
    assert (shown.code, "everything is as it was filed" in shown.out) == (1, False)
    assert gone[1] in run("register", "list", register).err
    filed(register, case_file(tmp_path, ("months: 8", "months: 10"), name="third.yaml"))
    assert [one.number for one in known_case_folder(register, CASE_ID).filed] == [1, 2, 3, 4, 5, 6, 9, 10]
    assert wrong(register) == gone


def test_without_its_log_what_is_gone_between_is_missed(register: Path) -> None:
    folder = known_case_folder(register, CASE_ID)
    (register / LOG).unlink()
    folder.filed[3].path.unlink()
    assert wrong(register) == [f"{folder.path}: 0004-… is missing; it was filed once"]
    assert "the log is gone" in run("register", "list", register).err


def test_a_folder_that_nobody_may_look_into_is_not_checked(register: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = Path.iterdir

    def forbidden(path: Path) -> Iterator[Path]:
        if path.name == CASE_ID:
            raise PermissionError(errno.EACCES, "Permission denied")
        return look(path)

    # The rights on a folder would not stop a test that runs as the user of the system.
    monkeypatch.setattr(Path, "iterdir", forbidden)
    (told,) = links(register)
    assert "the folder of this case cannot be read" in told[1].text
    assert told[1].verdict == "unchecked"


def test_a_decision_without_its_assessment_is_named(register: Path) -> None:
    folder = known_case_folder(register, CASE_ID)
    folder.filed[0].path.unlink()
    assert f"{folder.filed[2].path}: the assessment that it is about is not filed before it" in wrong(register)
    assert "on one that is not filed here (sha256:" in lines(register)[1].text


def test_content_that_fits_its_name_and_not_its_own_digest_is_named(register: Path) -> None:
    folder = known_case_folder(register, CASE_ID)
    for filed_one in (folder.filed[0], folder.filed[2]):
        text = filed_one.path.read_text("utf-8")
        filed_one.path.unlink()
        changed = text.replace("Fans of the old court", "Fans of the new court").encode()
        put(register, filed_one.kind, "forged", ".json", changed)
    told = [one.rpartition(": ")[2] for one in wrong(register) if "0007" not in one]
    assert "its digest is not that of its content" in told
    assert any("the decision was changed after it was written" in one for one in wrong(register))


def test_a_record_that_this_engine_cannot_read_is_named(register: Path) -> None:
    for kind in ("assessment", "decision", "evidence"):
        put(register, kind, "", ".json", b'{"schema": 3}')
    told = wrong(register)
    assert [one.split(": ", 1)[1].split("\n")[0] for one in told] == [
        "this engine cannot read the assessment (at `schema`)",
        "this engine cannot read the decision",
        "this engine cannot read the record of evidence",
    ]


def test_a_file_that_was_begun_is_told_from_one_that_was_altered(register: Path) -> None:
    path = known_case_folder(register, CASE_ID).filed[1].path
    path.write_bytes(b"")
    (said,) = wrong(register)
    assert "it is empty; whoever filed it did not finish, or it was altered" in said


def test_what_was_altered_is_filed_anew_where_the_same_content_is_given(register: Path, tmp_path: Path) -> None:
    altered = known_case_folder(register, CASE_ID).of("case")[-1]
    content = altered.read()
    altered.path.write_bytes(content + b"\n")
    assert len(wrong(register)) == 1
    filed(register, tmp_path / "second.yaml")
    newest = known_case_folder(register, CASE_ID).of("case")[-1]
    assert newest.number > altered.number
    assert newest.read() == content


def test_a_name_that_is_taken_by_what_cannot_be_used_is_named(register: Path) -> None:
    folder = known_case_folder(register, CASE_ID)
    name = f"{folder.next_number():04d}-case.{sha256(b'one')[:16]}.yaml"
    (folder.path / name).mkdir()
    with pytest.raises(RiskEngineError, match=r"a file of this name is there and cannot be used\n  help: move that"):
        put(register, "case", "", ".yaml", b"one")


@pytest.mark.nightly
def test_verify_names_what_is_not_as_it_was_filed_whatever_it_is(register: Path) -> None:
    folder = known_case_folder(register, CASE_ID)
    case = folder.of("case")[0].path
    case.write_bytes(case.read_bytes() + b"# more\n")
    stray = folder.path / "notes.txt"
    stray.write_text("x", "utf-8")
    for place in (register, folder.path):
        out = run("verify", place, *LOAN).out
        assert f"{case}: does not hold: it is not as it was filed" in out
        assert f"{stray}: does not hold: nobody filed this, or its name was changed" in out
    case.unlink()
    case.symlink_to(case.name)
    assert any(path == case for path, _ in links(folder.path))
