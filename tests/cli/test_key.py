import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

from tests.cli.running import done, refused, run_on_a_terminal

PASS = {"RISK_ENGINE_PASSPHRASE": "correct horse"}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")
def test_the_private_key_is_closed_to_others_and_encrypted(tmp_path: Path) -> None:
    out = done("key", "new", tmp_path / "office.pem", **PASS)
    private, public = tmp_path / "office.pem", tmp_path / "office.pub.pem"
    assert private.stat().st_mode & 0o777 == 0o600
    assert private.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert public.read_text().startswith("-----BEGIN PUBLIC KEY-----")
    assert f"{public}: give it to everyone who checks; key " in out
    assert "correct horse" not in out


def test_neither_half_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "office.pub.pem").write_text("mine")
    assert "is there already" in refused("key", "new", tmp_path / "office.pem", **PASS)
    assert [one.name for one in tmp_path.iterdir()] == ["office.pub.pem"]
    done("key", "new", tmp_path / "other.pem", **PASS)
    assert "is there already" in refused("key", "new", tmp_path / "other.pem", **PASS)


def test_without_a_passphrase_there_is_no_key(tmp_path: Path) -> None:
    for environment in ({}, {"RISK_ENGINE_PASSPHRASE": ""}):
        assert "a passphrase is needed\n  help: " in refused("key", "new", tmp_path / "office.pem", **environment)
    assert list(tmp_path.iterdir()) == []


def test_at_a_terminal_a_person_is_asked_twice_until_both_are_the_same(tmp_path: Path) -> None:
    entered = ["correct horse", "corect horse", "correct horse", "correct horse"]
    with (
        mock.patch("typer.prompt", side_effect=entered) as prompt,
        mock.patch.object(sys.stdin, "isatty", return_value=True, create=True),
    ):
        result = run_on_a_terminal("key", "new", tmp_path / "office.pem")
    assert (result.code, result.err) == (0, "Error: The two entered values do not match.\n")
    asked = f"Passphrase for {tmp_path / 'office.pem'}"
    assert [one.args[0] for one in prompt.call_args_list] == [asked, "Repeat for confirmation"] * 2
    assert {tuple(one.kwargs.items()) for one in prompt.call_args_list} == {(("hide_input", True), ("err", True))}


def test_the_signature_can_be_checked_without_this_program(tmp_path: Path) -> None:
    import json

    from tests.cli.running import EXAMPLES

    done("key", "new", tmp_path / "office.pem", **PASS)
    done("assess", EXAMPLES / "lung-imaging.yaml", "--format", "json", "-o", tmp_path / "a.json")
    who = ("--by", "A", "--role", "B", "--on", "2026-12-03")
    done("decide", tmp_path / "a.json", *who, "--sign", tmp_path / "office.pem", **PASS)
    (one,) = json.loads((tmp_path / "a.decision.json").read_text("utf-8"))["signatures"]
    (tmp_path / "digest").write_text(one["covers"])
    (tmp_path / "signature").write_bytes(bytes.fromhex(one["value"]))
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "office.pub.pem", "-rawin", "-in", "digest"]
    found = subprocess.run([*command, "-sigfile", "signature"], cwd=tmp_path, capture_output=True, check=False)
    assert found.returncode == 0, found


def test_a_key_that_is_there_asks_for_another_file_name(tmp_path: Path) -> None:
    (tmp_path / "office.pem").write_bytes(b"")
    message = refused("key", "new", tmp_path / "office.pem")
    assert "is there already; it is not written over\n  help: give another file name\n" in message
