"""Types along the place of a validation error: what was expected there."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic.fields import FieldInfo

from risk_engine.plain import Loc

Shape: TypeAlias = Any
"""A type, as a model or a field declares it."""


def literals(shape: Shape) -> tuple[object, ...]:
    """Return the values that a type consists of; none if it is no list of values."""
    return get_args(shape) if _origin(shape) is Literal else ()


def type_at(shape: Shape, steps: Loc, *, key: bool = False) -> Shape:
    """Walk a type along an error's place, union members and all, to the type that was expected there."""
    shape = _bare(shape)
    if not steps or shape is None:
        return shape
    step, rest = steps[0], steps[1:]
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        shape.model_rebuild()  # a model that nobody read on its own yet has names in place of types
        field = _field(shape, step)
        return type_at(field.rebuild_annotation(), rest, key=key) if field else None
    arguments = get_args(shape)
    if _origin(shape) is dict:
        return type_at(arguments[0] if key and not rest else arguments[1], rest, key=key)
    if _origin(shape) is tuple:
        return type_at(arguments[0], rest, key=key)
    member = next((one for one in arguments if step in set(_tags(one))), None)
    return type_at(member, rest, key=key)


def _field(model: type[BaseModel], key: str | int) -> FieldInfo | None:
    return next((one for name, one in model.model_fields.items() if key in {name, one.alias}), None)


def _bare(shape: Shape) -> Shape:
    while _origin(shape) is Annotated:
        shape = get_args(shape)[0]
    if _origin(shape) in {Union, types.UnionType}:
        members = [one for one in get_args(shape) if one is not type(None)]
        if len(members) == 1:
            return _bare(members[0])
    return shape


def _origin(shape: Shape) -> object:
    return get_origin(shape)


def _tags(member: Shape) -> Iterator[str]:
    if _origin(member) is Annotated:
        yield from (one.tag for one in get_args(member)[1:] if isinstance(one, Tag))
    else:
        yield from get_args(member.model_fields["type"].annotation)
