"""Many cases of a table: read, decided and written as they come, and counted."""

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import polars as pl

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _, grouped_by_thousands, ngettext
from risk_engine.files.processes import Tell
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.forms import Split, check_rows, related
from risk_engine.portfolio.places import Outputs, Part
from risk_engine.portfolio.reading import Batch
from risk_engine.portfolio.reading.checking import told_of
from risk_engine.portfolio.results import result_schema
from risk_engine.portfolio.stream import in_steps

PART = 65_536
"""So many cases are read, decided and written at a time: each part costs as much more as thousands of its cases do."""
SHOWN = 20
"""So many of the values that ended a strict run are told."""


class Refused(NamedTuple):
    """How many values of a column could not be read, and what is said of the first."""

    values: int
    first: str


class Tally(ABC):
    """What comes of many cases: how many came to what so far, and what is written of them."""

    schema: pl.Schema
    """The columns of what is written."""
    split: Split

    def __init__(self) -> None:
        """Begin with nothing."""
        self.assessed = self.rejected = self.unread = self.done = 0
        self.total: int | None = None
        """Of how many rows; None where nobody knows before the end."""
        self.notes: dict[str, None] = {}
        """What reading tells of the table, each once."""
        self.refused: dict[tuple[str, str], Refused] = {}
        """By table and column what could not be read in it."""
        self.is_whole = False
        self.seconds = 0.0

    @abstractmethod
    def count(self, results: pl.DataFrame) -> pl.DataFrame:
        """Count what cases came to, and return what is written of it."""

    def add(self, batch: Batch, results: pl.DataFrame) -> Part:
        """Count a part of the table, and return what is written of it."""
        self.done, self.total = batch.done, batch.total
        self.notes |= dict.fromkeys(batch.notes)
        if batch.rejected.height:
            self.rejected += batch.rejected.select("table", "row").n_unique()
            self._refuse(batch.rejected)
        self.unread += results.height - results["unread"].null_count()
        self.assessed += results["unread"].null_count()
        return Part(self.count(results), batch.rejected)

    def _refuse(self, rejected: pl.DataFrame) -> None:
        by_column = rejected.group_by("table", "column", maintain_order=True)
        for one in by_column.agg(pl.len().alias("values"), pl.all().exclude("table", "column").first()).to_dicts():
            before = self.refused.get(key := (one["table"], one["column"]))
            values = one.pop("values")
            self.refused[key] = Refused(
                values + (before.values if before else 0), before.first if before else told_of(one)
            )

    @property
    def is_clean(self) -> bool:
        """Whether every row could be read and every case assessed."""
        return not self.rejected and not self.unread

    def why_partial(self) -> str:
        """Return why a run that was ended early has not written all."""
        done = grouped_by_thousands(self.done)
        if self.total:
            return _("ended by Ctrl-C after {done} of {all} rows", done=done, all=grouped_by_thousands(self.total))
        return _("ended by Ctrl-C after {done} rows", done=done)


class AtLevel(NamedTuple):
    """A level that a ladder proposes, and whether it may still become another one."""

    ladder: str
    level: str
    is_open: bool


class Levels(Tally):
    """Counts at which levels cases are, and writes all that they came to."""

    def __init__(self, criteria: Criteria) -> None:
        """Take the set under which they are assessed."""
        super().__init__()
        self.schema = result_schema(criteria)
        self.split = related
        self.contradictory = 0
        self.levels: Counter[AtLevel] = Counter()
        self._ladders = tuple(criteria.ladders)

    def count(self, results: pl.DataFrame) -> pl.DataFrame:
        """Count the levels; all is written."""
        self.contradictory += int((results["contradictions"].list.len() > 0).sum())
        for ladder in self._ladders:
            is_open = pl.col(f"{ladder}.lowest") != pl.col(f"{ladder}.highest")
            counted = results.group_by(pl.col(ladder).alias("level"), is_open.alias("open")).len().drop_nulls()
            for level, opened, number in counted.iter_rows():
                self.levels[AtLevel(ladder, level, opened)] += number
        return results


class _Came(NamedTuple):
    batch: Batch
    results: pl.DataFrame


def run(
    batches: Iterator[Batch],
    work: Callable[[pl.DataFrame], pl.DataFrame],
    tally: Tally,
    outputs: Outputs | None = None,
    *,
    strict: bool = False,
    tell: Tell = lambda *_: None,
) -> None:
    """Work on a table part by part, count what comes of it and write that, if it is to be written.

    Ctrl-C ends it early: then what was read by then is written, and the tally is not whole. What was written stands
    under other names yet (`Outputs.finish`). Raises what reading, working and writing raise, RiskEngineError at the
    first part of which something is rejected if the run is `strict`, and KeyboardInterrupt where Ctrl-C comes twice;
    then nothing is left.
    """
    begun = time.monotonic()

    def results_of(batch: Batch) -> _Came:
        if strict and batch.rejected.height:
            raise refused(batch.rejected)
        if outputs is not None and outputs.form == "xlsx" and batch.total is not None:
            check_rows(next(iter(tally.split(pl.DataFrame(schema=tally.schema)))), batch.total)
        return _Came(batch, work(batch.stated))

    def write(several: Iterator[_Came], is_whole: Callable[[], bool]) -> None:
        def parts() -> Iterator[Part]:
            for one in several:
                yield tally.add(*one)
                tell(tally.done, tally.total or 0)

        if outputs is None:
            for _part in parts():
                pass
        else:
            outputs.write(tally.schema, tally.split, parts(), lambda: "" if is_whole() else tally.why_partial())

    try:
        tally.is_whole = in_steps(batches, results_of, write)
    except BaseException:
        if outputs is not None:
            outputs.discard()
        raise
    tally.seconds = time.monotonic() - begun


def refused(rejected: pl.DataFrame) -> RiskEngineError:
    """Return why a strict run ends: the first of the values that cannot be read."""
    lines = [told_of(one) for one in rejected.head(SHOWN).iter_rows(named=True)]
    if (more := rejected.height - SHOWN) > 0:
        lines.append(ngettext("and {number} more", "and {number} more", more))
    return RiskEngineError("\n".join(lines), _("mend them, or leave out --strict: the other cases are assessed then"))
