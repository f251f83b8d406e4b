"""Expected values: design, sections 4 (what ladders read, profile, cases.yaml) and 5 (what an assessment holds)."""

import json
from datetime import date

import pytest
from pydantic import ValidationError

from risk_engine.engine.assess import assess, to_json
from risk_engine.engine.explain import explain
from risk_engine.files.source import read
from risk_engine.loading.case import load_case
from risk_engine.model.assessment import Assessment
from risk_engine.model.companion_files import CaseTests, ExpectedLevel
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import ChoiceFact
from risk_engine.model.profile import KnockOutOff
from risk_engine.model.references import PROVISIONAL_ONLY, ladder_entity, result_entities
from tests.engine.builder import LOAN_DESK, ROOT


def options(criteria: Criteria, entity: str, fact: str) -> tuple[str, ...]:
    found = {**result_entities(criteria), **ladder_entity(criteria)}[entity].facts[fact]
    assert isinstance(found, ChoiceFact)
    return tuple(found.options)


def test_findings_and_dimensions_are_declared_like_facts(loan_desk: Criteria) -> None:
    declared = {name: set(entity.facts) for name, entity in result_entities(loan_desk).items()}
    assert declared == {
        "finding": {
            "id",
            "dimension",
            "ground",
            "outcome",
            "inherent",
            "possible",
            "residual",
            "knock_out",
            "open",
        },
        "dimension": {"id", "inherent_band", "residual_band", "residual_capped"},
    }
    assert options(loan_desk, "finding", "dimension") == ("keeping", "belonging")
    assert options(loan_desk, "finding", "ground") == ("preservation", "ownership", "good_name")
    assert options(loan_desk, "finding", "residual") == ("none", "low", "moderate", "high", "critical")
    assert options(loan_desk, "finding", "knock_out") == ("none", "hold", "funding", "policy", "legal")
    assert options(loan_desk, "dimension", "residual_band") == ("quiet", "noted", "strained", "unsafe")
    assert set(options(loan_desk, "finding", "id")) == set(loan_desk.indicators)
    assert all(entity.many for entity in result_entities(loan_desk).values())
    assert {"finding.open", "finding.possible"} == PROVISIONAL_ONLY


def test_ladders_are_declared_as_one_entity_with_their_levels_in_order(loan_desk: Criteria) -> None:
    assert options(loan_desk, "ladder", "verdict") == ("lend", "lend_on_terms", "refuse")
    assert set(ladder_entity(loan_desk)["ladder"].facts) == {"verdict", "release", "travel"}
    assert ladder_entity(loan_desk)["ladder"].many is None


@pytest.mark.parametrize(
    ("since", "day", "applies"),
    [
        (None, date.min, True),
        (date(2026, 1, 2), date(2026, 1, 1), False),
        (date(2026, 1, 1), date(2026, 1, 1), True),
        (date(2026, 1, 1), date(2026, 1, 2), True),
    ],
)
def test_override_holds_for_all_days_unless_it_says_from_when(since: date | None, day: date, applies: bool) -> None:
    assert KnockOutOff(reason="R", from_=since).applies(day) is applies


def test_assessment_is_asked_for_a_finding_or_a_proposal(loan_desk: Criteria) -> None:
    got = assess(load_case(ROOT / "tests" / "sets" / "loan-desk-case.yaml", loan_desk), loan_desk)
    assert got.finding("LAW-2").id == "LAW-2"
    with pytest.raises(KeyError, match="LAW-9"):
        got.finding("LAW-9")
    headline = got.proposal("headline")
    assert headline is not None
    assert headline.ladder == "verdict"
    assert got.proposal("escalation") is None


def test_explanation_is_asked_for_every_finding_in_force_the_absent_ones_too(loan_desk: Criteria) -> None:
    case = load_case(ROOT / "tests" / "sets" / "loan-desk-case.yaml", loan_desk)
    got = explain(assess(case, loan_desk), loan_desk)
    assert {one.id: got.finding(one.id) for one in got.findings} == {one.id: one for one in got.findings}
    assert "absent" in {one.outcome for one in got.findings}
    with pytest.raises(KeyError, match="LAW-9"):
        got.finding("LAW-9")


@pytest.mark.parametrize("key", ["id", "title"])
def test_a_record_that_does_not_name_its_case_is_no_record(loan_desk: Criteria, key: str) -> None:
    case = load_case(ROOT / "tests" / "sets" / "loan-desk-case.yaml", loan_desk)
    stored = json.loads(to_json(assess(case, loan_desk)))
    assert Assessment.model_validate_json(json.dumps(stored)).case[key]
    del stored["case"][key]
    with pytest.raises(ValidationError, match="the case has no `id` and `title`"):
        Assessment.model_validate_json(json.dumps(stored))


def test_cases_file_is_a_base_and_what_each_test_changes() -> None:
    tests = CaseTests.model_validate(read(LOAN_DESK / "cases.yaml").data)
    assert tests.base["id"] == "BASE"
    first = tests.cases[0]
    assert (first.like, first.on, first.given, first.in_place) == ("base", None, {}, ())
    open_one = next(one for one in tests.cases if one.name == "nobody knows yet whether it is claimed")
    assert open_one.expect.ladders["verdict"] == ExpectedLevel(
        level="lend_on_terms", provisional=True, range=("lend", "refuse")
    )
