"""What `risk-engine exchange` says and with which code it ends."""

from pathlib import Path

import pytest

from tests.cli.running import Result, run
from tests.office.exchange.offices import ENVIRONMENT, OFFICE, key_file, register_of

WHO = ("--by", "B. Ode", "--reason", "compared by telephone")


def exchange(*arguments: str | Path) -> Result:
    return run("exchange", *arguments, **ENVIRONMENT)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return register_of(tmp_path)


def exported(theirs: Path, folder: Path, key: str = OFFICE) -> Path:
    path = folder / f"{key}.jsonl"
    made = exchange("export", "--register", theirs, "--office", OFFICE, "--key", key_file(folder, key), "-o", path)
    assert made.code == 0, made
    return path


@pytest.mark.nightly
def test_a_preview_shows_every_byte_and_tells_the_own_office_what_stays(theirs: Path, tmp_path: Path) -> None:
    of = ("--register", theirs, "--office", OFFICE)
    shown = exchange("preview", *of)
    assert shown.code == 0
    assert "of 15 decided cases 14 would be told, each alike to at least 3 in all that leaves" in shown.err
    assert "1 case stays: too few are like it, however coarse it is told" in shown.err
    assert not (theirs / "exchange").exists()
    assert exchange("preview", *of, "--bytes", tmp_path / "bytes", "-o", tmp_path / "page.md").code == 0
    assert (tmp_path / "bytes").read_text("utf-8") == shown.out
    page = (tmp_path / "page.md").read_text("utf-8")
    assert "Line 4: 4 cases" in page
    assert "other (Japan, Singapore, United States)" in page
    raw = exported(theirs, tmp_path).read_text("utf-8")
    assert raw[: len(shown.out)] == shown.out
    assert exchange("preview", *of).err.endswith("this is package 1 once more; nothing is new since it left\n")


def test_a_package_that_is_refused_ends_with_1_and_one_without_a_pinned_key_with_2(
    theirs: Path, tmp_path: Path
) -> None:
    ours = register_of(tmp_path, "office-b")
    package = exported(theirs, tmp_path)
    taking = ("import", package, "--register", ours)
    assert exchange(*taking).code == 2
    key = exchange("keys", "add", tmp_path / f"{OFFICE}.pub.pem", "--register", ours, "--office", OFFICE, *WHO)
    assert key.out.startswith("Office A: ")
    assert len(key.out.split(": ")[1].split()) == 16  # groups of four, to be read out
    package.write_bytes(package.read_bytes().replace(b"advice", b"advicf"))
    refused = exchange(*taking)
    assert refused.code == 1
    assert "nothing of it was taken: the signature with the key of Office A is not over this content" in refused.err


def test_nothing_is_written_over_and_a_withdrawal_needs_its_reason(theirs: Path, tmp_path: Path) -> None:
    package = exported(theirs, tmp_path)
    again = ("export", "--register", theirs, "--office", OFFICE, "--key", tmp_path / f"{OFFICE}.pem", "-o")
    assert "is not written over" in exchange(*again, package).err
    assert exchange(*again, tmp_path / "w.jsonl", "--withdraw").code == 2
    back = exchange(*again, tmp_path / "w.jsonl", "--withdraw", "--reason", "two cases were filed twice")
    assert back.out == "package 2 of Office A on guest-labs: withdraws those before it\n"


def test_a_register_without_enough_decided_cases_exports_nothing(tmp_path: Path) -> None:
    ours = register_of(tmp_path, "office-b")
    result = exchange("preview", "--register", ours, "--office", "Office B")
    assert (result.code, result.out) == (2, "")
    assert "nothing can leave: of 3 decided cases under guest-labs no 3 are alike" in result.err


def test_what_came_is_near_to_a_case_and_never_one_of_the_own(theirs: Path, tmp_path: Path) -> None:
    ours = register_of(tmp_path, "office-b")
    package = exported(theirs, tmp_path)
    assert (
        exchange("keys", "add", tmp_path / f"{OFFICE}.pub.pem", "--register", ours, "--office", OFFICE, *WHO).code == 0
    )
    assert exchange("import", package, "--register", ours).code == 0
    near = run("register", "similar", ours, "B-03", **ENVIRONMENT)
    assert near.code == 0
    assert "3 cases of Office A that are alike (1/2): Restriction, 2026" in near.out
    assert "Held" in near.out
    alike = run("register", "consistency", ours, **ENVIRONMENT)
    assert "of 3 decided cases" in " ".join(alike.out.split())


def test_nobody_is_asked_for_a_passphrase_for_what_cannot_leave(tmp_path: Path) -> None:
    key = key_file(tmp_path, "Office B")
    wrong = {**ENVIRONMENT, "RISK_ENGINE_PASSPHRASE": "not this one"}
    of = ("--office", "Office B", "--key", key)
    ours = register_of(tmp_path, "office-b")
    result = run("exchange", "export", "--register", ours, *of, "-o", tmp_path / "b.jsonl", **wrong)
    assert (result.code, "nothing can leave" in result.err) == (2, True)
    result = run("criteria", "publish", "no-such-set@1.0.0", "nor-this@1.0.0", "--to", tmp_path / "feed", *of, **wrong)
    assert result.code == 2
    assert "there is no criteria set `no-such-set`" in result.err
    assert "there is no criteria set `nor-this`" in result.err
    result = run("criteria", "publish", "guest-labs@1.0.0", "--to", tmp_path / "feed", *of, **wrong)
    assert (result.code, "passphrase" in result.err) == (2, True)
    missing = ("--key", tmp_path / "no.pem", "-o", tmp_path / "c.jsonl")
    result = run("exchange", "export", "--register", ours, "--office", "Office B", *missing, **ENVIRONMENT)
    assert (result.code, "no.pem" in result.err) == (2, True)
