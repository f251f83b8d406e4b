"""`risk-engine portfolio`: a table in, results out; what is wrong with it told at once, and nothing half written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from risk_engine.audit.versions import loaded
from risk_engine.files.language import grouped_by_thousands
from risk_engine.loading.criteria import load_criteria
from risk_engine.portfolio import single_row
from tests.cli.running import (
    EXAMPLES,
    LOAN,
    LOAN_CASE,
    LOAN_DESK,
    LOAN_PROFILE,
    ROOT,
    done,
    refused,
    run,
    run_on_a_terminal,
)
from tests.portfolio.tables import table_of
from tests.strategies import by_turns
from tests.versions import newest

EVERY_EXAMPLE = sorted(EXAMPLES.glob("*.yaml"))
NEWEST = ("--criteria", f"{loaded('reconnect-china')[0]}")
TIMES = 200


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return table_of(EVERY_EXAMPLE, newest("reconnect-china"), tmp_path_factory.mktemp("tables") / "projects.parquet")


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def test_a_table_comes_to_results_and_a_summary(examples: Path, tmp_path: Path) -> None:
    result = run("portfolio", "assess", examples, "--on", "2026-12-02", "-o", tmp_path / "results.parquet")
    assert result.code == 0, result
    lines = result.out.splitlines()
    assert lines[0].startswith("15 cases assessed under reconnect-china ")
    assert lines[1] == "rejected rows: 0 · not assessed: 0"
    assert [one.split() for one in lines[4:6]] == [["Measure", "Restriction", "3", "0"], ["Regulation", "12", "9"]]
    assert f"wrote {tmp_path / 'results.parquet'}" in result.err
    assert pl.read_parquet(tmp_path / "results.parquet")["measure"].value_counts(sort=True)["count"].to_list() == [
        12,
        3,
    ]


def test_what_is_rejected_is_counted_and_kept_and_a_strict_run_writes_nothing(examples: Path, tmp_path: Path) -> None:
    table, out = tmp_path / "undated.parquet", tmp_path / "results"
    pl.read_parquet(examples).with_columns(pl.lit(None, pl.Date()).alias("assessment_date")).write_parquet(table)
    result = run("portfolio", "assess", table, *NEWEST, "-o", out)
    assert result.code == 2
    assert "rejected rows: 15 · not assessed: 0" in result.out
    assert "  15 values, the first: undated.parquet, row 1, assessment_date: ``: the case has no day" in result.out
    assert len((out / "rejected.csv").read_text("utf-8-sig").splitlines()) == 16
    said = refused("portfolio", "assess", table, *NEWEST, "--strict", "-o", tmp_path / "strict")
    assert "undated.parquet, row 1, assessment_date: " in said
    assert names(tmp_path) == {"undated.parquet", "results"}


@pytest.mark.nightly
def test_the_form_is_said_by_the_name_and_nothing_is_written_over(examples: Path, tmp_path: Path) -> None:
    assess = ("portfolio", "assess", examples, "--on", "2026-12-02", "-o")
    out = tmp_path / "results.xlsx"
    assert "a sheet holds 1\u202f048\u202f575 rows" in run(*assess, out).err
    assert f"{out.as_posix()}: there already; nothing is written over" in refused(*assess, out)
    done(*assess, out, "--force")
    assert "this cannot be written as .ods" in refused(*assess, tmp_path / "results.ods")
    assert "there is no folder" in refused(*assess, tmp_path / "nowhere" / "results.csv")
    assert "is read for this result" in refused(*assess, examples)
    assert names(tmp_path) == {"results.xlsx", "results.rejected.csv"}


def test_how_far_a_run_has_come_is_told_with_its_rate(examples: Path, tmp_path: Path) -> None:
    seen = run_on_a_terminal("portfolio", "assess", examples, "--on", "2026-12-02", "-o", tmp_path / "results.parquet")
    assert "15/15" in seen.err
    assert " a second" in seen.err


@pytest.mark.nightly
@pytest.mark.parametrize("case", [one.stem for one in EVERY_EXAMPLE[:2]])
def test_a_row_is_explained_in_the_words_of_its_case_file(case: str, examples: Path) -> None:
    row = pl.read_parquet(examples)["case"][[one.stem for one in EVERY_EXAMPLE].index(case)]
    explained = done("portfolio", "explain", row, "--in", examples, *NEWEST)
    alone = done("assess", EXAMPLES / f"{case}.yaml", "--no-outlook", *NEWEST)
    # Who answered, and what other evidence there is, stands in no table.
    assert explained.split("\n\n")[0] == alone.split("\n\n")[0]


def test_a_row_that_is_not_there_and_one_of_which_columns_say_something_else_are_told(
    examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    explain = ("portfolio", "explain", *NEWEST)
    assert "no row of the table is the case `KUH`" in refused(*explain, "KUH", "--in", examples)
    row = pl.read_parquet(examples)["case"][0]
    of_record = single_row.row_of
    monkeypatch.setattr(single_row, "row_of", lambda made: of_record(made) | {"measure": "advice"})
    result = run(*explain, row, "--in", examples)
    assert result.code == 70
    assert result.err.splitlines()[-1].endswith(" / advice")


def test_a_foreign_set_assesses_explains_and_compares_too(tmp_path: Path) -> None:
    table = table_of([LOAN_CASE], load_criteria(str(LOAN_DESK)), tmp_path / "loans.parquet")
    out = done("portfolio", "assess", table, *LOAN, "--profile", LOAN_PROFILE, "-o", tmp_path / "results")
    assert "Lend on terms" in out
    assert "may leave" in done("portfolio", "explain", "L-2026-07", "--in", table, *LOAN, "--profile", LOAN_PROFILE)
    same = done("portfolio", "impact", LOAN_DESK, LOAN_DESK, table, "-o", tmp_path / "moved")
    assert "moved: 0" in same
    assert len((tmp_path / "moved" / "moved.csv").read_text("utf-8-sig").splitlines()) == 1


COUNTED = """
try:
    from risk_engine.cli import main
    main()
