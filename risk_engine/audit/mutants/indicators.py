"""Every small change of an indicator: its severities, knock-outs, control options and time in force."""

from collections.abc import Iterator, Mapping
from typing import Any

from risk_engine.audit.mutants.conditions import Declared, days_around, neighbours, of_condition
from risk_engine.audit.mutants.operators import Operator, Variation, at, dropped, moved, setting, within, without
from risk_engine.language import _
from risk_engine.model.conditions import AnyOf, Condition, ConditionOrAlways
from risk_engine.model.criteria import Indicator, Option, knock_out_conditions, severity_conditions
from risk_engine.model.words import KNOCK_OUTS, SEVERITIES, Period, Severity


def of_indicator(indicator: Indicator, declared: Declared) -> Iterator[Variation[Indicator]]:
    """Yield every variation of an indicator."""
    yield from within("severity", _severities(indicator, declared), setting(indicator, "severity"))
    yield from within("knock_out", _knock_outs(indicator, declared), setting(indicator, "knock_out"))
    yield from within("controls", _options(indicator, declared), setting(indicator, "controls"))
    yield from within("points", _points(indicator.points), setting(indicator, "points"))
    yield from within("effective", of_period(indicator.effective), setting(indicator, "effective"))


def _points(points: Mapping[Any, int]) -> Iterator[Variation[dict[Any, int]]]:
    for name, number in points.items():
        for near in (number - 1, number + 1) if number else (number + 1,):
            yield moved(Operator.SHIFT_POINTS, name, number, near, {**points, name: near})


def of_period(period: Period) -> Iterator[Variation[Period]]:
    """Yield a time in force that begins or ends a day earlier or later."""
    for key, field, day in (("from", "from_", period.from_), ("until", "until", period.until)):
        for other in days_around(day) if day is not None else ():
            yield moved(Operator.SHIFT_DATE, key, day, other, period.model_copy(update={field: other}))


def _severities(indicator: Indicator, declared: Declared) -> Iterator[Variation[Any]]:
    given = indicator.severity
    for name, condition in severity_conditions(indicator):
        yield dropped(Operator.DROP_RULE, name, condition, given.model_copy(update={name: None}))
        yield from within(name, of_condition(condition, declared), setting(given, name))
        for other in neighbours(SEVERITIES[1:], name):
            both = _either(condition, getattr(given, other))
            changed = given.model_copy(update={name: None, other: both})
            yield moved(Operator.SHIFT_SEVERITY, "", name, other, changed)


def _knock_outs(indicator: Indicator, declared: Declared) -> Iterator[Variation[Any]]:
    given = indicator.knock_out
    for kind, condition in knock_out_conditions(indicator):
        yield dropped(Operator.DROP_RULE, kind, condition, given.model_copy(update={kind: None}))
        if condition != "always":
            yield from within(kind, of_condition(condition, declared), setting(given, kind))
        for other in neighbours(KNOCK_OUTS[1:], kind):
            both = _either(condition, getattr(given, other))
            changed = given.model_copy(update={kind: None, other: both})
            yield moved(Operator.SHIFT_KNOCK_OUT, "", kind, other, changed)


def _either(one: ConditionOrAlways, other: ConditionOrAlways | None) -> ConditionOrAlways:
    if other is None or one == "always":
        return one
    return other if other == "always" else AnyOf(any_of=(one, other))


def _options(indicator: Indicator, declared: Declared) -> Iterator[Variation[tuple[Option, ...]]]:
    options = indicator.controls
    for number, option in enumerate(options):
        yield dropped(Operator.DROP_RULE, f"{number}", option, without(options, number))
        yield from within(
            f"{number}",
            _option(option, declared, [name for name, _ in severity_conditions(indicator)]),
            at(options, number),
        )


def _option(option: Option, declared: Declared, severities: list[Severity]) -> Iterator[Variation[Option]]:
    for control in option.all if len(option.all) > 1 else ():
        kept = tuple(one for one in option.all if one != control)
        changed = option.model_copy(update={"all": kept})
        told = _("{control} is not asked for: {others} alone will do", control=control, others=", ".join(kept))
        yield Variation(Operator.DROP_PART, "all", f"without {control}", told, changed)
    when: Condition | None = option.when
    if when is not None:
        yield dropped(Operator.DROP_PART, "when", when, option.model_copy(update={"when": None}))
        yield from within("when", of_condition(when, declared), setting(option, "when"))
    yield from (one for one in _effects(option) if _left(one.value, severities) != _left(option, severities))


def _effects(option: Option) -> Iterator[Variation[Option]]:
    if option.residual is not None:
        for residual in neighbours(SEVERITIES, option.residual):
            changed = option.model_copy(update={"residual": residual})
            yield moved(Operator.SHIFT_CONTROL, "residual", option.residual, residual, changed)
    if option.lowers_by is not None:
        for steps in neighbours(range(1, len(SEVERITIES)), option.lowers_by):
            changed = option.model_copy(update={"lowers_by": steps})
            yield moved(Operator.SHIFT_CONTROL, "lowers_by", option.lowers_by, steps, changed)


def _left(option: Option, severities: list[Severity]) -> list[int]:
    """Return what an option leaves of each severity that the indicator has: where that is the same, nothing changed."""
    ranks = [SEVERITIES.index(one) for one in severities]
    if option.residual is not None:
        return [min(SEVERITIES.index(option.residual), rank) for rank in ranks]
    return [max(0, rank - (option.lowers_by or 0)) for rank in ranks]
