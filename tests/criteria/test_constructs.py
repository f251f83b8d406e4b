"""The shipped set uses every construct of the language, so that none exists on paper only."""

from pathlib import Path

import pytest

from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.model.conditions import OPERATION_KEYS, OPS
from tests.criteria.constructs import language, used_in
from tests.versions import newest

ROOT = Path(__file__).parents[2]

NEVER_NEEDED = {
    # It stands there if nothing is written, so nobody writes it.
    "FactInvariant.whenever: always",
    "ResultInvariant.whenever: always",
    "AloneInvariant.whenever: always",
    # An option that leaves the highest severity lowers nothing.
    "Option.residual: critical",
    # An office that tells outsiders more than it must; the examples tell no more than that.
    "Disclosure.findings: shown",
    "Disclosure.persons: shown",
}
NOT_IN_THIS_DOMAIN = {
    # No fact about a cooperation is riskier in this direction; the loan desk has one of each.
    "ChoicesFact.riskier: fewer",
    "DateFact.riskier: earlier",
    "IntegerFact.riskier: lower",
    # It rates by severity; the score sheet of a school adds points up.
    "Indicator.points",
    *(f"Indicator.points: {severity}" for severity in ("low", "moderate", "high", "critical")),
    "Dimension.sums",
}

# What the first version of the set is written in, and 2.0.0 says in other words.
OF_THE_FIRST_VERSION = {"Source.verified", "Citation.verified"}
# Words for what a set renames or lets go: 2.0.0 has one of each that it needed. Each has a test of its own.
OF_LATER_VERSIONS = {
    *("Entity.was", "Control.was", "Indicator.was", "FormerName", "FormerName.until", "FormerFact.until"),
    *("Control.deprecated", "Indicator.deprecated", "Deprecation.instead"),
    *("ChoiceFact.deprecated_options", "ChoicesFact.deprecated_options"),
    # A citation is graded where it was read less well than its source; where an account was read, the source says so.
    "Citation.grade: account",
}
UNUSED = NEVER_NEEDED | NOT_IN_THIS_DOMAIN | OF_THE_FIRST_VERSION | OF_LATER_VERSIONS


def test_the_shipped_set_uses_every_construct_of_the_language() -> None:
    criteria = newest("reconnect-china")
    profiles = [load_profile(path, criteria) for path in sorted((ROOT / "examples" / "profiles").glob("*.yaml"))]
    missing = language() - used_in(criteria, *profiles)
    unexpected = sorted(missing - UNUSED)
    assert unexpected == [], f"reconnect-china (with the profiles of examples/) never uses: {', '.join(unexpected)}"
    needless = sorted(UNUSED - missing)
    assert needless == [], f"used now, so take it out of the exemptions: {', '.join(needless)}"


@pytest.mark.nightly
def test_the_first_version_is_written_in_what_the_newest_no_longer_is() -> None:
    assert OF_THE_FIRST_VERSION - used_in(newest("reconnect-china@1.0.0")) == set()


def test_what_this_domain_does_not_need_the_foreign_sets_use() -> None:
    foreign = [load_criteria(str(ROOT / "tests" / "sets" / name)) for name in ("loan-desk", "field-trips")]
    assert NOT_IN_THIS_DOMAIN - used_in(*foreign) == set()


def test_the_walk_finds_every_node_and_key() -> None:
    found = language()
    assert len(OPS) == 6
    assert len(OPERATION_KEYS) == 13
    assert {
        *("AllOf", "AnyOf", "Not", "Is", "OneOf", "AtLeast", "AtMost", "Includes", "IncludesAny", "Holds"),
        *("Some", "Every", "Count", "Count.at_least", "Count.at_most", "ParameterRef", "DatedValue.until"),
        *("Column.otherwise", "Fact.ask_when", "Fact.confidential", "Rule.provisional", "KnockOuts.policy"),
        *("AwarenessRule.kind: benefit", "Source.kind: eu_law", "Profile.policy_knock_outs_off", "Period.until"),
        *("Indicator.effective", "Roles.escalation", "SetHead.four_eyes", "Level.equals", "Option.when"),
    } <= found
    # What every record has is no choice of an author.
    assert "Indicator.title" not in found
