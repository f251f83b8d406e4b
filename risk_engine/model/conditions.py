"""Conditions: a closed union of few nodes in which the key names the operation (design, section 4).

Every reader of conditions is one `match` over `Condition` that ends in `assert_never`, so a new node fails type
checking wherever it is not handled yet.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeAlias, TypeGuard, assert_never

from pydantic import Discriminator, Field, Tag

from risk_engine.model.words import FactName, MadeOnce, Model, Name, Value, Verbatim


class ParameterRef(Model):
    """The value that a parameter has on the day of the assessment."""

    parameter: Name = Field(description="The name of a parameter of parameters.yaml.")


def _operand_tag(value: Any) -> str:
    if isinstance(value, dict | ParameterRef):
        return "?parameter"
    return "?list" if isinstance(value, tuple) else "?value"


Operand = Annotated[
    Annotated[ParameterRef, Tag("?parameter")] | Annotated[Value, Tag("?value")],
    Discriminator(_operand_tag),
]
Operands = Annotated[
    Annotated[ParameterRef, Tag("?parameter")] | Annotated[tuple[Verbatim, ...], Field(min_length=1), Tag("?list")],
    Discriminator(_operand_tag),
]
OperandOrEmpty = Annotated[
    Annotated[ParameterRef, Tag("?parameter")] | Annotated[Value, Tag("?value")] | Annotated[tuple[()], Tag("?list")],
    Discriminator(_operand_tag),
]


class AllOf(Model):
    """True if every part is true, false if one is false, else unknown."""

    all_of: Annotated[tuple["_Condition", ...], Field(min_length=1)] = Field(
        description="Conditions that must all be true."
    )


class AnyOf(Model):
    """True if one part is true, false if every part is false, else unknown."""

    any_of: Annotated[tuple["_Condition", ...], Field(min_length=1)] = Field(
        description="Conditions of which one must be true."
    )


class Not(Model):
    """The opposite; unknown stays unknown."""

    not_: "_Condition" = Field(alias="not", description="A condition that must be false.")


class Is(Model):
    """The fact has exactly this value; `[]` asks whether nothing was chosen in a `choices` fact."""

    fact: FactName = Field(description="`entity.fact`")
    is_: OperandOrEmpty = Field(alias="is", description="The value; `[]` for nothing chosen.")


class OneOf(Model):
    """The fact has one of these options."""

    fact: FactName = Field(description="`entity.fact`")
    one_of: Operands = Field(description="Options of which the fact is one.")


class AtLeast(Model):
    """The fact is this value or a later one: an integer, a date, or an option in the declared order."""

    fact: FactName = Field(description="`entity.fact`")
    at_least: Operand = Field(description="This value or a later one; `{parameter: …}` for one with dates.")


class AtMost(Model):
    """The fact is this value or an earlier one."""

    fact: FactName = Field(description="`entity.fact`")
    at_most: Operand = Field(description="This value or an earlier one; `{parameter: …}` for one with dates.")


class Includes(Model):
    """The option is among those chosen in a `choices` fact."""

    fact: FactName = Field(description="`entity.fact`")
    includes: Operand = Field(description="An option that is among those chosen.")


class IncludesAny(Model):
    """At least one of these options is among those chosen in a `choices` fact."""

    fact: FactName = Field(description="`entity.fact`")
    includes_any: Operands = Field(description="Options of which at least one was chosen.")


class Holds(Model):
    """The named condition of definitions.yaml, read in the place where it is used."""

    holds: Name = Field(description="The name of a condition of definitions.yaml.")


class Some(Model):
    """At least one entry of the entity fulfils `where`."""

    some: Name = Field(description="The name of a list entity.")
    where: "_Condition" = Field(description="What must be true of at least one entry.")


class Every(Model):
    """Every entry of the entity fulfils `where`; true for an empty list."""

    every: Name = Field(description="The name of a list entity.")
    where: "_Condition" = Field(description="What must be true of each entry.")


class Count(Model):
    """At least, or at most, so many entries of the entity fulfil `where`; exactly one of the two bounds is given."""

    count: Name = Field(description="The name of a list entity.")
    where: "_Condition" = Field(description="What must be true of an entry for it to count.")
    at_least: Annotated[int, Field(ge=1)] | None = Field(
        None, description="So many entries or more; exactly one of the two bounds."
    )
    at_most: Annotated[int, Field(ge=1)] | None = Field(
        None, description="So many entries or fewer; exactly one of the two bounds."
    )


Leaf: TypeAlias = Is | OneOf | AtLeast | AtMost | Includes | IncludesAny
Quantifier: TypeAlias = Some | Every | Count
Node: TypeAlias = AllOf | AnyOf | Not | Leaf | Holds | Quantifier

LEAF_KEYS = ("is", "one_of", "at_least", "at_most", "includes", "includes_any")
OPERATION_KEYS = ("all_of", "any_of", "not", "holds", "some", "every", "count", *LEAF_KEYS)
"""The key that names the operation, in the order in which it is looked for."""

_TAGS: dict[type, str] = {
    kind: f"?{name}"
    for kind, name in zip(
        (AllOf, AnyOf, Not, Holds, Some, Every, Count, Is, OneOf, AtLeast, AtMost, Includes, IncludesAny),
        OPERATION_KEYS,
        strict=True,
    )
}


def is_node(value: object) -> TypeGuard[Node]:
    """Return whether something is a condition, of whatever kind."""
    return type(value) in _TAGS


def _condition_tag(value: Any) -> str | None:
    # A tag starts with `?` so that it is never mistaken for a key when an error's place is looked up.
    if isinstance(value, dict):
        return next((f"?{key}" for key in OPERATION_KEYS if key in value), None)
    return _TAGS.get(type(value))


_Condition = Annotated[
    Annotated[AllOf, Tag("?all_of")]
    | Annotated[AnyOf, Tag("?any_of")]
    | Annotated[Not, Tag("?not")]
    | Annotated[Holds, Tag("?holds")]
    | Annotated[Some, Tag("?some")]
    | Annotated[Every, Tag("?every")]
    | Annotated[Count, Tag("?count")]
    | Annotated[Is, Tag("?is")]
    | Annotated[OneOf, Tag("?one_of")]
    | Annotated[AtLeast, Tag("?at_least")]
    | Annotated[AtMost, Tag("?at_most")]
    | Annotated[Includes, Tag("?includes")]
    | Annotated[IncludesAny, Tag("?includes_any")],
    Discriminator(_condition_tag, custom_error_type="condition", custom_error_message="not a condition"),
]

Condition = Annotated[_Condition, MadeOnce(_Condition)]

Always: TypeAlias = Literal["always"]


def _always_tag(value: Any) -> str:
    return "?always" if isinstance(value, str) else "?condition"


ConditionOrAlways = Annotated[
    Annotated[Always, Tag("?always")] | Annotated[Condition, Tag("?condition")],
    Discriminator(_always_tag),
]


def leaves(
    condition: Condition, definitions: Mapping[str, Condition], seen: frozenset[str] = frozenset()
) -> Iterator[tuple[Leaf | Quantifier, bool]]:
    """Yield every leaf and quantifier of a condition, definitions read, each with whether a quantifier is around it.

    A definition that is not there, or that uses itself, is passed over: the loader reports it.
    """
    node: Node = condition
    match node:
        case AllOf(all_of=parts) | AnyOf(any_of=parts):
            for part in parts:
                yield from leaves(part, definitions, seen)
        case Not(not_=part):
            yield from leaves(part, definitions, seen)
        case Holds(holds=name):
            body = definitions.get(name)
            if body is not None and name not in seen:
                yield from leaves(body, definitions, seen | {name})
        case Some(where=where) | Every(where=where) | Count(where=where):
            yield node, False
            for inner, _ in leaves(where, definitions, seen):
                yield inner, True
        case Is() | OneOf() | AtLeast() | AtMost() | Includes() | IncludesAny():
            yield node, False
        case _:
            assert_never(node)


def quantified_entity(node: Quantifier) -> str:
    """Return the list entity that a quantifier ranges over."""
    match node:
        case Some(some=entity) | Every(every=entity) | Count(count=entity):
            return entity
        case _:
            assert_never(node)


def operand(leaf: Leaf) -> tuple[str, Value | tuple[str, ...] | ParameterRef]:
    """Return the operation of a leaf and what it compares the fact with."""
    match leaf:
        case Is(is_=wanted):
            return "is", wanted
        case OneOf(one_of=options):
            return "one_of", options
        case AtLeast(at_least=bound):
            return "at_least", bound
        case AtMost(at_most=bound):
            return "at_most", bound
        case Includes(includes=option):
            return "includes", option
        case IncludesAny(includes_any=options):
            return "includes_any", options
        case _:
            assert_never(leaf)


def facts_in(condition: Condition, definitions: Mapping[str, Condition]) -> frozenset[str]:
    """Return the names of all facts that a condition reads."""
    return frozenset(node.fact for node, _ in leaves(condition, definitions) if isinstance(node, Leaf))


def definitions_in(condition: Condition, definitions: Mapping[str, Condition]) -> tuple[str, ...]:
    """Return the names of all definitions that a condition uses, those within them included, in order of use."""
    node: Node = condition
    match node:
        case Holds(holds=name):
            return (name, *definitions_in(definitions[name], definitions))
        case AllOf(all_of=parts) | AnyOf(any_of=parts):
            return tuple(dict.fromkeys(name for part in parts for name in definitions_in(part, definitions)))
        case Not(not_=part) | Some(where=part) | Every(where=part) | Count(where=part):
            return definitions_in(part, definitions)
        case Is() | OneOf() | AtLeast() | AtMost() | Includes() | IncludesAny():
            return ()
        case _:
            assert_never(node)
