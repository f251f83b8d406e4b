"""A case worked out again with one thing changed: only what that reaches is worked out, and it comes to the same."""

import pytest

from risk_engine.engine.facts import Read
from risk_engine.engine.replay import Replays, with_answers, worked_as_asked
from risk_engine.engine.work import work
from tests.engine.builder import DAY, case_from, facts_from
from tests.engine.conftest import Toy

INDICATORS = """
    LISTED: {severity: {high: {some: guest, where: {fact: guest.fit, is: false}}}}
    SINGLE: {severity: {low: {fact: trip.risky, is: true}}}
"""
ONE = "trip: {risky: true}\nguest: [{id: a, fit: true}]"


@pytest.mark.parametrize(
    ("other", "reached"),
    [
        (ONE, {}),
        ("trip: {risky: true}\nguest: [{id: a, fit: false}]", {"LISTED": "present"}),
        ("trip: {risky: true}\nguest: [{id: a, fit: true}, {id: b, fit: false}]", {"LISTED": "present"}),
        ("trip: {risky: true}\nguest: []", {"LISTED": "absent"}),
        ("trip: {risky: true}", {"LISTED": "undetermined"}),
        ("trip: {risky: false}\nguest: [{id: a, fit: true}]", {"SINGLE": "absent"}),
    ],
    ids=["the same", "another answer of an entry", "one entry more", "one entry less", "list unanswered", "single"],
)
def test_only_findings_that_read_what_differs_are_worked_out_again(
    toy: Toy, other: str, reached: dict[str, str]
) -> None:
    criteria = toy(indicators=INDICATORS)
    replays = Replays(work(case_from(criteria, ONE), criteria), tuple(criteria.ladders))
    found = replays.found_under(facts_from(criteria, other))
    assert {name: one.outcome for name, one in found.items()} == reached


def test_answers_that_others_rule_out_are_set_aside_wherever_they_stand(toy: Toy) -> None:
    asked = "ask_when: {fact: trip.risky, is: true}, otherwise: false"
    facts = f"""
        trip: {{facts: {{risky: {{type: boolean}}, roped: {{type: boolean, {asked}}}}}}}
        guest: {{many: 3, facts: {{fit: {{type: boolean}}, warned: {{type: boolean, {asked}}}}}}}
    """
    criteria = toy(facts=facts, indicators="A: {severity: {low: {fact: trip.roped, is: true}}}")
    stated = {
        "id": "c",
        "title": "C",
        "trip": {"risky": False, "roped": True},
        "guest": ({"id": "a", "fit": True, "warned": True}, {"id": "b", "fit": False}),
    }
    data, worked = worked_as_asked(stated, criteria, DAY, None)
    assert data == {
        "id": "c",
        "title": "C",
        "trip": {"risky": False},
        "guest": ({"id": "a", "fit": True}, {"id": "b", "fit": False}),
    }
    assert [one.outcome for one in worked.found] == ["absent"]


def test_an_answer_is_added_where_it_was_not_known_whether_there_is_anything() -> None:
    assert with_answers({"trip": "unknown"}, {Read("trip", None, "risky"): True}) == {"trip": {"risky": True}}
    assert with_answers({"guest": "unknown"}, {Read("guest", "a", "fit"): True}) == {"guest": ()}
