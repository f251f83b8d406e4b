"""Answers about entries of lists: a frame with a row for each entry, wherever it stood, and back a list for each case.

An entry stands in numbered columns (`partner.1.country`), in a column of lists, or in a row of a table of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from risk_engine.files.diagnostics import suggestion
from risk_engine.files.language import _
from risk_engine.model.case import UNKNOWN
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import TextFact, belonging
from risk_engine.model.words import STATUSES
from risk_engine.portfolio.reading.checking import AT, NUMBER, OF_CASE, ROW, TABLE, Checker
from risk_engine.portfolio.reading.headers import (
    CONTROL_FACTS,
    CONTROLS,
    ID,
    KIND,
    SHOWN_ON,
    STATUS,
    Headers,
    is_nested,
)
from risk_engine.portfolio.reading.values import EMPTY, NONE, Refused, as_it_stands, by_unique, plain
from risk_engine.portfolio.stated import each_entry, stated_as, stated_schema

_ENTRY_ID = r"^[a-z0-9_-]+$"


@dataclass(frozen=True)
class Listed:
    """What a table of its own states about one entity or the controls, by case (`OF_CASE`), and what is wrong there."""

    entries: pl.DataFrame
    faults: pl.DataFrame


@dataclass(frozen=True)
class Batch:
    """Rows of a table of cases, where each stands, and which case it is."""

    frame: pl.DataFrame
    where: pl.DataFrame
    """`AT`, `ROW` and `OF_CASE`, as the rows are."""

    def nothing(self) -> pl.Series:
        """Return a column of false."""
        return pl.Series([False]).new_from_index(0, self.frame.height)


def lists_of(
    name: str, batch: Batch, headers: Headers, listed: Mapping[str, Listed], checker: Checker
) -> tuple[pl.Series, pl.DataFrame | None]:
    """Return the entries of a list as a list for each case, and where they are no nested column one by one too.

    What is wrong in them is noted. In a nested column most entries are as they stand: their lists stay what they are,
    and only those of the others are read.
    """
    column = batch.frame[headers.whole[name]] if name in headers.whole else None
    if column is None or not is_nested(column.dtype) or name in headers.numbered or name in listed:
        entries = entries_of(name, batch, headers, listed, checker)
        return _nested(name, entries, batch, headers, checker), entries
    lists, odd = _as_they_stand(name, column, checker.criteria)
    (places,) = np.nonzero(odd)
    if places.size:
        some = Batch(batch.frame[places], batch.where[places])
        own = _nested(name, entries_of(name, some, headers, listed, checker), some, headers, checker)
        taken = np.arange(len(odd))
        taken[places] = len(odd) + np.arange(places.size)
        lists = pl.concat([lists, own]).gather(taken)
    return lists, None


def _nested(name: str, entries: pl.DataFrame, batch: Batch, headers: Headers, checker: Checker) -> pl.Series:
    empty = said_empty(name, batch, headers, entries, checker)
    held = entries.select(AT, pl.struct(ID, *checker.criteria.entities[name].facts).alias(name))
    return nested(held, name, stated_schema(checker.criteria)[name], empty, batch.where)


def _as_they_stand(of: str, column: pl.Series, criteria: Criteria) -> tuple[pl.Series, NDArray[np.bool_]]:
    """Return lists, each value as its fact has it as far as it is one as it stands; and which must be looked at."""
    wanted, entity = stated_schema(criteria)[of], criteria.entities[of]
    facts = {ID: TextFact(type="text"), **entity.facts}
    dtypes = dict(wanted.inner)  # type: ignore[attr-defined]  # a list of structs
    odd: list[NDArray[np.bool_]] = []

    def read(raw: pl.Series) -> pl.Series:
        entries = raw.struct.unnest()
        stand = {one.name: as_it_stands(one, facts[one.name], dtypes[one.name]) for one in entries if one.name in facts}
        is_odd = np.full(len(raw), ID not in stand)
        for one in stand.values():
            if one.odd is not None:
                is_odd |= one.odd.to_numpy()
        if ID in stand:
            ids = stand[ID].values
            if ids.null_count() or not ids.unique().str.contains(_ENTRY_ID).all():
                is_odd |= ~ids.str.contains(_ENTRY_ID).fill_null(value=False).to_numpy()
        odd.append(is_odd)
        columns = {name: one.values for name, one in stand.items()}
        for name, dtype in dtypes.items():
            if name not in columns:
                columns[name] = pl.repeat(None, len(raw), dtype=dtype, eager=True)
        return pl.DataFrame([columns[name].alias(name) for name in dtypes]).to_struct()

    lists = each_entry(column, read, wanted)
    counts = lists.list.len().fill_null(0).to_numpy()
    found = counts > (entity.many or 0)
    is_odd = np.concatenate([np.zeros(0, dtype=bool), *odd])
    of_case = np.repeat(np.arange(len(counts)), counts)
    if len(is_odd) != len(of_case):  # more of them were looked at than are in lists now
        return lists, np.ones_like(found)
    found[of_case[is_odd]] = True
    (several,) = np.nonzero(counts > 1)
    ids = lists.list.eval(pl.element().struct[ID]).gather(several)
    found[several] |= (ids.list.n_unique() < ids.list.len()).to_numpy()
    return lists, found


def entries_of(
    name: str, batch: Batch, headers: Headers, listed: Mapping[str, Listed], checker: Checker
) -> pl.DataFrame:
    """Return the entries of a list in the order of the cases, each with an id; what is wrong in them is noted."""
    shape = _shape_of(name, checker.criteria)
    made = [_shaped(one, shape) for one in _parts(name, batch, headers, listed, checker) if one.height]
    if not made:
        return pl.DataFrame(schema=shape)
    return _with_ids(name, pl.concat(made).sort(AT, NUMBER, maintain_order=True), checker)


def _shape_of(name: str, criteria: Criteria) -> pl.Schema:
    facts = criteria.entities[name].facts
    own = {AT: pl.UInt32(), ROW: pl.Int64(), TABLE: pl.String(), NUMBER: pl.Int64(), ID: pl.String()}
    return pl.Schema({**own, **{short: stated_as(fact, criteria) for short, fact in facts.items()}})


def _parts(
    name: str, batch: Batch, headers: Headers, listed: Mapping[str, Listed], checker: Checker
) -> Iterator[pl.DataFrame]:
    for number, columns in sorted(headers.numbered.get(name, {}).items()):
        held, at = _where_said(batch, columns.values())
        found = {
            short: checker.checked(held[header], f"{name}.{short}", header, at) for short, header in columns.items()
        }
        yield at.with_columns(pl.lit(number).alias(NUMBER), **found)
    whole = headers.whole.get(name)
    if whole is not None and is_nested(batch.frame[whole].dtype):
        known = (ID, *checker.criteria.entities[name].facts)
        yield _checked(name, *exploded(batch.frame[whole], batch.where), known, checker)
    if name in listed:
        yield _joined(listed[name], batch)


def _joined(listed: Listed, batch: Batch) -> pl.DataFrame:
    return batch.where.select(AT, OF_CASE).join(listed.entries, on=OF_CASE, how="inner", maintain_order="left_right")


def _checked(name: str, long: pl.DataFrame, at: pl.DataFrame, known: Iterable[str], checker: Checker) -> pl.DataFrame:
    """Return entries that were nested in a column, each value as its fact has it."""
    found = {
        short: checker.checked(long[short], f"{name}.{short}", column_of(name, short), at)
        for short in known
        if short in long.columns
    }
    return at.with_columns(**found)


def column_of(name: str, short: str = "") -> pl.Expr:
    """Return what the column of an answer about an entry is called, by the number of the entry."""
    return pl.format("{}.{}" + (f".{short}" if short else ""), pl.lit(name), pl.col(NUMBER))


def _told_column(name: str, short: str, checker: Checker) -> pl.Expr:
    """Return the same, by where the entry stands: in a table of its own people look for the column alone."""
    return pl.when(pl.col(TABLE).eq(checker.table)).then(column_of(name, short)).otherwise(pl.lit(short))


def _where_said(batch: Batch, headers: Iterable[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows that say anything in these columns, if only that an answer is not known."""
    columns = batch.frame.select(headers)
    said = pl.any_horizontal(_is_said(one.dtype, pl.col(one.name)) for one in columns)
    is_there = columns.select(said.alias("said"))["said"]
    return columns.filter(is_there), batch.where.filter(is_there)


