"""Many cases on Spark come to what they come to on one machine, wherever they are decided and whatever dies."""

import contextlib
import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.many import Levels
from risk_engine.portfolio.reading import read
from risk_engine.portfolio.spark import assess_on_spark
from risk_engine.portfolio.spark_session import ARGUMENTS, session
from risk_engine.portfolio.stated import stated_of
from tests.engine.builder import ROOT
from tests.versions import newest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

pytestmark = [
    pytest.mark.long,
    pytest.mark.xdist_group("spark"),
    # Sockets to Java that Spark leaves to the collector of garbage.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
pytest.importorskip("pyspark", reason="the extra `spark` is not installed")

ON = date(2026, 12, 2)
COPIES = 24
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""What Java spends on making itself fast takes longer than these tests."""
SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": QUICK_START,
    "spark.executor.extraJavaOptions": QUICK_START,
    "spark.executorEnv.POLARS_MAX_THREADS": "1",
    "spark.sql.files.maxPartitionBytes": "60000",
    "spark.sql.files.openCostInBytes": "0",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
}


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SparkSession]":
    """A cluster of this machine: each of two workers is a process of its own."""
    import pyspark

    folder = tmp_path_factory.mktemp("spark")
    home = folder / "home"  # workers write into the folder of Spark
    home.mkdir()
    for one in Path(pyspark.__file__).parent.iterdir():
        (home / one.name).symlink_to(one)
    own = {**SETTINGS, "spark.local.dir": f"{folder}/local", "spark.sql.warehouse.dir": f"{folder}/warehouse"}
    arguments = " ".join(f"--conf '{name}={value}'" for name, value in own.items())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_HOME", str(home))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv(ARGUMENTS, f"--master local-cluster[2,1,1024] {arguments} pyspark-shell")
        with session() as started:
            yield started


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return newest("reconnect-china")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, criteria: Criteria) -> Path:
    """A table of cases, among them three that cannot be read: an id that stands far above, one that is none, a word."""
    examples = [load_case(one, criteria) for one in sorted((ROOT / "examples").glob("*.yaml"))]
    cases = pl.concat([stated_of(examples, criteria)] * COPIES)
    ids = [f"case-{number}" for number in range(cases.height)]
    ids[-2], ids[5] = ids[3], "no id!"
    days = pl.Series([None if number == 7 else ON.replace(day=2 + number // 132) for number in range(cases.height)])
    path = tmp_path_factory.mktemp("tables") / "cases of [many] offices.parquet"
    cases.with_columns(pl.Series("case", ids), days.alias("assessment_date")).write_parquet(path, row_group_size=24)
    return path


def results_in(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "results" / "*.parquet").sort("case")


def local(table: Path, criteria: Criteria) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return results and what was rejected, as one process has it."""
    deciding, batches = Deciding(criteria), list(read(table, criteria))
    return pl.concat([deciding.results(one.stated) for one in batches]), pl.concat([one.rejected for one in batches])


def executors(spark: "SparkSession") -> set[int]:
    """Return the processes that work for Spark; they belong to the session that its own process began."""
    own = os.getsid(spark.sparkContext._gateway.proc.pid)  # noqa: SLF001 (nothing else knows it)
    found = set()
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if b"CoarseGrainedExecutorBackend" in (one / "cmdline").read_bytes() and os.getsid(int(one.name)) == own:
                found.add(int(one.name))
    return found


def is_writing(folder: Path) -> bool:
    """Return whether results are being written there, under another name yet."""
    return any(folder.glob("_out.*.part/results"))


def test_a_run_in_which_a_worker_dies_is_whole_and_says_what_one_process_says(
    spark: "SparkSession", table: Path, criteria: Criteria, tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill(done: int, number: int) -> None:
        if not killed and 2 <= done <= number - 3 and is_writing(tmp_path):
            killed.append(min(executors(spark)))
            os.kill(killed[0], signal.SIGKILL)

    counts = run(spark, table, tmp_path / "out", criteria, tell=kill)
    results, rejected = local(table, criteria)
    assert killed
    assert killed[0] not in executors(spark)
    assert results_in(tmp_path / "out").equals(results.sort("case"))
    assert pl.read_parquet(tmp_path / "out" / "rejected" / "*.parquet").sort("row").equals(rejected)
    assert (counts.assessed, counts.rejected, counts.unread) == (results.height, 3, 0)
    levels = Levels(criteria)
    levels.count(results)
    assert (counts.levels, counts.contradictory) == (levels.levels, levels.contradictory)
    assert [one.name for one in tmp_path.iterdir()] == ["out"]


@pytest.mark.nightly
def test_ctrl_c_ends_the_work_and_leaves_nothing(
    spark: "SparkSession", table: Path, criteria: Criteria, tmp_path: Path
) -> None:
    def interrupt(done: int, _number: int) -> None:
        if done and is_writing(tmp_path):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run(spark, table, tmp_path / "out", criteria, tell=interrupt)
    assert list(tmp_path.iterdir()) == []
    assert not spark.sparkContext.statusTracker().getActiveJobsIds()


def run(
    spark: "SparkSession", table: Path | str, output: Path, criteria: Criteria, tell: Any = lambda *_: None, **how: bool
) -> Levels:
    how = {"force": False, "strict": False, **how}
    return assess_on_spark(
        str(table), str(output), Deciding(criteria), tell=tell, started=lambda: contextlib.nullcontext(spark), **how
    )


@pytest.mark.nightly
def test_what_is_wrong_with_files_is_told_at_once_and_nothing_is_written(
    spark: "SparkSession", criteria: Criteria, tmp_path: Path
) -> None:
    pl.DataFrame({"case": ["a"], "title": [1.5], "assessment_date": [True]}).write_parquet(tmp_path / "types.parquet")
    (tmp_path / "text.parquet").write_text("no table")
    for source, wanted in (
        (tmp_path / "none.parquet", "there is no such file or folder"),
        (tmp_path / "text.parquet", "this cannot be read as Parquet"),
        (tmp_path / "types.parquet", "`assessment_date` is Boolean"),
        (tmp_path / "types.parquet", "`title` is Float64"),
        ("nowhere://host/cases.parquet", "Spark cannot reach this"),
    ):
        with pytest.raises(RiskEngineError) as raised:
            run(spark, source, tmp_path / "out", criteria)
        assert wanted in str(raised.value)
        assert "\tat " not in str(raised.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.nightly
def test_a_strict_run_ends_at_what_cannot_be_read(
    spark: "SparkSession", table: Path, criteria: Criteria, tmp_path: Path
) -> None:
    with pytest.raises(RiskEngineError, match="the id stands in row 4 already"):
        run(spark, table, tmp_path / "out", criteria, strict=True)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_written_over(
    spark: "SparkSession", table: Path, criteria: Criteria, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    for force, wanted in ((False, "nothing is written over"), (True, "an earlier run wrote something else")):
        with pytest.raises(RiskEngineError, match=wanted):
            run(spark, table, tmp_path / "out", criteria, force=force)
