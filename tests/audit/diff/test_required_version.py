"""What asks less care of people is major though no level shows it, and when a committee that is not called counts."""

from pathlib import Path
from typing import Any

import pytest

from risk_engine.audit.diff.semantics import meaning
from risk_engine.model.case import case_model
from risk_engine.model.changes import Meaning
from risk_engine.model.criteria import Criteria
from tests.engine.builder import DAY, LADDERS, criteria_from

FACTS = "{trip: {facts: {days: {type: integer, range: [0, 20], riskier: higher}}}}"
LONG = "LONG: {severity: {%s: {fact: trip.days, at_least: 8}}}"
TOGETHER = "four_eyes: [{ladder: measure, level: restriction}]"
SOON = LADDERS.replace("regulation: {review_months: 6}", "regulation: {review_months: 3}")
BY_PARAMETER = LADDERS.replace("regulation: {review_months: 6}", "regulation: {review_months: {parameter: look}}")
LIMIT = "{look: {adjustable: %s, values: [{value: 6}]}}"
CALLED = "{level: committee, when: {some: finding, where: {fact: finding.residual, is: high}}}"
COMMITTEE = LADDERS.replace("      otherwise: none", f"        - {CALLED}\n      otherwise: none")


def toy(folder: Path, severity: str = "high", **files: str) -> Criteria:
    return criteria_from(folder, facts=FACTS, indicators=LONG % severity, **files)


def compared(before: Criteria, after: Criteria) -> Meaning:
    data: dict[str, Any] = {"id": "b", "title": "B", "assessment_date": DAY, "trip": {"days": 1}}
    return meaning(before, after, case_model(before).model_validate(data), on=DAY)


@pytest.mark.parametrize(
    ("stronger", "weaker", "less", "more"),
    [
        (
            {"head": TOGETHER},
            {},
            "two people need no longer decide measure: restriction together",
            "two people must decide measure: restriction together",
        ),
        (
            {"ladders": SOON},
            {},
            "measure: regulation is looked at again later",
            "measure: regulation is looked at again sooner",
        ),
        (
            {"ladders": BY_PARAMETER, "parameters": LIMIT % "true"},
            {"ladders": BY_PARAMETER, "parameters": LIMIT % "false"},
            "a profile can no longer change `look`",
            "a profile can now change `look`",
        ),
    ],
    ids=["four eyes", "review", "profile"],
)
def test_less_care_is_major_and_more_is_minor_though_every_case_is_decided_alike(
    tmp_path: Path, stronger: dict[str, str], weaker: dict[str, str], less: str, more: str
) -> None:
    before, after = toy(tmp_path / "a", **stronger), toy(tmp_path / "b", **weaker)
    found = compared(before, after)
    assert (found.is_equal, found.required.bump, found.required.why) == (True, "major", less)
    back = compared(after, before)
    assert (back.is_equal, back.required.bump, back.required.why) == (True, "minor", more)


def test_a_review_that_comes_later_only_after_a_date_is_found_on_that_date(tmp_path: Path) -> None:
    dated = "{look: {values: [{value: 6, until: 2027-01-01}, {value: %s, from: 2027-01-01}]}}"
    before = toy(tmp_path / "a", ladders=BY_PARAMETER, parameters=dated % 6)
    after = toy(tmp_path / "b", ladders=BY_PARAMETER, parameters=dated % 9)
    data: dict[str, Any] = {"id": "b", "title": "B", "assessment_date": DAY, "trip": {"days": 1}}
    found = meaning(before, after, case_model(before).model_validate(data))
    assert found.required.why == "measure: regulation is looked at again later"


def test_a_committee_that_is_not_called_because_a_finding_is_graver_does_not_count(tmp_path: Path) -> None:
    found = compared(toy(tmp_path / "a", ladders=COMMITTEE), toy(tmp_path / "b", "critical", ladders=COMMITTEE))
    milder = {one.name: one.status for one in found.ladders() if one.direction == "milder"}
    assert milder["escalation"] == "refuted"
    assert (found.answer, found.required.bump) == ("nowhere milder", "minor")


def test_a_committee_that_is_not_called_since_its_rule_is_gone_counts(tmp_path: Path) -> None:
    found = compared(toy(tmp_path / "a", ladders=COMMITTEE), toy(tmp_path / "b"))
    assert (found.answer, found.required.bump) == ("milder", "major")
    assert found.required.why == "escalation can become milder"


def test_a_committee_that_is_not_called_since_a_finding_is_lower_counts(tmp_path: Path) -> None:
    # Start and result look at less, so that they say the same of both.
    alike = COMMITTEE.replace("residual, at_least: high", "residual, at_least: moderate")
    alike = alike.replace("inherent_band, at_least: high", "inherent_band, at_least: limited")
    before, after = toy(tmp_path / "a", ladders=alike), toy(tmp_path / "b", "moderate", ladders=alike)
    found = compared(before, after)
    milder = {one.name for one in found.ladders() if one.direction == "milder" and one.status == "refuted"}
    assert milder == {"escalation"}
    assert (found.answer, found.required.bump) == ("milder", "major")


@pytest.mark.parametrize("effective", ["{until: 2027-01-01}", "{from: 2027-01-01}"], ids=["ends", "begins"])
def test_an_indicator_that_is_in_force_for_a_while_only_is_compared_on_every_day(
    tmp_path: Path, effective: str
) -> None:
    before = toy(tmp_path / "a")
    rule = LONG % "high"
    after = criteria_from(tmp_path / "b", facts=FACTS, indicators=f"{rule[:-1]}, effective: {effective}}}")
    data: dict[str, Any] = {"id": "b", "title": "B", "assessment_date": DAY, "trip": {"days": 1}}
    found = meaning(before, after, case_model(before).model_validate(data))
    assert (found.is_equal, found.required.bump) == (False, "major")
