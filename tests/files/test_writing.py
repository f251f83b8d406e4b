import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.writing import write_once


@pytest.fixture(params=["links", "no links"])
def drive(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder, once as on a disk and once as on a network drive that knows no links."""
    if request.param == "no links":

        def link(*_names: Path) -> NoReturn:
            raise OSError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", link)
    return tmp_path


def test_a_file_is_written_and_nothing_else(drive: Path) -> None:
    write_once(drive / "a", b"one")
    assert [(one.name, one.read_bytes()) for one in drive.iterdir()] == [("a", b"one")]


def test_a_file_that_is_there_is_not_written_over(drive: Path) -> None:
    (drive / "a").write_bytes(b"one")
    with pytest.raises(FileExistsError):
        write_once(drive / "a", b"two")
    assert [(one.name, one.read_bytes()) for one in drive.iterdir()] == [("a", b"one")]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError, match=r"gone/a: the file cannot be written: no such file or directory"):
        write_once(tmp_path / "gone" / "a", b"")


def test_a_name_that_was_claimed_is_given_back_where_the_file_cannot_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_names: Path) -> NoReturn:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", fail)
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(RiskEngineError, match="cannot be written: operation not permitted"):
        write_once(tmp_path / "a", b"one")
    assert list(tmp_path.iterdir()) == []
