"""Validation errors in the words of the people who write the files: place, problem, way out."""

import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from risk_engine.files.diagnostics import Diagnostic, nearest, quoted, suggestion
from risk_engine.files.language import N_, _
from risk_engine.files.plain import BROKEN, Loc
from risk_engine.files.source import Document
from risk_engine.model.conditions import OPERATION_KEYS, OPS

_OTHER_WORDS = {
    "is": ("equals", "equal", "eq", "value"),
    "one_of": ("in", "is_in", "any"),
    "at_least": ("min", "minimum", "from", "ge", "gte", "more_than"),
    "at_most": ("max", "maximum", "to", "le", "lte", "less_than"),
    "includes": ("contains", "has"),
    "all_of": ("and", "all"),
    "any_of": ("or", "any"),
}
"""How other languages call the operations."""


def wanted_operations(value: Mapping[str, object]) -> tuple[str, ...]:
    """Return the operations that what says this could have: those on a fact if it names one, else the others."""
    return OPS if "fact" in value else ("fact", *OPERATION_KEYS[: -len(OPS)])


def wrong_operation(value: object) -> str | None:
    """Return the key that stands where a condition's operation should: one that is like one, else any."""
    keys = [one for one in value if one not in {"fact", "where"}] if isinstance(value, dict) else []
    wanted = wanted_operations(value) if isinstance(value, dict) else ()
    return next((one for one in keys if operation_meant(one, wanted)), keys[0] if keys else None)


def operation_meant(key: str, wanted: Sequence[str]) -> str | None:
    """Return the operation that a key means; other languages have other words for it."""
    return nearest(key, wanted) or next((one for one in wanted if key in _OTHER_WORDS.get(one, ())), None)


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


SHOWN_LENGTH = 60
"""So much of a value is shown in a message."""

_PATTERNS = {
    r"^[a-z][a-z0-9_]*$": N_("small letters, digits and `_`, a letter first"),
    r"^[A-Za-z][A-Za-z0-9_-]*$": N_("letters, digits, `-` and `_`, a letter first"),
    r"^[a-z0-9_-]+$": N_("small letters, digits, `-` and `_`"),
    r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$": N_("the name of a fact, `entity.fact`"),
    r"^[a-z0-9][a-z0-9_-]*$": N_("small letters, digits, `-` and `_`"),
    r"^[a-z0-9][a-z0-9-]*$": N_("small letters, digits and `-`"),
    r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$": N_("a version, like `1.0.0`"),
    r"^[a-z][a-z0-9_]* of [a-z0-9][a-z0-9-]*$": N_("`LEVEL of SET`"),
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$": N_("letters, digits, `.`, `-` and `_`"),
    r"^[^@\s]([^@\r\n]*[^@\s])?(@\d+\.\d+\.\d+)?$": N_("`SET` or `SET@1.0.0`"),
    r"^[0-9a-f]{64}$": N_("64 hexadecimal digits"),
    r"^[0-9a-f]{128}$": N_("128 hexadecimal digits"),
    r"^sha256:[0-9a-f]{64}$": N_("`sha256:` and 64 hexadecimal digits"),
    r"^\d{4}-(0[1-9]|1[0-2])$": N_("a day like 2026-01-31 or a month like 2026-01"),
    r"^[a-z]{2}$": N_("two small letters"),
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": N_("the tag of a language, like `de` or `pt-BR`"),
    r"^[a-z0-9][a-z0-9-]*@(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$": N_("`SET@1.0.0`"),
}
NEEDED = {
    "string_type": N_("text is needed here, not {value}"),
    "int_type": N_("a whole number is needed here, not {value}"),
    "bool_type": N_("`true` or `false` is needed here, not {value}"),
    "tuple_type": N_("a list is needed here, not {value}"),
    "dict_type": N_("keys with values are needed here, not {value}"),
    "model_type": N_("keys with values are needed here, not {value}"),
    "model_attributes_type": N_("keys with values are needed here, not {value}"),
    "date_type": N_("a date like 2026-01-31 is needed here, not {value}"),
}
_BOOLEAN = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}

_Words: TypeAlias = tuple[str, str]


def missing(key: str | int) -> _Words:
    """Return what is wrong where a key or an entry is missing, and the way out."""
    if isinstance(key, int):
        return _("this needs at least {number} values", number=key + 1), ""
    return _("the key `{key}` is missing", key=key), ""


def words(error: ErrorDetails, shape: Shape) -> _Words:
    """Return what is wrong and the way out."""
    if error["type"] in NEEDED:
        return _needed(error["type"], error["input"])
    say = _SAY.get(error["type"])
    return say(error, shape) if say else (_("{value} cannot be used here", value=kind_of(error["input"])), "")


