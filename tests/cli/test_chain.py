"""Whatever is changed in a chain of records, `verify` notices it, and says which link does not hold."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_engine.cli.verify import PASSPHRASE
from risk_engine.engine.assess import assessment_digest
from risk_engine.files.plain import canonical, digest
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Confirmation, Decision
from risk_engine.records.decide import confirmation_digest
from risk_engine.records.decision_links import Around, decision_links
from risk_engine.records.decisions import decision_digest
from risk_engine.records.verify import unchecked
from risk_engine.version import __version__
from tests.cli.running import LOAN, LOAN_CASE, Result, done, run

PASS = {PASSPHRASE: "correct horse"}
TRIES = settings().max_examples // 6
ALL_HOLD = "19 hold, 0 do not, 0 not checked\n"


@cache
def made() -> dict[str, bytes]:
    """Return the files of a whole chain: two assessments, two decisions, confirmation, signatures, replies, the key."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "letter.txt").write_text("We disagree.\n", "utf-8")
        (place / "letter.pdf").write_bytes(b"%PDF-1.7 \xff\x00")
        done("key", "new", place / "desk.pem", **PASS)
        done("assess", LOAN_CASE, *LOAN, "--format", "json", "-o", place / "old.json")
        levels = ("--level", "release=checks_due", "--level", "verdict=refuse", "--level", "travel=alone")
        who = (
            *levels,
            "--by",
            "R. Keeper",
            "--role",
            "Registrar",
            "--on",
            "2026-03-09",
            "--reason",
            "The keeper is ill.",
            "--no-adopt",
            "--condition",
            "LOGGER",
        )
        second = ("--confirm", "B. Board", "--confirm-role", "Chair", "--sign", place / "desk.pem")
        done("decide", place / "old.json", *LOAN, *who, *second, **PASS)
        done(
            "assess", LOAN_CASE, *LOAN, "--supersedes", place / "old.json", "--format", "json", "-o", place / "new.json"
        )
        both = [
            part
            for letter in ("letter.txt", "letter.pdf")
            for part in ("--reply", f"{place / letter}; from=Harbour Museum; date=2026-03-08")
        ]
        old = place / "old.decision.json"
        done("decide", place / "new.json", *LOAN, *who, *second, *both, "--supersedes", old, **PASS)
        (place / "desk.pem").unlink()
        return {one.name: one.read_bytes() for one in sorted(place.iterdir())}


@contextmanager
def chain() -> Iterator[Path]:
    """Give a fresh copy of the chain in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        for file, content in made().items():
            Path(name, file).write_bytes(content)
        yield Path(name)


@pytest.fixture
def place() -> Iterator[Path]:
    with chain() as folder:
        yield folder


def verified(place: Path) -> Result:
    return run("verify", place, *LOAN, "--key", place / "desk.pub.pem")


def rewritten(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what a record says and write it as the engine would, its own digests computed anew."""
    content = json.loads(file.read_text("utf-8"))
    change(content)
    if "findings" in content:
        content["digest"] = assessment_digest(Assessment.model_validate_json(json.dumps(content)))
    else:
        content["digest"] = decision_digest(Decision.model_validate_json(json.dumps(content)))
        if content["confirmation"]:
            content["confirmation"]["decision"] = content["digest"]
            confirmation = Confirmation.model_validate_json(json.dumps(content["confirmation"]))
            content["confirmation"]["digest"] = confirmation_digest(confirmation)
    file.write_bytes(canonical(content) + b"\n")


def test_a_chain_that_nobody_touched_holds(place: Path) -> None:
    result = verified(place)
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith(ALL_HOLD)
    assert "does not hold" not in result.out


@settings(max_examples=TRIES, deadline=None)
@given(data=st.data())
def test_a_change_of_one_byte_anywhere_is_noticed(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from([one for one in sorted(made()) if one != "desk.pub.pem"]))
    content = made()[file]
    # Half of the draws go where the records are small: the confirmation, the signatures, the names.
    where = data.draw(st.integers(0, len(content) - 1) | st.integers(max(0, len(content) - 1500), len(content) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != content[where]))
    with chain() as place:
        (place / file).write_bytes(content[:where] + bytes([byte]) + content[where + 1 :])
        result = verified(place)
    is_told = result.code in {1, 2} or "note: its file is not to the byte" in result.out
    assert is_told, (file, where, byte, result)


