"""Many stored cases under both versions, in several processes, and the report on all of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from risk_engine.audit.impact.causes import Causes
from risk_engine.audit.impact.ladders import LadderPair, ladder_pairs
from risk_engine.audit.impact.read import NoCaseError, StoredCase, cases_in
from risk_engine.audit.impact.replay import replay
from risk_engine.audit.impact.sides import Pair, read_pair
from risk_engine.audit.impact.summary import Outcome, summary
from risk_engine.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.language import _, current, in_language
from risk_engine.loading.case_files import case_files, folders_below
from risk_engine.model.impact import ImpactReport, Unreplayed
from risk_engine.processes import processes

PART = 16
"""So many files are read in one go."""


class CaseFile(NamedTuple):
    """A file to read; one that was only found in a folder may hold no case."""

    path: Path
    is_named: bool


def impact(  # noqa: PLR0913 (the two versions, and how the cases are to be read)
    cases: Sequence[Path],
    before: str,
    after: str,
    *,
    on: date | None = None,
    profile: Path | None = None,
    jobs: int = 1,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> ImpactReport:
    """Return what the version `after` does to stored cases that were, or would be, assessed under `before`.

    `cases` are files (cases in YAML or JSON, assessments as JSON, lists of them) and folders of such; both versions are
    `SET`, `SET@VERSION` or a folder. Without `on` each case has its own day; without `profile` an assessment has its
    own, a case none. `tell` is called with how many of how many files are done. What is wrong with single cases stands
    in the report. Raises RiskEngineError where a version, the profile or a folder cannot be read.
    """
    asked = Asked(before, after, on, profile)
    files, notes = _files(cases)
    outcomes: list[Outcome] = []
    work = _Work.of(asked)
    for done, part in _outcomes(work, asked, files, jobs):
        outcomes += part
        tell(done, len(files))
    return summary(outcomes, notes, work.pair, work.ladders)


@dataclass(frozen=True)
class Asked:
    """What a process needs to begin."""

    before: str
    after: str
    on: date | None
    profile: Path | None


@dataclass(frozen=True)
class _Work:
    pair: Pair
    ladders: tuple[LadderPair, ...]
    causes: Causes

    @classmethod
    def of(cls, asked: Asked) -> "_Work":
        pair = read_pair(asked.before, asked.after, asked.on, asked.profile)
        return cls(pair, ladder_pairs(pair), Causes(pair))

    def outcomes(self, file: CaseFile) -> list[Outcome]:
        """Return what became of the cases of a file."""
        try:
            return [self._outcome(one) for one in cases_in(file.path)]
        except NoCaseError as error:
            return [_problem(file.path.as_posix(), error)] if file.is_named else [Outcome(is_no_case=True)]
        except RiskEngineError as error:
            return [_problem(file.path.as_posix(), error)]

    def _outcome(self, stored: StoredCase) -> Outcome:
        try:
            found = replay(stored, self.pair, self.ladders, self.causes)
        except RiskEngineError as error:
            return _problem(stored.file, error)
        return Outcome(found, digest=stored.digest, supersedes=stored.supersedes)


def _problem(file: str, error: RiskEngineError) -> Outcome:
    """Return a case that cannot be replayed; of what is wrong in it the report says only where."""
    told = str(error)
    if not isinstance(error, InvalidSourceError):
        reason = told.splitlines()[0].removeprefix(f"{file}: ")
    elif any(one.source_line or one.position.line > 1 for one in error.diagnostics):
        places = ", ".join(f"{one.position.line}:{one.position.column}" for one in error.diagnostics)
        reason = _("it cannot be used as it stands, see line and column {places}", places=places)
    else:  # the file as a whole
        reason = "; ".join(one.message for one in error.diagnostics)
    return Outcome(problem=Unreplayed(file=file, reason=reason, told=told))


def _files(cases: Sequence[Path]) -> tuple[list[CaseFile], list[str]]:
    """Return the files that are meant, each once, and what to know about the folders."""
    files: dict[Path, CaseFile] = {}
    notes: list[str] = []
    for path in cases:
        if not path.is_dir():
            files[path.absolute()] = CaseFile(path, is_named=True)
            continue
        for one in case_files(path):
            files.setdefault(one.absolute(), CaseFile(one, is_named=False))
        if text := folders_below(path):
            notes.append(text)
    return list(files.values()), notes


# --- in several processes ---

_work: _Work | None = None
"""What the processes share: inherited where they are forked, else made anew by each."""


def _outcomes(work: _Work, asked: Asked, files: list[CaseFile], jobs: int) -> Iterator[tuple[int, list[Outcome]]]:
    """Yield, part by part and in order, how many files are done and what became of their cases."""
    global _work  # noqa: PLW0603 (a forked process finds it here; it cannot be sent)
    _work = work
    parts = [files[start : start + PART] for start in range(0, len(files), PART)]
    ends = [min(start + PART, len(files)) for start in range(0, len(files), PART)]
    if jobs <= 1 or len(parts) <= 1:
        yield from zip(ends, map(_part, parts), strict=True)
        return
    with processes(jobs, _prepare, (asked, current())) as pool:
        yield from zip(ends, pool.imap(_part, parts), strict=True)


_language = ""


def _prepare(asked: Asked, language: str) -> None:
    global _work, _language  # noqa: PLW0603 (see there)
    _language = language
    if _work is None:
        _work = _Work.of(asked)


def _part(files: list[CaseFile]) -> list[Outcome]:
    assert _work is not None  # noqa: S101 (set before any part is read)
    with in_language(_language or current()):
        return [outcome for one in files for outcome in _work.outcomes(one)]
