"""Results of many cases as a file holds them, and long lists of cases as files beside a report."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import polars as pl
from polars.exceptions import PolarsError

from risk_engine.files.diagnostics import RiskEngineError, file_problem, reason
from risk_engine.files.language import _
from risk_engine.files.reading import check_file
from risk_engine.files.writing import check_folder
from risk_engine.model.criteria import Criteria
from risk_engine.model.portfolio import ListFile, Rejected
from risk_engine.portfolio.forms import KEY, REJECTED, harmless
from risk_engine.portfolio.results import result_schema

PART: Final = 65_536
"""So many results are read at a time: as many as are written together, so that none is unpacked twice."""
MOST_IN_FILE: Final = 10_000
"""So many cases of a list are in a file of its own: a person who opens it reads no more."""
WHOLE: Final = "all.parquet"
"""Has every case of the lists of which their own files have the first ones."""
_HELD: Final = 2_000_000
"""So many rows of that are kept until they are written."""
_PARTIAL: Final = ".partial"
"""So the name of results ends of which Ctrl-C left out some."""
_FOR_PEOPLE: Final = {".csv", ".xlsx"}
"""What else `portfolio assess` writes: CSV says nothing of the criteria, and in both a case may be called otherwise.

For what a spreadsheet would compute is written so that it does not.
"""
_REASONS: Final = 20
"""So many reasons why rows were rejected are told."""


class ResultsFile:
    """Results in a Parquet file, as `portfolio assess` writes them, with what the file says about itself."""

    def __init__(self, path: Path) -> None:
        """Open the file; raise RiskEngineError where it is none, or holds something else."""
        self.path = path
        if path.suffix.casefold() in _FOR_PEOPLE or (path / "results.csv").is_file():
            why = _("a report is not made of a workbook or of tables: they do not keep all that it reads")
            raise _no_results(path, why)
        try:
            check_file(path)
            said = pl.read_parquet_metadata(path)
            self.rows = int(pl.scan_parquet(path).select(pl.len()).collect().item())
        except OSError as error:
            raise _no_results(path, reason(error)) from error
        except PolarsError as error:
            raise _no_results(path, _("this is no Parquet file")) from error
        self._about = {name.removeprefix(KEY): text for name, text in said.items() if name.startswith(KEY)}
        if "criteria" not in self._about:
            raise _no_results(path, _("this does not say under which criteria it was made"))

    def said(self, what: str) -> str | None:
        """Return what the file says about itself: `criteria`, `digest`, `on`, `profile`, `ended_early`."""
        return self._about.get(what)

    @property
    def day(self) -> date | None:
        """The day that was asked for; None where each case has its own."""
        return date.fromisoformat(self._about["on"]) if "on" in self._about else None

    def check(self, criteria: Criteria) -> None:
        """Raise RiskEngineError where the results were made under other criteria."""
        head = criteria.head
        if self._about.get("digest") != criteria.digest:
            message = _(
                "the results were made under {made}, which is not this {version}",
                made=self._about["criteria"],
                version=f"{head.id}@{head.version}",
            )
            raise file_problem(self.path, message, _("name the folder of their criteria with `--criteria`"))
        held = pl.read_parquet_schema(self.path)
        wrong = [name for name, dtype in result_schema(criteria).items() if held.get(name) != dtype]
        if wrong:
            raise _no_results(self.path, _("columns are not as they were written: {names}", names=", ".join(wrong)))

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield the results, part by part."""
        for first in range(0, self.rows, PART):
            yield pl.scan_parquet(self.path).slice(first, PART).collect()

    def rejected(self) -> Rejected | None:
        """Return which rows of the table could not be read, as the file beside the results says; None without it."""
        whole = self.path.stem.removesuffix(_PARTIAL)
        path = self.path.with_name(f"{whole}.rejected{self.path.stem.removeprefix(whole)}.csv")
        if not path.is_file():
            return None
        rows = pl.scan_csv(path, schema=REJECTED)
        counted = rows.group_by("reason").len().sort("len", "reason", descending=[True, False])
        different = rows.select("table", "row").unique().select(pl.len())
        try:
            reasons, number = pl.collect_all([counted.head(_REASONS), different], engine="streaming")
        except PolarsError as error:
            raise file_problem(path, _("this is no list of rejected rows")) from error
        return Rejected(int(number.item()), tuple(reasons.iter_rows()))


