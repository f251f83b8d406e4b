"""Strict YAML and JSON: text in, plain values and the place of every one of them out; any doubt is an error.

Only `true` and `false` are booleans (so `NO` stays Norway), dates are ISO dates, floats and repeated keys are
refused, lists become tuples. Size, depth and alias expansion are bounded before anything large is built. What is wrong
with one value or key costs itself only: whoever reads `go_on` hears of everything else too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import yaml

from risk_engine.diagnostics import Diagnostic, InvalidSourceError, Position, file_problem, reason
from risk_engine.language import _
from risk_engine.syntax import LIST, MAP, NESTED_TOO_DEEP, PLAIN, QUOTED, UNFIT, composed, decoded

Loc: TypeAlias = tuple[str | int, ...]
"""The way from the top of a file to a value: keys and list indices."""


class Broken:
    """What stands where a value could not be read."""


BROKEN: Final = Broken()

Plain: TypeAlias = "dict[str, Plain] | tuple[Plain, ...] | str | int | date | Broken | None"
"""What a file can say; a boolean is an integer to Python's types."""

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 60
MAX_VALUES = 100_000
MAX_INTEGER = 2**53 - 1
"""RFC 8785 (and with it every digest) knows no larger integer."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FRACTION = re.compile(r"[-+]?[0-9]*(\.[0-9]*([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)")
_CODE = re.compile(r"[0-9]+[eE][0-9]+")
_NULLS = frozenset({"", "~", "null"})
# What some YAML reader takes for a number or a time: written without quotes, nobody can say what is meant.
_DOUBTFUL = re.compile(
    r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?)"
    r"|[-+]?(0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+)"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?"
)


class Mark(NamedTuple):
    """Where the key and the value of a place start, from 0; a list item has no key of its own."""

    key: tuple[int, int]
    value: tuple[int, int]


@dataclass(frozen=True)
class Document:
    """What one file says, and where: `data` holds only dict, tuple, str, int, bool, date, None and perhaps BROKEN."""

    path: str
    data: Any
    marks: dict[Loc, Mark]
    lines: tuple[str, ...]
    problems: tuple[Diagnostic, ...] = ()
    """What could not be read, of a file that was read all the same."""
    broken: frozenset[Loc] = frozenset()
    """Where that is: values that are BROKEN, and what has a key that could not be read. Nothing follows from them."""

    def position(self, loc: Loc, *, key: bool = False) -> Position:
        """Return where the value (or the key) at `loc` stands; where nothing does, its nearest parent."""
        while loc and loc not in self.marks:
            loc = loc[:-1]
        mark = self.marks.get(loc, Mark((0, 0), (0, 0)))
        return self._position(mark.key if key else mark.value)

    def problem(self, loc: Loc, message: str, help_text: str = "", *, key: bool = False) -> Diagnostic:
        """Return the diagnostic for the value (or the key) at `loc`."""
        return self._problem(self.position(loc, key=key), message, help_text)

    def problem_at(self, place: tuple[int, int], message: str, help_text: str = "") -> Diagnostic:
        """Return the diagnostic for a line and column, both from 0."""
        return self._problem(self._position(place), message, help_text)

    def part(self, loc: Loc) -> "Document":
        """Return what stands at `loc`, which must be there, as a document of its own with its places in the file."""
        data = self.data
        for step in loc:
            data = data[step]
        marks = {one[len(loc) :]: mark for one, mark in self.marks.items() if one[: len(loc)] == loc}
        broken = frozenset(one[len(loc) :] for one in self.broken if one[: len(loc)] == loc)
        return Document(self.path, data, marks, self.lines, broken=broken)

    def _position(self, place: tuple[int, int]) -> Position:
        return Position(self.path, place[0] + 1, place[1] + 1)

    def _problem(self, position: Position, message: str, help_text: str) -> Diagnostic:
        line = self.lines[position.line - 1] if position.line <= len(self.lines) else ""
        return Diagnostic(position, message, help_text, line.rstrip())


def read(path: Path, *, shown_as: str | None = None, nulls: bool = False, go_on: bool = False) -> Document:
    """Read one YAML or JSON file (by its name's ending); raise InvalidSourceError with every problem in it.

    `nulls` says whether an empty value is allowed (it is None then); `shown_as` is the path that is printed. With
    `go_on` single values and keys that cannot be read are noted in the document, for whoever looks at the rest too.
    """
    name = shown_as or path.as_posix()
    try:
        if path.is_dir():
            raise file_problem(name, _("this is a folder, a file is needed"))
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise file_problem(name, _("there is no such file")) from None
    except OSError as error:
        raise file_problem(name, _("the file cannot be read: {reason}", reason=reason(error))) from error
    if len(raw) > MAX_BYTES:
        raise file_problem(name, _("the file is larger than {size} KiB", size=MAX_BYTES // 1024))
    return parse(decoded(raw, name), name, is_json=path.suffix.casefold() == ".json", nulls=nulls, go_on=go_on)


def parse(text: str, name: str, *, is_json: bool = False, nulls: bool = False, go_on: bool = False) -> Document:
    """Read text that stands for the file `name`; see `read`."""
    document = Document(name, None, {}, tuple(re.split("\r\n|[\n\r\x85\u2028\u2029]", text)))
    root = composed(text, name, document.lines, is_json=is_json)
    if root is None:
        raise file_problem(name, _("the file is empty"))
    reader = _Reader(document, nulls=nulls)
    data = reader.read(root)
    if not reader.problems:
        return replace(document, data=data)
    if not go_on or data is None:
        raise InvalidSourceError(reader.problems)
    return replace(document, data=data, problems=tuple(reader.problems), broken=broken_in(data))


class _Partial(dict[str, Plain]):
    """A mapping with a key that could not be read."""


def broken_in(data: Plain) -> frozenset[Loc]:
    """Return the places where something could not be read."""
    return frozenset(_broken(data, ()))


def _broken(data: Plain, loc: Loc) -> Iterator[Loc]:
    match data:
        case Broken():
            yield loc
        case dict():
            if isinstance(data, _Partial):
                yield loc
            for key, value in data.items():
                yield from _broken(value, (*loc, key))
        case tuple():
            for number, value in enumerate(data):
                yield from _broken(value, (*loc, number))


@dataclass
class _Reader:
    """Turns composed nodes into plain values, noting the place of each and every problem on the way."""

    document: Document
    nulls: bool
    problems: list[Diagnostic] = field(default_factory=list)

    def read(self, root: yaml.Node) -> Plain:
        values, depth = _size(root)
        if depth > MAX_DEPTH:
            self._problem(root, _(NESTED_TOO_DEEP), _("at most {number} levels are read", number=MAX_DEPTH))
        elif values > MAX_VALUES:
            self._problem(
                root, _("the file holds more than {number} values once its aliases are expanded", number=MAX_VALUES)
            )
        else:
            return self._value(root, (), _start(root))
        return None

    def _value(self, node: yaml.Node, loc: Loc, key: tuple[int, int]) -> Plain:
        self.document.marks[loc] = Mark(key, _start(node))
        self._check_tag(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc)
        if isinstance(node, yaml.SequenceNode):
            return tuple(self._value(item, (*loc, i), _start(item)) for i, item in enumerate(node.value))
        return self._scalar(node)

    def _check_tag(self, node: yaml.Node) -> None:
        if node.tag not in {PLAIN, QUOTED, MAP, LIST}:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self._problem(node, _("tags are not used here: `{tag}`", tag=tag), _("leave the tag out"))

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        first_lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(key_node, _("a key must be a word"))
                found = _Partial(found)
                continue
            self._check_tag(key_node)
            key = str(key_node.value)
            if key == "<<" and key_node.tag == PLAIN:
                self._problem(key_node, _("merge keys (`<<`) are not used here"), _("write the keys out"))
                found = _Partial(found)
            elif key in found:
                first = _("the first one is on line {line}", line=first_lines[key])
                self._problem(key_node, _("the key `{key}` is repeated", key=key), first)
            else:
                first_lines[key] = key_node.start_mark.line + 1
                found[key] = self._value(value_node, (*loc, key), _start(key_node))
        return found

    def _scalar(self, node: yaml.Node) -> Plain:
        text = str(node.value)
        if node.tag == PLAIN:
            return self._plain(node, text)
        if node.tag != QUOTED:
            return BROKEN  # its tag was refused
        if unfit := UNFIT.search(text):
            self._problem(
                node, _("the character {character} cannot stand in a text", character=f"U+{ord(unfit[0]):04X}")
            )
            return BROKEN
        return text

    def _plain(self, node: yaml.Node, text: str) -> Plain:
        if text in {"true", "false"}:
            return text == "true"
        if text in _NULLS:
            if not self.nulls:
                self._problem(node, _("a value is missing here"), _("write one, or take out the key or the `-`"))
                return BROKEN
            return None
        if _INTEGER.fullmatch(text):
            return self._integer(node, text)
        if _DATE.fullmatch(text):
            return self._date(node, text)
        if _DOUBTFUL.fullmatch(text):
            self._problem(node, *_doubt(text))
            return BROKEN
        return text

    def _integer(self, node: yaml.Node, text: str) -> int | Broken:
        # Python refuses to convert thousands of digits, so their number is looked at first.
        if len(text) <= len(f"-{MAX_INTEGER}") and abs(int(text)) <= MAX_INTEGER:
            return int(text)
        self._problem(
            node, _("the number is larger than {largest}", largest=MAX_INTEGER), _("put it in quotes if it is text")
        )
        return BROKEN

    def _date(self, node: yaml.Node, text: str) -> date | Broken:
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._problem(
                node, _("there is no such date: `{text}`", text=text), _("dates are year-month-day, like 2026-01-31")
            )
            return BROKEN

    def _problem(self, node: yaml.Node, message: str, help_text: str = "") -> None:
        self.problems.append(self.document.problem_at(_start(node), message, help_text))


def _doubt(text: str) -> tuple[str, str]:
    """Return why a text without quotes may be more than one thing, and the way out."""
    if _CODE.fullmatch(text):
        return _("`{text}` can be read as a number", text=text), _('codes like this want quotes: "{text}"', text=text)
    message = (
        _("`{text}` is no whole number", text=text)
        if _FRACTION.fullmatch(text)
        else _("`{text}` can be read in more than one way", text=text)
    )
    return message, _('write "{text}" in quotes if it is text; numbers are whole, dates like 2026-01-31', text=text)


def _start(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line, node.start_mark.column


def _size(root: yaml.Node) -> tuple[int, int]:
    """Return how many values a node stands for, aliases expanded, and how deep they are nested."""
    known: dict[int, tuple[int, int]] = {}
    single = (1, 0)

    def size(node: yaml.Node) -> tuple[int, int]:
        if isinstance(node, yaml.ScalarNode):
            return single
        if id(node) not in known:
            known[id(node)] = (1, MAX_DEPTH + 1)  # what holds itself has no end
            parts = [size(part) for part in _parts(node)]
            known[id(node)] = (
                1 + sum(one for one, _ in parts),
                1 + max((deep for _, deep in parts), default=-1),
            )
        return known[id(node)]

    try:
        return size(root)
    except RecursionError:
        return 0, MAX_DEPTH + 1


def _parts(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
