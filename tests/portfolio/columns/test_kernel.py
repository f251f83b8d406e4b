"""Columns say of every case all that its assessment says: random sets, cases, days and profiles; the sets that ship."""

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_engine.engine.assess import Trace
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.stated import case_in, stated_of
from tests.engine.builder import DAY
from tests.engine.test_program import EVERY_DAY, dated_sets, profiles
from tests.portfolio.assessed import row_of
from tests.portfolio.drawn import drawn, realistic
from tests.strategies import PATIENT, cases_of
from tests.versions import newest

SETS = ("reconnect-china", "us-dod-matrix")
TRUTHS = (False, None, True)


def agree(
    cases: pl.DataFrame, criteria: Criteria, on: date, profile: Profile | None = None, trace: Trace = "reference"
) -> None:
    """Assert that columns say of each case what its assessment says."""
    results = Deciding(criteria, on, profile).results(cases)
    for row, came in zip(cases.iter_rows(named=True), results.iter_rows(named=True), strict=True):
        wanted = row_of(case_in(row, criteria), criteria, on, profile, trace)
        assert came == wanted, {name: (came[name], wanted[name]) for name in wanted if came[name] != wanted[name]}


def law_of_random_sets(number: int, cases: int) -> Callable[[], None]:
    """Return the law over so many random sets, each with so many cases."""

    @settings(PATIENT, max_examples=number)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        rules = data.draw(dated_sets())
        on, profile = data.draw(st.sampled_from(EVERY_DAY)), data.draw(profiles(rules.criteria))
        some = [rules.case(data.draw(cases_of(rules.criteria))) for _ in range(cases)]
        agree(stated_of(some, rules.criteria), rules.criteria, on, profile)

    return law


def test_columns_decide_cases_of_random_sets_as_each_is_assessed() -> None:
    law_of_random_sets(8, 6)()


@pytest.mark.long
def test_columns_decide_cases_of_30_random_sets_as_each_is_assessed() -> None:
    law_of_random_sets(30, 2)()


@pytest.mark.nightly
def test_columns_decide_cases_of_3000_random_sets_as_each_is_assessed() -> None:
    law_of_random_sets(3000, 8)()


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("us-dod-matrix", 15),
        pytest.param("reconnect-china", 15, marks=pytest.mark.long),
        *(pytest.param(name, 20_000, marks=pytest.mark.nightly) for name in SETS),
    ],
)
def test_columns_decide_cases_of_shipped_sets_as_each_is_assessed(name: str, number: int) -> None:
    criteria, rng = newest(name), np.random.default_rng(number)
    near, share = realistic(criteria, number, DAY, rng)
    assert share < 0.03
    # Half as many as they come: of these answers contradict each other, and answers are superfluous.
    agree(pl.concat([near, drawn(criteria, number // 2, rng)]), criteria, DAY, trace="program")


def test_case_read_from_a_row_is_the_case_that_was_stated() -> None:
    for name in SETS:
        criteria = newest(name)
        cases = drawn(criteria, 20, np.random.default_rng(3))
        read = [case_in(row, criteria) for row in cases.iter_rows(named=True)]
        assert stated_of(read, criteria).equals(cases)


def test_booleans_of_polars_are_kleene() -> None:
    order = {value: place for place, value in enumerate(TRUTHS)}
    for one, other in product(TRUTHS, repeat=2):
        pair = pl.select(pl.lit(one, pl.Boolean).alias("a"), pl.lit(other, pl.Boolean).alias("b"))
        a, b = pl.col("a"), pl.col("b")
        (came,) = pair.select((a & b).alias("and"), (a | b).alias("or"), (~a).alias("not")).to_dicts()
        wanted: dict[str, Any] = {
            "and": min(one, other, key=order.__getitem__),
            "or": max(one, other, key=order.__getitem__),
            "not": TRUTHS[2 - order[one]],
        }
        assert came == wanted
    for several in product(TRUTHS, repeat=3):
        column = pl.Series(several, dtype=pl.Boolean)
        assert column.any(ignore_nulls=False) is max(several, key=order.__getitem__)
        assert column.all(ignore_nulls=False) is min(several, key=order.__getitem__)
