"""How `risk-engine interview` fills a list, and what it says where no further entry fits."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.running import LOAN, LOAN_DESK, run_with

ONE_BORROWER = """criteria: loan-desk
id: L-7
title: Fans
institution: Ours
assessment_date: 2026-03-02
artwork: []
borrower:
  - {id: town, called: Town Museum}
"""
"""A case that stopped in the middle of its borrowers, of which there can be three."""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    file = tmp_path / "l-7.yaml"
    file.write_text(ONE_BORROWER, "utf-8")
    return file


def said(case: Path, *lines: str) -> str:
    result = run_with(lines, "interview", case, *LOAN)
    assert (result.code, result.err) == (0, ""), result
    return " ".join(result.out.split())


def stated(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(case.read_text("utf-8"))
    return found


def borrowers(case: Path) -> list[str]:
    return [one["called"] for one in stated(case)["borrower"]]


FULL = "Borrowing house: there can be at most 3, and so many are named now. A second case takes the rest."


@pytest.mark.parametrize("lines", [["+", "1", "House B", "+", "1", "House C"], ["+", "1", "House B; House C"]])
def test_a_list_takes_as_many_as_fit_and_the_interview_goes_on(case: Path, lines: list[str]) -> None:
    text = said(case, *lines, "House D", "q")
    assert borrowers(case) == ["Town Museum", "House B", "House C"]
    assert text.count(FULL) == 1
    assert "“House D” is not among the answers" in text  # of the question after the list
    assert text.endswith(f"--criteria {shlex.quote(str(LOAN_DESK))}")


def test_several_names_in_a_line_are_told_to_be_the_whole_list_and_the_questions_about_each_follow(case: Path) -> None:
    case.write_text(ONE_BORROWER.replace("artwork: []\n", ""), "utf-8")
    text = said(case, 'Fan, gilded; "Head; broken"', "?", "q")
    assert "Type all names in one line, with `;` between them; the list is complete with that." in text
    assert "Object: the list is complete with 2 entries; `+` adds one later." in text
    assert "Object: Fan, gilded" in text
    assert "Which others are there?" not in text
    named = [{"id": "fan-gilded", "called": "Fan, gilded"}, {"id": "head-broken", "called": "Head; broken"}]
    assert stated(case)["artwork"] == named


def test_all_that_is_wrong_with_a_line_of_names_is_told_and_nothing_is_taken(case: Path) -> None:
    text = said(case, "+", "1", "House B;; House b; town museum; House C; House D", "House B", "q")
    assert (
        "a name is missing beside a `;` “House b” is named twice "
        "“town museum” is in the list already: leave it out, or type another name "
        "Borrowing house: there can be at most 3, and these would make 4: leave some out; a second case takes the rest"
    ) in text
    assert borrowers(case) == ["Town Museum", "House B"]


def test_of_a_list_one_more_is_asked_once(case: Path) -> None:
    text = said(case, "+", "1", "", "q")
    assert text.count("Which others are there?") == 1
    assert "Answered so far: Town Museum. Enter keeps it." in text
    assert borrowers(case) == ["Town Museum"]


@pytest.mark.parametrize("line", ["0", "no", "s", "not known yet"])
def test_that_there_are_no_others_takes_none_out(case: Path, line: str) -> None:
    said(case, "+", "1", line, "q")
    assert borrowers(case) == ["Town Museum"]


def test_whoever_wants_one_more_than_fits_is_told_so(case: Path) -> None:
    text = said(case, "+", "1", "House B; House C", "+", "q")
    assert text.count(FULL) == 2
    assert "There is no list yet" not in text
    case.write_text(ONE_BORROWER.replace("[]", "[{id: fan, called: Fan}]"), "utf-8")
    text = said(case, "+", "1", "House B; House C", "+", "1", "Head", "q")
    assert "A second case takes the rest. To which list? Enter: to none. 1 Object > 1" in text
    assert [one["called"] for one in stated(case)["artwork"]] == ["Fan", "Head"]


def test_a_list_of_names_alone_is_gone_on_with(case: Path) -> None:
    text = said(case, *[""] * 20)
    assert "Borrowing house: Town Museum" in text
    assert "are there?" not in text
