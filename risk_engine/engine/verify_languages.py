"""Whether what a stored assessment holds in other languages comes out again; no digest holds those texts."""

from risk_engine.engine.rendition import NoRenditionError, rendition
from risk_engine.engine.verify import LanguageChecked, differences
from risk_engine.language import _
from risk_engine.model.assessment import Assessment
from risk_engine.model.translation import Told
from risk_engine.version import __version__


def check_language(stored: Assessment, told: Told) -> LanguageChecked:
    """Compare what an assessment holds in a language with what comes out now.

    `told` are its criteria in a language that the assessment must hold. Texts that are different were
    altered, unless the translation or the engine is another one now: then nobody can say.
    """
    held = stored.translations[told.language]
    try:
        now = rendition(stored, told)
    except NoRenditionError as error:
        return _unchecked(told.language, str(error))
    if now == held:
        return LanguageChecked(language=told.language, verdict="same")
    if now.translation != held.translation:
        return _unchecked(told.language, _("the translation of the criteria is another one now"))
    if stored.engine != __version__:
        reason = _("engine {now} has other words than engine {then}", now=__version__, then=stored.engine)
        return _unchecked(told.language, reason)
    where = (*differences(held.texts, now.texts, ""), *differences(held.levels, now.levels, "levels"))
    return LanguageChecked(language=told.language, verdict="different", differences=where)


def _unchecked(language: str, reason: str) -> LanguageChecked:
    return LanguageChecked(language=language, verdict="unchecked", reason=reason)
