"""Stored assessments: find the criteria of one, recompute it."""

from pathlib import Path

from pydantic import ValidationError

from risk_engine.diagnostics import InvalidSourceError, NotInForceError, RiskEngineError
from risk_engine.engine.intact import altered_languages, is_intact
from risk_engine.engine.rendition import rendition, with_rendition
from risk_engine.engine.verify import LanguageChecked, Verification, verify
from risk_engine.engine.verify_languages import check_language
from risk_engine.language import ENGLISH, _, current
from risk_engine.loading.case import case_of
from risk_engine.loading.choose import choose
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import check_profile
from risk_engine.loading.records import read_stored_assessment
from risk_engine.loading.sets import UnknownSetError
from risk_engine.loading.translation import told_in
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
        if is_intact(stored):
            raise
        # That it was altered is known without its criteria; where, is not.
        return Verification(verdict="altered", engine_then=stored.engine, engine_now=__version__)


def criteria_of(stored: Assessment, reference: str | None = None) -> CriteriaSet:
    """Return the criteria that an assessment names, or those of `reference`; RiskEngineError where they are missing."""
    try:
        return read_criteria(choose(reference or _named(stored), stored.on).version.path)
    except (UnknownSetError, NotInForceError) as error:
        message = _("the assessment cannot be recomputed: {error}", error=error)
        raise RiskEngineError(message, _("the folder of its criteria can be named with `--criteria`")) from error


def in_current_language(stored: Assessment, reference: str | None = None) -> tuple[Assessment, str | None]:
    """Return a stored assessment that holds the current language, if it can be told in it; else why it cannot.

    What it holds itself is checked where its criteria, or those of `reference`, and their translation are there: it is
    a CheckedRendition then. Raises RiskEngineError where it is not what comes out of them.
    """
    language = current()
    if language == ENGLISH:
        return stored, None
    held = stored.translations.get(language)
    is_told = held is not None and held.translation is not None
    try:
        told = told_in(criteria_of(stored, reference), language)
        made = rendition(stored, told)
    except (RiskEngineError, ValidationError) as error:
        why = str(error) if isinstance(error, RiskEngineError) else _("its case does not fit the criteria")
        return stored, None if is_told else why
    if held is not None and held.translation is not None and made.digest != held.digest:
        _refuse(check_language(stored, told))
        return stored, None
    there_is_none = _("there is no translation of {criteria} into it", criteria=_named(stored))
    return with_rendition(stored, language, made), None if made.translation else there_is_none


def refuse_altered(stored: Assessment, reference: str | None = None) -> None:
    """Raise RiskEngineError where what an assessment holds in a language is not what comes out of its criteria.

    Where they, or their translation, are not there as they were, nobody can say, and it is taken as it is.
    """
    if not stored.translations:
        return
    try:
        criteria = criteria_of(stored, reference)
    except RiskEngineError:
        results = [LanguageChecked(language=one, verdict="altered") for one in altered_languages(stored)]
    else:
        results = [_language(stored, criteria, one) for one in stored.translations]
    for one in results:
        _refuse(one)


def _refuse(result: LanguageChecked) -> None:
    if result.verdict in {"altered", "different"}:
        message = _(
            "what the assessment says in `{language}` was changed after it was written, so nothing is made from it",
            language=result.language,
        )
        raise RiskEngineError(message, _("assess the case again; `risk-engine verify` says what changed"))


def recomputed(
    document: Document, stored: Assessment, criteria: CriteriaSet, reference: str | None = None
) -> Verification:
    """Recompute a stored assessment under these criteria, and in the languages that it holds.

    Raises RiskEngineError where the criteria do not know what it names.
    """
    _check_fit(document, stored, criteria, reference or _named(stored))
    languages = tuple(_language(stored, criteria, one) for one in stored.translations)
    return verify(stored, criteria).model_copy(update={"languages": languages})


def _language(stored: Assessment, criteria: CriteriaSet, language: str) -> LanguageChecked:
    if language in altered_languages(stored):
        return LanguageChecked(language=language, verdict="altered")
    try:
        return check_language(stored, told_in(criteria, language))
    except RiskEngineError as error:  # the translation that is there now is broken
        return LanguageChecked(language=language, verdict="unchecked", reason=str(error))
    except ValidationError:
        reason = _("its case does not fit the criteria")
        return LanguageChecked(language=language, verdict="unchecked", reason=reason)


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
