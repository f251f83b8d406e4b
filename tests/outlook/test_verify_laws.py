"""Whatever the set and the case: an outlook that nobody touched comes out again, all of it."""

from hypothesis import given
from hypothesis import strategies as st

from risk_engine.engine.assess import assess
from risk_engine.engine.assess import to_json as assessment_json
from risk_engine.engine.work import worked_again
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.outlook import Outlook, OutlookChecked
from risk_engine.outlook.outlook import outlook, to_json
from risk_engine.outlook.verify import verify
from tests.engine.builder import DAY
from tests.outlook.everything import Everything, tried
from tests.outlook.open_cases import open_cases, open_sets
from tests.strategies import Data, RuleSet, few_now

PATIENT = few_now(4, 4)


def checked(case: Case, criteria: Criteria) -> OutlookChecked:
    """Return what becomes of the outlook of a case that was written to a file and read back."""
    stored = Assessment.model_validate_json(assessment_json(assess(case, criteria, DAY)))
    # A drawn set has no harmless case, so an outlook stays near to the case itself.
    made = outlook(stored, worked_again(stored, criteria), case)
    return verify(Outlook.model_validate_json(to_json(made)), stored, criteria)


@PATIENT
@given(tried())
def test_ways_and_margins_come_out_again(every: Everything | None) -> None:
    if every is not None:
        again = checked(every.worked.case, every.worked.criteria)
        assert (again.wrong_cases, again.wrong, again.unsure) == ((), (), ())


@st.composite
def opened(draw: st.DrawFn) -> tuple[RuleSet, Data]:
    rules = draw(open_sets())
    return rules, draw(open_cases(rules))[1]


@PATIENT
@given(opened())
def test_what_is_open_comes_out_again(drawn: tuple[RuleSet, Data]) -> None:
    rules, data = drawn
    again = checked(rules.case(data), rules.criteria)
    assert (again.wrong_cases, again.wrong, again.unsure) == ((), (), ())
