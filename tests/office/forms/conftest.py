"""What the tests of questionnaires share."""

import shutil
from pathlib import Path

import pytest

from tests.cli.running import LOAN_CASE


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the case of the loan desk, which messages name by its short name."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(LOAN_CASE, tmp_path / "case.yaml")
    return tmp_path


@pytest.fixture
def bare_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nothing in it, which messages do not name."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
