"""Where names are given and used in the files of a set: each place, as it stands, whatever is wrong elsewhere.

It is read from the files alone, not from the checked set: an editor asks where something is said just while it is not
said rightly. A path such as `partner.p1.country` is several mentions, one for each name in it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

from risk_engine.files.plain import Loc
from risk_engine.files.source import Document
from risk_engine.loading.sets import every_entity, fact_files
from risk_engine.loading.version_files import FACTS, OPTIONS
from risk_engine.model.case import UNKNOWN
from risk_engine.model.conditions import OPERATION_KEYS, OPS

Kind: TypeAlias = Literal[
    "entity",
    "fact",
    "option",
    "option_list",
    "definition",
    "indicator",
    "control",
    "parameter",
    "table",
    "column",
    "row",
    "ladder",
    "level",
    "source",
    "dimension",
    "ground",
    "awareness",
    "invariant",
    "case",
]
"""What a name is the name of. What stands in something else is called with it: `partner.role`, `measure.advice`.

An option is called with its fact, or with the list in which it stands for many facts.
"""

PARAMETERS = "parameters.yaml"
DECLARED_IN: Mapping[str, Kind] = {
    FACTS: "entity",
    "facts": "entity",
    "indicators": "indicator",
    OPTIONS: "option_list",
    "definitions.yaml": "definition",
    "controls.yaml": "control",
    PARAMETERS: "parameter",
    "ladders.yaml": "ladder",
    "sources.yaml": "source",
    "awareness.yaml": "awareness",
}
"""Files, and folders of files, whose first keys are names, and of what."""


def declared_in(file: str) -> Kind | None:
    """Return of what the first keys of a file of rules are names; None where they are none."""
    return DECLARED_IN.get(file.partition("/")[0])


_IN_BRACES = re.compile(r"\{([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\}")
_LINES = 40
"""So far below its beginning the end of a text is looked for."""


class Spoken(NamedTuple):
    """A key in a line of a file, from 0, below which a condition stands, and the way to that."""

    line: int
    begin: int
    end: int
    loc: Loc


class Mention(NamedTuple):
    """A name in a line of a file, from 0: only the name itself, not the path in which it stands."""

    kind: Kind
    name: str
    file: str
    line: int
    begin: int
    end: int
    declares: bool = False


@dataclass
class Known:
    """What must be known of the facts to tell what a value is the name of."""

    facts: Mapping[str, Mapping[str, Any]]
    lists: frozenset[str]
    entities: frozenset[str]
    compared: dict[str, set[str]] = field(default_factory=dict)
    """By parameter the facts that are compared with it."""
    listed: Mapping[str, str] = field(default_factory=dict)
    """By fact the list that it names instead of options of its own."""

    @classmethod
    def of(cls, documents: Mapping[str, Document]) -> "Known":
        """Return what files of a set say of entities and lists of options, as far as they can be read."""
        files = {name: one.data for name, one in documents.items() if is_of_facts(name)}
        entities = {name: one for name, one in every_entity(files).items() if isinstance(one, dict)}
        facts = {
            f"{name}.{short}": fact
            for name, entity in entities.items()
            for short, fact in pairs(entity.get("facts"))
            if isinstance(fact, dict)
        }
        listed = {
            f"{name}.{short}": fact["options"]
            for one in fact_files(files)
            for name, entity in pairs(files[one])
            for short, fact in pairs(mapping(entity).get("facts"))
            if isinstance(mapping(fact).get("options"), str)
        }
        lists = frozenset(one for one in entities if "many" in entities[one])
        return cls(facts, lists, frozenset(entities), listed=listed)

    def says_the_same(self, other: "Known") -> bool:
        """Return whether by both any value is the name of the same: whatever else is said of facts is no matter."""
        return (self.lists, self.entities, self.listed) == (other.lists, other.entities, other.listed) and (
            {name: _of_values(one) for name, one in self.facts.items()}
            == {name: _of_values(one) for name, one in other.facts.items()}
        )

    def option(self, fact: str, option: str) -> str:
        """Return what an option of a fact is called, with the fact or with the list in which it stands."""
        return f"{self.listed.get(fact, fact)}.{option}"

    def column_of(self, name: str) -> str | None:
        """Return the column from which a fact takes its value, `table.column`."""
        fact = self.facts.get(name, {})
        entity, _dot, short = name.partition(".")
        row = self.facts.get(f"{entity}.{fact.get('from')}", {})
        return f"{row['of']}.{fact.get('column', short)}" if isinstance(row.get("of"), str) and "from" in fact else None


def _of_values(fact: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(fact.get(one) for one in ("type", "of", "from", "column", "options"))


def is_of_facts(file: str) -> bool:
    """Return whether a file is one of those that tell what a value is the name of."""
    return file == OPTIONS or bool(fact_files([file]))


class Found(NamedTuple):
    """What one file names, in order, and the keys of its conditions."""

    mentions: tuple[Mention, ...]
    spoken: tuple[Spoken, ...] = ()


def pairs(data: object) -> Iterable[tuple[str, Any]]:
    """Return what stands under the keys of a mapping; nothing of anything else."""
    return data.items() if isinstance(data, dict) else ()


def mapping(data: object) -> Mapping[str, Any]:
    """Return a mapping as it is; of anything else none."""
    return data if isinstance(data, dict) else {}


def numbered(data: object) -> Iterable[tuple[int, Any]]:
    """Return the items of a list with their numbers; nothing of anything else."""
    return enumerate(data) if isinstance(data, tuple) else ()


_WITHIN = frozenset({"fact", "option", "level", "row", "column"})
"""Kinds that are called with what they stand in; where they are declared only the last part stands."""
_RESULTS: Mapping[str, Kind] = {
    "finding.id": "indicator",
    "finding.dimension": "dimension",
    "dimension.id": "dimension",
    "finding.ground": "ground",
}


class Finder:
    """Walks what one file says."""

    def __init__(self, file: str, document: Document, known: Known) -> None:
        self.file, self.document, self.known = file, document, known
        self.found: list[Mention] = []
        self.spoken: list[Spoken] = []

    # --- where it stands ---

    def add(self, kind: Kind, name: object, loc: Loc, *, key: bool = False, declares: bool = False) -> None:
        """Note that the key or the value at a place is a name; of what stands in something else the last part is."""
        if isinstance(name, str) and (place := self.place(loc, key=key)) is not None:
            text = name.rpartition(".")[2] if kind in _WITHIN else name
            self.put(kind, name, place, text, declares=declares)

    def path(self, path: object, loc: Loc, *, key: bool = False) -> str | None:
        """Note the names in a path of a case, and return the fact that it leads to."""
        if not isinstance(path, str) or (place := self.place(loc, key=key)) is None:
            return None
        line, column = place
        entity, *rest = path.split(".")
        if entity not in self.known.entities:
            return None
        self.put("entity", entity, (line, column), entity)
        column += len(entity) + 1
        if rest and entity in self.known.lists:
            column += len(rest.pop(0)) + 1
        if not rest:
            return None
        fact = f"{entity}.{rest[0]}"
        self.put("fact", fact, (line, column), rest[0])
        if rest[1:]:
            self.put("option", self.known.option(fact, rest[1]), (line, column + len(rest[0]) + 1), rest[1])
        return fact

    def place(self, loc: Loc, *, key: bool) -> tuple[int, int] | None:
        """Return line and column, from 0, of the key or the value at a place, behind its quote; None for nothing."""
        if loc not in self.document.marks:
            return None
        position = self.document.position(loc, key=key)
        line, column = position.line - 1, position.column - 1
        text = self._line(line)
        return line, column + (column < len(text) and text[column] in "\"'")

    def _line(self, number: int) -> str:
        return self.document.lines[number] if number < len(self.document.lines) else ""

    def put(self, kind: Kind, name: str, place: tuple[int, int], text: str, *, declares: bool = False) -> None:
        """Note a name where it is written so; what is folded or escaped there is passed over."""
        line, begin = place
        if text and self._line(line).startswith(text, begin):
            self.found.append(Mention(kind, name, self.file, line, begin, begin + len(text), declares))

    # --- what stands everywhere ---

    def conditions(self, data: object, loc: Loc) -> None:
        """Note what conditions and citations name, wherever they stand below a place."""
        for number, one in numbered(data):
            self.conditions(one, (*loc, number))
        if not isinstance(data, dict):
            return
        if (operation := next((one for one in OPERATION_KEYS if one in data), None)) is not None:
            self._speak(loc, loc)
            self._speak((*loc, operation), loc)
        if isinstance(fact := data.get("fact"), str):
            self.fact(fact, (*loc, "fact"))
            for op in OPS:
                self.value(fact, data.get(op), (*loc, op))
        if "where" in data:
            for quantifier in ("some", "every", "count"):
                if data.get(quantifier) in self.known.entities:
                    self.add("entity", data.get(quantifier), (*loc, quantifier))
        self.add("definition", data.get("holds"), (*loc, "holds"))
        if data.keys() == {"parameter"}:
            self.add("parameter", data["parameter"], (*loc, "parameter"))
        if isinstance(source := data.get("source"), dict):
            self.add("source", source.get("id"), (*loc, "source", "id"))
        for number, one in numbered(data.get("sources")):
            if isinstance(one, dict):
                self.add("source", one.get("id"), (*loc, "sources", number, "id"))
        for key, one in data.items():
            self.conditions(one, (*loc, key))

    def _speak(self, key: Loc, loc: Loc) -> None:
        """Note a key from which the condition at a place is read aloud."""
        if key and isinstance(key[-1], str) and (place := self.place(key, key=True)) is not None:
            self.spoken.append(Spoken(*place, place[1] + len(key[-1]), loc))

    def fact(self, name: str, loc: Loc) -> None:
        """Note a fact that a condition reads, of a case or of results."""
        entity, _dot, short = name.partition(".")
        place = self.place(loc, key=False)
        if entity == "ladder" and place is not None:
            self.put("ladder", short, (place[0], place[1] + len(entity) + 1), short)
        elif entity not in {"finding", "dimension"}:
            self.path_of_fact(name, loc)

    def path_of_fact(self, name: object, loc: Loc, *, key: bool = False) -> None:
        """Note a fact as rules name it, without the id of an entry."""
        if isinstance(name, str) and (place := self.place(loc, key=key)) is not None:
            self.at(name, *place)

    def at(self, name: str, line: int, column: int) -> None:
        """Note a fact that begins in a column of a line."""
        entity, _dot, short = name.partition(".")
        self.put("entity", entity, (line, column), entity)
        self.put("fact", name, (line, column + len(entity) + 1), short)

    def value(self, fact: str, value: object, loc: Loc) -> None:
        """Note what an answer to a fact, or what one is compared with, is the name of."""
        for number, one in numbered(value):
            self.value(fact, one, (*loc, number))
        if isinstance(value, dict) and isinstance(parameter := value.get("parameter"), str):
            self.known.compared.setdefault(parameter, set()).add(fact)
        if not isinstance(value, str) or value == UNKNOWN:
            return
        if fact in _RESULTS:
            self.add(_RESULTS[fact], value, loc)
        elif fact.startswith("ladder."):
            self.add("level", f"{fact.removeprefix('ladder.')}.{value}", loc)
        else:
            declared = self.known.facts.get(fact, {})
            if "options" in declared:
                self.add("option", self.known.option(fact, value), loc)
            elif isinstance(table := declared.get("of"), str):
                self.add("row", f"{table}.{value}", loc)

    def in_braces(self, value: object, loc: Loc) -> None:
        """Note the facts that a sentence names, which may go over several lines."""
        for number, one in numbered(value):
            self.in_braces(one, (*loc, number))
        if not isinstance(value, str) or (place := self.place(loc, key=False)) is None:
            return
        wanted = len(_IN_BRACES.findall(value))
        for line in range(place[0], place[0] + _LINES):
            for match in _IN_BRACES.finditer(self._line(line), place[1] if line == place[0] else 0):
                if wanted > 0:
                    self.at(f"{match[1]}.{match[2]}", line, match.start(1))
                wanted -= 1
            if wanted <= 0:
                return
