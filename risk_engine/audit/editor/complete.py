"""What could stand at the cursor: facts, options and the other names of a set, and the keys of a record or condition.

A line that is half written cannot be read as YAML, so this looks at the text before the cursor alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from pydantic import BaseModel

from risk_engine.audit.editor.mentions import Kind, Known, declared_in, is_of_facts
from risk_engine.audit.editor.names import Names
from risk_engine.audit.schemas import KINDS
from risk_engine.loading.version_files import CASES, MAP
from risk_engine.model.case import UNKNOWN
from risk_engine.model.conditions import OPERATION_KEYS, OPS

_VALUE = re.compile(r"(?P<key>[A-Za-z_][\w.-]*):\s+(?P<list>\[(?:[^\]]*,)?\s*)?(?P<typed>[\w.-]*)$")
"""A key with the value that is being written, alone or in a list."""
_ITEM = re.compile(r"^\s*-\s+(?P<typed>[\w.-]*)$")
"""An item of a list that stands below its key."""
_KEY = re.compile(r"(?:^\s*(?:-\s+)?|[{,]\s*)(?P<typed>[\w.-]*)$")
_FACT = re.compile(r"\bfact:\s+([a-z_]+\.[a-z0-9_]+)")
_NAMED: Mapping[str, Kind] = {
    "holds": "definition",
    "parameter": "parameter",
    "dimension": "dimension",
    "ground": "ground",
    "of": "table",
    "like": "case",
    "headline": "ladder",
    "gate": "ladder",
    "escalation": "ladder",
    "ladder": "ladder",
    "all": "control",
    "in_place": "control",
    "awareness": "awareness",
    "contradictions": "invariant",
    "change": "fact",
    "differ_in": "fact",
    "group_by": "fact",
    "benefit": "fact",
    "necessity": "fact",
    "fact": "fact",
}
"""Keys of which the value is a name, and of what."""
_QUANTIFIERS = frozenset({"some", "every", "count", "belongs_to"})
_EXPECTED: Mapping[str, Kind] = {
    "findings": "indicator",
    "undetermined": "indicator",
    "residual": "indicator",
    "knock_out": "indicator",
    "ladders": "ladder",
}
_RESULTS = ("id", "dimension", "ground", "outcome", "inherent", "possible", "residual", "knock_out", "open")
_BANDS = ("id", "inherent_band", "residual_band", "residual_capped")


class Proposal(NamedTuple):
    """Something that could stand at the cursor, and what it means."""

    text: str
    about: str = ""


class Proposals(NamedTuple):
    """What could stand in place of what is written from a column on."""

    begin: int
    found: tuple[Proposal, ...] = ()


def proposals(names: Names, file: str, lines: Sequence[str], line: int, column: int) -> Proposals:
    """Return what could stand at a place, both from 0, in a file that now has these lines."""
    return _Writer(names, file, lines, line, column).proposals()


class _Writer:
    """Somebody who writes at one place."""

    def __init__(self, names: Names, file: str, lines: Sequence[str], line: int, column: int) -> None:
        self.names, self.file, self.lines, self.line = names, file, lines, line
        self.before = (lines[line] if line < len(lines) else "")[:column]
        self.known: Known = names.known

    def proposals(self) -> Proposals:
        """Return what could stand here."""
        for pattern, find in ((_VALUE, self._values), (_ITEM, self._items), (_KEY, self._keys)):
            if (match := pattern.search(self.before)) is not None and (found := tuple(find(match))):
                return Proposals(match.start("typed"), found)
        return Proposals(len(self.before))

    # --- values ---

    def _values(self, match: re.Match[str]) -> Iterator[Proposal]:
        yield from self._of_key(match["key"], match.start())

    def _items(self, _match: re.Match[str]) -> Iterator[Proposal]:
        parent = self._parent()
        yield from self._of_key(parent[0], len(self.lines[parent[1]])) if parent is not None else ()

    def _of_key(self, key: str, end: int) -> Iterator[Proposal]:
        if key in OPS:
            yield from self._answers(self._compared(end))
        elif key == "otherwise" and is_of_facts(self.file):
            yield from self._answers(self._owner())
        elif key == "options" and is_of_facts(self.file):
            yield from self._names("option_list")
        elif key == "level":
            yield from self._levels(self._ladder(end))
        elif key in _QUANTIFIERS:
            yield from (Proposal(one, self._about("entity", one)) for one in sorted(self.known.lists))
        elif key == "id" and ("source" in self.before or self._is_below("sources")):
            yield from self._names("source")
        elif key == "fact":
            yield from self._facts()
        elif key in _NAMED:
            yield from self._names(_NAMED[key])
        elif self.file in {CASES, MAP} and "." in key:
            yield from self._answers(self._fact_of_path(key))
        elif self.file == CASES and any(one.name == key for one in self.names.declared("ladder")):
            yield from self._levels(key)

    def _facts(self) -> Iterator[Proposal]:
        if self.file in {"ladders.yaml", "awareness.yaml", "invariants.yaml"}:
            yield from (Proposal(f"finding.{one}") for one in _RESULTS)
            yield from (Proposal(f"dimension.{one}") for one in _BANDS)
        if self.file == "invariants.yaml":
            yield from (Proposal(f"ladder.{one.name}") for one in self.names.declared("ladder"))
        if self.file != "ladders.yaml":
            yield from self._names("fact")

    def _answers(self, fact: str | None) -> Iterator[Proposal]:
        declared = self.known.facts.get(fact or "", {})
        match declared.get("type"):
            case "boolean":
                yield from (Proposal("true"), Proposal("false"))
            case "choice" | "choices":
                options = declared.get("options")
                yield from (Proposal(one, str(text)) for one, text in _pairs(options))
            case "row":
                rows = [one for one in self.names.declared("row") if one.name.startswith(f"{declared.get('of')}.")]
                yield from (Proposal(one.name.partition(".")[2]) for one in rows)
        if declared and self.file in {CASES, MAP}:
            yield Proposal(UNKNOWN)
        elif declared.get("type") in {"choice", "choices", "integer", "date"}:
            yield Proposal("{parameter: }")

    def _levels(self, ladder: str | None) -> Iterator[Proposal]:
        levels = [one for one in self.names.declared("level") if one.name.startswith(f"{ladder}.")]
        yield from (Proposal(one.name.partition(".")[2], self._about("level", one.name)) for one in levels)

    def _names(self, kind: Kind) -> Iterator[Proposal]:
        yield from (Proposal(one.name, self._about(kind, one.name)) for one in self.names.declared(kind))

    # --- keys ---

    def _keys(self, match: re.Match[str]) -> Iterator[Proposal]:
        typed, parent = match["typed"], self._parent()
        opened = self.before[: match.start("typed")].rstrip()
        key = _opened(opened)
        if key is not None and key in _EXPECTED and self.file == CASES:
            yield from self._names(_EXPECTED[key])
        elif self.file in {CASES, MAP} and (key or (parent and parent[0])) in {"given", "each"}:
            yield from self._paths(typed)
        elif self.file in {CASES, MAP} and key is None and parent is not None and parent[0] in _EXPECTED:
            yield from self._names(_EXPECTED[parent[0]])
        elif opened.endswith(("{", ",")) and self.file not in {CASES, MAP}:
            yield from map(Proposal, ("fact", *OPERATION_KEYS, "where"))
        elif parent is not None and parent[2] == 0 and _indent(self.before) > 0:
            yield from _fields(self.file)
        elif self.before.strip() != self.before or not self.before:
            yield from map(Proposal, ("fact", *OPERATION_KEYS, "where") if parent is not None else ())

    def _paths(self, typed: str) -> Iterator[Proposal]:
        """Yield the paths of a case: those of the base case say which entries there are."""
        entries: dict[str, set[str]] = {}
        base = self.names.documents[CASES].data.get("base") if CASES in self.names.documents else None
        for entity, value in _pairs(base):
            ids = (
                {one["id"] for one in value if isinstance(one, dict) and "id" in one}
                if isinstance(value, tuple)
                else ()
            )
            entries[entity] = {one for one in ids if isinstance(one, str)}
        parts = typed.split(".")
        for name, fact in self.known.facts.items():
            entity, _dot, short = name.partition(".")
            if entity not in self.known.lists:
                yield Proposal(name, str(fact.get("question", "")))
            else:
                ids = {*entries.get(entity, ()), *(parts[1:2] if parts[0] == entity else ())} - {""}
                yield from (Proposal(f"{entity}.{one}.{short}", str(fact.get("question", ""))) for one in sorted(ids))

    # --- what stands around ---

    def _parent(self) -> tuple[str, int, int] | None:
        """Return the key below which the line stands, with its line and how far it is indented."""
        own = _indent(self.before) + (2 if self.before.lstrip().startswith("- ") else 0)
        for number in range(self.line - 1, -1, -1):
            text = self.lines[number]
            match = re.match(r"(\s*(?:- )?)([A-Za-z_][\w.-]*):", text)
            if match is None or text.lstrip().startswith("#"):
                continue
            indent = len(match[1])
            if indent < own or (indent == own - 2 and self.before.lstrip().startswith("- ")):
                return match[2], number, indent
        return None

    def _above(self) -> Iterator[str]:
        """Yield the keys below which the line stands, the nearest first."""
        indent = _indent(self.before)
        for number in range(self.line - 1, -1, -1):
            match = re.match(r"(\s*(?:- )?)([A-Za-z_][\w.-]*):", self.lines[number])
            if match is not None and len(match[1]) < indent:
                indent = len(match[1])
                yield match[2]

    def _is_below(self, key: str) -> bool:
        return key in self._above()

    def _compared(self, end: int) -> str | None:
        """Return the fact of the comparison in which the cursor stands: in the same line, else in those around it."""
        if found := _FACT.findall(self.before[:end]):
            return str(found[-1])
        indent = _indent(self.before.replace("- ", "  "))
        for number in (*range(self.line - 1, max(self.line - 6, -1), -1), *range(self.line + 1, self.line + 3)):
            text = self.lines[number] if number < len(self.lines) else ""
            match = _FACT.search(text)
            if match is not None and _indent(text.replace("- ", "  ")) <= indent:
                return match[1]
        return None

    def _owner(self) -> str | None:
        """Return the fact of facts.yaml in which the line stands."""
        match list(self._above()):
            case [short, "facts", entity, *_]:
                return f"{entity}.{short}"
            case _:
                return None

    def _ladder(self, end: int) -> str | None:
        """Return the ladder of which a level is written."""
        found = re.findall(r"\bladder:\s+([a-z_][a-z0-9_]*)", self.before[:end])
        return str(found[-1]) if found else next(reversed(list(self._above())), None)

    def _fact_of_path(self, path: str) -> str | None:
        entity, *parts = path.split(".")
        return f"{entity}.{parts[-1]}" if parts else None

    def _about(self, kind: Kind, name: str) -> str:
        """Return the title or question of something, as its file says it."""
        data = self.known.facts.get(name, {}) if kind == "fact" else self._data(kind, name)
        return next((str(data[one]) for one in ("title", "question", "instrument") if one in data), "")

    def _data(self, kind: Kind, name: str) -> Mapping[str, Any]:
        for one in self.names.of(kind, name):
            if one.declares:
                data = self.names.documents[one.file].data
                steps = {"level": (name.partition(".")[0], "levels", name.partition(".")[2])}.get(kind, (name,))
                for step in steps:
                    data = data.get(step, {}) if isinstance(data, dict) else {}
                return data if isinstance(data, dict) else {}
        return {}


def _pairs(data: object) -> Iterable[tuple[str, Any]]:
    return data.items() if isinstance(data, dict) else ()


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _opened(text: str) -> str | None:
    """Return the key of the braces that are open at the end of a line; None where none are."""
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += {"}": 1, "{": -1}.get(text[place], 0)
        if depth < 0:
            match = re.search(r"([A-Za-z_][\w.-]*):\s*$", text[:place])
            return match[1] if match else None
    return None


def _fields(file: str) -> Iterator[Proposal]:
    """Yield the keys of a record of a file, each with what it means."""
    kind = PurePosixPath(file).parts[0].removesuffix(".yaml")
    model: Callable[..., Any] | None = None
    if declared_in(file) is not None:
        model = next((one for one in getattr(KINDS.get(kind), "__args__", ())[1:]), None)
    if isinstance(model, type) and issubclass(model, BaseModel):
        for name, field in model.model_fields.items():
            yield Proposal(field.alias or name, field.description or "")
