"""The way of a case: who may do what next, once, on what they saw; and that two people are two."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from risk_engine.engine.facts import Read
from risk_engine.web import cases, consultations, log
from risk_engine.web.cases import RefusedError
from risk_engine.web.decisions import Ruling, decision_of
from risk_engine.web.models import Act, Case, Consultation, Deputy, Event, Faculty, Outbox, Person
from risk_engine.web.rights import cases_for, may, questions_of
from risk_engine.web.states import WAY, Move, move, offered, reviewers
from risk_engine.web.words import ActName, Role, SealedKind, State
from tests.strategies import by_turns

Make = Callable[..., Person]


def assessed(case: Case, person: Person) -> str:
    """Answer and assess a case; return the digest of what was sealed."""
    cases.save(case, Read("first_look", None, "ties"), False, person, "first_look", 0)
    return move(case, person, Move(ActName.ASSESS)).digest


def sent(case: Case, person: Person, reviewer: Person) -> str:
    digest = assessed(case, person)
    move(case, person, Move(ActName.SEND, digest, reviewer=reviewer))
    return digest


def state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def test_from_blank_to_decision_with_three_people(case: Case, assessor: Person, somebody: Make) -> None:
    reviewer, decider = somebody("Rosa Roth", Role.REVIEWER), somebody("Dora Decker", Role.DECIDER)
    digest = sent(case, assessor, reviewer)
    move(case, reviewer, Move(ActName.REVIEW, digest))
    ruling = Ruling(
        levels=(("start_gate", "blocked"), ("measure", "restriction"), ("escalation", "committee")),
        reason="Too much is open.",
    )
    act = move(case, decider, Move(ActName.DECIDE, digest, ruling=ruling))
    assert state(case) == State.DECIDED
    sealed = cases.filed(case, SealedKind.DECISION)
    assert sealed is not None
    assert sealed.digest == act.digest
    decision = decision_of(sealed)
    assert decision.about.digest == digest
    assert decision.by.name == "Dora Decker"
    assert not list(log.problems())


def test_who_assessed_neither_reviews_nor_decides_nor_confirms(case: Case, somebody: Make) -> None:
    everything, rosa = somebody("Eva Allein", *Role), somebody("Rosa Roth", Role.REVIEWER)
    digest = sent(case, everything, rosa)
    with pytest.raises(RefusedError, match="somebody else reviews and decides"):
        move(case, everything, Move(ActName.REVIEW, digest))
    assert ActName.REVIEW not in set(offered(case, everything))


def test_who_seals_or_sends_a_case_has_assessed_it_though_they_answered_nothing(case: Case, somebody: Make) -> None:
    everything, rosa = somebody("Eva Allein", *Role), somebody("Rosa Roth", Role.REVIEWER)
    digest = move(case, everything, Move(ActName.ASSESS)).digest
    move(case, everything, Move(ActName.SEND, digest, reviewer=rosa))
    with pytest.raises(RefusedError, match="somebody else reviews and decides"):
        move(case, everything, Move(ActName.REVIEW, digest))


def test_who_sends_what_others_assessed_does_not_review_it(case: Case, assessor: Person, somebody: Make) -> None:
    everything, rosa = somebody("Eva Allein", *Role), somebody("Rosa Roth", Role.REVIEWER)
    digest = assessed(case, assessor)
    move(case, everything, Move(ActName.SEND, digest, reviewer=rosa))
    with pytest.raises(RefusedError, match="somebody else reviews and decides"):
        move(case, everything, Move(ActName.REVIEW, digest))


@pytest.mark.parametrize("name", [ActName.REVIEW, ActName.DECIDE, ActName.CONFIRM])
def test_the_database_refuses_it_too(name: ActName, case: Case, assessor: Person) -> None:
    from django.db import IntegrityError, transaction

    cases.save(case, Read("first_look", None, "ties"), False, assessor, "first_look", 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Act.objects.create(case=case, round=1, person=assessor, name=name)
    Act.objects.create(case=case, round=2, person=assessor, name=name)


def test_who_answered_in_an_earlier_round_still_assessed(case: Case, assessor: Person, somebody: Make) -> None:
    second = somebody("Rolf Beides", Role.ASSESSOR, Role.REVIEWER)
    third = somebody("Rosa Roth", Role.REVIEWER)
    cases.save(case, Read("first_look", None, "field"), True, second, "first_look", 0)
    digest = sent(case, assessor, third)
    move(case, third, Move(ActName.RETURN, digest, note="the partner is missing"))
    digest = move(case, assessor, Move(ActName.ASSESS)).digest
    with pytest.raises(RefusedError, match="Rolf Beides assessed this case"):
        move(case, assessor, Move(ActName.SEND, digest, reviewer=second))
    assert reviewers(case, assessor) == [third]
    move(case, assessor, Move(ActName.SEND, digest, reviewer=third))
    case.refresh_from_db()
    assert case.round == 2
    with pytest.raises(RefusedError, match="somebody else reviews"):
        move(case, second, Move(ActName.REVIEW, digest))


def test_what_is_signed_is_what_was_seen(case: Case, assessor: Person, somebody: Make) -> None:
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    sent(case, assessor, reviewer)
    with pytest.raises(RefusedError, match="not what stands now"):
        move(case, reviewer, Move(ActName.REVIEW, "0" * 64))


def test_a_second_click_is_no_second_act(case: Case, assessor: Person, somebody: Make) -> None:
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    digest = sent(case, assessor, reviewer)
    first = move(case, reviewer, Move(ActName.REVIEW, digest))
    events = Event.objects.count()
    assert move(case, reviewer, Move(ActName.REVIEW, digest)) == first
    assert Event.objects.count() == events


@pytest.mark.parametrize("name", [one for one, step in WAY.items() if step.needs_note])
def test_what_takes_a_case_back_needs_a_reason(name: ActName, case: Case, somebody: Make) -> None:
    person = somebody("Dora Decker", Role.ASSESSOR, Role.REVIEWER, Role.DECIDER)
    Case.objects.filter(pk=case.pk).update(state=next(iter(WAY[name].start)))
    with pytest.raises(RefusedError, match="Say why"):
        move(case, person, Move(name, note="  "))


@pytest.mark.parametrize("name", by_turns(WAY, 3))
@pytest.mark.parametrize("start", State)
def test_an_act_is_refused_from_every_state_that_is_not_in_the_table(
    name: ActName, start: State, case: Case, somebody: Make
) -> None:
    if start in WAY[name].start:
        return
    person = somebody("Eva Allein", *Role)
    Consultation.objects.create(case=case, person=person, by=person, due="2099-01-01", for_opinion=True)
    Case.objects.filter(pk=case.pk).update(state=start)
    with pytest.raises(RefusedError, match="not where it was"):
        move(case, person, Move(name, note="because"))
    assert state(case) == start


def test_only_a_case_that_is_settled_at_its_mildest_is_filed(case: Case, assessor: Person) -> None:
    with pytest.raises(RefusedError, match="settled at its mildest"):
        move(case, assessor, Move(ActName.FILE))


def test_a_reviewer_of_another_faculty_cannot_be_named(case: Case, assessor: Person, somebody: Make) -> None:
    law = Faculty.objects.create(name="Law")
    stranger = somebody("Lars Lex", Role.REVIEWER, faculty=law)
    digest = assessed(case, assessor)
    with pytest.raises(RefusedError, match="may not review"):
        move(case, assessor, Move(ActName.SEND, digest, reviewer=stranger))


def test_a_case_is_sent_as_it_was_seen_and_by_a_day_to_come(case: Case, assessor: Person, somebody: Make) -> None:
    rosa = somebody("Rosa Roth", Role.REVIEWER)
    digest = assessed(case, assessor)
    with pytest.raises(RefusedError, match=r"What you saw is not what stands now[^\n]*\n.*is over already"):
        move(case, assessor, Move(ActName.SEND, "0" * 64, reviewer=rosa, due=cases.today() - timedelta(days=1)))
    move(case, assessor, Move(ActName.SEND, digest, reviewer=rosa, due=cases.today()))


def decided(case: Case, assessor: Person, somebody: Make, reviewer: Person) -> Person:
    """Bring a case to a decision that a second person has to confirm; return who decided."""
    decider = somebody("Dora Decker", Role.DECIDER)
    digest = sent(case, assessor, reviewer)
    move(case, reviewer, Move(ActName.REVIEW, digest))
    ruling = Ruling(
        levels=(("start_gate", "blocked"), ("measure", "restriction"), ("escalation", "committee")), reason="Open."
    )
    move(case, decider, Move(ActName.DECIDE, digest, ruling=ruling))
    return decider


def of_decision(case: Case) -> str:
    sealed = cases.filed(case, SealedKind.DECISION)
    assert sealed is not None
    return sealed.digest


def test_a_second_person_confirms_the_decision_that_they_saw(case: Case, assessor: Person, somebody: Make) -> None:
    decided(case, assessor, somebody, somebody("Rosa Roth", Role.REVIEWER))
    sealed = cases.filed(case, SealedKind.ASSESSMENT)
    assert sealed is not None
    for seen in ("", sealed.digest, "0" * 64):
        with pytest.raises(RefusedError, match="not what stands now"):
            move(case, somebody(f"Zoe Zweit{len(seen)}{seen[:1]}", Role.DECIDER), Move(ActName.CONFIRM, seen))


def test_another_choice_after_the_act_is_refused_and_not_told_as_done(
    case: Case, assessor: Person, somebody: Make
) -> None:
    reviewer, other = somebody("Rosa Roth", Role.REVIEWER), somebody("Rita Rot", Role.REVIEWER)
    digest = assessed(case, assessor)
    act = move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer))
    assert move(case, assessor, Move(ActName.SEND, digest, reviewer=reviewer)) == act
    with pytest.raises(RefusedError, match="not where it was: in review"):
        move(case, assessor, Move(ActName.SEND, digest, reviewer=other))
    move(case, reviewer, Move(ActName.REVIEW, digest))
    levels = {"start_gate": "blocked", "measure": "restriction", "escalation": "committee"}
    decider = somebody("Dora Decker", Role.DECIDER)
    asked = Move(ActName.DECIDE, digest, ruling=Ruling(levels=tuple(levels.items()), reason="Open."))
    act = move(case, decider, asked)
    assert move(case, decider, asked) == act
    ruling = Ruling(levels=tuple({**levels, "escalation": "none"}.items()), reason="Open.")
    with pytest.raises(RefusedError, match="not where it was: decided"):
        move(case, decider, Move(ActName.DECIDE, digest, ruling=ruling))


def test_a_second_person_confirms_what_the_set_says_needs_one(case: Case, assessor: Person, somebody: Make) -> None:
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    decider = decided(case, assessor, somebody, reviewer)
    case.refresh_from_db()
    assert ActName.CONFIRM not in set(offered(case, decider))
    sealed = cases.filed(case, SealedKind.ASSESSMENT)
    about = sealed.digest if sealed else ""
    with pytest.raises(RefusedError, match="somebody else confirms"):
        move(case, decider, Move(ActName.CONFIRM, about))
    second = somebody("Zoe Zweit", Role.DECIDER)
    with pytest.raises(RefusedError, match="not what stands now"):
        move(case, second, Move(ActName.CONFIRM, "0" * 64))
    assert ActName.CONFIRM in set(offered(case, second))
    move(case, second, Move(ActName.CONFIRM, of_decision(case)))
    sealed = cases.filed(case, SealedKind.DECISION)
    assert sealed is not None
    confirmation = decision_of(sealed).confirmation
    assert confirmation is not None
    assert confirmation.by.name == "Zoe Zweit"
    with pytest.raises(RefusedError, match="nobody needs to confirm"):
        move(case, somebody("Dritte Person", Role.DECIDER), Move(ActName.CONFIRM, about))


@pytest.mark.nightly
def test_a_decided_case_is_opened_again_and_its_decision_is_superseded(
    case: Case, assessor: Person, somebody: Make
) -> None:
    reviewer = somebody("Rosa Roth", Role.REVIEWER)
    decider = decided(case, assessor, somebody, reviewer)
    before = cases.filed(case, SealedKind.DECISION)
    move(case, decider, Move(ActName.REOPEN, note="the partner answered"))
    assert state(case) == State.DRAFT
    digest = sent(case, assessor, reviewer)
    move(case, reviewer, Move(ActName.REVIEW, digest))
    ruling = Ruling(
        levels=(("start_gate", "blocked"), ("measure", "restriction"), ("escalation", "committee")), reason="Still."
    )
    move(case, decider, Move(ActName.DECIDE, digest, ruling=ruling))
    after = cases.filed(case, SealedKind.DECISION)
    assert before is not None
    assert after is not None
    assert decision_of(after).supersedes == before.digest


def test_a_case_of_which_all_is_harmless_is_filed_without_a_decision(case: Case, assessor: Person) -> None:
    # There is nothing to look closer at, and no partner: nothing is left that any measure could be about.
    for short in cases.record(case).criteria.entities["first_look"].facts:
        cases.save(case, Read("first_look", None, short), False, assessor, "first_look", 0)
    cases.save(case, Read("partner", None, None), (), assessor, "partner", 0)
    move(case, assessor, Move(ActName.FILE))
    assert state(case) == State.CLOSED


# --- deputies ---


def stands_in(person: Person, absent: Person, **more: object) -> Deputy:
    day = cases.today()
    return Deputy.objects.create(person=person, on_behalf_of=absent, **{"starts": day, "ends": day, **more})


def test_a_deputy_does_the_work_of_who_is_away_and_the_act_says_for_whom(
    case: Case, assessor: Person, somebody: Make
) -> None:
    reviewer, stand_in = somebody("Rosa Roth", Role.REVIEWER), somebody("Vera Vertretung")
    digest = sent(case, assessor, reviewer)
    with pytest.raises(RefusedError, match="may not do this"):
        move(case, stand_in, Move(ActName.REVIEW, digest))
    stands_in(stand_in, reviewer)
    assert ActName.REVIEW in set(offered(Case.objects.get(), stand_in))
    act = move(case, stand_in, Move(ActName.REVIEW, digest))
    assert (act.person, act.on_behalf_of) == (stand_in, reviewer)
    decider = somebody("Dora Decker", Role.DECIDER)
    stands_in(stand_in, decider)
    ruling = Ruling(
        levels=(("start_gate", "blocked"), ("measure", "restriction"), ("escalation", "committee")), reason="Open."
    )
    move(case, stand_in, Move(ActName.DECIDE, digest, ruling=ruling))
    sealed = cases.filed(case, SealedKind.DECISION)
    assert sealed is not None
    assert decision_of(sealed).by.role == "Decider, as deputy of Dora Decker"
    # Who decided by a deputy does not confirm, nor does the deputy.
    other = somebody("Zoe Zweit", Role.DECIDER)
    for person in (decider, stand_in):
        with pytest.raises(RefusedError, match="somebody else confirms"):
            move(case, person, Move(ActName.CONFIRM))
    move(case, other, Move(ActName.CONFIRM, of_decision(case)))


def test_what_somebody_may_do_themselves_they_do_in_their_own_name(
    case: Case, assessor: Person, somebody: Make
) -> None:
    colleague = somebody("Bea Bunt", Role.ASSESSOR)
    stands_in(colleague, assessor)
    cases.save(case, Read("first_look", None, "ties"), True, colleague, "first_look", 0)
    assert case.acts.get(person=colleague).on_behalf_of is None


def test_a_deputy_of_who_assessed_does_not_review_nor_does_who_was_away(case: Case, somebody: Make) -> None:
    absent = somebody("Eva Allein", Role.ASSESSOR, Role.REVIEWER)
    stand_in = somebody("Rolf Beides", Role.REVIEWER)
    third = somebody("Ina Dritt", Role.REVIEWER)
    stands_in(stand_in, absent)
    digest = assessed(case, stand_in)
    move(case, stand_in, Move(ActName.SEND, digest, reviewer=third))
    for person in (absent, stand_in):
        Case.objects.update(reviewer=person)
        with pytest.raises(RefusedError, match="somebody else reviews"):
            move(case, person, Move(ActName.REVIEW, digest))
    # In the next round too.
    Case.objects.update(reviewer=third)
    move(case, third, Move(ActName.RETURN, digest, note="Again."))
    digest = move(case, stand_in, Move(ActName.ASSESS)).digest
    with pytest.raises(RefusedError, match="stands in for who did"):
        move(case, stand_in, Move(ActName.SEND, digest, reviewer=absent))
    move(case, stand_in, Move(ActName.SEND, digest, reviewer=third))
    Case.objects.update(reviewer=absent)
    with pytest.raises(RefusedError, match="somebody else reviews"):
        move(case, absent, Move(ActName.REVIEW, digest))


def test_who_assessed_reviews_by_no_deputy(case: Case, somebody: Make) -> None:
    absent, stand_in = somebody("Eva Allein", Role.ASSESSOR, Role.REVIEWER), somebody("Vera Vertretung")
    digest = sent(case, absent, somebody("Ina Dritt", Role.REVIEWER))
    Case.objects.update(reviewer=absent)
    stands_in(stand_in, absent)
    with pytest.raises(RefusedError, match="You or Eva Allein answered"):
        move(case, stand_in, Move(ActName.REVIEW, digest))


@pytest.mark.parametrize("name", [ActName.REVIEW, ActName.DECIDE, ActName.CONFIRM])
@pytest.mark.parametrize(("first", "second"), [("AB", "B"), ("AB", "A"), ("A", "CA"), ("AB", "CB"), ("AB", "CA")])
def test_the_database_keeps_a_deputy_and_who_is_away_apart_from_others(
    name: ActName, first: str, second: str, case: Case, somebody: Make
) -> None:
    from django.db import IntegrityError, transaction

    people = {one: somebody(f"Person {one}") for one in "ABC"}

    def acted(who: str, did: ActName, number: int = 1) -> None:
        absent = people[who[1]] if len(who) > 1 else None
        Act.objects.create(case=case, round=number, person=people[who[0]], on_behalf_of=absent, name=did)

    acted(first, ActName.ANSWER)
    with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        acted(second, name)
    acted(second, name, 2)
    with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
        acted(first, ActName.ANSWER, 2)
    if not set(first) & set("C"):
        acted("C", name)


@pytest.mark.parametrize("how", ["over", "to come", "cancelled", "left"])
def test_a_deputy_who_is_none_today_does_nothing(how: str, case: Case, assessor: Person, somebody: Make) -> None:
    stand_in, day = somebody("Vera Vertretung"), timedelta(days=1)
    today = cases.today()
    more: dict[str, dict[str, object]] = {
        "over": {"starts": today - day, "ends": today - day},
        "to come": {"starts": today + day, "ends": today + day},
        "cancelled": {"cancelled": True},
        "left": {},
    }
    stands_in(stand_in, assessor, **more[how])
    assessor.is_active = how != "left"
    assessor.save()
    assert not cases_for(stand_in).exists()
    assert not may(stand_in, "answer", case)


def test_a_deputy_sees_what_who_is_away_sees_but_no_confidential_case_and_has_no_deputies_rights(
    case: Case, assessor: Person, somebody: Make
) -> None:
    stand_in, next_one = somebody("Vera Vertretung"), somebody("Nina Next")
    stands_in(stand_in, assessor)
    stands_in(next_one, stand_in)
    assert cases_for(stand_in).get() == case
    assert may(stand_in, "answer", case)
    assert not may(stand_in, "begin")
    assert not cases_for(next_one).exists()
    Case.objects.update(confidential=True)
    assert not cases_for(stand_in).exists()
    assert not may(stand_in, "answer", Case.objects.get())


def test_who_stands_in_for_an_officer_sees_what_they_are_asked_about_and_gives_the_opinion(
    case: Case, assessor: Person, somebody: Make
) -> None:
    officer, stand_in = somebody("Xaver Zoll", Role.EXPORT_OFFICER), somebody("Vera Vertretung")
    stands_in(stand_in, officer)
    assert not cases_for(stand_in).exists()
    asked = Consultation.objects.create(
        case=case, person=officer, by=assessor, due=cases.today(), for_opinion=True, asked_of="legal"
    )
    assert cases_for(stand_in).get() == case
    assert questions_of(stand_in, case) == frozenset({"legal"})
    act = move(case, stand_in, Move(ActName.OPINION, note="No licence needed."))
    assert act.on_behalf_of == officer
    assert consultations.has_given(asked)


def test_who_stands_in_gets_the_mail_too(case: Case, assessor: Person, somebody: Make) -> None:
    reviewer, stand_in = somebody("Rosa Roth", Role.REVIEWER), somebody("Vera Vertretung")
    stands_in(stand_in, reviewer)
    sent(case, assessor, reviewer)
    assert {one.person for one in Outbox.objects.filter(kind="sent")} == {reviewer, stand_in}
