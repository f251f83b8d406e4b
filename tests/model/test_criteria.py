"""Expected values: design, sections 4 (parameters, tables) and 9 (Tables, Dates)."""

from datetime import date

import pytest

from risk_engine.model.criteria import (
    Authorship,
    CellValue,
    Citation,
    Column,
    Contributor,
    CriteriaSet,
    DatedValue,
    Indicator,
    KnockOuts,
    SeverityConditions,
    cell_on,
    knock_out_conditions,
    severity_conditions,
    source_on,
    value_on,
)
from risk_engine.model.facts import BooleanFact
from risk_engine.model.ladders import SeverityPoints
from tests.engine.builder import condition

DATED = (
    DatedValue(from_=date(2020, 1, 1), value=1),
    DatedValue(from_=date(2022, 1, 1), until=date(2023, 1, 1), value=2),
    DatedValue(from_=date(2023, 1, 1), until=date(2024, 1, 1), value=3),
)


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (date(2019, 12, 31), None),
        (date(2020, 1, 1), 1),
        # Without `until` a value holds until the next one begins.
        (date(2021, 12, 31), 1),
        (date(2022, 1, 1), 2),
        (date(2022, 12, 31), 2),
        (date(2023, 1, 1), 3),
        (date(2023, 12, 31), 3),
        (date(2024, 1, 1), None),
    ],
)
def test_value_is_the_one_that_holds_on_the_day(day: date, value: int | None) -> None:
    assert value_on(DATED, day) == value


def test_value_without_dates_always_holds() -> None:
    assert value_on((DatedValue(value=7),), date.min) == 7
    assert value_on((DatedValue(value=7),), date.max) == 7
    assert value_on((DatedValue(until=date(2020, 1, 1), value=7),), date(2019, 12, 31)) == 7
    assert value_on((DatedValue(until=date(2020, 1, 1), value=7),), date(2020, 1, 1)) is None


def column(otherwise: CellValue | None = None) -> Column:
    return Column(
        title="T",
        source=Citation(id="book"),
        as_of=date(2020, 1, 1),
        otherwise=otherwise,
        values={
            "PLAIN": 5,
            "FALSE": False,
            "LIST": ("axe", "saw"),
            "EMPTY": (),
            "DATED": (
                DatedValue(from_=date(2020, 1, 1), value=1, source=Citation(id="law")),
                DatedValue(from_=date(2021, 1, 1), until=date(2022, 1, 1), value=2),
            ),
            "OVER": (DatedValue(until=date(2021, 1, 1), value=1, source=Citation(id="law")),),
        },
    )


@pytest.mark.parametrize(
    ("row", "day", "bare", "otherwise"),
    [
        ("PLAIN", date(2020, 6, 1), 5, 5),
        # False and `[]` are values, no empty cells.
        ("FALSE", date(2020, 6, 1), False, False),
        ("LIST", date(2020, 6, 1), ("axe", "saw"), ("axe", "saw")),
        ("EMPTY", date(2020, 6, 1), (), ()),
        ("NONE", date(2020, 6, 1), None, 9),
        ("DATED", date(2019, 12, 31), None, 9),
        ("DATED", date(2020, 12, 31), 1, 1),
        ("DATED", date(2021, 1, 1), 2, 2),
        ("DATED", date(2022, 1, 1), None, 9),
    ],
)
def test_cell_is_its_value_of_the_day_else_what_the_column_says_otherwise(
    row: str, day: date, bare: CellValue | None, otherwise: CellValue
) -> None:
    assert cell_on(column(), row, day) == bare
    assert cell_on(column(9), row, day) == otherwise


@pytest.mark.parametrize(
    ("row", "day", "source"),
    [
        ("PLAIN", date(2020, 6, 1), "book"),
        ("LIST", date(2020, 6, 1), "book"),
        ("NONE", date(2020, 6, 1), "book"),
        ("DATED", date(2019, 12, 31), "book"),
        ("DATED", date(2020, 6, 1), "law"),
        ("DATED", date(2021, 6, 1), "book"),
        # Over: what holds is the column's `otherwise`, and that rests on the column's source.
        ("OVER", date(2020, 12, 31), "law"),
        ("OVER", date(2021, 1, 1), "book"),
    ],
)
def test_statement_rests_on_the_source_of_the_dated_value_else_of_the_column(row: str, day: date, source: str) -> None:
    assert source_on(column(9), row, day).id == source


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


def test_set_finds_the_declaration_of_a_fact(loan_desk: CriteriaSet) -> None:
    fact = loan_desk.fact("loan.escorted")
    assert isinstance(fact, BooleanFact)
    assert fact.question == "Does one of us travel with it?"
    with pytest.raises(KeyError):
        loan_desk.fact("loan.nothing")
