"""The texts of a record that people read in their own language: where they stand, and the record with others there."""

from collections.abc import Callable, Iterator
from functools import cache
from operator import is_
from typing import Any, TypeAlias, TypeVar, cast, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

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