@pytest.mark.nightly
@settings(max_examples=TRIES, deadline=None)
@given(data=st.data())
def test_a_byte_more_or_less_is_noticed(data: st.DataObject) -> None:
    file = data.draw(st.sampled_from([one for one in sorted(made()) if one != "desk.pub.pem"]))
    content = made()[file]
    where = data.draw(st.integers(0, len(content) - 2))
    more = data.draw(st.binary(max_size=1))
    with chain() as place:
        (place / file).write_bytes(content[:where] + more + content[where + (0 if more else 1) :])
        result = verified(place)
    is_told = result.code in {1, 2} or "note: its file is not to the byte" in result.out
    assert is_told, (file, where, more, result)


def a_word(content: dict[str, Any]) -> None:
    content["reason"] = "Another reason."


def a_level(content: dict[str, Any]) -> None:
    content["levels"][1]["proposed"] = content["levels"][1]["decided"]


def no_four_eyes(content: dict[str, Any]) -> None:
    content["four_eyes"] = []


def no_reason(content: dict[str, Any]) -> None:
    content["reason"] = None


def same_hand(content: dict[str, Any]) -> None:
    content["confirmation"]["by"]["name"] = "r.  KEEPER"


def too_early(content: dict[str, Any]) -> None:
    content["confirmation"]["on"] = "2026-03-01"


def before_the_assessment(content: dict[str, Any]) -> None:
    content["on"] = "2026-01-01"


def another_control(content: dict[str, Any]) -> None:
    content["conditions"] = [{"text": "x", "control": "NONE", "state": None, "owner": None, "due": None}]


def another_text_of_a_control(content: dict[str, Any]) -> None:
    content["conditions"][-1]["text"] = "Nothing needs to be done."


def another_state_of_a_control(content: dict[str, Any]) -> None:
    content["conditions"][-1]["state"] = "planned"


def a_name_that_may_be_the_first_ones(content: dict[str, Any]) -> None:
    content["confirmation"]["by"]["name"] = "Rosa Keeper"


def another_reply(content: dict[str, Any]) -> None:
    content["replies"][1]["text"] = "We agree."


def another_title(content: dict[str, Any]) -> None:
    content["about"]["case_title"] = "Another"


def no_confirmation(content: dict[str, Any]) -> None:
    content["confirmation"] = None


def no_signature(content: dict[str, Any]) -> None:
    content["signatures"] = []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (a_word, "a signature is of another record"),
        (a_level, "the decision does not state the case or the proposal as the assessment does"),
        (another_title, "the decision does not state the case or the proposal as the assessment does"),
        (no_four_eyes, "the decision does not ask for a second person as the set and the profile do"),
        (no_reason, "it deviates, and no reason is given"),
        (same_hand, "the person who decided confirmed it too"),
        (too_early, "the confirmation is dated before the decision"),
        (before_the_assessment, "the decision of 2026-01-01 is before the assessment of 2026-03-02"),
        (another_control, "NONE is a condition, but no control of the assessment"),
        (another_text_of_a_control, "the condition LOGGER is not as the assessment states that control"),
        (another_state_of_a_control, "the condition LOGGER is not as the assessment states that control"),
        (a_name_that_may_be_the_first_ones, "the person who decided may have confirmed it too"),
        (another_reply, "the reply letter.pdf is not the text that was hashed"),
        (no_confirmation, "a signature is of another record"),
        (no_signature, "the confirmation is not signed with a key that was named"),
    ],
)
def test_who_computes_the_digests_anew_is_found_out_all_the_same(
    place: Path, change: Callable[[dict[str, Any]], object], why: str
) -> None:
    rewritten(place / "new.decision.json", change)
    result = verified(place)
    assert result.code == 1
    assert f"new.decision.json: does not hold: {why}" in result.out


