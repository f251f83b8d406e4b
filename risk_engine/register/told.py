"""Filed assessments in words: each is explained when somebody reads it, from its criteria, found by their digest."""

from collections.abc import Callable
from functools import cache

from risk_engine.language import current
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.explanation import Explanation
from risk_engine.once import once
from risk_engine.records.criteria import criteria_of, in_words, words_in


def told(assessment: Assessment) -> Explanation:
    """Return an assessment in the current language; MissingCriteriaError where its criteria are not here."""
    return _teller(current())(assessment)


def words_of(assessment: Assessment) -> CriteriaSet:
    """Return the criteria of an assessment as they are read in the current language, as far as they are translated.

    Raises MissingCriteriaError where they are not here.
    """
    return words_in(criteria_of(assessment), current()).words


@cache
def _teller(_language: str) -> Callable[[Assessment], Explanation]:
    """Return what explains assessments in one language: the last ones are kept, not those of a whole register."""
    return once(lambda assessment: in_words(assessment, criteria_of(assessment))[0])
