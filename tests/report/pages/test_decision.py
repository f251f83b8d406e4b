"""The two pages of a decision: decided or clearly only proposed, why, on what conditions, signed by whom."""

from datetime import date
from typing import Any

from risk_engine.model.explanation import Explanation
from risk_engine.records.decide import Said, decide
from risk_engine.records.decisions import StatedCondition
from risk_engine.report.blocks import Answer, Table, words
from risk_engine.report.pages import view_of
from risk_engine.report.pages.ruling import in_effect
from tests.report.pages.samples import HEAD, decided, lines, orchard, sealed
from tests.report.parts import control, finding, gap, level, option, proposal
from tests.report.samples import assessment

LONG = "Untersuchung der Eigenschaften von Verbundwerkstoffen unter sehr hoher Belastung, " * 20


def page_one(on: Explanation, *decision: Any) -> Answer:
    answer = view_of(on, "decision", *decision).answer
    assert answer is not None
    return answer


def said_first(on: Explanation, *decision: Any) -> list[str]:
    return [words(one) for one in page_one(on, *decision).more]


def test_without_a_record_it_says_first_that_nothing_is_decided() -> None:
    assert page_one(assessment()).sentence == "Proposal, not decided yet. Opening: You may pick now."
    assert page_one(orchard()).sentence == (
        "Proposal, not decided yet. Still open: between Go and Shut; 2 answers missing. As things stand: You may not "
        "pick yet."
    )


def test_a_decision_says_what_was_decided_beside_what_was_proposed() -> None:
    made = orchard()
    decision = decided(made, opening="wait")
    assert page_one(made, decision).sentence == (
        "Decided on 6 March 2026. Opening: You may pick once the ladder is mended."
    )
    assert said_first(made, decision)[:2] == [
        (
            "Opening: Wait. You may pick once the ladder is mended. Proposed as things stood: Shut. Chosen while it "
            "was still open between Go and Shut. deviates from the proposal"
        ),
        "Verdict: Terms. Picking needs written terms. Chosen while it was still open between Terms and Refusal.",
    ]
    assert said_first(made, decision)[-1] == "Decided while 2 answers of the case were missing."
    assert words(page_one(made, decision).glance[0].lines[0]) == "We looked."


def test_a_decision_that_awaits_a_second_person_is_not_in_effect_yet() -> None:
    made = orchard()
    said = Said(HEAD, date(2026, 3, 5), (("opening", "wait"), ("verdict", "terms")), "We looked.")
    first = page_one(made, decide(made, said))
    assert (first.sentence, first.tone) == ("Not in effect yet: a second person must confirm it.", "open")


def test_the_words_of_the_levels_are_those_of_the_assessment() -> None:
    made = orchard()
    decision = decided(made, opening="wait")
    german = {"title": "Öffnung", "question": "Darf gepflückt werden?"}
    warten = level("wait").model_copy(update={"title": "Warten", "answer": "Erst die Leiter."})
    spoken = tuple(
        one.model_copy(update={**german, "levels": (*one.levels[:1], warten, *one.levels[2:])})
        if one.ladder == "opening"
        else one
        for one in made.proposals
    )
    first = said_first(made.model_copy(update={"proposals": spoken}), decision)[0]
    assert first.startswith("Öffnung: Warten. Erst die Leiter.")


def test_the_tone_is_that_of_the_gate() -> None:
    made = orchard()
    assert [page_one(made, decided(made, opening=one)).tone for one in ("go", "wait", "shut")] == [
        "mild",
        "middle",
        "strict",
    ]


def conditions(on: Explanation, *decision: Any) -> list[str]:
    return lines(view_of(on, "decision", *decision), "conditions")


def test_conditions_stand_with_state_owner_and_day() -> None:
    made = orchard()
    assert conditions(made, decided(made, StatedCondition("Mend the ladder"), opening="wait")) == [
        "Control ROPE. Do ROPE. (ROPE) | keep in place | The gardener | –",
        "Control NET. Do NET. (NET) | agreed, to be put in place | P-2 | 1 May 2026",
        "Control SPRAY. Do SPRAY. (SPRAY) | only planned so far | The gardener | 1 April 2026",
        "Mend the ladder | new | not named | –",
    ]


def test_a_proposal_names_what_it_would_bind_and_what_is_to_be_chosen() -> None:
    found = finding("WIND-5", options=(option("MOON", lacking=("MOON",)),))
    levels = (proposal("opening", "go"), proposal("verdict", "terms"))
    made = assessment(proposals=levels, findings=(found,), controls=(control("NET", "agreed"), control("MOON")))
    assert conditions(made) == [
        "Decided as proposed, it would bind the controls that the case lists:",
        "Control NET. Do NET. (NET) | agreed, to be put in place | P-2 | 1 May 2026",
        "Still to be chosen: a control for each of: Title of WIND-5 (WIND-5). The mitigation plan names the ways.",
    ]
    assert conditions(assessment()) == ["None."]


def sign_off(on: Explanation, *decision: Any) -> list[str]:
    return lines(view_of(on, "decision", *decision), "sign-off")


