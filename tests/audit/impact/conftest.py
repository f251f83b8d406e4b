"""The two versions of most tests here."""

from pathlib import Path

import pytest

from tests.audit.impact.small import Versions


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path)
