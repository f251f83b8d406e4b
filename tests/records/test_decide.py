"""Expected values: design, section 5 (the decision), and docs/decisions/0014."""

import json
from datetime import date
from typing import Any

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.loading.profile import load_profile
from risk_engine.model.criteria import Criteria
from risk_engine.model.decision import Decision, Person, Reply
from risk_engine.model.explanation import Explanation
from risk_engine.model.ladders import LevelRef
from risk_engine.records.decide import (
    Said,
    awaits_confirmation,
    confirm,
    confirmation_digest,
    confirmation_problem,
    decide,
    same_person,
)
from risk_engine.records.decisions import StatedCondition, about, decision_digest, decision_json
from tests.engine.builder import ROOT
from tests.told import assess_told

DAY = date(2026, 12, 3)
ANNA = Person(name="Anna Vogel", role="Head of the research office")
BEN = Person(name="Ben Ode", role="Vice-rector")


@pytest.fixture(scope="module")
def lung(shipped: Criteria) -> Explanation:
    """Return an assessment whose start is blocked, with binding conditions; all is settled."""
    return assess_told(load_case(ROOT / "examples" / "lung-imaging.yaml", shipped), shipped)


@pytest.fixture(scope="module")
def half(shipped: Criteria) -> Explanation:
    """Return an assessment that is still open."""
    return assess_told(load_case(ROOT / "examples" / "half-filled.yaml", shipped), shipped)


@pytest.fixture(scope="module")
def drones(shipped: Criteria) -> Explanation:
    """Return an assessment that proposes what needs two people."""
    return assess_told(load_case(ROOT / "examples" / "drone-swarm.yaml", shipped), shipped)


def said(*levels: tuple[str, str], **more: Any) -> Said:
    return Said(**{"by": ANNA, "on": DAY, "levels": levels, **more})


def refused(assessment: Explanation, what: Said) -> str:
    with pytest.raises(RiskEngineError) as error:
        decide(assessment, what)
    return str(error.value)


def test_without_a_word_the_settled_proposal_is_decided(lung: Explanation) -> None:
    decision = decide(lung, said())
    assert [(one.ladder, one.proposed.name, one.decided.name, one.deviates) for one in decision.levels] == [
        ("start_gate", "blocked", "blocked", False),
        ("measure", "regulation", "regulation", False),
        ("escalation", "none", "none", False),
    ]
    assert (decision.reason, decision.deviates, decision.four_eyes, awaits_confirmation(decision)) == (
        None,
        False,
        (),
        False,
    )
    assert decision.about.digest == lung.digest
    assert decision.about.criteria == "reconnect-china@1.0.0"
    assert decision.digest == decision_digest(decision)


def test_a_decision_comes_back_from_its_json_as_it_was(lung: Explanation) -> None:
    decision = confirm(decide(lung, said(reason="As proposed.")), BEN, DAY)
    assert Decision.model_validate_json(decision_json(decision)) == decision


def test_what_is_still_open_must_be_decided_by_name(half: Explanation) -> None:
    message = refused(half, said())
    assert "`Start` is still open between Clear and Blocked, so its proposal is not taken over" in message
    assert "--level measure=LEVEL, one of `advice`, `regulation` or `restriction`" in message
    chosen = [(one.ladder, one.level.name) for one in half.proposals]
    without = refused(half, said(*chosen, adopt=False))
    assert without.startswith("this was chosen while it was still open, and no reason is given: Start: ")
    decision = decide(half, said(*chosen, adopt=False, reason="It cannot wait."))
    assert not decision.deviates
    assert [one.provisional for one in decision.levels] == [one.provisional for one in half.proposals]


