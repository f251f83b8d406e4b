"""Cases as they were stated, a row for each: what they look like, and how they come into columns of numbers.

Everything in a stated frame was checked before: options and rows are words of the set, each kept as its place among
them (Enum), types are those of its facts. Null is unanswered; an empty list is an answer.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeAlias, assert_never

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.once import once
from risk_engine.model.case import Case, answer, blank_id, case_model, entries
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
from risk_engine.model.triage import closed_by
from risk_engine.model.words import IN_PLACE
from risk_engine.portfolio.columns.layout import Cases, Column, Entries, as_shown, dtype_of, numbered

Held: TypeAlias = NDArray[np.bool_]
CONTROLS = pl.List(
    pl.Struct(
        {
            "id": pl.String(),
            "status": pl.String(),
            "evidence": pl.List(pl.Struct({"kind": pl.String(), "date": pl.Date()})),
        }
    )
)


_KEPT = 1024
"""So many different lists of words are kept as types."""


@once
def stated_schema(criteria: Criteria) -> pl.Schema:
    """Return the columns of cases that are stated for a set, in their order."""
    columns: dict[str, pl.DataType] = {"case": pl.String(), "title": pl.String(), "assessment_date": pl.Date()}
    for name, entity in criteria.entities.items():
        facts = {short: stated_as(fact, criteria) for short, fact in entity.facts.items()}
        if entity.many is None:
            columns |= {f"{name}.{short}": dtype for short, dtype in facts.items()}
        else:
            columns[name] = pl.List(pl.Struct({"id": pl.String(), **facts}))
    return pl.Schema({**columns, "controls": CONTROLS})


def stated_as(fact: AnyFact, criteria: Criteria) -> pl.DataType:
    """Return of which type the answers to a fact are."""
    match fact:
        case BooleanFact():
            return pl.Boolean()
        case ChoiceFact(options=options):
            return words_of(tuple(options))
        case ChoicesFact(options=options):
            return pl.List(words_of(tuple(options)))
        case RowFact(of=table):
            return words_of(tuple(criteria.tables[table].rows))
        case TextFact():
            return pl.String()
        case IntegerFact():
            return pl.Int64()
        case DateFact():
            return pl.Date()
        case _:
            assert_never(fact)


@lru_cache(_KEPT)
def words_of(names: tuple[str, ...]) -> pl.Enum:
    """Return the type of words of a set, each kept as its place among them."""
    return pl.Enum(names)


def stated_of(cases: Iterable[Case], criteria: Criteria) -> pl.DataFrame:
    """Return cases that were read already as a stated frame."""
    return stated_from((stated_row(one, criteria) for one in cases), criteria)


def stated_from(rows: Iterable[Sequence[Any]], criteria: Criteria) -> pl.DataFrame:
    """Return rows of `stated_row` as a stated frame."""
    return pl.DataFrame(list(rows), schema=stated_schema(criteria), orient="row")


def stated_row(case: Case, criteria: Criteria) -> list[Any]:
    """Return a case that was read already as a row of a stated frame, in plain values: it can be sent."""
    row: list[Any] = [case.id, case.title, case.assessment_date]
    for name, entity in criteria.entities.items():
        if entity.many is None:
            row += [answer(getattr(case, name), short) for short in entity.facts]
            continue
        stated = entries(case, name)
        facts = ("id", *entity.facts)
        row.append(None if stated is None else [{short: answer(one, short) for short in facts} for one in stated])
    return [
        *row,
        [
            {
                "id": one.id,
                "status": one.status,
                "evidence": [{"kind": each.kind, "date": each.date} for each in one.evidence],
            }
            for one in case.controls
        ],
    ]


def with_first_answers(stated: pl.DataFrame, criteria: Criteria) -> pl.DataFrame:
    """Return cases in which a first question without an answer is a yes where something is answered that it opens.

    As `model.triage.with_first_answers` has it, which the loader of case files asks.
    """
    opened = [
        pl.coalesce(first, pl.when(pl.any_horizontal(_answered(closed, criteria))).then(statement=True))
        for first, closed in closed_by(criteria).items()
        if closed and stated[first].null_count()
    ]
    return stated.with_columns(opened)


def _answered(names: Iterable[str], criteria: Criteria) -> Iterator[pl.Expr]:
    """Yield what says whether one of these facts is answered, or an entry of one of these lists; each list once."""
    asked: dict[str, list[str]] = {}
    for name in sorted(names):
        entity, _dot, short = name.partition(".")
        asked.setdefault(entity, []).append(short)
    for name, shorts in asked.items():
        facts = criteria.entities[name].facts
        if criteria.entities[name].many is None:
            yield from (_is_answered(pl.col(f"{name}.{short}"), facts[short]) for short in shorts)
        else:
            value = pl.element().struct.field
            said = [
                _is_answered(value(short), facts[short])
                if short
                else pl.any_horizontal(value(one).is_not_null() for one in facts)
                for short in shorts
            ]
            yield pl.col(name).list.eval(pl.any_horizontal(said)).list.any().fill_null(value=False)


def _is_answered(value: pl.Expr, fact: AnyFact) -> pl.Expr:
    otherwise = None if isinstance(fact, RowFact | TextFact) else fact.otherwise
    if isinstance(fact, ChoicesFact):
        usual = list(fact.otherwise or ())
        are_usual = value.list.eval(pl.element().cast(pl.String).is_in(usual)).list.all()
        differs = value.list.len().ne(len(usual)) | ~are_usual
    else:
        differs = value.is_not_null() if otherwise is None else value.ne(pl.lit(otherwise))
    return (value.is_not_null() & differs).fill_null(value=False)


def case_in(row: Mapping[str, Any], criteria: Criteria) -> Case:
    """Return a row of a stated frame as a case; a frame does not say where evidence is kept.

    Raises pydantic's ValidationError where it was not checked.
    """
    data: dict[str, Any] = {"id": row["case"], "title": row["title"] or row["case"]}
    data["assessment_date"] = row["assessment_date"]
    for name, entity in criteria.entities.items():
        if entity.many is None:
            data[name] = {short: _in_model(row[f"{name}.{short}"]) for short in entity.facts}
        elif row[name] is not None:
            data[name] = tuple({short: _in_model(value) for short, value in one.items()} for one in row[name])
    kept = {"reference": _("not stated")}
    data["controls"] = tuple(
        {**one, "evidence": tuple({**each, **kept} for each in one["evidence"] or ())} for one in row["controls"] or ()
    )
    return case_model(criteria).model_validate(data)


def _in_model(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def check_stated(stated: pl.DataFrame, criteria: Criteria) -> None:
    """Raise RiskEngineError with every column that is not as the set has it; others beside them do not matter."""
    have = stated.schema
    wrong = [
        _("`{column}` is {have}, not {wanted}", column=name, have=_told(have.get(name)), wanted=_told(dtype))
        for name, dtype in stated_schema(criteria).items()
        if have.get(name) != dtype
    ]
    if wrong:
        raise RiskEngineError(_("these are no cases as the criteria state them: {problems}", problems="; ".join(wrong)))


def _told(dtype: pl.DataType | None) -> str:
    """Return what is told of a type: not the hundreds of words that it may take."""
    return "missing" if dtype is None else re.sub(r"Enum\(categories=\[.*?\]\)", "Enum", str(dtype))


def cases_from(stated: pl.DataFrame, criteria: Criteria) -> Cases:
    """Return stated cases in columns; what is evidence of a control hangs on the day for which each is assessed.

    Raises RiskEngineError where a column is not as `stated_schema` says.
    """
    check_stated(stated, criteria)
    single: dict[str, Column] = {}
    lists: dict[str, Entries] = {}
    for name, entity in criteria.entities.items():
        if entity.many is None:
            single |= _columns(name, entity.facts, stated, f"{name}.")
            continue
        column = stated[name]
        number = column.list.len().fill_null(0).to_numpy()
        entries = entries_of(column).struct.unnest()
        is_open = pl.all_horizontal(pl.col(*entity.facts).is_null())
        lists[name] = Entries(
            ids=entries["id"],
            facts=_columns(name, entity.facts, entries, ""),
            first=np.concatenate([[0], np.cumsum(number, dtype=np.int64)]),
            answered=column.is_not_null().to_numpy(),
            blank=entries.select((pl.col("id") == blank_id(name)) & is_open)["id"].to_numpy(),
        )
    return Cases(stated.height, single, lists, *_controls(stated, criteria))


def with_rows(cases: Cases, name: str, rows: pl.Series) -> Cases:
    """Return cases with other answers to a fact that names rows, of every entry by its place in the table."""
    entity = name.partition(".")[0]
    changed = {name: rows.to_frame().select(numbered(pl.first(), pl.UInt32())).to_series().to_numpy()}
    if entity not in cases.lists:
        return replace(cases, facts={**cases.facts, **changed})
    entries = cases.lists[entity]
    return replace(cases, lists={**cases.lists, entity: replace(entries, facts={**entries.facts, **changed})})


def each_entry(lists: pl.Series, change: Callable[[pl.Series], pl.Series], dtype: pl.DataType) -> pl.Series:
    """Return lists with other entries in the place of their own, as many in each; `change` is given all at a time.

    It may be given some more of them, which are in no list any more.
    """
    assert isinstance(dtype, pl.List)  # noqa: S101 (of lists)
    changed = pl.element().map_batches(change, return_dtype=dtype.inner, is_elementwise=True)
    return lists.rechunk().list.eval(changed).cast(dtype)


def entries_of(lists: pl.Series) -> pl.Series:
    """Return the entries of all lists, one after the other."""
    held: list[pl.Series] = []

    def keep(several: pl.Series) -> pl.Series:
        held.append(several)
        return several

    each_entry(lists, keep, lists.dtype)
    # To explode lists copies them: that is only for where there are entries in no list any more.
    if len(held) == 1 and len(held[0]) == lists.list.len().sum():
        return held[0]
    return lists.explode(empty_as_null=False, keep_nulls=False)


def _columns(name: str, facts: Mapping[str, AnyFact], stated: pl.DataFrame, under: str) -> dict[str, Column]:
    """Return the columns of an entity in numbers."""
    coded = [
        numbered(_coded(pl.col(f"{under}{short}"), fact), dtype).alias(f"{name}.{short}")
        for short, fact in facts.items()
        if (dtype := dtype_of(fact)) is not None
    ]
    return {one.name: one.to_numpy() for one in stated.select(coded)}


def _coded(column: pl.Expr, fact: AnyFact) -> pl.Expr:
    match fact:
        case ChoiceFact() | RowFact() | DateFact():
            return column.to_physical()
        case ChoicesFact():
            bits = pl.lit(2, pl.UInt64).pow(pl.element().to_physical())
            return pl.when(column.is_not_null()).then(column.list.eval(bits).list.sum())
        case BooleanFact() | IntegerFact():
            return column
        case TextFact():
            raise AssertionError(fact)  # no column holds it
        case _:
            assert_never(fact)


def _controls(cases: pl.DataFrame, criteria: Criteria) -> tuple[dict[str, Held], dict[str, Held]]:
    """Return in which cases controls are in place, with evidence as options need it, and in which agreed."""
    counts = cases["controls"].list.len().fill_null(0).to_numpy()
    of_case = pl.Series(np.repeat(np.arange(cases.height), counts))
    records = entries_of(cases["controls"]).struct.unnest()
    records = records.with_columns(case=of_case, on=cases["assessment_date"].gather(of_case))
    kind, day = (pl.col("evidence").struct.field(one) for one in ("kind", "date"))
    shown = (
        records.filter(pl.col("status").is_in(list(IN_PLACE)))
        .explode("evidence")
        .filter(day <= pl.col("on"))
        .group_by("id", kind)
        .agg("case")
    )
    asked = {
        (control, option.needs)
        for indicator in criteria.indicators.values()
        for option in indicator.controls
        for control in option.all
    }
    by_kind = {(one, other): places.to_numpy() for one, other, places in zip(*shown, strict=True)}
    in_place: dict[str, Held] = {}
    for control, needs in sorted(asked):
        for (name, evidence), places in by_kind.items():
            if name == control and (not needs or evidence in needs):
                in_place.setdefault(as_shown(control, needs), np.zeros(cases.height, bool))[places] = True
    agreed: dict[str, Held] = {}
    for name, places in zip(*records.filter(pl.col("status") != "planned").group_by("id").agg("case"), strict=True):
        agreed[name] = np.zeros(cases.height, bool)
        agreed[name][places.to_numpy()] = True
    return in_place, agreed