def _needed(kind: str, value: object) -> _Words:
    way_out = ""
    if kind == "string_type" and isinstance(value, bool | int | date):
        way_out = _('put quotes around it: "…"')
    elif kind == "bool_type" and isinstance(value, str) and value in {"true", "false"}:
        return _("`true` or `false` is needed here, not the text `{value}`", value=value), _("take the quotes away")
    elif kind == "bool_type" and (meant := _BOOLEAN.get(f"{value}".casefold())):
        way_out = _("did you mean `{near}`?", near=meant)
    elif kind == "int_type" and f"{value}".isdecimal():
        way_out = _("take the quotes away")
    elif kind == "tuple_type" and isinstance(value, str | int):
        way_out = _("write {what}", what=f"[{_bare_text(value)}]")
    return _(NEEDED[kind], value=kind_of(value)), way_out


def _unknown_key(error: ErrorDetails, shape: Shape) -> _Words:
    key, model = str(error["loc"][-1]), type_at(shape, error["loc"][:-1])
    known = [field.alias or name for name, field in model.model_fields.items()]
    operation = next((one for one in OPERATION_KEYS if one in known), None)
    if key in OPERATION_KEYS and operation:
        message = _("a condition has one operation, `{operation}` and `{key}` are two", operation=operation, key=key)
        return message, _("join two conditions with `all_of` or `any_of`")
    return _("unknown key `{key}`", key=key), suggestion(key, known)


def _no_literal(error: ErrorDetails, shape: Shape) -> _Words:
    steps = tuple(step for step in error["loc"] if step != "[key]")
    options = [str(one) for one in literals(type_at(shape, steps, key=error["loc"][-1] == "[key]"))]
    return _not_among(error["input"], options)


def _not_among(value: object, options: Sequence[str]) -> _Words:
    near = nearest(f"{value}", options)
    if options == ["always"]:
        message = _("a condition or `always` is needed here, not {value}", value=kind_of(value))
    elif len(options) == 1:
        message = _("only `{option}` can be used here, not {value}", option=options[0], value=kind_of(value))
    else:
        message = _("{value} is not one of {known}", value=kind_of(value), known=quoted(options))
    return message, _("did you mean `{near}`?", near=near) if near else ""


def _no_tag(error: ErrorDetails, _shape: Shape) -> _Words:
    expected = str(error["ctx"]["expected_tags"]).replace("'", "").split(", ")
    if "?value" in expected:
        message = _("one value is needed here, not {value}", value=kind_of(error["input"]))
        return message, _("for several use `one_of`")
    if "?list" in expected:
        return _needed("tuple_type", error["input"])
    return _not_among(error["ctx"]["tag"], expected)


def _without_tag(error: ErrorDetails, _shape: Shape) -> _Words:
    value = error["input"]
    return missing("type") if isinstance(value, dict) else _needed("dict_type", value)


def _no_condition(error: ErrorDetails, _shape: Shape) -> _Words:
    value = error["input"]
    if not isinstance(value, dict):
        message = _("a condition is needed here, not {value}", value=kind_of(value))
        return message, _("for example `{fact: …, is: …}`")
    wanted, wrong = wanted_operations(value), wrong_operation(value)
    near = operation_meant(wrong, wanted) if wrong else None
    way_out = _("did you mean `{near}`?", near=near) if near else ""
    return _("a condition needs one of {known}", known=quoted(wanted)), way_out


def _pattern(error: ErrorDetails, _shape: Shape) -> _Words:
    allowed = _PATTERNS.get(str(error["ctx"]["pattern"]))
    way_out = _("allowed: {allowed}", allowed=_(allowed)) if allowed else ""
    return _("{value} cannot be used here", value=kind_of(error["input"])), way_out


def _too_short(error: ErrorDetails, _shape: Shape) -> _Words:
    number = error["ctx"]["min_length"]
    if number == 1:
        return _("at least one entry is needed here"), ""
    return _("at least {number} entries are needed here", number=number), ""


def _too_long(error: ErrorDetails, _shape: Shape) -> _Words:
    number = error["ctx"]["max_length"]
    if number == 0:  # the empty list of `is: []`
        message = _("one value is needed here, or `[]` for nothing chosen")
        return message, _("for several use `one_of` or `includes_any`")
    found = error["ctx"]["actual_length"]
    if number == 1:
        return _("at most one entry is allowed here, not {found}", found=found), ""
    return _("at most {number} entries are allowed here, not {found}", number=number, found=found), ""


def _no_row(error: ErrorDetails, _shape: Shape) -> _Words:
    return _("{value} is no row of the table", value=kind_of(error["input"])), str(error["ctx"]["help"])


_SAY: Mapping[str, Callable[[ErrorDetails, Shape], _Words]] = {
    "extra_forbidden": _unknown_key,
    "literal_error": _no_literal,
    "union_tag_invalid": _no_tag,
    "union_tag_not_found": _without_tag,
    "condition": _no_condition,
    "string_pattern_mismatch": _pattern,
    "string_too_short": lambda _error, _shape: (_("the text is empty"), ""),
    "blank": lambda _error, _shape: (_("nobody can see anything of this text"), _("write something that can be read")),
    "too_short": _too_short,
    "too_long": _too_long,
    "greater_than_equal": lambda error, _shape: (
        _("the number must be at least {limit}", limit=error["ctx"]["ge"]),
        "",
    ),
    "less_than_equal": lambda error, _shape: (_("the number must be at most {limit}", limit=error["ctx"]["le"]), ""),
    "boolean_word": lambda error, _shape: _needed("bool_type", error["input"]),
    "repeated": lambda _error, _shape: (_("an option is named twice"), ""),
    "row": _no_row,
    "one_bound": lambda _error, _shape: (_("`count` needs exactly one of `at_least` and `at_most`"), ""),
}


