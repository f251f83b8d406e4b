"""The page of a decision: what an officer must find on it, and hostile text that must do no harm anywhere."""

import re
import unicodedata
from datetime import date
from typing import Any

import pytest

from risk_engine.model.decision import Confirmation, Decision, Signature
from risk_engine.records.decide import confirmation_digest
from risk_engine.records.decisions import decision_digest
from risk_engine.report import DocumentForm, written
from risk_engine.report.blocks import Group, words
from risk_engine.report.pages import record_of
from tests.report.parts import DIGEST

FORMS: tuple[DocumentForm, ...] = ("text", "md", "html")
HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m\n# [x](javascript:y) *b* {{ 7 }} | =cmd()"


def decision(**changes: Any) -> Decision:
    level = {"name": "terms", "title": "Terms"}
    content: dict[str, Any] = {
        "schema": 2,
        "kind": "decision",
        "engine": "1.2.3",
        "language": "en",
        "sheet": None,
        "about": {
            "digest": DIGEST,
            "on": date(2026, 3, 2),
            "case_id": "T-1",
            "case_title": "The old tree",
            "criteria": "orchard@1.0.0",
            "challenge": "Write to the gardener.",
            "in_force": False,
            "in_force_from": date(2026, 4, 1),
            "draft": False,
            "profile": {"institution": "The orchard", "digest": "ef" * 32},
            "missing": 1,
        },
        "levels": (
            {
                "ladder": "verdict",
                "title": "Verdict",
                "question": "What of the verdict?",
                "role": "headline",
                "proposed": level,
                "provisional": True,
                "between": ({"name": "word", "title": "A word"}, {"name": "refusal", "title": "Refusal"}),
                "decided": {"name": "word", "title": "A word"},
                "answer": "A word is enough.",
            },
        ),
        "reason": "The branch is gone.\n\nWe looked.",
        "conditions": (
            {
                "text": "Mend the ladder.",
                "control": "LADDER",
                "state": "agreed",
                "owner": "P-2",
                "due": date(2026, 5, 1),
            },
            {"text": "Tell the pickers", "control": None, "state": None, "owner": None, "due": None},
        ),
        "replies": (
            {
                "name": "reply.txt",
                "sha256": DIGEST,
                "size": 12,
                "text": "We disagree.",
                "from": "The pickers",
                "date": date(2026, 3, 4),
            },
        ),
        "by": {"name": "A. Gardener", "role": "Head"},
        "on": date(2026, 3, 5),
        "four_eyes": ({"ladder": "verdict", "level": "word"},),
        "supersedes": DIGEST,
        "digest": DIGEST,
    }
    return Decision.model_validate({**content, **changes})


def confirmed(**changes: Any) -> Decision:
    """Return a confirmed decision whose digests are right; the changes are of the confirmation."""
    first = decision()
    sealed = first.model_copy(update={"digest": decision_digest(first)})
    content: dict[str, Any] = {
        "decision": sealed.digest,
        "by": {"name": "B. Elder", "role": "Elder"},
        "on": date(2026, 3, 6),
        "different_person": False,
        "digest": DIGEST,
    }
    confirmation = Confirmation.model_validate({**content, **changes})
    right = confirmation.model_copy(update={"digest": confirmation_digest(confirmation)})
    signatures = tuple(Signature(covers=one, key=DIGEST, value="0" * 128) for one in (sealed.digest, right.digest))
    return sealed.model_copy(update={"confirmation": right, "signatures": signatures})


def hostile(text: str = HOSTILE) -> Decision:
    """Return a decision of nothing but hostile text."""
    person = {"name": text, "role": text}
    level = {"name": text, "title": text}
    about = {**decision().about.model_dump(), "case_title": text, "case_id": text, "challenge": text}
    return decision(
        by=person,
        reason=text,
        about=about,
        levels=({**decision().levels[0].model_dump(), "title": text, "decided": level, "between": (level, level)},),
        conditions=({"text": text, "control": text, "state": None, "owner": text, "due": None},),
        replies=({**decision().replies[0].model_dump(by_alias=True), "name": text, "from": text, "text": text},),
        confirmation={**confirmed().model_dump(by_alias=True)["confirmation"], "by": person},
    )


def shown(of: Decision, form: DocumentForm) -> str:
    return written(record_of(of), form).decode()


