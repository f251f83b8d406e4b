"""In which order questions come, as the rules alone tell it."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk_engine.engine.work import work
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.interview.standing import Bounds
from tests.cli.running import LOAN_DESK
from tests.engine.builder import DAY, case_from, criteria_from

RISKY, ALONE, WILD = ("{fact: trip.risky, is: true}", "{fact: trip.alone, is: true}", "{fact: trip.pace, is: wild}")
UNINSURED, LONG = "{fact: trip.insured, is: false}", "{fact: trip.days, at_least: 50}"


def order(folder: Path, indicators: str, case: str = "") -> list[str]:
    criteria = criteria_from(folder, indicators=indicators)
    return [one.read.path() for one in Bounds().look(work(case_from(criteria, case), criteria, DAY)).deciding]


def test_what_can_end_the_case_comes_first(tmp_path: Path) -> None:
    """A legal bar refuses the trip and its start at once; a high finding asks for conditions only."""
    rules = f"A: {{severity: {{high: {RISKY}}}}}\nB: {{severity: {{critical: {ALONE}}}, knock_out: {{legal: always}}}}"
    assert order(tmp_path, rules) == ["trip.alone", "trip.risky"]


def test_what_is_likelier_to_end_it_comes_first(tmp_path: Path) -> None:
    """One of three paces is wild, half of the numbers are large."""
    rules = f"A: {{severity: {{critical: {WILD}}}}}\nB: {{severity: {{critical: {LONG}}}}}"
    assert order(tmp_path, rules) == ["trip.days", "trip.pace"]


def test_what_needs_one_answer_comes_before_what_needs_two(tmp_path: Path) -> None:
    rules = f"A: {{severity: {{critical: {{all_of: [{RISKY}, {ALONE}]}}}}}}\nB: {{severity: {{critical: {UNINSURED}}}}}"
    assert order(tmp_path, rules)[0] == "trip.insured"


def test_an_answer_that_rules_out_two_reasons_comes_before_those_that_rule_out_one(tmp_path: Path) -> None:
    rules = "\n".join(
        f"{name}: {{severity: {{critical: {{all_of: [{one}, {UNINSURED}]}}}}}}"
        for name, one in (("A", RISKY), ("B", ALONE))
    )
    assert order(tmp_path, rules)[0] == "trip.insured"


def test_what_is_on_no_shortest_way_comes_last(tmp_path: Path) -> None:
    """Alone and wild is shown by two answers; that the long uninsured trip is wild would take three."""
    rules = f"A: {{severity: {{high: {{all_of: [{{any_of: [{{all_of: [{UNINSURED}, {LONG}]}}, {ALONE}]}}, {WILD}]}}}}}}"
    assert order(tmp_path, rules) == ["trip.pace", "trip.alone", "trip.insured", "trip.days"]


PRINTS = """
import random, sys
from pathlib import Path
from datetime import date
from risk_engine.engine.work import work
from risk_engine.office.interview.standing import Bounds
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.case import case_model

criteria = load_criteria(sys.argv[1])
model = case_model(criteria)
whole = base_case(criteria)[0]
for data in ({}, {"loan": {}, "artwork": tuple({"id": i, "called": i} for i in "ba"), "borrower": whole["borrower"]}):
    case = model.model_validate({"id": "L", "title": "L", **data})
    print([(one.read, one.findings) for one in Bounds().look(work(case, criteria, date(2026, 3, 2))).deciding])
"""


@pytest.mark.nightly
def test_the_order_is_the_same_in_every_process() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", PRINTS, str(LOAN_DESK)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert len(said[0].splitlines()) == 2


def test_questions_that_people_are_asked_and_nobody_has_answered_are_counted(
    under: Under, base: dict[str, Any]
) -> None:
    """Also those for the record and those that wait for another answer, but not what only a table states."""
    loan = {key: value for key, value in base["loan"].items() if key != "swap"}  # for the record
    house = {key: value for key, value in base["borrower"][0].items() if key != "seat"}  # tables know two facts of it
    head = {**base["artwork"][0], "material": "unknown", "lux_hours": 10, "appraised_on": date(2026, 1, 1)}
    standing = Bounds().look(
        Record({**base, "loan": {**loan, "story": "Ships"}, "borrower": (house,), "artwork": (head,)}, under).worked
    )
    unanswered = [one.path() for one in standing.unanswered]
    assert unanswered == ["loan.swap", "borrower.town.seat", "borrower.town.shielded", "artwork.head.material"]
    # How much light it would get is answered; that it counts only for soft materials makes no question of it.
    assert {one.path() for one in standing.waiting} <= {"borrower.town.shielded"}
    assert standing.irrelevant_questions == len(unanswered) - standing.matter
