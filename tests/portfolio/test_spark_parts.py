"""What runs on Spark, without Spark: what it needs, what is sent to another machine, which row states an id first."""

import pickle
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.loading.profile import load_profile
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.spark import Placed, Sealed, opened
from risk_engine.portfolio.spark_session import need_java, need_spark
from risk_engine.portfolio.stated import stated_of
from tests.engine.builder import ROOT
from tests.versions import newest


def test_without_the_extra_it_is_said_which_one_brings_spark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(MissingExtraError, match="the extra `spark`"):
        need_spark()


@pytest.mark.parametrize(
    ("says", "wanted"),
    [
        (None, "Spark needs Java 17 or newer, and there is none"),
        ('openjdk version "11.0.2" 2019-01-15', 'and here is: openjdk version "11.0.2" 2019-01-15'),
        ('java version "1.8.0_392"', 'and here is: java version "1.8.0_392"'),
        ("no version at all", "and here is: no version at all"),
    ],
)
def test_a_java_that_is_missing_or_too_old_is_told_with_the_way_out(
    says: str | None, wanted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path, says)))
    with pytest.raises(RiskEngineError) as raised:
        need_java()
    assert wanted in str(raised.value)
    assert "JAVA_HOME" in str(raised.value)


def java(folder: Path, says: str | None) -> Path:
    """Return the home of a Java that says this of itself; of none where it is None."""
    if says is not None:
        program = folder / "bin" / "java"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
        program.chmod(0o755)
    return folder


def test_a_java_that_is_new_enough_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path, 'openjdk version "21" 2023-09-19')))
    need_java()


@pytest.mark.nightly
def test_what_was_sent_decides_as_what_was_sealed() -> None:
    criteria = newest("reconnect-china")
    profile = load_profile(ROOT / "examples" / "profiles" / "university.yaml", criteria)
    cases = stated_of([load_case(one, criteria) for one in sorted((ROOT / "examples").glob("*.yaml"))], criteria)
    deciding = Deciding(criteria, date(2026, 12, 2), profile)
    there = opened(pickle.loads(pickle.dumps(Sealed.of(deciding))))  # noqa: S301 (made here)
    assert (there.on, there.profile, there.criteria.digest) == (deciding.on, profile, criteria.digest)
    assert there.results(cases).equals(deciding.results(cases))
    assert not there.results(cases).equals(Deciding(criteria, deciding.on).results(cases))


def test_an_id_is_stated_first_where_its_first_row_is_in_whatever_order_rows_come() -> None:
    placed = Placed({"twice": ("file:/b%20c.parquet", 7)})
    rows = placed.rows(pl.DataFrame({"FILE": ["a", "file:/b%20c.parquet", "file:/b%20c.parquet"], "ROW": [7, 7, 8]}))
    assert placed.again(pl.Series(["twice", "twice", "once"]), rows).to_list() == [7, None, None]
    told = placed.told(pl.DataFrame({"row": rows, "table": ""}))
    assert told.rows() == [(7, "a"), (7, "b c.parquet"), (8, "b c.parquet")]
