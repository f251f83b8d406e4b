"""Whoever follows one case through the code reads no more modules than the house allows."""

import pytest

from benchmarks.modules import COMMANDS, LIMITS, modules


@pytest.mark.parametrize(
    ("command", "last"),
    [("assess", "engine.assess"), pytest.param("outlook", "outlook.outlook", marks=pytest.mark.nightly)],
)
def test_a_case_takes_its_way_through_few_modules(command: str, last: str) -> None:
    entered = modules(*COMMANDS[command])["entered"]
    assert f"risk_engine.{last}" in entered, "it did not come so far"
    assert len(entered) <= LIMITS[command], entered
