"""Which constructs the language has: its models, their optional keys, the words of closed lists; which are used."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from risk_engine.model.conditions import Compare, Quantifier, key_of
from risk_engine.model.criteria import Bundle, Criteria
from risk_engine.model.profile import Profile

ROOTS: tuple[type[BaseModel], ...] = (Criteria, Profile)


def language() -> set[str]:
    """Return every construct that can be reached from a criteria set or a profile."""
    return {construct for model in _models(ROOTS) for construct in _constructs_of(model)}


def used_in(*records: BaseModel) -> set[str]:
    """Return the constructs that are used in these records, however deep."""
    return {construct for record in records for one in _instances(record) for construct in _used_by(one)}


def _constructs_of(model: type[BaseModel]) -> Iterator[str]:
    if not model.__name__.startswith("_"):
        yield model.__name__
    for name, field in model.model_fields.items():
        key = _key(model, name)
        if not field.is_required():
            yield key
        for word in _words(field.annotation):
            yield f"{key}: {word}"


def _used_by(record: BaseModel) -> Iterator[str]:
    model = type(record)
    if isinstance(record, Compare | Quantifier):
        # A file states each operation as a record of its own.
        name = "".join(part.title() for part in key_of(record).split("_"))
        yield name
        yield from (f"{name}.{key}" for key in record.as_written())
        return
    yield model.__name__
    for name in record.model_fields_set:
        yield _key(model, name)
        value = getattr(record, name)
        for word in (*value, *value.values()) if isinstance(value, dict) else (value,):
            if isinstance(word, str | bool):
                yield f"{_key(model, name)}: {word}"


def _key(model: type[BaseModel], name: str) -> str:
    """Return a key under the name of the class that declares it: what several kinds of fact share counts once."""
    owner = next(one for one in reversed(model.__mro__) if name in getattr(one, "model_fields", {}))
    field = model.model_fields[name]
    return f"{owner.__name__.lstrip('_')}.{field.alias or name}"


def _words(annotation: Any) -> Iterator[str]:
    """Yield the words that a key allows where the list of them is closed."""
    if get_origin(annotation) is Literal:
        yield from (str(one) for one in get_args(annotation) if isinstance(one, str))
    elif not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        for argument in get_args(annotation):
            yield from _words(argument)


def _models(roots: Iterable[type[BaseModel]]) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    waiting: list[Any] = list(roots)
    while waiting:
        annotation = waiting.pop()
        if annotation is Bundle:
            continue  # what a set was read from is no part of what it says
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            if annotation not in found:
                found.add(annotation)
                waiting += [field.rebuild_annotation() for field in annotation.model_fields.values()]
        elif get_origin(annotation) is Annotated or get_args(annotation):
            waiting += get_args(annotation)
    return found


def _instances(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for name in type(value).model_fields:
            yield from _instances(getattr(value, name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _instances(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from _instances(one)