def test_the_second_page_is_signed_by_those_who_decided() -> None:
    made = orchard()
    shown = view_of(made, "decision", decided(made, opening="wait"))
    assert [one.starts_page for one in shown.sections] == [False, True]
    said = sign_off(made, decided(made, opening="wait"))
    assert said[:4] == [
        "Who decided: Decided by A. Gardener, Head, 5 March 2026",
        "Who decided: Confirmed by B. Elder, Elder, 6 March 2026",
        "Where it differs from the proposal: Opening: Wait; proposed: Shut.",
        "Where it differs from the proposal: Reason: We looked.",
    ]
    assert said[4:6] == ["Signature: A. Gardener", "Signature: B. Elder"]
    assert said[6:8] == ["How to challenge it: Write to the head gardener.", "Looked at again by: 2 March 2027"]
    assert f"What identifies it: Assessment {made.digest}" in said
    as_proposed = sign_off(made, decided(made, opening="shut"))
    assert "Where it differs from the proposal: Nowhere: it is decided as proposed." in as_proposed


def test_a_proposal_has_room_for_one_person_or_for_two() -> None:
    assert sign_off(assessment())[1:6] == [
        "Decision",
        "Conditions",
        "Reasons, above all where it differs from the proposal",
        "Name and role",
        "Date and signature",
    ]
    assert "Second person: date and signature" in sign_off(orchard())


def crowded(each: int = 40) -> Explanation:
    """Return an assessment with far more of everything than has room, so many of each, every text too long."""
    made = orchard()
    controls = tuple(control(f"C-{n}", "agreed", title=LONG, do=LONG, owner=LONG) for n in range(each))
    found = tuple(finding(f"F-{n}", title=LONG, options=(option("X", lacking=("X",)),)) for n in range(each))
    challenge = made.criteria.model_copy(update={"challenge": LONG})
    more = {
        "controls": controls,
        "findings": found,
        "criteria": challenge,
        "gaps": tuple(gap(f"a.b.{n}") for n in range(each)),
    }
    return sealed(made.model_copy(update={**more, "case_title": LONG, "institution": LONG}))


def test_a_summary_that_does_not_fit_is_counted_but_each_condition_stands_whole() -> None:
    made = crowded()
    free = [f"{n} {LONG}" for n in range(40)]
    decision = decided(
        made, *(StatedCondition(one, LONG) for one in free), reason="\n".join([LONG] * 40), opening="wait"
    )
    shown = view_of(made, "decision", decision)
    (table,) = [one for one in shown.sections[0].blocks if isinstance(one, Table)]
    told = [(words(row[0]), words(row[2])) for row in table.rows]
    assert len(told) == len(decision.conditions) == 80
    assert told == [
        (" ".join(one.text.split()) + (f" ({one.control})" if one.control else ""), one.owner)
        for one in decision.conditions
    ]
    assert sum(one.what == "condition" for one in shown.must) == 80
    why = [words(one) for one in page_one(made, decision).glance[0].lines]
    assert why[-1] == f"and {40 - len(why) + 1} more"
    assert max(map(len, why)) <= 190
    assert LONG.strip() in words(table.rows[0][0])


def test_a_proposal_of_a_crowded_case_names_each_control_that_it_would_bind() -> None:
    made = crowded()
    rows = [row for one in view_of(made, "decision").sections[0].blocks if isinstance(one, Table) for row in one.rows]
    assert [words(row[0])[-6:].strip() for row in rows] == [f"(C-{n})" for n in range(40)]


def test_a_confirmation_that_does_not_count_dates_nothing() -> None:
    made = orchard()
    decision = decided(made, opening="wait")
    assert in_effect(decision) == date(2026, 3, 6)
    assert decision.confirmation is not None
    altered = decision.confirmation.model_copy(update={"on": date(2027, 1, 1)})
    assert in_effect(decision.model_copy(update={"confirmation": altered})) == date(2026, 3, 5)


def test_paper_in_another_language_than_was_signed_says_so() -> None:
    made = orchard()
    decision = decided(made, opening="wait").model_copy(update={"language": "de"})
    assert said_first(made, decision)[0] == (
        "Translation This is not what was signed: that was in another language, and stands in the record of the "
        "decision."
    )
    assert not any(one.startswith("Translation") for one in said_first(made, decided(made, opening="wait")))


def test_a_fact_on_the_sheet_ends_with_a_whole_answer_and_all_others_are_counted() -> None:
    answers = " ".join(f"Part {n} of the tree: sound to the touch." for n in range(40))
    found = tuple(
        finding(f"F-{n}", because=(f"{answers} (from 24. November 2026 on)",), options=(option("X", lacking=("X",)),))
        for n in range(15)
    )
    made = assessment(proposals=(proposal("opening", "wait"),), findings=found, controls=(control("X"),))
    *said, last = [words(one) for one in page_one(made).glance[0].lines]
    facts = [one for one in said if "(F-" in one]
    assert facts
    end = "sound to the touch. … (whole in the report, “Reasons”) (recorded 2 March 2026, letter)"
    assert all(one.endswith(end) for one in facts)
    assert last == f"and {15 - len(facts)} more"


def test_the_sheet_names_each_finding_that_still_needs_a_control() -> None:
    found = tuple(finding(f"F-{n}", options=(option("X", lacking=("X",)),)) for n in range(15))
    made = assessment(proposals=(proposal("opening", "wait"),), findings=found, controls=(control("X"),))
    (said,) = [one for one in conditions(made) if "Still to be chosen" in one]
    assert all(f"(F-{n})" in said for n in range(15))
