"""A version of a criteria set to work on: loaded, and with the releases around it checked."""

import shlex
from pathlib import Path
from typing import NamedTuple

from risk_engine.audit.texts import Translated, translated
from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, file_problem
from risk_engine.files.language import _
from risk_engine.loading.choose import newest
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.files import source_digest
from risk_engine.loading.lock import is_released, lock_problems
from risk_engine.loading.sets import Version, bundle_path, head_of, is_bundle, is_version, version_at
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


def checked(reference: str, *, to_release: bool = False) -> Checked:
    """Load the version that a reference means and check its translations and the releases around it too.

    Raises RiskEngineError with every problem. What is found here is refused by `criteria check` and, but for a bundle
    that a release is about to write, by a release alike.
    """
    version, criteria = loaded(reference)
    problems = [*lock_problems(version, criteria.digest), *signature_problems(version.path)]
    if not to_release and criteria.bundle is None and is_released(version):
        problems += _bundle_problems(version)
    try:
        told = translated(criteria)
    except InvalidSourceError as error:
        told = ()
        problems += error.diagnostics
    if problems:
        raise InvalidSourceError(problems)
    return Checked(version, criteria, told)


def _bundle_problems(version: Version) -> list[Diagnostic]:
    """Return why the bundle of a released version is not that of its files: its rules are compared with the lock."""
    bundle = bundle_path(version)
    if not is_bundle(bundle):
        message = _("{version} is released, and its bundle is not there", version=version)
    elif head_of(bundle).get("source") != source_digest(version.path):
        message = _("this bundle of {version} was made of other words, cases or layout", version=version)
    else:
        return []
    way_out = _("`risk-engine criteria release {folder}` writes it anew", folder=shlex.quote(version.path.as_posix()))
    return [*file_problem(bundle, message, way_out).diagnostics]
