"""The letter to the researcher: what was decided and why, in the words of the criteria; nobody is accused."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.model.explanation import Entry, Explanation, Finding
from risk_engine.records.decide import Said, decide
from risk_engine.records.decisions import StatedCondition
from risk_engine.report import written
from risk_engine.report.blocks import Letterhead, Prose, words
from risk_engine.report.pages import Sender, WholeKind, view_of
from risk_engine.report.pages.letter import letter_warning
from tests.report.pages.samples import HEAD, decided, group, orchard, text_of
from tests.report.parts import control, finding, gap, option, proposal, read
from tests.report.printing import pages
from tests.report.samples import assessment

KINDS: tuple[WholeKind, ...] = ("decision", "plan", "full")
MARK = "ZZ-nobody-may-read-this"


def marked(text: str) -> str:
    return f"{text} {MARK}"


PLAIN: dict[str, Any] = {"case_title": "Loose bark", "institution": "Hill Orchard", "assessor": "P-9"}
"""What a letter may say of what users wrote."""


def test_nothing_that_was_recorded_is_in_any_letter() -> None:
    secret = orchard(marked, case={"notes": MARK, "tree": [{"id": "old", "bark": MARK}]}, **PLAIN)
    assert MARK in text_of(secret, "full")
    assert MARK not in text_of(secret, "letter")
    shown = view_of(secret, "letter")
    word = zipfile.ZipFile(io.BytesIO(written(shown, "docx")))
    assert [one for one in word.namelist() if MARK.encode() in word.read(one)] == []
    pdf = written(shown, "pdf")
    assert MARK.encode() not in pdf
    assert [line for page in pages(pdf) for line in page if MARK in line] == []


def test_of_what_the_person_who_decided_wrote_a_letter_holds_the_conditions_alone() -> None:
    secret = orchard(marked, **PLAIN)
    conditions = (
        StatedCondition("NET", owner=MARK),
        StatedCondition("Mend the\n  ladder", due=date(2026, 5, 1)),
        StatedCondition(f"Keep away from Grandmother {MARK}", sent=False),
    )
    decision = decided(secret, *conditions, reason=f"{MARK} did it.", opening="wait")
    said = text_of(secret, "letter", decision)
    assert MARK not in said
    assert group(view_of(secret, "letter", decision), "On what conditions")[1:] == [
        "Control ROPE. Do ROPE.",
        "Control NET. Do NET. Due 1 May 2026.",
        "Control SPRAY. Do SPRAY. Due 1 April 2026.",
        "Mend the ladder. Due 1 May 2026.",
        "1 further condition is in the decision; the research office tells you its wording.",
    ]


def test_every_condition_is_in_the_letter_but_those_of_which_whoever_decided_said_so() -> None:
    facts = {
        "tree.old.bark": read(),
        "tree.old.heart": read(shown=" Hollow  inside", confidential=True),
        "tree.old.pest": read(shown="Yes", confidential=True),
    }
    made = orchard(facts=facts, **PLAIN)
    stated = (StatedCondition("Nobody climbs: it is hollow inside."), StatedCondition("Yes, use a net", sent=False))
    decision = decided(made, *stated)
    said = group(view_of(made, "letter", decision), "On what conditions")[1:]
    assert len(said) == len(decision.conditions)
    assert said[-2:] == [
        "Nobody climbs: it is hollow inside.",
        "1 further condition is in the decision; the research office tells you its wording.",
    ]
    plain = orchard(**PLAIN)
    for kind in ("decision", "plan", "full"):
        text = " ".join(text_of(plain, kind, decided(plain, *stated)).split())
        assert "Nobody climbs: it is hollow inside." in text
        assert "Yes, use a net" in text
        assert text.count("not sent") >= 1


def test_a_condition_that_is_a_control_is_told_in_the_words_of_the_criteria_whatever_the_record_says() -> None:
    made = orchard(**PLAIN)
    decision = decided(made, StatedCondition("NET"))
    forged = tuple(one.model_copy(update={"text": MARK}) for one in decision.conditions)
    said = group(view_of(made, "letter", decision.model_copy(update={"conditions": forged})), "On what conditions")
    assert "Control NET. Do NET. Due 1 May 2026." in said
    assert MARK not in " ".join(said)


def test_the_office_is_told_which_conditions_to_read_through_and_which_tell_of_others() -> None:
    made = orchard(entries=(Entry(path="tree.old", title="Tree", label="Grandmother"),), **PLAIN)
    free, naming = StatedCondition("Mend the ladder"), StatedCondition("Ask  GRANDMOTHER first")
    assert letter_warning(decided(made, StatedCondition("NET")), made) is None
    assert letter_warning(decided(made, free, StatedCondition("Paint the ladder")), made) == (
        "the letter holds 2 conditions in free words as they were decided: read them through before you send it"
    )
    assert letter_warning(decided(made, free, naming), made) == (
        "the letter holds 1 condition in free words as it was decided: read it through before you send it; "
        "the letter tells conditions that name an entry of the case or serve a confidential answer: `Ask GRANDMOTHER "
        "first`. One that is not to be sent is decided with `--condition '…; letter=no'`, and told in person"
    )
    assert letter_warning(decided(made, replace(naming, sent=False)), made) is None


def hidden(name: str, **changes: Any) -> Finding:
    options = (option("SPRAY", lacking=("SPRAY",)), option("NET", lacking=("NET",)))
    return finding(name, question=f"Is it {name}?", reason=f"{name} weighs.", options=options, **changes)


def confidential(**changes: Any) -> Explanation:
    """Return a case in which one answer is confidential: what stands on it, and what does not."""
    facts = {"tree.old.bark": read(), "tree.old.heart": read(question="How is the heart?", confidential=True)}
    findings = (
        finding("BARK-1", question="Is it the bark?", options=(option("NET", lacking=("NET",)),)),
        hidden("HEART-1", reads=("tree.old.bark", "tree.old.heart")),
        hidden("HEART-2", bars=("tree.old.heart",)),
        hidden("HEART-3", missing=("tree.old.heart",)),
    )
    controls = (
        control("NET", "agreed", findings=("BARK-1", "HEART-1")),
        control("SPRAY", "agreed", findings=("HEART-1", "HEART-2")),
    )
    gaps = (gap("tree.old.heart", question="How is the heart?"),)
    deciding = tuple(one.id for one in findings)
    levels = (proposal("opening", "shut", findings=deciding), proposal("verdict", "terms", findings=deciding))
    settled: dict[str, Any] = {"facts": facts, "findings": findings, "controls": controls, "gaps": gaps}
    return orchard(**PLAIN | settled | {"proposals": levels} | changes)


def test_what_rests_on_confidential_answers_is_in_no_letter() -> None:
    made = confidential()
    for decision in (None, decided(made)):
        said = text_of(made, "letter", decision)
        # Whoever carries the project must know what binds it: a condition is told, never what it is for.
        untold = ("HEART", "heart") if decision else ("HEART", "heart", "SPRAY")
        assert [one for one in untold if one in said] == []
        assert "Is it the bark?" in said
        shown = group(view_of(made, "letter", decision), "Why")
        assert shown[-1] == (
            "Further points rest on answers that are kept confidential; the research office speaks with you about them."
        )
    told = group(view_of(made, "letter", decided(made)), "On what conditions")
    assert told[1:] == [
        "Control NET. Do NET. Due 1 May 2026.",
        "Control SPRAY. Do SPRAY. Due 1 May 2026.",
    ]
    assert "serve a confidential answer: `SPRAY`." in (letter_warning(decided(made), made) or "")


def test_where_all_that_weighed_is_confidential_nothing_else_is_claimed() -> None:
    alone = tuple(one for one in confidential().findings if one.id != "BARK-1")
    shown = group(view_of(confidential(findings=alone), "letter"), "Why")
    assert [one[:14] for one in shown] == ["Further points"]
    assert "confidential" not in text_of(orchard(**PLAIN), "letter")


def test_conditions_on_a_refusal_are_for_a_changed_proposal() -> None:
    made = orchard(**PLAIN)
    refusal = decided(made, StatedCondition("NET"), verdict="refusal", opening="shut")
    intro = group(view_of(made, "letter", refusal), "On what conditions")[0]
    assert intro == "These conditions are for a changed proposal; they do not open the way for the present one:"
    terms = decided(made, StatedCondition("NET"), verdict="terms", opening="shut")
    bound_by = group(view_of(made, "letter", terms), "On what conditions")[0]
    assert bound_by.startswith("These conditions bind. The project may be carried out")


def test_a_letter_on_what_was_decided_while_it_was_open_says_so() -> None:
    made = orchard(**PLAIN)
    told = group(view_of(made, "letter", decided(made, opening="wait")), "What was decided")
    assert told[-1] == "Decided while 2 answers of the case were missing."
    settled = assessment(**PLAIN)
    assert "missing" not in text_of(settled, "letter", decided(settled))


@given(st.text(min_size=1).filter(str.strip), st.text(), st.text())
def test_a_title_that_names_an_entry_gives_way_to_the_id_of_the_case(label: str, before: str, after: str) -> None:
    entry = Entry(path="tree.old", title="Tree", label=label)
    title = f"{before}{label.upper() if label.upper().casefold() == label.casefold() else label}{after}"
    shown = view_of(assessment(case_title=title, entries=(entry,)), "letter")
    assert shown.title == "Your project, case A-1: proposal, not decided yet"


def test_the_subject_says_how_far_it_is() -> None:
    open_still = orchard(**PLAIN)
    assert view_of(open_still, "letter").title == "Your project, “Loose bark”: proposal, not decided yet"
    said = Said(HEAD, date(2026, 3, 5), (("opening", "wait"), ("verdict", "terms")), "We looked.")
    awaited = decide(open_still, said)
    assert view_of(open_still, "letter", awaited).title == "Your project, “Loose bark”: decision, not in effect yet"
    assert "a second person must confirm it" in text_of(open_still, "letter", awaited)
    in_effect = view_of(open_still, "letter", decided(open_still, opening="wait"))
    assert in_effect.title == "Your project, “Loose bark”: our decision"


def test_it_is_from_the_institution_to_the_researcher_of_the_day_of_the_decision() -> None:
    made = orchard(**PLAIN)
    head = view_of(made, "letter", decided(made, opening="wait")).sections[0].blocks[0]
    assert head == Letterhead(("Hill Orchard", "Research office"), ("Lead researcher",), "6 March 2026")
    assert view_of(assessment(), "letter").sections[0].blocks[0] == Letterhead(
        ("Research office",), ("Lead researcher",), "2 March 2026"
    )


def test_it_says_first_whether_it_may_start_and_what_that_means() -> None:
    made = orchard(**PLAIN)
    assert group(view_of(made, "letter", decided(made, opening="wait")), "What was decided") == [
        "What of the opening? You may pick once the ladder is mended. What Wait means.",
        "What of the verdict? Picking needs written terms. What Terms means.",
        "What of the watch? The elders look at it. What The elders means.",
        "What of the weather? You may pick now. What Go means.",
        "Decided while 2 answers of the case were missing.",
    ]


def test_what_is_still_open_is_said_before_any_level() -> None:
    first = group(view_of(orchard(**PLAIN), "letter"), "What is proposed")[0]
    assert first.startswith(
        "What of the opening? Still open: between Go and Shut; 2 answers missing. As things stand: You"
    )


def test_a_body_that_nobody_calls_is_not_told() -> None:
    told = group(view_of(assessment(), "letter"), "What is proposed")
    assert [one.partition("?")[0] for one in told] == ["What of the opening", "What of the verdict"]


def test_why_names_the_questions_that_the_result_rests_on_with_why_they_matter() -> None:
    assert group(view_of(orchard(**PLAIN), "letter"), "Why")[1:] == ["Could a branch fall? Branches fall on people."]
    deciding = proposal("verdict", "terms", findings=("A", "B", "C", "D", "E", "F", "G"))
    many = tuple(finding(one, question=f"Is it {one}?") for one in "ABCDEFG")
    told = group(view_of(assessment(findings=many, proposals=(deciding,)), "letter"), "Why")[1:]
    assert [one.partition("?")[0] for one in told] == ["Is it A", "Is it B", "Is it C", "Is it D", "Is it E", told[-1]]
    assert told[-1] == "2 further questions weighed as well."


def test_where_nothing_weighed_it_says_so_and_offers_no_help() -> None:
    calm = view_of(assessment(), "letter")
    assert group(calm, "Why") == ["No question of the criteria weighed against your project."]
    assert group(calm, "What would help") == []
    made = assessment(proposals=(proposal("opening", "go"), proposal("verdict", "word")))
    assert "why, and how you can challenge it." in " ".join(text_of(made, "letter", decided(made)).split())
    unsure = view_of(assessment(gaps=(gap(),)), "letter")
    assert group(unsure, "Why") == ["Nothing weighs against your project so far, but answers are missing that could."]


def test_a_decision_that_deviates_says_so_without_the_reason() -> None:
    made = orchard(**PLAIN)
    said = group(view_of(made, "letter", decided(made, reason="Between us.", opening="wait")), "Why")[-1]
    assert said.startswith("The person who decided did not follow the proposal of the criteria in every point.")
    assert "deviat" not in text_of(made, "letter", decided(made, opening="shut"))


def test_what_would_help_is_what_is_agreed_and_what_there_is_beside_but_no_condition_again() -> None:
    helped = (
        finding("ROT-1", options=(option("NET", lacking=("NET",)),)),
        finding("WIND-5", options=(option("SPRAY", lacking=("SPRAY",)), option("MOON", lacking=("MOON",)))),
        finding("SUN-4", irreducible="The sun shines"),
    )
    blocked = proposal("opening", "shut", findings=("ROT-1", "WIND-5", "SUN-4"))
    made = orchard(**PLAIN)
    stated = {one.id: one for one in made.controls}
    unlisted = {"counts_as": None, "stated": None}
    controls = (
        stated["NET"],
        *(stated[one].model_copy(update=unlisted) for one in ("SPRAY", "MOON")),
    )
    made = orchard(**PLAIN, findings=helped, proposals=(blocked, proposal("verdict", "terms")), controls=controls)
    told = [line for line in group(view_of(made, "letter"), "What would help") if not line.endswith(":")]
    assert told == ["Control NET. Do NET.", "Control SPRAY. Do SPRAY.", "Control MOON. Do MOON.", "The sun shines."]
    bound = decided(made, StatedCondition("SPRAY"))
    assert group(view_of(made, "letter", bound), "What would help")[1:] == ["The sun shines."]
    promised = "what was decided, why, what would help, and how you can challenge it."
    assert promised in " ".join(text_of(made, "letter", bound).split())
    settled = made.model_copy(update={"findings": helped[:2]})
    every = decided(settled, *map(StatedCondition, ("NET", "SPRAY", "MOON")))
    assert "would help" not in text_of(settled, "letter", every)


def test_what_is_still_missing_is_asked_once_without_the_name_of_an_entry() -> None:
    gaps = (gap(), gap(), gap("pest"), gap("tree.old.owner", question="Whose is it?", asked_of_title=""))
    made = orchard(**PLAIN, gaps=gaps)
    assert group(view_of(made, "letter"), "What is still missing")[1:] == [
        "For the tree: Which pests live in it? (asked of: The gardener)",
        "Which pests live in it? (asked of: The gardener)",
        "For the tree: Whose is it? (asked of: whoever knows the case)",
    ]


def test_it_says_whom_to_ask_how_to_challenge_it_and_when_it_is_looked_at_again() -> None:
    shown = view_of(orchard(**PLAIN), "letter")
    assert group(shown, "Whom to ask")[1:] == [
        "Your case was looked at by P-9.",
        "Contact in the research office",
        "E-mail and telephone",
    ]
    assert group(shown, "How to challenge it") == [
        "Write to the head gardener.",
        "We look at the project again by 2 March 2027, and earlier if it changes: please tell us.",
    ]


@pytest.mark.parametrize("assessor", [None, "Grandmother herself"])
def test_an_assessor_who_is_not_known_or_an_entry_is_not_named(assessor: str | None) -> None:
    shown = view_of(orchard(**PLAIN | {"assessor": assessor}), "letter")
    assert not [one for one in group(shown, "Whom to ask") if "looked at by" in one]


def test_it_begins_and_ends_as_a_letter_does() -> None:
    blocks = [one for one in view_of(orchard(**PLAIN), "letter").sections[0].blocks if isinstance(one, Prose)]
    said = [words(one.line) for one in blocks]
    assert (said[0], said[-1]) == ("Dear colleague,", "Kind regards,")


def test_a_sender_that_is_called_as_the_office_stands_above_a_letter_once() -> None:
    for kind in ("letter", "questions"):
        shown = view_of(orchard(**PLAIN), kind, sender=Sender("Research office"))
        heads = [one for part in shown.sections for one in part.blocks if isinstance(one, Letterhead)]
        assert heads
        assert all(one.sender.count("Research office") == 1 for one in heads)