def _is_said(dtype: pl.DataType, column: pl.Expr) -> pl.Expr:
    return column.str.strip_chars().ne("").fill_null(value=False) if dtype == pl.String else column.is_not_null()


def _shaped(frame: pl.DataFrame, shape: pl.Schema) -> pl.DataFrame:
    """Return a frame with these columns; what nobody stated is null."""
    there = set(frame.columns)
    return frame.select(
        (pl.col(name) if name in there else pl.lit(None)).cast(dtype).alias(name) for name, dtype in shape.items()
    )


def _with_ids(name: str, entries: pl.DataFrame, checker: Checker) -> pl.DataFrame:
    """Return entries each with an id; ids that cannot be, or are there twice, and too many entries are noted."""
    most = checker.criteria.entities[name].many
    header = _told_column(name, ID, checker)
    fits = entries[ID].str.contains(_ENTRY_ID).fill_null(value=True)
    checker.say(~fits, entries[ID], header, entries, _("an id is small letters, digits, `-` and `_`"))
    made = pl.format("{}-{}", pl.lit(name.replace("_", "-")), pl.col(NUMBER))
    entries = entries.with_columns(pl.coalesce(ID, made).alias(ID))
    if entries.select(AT, ID).n_unique() < entries.height:
        twice = entries.select(pl.int_range(pl.len()).over(AT, ID).gt(0).alias("twice"))["twice"]
        checker.say(twice, entries[ID], header, entries, _("the case has an entry of this id already"))
    counts = np.bincount(entries[AT].to_numpy())
    if most is not None and counts.max() > most:
        over = entries.select(pl.int_range(pl.len()).over(AT).eq(most).alias("over"))["over"]
        number = pl.Series(counts[entries[AT].to_numpy()])
        reason = _("so many entries are more than a case may have; the most is {most}", most=most)
        checker.say(over, number, name, entries, reason)
    return entries