def test_another_sheet_does_not_hold_and_another_engine_is_no_excuse_for_it(place: Path) -> None:
    """Another engine may lay a sheet out otherwise; nobody can say then whether it is the one that was shown."""

    def another_sheet(content: dict[str, Any]) -> None:
        content["sheet"]["sha256"] = "0" * 64

    def by_another_engine(content: dict[str, Any]) -> None:
        content["engine"] = "0.0.9"

    rewritten(place / "new.decision.json", another_sheet)
    assert "does not hold: the decision sheet that was shown is not the one of this assessment" in verified(place).out
    rewritten(place / "new.decision.json", by_another_engine)
    result = verified(place)
    assert result.code != 0
    assert f"not checked: engine 0.0.9 showed another decision sheet than {__version__} makes" in result.out


def test_digests_that_were_not_computed_anew_are_altered(place: Path) -> None:
    file = place / "new.decision.json"
    content = json.loads(file.read_text("utf-8"))
    file.write_bytes(canonical({**content, "reason": "Another."}) + b"\n")
    assert "does not hold: altered: the decision was changed after it was written" in verified(place).out
    content["confirmation"]["by"]["role"] = "Dean"
    file.write_bytes(canonical(content) + b"\n")
    assert "does not hold: altered: the confirmation was changed after it was written" in verified(place).out
    content["confirmation"]["decision"] = "0" * 64
    confirmation = {key: value for key, value in content["confirmation"].items() if key != "digest"}
    content["confirmation"]["digest"] = digest(confirmation)
    file.write_bytes(canonical(content) + b"\n")
    assert "does not hold: the confirmation is of another decision" in verified(place).out
    file.write_text(json.dumps(json.loads(made()["new.decision.json"])), "utf-8")
    assert "does not hold: altered: the file is not written as the engine writes it" in verified(place).out


def test_a_signature_that_is_not_right_does_not_hold(place: Path) -> None:
    file = place / "old.decision.json"
    content = json.loads(file.read_text("utf-8"))
    content["signatures"][0]["value"] = "0" * 128
    file.write_bytes(canonical(content) + b"\n")
    assert "old.decision.json: does not hold: the signature with the key" in verified(place).out


def test_another_key_does_not_do(place: Path) -> None:
    done("key", "new", place / "other.pem", **PASS)
    result = run("verify", place, *LOAN, "--key", place / "other.pub.pem")
    assert result.code == 1
    assert "does not hold: the confirmation is not signed with a key that was named" in result.out
    assert "not checked: a signature with the key" in result.out


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("new.json", "new.decision.json: not checked: the assessment that was decided on, "),
        ("old.json", "new.json: not checked: the assessment that it supersedes, "),
        ("old.decision.json", "new.decision.json: not checked: the decision that it takes the place of, "),
        ("letter.pdf", "new.decision.json: not checked: the reply letter.pdf is kept outside the record, "),
    ],
)
def test_what_is_missing_is_not_checked_and_never_passed_over(place: Path, file: str, why: str) -> None:
    (place / file).unlink()
    result = verified(place)
    assert result.code == 2
    assert result.err == "not everything could be checked: see the lines that say `not checked`\n"
    assert f"{place}/{why}" in result.out


def test_without_a_key_signatures_are_not_checked(place: Path) -> None:
    result = run("verify", place, *LOAN)
    assert result.code == 2
    assert "name its public half with --key" in result.out
    assert result.out.endswith("17 hold, 0 do not, 2 not checked\n")


def test_an_assessment_that_states_another_past_does_not_hold(place: Path) -> None:
    def change(content: dict[str, Any]) -> None:
        content["supersedes"]["on"] = "2026-03-01"

    rewritten(place / "new.json", change)
    result = verified(place)
    assert result.code == 1
    assert "new.json: does not hold: it does not state what the assessment" in result.out


