"""What the guides work out by hand is what the engine computes."""

import re
from datetime import date
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.source import parse
from risk_engine.loading.case import case_of, load_case
from risk_engine.loading.case_tests import read_tests, stated_cases
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.profile import check_profile
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from risk_engine.model.profile import Profile
from tests.told import assess_told
from tests.versions import newest

ROOT = Path(__file__).parents[2]
REVIEW = (ROOT / "docs" / "catalogue-review.md").read_text(encoding="utf-8")
RESULT = (ROOT / "docs" / "result.md").read_text(encoding="utf-8")
PROFILES = (ROOT / "docs" / "profiles.md").read_text(encoding="utf-8")
LUNG = ROOT / "examples" / "lung-imaging.yaml"
DAY = date(2026, 11, 25)
CHAIR = ROOT / "examples" / "endowed-chair-renegotiated.yaml"


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    """The version that holds on the day of the case: a later one may ask what it does not answer."""
    return load_criteria("reconnect-china", DAY)


@pytest.fixture(scope="module")
def lung(criteria: Criteria) -> Explanation:
    return assess_told(load_case(LUNG, criteria), criteria)


def test_the_review_has_a_row_for_every_indicator_with_the_question_that_it_asks() -> None:
    criteria = newest("reconnect-china")
    rows = [
        line.strip("|\n ").split(" | ") for line in REVIEW.splitlines() if re.match(r"\| (SEC|COM|ETH)-\d\d ", line)
    ]
    assert {cells[0]: cells[1] for cells in rows} == {name: one.question for name, one in criteria.indicators.items()}
    assert len(rows) == len(criteria.indicators)
    assert all(len(cells) == 5 and all(cells) for cells in rows)


def rows(first: str) -> list[list[str]]:
    """Return the cells of the table of docs/result.md whose first column is called so, its head left out."""
    (table,) = (one for one in re.findall(r"(?:^\|.*\n)+", RESULT, re.MULTILINE) if one.startswith(f"| {first} |"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_findings_worked_by_hand_are_those_of_the_engine(criteria: Criteria, lung: Explanation) -> None:
    points = criteria.head.severity
    assert rows("Finding") == [
        [
            f"{one.id} {one.title}",
            one.inherent,
            "–" if one.knock_out.at_least == "none" else one.knock_out.at_least,
            f"{points.of(one.inherent)}",
        ]
        for one in sorted(lung.findings, key=lambda one: one.id)
        if one.outcome != "absent"
    ]


def test_the_sums_worked_by_hand_are_those_of_the_engine(lung: Explanation) -> None:
    assert [cells[0] for cells in rows("Dimension")] == ["Security", "Competitiveness", "Ethics"]
    assert [one.dimension for one in lung.ratings] == ["security", "competitiveness", "ethics"]
    assert [[cells[1].rpartition(" ")[2], *cells[2:]] for cells in rows("Dimension")] == [
        [f"{one.inherent.at_least}", one.inherent.band_at_least, f"{one.residual.at_least}", one.residual.band_at_least]
        for one in lung.ratings
    ]


def test_the_levels_worked_by_hand_are_those_of_the_engine(lung: Explanation) -> None:
    by_hand = re.findall(r"So:\s+\*\*(\w+)\*\*", RESULT)
    levels = {one.ladder: one.level.name for one in lung.proposals}
    assert by_hand == [levels["measure"], levels["start_gate"], levels["escalation"]]
    assert f"*{lung.proposals[0].level.answer}*" in RESULT


def test_what_would_change_it_is_what_the_engine_says_of_the_federated_design(criteria: Criteria) -> None:
    document, tests = read_tests(criteria)
    stated = [one for one in stated_cases(criteria, document, tests) if not isinstance(one, InvalidSourceError)]
    (case,) = (case for _, test, case in stated if test.name.startswith("C05b"))
    federated = assess_told(case, criteria)
    ethics = federated.ratings[2]
    assert (ethics.dimension, ethics.inherent.at_least, ethics.residual.at_least) == ("ethics", 40, 2)
    assert {one.ladder: one.level.name for one in federated.proposals} == {
        "start_gate": "clear",
        "measure": "regulation",
        "escalation": "none",
    }


def test_the_donor_of_the_guide_is_moderate_without_and_high_with_its_profile(criteria: Criteria) -> None:
    document = parse(CHAIR.read_text("utf-8").replace("share_of_group_pct: 35", "share_of_group_pct: 27"), "case.yaml")
    case = case_of(document, criteria)
    written = parse(PROFILES.split("```yaml\n")[1].split("```")[0], "profile.yaml")
    profile = Profile.model_validate(written.data)
    check_profile(profile, written, criteria)
    assert assess_told(case, criteria).finding("COM-08").inherent == "moderate"
    with_profile = assess_told(case, criteria, profile=profile)
    assert with_profile.finding("COM-08").inherent == "high"
    assert with_profile.profile is not None
    assert [(one.set_value, one.value) for one in with_profile.profile.overrides] == [("30", "25")]
