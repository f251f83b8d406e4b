"""The days that matter to a set: on which its rules and values begin and end."""

from datetime import date, timedelta

from risk_engine.model.criteria import CriteriaSet
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


def changing_days(criteria: CriteriaSet) -> list[date]:
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
