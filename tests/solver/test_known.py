"""What is taken from the engine of a finding is what a solver that reads its rules can come to, and nothing else."""

from collections.abc import Iterable, Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from risk_engine.engine.find import Found
from risk_engine.engine.replay import unanswered
from risk_engine.engine.work import Worked, work
from risk_engine.model.case import Case
from risk_engine.solver.findings import Finding
from risk_engine.solver.open_case import OpenCase, as_terms, beyond, settled
from risk_engine.solver.terms import Term, negated, same, some
from tests.engine.builder import DAY
from tests.outlook.open_cases import open_cases, open_sets
from tests.strategies import few_now

PATIENT = few_now(6, 2)


@st.composite
def _drawn(draw: st.DrawFn) -> tuple[Worked, Case]:
    rules = draw(open_sets())
    base, opened = draw(open_cases(rules))
    return work(rules.case(opened), rules.criteria, DAY), rules.case(base)


@given(_drawn())
@settings(PATIENT)
def test_no_completion_moves_a_finding_that_is_settled(drawn: tuple[Worked, Case]) -> None:
    worked, base = drawn
    questions, lists = unanswered(worked)
    opened = OpenCase(worked, base, questions=questions, lists=lists)
    _assert_as_known(opened, settled(worked), whole=True)


@given(_drawn())
@settings(PATIENT)
def test_no_answer_moves_a_finding_that_it_does_not_reach(drawn: tuple[Worked, Case]) -> None:
    worked, base = drawn
    questions, lists = unanswered(worked)
    for place in questions:
        opened = OpenCase(worked, base, questions=(place,))
        _assert_as_known(opened, beyond(worked, {f"{place[0]}.{place[2]}"}), whole=False)
    for name in lists:
        opened = OpenCase(worked, base, lists=(name,))
        facts = {f"{name}.{short}" for short in worked.criteria.entities[name].facts}
        _assert_as_known(opened, beyond(worked, {name, *facts}), whole=False)


def _assert_as_known(opened: OpenCase, found: Iterable[Found], *, whole: bool) -> None:
    pairs = [(opened.reading.finding(one.id), as_terms(one)) for one in found]
    if whole:
        opened.space.hold(opened.complete())
    moved = some(term for one, other in pairs for term in _differ(one, other))
    assert opened.space.check(moved)[0] == "impossible"


def _differ(one: Finding, other: Finding) -> Iterator[Term]:
    for order, known in (
        (one.inherent, other.inherent),
        (one.possible, other.possible),
        *zip(one.residual, other.residual, strict=True),
        *zip(one.knock_out, other.knock_out, strict=True),
    ):
        yield from (negated(same(term, value)) for term, value in zip(order, known, strict=True))
    yield negated(same(one.is_open, other.is_open))
