"""The text of a case file with other answers in it: only what changes is written anew."""

import contextlib
import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document, parse
from risk_engine.files.syntax import behind_key, block, composed, one_line
from risk_engine.loading.former_names import Renamed

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
EVIDENCE = "evidence"
"""The list of records of which some may be taken out; nothing else of a case is."""


def with_keys_of_today(text: str, document: Document, moved: Mapping[Loc, Loc]) -> str:
    """Return the text of a YAML case in which keys that are called otherwise now are called so; all else stays.

    `moved` says where what stood at a place of the document stands now. A key that would stand twice stays as it is.
    """
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    edits: list[tuple[int, int, str]] = []
    for old, new in moved.items():
        name, now = old[-1], new[-1]
        if not isinstance(name, str) or name == now or old not in document.marks:
            continue
        line, column = document.marks[old].key[:2]
        start = starts[line] + column
        if text[start : start + len(name)] == name:
            edits.append((start, start + len(name), f"{now}"))
    for start, end, now in sorted(edits, reverse=True):
        text = f"{text[:start]}{now}{text[end:]}"
    return text


@dataclass(frozen=True)
class Rewritten:
    """The new text of a case file, and whether its comments could be kept."""

    text: str
    keeps_comments: bool = True


def rewritten_of(
    text: str,
    document: Document,
    today: Renamed,
    new: Mapping[str, Any],
    gone: frozenset[int] = frozenset(),
    *,
    renames: bool = False,
) -> Rewritten:
    """Return the text of a case file that said `document`, in whatever names, so that it says `new` in those of today.

    `today` is the document in the names of today; where nothing else is new, the file stays as it is, unless it is the
    names that are to be new.
    """
    if today.former and new == today.document.data and not renames:
        return Rewritten(text)
    is_json = document.path.casefold().endswith(".json")
    if today.former and not is_json:
        named = with_keys_of_today(text, document, today.moved)
        with contextlib.suppress(InvalidSourceError):  # as where one answer stands under both names
            return rewritten(named, parse(named, "case", nulls=True).data, new, is_json=False, gone=gone)
    return rewritten(text, document.data, new, is_json=is_json, gone=gone)


def rewritten(
    text: str, old: Mapping[str, Any], new: Mapping[str, Any], *, is_json: bool, gone: frozenset[int] = frozenset()
) -> Rewritten:
    """Return the text of a case file that said `old` so that it says `new`; `gone` are records of its evidence.

    A file written in a way that cannot be changed piece by piece (one answer repeated by reference, for example) is
    written anew as a whole; then its comments are lost.
    """
    if is_json:
        return Rewritten(json.dumps(new, default=date.isoformat, ensure_ascii=False, indent=2) + "\n")
    changed = _Editor(text).changed(old, new, gone)
    # Whatever the file looks like: what it says now is read again, and must be what was meant.
    if changed is not None and _says(changed, new):
        return Rewritten(changed)
    return Rewritten("".join(f"{line}\n" for line in block(dict(new), 0)), keeps_comments=False)


def _says(text: str, data: Mapping[str, Any]) -> bool:
    try:
        return bool(parse(text, "case", nulls=True).data == data)
    except InvalidSourceError:
        return False


