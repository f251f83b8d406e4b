"""Which ladders decide, and in which order they are told, is said in one place."""

import pytest

from risk_engine.model.ladders import Roles


@pytest.mark.parametrize(
    ("roles", "deciding", "by_role"),
    [
        ({"headline": "a"}, ("a",), ["headline"]),
        ({"headline": "a", "gate": "b"}, ("b", "a"), ["gate", "headline"]),
        ({"headline": "a", "gate": "a"}, ("a",), ["gate", "headline"]),
        ({"headline": "a", "escalation": "c"}, ("a",), ["headline", "escalation"]),
        ({"headline": "a", "gate": "b", "escalation": "c"}, ("b", "a"), ["gate", "headline", "escalation"]),
    ],
)
def test_gate_stands_before_headline_and_the_escalation_decides_nothing(
    roles: dict[str, str], deciding: tuple[str, ...], by_role: list[str]
) -> None:
    made = Roles.model_validate(roles)
    assert made.deciding == deciding
    assert list(made.by_role) == by_role
