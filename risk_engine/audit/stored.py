"""Stored assessments: find the criteria of one, recompute it."""

from pathlib import Path

from risk_engine.diagnostics import InvalidSourceError, NotInForceError, RiskEngineError
from risk_engine.engine.assess import assessment_digest
from risk_engine.engine.verify import Verification, verify
from risk_engine.language import _
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import check_profile
from risk_engine.loading.records import read_stored_assessment
from risk_engine.loading.sets import UnknownSetError, choose
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import Document
from risk_engine.version import __version__


def verify_file(path: Path, reference: str | None = None) -> Verification:
    """Recompute a stored assessment under its own version of the criteria, or under `reference`.

    Raises RiskEngineError where it is as it was written and cannot be recomputed: the set, the version, or a fact of
    the case is missing.
    """
    document, stored = read_stored_assessment(path)
    try:
        return recomputed(document, stored, criteria_of(stored, reference), reference)
    except RiskEngineError:
        if assessment_digest(stored) == stored.digest:
            raise
        # That it was altered is known without its criteria; where, is not.
        return Verification(verdict="altered", engine_then=stored.engine, engine_now=__version__)


def criteria_of(stored: Assessment, reference: str | None = None) -> CriteriaSet:
    """Return the criteria that an assessment names, or those of `reference`; RiskEngineError where they are missing."""
    try:
        version, _in_force = choose(reference or _named(stored), stored.on)
        return read_criteria(version.folder)
    except (UnknownSetError, NotInForceError) as error:
        message = _("the assessment cannot be recomputed: {error}", error=error)
        raise RiskEngineError(message, _("the folder of its criteria can be named with `--criteria`")) from error


def recomputed(
    document: Document, stored: Assessment, criteria: CriteriaSet, reference: str | None = None
) -> Verification:
    """Recompute a stored assessment under these criteria; RiskEngineError where they do not know what it names."""
    _check_fit(document, stored, criteria, reference or _named(stored))
    return verify(stored, criteria)


def _check_fit(document: Document, stored: Assessment, criteria: CriteriaSet, named: str) -> None:
    """Raise RiskEngineError if the criteria do not know what the case or the profile names."""
    try:
        case_of(document.part(("case",)), criteria)
        if stored.profile is not None:
            check_profile(stored.profile.profile, document.part(("profile", "profile")), criteria)
    except InvalidSourceError as error:
        message = _(
            "the assessment cannot be recomputed: its case or profile does not fit the criteria `{named}`", named=named
        )
        raise RiskEngineError(f"{message}\n{error}") from error


def _named(stored: Assessment) -> str:
    return f"{stored.criteria.id}@{stored.criteria.version}"
