"""`criteria show --case`: a test of a set in questions and answers, with what must come out and what does."""

import shutil
from pathlib import Path

import pytest

from tests.cli.running import LOAN_DESK, done, refused
from tests.editing import edit


def told(*arguments: str | Path) -> str:
    """Return a page on one line."""
    return " ".join(done("criteria", "show", *arguments).split())


def test_what_is_given_and_must_come_out_is_told_in_words_with_all_that_a_case_is_like() -> None:
    page = told(LOAN_DESK, "--case", "logger and crate make it low", "--format", "md")
    for text in (
        "It comes out so today.",
        "It goes on from “a brittle object in a drifting climate is lent on terms”.",
        "Object: head: | Question | Answer | | --- | --- | | How fragile is it? | Brittle |",
        "| How steady is the climate of the room? | It drifts |",
        "- LOGGER Climate logger - CRATE Sealed crate",
        "- Verdict: **Lend on terms**",
        "- **OBJ-1** A fragile object in an unsteady climate: high, with controls low",
        "- No other finding.",
    ):
        assert text in page


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("nobody knows", ("| not known |", "(open, between “Lend” and “Refuse”)", "not determined, up to critical")),
        ("nobody knows", ("Still to be answered: Object: head: Does somebody else claim it?",)),
        ("the base case", ("None: it is that case as it stands.", "No finding at all.", "To be told:")),
        ("an empty house", ("knock-out: hold",)),
        ("a second object", ("Object: fan:", "| What is it made of? | Paper |")),
        ("closed doors", ("The answers contradict each other:",)),
    ],
)
def test_each_kind_of_expectation_is_said(name: str, texts: tuple[str, ...]) -> None:
    page = told(LOAN_DESK, "--case", name, "--format", "md")
    for text in texts:
        assert text in page


def test_rows_core_keys_and_whole_lists_are_shown(tmp_path: Path) -> None:
    desk = Path(shutil.copytree(LOAN_DESK, tmp_path / "desk"))
    cases = desk / "1.0.0" / "cases.yaml"
    with cases.open("a", encoding="utf-8") as file:
        file.write(
            """
  - name: rows
    given:
      artwork: []
      controls: [{id: SIGN, status: planned}]
      institution: A house
    each:
      one: {borrower: null}
      two: {borrower: [{id: east, seat: RIFT}], controls: []}
    expect: {partial: true, residual: {OBJ-1: [low, high]}, knock_out: {OBJ-1: hold}}
"""
        )
    one, two = (told(desk, "--case", f"rows: {row}", "--format", "md") for row in ("one", "two"))
    assert "Object: | Question | Answer | | --- | --- | | Entries | none |" in one
    assert "| SIGN Contract signed | planned |" in one
    assert "| institution | A house |" in one
    assert "Borrowing house: | Question | Answer | | --- | --- | | Entries | not known |" in one
    assert "Controls: | Question | Answer | | --- | --- | | Entries | none |" in two
    assert "Borrowing house: east:" in two
    assert "with controls between low and high" in two
    assert "Other findings may be there." in two
    assert "It comes out otherwise today:" in two
    every = done("criteria", "show", desk, "--case", "ROWS", "--format", "html")
    assert "rows: one" in every
    assert "rows: two" in every


def test_a_case_that_comes_out_otherwise_says_so(tmp_path: Path) -> None:
    desk = Path(shutil.copytree(LOAN_DESK, tmp_path / "desk"))
    edit(
        desk / "1.0.0" / "cases.yaml",
        "findings: {OBJ-1: high}\n      ladders: {verdict: lend_on_terms, release: checks_due",
        "findings: {OBJ-1: low}\n      ladders: {verdict: lend_on_terms, release: checks_due",
    )
    page = told(desk, "--case", "a brittle object in a drifting climate is lent on terms", "--format", "md")
    assert "It comes out otherwise today:" in page
    assert "- finding OBJ-1: expected low, got high" in page


def test_it_is_told_in_german_where_the_set_is() -> None:
    page = told("reconnect-china", "--case", "SEC-05 critical by military use under", "--format", "md", "--lang", "de")
    assert "Muss herauskommen" in page
    assert "Keine weiteren Befunde." in page


def test_no_such_case_and_a_record_beside_it_are_refused() -> None:
    assert "did you mean" in refused("criteria", "show", LOAN_DESK, "--case", "the base case is armless")
    assert "are two pages" in refused("criteria", "show", LOAN_DESK, "OBJ-1", "--case", "logger")
