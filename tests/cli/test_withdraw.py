"""A released version that is withdrawn: how, what is refused, and what every command says of it from then on."""

from pathlib import Path

import orjson
import pytest

from risk_engine.cli.verify import PASSPHRASE
from risk_engine.loading.releases import LOCK, SIGNATURES
from tests.cli.running import LOAN_CASE, done, refused, run
from tests.editing import edit
from tests.versions import two_releases, withdrawn

REASON = ("--reason", "Table 4\n was wrong")
SAID = (
    "note: loan-desk@1.1.0 was withdrawn: it is in force on no day, and is used here because it is named; CHANGES.md "
    "of its set says why\n"
)


GAP = (
    "if loan-desk@1.0.0 were withdrawn, no version would be in force from 2024-03-01 until 2025-01-01\n"
    "  help: release a version that is in force from 2024-03-01 first\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A set with two releases, 1.1.0 in force on the day of its case."""
    return two_releases(tmp_path / "loan-desk")


def test_a_withdrawal_marks_the_line_says_why_and_leaves_all_else_as_it_was(desk: Path) -> None:
    before = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    lock, changes = desk / LOCK, desk / "1.1.0" / "CHANGES.md"
    result = run("criteria", "withdraw", f"{desk}@1.1.0", *REASON, "--on", "2026-03-01")
    assert (result.code, result.out, result.err) == (
        0,
        "loan-desk@1.1.0: withdrawn; on 2025-01-01, its first day, loan-desk@1.0.0 is in force\n",
        f"wrote {changes}\nwrote {lock}\n",
    )
    after = {path: path.read_bytes() for path in desk.rglob("*") if path.is_file()}
    assert {path for path in after if after[path] != before.get(path)} == {lock, changes}
    marked = before[lock].decode().replace("1.1.0: sha256:", "1.1.0: withdrawn sha256:")
    assert after[lock].decode() == marked
    assert "## 1.1.0\n\n**Withdrawn on 2026-03-01.** Table 4 was wrong\n" in changes.read_text("utf-8")
    # The words beside the rules are no part of what was released.
    assert run("criteria", "check", f"{desk}@1.1.0").code == 0


def test_from_then_on_a_day_means_another_version_and_the_set_its_newest_that_counts(desk: Path) -> None:
    def used() -> str:
        record: str = orjson.loads(done("assess", LOAN_CASE, "--criteria", desk, "--format", "json"))["criteria"][
            "version"
        ]
        return record

    assert used() == "1.1.0"
    withdrawn(desk)
    assert used() == "1.0.0"
    assert run("criteria", "check", desk).out.startswith("loan-desk 1.0.0: ")
    assert "loan-desk@1.0.0" in run("criteria", "test", desk).out


@pytest.mark.nightly
def test_it_is_marked_wherever_versions_are_named(desk: Path) -> None:
    withdrawn(desk)
    assert done("criteria", "list", desk).splitlines() == [
        "loan-desk@1.0.0\tin force from 2024-03-01\treleased\tunsigned",
        "loan-desk@1.1.0\tin force on no day\twithdrawn\tunsigned",
    ]
    rows = done("criteria", "timeline", desk, "--on", "2026-03-02").splitlines()
    row = {one.split()[0]: " ".join(one.split()) for one in rows if one[:1].isdigit()}
    assert row["1.0.0"] == "1.0.0 released in force from 1 March 2024 [in force]"
    assert row["1.1.0"] == "1.1.0 withdrawn in force on no day –"
    shown = run("criteria", "show", f"{desk}@1.1.0")
    assert ("withdrawn: it is in force on no day" in shown.out, shown.err) == (True, SAID)
    links = done("criteria", "verify", f"{desk}@1.1.0")
    assert "loan-desk@1.1.0: holds: the rules are those that were released, sha256:" in links
    assert (
        "loan-desk@1.1.0: note: it was withdrawn: it is in force on no day, and counts only where it is named" in links
    )


@pytest.mark.nightly
def test_whoever_names_it_may_use_it_and_is_told(desk: Path, tmp_path: Path) -> None:
    withdrawn(desk)
    named = f"{desk}@1.1.0"
    record = tmp_path / "record.json"
    result = run("assess", LOAN_CASE, "--criteria", named, "--format", "json", "-o", record)
    assert (result.code, result.err) == (0, f"{SAID}wrote {record}\n")
    text = record.read_text("utf-8")
    assert '"draft":false' in text
    assert '"in_force":false' in text
    assert '"withdrawn":true' in text
    assert run("verify", record, "--criteria", named).out == (
        "same: the assessment comes out again to the byte (engine 0.1.0)\n"
    )
    for command in (
        ("criteria", "diff", f"{desk}@1.0.0", named, "--no-meaning"),
        ("criteria", "impact", f"{desk}@1.0.0", named, "--cases", LOAN_CASE, "--jobs", "1"),
        ("criteria", "test", named),
        ("criteria", "lint", named),
        ("case", "new", "--criteria", named),
    ):
        assert SAID in run(*command).err, command


@pytest.mark.nightly
def test_a_record_from_before_is_read_and_verified_and_says_withdrawn_since(desk: Path, tmp_path: Path) -> None:
    named, record = ("--criteria", f"{desk}@1.1.0"), tmp_path / "record.json"
    done("assess", LOAN_CASE, *named, "--format", "json", "-o", record)
    before = done("report", record, *named)
    assert "ithdrawn" not in before
    assert '"withdrawn"' not in record.read_text("utf-8")
    withdrawn(desk)
    since = "[Withdrawn since] Version 1.1.0 of these criteria was withdrawn after this assessment was made."
    # Of a set that is named without a version the record's own is meant, though its day means another now.
    for by in (named, ("--criteria", f"{desk}")):
        assert run("verify", record, *by).out == (
            "same: the assessment comes out again to the byte (engine 0.1.0)\n"
            "note: the criteria were not withdrawn then; they were withdrawn since\n"
        )
        assert since in " ".join(done("report", record, *by).split())


@pytest.mark.nightly
def test_a_record_that_was_not_in_force_then_verifies_though_its_version_is_now(desk: Path, tmp_path: Path) -> None:
    named, record = ("--criteria", f"{desk}@1.0.0"), tmp_path / "record.json"
    done("assess", LOAN_CASE, *named, "--format", "json", "-o", record)
    withdrawn(desk)
    assert run("verify", record, *named).out == (
        "same: the assessment comes out again to the byte (engine 0.1.0)\n"
        "note: the criteria were not in force then; the version that was has been withdrawn since\n"
    )


@pytest.mark.nightly
def test_a_decision_on_a_record_under_it_says_so(desk: Path, tmp_path: Path) -> None:
    withdrawn(desk)
    named, record = ("--criteria", f"{desk}@1.1.0"), tmp_path / "record.json"
    done("assess", LOAN_CASE, *named, "--format", "json", "-o", record)
    done("decide", record, *named, "--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09")
    decision = tmp_path / "record.decision.json"
    assert '"withdrawn":true' in decision.read_text("utf-8")
    done("decide", decision, "-o", tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text("utf-8")
    assert "The criteria had been withdrawn by then, and were used because they were named" in page
    # No line of it can be changed: the decision states what the record states.
    edit(decision, ',"withdrawn":true', "")
    assert run("verify", decision, record, *named).code == 1


@pytest.mark.parametrize(
    ("reference", "reason", "said"),
    [
        ("{desk}", "x", "`{desk}` names no version\n  help: say which one: `{desk}@VERSION` (there is 1.0.0, 1.1.0)\n"),
        ("{desk}@1.1.0", " ", "a withdrawal needs its reason\n  help: say it in a sentence: --reason TEXT\n"),
        (
            "{desk}@1.0.0",
            "x",
            GAP,
        ),
    ],
)
def test_what_would_leave_a_gap_or_says_too_little_is_refused(
    desk: Path, reference: str, reason: str, said: str
) -> None:
    before = (desk / LOCK).read_bytes()
    assert refused("criteria", "withdraw", reference.format(desk=desk), "--reason", reason) == said.format(desk=desk)
    assert (desk / LOCK).read_bytes() == before


def test_what_was_withdrawn_already_and_the_only_one_left_are_refused(desk: Path) -> None:
    withdrawn(desk)
    assert refused("criteria", "withdraw", f"{desk}@1.1.0", *REASON) == (
        "loan-desk@1.1.0 was withdrawn already\n  help: a withdrawal is final\n"
    )
    assert refused("criteria", "withdraw", f"{desk}@1.0.0", *REASON) == (
        "loan-desk@1.0.0 is the only version that counts\n  help: release the version that is to take its place first\n"
    )


def test_a_draft_and_a_version_that_was_changed_are_refused(desk: Path) -> None:
    lock = (desk / LOCK).read_text("utf-8")
    edit(desk / "1.1.0" / "indicators/title.yaml", "lowers_by: 1", "lowers_by: 2")
    assert "is not what was released as `loan-desk@1.1.0`" in refused("criteria", "withdraw", f"{desk}@1.1.0", *REASON)
    (desk / LOCK).write_text("".join(one for one in lock.splitlines(keepends=True) if "1.1.0" not in one), "utf-8")
    assert refused("criteria", "withdraw", f"{desk}@1.1.0", *REASON) == (
        "loan-desk@1.1.0 is a draft: only what was released is withdrawn\n"
        "  help: what nobody released can be changed, or its files moved away\n"
    )


def test_of_a_version_that_is_only_a_bundle_the_note_stands_in_the_changes_of_the_set(desk: Path) -> None:
    for path in sorted((desk / "1.1.0").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (desk / "1.1.0").rmdir()
    done("criteria", "withdraw", f"{desk}@1.1.0", *REASON)
    text = (desk / "1.0.0" / "CHANGES.md").read_text("utf-8")
    assert "## 1.1.0\n\n**Withdrawn on 2026-11-26.** Table 4 was wrong\n\n## 1.0.0" in text
    assert run("criteria", "check", desk).code == 0
    (desk / "releases" / "1.1.0.json").unlink()
    assert "`loan-desk@1.1.0` was released and withdrawn, but it is gone" in refused("criteria", "check", desk)


def test_what_was_signed_as_withdrawn_cannot_count_again_unseen(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE, "three words long")
    done("key", "new", tmp_path / "office.pem")
    key = ("--sign", tmp_path / "office.pem", "--by", "A. Vogel", "--role", "Head of office", "--on", "2026-12-03")
    done("criteria", "sign", f"{desk}@1.1.0", *key)
    done("criteria", "withdraw", f"{desk}@1.1.0", *REASON, *key)
    assert "\n  withdrawn: true\n" in (desk / SIGNATURES).read_text("utf-8")
    trusted = ("--key", tmp_path / "office.pub.pem")
    links = done("criteria", "verify", f"{desk}@1.1.0", *trusted)
    assert "holds: signed by A. Vogel (Head of office) on 2026-12-03" in links
    assert "holds: withdrawal signed by A. Vogel (Head of office) on 2026-12-03" in links
    assert "was withdrawn: it is not signed as a release any more" in refused("criteria", "sign", f"{desk}@1.1.0", *key)
    edit(desk / LOCK, "1.1.0: withdrawn ", "1.1.0: ")
    wrong = "`loan-desk@1.1.0` was signed as withdrawn, and no `releases.lock` says that it was"
    for command in (("criteria", "check", desk), ("assess", LOAN_CASE, "--criteria", desk)):
        assert wrong in refused(*command)


def test_the_signature_of_a_withdrawal_alone_is_none_of_the_release(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE, "three words long")
    done("key", "new", tmp_path / "office.pem")
    key = ("--sign", tmp_path / "office.pem", "--by", "A. Vogel", "--role", "Head of office")
    done("criteria", "withdraw", f"{desk}@1.1.0", *REASON, *key)
    result = run("criteria", "verify", f"{desk}@1.1.0", "--key", tmp_path / "office.pub.pem")
    assert result.code == 1
    assert "does not hold: it is not signed with a key that was named" in result.out
    # It says the opposite of a signature of the release, so it cannot be made one.
    edit(desk / SIGNATURES, "  withdrawn: true\n", "")
    assert "covers something else than stands beside it" in refused("criteria", "check", f"{desk}@1.1.0")
