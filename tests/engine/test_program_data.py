"""Plain data are decided as the case that `load_case` makes of them is, and refused where it refuses them."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.engine.program import Decided, decide_only, decided_by, program_of
from risk_engine.engine.program_data import OddDataError, core_of
from risk_engine.engine.work import work
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.once import once
from risk_engine.loading.case import load_case
from risk_engine.loading.case_tests import read_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.case import Case, answer
from risk_engine.model.criteria import Criteria
from tests.engine.builder import DAY, EXAMPLES, LOAN_DESK, SHIPPED, criteria_from
from tests.engine.test_program import is_left_to_reference
from tests.strategies import PATIENT, Data, Pen, RuleSet, by_turns, cases_of, changed_cases, one_in, rule_set, rule_sets
from tests.versions import newest

CORE: Data = {"id": "c", "title": "C", "assessment_date": DAY}
GUESTS = (
    "A: {severity: {low: {some: guest, where: {fact: guest.fit, is: false}}, high: {fact: trip.days, at_least: 50}}}"
)
ODD: tuple[Any, ...] = (
    None,
    "unknown",
    "",
    "x",
    "R1",
    "mild",
    "2026-01-01",
    "2026-02-30",
    "\uff12\uff10\uff12\uff16-01-01",
    "e0",
    "e0\n",
    "\ud800",
    True,
    False,
    0,
    1,
    1.0,
    -1,
    10**30,
    DAY,
    datetime(2026, 1, 1),  # noqa: DTZ001 (as a careless caller has it)
    (),
    [],
    ["mild"],
    ("mild", "stern"),
    ["mild", "mild"],
    ["mild", None],
    ["unknown"],
    [{}],
    [{"id": "e0"}, {"id": "e0"}],
    {},
    {"x": None},
    {"x": 1},
    set(),
)
"""What may stand anywhere in a case, and what may not."""


def outcome(of: Callable[[], Any]) -> Any:
    """Return what a function returns, or what it says is wrong."""
    try:
        return of()
    except RiskEngineError as error:
        return type(error), str(error)


def quickly(data: Data, criteria: Criteria) -> Decided | None:
    """Return what the compiled checks and rules make of data; None where they leave it to `load_case`."""
    program = program_of(criteria, DAY)
    assert program is not None
    try:
        return program.decide_data(data, core_of(data, criteria), DAY)
    except OddDataError:
        return None


def agree(data: Data, criteria: Criteria) -> None:
    """Assert that the compiled checks let through only what `load_case` does, and both come to the same."""
    decided = quickly(data, criteria)
    # What is left to `load_case` is refused by it, or decided with what it returns: nothing could differ.
    if decided is not None:
        assert decided == decided_by(work(load_case(data, criteria), criteria, DAY))


WHOLE = 3


def spoilt(pen: Pen, value: Any, depth: int = WHOLE) -> Any:
    """Return data with one value somewhere that may not fit, or a key more or less."""
    if isinstance(value, dict) and value and (depth == WHOLE or (depth and not pen.chance(6))):
        key = pen.one(tuple(value))
        match pen.index(8):
            case 0:
                return {name: one for name, one in value.items() if name != key}
            case 1:
                return {**value, "x": pen.one(ODD)}
            case 2:
                return {**value, pen.one((1, "notes", "status", "controls", "evidence")): pen.one(ODD)}
            case _:
                return {**value, key: spoilt(pen, value[key], depth - 1)}
    if isinstance(value, list | tuple) and value and depth and not pen.chance(6):
        at = pen.index(len(value))
        return [spoilt(pen, one, depth - 1) if place == at else one for place, one in enumerate(value)]
    return pen.one(ODD)


@once
def known(folder: Any) -> RuleSet:
    return rule_set(read_criteria(folder))


@one_in(2)
@given(st.data())
def test_every_drawn_dictionary_is_decided_or_refused_as_its_case_is(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    for _ in range(4):
        stated = {**CORE, **data.draw(cases_of(rules.criteria))}
        agree(stated, rules.criteria)
        agree(spoilt(Pen(data.draw), stated), rules.criteria)


@PATIENT
@pytest.mark.parametrize("folder", by_turns([LOAN_DESK, SHIPPED], 2), ids=["loan-desk", "shipped"])
@given(data=st.data())
def test_spoilt_case_of_a_set_that_is_there_is_refused_alike(folder: Any, data: st.DataObject) -> None:
    rules = known(folder)
    stated = {**CORE, **data.draw(changed_cases(rules.criteria, read_cases(rules.criteria).data["base"]))}
    for _ in range(4):
        agree(spoilt(Pen(data.draw), stated), rules.criteria)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_as_json_is_decided_without_a_case_being_made(example: Any) -> None:
    # A set that asks first questions leaves to `load_case` what does not answer them.
    criteria = newest("reconnect-china@1.0.0")
    case = load_case(example, criteria)
    data = json.loads(case.model_dump_json(by_alias=True, exclude_none=True))
    assert quickly(data, criteria) is not None
    agree(data, criteria)


@one_in(2)
@given(st.data())
def test_dictionary_that_states_a_case_is_decided_without_a_case_being_made(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    stated = {**CORE, **data.draw(cases_of(rules.criteria))}
    case = rules.case(stated)
    worked = work(case, rules.criteria, DAY)
    is_left = is_left_to_reference(worked) or any(asks_first(case, one.fact) for one in rules.criteria.head.triage)
    assert quickly(stated, rules.criteria) == (None if is_left else decided_by(worked))


def asks_first(case: Case, fact: str) -> bool:
    """Return whether a first question is open: what answers say of it, `load_case` sees."""
    entity, _, short = fact.partition(".")
    return answer(getattr(case, entity), short) is None


def test_answers_that_are_no_answer_are_left_out() -> None:
    # A set that asks first questions leaves to `load_case` what does not answer them.
    criteria = newest("reconnect-china@1.0.0")
    name, entity = next((name, one) for name, one in criteria.entities.items() if one.many is None)
    for none in (None, "unknown"):
        data = {**CORE, name: dict.fromkeys(entity.facts, none)}
        assert quickly(data, criteria) is not None
        assert decide_only(data, criteria) == decide_only(CORE, criteria) == decide_only({**CORE, name: none}, criteria)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "with space"},
        {"title": ""},
        {"assessment_date": "2026-02-30"},
        {"nonsense": 1},
        {"controls": [{"id": "no-such", "status": "planned"}]},
        {"evidence": [{"kind": "k", "reference": "r", "date": date(2026, 1, 1), "for": ["no.such"]}]},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_wrong_beside_the_facts_is_said_as_load_case_says_it(wrong: Data) -> None:
    criteria = newest("reconnect-china")
    data = {**CORE, **wrong}
    assert quickly(data, criteria) is None
    said = outcome(lambda: decide_only(data, criteria))
    assert isinstance(said, tuple)
    assert said == outcome(lambda: load_case(data, criteria))


def test_list_that_nobody_answered_is_none_whatever_way_it_is_said(tmp_path: Path) -> None:
    criteria = criteria_from(tmp_path, indicators=GUESTS)
    stated = {**CORE, "trip": {"days": 0}}
    wanted = decide_only(stated, criteria)
    assert wanted.outcomes == {"A": "undetermined"}
    for none in (None, "unknown"):
        assert quickly({**stated, "guest": none}, criteria) == wanted
    assert decide_only({**stated, "guest": []}, criteria).outcomes == {"A": "absent"}


def test_row_is_taken_by_its_id_or_an_alias_or_not_at_all(tmp_path: Path) -> None:
    facts = "guest: {many: 4, facts: {home: {type: row, of: lands}, law: {type: boolean, from: home}}}"
    tables = "lands: {rows: {NO: {name: Norway, aliases: [Norge]}}, columns: {law: {values: {NO: true}}}}"
    rule = "A: {severity: {low: {some: guest, where: {fact: guest.law, is: true}}}}"
    criteria = criteria_from(tmp_path, facts=facts, tables=tables, indicators=rule)
    for home, found in (("NO", "present"), ("Norge", "present"), ("unknown", "undetermined"), (None, "undetermined")):
        decided = quickly({**CORE, "guest": [{"id": "a", "home": home}]}, criteria)
        assert decided is not None
        assert decided.outcomes == {"A": found}
    for wrong in ("SE", 1, ["NO"]):
        assert quickly({**CORE, "guest": [{"id": "a", "home": wrong}]}, criteria) is None


def test_another_mapping_than_a_dictionary_is_read_as_load_case_reads_it(tmp_path: Path) -> None:
    criteria = criteria_from(tmp_path, indicators=GUESTS)
    assert decide_only(MappingProxyType(CORE), criteria) == decide_only(CORE, criteria)


def test_answer_to_a_question_that_another_closes_counts_as_by_the_reference(tmp_path: Path) -> None:
    facts = """
        trip:
          facts:
            risky: {type: boolean}
            depth: {type: integer, range: [0, 9], ask_when: {fact: trip.risky, is: true}, otherwise: 0}
    """
    criteria = criteria_from(tmp_path, facts=facts, indicators="A: {severity: {low: {fact: trip.depth, at_least: 3}}}")
    found = decide_only({**CORE, "trip": {"risky": False, "depth": 3}}, criteria)
    assert found.findings["A"].inherent == "low"
    agree({**CORE, "trip": {"risky": False, "depth": 3}}, criteria)


@pytest.mark.parametrize(
    "stated",
    [
        {"trip": {"risky": 1}},
        {"trip": {"pace": "fast"}},
        {"trip": {"days": 100}},
        {"trip": {"days": 1.0}},
        {"trip": {"starts": "2026-02-30"}},
        {"trip": {"starts": "soon"}},
        {"trip": {"gear": ["rope", "rope"]}},
        {"trip": {"gear": ["spade"]}},
        {"trip": {"gear": "rope"}},
        {"trip": {"x": 1}},
        {"trip": []},
        {"trip": "yes"},
        {"guest": {}},
        {"guest": [{"id": name} for name in "abcde"]},
        {"guest": [{"id": "a"}, {"id": "a"}]},
        {"guest": [{"id": "A"}]},
        {"guest": [{"fit": True}]},
        {"guest": ["a"]},
        {"guest": [{"id": "a", "called": 1}]},
    ],
    ids=str,
)
def test_fact_that_is_stated_wrongly_is_said_as_load_case_says_it(tmp_path: Path, stated: Data) -> None:
    criteria = criteria_from(tmp_path, indicators=GUESTS)
    data = {**CORE, **stated}
    assert quickly(data, criteria) is None
    said = outcome(lambda: decide_only(data, criteria))
    assert isinstance(said, tuple)
    assert said == outcome(lambda: load_case(data, criteria))


def test_fact_of_every_type_is_taken_as_load_case_takes_it(tmp_path: Path) -> None:
    criteria = criteria_from(tmp_path, indicators=GUESTS)
    trip = {"risky": True, "pace": "calm", "days": 99, "starts": "2026-03-01", "gear": ["axe", "rope"]}
    others: tuple[Data, ...] = (
        {},
        {"starts": DAY},
        {"gear": []},
        {"gear": "unknown"},
        {"starts": "unknown"},
        {"days": "unknown"},
    )
    for changed in others:
        data = {
            **CORE,
            "trip": {**trip, **changed},
            "guest": [{"id": "a", "called": "Zo\u00eb", "fit": False}, {"id": "b", "called": "unknown"}],
        }
        assert quickly(data, criteria) is not None
        agree(data, criteria)


def test_findings_of_more_cases_than_are_kept_are_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("risk_engine.engine.program_results.SEEN", 1)
    criteria = criteria_from(tmp_path, indicators=GUESTS)
    for fit in (True, False, "unknown", False, True):
        agree({**CORE, "guest": [{"id": "a", "fit": fit}]}, criteria)
