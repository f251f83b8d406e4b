"""`case questions` at the command line: files, what went to whom, what nobody is asked, and what is refused."""

from pathlib import Path

import pytest

from tests.asked import CASE, houses_are_asked
from tests.cli.running import done, refused, run

SENDER = ("--from", "A. Registrar", "--reply-to", "desk@museum.example", "--by", "2026-04-01")


@pytest.fixture
def desk(tmp_path: Path) -> tuple[str, ...]:
    houses_are_asked(tmp_path / "loan-desk")
    return ("--criteria", str(tmp_path / "loan-desk"))


@pytest.fixture
def case(tmp_path: Path) -> Path:
    text = CASE.read_text("utf-8").replace("night_watch: staffed", "night_watch: unknown")
    file = tmp_path / "case.yaml"
    text = text.replace("climate: steady", "climate: unknown").replace("lux_hours: 40000", "lux_hours: unknown")
    file.write_text(text, "utf-8")
    return file


def test_it_writes_one_for_each_and_says_what_went_to_whom_and_what_nobody_is_asked(
    case: Path, desk: tuple[str, ...], tmp_path: Path
) -> None:
    result = run("case", "questions", case, *desk, "--out", tmp_path / "sent", *SENDER)
    assert result.code == 0, result
    assert result.out.splitlines() == [
        "questions-borrower-harbour.docx: to The house that borrows, Harbour Museum, 1 question",
        "questions-office-borrower.docx: to Research office (for The house that borrows), 1 question",
    ]
    nobody = "artwork.fan: nobody said to whom of `borrower` it belongs, so no borrower is asked about it"
    unneeded = [
        f"The {key}: no questionnaire; {number} questions open, but no answer could raise or lower a finding "
        f"(`--for {key}` asks)"
        for key, number in (("registrar", 4), ("conservator", 2))
    ]
    notes = [*unneeded, nobody]
    assert result.err.splitlines() == [f"note: {notes[0]}", *notes[1:]]
    sent = (tmp_path / "sent" / "questions-sent.md").read_text("utf-8")
    assert sent.splitlines() == [
        "# Questions on the case L-2026-07 that went out",
        "",
        *(f"- {one}" for one in (*result.out.splitlines(), *notes)),
    ]
    assert len(list((tmp_path / "sent").iterdir())) == 3


def test_who_is_named_gets_also_what_could_raise_or_lower_nothing(
    case: Path, desk: tuple[str, ...], tmp_path: Path
) -> None:
    result = run("case", "questions", case, *desk, "--out", tmp_path / "sent", "--for", "conservator", *SENDER)
    assert result.out == "questions-conservator.docx: to The conservator, 2 questions\n"
    assert "no questionnaire" not in result.err


def test_where_no_answer_could_raise_or_lower_anything_nothing_is_written(
    case: Path, desk: tuple[str, ...], tmp_path: Path
) -> None:
    text = case.read_text("utf-8").replace("night_watch: unknown", "night_watch: staffed")
    case.write_text(text.replace("lux_hours: unknown", "lux_hours: 40000"), "utf-8")
    said = refused("case", "questions", case, *desk, "--out", tmp_path / "sent", *SENDER)
    assert "nobody has an open question whose answer could raise or lower a finding" in said
    assert "`conservator`" in said
    assert not (tmp_path / "sent").exists()


def test_one_alone_can_be_chosen_in_german_too(case: Path, desk: tuple[str, ...], tmp_path: Path) -> None:
    only = ("--for", "borrower.harbour", "--format", "xlsx", "--lang", "de")
    said = run("case", "questions", case, *desk, "--out", tmp_path / "sent", *only)
    assert said.out == "questions-borrower-harbour.xlsx: an The house that borrows, Harbour Museum, 1 Frage\n"
    assert "nicht angegeben sind `--from`, `--reply-to` und `--by`" in said.err
    wrong = refused("case", "questions", case, *desk, "--out", tmp_path / "more", "--for", "keeper")
    assert "nobody who is called `keeper` has a question to answer" in wrong
    assert "`borrower.harbour`" in wrong
    assert not (tmp_path / "more").exists()


def test_what_is_there_already_is_never_written_over(case: Path, desk: tuple[str, ...], tmp_path: Path) -> None:
    target = ("--out", tmp_path / "sent")
    done("case", "questions", case, *desk, *target, *SENDER)
    (tmp_path / "sent" / "questions-office-borrower.docx").write_text("answered", "utf-8")
    assert "questions-office-borrower.docx" in refused("case", "questions", case, *desk, *target, *SENDER)
    assert (tmp_path / "sent" / "questions-office-borrower.docx").read_text("utf-8") == "answered"
    assert "is no folder" in refused("case", "questions", case, *desk, "--out", case)
    assert "there is no folder" in refused("case", "questions", case, *desk, "--out", tmp_path / "a" / "b")
    early = ("--out", tmp_path / "early", "--by", "2026-01-01", "--on", "2026-03-02")
    assert "before the day of the letter" in refused("case", "questions", case, *desk, *early)
