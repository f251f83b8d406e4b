from datetime import date
from pathlib import Path

import pytest

from risk_engine.diagnostics import RiskEngineError
from risk_engine.engine.decide import confirm
from risk_engine.model.decision import Person
from risk_engine.register.folder import case_folders, known_case_folder, to_look_at
from risk_engine.register.history import Line, history
from tests.register.filing import CASE_ID, assessed, case_file, decided, filed, written


def lines(folder: Path) -> list[Line]:
    return list(history(known_case_folder(folder, CASE_ID)))


def wrong(folder: Path) -> list[str]:
    return [one.wrong for one in lines(folder) if one.wrong]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """Return a register with two versions of a case, a decision that supersedes another one, and evidence."""
    first = assessed(case_file(tmp_path))
    decision = decided(first)
    later = decided(first, date(2026, 3, 6), supersedes=decision)
    report = tmp_path / "report.pdf"
    report.write_bytes(b"%PDF")
    filed(
        tmp_path / "r",
        tmp_path / "case.yaml",
        written(tmp_path / "d1.json", decision),
        written(tmp_path / "d2.json", confirm(later, Person(name="D. Director", role="Director"), date(2026, 3, 7))),
        report,
        case_file(tmp_path, ("months: 8", "months: 9"), name="second.yaml"),
        case_id=CASE_ID,
        keep=True,
    )
    return tmp_path / "r"


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


@pytest.mark.parametrize("number", range(8))
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
        f"{folder}: number 0003 is missing; it was filed once",
        f"{folder / 'my decision.json'}: nobody filed this, or its name was changed",
    ]
    assert list(to_look_at(register, case_folders(register))) == [
        f"{folder}: number 0003 is missing",
        f"{folder / 'my decision.json'}: nobody filed this; it is no part of the register",
    ]


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
        known_case_folder(register, CASE_ID).add(filed_one.kind, "forged", ".json", changed)
    told = [one.rpartition(": ")[2] for one in wrong(register) if "0007" not in one]
    assert "its digest is not that of its content" in told
    assert "the decision was changed after it was written" in told


def test_a_record_that_this_engine_cannot_read_is_named(register: Path) -> None:
    for kind in ("assessment", "decision", "evidence"):
        known_case_folder(register, CASE_ID).add(kind, "", ".json", b'{"schema": 2}')
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
    _, new = folder.add("case", "", ".yaml", b"one")
    with pytest.raises(RiskEngineError, match=r"a file of this name is there and cannot be used\n  help: move that"):
        folder.add("case", "", ".yaml", b"one")
    assert new.read() == b"one"
