"""Conditions: a closed union of six nodes; in a file the key names the operation (design, section 4).

Every reader of conditions is one `match` over `Condition` that ends in `assert_never`, and one over `Op` where it tells
comparisons apart, so a new node or operation fails type checking wherever it is not handled yet.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypeGuard, Union, assert_never, get_args

from pydantic import (
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    Tag,
    ValidatorFunctionWrapHandler,
    create_model,
    model_serializer,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from risk_engine.files.plain import Loc
from risk_engine.model.words import FactName, MadeOnce, Model, Name, Value, Verbatim


class ParameterRef(Model):
    """The value that a parameter has on the day of the assessment."""

    parameter: Name = Field(description="The name of a parameter of parameters.yaml.")


def _operand_tag(value: Any) -> str:
    if isinstance(value, dict | ParameterRef):
        return "?parameter"
    return "?list" if isinstance(value, tuple) else "?value"


_One = Annotated[
    Annotated[ParameterRef, Tag("?parameter")] | Annotated[Value, Tag("?value")],
    Discriminator(_operand_tag),
]
_Several = Annotated[
    Annotated[ParameterRef, Tag("?parameter")] | Annotated[tuple[Verbatim, ...], Field(min_length=1), Tag("?list")],
    Discriminator(_operand_tag),
]
_OneOrNone = Annotated[
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


def negation(condition: "Condition") -> Not:
    """Return the opposite of a condition; as that was read already, it is not looked at a second time."""
    return Not.model_construct(not_=condition)


Op: TypeAlias = Literal["is", "one_of", "at_least", "at_most", "includes", "includes_any"]
"""How a fact is compared with an operand; the key of a comparison in a file."""
OPS: tuple[Op, ...] = get_args(Op)

Operand: TypeAlias = ParameterRef | Value | tuple[str, ...]
"""What a fact is compared with; `()` is nothing chosen."""


class Compare(Model):
    """A fact compared with a value; unknown while the fact is unanswered."""

    fact: FactName
    op: Op
    operand: Operand

    @model_serializer
    def as_written(self) -> dict[str, Any]:
        """Return the comparison as a file states it."""
        return {"fact": self.fact, self.op: self.operand}


class Holds(Model):
    """The named condition of definitions.yaml, read in the place where it is used."""

    holds: Name = Field(description="The name of a condition of definitions.yaml.")


QuantifierKind: TypeAlias = Literal["some", "every", "at_least", "at_most"]
"""How many entries must fulfil `where`; the last two are a `count` in a file."""


class Quantifier(Model):
    """How many entries of a list fulfil a condition; unknown while the list is unanswered."""

    kind: QuantifierKind
    entity: Name
    where: "_Condition"
    bound: int = Field(1, ge=1, description="Of a count; one entry shows that some fulfil it, or that not every does.")

    @property
    def key(self) -> str:
        """The key that names the operation in a file."""
        return self.kind if self.kind in {"some", "every"} else "count"

    @model_serializer
    def as_written(self) -> dict[str, Any]:
        """Return the quantifier as a file states it."""
        bound: dict[str, int] = {self.kind: self.bound} if self.key == "count" else {}
        return {self.key: self.entity, "where": self.where, **bound}


Node: TypeAlias = AllOf | AnyOf | Not | Compare | Holds | Quantifier

OPERATION_KEYS = ("all_of", "any_of", "not", "holds", "some", "every", "count", *OPS)
"""The key that names the operation, in the order in which it is looked for."""


# --- as files state them: each key that names an operation has a form of its own, with its words for authors ---

_COMPARISONS: Mapping[Op, tuple[str, Any, str]] = {
    "is": (
        "The fact has exactly this value; `[]` asks whether nothing was chosen in a `choices` fact.",
        _OneOrNone,
        "The value; `[]` for nothing chosen.",
    ),
    "one_of": ("The fact has one of these options.", _Several, "Options of which the fact is one."),
    "at_least": (
        "The fact is this value or a later one: an integer, a date, or an option in the declared order.",
        _One,
        "This value or a later one; `{parameter: …}` for one with dates.",
    ),
    "at_most": (
        "The fact is this value or an earlier one.",
        _One,
        "This value or an earlier one; `{parameter: …}` for one with dates.",
    ),
    "includes": (
        "The option is among those chosen in a `choices` fact.",
        _One,
        "An option that is among those chosen.",
    ),
    "includes_any": (
        "At least one of these options is among those chosen in a `choices` fact.",
        _Several,
        "Options of which at least one was chosen.",
    ),
}
"""Key: what the comparison says, what it is written with, and what that means."""
_QUANTIFIERS: Mapping[str, tuple[str, str, Mapping[QuantifierKind, str]]] = {
    "some": ("At least one entry of the entity fulfils `where`.", "What must be true of at least one entry.", {}),
    "every": (
        "Every entry of the entity fulfils `where`; true for an empty list.",
        "What must be true of each entry.",
        {},
    ),
    "count": (
        "At least, or at most, so many entries of the entity fulfil `where`; exactly one of the two bounds is given.",
        "What must be true of an entry for it to count.",
        {
            "at_least": "So many entries or more; exactly one of the two bounds.",
            "at_most": "So many entries or fewer; exactly one of the two bounds.",
        },
    ),
}
"""Key: what the quantifier says, what `where` means, and the bounds of which it has one."""


class _Made:
    """Marks a form that makes a node when it is read; what it is made and written with pydantic need not look into.

    It would, anew for each form that holds a condition, if these were a WrapValidator and a PlainSerializer.
    """

    def __init__(self, read: Callable[..., Any], written: Callable[..., dict[str, Any]]) -> None:
        self.read, self.written = read, written

    def __get_pydantic_core_schema__(self, form: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        mapping = core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema())
        written = core_schema.plain_serializer_function_ser_schema(self.written, return_schema=mapping)
        return core_schema.no_info_wrap_validator_function(self.read, handler(form), serialization=written)


def _form(key: str, about: str, fields: Mapping[str, Any]) -> type[Model]:
    """Return the form of a key as a model, whose schema guides the authors of files."""
    name = "".join(part.title() for part in key.split("_"))
    made: Any = create_model(name, __base__=Model, __module__=__name__, __doc__=about, **fields)
    return made


def _comparison(op: Op) -> Any:
    about, operand, wanted = _COMPARISONS[op]
    field = f"{op}_"  # an underscore, for `is` is a word of Python
    fact = (FactName, Field(description="`entity.fact`"))
    form = _form(op, about, {"fact": fact, field: (operand, Field(alias=op, description=wanted))})

    def read(value: Any, of_form: ValidatorFunctionWrapHandler) -> Compare:
        if isinstance(value, Compare):
            return value
        stated = of_form(value)
        return Compare.model_construct(fact=stated.fact, op=op, operand=getattr(stated, field))

    return Annotated[form, _Made(read, Compare.as_written), Tag(f"?{op}")]


def _quantifier(key: str) -> Any:
    about, wanted, bounds = _QUANTIFIERS[key]
    number = Annotated[int, Field(ge=1)] | None
    fields: dict[str, Any] = {
        key: (Name, Field(description="The name of a list entity.")),
        "where": ("_Condition", Field(description=wanted)),
        **{kind: (number, Field(None, description=said)) for kind, said in bounds.items()},
    }
    form = _form(key, about, fields)

    def read(value: Any, of_form: ValidatorFunctionWrapHandler) -> Quantifier:
        if isinstance(value, Quantifier):
            return value
        stated = of_form(value)
        kinds: list[Any] = [kind for kind in bounds if getattr(stated, kind) is not None] if bounds else [key]
        if len(kinds) != 1:
            raise PydanticCustomError("one_bound", "exactly one bound is needed")
        bound = getattr(stated, kinds[0]) if bounds else 1
        entity = getattr(stated, key)
        return Quantifier.model_construct(kind=kinds[0], entity=entity, where=stated.where, bound=bound)

    return Annotated[form, _Made(read, Quantifier.as_written), Tag(f"?{key}")]


def _condition_tag(value: Any) -> str | None:
    # A tag starts with `?` so that it is never mistaken for a key when an error's place is looked up.
    if isinstance(value, dict):
        key = next((key for key in OPERATION_KEYS if key in value), None)
    else:
        key = key_of(value) if is_node(value) else None
    return key and f"?{key}"


if TYPE_CHECKING:
    _Condition: TypeAlias = Node
else:
    _Condition = Annotated[
        Union[
            Annotated[AllOf, Tag("?all_of")],
            Annotated[AnyOf, Tag("?any_of")],
            Annotated[Not, Tag("?not")],
            Annotated[Holds, Tag("?holds")],
            *map(_quantifier, _QUANTIFIERS),
            *map(_comparison, OPS),
        ],
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


# --- walks ---

_DEEPEST = 30_000
"""Calls within each other; a walk takes some for each of the 1,000 levels that the loader allows definitions."""


@contextlib.contextmanager
def deep_walks() -> Iterator[None]:
    """Let walks that call themselves follow definitions as deep as the loader allows."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def is_node(value: object) -> TypeGuard[Node]:
    """Return whether something is a condition, of whatever kind."""
    return isinstance(value, get_args(Node))


