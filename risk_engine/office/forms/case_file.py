"""The text of a case file with other answers in it: only what changes is written anew."""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document, parse
from risk_engine.files.syntax import block
from risk_engine.files.yaml_edits import YamlEditor
from risk_engine.loading.former_names import Renamed
from risk_engine.model.case import UNKNOWN

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
    changed = _CaseEditor(text).with_values(old, new, gone)
    # Whatever the file looks like: what it says now is read again, and must be what was meant.
    if changed is not None and _says(changed, new):
        return Rewritten(changed)
    return Rewritten("".join(f"{line}\n" for line in block(dict(new), 0)), keeps_comments=False)


def _says(text: str, data: Mapping[str, Any]) -> bool:
    try:
        return bool(parse(text, "case", nulls=True).data == data)
    except InvalidSourceError:
        return False


class _CaseEditor(YamlEditor):
    """Edits a case, whose lists are records with ids or grow at their end."""

    def with_values(self, old: Mapping[str, Any], new: Mapping[str, Any], gone: frozenset[int]) -> str | None:
        """Return the text with what differs between old and new; None where that cannot be done in pieces."""
        root = self.root
        if not isinstance(root, yaml.MappingNode):
            return None
        removed, left = self._without(root, old, gone)
        self._mapping(root, left, new)
        self.edits += removed  # after what is written in front of them
        return self.written()

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

    def _sequence(self, node: yaml.SequenceNode, old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
        if _grows(old, new):
            self._items(node, node.value, old, new)
        elif left := _left(old, new):
            self.removed += [self._lines_of(item) for n, item in enumerate(node.value) if n not in left]
            self._items(node, [node.value[n] for n in left], tuple(old[n] for n in left), new)
        else:
            return False
        return True

    def _items(
        self, node: yaml.SequenceNode, items: list[yaml.Node], old: tuple[Any, ...], new: tuple[Any, ...]
    ) -> None:
        for item, before, after in zip(items, old, new, strict=False):
            self._item(item, before, after)
        for one in new[len(old) :]:
            self._line_behind(node, self._item_lines(node, one))


def _grows(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    """Return whether a list has the same records, some with other values, and perhaps more behind them.

    A record of a blank case that answers nothing yet becomes whichever is filled in, and its questions stay above.
    """
    pairs = zip(old, new, strict=False)
    same = all(
        isinstance(a, dict) and isinstance(b, dict) and (a.get("id") == b.get("id") or _is_blank(a)) for a, b in pairs
    )
    return bool(old) and len(new) >= len(old) and same


def _is_blank(record: Mapping[str, Any]) -> bool:
    return all(value in (None, UNKNOWN) for name, value in record.items() if name != "id")


def _left(old: tuple[Any, ...], new: tuple[Any, ...]) -> list[int]:
    """Return which records of a list stay, by their ids, where it has fewer now; none where that cannot be said."""
    if not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in (*old, *new)):
        return []
    wanted = [one["id"] for one in new]
    left = [number for number, one in enumerate(old) if one["id"] in wanted]
    return left if [old[number]["id"] for number in left] == wanted[: len(left)] else []
