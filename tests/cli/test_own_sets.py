"""Sets of an office's own in the folders that are set up: every command finds them by their names."""

import os
import shutil
from pathlib import Path

import pytest

from tests.cli.running import LOAN_CASE, LOAN_DESK, ROOT, SETS, run


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
    assert run("report", record, "--format", "md").code == 2  # a process that no longer looks there finds it no more


def test_they_are_listed_by_the_name_that_finds_them_and_take_no_place_of_a_shipped_set(
    own: str, tmp_path: Path
) -> None:
    listed = run("criteria", "list", RISK_ENGINE_CRITERIA=own)
    lines = listed.out.splitlines()
    assert [one for one in lines if one.startswith("loan-desk@1.0.0\t")] == [
        "loan-desk@1.0.0\tin force from 2024-03-01\tdraft\tnamed `desk-of-ours` here"
    ]
    assert any(one.startswith("reconnect-china@2.1.0\t") for one in lines)
    shipped, false = (one / "reconnect-china" for one in (ROOT / "criteria", tmp_path / "more"))
    assert listed.err.splitlines() == [
        f"note: RISK_ENGINE_CRITERIA names what is no folder: `{tmp_path / 'gone'}`",
        f"note: `{false.as_posix()}` is not read: `reconnect-china` means `{shipped.as_posix()}`",
    ]


@pytest.mark.nightly
def test_a_folder_that_is_a_set_itself_is_told_and_the_first_of_two_sets_of_one_name_counts(tmp_path: Path) -> None:
    one, two = (shutil.copytree(LOAN_DESK / "1.0.0", tmp_path / name / "desk").as_posix() for name in ("one", "two"))
    itself = f"RISK_ENGINE_CRITERIA names the set `{one}` itself"
    err = run("criteria", "check", "desk", RISK_ENGINE_CRITERIA=one).err
    assert f"help: {itself}; name the folder in which it lies" in err.splitlines()[1].strip()
    both = os.pathsep.join(f"{tmp_path / one}" for one in ("one", "two"))
    assert run("criteria", "list", RISK_ENGINE_CRITERIA=both).err.splitlines() == [
        f"note: `{two}` is not read: `desk` means `{one}`"
    ]
    assert run("criteria", "list", RISK_ENGINE_CRITERIA=f"{tmp_path / 'one'}{os.pathsep}{tmp_path / 'one'}").err == ""


def test_a_folder_that_is_not_there_is_told_where_a_set_is_not_found(own: str, tmp_path: Path) -> None:
    err = run("criteria", "check", "nowhere", RISK_ENGINE_CRITERIA=own).err
    assert "there is no criteria set `nowhere`" in err
    assert f"RISK_ENGINE_CRITERIA names what is no folder: `{tmp_path / 'gone'}`" in err


# --- the same, said in a file ---


def set_up(folder: Path, text: str) -> Path:
    """Write the settings of a folder, put a set beside them, and return a folder deep below, where commands run."""
    shutil.copytree(LOAN_DESK, folder / "sets" / "desk-of-ours")
    (folder / "risk-engine.yaml").write_text(text, "utf-8")
    (below := folder / "cases" / "of-2026").mkdir(parents=True)
    return below


@pytest.mark.nightly
def test_a_file_names_the_folders_for_all_that_lies_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(set_up(tmp_path, "criteria: [sets]\n"))
    assert run("assess", LOAN_CASE, "--criteria", "desk-of-ours@1.0.0", "--on", "2026-03-02").code == 0
    assert "loan-desk@1.0.0\t" in run("criteria", "list").out


def test_the_nearest_file_counts_and_the_variable_comes_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = set_up(tmp_path, "criteria: [sets]\n")
    shutil.copytree(SETS / "field-trips", tmp_path / "more" / "desk-of-ours")
    monkeypatch.chdir(below)
    assert run("criteria", "check", "desk-of-ours", RISK_ENGINE_CRITERIA=f"{tmp_path / 'more'}").out.startswith(
        "field-"
    )
    (below / "risk-engine.yaml").write_text("criteria: []\n", "utf-8")
    assert run("criteria", "check", "desk-of-ours").code == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("criteria: sets\n", "risk-engine.yaml:1:11: a list of folders is needed here: `criteria: [FOLDER, …]`"),
        ("criteria: [sets, 3]\n", "risk-engine.yaml:1:11: a list of folders is needed here: `criteria: [FOLDER, …]`"),
        ("- sets\n", "risk-engine.yaml:1:1: a list of folders is needed here: `criteria: [FOLDER, …]`"),
        ("kriteria: [sets]\n", "risk-engine.yaml:1:1: unknown key `kriteria`"),
        ("criteria: [stes]\n", "risk-engine.yaml names what is no folder: `"),
    ],
)
def test_settings_that_cannot_be_used_are_told_with_their_place(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(set_up(tmp_path, text))
    result = run("criteria", "check", "desk-of-ours")
    assert (result.code, told in result.err) == (2, True), result.err


def test_a_folder_that_is_gone_under_the_command_sets_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (gone := tmp_path / "gone").mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert run("criteria", "check", f"{LOAN_DESK}@1.0.0").code == 0


def test_a_set_that_is_not_found_is_told_with_how_one_of_ones_own_is_named() -> None:
    err = run("assess", LOAN_CASE, "--criteria", "nowhere").err
    assert (
        "known: `reconnect-china` or `us-dod-matrix`; a set of your own is named by its folder, `--criteria ./SET`"
        in err
    )
    assert "`risk-engine.yaml`" in err
