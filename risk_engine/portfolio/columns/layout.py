"""How cases lie in columns: a row for each case, a table for each list, and answers as numbers.

An option is its place among the options of its fact, chosen options are bits, a row of a table is its place in the
table, a day is counted from 1970. An unanswered question is the highest number that its column holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, TypeAlias, assert_never

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
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
from risk_engine.portfolio.columns.planes import Slots

NO, UNKNOWN, YES = 0, 1, 2
"""A truth as a number: the least of several is true where all are, the most where any is."""
MOST_OPTIONS = 63
"""So many options of a fact of which several are chosen have a bit each."""
EPOCH = date(1970, 1, 1)
Column: TypeAlias = NDArray[Any]
"""The answers to one question as numbers."""


def unanswered(dtype: np.dtype[Any]) -> int:
    """Return the number of an unanswered question in a column."""
    return int(np.iinfo(dtype).max)


def is_answered(column: Column) -> NDArray[np.bool_]:
    """Return where a question is answered."""
    held: NDArray[np.bool_] = column != unanswered(column.dtype)
    return held


@dataclass(frozen=True)
class Entries:
    """The entries of one list, those of a case one after the other."""

    ids: pl.Series
    facts: Mapping[str, Column]
    """By `entity.fact`."""
    first: NDArray[np.int64]
    """Where the entries of each case begin; one more than there are cases, the last is how many there are."""
    answered: NDArray[np.bool_]
    """Of which cases it is known what is in the list, if only that nothing is."""
    blank: NDArray[np.bool_]
    """Which entries are the empty block of a new case: alone in its list it is no answer."""

    @cached_property
    def has_answers(self) -> NDArray[np.bool_]:
        """Return of which cases there are entries that say anything."""
        numbers = np.diff(self.first)
        if not self.blank.any():
            return numbers > 0
        alone = np.zeros(len(numbers), dtype=bool)
        single = numbers == 1
        alone[single] = self.blank[self.first[:-1][single]]
        return (numbers > 0) & ~alone

    @cached_property
    def of_case(self) -> NDArray[np.int64]:
        """The case of each entry, by its number."""
        return np.repeat(np.arange(len(self.answered)), np.diff(self.first))

    @cached_property
    def slots(self) -> Slots:
        """Where entries lie in planes of bits."""
        return Slots(self.first)


@dataclass(frozen=True)
class Cases:
    """Cases in columns: `facts` by `entity.fact` for each that is no list's."""

    number: int
    facts: Mapping[str, Column]
    lists: Mapping[str, Entries]
    in_place: Mapping[str, NDArray[np.bool_]]
    """Of controls as an option asks for them (`as_shown`) in which cases they are in place; no case: left out."""
    agreed: Mapping[str, NDArray[np.bool_]]


def dtype_of(fact: AnyFact) -> pl.DataType | None:
    """Return of what type the column of a fact is; None for text, which no rule reads."""
    match fact:
        case BooleanFact():
            return pl.UInt8()
        case ChoiceFact(options=options):
            return pl.UInt8() if len(options) <= np.iinfo(np.uint8).max else pl.UInt32()
        case ChoicesFact(options=options):
            if len(options) > MOST_OPTIONS:
                raise RiskEngineError(
                    _("{number} options of one question are more than columns hold", number=len(options))
                )
            return pl.UInt64()
        case IntegerFact():
            return pl.Int64()  # files hold no number that reaches the highest of it
        case DateFact():
            return pl.Int32()
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
        case DateFact():
            return (value - EPOCH).days
        case BooleanFact():
            return int(value)
        case IntegerFact() | TextFact():
            return value
        case _:
            assert_never(fact)


def column_of(fact: AnyFact, values: Iterable[Any], criteria: Criteria) -> Column:
    """Return answers to a fact as its column; it is no text."""
    dtype = pl.Series(dtype=dtype_of(fact)).to_numpy().dtype
    empty = unanswered(dtype)
    return np.array([empty if one is None else coded(fact, one, criteria) for one in values], dtype)


def numbered(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return numbers, and nulls for what is unanswered, as they lie in a column."""
    return column.cast(dtype).fill_null(_open(dtype))


@cache
def _open(dtype: pl.DataType) -> pl.Expr:
    return pl.lit(unanswered(pl.Series(dtype=dtype).to_numpy().dtype), dtype)


def bits(chosen: Iterable[str], options: Sequence[str]) -> int:
    """Return chosen options as bits."""
    return sum(1 << options.index(one) for one in set(chosen))


def as_shown(control: str, needs: Iterable[str]) -> str:
    """Return by what name a control stands among those in place, with evidence of one of the kinds that are needed."""
    return " ".join((control, *sorted(set(needs))))


def in_lists(of_case: NDArray[np.int64], values: pl.Series, number: int) -> pl.Series:
    """Return a list for each of so many cases, of the values that are its own; they come case by case."""
    ends = np.cumsum(np.bincount(of_case, minlength=number))
    places = pl.select(pl.int_ranges(pl.Series(np.concatenate([[0], ends])[:number]), pl.Series(ends))).to_series()
    # To make lists of numbers and put the values in their place costs a tenth of what it costs to group values.
    own = pl.element().map_batches(lambda _places: values, return_dtype=values.dtype, is_elementwise=True)
    return places.list.eval(own)
