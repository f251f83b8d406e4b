"""Criteria sets to their versions in time: which is in force when, and what begins, changes or ends by dated rules."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from risk_engine.files.diagnostics import with_every_problem
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.releases import in_force_until, meant, state_of
from risk_engine.loading.sets import Version, set_folder
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.changes import Dated, DatedChange, DatedStep, SetInTime, Timeline, ValueShown, VersionInTime
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoicesFact, shown
from risk_engine.model.references import compared_with
from risk_engine.model.tables import CellValue, DatedValue, cell_on, value_on
from risk_engine.model.words import Period

if TYPE_CHECKING:
    from pathlib import Path

_ORDER: tuple[Dated, ...] = ("indicator", "parameter", "cell", "awareness")
_DAY = timedelta(days=1)


class _Change(NamedTuple):
    """A change before it is told: by the dates that stand in the rules."""

    on: date
    what: Dated
    step: DatedStep
    id: str
    title: str
    rows: tuple[str, ...] = ()
    before: ValueShown | None = None
    after: ValueShown | None = None


def timeline(references: Sequence[str], on: date | None = None) -> Timeline:
    """Return the versions that `SET`, `SET@VERSION` or paths mean in time, those of one set together.

    Titles and answers are in the current language where the set has them; `on` is kept as the day to be marked.
    Raises UnknownSetError, and InvalidSourceError with every problem of every version.
    """
    found: dict[Path, dict[Path, Version]] = {}
    for reference in references:
        for version in meant(reference):
            found.setdefault(set_folder(version.path), {})[version.path.resolve()] = version
    every = {folder: version for several in found.values() for folder, version in several.items()}
    words = with_every_problem(lambda version: criteria_in_words(read_criteria(version.path)), every.values())
    read = dict(zip(every, words, strict=True))
    sets = []
    for several in found.values():
        ordered = sorted(several.items(), key=lambda one: one[1].number)
        newest = read[ordered[-1][0]].head
        versions = tuple(_in_time(version, read[folder]) for folder, version in ordered)
        sets.append(SetInTime(id=newest.id, title=newest.title, versions=versions))
    return Timeline(on=on, sets=tuple(sets))


def _in_time(version: Version, criteria: Criteria) -> VersionInTime:
    time = VersionInTime(
        version=version.dotted,
        state=state_of(version),
        digest=criteria.digest,
        in_force_from=version.in_force_from,
        in_force_until=in_force_until(version),
        changes=(),
    )
    every = (*_periods(criteria), *_parameters(criteria), *_cells(criteria))
    ordered = sorted(every, key=lambda one: (one.on, _ORDER.index(one.what)))
    changes = tuple(DatedChange(**one._asdict(), in_force=time.is_in_force(one.on)) for one in ordered)
    return time.model_copy(update={"changes": changes})


def _periods(criteria: Criteria) -> Iterator[_Change]:
    """Yield when indicators and awareness rules begin and end to apply."""
    for name, indicator in criteria.indicators.items():
        yield from (_Change(on, "indicator", step, name, indicator.title) for on, step in _ends(indicator.effective))
    for name, rule in criteria.awareness.items():
        yield from (_Change(on, "awareness", step, name, rule.title) for on, step in _ends(rule.effective))


def _ends(period: Period) -> Iterator[tuple[date, DatedStep]]:
    if period.from_ is not None:
        yield period.from_, "begins"
    if period.until is not None:
        yield period.until, "ends"


def _parameters(criteria: Criteria) -> Iterator[_Change]:
    """Yield when parameters get another value."""
    readers = {
        name: criteria.fact(facts[0])
        for name, facts in compared_with(criteria).items()
        if facts[0].partition(".")[0] in criteria.entities
    }
    for name, parameter in criteria.parameters.items():
        for on, before, after in _values(parameter.values, partial(value_on, parameter.values)):
            told = (_shown(before, readers.get(name)), _shown(after, readers.get(name)))
            yield _Change(on, "parameter", _step(before, after), name, parameter.title, (), *told)


def _cells(criteria: Criteria) -> Iterator[_Change]:
    """Yield when cells of tables get another value, those together that change alike."""
    for table, record in criteria.tables.items():
        for short, column in record.columns.items():
            alike: dict[tuple[date, CellValue | None, CellValue | None], list[str]] = {}
            for row, cell in column.values.items():
                dated = [one for one in cell if isinstance(one, DatedValue)] if isinstance(cell, tuple) else []
                for change in _values(dated, partial(cell_on, column, row)):
                    alike.setdefault(change, []).append(record.rows[row].name)
            reader = criteria.reader_of(table, short)
            for (on, before, after), rows in alike.items():
                told = (_shown(before, reader), _shown(after, reader))
                step, name = _step(before, after), f"{table}.{short}"
                yield _Change(on, "cell", step, name, column.title, tuple(rows), *told)


def _values(
    dated: Iterable[DatedValue], value: Callable[[date], CellValue | None]
) -> Iterator[tuple[date, CellValue | None, CellValue | None]]:
    """Yield each day on which a value differs from that of the day before, with both."""
    for day in sorted({one for each in dated for one in (each.from_, each.until) if one is not None}):
        before, after = value(day - _DAY) if day > date.min else None, value(day)
        if before != after:
            yield day, before, after


def _step(before: CellValue | None, after: CellValue | None) -> DatedStep:
    if before is None:
        return "begins"
    return "ends" if after is None else "changes"


def _shown(value: CellValue | None, reader: AnyFact | None) -> ValueShown | None:
    """Return a value with what people read: the texts of the fact that it is compared with, or that takes it over."""
    match value:
        case None:
            return None
        case tuple():
            options = getattr(reader, "options", {})
            return ValueShown(value=value, shown=tuple(options.get(one, one) for one in value))
        case _:
            if isinstance(reader, ChoicesFact):
                return ValueShown(value=value, shown=(reader.options.get(str(value), str(value)),))
            return ValueShown(value=value, shown=(shown(reader, value),))
