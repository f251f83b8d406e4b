"""Release a version of a criteria set: from then on its digest is on record, and a change of it is an error."""

from dataclasses import dataclass
from pathlib import Path

from risk_engine.audit.cases import CaseResult, run_cases
from risk_engine.diagnostics import InvalidSourceError
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.lock import lock_problems, lock_to_write
from risk_engine.loading.sets import Version, choose, is_version, version_at
from risk_engine.model.criteria import CriteriaSet


@dataclass(frozen=True)
class Release:
    """What is to be recorded: `text` is the whole lock file at `path`; None where the release is recorded already."""

    version: Version
    digest: str
    cases: tuple[CaseResult, ...]
    path: Path
    text: str | None

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """Return the cases of the set that do not come out as expected; with any of them nothing may be released."""
        return tuple(one for one in self.cases if one.differences)


def loaded(reference: str) -> tuple[Version, CriteriaSet]:
    """Load the version that a reference means, the newest of a set, and return it with where it lies.

    Raises what `load_criteria` raises: every problem, among them that a released version was changed.
    """
    # As `load_criteria` does: a folder is read at once, so that every problem of its head is told.
    folder = Path(reference) if is_version(Path(reference)) else choose(reference, None)[0].folder
    criteria = read_criteria(folder)
    return version_at(folder), criteria


def checked(reference: str) -> tuple[Version, CriteriaSet]:
    """Load the version that a reference means and check the releases around it too; raise RiskEngineError."""
    version, criteria = loaded(reference)
    if problems := lock_problems(version, criteria.digest):
        raise InvalidSourceError(problems)
    return version, criteria


def release(reference: str) -> Release:
    """Return what to record for the version that `SET` (the newest) or `SET@VERSION` means; nothing is written here.

    Raises RiskEngineError where the set has problems or no cases, or was released with another digest.
    """
    version, criteria = checked(reference)
    results = run_cases(criteria, version.folder)
    lock = lock_to_write(version.folder)
    text = None if f"{version}" in lock.releases else lock.text_with(f"{version}", criteria.digest)
    return Release(version, criteria.digest, results, lock.path, text)
