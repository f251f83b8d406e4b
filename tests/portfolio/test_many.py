"""Many cases of a table: written part by part, in every form, whole or with a name that says they are not."""

import contextlib
import csv
import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.interrupts import interruptible
from risk_engine.portfolio import forms
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.forms import REJECTED, CsvTable
from risk_engine.portfolio.many import Levels, run
from risk_engine.portfolio.places import Outputs
from risk_engine.portfolio.reading import Batch
from risk_engine.portfolio.stated import stated_of
from risk_engine.portfolio.stream import in_steps
from tests.portfolio.test_decide import examples
from tests.strategies import by_turns
from tests.versions import newest

CRITERIA = newest("reconnect-china")
CASES = stated_of(examples(CRITERIA), CRITERIA)
DECIDING = Deciding(CRITERIA, date(2026, 12, 2))
NOTHING = pl.DataFrame(schema=REJECTED)
SIZE = 4


def batches(rejected: pl.DataFrame = NOTHING) -> Iterator[Batch]:
    """Yield the examples in small parts, the last of them with what was rejected."""
    for start in range(0, CASES.height, SIZE):
        part = CASES.slice(start, SIZE)
        done = start + part.height
        yield Batch(part, rejected if done == CASES.height else NOTHING, done, CASES.height)


def endless() -> Iterator[Batch]:
    """Yield the examples over and over; when the second part of them is asked for, Ctrl-C is pressed."""
    for number in range(1, 1000):
        if number == 2:
            os.kill(os.getpid(), signal.SIGINT)
        yield Batch(CASES, NOTHING, number * CASES.height, 999 * CASES.height)


def then_interrupted() -> Iterator[Batch]:
    """Yield the examples, and press Ctrl-C when there are no more."""
    yield from batches()
    os.kill(os.getpid(), signal.SIGINT)


def written(folder: Path, form: forms.Form, name: str, parts: Iterator[Batch], *, force: bool = False) -> Levels:
    outputs, levels = Outputs(folder / name, form, {"criteria": "set@1"}, force=force), Levels(CRITERIA)
    run(parts, DECIDING.results, levels, outputs)
    outputs.finish()
    return levels


def interrupted(folder: Path, form: forms.Form, name: str, parts: Iterator[Batch]) -> Levels:
    """Write a table until Ctrl-C comes; that is what the block ends with, too."""
    came = []
    with contextlib.suppress(KeyboardInterrupt), interruptible():
        came.append(written(folder, form, name, parts))
    return came[0]


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_every_form_holds_what_all_cases_come_to(tmp_path: Path) -> None:
    wanted = DECIDING.results(CASES)
    levels = written(tmp_path, "parquet", "r.parquet", batches())
    assert pl.read_parquet(tmp_path / "r.parquet").equals(wanted)
    assert pl.read_parquet_metadata(tmp_path / "r.parquet")["risk-engine.criteria"] == "set@1"
    assert (levels.assessed, levels.done, levels.is_whole, levels.is_clean) == (15, 15, True, True)
    assert sum(levels.levels.values()) == 15 * len(CRITERIA.ladders)
    written(tmp_path, "csv", "tables", batches())
    written(tmp_path, "xlsx", "book.xlsx", batches())
    assert names(tmp_path) == {"r.parquet", "r.rejected.csv", "tables", "book.xlsx", "book.rejected.csv"}
    assert names(tmp_path / "tables") == {"results.csv", "findings.csv", "missing.csv", "rejected.csv"}
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    findings = [
        (case, one["indicator"]) for case, several in wanted.select("case", "findings").rows() for one in several
    ]
    assert [(one["case"], one["indicator"]) for one in rows(tmp_path / "tables" / "findings.csv")] == findings
    assert [row[:2] for row in list(book["findings"].iter_rows(values_only=True))[1:]] == findings
    assert [one["case"] for one in rows(tmp_path / "tables" / "results.csv")] == wanted["case"].to_list()
    missing = wanted["missing"].list.len().sum()
    assert len(rows(tmp_path / "tables" / "missing.csv")) == missing
    assert book["missing"].max_row == missing + 1
    assert list(book["about"].iter_rows(values_only=True)) == [("criteria", "set@1")]


