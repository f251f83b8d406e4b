"""A version of a criteria set to work on: loaded, and with the releases around it checked."""

from pathlib import Path
from typing import NamedTuple

from risk_engine.audit.texts import Translated, translated
from risk_engine.diagnostics import InvalidSourceError
from risk_engine.loading.choose import newest
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.lock import lock_problems
from risk_engine.loading.sets import Version, is_version, version_at
from risk_engine.loading.signatures import signature_problems
from risk_engine.model.criteria import CriteriaSet


def loaded(reference: str) -> tuple[Version, CriteriaSet]:
    """Load the version that a reference means, the newest of a set, and return it with where it lies.

    Raises what `load_criteria` raises: every problem, among them that a released version was changed.
    """
    # As `load_criteria` does: a folder is read at once, so that every problem of its head is told.
    folder = Path(reference) if is_version(Path(reference)) else newest(reference).path
    criteria = read_criteria(folder)
    return version_at(folder), criteria


class Checked(NamedTuple):
    """A version in which nothing is wrong, where it lies, and how far it is translated into each language."""

    version: Version
    criteria: CriteriaSet
    translated: tuple[Translated, ...]


def checked(reference: str) -> Checked:
    """Load the version that a reference means and check its translations and the releases around it too.

    Raises RiskEngineError with every problem. What is found here is refused by `criteria check` and by a release alike.
    """
    version, criteria = loaded(reference)
    problems = [*lock_problems(version, criteria.digest), *signature_problems(version.path)]
    try:
        told = translated(criteria)
    except InvalidSourceError as error:
        told = ()
        problems += error.diagnostics
    if problems:
        raise InvalidSourceError(problems)
    return Checked(version, criteria, told)
