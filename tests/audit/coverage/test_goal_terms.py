"""A goal as a term says of every case what the coverage says of it: met or not, both ways."""

from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.audit.cases import run_of
from risk_engine.audit.coverage.goal_terms import mattered, meets
from risk_engine.audit.coverage.goals import Mattering, Shown, goals_of
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest, Expected
from risk_engine.model.conditions import Condition
from risk_engine.model.coverage import branches
from risk_engine.model.criteria import Criteria, severity_conditions
from risk_engine.solver.answers import is_true, states
from risk_engine.solver.space import Limits, Space
from tests.engine.builder import DAY, LOAN_DESK, case_from, condition, criteria_from, facts_from
from tests.strategies import MANY, by_turns, cases_of, changed_cases, few_now, rule_set, rule_sets

if TYPE_CHECKING:
    from risk_engine.model.coverage import Path as Way

PATIENT = few_now(4, 6)
TEST = CaseTest(name="drawn", expect=Expected())
LOAN = read_criteria(LOAN_DESK)
GOALS = tuple(goals_of(LOAN))


def space_of(criteria: Criteria, base: Case, on: date) -> Space:
    space = Space([criteria], base, on, Limits(entries=2 * MANY))
    space.reading.facts.whole()
    for name in criteria.ladders:
        space.reading.ladder(name)
    return space


def stated(case: Case, space: Space) -> z3.ModelRef | None:
    """Return the solver's answer that is just this case; None where the set accepts no such case."""
    in_place = {
        one.id: {record.kind for record in one.evidence}
        for one in case.controls
        if one.status in {"implemented", "verified"} and one.evidence
    }
    return space.check(*states(case, space.blanks, in_place))[1]


DATA, BASE = base_case(LOAN)
LATER = date(2027, 3, 1)
"""A day on which every rule of the loan desk is in force."""
SPACE = space_of(LOAN, BASE, LATER)
TERMS = {one.key: meets(one, SPACE.reading) for one in GOALS}


@PATIENT
@given(data=st.data())
def test_a_drawn_case_meets_a_goal_where_its_term_holds(data: st.DataObject) -> None:
    case = rule_set(LOAN).case(data.draw(changed_cases(LOAN, DATA)))
    model = stated(case, SPACE)
    run = run_of(LOAN, TEST.model_copy(update={"on": LATER}), case)
    if run.worked.facts.superfluous:  # such cases are not looked at
        assert model is None
        return
    assert model is not None
    shown = Shown(GOALS)
    shown.add(run)
    assert {key for key, term in TERMS.items() if is_true(model, term)} == set(shown.first)


def test_numbers_that_awareness_alone_compares_are_told_apart() -> None:
    many = rule_set(LOAN).case({**DATA, "loan": {**DATA["loan"], "reach": 50000}})
    model = stated(many, SPACE)
    assert model is not None
    assert is_true(model, TERMS["awareness", "MANY_VISITORS", ("when",), "true"])


@PATIENT
@given(data=st.data())
def test_a_comparison_of_drawn_rules_matters_where_the_coverage_says_so(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    cases = [rules.case(data.draw(cases_of(rules.criteria))) for _ in range(3)]
    space = space_of(rules.criteria, cases[0], DAY)
    reading = space.reading
    asked: list[tuple[Condition, bool, bool | None, dict[tuple[Way, bool], Any]]] = []
    for (one, of_results), unknown in product(conditions(rules.criteria), (None, True)):
        over = reading if of_results else reading.facts
        ways = [way for way, _leaf in branches(one, rules.criteria.definitions)]
        terms = {
            (way, value): mattered(one, way, "true" if value else "false", over, unknown=unknown)
            for way in ways
            for value in (True, False)
        }
        asked.append((one, of_results, unknown, terms))
    for case in cases:
        model = stated(case, space)
        run = run_of(rules.criteria, TEST.model_copy(update={"on": DAY}), case)
        if run.worked.facts.superfluous:
            continue
        assert model is not None
        for one, of_results, unknown, terms in asked:
            read = run.worked.results if of_results else run.worked.facts
            wanted = set(Mattering(read, unknown=unknown).branches(one, ()))
            assert {each for each, term in terms.items() if is_true(model, term)} == wanted


FIT = "{fact: guest.fit, is: true}"
OLD = f"{{all_of: [{FIT}, {{fact: guest.age, at_least: 60}}]}}"


@pytest.mark.parametrize("where", [FIT, OLD])
@pytest.mark.parametrize(
    "node",
    by_turns(
        ["{every: guest, %}", "{some: guest, %}", "{count: guest, %, at_least: 2}", "{count: guest, %, at_most: 1}"], 3
    ),
)
def test_an_entry_matters_among_others_of_any_kind(node: str, where: str, tmp_path: Path) -> None:
    """Whatever the other guests are, also where nobody knows it, and however many there are."""
    text = node.replace("%", f"where: {where}")
    criteria = criteria_from(tmp_path, indicators=f"A: {{severity: {{high: {text}}}}}")
    stated_ = condition(text)
    space = Space([criteria], case_from(criteria), DAY, Limits(entries=3))
    terms = {
        (way, value): mattered(stated_, way, "true" if value else "false", space.reading.facts)
        for way, _leaf in branches(stated_, criteria.definitions)
        for value in (True, False)
    }
    guests = ("{%, fit: true, age: 70}", "{%, fit: true, age: 20}", "{%, fit: false, age: 70}", "{%, age: 70}")
    for number in range(4):
        for several in product(guests, repeat=number):
            entries = [one.replace("%", f"id: g{place}") for place, one in enumerate(several)]
            text = f"guest: [{', '.join(entries)}]"
            model = stated(case_from(criteria, text), space)
            assert model is not None
            wanted = set(Mattering(facts_from(criteria, text)).branches(stated_, ()))
            assert {one for one, term in terms.items() if is_true(model, term)} == wanted, text


def conditions(criteria: Criteria) -> list[tuple[Condition, bool]]:
    """Return conditions of a set, each with whether it is about results."""
    of_case = [one for found in criteria.indicators.values() for _severity, one in severity_conditions(found)]
    of_results = [rule.when for ladder in criteria.ladders.values() for rule in ladder.rules]
    return [*((one, False) for one in of_case), *((one, True) for one in of_results)]
