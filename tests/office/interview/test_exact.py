import random
from typing import Any

import pytest

from risk_engine.engine.assess import assess
from risk_engine.model.case import case_model
from risk_engine.office.forms.case_record import Record, Under, consistent
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Bounds, Exact
from risk_engine.outlook.outlook import outlook
from risk_engine.outlook.wording import explain_outlook
from tests.office.interview.playing import answer, random_case
from tests.strategies import by_turns


@pytest.mark.parametrize("seed", by_turns(range(12), 5))
def test_what_the_solver_spares_does_not_matter(seed: int, under: Under, base: dict[str, Any]) -> None:
    draw = random.Random(seed)  # noqa: S311 (a case, no secret)
    whole = consistent(Record(random_case(draw, under.criteria, base), under))[0]
    empty = Record({"id": "L-1", "title": "A loan"}, under)
    exact = Session(empty, Exact(case_model(under.criteria).model_validate(base)))
    asked = play(exact, draw, whole.data)
    assert asked <= play(Session(empty, Bounds()), draw, whole.data) + MORE
    wanted = Bounds().look(whole.worked).ladders
    assert all(set(one.levels) <= set(level.levels) for one, level in zip(exact.standing.ladders, wanted, strict=True))
    assert all(one.levels for one in exact.standing.ladders)


MORE = 3
"""So many questions more an interview may take that leaves one out and so comes to others sooner."""


def play(session: Session, draw: random.Random, whole: dict[str, Any]) -> int:
    number = 0
    while (step := session.next()) is not None:
        answer(session, step, draw, whole)
        number += 1
        # What is called settled the assessment does not call still open, and the other way round.
        decides = [
            one for one in session.record.worked.proposed if one.ladder in session.record.criteria.head.roles.deciding
        ]
        assert session.standing.is_settled == (not any(one.provisional for one in decides))
    assert session.standing.is_settled or session.skipped
    return number


def test_a_level_that_bounds_leave_open_and_no_answer_can_bring_is_left_out(under: Under, base: dict[str, Any]) -> None:
    """A claim is rumoured or filed, never both: by bounds each finding alone is open."""
    data = {**base, "artwork": ({**base["artwork"][0], "claim": "unknown"},)}
    by_bounds = Bounds().look(Record(data, under).worked)
    exactly = Exact(case_model(under.criteria).model_validate(base)).look(Record(data, under).worked)
    assert exactly.is_exact
    assert [one.read.path() for one in exactly.deciding] == ["artwork.head.claim"]
    for one, other in zip(exactly.ladders, by_bounds.ladders, strict=True):
        assert set(one.levels) <= set(other.levels)


def half(draw: random.Random, whole: dict[str, Any]) -> dict[str, Any]:
    """Return a case in which many answers are left out, but no list."""

    def part(one: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in one.items() if key in {"id", "called"} or draw.random() < 0.8}

    return {
        key: part(value) if isinstance(value, dict) else tuple(map(part, value)) if isinstance(value, tuple) else value
        for key, value in whole.items()
    }


@pytest.mark.parametrize("seed", by_turns(range(8), 4))
def test_the_interview_counts_what_moves_no_level_as_the_outlook_does(
    seed: int, under: Under, base: dict[str, Any]
) -> None:
    draw = random.Random(seed)  # noqa: S311 (a case, no secret)
    record = Record(half(draw, consistent(Record(random_case(draw, under.criteria, base), under))[0].data), under)
    harmless = case_model(under.criteria).model_validate(base)
    standing = Exact(harmless).look(record.worked)
    assessment = assess(record.case, under.criteria, under.on)
    told = explain_outlook(outlook(assessment, record.worked, harmless), under.criteria, harmless, "en")
    idle = {"ways", "none"}
    never = {one.path for one in told.questions if one.effect in idle and told.facts[one.path].is_asked}
    assert standing.irrelevant_questions == len(never)
    counted = {one.path() for one in standing.unanswered}
    assert counted - {one.read.path() for one in standing.deciding} - {one.path() for one in standing.waiting} == never
