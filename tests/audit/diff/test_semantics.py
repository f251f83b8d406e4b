"""What a change of criteria means: milder, looser, stricter, skipping, opening, over all cases (issue 6)."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from risk_engine.audit.diff.semantics import meaning
from risk_engine.audit.diff.targets import Target
from risk_engine.audit.mutants.every import mutants
from risk_engine.engine.work import work
from risk_engine.files.diagnostics import NotInForceError, RiskEngineError
from risk_engine.model.case import Case, case_model
from risk_engine.model.changes import Direction, Meaning, Shift
from risk_engine.model.criteria import Criteria
from risk_engine.solver.space import Limits
from tests.engine.builder import DAY, criteria_from
from tests.strategies import cases_of, few_now, rule_sets

FACTS = """
    trip:
      facts:
        pace: {type: choice, options: [calm, brisk, wild], riskier: later}
        days: {type: integer, range: [0, 99], riskier: higher}
    guest:
      many: 4
      facts:
        fit: {type: boolean, riskier: false}
"""
WILD = "{severity: {moderate: {fact: trip.pace, at_least: brisk}, critical: {fact: trip.pace, is: wild}}}"
LONG = "{severity: {high: {fact: trip.days, at_least: 30}}}"
BASE = {"trip": {"pace": "calm", "days": 1}, "guest": ({"id": "g", "fit": True},)}


CONTROLLED = "{severity: {high: {fact: trip.pace, is: wild}}, controls: [{all: [C], residual: low%s}]}"


def test_that_evidence_of_a_kind_is_no_longer_needed_is_milder(tmp_path: Path) -> None:
    before, after = (
        criteria_from(
            tmp_path / name,
            facts=FACTS,
            controls="C: {}",
            head="evidence_kinds: {licence: A licence}",
            indicators=f"A: {CONTROLLED % needs}",
        )
        for name, needs in (("before", ", needs: [licence]"), ("after", ""))
    )
    found = meaning(before, after, base_of(before), Limits(), DAY)
    milder = [one.example for one in found.shifts if one.direction == "milder" and one.example is not None]
    assert [(one.in_place, one.kinds) for one in milder][:1] == [(("C",), {"C": ()})]
    back = meaning(after, before, base_of(after), Limits(), DAY)
    assert {one.direction for one in back.shifts if one.example is not None} == {"stricter"}


def toy(folder: Path, facts: str = FACTS, **indicators: str) -> Criteria:
    return criteria_from(
        folder, facts=facts, indicators="\n".join(f"{name}: {one}" for name, one in indicators.items())
    )


def base_of(criteria: Criteria, **stated: Any) -> Case:
    return case_model(criteria).model_validate({"id": "b", "title": "B", "assessment_date": DAY, **BASE, **stated})


def compared(before: Criteria, after: Criteria) -> Meaning:
    return meaning(before, after, base_of(before), Limits(), DAY)


def test_a_base_case_that_the_later_version_cannot_read_is_compared_all_the_same(tmp_path: Path) -> None:
    before = toy(tmp_path / "a", WILD=WILD)
    known = FACTS.replace("options: [calm, brisk, wild]", "options: [brisk, wild]")
    after = toy(tmp_path / "b", known, WILD="{severity: {critical: {fact: trip.pace, is: wild}}}")
    found = compared(before, after)
    assert shift(found, "WILD", "milder", "finding_severity").status == "refuted"


def shift(found: Meaning, name: str, direction: Direction, of: str = "ladder") -> Shift:
    return next(one for one in found.shifts if (one.of, one.name, one.direction) == (of, name, direction))


def test_the_same_rules_said_otherwise_are_a_patch(tmp_path: Path) -> None:
    before = toy(tmp_path / "a", WILD=WILD, LONG="{severity: {high: {not: {fact: trip.days, at_most: 29}}}}")
    after = toy(tmp_path / "b", WILD=WILD, LONG=LONG)
    found = compared(before, after)
    assert found.is_equal
    assert found.required.bump == "patch"
    assert all(one.status == "proved" for one in found.shifts)


def test_a_lower_threshold_is_stricter_and_nowhere_milder(tmp_path: Path) -> None:
    before = toy(tmp_path / "a", LONG=LONG)
    after = toy(tmp_path / "b", LONG=LONG.replace("30", "20"))
    found = compared(before, after)
    assert shift(found, "measure", "milder").status == "proved"
    stricter = shift(found, "measure", "stricter")
    assert stricter.status == "refuted"
    assert stricter.example is not None
    # The smallest: one answer, and of the numbers that show it the first.
    assert stricter.example.given == {"trip.days": 20}
    assert (stricter.before, stricter.after) is not None
    assert stricter.before is not None
    assert stricter.after is not None
    assert (stricter.before.level, stricter.after.level) == ("advice", "regulation")
    assert stricter.because == ("indicator LONG severity.high.at_least changed",) or len(stricter.because) == 1
    assert found.required.bump == "minor"


def test_a_higher_threshold_is_milder_and_needs_a_major_number(tmp_path: Path) -> None:
    found = compared(toy(tmp_path / "a", LONG=LONG), toy(tmp_path / "b", LONG=LONG.replace("30", "31")))
    milder = shift(found, "measure", "milder")
    assert milder.status == "refuted"
    assert milder.example is not None
    assert milder.example.given == {"trip.days": 30}
    assert shift(found, "measure", "stricter").status == "proved"
    assert found.required.bump == "major"


def test_a_level_can_be_skipped(tmp_path: Path) -> None:
    before = toy(tmp_path / "a", LONG=LONG)
    after = toy(tmp_path / "b", LONG=LONG, WILD="{severity: {critical: {fact: trip.pace, is: wild}}}")
    found = compared(before, after)
    skips = shift(found, "measure", "skips")
    assert skips.example is not None
    assert skips.example.given == {"trip.pace": "wild"}
    assert skips.before is not None
    assert skips.after is not None
    assert (skips.before.level, skips.after.level) == ("advice", "restriction")


def test_a_new_question_leaves_decided_cases_open_and_is_minor(tmp_path: Path) -> None:
    before = toy(tmp_path / "a", LONG=LONG)
    asks = FACTS.replace("days:", "armed: {type: boolean, riskier: true}\n        days:")
    after = toy(tmp_path / "b", facts=asks, LONG=LONG, ARMED="{severity: {critical: {fact: trip.armed, is: true}}}")
    found = compared(before, after)
    assert found.new_facts == ("trip.armed",)
    opens = shift(found, "measure", "opens")
    assert opens.status == "refuted"
    assert opens.example is not None
    assert opens.example.given == {}  # the base case itself
    assert shift(found, "measure", "milder").status == "proved"
    stricter = shift(found, "measure", "stricter")
    assert stricter.answers_new
    assert stricter.example is not None
    assert stricter.example.given == {"trip.armed": True}
    assert found.required.bump == "minor"


def test_a_question_that_is_gone_is_major_also_where_no_rule_read_it(tmp_path: Path) -> None:
    more = FACTS.replace("days:", "armed: {type: boolean, riskier: true}\n        days:")
    found = compared(toy(tmp_path / "a", facts=more, LONG=LONG), toy(tmp_path / "b", LONG=LONG))
    assert found.gone_facts == ("trip.armed",)
    assert found.required.bump == "major"
    assert "trip.armed" in found.required.why


@pytest.mark.nightly
def test_what_is_milder_only_with_an_answer_to_a_question_that_is_gone_is_found(tmp_path: Path) -> None:
    more = FACTS.replace("days:", "armed: {type: boolean, riskier: true}\n        days:")
    before = toy(tmp_path / "a", facts=more, LONG=LONG, ARMED="{severity: {critical: {fact: trip.armed, is: true}}}")
    found = compared(before, toy(tmp_path / "b", LONG=LONG))
    milder = shift(found, "measure", "milder")
    assert milder.status == "refuted"
    assert milder.example is not None


def test_a_fact_of_another_type_is_an_error(tmp_path: Path) -> None:
    other = FACTS.replace("{type: integer, range: [0, 99], riskier: higher}", "{type: boolean, riskier: true}")
    after = toy(tmp_path / "b", facts=other, LONG="{severity: {high: {fact: trip.days, is: true}}}")
    with pytest.raises(RiskEngineError, match=r"`trip\.days` changed type"):
        compared(toy(tmp_path / "a", LONG=LONG), after)


def test_a_change_that_makes_nothing_alone_is_told_together(tmp_path: Path) -> None:
    # Alone each lowers one of two conditions that both must hold.
    rule = "{severity: {high: {all_of: [{fact: trip.days, at_least: %s}, {fact: trip.pace, at_least: %s}]}}}"
    before, after = toy(tmp_path / "a", R=rule % (30, "wild")), toy(tmp_path / "b", R=rule % (20, "brisk"))
    found = compared(before, after)
    stricter = shift(found, "measure", "stricter")
    assert stricter.status == "refuted"


@pytest.mark.nightly
def test_a_provisional_rule_that_is_gone_is_milder_though_the_range_stays(tmp_path: Path) -> None:
    before = toy(tmp_path / "a", LONG=LONG)
    ladder = before.ladders["measure"]
    without = ladder.model_copy(update={"rules": tuple(one for one in ladder.rules if not one.provisional)})
    after = before.model_copy(update={"ladders": {**before.ladders, "measure": without}})
    milder = shift(compared(before, after), "measure", "milder")
    assert milder.status == "refuted"
    assert milder.before is not None
    assert milder.after is not None
    assert (milder.before.level, milder.after.level) == ("regulation", "advice")


@pytest.mark.nightly
def test_a_finding_that_changes_no_decision_is_told_and_still_a_patch(tmp_path: Path) -> None:
    # A moderate finding alone makes neither a band nor a rule: advice before and after.
    before = toy(tmp_path / "a", BRISK="{severity: {low: {fact: trip.pace, is: brisk}}}")
    after = toy(tmp_path / "b", BRISK="{severity: {moderate: {fact: trip.pace, is: brisk}}}")
    found = compared(before, after)
    told = {(one.of, one.name, one.direction) for one in found.findings()}
    assert told == {("finding_severity", "BRISK", "stricter"), ("finding_residual", "BRISK", "stricter")}
    assert found.is_equal
    assert found.required.bump == "patch"


@few_now(3, 10)
@given(st.data())
def test_no_case_comes_out_otherwise_than_a_proof_says(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    changes = list(mutants(rules.criteria))
    after = data.draw(st.sampled_from(changes)).criteria
    stated = data.draw(cases_of(rules.criteria))
    try:
        found = meaning(rules.criteria, after, rules.case({}), Limits(entries=2), DAY)
    except NotInForceError:
        assume(False)  # a change that no loader would take: a parameter begins too late for a rule that reads it
    proved = {(one.name, one.direction) for one in found.ladders() if one.status == "proved"}
    later = case_model(after)
    try:
        one = work(rules.case(stated), rules.criteria, DAY)
        other = work(later.model_validate({"id": "c", "title": "C", "assessment_date": DAY, **stated}), after, DAY)
    except (RiskEngineError, ValueError):
        assume(False)
    for name in rules.criteria.ladders:
        before, now = Target("ladder", name).places(one), Target("ladder", name).places(other)
        if any(new > old for old, new in zip(before, now, strict=True)):
            assert name == "escalation" or not {(name, "stricter"), (name, "tighter"), (name, "looser")} <= proved
        if now[-1] > before[-1]:
            assert (name, "stricter") not in proved
        if now[-1] < before[-1]:
            assert (name, "milder") not in proved
        if now[:-1] < before[:-1] and now[-1] >= before[-1] and now[0] < before[0]:
            assert not {(name, "milder"), (name, "looser")} <= proved
