"""What the dialogue says at its end, where the solver knows more than the bounds that an assessment goes by."""

from pathlib import Path

import pytest

from risk_engine.interview.asking import Asked, Reply
from risk_engine.interview.bounds import Bounds
from risk_engine.interview.exact import Exact
from risk_engine.interview.record import Record, Under
from risk_engine.interview.session import Session
from risk_engine.interview.standing import Looker, is_settled
from risk_engine.interview.talk import Talk
from risk_engine.model.case import case_model
from tests.engine.builder import DAY, criteria_from

LADDERS = """
measure:
  levels: {advice: {review_months: 12}, regulation: {review_months: 6}}
  rules:
    - level: regulation
      when: {count: finding, at_least: 2, where: {fact: finding.residual, at_least: moderate}}
  otherwise: advice
gate:
  levels: {clear: {}, blocked: {}}
  rules: [{level: blocked, when: {some: finding, where: {fact: finding.knock_out, is: legal}}}]
  otherwise: clear
escalation:
  levels: {none: {}, committee: {}}
  rules: [{level: committee, when: {some: finding, where: {fact: finding.residual, is: critical}}}]
  otherwise: none
"""
EITHER_WAY = """
A: {severity: {moderate: {fact: trip.risky, is: true}}}
B: {severity: {moderate: {fact: trip.risky, is: false}}}
"""
"""Two moderate findings ask for conditions; each alone is possible, both at once are not."""


class Lines:
    """A terminal that keeps what is shown, and answers what it was given."""

    def __init__(self, *lines: str) -> None:
        self.shown: list[str] = []
        self.lines = list(lines)

    def say(self, text: str = "", *, lead: str = "", strong: bool = False) -> None:
        assert not strong or not lead
        self.shown.append(text)

    def explain(self, legend: str) -> None:
        self.shown.append(legend)

    def standing(self, line: str) -> None:
        self.shown.append(line)

    def ask(self, asked: Asked, *, again: bool = False) -> Reply:
        assert not again
        self.shown.append(asked.text)
        return self.lines.pop(0) if self.lines else None


@pytest.fixture
def record(tmp_path: Path) -> Record:
    criteria = criteria_from(tmp_path, indicators=EITHER_WAY, ladders=LADDERS)
    data = {"id": "T", "title": "T", "trip": {}, "guest": ()}
    return Record(data, Under(criteria, case_model(criteria), DAY))


def talked(record: Record, looker: Looker, *lines: str) -> tuple[str, str, Record]:
    terminal, session = Lines(*lines), Session(record, looker)
    ended = Talk(session, terminal, lambda _record: None).run()
    return ended, "\n".join(terminal.shown), session.record


def test_the_solver_settles_it_and_the_dialogue_says_that_the_assessment_would_not(record: Record) -> None:
    ended, shown, after = talked(record, Exact(None), "no")
    assert ended == "finished"
    assert "measure: advice · settled" in shown
    assert (
        "No answer can change the result any more. 1 further answer would let the assessment say so too: it looks at "
        "each finding alone."
    ) in shown
    assert "risky?" not in shown
    assert not is_settled(after.worked)


def test_the_answer_that_lets_the_assessment_say_so_is_asked_for_who_wants_it(record: Record) -> None:
    ended, shown, after = talked(record, Exact(None), "yes", "no")
    assert (ended, after.data["trip"]) == ("finished", {"risky": False})
    assert "risky?" in shown
    assert is_settled(after.worked)


def test_by_bounds_alone_it_is_asked(record: Record) -> None:
    ended, shown, after = talked(record, Bounds(), "no")
    assert (ended, after.data["trip"]) == ("finished", {"risky": False})
    assert "No answer can change the result any more" not in shown
