"""What a cell of text may say, by the kind of its fact: a value, no answer, or a refusal with its reason."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from risk_engine.loading.criteria import read_criteria
from risk_engine.portfolio.reading.values import can_hold, checked, words_of
from risk_engine.portfolio.stated import stated_as
from tests.translating import LOAN_DESK

CRITERIA = read_criteria(LOAN_DESK)


def said(fact: str, value: Any, dtype: Any = None) -> Any:
    """Return what a cell says for a fact, or the reason why it says nothing."""
    raw = pl.Series("header", [value], dtype=dtype or pl.String)
    found = checked(raw, fact, CRITERIA.fact(fact), words_of(CRITERIA))
    assert found.values.dtype == stated_as(CRITERIA.fact(fact), CRITERIA)
    reason = None if found.reasons is None else found.reasons[0]
    assert reason is None or found.values[0] is None or CRITERIA.fact(fact).type == "text"
    value = found.values[0]
    return reason or (value.to_list() if isinstance(value, pl.Series) else value)


@pytest.mark.parametrize(
    "fact",
    ["loan.escorted", "loan.months", "loan.swap", "loan.opens_on", "loan.shipper", "loan.story", "artwork.hazards"],
)
@pytest.mark.parametrize("cell", ["", "   ", "unknown", " Unknown ", None])
def test_an_empty_cell_and_unknown_are_no_answer(fact: str, cell: str | None) -> None:
    assert said(fact, cell) is None


@pytest.mark.parametrize(
    ("fact", "cell", "value"),
    [
        ("loan.escorted", "yes ", True),
        ("loan.escorted", "TRUE", True),
        ("loan.escorted", "No", False),
        ("loan.escorted", "false", False),
        ("loan.escorted", "Ja", True),
        ("loan.escorted", "FALSCH", False),
        ("loan.months", " 12", 12),
        ("loan.months", "5.0", 5),
        ("loan.opens_on", "2027-01-31", date(2027, 1, 31)),
        ("loan.swap", "hard", "hard"),
        ("loan.swap", " Hard ", "hard"),
        ("loan.swap", "Not  at all", "impossible"),
        ("loan.shipper", "Gentle", "GENTLE"),
        ("loan.shipper", "slow boat & sons", "SLOWBOAT"),
        ("borrower.seat", "NO", "NO"),
        ("borrower.seat", "ÎLES", "ISL"),
        ("artwork.hazards", "arsenic; Radium paint", ["arsenic", "radium"]),
        ("artwork.hazards", "none", []),
        ("artwork.hazards", "[]", []),
        ("loan.story", "  What a fan can say ", "What a fan can say"),
        ("loan.story", "none", "none"),
    ],
)
def test_a_cell_says_a_value_in_the_words_of_the_set_or_of_a_language_it_speaks(
    fact: str, cell: str, value: object
) -> None:
    assert said(fact, cell) == value


@pytest.mark.parametrize(
    ("fact", "cell", "reason"),
    [
        ("loan.escorted", "1", "neither yes nor no"),
        ("loan.escorted", "0", "neither yes nor no"),
        ("loan.escorted", "x", "neither yes nor no"),
        ("loan.months", "5.5", "from 1 to 60"),
        ("loan.months", "61", "from 1 to 60"),
        ("loan.months", "1.000", "from 1 to 60"),
        ("loan.months", "07", "from 1 to 60"),
        ("loan.months", "9" * 30, "from 1 to 60"),
        ("loan.opens_on", "31.1.2027", "like 2027-01-31"),
        ("loan.opens_on", "1/31/2027", "like 2027-01-31"),
        ("loan.opens_on", "2027-02-30", "no such day"),
        ("loan.opens_on", "2027-01-31 10:00:00", "a time of day in it"),
        ("loan.swap", "harder", "did you mean `hard`?"),
        ("loan.shipper", "Gentel", "did you mean `GENTLE`"),
        ("artwork.hazards", "arsenic, radium", "is no option"),
        ("artwork.hazards", "arsenic;", "missing beside"),
        ("artwork.hazards", "arsenic; Arsenic", "named twice"),
        ("loan.story", "a\x1b[31m", "nobody can see"),
    ],
)
def test_a_cell_that_is_no_value_of_its_fact_is_refused_with_the_reason(fact: str, cell: str, reason: str) -> None:
    assert reason in said(fact, cell)


@pytest.mark.parametrize(
    ("fact", "value", "dtype", "found"),
    [
        ("loan.months", 12.0, pl.Float64, 12),
        ("loan.months", 12.5, pl.Float64, "a whole number from 1 to 60 is asked for"),
        ("loan.months", float("nan"), pl.Float64, "a whole number from 1 to 60 is asked for"),
        ("loan.months", 200, pl.UInt8, "a whole number from 1 to 60 is asked for"),
        ("loan.opens_on", datetime(2027, 1, 31), pl.Datetime, date(2027, 1, 31)),  # noqa: DTZ001 (a file has no zone)
        ("loan.opens_on", datetime(2027, 1, 31, 10), pl.Datetime, "there is a time of day in it; a day is asked for"),  # noqa: DTZ001
        ("loan.swap", "hard", pl.Enum(["hard", "soft"]), "hard"),
        ("artwork.hazards", ["radium"], pl.List(pl.String), ["radium"]),
        ("artwork.hazards", [], pl.List(pl.String), []),
        ("artwork.hazards", [None], pl.List(pl.String), "an option is missing beside a `;`"),
        ("artwork.hazards", ["arsenic;radium"], pl.List(pl.String), "`arsenic;radium` is no option"),
        ("loan.story", 7, pl.Int64, "7"),
    ],
)
def test_a_column_with_a_type_of_its_own_is_read_by_the_same_rules(
    fact: str, value: object, dtype: Any, found: object
) -> None:
    came = said(fact, value, dtype)
    assert came == found or (isinstance(came, str) and came.startswith(str(found)))


@pytest.mark.parametrize(
    ("fact", "dtype"),
    [
        ("loan.escorted", pl.Int64()),
        ("loan.months", pl.Boolean()),
        ("loan.swap", pl.Int64()),
        ("loan.opens_on", pl.Int64()),
        ("artwork.hazards", pl.Boolean()),
        ("loan.story", pl.Float64()),
    ],
)
def test_numbers_are_no_truths_and_truths_no_numbers(fact: str, dtype: pl.DataType) -> None:
    assert not can_hold(dtype, CRITERIA.fact(fact))
