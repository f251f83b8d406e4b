"""What facts.yaml declares: entities and the typed facts that a case states about them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Literal, Protocol, TypeAlias, assert_never

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError, PydanticKnownError

from risk_engine.files.language import _
from risk_engine.files.once import once
from risk_engine.model.conditions import Condition
from risk_engine.model.tables import Table
from risk_engine.model.words import (
    Deprecated,
    Deprecation,
    MadeOnce,
    Model,
    Name,
    Translatable,
    Value,
    WasAnswered,
    WasCalled,
)

MAX_ENTRIES = 1000


def _not_a_boolean_word(value: object) -> object:
    """Refuse what YAML alone would have read as true or false: it is no sentence."""
    if isinstance(value, str) and value.casefold() in {"true", "false", "yes", "no", "on", "off", "y", "n"}:
        raise PydanticCustomError("boolean_word", "a boolean or a sentence is needed")
    return value


def _not_empty(value: object) -> object:
    """Refuse a mapping without entries before anything else is said of it."""
    if value == {}:
        raise PydanticKnownError("too_short", {"field_type": "Dictionary", "min_length": 1, "actual_length": 0})
    return value


Change = Annotated[Translatable | bool, BeforeValidator(_not_a_boolean_word)]
"""Whether a redesign can change an answer; as a text: what must really change for another one."""
ChangeByAnswer = Annotated[
    Translatable | bool | Annotated[dict[Name, Translatable], Field(min_length=1)],
    BeforeValidator(_not_empty),
    BeforeValidator(_not_a_boolean_word),
]
"""The same, or by option what must really change to reach that answer; only the answers named are offered then."""
_CHANGE = (
    "What must really change in the project for another answer, as a sentence. `true` says only that a "
    "redesign can change it; it is then not offered as a way to a milder result."
)
_CHANGE_BY_ANSWER = (
    f"{_CHANGE} Or option: what must really change to reach that answer (of `choices`: for that option to go, or to "
    "come in); no other answer is offered then."
)


_DEPRECATED = "Option: from when on it is not offered any more, though still read."


OptionList = Annotated[dict[Name, Translatable], Field(min_length=1)]
"""Options that several facts have: what options.yaml says under each name."""


class _Fact(Model):
    question: Translatable | None = Field(None, description="What the person is asked, in plain language.")
    help: Translatable | None = Field(None, description="How to find the answer.")
    asked_of: Name | None = Field(None, description="Who should answer; a word that set.yaml declares.")
    evidence: Translatable | None = Field(None, description="What would prove the answer.")
    confidential: bool = Field(default=False, description="Left out of documents for third parties.")
    ask_when: Condition | None = Field(
        None, description="Asked only if this holds. A fact that rules read is its `otherwise` where it does not."
    )
    was: WasAnswered = Field((), description="Its names in earlier versions, and what old answers are now.")
    deprecated: Deprecated | None = Field(None, description="From when on it is not asked any more, though still read.")


class _RuleFact(_Fact):
    """A fact that conditions may read."""

    used_for: Literal["record"] | None = Field(None, description="`record`: kept for the file, read by no rule.")
    from_: Name | None = Field(
        None, alias="from", description="The `row` fact of the same entity whose table row gives the value."
    )
    column: Name | None = Field(None, description="The column of that table, if it is not named like the fact.")


class BooleanFact(_RuleFact):
    """True or false."""

    type: Literal["boolean"] = Field(description="True or false.")
    changeable: ChangeByAnswer = Field(default=False, description=_CHANGE_BY_ANSWER)
    riskier: bool | None = Field(None, description="The answer that is the riskier one.")
    otherwise: bool | None = Field(None, description="What the fact is where `ask_when` is false.")


class ChoiceFact(_RuleFact):
    """One of the options. With `riskier` the options are in order, as listed, and can be compared."""

    type: Literal["choice"] = Field(description="One of several options.")
    options: dict[Name, Translatable] = Field(min_length=2, description="Option name: what it means.")
    deprecated_options: dict[Name, Deprecated] = Field({}, description=_DEPRECATED)
    changeable: ChangeByAnswer = Field(default=False, description=_CHANGE_BY_ANSWER)
    riskier: Literal["later", "earlier"] | None = Field(
        None, description="Whether later or earlier options are riskier; that also gives them their order."
    )
    otherwise: Name | None = Field(None, description="What the fact is where `ask_when` is false.")


class ChoicesFact(_RuleFact):
    """Any number of the options; an answer is complete, `[]` says none of them."""

    type: Literal["choices"] = Field(description="Any number of options.")
    options: dict[Name, Translatable] = Field(min_length=1, description="Option name: what it means.")
    deprecated_options: dict[Name, Deprecated] = Field({}, description=_DEPRECATED)
    changeable: ChangeByAnswer = Field(default=False, description=_CHANGE_BY_ANSWER)
    riskier: Literal["more", "fewer"] | None = Field(None, description="Whether more or fewer options are riskier.")
    otherwise: tuple[Name, ...] | None = Field(None, description="What the fact is where `ask_when` is false.")


class IntegerFact(_RuleFact):
    """A whole number within `range` (both ends allowed)."""

    type: Literal["integer"] = Field(description="A whole number.")
    range: tuple[int, int] = Field(description="The lowest and the highest answer.")
    changeable: Change = Field(default=False, description=_CHANGE)
    riskier: Literal["higher", "lower"] | None = Field(None, description="Whether higher or lower numbers are riskier.")
    otherwise: int | None = Field(None, description="What the fact is where `ask_when` is false.")


class DateFact(_RuleFact):
    """A calendar day."""

    type: Literal["date"] = Field(description="A day.")
    changeable: Change = Field(default=False, description=_CHANGE)
    riskier: Literal["later", "earlier"] | None = Field(None, description="Whether later or earlier days are riskier.")
    otherwise: date | None = Field(None, description="What the fact is where `ask_when` is false.")


class RowFact(_Fact):
    """A row of a table; facts with `from` take their value from it. Never used in a condition."""

    type: Literal["row"] = Field(description="A row of a table; no condition reads it, facts `from` it are read.")
    of: Name = Field(description="The name of the table.")


class TextFact(_Fact):
    """Free text for the file and the report. Never used in a condition."""

    type: Literal["text"] = Field(description="Text for the file; no condition reads it.")
    belongs_to: Name | None = Field(
        None,
        description="A list: the text is the id of the entry of it to which an entry of this list belongs. Whoever "
        "that entry is about is asked about it too; nobody else outside is.",
    )


RuleFact: TypeAlias = BooleanFact | ChoiceFact | ChoicesFact | IntegerFact | DateFact
AnyFact: TypeAlias = RuleFact | RowFact | TextFact
_AnyFact = Annotated[AnyFact, Field(discriminator="type")]
Fact = Annotated[_AnyFact, MadeOnce(_AnyFact)]


class Entity(Model):
    """Something a case tells about: one of it, or with `many` a list of at most so many entries."""

    title: Translatable = Field(description="What readers call it.")
    help: Translatable | None = Field(None, description="What belongs here.")
    many: Annotated[int, Field(ge=1, le=MAX_ENTRIES)] | None = Field(
        None, description="The most entries that a case may have; without it there is exactly one."
    )
    ask_when: Condition | None = Field(
        None,
        description="Of a list: its entries are asked for only if this holds; otherwise it is answered, and empty.",
    )
    facts: dict[Name, Fact] = Field(min_length=1, description="What is asked of it, by name.")
    was: WasCalled = Field((), description="Its names in earlier versions.")


def belonging(entity: Entity) -> tuple[str, str] | None:
    """Return the fact that says to which entry of which list an entry belongs, and that list; None if none does."""
    for short, fact in entity.facts.items():
        if isinstance(fact, TextFact) and fact.belongs_to is not None:
            return short, fact.belongs_to
    return None


class _Offered(Protocol):
    """A fact or a control."""

    @property
    def deprecated(self) -> Deprecation | None: ...


def is_offered(thing: _Offered | None, on: date | None) -> bool:
    """Return whether people are offered a fact or a control on a day; deprecated, it is read where it is stated."""
    return thing is None or thing.deprecated is None or not thing.deprecated.holds(on)


def offered(fact: ChoiceFact | ChoicesFact, on: date | None) -> dict[str, str]:
    """Return the options that people are offered on a day, with what they mean."""
    gone = {one for one, deprecation in fact.deprecated_options.items() if deprecation.holds(on)}
    return {one: text for one, text in fact.options.items() if one not in gone}


Kind: TypeAlias = Literal["one", "several", "integer", "date", "text"]
"""How a question can be answered."""


def answered_as(fact: AnyFact, tables: Mapping[str, Table], on: date | None) -> tuple[Kind, dict[str, str]]:
    """Return how a fact can be answered, and the answers that people are offered on a day, as a case writes each."""
    match fact:
        case BooleanFact():
            return "one", {"true": _("Yes"), "false": _("No")}
        case ChoiceFact():
            return "one", offered(fact, on)
        case RowFact(of=table):
            return "one", {row_id: row.name for row_id, row in tables[table].rows.items()}
        case ChoicesFact():
            return "several", offered(fact, on)
        case IntegerFact():
            return "integer", {}
        case DateFact():
            return "date", {}
        case TextFact():
            return "text", {}
        case _:
            assert_never(fact)


def direction(fact: AnyFact) -> bool | str | None:
    """Return which answers are riskier; None where there is no direction, as of what no condition can read."""
    return None if isinstance(fact, RowFact | TextFact) else fact.riskier


def rising(fact: AnyFact) -> bool | None:
    """Return whether later, higher or more answers are the riskier ones; None where there is no direction."""
    match direction(fact):
        case None:
            return None
        case one:
            return one in (True, "later", "higher", "more")


def must_change(fact: AnyFact) -> str | Mapping[str, str] | None:
    """Return what must really change for another answer: one text for all, or one by answer; None where none is said.

    Answers that may be true or false go by these words, as they stand in the files.
    """
    said = None if isinstance(fact, RowFact | TextFact) else fact.changeable
    return None if isinstance(said, bool) else said


def answers_named(fact: AnyFact) -> Collection[str] | None:
    """Return the answers that alone are offered as changes of design; None where the set names none."""
    said = must_change(fact)
    return said.keys() if isinstance(said, Mapping) else None


def ordered_options(fact: AnyFact) -> tuple[str, ...] | None:
    """Return the options of a choice in rising order, None where the fact declares no order."""
    if isinstance(fact, ChoiceFact) and fact.riskier is not None:
        return tuple(fact.options)
    return None


@once
def orders_of(entities: Mapping[str, Entity]) -> dict[str, dict[str, int]]:
    """Return the rank of each option of every fact whose options are in an order."""
    return {
        f"{name}.{short}": {option: rank for rank, option in enumerate(order)}
        for name, entity in entities.items()
        for short, fact in entity.facts.items()
        if (order := ordered_options(fact)) is not None
    }


def shown(fact: AnyFact | None, value: Value | tuple[str, ...] | None) -> str:
    """Return a value as people read it: option texts for option names, yes and no for booleans."""
    match value:
        case None:
            return _("not known")
        case bool():
            return _("yes") if value else _("no")
        case tuple():
            options = fact.options if isinstance(fact, ChoicesFact) else {}
            return ", ".join(options.get(one, one) for one in value) or _("none of these")
        case str() if isinstance(fact, ChoiceFact):
            return fact.options.get(value, value)
        case date():
            return value.isoformat()
        case _:
            return str(value)
