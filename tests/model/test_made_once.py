"""A union that many records hold is made once, and reads the same as one that is made for each of them."""

from typing import Annotated, Any

import pytest
from pydantic import Discriminator, GetCoreSchemaHandler, Tag, ValidationError
from pydantic_core import CoreSchema

from risk_engine.model.words import MadeOnce, Model


class Counted:
    """Counts how often pydantic asks how a value is read."""

    def __init__(self) -> None:
        self.times = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        self.times += 1
        return handler(source)


counted = Counted()


class Leaf(Model):
    leaf: Annotated[int, counted]


class Branch(Model):
    branch: tuple["Plain", ...]


Plain = Annotated[
    Annotated[Leaf, Tag("leaf")] | Annotated[Branch, Tag("branch")],
    Discriminator(lambda value: next(iter(value)) if isinstance(value, dict) else type(value).__name__.lower()),
]
Once = Annotated[Plain, MadeOnce(Plain)]


class First(Model):
    tree: Once
    others: dict[str, Once]


class Second(Model):
    tree: Once | None
    others: tuple[Once, ...]


class Anew(Model):
    tree: Plain
    others: dict[str, Plain]


TREE = {"branch": ({"leaf": 1}, {"branch": ({"leaf": 2},)})}


def test_it_is_made_once_for_all_records_that_hold_it() -> None:
    First.model_validate({"tree": TREE, "others": {}})
    Second.model_validate({"tree": None, "others": (TREE,)})
    assert counted.times == 1
    Anew.model_validate({"tree": TREE, "others": {}})
    assert counted.times == 2


@pytest.mark.parametrize("wrong", [{"leaf": "one"}, {"branch": ({"leaf": 1}, {"leaf": None})}, {"root": 1}])
def test_it_reads_and_refuses_like_one_made_anew(wrong: dict[str, Any]) -> None:
    read, anew = (model.model_validate({"tree": TREE, "others": {"a": TREE}}) for model in (First, Anew))
    assert read.model_dump() == anew.model_dump()
    assert read.model_json_schema()["$defs"] == anew.model_json_schema()["$defs"]
    told = []
    for model in (First, Anew):
        with pytest.raises(ValidationError) as error:
            model.model_validate({"tree": wrong, "others": {}})
        told.append(error.value.errors(include_url=False))
    assert told[0] == told[1]
