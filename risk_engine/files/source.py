"""Strict YAML and JSON: text in, plain values and the place of every one of them out; any doubt is an error.

Only `true` and `false` are booleans (so `NO` stays Norway), dates are ISO dates, floats and repeated keys are
refused, lists become tuples. Size, depth and alias expansion are bounded before anything large is built. What is wrong
with one value or key costs itself only: whoever reads `go_on` hears of everything else too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import yaml

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, Position, file_problem, reason
from risk_engine.files.language import _
from risk_engine.files.plain import BROKEN, Broken, Loc, Partial, Plain, broken_in
from risk_engine.files.reading import made_of, read_bytes
from risk_engine.files.syntax import (
    LIST,
    MAP,
    NESTED_TOO_DEEP,
    PLAIN,
    QUOTED,
    UNFIT,
    DoubtError,
    composed,
    decoded,
    value_of,
)

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 60
MAX_VALUES = 100_000
"""So many values are read for each MiB that a file may have, aliases expanded."""
MAX_CHARACTERS = MAX_BYTES
"""So much text is read, aliases expanded: a file without aliases cannot hold more. Of a larger file its bytes count."""
MAX_SET_BYTES = 16 * MAX_BYTES
"""A file of a criteria set may be so large: its authors wrote it, and no stranger sent it.

