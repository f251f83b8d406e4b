"""Many stored cases under both versions, in several processes: what came out, what changed and why."""

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, assert_never

from risk_engine.audit.impact.asked import Replayed, newly_asked, remaining
from risk_engine.audit.impact.moves import Causes, LadderPair, course, finding_moves, graded, ladder_pairs, moves
from risk_engine.audit.impact.stored_cases import (
    NoCaseError,
    Pair,
    StoredCase,
    UnderBoth,
    cases_in,
    fitted,
    read_by_both,
    read_pair,
)
from risk_engine.audit.impact.summary import Outcome, summary
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.processes import Tell, spread
from risk_engine.loading.case import case_files, folders_below
from risk_engine.loading.releases import newest
from risk_engine.model.comparison import (
    CaseImpact,
    Cause,
    CauseKind,
    Group,
    ImpactReport,
    LadderCompared,
    Move,
    Unreplayed,
)
from risk_engine.portfolio import begun, has_columns

if TYPE_CHECKING:
    from risk_engine.audit.impact.in_columns import InColumns


def read_stored(stored: StoredCase, pair: Pair) -> UnderBoth:
    """Return how both versions read one case; RiskEngineError where it has no day, or is of another set."""
    _check_set(stored, pair.after.criteria.head.id)
    day = pair.on or stored.day
    if day is None:
        message = _("{path}: the case has no `assessment_date:`", path=stored.file)
        raise RiskEngineError(message, _("add one, or name a day with `--on`"))
    return read_by_both(stored, pair, day)


def replay(read: UnderBoth, pair: Pair, ladders: Sequence[LadderPair], causes: Causes) -> CaseImpact:
    """Return what the new version does to one case; RiskEngineError where neither version takes an answer of it."""
    stored, day = read.stored, read.day
    before, after = fitted(read)
    moved = moves(ladders, before.worked.standings, after.worked.standings)
    case = Replayed(before.worked, after, pair.after)
    # Where nothing moved, nothing became open because of what is asked.
    lacking = newly_asked(case) if any(one.direction != "same" for one in moved) else ()
    remains = remaining(case, ladders) if lacking else None
    asked = tuple(dict.fromkeys(one.ask.path() for one in lacking)) if remains else ()
    apart: dict[str, CauseKind] = {
        **{one.ask.path(): "asked" for one in lacking},
        **{one.state.path(): "asked" for one in lacking},
        **{one.path: "refused" for one in after.left_out},
    }

    def why(indicator: str) -> tuple[Cause, ...]:
        return causes.of(indicator, lambda: (before.worked.facts, after.worked.facts), apart)

    group: Group = "refused" if after.left_out else "newly_asked" if remains else "compared"
    return CaseImpact(
        file=stored.file,
        source=stored.source,
        case_id=after.worked.case.id,
        title=after.worked.case.title,
        on=day,
        in_force_before=pair.before.is_in_force(day),
        in_force_after=pair.after.is_in_force(day),
        group=group,
        course=course([one.direction for one in moved]),
        ladders=tuple(moved),
        findings=tuple(finding_moves(graded(before.worked.found), graded(after.worked.found), why)),
        asked=asked,
        remaining=remains,
        refused=after.left_out,
        left_out=before.left_out,
    )


def _check_set(stored: StoredCase, wanted: str) -> None:
    """Raise RiskEngineError where a case names another set; what names none is taken to be of this one."""
    name = stored.criteria and stored.criteria.rpartition("@")[0 if "@" in stored.criteria else 2]
    if name and name != wanted and _set_at(name) != wanted:
        message = _(
            "{file}: the case is of the set `{other}`, not of `{set}`", file=stored.file, other=name, set=wanted
        )
        raise RiskEngineError(message, _("leave it out, or compare two versions of `{other}`", other=name))


@lru_cache
def _set_at(name: str) -> str | None:
    """Return which set a case means that names its folder."""
    with contextlib.suppress(RiskEngineError):
        return newest(name).name
    return None


