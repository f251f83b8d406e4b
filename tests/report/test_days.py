"""Days in words."""

from datetime import date

from risk_engine.files.language import in_language
from risk_engine.report.wording import last_day


def test_a_time_is_told_to_its_last_day() -> None:
    assert last_day(date(2027, 1, 1)) == "31 December 2026"
    with in_language("de"):
        assert last_day(date(2028, 3, 1)) == "29. Februar 2028"


def test_there_is_no_day_before_the_first() -> None:
    assert last_day(date.min) == "1 January 1"
