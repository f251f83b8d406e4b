"""Columns decide every case as the reference walk does: random sets, cases, days and profiles."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.engine.program import Decided, Level, decide_only, program_of
from risk_engine.engine.program_results import Bounds, Points
from risk_engine.loading.case_tests import read_cases
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES
from risk_engine.portfolio.columns.kernel import Decided as Came
from risk_engine.portfolio.columns.kernel import Kernel
from risk_engine.portfolio.columns.ratings import Ends, Rating
from risk_engine.portfolio.stated import cases_from, stated_of
from tests.engine.builder import DAY
from tests.engine.test_program import EVERY_DAY, FEW, LOAN_RULES, SHIPPED_RULES, dated_sets, profiles
from tests.strategies import PATIENT, RuleSet, cases_of, changed_cases

CASES = 8


def pair(ends: Ends, place: int, words: Sequence[str]) -> Any:
    return tuple(words[int(end[place])] for end in ends)


def level_of(came: Came, name: str, place: int, criteria: Criteria) -> Level:
    one, ladder = came.levels[name], criteria.ladders[name]
    names, rule = tuple(ladder.levels), int(one.rule[place])
    low, high = int(one.lowest[place]), int(one.highest[place])
    is_provisional = low != high or (rule >= 0 and ladder.rules[rule].provisional)
    return Level(names[one.level[place]], names[low], names[high], is_provisional, None if rule < 0 else rule)


def bounds_of(came: Came, name: str, place: int) -> Bounds:
    one = came.findings[name]
    low, high = pair(one.inherent, place, SEVERITIES)
    return Bounds(
        "present" if low != "none" else "undetermined",
        low,
        high,
        pair(one.residual, place, SEVERITIES),
        pair(one.expected, place, SEVERITIES),
        pair(one.knock_out, place, KNOCK_OUTS),
        pair(one.before, place, KNOCK_OUTS),
        bool(low != high or (one.unknown is not None and one.unknown[place])),
    )


def points_of(rating: Rating, place: int) -> Points:
    several = (rating.inherent, rating.residual, rating.expected, rating.capped)
    return Points(*(tuple(end[place].item() for end in ends) for ends in several))


def decided(rules: RuleSet, cases: Sequence[Case], on: date, profile: Profile | None) -> list[Decided | None]:
    """Return what columns say of cases, as the program says it; None of those that are left to the reference."""
    criteria = rules.criteria
    kernel = Kernel(criteria, on, profile)
    came = kernel.decide(cases_from(stated_of(cases, criteria), criteria, on))
    return [
        None
        if came.odd[place]
        else Decided(
            levels={name: level_of(came, name, place, criteria) for name in criteria.ladders},
            findings={
                name: bounds_of(came, name, place)
                for name in kernel.in_force
                if name in came.findings and came.findings[name].inherent.high[place]
            },
            points={name: points_of(one, place) for name, one in came.ratings.items()},
            in_force=kernel.in_force,
        )
        for place in range(len(cases))
    ]


def agree(rules: RuleSet, cases: Sequence[Case], on: date, profile: Profile | None = None) -> None:
    """Assert that columns say what the reference says, and of which cases they say nothing."""
    program = program_of(rules.criteria, on, profile)
    assert program is not None
    for case, came in zip(cases, decided(rules, cases, on, profile), strict=True):
        assert came == program.decide(case, on)
        if came is not None:
            assert came == decide_only(case, rules.criteria, on, profile)


@PATIENT
@given(st.data())
def test_columns_decide_every_drawn_case_as_the_reference_does(data: st.DataObject) -> None:
    rules = data.draw(dated_sets())
    on, profile = data.draw(st.sampled_from(EVERY_DAY)), data.draw(profiles(rules.criteria))
    agree(rules, [rules.case(data.draw(cases_of(rules.criteria))) for _ in range(CASES)], on, profile)


@FEW
@pytest.mark.parametrize("rules", [LOAN_RULES, SHIPPED_RULES], ids=["loan-desk", "shipped"])
@given(data=st.data())
def test_columns_of_a_set_that_is_there_decide_as_the_reference_does(rules: RuleSet, data: st.DataObject) -> None:
    base = read_cases(rules.criteria).data["base"]
    agree(rules, [rules.case(data.draw(changed_cases(rules.criteria, base))) for _ in range(CASES)], DAY)
