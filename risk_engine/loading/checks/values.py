"""Checks of parameters and tables: dated values without gap or overlap, cells that fit the facts they feed."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from risk_engine.language import N_, _
from risk_engine.loading.checks.context import Context, Place, Problem, column_readers
from risk_engine.loading.checks.fit import misfit
from risk_engine.model.facts import RuleFact
from risk_engine.model.tables import CellValue, Column, DatedValue, Parameter, Table
from risk_engine.model.words import Period

_UNTIL = N_("`until` is the first day on which a value is over")


def check_parameters(context: Context) -> None:
    """Report what is wrong with parameters.yaml."""
    for name, parameter in context.criteria.parameters.items():
        place = Place("parameters.yaml", (name,))
        context.check_citation(parameter.source, place.at("source"))
        before = len(context.problems)
        _check_dated(context, place.at("values"), parameter.values)
        first = _kind(parameter.values[0].value)
        for number, dated in enumerate(parameter.values):
            here = place.at("values", number, "value")
            if _kind(dated.value) != first:
                message = _(
                    "`{name}` is {first} before and {second} here", name=name, first=first, second=_kind(dated.value)
                )
                context.report(here, message, _("all values of a parameter are of one kind"))
            elif isinstance(dated.value, bool | str):
                help_text = _("a parameter is a whole number, a date or a list of options")
                context.report(here, _("{value} cannot be a parameter", value=first), help_text)
        if len(context.problems) > before:
            context.doubtful_parameters.add(name)


def value_gap(name: str, parameter: Parameter, period: Period) -> Problem | None:
    """Return why a parameter has no value on some day of a period; None if it always has one."""
    first, last = parameter.values[0].from_, parameter.values[-1].until
    if first is not None and period.from_ is not None and period.from_ < first:
        message = _(
            "`{name}` has no value before {first}, and the rule is in force from {since}",
            name=name,
            first=first,
            since=period.from_,
        )
        return message, _("give the parameter an earlier value, or the rule a later date")
    if last is not None and (period.until is None or last < period.until):
        message = _("`{name}` has no value from {last} on, and the rule is in force longer", name=name, last=last)
        return message, _("give the parameter a further value, or the rule an end")
    return None


def check_tables(context: Context) -> None:
    """Report what is wrong with tables/*.yaml."""
    for name, table in context.criteria.tables.items():
        place = Place(f"tables/{name}.yaml")
        _check_spellings(context, table, place.at("rows"))
        for column_name, column in table.columns.items():
            here = place.at("columns", column_name)
            context.check_citation(column.source, here.at("source"))
            readers = list(column_readers(context.criteria, name, column_name))
            if not readers and context.facts_are_sound:
                message = _("no fact reads the column `{column_name}`", column_name=column_name)
                context.report(here, message, _("a fact reads it with `from:`, or take it out"), key=True)
            if column.otherwise is not None:
                _check_cell(context, here.at("otherwise"), column.otherwise, readers)
            _check_cells(context, here.at("values"), table, column, readers)


def _check_spellings(context: Context, table: Table, place: Place) -> None:
    """Report names and aliases that stand for two rows."""
    spellings: dict[str, str] = {}
    for row_id, row in table.rows.items():
        for spelling in dict.fromkeys((row_id, row.name, *row.aliases)):
            other = spellings.setdefault(spelling.casefold(), row_id)
            if other != row_id:
                message = _("`{spelling}` stands for `{other}` already", spelling=spelling, other=other)
                context.report(place.at(row_id), message, _("names and aliases must tell rows apart"), key=True)


def _check_cells(context: Context, place: Place, table: Table, column: Column, readers: Sequence[RuleFact]) -> None:
    for row, cell in column.values.items():
        here = place.at(row)
        context.need(N_("row"), row, table.rows, here, key=True)
        if isinstance(cell, tuple) and cell and isinstance(cell[0], DatedValue):
            _check_dated(context, here, cell)
            for number, one in enumerate(cell):
                _check_cell(context, here.at(number, "value"), one.value, readers)
        else:
            _check_cell(context, here, cell, readers)  # type: ignore[arg-type]


def _check_cell(context: Context, place: Place, value: CellValue, readers: Sequence[RuleFact]) -> None:
    if problem := next((found for fact in readers if (found := misfit(fact, value))), None):
        context.report(place, *problem)


def _check_dated(context: Context, place: Place, values: Sequence[DatedValue]) -> None:
    """Report dated values that overlap, leave a gap or stand out of order, and sources that do not exist."""
    for number, one in enumerate(values):
        context.check_period(Period(from_=one.from_, until=one.until), place.at(number))
        if one.source is not None:
            context.check_citation(one.source, place.at(number, "source"))
    for number, (earlier, later) in enumerate(pairwise(values), start=1):
        here, end, start = place.at(number), earlier.until, later.from_
        if start is None or (earlier.from_ is not None and start <= earlier.from_):
            context.report(here, _("dated values stand in order, each with its own `from`"))
        elif end is not None and start < end:
            context.report(here.at("from"), _("two values hold from {start} to {end}", start=start, end=end), _(_UNTIL))
        elif end is not None and start > end:
            context.report(here.at("from"), _("no value holds from {end} to {start}", end=end, start=start), _(_UNTIL))


def _kind(value: CellValue) -> str:
    match value:
        case bool():
            return _("true or false")
        case int():
            return _("a number")
        case date():
            return _("a date")
        case tuple():
            return _("a list of options")
        case _other:
            return _("text")
