"""Questions that are asked first: expected values from decision 0079."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import yaml

from risk_engine.audit.coverage.goals import goals_of
from risk_engine.engine.facts import Read
from risk_engine.engine.program import decide_only, decided_by
from risk_engine.engine.resolve import broken, reopened_in
from risk_engine.engine.work import Worked, work
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.case import load_case
from risk_engine.model.criteria import Criteria
from risk_engine.model.triage import closed_by, closes_with_yes
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.interview.lines import put
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Bounds, Step
from risk_engine.report.blank_case import blank_case
from tests.engine.builder import DAY, case_from, condition
from tests.engine.conftest import Toy

HEAD = """
triage:
  - fact: first.guests
    implied: {fact: trip.means, is: train}
    title: By train nobody travels alone
  - fact: first.risk
    implied: {some: guest, where: {fact: guest.fit, is: false}}
    title: Nothing is risky, yet a guest is not fit
"""
FACTS = """
    trip:
      facts:
        means: {type: choice, options: [foot, boat, train]}
        pace:
          type: choice
          options: [calm, brisk, wild]
          riskier: later
          ask_when: {fact: first.risk, is: true}
          otherwise: calm
        gear: {type: choices, options: [rope, axe], ask_when: {fact: first.risk, is: true}, otherwise: []}
    first:
      facts:
        guests: {type: boolean, riskier: true}
        risk: {type: boolean, riskier: true}
    guest:
      many: 4
      ask_when: {fact: first.guests, is: true}
      facts:
        called: {type: text}
        fit: {type: boolean, riskier: false}
"""
INDICATORS = """
    WILD: {severity: {high: {fact: trip.pace, is: wild}}}
    UNFIT: {severity: {high: {some: guest, where: {fact: guest.fit, is: false}}}}
    AXE: {severity: {low: {fact: trip.gear, includes: axe}}}
