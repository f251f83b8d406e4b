"""The days that a case may need: one of each stretch of time in which no rule, parameter or table changes."""

from collections.abc import Iterator
from datetime import date, timedelta

from risk_engine.audit.proofs.days import changing_days
from risk_engine.model.criteria import CriteriaSet


def days_to_try(criteria: CriteriaSet, on: date) -> tuple[date, ...]:
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
