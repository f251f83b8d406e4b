"""A decided case as a record: what a register makes of its decisions, and answers that are said less exactly."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk_engine.loading.exchange_rules import load_exchange_rules
from risk_engine.office.exchange.coarsen import Coarsener, anonymised
from risk_engine.office.precedents.precedent import (
    Coarse,
    Precedent,
    Value,
    precedents_in,
    same,
    value_from_json,
    value_in_json,
)
from risk_engine.office.register.folder import known_case_folder
from risk_engine.office.register.record import read_filed_assessment
from tests.office.precedents import cases
from tests.office.register.filing import CASE_ID, assessed, case_file, decided, filed, written

LONGER = ("months: 8", "months: 9")


def precedents(register: Path) -> list[Precedent]:
    return list(precedents_in(known_case_folder(register, CASE_ID)))


def register_of(folder: Path, **said: Any) -> Path:
    """Return a register with the case of the loan desk, decided."""
    case = case_file(folder)
    filed(folder / "r", case)
    filed(folder / "r", written(folder / "d.json", decided(assessed(case), **said)))
    return folder / "r"


def test_a_decided_case_says_what_it_was_and_how_it_was_decided(tmp_path: Path) -> None:
    (one,) = precedents(register_of(tmp_path, levels=(("verdict", "lend"),), reason="The painting stays here."))
    # By hand from the case and the rules of the desk: it stands in an earthquake zone, and a claim is rumoured.
    assert (one.id, one.office, one.version, one.stands) == (CASE_ID, None, "loan-desk@1.0.0", "stands")
    assert one.findings == ("OBJ-1", "OBJ-2", "OBJ-3", "OBJ-4", "LAW-1", "LAW-2", "LAW-4")
    assert (one.severities["OBJ-2"], one.severities["LAW-1"]) == ("high", "low")
    assert one.measures == {"release": "checks_due", "verdict": "lend", "travel": "alone"}
    assert (one.gate, one.proposed["verdict"], one.deviates) == ("checks_due", "lend_on_terms", True)
    assert one.reasons == ("release.rules.2", "verdict.rules.2", "travel.otherwise")
    assert (one.decided_on_year, one.decided_on, one.text) == (2026, date(2026, 3, 5), "The painting stays here.")
    assert (one.controls, one.decided_by) == (("LOGGER",), "K. Keeper, Keeper")
    assert one.reads["LAW-4"] == ("artwork.portrait.claim", "borrower.plain.shielded")
    assert one.facts["borrower.plain.night_watch"] == "alarmed"
    assert one.facts["borrower.plain.quake_zone"] == "severe", "what a table says is known too"
    assert one.facts["artwork.fan.hazards"] == ("arsenic",)


def test_what_nobody_knew_is_not_among_the_facts(tmp_path: Path) -> None:
    (one,) = precedents(register_of(tmp_path))
    assert "loan.escorted" not in one.facts
    assert not [path for path in one.facts if path.startswith(("controls", "evidence", "id", "title"))]


def test_a_list_that_was_not_asked_is_a_list_that_is_known_and_no_fact() -> None:
    one = cases.decided(cases.assessed("x", first_look={"data": False}, data=None))
    assert "data" in one.lists
    assert not [path for path in one.facts if "." not in path]
    criteria = cases.criteria()
    told = Coarsener(load_exchange_rules(criteria).rules, criteria)
    (line,) = anonymised(told, [one] * 5, 5, []).alike
    assert line.cases == 5


def test_a_decision_in_whose_place_another_stands_is_marked(tmp_path: Path) -> None:
    register = register_of(tmp_path)
    first = precedents(register)[0]
    filed(register, case_file(tmp_path, LONGER))
    assert [one.stands for one in precedents(register)] == ["earlier"], "the case was assessed anew since"
    record = known_case_folder(register, CASE_ID).of("assessment")[-1]
    later = decided(read_filed_assessment(record), levels=(("verdict", "lend"),), reason="Only the fan goes.")
    filed(register, written(tmp_path / "e.json", later))
    assert [(one.stands, one.measures["verdict"]) for one in precedents(register)] == [
        ("stands", "lend"),
        ("superseded", first.measures["verdict"]),
    ]


def test_what_a_second_person_has_to_confirm_is_not_decided_yet(tmp_path: Path) -> None:
    register = register_of(tmp_path, levels=(("verdict", "refuse"),), reason="The house is closed.")
    assert precedents(register) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("direct", "direct", True),
        ("direct", "none", False),
        (True, True, True),
        (True, 1, False),
        (("a", "b"), ("b", "a"), True),
        ((), (), True),
        (Coarse(one_of=("direct", "is_military")), "direct", True),
        (Coarse(one_of=("direct", "is_military")), "indirect", False),
        (Coarse(at_least=4, at_most=6), 5, True),
        (Coarse(at_least=4, at_most=6), 7, False),
        (Coarse(at_least=4), 400, True),
        (Coarse(at_least="2026-01-01", at_most="2026-12-31"), "2026-07-04", True),
        (Coarse(at_least="2026-01-01", at_most="2026-12-31"), "2027-01-01", False),
        (Coarse(at_least=4, at_most=6), "direct", False),
        (Coarse(at_least=4, at_most=6), Coarse(at_least=6, at_most=9), True),
        (Coarse(at_least=4, at_most=6), Coarse(at_least=7, at_most=9), False),
        (Coarse(one_of=("a", "b")), Coarse(one_of=("b", "c")), True),
        (Coarse(one_of=("a", "b")), Coarse(one_of=("c",)), False),
        (Coarse(one_of=("a", "b")), ("a",), True),
        (Coarse(one_of=("a", "b")), ("a", "c"), False),
        (Coarse(one_of=("a", "b")), (), False),
        (Coarse(one_of=(1, 2)), Coarse(at_least=2), True),
    ],
)
def test_answers_are_compared_as_exactly_as_the_less_exact_one_says(one: Value, other: Value, expected: bool) -> None:
    assert same(one, other) is expected
    assert same(other, one) is expected


@pytest.mark.parametrize(
    "value",
    [True, 3, "direct", ("a", "b"), (), Coarse(one_of=("a", "b")), Coarse(at_least=4), Coarse((), 1, 2)],
)
def test_an_answer_is_read_back_as_it_was_written(value: Value) -> None:
    assert value_from_json(value_in_json(value)) == value


@pytest.mark.parametrize(
    "data", [None, 1.5, {}, [1], {"one_of": []}, {"one_of": ["a"], "x": 1}, {"at_least": 1, "at_most": "b"}, {"x": 1}]
)
def test_what_is_no_answer_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="no answer"):
        value_from_json(data)
