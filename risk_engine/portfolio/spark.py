"""Many cases on Spark: checked and decided as on one machine, part by part, wherever a part lies.

A process of a cluster needs this package and no file: the criteria come to it as one sealed text, and are checked there
as they are when a file of them is read. A part that is lost with its machine is worked out again, to the same results.
"""

import contextvars
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import unquote
from uuid import uuid4

import orjson
import polars as pl

from risk_engine.files.diagnostics import DefectError, RiskEngineError
from risk_engine.files.interrupts import unheard
from risk_engine.files.language import _, current, grouped_by_thousands, in_language
from risk_engine.files.processes import Tell
from risk_engine.loading.bundle import bundle_of, parse_bundle, written
from risk_engine.loading.criteria import criteria_in
from risk_engine.model.profile import Profile
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.many import AtLevel, Levels, refused
from risk_engine.portfolio.reading import columns_left
from risk_engine.portfolio.reading.checking import REJECTED
from risk_engine.portfolio.reading.headers import CASE, Headers, check_types, headers_of
from risk_engine.portfolio.reading.stating import Stating
from risk_engine.portfolio.reading.tables import Part as TablePart
from risk_engine.portfolio.results import ENDS, result_schema
from risk_engine.portfolio.spark_session import Files, reason_of, session, wait_for_tasks

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pyarrow import RecordBatch, Schema
    from pyspark.sql import Column, DataFrame, SparkSession

T = TypeVar("T")

RESULTS, REJECTS, ABOUT = "results", "rejected", "about.json"
"""What lies in the folder of a run."""
MOST_TWICE = 100_000
"""So many rows may state an id that another row has; with more of them it is no table of cases."""
_FILE, _ROW = "FILE", "ROW"
"""Where a case stands, beside what it states. In capitals, for no fact is called so."""
_ROWS = 40
"""So many bits number the rows of a file."""
_PATTERN = "[]{}*?\\"
_LOOK = 0.2
"""After so many seconds it is looked again how far Spark is."""
_SETS = 4
"""So many sets of criteria a process of a cluster has at hand."""


# --- in a process of the cluster ---


@dataclass(frozen=True)
class Sealed:
    """What cases are decided with, as another machine is sent it."""

    bundle: bytes
    on: date | None
    profile: bytes | None

    @classmethod
    def of(cls, deciding: Deciding) -> "Sealed":
        """Seal it; raises InvalidSourceError where the files of the criteria were changed since they were read."""
        profile = deciding.profile and deciding.profile.model_dump(mode="json", by_alias=True, exclude_none=True)
        return cls(written(bundle_of(deciding.criteria)), deciding.on, orjson.dumps(profile) if profile else None)


@lru_cache(_SETS)
def opened(sealed: Sealed) -> Deciding:
    """Return what cases are decided with: made once in a process, for all the parts that come to it."""
    criteria = criteria_in(parse_bundle(sealed.bundle, _("the criteria that were sent")))
    profile = None if sealed.profile is None else Profile.model_validate(orjson.loads(sealed.profile), strict=False)
    return Deciding(criteria, sealed.on, profile)


