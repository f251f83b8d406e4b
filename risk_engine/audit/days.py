"""The days that matter to a set: on which its rules and values begin and end, and one of each stretch between."""

from collections.abc import Iterator
from datetime import date, timedelta

from risk_engine.model.criteria import Criteria
from risk_engine.model.tables import DatedValue
from risk_engine.model.words import Period


def day_in_force(period: Period, on: date) -> date | None:
    """Return the day nearest to `on` on which something is in force; None if it is on none."""
    if period.covers(on):
        return on
    if period.from_ is not None and on < period.from_:
        return period.from_ if period.covers(period.from_) else None
    if period.until is None or period.until == date.min:
        return None
    last = period.until - timedelta(days=1)
    return last if period.covers(last) else None


def changing_days(criteria: Criteria) -> list[date]:
    """Return the days on which indicators, parameters or table cells begin or end, in order."""
    found: set[date | None] = set()
    for indicator in criteria.indicators.values():
        found |= {indicator.effective.from_, indicator.effective.until}
    cells = [
        cell
        for table in criteria.tables.values()
        for column in table.columns.values()
        for cell in column.values.values()
        if isinstance(cell, tuple)
    ]
    for values in [*(one.values for one in criteria.parameters.values()), *cells]:
        for value in values:
            if isinstance(value, DatedValue):
                found |= {value.from_, value.until}
    return sorted(one for one in found if one is not None)


def days_to_try(criteria: Criteria, on: date) -> tuple[date, ...]:
    """Return the day itself, then a day of every other stretch, the nearest first."""
    awareness = {day for one in criteria.awareness.values() for day in (one.effective.from_, one.effective.until)}
    begins = sorted({*changing_days(criteria), *(one for one in awareness if one is not None)})
    return on, *sorted(_others(begins, on), key=lambda one: abs(one - on))


def _others(begins: list[date], on: date) -> Iterator[date]:
    for number, day in enumerate(begins):
        end = begins[number + 1] if number + 1 < len(begins) else date.max
        if number == 0 and day > date.min and on >= day:
            yield day - timedelta(days=1)
        if end <= on:
            yield end - timedelta(days=1)  # the nearest day of an earlier stretch is its last
        elif day > on:
            yield day
