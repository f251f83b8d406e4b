"""A case near another one comes to exactly what the whole way through the engine says, and takes over what it may."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.engine.nearby import Nearby
from risk_engine.engine.work import Worked, work
from risk_engine.files.diagnostics import NotInForceError
from risk_engine.loading.case_tests import base_case, read_cases, sound_tests
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from tests.engine.builder import DAY, LOAN_DESK, ROOT, SHIPPED, case_from
from tests.engine.conftest import Toy
from tests.engine.test_program import LOAN_RULES, SHIPPED_RULES, dated_sets, profiles
from tests.strategies import by_turns, cases_of, changed_cases, one_in

TRIPS = ROOT / "tests" / "sets" / "field-trips" / "1.0.0"
CASES = 4
INDICATORS = """
    I1: {severity: {moderate: {fact: trip.pace, at_least: brisk}, high: {fact: trip.pace, is: wild}}}
    I2: {severity: {high: {some: guest, where: {fact: guest.fit, is: false}}}, controls: [{all: [C1], residual: low}]}
    I3: {severity: {high: {fact: trip.days, at_least: 9}}}
"""
BASE = """
    trip: {risky: false, insured: true, alone: false, pace: calm, means: foot, days: 1, starts: 2026-07-01, gear: []}
    guest: [{id: ada, called: Ada, fit: true, age: 30, skill: expert}]
"""


def check(near: Nearby, case: Case, on: date, profile: Profile | None = None) -> Worked:
    """Return what a case comes to, which is in all what the engine makes of it when it knows no other case."""
    whole, nearby = work(case, near.criteria, on, profile), near.work(case, on)
    assert nearby == whole
    assert list(nearby.facts.origins) == list(whole.facts.origins)
    return nearby


def after_first(criteria: Criteria, base: str = BASE) -> Nearby:
    """Return what works out cases near a base case, one of them worked out already."""
    near = Nearby(criteria, case_from(criteria, base))
    near.work(near.base, DAY)
    return near


@one_in(2)
@given(st.data())
def test_drawn_cases_come_to_the_same_near_any_other_one(data: st.DataObject) -> None:
    rules = data.draw(dated_sets())
    profile = data.draw(profiles(rules.criteria))
    base, *others = (rules.case(data.draw(cases_of(rules.criteria))) for _ in range(CASES))
    near = Nearby(rules.criteria, base, profile)
    for one in (base, *others):
        check(near, one, DAY, profile)


@one_in(2)
@pytest.mark.parametrize("folder", by_turns([LOAN_DESK, SHIPPED], 2), ids=["loan-desk", "shipped"])
@given(data=st.data())
def test_cases_of_a_set_that_is_there_come_to_the_same_near_its_base_case(folder: Path, data: st.DataObject) -> None:
    rules = SHIPPED_RULES if folder == SHIPPED else LOAN_RULES
    base = read_cases(rules.criteria).data["base"]
    near = Nearby(rules.criteria, rules.case(base))
    near.work(near.base, DAY)
    check(near, rules.case(data.draw(changed_cases(rules.criteria, base))), DAY)


@pytest.mark.parametrize("folder", [LOAN_DESK, TRIPS], ids=lambda one: one.parent.name)
def test_cases_of_small_sets_come_to_the_same_near_their_base_case(folder: Path) -> None:
    criteria = read_criteria(folder)
    near = Nearby(criteria, base_case(criteria)[1])
    for _number, test, case in sound_tests(criteria)[1]:
        check(near, case, test.on or case.assessment_date or DAY)


def test_what_a_case_does_not_touch_is_taken_over(toy: Toy) -> None:
    near = after_first(toy(indicators=INDICATORS, controls="C1: {}"))
    reference = near.reference(DAY)
    assert reference is not None
    came = check(near, case_from(near.criteria, BASE.replace("calm", "wild")), DAY)
    taken = [one is other for one, other in zip(came.found, reference.worked.found, strict=True)]
    assert taken == [False, True, True]
    assert came.facts.lists["guest"] is reference.worked.facts.lists["guest"]
    assert [one.outcome for one in came.found] == ["present", "absent", "absent"]


def test_case_that_says_the_same_has_the_very_same_facts(toy: Toy) -> None:
    near = after_first(toy(indicators=INDICATORS, controls="C1: {}"))
    came = check(near, case_from(near.criteria, BASE), DAY)
    reference = near.reference(DAY)
    assert reference is not None
    assert came.facts is reference.worked.facts


@pytest.mark.parametrize(
    "guests",
    [
        "guest: []",
        "guest: [{id: bob, fit: true}]",
        "guest: [{id: ada, fit: false}, {id: bob, fit: true}]",
        "guest: [{id: ada, called: Ada, fit: false, age: 30, skill: expert}]",
        "",
    ],
)
def test_another_list_of_entries_is_read_anew(toy: Toy, guests: str) -> None:
    near = after_first(toy(indicators=INDICATORS, controls="C1: {}"))
    check(near, case_from(near.criteria, BASE.split("guest", maxsplit=1)[0] + guests), DAY)


def test_control_in_place_lowers_the_finding_that_it_is_for(toy: Toy) -> None:
    near = after_first(toy(indicators=INDICATORS, controls="{C1: {}, C2: {}}"), BASE.replace("fit: true", "fit: false"))
    evidence = "evidence: [{kind: k, reference: r, date: 2026-01-01}]"
    text = BASE.replace("fit: true", "fit: false")
    controls = f"controls: [{{id: C1, status: implemented, {evidence}}}, {{id: C2, status: planned}}]"
    came = check(near, case_from(near.criteria, f"{text}    {controls}\n"), DAY)
    assert came.found[1].residual == ("low", "low")


@pytest.mark.parametrize("kind", ["some", "not some", "every", "count"])
def test_rules_about_findings_of_every_kind_come_to_the_same(toy: Toy, kind: str) -> None:
    is_high = "where: {fact: finding.inherent, at_least: high}"
    when = {
        "some": f"{{some: finding, {is_high}}}",
        "not some": f"{{not: {{some: finding, {is_high}}}}}",
        "every": f"{{every: finding, {is_high}}}",
        "count": "{any_of: [{count: finding, where: {fact: finding.outcome, is: absent}, at_least: 3}, "
        f"{{count: finding, {is_high}, at_least: 2}}, {{count: finding, {is_high}, at_most: 1}}]}}",
    }[kind]
    ladders = f"""
        measure:
          levels: {{advice: {{review_months: 12}}, regulation: {{review_months: 6}}}}
          rules: [{{level: regulation, when: {when}}}]
          otherwise: advice
    """
    roles = "roles: {headline: measure}"
    near = after_first(toy(indicators=INDICATORS, controls="C1: {}", ladders=ladders, head=roles))
    for text in (BASE, BASE.replace("calm", "wild"), BASE.replace("days: 1,", "days: 9,"), "trip: {pace: wild}"):
        check(near, case_from(near.criteria, text), DAY)


CLOSED = """
    trip:
      facts:
        risky: {type: boolean}
        pace:
          type: choice
          options: [calm, brisk, wild]
          riskier: later
          ask_when: {fact: trip.risky, is: true}
          otherwise: calm
    guest:
      many: 4
      ask_when: {fact: trip.risky, is: true}
      facts:
        fit: {type: boolean, ask_when: {fact: trip.pace, at_least: brisk}, otherwise: true}
    hut:
      many: 2
      ask_when: {fact: stay.long, is: true}
      facts: {clean: {type: boolean}}
    stay:
      facts: {long: {type: boolean}}
