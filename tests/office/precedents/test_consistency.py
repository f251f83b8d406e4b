"""Decided cases that do not go together: the same was found, they were decided otherwise."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

from risk_engine.model.criteria import Criteria
from risk_engine.office.precedents.consistency import Consistency, consistency
from risk_engine.office.precedents.precedent import Precedent
from tests.office.precedents.cases import MILITARY_CHIPS, assessed, criteria, decided

MILD: dict[str, Any] = {
    "levels": (("measure", "regulation"), ("start_gate", "conditional")),
    "reason": "The group works behind a wall.",
}


def criteria_of(_one: Precedent) -> Criteria:
    return criteria()


def checked(*precedents: Precedent) -> Consistency:
    return consistency(precedents, criteria_of)


def chips(case_id: str, changes: dict[str, Any] | None = None, **said: Any) -> Precedent:
    return decided(assessed(case_id, {**MILITARY_CHIPS, **(changes or {})}), **said)


def test_the_same_findings_and_two_decisions_are_found_with_what_else_differs() -> None:
    other = chips("b", {"funding.national.share_of_group_pct": 5}, **MILD)
    found = checked(chips("a"), other, decided(assessed("humanities")))
    (one,) = found.inconsistent
    # By hand: SEC-08 is critical in both; restriction is two levels above advice, regulation one.
    assert dict(one.found.findings) == {"SEC-08": "critical"}
    assert [(way.measures["measure"], [case.id for case in way.cases]) for way in one.ways] == [
        ("restriction", ["a"]),
        ("regulation", ["b"]),
    ]
    assert one.gap[:2] == (1, 1), "one level of the measure, one of the start"
    assert [(each.fact, each.one, each.other) for each in one.facts] == [("funding.share_of_group_pct", (25,), (5,))]
    assert one.without_reason == ()
    assert (found.compared, found.alike) == (3, 2)


def test_who_decided_can_be_asked_and_who_gave_no_reason_is_named() -> None:
    silent = replace(chips("b", **MILD), text=None)
    (one,) = checked(chips("a"), chips("c"), silent).inconsistent
    assert one.without_reason == ("b",), "the others were decided as proposed"
    assert {case.decided_by for way in one.ways for case in way.cases} == {"A. Vogel, Head of the office"}
    (even,) = checked(replace(chips("a"), text=None), chips("b", **MILD)).inconsistent
    assert even.without_reason == ("a",), "as many went each way: neither is the usual one"


def test_another_severity_another_control_or_the_same_decision_is_no_contradiction() -> None:
    mild = chips("b", **MILD)
    assert checked(chips("a"), chips("b")).inconsistent == ()
    assert checked(chips("a"), replace(mild, severities={"SEC-08": "high"})).inconsistent == ()
    assert checked(chips("a"), replace(mild, controls=("CTL-14",))).inconsistent == ()
    assert checked(chips("a"), replace(mild, undetermined=("SEC-24",))).inconsistent == ()
    assert checked(chips("a"), replace(mild, set_id="loan-desk")).inconsistent == ()


def test_decisions_that_do_not_count_are_left_out() -> None:
    mild = chips("b", **MILD)
    assert checked(chips("a"), replace(mild, stands="superseded")).inconsistent == ()
    assert checked(chips("a"), replace(mild, office="north")).inconsistent == ()
    assert checked(chips("a"), replace(mild, stands="earlier")).inconsistent != (), "it was decided all the same"


def test_what_another_version_explains_is_told_apart() -> None:
    then = replace(chips("b", **MILD), set_version="1.0.0")
    found = checked(chips("a"), then)
    assert found.inconsistent == ()
    (one,) = found.by_version
    assert [(version, [case.id for case in way.cases]) for version, way in one.versions] == [
        ("1.0.0", ["b"]),
        ("2.1.0", ["a"]),
    ]
    assert checked(chips("a"), replace(chips("b"), set_version="1.0.0")).by_version == ()


def test_the_widest_gap_comes_first() -> None:
    harmless = decided(assessed("z1"))
    stricter = decided(assessed("z2"), levels=(("measure", "restriction"),), reason="Not with this house.")
    found = checked(chips("a"), chips("b", **MILD), harmless, stricter)
    assert [one.gap[0] for one in found.inconsistent] == [2, 1]
    assert [case.id for case in found.inconsistent[0].between] == ["z2", "z1"]


def test_the_order_of_the_register_and_names_change_nothing() -> None:
    cases = [chips("a"), chips("b", **MILD), chips("c"), replace(chips("d", **MILD), set_version="1.0.0")]
    assert len({str(checked(*order)) for order in permutations(cases)}) == 1
    renamed = chips("b", {"partner.valmarina.name": "Another"}, **MILD)
    as_it_is, after = (checked(chips("a"), one).inconsistent[0] for one in (cases[1], renamed))
    assert (as_it_is.facts, as_it_is.gap) == (after.facts, after.gap) == ((), as_it_is.gap)


def test_without_the_criteria_levels_are_told_by_name() -> None:
    found = consistency([chips("a"), chips("b", **MILD)], lambda _one: None)
    assert {way.measures["measure"] for way in found.inconsistent[0].ways} == {"restriction", "regulation"}


def test_one_case_decided_twice_on_the_same_assessment_is_no_precedent_of_itself() -> None:
    first = replace(chips("a"), stands="superseded")
    again = chips("a", on=date(2026, 12, 9), **MILD)
    assert checked(first, again).inconsistent == ()
