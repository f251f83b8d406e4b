"""How cases lie in columns: a row for each case, a table for each list, and answers as numbers.

An unanswered question is null. An option is its place among the options of its fact, chosen options are bits, a row of
a table is its place in the table. Everything that is worked out is worked out on these.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never

import numpy as np
import polars as pl

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.case import Case, answer, entries
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    TextFact,
)
from risk_engine.model.words import IN_PLACE

MOST_OPTIONS = 64
"""So many options of a fact of which several are chosen have a bit each."""


@dataclass(frozen=True)
class Entries:
    """The entries of one list, those of a case one after the other."""

    frame: pl.DataFrame
    first: np.ndarray[Any, np.dtype[np.int64]]
    """Where the entries of each case begin; one more than there are cases, the last is how many there are."""
    answered: np.ndarray[Any, np.dtype[np.bool_]]
    """Of which cases it is known what is in the list, if only that nothing is."""

    @property
    def of_case(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The case of each entry, by its number."""
        return np.repeat(np.arange(len(self.answered)), np.diff(self.first))


@dataclass(frozen=True)
class Cases:
    """Cases in columns: `frame` has a row for each, with a column `entity.fact` for each fact that is no list's."""

    frame: pl.DataFrame
    lists: Mapping[str, Entries]
    in_place: Mapping[str, pl.Series]
    """Of controls as an option asks for them (`as_shown`) in which cases they are in place; no case: left out."""
    agreed: Mapping[str, pl.Series]


def dtype_of(fact: AnyFact) -> pl.DataType | None:
    """Return of what type the column of a fact is; None for text, which no rule reads."""
    match fact:
        case BooleanFact():
            return pl.Boolean()
        case ChoiceFact(options=options):
            return pl.UInt8() if len(options) <= np.iinfo(np.uint8).max else pl.UInt32()
        case ChoicesFact(options=options):
            if len(options) > MOST_OPTIONS:
                raise RiskEngineError(
                    _("{number} options of one question are more than columns hold", number=len(options))
                )
            return pl.UInt64()
        case IntegerFact():
            return pl.Int64()
        case DateFact():
            return pl.Date()
        case RowFact():
            return pl.UInt32()
        case TextFact():
            return None
        case _:
            assert_never(fact)


def coded(fact: AnyFact, value: Any, criteria: Criteria) -> Any:
    """Return an answer as it lies in a column."""
    if value is None:
        return None
    match fact:
        case ChoiceFact(options=options):
            return list(options).index(value)
        case ChoicesFact(options=options):
            return bits(value, tuple(options))
        case RowFact(of=table):
            return list(criteria.tables[table].rows).index(value)
        case BooleanFact() | IntegerFact() | DateFact() | TextFact():
            return value
        case _:
            assert_never(fact)


def bits(chosen: Iterable[str], options: Sequence[str]) -> int:
    """Return chosen options as bits."""
    return sum(1 << options.index(one) for one in set(chosen))


def as_shown(control: str, needs: Iterable[str]) -> str:
    """Return by what name a control stands among those in place, with evidence of one of the kinds that are needed."""
    return " ".join((control, *sorted(set(needs))))


def cases_of(cases: Sequence[Case], criteria: Criteria, on: date) -> Cases:
    """Return cases that were read already in columns, on the day for which they are assessed."""
    single: dict[str, pl.Series] = {}
    lists: dict[str, Entries] = {}
    for name, entity in criteria.entities.items():
        if entity.many is None:
            single |= _columns(name, [getattr(one, name) for one in cases], criteria)
            continue
        stated = [entries(one, name) for one in cases]
        lists[name] = Entries(
            frame=pl.DataFrame(_columns(name, [entry for one in stated for entry in one or ()], criteria)),
            first=np.cumsum([0, *(len(one or ()) for one in stated)]),
            answered=np.array([one is not None for one in stated], dtype=bool),
        )
    return Cases(pl.DataFrame(single), lists, *_controls(cases, criteria, on))


def _columns(name: str, held: Sequence[Any], criteria: Criteria) -> dict[str, pl.Series]:
    found: dict[str, pl.Series] = {}
    for short, fact in criteria.entities[name].facts.items():
        if (dtype := dtype_of(fact)) is not None:
            values = [coded(fact, answer(one, short), criteria) for one in held]
            found[f"{name}.{short}"] = pl.Series(f"{name}.{short}", values, dtype=dtype)
    return found


def _controls(cases: Sequence[Case], criteria: Criteria, on: date) -> tuple[dict[str, pl.Series], dict[str, pl.Series]]:
    needed = {option.needs for one in criteria.indicators.values() for option in one.controls} | {()}
    in_place: dict[str, list[int]] = {}
    agreed: dict[str, list[int]] = {}
    for number, case in enumerate(cases):
        for record in case.controls:
            if record.status != "planned":
                agreed.setdefault(record.id, []).append(number)
            kinds = {one.kind for one in record.evidence if one.date <= on}
            if record.status in IN_PLACE and kinds:
                for needs in needed:
                    if not needs or not kinds.isdisjoint(needs):
                        in_place.setdefault(as_shown(record.id, needs), []).append(number)
    return _held(in_place, len(cases)), _held(agreed, len(cases))


def _held(found: Mapping[str, Sequence[int]], number: int) -> dict[str, pl.Series]:
    columns: dict[str, pl.Series] = {}
    for name, places in found.items():
        held = np.zeros(number, dtype=bool)
        held[places] = True
        columns[name] = pl.Series(name, held)
    return columns
