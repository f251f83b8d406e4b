"""`risk-engine interview` through a pipe; tests/cli/test_interview_terminal.py sits before a terminal."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from risk_engine.cli.case_file import CaseFile
from risk_engine.diagnostics import RiskEngineError
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, Result, done, run, run_with

DAY = ("--on", "2026-03-02")
HEAD = """# ours, not to be lost
criteria: loan-desk
id: L-7
title: Fans
assessment_date: 2026-03-02
"""
STONE = f"{HEAD}borrower: []\nartwork:\n  - id: head\n    called: Head\n    material: stone   # by eye\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    file = tmp_path / "l-7.yaml"
    file.write_text(HEAD, "utf-8")
    return file


def interview(case: Path, *lines: str, more: Sequence[str] = (), **environment: str) -> Result:
    return run_with(lines, "interview", case, *LOAN, *more, **environment)


def said(case: Path, *lines: str, more: Sequence[str] = ()) -> str:
    result = interview(case, *lines, more=more)
    assert result.err == "", result
    return " ".join(result.out.split())


def stated(case: Path) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(case.read_text("utf-8"))
    return found


# --- answers ---


def test_every_answer_is_in_the_file_and_its_comments_stay(case: Path) -> None:
    interview(case, "Fan with cranes", "", "q")
    result = interview(case, *until(case, "What is it made of?"), "paper")
    assert (result.code, result.err) == (3, "")  # the input ended before the result was settled
    text = case.read_text("utf-8")
    assert text.startswith("# ours, not to be lost\n")
    assert stated(case)["artwork"] == [{"id": "fan-with-cranes", "called": "Fan with cranes", "material": "paper"}]


def test_options_are_taken_by_number_and_by_words(case: Path) -> None:
    case.write_text(STONE.replace("stone   # by eye", "unknown"), "utf-8")
    for line, meant in (("3", "paper"), ("Oil on canvas", "oil_paint"), ("TEXTILE", "textile"), ("stone", "stone")):
        before = case.read_text("utf-8")
        reached = interview(case, *until(case, "What is it made of?"), line)
        assert "What is it made of?" in reached.out
        assert stated(case)["artwork"] == [{"id": "head", "called": "Head", "material": meant}]
        case.write_text(before, "utf-8")


def until(case: Path, question: str) -> list[str]:
    """Return as many times Enter as it takes until a question is asked."""
    before = case.read_text("utf-8")
    for number in range(1, 30):
        interview(case, *([""] * number))
        text = interview(case, *([""] * number)).out
        case.write_text(before, "utf-8")
        if question in text:
            return [""] * text[: text.index(question)].count("> ")
    raise AssertionError(question)


def test_a_wrong_answer_is_told_what_is_accepted_and_asked_again(case: Path) -> None:
    case.write_text(STONE.replace("stone   # by eye", "unknown"), "utf-8")
    lines = [*until(case, "What is it made of?"), "9", "glass", "2"]
    text = said(case, *lines)
    assert "“9” is not among the answers: type a number from 1 to 4, or the words beside it" in text
    assert "“glass” is not among the answers" in text
    assert "material: oil_paint" in case.read_text("utf-8")


def test_not_known_yet_is_no_answer(case: Path) -> None:
    before = case.read_text("utf-8")
    interview(case, "", "s", "not known yet", "unknown")
    assert case.read_text("utf-8") == before


def test_a_list_without_entries_is_said_so(case: Path) -> None:
    interview(case, "no")
    assert stated(case)["artwork"] == []


def test_a_question_explains_itself(case: Path) -> None:
    text = said(case, "?")
    assert "There can be at most 20." in text
    assert "Who knows it: The registrar" in text
    assert "It can decide: LAW-" in text


def test_an_answer_that_is_ruled_out_is_set_aside(case: Path) -> None:
    case.write_text(STONE.replace("stone   # by eye", "paper\n    lux_hours: 40000"), "utf-8")
    # Both answers are there, so the first is reached by going back to it.
    case.write_text(case.read_text("utf-8").replace("    material: paper\n", ""), "utf-8")
    lines = [*until(case, "What is it made of?"), "stone"]
    text = said(case, *lines)
    assert "`artwork.head.lux_hours` is not asked any more; its answer is set aside, not lost." in text
    assert stated(case)["set_aside"] == {"artwork.head.lux_hours": 40000}


def test_back_asks_again_and_keeps_what_is_answered(case: Path) -> None:
    text = said(case, "Fan", "b", "", "q")
    assert "Answered so far: Fan. Enter keeps it." in text
    assert stated(case)["artwork"] == [{"id": "fan", "called": "Fan"}]


def test_an_entry_with_a_wrong_name_can_be_named_anew_or_taken_out(case: Path) -> None:
    said(case, "Fna", "b", "Fan", "Stone head", "b", "-", "q")
    assert stated(case)["artwork"] == [{"id": "fna", "called": "Fan"}]


def test_the_same_name_is_not_taken_twice(case: Path) -> None:
    text = said(case, "Fan", "FAN", "q")
    assert "“FAN” is in the list already; type another name." in text
    assert stated(case)["artwork"] == [{"id": "fan", "called": "Fan"}]


def test_one_more_entry_can_be_added_at_any_time(case: Path) -> None:
    said(case, "Fan", "", "+", "1", "Head", "", "q")
    assert [one["called"] for one in stated(case)["artwork"]] == ["Fan", "Head"]  # type: ignore[attr-defined]


def test_a_name_that_is_a_command_stands_in_quotes(case: Path) -> None:
    said(case, '"b"', "q")
    assert stated(case)["artwork"] == [{"id": "b", "called": "b"}]


def test_a_case_as_json_is_answered_too(tmp_path: Path) -> None:
    case = tmp_path / "l.json"
    case.write_text(json.dumps({"id": "L-1", "title": "T", "assessment_date": "2026-03-02"}), "utf-8")
    said(case, "Fan", "q")
    assert json.loads(case.read_text("utf-8"))["artwork"] == [{"id": "fan", "called": "Fan"}]


# --- how it stands, and how it ends ---


def test_after_each_answer_it_says_how_the_case_stands(case: Path) -> None:
    text = said(case, "no", "no")
    before, after, *_rest = (one for one in text.split("> ") if "Verdict:" in one)
    assert "Release: Ready, Checks due or Held · Verdict: Lend, Lend on terms or Refuse · 6 questions" in before
    # Left are the signature, the shipper and the houses: without an object nothing else is left to be damaged.
    assert "Release: Ready, Checks due or Held · Verdict: Lend, Lend on terms or Refuse · 3 questions" in after


def test_it_ends_with_the_result_as_assess_prints_it(case: Path) -> None:
    case.write_text(LOAN_CASE.read_text("utf-8"), "utf-8")
    lines = ["no", ""]
    result = interview(case, *lines)
    assert result.code == 0, result
    assert done("assess", case, *LOAN).strip() in result.out
    assert f"risk-engine assess {case} --criteria {LOAN_DESK} -o l-7.html" in result.out


def test_further_answers_are_asked_only_if_wanted(case: Path) -> None:
    case.write_text(LOAN_CASE.read_text("utf-8").replace("night_watch: alarmed", "night_watch: unknown"), "utf-8")
    text = said(case, "no", "no")
    assert "Go on with them? Enter: no." in text or "settled" in text


def test_all_asks_for_what_no_rule_reads_too(case: Path) -> None:
    case.write_text(LOAN_CASE.read_text("utf-8").replace("  swap: hard\n", ""), "utf-8")
    asked = interview(case, "", *([""] * 9), more=["--all"]).out
    assert "Could another object take its place?" in asked
    assert "Could another object take its place?" not in interview(case, *([""] * 9)).out


# --- a new case ---


def test_without_a_file_a_new_case_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run_with(["L-9", "A fan", "Our house", "2026-03-02", "Fan", "q"], "interview", *LOAN)
    assert (result.code, result.err) == (0, ""), result
    assert "Every answer is written into L-9.yaml." in result.out
    assert yaml.safe_load((tmp_path / "L-9.yaml").read_text("utf-8")) == {
        "criteria": "loan-desk",
        "id": "L-9",
        "title": "A fan",
        "institution": "Our house",
        "assessment_date": yaml.safe_load("2026-03-02"),
        "status": "draft",
        "artwork": [{"id": "fan", "called": "Fan"}],
    }


def test_a_file_of_that_name_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "L-9.yaml").write_text("mine", "utf-8")
    result = run_with(["L-9", "A fan"], "interview", *LOAN)
    assert result.code == 2
    assert "L-9.yaml is there already; it is not written over" in result.err
    assert (tmp_path / "L-9.yaml").read_text("utf-8") == "mine"


def test_a_slip_at_the_beginning_is_asked_again(tmp_path: Path) -> None:
    result = run_with(
        ["a b", "L 9", "", "A fan", "", "2026-13-01", "2.3.2026", "q"], "interview", tmp_path / "x.yaml", *LOAN
    )
    assert result.code == 0, result
    assert result.out.count("this can be no number of a case") == 2
    assert "is no date" in result.out
    assert stated(tmp_path / "x.yaml")["assessment_date"] == yaml.safe_load("2026-03-02")


# --- what cannot be ---


def test_without_any_input_nothing_is_asked_and_nothing_written(tmp_path: Path, case: Path) -> None:
    before = case.read_text("utf-8")
    for file in (case, tmp_path / "new.yaml"):
        result = interview(file)
        assert result.code == 2
        assert "there is nobody to ask, and no answers came in" in result.err
        assert "run it at a terminal, or pipe the answers in, one a line" in result.err
    assert case.read_text("utf-8") == before
    assert not (tmp_path / "new.yaml").exists()


def test_a_case_with_problems_is_refused_as_everywhere(case: Path) -> None:
    case.write_text(HEAD + "loan: {months: 99, paperwork: lost}\n", "utf-8")
    before = case.read_text("utf-8")
    result = interview(case, "no")
    assert (result.code, result.out) == (2, "")
    assert result.err == run("assess", case, *LOAN).err
    assert result.err.count("^") == 2
    assert case.read_text("utf-8") == before


def test_answers_that_rule_each_other_out_are_refused_as_everywhere(case: Path) -> None:
    case.write_text(STONE + "    lux_hours: 5\n", "utf-8")
    result = interview(case, "no")
    assert result.code == 2
    assert result.err == run("assess", case, *LOAN).err


def test_a_file_that_may_only_be_read_is_refused(case: Path) -> None:
    case.chmod(0o444)
    result = interview(case, "no")
    assert result.code == 2
    assert f"{case}: the file may only be read" in result.err


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(case: Path) -> None:
    file = CaseFile(case, case.read_bytes())
    file.save({**file.document.data, "notes": "first"})
    theirs = case.read_text("utf-8") + "# theirs\n"
    case.write_text(theirs, "utf-8")
    with pytest.raises(
        RiskEngineError, match="was changed by somebody else meanwhile; the last answer was not written"
    ):
        file.save({**file.document.data, "notes": "second"})
    assert case.read_text("utf-8") == theirs


def test_comments_that_cannot_be_kept_are_in_a_copy(case: Path) -> None:
    case.write_text(HEAD + "loan: &same {occasion: display}\nborrower: []\nset_aside: *same\n", "utf-8")
    before = case.read_text("utf-8")
    result = interview(case, "no")
    if "written anew" in result.err:
        assert (case.parent / f"{case.name}.bak").read_text("utf-8") == before
    assert stated(case)["artwork"] == []


def test_it_speaks_german(case: Path) -> None:
    result = run_with(["nein", "Ja", "q"], "--lang", "de", "interview", case, *LOAN)
    assert (result.code, result.err) == (0, "")
    assert "Gibt es mindestens einen Eintrag?" in result.out
    assert "Fragen können noch eine Rolle spielen" in " ".join(result.out.split())
    assert stated(case)["artwork"] == []
