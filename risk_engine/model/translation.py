"""What a set says to people, text by text; a translation that was checked; the set with its texts replaced."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from operator import is_
from typing import Any, TypeAlias, TypeVar, cast, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from risk_engine.model.criteria import Criteria
from risk_engine.model.words import Speech

M = TypeVar("M", bound=BaseModel)

Loc: TypeAlias = tuple[str | int, ...]
"""The way from a record to one of its texts: keys as in its file, and list indices."""


def texts_of(record: BaseModel) -> tuple[tuple[Loc, str], ...]:
    """Return every text of a record that is declared `Speech.TRANSLATED` with its place, in order."""
    found: list[tuple[Loc, str]] = []

    def note(loc: Loc, text: str) -> str:
        found.append((loc, text))
        return text

    with_texts(record, note)
    return tuple(found)


def with_texts(record: M, told: Callable[[Loc, str], str]) -> M:
    """Return the record with each of its texts as `told` says it; parts in which nothing changes stay the same objects.

    Nothing is validated again: what is told must not be empty.
    """
    return cast("M", _part(record, (), told, is_text=False))


def _part(value: Any, loc: Loc, told: Callable[[Loc, str], str], *, is_text: bool) -> Any:
    match value:
        case BaseModel():
            return _record(value, loc, told)
        case str() if is_text:
            new = told(loc, value)
            return value if new == value else new
        case tuple():
            parts = tuple(_part(one, (*loc, number), told, is_text=is_text) for number, one in enumerate(value))
            return value if all(map(is_, parts, value)) else parts
        case dict():
            items = {key: _part(one, (*loc, key), told, is_text=is_text) for key, one in value.items()}
            return value if all(items[key] is one for key, one in value.items()) else items
        case _:
            return value


def _record(record: BaseModel, loc: Loc, told: Callable[[Loc, str], str]) -> BaseModel:
    changed: dict[str, Any] = {}
    for name, key, is_text in _speaking(type(record)):
        value = getattr(record, name)
        new = _part(value, (*loc, key), told, is_text=is_text)
        if new is not value:
            changed[name] = new
    return record.model_copy(update=changed) if changed else record


@cache
def _speaking(model: type[BaseModel]) -> tuple[tuple[str, str, bool], ...]:
    """Return the fields that hold texts (true), or records that may hold some (false), each with its key."""
    found: list[tuple[str, str, bool]] = []
    for name, field in model.model_fields.items():
        parts = list(_parts(field))
        is_text = Speech.TRANSLATED in parts
        if is_text or any(_speaks(one) for one in parts if _is_model(one)):
            found.append((name, field.alias or name, is_text))
    return tuple(found)


@cache
def _speaks(model: Any) -> bool:
    """Return whether a record of this kind, or one within it, may hold a text."""
    seen = {model}  # conditions hold conditions
    waiting = [model]
    while waiting:
        parts = [part for field in waiting.pop().model_fields.values() for part in _parts(field)]
        if Speech.TRANSLATED in parts:
            return True
        fresh = {one for one in parts if _is_model(one)} - seen
        seen |= fresh
        waiting += fresh
    return False


def _parts(field: FieldInfo) -> Iterator[Any]:
    """Yield what the type of a field is made of, and what is said about its parts."""
    waiting: list[Any] = [field.annotation, *field.metadata]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += [*get_args(one), *getattr(one, "__metadata__", ())]


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


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
    criteria: Criteria
    words: Criteria
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
