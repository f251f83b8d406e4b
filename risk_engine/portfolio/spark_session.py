"""Spark itself: on this machine alone, or where `spark-submit` says; and the files that it reaches.

On this machine nothing is listened to from outside, no page of Spark is served, and what Spark writes for itself lies
in a folder that is gone at the end.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.reading import read_bytes

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NAME = "risk-engine"
OLDEST_JAVA = 17
SUBMITTED = "PYSPARK_GATEWAY_PORT"
"""So `spark-submit` says where the Spark is that it has started."""
ARGUMENTS = "PYSPARK_SUBMIT_ARGS"
"""Of a Spark that is yet to be started this says how; without either it is this machine's."""
_LIBRARIES = ("pyspark", "pyarrow", "pandas", "polars")
_TRIES = 4
"""So often a part is tried whose process died, as on a cluster."""
_SQL = {
    # Columns that differ in case are two, and a day is the same day wherever the cluster stands.
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
}
_UNLESS_SAID = {
    # So many cases go to a process of Python at a time.
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    # Of so many bytes of Parquet is a part: to decide takes longer than to read, so parts are smaller than is usual.
    "spark.sql.files.maxPartitionBytes": f"{16 * 1024 * 1024}",
}
_VERSION = re.compile(r'version "(\d+)')
_PATIENCE = 20
"""So many seconds Spark has to end by itself."""


def need_spark() -> None:
    """Raise MissingExtraError where Spark, or what it hands columns over with, is not installed."""
    if any(find_spec(one) is None for one in _LIBRARIES):
        raise MissingExtraError(_("Spark needs libraries that are not installed"), "spark")


@contextlib.contextmanager
def session() -> "Iterator[SparkSession]":
    """Yield Spark, which ends with the block: that of `spark-submit`, else all processors of this machine.

    Raises MissingExtraError without the extra `spark`, and RiskEngineError where Spark does not start, for want of a
    Java that is new enough or for another reason.
    """
    need_spark()
    from pyspark.sql import SparkSession

    if SUBMITTED in os.environ:
        spark = SparkSession.builder.appName(NAME).getOrCreate()
        try:
            yield _set_up(spark)
        finally:
            spark.stop()
        return
    need_java()
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-spark-", ignore_cleanup_errors=True) as folder:
        settings = {} if ARGUMENTS in os.environ else _alone(folder)
        # Spark is told this in no other way, and would take any Python that is called so.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        if settings:
            os.environ.setdefault("SPARK_LOCAL_IP", settings["spark.driver.host"])
        with _own(settings, Path(folder, "log")) as spark:
            yield _set_up(spark)


