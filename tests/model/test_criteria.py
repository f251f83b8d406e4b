from datetime import date

import pytest

from risk_engine.model.criteria import (
    Authorship,
    Contributor,
    Criteria,
    Indicator,
    KnockOuts,
    SeverityConditions,
    knock_out_conditions,
    severity_conditions,
)
from risk_engine.model.facts import BooleanFact
from risk_engine.model.ladders import SeverityPoints
from risk_engine.model.tables import Citation
from tests.engine.builder import condition

HOLDS = condition("{holds: d}")


def indicator(severity: SeverityConditions, knock_out: KnockOuts) -> Indicator:
    return Indicator(
        title="T",
        dimension="d",
        ground="g",
        question="Q",
        severity=severity,
        knock_out=knock_out,
        reason="R",
        evidence="E",
        sources=(Citation(id="book"),),
        because=("B",),
        author=Authorship(drawn_up_by=Contributor(name="N", discipline="D", date=date(2020, 1, 1))),
    )


def test_severities_of_an_indicator_stand_lowest_first() -> None:
    every = SeverityConditions(critical=HOLDS, high=HOLDS, moderate=HOLDS, low=HOLDS)
    assert [one for one, _ in severity_conditions(indicator(every, KnockOuts()))] == [
        "low",
        "moderate",
        "high",
        "critical",
    ]
    some = SeverityConditions(critical=HOLDS, low=HOLDS)
    assert severity_conditions(indicator(some, KnockOuts())) == (("low", HOLDS), ("critical", HOLDS))


def test_knock_outs_of_an_indicator_stand_weakest_first() -> None:
    every = KnockOuts(legal="always", policy=HOLDS, funding=HOLDS, hold="always")
    found = knock_out_conditions(indicator(SeverityConditions(), every))
    assert found == (("hold", "always"), ("funding", HOLDS), ("policy", HOLDS), ("legal", "always"))
    assert knock_out_conditions(indicator(SeverityConditions(), KnockOuts())) == ()


def test_points_of_no_severity_are_none_and_bands_begin_where_they_say() -> None:
    points = SeverityPoints(
        points={"low": 1, "moderate": 5, "high": 20, "critical": 120}, cap=119, bands={"a": 0, "b": 1, "c": 20}
    )
    assert [points.of(one) for one in ("none", "low", "moderate", "high", "critical")] == [0, 1, 5, 20, 120]
    assert [points.band(one) for one in (0, 1, 19, 20, 500)] == ["a", "b", "b", "c", "c"]


def test_a_band_is_called_by_its_title_else_by_its_name() -> None:
    data = {"points": {"low": 1}, "cap": 9, "bands": {"a": 0, "b": 1}}
    assert [SeverityPoints.model_validate(data).called(one) for one in (0, 1)] == ["a", "b"]
    titled = SeverityPoints.model_validate({**data, "titles": {"b": "too much"}})
    assert [titled.called(one) for one in (0, 1)] == ["a", "too much"]


def test_set_finds_the_declaration_of_a_fact(loan_desk: Criteria) -> None:
    fact = loan_desk.fact("loan.escorted")
    assert isinstance(fact, BooleanFact)
    assert fact.question == "Does one of us travel with it?"
    with pytest.raises(KeyError):
        loan_desk.fact("loan.nothing")


def test_a_fact_is_called_by_what_is_asked_and_else_by_what_its_table_states(loan_desk: Criteria) -> None:
    assert loan_desk.title_of("loan") == "The loan"
    assert loan_desk.title_of("loan.months") == "For how many months?"
    assert loan_desk.column_of("loan.months") is None
    table, column = loan_desk.column_of("loan.shipper_grade") or ("", "")
    assert loan_desk.title_of("loan.shipper_grade") == loan_desk.tables[table].columns[column].title
    assert loan_desk.reader_of(table, column) is loan_desk.fact("loan.shipper_grade")
    assert loan_desk.reader_of(table, "no_such_column") is None
    listed = next(name for name, entity in loan_desk.entities.items() if entity.many is not None)
    fact = next(iter(loan_desk.entities[listed].facts))
    assert loan_desk.title_of(f"{listed}.some-id.{fact}") == loan_desk.title_of(f"{listed}.{fact}")
