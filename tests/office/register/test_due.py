from datetime import date
from pathlib import Path

import pytest

from risk_engine.office.register.folder import CaseFolder, known_case_folder
from risk_engine.office.register.listing import Due, dues
from risk_engine.office.register.record import CaseRecord, Rulings, record_of
from risk_engine.records.decisions import StatedCondition
from tests.office.register.filing import CASE_ID, assessed, case_file, decided, filed, written

REVIEW = Due(date(2026, 9, 2), CASE_ID, "review", "Look at the case again")
SIGN = Due(date(2026, 4, 1), CASE_ID, "control", "Contract signed (SIGN)", "The registrar")
RETENTION = Due(date(2041, 12, 31), CASE_ID, "retention", "The time to keep the record ends")


def found(folder: Path) -> list[Due]:
    return sorted(dues(record_of(known_case_folder(folder, CASE_ID))))


def test_a_control_to_come_the_review_and_the_retention_have_a_day(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path))
    assert found(tmp_path / "r") == [SIGN, REVIEW, RETENTION]
    assert [one.is_overdue(date(2026, 4, 1)) for one in found(tmp_path / "r")] == [False, False, False]
    assert [one.is_overdue(date(2026, 4, 2)) for one in found(tmp_path / "r")] == [True, False, False]


def test_a_control_that_is_in_place_is_not_due(tmp_path: Path) -> None:
    signed = "{id: SIGN, status: implemented, due: 2026-04-01, evidence: [{kind: c, reference: C, date: 2026-03-01}]}"
    filed(tmp_path / "r", case_file(tmp_path, ("{id: SIGN, status: planned, due: 2026-04-01}", signed)))
    assert found(tmp_path / "r") == [REVIEW, RETENTION]


def test_without_a_day_nothing_is_due(tmp_path: Path) -> None:
    case = case_file(tmp_path, (", due: 2026-04-01", ""), ("retain_until: 2041-12-31\n", ""))
    filed(tmp_path / "r", case)
    assert found(tmp_path / "r") == [REVIEW]


def test_a_closed_case_keeps_only_its_retention_and_what_was_decided(tmp_path: Path) -> None:
    filed(tmp_path / "r", case_file(tmp_path, ("status: submitted", "status: closed")))
    assert found(tmp_path / "r") == [RETENTION]


def test_what_was_decided_has_the_day_of_the_decision(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    conditions = (
        StatedCondition("SIGN", "The director", date(2026, 5, 1)),
        StatedCondition("Send a photograph each month", "Harbour Museum", date(2026, 6, 1)),
        StatedCondition("Nobody lends it on"),
    )
    decision = decided(assessment, conditions=conditions, adopt=False)
    filed(tmp_path / "r", written(tmp_path / "a.json", assessment), written(tmp_path / "d.json", decision))
    sign, photograph, review, retention = found(tmp_path / "r")
    assert (sign.day, sign.what, sign.owner) == (date(2026, 5, 1), "condition", "The director")
    assert sign.text.endswith(" (SIGN)")
    assert photograph == Due(date(2026, 6, 1), CASE_ID, "condition", "Send a photograph each month", "Harbour Museum")
    assert (review, retention) == (REVIEW, RETENTION)


def test_a_condition_that_is_met_since_is_not_due(tmp_path: Path) -> None:
    assessment = assessed(case_file(tmp_path))
    conditions = (StatedCondition("SIGN", None, date(2026, 5, 1)),)
    decision = decided(assessment, conditions=conditions, adopt=False)
    filed(tmp_path / "r", written(tmp_path / "a.json", assessment), written(tmp_path / "d.json", decision))
    signed = "{id: SIGN, status: verified, evidence: [{kind: c, reference: C, date: 2026-03-01}]}"
    filed(tmp_path / "r", case_file(tmp_path, ("{id: SIGN, status: planned, due: 2026-04-01}", signed)))
    assert found(tmp_path / "r") == [REVIEW, RETENTION]


@pytest.mark.parametrize("filed_nothing", [CaseRecord(CaseFolder(Path("x"), ()), None, Rulings())])
def test_where_nothing_was_filed_nothing_is_due(filed_nothing: CaseRecord) -> None:
    assert list(dues(filed_nothing)) == []
