"""`risk-engine interview` through a pipe; tests/cli/test_interview_terminal.py sits before a terminal."""

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from risk_engine.cli.dialogue import CaseFile
from risk_engine.files.diagnostics import RiskEngineError
from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, Result, done, refused, run, run_with
from tests.editing import edit
from tests.strategies import by_turns

HEAD = """# ours, not to be lost
criteria: loan-desk
id: L-7
title: Fans
assessment_date: 2026-03-02
loan:   # as asked for
  occasion: display
  months: 6
  opens_on: 2026-05-01
  paperwork: signed_both
  shipper: GENTLE
  escorted: true
borrower:
  - {id: town, called: Town Museum, seat: NO, climate: steady, damages: 0, night_watch: staffed}
"""
"""A case in which only the list of objects is open."""
HEAD_OF_A_KING = f"""{HEAD}artwork:
  - id: head
    called: Head of a king
    fragility: robust   # we looked at it
    hazards: []
    acquired_on: 1890-06-01
    claim: unclaimed
"""
"""A case in which only the material of the object is open, and what is asked of a soft one."""


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
    result = interview(case, "Fan with cranes; Head")
    assert (result.code, result.err) == (3, "")  # the input ended before the result was settled
    text = case.read_text("utf-8")
    assert text.startswith(HEAD)
    assert stated(case)["artwork"] == [
        {"id": "fan-with-cranes", "called": "Fan with cranes"},
        {"id": "head", "called": "Head"},
    ]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("3", "paper"),
        ("Oil on canvas", "oil_paint"),
        pytest.param("TEXTILE", "textile", marks=pytest.mark.nightly),
        pytest.param("stone", "stone", marks=pytest.mark.nightly),
    ],
)
def test_options_are_taken_by_number_and_by_words(case: Path, line: str, meant: str) -> None:
    case.write_text(HEAD_OF_A_KING, "utf-8")
    assert "What is it made of?" in said(case, line)
    assert material(case) == meant


def material(case: Path) -> object:
    return stated(case)["artwork"][0]["material"]  # type: ignore[index]


def test_a_wrong_answer_is_told_what_is_accepted_and_asked_again(case: Path) -> None:
    case.write_text(HEAD_OF_A_KING, "utf-8")
    text = said(case, "9", "glass", "2")
    assert "“9” is not among the answers: type a number from 1 to 4, or the words beside it" in text
    assert "“glass” is not among the answers" in text
    assert material(case) == "oil_paint"


@pytest.mark.nightly
def test_not_known_yet_is_no_answer(case: Path) -> None:
    before = case.read_text("utf-8")
    interview(case, "", "s", "not known yet", "unknown")
    assert case.read_text("utf-8") == before


@pytest.mark.parametrize("line", ["s", "S", "not known yet"])
def test_not_known_yet_takes_an_answer_out_that_stands(case: Path, line: str) -> None:
    """Enter keeps it: of a question that is answered, the two are not the same."""
    case.write_text(HEAD_OF_A_KING.replace("unclaimed", "filed"), "utf-8")
    assert "The result stands." in said(case, "b", "", "q")
    assert stated(case)["artwork"][0]["claim"] == "filed"  # type: ignore[index]
    text = said(case, "b", line, "q")
    assert text.count("Verdict: Lend, Lend on terms or Refuse") == 1
    assert stated(case)["artwork"][0]["claim"] == "unknown"  # type: ignore[index]


@pytest.mark.parametrize("line", ["s", "not known yet"])
def test_of_a_list_that_was_empty_nobody_may_know_after_all(case: Path, line: str) -> None:
    case.write_text(f"{HEAD}artwork: []\n", "utf-8")
    assert "Verdict: Lend, Lend on terms or Refuse" in said(case, "b", line, "q", more=["--all"])
    assert stated(case)["artwork"] == "unknown"


def test_a_list_that_has_entries_after_all_is_no_longer_empty(case: Path) -> None:
    case.write_text(f"{HEAD}artwork: []\n", "utf-8")
    text = said(case, "b", "yes", "Fan", "q", more=["--all"])
    assert "Answered so far: there are none. Enter keeps it." in text
    assert "“yes” is no name: type the name itself; if it is really called so, in quotes" in text
    assert stated(case)["artwork"] == [{"id": "fan", "called": "Fan"}]


def test_a_name_that_nobody_knows_is_taken_out_and_the_entry_stays(case: Path) -> None:
    said(case, "Fan", "b", "s", "", "q")
    assert stated(case)["artwork"] == [{"id": "fan", "called": "unknown"}]


