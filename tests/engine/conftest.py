"""The fixture that makes a small set of criteria."""

from pathlib import Path
from typing import Protocol

import pytest

from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria
from tests.engine.builder import LOAN_DESK, SHIPPED, criteria_from


class Toy(Protocol):
    """Makes a set of criteria from the YAML texts of some of its files."""

    def __call__(self, **files: str) -> Criteria: ...


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """Return the maker of a toy set; what a test does not state is filled in."""

    def make(**files: str) -> Criteria:
        return criteria_from(tmp_path / "toy", **files)

    return make


@pytest.fixture(scope="session")
def shipped() -> Criteria:
    """Return the criteria set that the engine ships."""
    return read_criteria(SHIPPED)


@pytest.fixture(scope="session")
def loan_desk() -> Criteria:
    """Return a set that has nothing in common with the shipped one."""
    return read_criteria(LOAN_DESK)
