"""How the dialogue ends where the solver knows more than the bounds that an assessment goes by."""

from dataclasses import replace
from pathlib import Path

import pytest

from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.interview.lines import Asked
from risk_engine.office.interview.session import Session
from risk_engine.office.interview.standing import Bounds, Exact, Looker, is_settled
from risk_engine.office.interview.talk import Talk
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

    def ask(self, asked: Asked, *, again: bool = False) -> str | None:
        self.shown.append("" if again else asked.text)
        return self.lines.pop(0) if self.lines else None


@pytest.fixture
def record(tmp_path: Path) -> Record:
    criteria = criteria_from(tmp_path, indicators=EITHER_WAY, ladders=LADDERS)
    data = {"id": "T", "title": "T", "trip": {}, "guest": ()}
    return Record(data, Under(criteria, DAY))


def talked(record: Record, looker: Looker, *lines: str) -> tuple[str, str, Record]:
    terminal, session = Lines(*lines), Session(record, looker)
    ended = Talk(session, terminal, lambda _record: None).run()
    return ended, "\n".join(terminal.shown), session.record


@pytest.mark.parametrize("looker", [Bounds(), Exact(None)], ids=["bounds", "exact"])
def test_what_only_the_solver_settles_is_asked_until_the_assessment_says_so_too(record: Record, looker: Looker) -> None:
    """Only advice can come out, but an assessment looks at each finding alone: it would still call its result open."""
    before = looker.look(record.worked)
    assert not before.is_settled
    assert before.is_exact == isinstance(looker, Exact)
    ended, shown, after = talked(record, looker, "no")
    assert (ended, after.data["trip"]) == ("finished", {"risky": False})
    assert "risky?" in shown
    assert shown.index("1 question can still matter") < shown.index("gate: clear · measure: advice · settled")
    assert is_settled(after.worked)


@pytest.mark.parametrize("line", ["s", "not known yet", "Bea"])
def test_an_entry_that_only_its_id_names_keeps_it(record: Record, line: str) -> None:
    named = replace(record, data={**record.data, "guest": ({"id": "ann"},)})
    _ended, shown, after = talked(named, Bounds(), "b", line, "", "q")
    assert shown.count("The file itself knows the entry by this name. Enter keeps it; `-` takes the entry out.") == 1
    assert after.data["guest"] == ({"id": "ann"},)


def test_with_the_solver_one_level_is_left_where_bounds_have_two(record: Record) -> None:
    left = [[one.levels for one in looker.look(record.worked).ladders] for looker in (Bounds(), Exact(None))]
    assert left == [[("clear",), ("advice", "regulation")], [("clear",), ("advice",)]]


CONTRADICTION = """
facts:
  calm:
    title: A calm trip is not risky
    then: {not: {all_of: [{fact: trip.pace, is: calm}, {fact: trip.risky, is: true}]}}
results: {}
"""


@pytest.mark.parametrize(
    ("pace", "stands"), [("calm", "hangs on answers that contradict each other"), ("wild", "settled")]
)
def test_an_interview_calls_no_result_settled_that_hangs_on_answers_that_contradict_each_other(
    tmp_path: Path, pace: str, stands: str
) -> None:
    held = "A: {severity: {critical: {fact: trip.risky, is: true}}}"
    criteria = criteria_from(tmp_path, indicators=held, ladders=LADDERS, invariants=CONTRADICTION)
    data = {"id": "T", "title": "T", "trip": {"pace": pace, "risky": True}, "guest": ()}
    _ended, shown, _after = talked(Record(data, Under(criteria, DAY)), Bounds(), "n")
    assert f"gate: clear · measure: advice · {stands}" in shown