def key_of(node: Node) -> str:
    """Return the key that names the operation of a condition in a file."""
    match node:
        case AllOf():
            return "all_of"
        case AnyOf():
            return "any_of"
        case Not():
            return "not"
        case Holds():
            return "holds"
        case Quantifier(key=key):
            return key
        case Compare(op=op):
            return op
        case _:
            assert_never(node)


def children(node: Node) -> tuple[tuple[Loc, Condition], ...]:
    """Return the conditions that a condition is made of, each with the way to it; a definition is none of them."""
    match node:
        case AllOf(all_of=parts) | AnyOf(any_of=parts):
            return tuple(((key_of(node), number), part) for number, part in enumerate(parts))
        case Not(not_=part):
            return ((("not",), part),)
        case Quantifier(where=where):
            return ((("where",), where),)
        case Compare() | Holds():
            return ()
        case _:
            assert_never(node)


def used_here(condition: Condition) -> tuple[str, ...]:
    """Return the definitions that a condition itself uses of the same entry; those within quantifiers ask others."""
    match condition:
        case Holds(holds=name):
            return (name,)
        case AllOf() | AnyOf() | Not():
            return tuple(dict.fromkeys(name for _steps, part in children(condition) for name in used_here(part)))
        case Compare() | Quantifier():
            return ()
        case _:
            assert_never(condition)


