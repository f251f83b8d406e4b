"""Where the tests of office templates write theirs."""

from pathlib import Path

import pytest


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the template lies; messages name it as the user does."""
    monkeypatch.chdir(tmp_path)
    return Path("office.docx")
