"""Cases that are decided in columns come to what each comes to alone."""

import pickle
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.model.case import Case
from risk_engine.model.conditions import ParameterRef, Quantifier
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.results import result_schema
from risk_engine.portfolio.stated import case_in, stated_of, stated_schema
from tests.engine.builder import ROOT
from tests.portfolio.assessed import row_of
from tests.portfolio.drawn import drawn
from tests.versions import newest

DAYS = (date(2026, 5, 1), date(2027, 5, 1))


def examples(criteria: Criteria) -> list[Case]:
    return [load_case(one, criteria) for one in sorted((ROOT / "examples").glob("*.yaml"))]


def test_examples_come_to_what_they_come_to_alone_each_on_its_day() -> None:
    criteria = newest("reconnect-china")
    cases = examples(criteria)
    results = Deciding(criteria).results(stated_of(cases, criteria))
    assert results.schema == result_schema(criteria)
    assert results.to_dicts() == [row_of(case, criteria, None, None) for case in cases]


@pytest.mark.nightly
def test_cases_of_many_days_come_to_what_each_comes_to_on_its_own() -> None:
    criteria, rng = newest("reconnect-china"), np.random.default_rng(11)
    days = [date(2023, 1, 1) + timedelta(int(one)) for one in rng.integers(0, 1800, 12)]
    cases = drawn(criteria, 12, rng).with_columns(pl.Series("assessment_date", days))
    came = Deciding(criteria).results(cases).to_dicts()
    assert came == [row_of(case_in(row, criteria), criteria, None, None) for row in cases.iter_rows(named=True)]


def test_case_of_a_day_on_which_a_parameter_has_no_value_is_told() -> None:
    criteria = newest("reconnect-china")
    name = next(iter(criteria.parameters))
    later = criteria.parameters[name].values[-1].model_copy(update={"from_": date(2027, 1, 1)})
    parameter = criteria.parameters[name].model_copy(update={"values": (later,)})
    criteria = criteria.model_copy(update={"parameters": {**criteria.parameters, name: parameter}})
    cases = [
        one.model_copy(update={"assessment_date": day}) for one, day in zip(examples(criteria), DAYS, strict=False)
    ]
    early, late = Deciding(criteria).results(stated_of(cases, criteria)).to_dicts()
    assert early["unread"] == f"the parameter `{name}` is not in force on {DAYS[0]}"
    assert early["measure"] is None
    assert late == row_of(cases[1], criteria, None, None)


@pytest.mark.parametrize("read_by", ["a rule", "a day of review"])
def test_case_of_a_day_on_which_a_ladder_reads_a_parameter_without_a_value_is_told(read_by: str) -> None:
    criteria, read = newest("reconnect-china"), ParameterRef(parameter="harm")
    ladder, known = criteria.ladders["start_gate"], next(iter(criteria.parameters.values()))
    when = ladder.rules[-1].when
    assert isinstance(when, Quantifier)
    if read_by == "a rule":
        where = when.where.model_copy(update={"operand": read})
        rule = ladder.rules[-1].model_copy(update={"when": when.model_copy(update={"where": where})})
        changed: dict[str, Any] = {"rules": (*ladder.rules[:-1], rule)}
    else:
        changed = {
            "levels": {name: one.model_copy(update={"review_months": read}) for name, one in ladder.levels.items()}
        }
    value: Any = "high" if read_by == "a rule" else 6
    dated = known.values[-1].model_copy(update={"value": value, "from_": DAYS[1]})
    criteria = criteria.model_copy(
        update={
            "ladders": {**criteria.ladders, "start_gate": ladder.model_copy(update=changed)},
            "parameters": {**criteria.parameters, "harm": known.model_copy(update={"values": (dated,)})},
        }
    )
    days = zip(examples(criteria), DAYS, strict=False)
    early, late = (one.model_copy(update={"assessment_date": day}) for one, day in days)
    rows = Deciding(criteria).results(stated_of([early, late], criteria)).to_dicts()
    assert rows[0]["unread"] == f"the parameter `harm` is not in force on {DAYS[0]}"
    assert rows[1] == row_of(late, criteria, None, None)


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


def test_answer_that_was_not_checked_for_being_a_word_of_the_set_is_refused() -> None:
    criteria = newest("reconnect-china")
    cases = stated_of(examples(criteria)[:1], criteria)
    wrong = cases.with_columns(pl.lit("always").alias("collaboration.reciprocity"))
    with pytest.raises(RiskEngineError, match=r"`collaboration.reciprocity` is String, not Enum$"):
        Deciding(criteria).results(wrong)
