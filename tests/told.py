"""A case assessed, and said in words at once: for tests of what people read."""

from datetime import date

from risk_engine.engine.assess import assess
from risk_engine.engine.explain import explain
from risk_engine.files.language import ENGLISH
from risk_engine.model.assessment import Assessment, Superseded
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from risk_engine.model.profile import Profile
from risk_engine.records.criteria import criteria_of, explanation_of


def assess_told(  # noqa: PLR0913 (what `assess` takes)
    case: Case,
    criteria: Criteria,
    on: date | None = None,
    profile: Profile | None = None,
    *,
    in_force: bool | None = None,
    draft: bool = False,
    supersedes: Superseded | None = None,
    language: str = ENGLISH,
) -> Explanation:
    """Return what a case comes to, in words."""
    made = assess(case, criteria, on, profile, in_force=in_force, draft=draft, supersedes=supersedes)
    return explain(made, criteria, language)


def told_json(text: str | bytes, language: str = ENGLISH, criteria: str | None = None) -> Explanation:
    """Return a stored assessment in words; `criteria` names those that do not come with the engine."""
    stored = Assessment.model_validate_json(text)
    return explanation_of(stored, criteria_of(stored, criteria), language)
