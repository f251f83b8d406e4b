"""What is still open of the example that is not finished: expectations from the words of the case, not from a run.

The partner was not looked up in the sanctions lists, nobody asked for the end user, and the call was not read for
partners abroad. Each of the three decides alone; what else is open nobody needs to ask: the project has no service that
AI rules could apply to, and Chile is in no table of embargoes.
"""

from datetime import date
from pathlib import Path

import pytest

from risk_engine.engine.work import work
from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.outlook import ExactRange, NextQuestion
from risk_engine.outlook.questions import next_questions
from risk_engine.outlook.still_open import StillOpen, exact_ranges
from tests.engine.builder import ROOT, SHIPPED

EXAMPLE = ROOT / "examples" / "half-filled.yaml"
SANCTIONED, END_USER, ELIGIBLE = (
    "partner.austral.sanctioned",
    "activity.dives.end_user_known",
    "funding.national.partner_eligibility",
)


@pytest.fixture(scope="module")
def looked() -> tuple[tuple[ExactRange, ...], tuple[NextQuestion, ...]]:
    return outlook(EXAMPLE)


def outlook(path: Path) -> tuple[tuple[ExactRange, ...], tuple[NextQuestion, ...]]:
    criteria = read_criteria(SHIPPED)
    worked = work(load_case(path, criteria), criteria, date(2026, 11, 25))
    still = StillOpen(worked, base_case(criteria)[1])
    ranges = exact_ranges(still)
    return ranges, next_questions(still, ranges)


def test_every_measure_is_possible_and_its_witness_names_the_answer_that_tells(
    looked: tuple[tuple[ExactRange, ...], tuple[NextQuestion, ...]],
) -> None:
    measure = looked[0][0]
    assert [one.level for one in measure.possible] == ["advice", "regulation", "restriction"]
    assert [one.witness.telling for one in measure.possible] == [(), (END_USER,), (SANCTIONED,)]
    assert all(one.witness.is_smallest for one in measure.possible)
    assert [one.witness.reached[0].level for one in measure.possible] == ["advice", "regulation", "restriction"]


def test_what_lies_between_the_bounds_and_cannot_come_out_is_not_possible(
    looked: tuple[tuple[ExactRange, ...], tuple[NextQuestion, ...]],
) -> None:
    # Nothing here calls for a condition: whatever is answered, the start is free or barred.
    gate = looked[0][1]
    assert (gate.lowest, gate.highest) == ("clear", "blocked")
    assert [one.level for one in gate.possible] == ["clear", "blocked"]


def test_the_three_missing_answers_are_asked_and_no_other(
    looked: tuple[tuple[ExactRange, ...], tuple[NextQuestion, ...]],
) -> None:
    _ranges, questions = looked
    assert [(one.path, one.effect) for one in questions[:3]] == [
        (SANCTIONED, "alone"),
        (ELIGIBLE, "alone"),
        (END_USER, "alone"),
    ]
    assert {one.effect for one in questions[3:]} == {"none"}
    assert all(not one.findings and not one.if_answered for one in questions[3:])


def test_a_question_says_what_its_answer_would_do(
    looked: tuple[tuple[ExactRange, ...], tuple[NextQuestion, ...]],
) -> None:
    _ranges, questions = looked
    (answer,) = questions[0].if_answered
    (move,) = answer.moves
    assert answer.answer is True
    assert [one.level for one in answer.reached[:2]] == ["restriction", "blocked"]
    assert (move.finding, move.before, move.after) == ("SEC-01", ("none", "critical"), ("critical", "critical"))


def test_of_a_finished_case_every_level_is_settled() -> None:
    ranges, questions = outlook(ROOT / "examples" / "lung-imaging.yaml")
    assert all(len(one.possible) == 1 and one.possible[0].level == one.lowest for one in ranges)
    assert {one.effect for one in questions} <= {"none"}