def test_deviating_needs_a_reason_and_keeps_the_proposal_beside_the_decision(lung: Explanation) -> None:
    message = refused(lung, said(("start_gate", "conditional"), ("measure", "advice")))
    assert message == (
        "the decision deviates from the proposal, and no reason is given: Start: Conditional (proposed: Blocked), "
        "Measure: Advice (proposed: Regulation)\n  help: say why: --reason"
    )
    decision = decide(lung, said(("start_gate", "conditional"), reason="The committee met on 1 December."))
    gate = decision.levels[0]
    assert (gate.proposed.name, gate.decided.name, gate.deviates) == ("blocked", "conditional", True)
    assert gate.decided.title == "Conditional"
    assert gate.answer == "Yes, but only on the conditions below."
    freely = decide(lung, said(("start_gate", "clear"), ("measure", "advice"), reason="It is safe."))
    assert [one.answer for one in freely.levels[:2]] == [
        "Yes, it may start.",
        "Advice is enough, there are no binding conditions.",
    ]
    assert decision.deviates


def test_every_problem_is_told_at_once(lung: Explanation, drones: Explanation) -> None:
    other = decide(drones, said(on=date(2027, 1, 1)))
    reply = Reply.model_validate(
        {"name": "r.txt", "sha256": "a" * 64, "size": 1, "text": None, "from": "Dr A", "date": date(2027, 2, 1)}
    )
    message = refused(
        lung,
        said(
            ("mesure", "advice"),
            ("measure", "advise"),
            ("measure", "advice"),
            on=date(2026, 11, 1),
            conditions=(
                StatedCondition("CTL-99"),
                StatedCondition("Tell the rector", due=date(2026, 10, 1)),
                StatedCondition("Tell the rector"),
            ),
            replies=(reply,),
            supersedes=other.model_copy(update={"reason": "Another."}),
        ),
    )
    for part in (
        "there is no ladder `mesure`\n  help: did you mean `measure`?",
        "`measure` has no level `advise`\n  help: did you mean `advice`?",
        "a level of `measure` is named twice",
        "deviates from the proposal",
        "`CTL-99` is no control of the assessment\n  help: known: `CTL-",
        "the condition `Tell the rector` is due on 2026-10-01, before the decision of 2026-11-01",
        "the condition `Tell the rector` is named twice",
        "the decision is dated 2026-11-01, before the day of the assessment, 2026-11-25",
        "the reply `r.txt` is dated 2027-02-01, after the decision of 2026-11-01",
        "the decision to supersede was changed after it was written",
        "the decision to supersede is neither on this assessment nor on the one that it supersedes",
        "the decision to supersede is of 2027-01-01, after 2026-11-01",
    ):
        assert part in message


def test_two_people_are_asked_where_the_set_says_so_of_the_proposed_or_the_decided_level(
    lung: Explanation, drones: Explanation
) -> None:
    restriction = LevelRef(ladder="measure", level="restriction")
    assert decide(drones, said()).four_eyes == (restriction,)
    assert awaits_confirmation(decide(drones, said()))
    # Who decides against the restriction does not get round the second person.
    assert decide(drones, said(("measure", "advice"), reason="No.")).four_eyes == (restriction,)
    assert decide(lung, said(("measure", "restriction"), reason="No.")).four_eyes == (restriction,)


def test_a_second_person_confirms_once_and_the_decision_stays_the_same(drones: Explanation) -> None:
    decision = decide(drones, said())
    confirmed = confirm(decision, BEN, DAY)
    assert not awaits_confirmation(confirmed)
    assert confirmed.digest == decision.digest == decision_digest(confirmed)
    assert confirmed.confirmation is not None
    assert confirmed.confirmation.decision == decision.digest
    assert confirmed.confirmation.digest == confirmation_digest(confirmed.confirmation)
    with pytest.raises(RiskEngineError, match="`Ben Ode` has confirmed this decision already"):
        confirm(confirmed, BEN, DAY)


def test_nobody_confirms_too_early_or_what_was_changed(drones: Explanation) -> None:
    decision = decide(drones, said())
    with pytest.raises(RiskEngineError, match="the confirmation is dated 2026-12-02, before the decision"):
        confirm(decision, BEN, date(2026, 12, 2))
    with pytest.raises(RiskEngineError, match="the decision was changed after it was written"):
        confirm(decision.model_copy(update={"reason": "Another."}), BEN, DAY)


