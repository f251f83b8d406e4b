"""Two versions of a criteria set from where they lie, with all that is different between them."""

from dataclasses import dataclass
from pathlib import Path

from risk_engine.audit.changes.compare import compare
from risk_engine.audit.releases.load import loaded
from risk_engine.diagnostics import InvalidSourceError
from risk_engine.loading.lock import is_released
from risk_engine.loading.sets import Version
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.changes import Changes, Edit, VersionShown
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
