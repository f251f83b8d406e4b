"""The first questions of the shipped set: how few questions ordinary cases take, and that nothing is lost by them.

Of every full case the first questions are answered as `implied` says, and all that they close is left out: no level may
be milder for that, and no finding gone or less. With FIRST_QUESTIONS_CASES as many random cases are tried, and all of
cases.yaml; FIRST_QUESTIONS_SEED draws others.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from random import Random
from typing import NamedTuple

import pytest

from benchmarks.questions import (
    NO_CASES,
    ON,
    ROOT,
    WORKED,
    Data,
    completed,
    count,
    examples,
    interviewed,
    several_partners,
    whole,
)
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.resolve import broken
from risk_engine.engine.work import Worked, tupled
from risk_engine.loading.case_tests import sound_tests
from risk_engine.model.case import Case, case_model
from risk_engine.model.conditions import AllOf, Compare, negation
from risk_engine.model.criteria import Criteria
from risk_engine.model.triage import closed_by
from tests.criteria.first_questions import FIRST, denied, detailed, milder, short, worked
from tests.criteria.second_reading.draw import draw, stated
from tests.strategies import by_turns
from tests.versions import newest

CRITERIA = newest("reconnect-china")
MODEL = case_model(CRITERIA)
IS_WHOLE = "FIRST_QUESTIONS_CASES" in os.environ
RANDOM = int(os.environ.get("FIRST_QUESTIONS_CASES", "20"))
OF_CASES = 16
"""Every so many of the cases of cases.yaml in a short run."""
SEED = os.environ.get("FIRST_QUESTIONS_SEED", "20261129")
EXAMPLES = sorted(path.stem for path in ROOT.glob("examples/*.yaml") if path.name not in NO_CASES)
MOST = {
    "humanities-in-the-eu": 10,
    "Humanities inside the EU": 10,
    "K11 History exchange with guest lecturers": 12,
    "K16 Exchange of students in management": 12,
    "K06 Ocean papers with an academy institute": 15,
    "K10 Open particle physics with six partners": 32,
    "battery-recycling": 70,
}
"""How many questions about facts these cases take at most; the last is no ordinary one, nearly everything is a yes."""
OF_ANY = 40
"""How many any other takes."""
FEW = 5
IN_EVERY_RUN = ("endowed-chair-renegotiated", "K06 Ocean papers with an academy institute")


@cache
def every_case() -> Mapping[str, Case]:
    """Return every case of cases.yaml."""
    return {test.name: case for _number, test, case in sound_tests(CRITERIA)[1]}


@cache
def cases() -> Mapping[str, Case]:
    """Return the examples and the ordinary ones of those."""
    return {**dict(examples(CRITERIA)), **{name: several_partners(name, every_case()[name]) for name in WORKED}}


@pytest.mark.parametrize(
    "name",
    [
        one if one in IN_EVERY_RUN else pytest.param(one, marks=pytest.mark.nightly)
        for one in dict.fromkeys([*EXAMPLES, *WORKED])
    ],
)
def test_an_ordinary_case_is_settled_by_a_handful_of_questions_and_names_are_under_half_of_them(name: str) -> None:
    counted = count(whole(cases()[name], CRITERIA), CRITERIA)
    assert counted.facts <= MOST.get(name, OF_ANY)
    assert 2 * counted.lists < counted.facts


def test_a_known_partner_is_not_asked_about_again() -> None:
    history = whole(cases()["K11 History exchange with guest lecturers"], CRITERIA)
    asked, record = interviewed(history, CRITERIA)
    partner = {"partner": record["partner"], FIRST: {"ties": record[FIRST]["ties"]}}
    again, _record = interviewed(history, CRITERIA, known=partner)
    answered = [name for name in record["partner"][0] if name not in {"id", "name"}]
    assert answered
    assert again == (asked.facts - len(answered) - 1, 0, asked.result)


def test_every_first_question_closes_something_and_none_of_them_all() -> None:
    closed = closed_by(CRITERIA)
    assert len(closed) == 8
    assert all(closed.values())
    always = {f"{name}.{short}" for name, entity in CRITERIA.entities.items() for short in entity.facts}
    assert "partner.country" in always - {one for several in closed.values() for one in several}


# --- nothing is lost ---


class Full(NamedTuple):
    """What a case answers in full, and its day."""

    answers: Data
    on: date


def full(case: Case, *, complete: bool) -> Full:
    """Return what a case answers beside the first questions; where it is to be complete, all that it leaves out too."""
    data = completed(case, CRITERIA) if complete else case.model_dump(by_alias=True, exclude_none=True)
    return Full(detailed(data), case.assessment_date or ON)


def lost(case: Full, criteria: Criteria) -> tuple[list[str], Data]:
    """Return what is milder of a case without what its first questions close, and that case.

    Answers to what other details close contradict those: a case that holds some leaves nothing out, and loses nothing.
    """
    before = worked(case.answers, criteria, case.on)
    if before.facts.superfluous:
        return [], case.answers
    less = short(case.answers, criteria, before.facts)
    return list(milder(before, worked(less, criteria, case.on))), less


@cache
def of_the_set() -> Mapping[str, Full]:
    """Return every example and every case of cases.yaml."""
    found = {name: full(case, complete=True) for name, case in cases().items()}
    every = 1 if IS_WHOLE else OF_CASES
    some = {f"cases.yaml: {name}": case for name, case in list(every_case().items())[::every]}
    return {**found, **{name: full(case, complete=False) for name, case in some.items()}}


@cache
def worked_of_the_set() -> tuple[tuple[Full, Worked], ...]:
    """Return those of every run with what they come to."""
    return tuple((one, worked(one.answers, CRITERIA, one.on)) for one in of_the_set().values())


def at_random(number: int) -> Iterator[tuple[str, Full]]:
    """Yield random full cases near the indicators."""
    rng = Random(SEED)  # noqa: S311 - cases, not secrets
    for one in range(number):
        drawn = MODEL.model_validate(tupled(stated(draw(rng, one, CRITERIA))))
        yield f"{SEED}/{one}", full(drawn, complete=True)


@pytest.mark.nightly
def test_no_example_and_no_case_of_the_set_loses_anything_by_the_first_questions() -> None:
    found = {name: lost(case, CRITERIA) for name, case in of_the_set().items()}
    assert {name: one for name, (one, _less) in found.items() if one} == {}
    # Each of them is a yes in some of these cases, and a no in others.
    answers = {(name, value) for _lost, less in found.values() for name, value in less.get(FIRST, {}).items()}
    firsts = {one.fact.partition(".")[2] for one in CRITERIA.head.triage}
    assert answers == {(name, value) for name in firsts for value in (True, False)}


def test_no_random_full_case_loses_anything_by_the_first_questions() -> None:
    found = {name: lost(case, CRITERIA)[0] for name, case in at_random(RANDOM)}
    assert {name: one for name, one in found.items() if one} == {}


@pytest.mark.nightly
@pytest.mark.parametrize("number", range(8))
def test_a_first_question_that_nothing_implies_loses_something(number: int) -> None:
    """A law that could not fail would say nothing."""
    one = CRITERIA.head.triage[number]
    either = Compare(fact="collaboration.open_ended", op="is", operand=True)
    never = AllOf(all_of=(either, negation(either)))
    triage = list(CRITERIA.head.triage)
    triage[number] = one.model_copy(update={"implied": never})
    tampered = CRITERIA.model_copy(update={"head": CRITERIA.head.model_copy(update={"triage": tuple(triage)})})
    assert any(loses(case, tampered) for case in of_the_set().values())


def loses(case: Full, criteria: Criteria) -> bool:
    """Return whether a case loses something."""
    return bool(lost(case, criteria)[0])


# --- a no that does not fit ---


@pytest.mark.parametrize("number", by_turns(range(8), 8, pytest.mark.long))
def test_a_no_against_what_is_stated_makes_nothing_milder(number: int) -> None:
    """Nothing of such a case is less, and it says so."""
    first = CRITERIA.head.triage[number]
    short_name = first.fact.partition(".")[2]
    implied = [(case, full) for case, full in worked_of_the_set() if evaluate(first.implied, full.facts).value]
    assert len(implied) >= FEW
    for case, before in implied:
        found = worked(denied(case.answers, short_name, CRITERIA), CRITERIA, case.on)
        assert list(milder(before, found)) == []
        assert f"FIRST-{number + 1}" in dict(broken(found.facts, CRITERIA))
