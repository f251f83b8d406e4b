"""`criteria check --watch`: prints again at each save, says what is gone, and Ctrl-C is how it ends well."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.running import ROOT, SETS, Result, run
from tests.editing import edit


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return a copy of a small set, in which anything may be written."""
    return Path(shutil.copytree(SETS / "loan-desk" / "1.0.0", tmp_path / "desk"))


def watched(desk: Path, *saves: Callable[[], object]) -> Result:
    """Watch a set while somebody saves now and then, until they press Ctrl-C."""
    steps = iter(saves)

    def pause(_seconds: float) -> None:
        save = next(steps, None)
        if save is None:
            raise KeyboardInterrupt
        save()

    with mock.patch("risk_engine.cli.criteria_check.time.sleep", pause):
        return run("criteria", "check", desk, "--watch")


def test_each_save_is_checked_and_what_is_mended_is_said_to_be_gone(desk: Path) -> None:
    rules = desk / "indicators" / "title.yaml"
    result = watched(
        desk,
        lambda: edit(rules, "hold: {fact: loan.paperwork,", "hold: {fact: loan.paperwrk,"),
        lambda: edit(rules, "loan.paperwrk", "loan.paperwork"),
    )
    sound = "loan-desk 1.0.0: 12 indicators, no problems"
    gone = f"gone: {rules.as_posix()}: there is no fact `loan.paperwrk`"
    assert [line for line in result.out.splitlines() if "translated" not in line] == [sound, "1 problem", sound, gone]
    assert result.err.count("there is no fact `loan.paperwrk`") == 1
    assert result.code == 0


def test_a_problem_that_only_moves_is_not_gone(desk: Path) -> None:
    rules = desk / "indicators" / "title.yaml"
    edit(rules, "hold: {fact: loan.paperwork,", "hold: {fact: loan.paperwrk,")
    result = watched(desk, lambda: rules.write_text("# a line above\n" + rules.read_text("utf-8"), "utf-8"))
    assert result.out.splitlines() == ["1 problem", "1 problem"]


def test_a_mistake_that_is_made_in_two_places_is_shown_at_both_until_both_are_mended(desk: Path) -> None:
    rules = desk / "indicators" / "title.yaml"
    right, wrong = "fact: loan.paperwork", "fact: loan.paperwrk"
    text = rules.read_text("utf-8")
    assert text.count(right) > 1
    rules.write_text(text.replace(right, wrong), "utf-8")
    result = watched(
        desk,
        lambda: rules.write_text(text.replace(right, wrong, 1), "utf-8"),
        lambda: rules.write_text(text, "utf-8"),
    )
    number = text.count(right)
    counted = [line for line in result.out.splitlines() if "problem" in line]
    assert counted == [f"{number} problems", "1 problem", "loan-desk 1.0.0: 12 indicators, no problems"]
    assert result.err.count("there is no fact `loan.paperwrk`") == number + 1
    assert result.out.count(f"gone: {rules.as_posix()}: there is no fact `loan.paperwrk`") == number


def test_an_edited_release_that_is_edited_further_is_not_mended(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SETS / "loan-desk", tmp_path / "loan-desk"))
    (folder / "releases.lock").write_text("loan-desk@1.0.0: sha256:" + "0" * 64 + "\n", "utf-8")
    rules = folder / "1.0.0" / "indicators" / "title.yaml"
    result = watched(
        folder / "1.0.0", lambda: edit(rules, "hold: {fact: loan.paperwork, is: unsigned}", "hold: always")
    )
    assert result.err.count("is not what was released") == 2
    assert "gone" not in result.out, result.out + result.err


def test_while_nobody_saves_nothing_is_said_again(desk: Path) -> None:
    result = watched(desk, lambda: None, lambda: None)
    assert result.out.count("no problems") == 1


def test_a_set_that_is_not_there_yet_is_waited_for(desk: Path) -> None:
    later = desk.with_name("later")
    result = watched(later, lambda: desk.rename(later))
    assert "no criteria set" in result.err
    assert "loan-desk 1.0.0: 12 indicators, no problems" in result.out
    assert result.out.splitlines()[-1].startswith("gone: ")


@pytest.mark.nightly
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent otherwise there")
def test_ctrl_c_ends_it_with_0(desk: Path) -> None:
    command = [sys.executable, "-m", "risk_engine", "criteria", "check", str(desk), "--watch"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert b"no problems" in process.stdout.readline()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=60)
    assert (process.returncode, b"Stopped" in err) == (0, False)
