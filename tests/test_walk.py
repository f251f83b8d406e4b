"""Whoever follows one case through the code reads no more modules than the house allows."""

import pytest

from benchmarks.modules import COMMANDS, LIMITS, modules


@pytest.mark.parametrize("command", LIMITS)
def test_a_case_takes_its_way_through_few_modules(command: str) -> None:
    entered = modules(*COMMANDS[command])["entered"]
    assert f"risk_engine.cli.{command}" in entered
    assert len(entered) <= LIMITS[command], entered
