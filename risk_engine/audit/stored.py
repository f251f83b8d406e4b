"""Stored assessments: read one back, find its criteria, recompute it."""

from pathlib import Path

from pydantic import ValidationError

from risk_engine.diagnostics import InvalidSourceError, NotInForceError, RiskEngineError, file_problem, help_line
from risk_engine.engine.verify import Verification, verify
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import check_profile
from risk_engine.loading.sets import UnknownSetError, choose
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import Document, read


def read_assessment(path: Path) -> Assessment:
    """Return a stored assessment; raise InvalidSourceError where the file is not one."""
    _, stored = _read(path)
    return stored


def verify_file(path: Path, reference: str | None = None) -> Verification:
    """Recompute a stored assessment under its own version of the criteria, or under `reference`.

    Raises RiskEngineError where it cannot be recomputed: the set, the version, or a fact of the case is missing.
    """
    document, stored = _read(path)
    named = reference or f"{stored.criteria.id}@{stored.criteria.version}"
    try:
        version, _ = choose(named, stored.on)
        criteria = read_criteria(version.folder)
    except (UnknownSetError, NotInForceError) as error:
        way_out = help_line("the folder of its criteria can be named with `--criteria`")
        raise RiskEngineError(f"the assessment cannot be recomputed: {error}{way_out}") from error
    _check_fit(document, stored, criteria, named)
    return verify(stored, criteria)


def _read(path: Path) -> tuple[Document, Assessment]:
    document = read(path, nulls=True)  # says where the JSON is broken, in our words
    if isinstance(document.data, tuple):
        raise file_problem(path, "this is a list of assessments", "assess one case at a time to verify it later")
    try:
        return document, Assessment.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(one) for one in first["loc"])
        message = f"this is not an assessment that this engine can read{f' (at `{place}`)' if place else ''}"
        raise file_problem(path, message, "an assessment is what `risk-engine assess --format json` writes") from None


def _check_fit(document: Document, stored: Assessment, criteria: CriteriaSet, named: str) -> None:
    """Raise RiskEngineError if the criteria do not know what the case or the profile names."""
    try:
        case_of(document.part(("case",)), criteria)
        if stored.profile is not None:
            check_profile(stored.profile.profile, document.part(("profile", "profile")), criteria)
    except InvalidSourceError as error:
        message = f"the assessment cannot be recomputed: its case or profile does not fit the criteria `{named}`"
        raise RiskEngineError(f"{message}\n{error}") from error
