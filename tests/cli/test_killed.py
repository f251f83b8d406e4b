"""A process that is killed between two of its files leaves nothing that the next run of the command cannot mend."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from risk_engine.cli.verify import PASSPHRASE
from tests.cli.running import LOAN_CASE, LOAN_DESK, done, refused, run
from tests.editing import edit
from tests.killed import killed_at_each_step
from tests.versions import two_releases

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be forked and killed here")

PASS = {PASSPHRASE: "correct horse"}
WHO = ("--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09")


@pytest.fixture
def key(tmp_path: Path) -> Path:
    done("key", "new", tmp_path / "desk.pem", **PASS)
    return tmp_path / "desk.pem"


def files(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def again_from(source: Path, folder: Path) -> Callable[[], None]:
    def fresh() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder)

    return fresh


@pytest.mark.nightly
def test_a_signed_release_that_was_killed_is_whole_after_the_next_run(key: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sets" / "desk"
    command = ("criteria", "release", folder, "--sign", key, *WHO)
    wanted: dict[str, bytes] = {}
    steps = list[int]()

    def release() -> None:
        done(*command, **PASS)

    again_from(LOAN_DESK, folder)()
    release()
    wanted = files(folder)
    for step in killed_at_each_step(release, folder, again_from(LOAN_DESK, folder)):
        steps.append(step)
        # Whatever is there, cases can still be assessed under it.
        assert run("assess", LOAN_CASE, "--criteria", folder).code == 0, step
        again = run(*command, **PASS)
        if again.code:  # it was whole before it was killed: then nothing is left to do
            assert "is signed with this key already" in again.err, (step, again)
        assert files(folder) == wanted, step
        assert run("criteria", "verify", folder, "--key", key.with_name("desk.pub.pem")).code == 0, step
    assert len(steps) >= 6


@pytest.mark.nightly
def test_a_release_that_was_killed_can_still_be_mended_before_it_is_made(key: Path, tmp_path: Path) -> None:
    """What somebody changes in a draft after a release was killed is what is released, and what is signed."""
    folder = tmp_path / "sets" / "desk"
    command = ("criteria", "release", folder, "--sign", key, *WHO)
    for step in killed_at_each_step(lambda: done(*command, **PASS), folder, again_from(LOAN_DESK, folder)):
        if (folder / "releases.lock").exists():
            continue  # it is released
        edit(folder / "1.0.0" / "indicators" / "object.yaml", "An earthquake zone", "A zone of earthquakes")
        assert run(*command, **PASS).code == 0, step
        assert run("criteria", "verify", folder, "--key", key.with_name("desk.pub.pem")).code == 0, step
        assert run("assess", LOAN_CASE, "--criteria", folder).code == 0, step


@pytest.mark.long
def test_a_signed_withdrawal_that_was_killed_is_whole_after_the_next_run(key: Path, tmp_path: Path) -> None:
    whole = two_releases(tmp_path / "whole" / "loan-desk")
    folder = tmp_path / "sets" / "loan-desk"
    done("criteria", "sign", f"{whole}@1.1.0", "--key", key, *WHO, **PASS)
    command = ("criteria", "withdraw", f"{folder}@1.1.0", "--reason", "Table 4 was wrong", "--sign", key, *WHO)
    again_from(whole, folder)()
    done(*command, **PASS)
    wanted = files(folder)
    for step in killed_at_each_step(lambda: done(*command, **PASS), folder, again_from(whole, folder)):
        assert run("assess", LOAN_CASE, "--criteria", folder).code == 0, step
        again = run(*command, **PASS)
        if again.code:
            assert "is signed with this key already" in again.err, (step, again)
        assert files(folder) == wanted, step


@pytest.mark.nightly
def test_a_key_of_which_one_half_was_written_is_whole_after_the_next_run(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    file = folder / "office.pem"

    def fresh() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()

    steps = 0
    for step in killed_at_each_step(lambda: done("key", "new", file, **PASS), folder, fresh):
        steps += 1
        before = file.read_bytes() if file.exists() else None
        again = run("key", "new", file, **PASS)
        assert again.code == 0 or "is there already" in again.err, (step, again)
        assert before in {None, file.read_bytes()}, step  # no key is thrown away
        assert sorted(files(folder)) == ["office.pem", "office.pub.pem"], step
        if os.name == "posix":
            assert file.stat().st_mode & 0o777 == 0o600
        record = tmp_path / f"{step}.json"
        done("assess", LOAN_CASE, "--criteria", LOAN_DESK, "--format", "json", "-o", record)
        signed = (
            "--level",
            "verdict=refuse",
            "--reason",
            "The keeper is ill.",
            "--condition",
            "LOGGER; due=2026-05-01",
        )
        done("decide", record, "--criteria", LOAN_DESK, *WHO, *signed, "--sign", file, **PASS)
        checked = done("verify", record.with_suffix(".decision.json"), record, "--criteria", LOAN_DESK, "--key", folder)
        assert "is signed with the key" in checked
    assert steps >= 5


def test_the_public_half_of_a_key_is_made_anew_with_its_passphrase_alone(tmp_path: Path) -> None:
    file = tmp_path / "office.pem"
    done("key", "new", file, **PASS)
    public = tmp_path / "office.pub.pem"
    was = public.read_bytes()
    public.unlink()
    assert "the passphrase is wrong" in refused("key", "new", file, **{PASSPHRASE: "another"})
    assert not public.exists()
    assert "its public half was missing and is written now" in done("key", "new", file, **PASS)
    assert public.read_bytes() == was