The largest one of the shipped set holds the cases of 61 indicators in half a MiB; of 1,000 they would take nine.
"""


class Cell(NamedTuple):
    """A row and a column of a sheet, from 0, in place of a line and a column of a text."""

    row: int
    column: int
    sheet: str


Place: TypeAlias = tuple[int, int] | Cell


class Mark(NamedTuple):
    """Where the key and the value of a place start, from 0; a list item has no key of its own."""

    key: Place
    value: Place


_Pair: TypeAlias = tuple[yaml.Node, yaml.Node]


class _Marks(Mapping[Loc, Mark]):
    """Where each place of a file starts, looked up in its nodes: where nothing is wrong hardly anybody asks."""

    def __init__(self, root: yaml.Node) -> None:
        self._root = root
        self._found: dict[int, dict[str, _Pair]] = {}
        """What stands below the keys of a node, by its identity."""

    def __getitem__(self, loc: Loc) -> Mark:
        node, key = self._root, _start(self._root)
        for step in loc:
            key, node = self._below(node, step)
        return Mark(key, _start(node))

    def _below(self, node: yaml.Node, step: str | int) -> tuple[tuple[int, int], yaml.Node]:
        """Return what stands below a node, with the start of its key; raise KeyError if nothing does."""
        if isinstance(node, yaml.MappingNode):
            if id(node) not in self._found:
                # Of a key that is repeated the first one counts.
                self._found[id(node)] = {
                    key.value: (key, value) for key, value in reversed(node.value) if isinstance(key, yaml.ScalarNode)
                }
            key, value = self._found[id(node)][f"{step}"]
            return _start(key), value
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            return _start(node.value[step]), node.value[step]
        raise KeyError(step)

    def __iter__(self) -> Iterator[Loc]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> tuple[Loc, ...]:
        return tuple(_locs(self._root, ()))


def _locs(node: yaml.Node, loc: Loc) -> Iterator[Loc]:
    yield loc
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield from _locs(value, (*loc, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from _locs(item, (*loc, number))


@dataclass(frozen=True)
class Document:
    """What one file says, and where: `data` holds only dict, tuple, str, int, bool, date, None and perhaps BROKEN."""

    path: str
    data: Any
    marks: Mapping[Loc, Mark]
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

    def _position(self, place: Place) -> Position:
        if isinstance(place, Cell):
            return Position(f"{self.path}: {place.sheet}", place[0] + 1, place[1] + 1, is_cell=True)
        return Position(self.path, place[0] + 1, place[1] + 1)

    def _problem(self, position: Position, message: str, help_text: str) -> Diagnostic:
        line = self.lines[position.line - 1] if position.line <= len(self.lines) else ""
        return Diagnostic(position, message, help_text, line.rstrip())


def read(
    path: Path, *, shown_as: str | None = None, nulls: bool = False, go_on: bool = False, most: int = MAX_BYTES
) -> Document:
    """Read one YAML or JSON file (by its name's ending); raise InvalidSourceError with every problem in it.

    `nulls` says whether an empty value is allowed (it is None then); `shown_as` is the path that is printed. With
    `go_on` single values and keys that cannot be read are noted in the document, for whoever looks at the rest too.
    A file of more than so many bytes (`most`) is not read.
    """
    name = shown_as or path.as_posix()
    try:
        raw = read_bytes(path, most + 1)
    except FileNotFoundError:
        raise file_problem(name, _("there is no such file")) from None
    except IsADirectoryError:
        raise file_problem(name, _("this is a folder, a file is needed")) from None
    except OSError as error:
        raise file_problem(name, _("the file cannot be read: {reason}", reason=reason(error))) from error
    if len(raw) > most:
        raise file_problem(name, _("the file is larger than {size} KiB", size=most // 1024))

    def parsed() -> Document:
        is_json = path.suffix.casefold() == ".json"
        return parse(decoded(raw, name), name, is_json=is_json, nulls=nulls, go_on=go_on, most=most)

    return made_of((path, name, nulls, go_on), raw, parsed)


def parse(
    text: str,
    name: str,
    *,
    is_json: bool = False,
    nulls: bool = False,
    go_on: bool = False,
    most: int = MAX_BYTES,
) -> Document:
    """Read text that stands for the file `name`; see `read`."""
    root = composed(text, name, is_json=is_json)
    if root is None:
        raise file_problem(name, _("the file is empty"))
    # What else ends a line for Python alone, no file may hold.
    reader = _Reader(Document(name, None, _Marks(root), tuple(text.splitlines())), nulls=nulls, most=most)
    data = reader.read(root)
    if not reader.problems:
        return replace(reader.document, data=data)
    if not go_on or data is None:
        raise InvalidSourceError(reader.problems)
    return replace(reader.document, data=data, problems=tuple(reader.problems), broken=broken_in(data))


class _TooMuchError(Exception):
    """There is more than is read; what exactly, `_size` says. `node` is where that became clear."""

    def __init__(self, node: yaml.Node) -> None:
        super().__init__()
        self.node = node


_FORMS = frozenset({PLAIN, QUOTED, MAP, LIST})


@dataclass
class _Reader:
    """Turns composed nodes into plain values, noting every problem on the way."""

    document: Document
    nulls: bool
    most: int
    """So much text is read, and values in proportion to it."""
    problems: list[Diagnostic] = field(default_factory=list)
    values: int = 0
    """So many were read, aliases expanded."""
    characters: int = 0
    """So much text was read, aliases expanded."""

    @cached_property
    def most_values(self) -> int:
        return self.most // MAX_BYTES * MAX_VALUES

    def read(self, root: yaml.Node) -> Plain:
        data, last = None, root
        is_small = True
        try:
            data = self._value(root, 0)
        except _TooMuchError as error:
            is_small, last = False, error.node
        # Where there is a problem not everything was counted.
        if not self.problems and is_small:
            return data
        return data if self._is_small(root, last) else None

    def _is_small(self, root: yaml.Node, last: yaml.Node) -> bool:
        """Return whether all can be read; of what is too large that alone is said, where the reading ended."""
        values, depth, characters = _size(root)
        if depth > MAX_DEPTH:
            self.problems = []
            self._problem(last, _(NESTED_TOO_DEEP), _("at most {number} levels are read", number=MAX_DEPTH))
        elif values > self.most_values:
            self.problems = []
            self._problem(
                last,
                _("the file holds more than {number} values once its aliases are expanded", number=self.most_values),
            )
        elif characters > self.most:
            self.problems = []
            message = _(
                "the file holds more than {number} characters of text once its aliases are expanded",
                number=self.most,
            )
            self._problem(last, message)
        return depth <= MAX_DEPTH and values <= self.most_values and characters <= self.most

    def _value(self, node: yaml.Node, depth: int) -> Plain:
        self.values += 1
        if depth > MAX_DEPTH or self.values > self.most_values:
            raise _TooMuchError(node)
        tag = node.tag
        if tag in {PLAIN, QUOTED}:
            self.characters += len(node.value)
            if self.characters > self.most:
                raise _TooMuchError(node)
            return self._plain(node) if tag == PLAIN else self._text(node)
        if tag not in _FORMS:
            self._refuse_tag(node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth + 1)
        if isinstance(node, yaml.SequenceNode):
            return tuple([self._value(item, depth + 1) for item in node.value])
        return BROKEN

    def _plain(self, node: yaml.Node) -> str | int | date | Broken | None:
        try:
            return value_of(node.value, nulls=self.nulls)
        except DoubtError as doubt:
            self._problem(node, doubt.message, doubt.way_out)
            return BROKEN

    def _refuse_tag(self, node: yaml.Node) -> None:
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        self._problem(node, _("tags are not used here: `{tag}`", tag=tag), _("leave the tag out"))

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        self.values += len(node.value)
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(key_node, _("a key must be a word"))
                found = Partial(found)
                continue
            if key_node.tag not in _FORMS:
                self._refuse_tag(key_node)
            key = str(key_node.value)
            if key == "<<" and key_node.tag == PLAIN:
                self._problem(key_node, _("merge keys (`<<`) are not used here"), _("write the keys out"))
                found = Partial(found)
            elif key in found:
                line = next(one for one, _value in node.value if one.value == key).start_mark.line + 1
                first = _("the first one is on line {line}", line=line)
                self._problem(key_node, _("the key `{key}` is repeated", key=key), first)
            else:
                found[key] = self._value(value_node, depth)
        return found

    def _text(self, node: yaml.Node) -> str | Broken:
        text = str(node.value)
        # Looking at each character takes longer; what can be printed is fit.
        if not text.isprintable() and (unfit := UNFIT.search(text)):
            self._problem(
                node, _("the character {character} cannot stand in a text", character=f"U+{ord(unfit[0]):04X}")
            )
            return BROKEN
        return text

    def _problem(self, node: yaml.Node, message: str, help_text: str = "") -> None:
        self.problems.append(self.document.problem_at(_start(node), message, help_text))


def _start(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line, node.start_mark.column


def _size(root: yaml.Node) -> tuple[int, int, int]:
    """Return of a node, aliases expanded: how many values it stands for, how deep they are nested, how much text."""
    known: dict[int, tuple[int, int, int]] = {}

    def size(node: yaml.Node) -> tuple[int, int, int]:
        if isinstance(node, yaml.ScalarNode):
            return 1, 0, len(node.value)
        if id(node) not in known:
            known[id(node)] = (1, MAX_DEPTH + 1, 0)  # what holds itself has no end
            parts = [size(part) for part in _parts(node)]
            known[id(node)] = (
                1 + sum(values for values, _, _ in parts),
                1 + max((deep for _, deep, _ in parts), default=-1),
                sum(characters for _, _, characters in parts),
            )
        return known[id(node)]

    try:
        return size(root)
    except RecursionError:
        return 0, MAX_DEPTH + 1, 0


def _parts(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def is_read_back(text: str) -> bool:
    """Return whether a text that stands without quotes is read as that text, and as nothing else."""
    try:
        return bool(parse(f"text: {text}", "").data == {"text": text})
    except InvalidSourceError:
        return False
