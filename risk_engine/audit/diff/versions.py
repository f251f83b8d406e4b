"""Two versions of a criteria set from where they lie: what is different between them, and what that means."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from risk_engine.audit.diff.edits import compare
from risk_engine.audit.releases.load import loaded
from risk_engine.files.diagnostics import InvalidSourceError, MissingExtraError
from risk_engine.files.language import _
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.lock import is_released
from risk_engine.loading.sets import Version
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.case import Case
from risk_engine.model.changes import Changes, Edit, Meaning, RequiredBump, VersionShown
from risk_engine.model.criteria import CriteriaSet


@dataclass(frozen=True)
class Comparison:
    """Two versions, each as it says itself and as it is read in the current language, and what is different."""

    before: CriteriaSet
    after: CriteriaSet
    words: tuple[CriteriaSet, CriteriaSet]
    changes: Changes
    shown: tuple[Edit, ...]
    """The edits as the current language tells them; what that language does not tell stands as it is written."""
    path: Path
    """Where the earlier version lies, with its base case."""


def compared(before: str, after: str) -> Comparison:
    """Return what is different between the versions that two references mean.

    Raises InvalidSourceError with the problems of both, or whatever else `load_criteria` raises.
    """
    (first, one), (second, other) = _both(before, after)
    edits = compare(one, other)
    words = criteria_in_words(one), criteria_in_words(other)
    told = {edit.name: edit for edit in compare(*words)}
    return Comparison(
        before=one,
        after=other,
        words=words,
        changes=Changes(before=_shown(one, first), after=_shown(other, second), edits=edits),
        shown=tuple(told.get(edit.name, edit) for edit in edits),
        path=first.path,
    )


def _both(before: str, after: str) -> list[tuple[Version, CriteriaSet]]:
    """Load two versions; what is wrong with the second is told together with what is wrong with the first."""
    found: list[tuple[Version, CriteriaSet]] = []
    problems: list[InvalidSourceError] = []
    for reference in (before, after):
        try:
            found.append(loaded(reference))
        except InvalidSourceError as error:
            problems.append(error)
    if problems:
        raise InvalidSourceError(list(dict.fromkeys(one for error in problems for one in error.diagnostics)))
    return found


def _shown(criteria: CriteriaSet, version: Version) -> VersionShown:
    head = criteria.head
    return VersionShown(
        id=head.id,
        version=head.version,
        title=head.title,
        in_force_from=head.in_force.from_,
        digest=criteria.digest,
        state="released" if is_released(version) else "draft",
    )


Tell = Callable[[int, int], None]


def base_of(found: Comparison) -> Case:
    """Return the base case of the earlier version, from which every case is told; raise InvalidSourceError."""
    return base_case(found.before)[1]


def meaning_of(found: Comparison, base: Case, on: date | None = None, tell: Tell = lambda *_: None) -> Meaning:
    """Return what the changes mean over all cases, from the first day of the later version on, or on one day.

    `base` is the base case of the earlier version. Where no case can be read by both, that is what it says. Raises
    MissingExtraError where the solver is not installed.
    """
    try:
        from risk_engine.audit.diff.overlap import TypesDifferError
        from risk_engine.audit.diff.semantics import meaning
        from risk_engine.solver.space import Limits
    except ImportError as error:
        message = _("what the changes mean for results cannot be proved: what proves it is not installed")
        raise MissingExtraError(message, "audit") from error
    try:
        return meaning(found.before, found.after, base, Limits(jobs=os.cpu_count() or 1), on, tell)
    except TypesDifferError as error:
        return _nothing_compared(error.message, found, on)


def _nothing_compared(why: str, found: Comparison, on: date | None) -> Meaning:
    return Meaning(
        days=(),
        is_one_day=on is not None,
        counted=found.after.head.roles.deciding,
        bounds={},
        new_facts=(),
        gone_facts=(),
        not_compared=(why,),
        shifts=(),
        required=RequiredBump(bump="major", why=why),
    )