def test_a_list_without_entries_is_said_so(case: Path) -> None:
    interview(case, "no")
    assert stated(case)["artwork"] == []


def test_a_question_explains_itself(case: Path) -> None:
    text = said(case, "?")
    assert "There can be at most 20." in text
    assert "Who knows it: The registrar" in text
    assert "It can decide: " in text


def test_an_answer_that_is_ruled_out_is_set_aside_and_can_be_taken_again(case: Path) -> None:
    case.write_text(f"{HEAD_OF_A_KING}    lux_hours: 400000\n", "utf-8")
    text = said(case, "stone", "b")
    assert "`artwork.head.lux_hours` is not asked any more; its answer is set aside, not lost." in text
    assert stated(case)["set_aside"] == {"artwork.head.lux_hours": 400000}
    edit(case, "material: stone", "material: unknown")
    assert "Set aside when this was not asked any more: 400000. `k` takes it again." in said(case, "paper", "k")
    assert stated(case)["artwork"][0]["lux_hours"] == 400000  # type: ignore[index]
    assert "set_aside" not in stated(case)


def test_answers_that_do_not_go_together_are_told_at_once(case: Path) -> None:
    case.write_text(HEAD_OF_A_KING.replace("hazards: []", "hazards: [nitrate]"), "utf-8")
    text = said(case, "stone", "yes", "", "paper", "q")
    told = (
        "These answers do not go together: A stone holds no nitrate film. "
        "Object: Head of a king: Which poisons or hazards does it hold? – Nitrate film "
        "Object: Head of a king: What is it made of? – Stone "
        "They stand in the file as you gave them: `b` goes back to change one"
    )
    assert text.count(told) == 1
    assert text.index(told) < text.index("Answered so far: Stone")
    assert "Answered so far: Nitrate film" in text
    assert material(case) == "paper"


@pytest.mark.parametrize("lines", by_turns([["no"], [""], [], ["oops", "2"], ["b", ""]], 3))
def test_answers_that_do_not_go_together_may_stay(case: Path, lines: list[str]) -> None:
    case.write_text(HEAD_OF_A_KING.replace("hazards: []", "hazards: [nitrate]"), "utf-8")
    result = interview(case, "stone", *lines)
    assert (result.code, result.err) == (0, "")
    assert result.out.count("Answer again what does not go together?") == 1
    assert ("type 1 for yes or 2 for no" in result.out) == ("oops" in lines)
    assert material(case) == "stone"


@pytest.mark.parametrize(
    ("lines", "mended"),
    [
        (["", "paper", "", "display"], ("display", "paper")),
        (["", "", "", "display"], ("display", "stone")),
        (["", "paper"], ("close_study", "paper")),
    ],
)
def test_what_goes_together_again_is_not_asked_once_more(case: Path, lines: list[str], mended: tuple[str, str]) -> None:
    """Not even where something else does not go together, which was left so."""
    text = HEAD_OF_A_KING.replace("hazards: []", "hazards: [nitrate]\n    material: stone")
    case.write_text(text.replace("occasion: display", "occasion: close_study\n  reach: 900"), "utf-8")
    result = interview(case, "yes", *lines, *[""] * 9)
    assert result.code == 0
    assert "Why" in result.out
    assert result.out.count("Answer again what does not go together?") == 1
    assert (stated(case)["loan"]["occasion"], material(case)) == mended  # type: ignore[index]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["?"], "A stone holds no nitrate film"),
        (["?"], "Yes asks each of these questions once more."),
        (["+", "2", "Fan", "q"], "Which others are there? Type the names to add"),
        (["+", "?", "q"], "To which list? Enter: to none. 1 Borrowing house 2 Object > ? Borrowing house"),
        (["+", "s", "s"], "Answer again what does not go together? Enter: no."),
    ],
)
def test_at_the_last_question_everything_means_what_it_does_elsewhere(case: Path, lines: list[str], told: str) -> None:
    case.write_text(HEAD_OF_A_KING.replace("hazards: []", "hazards: [nitrate]\n    material: stone"), "utf-8")
    result = interview(case, *lines)
    text = " ".join(result.out.partition("Answer again what does not go together?")[2].split())
    assert (result.code, result.err) == (0, "")
    assert told in text
    assert "type 1 for yes" not in text
    assert ("Why" in text) == (lines[-1] != "q")


