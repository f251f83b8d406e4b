"""What does not go together is told where an answer takes part in it, and never twice for the same."""

import pytest

from risk_engine.engine.facts import Read
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.interview.standing import Step
from risk_engine.office.interview.wording import MOST_SHOWN, newly_unfit, unfit, unfit_lines

FAN, HEAD = ({"id": one, "called": one, "material": "stone", "hazards": ("nitrate",)} for one in ("fan", "head"))
MATERIAL, HAZARDS = (Read("artwork", "fan", fact) for fact in ("material", "hazards"))
PROMISE = "stone_has_no_nitrate"


@pytest.fixture
def record(under: Under) -> Record:
    return Record({"id": "L-1", "title": "A loan", "artwork": (FAN,)}, under)


def test_a_promise_is_broken_by_the_answers_that_break_it(record: Record, empty: Record) -> None:
    assert {name: set(reads) for name, reads in unfit(record).items()} == {PROMISE: {MATERIAL, HAZARDS}}
    assert unfit(empty) == {}
    assert unfit(record.with_answer(MATERIAL, None)[0]) == {}  # what nobody knows breaks nothing


@pytest.mark.parametrize(
    ("before", "given", "is_told"),
    [
        ({}, MATERIAL, True),
        ({}, Read("loan", None, "months"), True),
        ({PROMISE: (MATERIAL,)}, MATERIAL, True),
        ({PROMISE: (MATERIAL,)}, Read("loan", None, "months"), False),
        ({PROMISE: (MATERIAL, HAZARDS)}, MATERIAL, False),
    ],
)
def test_it_is_told_again_only_if_the_answer_takes_part_anew(
    before: dict[str, tuple[Read, ...]], given: Read, *, is_told: bool
) -> None:
    found = newly_unfit(before, {PROMISE: (MATERIAL, HAZARDS)}, Step(given))
    assert found == ({PROMISE: (MATERIAL, HAZARDS)} if is_told else {})


@pytest.mark.parametrize("given", [MATERIAL, HAZARDS])
def test_the_answer_just_given_is_told_last(record: Record, given: Read) -> None:
    lines = list(unfit_lines({PROMISE: (MATERIAL, HAZARDS)}, Step(given), record))
    assert lines[0] == "These answers do not go together: A stone holds no nitrate film."
    question = {
        MATERIAL: "What is it made of? – Stone",
        HAZARDS: "Which poisons or hazards does it hold? – Nitrate film",
    }
    assert lines[2] == f"  Object: fan: {question[given]}"


def test_of_many_answers_the_last_are_shown(under: Under) -> None:
    many = tuple({**HEAD, "id": f"e{at}", "called": f"E{at}"} for at in range(MOST_SHOWN))
    record = Record({"id": "L-1", "title": "A loan", "artwork": many}, under)
    reads = (Read("artwork", None, None), *(Read("artwork", f"e{at}", "material") for at in range(MOST_SHOWN)))
    lines = list(unfit_lines({PROMISE: reads}, Step(reads[0]), record))
    assert lines[1] == "  …"
    assert lines[MOST_SHOWN + 1] == "  Object: e0, e1, e2, e3, e4, e5"
    assert len(lines) == MOST_SHOWN + 3


def test_nothing_is_told_where_all_goes_together(empty: Record) -> None:
    assert list(unfit_lines({}, None, empty)) == []