def check_belonging(
    lists: Mapping[str, pl.Series], read: Mapping[str, pl.DataFrame | None], where: pl.DataFrame, checker: Checker
) -> None:
    """Note entries that are said to belong to one that their case does not have; `read` are those known one by one."""
    for name in lists:
        found = belonging(checker.criteria.entities[name])
        if found is None:
            continue
        short, owner = found
        entries = read[name]
        said = (_one_by_one(lists[name], short) if entries is None else entries).filter(pl.col(short).is_not_null())
        if not said.height:
            continue
        known = _one_by_one(lists[owner], ID).select(AT, pl.col(ID).alias(short))
        lost = said.join(known, on=[AT, short], how="anti", maintain_order="left")
        if entries is None:
            lost = lost.join(where, on=AT, maintain_order="left")
        reason = _("`{name}` has no entry of this id", name=owner)
        checker.say(lost[short].is_not_null(), lost[short], _told_column(name, short, checker), lost, reason)


def _one_by_one(lists: pl.Series, short: str) -> pl.DataFrame:
    """Return an answer of each entry of lists, in which case of the batch it stands and at which place there."""
    values = lists.list.eval(pl.element().struct[short])
    return _placed(lists, values.explode(empty_as_null=False, keep_nulls=False).alias(short).to_frame())


def _placed(lists: pl.Series, entries: pl.DataFrame) -> pl.DataFrame:
    """Return entries of lists, one after the other, with the number of their list (`AT`) and of each in it."""
    counts = lists.list.len().fill_null(0).to_numpy().astype(np.int64)
    at = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
    number = np.arange(1, len(at) + 1) - np.repeat(np.cumsum(counts) - counts, counts)
    return entries.with_columns(pl.Series(AT, at), pl.Series(NUMBER, number))


