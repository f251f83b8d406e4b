"""Records written in November 2026, of schema 1: every later engine reads them, and none of them is ever changed."""

from pathlib import Path

import pytest

from risk_engine.engine.assess import assessment_digest, to_json
from risk_engine.records.criteria import criteria_of, verify_file
from risk_engine.records.decisions import decision_digest, decision_json
from risk_engine.records.files import read_assessment, read_decision
from risk_engine.report import render

RECORDS = Path(__file__).parent / "records"
ASSESSMENTS = sorted(RECORDS.glob("*assessment-of-*.json"))
DECISION = RECORDS / "decision-of-2026-11.json"


@pytest.mark.parametrize("path", ASSESSMENTS, ids=lambda one: one.stem)
def test_an_assessment_of_2026_is_read_written_again_byte_by_byte_and_has_its_digest(path: Path) -> None:
    stored = read_assessment(path)
    assert stored.schema_ == 2
    assert to_json(stored) == path.read_bytes().rstrip(b"\n")
    assert assessment_digest(stored) == stored.digest


@pytest.mark.parametrize("path", ASSESSMENTS, ids=lambda one: one.stem)
def test_an_assessment_of_2026_comes_out_the_same_today(path: Path) -> None:
    assert verify_file(path).verdict == "same"


@pytest.mark.parametrize("path", ASSESSMENTS, ids=lambda one: one.stem)
@pytest.mark.parametrize("form", ["text", "html", "md"])
def test_an_assessment_of_2026_gives_a_report(path: Path, form: str) -> None:
    stored = read_assessment(path)
    page = render(stored, form, criteria_of(stored))  # type: ignore[arg-type]
    assert "Why" in page


def test_a_decision_of_2026_is_read_and_written_again_byte_by_byte_and_has_its_digest() -> None:
    stored = read_decision(DECISION)
    assert decision_json(stored) == DECISION.read_bytes().rstrip(b"\n")
    assert decision_digest(stored) == stored.digest
    assert stored.about.digest == read_assessment(RECORDS / "assessment-of-2026-11.json").digest
