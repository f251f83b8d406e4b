"""Which strings of a criteria set are texts for people: every one must be declared to be one, or not to be one."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from risk_engine.model.companion_files import MapFile
from risk_engine.model.criteria import Criteria
from risk_engine.model.translation import texts_of, with_texts
from risk_engine.model.words import Model, Shown, Speech, Translatable, Verbatim


def strings(annotation: Any, said: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield, for each `str` that a type may hold, what is said about it on the way; keys of a mapping are no texts."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from strings(arguments[0], (*said, *arguments[1:]))
    elif origin is Literal:
        return
    elif origin is dict:
        yield from strings(arguments[1])
    elif arguments:
        # What is said of a list or a choice of types is not said of their parts.
        for one in arguments:
            yield from strings(one)
    elif annotation is str:
        yield said


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from models(one)


def every_model(*first: type[BaseModel]) -> list[type[BaseModel]]:
    found = list(first)
    for model in found:
        for field in model.model_fields.values():
            found += [one for one in dict.fromkeys(models(field.annotation)) if one not in found]
    return found


def is_declared(said: tuple[Any, ...]) -> bool:
    """Return whether a string says what it is: a text, the same in every language, or a name of a fixed form."""
    said = tuple(each for one in said for each in (one.metadata if isinstance(one, FieldInfo) else (one,)))
    forms = [one for one in said if getattr(one, "pattern", None)]
    return len([one for one in said if isinstance(one, Speech)]) + bool(forms) == 1


def undeclared(*first: type[BaseModel]) -> list[str]:
    return [
        f"{model.__name__}.{name}"
        for model in every_model(*first)
        for name, field in model.model_fields.items()
        for said in strings(field.annotation, tuple(field.metadata) if is_plain(field) else ())
        if not is_declared(said)
    ]


def is_plain(field: FieldInfo) -> bool:
    """Return whether what is said about a field is said about its string: pydantic takes it off the annotation."""
    return field.annotation is str


def test_every_string_of_a_set_and_its_map_is_declared_a_text_or_not_one() -> None:
    assert undeclared(Criteria, MapFile) == []
    assert {"Indicator", "AllOf", "Band"} <= {one.__name__ for one in every_model(Criteria, MapFile)}


class Careless(Model):
    """A record whose author did not think of other languages."""

    said: Translatable
    link: Verbatim
    forgotten: str
    forgotten_list: tuple[Annotated[str, StringConstraints(min_length=1)], ...]
    forgotten_choice: dict[str, str] | None


def test_a_string_that_says_nothing_of_itself_is_found() -> None:
    assert undeclared(Careless) == ["Careless.forgotten", "Careless.forgotten_list", "Careless.forgotten_choice"]


class Part(Model):
    title: Translatable
    link: Verbatim


class Whole(Model):
    name: Verbatim
    lines: tuple[Shown, ...] = ()
    parts: dict[str, Part]
    other: Any = None


WHOLE = Whole(
    name="stays",
    lines=("one", ""),
    parts={"a": Part(title="two", link="stays"), "b": Part(title="three", link="stays")},
    other={"said": "stays"},
)


def test_texts_are_found_in_order_with_their_places() -> None:
    assert texts_of(WHOLE) == (
        (("lines", 0), "one"),
        (("lines", 1), ""),
        (("parts", "a", "title"), "two"),
        (("parts", "b", "title"), "three"),
    )


def test_texts_are_replaced_and_nothing_else_is_touched() -> None:
    told = with_texts(WHOLE, lambda loc, text: "deux" if loc == ("parts", "a", "title") else text)
    assert told.parts["a"] == Part(title="deux", link="stays")
    assert told.model_copy(update={"parts": WHOLE.parts}) == WHOLE
    assert told.parts["b"] is WHOLE.parts["b"]
    assert told.lines is WHOLE.lines


def test_a_record_without_a_change_is_the_same_object() -> None:
    assert with_texts(WHOLE, lambda _loc, text: "".join(text)) is WHOLE


@pytest.mark.parametrize("name", ["name", "other"])
def test_what_is_no_text_is_never_asked_about(name: str) -> None:
    assert all(loc[0] != name for loc, _ in texts_of(WHOLE))
