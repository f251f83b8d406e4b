"""A case worked out again with one thing changed: only what that reaches is worked out, and it comes to the same."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.engine.facts import Read
from risk_engine.engine.find import Found
from risk_engine.engine.propose import propose, rate, with_results
from risk_engine.engine.replay import KEPT, Replays, ladders_of, with_answers, worked_as_asked
from risk_engine.engine.resolve import answered
from risk_engine.engine.work import Worked, work
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import Reached, SeverityPoints
from tests.engine.builder import DAY, case_from, facts_from
from tests.engine.conftest import Toy
from tests.engine.test_program import EVERY_DAY, dated_sets, profiles
from tests.strategies import Pen, RuleSet, cases_of, one_in

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


ASKED = "ask_when: {fact: trip.risky, is: true}, otherwise: false"
SETTLED = f"""
    trip: {{facts: {{risky: {{type: boolean}}, roped: {{type: boolean, {ASKED}}}}}}}
    guest: {{many: 3, facts: {{fit: {{type: boolean}}, warned: {{type: boolean, {ASKED}}}}}}}
"""
ROPED = "A: {severity: {low: {fact: trip.roped, is: true}}}"


@pytest.mark.parametrize("value", [True, False, None])
def test_an_answer_that_settles_others_is_read_as_in_the_whole_case(toy: Toy, value: bool | None) -> None:
    criteria, place = toy(facts=SETTLED, indicators=ROPED), Read("trip", None, "risky")
    case = case_from(criteria, "trip: {risky: true}\nguest: [{id: a, fit: true}, {id: b}]")
    replays = Replays(work(case, criteria, DAY), tuple(criteria.ladders))
    whole = work(answered(case, place, value), criteria, DAY)
    assert replays.facts_with(place, value)[0] == whole.facts
    assert {"A": whole.found[0]}.items() >= replays.found_with(place, value).items()
    assert [one.outcome for one in whole.found] == ["absent" if value is False else "undetermined"]


def test_answers_that_others_rule_out_are_set_aside_wherever_they_stand(toy: Toy) -> None:
    criteria = toy(facts=SETTLED, indicators=ROPED)
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


def test_whether_a_question_about_an_entry_is_asked_is_known_where_the_entry_is_there(toy: Toy) -> None:
    criteria = toy(indicators=ROPED, facts=SETTLED)
    replays = Replays(work(case_from(criteria, ONE), criteria), tuple(criteria.ladders))
    assert replays.is_asked(Read("guest", "a", "warned")) is True
    assert replays.is_asked(Read("guest", "a", "fit")) is True
    assert replays.is_asked(Read("guest", "nobody", "warned")) is None


def test_an_answer_is_added_where_it_was_not_known_whether_there_is_anything() -> None:
    assert with_answers({"trip": "unknown"}, {Read("trip", None, "risky"): True}) == {"trip": {"risky": True}}
    assert with_answers({"guest": "unknown"}, {Read("guest", "a", "fit"): True}) == {"guest": ()}


@one_in(3)
@given(st.data())
def test_compiled_ladders_say_of_other_findings_and_points_what_the_reference_says(data: st.DataObject) -> None:
    rules = data.draw(dated_sets())
    on, profile = data.draw(st.sampled_from(EVERY_DAY)), data.draw(profiles(rules.criteria))

    def drawn() -> Worked:
        case = rules.case(data.draw(cases_of(rules.criteria)))
        return work(case, rules.criteria, on, profile)

    worked = drawn()
    replays = Replays(worked, tuple(rules.criteria.ladders))
    for _ in range(3):
        found = drawn().found
        assert replays.with_findings({one.id: one for one in found}) == by_reference(worked, found, rules.criteria)
        points = data.draw(other_points(rules))
        head = rules.criteria.head.model_copy(update={"severity": points})
        criteria = rules.criteria.model_copy(update={"head": head})
        assert replays.with_points(points) == by_reference(worked, worked.found, criteria)


@pytest.mark.parametrize(("other", "level"), [("guest: []", "advice"), ("trip: {risky: true}", "regulation")])
def test_compiled_ladders_know_that_a_finding_is_open(toy: Toy, other: str, level: str) -> None:
    criteria = toy(indicators=INDICATORS)
    replays = Replays(work(case_from(criteria, ONE), criteria), ("measure",))
    (reached,) = replays.with_findings({one.id: one for one in work(case_from(criteria, other), criteria).found})
    assert reached.level == level, "provisional where a missing answer could make it high"


def by_reference(worked: Worked, found: Sequence[Found], criteria: Criteria) -> tuple[Reached, ...]:
    results = with_results(worked.facts, found, rate(found, criteria.head), criteria)
    return tuple(map(Reached.of, propose(results, criteria)))


@st.composite
def other_points(draw: st.DrawFn, rules: RuleSet) -> SeverityPoints:
    """Draw points, a cap or none, and limits of the bands of a set, as criteria may have them."""
    pen = Pen(draw)
    severity = rules.criteria.head.severity
    steps = {name: 1 + pen.index(4) for name in severity.points}
    points = {name: sum(list(steps.values())[: place + 1]) for place, name in enumerate(steps)}
    bands = {name: place * (1 + pen.index(3)) + place * place for place, name in enumerate(severity.bands)}
    cap = None if pen.chance(2) else 1 + pen.index(12)
    return severity.model_copy(update={"points": points, "bands": bands, "cap": cap})


def test_ladders_are_compiled_once_for_all_cases_of_a_set_under_the_same_parameters(toy: Toy) -> None:
    criteria = toy(indicators=INDICATORS)
    first, second = (work(case_from(criteria, one), criteria) for one in (ONE, "trip: {risky: false}\nguest: []"))
    ladders = ladders_of(first)
    assert ladders_of(second) is ladders
    others = [
        ladders_of(replace(first, facts=replace(first.facts, parameters={"limit": number}))) for number in range(KEPT)
    ]
    assert len({id(one) for one in (ladders, *others)}) == 1 + KEPT
    assert ladders_of(second) is not ladders, "no more than so many are kept"
