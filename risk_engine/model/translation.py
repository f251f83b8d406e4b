"""What a criteria set says in another language: a translation that was checked, and the set with its texts replaced."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.texts import Loc, texts_of, with_texts

M = TypeVar("M", bound=BaseModel)

MAP_TEXTS = "map"
"""The texts of a set's map stand under this place."""


@dataclass(frozen=True)
class Translation:
    """A translation that was checked; `digest` tells it from any other."""

    language: str
    digest: str
    texts: Mapping[str, Mapping[str, str]]
    """Text with white space collapsed: what it is in the other language, by the place that it is for (empty: all)."""

    def told(self, place: str, text: str) -> str | None:
        """Return the translation of a text at a place of the set, the nearest one; None where there is none."""
        fitting = {at: one for at, one in self.texts.get(collapsed(text), {}).items() if is_within(place, at)}
        return fitting[max(fitting, key=len)] if fitting else None


@dataclass(frozen=True)
class Told:
    """A set as it says itself, and as it is read in a language: the same where it is not translated.

    `translation` is the digest of what the texts are from: the translation, or the set where it is written in that
    language; None where they are in neither.
    """

    language: str
    criteria: CriteriaSet
    words: CriteriaSet
    translation: str | None


@dataclass(frozen=True)
class Untranslated:
    """A text of a set that a translation lacks, with the places where it does."""

    text: str
    places: tuple[str, ...]


def collapsed(text: str) -> str:
    """Return a text with each stretch of white space as one space: so texts are compared."""
    return " ".join(text.split())


def is_within(place: str, at: str) -> bool:
    """Return whether a place is the one named, or below it; everything is within the empty place."""
    return not at or place == at or place.startswith(f"{at}.")


def placed_texts(record: BaseModel, under: str = "") -> tuple[tuple[str, str], ...]:
    """Return place and text of everything that a set (or, under `map`, its map) says to people, in reading order."""
    return tuple((_place(loc, under), text) for loc, text in texts_of(record))


def in_words_of(record: M, translation: Translation, under: str = "") -> M:
    """Return a set (or, under `map`, its map) with its texts in another language; all else is equal."""

    def told(loc: Loc, text: str) -> str:
        return translation.told(_place(loc, under), text) or text

    return with_texts(record, told)


def untranslated(texts: Iterable[tuple[str, str]], translation: Translation | None) -> tuple[Untranslated, ...]:
    """Return what of the placed texts has no translation, each text once, in the order in which it first stands."""
    lacking: dict[str, list[str]] = {}
    for place, text in texts:
        if translation is None or translation.told(place, text) is None:
            lacking.setdefault(collapsed(text), []).append(place)
    return tuple(Untranslated(text, tuple(places)) for text, places in lacking.items())


def _place(loc: Loc, under: str) -> str:
    """Return a place as authors write it: by file, without the key `facts` within an entity."""
    match loc:
        case ("head", *rest):
            steps = ["set", *rest]
        case ("entities", entity, "facts", *rest):
            steps = ["facts", entity, *rest]
        case ("entities", *rest):
            steps = ["facts", *rest]
        case _:
            steps = list(loc)
    return ".".join(map(str, [under, *steps] if under else steps))