"""
CLOSED_RULES = """
    I1: {severity: {high: {fact: trip.pace, is: wild}}}
    I2: {severity: {high: {some: guest, where: {fact: guest.fit, is: false}}}}
    I3: {severity: {high: {some: hut, where: {fact: hut.clean, is: false}}}}
"""


@pytest.mark.parametrize(
    "text",
    [
        "trip: {risky: true, pace: wild}\nguest: [{id: ada, fit: false}]",
        "trip: {risky: true, pace: wild}",
        "trip: {pace: brisk}",
        "stay: {long: true}\nhut: [{id: a, clean: false}]",
        "trip: {risky: false}",
    ],
)
def test_what_an_answer_opens_is_read_anew_and_what_it_does_not_is_taken_over(toy: Toy, text: str) -> None:
    near = after_first(toy(facts=CLOSED, indicators=CLOSED_RULES), "trip: {risky: false}\nstay: {long: false}")
    assert near.reference(DAY) is not None
    came = check(near, case_from(near.criteria, text), DAY)
    assert not came.facts.superfluous


@pytest.mark.parametrize("base", ["trip: {risky: false}", "trip: {risky: false, pace: wild}"])
def test_superfluous_answers_are_worked_out_as_a_whole(toy: Toy, base: str) -> None:
    near = after_first(toy(facts=CLOSED, indicators=CLOSED_RULES), base)
    assert (near.reference(DAY) is None) == ("pace" in base)
    came = check(near, case_from(near.criteria, "trip: {risky: false, pace: brisk}"), DAY)
    assert came.facts.superfluous


CLOSED_BY_WHAT_IS_CLOSED = """
    trip:
      facts:
        risky: {type: boolean}
        insured: {type: boolean, ask_when: {fact: trip.risky, is: true}, otherwise: false}
    guest:
      many: 4
      ask_when: {fact: trip.insured, is: true}
      facts: {fit: {type: boolean}}
