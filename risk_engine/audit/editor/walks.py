"""Walks through what each file of a set says, to find every name in it."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from risk_engine.audit.editor.mentions import Finder, Found, Kind, Known, Mention, declared_in, mapping, numbered, pairs
from risk_engine.files.plain import Loc
from risk_engine.files.source import Document
from risk_engine.loading.version_files import CASES, EXCHANGE, HEAD, MAP, MUTANTS, SCREENING, TRANSLATION

_PLACE = re.compile(r"(?:(?<=\s)|^)([a-z]+(?:\.[A-Za-z0-9_-]+)+)")


def found_in(file: str, document: Document, known: Known) -> Found:
    """Return every mention of a name in a file of a set, and every key of a condition."""
    finder = _Walk(file, document, known)
    if file == CASES:
        finder.cases()
    elif file == MAP:
        finder.map()
    elif file == MUTANTS:
        finder.mutants()
    elif file == SCREENING:
        finder.screening()
    elif file == EXCHANGE:
        finder.exchange()
    elif TRANSLATION.fullmatch(file):
        finder.translation()
    else:
        finder.rules()
    in_order = sorted(set(finder.found), key=lambda one: (one.line, one.begin, -one.end))
    return Found(tuple(in_order), tuple(finder.spoken))


class _Walk(Finder):
    """Walks what one file says."""

    # --- files of rules ---

    def rules(self) -> None:
        """Note all that a file of rules names."""
        data = self.document.data
        self.conditions(data, ())
        folder = PurePosixPath(self.file).parts[0]
        kind = declared_in(self.file)
        for name, one in pairs(data):
            if kind is None:
                break
            self.add(kind, name, (name,), key=True, declares=True)
            match kind:
                case "entity":
                    self._entity(name, one)
                case "option_list":
                    for option, _text in pairs(one):
                        self.add("option", f"{name}.{option}", (name, option), key=True, declares=True)
                case "indicator":
                    self._indicator(name, one)
                case "ladder":
                    self._ladder(name, one)
                case "control":
                    self._person(mapping(one).get("who"), (name, "who"))
                case "parameter":
                    for number, dated in numbered(one.get("values") if isinstance(one, dict) else ()):
                        for fact in sorted(self.known.compared.get(name, ())):
                            self.value(fact, dated.get("value"), (name, "values", number, "value"))
        if folder == "tables":
            self._table(PurePosixPath(self.file).stem, data)
        elif self.file == "invariants.yaml":
            self._invariants(data)
        elif self.file == HEAD:
            self._head(data)

    def _entity(self, entity: str, data: object) -> None:
        for short, fact in pairs(data.get("facts") if isinstance(data, dict) else ()):
            name, loc = f"{entity}.{short}", (entity, "facts", short)
            self.add("fact", name, loc, key=True, declares=True)
            if not isinstance(fact, dict):
                continue
            self.add("option_list", fact.get("options"), (*loc, "options"))
            for option, _text in pairs(fact.get("options")):
                self.add("option", f"{name}.{option}", (*loc, "options", option), key=True, declares=True)
            for key in ("changeable", "deprecated_options"):
                for option, _text in pairs(fact.get(key)):
                    self.add("option", self.known.option(name, option), (*loc, key, option), key=True)
            self.add("table", fact.get("of"), (*loc, "of"))
            self.add("entity", fact.get("belongs_to"), (*loc, "belongs_to"))
            self._person(fact.get("asked_of"), (*loc, "asked_of"))
            if isinstance(row := fact.get("from"), str):
                self.add("fact", f"{entity}.{row}", (*loc, "from"))
            if (column := self.known.column_of(name)) is not None and "column" in fact:
                self.add("column", column, (*loc, "column"))
            self.value(name, fact.get("otherwise"), (*loc, "otherwise"))
            for number, old in numbered(fact.get("was") if isinstance(fact.get("was"), tuple) else (fact.get("was"),)):
                at: Loc = (*loc, "was", number) if isinstance(fact.get("was"), tuple) else (*loc, "was")
                for answer, new in pairs(old.get("values") if isinstance(old, dict) else ()):
                    self.value(name, new, (*at, "values", answer))

    def _person(self, word: object, loc: Loc, *, key: bool = False) -> None:
        """Note a word for who is asked where it is the name of a list: then its entries are."""
        if word in self.known.lists:
            self.add("entity", word, loc, key=key)

    def _indicator(self, name: str, data: object) -> None:
        if not isinstance(data, dict):
            return
        self.add("dimension", data.get("dimension"), (name, "dimension"))
        self.add("ground", data.get("ground"), (name, "ground"))
        for number, option in numbered(data.get("controls")):
            for index, control in numbered(option.get("all") if isinstance(option, dict) else ()):
                self.add("control", control, (name, "controls", number, "all", index))
        self.in_braces(data.get("because"), (name, "because"))

    def _ladder(self, name: str, data: object) -> None:
        if not isinstance(data, dict):
            return
        for level, _one in pairs(data.get("levels")):
            self.add("level", f"{name}.{level}", (name, "levels", level), key=True, declares=True)
        rules: list[tuple[Loc, Any]] = [(("rules", number), one) for number, one in numbered(data.get("rules"))]
        for loc, rule in (*rules, (("otherwise",), data.get("otherwise"))):
            if isinstance(rule, dict) and isinstance(rule.get("level"), str):
                self.add("level", f"{name}.{rule['level']}", (name, *loc, "level"))

    def _table(self, table: str, data: object) -> None:
        self.found.append(Mention("table", table, self.file, 0, 0, 0, declares=True))
        if not isinstance(data, dict):
            return
        for row, _one in pairs(data.get("rows")):
            self.add("row", f"{table}.{row}", ("rows", row), key=True, declares=True)
        for column, one in pairs(data.get("columns")):
            self.add("column", f"{table}.{column}", ("columns", column), key=True, declares=True)
            readers = [fact for fact in self.known.facts if self.known.column_of(fact) == f"{table}.{column}"]
            for row, cell in pairs(one.get("values") if isinstance(one, dict) else ()):
                here: Loc = ("columns", column, "values", row)
                self.add("row", f"{table}.{row}", here, key=True)
                for fact in readers:
                    self._cell(fact, cell, here)
            for fact in readers if isinstance(one, dict) else ():
                self.value(fact, one.get("otherwise"), ("columns", column, "otherwise"))

    def _cell(self, fact: str, cell: object, loc: Loc) -> None:
        self.value(fact, cell, loc)
        for number, dated in numbered(cell):
            if isinstance(dated, dict):
                self.value(fact, dated.get("value"), (*loc, number, "value"))

    def _invariants(self, data: object) -> None:
        for part in ("facts", "results", "alone", "same"):
            for name, one in pairs(data.get(part) if isinstance(data, dict) else ()):
                self.add("invariant", name, (part, name), key=True, declares=True)
                for key in ("change", "differ_in"):
                    for number, fact in numbered(one.get(key) if isinstance(one, dict) else ()):
                        self.path_of_fact(fact, (part, name, key, number))
        for fact, _one in pairs(data.get("undirected") if isinstance(data, dict) else ()):
            self.path_of_fact(fact, ("undirected", fact), key=True)

    def _head(self, data: object) -> None:
        if not isinstance(data, dict):
            return
        kinds: tuple[tuple[str, Kind], ...] = (("dimensions", "dimension"), ("grounds", "ground"))
        for key, kind in kinds:
            for name, one in pairs(data.get(key)):
                self.add(kind, name, (key, name), key=True, declares=True)
                for number, part in numbered(one.get("sums") if isinstance(one, dict) else ()):
                    self.add(kind, part, (key, name, "sums", number))
        for word, _title in pairs(data.get("asked_of")):
            self._person(word, ("asked_of", word), key=True)
        self._roles(mapping(data.get("roles")))
        for number, first in numbered(data.get("triage")):
            if isinstance(first, dict):
                self.path_of_fact(first.get("fact"), ("triage", number, "fact"))
        for family, members in pairs(data.get("families")):
            for number, name in numbered(members):
                self.add("indicator", name, ("families", family, number))
        for number, one in numbered(data.get("four_eyes")):
            if isinstance(one, dict):
                self.add("ladder", one.get("ladder"), ("four_eyes", number, "ladder"))
                self.add("level", f"{one.get('ladder')}.{one.get('level')}", ("four_eyes", number, "level"))

    def _roles(self, roles: Mapping[str, Any]) -> None:
        for key in ("headline", "gate", "escalation"):
            self.add("ladder", roles.get(key), ("roles", key))
        for key in ("label", "country"):
            for entity, fact in pairs(roles.get(key)):
                self.add("entity", entity, ("roles", key, entity), key=True)
                self.path_of_fact(fact, ("roles", key, entity))
        for key in ("group_by", "benefit", "necessity"):
            for number, fact in numbered(roles.get(key)):
                self.path_of_fact(fact, ("roles", key, number))

    # --- files beside the rules ---

    def cases(self) -> None:
        """Note what the cases of a set state and expect."""
        data = self.document.data
        self._stated(data.get("base") if isinstance(data, dict) else None, ("base",))
        for number, test in numbered(data.get("cases") if isinstance(data, dict) else ()):
            here: Loc = ("cases", number)
            if not isinstance(test, dict):
                continue
            self.add("case", test.get("name"), (*here, "name"), declares=True)
            if test.get("like") != "base":
                self.add("case", test.get("like"), (*here, "like"))
            self.given(test.get("given"), (*here, "given"))
            for row, given in pairs(test.get("each")):
                self.given(given, (*here, "each", row))
            for index, control in numbered(test.get("in_place")):
                self.add("control", control, (*here, "in_place", index))
            self._expected(test.get("expect"), (*here, "expect"))

    def _stated(self, data: object, loc: Loc) -> None:
        for key, value in pairs(data):
            if key in self.known.entities:
                self.add("entity", key, (*loc, key), key=True)
                self._entries(key, value, (*loc, key))
        for number, record in numbered(data.get("controls") if isinstance(data, dict) else ()):
            if isinstance(record, dict):
                self.add("control", record.get("id"), (*loc, "controls", number, "id"))

    def _entries(self, entity: str, value: object, loc: Loc) -> None:
        for number, entry in numbered(value):
            self._entries(entity, entry, (*loc, number))
        for short, answer in pairs(value):
            if short != "id":
                self.add("fact", f"{entity}.{short}", (*loc, short), key=True)
                self.value(f"{entity}.{short}", answer, (*loc, short))

    def given(self, data: object, loc: Loc) -> None:
        """Note what is changed path by path."""
        for path, value in pairs(data):
            fact = self.path(path, (*loc, path), key=True)
            if fact is not None:
                self.value(fact, value, (*loc, path))
            elif path.partition(".")[0] in self.known.entities:
                self._entries(path.partition(".")[0], value, (*loc, path))
            elif path == "controls":
                self._stated({path: value}, loc)

    def _expected(self, data: object, loc: Loc) -> None:
        if not isinstance(data, dict):
            return
        for key in ("findings", "undetermined", "residual", "knock_out"):
            for name, _severity in pairs(data.get(key)):
                self.add("indicator", name, (*loc, key, name), key=True)
        for ladder, wanted in pairs(data.get("ladders")):
            here: Loc = (*loc, "ladders", ladder)
            self.add("ladder", ladder, here, key=True)
            if isinstance(wanted, str):
                self.add("level", f"{ladder}.{wanted}", here)
            elif isinstance(wanted, dict):
                self.add("level", f"{ladder}.{wanted.get('level')}", (*here, "level"))
                for number, level in numbered(wanted.get("range")):
                    self.add("level", f"{ladder}.{level}", (*here, "range", number))
        kinds: tuple[tuple[str, Kind], ...] = (("awareness", "awareness"), ("contradictions", "invariant"))
        for key, kind in kinds:
            for number, name in numbered(data.get(key)):
                self.add(kind, name, (*loc, key, number))
        for number, path in numbered(data.get("gaps")):
            self.path(path, (*loc, "gaps", number))

    def screening(self) -> None:
        """Note which facts screening answers, and with what."""
        for entity, stated in pairs(self.document.data):
            self.add("entity", entity, (entity,), key=True)
            facts = mapping(stated)
            for key in ("identity", "other_names", "parents"):
                self.path_of_fact(facts.get(key), (entity, key))
            for number, one in numbered(facts.get("listed")):
                listed, here = mapping(one), (entity, "listed", number)
                self.path_of_fact(listed.get("fact"), (*here, "fact"))
                for key in ("answer", "otherwise"):
                    self.value(f"{listed.get('fact')}", listed.get(key), (*here, key))
                for option, _lists in pairs(listed.get("options")):
                    name = self.known.option(f"{listed.get('fact')}", option)
                    self.add("option", name, (*here, "options", option), key=True)
            kind = mapping(facts.get("kind"))
            self.path_of_fact(kind.get("fact"), (entity, "kind", "fact"))
            for name, option in pairs(kind.get("types")):
                self.value(f"{kind.get('fact')}", option, (entity, "kind", "types", name))

    def exchange(self) -> None:
        """Note which facts may leave, and the answers that are told together."""
        for name, steps in pairs(mapping(self.document.data).get("share")):
            here: Loc = ("share", name)
            if "." in name:  # else it is a part of the outcome
                self.path_of_fact(name, here, key=True)
            several = numbered(steps) if isinstance(steps, tuple) else [(None, steps)]
            for number, step in several:
                for group, answers in pairs(mapping(step).get("groups")):
                    for place, answer in numbered(answers):
                        at = (*here, *(() if number is None else (number,)), "groups", group, place)
                        self.value(name, answer, at)

    def map(self) -> None:
        """Note what a map sets."""
        data = self.document.data
        if not isinstance(data, dict):
            return
        self.given(data.get("given"), ("given",))
        for key in ("rows", "columns", "tables"):
            axis = mapping(data.get(key))
            self.path(axis.get("each"), (key, "each"))
            for number, band in numbered(axis.get("bands")):
                if isinstance(band, dict):
                    self.given(band.get("given"), (key, "bands", number, "given"))

    def mutants(self) -> None:
        """Note the records of which changes are excused: each begins with what it is and its name."""
        for line, text in enumerate(self.document.lines):
            if (match := _MUTANT.match(text)) is None:
                continue
            kind, name = match[1], match[2]
            if kind == "fact":
                self.at(name, line, match.start(2))
            else:
                self.put(_MUTATED[kind], name, (line, match.start(2)), name)

    def translation(self) -> None:
        """Note the places of texts, and the facts that they name."""
        for number, one in numbered(self.document.data.get("texts") if isinstance(self.document.data, dict) else ()):
            for key, text in pairs(one):
                if key == "at" and (place := self.place(("texts", number, "at"), key=False)) is not None:
                    self._named_place(str(text), *place)
                else:
                    self.in_braces(text, ("texts", number, key))
        for line, text in enumerate(self.document.lines):
            if text.lstrip().startswith("#:"):
                for match in _PLACE.finditer(text):
                    self._named_place(match[1], line, match.start(1))

    def _named_place(self, place: str, line: int, column: int) -> None:
        """Note the names in a place such as `facts.partner.role.options.lead` or `indicators.SEC-01.title`."""
        head, *rest = place.split(".")
        column += len(head) + 1
        for depth, part in enumerate(rest):
            match head, depth, rest:
                case "facts", 0, _:
                    self.put("entity", part, (line, column), part)
                case "facts", 1, [entity, short, *_] if (
                    short in {"title", "help"} and f"{entity}.{short}" not in self.known.facts
                ):
                    return
                case "facts", 1, [entity, *_]:
                    self.put("fact", f"{entity}.{part}", (line, column), part)
                case "facts", 3, [entity, short, ("options" | "changeable" | "deprecated_options"), *_]:
                    self.put("option", self.known.option(f"{entity}.{short}", part), (line, column), part)
                case (("ladders" | "tables"), 2, [owner, ("levels" | "rows" | "columns") as what, *_]):
                    self.put(_PARTS[what], f"{owner}.{part}", (line, column), part)
                case _, 0, _ if head in _PLACES:
                    self.put(_PLACES[head], part, (line, column), part)
            column += len(part) + 1


_MUTATED: Mapping[str, Kind] = {
    "indicator": "indicator",
    "definition": "definition",
    "ladder": "ladder",
    "parameter": "parameter",
    "awareness": "awareness",
    "invariant": "invariant",
    "contradiction": "invariant",
}
_MUTANT = re.compile(rf"\s*-\s+['\"]?({'|'.join((*_MUTATED, 'fact'))}) ([A-Za-z][\w.-]*)")
_PARTS: Mapping[str, Kind] = {"levels": "level", "rows": "row", "columns": "column"}
_PLACES: Mapping[str, Kind] = {
    "indicators": "indicator",
    "controls": "control",
    "ladders": "ladder",
    "parameters": "parameter",
    "tables": "table",
    "awareness": "awareness",
    "sources": "source",
    "definitions": "definition",
}
