"""Whoever points and whoever types a line can do the same: one sitting, in both forms, makes the same case."""

import io
import random
import sys
from itertools import groupby
from typing import Any, NamedTuple, get_args
from unittest import mock

import pytest

from risk_engine.cli.arrows.terminal import Arrows
from risk_engine.cli.dialogue import Dialogue
from risk_engine.interview.asking import Asked, Kind, Reply, Terminal
from risk_engine.interview.bounds import Bounds
from risk_engine.interview.record import Record, Under
from risk_engine.interview.session import Session, Stage
from risk_engine.interview.talk import Talk
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.case import case_model
from tests.cli.arrows.pressing import ENTER, keyboard
from tests.cli.running import LOAN_DESK
from tests.interview.conftest import DAY

pytestmark = pytest.mark.unwatched

QUESTIONS = 40
EMPTY = {"id": "L-1", "title": "A loan"}
SETTLED = {
    **EMPTY,
    "loan": {"months": 6},
    "borrower": (),
    "artwork": ({"id": "fan", "called": "Fan", "claim": "filed", "hazards": ("nitrate",), "material": "stone"},),
}
"""A case with a bar against it, so that nothing else can matter, and with answers that do not go together."""


class Doing(NamedTuple):
    """The same in both forms: a line, and keys."""

    line: str
    keys: str


def doing(draw: random.Random, asked: Asked, number: int) -> Doing:
    """Draw what a person does at a question."""
    beside = [one.typed for one in asked.commands if one.typed != "q"]
    if asked.leave is not None:
        beside.append(asked.leave.typed)
    if beside and draw.random() < 0.3:
        typed = draw.choice(beside)
        points = asked.kind in {"one", "several"} and typed
        return Doing(typed, typed if points else f"{typed}{ENTER}")
    if draw.random() < 0.1 and (asked.chosen is not None or asked.said or asked.leave):
        return Doing("" if asked.is_listed or not asked.chosen else asked.chosen[0], ENTER)
    match asked.kind:
        case "one":
            at = draw.randrange(len(asked.options))
            return Doing(f"{at + 1}" if asked.is_listed else asked.options[at].name, f"{at + 1}{ENTER}")
        case "several":
            return _several(draw, asked)
        case "integer":
            said = f"{draw.randint(*(asked.limits or (0, 0)))}"
        case "date":
            said = draw.choice(("1925-05-01", "1938-01-31", "2027-05-01"))
        case _:
            said = draw.choice((f"House {number}", '"7"', '"b"'))
            if asked.check(said):  # the name is taken
                said = f"House {number}"
    return Doing(said, f"{said}{ENTER}")


def _several(draw: random.Random, asked: Asked) -> Doing:
    found = [f"{number}" for number in range(1, len(asked.options) + 1) if draw.random() < 0.4]
    clear = "" if asked.chosen == () or (asked.chosen is None and found) else "0 "
    return Doing(",".join(found) or "0", clear + "".join(f"{one} " for one in found) + ENTER)


class Person:
    """Sits before a terminal, and does at every question what is drawn."""

    def __init__(self, terminal: Terminal, seed: int) -> None:
        self.terminal, self.draw = terminal, random.Random(seed)  # noqa: S311 (draws answers, no secrets)
        self.asked: list[str] = []
        self.say, self.explain, self.standing = terminal.say, terminal.explain, terminal.standing

    def ask(self, asked: Asked, *, again: bool = False) -> Reply:
        self.asked.append(f"{asked.kind}: {asked.text}")
        done = doing(self.draw, asked, len(self.asked)) if len(self.asked) < QUESTIONS else Doing("q", f"q{ENTER}")
        typed = io.StringIO(f"{done.line}\n")
        with keyboard(done.keys), mock.patch.object(sys, "stdin", typed):
            return self.terminal.ask(asked, again=again)


def sitting(
    terminal: Terminal, seed: int, under: Under, data: dict[str, Any] = EMPTY, stage: Stage = "all"
) -> tuple[list[Any], list[str]]:
    """Return how the case was saved after each answer, and what was asked."""
    saved: list[Any] = []
    person = Person(terminal, seed)
    session = Session(Record(data, under), Bounds(), stage)
    person.asked.append(Talk(session, person, lambda record: saved.append(record.data)).run())
    return [one for one, _same in groupby(saved)], person.asked


@pytest.fixture(scope="module")
def under() -> Under:
    criteria = load_criteria(str(LOAN_DESK))
    return Under(criteria, case_model(criteria), DAY)


def test_one_sitting_in_both_forms_makes_the_same_case(under: Under) -> None:
    kinds: set[str] = set()
    for seed in (3, 9):
        lines, keys = sitting(Dialogue(), seed, under), sitting(Arrows(), seed, under)
        assert keys == lines, seed
        assert lines[0] != []
        kinds |= {one.partition(":")[0] for one in keys[1][:-1]}
    assert kinds == {*get_args(Kind), "row"} - {"row"}  # no table of the loan desk is long


def test_what_is_asked_once_a_case_is_settled_is_the_same_in_both_forms(under: Under) -> None:
    """Whether to go on, and whether to answer again what does not go together."""
    asked: set[str] = set()
    for seed in (1, 3):
        lines, keys = (sitting(one, seed, under, SETTLED, "deciding") for one in (Dialogue(), Arrows()))
        assert keys == lines, seed
        asked |= {*lines[1]}
    assert {"one: Go on with them? Enter: no.", "one: Answer again what does not go together? Enter: no."} <= asked
