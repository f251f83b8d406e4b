"""A set in which anything may be written."""

import shutil
from pathlib import Path

import pytest

from tests.audit.editor.client import LOAN_DESK


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return a copy of a small set, in which anything may be written."""
    return Path(shutil.copytree(LOAN_DESK, tmp_path / "desk"))