def said_empty(name: str, batch: Batch, headers: Headers, entries: pl.DataFrame, checker: Checker) -> pl.Series:
    """Return of which cases it is said that a list has no entries; where there are some all the same, that is noted."""
    header = headers.whole.get(name)
    if header is None or (column := batch.frame[header]).dtype == pl.Null:
        return batch.nothing()
    if is_nested(column.dtype):
        return column.list.len().eq(0).fill_null(value=False)
    way_out = _("a list says `none` where it is empty; its entries stand in columns or a table of their own")

    def read(text: str) -> Any:
        said = plain(text)
        return True if said in {NONE, EMPTY} else None if said in {"", UNKNOWN} else Refused(way_out)

    values, reasons = by_unique(column, pl.Boolean(), read)
    if reasons is not None:
        checker.note(reasons, column, header, batch.where)
    empty = values.fill_null(value=False)
    both = empty & batch.where[AT].is_in(entries[AT].unique().implode())
    checker.say(both, column, header, batch.where, _("it is said that there are none, and there are entries"))
    return empty


def exploded(column: pl.Series, where: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the entries of a column of lists, a row each, and beside them where each stands and its number."""
    long = column.explode(empty_as_null=False, keep_nulls=False).struct.unnest()
    placed = _placed(column, pl.DataFrame(height=long.height))
    return long, where[placed[AT]].with_columns(placed[NUMBER])


def nested(held: pl.DataFrame, name: str, dtype: pl.DataType, empty: pl.Series, where: pl.DataFrame) -> pl.Series:
    """Return entries (`held`: `AT` and one column of them) as a list for each case.

    An empty one where that is said, null where nothing is.
    """
    nothing = pl.Series(name, [[], None], dtype=dtype).gather((~empty).cast(pl.UInt32))
    if not held.height:
        return nothing
    lists = held.group_by(AT, maintain_order=True).agg(pl.col(name)).select(AT, pl.col(name).cast(dtype).alias("held"))
    joined = where.select(AT).join(lists, on=AT, how="left", maintain_order="left")["held"]
    return joined.to_frame().select(pl.coalesce("held", nothing).alias(name))[name]


# --- controls ---


_RECORDS = pl.Schema(
    {
        AT: pl.UInt32(),
        ROW: pl.Int64(),
        TABLE: pl.String(),
        NUMBER: pl.Int64(),
        ID: pl.String(),
        STATUS: pl.String(),
        KIND: pl.String(),
        SHOWN_ON: pl.Date(),
    }
)


def controls_of(
    batch: Batch, headers: Headers, listed: Mapping[str, Listed], dtype: pl.DataType, checker: Checker
) -> pl.Series:
    """Return the controls of each case with their evidence; what is wrong in them is noted."""
    column = batch.frame[headers.whole[CONTROLS]] if CONTROLS in headers.whole else None
    if column is not None and column.dtype == dtype and not headers.controls and CONTROLS not in listed:
        stated = column.list.eval(pl.element().struct.with_fields(evidence=pl.field("evidence").fill_null([])))
        if _are_plain(stated, checker.criteria):
            return stated.fill_null([])
    made = [_shaped(one, _RECORDS) for one in _control_parts(batch, headers, listed, checker) if one.height]
    said_empty(CONTROLS, batch, headers, pl.DataFrame(schema=_RECORDS), checker)
    records = pl.concat(made).sort(AT, maintain_order=True) if made else pl.DataFrame(schema=_RECORDS)
    _check_controls(records, checker)
    evidence = pl.struct(KIND, SHOWN_ON).filter(pl.col(KIND).is_not_null()).alias("evidence")
    grouped = records.group_by(AT, ID, maintain_order=True).agg(pl.col(STATUS).first(), evidence)
    held = grouped.select(AT, pl.struct(ID, STATUS, "evidence").alias(CONTROLS))
    return nested(held, CONTROLS, dtype, ~batch.nothing(), batch.where)


def _are_plain(controls: pl.Series, criteria: Criteria) -> bool:
    """Return whether all that is stated of controls is so as it stands, as it is in nearly every part of a table."""
    records = controls.explode(empty_as_null=False, keep_nulls=False).struct.unnest()
    shown = records["evidence"].explode(empty_as_null=False, keep_nulls=False).struct.unnest()
    ids = controls.list.eval(pl.element().struct[ID])
    return (
        not any(one.null_count() for one in (records[ID], records[STATUS], shown[KIND], shown[SHOWN_ON]))
        and bool(records[ID].is_in(list(criteria.controls)).all() and records[STATUS].is_in(list(STATUSES)).all())
        and as_it_stands(shown[KIND], CONTROL_FACTS[KIND], pl.String()).odd is None
        and bool((ids.list.n_unique() == ids.list.len()).all())
    )


def _control_parts(
    batch: Batch, headers: Headers, listed: Mapping[str, Listed], checker: Checker
) -> Iterator[pl.DataFrame]:
    for name, columns in headers.controls.items():
        held, at = _where_said(batch, columns.values())
        found = {what: checker.checked(held[one], f"{CONTROLS}.{what}", one, at) for what, one in columns.items()}
        stated = at.with_columns(pl.lit(name).alias(ID), **found)
        # A row in which each cell says `unknown` states no control.
        yield stated.filter(pl.any_horizontal(pl.col(one).is_not_null() for one in found))
    whole = headers.whole.get(CONTROLS)
    if whole is not None and is_nested(batch.frame[whole].dtype):
        yield _nested_controls(batch.frame[whole], batch, checker)
    if CONTROLS in listed:
        yield _joined(listed[CONTROLS], batch)


def _nested_controls(column: pl.Series, batch: Batch, checker: Checker) -> pl.DataFrame:
    long, at = exploded(column, batch.where)
    if "evidence" in long.columns and is_nested(long.schema["evidence"]):
        both = pl.concat([at, long], how="horizontal").explode("evidence", empty_as_null=True).unnest("evidence")
        at, long = both.select(at.columns), both.drop(at.columns)
    records = _checked(CONTROLS, long, at, CONTROL_FACTS, checker)
    if ID in records.columns:
        again = records.select(pl.col(NUMBER).n_unique().over(AT, ID).gt(1).alias("again"))["again"]
        checker.say(again, records[ID], column_of(CONTROLS, ID), records, _("the case has an entry of this id already"))
    return records


def _check_controls(records: pl.DataFrame, checker: Checker) -> None:
    known = checker.criteria.controls

    def read(text: str) -> Any:
        return text if text in known else Refused(_("there is no such control") + "; " + suggestion(text, known))

    if not records.height:
        return
    # In a table that is no list of entries a control is known by its name.
    here = pl.format("{}.{}", pl.lit(CONTROLS), pl.coalesce(pl.col(NUMBER).cast(pl.String), ID, pl.lit("")))

    def under(column: str) -> pl.Expr:
        return pl.when(pl.col(TABLE).eq(checker.table)).then(here).otherwise(pl.lit(column))

    _values, reasons = by_unique(records[ID], pl.String(), read)
    if reasons is not None:
        checker.note(reasons, records[ID], under(ID), records)
    checker.say(records[ID].is_null(), records[ID], under(ID), records, _("it is not said which control this is"))
    reason = _("no status is stated: {known}", known=", ".join(STATUSES))
    checker.say(records[STATUS].is_null(), records[ID], under(STATUS), records, reason)
    half = records[KIND].is_null() != records[SHOWN_ON].is_null()
    checker.say(half, records[ID], under(KIND), records, _("evidence has a kind and a date; one of them is missing"))
    several = records.select(pl.col(STATUS).n_unique().over(AT, ID).gt(1).alias("several"))["several"]
    checker.say(several, records[ID], under(STATUS), records, _("rows about one control state several statuses"))
