"""The text of a YAML file with other values in it: only what differs is written anew, comments and order stay."""

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import yaml

from risk_engine.files.syntax import behind_key, block, composed, one_line

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


_MOST_ON_A_LINE = 100


class YamlEditor:
    """Finds the places of values in a text and writes others there; the text around them is not touched."""

    def __init__(self, text: str) -> None:
        """Take the text, which can be read as YAML."""
        self.text = text
        self.starts = [0, *(found.end() for found in _BREAK.finditer(text))]
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.edits: list[tuple[int, int, str]] = []
        self.removed: list[tuple[int, int, str]] = []
        self.moved: list[tuple[yaml.SequenceNode, list[int]]] = []
        """Lists whose entries stand in another order, with the numbers of the entries in that order."""
        self.root = composed(text, "file", is_json=False)

    def changed(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
        """Return the text with what differs between old and new; None where that cannot be done in pieces.

        Where entries of a list change places that alone is done: `moved` says so, and the rest wants another go.
        """
        if not isinstance(self.root, yaml.MappingNode):
            return None
        self._mapping(self.root, old, new)
        if self.moved:
            self.edits, self.removed = [], []
            for node, order in self.moved:
                self._move(node, order)
        return self.written()

    def written(self) -> str:
        """Return the text with all edits."""
        text = self.text
        edits = [*self.edits, *self.removed]
        ordered = sorted(enumerate(edits), key=lambda one: (one[1][0], one[0]), reverse=True)
        for _number, (start, end, written) in ordered:
            text = f"{text[:start]}{written}{text[end:]}"
        return text

    def _lines_of(self, item: yaml.Node) -> tuple[int, int, str]:
        """Return the lines of an entry of a list, its dash and a comment at its end included."""
        return self._lines(self._dash(item), item)

    def _dash(self, item: yaml.Node) -> int:
        return self.text.rindex("-", 0, self._at(item.start_mark))

    def _lines(self, start: int, last: yaml.Node) -> tuple[int, int, str]:
        """Return to take out all lines from a place to where a value ends, a comment at their end included."""
        return self._line_start(start), self._next_line(last), ""

    def _line_start(self, place: int) -> int:
        return self.starts[bisect_right(self.starts, place) - 1]

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
                self._value(key, found, old.get(name), value, is_flow=bool(node.flow_style))
        if not node.flow_style:
            gone = [nodes[name] for name in old if name not in new and name in nodes and new]
            self.removed += [self._lines(self._at(key.start_mark), value) for key, value in gone]

    def _value(self, key: yaml.Node, node: yaml.Node, old: Any, new: Any, *, is_flow: bool) -> None:
        match node, old, new:
            case yaml.MappingNode(), dict(), dict() if node.value and _fits_in_place(node, new):
                self._mapping(node, old, new)
            case yaml.SequenceNode(flow_style=False), tuple(), tuple() if self._sequence(node, old, new):
                pass
            case _:
                # From the colon on: a block begins on a later line than its key.
                behind = self._at(key.end_mark)
                start = self.text.index(":", behind) + 1
                end = max(start, self._end(node))
                stays = is_flow or _stays_on_a_line(node, new)
                written = f" {one_line(new)}" if stays else behind_key(new, key.start_mark.column, self.newline)
                self.edits.append((start, end, written))

    def _sequence(self, node: yaml.SequenceNode, old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
        """Change a list entry by entry, and return whether that was done; else it is written anew as a whole."""
        kept = _matched(old, new)
        order = [number for number in kept if number is not None]
        if not order:
            return False
        if order != sorted(order):
            left = iter(order)
            self.moved.append((node, [next(left) if number in order else number for number in range(len(old))]))
            return True
        self.removed += [self._lines_of(item) for number, item in enumerate(node.value) if number not in order]
        behind: yaml.Node | None = None
        for number, value in zip(kept, new, strict=True):
            if number is not None:
                behind = node.value[number]
                if old[number] != value:
                    self._item(behind, old[number], value)
            elif behind is not None:
                self._line_behind(behind, self._item_lines(node, value))
            else:
                at = self._chunk(node, 0)
                self.edits.append((at, at, "".join(f"{one}{self.newline}" for one in self._item_lines(node, value))))
        return True

    def _move(self, node: yaml.SequenceNode, order: list[int]) -> None:
        """Put the entries of a list into another order, each with the comments above it."""
        starts = [self._chunk(node, number) for number in range(len(node.value))]
        ends = [*starts[1:], self._next_line(node.value[-1])]
        chunks = [self.text[start:end] for start, end in zip(starts, ends, strict=True)]
        chunks = [chunk if chunk.endswith(("\n", "\r")) else f"{chunk}{self.newline}" for chunk in chunks]
        self.edits.append((starts[0], ends[-1], "".join(chunks[number] for number in order)))

    def _chunk(self, node: yaml.SequenceNode, number: int) -> int:
        """Return where the lines of an entry begin, with the comments above it."""
        at = self._line_start(self._dash(node.value[number]))
        least = self._next_line(node.value[number - 1]) if number else 0
        while at > least:
            before = self._line_start(at - 1)
            line = self.text[before:at].strip()
            if line and not line.startswith("#"):
                break
            at = before
        return at

    def _item(self, item: yaml.Node, before: Any, after: Any) -> None:
        if before == after:
            return
        if (
            isinstance(item, yaml.MappingNode)
            and item.value
            and isinstance(after, dict)
            and _fits_in_place(item, after)
        ):
            self._mapping(item, before, after)
        else:
            self.edits.append((self._at(item.start_mark), self._end(item), one_line(after)))

    def _item_lines(self, node: yaml.SequenceNode, value: Any) -> list[str]:
        """Return the lines of a new entry of a list; the mark of a list is that of its first dash."""
        lead = " " * node.start_mark.column
        lines = list(block((value,), node.start_mark.column))
        return [lines[0] if lines[0].startswith(lead) else f"{lead}{lines[0]}", *lines[1:]]

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


def _fits_in_place(node: yaml.MappingNode, new: Mapping[str, Any]) -> bool:
    """Return whether a mapping can be changed key by key: on one line no key can be taken out."""
    return not node.flow_style or all(key.value in new for key, _value in node.value)


def _stays_on_a_line(node: yaml.Node, new: Any) -> bool:
    """Return whether a record or a list that stood in brackets fits on a line as it is now."""
    stood = isinstance(node, yaml.CollectionNode) and node.flow_style and bool(node.value)
    return stood and isinstance(new, dict | tuple) and len(one_line(new)) <= _MOST_ON_A_LINE


def _matched(old: tuple[Any, ...], new: tuple[Any, ...]) -> list[int | None]:
    """Return for each new entry of a list the number of the old one that it was, None where it was none."""
    free = dict(enumerate(old))
    found: list[int | None] = [None] * len(new)
    for at, value in enumerate(new):
        number = next((number for number, one in free.items() if one == value), None)
        if number is not None:
            found[at] = number
            del free[number]
    pairs = (
        (-_alike(one, value), abs(number - at), at, number)
        for at, value in enumerate(new)
        if found[at] is None
        for number, one in free.items()
    )
    for unlike, _distance, at, number in sorted(pairs):
        if unlike and found[at] is None and number in free:
            found[at] = number
            del free[number]
    return found


def _alike(old: Any, new: Any) -> int:
    """Return in how many keys two records say the same."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return 0
    return sum(1 for key, value in new.items() if key in old and old[key] == value)
