"""Stored assessments: read one back, find its criteria, recompute it."""

from pathlib import Path

from pydantic import ValidationError

from risk_engine.diagnostics import NotInForceError, RiskEngineError, file_problem
from risk_engine.engine.verify import Verification, verify
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import UnknownSetError, choose
from risk_engine.model.assessment import Assessment
from risk_engine.source import read


def read_assessment(path: Path) -> Assessment:
    """Return a stored assessment; raise InvalidSourceError where the file is not one."""
    read(path, nulls=True)  # says where the JSON is broken, in our words
    try:
        return Assessment.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(one) for one in first["loc"])
        help_text = "an assessment is what `risk-engine assess --format json` writes"
        raise file_problem(
            path, f"this is not an assessment that this engine can read (at `{place}`)", help_text
        ) from None


def verify_file(path: Path, reference: str | None = None) -> Verification:
    """Recompute a stored assessment under its own version of the criteria, or under `reference`.

    Raises RiskEngineError where it cannot be recomputed: the set, the version, or a fact of the case is missing.
    """
    stored = read_assessment(path)
    named = reference or f"{stored.criteria.id}@{stored.criteria.version}"
    try:
        version, _ = choose(named, stored.on)
        return verify(stored, read_criteria(version.folder))
    except (UnknownSetError, NotInForceError) as error:
        raise RiskEngineError(f"the assessment cannot be recomputed: {error}") from error
    except ValidationError:
        message = f"the assessment cannot be recomputed: its case does not fit the criteria `{named}`"
        raise RiskEngineError(message) from None