def _no_results(path: Path, why: str) -> RiskEngineError:
    way_out = _("name the .parquet file that `risk-engine portfolio assess TABLE -o FILE.parquet` wrote")
    return file_problem(path, why, way_out)


@dataclass
class _OwnFile:
    """The file of one list: what the list is called, and how many more of its cases the file takes."""

    path: Path
    name: str
    left: int


@dataclass
class ListFiles:
    """Writes lists of cases that are too long for a report into a folder beside it, which is made when there is one.

    Of each list the first cases are a file of CSV. Of lists that are longer than such a file every case is in one file
    of Parquet, beside the name of its list; it is written when the context ends.
    """

    report: Path
    _files: dict[str, _OwnFile] = field(default_factory=dict, init=False)
    _held: list[pl.DataFrame] = field(default_factory=list, init=False)
    _parts: list[Path] = field(default_factory=list, init=False)

    @property
    def folder(self) -> Path:
        """Where the lists lie."""
        return self.report.with_name(f"{self.report.stem}-cases")

    def __enter__(self) -> Self:
        """Begin; lists of an earlier report stay until this one has its first."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Make one file of what was written of the longest lists; none where something went wrong."""
        if kind is None and (self._held or self._parts):
            self._keep()
            pl.scan_parquet(self._parts).sink_parquet(self.folder / WHOLE, compression_level=1)
        shutil.rmtree(self._apart, ignore_errors=True)

    def add(self, key: str, cases: pl.Series, of: int) -> ListFile:
        """Write more cases of a list that has so many in all, and return where they are as seen from the report."""
        is_long, begins = of > MOST_IN_FILE, key not in self._files
        if begins:
            if not self._files:
                self._begin()
            words = "-".join(re.findall(r"[\w.]+", key, re.ASCII))[:80]
            name = f"{len(self._files) + 1:03}-{words}"
            first = f"-first-{MOST_IN_FILE}" if is_long else ""
            self._files[key] = _OwnFile(self.folder / f"{name}{first}.csv", name, MOST_IN_FILE)
        own = self._files[key]
        if own.left:
            with own.path.open("wb" if begins else "ab") as file:
                harmless(cases.head(own.left).rename("case")).to_frame().write_csv(
                    file, include_header=begins, line_terminator="\r\n", quote_style="always"
                )
            own.left = max(0, own.left - len(cases))
        if is_long:
            self._held.append(cases.rename("case").to_frame().select(pl.lit(own.name).alias("list"), "case"))
            if sum(one.height for one in self._held) > _HELD:
                self._keep()
        path, whole = quote(f"{self.folder.name}/{own.path.name}"), quote(f"{self.folder.name}/{WHOLE}")
        return ListFile(path, min(of, MOST_IN_FILE), whole if is_long else None)

    @property
    def _apart(self) -> Path:
        return self.folder / "parts-of-all"

    def _keep(self) -> None:
        """Write what is held of the longest lists."""
        self._apart.mkdir(exist_ok=True)
        self._parts.append(self._apart / f"{len(self._parts):06}.parquet")
        pl.concat(self._held).write_parquet(self._parts[-1], compression_level=1)
        self._held.clear()

    def _begin(self) -> None:
        """Make the folder; lists of an earlier report of the same name would be taken for some of this one."""
        check_folder(self.folder)
        self.folder.mkdir(exist_ok=True)
        for one in (*self.folder.glob("[0-9][0-9][0-9]*-*.csv"), self.folder / WHOLE):
            one.unlink(missing_ok=True)
        shutil.rmtree(self._apart, ignore_errors=True)
