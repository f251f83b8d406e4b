"""The fewest answers that settle a case: they do, no fewer do, and no interview asks less."""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmarks.fewest import Fewest
from risk_engine.engine.facts import Read
from risk_engine.office.forms.case_record import Record, Under, consistent
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Bounds
from tests.engine.builder import DAY, criteria_from
from tests.office.interview.playing import answer, completed, random_case
from tests.strategies import Data, RuleSet, by_turns, cases_of, rule_sets

PATIENT = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    max_examples=25,
)
MOST = 9
"""Of so many answers every set is tried."""


def recorded(rules: RuleSet, data: Data) -> Record:
    lists = {name: () for name, entity in rules.criteria.entities.items() if entity.many is not None}
    under = Under(rules.criteria, DAY)
    return consistent(Record({"id": "c", "title": "C", **lists, **data}, under))[0]


def cheaper_sets(fewest: Fewest, most: int) -> Iterator[tuple[Read, ...]]:
    for size in range(len(fewest.answers) + 1):
        yield from (one for one in itertools.combinations(fewest.answers, size) if len(one) < most)


@pytest.mark.nightly
@PATIENT
@given(rule_sets(), st.data())
def test_no_cheaper_set_of_answers_settles_a_random_case(rules: RuleSet, data: st.DataObject) -> None:
    fewest = Fewest(recorded(rules, data.draw(cases_of(rules.criteria))))
    assume(len(fewest.answers) <= MOST)
    found = fewest.found()
    if found is None:
        assert not fewest.settle(fewest.answers)
        return
    assert fewest.settle(found)
    assert not any(fewest.settle(one) for one in cheaper_sets(fewest, len(found)))


@pytest.mark.parametrize("seed", by_turns(range(6), 3))
def test_whatever_else_is_answered_the_result_is_the_same(seed: int, under: Under, base: dict[str, Any]) -> None:
    draw = random.Random(seed)  # noqa: S311 (a case, no secret)
    whole = completed(draw, Record(random_case(draw, under.criteria, base), under))
    fewest = Fewest(whole)
    found = fewest.found()
    assert found is not None
    for _again in range(8):
        other = completed(draw, mixed(whole, random_case(draw, under.criteria, base), found))
        assert all(other.answer(one) == whole.answer(one) for one in found if one.fact is not None)
        assert levels(other) == levels(whole)


def mixed(whole: Record, other: dict[str, Any], kept: frozenset[Read]) -> Record:
    """Return another case with these answers of the whole one."""
    data = {**other}
    for name, entity in whole.criteria.entities.items():
        if entity.many is None:
            data[name] = {**other[name], **stated(whole.data[name], name, None, kept)}
        elif Read(name, None, None) in kept:
            spare = (*other[name], *({} for _one in whole.data[name]))
            data[name] = tuple(
                {**new, "id": one["id"], "called": one["called"], **stated(one, name, one["id"], kept)}
                for one, new in zip(whole.data[name], spare, strict=False)
            )
    return Record(data, whole.under)


def stated(entry: dict[str, Any], name: str, entry_id: str | None, kept: frozenset[Read]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if Read(name, entry_id, key) in kept}


def levels(record: Record) -> list[str]:
    return [one.level for one in record.worked.proposed if one.ladder in record.criteria.head.roles.deciding]


@pytest.mark.parametrize("seed", by_turns(range(6), 3))
def test_no_interview_asks_less(seed: int, under: Under, base: dict[str, Any]) -> None:
    draw = random.Random(seed)  # noqa: S311 (a case, no secret)
    whole = completed(draw, Record(random_case(draw, under.criteria, base), under))
    session, asked = Session(Record({"id": "L-1", "title": "A loan"}, under), Bounds()), 0
    while (step := session.next()) is not None:
        answer(session, step, draw, whole.data)
        asked += 1
    fewest = Fewest(whole)
    found = fewest.found()
    assert found is not None
    assert len(found) <= asked


def test_of_a_case_with_an_answer_missing_that_decides_there_are_none(under: Under, base: dict[str, Any]) -> None:
    unclear = {**base, "artwork": ({**base["artwork"][0], "claim": "unknown"},)}
    assert Fewest(Record(unclear, under)).found() is None


SEVERAL_WAYS = """
A: {severity: {critical: {all_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}}}
B: {severity: {critical: {all_of: [{fact: trip.pace, is: wild}, {fact: trip.alone, is: true}]}}}
C:
  severity:
    critical:
      all_of: [{some: guest, where: {fact: guest.fit, is: false}}, {fact: trip.insured, is: false}]
"""


def test_of_several_ways_the_cheapest_is_found(tmp_path: Path) -> None:
    """No answer is needed by itself: who is not alone rules out two findings, and a guest takes two questions."""
    criteria = criteria_from(tmp_path, indicators=SEVERAL_WAYS)
    trip = {"risky": False, "alone": False, "pace": "calm", "insured": True}
    data = {"id": "T", "title": "T", "trip": trip, "guest": ({"id": "a", "fit": True},)}
    fewest = Fewest(Record(data, Under(criteria, DAY)))
    found = fewest.found()
    assert found == frozenset({Read("trip", None, "alone"), Read("trip", None, "insured")})
    assert not any(fewest.settle(one) for one in cheaper_sets(fewest, len(found)))


ASKED_LATER = """
trip:
  facts:
    insured: {type: boolean}
    rate: {type: choice, options: [low, steep], ask_when: {fact: trip.insured, is: true}, otherwise: low}
"""


def test_what_could_not_be_asked_yet_does_not_count(tmp_path: Path) -> None:
    """The rate alone would settle it, but it is asked of the insured only."""
    steep = "I: {severity: {critical: {fact: trip.rate, is: steep}}}"
    criteria = criteria_from(tmp_path, facts=ASKED_LATER, indicators=steep)
    data = {"id": "T", "title": "T", "trip": {"insured": True, "rate": "low"}}
    fewest = Fewest(Record(data, Under(criteria, DAY)))
    insured, rate = Read("trip", None, "insured"), Read("trip", None, "rate")
    assert fewest.answers == (insured, rate)
    assert fewest.found() == frozenset({insured, rate})
    assert not fewest.settle([rate])
