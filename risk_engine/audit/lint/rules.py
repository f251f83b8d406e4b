"""Lints of rules that cannot do anything: control options that lower nothing, dates that are over."""

from collections.abc import Iterator, Sequence
from datetime import date

from risk_engine.audit.lint.ground import Found, Ground
from risk_engine.language import _
from risk_engine.model.criteria import Option, knock_out_conditions, severity_conditions
from risk_engine.model.places import Spot
from risk_engine.model.tables import DatedValue
from risk_engine.model.words import SEVERITIES, Period

FORGOTTEN = 10
"""A day that is past by less than so many years is more likely a deadline that was forgotten than history."""


def idle_options(ground: Ground) -> Iterator[Found]:
    """Find control options that lower no severity which their indicator can have, and cure nothing."""
    for name, indicator in ground.criteria.indicators.items():
        highest = severity_conditions(indicator)[-1][0]
        for number, option in enumerate(indicator.controls):
            if option.residual is None or knock_out_conditions(indicator):
                continue
            if SEVERITIES.index(option.residual) >= SEVERITIES.index(highest):
                spot = ground.places.of_indicator(name, ("controls", number))
                sentence = _("it leaves {residual}, and the indicator has no higher severity", residual=option.residual)
                yield Found(name, spot, sentence)


def same_options(ground: Ground) -> Iterator[Found]:
    """Find control options of an indicator that ask for the same controls under the same condition."""
    for name, indicator in ground.criteria.indicators.items():
        for number, option in enumerate(indicator.controls):
            if any(_same(option, one) for one in indicator.controls[:number]):
                spot = ground.places.of_indicator(name, ("controls", number))
                yield Found(name, spot, _("an option above asks for the same controls"))


def _same(one: Option, other: Option) -> bool:
    return set(one.all) == set(other.all) and one.when == other.when


def never_in_force(ground: Ground) -> Iterator[Found]:
    """Find rules that are over before the version is in force."""
    begins = ground.criteria.head.in_force.from_
    for name, spot, period in _periods(ground):
        if period.until is not None and period.until <= begins:
            yield Found(
                name, spot, _("it ends on {until}, the version begins on {day}", until=period.until, day=begins)
            )


def over(ground: Ground) -> Iterator[Found]:
    """Find rules that are over on the day."""
    begins = ground.criteria.head.in_force.from_
    for name, spot, period in _periods(ground):
        if period.until is not None and begins < period.until <= ground.on:
            yield Found(name, spot, _("it is over since {until}", until=period.until))


def _periods(ground: Ground) -> Iterator[tuple[str, Spot, Period]]:
    for name, indicator in ground.criteria.indicators.items():
        yield name, ground.places.of_indicator(name, ("effective",)), indicator.effective
    for name, rule in ground.criteria.awareness.items():
        yield name, ground.places.of("awareness.yaml", (name, "effective")), rule.effective


def running_out(ground: Ground) -> Iterator[Found]:
    """Find dated values that end with none after them."""
    for name, spot, values in _dated(ground):
        until = values[-1].until
        if until is not None:
            yield Found(name, spot, _("from {until} on there is no value", until=until))


def _dated(ground: Ground) -> Iterator[tuple[str, Spot, Sequence[DatedValue]]]:
    for name, parameter in ground.criteria.parameters.items():
        at = (name, "values", len(parameter.values) - 1)
        yield name, ground.places.of("parameters.yaml", at), parameter.values
    for table, declared in ground.criteria.tables.items():
        for column, one in declared.columns.items():
            for row, cell in one.values.items():
                if isinstance(cell, tuple) and cell and isinstance(cell[-1], DatedValue):
                    spot = ground.places.of(f"tables/{table}.yaml", ("columns", column, "values", row))
                    yield f"{table}.{column}", spot, cell


def past_days(ground: Ground) -> Iterator[Found]:
    """Find parameters that are a day which is past, though not long, and that go on being it."""
    for name, parameter in ground.criteria.parameters.items():
        last = parameter.values[-1]
        value = last.value
        if not isinstance(value, date) or last.until is not None:
            continue
        if value < ground.on and ground.on.year - value.year < FORGOTTEN:
            spot = ground.places.of("parameters.yaml", (name, "values", len(parameter.values) - 1, "value"))
            yield Found(name, spot, _("the day {value} is past, and the value has no `until`", value=value))