@pytest.mark.parametrize(
    "name", ["Anna Vogel", "anna  VOGEL", " Anna\tVogel\n", "Anna\u200b Vogel", "\u202eAnna Vogel", "\uff21nna Vogel"]
)
def test_the_same_name_written_otherwise_is_the_same_person(drones: Explanation, name: str) -> None:
    with pytest.raises(RiskEngineError, match="took the decision\n  help: a second person must confirm it"):
        confirm(decide(drones, said()), Person(name=name, role="Another role"), DAY)


def test_initials_of_the_first_person_need_a_word_that_it_is_another_and_the_record_keeps_it(
    drones: Explanation,
) -> None:
    decision = decide(drones, said())
    second = Person(name="A. Vogel", role="Vice-rector")
    with pytest.raises(
        RiskEngineError, match=r"`A. Vogel` may be `Anna Vogel`, who took the decision\n.*--different-person"
    ):
        confirm(decision, second, DAY)
    confirmed = confirm(decision, second, DAY, different_person=True)
    assert confirmed.confirmation is not None
    assert confirmed.confirmation.different_person
    assert not awaits_confirmation(confirmed)
    with pytest.raises(RiskEngineError, match="took the decision"):
        confirm(decision, Person(name="Vogel, Anna", role="x"), DAY, different_person=True)
    plain = confirm(decision, BEN, DAY, different_person=True).confirmation
    assert plain is not None
    assert not plain.different_person


def stored(taken: Decision, **changes: Any) -> Decision:
    """Return a confirmed decision with these changes of the confirmation, its digest computed anew."""
    made = confirm(taken, BEN, DAY).confirmation
    assert made is not None
    changed = made.model_copy(update=changes)
    return taken.model_copy(
        update={"confirmation": changed.model_copy(update={"digest": confirmation_digest(changed)})}
    )


def test_a_confirmation_by_the_same_person_or_of_another_decision_does_not_count(drones: Explanation) -> None:
    decision = decide(drones, said())
    right = stored(decision)
    assert (confirmation_problem(decision), confirmation_problem(right)) == (None, None)
    assert not awaits_confirmation(right, drones)
    assert right.confirmation is not None
    altered = right.confirmation.model_copy(update={"on": date(2026, 12, 4)})
    for wrong, why in (
        (stored(decision, by=ANNA), "the person who decided confirmed it too"),
        (
            stored(decision, by=Person(name="A. Vogel", role="x")),
            "the person who decided may have confirmed it too, and",
        ),
        (stored(decision, decision="0" * 64), "the confirmation is of another decision"),
        (stored(decision, on=date(2026, 12, 2)), "the confirmation is dated before the decision"),
        (right.model_copy(update={"confirmation": altered}), "altered: the confirmation was changed"),
        (right.model_copy(update={"reason": "Another."}), "the confirmation is of another decision"),
    ):
        assert (confirmation_problem(wrong) or "").startswith(why)
        assert awaits_confirmation(wrong)


def test_a_record_whose_four_eyes_were_emptied_still_awaits_a_second_person(drones: Explanation) -> None:
    emptied = decide(drones, said()).model_copy(update={"four_eyes": ()})
    assert not awaits_confirmation(emptied)
    assert awaits_confirmation(emptied, drones)


def test_one_person_alone_does_not_set_aside_what_needed_two(lung: Explanation) -> None:
    restriction = LevelRef(ladder="measure", level="restriction")
    old = decide(lung, said(("measure", "restriction"), reason="No."))
    assert old.four_eyes == (restriction,)
    assert decide(lung, said(reason="Yes.", supersedes=old)).four_eyes == (restriction,)
    emptied = old.model_copy(update={"four_eyes": ()})
    forged = emptied.model_copy(update={"digest": decision_digest(emptied)})
    assert decide(lung, said(reason="Yes.", supersedes=forged)).four_eyes == (restriction,)