def test_what_did_not_go_together_before_is_told_when_one_goes_on(case: Path) -> None:
    case.write_text(HEAD_OF_A_KING.replace("hazards: []", "hazards: [nitrate]\n    material: stone"), "utf-8")
    text = said(case, "q")
    assert text.count("A stone holds no nitrate film") == 1
    assert text.index("A stone holds no nitrate film") < text.index("Answer again what does not go together?")


def test_before_the_first_answer_of_the_file_there_is_none(case: Path) -> None:
    case.write_text("criteria: loan-desk\nid: L-7\ntitle: Fans\nassessment_date: 2026-03-02\n", "utf-8")
    assert "There is no question before this one." in said(case, "b", "q")


def test_back_asks_again_and_keeps_what_is_answered(case: Path) -> None:
    text = said(case, "Fan", "b", "", "q")
    assert "Answered so far: Fan. Enter keeps it." in text
    assert stated(case)["artwork"] == [{"id": "fan", "called": "Fan"}]


def test_an_entry_with_a_wrong_name_can_be_named_anew_or_taken_out(case: Path) -> None:
    said(case, "Fna; Stone head", "b", "-", "b", "Fan", "q")
    assert stated(case)["artwork"] == [{"id": "fna", "called": "Fan"}]


def test_the_same_name_is_not_taken_twice(case: Path) -> None:
    text = said(case, "Fan; FAN", "Fan", "+", "2", "FAN", "q")
    assert "“FAN” is named twice" in text
    assert "“FAN” is in the list already: leave it out, or type another name" in text
    assert stated(case)["artwork"] == [{"id": "fan", "called": "Fan"}]


def test_one_more_entry_can_be_added_at_any_time(case: Path) -> None:
    said(case, "Fan", "+", "2", "Head; Bowl", "q")
    assert [one["called"] for one in stated(case)["artwork"]] == ["Fan", "Head", "Bowl"]  # type: ignore[attr-defined]


def test_a_name_that_is_a_command_stands_in_quotes(case: Path) -> None:
    said(case, '"b"', "q")
    assert stated(case)["artwork"] == [{"id": "b", "called": "b"}]


def test_a_number_is_no_name_unless_it_stands_in_quotes(case: Path) -> None:
    assert "“3” is no name: type the name itself" in said(case, "3", '"3"; "no"', "q")
    assert [one["called"] for one in stated(case)["artwork"]] == ["3", "no"]  # type: ignore[attr-defined]


def test_a_case_as_json_is_answered_too(tmp_path: Path) -> None:
    case = tmp_path / "l.json"
    case.write_text(json.dumps(yaml.safe_load(HEAD.replace("NO", "'NO'")), default=str), "utf-8")
    said(case, "Fan", "q")
    assert json.loads(case.read_text("utf-8"))["artwork"] == [{"id": "fan", "called": "Fan"}]


# --- how it stands, and how it ends ---


def test_after_each_answer_it_says_how_the_case_stands(case: Path) -> None:
    text = said(case, "no")
    open_line = (
        "Release: Ready, Checks due or Held · Verdict: Lend, Lend on terms or Refuse · 1 question can still matter"
    )
    assert text.index(open_line) < text.index("Release: Ready · Verdict: Lend · settled")


def test_whoever_leaves_every_question_open_is_done_and_an_end_of_the_input_is_not(case: Path) -> None:
    case.write_text(HEAD_OF_A_KING, "utf-8")
    skipped = interview(case, *[""] * 9)
    assert (skipped.code, skipped.err) == (0, "")
    assert "Still open: between " in skipped.out
    assert interview(case).code == 2  # nobody to ask
    ended = interview(case, "?")
    assert (ended.code, ended.err) == (3, "")
    assert "Still open: between " not in ended.out
    assert run("assess", case, *LOAN, "--fail-on", "lend_on_terms").code == 3


def test_it_ends_with_the_result_as_assess_prints_it(case: Path) -> None:
    case.write_text(LOAN_CASE.read_text("utf-8"), "utf-8")
    result = interview(case, "no")
    assert result.code == 0, result
    assert done("assess", case, *LOAN).strip() in result.out
    assert f"risk-engine assess {case} --criteria {shlex.quote(str(LOAN_DESK))} -o l-7.html" in result.out


def test_further_answers_are_asked_only_if_wanted(case: Path) -> None:
    """A filed claim ends it: the object stays here, whatever it is made of."""
    case.write_text(HEAD_OF_A_KING.replace("unclaimed", "filed"), "utf-8")
    text = said(case, "no")
    assert "Verdict: Refuse · settled" in text
    assert "The result stands. 1 further answer would complete the findings" in text
    assert "4 Textile" not in text
    assert "4 Textile" in said(case, "yes")


