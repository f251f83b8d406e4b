"""Whether a stored assessment is as it was written, and so is what it holds in other languages."""

from typing import TYPE_CHECKING

from risk_engine.canonical import digest
from risk_engine.engine.assess import assessment_digest
from risk_engine.language import ENGLISH
from risk_engine.model.assessment import Assessment, Rendition
from risk_engine.model.texts import Loc, texts_of

if TYPE_CHECKING:
    from risk_engine.model.outlook import Outlook


def is_intact(assessment: Assessment) -> bool:
    """Return whether neither an assessment nor its texts in another language were changed by hand.

    Whoever computes the digests anew is not found out here; the criteria tell, see `check_language`.
    """
    return assessment_digest(assessment) == assessment.digest and not altered_languages(assessment)


def altered_languages(assessment: Assessment) -> tuple[str, ...]:
    """Return the languages whose texts are not as they were written; of them nothing may be shown."""
    if not assessment.translations:
        return ()
    places = {pointer(loc) for loc, _text in texts_of(assessment)}
    return tuple(
        language
        for language, held in assessment.translations.items()
        # The record itself is in English: nothing takes its place there.
        if language == ENGLISH
        or held.digest != rendition_digest(assessment.digest, language, held)
        or not _replaces_words_alone(assessment, held, places)
    )


def rendition_digest(of: str, language: str, held: Rendition) -> str:
    """Return the digest of what an assessment, which has the digest `of`, is in a language."""
    return digest({"assessment": of, "language": language, **held.model_dump(mode="json", exclude={"digest"})})


def pointer(loc: Loc) -> str:
    """Return a place in the JSON of an assessment as a JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in loc)


def _replaces_words_alone(assessment: Assessment, held: Rendition, places: set[str]) -> bool:
    ladders = {one.ladder: set(one.ladder_levels) for one in assessment.proposals}
    return (
        held.texts.keys() <= places
        and _calls_bands_the_same(assessment, held)
        and all(titles.keys() == ladders.get(ladder) for ladder, titles in held.levels.items())
    )


def _calls_bands_the_same(assessment: Assessment, held: Rendition) -> bool:
    """Return whether ratings name bands as the criteria do there: a picture finds a band by its name."""
    bands = assessment.criteria.bands
    called = {name: held.texts.get(f"/criteria/bands/{number}", name) for number, name in enumerate(bands)}
    return all(
        held.texts.get(f"/ratings/{number}/{of}/{end}", name) == called.get(name, name)
        for number, rating in enumerate(assessment.ratings)
        for of in ("inherent", "residual", "expected")
        for end in ("band_at_least", "band_at_most")
        for name in [getattr(getattr(rating, of), end)]
    )


def outlook_digest(outlook: "Outlook") -> str:
    """Return the digest of an outlook: of everything in it but the digest itself."""
    return digest(outlook.model_dump(mode="json", by_alias=True, exclude={"digest"}))