class _Editor:
    """Finds the places of values in a text and writes others there; the text around them is not touched."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in _BREAK.finditer(text))]
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.edits: list[tuple[int, int, str]] = []
        self.removed: list[tuple[int, int, str]] = []
        self.root: yaml.Node | None = None

    def changed(self, old: Mapping[str, Any], new: Mapping[str, Any], gone: frozenset[int]) -> str | None:
        """Return the text with what differs between old and new; None where that cannot be done in pieces."""
        self.root = composed(self.text, "case", is_json=False)
        if not isinstance(self.root, yaml.MappingNode):
            return None
        removed, left = self._without(self.root, old, gone)
        self._mapping(self.root, left, new)
        self.edits += [*removed, *self.removed]  # after what is written in front of them
        text = self.text
        ordered = sorted(enumerate(self.edits), key=lambda one: (one[1][0], one[0]), reverse=True)
        for _number, (start, end, written) in ordered:
            text = f"{text[:start]}{written}{text[end:]}"
        return text

    def _without(
        self, root: yaml.MappingNode, old: Mapping[str, Any], gone: frozenset[int]
    ) -> tuple[list[tuple[int, int, str]], Mapping[str, Any]]:
        """Take records of evidence out of the tree; return the lines to take out of the text, and what is left of it.

        A list that would be empty, or that stands on one line, is written anew as a whole.
        """
        node = next((value for key, value in root.value if key.value == EVIDENCE), None)
        if not gone or not isinstance(node, yaml.SequenceNode) or node.flow_style or len(gone) == len(node.value):
            return [], old
        edits = [self._lines_of(item) for number, item in enumerate(node.value) if number in gone]
        node.value = [item for number, item in enumerate(node.value) if number not in gone]
        kept = tuple(one for number, one in enumerate(old[EVIDENCE]) if number not in gone)
        return edits, {**old, EVIDENCE: kept}

    def _lines_of(self, item: yaml.Node) -> tuple[int, int, str]:
        """Return the lines of an entry of a list, its dash and a comment at its end included."""
        return self._lines(self.text.rindex("-", 0, self._at(item.start_mark)), item)

    def _lines(self, start: int, last: yaml.Node) -> tuple[int, int, str]:
        """Return to take out all lines from a place to where a value ends, a comment at their end included."""
        return self.starts[bisect_right(self.starts, start) - 1], self._next_line(last), ""

    def _next_line(self, node: yaml.Node) -> int:
        """Return where the line begins that follows a value."""
        line = bisect_right(self.starts, self._end(node))
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def _mapping(self, node: yaml.MappingNode, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        nodes = {str(key.value): (key, value) for key, value in node.value}
        last: yaml.Node | None = None
        for name, value in new.items():
            if name not in nodes:
                self._add(node, last, name, value)
                continue
            key, found = nodes[name]
            last = found
            if old.get(name) != value:
                self._value(key, found, old.get(name), value)
        if not node.flow_style:
            gone = [nodes[name] for name in old if name not in new and name in nodes and new]
            self.removed += [self._lines(self._at(key.start_mark), value) for key, value in gone]

    def _value(self, key: yaml.Node, node: yaml.Node, old: Any, new: Any) -> None:
        match node, old, new:
            case yaml.MappingNode(), dict(), dict() if node.value:
                self._mapping(node, old, new)
            case yaml.SequenceNode(flow_style=False), tuple(), tuple() if _grows(old, new):
                self._items(node, node.value, old, new)
            case yaml.SequenceNode(flow_style=False), tuple(), tuple() if left := _left(old, new):
                self.removed += [self._lines_of(item) for n, item in enumerate(node.value) if n not in left]
                self._items(node, [node.value[n] for n in left], tuple(old[n] for n in left), new)
            case _:
                # From the colon on: a block begins on a later line than its key.
                behind = self._at(key.end_mark)
                start = self.text.index(":", behind) + 1
                end = max(start, self._end(node))
                self.edits.append((start, end, behind_key(new, key.start_mark.column, self.newline)))

    def _items(
        self, node: yaml.SequenceNode, items: list[yaml.Node], old: tuple[Any, ...], new: tuple[Any, ...]
    ) -> None:
        for item, before, after in zip(items, old, new, strict=False):
            if before != after:
                if isinstance(item, yaml.MappingNode) and item.value:
                    self._mapping(item, before, after)
                else:
                    self.edits.append((self._at(item.start_mark), self._end(item), one_line(after)))
        # The mark of a list is that of its first dash.
        lead = " " * node.start_mark.column
        for one in new[len(old) :]:
            lines = list(block((one,), node.start_mark.column))
            self._line_behind(node, [lines[0] if lines[0].startswith(lead) else f"{lead}{lines[0]}", *lines[1:]])

    def _add(self, node: yaml.MappingNode, last: yaml.Node | None, name: str, value: Any) -> None:
        if node.flow_style:
            end = self._at(node.end_mark) - 1
            self.edits.append((end, end, f"{', ' if node.value else ''}{name}: {one_line(value)}"))
            return
        lines = list(block({name: value}, node.start_mark.column))
        is_within = isinstance(last, yaml.ScalarNode) and last is not node.value[-1][1]
        if node is self.root and not is_within:
            # At the end of the file: behind the last value there may be remarks that belong to it.
            end = len(self.text)
            lead = "" if self.text.endswith(("\n", "\r")) else self.newline
            self.edits.append((end, end, lead + "".join(f"{one}{self.newline}" for one in lines)))
        else:
            self._line_behind(last or node, lines)

    def _line_behind(self, node: yaml.Node, lines: list[str]) -> None:
        """Write lines below the one on which a value ends; a comment at its end stays there."""
        at = self._next_line(node)
        lead = "" if at == 0 or self.text[at - 1] in "\n\r" else self.newline
        self.edits.append((at, at, lead + "".join(f"{one}{self.newline}" for one in lines)))

    def _at(self, mark: yaml.Mark) -> int:
        return self.starts[mark.line] + mark.column

    def _end(self, node: yaml.Node) -> int:
        """Return where a value ends; the marks of block values end only where the next thing begins."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        start, end = self._at(node.start_mark), self._at(node.end_mark)
        return start + len(self.text[start:end].rstrip())


def _grows(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    """Return whether a list of records has the same records, some with other values, and perhaps more behind them."""
    pairs = zip(old, new, strict=False)
    same = all(isinstance(a, dict) and isinstance(b, dict) and a.get("id") == b.get("id") for a, b in pairs)
    return bool(old) and len(new) >= len(old) and same


def _left(old: tuple[Any, ...], new: tuple[Any, ...]) -> list[int]:
    """Return which records of a list stay, by their ids, where it has fewer now; none where that cannot be said."""
    if not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in (*old, *new)):
        return []
    wanted = [one["id"] for one in new]
    left = [number for number, one in enumerate(old) if one["id"] in wanted]
    return left if [old[number]["id"] for number in left] == wanted[: len(left)] else []
