"""How cases lie in columns: a row for each case, a table for each list, and answers as numbers.

An unanswered question is null. An option is its place among the options of its fact, chosen options are bits, a row of
a table is its place in the table. Everything that is worked out is worked out on these.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, assert_never

import numpy as np
import polars as pl

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.model.case import blank_id
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

NO, UNKNOWN, YES = 0, 1, 2
"""A truth as a number: the least of several is true where all are, the most where any is."""
MOST_OPTIONS = 64
"""So many options of a fact of which several are chosen have a bit each."""


@dataclass(frozen=True)
class Entries:
    """The entries of one list, those of a case one after the other; `frame` has a column `id` too."""

    frame: pl.DataFrame
    first: np.ndarray[Any, np.dtype[np.int64]]
    """Where the entries of each case begin; one more than there are cases, the last is how many there are."""
    answered: np.ndarray[Any, np.dtype[np.bool_]]
    """Of which cases it is known what is in the list, if only that nothing is."""
    blank: np.ndarray[Any, np.dtype[np.bool_]]
    """Which entries are the empty block of a new case: alone in its list it is no answer."""

    @cached_property
    def has_answers(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Return of which cases there are entries that say anything."""
        numbers = np.diff(self.first)
        alone = np.zeros(len(numbers), dtype=bool)
        single = numbers == 1
        alone[single] = self.blank[self.first[:-1][single]]
        return (numbers > 0) & ~alone

    @cached_property
    def of_case(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The case of each entry, by its number."""
        return np.repeat(np.arange(len(self.answered)), np.diff(self.first))

    @cached_property
    def slots(self) -> list[tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.int64]]]]:
        """The cases that have a first entry with that entry, those that have a second one, and so on.

        Lists are short: what is said of a whole list is put together slot by slot.
        """
        numbers = np.diff(self.first)
        found = []
        for slot in range(int(numbers.max(initial=0))):
            (cases,) = np.nonzero(numbers > slot)
            found.append((cases, self.first[cases] + slot))
        return found

    def most(self, codes: np.ndarray[Any, np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """Return the most among the entries of each case; 0 where there is none."""
        found = np.zeros(len(self.answered), np.uint8)
        for cases, its_entries in self.slots:
            found[cases] = np.maximum(found[cases], codes[its_entries])
        return found

    def total(self, counts: np.ndarray[Any, np.dtype[np.bool_]]) -> np.ndarray[Any, np.dtype[np.uint16]]:
        """Return how many entries of each case count."""
        found = np.zeros(len(self.answered), np.uint16)
        for cases, its_entries in self.slots:
            found[cases] += counts[its_entries]
        return found


@dataclass(frozen=True)
class Cases:
    """Cases in columns: `frame` has a row for each, its id `case` and `entity.fact` for each fact that is no list's."""

    frame: pl.DataFrame
    lists: Mapping[str, Entries]
    in_place: Mapping[str, np.ndarray[Any, np.dtype[np.bool_]]]
    """Of controls as an option asks for them (`as_shown`) in which cases they are in place; no case: left out."""
    agreed: Mapping[str, np.ndarray[Any, np.dtype[np.bool_]]]


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


def in_codes(truth: pl.Expr) -> pl.Expr:
    """Return truths as numbers."""
    return (truth.cast(pl.UInt8) * YES).fill_null(UNKNOWN)


def from_codes(codes: pl.Expr) -> pl.Expr:
    """Return truths that were numbers."""
    return pl.when(codes != UNKNOWN).then(codes == YES)


def bits(chosen: Iterable[str], options: Sequence[str]) -> int:
    """Return chosen options as bits."""
    return sum(1 << options.index(one) for one in set(chosen))


def is_blank(entity: str, ids: pl.Series, unanswered: Sequence[pl.Series]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which entries are the empty block of a new case, by their ids and which facts each leaves open."""
    blank: np.ndarray[Any, np.dtype[np.bool_]] = (ids == blank_id(entity)).to_numpy(writable=True)
    for one in unanswered:
        blank &= one.to_numpy()
    return blank


def as_shown(control: str, needs: Iterable[str]) -> str:
    """Return by what name a control stands among those in place, with evidence of one of the kinds that are needed."""
    return " ".join((control, *sorted(set(needs))))


def in_lists(of_case: np.ndarray[Any, np.dtype[np.int64]], values: pl.Series, number: int) -> pl.Series:
    """Return a list for each of so many cases, of the values that are its own; they come case by case.

    To copy lists costs far more than to make them: a case without any has a value for as long as that takes.
    """
    value = pl.col("value")
    (without,) = np.nonzero(np.bincount(of_case, minlength=number) == 0)
    held = pl.DataFrame({"case": of_case, "value": values})
    if without.size:
        every = np.concatenate([of_case, without])
        in_order = np.argsort(every, kind="stable")
        nothing = pl.DataFrame({"case": without, "value": values.clear(without.size)})
        own = pl.Series("is its own", in_order < len(of_case))
        held, value = pl.concat([held, nothing])[in_order].with_columns(own), value.filter(pl.col("is its own"))
    lists = held.with_columns(pl.col("case").set_sorted()).group_by("case", maintain_order=True)
    return lists.agg(value.alias("lists"))["lists"]