"""


@pytest.mark.parametrize("base", ["trip: {risky: false}", "trip: {risky: true, insured: false}"])
def test_an_entry_is_superfluous_where_what_closes_its_list_is_itself_not_asked(toy: Toy, base: str) -> None:
    rules = "I1: {severity: {high: {some: guest, where: {fact: guest.fit, is: false}}}}"
    near = after_first(toy(facts=CLOSED_BY_WHAT_IS_CLOSED, indicators=rules), base)
    assert near.reference(DAY) is not None
    came = check(near, case_from(near.criteria, "trip: {risky: false}\nguest: [{id: ada, fit: false}]"), DAY)
    assert [[one.path() for one in closing] for closing in came.facts.superfluous.values()] == [["trip.risky"]]


CONTRADICTION = """
    facts:
      calm_and_risky:
        whenever: {fact: trip.risky, is: true}
        then: {not: {fact: trip.pace, is: calm}}
        reopens: true
"""


@pytest.mark.parametrize("base", ["trip: {risky: false, pace: calm}", "trip: {risky: true, pace: calm}"])
def test_answers_that_contradict_each_other_are_worked_out_as_a_whole(toy: Toy, base: str) -> None:
    near = after_first(toy(indicators=INDICATORS, controls="C1: {}", invariants=CONTRADICTION), base)
    assert (near.reference(DAY) is None) == ("true" in base)
    came = check(near, case_from(near.criteria, "trip: {risky: true, pace: calm, days: 3}"), DAY)
    assert came.facts.again is not None
    assert check(near, case_from(near.criteria, "trip: {risky: false, pace: calm, days: 3}"), DAY).facts.again is None


BEFORE = date(2019, 6, 15)
LATER = "limit: {values: [{from: 2020-01-01, value: 3}]}"


def test_parameter_without_a_value_on_the_day_is_an_error_of_each_case(toy: Toy) -> None:
    rules = "I1: {severity: {high: {fact: trip.days, at_least: {parameter: limit}}}}"
    criteria = toy(indicators=rules, parameters=LATER)
    near = Nearby(criteria, case_from(criteria, BASE))
    for _turn in range(2):
        with pytest.raises(NotInForceError):
            near.work(near.base, BEFORE)
    assert near.reference(BEFORE) is None


def test_parameter_without_a_value_that_a_question_needs_is_an_error_of_each_case(toy: Toy) -> None:
    asked = "{type: boolean, ask_when: {fact: trip.days, at_least: {parameter: limit}}, otherwise: false}"
    facts = f"trip: {{facts: {{days: {{type: integer, range: [0, 99]}}, insured: {asked}}}}}"
    criteria = toy(facts=facts, indicators="I1: {severity: {high: {fact: trip.insured, is: true}}}", parameters=LATER)
    near = Nearby(criteria, case_from(criteria, "trip: {days: 4, insured: true}"))
    for _turn in range(2):
        with pytest.raises(NotInForceError):
            near.work(near.base, BEFORE)
    assert near.reference(BEFORE) is None


def test_parameter_that_no_rule_came_to_in_the_base_case_is_an_error_where_one_does(toy: Toy) -> None:
    ladders = """
        measure:
          levels: {advice: {review_months: 12}, regulation: {review_months: 6}, restriction: {review_months: 6}}
          rules:
            - {level: restriction, when: {some: finding, where: {fact: finding.inherent, is: high}}}
            - {level: regulation, when: {some: finding, where: {fact: finding.inherent, one_of: {parameter: bad}}}}
          otherwise: advice
    """
    later = "bad: {values: [{from: 2020-01-01, value: [moderate, high]}]}"
    roles = "roles: {headline: measure}"
    criteria = toy(indicators=INDICATORS, controls="C1: {}", ladders=ladders, parameters=later, head=roles)
    near = Nearby(criteria, case_from(criteria, BASE.replace("calm", "wild")))
    for text in ("trip: {pace: wild}", "trip: {pace: wild, days: 9}"):
        check(near, case_from(criteria, text), BEFORE)
    with pytest.raises(NotInForceError):
        near.work(case_from(criteria, BASE), BEFORE)