PART = 16
"""So many files are read in one go where columns are not used."""
MANY = 512
"""So many, at most: of more, columns are hardly faster, and whoever waits hears less often how far it is."""
LEAST = 64
"""Fewer cases are replayed one by one: to read a set into columns takes longer than they do."""


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
    tell: Tell = lambda *_: None,
) -> ImpactReport:
    """Return what the version `after` does to stored cases that were, or would be, assessed under `before`.

    `cases` are files (cases in YAML or JSON, assessments as JSON, lists of them) and folders of such; both versions are
    `SET`, `SET@VERSION` or a folder. Without `on` each case has its own day; without `profile` an assessment has its
    own, a case none. `tell` is called with how many of how many files are done. What is wrong with single cases stands
    in the report. Raises RiskEngineError where a version, the profile or a folder cannot be read.
    """
    anew = partial(_Work.of, before, after, on, profile)
    files, notes = _files(cases)
    outcomes: list[Outcome] = []
    work = anew()
    if begun() and len(files) >= LEAST:
        jobs = 1  # this process decides them in columns, and none that it forks could
    each = min(MANY, -(-len(files) // jobs))
    size = each if each >= LEAST and has_columns() else PART
    parts = [files[start : start + size] for start in range(0, len(files), size)]
    done = 0
    for part, came in zip(parts, spread(_Work.outcomes, work, parts, jobs, anew), strict=True):
        outcomes += came
        done += len(part)
        tell(done, len(files))
    return summary(outcomes, notes, work.pair, work.ladders)


@dataclass(frozen=True)
class _Work:
    pair: Pair
    ladders: tuple[LadderPair, ...]
    causes: Causes
    alone: int | None
    """The one process that may use columns, where they have begun in it: those that it forks may not."""

    @classmethod
    def of(cls, before: str, after: str, on: date | None, profile: Path | None) -> "_Work":
        pair = read_pair(before, after, on, profile)
        return cls(pair, ladder_pairs(pair), Causes(pair), os.getpid() if begun() else None)

    @cached_property
    def columns(self) -> "InColumns | None":
        """What decides many cases at a time; None where the extra for it is not installed."""
        if not has_columns() or self.alone not in {None, os.getpid()}:
            return None
        from risk_engine.audit.impact.in_columns import InColumns

        return InColumns(self.pair, self.ladders, self.causes)

    def outcomes(self, files: Sequence[CaseFile]) -> list[Outcome]:
        """Return what became of the cases of files."""
        read = [one for file in files for one in self._of_file(file)]
        cases = [one for one in read if isinstance(one, UnderBoth)]
        known = self.columns.impacts(cases) if len(cases) >= LEAST and self.columns else {}
        came = iter([self._outcome(one, known.get(place)) for place, one in enumerate(cases)])
        return [next(came) if isinstance(one, UnderBoth) else one for one in read]

    def _of_file(self, file: CaseFile) -> list[UnderBoth | Outcome]:
        try:
            return [self._read(one) for one in cases_in(file.path)]
        except NoCaseError as error:
            return [_problem(file.path.as_posix(), error)] if file.is_named else [Outcome(is_no_case=True)]
        except RiskEngineError as error:
            return [_problem(file.path.as_posix(), error)]

    def _read(self, stored: StoredCase) -> UnderBoth | Outcome:
        try:
            return read_stored(stored, self.pair)
        except RiskEngineError as error:
            return _problem(stored.file, error)

    def _outcome(self, read: UnderBoth, known: CaseImpact | None) -> Outcome:
        """Return what became of a case: what columns said, else what a replay says."""
        try:
            found = known or replay(read, self.pair, self.ladders, self.causes)
        except RiskEngineError as error:
            return _problem(read.stored.file, error)
        return Outcome(found, digest=read.stored.digest, supersedes=read.stored.supersedes)


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


Wanted: TypeAlias = Literal["milder", "looser", "changed"]
Verdict: TypeAlias = Literal["no", "may", "yes"]
Ladders: TypeAlias = Mapping[str, LadderCompared]


def verdict(report: ImpactReport, wanted: Wanted) -> Verdict:
    """Return whether some case is milder, or changed; `may` where that rests on answers that nobody has given yet.

    Milder as `diff` says it (decision 0030): a case that is looser is not milder, and is asked for by itself.
    """
    if wanted == "changed":
        return _gravest(map(_changed, report.cases))
    ladders = {one.ladder: one for one in report.ladders}
    return _gravest(_fallen(one, ladders, counts_looser=wanted == "looser") for one in report.cases)


def _fallen(case: CaseImpact, ladders: Ladders, *, counts_looser: bool) -> Verdict:
    def told(moves: Iterable[Move]) -> Verdict:
        counted = (one for one in moves if not _only_bars_more(one, ladders[one.ladder], case))
        return _gravest(_moved(one, ladders[one.ladder], counts_looser=counts_looser) for one in counted)

    match case.group:
        case "compared":
            return told(case.ladders)
        case "newly_asked" if case.remaining is not None:
            # For certain only where it is so even with the most risky answers.
            return (
                "yes" if told(case.remaining.most) == "yes" else "no" if told(case.remaining.least) == "no" else "may"
            )
        case _:
            return "may"


def _changed(case: CaseImpact) -> Verdict:
    match case.group:
        case "compared":
            return "no" if case.course == "same" else "yes"
        case "newly_asked" if case.remaining is not None:
            courses = (case.remaining.least_course, case.remaining.most_course)
            return "may" if "same" in courses else "yes"
        case _:
            return "yes"


def _moved(move: Move, ladder: LadderCompared, *, counts_looser: bool) -> Verdict:
    """Return whether a ladder moved down; where its range grew or shrank at both ends, nobody can say yet."""
    match move.direction:
        case "same" | "stricter" | "tighter":
            return "no"
        case "milder":
            return "yes"
        case "looser" if counts_looser:
            return "yes"
        case "looser":
            # Milder is what falls at the strict end; but where the mild end falls, some answer may still lead there.
            order = [one.name for one in ladder.levels].index
            return "may" if order(move.after.place.mildest) < order(move.before.place.mildest) else "no"
        case "wider" | "narrower" | "other":
            return "may"
        case _:
            assert_never(move.direction)


def _only_bars_more(move: Move, ladder: LadderCompared, case: CaseImpact) -> bool:
    """Return whether a ladder that is not claimed to be monotone can have moved only because some finding got graver.

    A committee that a case no longer goes to because it is now barred lets nothing slip through.
    """
    if ladder.role in {"gate", "headline"} or move.causes:
        return False
    graver = [one.direction == "stricter" for one in case.findings]
    return bool(graver) and all(graver)


def _gravest(several: Iterable[Verdict]) -> Verdict:
    return max(several, key=("no", "may", "yes").index, default="no")
