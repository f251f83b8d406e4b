"""Expected values: design, sections 7 (the vocabularies with their orders) and 9 (`until` is exclusive everywhere)."""

from datetime import date

import pytest
from pydantic import ValidationError

from risk_engine.model.words import IN_PLACE, KNOCK_OUTS, OUTCOMES, SEVERITIES, Period


def test_vocabularies_stand_in_their_order() -> None:
    assert SEVERITIES == ("none", "low", "moderate", "high", "critical")
    assert KNOCK_OUTS == ("none", "hold", "funding", "policy", "legal")
    assert OUTCOMES == ("absent", "undetermined", "present")
    assert {"implemented", "verified"} == IN_PLACE


@pytest.mark.parametrize(
    ("start", "end", "day", "covered"),
    [
        (None, None, date(2026, 1, 1), True),
        (date(2026, 1, 2), None, date(2026, 1, 1), False),
        (date(2026, 1, 1), None, date(2026, 1, 1), True),
        (None, date(2026, 1, 1), date(2026, 1, 1), False),
        (None, date(2026, 1, 2), date(2026, 1, 1), True),
        (date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 2), True),
        (date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 3), False),
    ],
)
def test_period_covers_its_first_day_and_not_its_last(
    start: date | None, end: date | None, day: date, covered: bool
) -> None:
    assert Period(from_=start, until=end).covers(day) is covered


def test_record_is_frozen_and_takes_no_other_key_and_converts_nothing() -> None:
    period = Period.model_validate({"from": date(2026, 1, 1)})
    assert period.from_ == date(2026, 1, 1)
    with pytest.raises(ValidationError):
        period.until = date(2026, 1, 2)  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Period.model_validate({"to": date(2026, 1, 1)})
    with pytest.raises(ValidationError):
        Period.model_validate({"from": "2026-01-01"})
