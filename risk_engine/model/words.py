"""The closed vocabularies of the engine (design, sections 7 and 8) with their orders, and the base of all models."""

from datetime import date
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    TypeAdapter,
)
from pydantic_core import CoreSchema, PydanticCustomError

from risk_engine.files.diagnostics import is_blank

Severity: TypeAlias = Literal["none", "low", "moderate", "high", "critical"]
KnockOutKind: TypeAlias = Literal["hold", "funding", "policy", "legal"]
KnockOut: TypeAlias = Literal["none", "hold", "funding", "policy", "legal"]
Outcome: TypeAlias = Literal["absent", "undetermined", "present"]
State: TypeAlias = Literal["draft", "released", "withdrawn"]
"""A version is a draft, was released, or was released and withdrawn."""
WhereTrue: TypeAlias = Annotated[bool, Field(exclude_if=lambda value: not value)]
"""Written only where it is true: of a record without it digest and bytes stay as they were."""
ControlStatus: TypeAlias = Literal["planned", "agreed", "implemented", "verified"]

Confidence: TypeAlias = Literal["unsure", "declared", "documented", "verified"]

STATUSES: tuple[ControlStatus, ...] = get_args(ControlStatus)
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
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


def _seen(text: str) -> str:
    if not ("!" <= text[0] <= "~") and is_blank(text):
        raise PydanticCustomError("blank", "nobody can see anything of this text")
    return text


Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_seen)]
"""A text of which somebody can see something."""


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


# --- names of earlier versions, and names that go ---

_UNTIL = "First day of a case on which the old name is read no more; without it, it always is."


class FormerName(Model):
    """A name that something had in an earlier version; a case may still state it so."""

    name: Id = Field(description="The name that it had.")
    until: date | None = Field(None, description=_UNTIL)


class FormerFact(Model):
    """What a fact was called or how it was answered in an earlier version; a case may still state it so."""

    name: Name | None = Field(
        None, description="The name that it had, in the same entity; without it, only its answers are others now."
    )
    values: dict[str, Value | tuple[Verbatim, ...]] = Field(
        {}, description="Old answer, or old option: what is answered now; `unknown` where the old one says too little."
    )
    until: date | None = Field(None, description=_UNTIL)


def _named(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _several(value: object) -> object:
    return value if isinstance(value, tuple) else (value,)


WasCalled = Annotated[
    tuple[Annotated[FormerName, BeforeValidator(_named, json_schema_input_type=Id | FormerName)], ...],
    BeforeValidator(_several, json_schema_input_type=Id | FormerName | tuple[Id | FormerName, ...]),
]
"""The names that something had: one, or several; each alone, or with the day until which it is read."""
WasAnswered = Annotated[
    tuple[Annotated[FormerFact, BeforeValidator(_named, json_schema_input_type=Name | FormerFact)], ...],
    BeforeValidator(_several, json_schema_input_type=Name | FormerFact | tuple[Name | FormerFact, ...]),
]
"""The names that a fact had, and what its old answers are now."""


class Deprecation(Model):
    """From a day on something is not offered any more; whoever states it is still read, with a note."""

    from_: date = Field(alias="from", description="First day on which it is not offered any more.")
    instead: Translatable | None = Field(None, description="What to use instead, as a sentence.")

    def holds(self, on: date | None) -> bool:
        """Return whether it is not offered any more on a day; where nobody names one, it still is."""
        return on is not None and self.from_ <= on


Deprecated = Annotated[
    Deprecation,
    BeforeValidator(
        lambda value: {"from": value} if isinstance(value, date) else value,
        json_schema_input_type=date | Deprecation,
    ),
]
"""The day from which on something is not offered any more, or that day with what to use instead."""
