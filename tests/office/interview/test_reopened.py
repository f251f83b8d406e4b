"""How an interview stands where answers contradict each other and count as open (decision 0072)."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.engine.resolve import reopened_in
from risk_engine.engine.work import Worked, work
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Bounds, Exact, Looker, is_settled
from risk_engine.office.interview.talk import Talk
from tests.engine.builder import DAY, criteria_from
from tests.office.interview.test_talk import Lines
from tests.outlook.open_cases import open_cases, open_sets
from tests.outlook.working import if_answered
from tests.strategies import domain, one_in

INDICATORS = """
I1:
  severity: {critical: {fact: trip.pace, is: wild}}
  knock_out: {legal: {fact: trip.pace, is: wild}}
"""
CONTRADICTIONS = """
facts:
  calm_is_safe:
    title: A calm trip is not risky
    whenever: {fact: trip.risky, is: true}
    then: {not: {fact: trip.pace, is: calm}}
    reopens: true
  wild_is_risky:
    title: A wild trip is risky
    then: {not: {all_of: [{fact: trip.pace, is: wild}, {fact: trip.risky, is: false}]}}
    reopens: true
"""
LOOKERS = pytest.mark.parametrize("looker", [Bounds(), Exact(None)], ids=["bounds", "exact"])


def record(folder: Path, pace: str, *, risky: bool) -> Record:
    criteria = criteria_from(folder, indicators=INDICATORS, invariants=CONTRADICTIONS)
    data = {"id": "T", "title": "T", "trip": {"pace": pace, "risky": risky}, "guest": ()}
    return Record(data, Under(criteria, DAY))


@LOOKERS
def test_what_a_correction_could_change_is_not_called_settled(tmp_path: Path, looker: Looker) -> None:
    """Wild and not risky: barred for certain, but if it was not wild, nothing bars it."""
    found = looker.look(record(tmp_path, "wild", risky=False).worked)
    assert not found.is_settled
    ends = [(one.ladder, one.levels[0], one.levels[-1]) for one in found.ladders]
    assert ends == [("gate", "clear", "blocked"), ("measure", "advice", "restriction")]
    assert [one.read.path() for one in found.deciding] == ["trip.pace"]


@LOOKERS
def test_questions_are_asked_again_at_the_end_and_a_correction_settles_it(tmp_path: Path, looker: Looker) -> None:
    terminal, session = Lines("yes", "brisk", "yes"), Session(record(tmp_path, "calm", risky=True), looker)
    ended = Talk(session, terminal, lambda _record: None).run()
    assert (ended, session.record.data["trip"]) == ("finished", {"pace": "brisk", "risky": True})
    shown = "\n".join(terminal.shown)
    assert shown.index("Answer again what does not go together?") < shown.index("settled")
    assert session.standing.is_settled


@LOOKERS
def test_contradiction_that_is_left_ends_the_interview_unsettled(tmp_path: Path, looker: Looker) -> None:
    terminal, session = Lines("no"), Session(record(tmp_path, "calm", risky=True), looker)
    assert Talk(session, terminal, lambda _record: None).run() == "finished"
    assert "settled" not in "\n".join(terminal.shown)


@st.composite
def contradicting(draw: st.DrawFn) -> Worked | None:
    rules = draw(open_sets())
    worked = [work(rules.case(draw(open_cases(rules))[1]), rules.criteria, DAY) for _ in range(3)]
    return next((one for one in worked if one.facts.again is not None), None)


@pytest.mark.nightly
@one_in(2)
@given(contradicting())
def test_no_correction_moves_what_is_called_settled(worked: Worked | None) -> None:
    if worked is None or not is_settled(worked):
        return
    names = worked.criteria.head.roles.deciding
    now = {one.ladder: one.level for one in worked.proposed if one.ladder in names}
    for read in reopened_in(worked.facts, worked.criteria):
        for value in domain(worked.criteria.fact(f"{read.entity}.{read.fact}"), worked.criteria):
            assert {one.ladder: one.level for one in if_answered(worked, read, value)} == now
