"""What makes one version of a criteria set another: single changes, each of which can be made alone or put back."""

from datetime import date
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, Field, field_serializer

from risk_engine.model.meaning import Meaning
from risk_engine.model.words import Model

Layer: TypeAlias = Literal["release", "words", "structure"]
"""What a change is about: number and time of the version, what people read, or what rules and questions are."""

Step: TypeAlias = str | int
"""A key; an index is that of the earlier list, `+3` is the entry that the later list alone has there."""


class Edit(Model):
    """The smallest change that means something by itself.

    `record` and `place` name it for people; `loc` leads to it in a `CriteriaSet`, by keys as in the files.
    """

    kind: Literal["added", "removed", "changed", "reordered"]
    layer: Layer
    record: str = Field(description="What is changed, such as `ladder measure`.")
    place: str = Field(description="Where in the record; empty where it is the record itself.")
    loc: tuple[Step, ...]
    before: Any = Field(description="As in the files; null where it was not there. Of a new order: what stood where.")
    after: Any
    looks_renamed: str | None = Field(
        None,
        description="The name that is gone, or is new, while all else is equal; whether it is a rename, people say.",
    )
    read_by: tuple[str, ...] = Field(default=(), description="The records whose rules read what is changed.")
    follows: tuple[Step, ...] = Field(
        default=(), exclude=True, description="What stands before a new entry in the later version, the nearest first."
    )

    @property
    def name(self) -> str:
        """What identifies the edit among those between two versions."""
        return " ".join(part for part in (self.record, self.place, self.kind) if part)

    @field_serializer("before", "after")
    def _as_written(self, value: Any) -> Any:
        return plain(value)


class VersionShown(Model):
    """One of the two versions that are compared."""

    id: str
    version: str
    title: str
    in_force_from: date
    digest: str
    state: Literal["draft", "released"] | None = Field(None, description="Null where it is not known.")

    @property
    def name(self) -> str:
        """Id and number, as reports name a version."""
        return f"{self.id} {self.version}"


class Changes(Model):
    """All that makes the later version another one than the earlier; in words and structure it is complete."""

    before: VersionShown
    after: VersionShown
    edits: tuple[Edit, ...]
    meaning: Meaning | None = Field(
        None, description="What can come out stricter or milder, over all cases; null: that was not asked."
    )

    def of(self, *layers: Layer) -> tuple[Edit, ...]:
        """Return the edits of these layers, in order."""
        return tuple(one for one in self.edits if one.layer in layers)


def plain(value: Any) -> Any:
    """Return a part of a criteria set as its author would write it, in what JSON can hold."""
    match value:
        case BaseModel():
            return value.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        case dict():
            return {key: plain(one) for key, one in value.items()}
        case tuple():
            return [plain(one) for one in value]
        case date():
            return value.isoformat()
        case _:
            return value