def flat(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>|[*`]", " ", text).replace("\\", "").split())


@pytest.mark.parametrize("form", FORMS)
def test_the_page_says_all_that_was_decided(form: DocumentForm) -> None:
    said = flat(shown(decision(), form))
    for part in (
        "Not in effect yet: a second person must confirm it.",
        "The old tree (T-1)",
        "Verdict: A word. A word is enough.",
        "Proposed as things stood: Terms. Chosen while it was still open between A word and Refusal.",
        "deviates from the proposal",
        "The branch is gone.",
        "We looked.",
        "Mend the ladder. (LADDER) – agreed, to be put in place; owner: P-2; due 1 May 2026",
        "Tell the pickers; no owner named",
        "The pickers, 4 March 2026: reply.txt (12 bytes, SHA-256 abababababab…)",
        "A. Gardener, Head, 5 March 2026",
        "two people are asked for because of verdict=word",
        "Write to the gardener.",
        f"It takes the place of the decision {DIGEST}",
        "Decision on the assessment of 2 March 2026 under orchard@1.0.0 and the profile of The orchard.",
        "The criteria were not in force on that day (in force from 1 April 2026)",
        "Decided while 1 answer of the case was missing.",
        f"Profile {'ef' * 32}",
    ):
        assert part in said or part.replace("*", "") in said, part
    assert "We disagree." in said


@pytest.mark.parametrize("form", FORMS)
def test_a_confirmed_and_signed_one_names_both_people_and_the_key(form: DocumentForm) -> None:
    said = flat(shown(confirmed(), form))
    assert "Decided on 6 March 2026. Verdict: A word is enough." in said
    assert "B. Elder, Elder, 6 March 2026" in said
    assert "said to be another person" not in said
    assert f"Signature over the decision with the key {DIGEST}" in said
    assert f"Signature over the confirmation with the key {DIGEST}" in said


@pytest.mark.parametrize("form", FORMS)
def test_the_page_says_that_two_names_were_said_to_be_of_two_people(form: DocumentForm) -> None:
    by = {"name": "Anne Gardener", "role": "Elder"}
    said = flat(shown(confirmed(by=by, different_person=True), form))
    assert "Anne Gardener, Elder, 6 March 2026; said to be another person than A. Gardener" in said


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"decision": DIGEST}, "the confirmation is of another decision"),
        ({"by": {"name": "Gardener, A", "role": "Elder"}}, "the person who decided confirmed it too"),
        ({"on": date(2026, 3, 4)}, "the confirmation is dated before the decision"),
    ],
)
def test_a_confirmation_that_does_not_count_leaves_a_decision_not_in_effect(changes: dict[str, Any], why: str) -> None:
    said = flat(shown(confirmed(**changes), "text"))
    assert said.startswith("Not in effect yet: a second person must confirm it.")
    assert (
        f"A confirmation that does not count: {changes.get('by', {'name': 'B. Elder'})['name']}, Elder; {why}" in said
    )
    assert "A second person must confirm it: two people are asked for" in said
    assert "Confirmed by" not in said


@pytest.mark.parametrize("form", FORMS)
def test_the_page_says_first_what_the_decided_level_allows(form: DocumentForm) -> None:
    headline = {**decision().levels[0].model_dump(), "answer": "A word will do"}
    gate = {**headline, "ladder": "start", "role": "gate", "title": "Start", "answer": "Yes, it may start."}
    same = {**headline, "decided": headline["proposed"], "ladder": "third", "title": "Third", "role": None}
    plain = decision(levels=(headline, gate, same), four_eyes=(), reason=None)
    said = flat(shown(plain, form))
    assert "Decided on 5 March 2026. Start: Yes, it may start." in said
    assert "Verdict: A word. A word will do." in said
    assert "Third: Terms. A word will do. Chosen while it was still open between A word and Refusal." in said
    assert "As proposed" not in said
    assert "No reason is given." in said


def test_a_reply_is_set_as_a_letter_and_room_to_sign_comes_before_what_identifies_the_record() -> None:
    letter = {**decision().replies[0].model_dump(by_alias=True), "text": "Dear office,\n\nno."}
    html = shown(decision(replies=(letter,)), "html")
    assert re.search(r"<p>Dear office,</p>\s*<p>no\.</p>", html)
    assert html.index("Signature: A. Gardener") < html.index("What identifies it")
    assert "\n\nDear office,\n\nno.\n\n" in shown(decision(replies=(letter,)), "md")


def test_one_that_needs_nothing_says_so() -> None:
    empty = {"name": "r.bin", "sha256": DIGEST, "size": 1, "text": None, "from": "X", "date": date(2026, 3, 4)}
    blank = {**empty, "text": "\n", "name": "blank.txt"}
    settled = {**decision().levels[0].model_dump(), "provisional": False}
    known = {**decision().about.model_dump(), "in_force": True, "profile": None, "missing": 2}
    plain = decision(
        about=known, levels=(settled,), reason=None, conditions=(), replies=(), four_eyes=(), supersedes=None
    )
    said = shown(plain, "text")
    assert "As proposed; the assessment says why." in said
    assert "  - None.\n" in said
    assert "  - Nothing.\n" in said
    assert "No second person is asked for." in said
    assert "takes the place" not in said
    assert "under orchard@1.0.0, without a profile" in " ".join(said.split())
    assert "in force" not in said
    assert "missing" not in said
    assert "Decided while 2 answers of the case were missing." in shown(decision(about=known), "text")
    (replies,) = [one for one in record_of(decision(replies=(empty, blank))).sections if one.key == "replies"]
    assert [words(one.title) for one in replies.blocks if isinstance(one, Group)] == ["X, 4 March 2026: blank.txt"]
    assert "The file is empty." in flat(shown(decision(replies=(blank,)), "md"))


@pytest.mark.parametrize("form", FORMS)
def test_hostile_text_is_shown_and_does_nothing(form: DocumentForm) -> None:
    text = shown(hostile(), form)
    assert not [one for one in text if one != "\n" and unicodedata.category(one) in {"Cc", "Cf"}]
    if form != "text":
        assert re.search(r"(?<!\\)<script", text) is None
    if form == "md":
        assert re.search(r"(?m)^# (?!Decided|Not in effect yet)", text) is None
        assert re.search(r"(?<!\\)\]\(javascript", text) is None
    if form == "html":
        assert text.count("<h1>") == 1
        assert "javascript:y" not in re.sub(r">[^<]*<", "><", text)
