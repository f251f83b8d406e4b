"""The outlook of a case that answers what others close is what trying every completion finds (decision 0078)."""

from hypothesis import assume, given
from hypothesis import strategies as st

from risk_engine.engine.replay import with_answers
from risk_engine.engine.work import work
from risk_engine.model.facts import RowFact, TextFact
from tests.engine.builder import DAY
from tests.outlook.open_cases import open_cases, open_sets
from tests.outlook.test_completions import Looked
from tests.strategies import Data, Pen, RuleSet, domain, few_now


def with_superfluous(pen: Pen, rules: RuleSet, data: Data) -> Data:
    """Return the case with answers to some of the questions that others close."""
    facts, entities = work(rules.case(data), rules.criteria, DAY).facts, rules.criteria.entities
    closed = [read for read, origin in facts.origins.items() if origin == "not_asked"]
    answers = {}
    for read in pen.some(closed, 3) if closed else []:
        if read.fact is None:
            answers[read] = tuple({"id": f"n{place}"} for place in range(1 + pen.index(2)))
        elif not isinstance(fact := entities[read.entity].facts[read.fact], RowFact | TextFact):
            answers[read] = pen.one(domain(fact, rules.criteria))
    return with_answers(data, answers)


@st.composite
def looked(draw: st.DrawFn) -> Looked:
    rules = draw(open_sets())
    for _ in range(8):
        base, data = draw(open_cases(rules))
        data = with_superfluous(Pen(draw), rules, data)
        if work(rules.case(data), rules.criteria, DAY).facts.superfluous:
            return Looked(rules, base, data)
    assume(condition=False)
    raise AssertionError


@few_now(2, 6)
@given(looked())
def test_range_is_what_every_completion_finds_and_no_question_that_matters_is_called_needless(found: Looked) -> None:
    for place, one in enumerate(found.ranges):
        assert {each.level for each in one.possible} == {each.levels[place] for each in found.completions}
        assert one.undecided == ()
    found.check_idle()
    found.check_alone()