def test_the_earlier_decision_may_have_needed_two_by_a_profile_of_its_own(lung: Explanation) -> None:
    two = LevelRef(ladder="start_gate", level="clear")
    old = decide(lung, said()).model_copy(update={"four_eyes": (two,)})
    sealed = old.model_copy(update={"digest": decision_digest(old)})
    assert decide(lung, said(supersedes=sealed)).four_eyes == (two,)


def test_two_people_are_asked_where_a_level_that_is_still_possible_needs_them(half: Explanation) -> None:
    mild = said(*((one.ladder, one.ladder_levels[0]) for one in half.proposals), reason="It is harmless.")
    names = {(one.ladder, level.name) for one in half.proposals if one.provisional for level in one.range}
    expected = tuple(one for one in half.four_eyes() if (one.ladder, one.level) in names)
    assert expected
    assert set(decide(half, mild).four_eyes) >= set(expected)


def test_a_letter_and_its_accent_are_one_letter() -> None:
    one, other = (Person(name=name, role="x") for name in ("Zoë Straße", "ZOE\u0308 STRASSE"))
    assert same_person(one, other)
    assert not same_person(one, Person(name="Zia Straße", role="x"))


def test_the_controls_of_the_case_that_bear_on_a_finding_become_conditions(lung: Explanation) -> None:
    taken = [one.control for one in decide(lung, said()).conditions]
    assert taken == [one.id for one in lung.controls if one.counts_as and one.findings and not one.supporting]
    assert taken != []
    assert decide(lung, said(adopt=False)).conditions == ()
    mild = said(("measure", "advice"), ("start_gate", "clear"), reason="It is harmless.")
    strict = said(("measure", "restriction"), ("start_gate", "blocked"), reason="It is not.")
    assert [decide(lung, one).conditions for one in (mild, strict)] == [(), ()]
    again = decide(lung, said(("measure", "advice"), reason="It is harmless.", adopt=True))
    assert [one.control for one in again.conditions] == taken


def test_a_gate_between_its_ends_takes_the_controls_too_and_what_is_only_planned_becomes_binding(
    lung: Explanation,
) -> None:
    taken = [one.control for one in decide(lung, said()).conditions]
    gate = said(("start_gate", "conditional"), ("measure", "advice"), reason="The committee met.")
    assert [one.control for one in decide(lung, gate).conditions] == taken
    planned = lung.model_copy(
        update={"controls": tuple(one.model_copy(update={"counts_as": "planned"}) for one in lung.controls)}
    )
    assert [one.state for one in decide(planned, gate).conditions] == [
        "planned" for one in lung.controls if one.findings and not one.supporting
    ]


def test_a_level_between_the_ends_without_any_condition_needs_a_word(drones: Explanation) -> None:
    levels = (("measure", "regulation"), ("start_gate", "conditional"))
    bare = drones.model_copy(update={"controls": ()})
    for adopt in (None, True):
        assert refused(bare, said(*levels, reason="x", adopt=adopt)) == (
            "`Start: Conditional` and `Measure: Regulation`: this needs conditions, and there is none\n"
            "  help: state one: --condition 'WHAT; owner=NAME; due=DATE', or say that there is none: --no-adopt"
        )
    assert decide(bare, said(*levels, reason="x", adopt=False)).conditions == ()
    stated = said(*levels, reason="x", conditions=(StatedCondition("Report every March"),))
    assert len(decide(bare, stated).conditions) == 1


def test_the_strictest_headline_with_the_mildest_gate_is_a_contradiction_that_needs_a_reason(
    drones: Explanation,
) -> None:
    odd = drones.model_copy(
        update={
            "proposals": tuple(
                one.model_copy(
                    update={"level": one.range[0].model_copy(update={"name": one.ladder_levels[0], "title": "Clear"})}
                )
                if one.role == "gate"
                else one
                for one in drones.proposals
            )
        }
    )
    assert refused(odd, said()) == (
        "the decision contradicts itself, and no reason is given: Measure: Restriction is the strictest level, "
        "Start: Clear the mildest\n  help: decide one of them otherwise with --level, or say why both: --reason"
    )
    assert decide(odd, said(reason="The visit may go on, the project may not.")).reason


