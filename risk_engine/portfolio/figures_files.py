"""Results of many cases as a file holds them, and long lists of cases as files beside a report."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import quote

import polars as pl
from polars.exceptions import PolarsError

from risk_engine.files.diagnostics import RiskEngineError, file_problem, reason
from risk_engine.files.language import _
from risk_engine.files.reading import check_file
from risk_engine.files.writing import check_folder
from risk_engine.model.criteria import Criteria
from risk_engine.model.portfolio import Rejected
from risk_engine.portfolio.forms import KEY, REJECTED, harmless
from risk_engine.portfolio.results import result_schema

PART: Final = 16_384
_PARTIAL: Final = ".partial"
"""So the name of results ends of which Ctrl-C left out some."""
_REASONS: Final = 20
"""So many reasons why rows were rejected are told."""


class ResultsFile:
    """Results in a Parquet file, as `portfolio assess` writes them, with what the file says about itself."""

    def __init__(self, path: Path) -> None:
        """Open the file; raise RiskEngineError where it is none, or holds something else."""
        self.path = path
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
        try:
            rows = pl.read_csv(path, schema=REJECTED)
        except PolarsError as error:
            raise file_problem(path, _("this is no list of rejected rows")) from error
        counted = rows.group_by("reason").len()
        reasons = counted.sort("len", "reason", descending=[True, False]).head(_REASONS)
        return Rejected(rows.select("table", "row").n_unique() if rows.height else 0, tuple(reasons.iter_rows()))


def _no_results(path: Path, why: str) -> RiskEngineError:
    way_out = _("name the .parquet file that `risk-engine portfolio assess TABLE -o FILE.parquet` wrote")
    return file_problem(path, why, way_out)


class ListFiles:
    """Writes lists of cases that are too long for a report, a file of CSV each, into a folder beside it."""

    def __init__(self, report: Path) -> None:
        """Take the file of the report; the folder is made when there is a long list."""
        self.folder = report.with_name(f"{report.stem}-cases")
        self._files: dict[str, Path] = {}

    def add(self, key: str, cases: pl.Series) -> str:
        """Write more cases of a list, and return where its file lies as seen from the report."""
        begins = key not in self._files
        if begins:
            if not self._files:
                self._begin()
            words = "-".join(re.findall(r"[\w.]+", key, re.ASCII))[:80]
            self._files[key] = self.folder / f"{len(self._files) + 1:03}-{words}.csv"
        path = self._files[key]
        with path.open("wb" if begins else "ab") as file:
            harmless(cases.rename("case")).to_frame().write_csv(
                file, include_header=begins, line_terminator="\r\n", quote_style="always"
            )
        return quote(f"{self.folder.name}/{path.name}")

    def _begin(self) -> None:
        """Make the folder; lists of an earlier report of the same name would be taken for some of this one."""
        check_folder(self.folder)
        self.folder.mkdir(exist_ok=True)
        for one in self.folder.glob("[0-9][0-9][0-9]*-*.csv"):
            one.unlink()