def test_a_decision_takes_the_place_of_one_of_its_own_case_only(place: Path) -> None:
    def earlier(content: dict[str, Any]) -> None:
        content["on"] = "2026-03-08"
        content["confirmation"]["on"] = "2026-03-08"

    rewritten(place / "new.decision.json", earlier)
    assert "new.decision.json: does not hold: it cannot take the place of the decision" in verified(place).out


def test_files_are_named_one_by_one_replies_too(place: Path) -> None:
    names = ("old.json", "old.decision.json", "new.json", "new.decision.json")
    (place / "away").mkdir()
    for letter in ("letter.txt", "letter.pdf"):
        shutil.move(place / letter, place / "away" / letter)
    letters = (place / "away" / "letter.pdf", place / "away" / "letter.txt")
    key = ("--key", place / "desk.pub.pem")
    assert done("verify", *letters, *(place / one for one in names), *LOAN, *key).endswith(ALL_HOLD)
    stray = run("verify", place / "new.decision.json", LOAN_CASE, *LOAN)
    assert stray.code == 2
    assert "this is not an assessment that this engine can read" in stray.err


@pytest.mark.nightly
def test_what_else_lies_in_a_folder_is_named_and_what_cannot_be_read_is_not_passed_over(place: Path) -> None:
    (place / "deep").mkdir()
    (place / "deep" / "schema.json").write_text("{}", "utf-8")
    (place / ".hidden.json").write_text("{", "utf-8")
    result = verified(place)
    assert result.code == 0
    assert "deep/schema.json: note: neither an assessment nor a decision, so it is not looked at" in result.out
    (place / "deep" / "broken.json").write_text("{", "utf-8")
    result = verified(place)
    assert result.code == 2
    assert "deep/broken.json: not checked: it cannot be read: this cannot be read as JSON" in result.out


def test_a_reply_is_found_by_its_content_and_folders_far_below_are_named(place: Path) -> None:
    (place / "a" / "b").mkdir(parents=True)
    (place / "letter.pdf").rename(place / "0004-kept-letter.pdf")
    result = verified(place)
    assert result.code == 0
    assert f"the reply letter.pdf is the file {place / '0004-kept-letter.pdf'}" in result.out
    assert f"{place / 'a' / 'b'}: note: folders so far below are not looked at; name it by itself" in result.out


def test_a_folder_without_records_is_refused(tmp_path: Path) -> None:
    result = run("verify", tmp_path)
    assert (result.code, result.out) == (2, "")
    assert "there is no assessment or decision in this folder" in result.err


def test_an_assessment_by_other_rules_or_another_engine_is_told_apart(place: Path) -> None:
    def another_engine(content: dict[str, Any]) -> None:
        content["engine"] = "0.0.9"

    rewritten(place / "old.json", another_engine)
    out = verified(place).out
    assert (
        f"old.json: holds: the assessment comes out again by another engine version (0.0.9, now {__version__})" in out
    )
    # Its digest is another one then, so nothing is bound to it any more.
    assert "new.json: not checked: the assessment that it supersedes, " in out

    def another_finding(content: dict[str, Any]) -> None:
        content["findings"] = content["findings"][1:]

    rewritten(place / "old.json", another_finding)
    assert "old.json: does not hold: the assessment does not come out again: " in verified(place).out
    result = run("verify", place, "--key", place / "desk.pub.pem")
    assert "new.json: not checked: the assessment cannot be recomputed: the criteria of the assessment" in result.out


def test_a_decision_that_awaits_confirmation_holds_and_says_so(place: Path) -> None:
    levels = ("--level", "release=held", "--level", "verdict=refuse", "--level", "travel=alone")
    who = ("--by", "R. Keeper", "--role", "Registrar", "--on", "2026-03-09", "--reason", "So.")
    done("decide", place / "old.json", *LOAN, *levels, *who, "-o", place / "third.json")
    result = run("verify", place / "old.json", place / "third.json", *LOAN)
    assert result.code == 0
    assert "third.json: note: it still awaits the confirmation of a second person" in result.out


