"""The solver and the compiled program say of every case what the reference says (design, section 6)."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.engine.program import decide_only, decided_by
from risk_engine.engine.work import Worked, work
from risk_engine.files.once import once
from risk_engine.loading.case_tests import read_cases
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.solver.answers import is_true, stated_case, states
from risk_engine.solver.blanks import Blank, Blanks
from risk_engine.solver.domains import Domains
from risk_engine.solver.reading import Reading
from risk_engine.solver.terms import both, either, negated, some
from tests.engine.builder import DAY, LOAN_DESK, SHIPPED
from tests.strategies import MANY, Data, RuleSet, by_turns, cases_of, changed_cases, few_now, rule_set, rule_sets

if TYPE_CHECKING:
    from risk_engine.engine.find import Found

FEW = few_now(3, 4)
CASES = 80
"""So many cases are drawn for each drawn set, for a set takes twenty times as long as a case: 240 pairs at a landing,
20,000 with HYPOTHESIS_PROFILE=long."""


class Keeping(Blanks):
    """A case that may answer what its own answers close."""

    def binds(self, blank: Blank) -> bool:  # noqa: ARG002
        return False

    def binds_list(self, entity: str) -> bool:  # noqa: ARG002
        return False

    @property
    def kept(self) -> tuple[Sequence[Blank], Sequence[str]]:
        closable = [
            (name, short)
            for name, entity in self.entities.items()
            for short, fact in entity.facts.items()
            if fact.ask_when is not None and not isinstance(fact, RowFact | TextFact)
        ]
        blanks = [Blank(name, place, short) for name, short in closable for place in self.places(name)]
        return blanks, [name for name, entity in self.entities.items() if entity.ask_when is not None]


class Laid:
    """A set laid over blanks, everything of it asked for once, with a solver that knows the form of a case."""

    def __init__(self, rules: RuleSet, base: Data) -> None:
        entities = rules.criteria.entities
        self.rules = rules
        self.base = base
        bounds = {
            name: min(one.many, max(MANY, 2 * len(base.get(name) or ()))) for name, one in entities.items() if one.many
        }
        self.blanks = Keeping(entities, Domains([rules.criteria], DAY), bounds, rules.case(base))
        self.reading = Reading(rules.criteria, self.blanks, DAY)
        self.reading.facts.whole()
        for name in rules.criteria.ladders:
            self.reading.ladder(name)
        for name in rules.criteria.head.dimensions:
            self.reading.rating(name)
        self.solver = z3.SimpleSolver(self.blanks.context)
        form = (*self.blanks.constraints, *self.reading.facts.constraints)
        self.solver.add(*(one for one in form if one is not True))

    def answered(self, terms: Iterable[Any]) -> z3.ModelRef | None:
        """Return an answer of the solver that fulfils these terms too, None if there is none."""
        self.solver.push()
        self.solver.add(*(one for one in terms if one is not True))
        found = self.solver.check()
        assert found != z3.unknown
        model = self.solver.model() if found == z3.sat else None
        self.solver.pop()
        return model


@once
def laid(folder: Path) -> Laid:
    """Return a set that is there, over its base case."""
    criteria = read_criteria(folder)
    return Laid(rule_set(criteria), read_cases(criteria).data["base"])


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


def agrees(over: Laid, data: Data) -> None:
    """Assert that all three readings say the same of one case."""
    case = over.rules.case(data)
    in_place = {
        one.id: {record.kind for record in one.evidence}
        for one in case.controls
        if one.status in {"implemented", "verified"} and one.evidence
    }
    model = over.answered(states(case, over.blanks, in_place))
    got = work(case, over.rules.criteria, DAY)
    assert model is not None
    assert decide_only(case, over.rules.criteria, DAY) == decided_by(got)
    compare(over.reading, model, got)


@FEW
@given(st.data())
def test_every_drawn_set_over_every_drawn_case(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    cases = [data.draw(cases_of(rules.criteria)) for _ in range(CASES)]
    over = Laid(rules, cases[0])
    for one in cases:
        agrees(over, one)


@FEW
@pytest.mark.parametrize("folder", by_turns([LOAN_DESK, SHIPPED], 2), ids=["loan-desk", "shipped"])
@given(data=st.data())
def test_a_set_that_is_there_over_every_drawn_case(folder: Path, data: st.DataObject) -> None:
    over = laid(folder)
    agrees(over, data.draw(changed_cases(over.rules.criteria, over.base)))


def _seldom(reading: Reading) -> Iterator[Any]:
    """Yield what a drawn case seldom meets: rules that decide, and findings of which something stays between bounds."""
    for name in reading.criteria.ladders:
        yield from reading.ladder(name).decides
    for one in reading.findings():
        for counts, complete in zip(one.counts, one.complete, strict=True):
            yield both(one.present, complete, counts.may, negated(counts.must))
        for low, high in (one.residual, one.knock_out, (one.inherent, one.possible)):
            yield both(one.present, some(both(negated(least), most) for least, most in zip(low, high, strict=True)))
        yield both(one.is_open, negated(one.present))
    ends = [pair for one in reading.findings() for pair in zip(*one.residual, strict=True)]
    settled = [either(least, negated(most)) for least, most in ends]
    for rated in map(reading.rating, reading.criteria.head.dimensions):
        at_least, at_most = rated.capped
        yield from (at_least, both(at_most, negated(at_least)), both(at_most, *settled))


@FEW
@given(st.data())
def test_a_case_that_the_solver_finds_is_a_case_of_which_the_engine_says_the_same(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    over = Laid(rules, data.draw(cases_of(rules.criteria)))
    for wanted in _seldom(over.reading):
        model = None if wanted is False else over.answered([wanted])
        if model is not None:
            found = stated_case(model, over.blanks, DAY)
            compare(over.reading, model, work(rules.case(found), rules.criteria, DAY))