@pytest.mark.parametrize("slip", ["abc", "3", "?"])
def test_what_is_neither_yes_nor_no_is_asked_again(case: Path, slip: str) -> None:
    case.write_text(HEAD_OF_A_KING.replace("unclaimed", "filed"), "utf-8")
    told = "They tell which findings hold" if slip == "?" else "type 1 for yes or 2 for no"
    text = said(case, slip, "1")
    assert text.index(told) < text.index("4 Textile")


def test_before_further_answers_there_is_a_way_back_and_to_another_entry(case: Path) -> None:
    case.write_text(HEAD_OF_A_KING.replace("unclaimed", "filed"), "utf-8")
    text = said(case, "b", "unclaimed", "q")
    assert "Answered so far: A claim was filed" in text
    assert stated(case)["artwork"][0]["claim"] == "unclaimed"  # type: ignore[index]
    case.write_text(HEAD_OF_A_KING.replace("unclaimed", "filed"), "utf-8")
    text = said(case, "+", "7", "", "+", "2", "Fan", "q")
    assert "type a number from 1 to 2; Enter: to none" in text
    assert [one["called"] for one in stated(case)["artwork"]] == ["Head of a king", "Fan"]  # type: ignore[attr-defined]


def test_a_stop_before_further_answers_is_a_stop(case: Path) -> None:
    case.write_text(HEAD_OF_A_KING.replace("unclaimed", "filed"), "utf-8")
    text = said(case, "q")
    assert text.endswith(f"--criteria {shlex.quote(str(LOAN_DESK))}")
    assert "Why" not in text


def test_all_asks_for_what_no_rule_reads_too(case: Path) -> None:
    edit(LOAN_CASE, "  swap: hard\n", "", to=case)
    asked = interview(case, "", *([""] * 9), more=["--all"]).out
    assert "Could another object take its place?" in asked
    assert "Could another object take its place?" not in interview(case, *([""] * 9)).out


def test_without_a_solver_bounds_say_what_can_matter(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)  # as where the extra is not installed
    text = said(case, "no")
    assert text.startswith("What can still matter is told by bounds. With the extra `audit` it is told exactly")
    assert "Release: Ready · Verdict: Lend · settled" in text


# --- a new case ---


def test_without_a_file_a_new_case_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run_with(["L-9", "A fan", "Our house", "2026-03-02", "q"], "interview", *LOAN)
    assert (result.code, result.err) == (0, ""), result
    assert "Every answer is written into L-9.yaml." in result.out
    assert yaml.safe_load((tmp_path / "L-9.yaml").read_text("utf-8")) == {
        "criteria": "loan-desk",
        "id": "L-9",
        "title": "A fan",
        "institution": "Our house",
        "assessment_date": yaml.safe_load("2026-03-02"),
        "status": "draft",
    }


def test_the_beginning_can_be_gone_back_to_from_the_day(tmp_path: Path) -> None:
    file = tmp_path / "L-9.yaml"
    lines = ["", "b", "A fen", "Our house", "b", "b", "A fan", "", "b", '"b"', "2026-03-02", "q"]
    result = run_with(lines, "interview", file, *LOAN)
    assert (result.code, result.err) == (0, ""), result
    assert {name: stated(file)[name] for name in ("title", "institution")} == {"title": "A fan", "institution": "b"}
    assert result.out.count("There is no question before this one.") == 1
    assert result.out.count("So far: A fen. Enter keeps it.") == 1
    assert result.out.count("So far: Our house. Enter keeps it.") == 3
    assert stated(file)["assessment_date"] == yaml.safe_load("2026-03-02")


def test_whoever_stops_on_the_way_back_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "L-9.yaml"
    result = run_with(["", "A fan", "", "b", "q"], "interview", file, *LOAN)
    assert (result.code, stated(file)["title"]) == (0, "A fan"), result
    assert f"go on with: risk-engine interview {file}" in result.out.replace("\n", " ")


@pytest.mark.parametrize(("day", "count"), [("2026-11-26", 57), ("2027-01-20", 63)])
def test_the_head_of_a_new_case_is_that_of_the_version_of_its_day(tmp_path: Path, day: str, count: int) -> None:
    case = tmp_path / "c-1.yaml"
    result = run_with(["", "A title", "", day, "q"], "interview", case, "--criteria", "reconnect-china")
    assert result.code == 0, result
    text = case.read_text("utf-8")
    assert f"drew up its {count} indicators" in text
    assert text.count("drew up its") == 1
    assert yaml.safe_load(text)["title"] == "A title"


