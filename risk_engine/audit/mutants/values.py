"""Every small change of parameters, dated table cells, points and of what decides whether a question is asked."""

from collections.abc import Iterator
from datetime import date

from risk_engine.audit.mutants.conditions import Declared, days_around, of_condition, other_values
from risk_engine.audit.mutants.operators import Operator, Variation, at, dropped, entry, moved, setting, within
from risk_engine.language import _
from risk_engine.model.facts import RuleFact
from risk_engine.model.ladders import SeverityPoints
from risk_engine.model.tables import Column, DatedValue, Parameter


def of_parameter(parameter: Parameter) -> Iterator[Variation[Parameter]]:
    """Yield every variation of a parameter."""
    yield from within("values", _of_dated(parameter.values, values=True), setting(parameter, "values"))


def of_column(column: Column) -> Iterator[Variation[Column]]:
    """Yield a table column with the day moved on which a cell begins or ends to say something."""
    for row, cell in column.values.items():
        dated = tuple(one for one in cell if isinstance(one, DatedValue)) if isinstance(cell, tuple) else ()
        yield from within(
            row,
            _of_dated(dated, values=False),
            entry(column, "values", row),
        )


def _of_dated(dated: tuple[DatedValue, ...], *, values: bool) -> Iterator[Variation[tuple[DatedValue, ...]]]:
    for number, one in enumerate(dated):
        after = dated[number + 1].from_ if number + 1 < len(dated) else None
        yield from within(f"{number}", _of_dated_value(one, after, values=values), at(dated, number))


def _of_dated_value(one: DatedValue, after: date | None, *, values: bool) -> Iterator[Variation[DatedValue]]:
    for key, field, day in (("from", "from_", one.from_), ("until", "until", one.until)):
        for other in days_around(day) if day is not None else ():
            if field == "until" and after is not None and other > after:
                continue  # the next value has begun by then, so a later end says nothing
            yield moved(Operator.SHIFT_DATE, key, day, other, one.model_copy(update={field: other}))
    match one.value if values else None:
        case bool():
            pass
        case int() as number:
            for near in (number - 1, number + 1):
                yield moved(Operator.SHIFT_PARAMETER, "value", number, near, one.model_copy(update={"value": near}))
        case date() as day:
            for near_day in days_around(day):
                yield moved(
                    Operator.SHIFT_PARAMETER, "value", day, near_day, one.model_copy(update={"value": near_day})
                )
        case tuple() as options:
            for left in options:
                kept = tuple(other for other in options if other != left)
                told = _("`{value}` is left out of the list", value=left)
                changed = one.model_copy(update={"value": kept})
                yield Variation(Operator.SHIFT_PARAMETER, "value", f"without {left}", told, changed)
        case _:
            pass


def of_points(points: SeverityPoints) -> Iterator[Variation[SeverityPoints]]:
    """Yield every variation of how severities add up."""
    for name, number in points.points.items():
        for near in (number - 1, number + 1) if number > 1 else (number + 1,):
            shifted = points.model_copy(update={"points": {**points.points, name: near}})
            yield moved(Operator.SHIFT_POINTS, f"points.{name}", number, near, shifted)
    for near in () if points.cap is None else (points.cap - 1, points.cap + 1):
        yield moved(Operator.SHIFT_POINTS, "cap", points.cap, near, points.model_copy(update={"cap": near}))
    for band, first in list(points.bands.items())[1:]:
        for near in (first - 1, first + 1):
            bands = {**points.bands, band: near}
            yield moved(Operator.SHIFT_POINTS, f"bands.{band}", first, near, points.model_copy(update={"bands": bands}))


def of_fact(fact: RuleFact, declared: Declared) -> Iterator[Variation[RuleFact]]:
    """Yield every variation of the condition on which a question is asked, and of what it is otherwise.

    There is none of a fact that is kept for the record: no rule reads it, so no result can tell.
    """
    if fact.ask_when is None or fact.used_for is not None:
        return
    always = fact.model_copy(update={"ask_when": None, "otherwise": None})
    yield dropped(Operator.SHIFT_ASKING, "ask_when", fact.ask_when, always)
    varied = within("ask_when", of_condition(fact.ask_when, declared), setting(fact, "ask_when"))
    for one in varied:
        yield Variation(Operator.SHIFT_ASKING, one.place, one.change, one.told, one.value)
    for other in other_values(fact, fact.otherwise):
        changed = fact.model_copy(update={"otherwise": other})
        yield moved(Operator.SHIFT_ASKING, "otherwise", fact.otherwise, other, changed)
