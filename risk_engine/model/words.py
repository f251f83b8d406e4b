"""The closed vocabularies of the engine (design, sections 7 and 8) with their orders, and the base of all models."""

from datetime import date
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints, TypeAdapter
from pydantic_core import CoreSchema

Severity: TypeAlias = Literal["none", "low", "moderate", "high", "critical"]
KnockOutKind: TypeAlias = Literal["hold", "funding", "policy", "legal"]
KnockOut: TypeAlias = Literal["none", "hold", "funding", "policy", "legal"]
Outcome: TypeAlias = Literal["absent", "undetermined", "present"]
State: TypeAlias = Literal["draft", "released", "withdrawn"]
"""A version is a draft, was released, or was released and withdrawn."""
WhereTrue: TypeAlias = Annotated[bool, Field(exclude_if=lambda value: not value)]
"""Written only where it is true: of a record without it digest and bytes stay as they were."""
ControlStatus: TypeAlias = Literal["planned", "agreed", "implemented", "verified"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
KNOCK_OUTS: tuple[KnockOut, ...] = get_args(KnockOut)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
IN_PLACE: frozenset[ControlStatus] = frozenset({"implemented", "verified"})
"""The status in which a control, with evidence on record, lowers a severity."""

CAP_WITHOUT_POLICY: Severity = "high"
"""Where an institution switched a policy knock-out off, the severity would otherwise decide the same."""

MAX_FINDINGS = 10_000
"""More indicators than any set has; `count` over findings is bounded by it."""

FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in hexadecimal."""
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
Text = Annotated[str, StringConstraints(min_length=1)]


class Speech(Enum):
    """Whether people who speak another language read a text in that one; every text of a criteria set says which."""

    TRANSLATED = "translated"
    VERBATIM = "verbatim"


Translatable = Annotated[Text, Speech.TRANSLATED]
"""What people read in their own language: a title, a question, a sentence."""
Verbatim = Annotated[Text, Speech.VERBATIM]
"""What is the same in every language: the name of a person, a link, the name of an option where it is a value."""
Shown = Annotated[str, Speech.TRANSLATED]
"""What a record holds of what people read in their own language; empty where there is nothing to say."""

Value: TypeAlias = bool | int | date | Annotated[str, Speech.VERBATIM]
"""What a fact, a parameter or a table cell can be; `choices` are a tuple of option names."""


class Model(BaseModel):
    """The base of every record: frozen, no unknown keys, nothing converted without a word.

    What reads a record is made when the first one is read, for most records are read as a part of others only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True, defer_build=True)


class MadeOnce:
    """Marks a large union that many records hold: pydantic makes its schema once, not anew wherever it stands.

    It is made when the first of them is read: a set that was kept as it was read needs none.
    """

    def __init__(self, union: Any) -> None:
        adapter = cache(lambda: TypeAdapter(union))

        class Made:
            @classmethod
            def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
                return adapter().core_schema

        self._made = Made

    def __get_pydantic_core_schema__(self, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(self._made)


class Period(Model):
    """A time in force: `from` is inclusive, `until` is not; either may be open."""

    from_: date | None = Field(None, alias="from", description="First day.")
    until: date | None = Field(None, description="First day on which it is over.")

    def covers(self, day: date) -> bool:
        """Return whether `day` lies in the period."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day < self.until)