"""


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(head=HEAD, facts=FACTS, indicators=INDICATORS)


def worked(criteria: Criteria, stated: str) -> Worked:
    """Return what a case comes to, which the compiled set says too, from a case and from plain data."""
    found = work(case_from(criteria, stated), criteria, DAY)
    data: dict[str, Any] = {"id": "T-1", "title": "A trip", **(yaml.safe_load(stated) or {})}
    assert decide_only(found.case, criteria, DAY) == decided_by(found)
    assert decide_only(data, criteria, DAY) == decided_by(found)
    return found


def outcomes(found: Worked) -> Mapping[str, str]:
    return {one.id: one.outcome for one in found.found}


def test_a_no_to_every_first_question_closes_the_rest(criteria: Criteria) -> None:
    found = worked(criteria, "first: {guests: false, risk: false}\ntrip: {means: foot}")
    assert outcomes(found) == {"WILD": "absent", "UNFIT": "absent", "AXE": "absent"}
    assert closed_by(criteria) == {"first.guests": {"guest"}, "first.risk": {"trip.pace", "trip.gear"}}


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("{fact: first.risk, is: true}", False),
        ("{fact: first.risk, is: false}", True),
        ("not: {fact: first.risk, is: true}", True),
        ("not: {fact: first.risk, is: false}", False),
        ("any_of: [{fact: first.risk, is: true}, {fact: first.risk, is: false}]", True),
        ("{some: guest, where: {fact: first.risk, is: false}}", True),
        ("{every: guest, where: {fact: first.risk, is: true}}", False),
        ("{count: guest, where: {fact: first.risk, is: true}, at_most: 1}", True),
        ("{count: guest, where: {fact: first.risk, is: false}, at_most: 1}", False),
    ],
)
def test_a_yes_that_would_make_a_condition_false_is_found_wherever_it_stands(
    criteria: Criteria, text: str, *, closes: bool
) -> None:
    assert closes_with_yes(condition(text), "first.risk", criteria) is closes


def test_a_first_question_that_nobody_answered_leaves_everything_open(criteria: Criteria) -> None:
    assert set(outcomes(worked(criteria, "trip: {means: foot}")).values()) == {"undetermined"}
    assert outcomes(worked(criteria, "first: {risk: false}"))["UNFIT"] == "undetermined"


@pytest.mark.parametrize(
    ("stated", "opened"),
    [
        ("trip: {pace: wild}", {"risk": True}),
        ("trip: {gear: [axe]}", {"risk": True}),
        ("guest: [{id: a, fit: true}]", {"guests": True}),
        ("guest: [{id: a, fit: false}]\ntrip: {pace: brisk}", {"guests": True, "risk": True}),
        # What it would be without being asked says nothing.
        ("trip: {pace: calm, gear: []}", {}),
        ("guest: []", {}),
        # An empty block of a new case is no answer.
        ("guest: [{id: guest-1}]", {}),
        # Whoever answered is not asked to agree.
        ("trip: {pace: calm}\nfirst: {risk: false}", {"risk": False}),
    ],
)
def test_what_is_answered_opens_the_first_question_that_could_have_closed_it(
    criteria: Criteria, stated: str, opened: dict[str, bool]
) -> None:
    case = case_from(criteria, stated)
    held = getattr(case, "first", None)
    assert ({} if held is None else held.model_dump(exclude_none=True)) == opened
    assert load_case(case.model_dump(by_alias=True, exclude_none=True), criteria) == case


def test_what_is_answered_in_full_counts_without_first_answers(criteria: Criteria) -> None:
    full = "trip: {means: foot, pace: wild, gear: [axe]}\nguest: [{id: a, fit: false}]"
    assert set(outcomes(worked(criteria, full)).values()) == {"present"}


def test_a_no_that_does_not_fit_the_other_answers_is_a_contradiction_that_opens_what_it_closed(
    criteria: Criteria,
) -> None:
    found = worked(criteria, "first: {guests: false, risk: false}\ntrip: {means: train}")
    assert dict(broken(found.facts, criteria)) == {
        "FIRST-1": (Read("trip", None, "means"), Read("first", None, "guests"))
    }
    assert Read("first", None, "guests") in reopened_in(found.facts, criteria)
    assert outcomes(found) == {"WILD": "absent", "UNFIT": "undetermined", "AXE": "absent"}
    assert criteria.invariants.facts["FIRST-1"].title == "By train nobody travels alone"


def test_the_contradictions_of_first_questions_are_goals_of_the_cases_at_their_place(criteria: Criteria) -> None:
    goals = {one.record: one.spot.file for one in goals_of(criteria) if one.kind == "contradiction"}
    assert goals == {"FIRST-1": "set.yaml", "FIRST-2": "set.yaml"}


# --- interview and new case ---


def asked(record: Record, **answers: bool) -> list[str]:
    """Return what an interview asks, in which nobody knows anything but these first answers."""
    session, found = Session(record, Bounds()), list[str]()
    while (step := session.next()) is not None:
        found.append(step.read.path())
        if step.kind == "list":
            session.none(step)
        else:
            session.answer(step, answers.get(step.read.fact or ""))
    return found


def test_first_questions_are_asked_first_and_what_they_close_is_not_asked(criteria: Criteria) -> None:
    record = Record({"id": "X", "title": "X"}, Under(criteria, date(2026, 6, 15)))
    assert asked(record, guests=False, risk=False) == ["first.guests", "first.risk"]
    assert asked(record, guests=False, risk=True) == ["first.guests", "first.risk", "trip.pace", "trip.gear"]
    assert asked(record, guests=True, risk=False) == ["first.guests", "first.risk", "guest"]


def test_with_a_first_question_stands_what_counts_as_a_yes(toy: Toy) -> None:
    facts = FACTS.replace("    first:\n", "    first:\n      help: A no closes the rest.\n").replace(
        "guests: {type: boolean,", "guests: {type: boolean, help: Children count.,"
    )
    record = Record({"id": "X", "title": "X"}, Under(toy(head=HEAD, facts=facts, indicators=INDICATORS), DAY))
    told = {name: put(Step(Read("first", None, name)), record).meant for name in ("guests", "risk")}
    assert told == {"guests": ("A no closes the rest.", "Children count."), "risk": ()}
    assert put(Step(Read("trip", None, "means")), record).meant == ()


def test_a_new_case_holds_the_first_questions_and_what_they_never_close(criteria: Criteria) -> None:
    text = blank_case(criteria, whole=False)
    held = yaml.safe_load(text)
    assert {name: held[name] for name in ("first", "trip")} == {
        "first": {"guests": "unknown", "risk": "unknown"},
        "trip": {"means": "unknown"},
    }
    assert "guest" not in held
    assert list(held).index("first") < list(held).index("trip")
    assert "case new --all" in text
    whole = yaml.safe_load(blank_case(criteria))
    assert whole["trip"] == {"means": "unknown", "pace": "unknown", "gear": "unknown"}
    assert "case new --all" not in blank_case(criteria)


def test_a_new_case_leaves_out_what_hangs_on_a_closed_answer_and_holds_what_is_asked_all_the_same(toy: Toy) -> None:
    detail = "{type: boolean, ask_when: {fact: trip.pace, is: %s}, otherwise: false}"
    more = f"        helmet: {detail % 'wild'}\n        slippers: {detail % 'calm'}\n"
    criteria = toy(head=HEAD, facts=FACTS.replace("    first:\n", f"{more}    first:\n"), indicators=INDICATORS)
    # Not asked for the pace, one is calm: so one question about details is open, and the other is not.
    assert list(yaml.safe_load(blank_case(criteria, whole=False))["trip"]) == ["means", "slippers"]


# --- what cannot be asked first ---


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("fact: first.risk", "fact: guest.fit", "`guest.fit` belongs to a list of entries"),
        ("fact: first.risk", "fact: trip.means", "a first question is a `boolean` fact"),
        ("fact: first.risk", "fact: first.rest", "there is no fact `first.rest`"),
        ("fact: first.risk", "fact: first.guests", "`first.guests` is named twice"),
        ("risk: {type: boolean, riskier: true}", "risk: {type: boolean}", "`true` is the riskier answer"),
        (
            "risk: {type: boolean, riskier: true}",
            "risk: {type: boolean, riskier: true, ask_when: {fact: first.guests, is: true}, otherwise: false}",
            "a first question is always asked",
        ),
        ("implied: {fact: trip.means, is: train}", "implied: {fact: first.risk, is: true}", "`implied` reads"),
        ("implied: {fact: trip.means, is: train}", "implied: {fact: trip.way, is: train}", "no fact `trip.way`"),
        ("ask_when: {fact: first.guests, is: true}", "ask_when: {fact: first.guests, is: false}", "may close `guest`"),
        (
            "ask_when: {fact: first.guests, is: true}",
            "ask_when: {not: {any_of: [{fact: first.guests, is: true}, {fact: trip.means, is: boat}]}}",
            "may close `guest`",
        ),
        ("ask_when: {fact: first.guests, is: true}", "ask_when: {fact: first.risk, is: true}", "closes nothing"),
    ],
)
def test_a_first_question_that_cannot_be_one_is_refused(toy: Toy, before: str, after: str, problem: str) -> None:
    assert before in HEAD + FACTS
    with pytest.raises(InvalidSourceError, match=r"set\.yaml") as error:
        toy(head=HEAD.replace(before, after), facts=FACTS.replace(before, after), indicators=INDICATORS)
    assert problem in str(error.value)


def test_a_list_may_be_asked_for_unless_the_answer_is_no(toy: Toy) -> None:
    before, after = "ask_when: {fact: first.guests, is: true}", "ask_when: {not: {fact: first.guests, is: false}}"
    assert toy(head=HEAD, facts=FACTS.replace(before, after), indicators=INDICATORS).head.triage


def test_there_are_at_most_eight_first_questions(toy: Toy) -> None:
    extra = "".join(
        f"  - {{fact: first.guests, implied: {{fact: trip.means, is: boat}}, title: {number}x}}\n"
        for number in range(7)
    )
    with pytest.raises(InvalidSourceError, match="at most 8"):
        toy(head=HEAD + extra, facts=FACTS, indicators=INDICATORS)


def test_the_name_of_such_a_contradiction_is_taken(toy: Toy) -> None:
    mine = "facts: {FIRST-1: {title: Mine, then: {fact: trip.means, is: foot}}}"
    with pytest.raises(InvalidSourceError, match="is what the contradiction of a first question is called"):
        toy(head=HEAD, facts=FACTS, indicators=INDICATORS, invariants=mine)