def test_an_altered_assessment_and_the_decision_on_it_do_not_hold_even_without_the_criteria(place: Path) -> None:
    file = place / "old.json"
    content = json.loads(file.read_text("utf-8"))
    file.write_bytes(canonical({**content, "engine": "another"}) + b"\n")
    for criteria in ((), LOAN):
        result = run("verify", place, *criteria, "--key", place / "desk.pub.pem")
        assert result.code == 1
        assert "old.json: does not hold: altered: the assessment was changed after it was written" in result.out
        assert "old.decision.json: does not hold: the assessment that was decided on, " in result.out
    assert "new.json: does not hold: the assessment " in verified(place).out
    alone = run("verify", file)
    assert (alone.code, alone.err) == (1, "")
    assert alone.out.startswith("altered: the file was changed after it was written")
    assert "nobody can say where" in alone.out
    # A copy as it was written, beside the altered one, is what the decision is held against.
    (place / "a-copy.json").write_bytes(made()["old.json"])
    assert "old.decision.json: does not hold" not in verified(place).out


@pytest.mark.parametrize("name", ["", "sub"])
def test_a_folder_that_cannot_be_read_is_not_checked(place: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = place / name
    closed.mkdir(exist_ok=True)
    look = os.scandir

    def no_entry(folder: Path) -> Any:
        if folder == closed:
            raise PermissionError(13, "Permission denied")
        return look(folder)

    monkeypatch.setattr(os, "scandir", no_entry)
    result = verified(place)
    assert result.code == 2
    assert f"{closed}: not checked: it cannot be read: permission denied" in result.out


def test_an_entry_that_nobody_can_follow_is_not_checked(place: Path) -> None:
    (place / "loop").symlink_to("loop")
    result = verified(place)
    assert result.code == 2
    assert "loop: not checked: it cannot be read: too many levels of symbolic links" in result.out


def test_a_reply_whose_file_cannot_be_read_is_not_checked(place: Path) -> None:
    (place / "letter.pdf").unlink()
    (place / "letter.pdf").symlink_to("letter.pdf.gone")
    assert verified(place).code == 2
    (place / "away").mkdir()
    letter = place / "away" / "letter.pdf"
    letter.mkdir(parents=True)
    around = Around({}, {}, (letter,), {})
    record = Decision.model_validate_json(made()["new.decision.json"])
    links = list(decision_links(record, made()["new.decision.json"], around))
    assert unchecked(f"the reply letter.pdf may be the file {letter}, which cannot be read") in links


def test_what_is_gone_from_a_register_does_not_hold(tmp_path: Path) -> None:
    done("register", "add", tmp_path / "register", LOAN_CASE, *LOAN)
    (case,) = (one for one in (tmp_path / "register").iterdir() if one.is_dir() and one.name != "criteria")
    assert "is missing" not in run("verify", tmp_path / "register", *LOAN).out
    (gone,) = case.glob("*-case*")
    gone.unlink()
    for folder in (case, case.parent):
        result = run("verify", folder, *LOAN)
        assert result.code == 1
        assert "does not hold: it is missing; it was filed on 20" in result.out


def test_a_contradiction_without_a_reason_does_not_hold(place: Path) -> None:
    def mildest_gate(content: dict[str, Any]) -> None:
        content["levels"][0]["decided"] = {"name": "ready", "title": "Ready"}
        content["reason"] = None

    assert "it contradicts itself" not in verified(place).out
    rewritten(place / "new.decision.json", mildest_gate)
    assert (
        "new.decision.json: does not hold: it contradicts itself, and no reason is given: Verdict: Refus"
        in verified(place).out
    )


def test_that_nothing_is_signed_is_said_once(place: Path) -> None:
    assert "not signed" not in verified(place).out
    for name in ("old.decision.json", "new.decision.json"):
        rewritten(place / name, no_signature)
    out = run("verify", place, *LOAN).out
    assert out.count("not signed") == 1
    assert "note: not signed (nor are 1 more): whoever has the file could have rewritten it" in out


def test_what_a_missing_decision_asked_for_is_not_known_but_the_rest_is_checked(place: Path) -> None:
    (place / "old.decision.json").unlink()
    rewritten(place / "new.decision.json", no_four_eyes)
    assert "does not hold: the decision does not ask for a second person" in verified(place).out


def test_a_key_that_is_none_is_refused(place: Path) -> None:
    for file, why in ((place / "old.json", "this is no public key in PEM form"), (place / "no", "cannot be read")):
        result = run("verify", place, "--key", file)
        assert (result.code, result.out) == (2, "")
        assert why in result.err


def test_an_assessment_whose_file_was_laid_out_otherwise_is_the_same_and_said_to_be(place: Path) -> None:
    file = place / "old.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")), indent=1), "utf-8")
    assert "; its file is not to the byte as the engine would write it" in done("verify", file, *LOAN)
    out = verified(place).out
    assert "old.json: note: its file is not to the byte as the engine would write it now" in out


