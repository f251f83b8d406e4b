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


@pytest.mark.parametrize(
    "lines",
    [
        ["+", "1", "House B", "+", "1", "House C", "House D", "q"],
        ["House B", "yes", "+", "1", "House C", "House D", "q"],
        ["House B", "House C", "House D", "q"],
    ],
)
def test_a_list_takes_as_many_as_fit_and_the_interview_goes_on(case: Path, lines: list[str]) -> None:
    text = said(case, *lines)
    assert borrowers(case) == ["Town Museum", "House B", "House C"]
    assert "So far: Town Museum, House B, House C. Is there another?" not in text
    full = "Borrowing house: there can be at most 3, and so many are named now. A second case takes the rest."
    assert text.count(full) == 1
    assert "“House D” is not among the answers" in text  # of the question after the list
    assert text.endswith(f"--criteria {shlex.quote(str(LOAN_DESK))}")


def test_of_the_list_that_is_asked_about_one_more_is_asked_once(case: Path) -> None:
    text = said(case, "+", "1", "", "q")
    assert text.count("So far: Town Museum. Is there another?") == 2  # at the beginning, and as it was wanted


def test_whoever_wants_one_more_than_fits_is_told_so(case: Path) -> None:
    text = said(case, "House B", "House C", "+", "q")
    assert text.count("Borrowing house: there can be at most 3, and so many are named now.") == 2
    assert "There is no list yet" not in text
    case.write_text(ONE_BORROWER.replace("[]", "[{id: fan, called: Fan}]"), "utf-8")
    text = said(case, "", "House B", "House C", "+", "1", "Head", "q")
    assert "A second case takes the rest. To which list? Enter: to none. 1 Object > 1" in text
    assert [one["called"] for one in stated(case)["artwork"]] == ["Fan", "Head"]


def test_a_full_list_of_names_alone_is_gone_on_with(case: Path) -> None:
    """Here it was asked whether there is another, and each name ended the interview."""
    case.write_text(f"{ONE_BORROWER}  - {{id: b, called: B}}\n  - {{id: c, called: C}}\n", "utf-8")
    assert "Is there another?" not in said(case, "House D", "q")
    assert borrowers(case) == ["Town Museum", "B", "C"]
