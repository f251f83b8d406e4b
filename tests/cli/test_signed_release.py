"""Releases that an office signs: what `release`, `sign`, `list` and `verify` say of them, and how they end."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from risk_engine.cli.verify import PASSPHRASE
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.reading import criteria_folder
from risk_engine.files.source import read
from risk_engine.files.writing import write_together
from risk_engine.loading.releases import LOCK, SIGNATURES
from tests.cli.running import LOAN_CASE, LOAN_DESK, done, refused, run
from tests.editing import edit

WHO = ("--by", "A. Vogel", "--role", "Head of office", "--on", "2026-12-03")
SIGNED = "signed by A. Vogel (Head of office) on 2026-12-03"


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE, "three words long")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys of an office and of somebody else, private and public ones."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("office", "other"):
        (folder / name).mkdir()
        done("key", "new", folder / name / f"{name}.pem", **{PASSPHRASE: "three words long"})
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "loan-desk"
    shutil.copytree(LOAN_DESK, folder)
    return folder


@pytest.fixture
def signed(desk: Path, keys: Path) -> Path:
    """The set, released and signed by the office."""
    done("criteria", "release", desk, "--sign", keys / "office" / "office.pem", *WHO)
    return desk


def state(*arguments: str | Path) -> str:
    """Return the last columns of the one line that `list` prints."""
    return done("criteria", "list", *arguments).removeprefix("loan-desk@1.0.0\tin force from 2024-03-01\t").rstrip("\n")


@pytest.mark.parametrize("option", ["--sign", "--key"])
def test_a_release_is_signed_in_one_go(option: str, desk: Path, keys: Path) -> None:
    result = run("criteria", "release", desk, option, keys / "office" / "office.pem", *WHO)
    assert result.code == 0
    assert result.out.splitlines()[1] == f"loan-desk@1.0.0: {SIGNED}"
    assert result.err == (f"wrote {desk / 'releases' / '1.0.0.json'}\nwrote {desk / LOCK}\nwrote {desk / SIGNATURES}\n")


def test_the_list_says_who_signed_only_where_the_key_is_trusted(signed: Path, keys: Path) -> None:
    public = keys / "office" / "office.pub.pem"
    assert state(signed) == "released\tsigned by an unknown key"
    assert state(signed, "--key", keys / "other" / "other.pub.pem") == "released\tsigned by an unknown key"
    for trusted in (public, public.parent):
        assert re.fullmatch(
            rf"released\tverified: {re.escape(SIGNED)} with the key [0-9a-f]{{12}}…", state(signed, "--key", trusted)
        )


def test_the_list_calls_a_release_without_signature_unsigned(desk: Path, keys: Path) -> None:
    assert state(desk) == "draft"
    done("criteria", "release", desk)
    assert state(desk) == "released\tunsigned"
    assert state(desk, "--key", keys / "office" / "office.pub.pem") == "released\tunsigned"


def test_a_signature_that_does_not_hold_is_broken(signed: Path, keys: Path) -> None:
    edit(signed / SIGNATURES, "A. Vogel", "B. Ode")
    text = "the signature of `loan-desk@1.0.0` covers something else than stands beside it\n"
    for trusted in ((), ("--key", keys / "office" / "office.pub.pem")):
        result = run("criteria", "list", signed, *trusted)
        assert result.code == 2
        assert f"{signed / SIGNATURES}:3:12: {text}" in result.err
        assert result.out.endswith("\treleased, but changed since\tbroken\n")
    for command in ("check", "release"):
        assert f"{signed / SIGNATURES}:3:12: {text}" in refused("criteria", command, signed)


def test_signatures_that_cannot_be_read_do_not_hide_the_other_sets(signed: Path) -> None:
    (signed / SIGNATURES).write_text("- release: loan-desk@1.0.0\n", "utf-8")
    result = run("criteria", "list", signed, LOAN_DESK)
    assert result.code == 2
    assert [one.split("\t")[2:] for one in result.out.splitlines()] == [
        ["released, but changed since", "broken"],
        ["draft"],
    ]
    assert f"{signed / SIGNATURES}:1:3: the key `by` is missing" in result.err


def test_rules_that_were_changed_with_their_lock_are_found_by_the_signature(signed: Path, keys: Path) -> None:
    edit(signed / "1.0.0" / "indicators" / "title.yaml", "lowers_by: 1", "lowers_by: 2")
    (found,) = re.findall(r"now it is sha256:([0-9a-f]{64})", run("criteria", "list", signed).err)
    (signed / LOCK).write_text(f"loan-desk@1.0.0: sha256:{found}\n", "utf-8")
    text = f"{signed / SIGNATURES}:3:12: `loan-desk@1.0.0` was signed as sha256:"
    trusted = ("--key", keys / "office" / "office.pub.pem")
    for arguments in (
        ("criteria", "list", signed),
        ("criteria", "verify", signed),
        ("criteria", "verify", signed, *trusted),
        ("criteria", "check", signed),
        ("criteria", "show", signed, "LAW-1"),
        ("criteria", "timeline", signed),
        ("criteria", "test", signed),
        ("assess", LOAN_CASE, "--criteria", signed),
        ("case", "new", "--criteria", signed / "1.0.0"),
    ):
        result = run(*arguments)
        assert (result.code, text in result.err) == (2, True), arguments
        assert f", but released is sha256:{found}\n" in result.err
        assert "help: restore what was signed" in result.err


def test_a_release_that_was_taken_out_of_the_lock_is_no_draft_while_a_signature_names_it(signed: Path) -> None:
    (signed / LOCK).unlink()
    message = refused("assess", LOAN_CASE, "--criteria", signed)
    assert "`loan-desk@1.0.0` was signed as a release, but no `releases.lock` names it" in message


def test_the_signature_of_another_version_stops_nobody(signed: Path) -> None:
    edit(signed / SIGNATURES, "release: loan-desk@1.0.0", "release: loan-desk@0.9.0")
    assert run("assess", LOAN_CASE, "--criteria", signed).code == 0


@pytest.mark.parametrize(
    ("key", "code", "says"),
    [
        (None, 0, "note: signed for these rules in the name of A. Vogel (Head of office) on 2026-12-03, by an unknown"),
        ("office", 0, f"holds: {SIGNED} with the key "),
        ("other", 1, "does not hold: it is not signed with a key that was named"),
    ],
)
def test_verify_checks_with_the_keys_that_are_named(
    key: str | None, code: int, says: str, signed: Path, keys: Path
) -> None:
    trusted = () if key is None else ("--key", keys / key / f"{key}.pub.pem")
    result = run("criteria", "verify", signed, *trusted)
    assert (result.code, result.err) == (code, "")
    assert result.out.startswith("loan-desk@1.0.0: holds: the rules are those that were released, sha256:")
    assert f"\nloan-desk@1.0.0: {says}" in result.out


def test_verify_tells_what_is_neither_released_nor_signed(desk: Path, keys: Path) -> None:
    result = run("criteria", "verify", desk)
    assert (result.code, result.out.partition(":")[2].lstrip().splitlines()[0]) == (
        2,
        "not checked: it is a draft: nobody has released it, so it may still change",
    )
    done("criteria", "release", desk)
    assert "loan-desk@1.0.0: note: not signed: whoever may write the files" in done("criteria", "verify", desk)
    assert run("criteria", "verify", desk).code == 0
    assert run("criteria", "verify", desk, "--key", keys / "office").code == 1


def test_a_release_is_signed_later(desk: Path, keys: Path) -> None:
    key = ("--key", keys / "office" / "office.pem")
    message = refused("criteria", "sign", desk, *key, *WHO)
    assert "is a draft: it may still change, so it is not signed" in message
    assert f"`risk-engine criteria release {desk} --sign KEY --by NAME --role ROLE`" in message
    done("criteria", "release", desk)
    lock = (desk / LOCK).read_bytes()
    assert done("criteria", "sign", desk, *key, *WHO) == f"loan-desk@1.0.0: {SIGNED}\n"
    assert (desk / LOCK).read_bytes() == lock
    assert f"verified: {SIGNED}" in state(desk, "--key", keys / "office")
    assert "is signed with this key already, by A. Vogel" in refused("criteria", "sign", desk, *key, *WHO)
    done("criteria", "sign", desk, "--key", keys / "other" / "other.pem", "--by", "B. Ode", "--role", "Vice-rector")
    assert done("criteria", "verify", desk, "--key", keys / "office", "--key", keys / "other").count(": holds: ") == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--sign", "office.pem"), "--by is missing\n--role is missing\n"),
        (("--by", "A. Vogel"), "--by is there without --sign\n  help: name the key that signs\n"),
        (("--on", "2026-12-03"), "--on is there without --sign\n"),
        (("--sign", "office.pub.pem", *WHO), "this is the public half of a key; with it one checks\n"),
        (("--sign", "gone.pem", *WHO), "the key cannot be read: no such file or directory\n  help: name the file that"),
        (("--sign", "office.pem", "--by", "A\nB", "--role", "C"), "--by: `A B` must stand on one line\n"),
    ],
)
def test_who_signs_must_be_clear_before_anything_is_released(
    given: tuple[str, ...], message: str, desk: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(keys / "office")
    assert message in refused("criteria", "release", desk, *given)
    assert [one.name for one in desk.iterdir()] == ["1.0.0"]


def test_a_folder_without_public_keys_is_refused(signed: Path) -> None:
    assert "there is no public key in this folder" in refused("criteria", "list", signed, "--key", signed)


def test_where_one_file_cannot_be_written_none_is(desk: Path, keys: Path) -> None:
    (desk / LOCK).mkdir()
    message = refused("criteria", "release", desk, "--sign", keys / "office" / "office.pem", *WHO)
    assert f"{desk / LOCK}: the file cannot be written" in message
    assert sorted(one.name for one in desk.iterdir()) == ["1.0.0", LOCK]


def test_what_was_there_comes_back_where_a_later_file_cannot_be_written(tmp_path: Path) -> None:
    first, taken, new = tmp_path / "first", tmp_path / "taken", tmp_path / "new"
    first.write_text("as it was", "utf-8")
    taken.mkdir()
    with pytest.raises(RiskEngineError, match="taken: the file cannot be written"):
        write_together({first: "changed", new: "new", taken: "no"})
    assert first.read_text("utf-8") == "as it was"
    assert sorted(tmp_path.iterdir()) == [first, taken]


def test_the_signature_can_be_checked_without_this_program(signed: Path, keys: Path) -> None:
    (record,) = read(signed / SIGNATURES).data
    (signed / "digest").write_text(record["covers"].removeprefix("sha256:"))
    (signed / "signature").write_bytes(bytes.fromhex(record["value"]))
    public = keys / "office" / "office.pub.pem"
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(public), "-rawin", "-in", "digest"]
    found = subprocess.run([*command, "-sigfile", "signature"], cwd=signed, capture_output=True, check=False)
    assert found.returncode == 0, found


def test_a_shipped_set_is_not_signed_where_the_program_is_installed(keys: Path) -> None:
    message = refused("criteria", "sign", "us-dod-matrix@1.0.2", "--key", keys / "office" / "office.pem", *WHO)
    assert (
        f"`us-dod-matrix` is the set that came with the program, in `{criteria_folder() / 'us-dod-matrix'}`" in message
    )
    assert "help: copy it with its `releases.lock`" in message
    assert not (criteria_folder() / SIGNATURES).exists()