def leaves(condition: Condition, definitions: Mapping[str, Condition]) -> Iterator[tuple[Compare | Quantifier, bool]]:
    """Yield every comparison and quantifier of a condition, each with whether a quantifier is around it.

    A definition is read where it is used first, once on its own and once within a quantifier, so that what uses itself
    ends, and long chains end soon. One that is not there is passed over: the loader reports it.
    """
    waiting: list[tuple[Condition, bool]] = [(condition, False)]
    read: set[tuple[str, bool]] = set()
    while waiting:
        node, within = waiting.pop()
        match node:
            case Holds(holds=name):
                if name in definitions and (name, within) not in read:
                    read.add((name, within))
                    waiting.append((definitions[name], within))
            case Compare():
                yield node, within
            case Quantifier(where=where):
                yield node, within
                waiting.append((where, True))
            case AllOf() | AnyOf() | Not():
                waiting += [(part, within) for _steps, part in reversed(children(node))]
            case _:
                assert_never(node)


def signed(condition: Condition, definitions: Mapping[str, Condition]) -> Iterator[tuple[Compare, bool]]:
    """Yield every comparison of a condition, each with whether that holds by it, or (False) by its failing.

    A definition is read once for each of the two.
    """
    waiting: list[tuple[Condition, bool]] = [(condition, True)]
    read: set[tuple[str, bool]] = set()
    while waiting:
        node, upward = waiting.pop()
        match node:
            case Holds(holds=name):
                if (name, upward) not in read:
                    read.add((name, upward))
                    waiting.append((definitions[name], upward))
            case Compare():
                yield node, upward
            case Not() | Quantifier(kind="at_most"):
                waiting += [(part, not upward) for _steps, part in children(node)]
            case AllOf() | AnyOf() | Quantifier():
                waiting += [(part, upward) for _steps, part in reversed(children(node))]
            case _:
                assert_never(node)


def facts_in(condition: Condition, definitions: Mapping[str, Condition]) -> frozenset[str]:
    """Return the names of all facts that a condition reads."""
    return frozenset(node.fact for node, _ in leaves(condition, definitions) if isinstance(node, Compare))


def definitions_in(condition: Condition, definitions: Mapping[str, Condition]) -> tuple[str, ...]:
    """Return the names of all definitions that a condition uses, those within them included, in order of use.

    What one that is not there would use is not known: the loader reports it.
    """
    return tuple(uses_within(condition, definitions))


def uses_within(condition: Condition, definitions: Mapping[str, Condition]) -> Iterator[str]:
    """Yield the same, each once; who needs the first ones only reads no further."""
    found: set[str] = set()
    waiting: list[Condition] = [condition]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Holds):
            waiting += [part for _steps, part in reversed(children(node))]
        elif node.holds not in found:
            found.add(node.holds)
            yield node.holds
            waiting += [definitions[node.holds]] if node.holds in definitions else []
