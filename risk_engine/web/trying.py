"""A change of criteria tried on a copy: its problems are told at once, what it would do the worker finds out.

What somebody typed lies with that job for some days, for them alone; no criteria change.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from risk_engine.audit.cases import CaseResult
from risk_engine.audit.kept import released_for
from risk_engine.audit.trial import Trial
from risk_engine.audit.try_edit import lines_of, moved, release_before
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.plain import canonical
from risk_engine.files.reading import read_bytes
from risk_engine.files.source import parse
from risk_engine.files.writing import write_bytes
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import edited_criteria
from risk_engine.loading.sets import is_rule_file, yaml_files
from risk_engine.model.criteria import Criteria
from risk_engine.web import cases
from risk_engine.web.models import Case
from risk_engine.web.sets import Held, held
from risk_engine.web.studies import at_once

MOST_SHOWN: Final = 30
"""So many of the cases that turn red are shown, and so many problems."""
_KEY: Final = re.compile(r"[^\s#]")
"""How the line of a new record begins."""


@dataclass(frozen=True)
class Piece:
    """What is edited: a file of the version or, of one record in it, the lines from `first` on, which counts from 0."""

    file: str
    lines: tuple[str, ...]
    """All of the file, as it lies there."""
    first: int
    last: int
    """The line behind it."""

    @property
    def text(self) -> str:
        """Return what somebody edits."""
        return "".join(self.lines[self.first : self.last])

    def whole(self, text: str) -> str:
        """Return the whole file with other text in its place."""
        end = "" if text.endswith("\n") or self.last == len(self.lines) else "\n"
        return "".join((*self.lines[: self.first], text + end, *self.lines[self.last :]))

    def patch(self, text: str) -> str:
        """Return what is different as a patch, from the folder of the version."""
        after = self.whole(text).splitlines(keepends=True)
        made = difflib.unified_diff(list(self.lines), after, f"a/{self.file}", f"b/{self.file}")
        return "".join(one if one.endswith("\n") else f"{one}\n\\ No newline at end of file\n" for one in made)


@dataclass(frozen=True)
class Problem:
    """Something wrong, at its line: of what is edited counted within it, of any other file with its name."""

    place: str
    line: int
    """Within what is edited; 0 where it lies elsewhere."""
    message: str
    source: str


@dataclass(frozen=True)
class Tried:
    """What a change would do."""

    problems: tuple[Problem, ...] = ()
    more_problems: int = 0
    changes: int = 0
    against: str = ""
    """The release with which it was compared."""
    case: tuple[str, ...] = ()
    """What changes in the case that was named."""
    red: tuple[CaseResult, ...] = ()
    more_red: int = 0
    total: int = 0


@dataclass(frozen=True)
class Edit:
    """What somebody typed, in place of what: a file of a version or, where one is named, an indicator."""

    reference: str
    file: str
    indicator: str
    text: str
    tried: Tried | None = None
    """What it would do, once that is found out."""


_KEPT: Final = TypeAdapter(Edit)


def kept(path: Path) -> Edit:
    """Return an edit from the file of its job."""
    return _KEPT.validate_json(read_bytes(path))


def keep(path: Path, edit: Edit) -> None:
    """Write an edit to the file of its job."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_bytes(path, _KEPT.dump_json(edit))


def files_of(of: Held) -> list[str]:
    """Return the files with rules of a version; none of one that is kept as a bundle alone."""
    path = of.version.path
    return [one for one in yaml_files(path) if is_rule_file(one)] if path.is_dir() else []


def piece(of: Held, file: str, indicator: str) -> Piece | None:
    """Return what somebody wants to edit, None where that is not there: a file or, where one is named, an indicator."""
    first = 0
    if indicator:
        if (place := of.criteria.places.get(indicator)) is None:
            return None
        file, line, _column = place.rsplit(":", 2)
        first = int(line) - 1
    if file not in files_of(of):
        return None
    lines = tuple(read_bytes(of.version.path / file).decode("utf-8").replace("\r\n", "\n").splitlines(keepends=True))
    after = range(first + 1, len(lines))
    last = next((one for one in after if _KEY.match(lines[one])), len(lines)) if indicator else len(lines)
    return Piece(file, lines, first, last)


def problems_of(of: Held, what: Piece, text: str) -> Tried | None:
    """Return the problems of a change, None where there are none.

    Raises RiskEngineError where there is nothing to compare it with.
    """
    try:
        edited_criteria(of.version.path, {what.file: what.whole(text)})
    except InvalidSourceError as error:
        found = [_problem(one, what, text) for one in error.diagnostics]
        return Tried(tuple(found[:MOST_SHOWN]), max(0, len(found) - MOST_SHOWN))
    release_before(of.version)
    return None


def run(path: Path, case: Case | None) -> None:
    """Find out what an edit would do that lies in the file of a job, in a case of the office too; write it there.

    Raises RiskEngineError where the version is not there any more, or there is nothing to compare it with.
    """
    edit = kept(path)
    of = held(edit.reference)
    what = None if of is None else piece(of, edit.file, edit.indicator)
    if of is None or what is None:
        raise RiskEngineError(_("one of the versions is not there any more"))
    found = problems_of(of, what, edit.text) or _tried(of, what, edit.text, case)
    keep(path, replace(edit, tried=found))


def _tried(of: Held, what: Piece, text: str, case: Case | None) -> Tried:
    draft = edited_criteria(of.version.path, {what.file: what.whole(text)})
    before = release_before(of.version)
    released = released_for(before.path, draft)
    trial = Trial(released, draft)
    in_case = () if case is None else tuple(_in_case(case, released, draft))
    red = trial.red(jobs=at_once())
    shown, more = red[:MOST_SHOWN], max(0, len(red) - MOST_SHOWN)
    return Tried((), 0, len(trial.edits), f"{before}", in_case, shown, more, trial.total)


def _problem(found: Diagnostic, what: Piece, text: str) -> Problem:
    file, line = found.position.path, found.position.line
    message = ". ".join(filter(None, (found.message, found.help)))
    within = line - what.first
    if file.endswith(what.file) and 0 < within <= len(text.splitlines()):
        return Problem(_("line {number}", number=within), within, message, found.source_line)
    name = next((one for one in (what.file,) if file.endswith(one)), file.rpartition("/")[2])
    return Problem(f"{name}:{line}", 0, message, found.source_line)


def _in_case(case: Case, released: Criteria, draft: Criteria) -> Sequence[str]:
    """Return what changes in a case of the office; of one that a version cannot read, why."""
    stated = {"assessment_date": cases.today().isoformat(), **case.document}
    document = parse(canonical(stated).decode(), case.number, is_json=True, nulls=True)
    try:
        both = case_of(document, released), case_of(document, draft)
        return [*lines_of(list(moved(released, draft, both)))]
    except InvalidSourceError as error:
        return [f"{one.message}. {one.help}".strip(" .") for one in error.diagnostics]
    except RiskEngineError as error:
        return [error.message]