def need_java() -> None:
    """Raise RiskEngineError where no Java is found, or one that is too old for Spark."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    way_out = _(
        "install it (on Debian the package `openjdk-{number}-jre-headless`), or say where it is: JAVA_HOME",
        number=OLDEST_JAVA,
    )
    try:
        said = subprocess.run(  # noqa: S603 (the Java that Spark would start)
            [java or "java", "-version"], capture_output=True, check=False, encoding="utf-8", errors="replace"
        ).stderr
    except OSError:
        message = _("Spark needs Java {number} or newer, and there is none", number=OLDEST_JAVA)
        raise RiskEngineError(message, way_out) from None
    version = _VERSION.search(said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        found = next(iter(said.splitlines()), java)
        message = _("Spark needs Java {number} or newer, and here is: {found}", number=OLDEST_JAVA, found=found)
        raise RiskEngineError(message, way_out)


def _alone(folder: str) -> dict[str, str]:
    """Return how Spark runs on this machine, with a folder for what it writes for itself."""
    loopback = "127.0.0.1"
    return {
        "spark.master": f"local[*,{_TRIES}]",
        "spark.app.name": NAME,
        "spark.driver.bindAddress": loopback,
        "spark.driver.host": loopback,
        # Each of its tasks holds a group of rows that is being written.
        "spark.driver.memory": "2g",
        # There is a process of Python for each processor already.
        "spark.executorEnv.POLARS_MAX_THREADS": "1",
        "spark.local.dir": folder,
        "spark.sql.warehouse.dir": f"{folder}/warehouse",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


@contextlib.contextmanager
def _own(settings: Mapping[str, str], log: Path) -> "Iterator[SparkSession]":
    """Start a Spark, and end it with the block; what it says goes to a file."""
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setAll(list(settings.items()))
    gateway: Any = None
    context = None
    with log.open("wb") as heard:
        try:
            # In a session of its own, or a Ctrl-C in the terminal would end its processes before this one says so.
            how = {"stdout": heard, "stderr": heard, "start_new_session": True}
            gateway = launch_gateway(conf, how)
            context = SparkContext(gateway=gateway, conf=conf)
            spark = SparkSession(context)
        except (PySparkException, Py4JError) as error:
            _end(gateway)
            raise RiskEngineError(_("Spark did not start: {reason}", reason=_why(error, log))) from None
        except BaseException:
            _end(gateway)
            raise
        try:
            yield spark
        finally:
            with contextlib.suppress(Py4JError, OSError):  # it may have ended already
                spark.stop()
            _end(gateway)


def _why(error: Exception, log: Path) -> str:
    """Return why Spark did not start: the last that it said, without where in its code that was."""
    lines = [*read_bytes(log).decode("utf-8", "replace").splitlines(), *reason_of(error).splitlines()]
    told = [one.strip() for one in lines if one.strip() and not one.startswith(("\t", " "))]
    return next((one for one in told if "Exception" in one or "Error" in one), told[-1])


def _end(gateway: Any) -> None:
    """End the process of Spark, and forget it, so that another may be started."""
    from py4j.protocol import Py4JError
    from pyspark import SparkContext

    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001 (it offers no other way)
    if gateway is None:
        return
    with contextlib.suppress(Py4JError, OSError):
        gateway.shutdown()
    gateway.proc.stdin.close()
    try:
        gateway.proc.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()


def _set_up(spark: "SparkSession") -> "SparkSession":
    said = spark.sparkContext.getConf()
    for name, value in _SQL.items():
        spark.conf.set(name, value)
    for name, value in _UNLESS_SAID.items():
        if not said.contains(name):
            spark.conf.set(name, value)
    return spark


def reason_of(error: Exception) -> str:
    """Return the first line of what Spark, or Java below it, says went wrong."""
    from py4j.protocol import Py4JJavaError

    text = str(error.java_exception.toString()) if isinstance(error, Py4JJavaError) else str(error)
    return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)


def wait_for_tasks(spark: "SparkSession") -> None:
    """Wait until nothing works any more on what was ended: a task ends when it next looks whether it is to."""
    tracker = spark.sparkContext._jsc.sc().statusTracker()  # noqa: SLF001 (in Python it does not tell of tasks)
    end = time.monotonic() + _PATIENCE
    while any(one.numRunningTasks() for one in tracker.getExecutorInfos()) and time.monotonic() < end:
        time.sleep(0.1)


class Files:
    """What lies where Spark reads and writes: on this machine, in HDFS, in an object store.

    Every method raises RiskEngineError where a place cannot be reached.
    """

    def __init__(self, spark: "SparkSession") -> None:
        # What Spark offers in Python reads and writes tables, and cannot rename or remove them.
        self._java = spark.sparkContext._jvm  # noqa: SLF001
        self._settings = spark.sparkContext._jsc.hadoopConfiguration()  # noqa: SLF001

    def has(self, path: str) -> bool:
        """Return whether there is such a file or folder."""
        with _reached(path):
            where, system = self._at(path)
            return bool(system.exists(where))

    def matches(self, pattern: str) -> bool:
        """Return whether a name with `*` and the like in it fits anything."""
        with _reached(pattern):
            where, system = self._at(pattern)
            return bool(system.globStatus(where))

    def remove(self, path: str) -> None:
        """Remove a folder with all that is in it, if it is there."""
        with _reached(path):
            where, system = self._at(path)
            system.delete(where, True)  # noqa: FBT003 (Java knows no names of arguments)

    def rename(self, old: str, new: str) -> None:
        """Give a folder another name, which nothing may have yet."""
        with _reached(new):
            where, system = self._at(old)
            if not system.rename(where, self._at(new)[0]):
                raise RiskEngineError(_("{path}: the results could not be given this name", path=new))

    def write(self, path: str, text: str) -> None:
        """Write a small file."""
        with _reached(path):
            where, system = self._at(path)
            stream = system.create(where)
            try:
                stream.write(bytearray(text.encode("utf-8")))
            finally:
                stream.close()

    def beside(self, path: str, name: str) -> str:
        """Return the name of something in the same folder."""
        with _reached(path):
            where, system = self._at(path)
            return str(self._java.org.apache.hadoop.fs.Path(system.makeQualified(where).getParent(), name).toString())

    def name(self, path: str) -> str:
        """Return what something is called in its folder."""
        with _reached(path):
            return str(self._at(path)[0].getName())

    def _at(self, path: str) -> Any:
        where = self._java.org.apache.hadoop.fs.Path(path)
        return where, where.getFileSystem(self._settings)


@contextlib.contextmanager
def _reached(path: str) -> Iterator[None]:
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JJavaError, PySparkException) as error:
        message = _("{path}: Spark cannot reach this: {reason}", path=path, reason=reason_of(error))
        raise RiskEngineError(message) from None