def test_a_file_of_that_name_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "L-9.yaml").write_text("mine", "utf-8")
    result = run_with(["L-9", "A fan"], "interview", *LOAN)
    assert result.code == 2
    assert "L-9.yaml is there already; it is not written over" in result.err
    assert (tmp_path / "L-9.yaml").read_text("utf-8") == "mine"


def test_a_slip_in_the_folder_of_a_new_case_makes_none(tmp_path: Path) -> None:
    result = run_with(["L-9", "A fan", "q"], "interview", tmp_path / "caes" / "x.yaml", *LOAN)
    assert (result.code, result.out) == (2, "")
    assert f"there is no folder {tmp_path / 'caes'} help: name one that is there" in " ".join(result.err.split())
    assert list(tmp_path.iterdir()) == []


def test_a_slip_at_the_beginning_is_asked_again(tmp_path: Path) -> None:
    result = run_with(
        ["a b", "L 9", "", "A fan", "", "2026-13-01", "2.3.2026", "q"], "interview", tmp_path / "x.yaml", *LOAN
    )
    assert result.code == 0, result
    assert result.out.count("this cannot be a case number: type letters, digits, dots and dashes") == 2
    assert "is no date" in result.out
    assert stated(tmp_path / "x.yaml")["assessment_date"] == yaml.safe_load("2026-03-02")


def test_a_title_that_was_not_reached_is_asked_when_one_goes_on(tmp_path: Path) -> None:
    case = tmp_path / "x.yaml"
    run_with(["L-9"], "interview", case, *LOAN)
    assert stated(case)["title"] == "…"
    text = said(case, "A fan", "", "2026-03-02", "q")
    assert text.index("What is the case called?") < text.index("For which day")
    assert stated(case)["title"] == "A fan"
    assert "What is the case called?" not in said(case, "q")


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
    case.write_text(HEAD.replace("months: 6", "months: 99").replace("signed_both", "lost"), "utf-8")
    before = case.read_text("utf-8")
    result = interview(case, "no")
    assert (result.code, result.out) == (2, "")
    assert result.err == run("assess", case, *LOAN).err
    assert result.err.count("^") == 2
    assert case.read_text("utf-8") == before


def test_a_set_that_there_is_not_is_shown_where_the_case_names_it_with_all_else(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("criteria: no-desk\nid: X\ntitle: T\nloan: {months: 8.5}\n", "utf-8")
    message = refused("interview", path)
    assert f"{path}:1:11: there is no criteria set `no-desk`" in message
    assert f"{path}:4:16: `8.5` is no whole number" in message


def test_answers_that_rule_each_other_out_are_told_at_once(case: Path) -> None:
    case.write_text(f"{HEAD_OF_A_KING}    material: stone\n    lux_hours: 5\n", "utf-8")
    assert "These answers do not go together" in said(case, "q")


def test_a_file_that_may_only_be_read_is_refused(case: Path) -> None:
    case.chmod(0o444)
    result = interview(case, "no")
    assert result.code == 2
    assert f"{case}: the file may only be read" in result.err


def test_who_may_read_the_file_stays_as_it_was(case: Path) -> None:
    case.chmod(0o600)
    said(case, "Fan", "q")
    assert (case.stat().st_mode & 0o777, stated(case)["artwork"]) == (0o600, [{"id": "fan", "called": "Fan"}])


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
    case.write_text(
        HEAD.replace("criteria:", "artwork: &none unknown   # nobody asked\nnotes: *none\ncriteria:"), "utf-8"
    )
    before = case.read_text("utf-8")
    result = interview(case, "Fan")
    assert stated(case)["artwork"] == [{"id": "fan", "called": "Fan"}]
    assert "the file had to be written anew; its comments are only in" in " ".join(result.err.split())
    assert (case.parent / f"{case.name}.bak").read_text("utf-8") == before


def test_it_speaks_german(case: Path) -> None:
    result = run_with(["nein"], "--lang", "de", "interview", case, *LOAN)
    assert (result.code, result.err) == (0, "")
    assert "Welche gibt es?" in result.out
    assert "1 Frage kann noch eine Rolle spielen" in " ".join(result.out.split())
    assert stated(case)["artwork"] == []
