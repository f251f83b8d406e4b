"""A proof on a day before the version is in force: its ladders read its indicators all the same (issue 6)."""

from datetime import date
from pathlib import Path

import pytest

from risk_engine.audit.proofs.prove import prove
from risk_engine.model.case import case_model
from tests.engine.builder import DAY, criteria_from


@pytest.mark.parametrize("on", [DAY, date(2019, 1, 1)], ids=["in force", "before"])
def test_a_ladder_that_falls_with_a_finding_is_told_on_every_day(on: date, tmp_path: Path) -> None:
    facts = "{trip: {facts: {days: {type: integer, range: [0, 20], riskier: higher}}}}"
    criteria = criteria_from(
        tmp_path, facts=facts, indicators="SHORT: {severity: {high: {fact: trip.days, at_most: 7}}}"
    )
    base = case_model(criteria).model_validate({"id": "b", "title": "B", "assessment_date": DAY, "trip": {"days": 8}})
    report = prove(criteria, base, on)
    assert {one.subject: one.status for one in report.claims if one.topic == "monotone"} == dict.fromkeys(
        ("SHORT", "gate", "measure"), "refuted"
    )
