"""How many sheets of paper the documents take: a decision two, whatever the case holds; letters begin anew."""

import json
from pathlib import Path

import pytest

from risk_engine.records.conditions import StatedCondition
from risk_engine.language import in_language
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision
from risk_engine.report import written
from risk_engine.report.documents import view_of
from tests.report.documents.samples import decided, orchard
from tests.report.documents.test_decision import LONG, crowded
from tests.report.parts import gap
from tests.report.printing import pages
from tests.report.samples import assessment

GOLDEN = Path(__file__).parents[2] / "golden"
EXAMPLES = sorted(one.stem for one in GOLDEN.glob("*.json") if one.stem != "decision")
GAPS = tuple(gap(f"case.{role}", asked_of=role, asked_of_title=role) for role in ("gardener", "office", "bank"))


def sheets(on: Assessment, decision: Decision | None = None, language: str = "en") -> list[list[str]]:
    with in_language(language):
        return pages(written(view_of(on, "decision", decision), "pdf"))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_a_decision_to_be_taken_has_two_pages(name: str, language: str) -> None:
    stored = Assessment.model_validate(json.loads((GOLDEN / f"{name}.json").read_bytes()), strict=False)
    assert len(sheets(stored, language=language)) == 2


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_decision_of_a_crowded_case_has_two_pages(language: str) -> None:
    made = crowded()
    assert len(sheets(made, language=language)) == 2
    conditions = tuple(StatedCondition(f"{number} {LONG}", LONG) for number in range(40))
    reason = "\n".join([LONG] * 40)
    assert len(sheets(made, decided(made, *conditions, reason=reason, opening="wait"), language)) == 2


def test_the_second_page_of_a_decision_is_for_the_signatures() -> None:
    made = orchard()
    first, second = sheets(made, decided(made, opening="wait"))
    assert "Sign-off" in second
    assert [one for one in first if "Signature" in one] == []
    assert [one for one in second if "Signature: A. Gardener" in one] != []


def test_each_letter_with_questions_begins_on_a_sheet_of_its_own() -> None:
    made = pages(written(view_of(assessment(gaps=GAPS), "questions"), "pdf"))
    assert [len([line for line in page if "Dear colleague" in line]) for page in made] == [1, 1, 1]
