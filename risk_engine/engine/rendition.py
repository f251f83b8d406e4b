"""An assessment in another language: what its texts are there, kept beside it, and the assessment with them in place.

A record is in the words of its criteria set and in English. Its case is written down a second time, in the words of a
translation; nothing but texts may then be different, and only what is different is kept. So a report in that language
can be made from the record alone.
"""

from datetime import date
from typing import Any

from risk_engine.diagnostics import RiskEngineError
from risk_engine.engine.assess import assessment_digest, what_counts, written
from risk_engine.engine.intact import altered_languages, pointer, rendition_digest
from risk_engine.engine.work import Worked, work, worked_again
from risk_engine.language import ENGLISH, _, languages
from risk_engine.model.assessment import Assessment, CheckedRendition, Rendition, Superseded
from risk_engine.model.case import Case
from risk_engine.model.profile import Profile
from risk_engine.model.texts import Loc, texts_of, with_texts
from risk_engine.model.translation import Told

NOT_COMPARED = ("engine", "digest")
"""Another version of the engine may write the same record: these alone are different then."""


_AS_WRITTEN = ""
"""No language has this tag: under it a localised assessment holds the texts that were replaced."""


class NoRenditionError(RiskEngineError):
    """An assessment cannot be told in another language, because what comes out now is not what it says."""


def assess_in(  # noqa: PLR0913 (what `assess` takes, and whether the criteria are a draft)
    told: Told,
    case: Case,
    on: date | None = None,
    profile: Profile | None = None,
    *,
    in_force: bool | None = None,
    draft: bool = False,
    supersedes: Superseded | None = None,
) -> Assessment:
    """Assess a case as `assess` does, and keep beside the record what it is in the language of `told`."""
    worked = work(case, told.criteria, on, profile)
    record = written(worked, in_force=in_force, draft=draft, supersedes=supersedes)
    return (
        record if told.language == ENGLISH else with_rendition(record, told.language, _rendition(record, worked, told))
    )


def rendition(stored: Assessment, told: Told) -> CheckedRendition:
    """Return what a stored assessment is in the language in which its criteria are told.

    Raises NoRenditionError where the record was altered, is of other criteria, or does not come out again; else what
    `work` raises, and pydantic's ValidationError if the stored case does not fit the criteria.
    """
    if assessment_digest(stored) != stored.digest:
        raise NoRenditionError(_("the assessment was changed after it was written"))
    if told.criteria.digest != stored.criteria.digest:
        raise NoRenditionError(_("the criteria here are not those that it was made with"))
    worked = worked_again(stored, told.criteria)
    now = written(worked, in_force=stored.criteria.in_force, draft=stored.criteria.draft, supersedes=stored.supersedes)
    if _compared(now) != _compared(stored):
        message = _("engine {now} writes it otherwise than engine {then} did", now=now.engine, then=stored.engine)
        raise NoRenditionError(message)
    return _rendition(stored, worked, told)


def with_rendition(assessment: Assessment, language: str, made: Rendition) -> Assessment:
    """Return an assessment that holds what it is in that language; its digest does not change."""
    return assessment.model_copy(update={"translations": {**assessment.translations, language: made}})


def localised(assessment: Assessment, language: str) -> Assessment:
    """Return an assessment as it reads in a language, for reports; the same where it does not hold that language.

    What it holds is not taken where that was altered. What comes out is no record any more; `as_written` gives that
    back.
    """
    held = assessment.translations.get(language)
    if held is None or _AS_WRITTEN in assessment.translations or language in altered_languages(assessment):
        return assessment
    replaced: dict[str, str] = {}

    def told(loc: Loc, text: str) -> str:
        place = pointer(loc)
        if place not in held.texts:
            return text
        replaced[place] = text
        return held.texts[place]

    shown = _with_levels(with_texts(assessment, told), held)
    return with_rendition(shown, _AS_WRITTEN, Rendition(translation=None, texts=replaced, levels={}))


def as_written(assessment: Assessment) -> Assessment:
    """Return the record that an assessment was localised from; one that was not is that itself."""
    held = assessment.translations.get(_AS_WRITTEN)
    if held is None:
        return assessment
    written_then = _with_levels(with_texts(assessment, lambda loc, text: held.texts.get(pointer(loc), text)), held)
    languages_held = {one: held for one, held in assessment.translations.items() if one != _AS_WRITTEN}
    return written_then.model_copy(update={"translations": languages_held})


def _with_levels(assessment: Assessment, held: Rendition) -> Assessment:
    proposals = tuple(one.with_titles(held.levels.get(one.ladder, {})) for one in assessment.proposals)
    return assessment.model_copy(update={"proposals": proposals})


def _rendition(record: Assessment, worked: Worked, told: Told) -> CheckedRendition:
    """Return what is different where the record is written in other words; NoRenditionError if more than texts is."""
    spoken = told.language if told.language in languages() else ENGLISH
    other = written(
        worked,
        in_force=record.criteria.in_force,
        draft=record.criteria.draft,
        supersedes=record.supersedes,
        words=told.words,
        language=spoken,
    )
    if _compared(_without_texts(other)) != _compared(_without_texts(record)):
        raise NoRenditionError(_("in other words something else than its texts would be different"))
    own = dict(texts_of(record))
    texts = {pointer(loc): text for loc, text in texts_of(other) if text != own[loc]}
    levels = {
        one.ladder: {name: level.title for name, level in told.words.ladders[one.ladder].levels.items()}
        for one in record.proposals
    }
    made = CheckedRendition(translation=told.translation, texts=texts, levels=levels)
    return made.model_copy(update={"digest": rendition_digest(record.digest, told.language, made)})


def _without_texts(assessment: Assessment) -> Assessment:
    return with_texts(assessment, lambda _loc, _text: "")


def _compared(assessment: Assessment) -> dict[str, Any]:
    return {key: value for key, value in what_counts(assessment).items() if key not in NOT_COMPARED}
