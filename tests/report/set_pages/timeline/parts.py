"""A set in time, made by hand."""

from datetime import date
from typing import Any

from risk_engine.model.changes import Dated, DatedChange, DatedStep, SetInTime, Timeline, ValueShown, VersionInTime


def change(
    on: str, title: str = "Old trees", what: Dated = "indicator", step: DatedStep = "begins", **more: Any
) -> DatedChange:
    fields = {"id": "ROT-1", "in_force": True, **more}
    return DatedChange(on=date.fromisoformat(on), what=what, step=step, title=title, **fields)


def value(*shown: str) -> ValueShown:
    """Return a list of options, or one text as a scalar."""
    return ValueShown(value=tuple(one.lower() for one in shown), shown=shown)


def scalar(content: Any, shown: str) -> ValueShown:
    return ValueShown(value=content, shown=(shown,))


def version(number: str, since: str, until: str | None, *changes: DatedChange, **more: Any) -> VersionInTime:
    return VersionInTime(
        version=number,
        digest="0" * 64,
        in_force_from=date.fromisoformat(since),
        in_force_until=date.fromisoformat(until) if until else None,
        changes=changes,
        **{"state": "released", **more},
    )


def orchard(*versions: VersionInTime, on: str | None = None, title: str = "May we pick?") -> Timeline:
    day = date.fromisoformat(on) if on else None
    return Timeline(on=day, sets=(SetInTime(id="orchard", title=title, versions=versions),))