def test_an_assessment_that_proposes_nothing_is_not_decided(lung: Explanation) -> None:
    assert refused(lung.model_copy(update={"proposals": ()}), said()).startswith(
        "the assessment proposes nothing, so there is nothing to decide"
    )


def test_the_record_says_what_was_missing_under_which_profile_and_whether_the_criteria_were_in_force(
    half: Explanation, shipped: Criteria
) -> None:
    plain = about(half)
    assert (plain.missing, plain.profile, plain.in_force) == (len(half.gaps), None, True)
    early = about(half.model_copy(update={"criteria": half.criteria.model_copy(update={"in_force": False})}))
    assert (early.in_force, early.in_force_from) == (False, shipped.head.in_force.from_)
    profile = load_profile(ROOT / "examples" / "profiles" / "university.yaml", shipped)
    own = assess_told(load_case(ROOT / "examples" / "lung-imaging.yaml", shipped), shipped, profile=profile)
    named = about(own).profile
    assert own.profile is not None
    assert named is not None
    assert (named.institution, named.digest) == (own.profile.profile.institution, own.profile.digest)


def test_a_condition_states_a_control_anew_or_in_words(lung: Explanation) -> None:
    plain = decide(lung, said()).conditions
    first = plain[0].control
    assert first is not None
    more = next(one for one in lung.controls if one.counts_as is None)
    decision = decide(
        lung,
        said(
            conditions=(
                StatedCondition(first, owner="Dr Berg", due=date(2027, 1, 31)),
                StatedCondition(more.id),
                StatedCondition("Report to the rector every March", owner="Dr Berg", due=DAY),
            )
        ),
    )
    got = decision.conditions
    assert len(got) == len(plain) + 2
    assert (got[0].control, got[0].owner, got[0].due) == (first, "Dr Berg", date(2027, 1, 31))
    assert got[0].text == plain[0].text
    assert (got[-2].control, got[-2].state, got[-2].owner) == (more.id, None, more.who)
    assert (got[-1].control, got[-1].text, got[-1].due) == (None, "Report to the rector every March", DAY)


def test_an_overdue_control_needs_a_new_day(lung: Explanation) -> None:
    late = lung.model_copy(
        update={
            "controls": tuple(
                one.model_copy(update={"due": date(2026, 1, 1)}) if one.counts_as == "agreed" else one
                for one in lung.controls
            )
        }
    )
    message = refused(late, said())
    first, title = next((one.id, one.title) for one in late.controls if one.counts_as == "agreed" and one.findings)
    assert f"the condition `{title} ({first})` is due on 2026-01-01, before the decision of 2026-12-03" in message
    assert f"--condition '{first}; due=DATE'" in message


def test_a_later_decision_takes_the_place_of_one_on_the_same_or_the_superseded_assessment(
    lung: Explanation, drones: Explanation
) -> None:
    first = decide(lung, said())
    assert decide(lung, said(supersedes=first, reason="They replied.")).supersedes == first.digest
    message = refused(drones, said(supersedes=first))
    assert "neither on this assessment nor on the one that it supersedes" in message


def test_hostile_words_cannot_steer_a_terminal(lung: Explanation) -> None:
    message = refused(lung, said(("\x1b[31mm\u202e", "x"), conditions=(StatedCondition("\x1b[2J"),)))
    assert not any(sign in message for sign in "\x1b\u202e")


def test_the_record_is_plain_json_of_whole_numbers_and_text(lung: Explanation) -> None:
    decision = decide(lung, said())
    assert json.loads(decision_json(decision))["schema"] == 2


def test_a_decision_under_a_draft_says_so_and_under_a_release_nothing_of_it(
    shipped: Criteria, lung: Explanation
) -> None:
    of_draft = assess_told(load_case(ROOT / "examples" / "lung-imaging.yaml", shipped), shipped, draft=True)
    assert decide(of_draft, said()).about.draft
    assert not decide(lung, said()).about.draft
