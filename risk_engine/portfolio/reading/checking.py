"""What is wrong in a batch of rows: each value that cannot be read, with its place and the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import polars as pl

from risk_engine.files.language import _
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.reading.headers import CASE, CORE, fact_named
from risk_engine.portfolio.reading.values import checked, text_of, words_of

REJECTED = pl.Schema(
    {"row": pl.Int64(), "table": pl.String(), "column": pl.String(), "value": pl.String(), "reason": pl.String()}
)
"""What is said of each value that rejected a case."""
AT, ROW, TABLE, NUMBER, OF_CASE = "IN BATCH", "IN ROW", "IN TABLE", "ENTRY", "OF CASE"
"""Of an answer: the case in its batch, row and table in which it stands, which entry of the case it is about; its id.

In capitals, for no fact is called so.
"""
MOST_SHOWN = 200
"""So much of a value is kept beside a reason."""
LONGEST_RUN = 1_000_000
"""Runs of ids shorter than this are put together: to make longer ones takes three times the memory of all ids."""


@dataclass
class Faults:
    """What could not be read in a batch."""

    parts: list[pl.DataFrame] = field(default_factory=list)

    def frame(self) -> pl.DataFrame:
        """Return all of it, by row."""
        if not self.parts:
            return pl.DataFrame(schema={AT: pl.UInt32(), **REJECTED})
        return pl.concat(self.parts).sort("row", maintain_order=True)


def shown(values: pl.Series) -> pl.Series:
    """Return values as a person who looks for them in the file would know them."""
    if isinstance(values.dtype, pl.List):
        values = values.list.eval(pl.element().cast(pl.String)).list.join("; ")
    text = values.cast(pl.String).str.replace(r"^\x00.", "")
    cut = pl.concat_str(pl.col("text").str.head(MOST_SHOWN), pl.lit("…"))
    is_long = pl.col("text").str.len_chars() > MOST_SHOWN
    return text.to_frame("text").select(pl.when(is_long).then(cut).otherwise(pl.col("text")).alias("text"))["text"]


def told_of(rejected: Mapping[str, Any]) -> str:
    """Return what is said of one row of `REJECTED`."""
    told = {**rejected, "value": rejected["value"] or ""}
    return _("{table}, row {row}, {column}: `{value}`: {reason}", **told)


class Checker:
    """Reads columns of one table as facts, and notes what is wrong in them."""

    def __init__(self, criteria: Criteria, table: str) -> None:
        """Take the set, and what the table is called beside reasons."""
        self.criteria = criteria
        self.table = table
        self.faults = Faults()
        self._words = words_of(criteria)

    def where(self, rows: pl.Series, ids: pl.Series) -> pl.DataFrame:
        """Return for each row where it stands, and of which case it is."""
        at = pl.int_range(len(rows), dtype=pl.UInt32, eager=True)
        return pl.DataFrame({AT: at, ROW: rows.cast(pl.Int64), OF_CASE: ids}).with_columns(
            pl.lit(self.table).alias(TABLE)
        )

    def checked(self, raw: pl.Series, name: str, header: str | pl.Expr, where: pl.DataFrame) -> pl.Series:
        """Return a column as the fact of that full name has it; what is wrong in it is noted."""
        fact = CORE[name] if name in CORE else fact_named(name, self.criteria)
        values, reasons = checked(raw, name, fact, self._words)
        if reasons is not None:
            self.note(reasons, raw, header, where)
        return values

    def note(self, reasons: pl.Series, raw: pl.Series, header: str | pl.Expr, where: pl.DataFrame) -> None:
        """Note the values beside which a reason stands."""
        self._add(reasons.is_not_null(), raw, header, where, reasons)

    def say(self, bad: pl.Series, values: pl.Series, header: str | pl.Expr, where: pl.DataFrame, reason: str) -> None:
        """Note the values that are bad, all for one reason."""
        self._add(bad, values, header, where, reason)

    def tear(self, torn: pl.Series, where: pl.DataFrame) -> None:
        """Note the rows of which nobody can tell which cells are which; nothing else is said of them."""
        ats = where[AT].filter(torn.is_not_null())
        self.faults.parts = [one.filter(~pl.col(AT).is_in(ats.implode())) for one in self.faults.parts]
        self.note(torn, torn.clear(len(torn)), "", where)

    def _add(
        self, bad: pl.Series, raw: pl.Series, header: str | pl.Expr, where: pl.DataFrame, reason: str | pl.Series
    ) -> None:
        """Note values of these cases (`AT`), rows and tables; a header may be told by what stands beside them."""
        if not bad.any():
            return
        self.faults.parts.append(
            where.filter(bad).select(
                AT,
                pl.col(ROW).alias("row"),
                pl.col(TABLE).alias("table"),
                (pl.lit(header) if isinstance(header, str) else header).alias("column"),
                shown(raw.filter(bad)).alias("value"),
                (pl.lit(reason) if isinstance(reason, str) else reason.filter(bad)).alias("reason"),
            )
        )


def case_ids(raw: pl.Series) -> pl.Series:
    """Return the ids of cases, null where there is none."""
    return text_of(raw.cast(pl.String)).values.rename(CASE)


class Again(Protocol):
    """Knows which ids of cases stood in another row."""

    def again(self, ids: pl.Series, rows: pl.Series) -> pl.Series:
        """Return for each id, and the row that states it, the row in which it stood before; null where it is new."""


class Seen:
    """Case ids that stood in a table before, kept as two hashes each: ten million of them take 240 MB."""

    def __init__(self) -> None:
        self._runs: list[tuple[Any, Any, Any]] = []

    def again(self, ids: pl.Series, rows: pl.Series) -> pl.Series:
        """Return for each id the row in which it stood before, null where it is new; and keep it."""
        first, second = ids.hash(seed=1).to_numpy(), ids.hash(seed=2).to_numpy()
        order = np.argsort(first, kind="stable")
        first, second, row = first[order], second[order], rows.to_numpy()[order]
        before = np.full(len(ids), -1, dtype=np.int64)
        same = np.flatnonzero((first[1:] == first[:-1]) & (second[1:] == second[:-1])) + 1
        before[same] = row[same - 1]
        for known_first, known_second, known_row in self._runs:
            place = np.searchsorted(known_first, first)
            place[place == len(known_first)] = 0
            hit = np.flatnonzero(known_first[place] == first)
            hit = hit[known_second[place[hit]] == second[hit]]
            before[hit] = known_row[place[hit]]
        self._keep(first, second, row)
        unsorted = np.empty_like(before)
        unsorted[order] = before
        return (
            pl.Series("before", unsorted)
            .to_frame()
            .select(pl.when(pl.col("before") >= 0).then(pl.col("before")))["before"]
        )

    def _keep(self, *run: Any) -> None:
        """Keep a run; short ones of one size become one, so that there are few to look in."""
        made = tuple(run)
        while self._runs and len(self._runs[-1][0]) <= len(made[0]) < LONGEST_RUN:
            other = self._runs.pop()
            both = [np.concatenate(parts) for parts in zip(other, made, strict=True)]
            order = np.argsort(both[0], kind="stable")
            made = tuple(one[order] for one in both)
        if len(made[0]):
            self._runs.append(made)
