"""Expected values: design, section 9 (Digests) and the verdicts that issue 2 (section 5) names."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from risk_engine.engine.assess import assess, assessment_digest, plain, to_json
from risk_engine.records.verify import Verification, verify
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import CriteriaSet
from risk_engine.version import __version__
from tests.engine.builder import ROOT, case_from
from tests.engine.conftest import Toy

RULES = """
    A: {severity: {low: {fact: trip.risky, is: true}, high: {fact: trip.days, at_least: %d}}}
    B: {severity: {low: {fact: trip.alone, is: true}}}
"""
CASE = "trip: {risky: true, days: 5, gear: [axe, rope]}\nguest: [{id: a, called: Ann}]"


def stored(criteria: CriteriaSet, case: str = CASE) -> Assessment:
    """Return an assessment as it comes back from its file."""
    return Assessment.model_validate_json(to_json(assess(case_from(criteria, case), criteria)))


def sealed(assessment: Assessment, **changes: Any) -> Assessment:
    """Return an assessment with other content and the digest that goes with it."""
    changed = assessment.model_copy(update=changes)
    return changed.model_copy(update={"digest": assessment_digest(changed)})


def test_assessment_that_comes_out_the_same_is_the_same(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    assert verify(stored(criteria), criteria) == Verification(
        verdict="same", differences=(), engine_then=__version__, engine_now=__version__
    )


@pytest.mark.parametrize("example", ["lung-imaging", "drone-swarm", "half-filled", "boreal-carbon"])
def test_shipped_example_is_the_same(shipped: CriteriaSet, example: str) -> None:
    case = load_case(ROOT / "examples" / f"{example}.yaml", shipped)
    profile = load_profile(ROOT / "examples" / "profiles" / "university.yaml", shipped)
    for assessment in (
        assess(case, shipped),
        assess(case, shipped, date(2027, 1, 1), profile),
        assess(case, shipped, date(2026, 11, 1), in_force=False),
    ):
        assert verify(Assessment.model_validate_json(to_json(assessment)), shipped).verdict == "same"


def test_foreign_example_is_the_same(loan_desk: CriteriaSet) -> None:
    sets = ROOT / "tests" / "sets"
    case = load_case(sets / "loan-desk-case.yaml", loan_desk)
    assessment = assess(case, loan_desk, profile=load_profile(sets / "loan-desk-profile.yaml", loan_desk))
    assert verify(assessment, loan_desk).verdict == "same"


def test_another_engine_that_decides_the_same_is_said(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    older = sealed(stored(criteria), engine="0.0.1")
    got = verify(older, criteria)
    assert (got.verdict, got.engine_then, got.engine_now) == ("same_decision", "0.0.1", __version__)
    assert got.differences == (f'engine: was "0.0.1", now "{__version__}"',)


def test_another_engine_after_rules_only_moved_in_their_file_decides_the_same(tmp_path: Path, toy: Toy) -> None:
    older = sealed(stored(toy(indicators=RULES % 9)), engine="0.0.1")
    file = tmp_path / "toy" / "indicators" / "all.yaml"
    file.write_text(f"# A comment.\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    assert verify(older, read_criteria(tmp_path / "toy")).verdict == "same_decision"


def test_another_engine_under_other_rules_is_different_although_it_decides_the_same(toy: Toy) -> None:
    # Two versions of the engine can be compared only on the same case under the same rules.
    older = sealed(stored(toy(indicators=RULES % 8)), engine="0.0.1")
    got = verify(older, toy(indicators=RULES % 9))
    assert got.verdict == "different"
    assert [one.partition(":")[0] for one in got.differences] == ["criteria.digest", "engine"]


def test_another_engine_that_decides_otherwise_is_different(toy: Toy) -> None:
    first = toy(indicators=RULES % 5)
    older = sealed(stored(first), engine="0.0.1")
    got = verify(older, toy(indicators=RULES % 9))
    assert got.verdict == "different"
    assert any(one.startswith("findings.A.inherent: was") for one in got.differences)


@pytest.mark.parametrize("part", ["findings", "ratings", "proposals"])
def test_another_engine_with_another_finding_rating_or_proposal_is_different(toy: Toy, part: str) -> None:
    criteria = toy(indicators=RULES % 9)
    first = stored(criteria)
    assert verify(sealed(first, engine="0.0.1", **{part: ()}), criteria).verdict == "different"
    # Notes and gaps are no part of the decision.
    assert verify(sealed(first, engine="0.0.1", gaps=()), criteria).verdict == "same_decision"


def test_other_rules_are_different_and_said_where(toy: Toy) -> None:
    first = stored(toy(indicators=RULES % 5))
    got = verify(first, toy(indicators=RULES % 9))
    assert got.verdict == "different"
    assert 'findings.A.inherent: was "high", now "low"' in got.differences
    assert "ratings.body.inherent.at_least: was 20, now 1" in got.differences
    assert any(one.startswith("criteria.digest: was") for one in got.differences)
    # Its own digest says nothing more, and places are no part of it.
    assert not any("defined_at" in one or one.startswith("digest") for one in got.differences)


def test_same_engine_with_other_content_is_different_although_it_decides_the_same(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    assert verify(sealed(stored(criteria), gaps=()), criteria).verdict == "different"


def test_assessment_that_was_changed_after_it_was_written_is_altered(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    first = stored(criteria)
    mild = first.findings[0].model_copy(update={"inherent": "none"})
    got = verify(first.model_copy(update={"findings": (mild, *first.findings[1:])}), criteria)
    assert got.verdict == "altered"
    assert got.differences == ('findings.A.inherent: was "none", now "low"',)
    # Also where another engine is named to explain it away.
    assert verify(first.model_copy(update={"engine": "0.0.1"}), criteria).verdict == "altered"


def test_place_in_the_rules_that_was_changed_is_the_same(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    first = stored(criteria)
    moved = tuple(one.model_copy(update={"defined_at": "elsewhere:1:1"}) for one in first.findings)
    assert verify(first.model_copy(update={"findings": moved}), criteria).verdict == "same"


def test_long_value_is_cut_in_a_difference(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    got = verify(sealed(stored(criteria), case_title="x" * 78, institution="y" * 79), criteria)
    assert f'case_title: was "{"x" * 78}", now "C"' in got.differences
    assert f'institution: was "{"y" * 76}…, now null' in got.differences


def test_list_of_another_length_is_one_difference(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    got = verify(sealed(stored(criteria), gaps=()), criteria)
    assert [one.partition(":")[0] for one in got.differences] == ["gaps"]


def test_case_that_does_not_fit_the_criteria_cannot_be_recomputed(toy: Toy) -> None:
    first = stored(toy(indicators=RULES % 9))
    other = toy(
        facts="trip: {facts: {deep: {type: boolean}}}", indicators="A: {severity: {low: {fact: trip.deep, is: true}}}"
    )
    with pytest.raises(ValidationError):
        verify(first, other)


def test_assessment_outside_the_time_of_its_set_is_the_same(toy: Toy) -> None:
    criteria = toy(indicators=RULES % 9)
    early = assess(case_from(criteria, CASE), criteria, date(2019, 1, 1))
    assert early.criteria.in_force is False
    assert verify(early, criteria).verdict == "same"
    assert plain(early)["on"] == "2019-01-01"