class Placed:
    """Numbers the rows of all files that come to a part, and knows which ids stand in several of them."""

    def __init__(self, first: Mapping[str, tuple[str, int]]) -> None:
        """Take by id that several rows state file and row of the first of them."""
        self._files: dict[str, int] = {}
        self._first = pl.DataFrame(
            [(name, self._number(file) * 2**_ROWS + row) for name, (file, row) in first.items()],
            schema={"id": pl.String, "first": pl.Int64},
            orient="row",
        )

    def rows(self, frame: pl.DataFrame) -> pl.Series:
        """Return one number for file and row of each case."""
        numbers = {file: self._number(file) for file in frame[_FILE].unique()}
        file = pl.col(_FILE).replace_strict(numbers, return_dtype=pl.Int64)
        return frame.select((file * 2**_ROWS + pl.col(_ROW)).alias(_ROW))[_ROW]

    def again(self, ids: pl.Series, rows: pl.Series) -> pl.Series:
        """Return for each id the row in which it stands first, null where that is this one (`reading.checking`)."""
        found = pl.DataFrame({"id": ids, "row": rows}).join(self._first, on="id", how="left", maintain_order="left")
        first = pl.col("first")
        return found.select(pl.when(first != pl.col("row")).then(first % 2**_ROWS))["first"]

    def told(self, rejected: pl.DataFrame) -> pl.DataFrame:
        """Return what was rejected with the names of files, and the rows as these have them."""
        names = {number: unquote(PurePosixPath(file).name) for file, number in self._files.items()}
        at = pl.col("row")
        return rejected.with_columns(
            (at // 2**_ROWS).replace_strict(names, return_dtype=pl.String).alias("table"), at % 2**_ROWS
        )

    def _number(self, file: str) -> int:
        return self._files.setdefault(file, len(self._files))


@dataclass(frozen=True)
class Work:
    """What a process of the cluster does with a part."""

    sealed: Sealed
    columns: tuple[str, ...]
    headers: Headers
    first: Mapping[str, tuple[str, int]]
    language: str
    schemas: Mapping[str, "Schema"]
    """By what is kept of a part."""

    def results(self, batches: "Iterator[RecordBatch]") -> "Iterator[RecordBatch]":
        """Yield what the cases of a part come to."""
        deciding = opened(self.sealed)
        for stated, _rejected in self._checked(batches):
            with in_language(self.language):
                results = deciding.results(stated)
            yield from self._sent(results, RESULTS)

    def rejected(self, batches: "Iterator[RecordBatch]") -> "Iterator[RecordBatch]":
        """Yield of the cases of a part that cannot be read every value that cannot."""
        for _stated, rejected in self._checked(batches):
            yield from self._sent(rejected, REJECTS)

    def _checked(self, batches: "Iterator[RecordBatch]") -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        deciding, placed = opened(self.sealed), Placed(self.first)
        stating = Stating(deciding.criteria, self.headers, "", deciding.on, seen=placed)
        for batch in batches:
            frame = pl.DataFrame(pl.from_arrow(batch))
            frame.columns = [*self.columns, _FILE, _ROW]
            with in_language(self.language):
                stated, rejected = stating.stated(TablePart(frame.drop(_FILE, _ROW), placed.rows(frame)))
            yield stated, placed.told(rejected)

    def _sent(self, frame: pl.DataFrame, what: str) -> "Iterator[RecordBatch]":
        # Spark takes no lists with long offsets, which are what Polars has.
        yield from frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(self.schemas[what]).to_batches()


# --- where the run was started ---


def assess_on_spark(  # noqa: PLR0913 (one parameter for each option)
    source: str,
    output: str,
    deciding: Deciding,
    *,
    force: bool,
    strict: bool,
    tell: Tell,
    started: "Callable[[], AbstractContextManager[SparkSession]]" = session,
) -> Levels:
    """Write what the cases of Parquet files come to into a folder; return how many came to what.

    Source and folder lie wherever Spark reads and writes. The folder has its name when all is in it: `results`, where
    rows could not be read `rejected`, and `about.json`. Raises RiskEngineError with everything that a user can mend,
    `strict` where a row or a column cannot be read too, and KeyboardInterrupt at Ctrl-C; then nothing is left.
    """
    begun = time.monotonic()
    # A Ctrl-C while this thread waits for an answer of Java would leave Java unable to answer: so another one asks.
    told = _Aside(lambda: _assess(started, source, output, deciding, told, force=force, strict=strict))
    levels = told.wait(tell)
    levels.seconds = time.monotonic() - begun
    return levels


class _Aside(Generic[T]):
    """Work on Spark in a thread of its own, which Ctrl-C ends."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._came: list[T] = []
        self._wrong: list[Exception] = []
        self._is_stopped = threading.Event()
        self._is_over = threading.Event()
        self._context: Any = None

    def wait(self, tell: Tell) -> T:
        """Return what the work comes to, and tell meanwhile how far it is."""
        try:
            with unheard():
                for one in (self._run, lambda: self._tell(tell)):
                    # The language of the run is one of the context, which a thread does not take along by itself.
                    threading.Thread(target=contextvars.copy_context().run, args=(one,), daemon=True).start()
            # A wait without an end is not ended by a signal that another thread gets, and a thread of which a wait is
            # ended counts as ended itself (Python 3.11): hence neither `join`, nor one `wait` alone.
            while not self._is_over.wait(_LOOK):
                pass
        except KeyboardInterrupt:
            self._is_stopped.set()
            while not self._is_over.wait(_LOOK):  # what begins only now was not ended yet
                if (context := self._context) is not None:
                    context.cancelAllJobs()
            raise
        for error in self._wrong:
            raise error
        return self._came[0]

    def end_if_stopped(self, spark: "SparkSession") -> None:
        """Raise KeyboardInterrupt where the work is to end, else take note of what does it from now on."""
        self._context = spark.sparkContext
        if self._is_stopped.is_set():
            raise KeyboardInterrupt

    def _run(self) -> None:
        try:
            self._came.append(self._work())
        except KeyboardInterrupt:
            pass  # the first thread says so
        except Exception as error:  # noqa: BLE001 (likewise)
            self._wrong.append(error)
        finally:
            self._is_over.set()

    def _tell(self, tell: Tell) -> None:
        """Tell how many of how many parts of what Spark works on are done."""
        from py4j.protocol import Py4JError

        while not (self._is_over.is_set() or self._is_stopped.is_set()):
            if (context := self._context) is not None:
                try:
                    tracker = context.statusTracker()
                    there = [one for one in map(tracker.getStageInfo, tracker.getActiveStageIds()) if one is not None]
                except (AttributeError, Py4JError):
                    return  # Spark was stopped meanwhile, and has nobody left to ask
                tell(sum(one.numCompletedTasks for one in there), sum(one.numTasks for one in there))
            time.sleep(_LOOK)


def _assess(  # noqa: PLR0913 (likewise)
    started: "Callable[[], AbstractContextManager[SparkSession]]",
    source: str,
    output: str,
    deciding: Deciding,
    aside: _Aside[Levels],
    *,
    force: bool,
    strict: bool,
) -> Levels:
    with started() as spark:
        aside.end_if_stopped(spark)
        files = Files(spark)
        _check_output(files, output, force=force)
        run = _Run(spark, files, source, deciding, aside)
        # Whatever begins with this sign is overlooked by all that read folders of Parquet.
        unfinished = files.beside(output, f"_{files.name(output)}.{uuid4().hex[:8]}.part")
        try:
            levels = run.write(unfinished, strict=strict)
            files.write(f"{unfinished}/{ABOUT}", orjson.dumps(run.about(levels), option=orjson.OPT_INDENT_2).decode())
            if force:
                files.remove(output)
            files.rename(unfinished, output)
        except BaseException:
            wait_for_tasks(spark)  # what still writes would make its folder anew
            files.remove(unfinished)
            raise
        return levels


def _check_output(files: Files, output: str, *, force: bool) -> None:
    if not files.has(output):
        return
    if not force:
        message = _("{files}: there already; nothing is written over", files=output)
        raise RiskEngineError(message, _("choose another name with -o, or write over it with --force"))
    if not files.has(f"{output}/{ABOUT}"):
        message = _("{files}: an earlier run wrote something else, so this is not replaced", files=output)
        raise RiskEngineError(message, _("choose another name with -o"))


class _Run:
    """One run over all cases of a table."""

    def __init__(
        self, spark: "SparkSession", files: Files, source: str, deciding: Deciding, aside: _Aside[Levels]
    ) -> None:
        """Look at what the columns state; raises RiskEngineError with every one that cannot hold what it states."""
        from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

        self._spark = spark
        self._source = source
        self._deciding = deciding
        self._aside = aside
        self._cases = self._read(files)
        schema = _polars(to_arrow_schema(self._cases.schema))
        self._headers = headers_of(schema, deciding.criteria, source)
        check_types(self._headers, schema, deciding.criteria, source)
        kept = {RESULTS: result_schema(deciding.criteria), REJECTS: REJECTED}
        self._kept = {what: from_arrow_schema(_arrow(one)) for what, one in kept.items()}
        self._schemas = {what: to_arrow_schema(one) for what, one in self._kept.items()}

    def write(self, folder: str, *, strict: bool) -> Levels:
        """Write results, and what was rejected; return how many came to what."""
        levels = Levels(self._deciding.criteria)
        levels.notes = dict.fromkeys(columns_left(self._source, self._headers.unknown))
        if levels.notes and strict:
            raise RiskEngineError(
                "\n".join(levels.notes), _("take it out, rename it, confirm it, or leave out `--strict`")
            )
        levels.total = levels.done = self._do(self._cases.count)
        work = Work(
            Sealed.of(self._deciding),
            tuple(self._cases.columns),
            self._headers,
            self._twice(),
            current(),
            self._schemas,
        )
        if strict:
            self._stop_at_rejected(work)
        self._keep(folder, RESULTS, work.results)
        self._count(self._spark.read.parquet(f"{folder}/{RESULTS}"), levels)
        there = levels.assessed + levels.unread
        if there < levels.done:
            self._keep(folder, REJECTS, work.rejected)
            kept = self._spark.read.parquet(f"{folder}/{REJECTS}").select("table", "row").distinct()
            levels.rejected = self._do(kept.count)
        if there + levels.rejected != levels.done:
            raise DefectError(f"of {levels.done} cases {there} were written and {levels.rejected} rejected")
        levels.is_whole = True
        return levels

    def about(self, levels: Levels) -> dict[str, Any]:
        """Return under what the results were made, and what became of all rows."""
        head, profile, on = self._deciding.criteria.head, self._deciding.profile, self._deciding.on
        return {
            "criteria": f"{head.id}@{head.version}",
            "digest": self._deciding.criteria.digest,
            "on": on.isoformat() if on else None,
            "profile": profile.institution if profile else None,
            "source": self._source,
            "assessed": levels.assessed,
            "rejected": levels.rejected,
            "unread": levels.unread,
        }

    def _read(self, files: Files) -> "DataFrame":
        source = self._source
        if files.has(source):  # then a bracket in its name is a bracket
            source = "".join(f"\\{one}" if one in _PATTERN else one for one in source)
        elif not files.matches(source):
            raise RiskEngineError(_("{path}: there is no such file or folder", path=self._source))
        try:
            # Of files that state different columns Spark would take those of one.
            return self._do(lambda: self._spark.read.option("mergeSchema", "true").parquet(source))
        except RiskEngineError as error:
            message = _("{path}: this cannot be read as Parquet: {reason}", path=self._source, reason=error.message)
            raise RiskEngineError(message) from None

    def _twice(self) -> dict[str, tuple[str, int]]:
        """Return of ids that several rows state file and row of the first."""
        from pyspark.sql import functions as sql

        name = sql.col(_quoted(self._headers.core[CASE])).cast("string")
        at = sql.struct(sql.col("_metadata.file_path").alias("file"), _row().alias("row"))
        # What reading takes for space around an id is that here too.
        ids = self._cases.select(sql.regexp_replace(name, r"(?U)^\s+|\s+$", "").alias("id"), at.alias("at"))
        several = ids.groupBy("id").agg(sql.count("*").alias("rows"), sql.min("at").alias("at")).where("rows > 1")
        found = [one for one in self._do(several.limit(MOST_TWICE + 1).collect) if one["id"]]
        if len(found) > MOST_TWICE:
            message = _(
                "{path}: more than {number} cases are in several rows",
                path=self._source,
                number=grouped_by_thousands(MOST_TWICE),
            )
            raise RiskEngineError(message, _("a case has one row; what it has several of is a list in a column"))
        return {one["id"]: (one["at"]["file"], one["at"]["row"]) for one in found}

    def _mapped(self, what: str, work: Callable[..., Any]) -> "DataFrame":
        from pyspark.sql import functions as sql

        placed = self._cases.select("*", sql.col("_metadata.file_path"), _row())
        # Spark looks for the columns of what it maps by name, and takes a dot in it for a field of a struct.
        return placed.toDF(*map(str, range(len(placed.columns)))).mapInArrow(work, self._kept[what])

    def _keep(self, folder: str, what: str, work: Callable[..., Any]) -> None:
        self._do(lambda: self._mapped(what, work).write.parquet(f"{folder}/{what}"))

    def _stop_at_rejected(self, work: Work) -> None:
        found = self._do(self._mapped(REJECTS, work.rejected).toArrow)
        if found.num_rows:
            raise refused(pl.DataFrame(pl.from_arrow(found)))

    def _count(self, results: "DataFrame", levels: Levels) -> None:
        from pyspark.sql import functions as sql

        ladders = list(enumerate(self._deciding.criteria.ladders))
        by = [sql.col("unread").isNotNull().alias("unread"), (sql.size("contradictions") > 0).alias("odd")]
        for at, name in ladders:
            ends = [sql.col(_quoted(f"{name}.{end}")) for end in ENDS]
            by += [sql.col(_quoted(name)).alias(f"level {at}"), (ends[0] != ends[1]).alias(f"open {at}")]
        for one in self._do(results.groupBy(*by).count().collect):
            number = one["count"]
            levels.contradictory += number if one["odd"] else 0
            if one["unread"]:
                levels.unread += number
                continue
            levels.assessed += number
            for at, name in ladders:
                levels.levels[AtLevel(name, one[f"level {at}"], one[f"open {at}"])] += number

    def _do(self, what: Callable[[], T]) -> T:
        """Return what Spark comes to."""
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        self._aside.end_if_stopped(self._spark)
        try:
            return what()
        except (PySparkException, Py4JError) as error:
            self._aside.end_if_stopped(self._spark)
            raise RiskEngineError(_("Spark gave up: {reason}", reason=reason_of(error))) from None


def _row() -> "Column":
    """Return the number of a row in its file, from one."""
    from pyspark.sql import functions as sql

    return sql.col("_metadata.row_index") + 1


def _quoted(name: str) -> str:
    """Return the name of a column as Spark takes it for one name, whatever is in it."""
    return f"`{name.replace('`', '``')}`"


def _arrow(schema: pl.Schema) -> "Schema":
    return pl.DataFrame(schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest()).schema


def _polars(schema: "Schema") -> pl.Schema:
    return pl.DataFrame(pl.from_arrow(schema.empty_table())).schema