def kind_of(value: object) -> str:
    """Return the words for a value that cannot stand where it does."""
    match value:
        case bool() | int() | str():
            text = _bare_text(value)
            return f"`{text}`" if len(text) <= SHOWN_LENGTH else f"`{text[:SHOWN_LENGTH]}…`"
        case date():
            return _("the date {day}", day=value)
        case tuple():
            return _("a list")
        case _other:
            return _("keys with values")


def _bare_text(value: object) -> str:
    return " ".join(str(value).lower().split() if isinstance(value, bool) else str(value).split())


class Misfits:
    """Turns the errors of one record into diagnostics."""

    def __init__(
        self, shape: Shape, data: object, document: Document, base: Loc, meant: Callable[[Loc, object], str]
    ) -> None:
        self.meant = meant
        self.shape = shape
        self.data = data
        self.document = document
        self.base = base

    def diagnostics(self, errors: Iterable[ErrorDetails]) -> list[Diagnostic]:
        """Return what is wrong, each once, without what only follows from something else."""
        placed: dict[Loc, list[ErrorDetails]] = {}
        for error in errors:
            placed.setdefault(_keys_only(error, self.data), []).append(error)
        above = {loc[:length] for loc in placed for length in range(len(loc))}
        return [
            self._diagnostic(found, loc)
            for loc, found in placed.items()
            # An error above another's place only follows from it: a bad item also makes its list too short.
            if loc not in above
            and not (found[0]["type"] == "missing" and self._is_misspelt(loc, placed))
            and not self._follows(found[0], loc)
        ]

    def _follows(self, error: ErrorDetails, loc: Loc) -> bool:
        """Return whether an error only follows from what could not be read, which was reported already."""
        if error["type"] == "extra_forbidden" or error["loc"][-1:] == ("[key]",):
            return False
        place = (*self.base, *loc)
        of_missing = error["type"] == "missing" and place[:-1] in self.document.broken
        of_type = error["type"] == "union_tag_invalid" and (*place, "type") in self.document.broken
        return error["input"] is BROKEN or place in self.document.broken or of_missing or of_type

    def _is_misspelt(self, missing: Loc, placed: Mapping[Loc, list[ErrorDetails]]) -> bool:
        """Return whether a key is missing only because it is misspelt: then the unknown key says it all."""
        unknown = [
            str(loc[-1])
            for loc, found in placed.items()
            if loc[:-1] == missing[:-1] and found[0]["type"] == "extra_forbidden"
        ]
        return any(nearest(key, [str(missing[-1])]) for key in unknown)

    def _diagnostic(self, found: list[ErrorDetails], loc: Loc) -> Diagnostic:
        error, place = found[0], (*self.base, *loc)
        kind, value = error["type"], error["input"]
        if value is None or (kind == "missing" and place in self.document.marks):
            return self.document.problem(
                place, _("a value is missing here"), _("write one, or take out the key or the `-`")
            )
        if kind == "missing":
            is_key = isinstance(loc[-1], str)
            message, help_text = missing(loc[-1])
            if loc[-1] == "id" and len(place) > 1 and isinstance(place[-2], int):
                help_text = _("give each entry a short name of its own: `id: …`")
                if place[0] == "controls":
                    help_text = _("name the control that it is about: `id: …`")
            return self.document.problem(place[:-1], message, help_text, key=is_key)
        message, help_text = words(error, self.shape)
        if kind != "extra_forbidden":
            help_text = self.meant(place, value) or help_text
        if len(found) > 1 and all(one["type"] in NEEDED for one in found):
            message, help_text = _("one value is needed here, not {value}", value=kind_of(value)), ""
        if kind == "too_long" and error["ctx"]["max_length"]:
            place = (*place, error["ctx"]["max_length"])  # the first entry that is one too many
        if kind == "union_tag_invalid" and "type" in error["ctx"]["discriminator"]:
            place = (*place, "type")
        at_key = kind in {"extra_forbidden", "union_tag_not_found"} or error["loc"][-1:] == ("[key]",)
        if kind == "condition" and (wrong := wrong_operation(value)):
            place, at_key = (*place, wrong), True
        return self.document.problem(place, message, help_text, key=at_key)


def _keys_only(error: ErrorDetails, data: object) -> Loc:
    """Return the place of an error without what is no key or index of the data: names of union members."""
    kept: list[str | int] = []
    for step in error["loc"]:
        is_index = isinstance(data, tuple) and isinstance(step, int) and step < len(data)
        if is_index or (isinstance(data, dict) and step in data):
            data = data[step]  # type: ignore[index]
        elif error["type"] != "missing" or step != error["loc"][-1]:
            continue
        kept.append(step)
    return tuple(kept)