finally:
    import polars
    print(polars.thread_pool_size())
"""


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="which processors a process may use is not told here")
@pytest.mark.parametrize("asked", by_turns(["3", None], 2))
def test_polars_leaves_a_processor_to_the_other_steps_unless_its_threads_are_set(
    asked: str | None, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "POLARS_MAX_THREADS"}
    environment |= {"PYTHONPATH": str(ROOT)} | ({"POLARS_MAX_THREADS": asked} if asked else {})
    command = [sys.executable, "-c", COUNTED, "portfolio", "assess", "none.parquet", "-o", "results.parquet"]
    ended = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "none.parquet" in ended.stderr
    assert int(ended.stdout) == int(asked or max(1, len(os.sched_getaffinity(0)) - 1))


def begun(table: Path, out: Path) -> subprocess.Popen[bytes]:
    """Begin to assess a table in a process of its own, in parts so small that it takes a while, until it writes."""
    program = (
        "from importlib import import_module as of; from risk_engine.cli import main, portfolio; "
        # Not before the command runs: what Polars does when it is read, it must do as late as ever.
        "portfolio.need_columns = lambda: setattr(of('risk_engine.portfolio.many'), 'PART', 15); main()"
    )
    command = ("-c", program, "portfolio", "assess", table, "--on", "2026-12-02", "-o", out)
    process = subprocess.Popen(
        (sys.executable, *map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 60
    while not list(out.parent.glob(f".{out.name}.{process.pid}.part")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    return process


@pytest.mark.long
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is another signal here")
def test_ctrl_c_and_a_kill_leave_nothing_that_looks_whole(tmp_path: Path) -> None:
    table = table_of(EVERY_EXAMPLE, newest("reconnect-china"), tmp_path / "projects.parquet", times=TIMES)
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / "results.parquet"
    process = begun(table, out)
    process.kill()
    process.communicate()
    (left,) = [one for one in names(folder) if "rejected" not in one]
    assert left == f".results.parquet.{process.pid}.part"
    process = begun(table, out)
    assert not (folder / left).exists()
    process.send_signal(signal.SIGINT)
    said, _err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert names(folder) == {"results.partial.parquet", "results.rejected.partial.csv"}
    partial = pl.read_parquet(folder / "results.partial.parquet")
    assert 0 < partial.height < TIMES * len(EVERY_EXAMPLE)
    assert f"a part of the table: ended by Ctrl-C after {grouped_by_thousands(partial.height)} of " in said.decode()
