"""What the set promises where every partner is inside the EU names each indicator about leaving it, and is proved."""

from datetime import date

import pytest
from pydantic import TypeAdapter

from risk_engine.audit.proofs.prove import prove
from risk_engine.loading.case_tests import base_case
from risk_engine.model.conditions import Compare, Condition, facts_in, leaves
from risk_engine.model.criteria import Criteria
from risk_engine.model.references import conditions_of
from tests.strategies import by_turns
from tests.versions import newest

CRITERIA = newest("reconnect-china")
DAY = date(2027, 1, 15)
"""A day on which the newest version is in force."""
BASE = base_case(CRITERIA)[1]

# Read from the text of all 63, one by one (docs/decisions/0034). What leaves the EU, or who gets it, through a partner:
THROUGH_A_PARTNER = {
    *("SEC-07", "SEC-08", "SEC-09", "SEC-10", "SEC-12", "SEC-13", "SEC-19", "SEC-22"),
    *("COM-11", "COM-12", "COM-14", "COM-15", "COM-18", "COM-19", "COM-20", "ETH-04", "ETH-07", "ETH-08"),
}
# An answer of its own names a place or a taker outside, whoever the partners are:
NAMED_BY_AN_ANSWER = {"SEC-03", "SEC-04", "SEC-06", "COM-03"}
# An authority's notice and what a team knows bind everywhere; only its embargo needs a place or partner outside:
EMBARGO = {"SEC-05"}
# Only a part asks who or what is outside. A sign of weapons that nobody explains counts everywhere (SEC-24), and so
# does a tool that sorts people by what they believe, most of all in the hands of a police (ETH-05).
IN_PART = {"SEC-24", "ETH-05"}

SAYS_IN_OR_OUT = {
    *("partner.in_eu27", "partner.in_eea", "partner.preapproved", "partner.adequacy", "partner.arms_embargo"),
    *("activity.place_in_eu27", "activity.place_arms_embargo"),
}


def named(promise: str) -> set[str]:
    """Return the indicators that a promise about results names."""
    told = CRITERIA.invariants.results[promise].then
    found = set()
    for leaf, _inside in leaves(told, CRITERIA.definitions):
        if isinstance(leaf, Compare) and leaf.fact == "finding.id":
            value = leaf.operand
            found |= set(value) if isinstance(value, tuple) else {str(value)}
    return found


def test_the_promises_name_what_the_catalogue_says_of_leaving_the_eu() -> None:
    assert named("INV-R10") == THROUGH_A_PARTNER
    assert named("INV-R11") == NAMED_BY_AN_ANSWER
    assert named("INV-R12") == EMBARGO
    assert named("INV-R4") == NAMED_BY_AN_ANSWER - {"COM-03"}


def test_no_indicator_that_asks_whether_somebody_or_something_is_outside_is_left_out() -> None:
    asking = {
        name
        for name, one in CRITERIA.indicators.items()
        if any(facts_in(condition, CRITERIA.definitions) & SAYS_IN_OR_OUT for condition in conditions_of(one))
    }
    assert asking == (THROUGH_A_PARTNER | NAMED_BY_AN_ANSWER | EMBARGO | IN_PART) - {"COM-03"}


def refuted(criteria: Criteria) -> set[str]:
    report = prove(criteria, BASE, DAY, only={"promises"})
    assert {one.status for one in report.claims} <= {"proved", "refuted"}
    return {one.subject for one in report.claims if one.status == "refuted"}


ANSWERED = {
    "some": "partner",
    "where": {"any_of": ({"fact": "partner.in_eea", "is": True}, {"fact": "partner.in_eea", "is": False})},
}


BROKEN = {
    "partner_not_preapproved": {"INV-R5", "INV-R7", "INV-R10"},
    "partner_without_adequacy": {"INV-R6", "INV-R10"},
    "leaves_the_eu": {"INV-R4", "INV-R11"},
}
"""What breaks where a rule no longer asks who is outside."""


def without(definition: str) -> Criteria:
    """Return the set with a rule that asks no more who is outside."""
    changed = {definition: TypeAdapter[Condition](Condition).validate_python(ANSWERED)}
    return CRITERIA.model_copy(update={"definitions": {**CRITERIA.definitions, **changed}})


@pytest.mark.nightly  # a release proves them before it locks the set
def test_the_promises_hold() -> None:
    assert refuted(CRITERIA) == set()


@pytest.mark.parametrize("definition", by_turns(BROKEN, 3, pytest.mark.long))
def test_a_promise_breaks_where_a_rule_no_longer_asks_who_is_outside(definition: str) -> None:
    results = {name: one for name, one in CRITERIA.invariants.results.items() if name in BROKEN[definition]}
    promised = CRITERIA.invariants.model_copy(update={"results": results, "alone": {}, "same": {}})
    assert refuted(without(definition).model_copy(update={"invariants": promised})) == BROKEN[definition]


@pytest.mark.nightly
def test_no_other_promise_breaks_with_it() -> None:
    definition = "partner_not_preapproved"
    assert refuted(without(definition)) == BROKEN[definition]
