"""The solver's reading says of every case what the engine says: random criteria, random cases (design, section 6)."""

from typing import Any

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_engine.backends.symbolic.blanks import Blanks
from risk_engine.backends.symbolic.decode import is_true, stated_case
from risk_engine.backends.symbolic.domains import Domains
from risk_engine.backends.symbolic.encode import states
from risk_engine.backends.symbolic.reading import Reading
from risk_engine.diagnostics import InvalidCaseError
from risk_engine.engine.find import Found
from risk_engine.engine.work import Worked, work
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.source import read
from tests.engine.builder import DAY, LOAN_DESK, SHIPPED
from tests.strategies import MANY, Data, RuleSet, cases_of, changed_cases, rule_set, rule_sets

PATIENT = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
)
FEW = settings(PATIENT, max_examples=max(10, settings().max_examples // 5))
LOAN_RULES = rule_set(read_criteria(LOAN_DESK))
LOAN_BASE: Data = read(LOAN_DESK / "cases.yaml").data["base"]
SHIPPED_RULES = rule_set(read_criteria(SHIPPED))
SHIPPED_BASE: Data = read(SHIPPED / "cases.yaml").data["base"]


def reading_of(rules: RuleSet, data: Data) -> tuple[Reading, Blanks]:
    """Return the set over blanks with the case as their base."""
    entities = rules.criteria.entities
    bounds = {name: max(MANY, len(data.get(name) or ())) for name, one in entities.items() if one.many}
    blanks = Blanks(entities, Domains([rules.criteria], DAY), bounds, rules.case(data))
    reading = Reading(rules.criteria, blanks, DAY)
    reading.facts.whole()
    for name in rules.criteria.ladders:
        reading.ladder(name)
    for name in rules.criteria.head.dimensions:
        reading.rating(name)
    return reading, blanks


def asserted(reading: Reading, blanks: Blanks, *more: Any) -> z3.Solver:
    """Return a solver that knows the form of a case, and what else is given."""
    solver = z3.SimpleSolver()
    solver.add(*(one for one in (*blanks.constraints, *reading.facts.constraints, *more) if one is not True))
    return solver


def place(model: z3.ModelRef, order: Any) -> int:
    return max(number for number, term in enumerate(order) if is_true(model, term))


def compare(reading: Reading, model: z3.ModelRef, got: Worked) -> None:
    """Assert that the terms come to what the engine came to."""
    found: dict[str, Found] = {one.id: one for one in got.found}
    assert set(found) == set(reading.in_force)
    for one in reading.findings():
        wanted = found[one.id]
        assert SEVERITIES[place(model, one.inherent)] == wanted.inherent
        assert SEVERITIES[place(model, one.possible)] == wanted.possible
        assert tuple(SEVERITIES[place(model, bound)] for bound in one.residual) == wanted.residual
        assert tuple(KNOCK_OUTS[place(model, bound)] for bound in one.knock_out) == wanted.knock_out
        assert is_true(model, one.is_open) == wanted.open
        outcome = ("absent", "undetermined", "present")[is_true(model, one.not_absent) + is_true(model, one.present)]
        assert outcome == wanted.outcome
    points = got.criteria.head.severity
    bands = list(points.bands)
    for rated in got.ratings:
        terms = reading.rating(rated.dimension)
        for of_terms, sums in ((terms.inherent, rated.inherent), (terms.residual, rated.residual)):
            assert [bands[place(model, one)] for one in of_terms] == [points.band(one) for one in sums]
        assert tuple(is_true(model, one) for one in terms.capped) == rated.capped
    for proposed in got.proposed:
        ladder = reading.ladder(proposed.ladder)
        levels = list(got.criteria.ladders[proposed.ladder].levels)
        assert levels[place(model, ladder.level)] == proposed.level
        assert levels[place(model, ladder.lowest)] == proposed.lowest
        assert levels[place(model, ladder.highest)] == proposed.highest
        decides = [number for number, term in enumerate(ladder.decides) if is_true(model, term)]
        assert decides == ([] if proposed.rule is None else [proposed.rule])


def agrees(rules: RuleSet, data: Data) -> None:
    """Assert that both readings say the same of one case, also that it cannot be read."""
    reading, blanks = reading_of(rules, data)
    case = rules.case(data)
    in_place = frozenset(
        one.id for one in case.controls if one.status in {"implemented", "verified"} and one.evidence
    )
    solver = asserted(reading, blanks, *states(case, blanks, in_place))
    try:
        got = work(case, rules.criteria, DAY)
    except InvalidCaseError:
        assert solver.check() == z3.unsat
        return
    assert solver.check() == z3.sat
    compare(reading, solver.model(), got)


@PATIENT
@given(st.data())
def test_every_drawn_set_over_every_drawn_case(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    for _ in range(3):
        agrees(rules, data.draw(cases_of(rules.criteria)))


@FEW
@given(st.data())
def test_the_loan_desk(data: st.DataObject) -> None:
    agrees(LOAN_RULES, data.draw(changed_cases(LOAN_RULES.criteria, LOAN_BASE)))


@FEW
@given(st.data())
def test_the_shipped_set(data: st.DataObject) -> None:
    agrees(SHIPPED_RULES, data.draw(changed_cases(SHIPPED_RULES.criteria, SHIPPED_BASE)))


@PATIENT
@given(st.data())
def test_a_case_that_the_solver_finds_is_a_case_of_which_the_engine_says_the_same(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    base = data.draw(cases_of(rules.criteria))
    reading, blanks = reading_of(rules, base)
    name = data.draw(st.sampled_from(sorted(rules.criteria.ladders)))
    wanted = data.draw(st.sampled_from(reading.ladder(name).decides))
    solver = asserted(reading, blanks, wanted)
    if solver.check() != z3.sat:
        return
    compare(reading, solver.model(), work(rules.case(stated_case(solver.model(), blanks, DAY)), rules.criteria, DAY))


if __name__ == "__main__":
    pytest.main([__file__])
