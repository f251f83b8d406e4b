"""A version of a criteria set to work on: loaded, and with the releases around it checked."""

from pathlib import Path

from risk_engine.audit.releases.signatures import signature_problems
from risk_engine.diagnostics import InvalidSourceError
from risk_engine.loading.choose import newest
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.lock import lock_problems
from risk_engine.loading.sets import Version, is_version, version_at
from risk_engine.model.criteria import CriteriaSet


def loaded(reference: str) -> tuple[Version, CriteriaSet]:
    """Load the version that a reference means, the newest of a set, and return it with where it lies.

    Raises what `load_criteria` raises: every problem, among them that a released version was changed.
    """
    # As `load_criteria` does: a folder is read at once, so that every problem of its head is told.
    folder = Path(reference) if is_version(Path(reference)) else newest(reference).folder
    criteria = read_criteria(folder)
    return version_at(folder), criteria


def checked(reference: str) -> tuple[Version, CriteriaSet]:
    """Load the version that a reference means and check the releases around it too; raise RiskEngineError."""
    version, criteria = loaded(reference)
    if problems := [*lock_problems(version, criteria.digest), *signature_problems(version.folder)]:
        raise InvalidSourceError(problems)
    return version, criteria