@pytest.mark.parametrize("form", by_turns(["parquet", "csv", "xlsx"], 3))
def test_ctrl_c_leaves_what_was_read_under_a_name_that_says_so(form: forms.Form, tmp_path: Path) -> None:
    name = "r" if form == "csv" else f"r.{form}"
    levels = interrupted(tmp_path, form, name, endless())
    assert not levels.is_whole
    assert levels.why_partial() == f"ended by Ctrl-C after {levels.done} of 14\u202f985 rows"
    match form:
        case "parquet":
            assert names(tmp_path) == {"r.partial.parquet", "r.rejected.partial.csv"}
            path = tmp_path / "r.partial.parquet"
            assert pl.read_parquet_metadata(path)["risk-engine.ended_early"] == levels.why_partial()
            assert pl.read_parquet(path).equals(pl.concat([DECIDING.results(CASES)] * (levels.done // 15)))
        case "csv":
            assert names(tmp_path) == {"r.partial"}
            assert (tmp_path / "r.partial" / "PARTIAL").read_text("utf-8") == f"{levels.why_partial()}\n"
            assert len(rows(tmp_path / "r.partial" / "results.csv")) == levels.done
        case "xlsx":
            about = openpyxl.load_workbook(tmp_path / "r.partial.xlsx")["about"]
            assert list(about.values)[-1] == ("ended_early", levels.why_partial())
    assert 15 <= levels.done < 14_985


def test_ctrl_c_when_all_was_read_takes_nothing_away(tmp_path: Path) -> None:
    assert interrupted(tmp_path, "parquet", "r.parquet", then_interrupted()).is_whole
    assert names(tmp_path) == {"r.parquet", "r.rejected.csv"}


def test_a_step_that_fails_ends_the_others_and_leaves_nothing(tmp_path: Path) -> None:
    outputs = Outputs(tmp_path / "r.parquet", "parquet", {})
    with pytest.raises(RiskEngineError, match="missing, not String"):
        run(batches(), lambda stated: DECIDING.results(stated.drop("title")), Levels(CRITERIA), outputs)

    def torn() -> Iterator[Batch]:
        yield next(batches())
        raise OSError(5, "no more of it")

    with pytest.raises(OSError, match="no more of it"):
        run(torn(), DECIDING.results, Levels(CRITERIA), outputs)
    assert names(tmp_path) == set()


def test_what_is_there_already_is_replaced_only_by_force_and_only_if_it_is_such_a_result(tmp_path: Path) -> None:
    forms_and_names: tuple[tuple[forms.Form, str], ...] = (("parquet", "r.parquet"), ("csv", "tables"))
    for form, name in forms_and_names:
        written(tmp_path, form, name, batches(), force=True)
        with pytest.raises(RiskEngineError, match="there already; nothing is written over"):
            Outputs(tmp_path / name, form, {})
        written(tmp_path, form, name, batches(), force=True)
    assert names(tmp_path) == {"r.parquet", "tables", "r.rejected.csv"}
    (tmp_path / "tables" / "letter.docx").write_text("dear all", "utf-8")
    (tmp_path / "other.parquet").mkdir()
    forms_and_names = (("csv", "tables"), ("parquet", "other.parquet"))
    for form, name in forms_and_names:
        with pytest.raises(RiskEngineError, match="an earlier run wrote something else, so this is not replaced"):
            Outputs(tmp_path / name, form, {}, force=True)


def test_a_sheet_that_would_be_cut_is_refused_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for most, sheet in ((10, "results"), (20, "findings")):
        monkeypatch.setattr(forms, "MOST_ROWS", most)
        with pytest.raises(RiskEngineError, match=f"the sheet `{sheet}` would have more than {most} rows"):
            written(tmp_path, "xlsx", "r.xlsx", batches())
    assert names(tmp_path) == set()


def test_in_no_cell_is_anything_computed(tmp_path: Path) -> None:
    bad = ["=1+1", "+a", "-1", "@x", "a;=1", "plain", "\u202eright", "two\nlines", "", None]
    rejected = NOTHING.vstack(pl.DataFrame({"row": range(10), "value": bad}).select(
        "row", *(pl.col("value").alias(one) for one in ("table", "column", "value", "reason"))
    ))  # fmt: skip
    levels = written(tmp_path, "xlsx", "r.xlsx", batches(rejected))
    assert (levels.rejected, levels.is_clean) == (10, False)
    came = [one["value"] for one in rows(tmp_path / "r.rejected.csv")]
    assert came == ["'=1+1", "'+a", "'-1", "'@x", "a;'=1", "plain", "right", "two lines", "", ""]
    out = io.BytesIO()
    CsvTable(out).add(pl.DataFrame({"n": [-1], "t": ["x"]}))
    assert out.getvalue() == b'\xef\xbb\xbf"n","t"\r\n"-1","x"\r\n'
    results = DECIDING.results(CASES.with_columns(pl.lit("=HYPERLINK(1)").alias("case")))
    forms.write_book(tmp_path / "odd.xlsx", results.schema, [results], forms.related, dict)
    cell = openpyxl.load_workbook(tmp_path / "odd.xlsx")["results"]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)


def test_a_strict_run_stops_at_what_is_rejected_and_tells_it(tmp_path: Path) -> None:
    rejected = NOTHING.vstack(
        pl.DataFrame([[row, "cases.csv", "partner.country", "Narnia", "no such row"] for row in range(22)],
                     schema=NOTHING.schema, orient="row")
    )  # fmt: skip
    outputs = Outputs(tmp_path / "r.parquet", "parquet", {})
    with pytest.raises(RiskEngineError) as told:
        run(batches(rejected), DECIDING.results, Levels(CRITERIA), outputs, strict=True)
    lines = str(told.value).splitlines()
    assert lines[0] == "cases.csv, row 0, partner.country: `Narnia`: no such row"
    assert lines[-2] == "and 2 more"
    assert "leave out --strict" in lines[-1]
    assert names(tmp_path) == set()


def test_ctrl_c_once_more_leaves_nothing(tmp_path: Path) -> None:
    outputs = Outputs(tmp_path / "r.parquet", "parquet", {})

    def pressed_again(stated: pl.DataFrame) -> pl.DataFrame:
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)
        return DECIDING.results(stated)

    with contextlib.suppress(KeyboardInterrupt), interruptible():
        run(endless(), pressed_again, Levels(CRITERIA), outputs)
        outputs.finish()
    assert names(tmp_path) == set()


def pressed(times: int, press: Callable[[], None]) -> tuple[list[int], int]:
    """Return what is written where Ctrl-C comes so many times while it is, and how much was read."""
    written: list[int] = []
    read: list[int] = []
    is_over = threading.Event()

    def parts() -> Iterator[int]:
        for part in range(3000):  # half a minute: what nobody hears does not last for ever
            read.append(part)
            yield part
            time.sleep(0.01)

    def write(results: Iterator[int], _is_whole: object) -> None:
        press()
        several = list(results)  # ends with the reading, and so once the first one was heard: two at once are one
        if times > 1:
            press()
            is_over.wait(30)
        if not is_over.is_set():
            written.extend(several)

    with contextlib.suppress(KeyboardInterrupt), interruptible():
        in_steps(parts(), lambda one: one, write)
    is_over.set()
    return written, len(read)


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is another signal here")
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_while_parts_are_written_waits_for_what_was_read_and_once_more_for_nothing(times: int) -> None:
    written, read = pressed(times, lambda: os.kill(os.getpid(), signal.SIGINT))
    assert read < 3000
    assert written == (list(range(read)) if times == 1 else [])


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is another signal here")
def test_ctrl_c_is_heard_where_the_system_hands_it_to_another_thread() -> None:
    goes_on = threading.Event()
    another = threading.Thread(target=goes_on.wait, daemon=True)
    another.start()
    written, read = pressed(2, lambda: signal.pthread_kill(another.ident or 0, signal.SIGINT))
    goes_on.set()
    assert read < 3000
    assert written == []
