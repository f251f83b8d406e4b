"""Filed assessments in words: each is explained when somebody reads it, from its criteria, found by their digest."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from risk_engine.files.language import current
from risk_engine.files.once import once
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from risk_engine.records.criteria import criteria_of, in_words, words_in


def told(assessment: Assessment, near: Path) -> Explanation:
    """Return an assessment that is filed there in the current language; MissingCriteriaError without its criteria."""
    return _teller(current(), near.parent)(assessment)


def words_of(assessment: Assessment, near: Path) -> Criteria:
    """Return the criteria of an assessment as they are read in the current language, as far as they are translated.

    Raises MissingCriteriaError where they are not here.
    """
    return words_in(criteria_of(assessment, None, near), current()).words


@lru_cache(maxsize=4)
def _teller(_language: str, folder: Path) -> Callable[[Assessment], Explanation]:
    """Return what explains the assessments of a case in one language; of the last cases alone they are kept."""
    near = folder / "assessment.json"
    return once(lambda assessment: in_words(assessment, criteria_of(assessment, None, near))[0])
