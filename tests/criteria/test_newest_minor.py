"""What a minor version promises: 2.1.0 decides every case that 2.0.0 can read as it does; it asks and knows more."""

import pytest

from risk_engine.loading.criteria import load_criteria
from risk_engine.model.facts import belonging
from tests.cli.running import done


@pytest.mark.nightly
def test_no_case_is_decided_otherwise_under_2_1_0_than_under_2_0_0() -> None:
    told = " ".join(done("criteria", "diff", "reconnect-china@2.0.0", "reconnect-china@2.1.0").split())
    says = "No case is decided otherwise, proved; but “partner.country” accepts more answers (lists of any length)."
    assert told.startswith(says)
    assert "Questions: 2 new" in told
    assert "From 2.0.0 to 2.1.0 is a minor step." in told
    assert "not decided" not in told


def test_data_and_activities_say_to_which_partner_they_belong() -> None:
    criteria = load_criteria("reconnect-china@2.1.0")
    found = {name: belonging(entity) for name, entity in criteria.entities.items()}
    assert {name: one for name, one in found.items() if one} == {
        "data": ("partner", "partner"),
        "activity": ("partner", "partner"),
    }
