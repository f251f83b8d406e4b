"""Cases that are decided in columns come to what each comes to alone."""

import pickle
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest

from risk_engine.engine.assess import assess
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.results import result_schema
from risk_engine.portfolio.stated import stated_of, stated_schema
from tests.engine.builder import ROOT
from tests.versions import newest


def row_of(case: Case, criteria: Criteria, on: date | None, profile: Profile | None) -> dict[str, Any]:
    """Return the result of a case as its assessment says it."""
    made = assess(case, criteria, on, profile, trace="reference")
    row: dict[str, Any] = {"case": case.id, "on": made.on, "unread": None, "missing": list(made.gaps)}
    for one in made.proposals:
        rule = None if one.rule == "otherwise" else int(one.rule.partition(".")[2])
        row |= {one.ladder: one.level, f"{one.ladder}.provisional": one.provisional, f"{one.ladder}.rule": rule}
        row |= {f"{one.ladder}.lowest": one.range[0], f"{one.ladder}.highest": one.range[-1]}
    for rating in made.ratings:
        of_dimension = {"capped.lowest": rating.capped_at_least, "capped.highest": rating.capped_at_most}
        for what in ("inherent", "residual", "expected"):
            points = getattr(rating, what)
            of_dimension |= {f"{what}.lowest": points.at_least, f"{what}.highest": points.at_most}
        row |= {f"{rating.dimension}.{what}": value for what, value in of_dimension.items()}
    row["findings"] = _findings(made)
    row["contradictions"] = [one.id for one in made.problems if one.kind == "contradiction"]
    row["awareness"] = [one.id for one in made.awareness if one.applies == "yes"]
    return row


def _findings(made: Assessment) -> list[dict[str, str]]:
    return [
        {"indicator": one.id, "outcome": one.outcome, "inherent": one.inherent, "possible": one.possible}
        | {
            f"{what}_{end}": getattr(getattr(one, what), bound)
            for what in ("residual", "expected", "knock_out")
            for end, bound in (("lowest", "at_least"), ("highest", "at_most"))
        }
        for one in made.findings
    ]


def agree(cases: Sequence[Case], criteria: Criteria, on: date | None, profile: Profile | None = None) -> None:
    """Assert that columns say of each case what its assessment says."""
    results = Deciding(criteria, on, profile).results(stated_of(cases, criteria))
    assert results.schema == result_schema(criteria)
    for case, came in zip(cases, results.iter_rows(named=True), strict=True):
        wanted: Mapping[str, Any] = row_of(case, criteria, on, profile)
        assert came == wanted


def examples(criteria: Criteria) -> list[Case]:
    return [load_case(one, criteria) for one in sorted((ROOT / "examples").glob("*.yaml"))]


def test_examples_come_to_what_they_come_to_alone_each_on_its_day() -> None:
    criteria = newest("reconnect-china")
    agree(examples(criteria), criteria, None)


def test_what_decides_can_be_sent_to_another_process() -> None:
    criteria = newest("reconnect-china")
    deciding, cases = Deciding(criteria), stated_of(examples(criteria), criteria)
    wanted = deciding.results(cases)
    assert pickle.loads(pickle.dumps(deciding)).results(cases).equals(wanted)  # noqa: S301 (made here)


def test_case_without_a_day_is_told_and_nothing_is_said_of_it() -> None:
    criteria = newest("reconnect-china")
    cases = [one.model_copy(update={"assessment_date": None}) for one in examples(criteria)[:1]]
    (row,) = Deciding(criteria).results(stated_of(cases, criteria)).to_dicts()
    assert row.pop("unread") == "the case has no assessment date"
    assert row.pop("case") == cases[0].id
    assert set(row.values()) == {None}


def test_no_cases_are_decided_to_nothing() -> None:
    criteria = newest("reconnect-china")
    for on in (None, date(2026, 12, 1)):
        results = Deciding(criteria, on).results(stated_of((), criteria))
        assert results.schema == result_schema(criteria)
        assert results.height == 0


def test_columns_that_are_missing_or_of_another_type_are_all_told() -> None:
    criteria = newest("reconnect-china")
    wrong = pl.DataFrame(schema=stated_schema(criteria)).drop("title").with_columns(pl.lit(1).alias("case"))
    with pytest.raises(RiskEngineError, match=r"`case` is Int32, not String; `title` is missing, not String"):
        Deciding(criteria).results(wrong)


def test_answer_that_is_no_word_of_the_set_is_told() -> None:
    criteria = newest("reconnect-china")
    cases = stated_of(examples(criteria)[:1], criteria)
    wrong = cases.with_columns(pl.lit("always").alias("collaboration.reciprocity"))
    with pytest.raises(RiskEngineError, match=r"an answer about `collaboration` is no word of the set: .*always"):
        Deciding(criteria).results(wrong)
