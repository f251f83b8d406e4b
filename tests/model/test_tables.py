"""Expected values: design, sections 4 (parameters, tables) and 9 (Tables, Dates)."""

from datetime import date

import pytest

from risk_engine.model.tables import CellValue, Citation, Column, DatedValue, cell_on, source_on, value_on

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
