"""One truth about open questions: what need not be asked changes neither a level nor any way down.

On random sets, and on the shipped one; and page 1 never asks for what the outlook says need not be asked.
"""

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.engine.assess import assess
from risk_engine.engine.explain import explain
from risk_engine.engine.replay import Place, applied, unanswered
from risk_engine.engine.work import Worked, work
from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.outlook.offers import strict_end
from risk_engine.outlook.outlook import outlook
from risk_engine.outlook.questions import next_questions
from risk_engine.outlook.still_open import StillOpen, exact_ranges
from risk_engine.outlook.ways import ways_down
from risk_engine.outlook.wording import explained, ways_of
from risk_engine.report.answer import get_answers, screen
from risk_engine.report.blocks import texts_of
from tests.engine.builder import DAY, LOAN_DESK, ROOT, SHIPPED
from tests.outlook.open_cases import open_cases, open_sets
from tests.outlook.test_sampled import _answer, _path, _some_answers
from tests.strategies import RuleSet, domain, few_now


def ways(worked: Worked) -> dict[tuple[str, str], tuple[str, frozenset[Any]]]:
    """Return for each ladder and milder level where it stands, and all smallest sets of controls and changes."""
    return {
        (one.ladder, one.to): (
            one.level,
            frozenset(
                (way.controls, tuple((change.path, str(change.after)) for change in way.changes)) for way in one.ways
            ),
        )
        for one in ways_down(worked, limit=1000)
    }


def needless(worked: Worked, base: Any) -> list[Place]:
    still = StillOpen(worked, base)
    effects = {one.path: one.effect for one in next_questions(still, exact_ranges(still))}
    return [place for place in unanswered(worked)[0] if effects.get(_path(place)) == "none"]


@given(st.data())
@few_now(4, 6)
def test_what_need_not_be_asked_changes_no_level_and_no_way_down_on_random_sets(data: st.DataObject) -> None:
    rules: RuleSet = data.draw(open_sets())
    whole, opened = data.draw(open_cases(rules))
    worked = work(rules.case(opened), rules.criteria, DAY)
    before = ways(worked)
    for place in needless(worked, rules.case(whole)):
        fact = rules.criteria.entities[place[0]].facts[place[2]]
        for value in domain(fact, rules.criteria):
            assert ways(applied(worked, answers={place: value})) == before, (place, value)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("example", "seed"),
    [
        ("drone-swarm", 2),
        ("endowed-chair", 3),
        ("horizon-robotics", 4),
    ],
)
def test_what_need_not_be_asked_changes_no_way_down_under_the_shipped_set(example: str, seed: int) -> None:
    criteria = read_criteria(SHIPPED)
    draw = random.Random(seed)  # noqa: S311 (nothing secret)
    complete = work(load_case(ROOT / "examples" / f"{example}.yaml", criteria), criteria, DAY)
    worked = applied(complete, answers=dict.fromkeys(_some_answers(complete, draw)))
    before = ways(worked)
    asked_in_vain = needless(worked, base_case(criteria)[1])
    for place in asked_in_vain:
        for _try in range(2):
            after = applied(worked, answers={place: _answer(place, criteria, draw)})
            assert ways(after) == before, place
    # What may matter to a way down is told apart, so something is left to ask where the result is not the mildest.
    assert any(strict_end(worked, one.ladder) for one in worked.proposed)
    assert len(asked_in_vain) < len(unanswered(worked)[0])


@pytest.mark.nightly
@pytest.mark.parametrize(("example", "seed"), [("battery-recycling", None), ("half-filled", None), ("drone-swarm", 2)])
def test_page_1_says_of_open_questions_what_the_whole_outlook_says_and_never_more(
    example: str, seed: int | None
) -> None:
    released = ROOT / "criteria" / "reconnect-china" / "releases" / "2.1.0.json"
    says_no_more(released, ROOT / "examples" / f"{example}.yaml", seed)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.nightly)])
def test_page_1_of_a_loan_says_no_more_than_the_whole_outlook(seed: int) -> None:
    says_no_more(LOAN_DESK, ROOT / "tests" / "sets" / "loan-desk-case.yaml", seed)


def says_no_more(folder: Path, case: Path, seed: int | None) -> None:
    criteria = read_criteria(folder)
    worked = work(load_case(case, criteria), criteria, DAY)
    if seed is not None:
        worked = applied(worked, answers=dict.fromkeys(_some_answers(worked, random.Random(seed))))  # noqa: S311
    stored = assess(worked.case, criteria, DAY)
    shown = explain(stored, criteria)
    whole = explained(outlook(stored, worked, base_case(criteria)[1]), stored, criteria)
    assert whole.questions
    soon = ways_of(stored, criteria)
    assert soon is not None
    deciding = [one for one in whole.questions if one.effect in {"alone", "together"}]
    # The first page of a report that stands alone finds the same as the outlook of a pack.
    assert soon.questions == whole.questions
    assert get_answers(shown, soon) == get_answers(shown, whole)
    assert bool(get_answers(shown, whole)) == any(one.path not in shown.reopened for one in deciding)
    # Where none is at hand nothing is said that it could contradict: no answer is said to decide, or asked for first.
    bare = " ".join(texts_of(screen(shown)))
    assert bool(get_answers(shown)) == bool(shown.gaps)
    assert not any(word in bare for word in ("Get the", "get it first", "get those first", "that decide"))
