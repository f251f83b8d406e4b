"""Sets of an office's own in the folders that RISK_ENGINE_CRITERIA names: every command finds them by their names."""

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.running import LOAN_CASE, LOAN_DESK, SETS, run


@pytest.fixture
def own(tmp_path: Path) -> str:
    """Return what the variable says: a folder that is not there, one with a set, one with a false shipped set."""
    shutil.copytree(LOAN_DESK, tmp_path / "sets" / "desk-of-ours")
    shutil.copytree(LOAN_DESK, tmp_path / "more" / "reconnect-china")
    return os.pathsep.join(f"{tmp_path / one}" for one in ("gone", "sets", "more"))


def test_a_set_is_found_by_its_name_alone(own: str) -> None:
    assert run("criteria", "check", "desk-of-ours", RISK_ENGINE_CRITERIA=own).out.startswith(
        "loan-desk 1.0.0: 12 indicators"
    )
    named = run("assess", LOAN_CASE, "--criteria", "desk-of-ours@1.0.0", "--on", "2026-03-02", RISK_ENGINE_CRITERIA=own)
    assert named.code == 0
    assert "Lend on terms" in named.out
    assert run("criteria", "check", "desk-of-ours").code == 2


def test_the_set_that_a_case_and_its_record_name_is_found_there(tmp_path: Path) -> None:
    record = tmp_path / "a.json"
    where = {"RISK_ENGINE_CRITERIA": f"{SETS}"}
    assert run("assess", LOAN_CASE, "--format", "json", "-o", record, **where).code == 0
    assert run("verify", record, **where).code == 0
    assert run("report", record, "--format", "md", **where).code == 0


def test_they_are_listed_and_take_no_place_of_a_shipped_set(own: str) -> None:
    lines = run("criteria", "list", RISK_ENGINE_CRITERIA=own).out.splitlines()
    assert sum(one.startswith("loan-desk@1.0.0\t") for one in lines) == 1
    assert any(one.startswith("reconnect-china@2.1.0\t") for one in lines)


def test_a_folder_that_is_not_there_is_told_where_a_set_is_not_found(own: str, tmp_path: Path) -> None:
    err = run("criteria", "check", "nowhere", RISK_ENGINE_CRITERIA=own).err
    assert "there is no criteria set `nowhere`" in err
    assert f"RISK_ENGINE_CRITERIA names what is no folder: `{tmp_path / 'gone'}`" in err
