"""Expected values: design, sections 7 (residual), 8 (options) and 9 (a control's evidence)."""

from datetime import date

import pytest

from risk_engine.engine.find import control_states
from risk_engine.model.criteria import Criteria
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy

EARLIER = "{kind: letter, reference: E1, date: 2026-06-14}"
SAME_DAY = "{kind: letter, reference: E2, date: 2026-06-15}"
LATER = "{kind: letter, reference: E3, date: 2026-06-16}"


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(controls="{ONE: {}, TWO: {}}")


@pytest.mark.parametrize(
    ("status", "evidence", "counts_as"),
    [
        ("planned", "", "planned"),
        ("planned", EARLIER, "planned"),
        ("agreed", "", "agreed"),
        ("agreed", EARLIER, "agreed"),
        # Without evidence on record a control counts as agreed.
        ("implemented", "", "agreed"),
        ("verified", "", "agreed"),
        ("implemented", EARLIER, "in_place"),
        ("verified", EARLIER, "in_place"),
        ("implemented", SAME_DAY, "in_place"),
        # Evidence dated after the assessment date does not count.
        ("implemented", LATER, "agreed"),
        ("verified", LATER, "agreed"),
        ("implemented", f"{LATER}, {EARLIER}", "in_place"),
        ("verified", f"{EARLIER}, {LATER}", "in_place"),
        ("implemented", f"{LATER}, {LATER}", "agreed"),
    ],
)
def test_control_counts_by_its_status_and_the_evidence_of_the_day(
    criteria: Criteria, status: str, evidence: str, counts_as: str
) -> None:
    case = case_from(criteria, f"controls: [{{id: ONE, status: {status}, evidence: [{evidence}]}}]")
    assert control_states(case, DAY)["ONE"].counts_as == counts_as


def test_evidence_counts_from_its_own_day_on(criteria: Criteria) -> None:
    case = case_from(criteria, f"controls: [{{id: ONE, status: verified, evidence: [{LATER}]}}]")
    assert control_states(case, date(2026, 6, 15))["ONE"].counts_as == "agreed"
    assert control_states(case, date(2026, 6, 16))["ONE"].counts_as == "in_place"


def test_evidence_dated_later_is_kept_apart(criteria: Criteria) -> None:
    case = case_from(criteria, f"controls: [{{id: ONE, status: planned, evidence: [{EARLIER}, {LATER}]}}]")
    assert [one.reference for one in control_states(case, DAY)["ONE"].dated_later] == ["E3"]


def test_control_that_the_case_does_not_list_has_no_state(criteria: Criteria) -> None:
    case = case_from(criteria, "controls: [{id: ONE, status: agreed}]")
    assert set(control_states(case, DAY)) == {"ONE"}
    assert control_states(case, DAY)["ONE"].record.status == "agreed"