def test_earlier_records_of_a_signed_decision_are_covered_by_its_signature(place: Path) -> None:
    content = json.loads(made()["new.decision.json"])
    first = {**content, "confirmation": None, "signatures": []}
    (place / "first.json").write_bytes(canonical(first) + b"\n")
    (place / "second.json").write_bytes(canonical({**content, "signatures": []}) + b"\n")
    result = verified(place)
    assert result.code == 0
    for name in ("first", "second"):
        assert f"{name}.json: holds: another record of the same decision carries the signature" in result.out
    assert "note: not signed" not in result.out
    # Another confirmation of the same decision is not what was signed.
    other = {**content["confirmation"], "by": {"name": "C. Other", "role": "Chair"}}
    other["digest"] = confirmation_digest(Confirmation.model_validate_json(json.dumps(other)))
    (place / "second.json").write_bytes(canonical({**content, "confirmation": other, "signatures": []}) + b"\n")
    result = verified(place)
    assert result.code == 1
    assert "second.json: does not hold: the confirmation is not signed with a key that was named" in result.out
    # Nor does a signature cover what stands in a record that was altered.
    (place / "second.json").unlink()
    (place / "new.decision.json").write_bytes(canonical({**content, "reason": "Another."}) + b"\n")
    assert "first.json: does not hold: the decision is not signed" in verified(place).out


def test_nothing_of_an_altered_record_is_called_signed_or_holding(place: Path) -> None:
    file = place / "new.decision.json"
    content = json.loads(made()[file.name])
    changed = {**content["confirmation"], "on": "2027-01-01"}
    for altered in ({**content, "reason": "Another."}, {**content, "confirmation": changed}):
        file.write_bytes(canonical(altered) + b"\n")
        result = verified(place)
        assert result.code == 1
        assert f"{file}: does not hold: altered" in result.out
        assert f"{file}: holds" not in result.out
    rewritten(file, a_word)  # its digests computed anew, its signature of the record as it was
    assert f"{file}: holds" not in verified(place).out


def test_two_decisions_in_effect_on_one_assessment_do_not_hold(place: Path) -> None:
    second = json.loads(made()["new.decision.json"])
    (place / "twin.json").write_bytes(canonical(second) + b"\n")
    result = verified(place)
    assert result.code == 0
    assert (
        f"{place}/old.decision.json: note: not in effect any more: the decision {second['digest'][:12]}" in result.out
    )
    rewritten(place / "twin.json", a_word)
    result = run("verify", place, *LOAN)
    assert result.code == 1
    assert "twin.json: does not hold: 2 decisions are in effect on the assessment" in result.out
    assert "none takes the place of another: new.decision.json and twin.json" in result.out


def test_what_was_open_and_decided_without_a_reason_does_not_hold(place: Path) -> None:
    def as_things_stood(content: dict[str, Any]) -> None:
        content.update(reason=None, signatures=[])
        for one in content["levels"]:
            one.update(decided=one["proposed"], provisional=True)

    rewritten(place / "new.decision.json", as_things_stood)
    out = verified(place).out
    assert "new.decision.json: does not hold: it was decided while the proposal was still open, and no reason" in out
    rewritten(place / "new.decision.json", lambda content: content.update(reason="It cannot wait."))
    assert "new.decision.json: holds: it decides what was still open and says why" in verified(place).out
