"""On the whole shipped set: whatever the questions are answered that need not be asked, start and measure stay."""

import random
from datetime import date, timedelta
from typing import Any, assert_never

import pytest

from risk_engine.engine.replay import Place, applied, unanswered
from risk_engine.engine.work import Worked, work
from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    TextFact,
)
from risk_engine.outlook.questions import next_questions
from risk_engine.outlook.still_open import StillOpen, exact_ranges
from tests.engine.builder import ROOT, SHIPPED

DAY = date(2026, 11, 25)
TRIED = 40
"""So many ways to answer everything else, each with two ways to answer what need not be asked."""


@pytest.mark.nightly
@pytest.mark.parametrize(("example", "seed"), [("lung-imaging", 1), ("drone-swarm", 2), ("endowed-chair", 3)])
def test_questions_that_need_not_be_asked_change_nothing_however_they_are_answered(example: str, seed: int) -> None:
    criteria = read_criteria(SHIPPED)
    draw = random.Random(seed)  # noqa: S311 (nothing secret)
    complete = work(load_case(ROOT / "examples" / f"{example}.yaml", criteria), criteria, DAY)
    worked = applied(complete, answers=dict.fromkeys(_some_answers(complete, draw)))
    places, _lists = unanswered(worked)
    still = StillOpen(worked, base_case(criteria)[1])
    effects = {one.path: one.effect for one in next_questions(still, exact_ranges(still))}
    # What may matter to a way down alone moves no level now either.
    needless = [place for place in places if effects[_path(place)] in {"none", "ways"}]
    assert needless
    needed = [place for place in places if place not in needless]
    came = set()
    for _number in range(TRIED):
        answers = {place: _answer(place, criteria, draw) for place in needed}
        one, other = (
            _levels(_answered(worked, answers | {place: _answer(place, criteria, draw) for place in needless}))
            for _way in range(2)
        )
        assert one == other, answers
        came.add(one)
    # The other questions do change something, so this test would see it.
    assert len(came) > 1 or not needed


def _answered(worked: Worked, answers: dict[Place, Any]) -> Worked:
    """Answer everything that is asked; what a table then knows of a row is left to the table."""
    rows = {place: value for place, value in answers.items() if not _is_told(place, worked.criteria)}
    after = applied(worked, answers=rows)
    missing, _lists = unanswered(after)
    return applied(after, answers={place: answers[place] for place in missing if place in answers})


def _is_told(place: Place, criteria: Criteria) -> bool:
    fact = criteria.entities[place[0]].facts[place[2]]
    return not isinstance(fact, RowFact | TextFact) and fact.from_ is not None


def _some_answers(worked: Worked, draw: random.Random) -> list[Place]:
    """Return a third of what is answered, in an order that is the same in every run."""
    given = [(one.entity, one.entry, one.fact) for one, origin in worked.facts.origins.items() if origin == "case"]
    known = [(entity, entry, fact) for entity, entry, fact in given if fact is not None]
    return [place for place in known if draw.random() < 1 / 3 and place[2] != "id"]


def _path(place: Place) -> str:
    return ".".join(one for one in place if one is not None)


def _levels(worked: Worked) -> tuple[str, ...]:
    roles = worked.criteria.head.roles
    return tuple(one.level for one in worked.proposed if one.ladder in {roles.headline, roles.gate})


def _answer(place: Place, criteria: Criteria, draw: random.Random) -> Any:
    fact: AnyFact = criteria.entities[place[0]].facts[place[2]]
    match fact:
        case BooleanFact():
            return draw.random() < 1 / 2
        case ChoiceFact():
            return draw.choice(list(fact.options))
        case ChoicesFact():
            return tuple(one for one in fact.options if draw.random() < 1 / 4)
        case IntegerFact(range=(low, high)):
            return draw.randint(low, high)
        case DateFact():
            return DAY + timedelta(days=draw.randint(-900, 900))
        case RowFact():
            return draw.choice(list(criteria.tables[fact.of].rows))
        case TextFact():
            return "text"
        case _:
            assert_never(fact)
