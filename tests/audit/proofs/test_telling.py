"""The case that stands against a claim: settled where one is, and each of its differences is needed (decision 96)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from risk_engine.audit.proofs.monotone import Unsettled
from risk_engine.audit.proofs.prove import Questions
from risk_engine.engine.replay import worked_as_asked
from risk_engine.loading.case import changed
from risk_engine.model.criteria import Criteria
from risk_engine.model.proof import Claim, Confirmed, Example, Topic
from risk_engine.solver.confirm import Watch, confirmed
from risk_engine.solver.space import Limits
from tests.audit.proofs.parts import BASE, asked, base_of, toy
from tests.engine.builder import DAY

CROWD = "CROWD: {severity: {high: {count: guest, where: {fact: guest.fit, is: false}, at_least: 2}}}"
PACE = "PACE: {severity: {high: {fact: trip.pace, is: wild}}}"
ADVICE = "results: {ADVICE: {whenever: {fact: trip.insured, is: true}, then: {fact: ladder.measure, is: advice}}}"


def broken(folder: Path, rules: str, promises: str) -> Claim:
    (claim,) = asked(toy(folder, rules, invariants=promises), "promises").claims
    assert claim.status == "refuted"
    return claim


def test_a_settled_case_stands_against_a_promise_before_an_open_one_that_differs_in_less(tmp_path: Path) -> None:
    # That nobody says who comes is one difference, and breaks it meanwhile: two guests tell more.
    claim = broken(tmp_path, CROWD, ADVICE)
    (case,) = claim.examples
    assert case.given == {"guest.ann.fit": False, "guest.guest-2": {"fit": False, "age": 40}}
    assert {(one.ladder, one.lowest, one.highest) for one in case.reached} >= {("measure", "regulation", "regulation")}


def test_an_open_case_stands_against_it_where_no_settled_one_does(tmp_path: Path) -> None:
    promise = "results: {SETTLED: {then: {not: {some: finding, where: {fact: finding.open, is: true}}}}}"
    (case,) = broken(tmp_path, PACE, promise).examples
    assert (case.given, case.open) == ({"trip.pace": "unknown"}, {"PACE": "high"})


# --- a law, told apart from how a case is trimmed: nothing can be taken out ---

RULES = """
DAYS: {severity: {high: {fact: trip.days, at_least: 30}, moderate: {fact: trip.days, at_least: 10}}}
FALLS:
  severity:
    high: {all_of: [{fact: trip.pace, is: brisk}, {fact: trip.insured, is: false}]}
    moderate: {fact: trip.pace, is: wild}
UNFIT: {severity: {moderate: {some: guest, where: {fact: guest.fit, is: false}}}}
"""


def hasty(criteria: Criteria, topic: Topic) -> list[Claim]:
    """Return what is refuted, by a solver that may not look for smaller cases."""
    questions = Questions(criteria, base_of(criteria), DAY, None, Limits(search=1), frozenset((topic,)))
    unsettled = Unsettled()
    found: list[Claim] = []
    for tasks in questions.tasks():
        for _task, claims, falling in questions.claims(tasks):
            found += claims
            unsettled.add(falling)
    return [one for one in (*found, *questions.of_steps_of_ladders(unsettled)) if one.status == "refuted"]


def came(criteria: Criteria, given: dict[str, Any], watched: tuple[Confirmed, ...]) -> list[Confirmed]:
    """Return what a case comes to of what was looked at."""
    data: dict[str, Any] | None = {**BASE, "assessment_date": DAY, "id": "c", "title": "C"}
    for path, value in given.items():
        assert data is not None
        data = changed(data, path, None if value == "unknown" else value)
    assert data is not None
    worked = worked_as_asked(data, criteria, DAY, None)[1]
    return [confirmed(Watch(one.of, one.name, one.what), worked) for one in watched]


def without_one(examples: tuple[Example, ...]) -> Iterator[tuple[dict[str, Any], ...]]:
    """Yield what the cases of a claim state, each time without one difference that all of them have."""
    first, *others = (one.given for one in examples)
    for path, value in first.items():
        if all(path in one and one[path] == value for one in others):
            yield tuple({key: one for key, one in given.items() if key != path} for given in (first, *others))


@pytest.mark.parametrize(("topic", "subjects"), [("monotone", ["FALLS", "gate", "measure"]), ("promises", ["ADVICE"])])
def test_no_difference_of_cases_that_stand_against_a_claim_can_be_taken_out(
    topic: Topic, subjects: list[str], tmp_path: Path
) -> None:
    criteria = toy(tmp_path, RULES, invariants=ADVICE)
    claims = hasty(criteria, topic)
    assert [one.subject for one in claims] == subjects
    for claim in claims:
        assert [came(criteria, one.given, one.confirmed) for one in claim.examples] == [
            [*one.confirmed] for one in claim.examples
        ]
        needed = [list(one.confirmed) for one in claim.examples]
        for given in without_one(claim.examples):
            now = [came(criteria, one, each.confirmed) for one, each in zip(given, claim.examples, strict=True)]
            assert now != needed


def test_the_cases_of_a_pair_stay_a_step_apart(tmp_path: Path) -> None:
    claim, *_others = hasty(toy(tmp_path, RULES), "monotone")
    first, second = claim.examples
    assert (first.given, second.given) == (
        {"trip.pace": "brisk", "trip.insured": False},
        {"trip.pace": "wild", "trip.insured": False},
    )
