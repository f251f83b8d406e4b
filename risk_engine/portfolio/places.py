"""Where results of many cases go: under other names until they are whole, and never over what is there already.

What Ctrl-C ended early gets a name of its own, and says inside too that it is not all.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import polars as pl

from risk_engine.files.diagnostics import RiskEngineError, file_problem, reason
from risk_engine.files.language import _, listed
from risk_engine.files.writing import check_folder, clear_unfinished, remove, unfinished
from risk_engine.portfolio.forms import REJECTED, CsvTable, Form, Split, write_book, write_parquet, write_tables

PARTIAL = "PARTIAL"
"""In a folder of tables the file that says why they are not all."""
_REJECTED = "rejected.csv"


class Part(NamedTuple):
    """What came of some rows: a row for each case, and one for each value that kept a case out."""

    results: pl.DataFrame
    rejected: pl.DataFrame


class _Place(NamedTuple):
    """Something that is written: what it is called when it is all, and when it is not."""

    whole: Path
    partial: Path


class Outputs:
    """The files of one run."""

    def __init__(self, output: Path, form: Form, about: Mapping[str, str], *, force: bool = False) -> None:
        """Take the name of the results, their form, and what they say about themselves.

        Raises RiskEngineError with everything that is in the way, unless it is of an earlier run and `force` is meant.
        """
        check_folder(output)
        self.form = form
        self._about = about
        self._places = [_place(output)]
        if form != "csv":
            self._places.insert(0, _place(output.with_name(f"{output.stem}.{_REJECTED}")))
        self._partial = ""
        self._check(force=force)

    def write(self, schema: pl.Schema, split: Split, parts: Iterator[Part], why_partial: Callable[[], str]) -> None:
        """Write all parts under other names; `why_partial` says at their end why they are not all, empty if they are.

        `split` makes tables of what is written where the form knows no lists. Raises RiskEngineError where the disk is
        full, or nothing can be written there.
        """
        try:
            self._write(schema, split, parts, why_partial)
        except OSError as error:
            message = _("the file cannot be written: {reason}", reason=reason(error))
            raise file_problem(self._places[-1].whole, message) from error

    def _write(self, schema: pl.Schema, split: Split, parts: Iterator[Part], why_partial: Callable[[], str]) -> None:
        for place in self._places:
            clear_unfinished(place.whole)
        main = unfinished(self._places[-1].whole)
        if self.form == "csv":
            main.mkdir()

        def about() -> Mapping[str, str]:
            self._partial = why_partial()
            return {**self._about, **({"ended_early": self._partial} if self._partial else {})}

        with (main / _REJECTED if self.form == "csv" else unfinished(self._places[0].whole)).open("wb") as file:
            rejected = CsvTable(file)
            rejected.add(pl.DataFrame(schema=REJECTED))

            def frames() -> Iterator[pl.DataFrame]:
                for part in parts:
                    rejected.add(part.rejected)
                    yield part.results

            match self.form:
                case "parquet":
                    write_parquet(main, schema, frames(), about)
                case "csv":
                    write_tables(main, schema, frames(), split)
                    if "ended_early" in about():
                        (main / PARTIAL).write_text(f"{self._partial}\n", "utf-8")
                case "xlsx":
                    write_book(main, schema, frames(), split, about)

    def finish(self) -> list[Path]:
        """Put everything in its place, and return the places; of what is not all those that say so."""
        there = []
        for place in self._places:
            there.append(place.partial if self._partial else place.whole)
            _put(unfinished(place.whole), there[-1])
        return there

    def discard(self) -> None:
        """Leave nothing of what was written."""
        for place in self._places:
            remove(unfinished(place.whole))

    def _check(self, *, force: bool) -> None:
        there = [path for place in self._places for path in place if path.exists() or path.is_symlink()]
        if not force and there:
            message = _("{files}: there already; nothing is written over", files=_listed(there))
            raise RiskEngineError(message, _("choose another name with -o, or write over it with --force"))
        if foreign := [one for one in there if not self._is_ours(one)]:
            message = _("{files}: an earlier run wrote something else, so this is not replaced", files=_listed(foreign))
            raise RiskEngineError(message, _("choose another name with -o"))

    def _is_ours(self, path: Path) -> bool:
        """Return whether something may be the result of an earlier run in this form: of a folder that is in it."""
        if self.form != "csv":
            return path.is_file()
        names = {one.name for one in path.iterdir()} if path.is_dir() and not path.is_symlink() else set()
        return _REJECTED in names and all(one == PARTIAL or one.endswith(".csv") for one in names)


def _place(path: Path) -> _Place:
    return _Place(path, path.with_name(f"{path.stem}.partial{path.suffix}"))


def _listed(paths: list[Path]) -> str:
    return listed([one.as_posix() for one in paths])


def _put(temporary: Path, path: Path) -> None:
    """Give a file or folder its name, in place of what an earlier run called so."""
    before = None
    if path.is_dir():  # a folder takes the place of none that holds something
        before = unfinished(path.with_name(f"{path.name}.before"))
        path.rename(before)
    temporary.replace(path)
    if before is not None:
        remove(before)
