"""Cases as the loader reads them, one by one: a file with a case in each line, or a file for each case."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import orjson
import polars as pl

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError, file_problem, reason
from risk_engine.files.language import _
from risk_engine.files.plain import canonical, places_in
from risk_engine.files.reading import open_file, read_bytes
from risk_engine.files.source import MAX_BYTES, Document
from risk_engine.loading.case import case_document, case_of, read_case_file
from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.reading.checking import REJECTED, shown
from risk_engine.portfolio.stated import stated_of
from risk_engine.records.files import FILED, REGISTER

LINES: Final = frozenset({".jsonl", ".ndjson"})


class Stated(NamedTuple):
    """What was read of some case files: the cases, and what is wrong with those that cannot be read."""

    cases: pl.DataFrame
    rejected: pl.DataFrame


class Source(NamedTuple):
    """Where a case stands: the file, and of a file with many its line."""

    table: str
    row: int | None
    read: Document | RiskEngineError
    """What it says, or why it cannot be read."""


class CaseReader:
    """Makes stated cases of documents, and keeps which ids were there."""

    def __init__(self, criteria: Criteria, on: date | None) -> None:
        """Take the set and the day that was asked for."""
        self._criteria = criteria
        self._model = case_model(criteria)
        self._on = on
        self._seen: dict[str, str] = {}

    def stated(self, sources: Iterable[Source]) -> Stated:
        """Return the cases that can be read, and of those that cannot everything that is wrong."""
        cases: list[Case] = []
        wrong: list[tuple[int, str, str, str, str]] = []
        for one in sources:
            try:
                if isinstance(one.read, RiskEngineError):
                    raise one.read
                case = case_of(one.read, self._criteria, self._model)
                problem = self._problem(case, one)
            except InvalidSourceError as error:
                document = one.read if isinstance(one.read, Document) else None
                wrong += [_row(each, one, document) for each in error.diagnostics]
                continue
            except RiskEngineError as error:
                wrong.append((one.row or 1, one.table, "", "", str(error)))
                continue
            if problem is None:
                cases.append(case)
            else:
                wrong.append(problem)
        rejected = pl.DataFrame(wrong, schema=REJECTED, orient="row")
        return Stated(stated_of(cases, self._criteria), rejected.with_columns(shown(rejected["value"]).alias("value")))

    def _problem(self, case: Case, source: Source) -> tuple[int, str, str, str, str] | None:
        place = source.table if source.row is None else _("row {row}", row=source.row)
        before = self._seen.setdefault(case.id, place)
        if before != place:
            said = _("the id stands in {place} already; each case has its own", place=before)
            return (source.row or 1, source.table, "id", case.id, said)
        if self._on is None and case.assessment_date is None:
            said = _("the case has no day for which it is assessed; fill it in, or name a day with `--on`")
            return (source.row or 1, source.table, "assessment_date", "", said)
        return None


def _row(problem: Diagnostic, source: Source, document: Document | None) -> tuple[int, str, str, str, str]:
    """Return what is wrong at a place of a document as a row: which answer stands there, what it says, and why not."""
    told = f"{problem.message}; {problem.help}" if problem.help else problem.message
    row = source.row or problem.position.line
    if document is None:
        return row, source.table, "", "", told
    place = (problem.position.line - 1, problem.position.column - 1)
    found = [
        loc for loc, mark in document.marks.items() if place in {tuple(mark.key)[:2], tuple(mark.value)[:2]} and loc
    ]
    loc = max(found, key=len, default=())
    value = next((one for at, one in places_in(document.data) if at == loc), None) if loc else None
    said = value if isinstance(value, str | int | date) else ""
    return row, source.table, ".".join(map(str, loc)), str(said), told


def from_files(paths: Iterable[Path]) -> Iterator[Source]:
    """Yield what each of these case files says."""
    for path in paths:
        read: Document | RiskEngineError
        try:
            read = read_case_file(path)
        except RiskEngineError as error:
            read = error
        yield Source(path.name, None, read)


def is_register(folder: Path) -> bool:
    """Return whether a folder is a register."""
    return (folder / REGISTER).is_file()


def current_cases(register: Path) -> list[Path]:
    """Return what was filed last of each case of a register: a case, or an assessment, which holds one.

    Raises RiskEngineError where the register cannot be looked into.
    """
    try:
        folders = sorted(one for one in register.iterdir() if one.is_dir() and not one.name.startswith("."))
        return [path for folder in folders if (path := _current(folder)) is not None]
    except OSError as error:
        raise file_problem(register, _("the register cannot be read: {reason}", reason=reason(error))) from error


def _current(folder: Path) -> Path | None:
    filed = ((FILED.fullmatch(one.name), one) for one in folder.iterdir())
    stating = [(int(found["number"]), one) for found, one in filed if found and found["kind"] in {"case", "assessment"}]
    return max(stating)[1] if stating else None


def from_register(paths: Iterable[Path]) -> Iterator[Source]:
    """Yield what these filed cases say; one that is not what was filed any more is told."""
    for path in paths:
        found = FILED.fullmatch(path.name)
        assert found is not None  # noqa: S101 (`current_cases`)
        read: Document | RiskEngineError
        try:
            raw = read_bytes(path)
            if not hashlib.sha256(raw).hexdigest().startswith(found["digest"]):
                read = RiskEngineError(_("it was altered after it was filed"), _("take the file back from a backup"))
            elif found["kind"] == "case":
                read = read_case_file(path)
            else:
                read = case_document(canonical(orjson.loads(raw)["case"]).decode(), path)
        except RiskEngineError as error:
            read = error
        except OSError as error:
            read = file_problem(path, _("the file cannot be read: {reason}", reason=reason(error)))
        yield Source(f"{path.parent.name}/{path.name}", None, read)


def from_lines(path: Path) -> Iterator[Source]:
    """Yield what each line of a file says, as a case file in JSON would; blank lines are counted and left out."""
    try:
        with open_file(path) as file:
            number = 0
            while raw := file.readline(MAX_BYTES + 1):
                number += 1
                if len(raw) > MAX_BYTES:
                    message = _("line {line} is longer than {size} KiB", line=number, size=MAX_BYTES // 1024)
                    raise file_problem(path, message)
                if raw.strip():
                    yield Source(path.name, number, _line(raw, path, number))
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error


def _line(raw: bytes, path: Path, number: int) -> Document | RiskEngineError:
    try:
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        return case_document(text, path.with_suffix(".json"))
    except UnicodeDecodeError:
        return RiskEngineError(_("this is not UTF-8 text"))
    except RiskEngineError as error:
        return error


def lines_in(path: Path) -> int:
    """Return how many lines a file has."""
    try:
        with open_file(path) as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1024 * 1024), b""))
    except OSError as error:
        raise file_problem(path, _("the file cannot be read: {reason}", reason=reason(error))) from error
