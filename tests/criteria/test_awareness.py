"""What the newest version tells people: each rule on its days only, with dates for the next look, without any say."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from risk_engine.audit.cases import FILE, result_of
from risk_engine.files.source import read
from risk_engine.loading.case_tests import stated_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import versions
from risk_engine.loading.validate import validated
from risk_engine.model.companion_files import CaseTests
from risk_engine.model.conditions import ConditionOrAlways, facts_in
from risk_engine.model.criteria import Criteria, knock_out_conditions, severity_conditions
from risk_engine.model.explanation import Explanation
from risk_engine.model.facts import RowFact, TextFact
from tests.told import assess_told

FOLDER = versions("reconnect-china")[-1].path
CRITERIA = read_criteria(FOLDER)
EDGES = [
    pytest.param(
        *(name, edge, days), id=f"{name} {edge} {days:+} day", marks=() if place % 5 == 0 else pytest.mark.nightly
    )
    for place, (name, edge, days) in enumerate(
        (name, edge, days)
        for name, rule in CRITERIA.awareness.items()
        for edge in ("from_", "until")
        if getattr(rule.effective, edge) is not None
        for days in (-1, 1)
    )
]


@cache
def stated() -> dict[str, tuple[Any, Any]]:
    document = read(FOLDER / FILE, nulls=True)
    tests = validated(CaseTests, document.data, document, (), [])
    assert tests is not None
    found: Any = stated_cases(CRITERIA, document, tests)
    return {test.name: (test, case) for _, test, case in found}


def assessed(name: str) -> Explanation:
    test, case = stated()[name]
    return assess_told(case, CRITERIA, test.on)


# --- each rule on its days only ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "edge", "days"), EDGES)
def test_a_rule_that_begins_or_ends_a_day_off_turns_a_case_red(name: str, edge: str, days: int) -> None:
    rule = CRITERIA.awareness[name]
    right = getattr(rule.effective, edge)
    off = rule.model_copy(update={"effective": rule.effective.model_copy(update={edge: right + timedelta(days=days)})})
    changed = CRITERIA.model_copy(update={"awareness": {**CRITERIA.awareness, name: off}})
    # Only on the day before and on the day itself can it make a difference.
    near = [one for one in stated().values() if one[0].on in {right, right - timedelta(days=1)}]
    assert any(result_of(test, case, changed, "").differences for test, case in near), (
        f"no case on {right} or the day before needs {name} to be in force as it is"
    )


def test_every_rule_is_expected_in_one_case_and_kept_out_of_another() -> None:
    expected = [set(test.expect.awareness) for test, _ in stated().values() if test.expect.awareness is not None]
    for name, rule in CRITERIA.awareness.items():
        assert any(name in one for one in expected), f"no case expects {name}"
        if rule.when != "always":
            assert not all(name in one for one in expected), f"no case keeps {name} out"


def test_every_rule_of_another_state_cites_its_law() -> None:
    for name, rule in CRITERIA.awareness.items():
        if rule.kind == "foreign_rule":
            assert rule.effective.from_ is not None, name
            assert any(CRITERIA.sources[one.id].kind == "foreign_law" for one in rule.sources), name


def test_every_ground_of_the_brief_has_advice_of_its_own() -> None:
    of_a_finding = {"finding.ground", "finding.outcome"}
    advice = [
        rule.when
        for rule in CRITERIA.awareness.values()
        if rule.kind == "advice" and set(read_by(rule.when, CRITERIA)) == of_a_finding
    ]
    assert len(advice) == len(CRITERIA.head.grounds)


# --- when to look again -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "due"),
    [
        # Assessed on 15 December 2026: a year later, half a year where conditions bind.
        ("Base", date(2027, 12, 15)),
        ("AW-19 While the start is barred", date(2027, 6, 15)),
        ("C05b Lung imaging AI, federated design", date(2027, 6, 15)),
        ("C12 Number theory with a defence-linked university", date(2027, 12, 15)),
    ],
)
def test_what_compares_two_dates_is_a_reminder_with_a_day(name: str, due: date) -> None:
    got = assessed(name)
    assert got.review_due == due
    reminders = {one.id: one.due for one in got.awareness if one.kind == "monitoring"}
    assert reminders == dict.fromkeys(("AW-04", "AW-05", "AW-06", "AW-07"), due)


# --- benefit and necessity --------------------------------------------------------------------------------------------


def read_by(condition: ConditionOrAlways, criteria: Criteria) -> Iterator[str]:
    if condition != "always":
        yield from facts_in(condition, criteria.definitions)


def deciding(criteria: Criteria) -> Iterator[str]:
    """Yield the facts that anything reads which a level or a bar can hang on."""
    for indicator in criteria.indicators.values():
        for _, condition in (*severity_conditions(indicator), *knock_out_conditions(indicator)):
            yield from read_by(condition, criteria)
        for option in indicator.controls:
            yield from read_by(option.when or "always", criteria)
    for ladder in criteria.ladders.values():
        for rule in ladder.rules:
            yield from read_by(rule.when, criteria)
    for entity in criteria.entities.values():
        for fact in entity.facts.values():
            if not isinstance(fact, RowFact | TextFact):
                yield from read_by(fact.ask_when or "always", criteria)


def test_nothing_that_decides_reads_benefit_or_necessity() -> None:
    weighed = {*CRITERIA.head.roles.benefit, *CRITERIA.head.roles.necessity}
    assert weighed == {"collaboration.public_benefit", "collaboration.necessity"}
    assert weighed.isdisjoint(deciding(CRITERIA))
    told = {fact for rule in CRITERIA.awareness.values() for fact in read_by(rule.when, CRITERIA)}
    assert weighed <= told


def test_benefit_and_necessity_change_no_finding_and_no_level() -> None:
    with_both, without = assessed("AW-08 and AW-09 lift no knock-out"), assessed("SEC-01 critical")
    assert with_both.proposals == without.proposals
    assert [(one.id, one.residual, one.knock_out) for one in with_both.findings] == [
        (one.id, one.residual, one.knock_out) for one in without.findings
    ]
    assert [one.shown for one in with_both.benefits] != [one.shown for one in without.benefits]
