"""Stated cases of an earlier version in the words of a later one, in columns: what is only called otherwise is kept.

An answer that the later version does not take becomes unanswered, and is named; nothing is guessed.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, assert_never

import numpy as np
import polars as pl

from risk_engine.model.case import UNKNOWN, row_names
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    Entity,
    IntegerFact,
    RowFact,
    TextFact,
)
from risk_engine.model.former_names import Now, answer_now, former_names
from risk_engine.portfolio.columns.layout import in_lists
from risk_engine.portfolio.stated import stated_as, stated_schema, with_first_answers

LEFT_OUT = "left_out"
"""The column that names what a case states and the later version does not take."""


_Sides = tuple[str, Entity]


class LaterNames:
    """Reads stated cases of one version as another one has them."""

    def __init__(self, before: Criteria, after: Criteria, on: date | None = None) -> None:
        """Take both versions; `on` says which former names are still read (None: all)."""
        self._before = before
        self._after = after
        self._on = on
        self._names = former_names(after)

    def __call__(self, stated: pl.DataFrame) -> pl.DataFrame:
        """Return the cases in the names of the later version, with the column `LEFT_OUT` beside them."""
        number = stated.height
        made = _Made(number)
        for old, entity in self._before.entities.items():
            name = self._names.entity(old, self._on)
            today = self._after.entities.get(name)
            if today is None or (today.many is None) != (entity.many is None):
                made.leave(old, _answered(stated, old, entity))
            elif entity.many is None:
                held = {short: stated[f"{old}.{short}"] for short in entity.facts}
                for short, column in self._facts(held, (old, entity), (name, today), made).items():
                    made.columns[f"{name}.{short}"] = column
            else:
                made.columns[name] = self._several(stated[old], (old, entity), (name, today), made)
        made.columns["controls"] = self._controls(stated["controls"], made)
        made.columns |= {name: stated[name] for name in ("case", "title", "assessment_date")}
        columns = [
            made.columns.get(name, pl.repeat(None, number, dtype=dtype, eager=True)).cast(dtype).alias(name)
            for name, dtype in stated_schema(self._after).items()
        ]
        return with_first_answers(pl.DataFrame(columns), self._after).hstack([made.left_out()])

    def _facts(
        self, held: Mapping[str, pl.Series], old: _Sides, new: _Sides, made: "_Made", of_case: Any = None
    ) -> dict[str, pl.Series]:
        """Return the columns of an entity by the facts of today; `of_case` says of which case each entry is."""
        found: dict[str, pl.Series] = {}
        for short, column in held.items():
            now = self._names.fact(new[0], short, self._on)
            fact = new[1].facts.get(now.name)
            path = f"{old[0]}.{short}"
            if fact is None:
                made.leave(path, column.is_not_null(), of_case)
                continue
            if _is_taken(old[1].facts[short], fact, self._before, self._after) and not now.values:
                after = column.cast(stated_as(fact, self._after))
            else:
                after, lost = _translated(column, fact, now, self._after)
                made.leave(path, lost, of_case)
            if now.name in found:  # what were two questions is one now
                first = found[now.name]
                made.leave(path, first.is_not_null() & after.is_not_null() & first.ne_missing(after), of_case)
                after = first.zip_with(first.is_not_null(), after)
            found[now.name] = after
        return found

    def _several(self, column: pl.Series, old: _Sides, new: _Sides, made: "_Made") -> pl.Series:
        """Return the lists of an entity; one with more entries than there may be is left out."""
        dtype = stated_schema(self._after)[new[0]]
        counts = column.list.len().fill_null(0).cast(pl.Int64)
        entries = column.filter(counts > 0).explode().struct.unnest()
        of_case = np.repeat(np.arange(len(column)), counts.to_numpy())
        facts = self._facts({short: entries[short] for short in old[1].facts}, old, new, made, of_case)
        assert isinstance(dtype, pl.List)  # noqa: S101 (of several entries)
        assert isinstance(dtype.inner, pl.Struct)  # noqa: S101 (each with its facts)
        nothing = pl.Series([None]).new_from_index(0, entries.height)
        fields = [
            (entries["id"] if one.name == "id" else facts.get(one.name, nothing)).cast(one.dtype).alias(one.name)
            for one in dtype.inner.fields
        ]
        lists = in_lists(of_case, pl.DataFrame(fields).to_struct(), len(column))
        too_many = counts > (new[1].many or 0)
        made.leave(old[0], too_many)
        return lists.to_frame("one").select(pl.when(column.is_not_null() & ~too_many).then(pl.col("one")))["one"]

    def _controls(self, column: pl.Series, made: "_Made") -> pl.Series:
        """Return the records of controls by their names of today; no rule reads one that the version does not know."""
        renamed = {old: self._names.control(old, self._on) for old in self._before.controls}
        for old, now in renamed.items():
            if now not in self._after.controls:
                made.leave(f"controls.{old}", column.list.eval(pl.element().struct.field("id") == old).list.any())
        if all(old == now for old, now in renamed.items()):
            return column
        renaming = pl.element().struct.field("id").replace(renamed)
        return column.to_frame("one").select(pl.col("one").list.eval(pl.element().struct.with_fields(id=renaming)))[
            "one"
        ]


class _Made:
    """The columns of the later version as they are made, and what is left out of which cases."""

    def __init__(self, number: int) -> None:
        self.columns: dict[str, pl.Series] = {}
        self._number = number
        self._left: dict[str, pl.Series] = {}

    def leave(self, path: str, of: pl.Series, of_case: Any = None) -> None:
        """Note in which cases something is left out."""
        if not of.any():
            return
        if of_case is not None:
            held = np.zeros(self._number, bool)
            held[of_case[of.to_numpy()]] = True
            of = pl.Series(held)
        self._left[path] = of | self._left[path] if path in self._left else of

    def left_out(self) -> pl.Series:
        """Return the names of what is left out of each case."""
        if not self._left:
            return pl.repeat("", self._number, dtype=pl.String(), eager=True).alias(LEFT_OUT)
        names = [pl.when(pl.lit(of)).then(pl.lit(name)) for name, of in self._left.items()]
        return pl.select(pl.concat_str(names, separator=", ", ignore_nulls=True).alias(LEFT_OUT))[LEFT_OUT]


def _answered(stated: pl.DataFrame, name: str, entity: Entity) -> pl.Series:
    """Return which cases state anything about an entity."""
    columns = [f"{name}.{short}" for short in entity.facts] if entity.many is None else [name]
    return stated.select(pl.any_horizontal(pl.col(columns).is_not_null()))[columns[0]]


def _is_taken(old: AnyFact, new: AnyFact, before: Criteria, after: Criteria) -> bool:
    """Return whether every answer to a fact of the earlier version is one to that of the later one."""
    match old, new:
        case ChoiceFact(options=options), ChoiceFact(options=others):
            return options.keys() <= others.keys()
        case ChoicesFact(options=options), ChoicesFact(options=others):
            return options.keys() <= others.keys()
        case IntegerFact(range=(low, high)), IntegerFact(range=(lowest, highest)):
            return lowest <= low and high <= highest
        case RowFact(of=table), RowFact(of=other):
            return before.tables[table].rows.keys() <= after.tables[other].rows.keys()
        case _:
            return type(old) is type(new)


def _translated(column: pl.Series, fact: AnyFact, now: Now, criteria: Criteria) -> tuple[pl.Series, pl.Series]:
    """Return the answers of today, and which are none; most cases give one of few answers."""
    named = row_names(criteria.tables[fact.of]) if isinstance(fact, RowFact) else {}
    known: dict[Any, Any] = {None: (None, False)}
    found = []
    for one in column.to_list():
        key = tuple(one) if isinstance(one, list) else one
        if key not in known:
            today = answer_now(key, now, fact)
            today = None if today == UNKNOWN else named.get(today, today) if isinstance(today, str) else today
            is_lost = today is not None and not _is_answer(fact, today, criteria)
            known[key] = None if is_lost else today, is_lost
        found.append(known[key])
    return pl.Series([one for one, _lost in found], dtype=stated_as(fact, criteria)), pl.Series(
        [lost for _one, lost in found], dtype=pl.Boolean
    )


def _is_answer(fact: AnyFact, value: Any, criteria: Criteria) -> bool:
    """Return whether a value is one that a fact may have."""
    match fact:
        case BooleanFact():
            return isinstance(value, bool)
        case ChoiceFact(options=options):
            return value in options
        case ChoicesFact(options=options):
            return isinstance(value, tuple) and set(value) <= options.keys()
        case IntegerFact(range=(low, high)):
            return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        case DateFact():
            return isinstance(value, date)
        case RowFact(of=table):
            return value in criteria.tables[table].rows
        case TextFact():
            return isinstance(value, str)
        case _:
            assert_never(fact)
