"""Lists, texts and rows that are asked for on a condition: expected values from decision 0077."""

import pytest

from risk_engine.engine.assess import assess
from risk_engine.engine.explain import explain
from risk_engine.engine.facts import Facts, Read
from risk_engine.engine.notes import completeness
from risk_engine.engine.program import decide_only
from risk_engine.engine.replay import unanswered
from risk_engine.engine.resolve import resolve
from risk_engine.engine.work import recall, work
from risk_engine.model.criteria import Criteria
from risk_engine.outlook.still_open import StillOpen
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy

FACTS = """
    trip:
      facts:
        alone: {type: boolean, asked_of: office}
        why: {type: text, ask_when: {fact: trip.alone, is: true}}
    guest:
      many: 4
      ask_when: {fact: trip.alone, is: false}
      facts:
        called: {type: text}
        fit: {type: boolean, asked_of: guide}
        home: {type: row, of: places, asked_of: guide, ask_when: {fact: guest.fit, is: false}}
        law: {type: boolean, from: home, ask_when: {fact: guest.fit, is: false}, otherwise: false}
"""
TABLES = "places: {rows: {NO: {name: Norway}, SO: {name: Somalia}}, columns: {law: {values: {NO: true, SO: false}}}}"
INDICATORS = """
    I1: {severity: {high: {some: guest, where: {fact: guest.fit, is: false}}}}
    I2: {severity: {low: {every: guest, where: {fact: guest.fit, is: true}}}}
"""
GUEST = Read("guest", None, None)


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(facts=FACTS, tables=TABLES, indicators=INDICATORS)


def facts(criteria: Criteria, stated: str) -> Facts:
    return resolve(case_from(criteria, stated), criteria, DAY)


def outcomes(criteria: Criteria, stated: str) -> dict[str, str]:
    case = case_from(criteria, stated)
    found: dict[str, str] = {one.id: one.outcome for one in work(case, criteria).found}
    assert decide_only(case, criteria, DAY).outcomes == found
    return found


def test_closed_list_is_answered_and_empty(criteria: Criteria) -> None:
    found = facts(criteria, "trip: {alone: true}")
    assert (found.lists["guest"], found.origins[GUEST]) == ((), "not_asked")
    assert outcomes(criteria, "trip: {alone: true}") == {"I1": "absent", "I2": "present"}


def test_open_list_is_unanswered_until_it_is_stated(criteria: Criteria) -> None:
    assert outcomes(criteria, "trip: {alone: false}") == {"I1": "undetermined", "I2": "undetermined"}
    assert outcomes(criteria, "trip: {alone: false}\nguest: []") == {"I1": "absent", "I2": "present"}


def test_list_of_which_nobody_knows_whether_it_is_asked_asks_for_what_decides_that(criteria: Criteria) -> None:
    found = facts(criteria, "")
    assert found.lists["guest"] is None
    assert [one.path() for one in found.to_ask(GUEST)] == ["trip.alone"]
    assert outcomes(criteria, "") == {"I1": "undetermined", "I2": "undetermined"}


def test_list_that_is_stated_counts_while_nobody_knows_whether_it_is_asked(criteria: Criteria) -> None:
    assert outcomes(criteria, "guest: [{id: a, fit: false}]")["I1"] == "present"


def test_empty_list_that_need_not_be_stated_is_no_error(criteria: Criteria) -> None:
    assert outcomes(criteria, "trip: {alone: true}\nguest: []") == {"I1": "absent", "I2": "present"}


def test_entries_of_a_closed_list_count_and_contradict_the_answer_that_closes_it(criteria: Criteria) -> None:
    case = "trip: {alone: true}\nguest: [{id: a, fit: false}]"
    found = facts(criteria, case)
    assert found.superfluous == {GUEST: (Read("trip", None, "alone"),)}
    assert [one.id for one in found.lists["guest"] or ()] == ["a"]
    assert found.aside is not None and found.again is not None  # noqa: PT018
    assert (found.aside.lists["guest"], found.again.lists["guest"]) == ((), None)
    assert outcomes(criteria, case) == {"I1": "present", "I2": "present"}


def test_empty_block_of_a_new_case_is_no_entry_of_a_closed_list(criteria: Criteria) -> None:
    new = "trip: {alone: true}\nguest: [{id: guest-1}]"
    assert outcomes(criteria, new) == outcomes(criteria, "trip: {alone: true}")
    made = assess(case_from(criteria, new), criteria, DAY)
    assert recall(made, criteria).facts.lists["guest"] == ()
    assert unanswered(work(case_from(criteria, new), criteria)) == ((), ())
    assert GUEST in facts(criteria, "trip: {alone: true}\nguest: [{id: guest-1, called: Ann}]").superfluous


def test_text_and_row_that_are_not_asked_are_neither_missing_nor_open(criteria: Criteria) -> None:
    found = facts(criteria, "trip: {alone: false}\nguest: [{id: a, fit: true}, {id: b, fit: false}, {id: c}]")
    assert found.origins[Read("trip", None, "why")] == "not_asked"
    states = {one: found.origins[Read("guest", one, "home")] for one in "abc"}
    assert states == {"a": "not_asked", "b": "missing", "c": "missing"}
    assert [one.path() for one in found.to_ask(Read("guest", "c", "home"))] == ["guest.c.fit"]
    assert [one.path() for one in found.to_ask(Read("guest", "b", "law"))] == ["guest.b.home"]


def test_row_that_is_stated_though_not_asked_is_kept(criteria: Criteria) -> None:
    found = facts(criteria, "trip: {alone: false}\nguest: [{id: a, fit: true, home: NO}]")
    assert found.origins[Read("guest", "a", "home")] == "case"


def test_fact_is_asked_itself_where_its_row_is_not(toy: Toy) -> None:
    own = "from: home, ask_when: {fact: %s, is: false}"
    asked = FACTS.replace(own % "guest.fit", own % "trip.alone")
    found = facts(
        toy(facts=asked, tables=TABLES, indicators=INDICATORS), "trip: {alone: false}\nguest: [{id: a, fit: true}]"
    )
    assert [one.path() for one in found.to_ask(Read("guest", "a", "law"))] == ["guest.a.law"]


def test_completeness_asks_for_nothing_of_a_closed_list_nor_of_one_that_may_be(criteria: Criteria) -> None:
    def asked(stated: str) -> dict[str, int]:
        return {one.asked_of: one.asked for one in completeness(facts(criteria, stated), criteria)}

    assert asked("trip: {alone: true}") == {"office": 1}
    assert asked("") == {"office": 1}
    assert asked("trip: {alone: false}") == {"office": 1, "guide": 1}


def test_record_of_a_case_says_that_its_list_was_closed(criteria: Criteria) -> None:
    case = case_from(criteria, "trip: {alone: true}")
    made = assess(case, criteria, DAY)
    assert made.resolved["guest"].origin == "not_asked"
    assert recall(made, criteria).facts.lists["guest"] == ()
    assert explain(made, criteria).facts["guest"].origin == "not_asked"


def test_outlook_asks_whether_there_are_any_before_it_asks_who(criteria: Criteria) -> None:
    base = case_from(criteria, "trip: {alone: true}")
    after = {one.path: one.after for one in StillOpen(work(case_from(criteria, ""), criteria), base).questions}
    assert after["guest"] == ("trip.alone",)
