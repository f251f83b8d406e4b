"""What a solver may choose of a case: what is named open, and nothing else."""

import itertools
from pathlib import Path

import pytest
import z3

from risk_engine.engine.work import work
from risk_engine.solver.answers import STEPS, Search, entry_id, is_true
from risk_engine.solver.blanks import Blank
from risk_engine.solver.domains import Domains
from risk_engine.solver.open_case import OpenCase
from risk_engine.solver.terms import Pair
from risk_engine.solver.unbounded import EndlessBlanks
from tests.engine.builder import DAY, case_from, criteria_from

CONTROLS = """
    CTL-01: {title: One}
    CTL-02: {title: Two}
"""


def test_a_control_that_is_open_may_be_in_place_or_not(tmp_path: Path) -> None:
    rules = criteria_from(tmp_path / "toy", controls=CONTROLS)
    case = case_from(rules)
    blanks = OpenCase(work(case, rules, DAY), case, controls=("CTL-01",)).blanks
    chosen = blanks.in_place("CTL-01")
    assert isinstance(chosen, z3.BoolRef)
    assert list(blanks.differences()) == [chosen]
    assert blanks.in_place("CTL-02") is False


def test_a_further_entry_of_a_list_has_an_id_that_none_there_has(tmp_path: Path) -> None:
    rules = criteria_from(tmp_path / "toy")
    case = case_from(rules, "guest: [{id: guest-2}]")
    blanks = OpenCase(work(case, rules, DAY), case, lists=("guest",)).blanks
    assert [entry_id(blanks, "guest", place) for place in range(3)] == ["guest-2", "guest-2x", "guest-3"]


@pytest.mark.parametrize(("binding", "expected"), [(True, [True, False]), (False, [False, False])])
def test_an_open_answer_must_not_be_given_where_it_is_not_asked_unless_it_is_set_aside(
    tmp_path: Path, *, binding: bool, expected: list[bool]
) -> None:
    rules = criteria_from(tmp_path / "toy")
    case = case_from(rules, "guest: [{id: guest-1}]")
    blanks = OpenCase(work(case, rules, DAY), case, lists=("guest",), binding=binding).blanks
    fact = next(iter(rules.entities["guest"].facts))
    other = next(name for name, entity in rules.entities.items() if entity.many is None)
    elsewhere = Blank(other, 0, next(iter(rules.entities[other].facts)))
    assert [blanks.binds(Blank("guest", 0, fact)), blanks.binds(elsewhere)] == expected


def test_further_entries_surely_fulfil_nothing_that_none_of_them_surely_does(tmp_path: Path) -> None:
    rules = criteria_from(tmp_path / "toy")
    blanks = EndlessBlanks(rules.entities, Domains([rules], DAY), {"guest": 1}, case_from(rules))
    maybe = z3.Bool("maybe", blanks.context)
    assert blanks.many("guest", Pair(must=False, may=False), 2) == Pair(must=False, may=False)
    assert blanks.many("guest", Pair(must=False, may=maybe), 2).must is False
    assert isinstance(blanks.many("guest", Pair(must=False, may=maybe), 2).may, z3.BoolRef)


def test_of_answers_that_differ_in_equally_few_things_the_one_whose_difference_stands_first_is_taken(
    tmp_path: Path,
) -> None:
    rules = criteria_from(
        tmp_path / "toy", controls=CONTROLS + "    CTL-03: {title: Three}\n    CTL-04: {title: Four}\n"
    )
    case = case_from(rules)
    blanks = OpenCase(work(case, rules, DAY), case, controls=tuple(rules.controls)).blanks
    terms = [blanks.in_place(control) for control in rules.controls]
    for first, other in itertools.combinations(range(len(terms)), 2):
        solver = z3.Solver(ctx=blanks.context)
        solver.add(z3.Or(terms[other], terms[first]))
        assert solver.check(terms[other], z3.Not(terms[first])) == z3.sat
        least = Search(solver, blanks, STEPS).least(solver.model())
        assert [is_true(least, term) for term in terms] == [place == first for place in range(len(terms))]
