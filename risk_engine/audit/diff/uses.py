"""How a part of a criteria set is called, which names it declares and uses, and which rules read it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeAlias, assert_never

from pydantic import BaseModel

from risk_engine.files.once import once
from risk_engine.model.changes import Step
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Holds,
    Node,
    Not,
    ParameterRef,
    Quantifier,
    children,
    is_node,
)
from risk_engine.model.criteria import Criteria, Records
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.ladders import LevelRef
from risk_engine.model.references import Reads, facts_named, named_in, reached_by, reads_by_rule, reads_of
from risk_engine.model.tables import Citation, Column

_RECORDS = {
    "definitions": "definition",
    "indicators": "indicator",
    "controls": "control",
    "parameters": "parameter",
    "ladders": "ladder",
    "awareness": "awareness",
    "sources": "source",
}


def named(loc: tuple[Step, ...]) -> tuple[str, str]:
    """Return the record that a place lies in, and the place within it; a whole part of a set is its own record."""
    match loc:
        case ("head", "severity", *rest):
            return "set severity", _place(rest)
        case ("head", *rest):
            return "set", _place(rest)
        case ("entities", entity, "facts", fact, *rest):
            return f"fact {entity}.{fact}", _place(rest)
        case ("entities", entity, *rest):
            return f"entity {entity}", _place(rest)
        case ("tables", table, "columns", column, "values", row, *rest) if row not in Column.model_fields:
            return f"table {table}.{column}", _place([row, *rest])
        case ("tables", table, "columns", column, *rest):
            return f"table {table}.{column}", _place(rest)
        case ("tables", table, *rest):
            return f"table {table}", _place(rest)
        case ("invariants", "facts", name, *rest):
            return f"contradiction {name}", _place(rest)
        case ("invariants", "undirected", fact, *rest):
            return f"undirected {fact}", _place(rest)
        case ("invariants", _, name, *rest):
            return f"promise {name}", _place(rest)
        case (part, name, *rest) if part in _RECORDS:
            return f"{_RECORDS[str(part)]} {name}", _place(rest)
        case _:
            return _place(loc), ""


def _place(steps: tuple[Step, ...] | list[Step]) -> str:
    return ".".join(f"{step}".removeprefix("+") for step in steps)


Name: TypeAlias = tuple[str, str]
"""What kind of thing is named, and how, such as `("option", "work.material.silk")`."""
Loc: TypeAlias = tuple[Step, ...]

_OF_RESULTS = {
    "finding.id": "indicator",
    "finding.dimension": "dimension",
    "finding.ground": "ground",
    "dimension.id": "dimension",
}
"""What the values of these results are names of."""
_PLAIN = {"definitions": "definition", "indicators": "indicator", "controls": "control", "parameters": "parameter"}
_OF_HEAD = {
    "dimensions": "dimension",
    "grounds": "ground",
    "asked_of": "asked_of",
    "evidence_kinds": "kind of evidence",
}


def declares(loc: Loc, value: Any) -> Iterator[Name]:
    """Yield every name that an entry at a place gives to others, its own and those within it."""
    match loc:
        case ("entities", *_):
            yield from _questions(loc, value)
        case ("tables", table):
            yield "table", f"{table}"
            for part in ("rows", "columns"):
                for name, one in getattr(value, part).items():
                    yield from declares((*loc, part, name), one)
        case ("tables", table, "rows" | "columns" as part, name):
            yield f"{part}".removesuffix("s"), f"{table}.{name}"
        case ("ladders", ladder):
            yield "ladder", f"{ladder}"
            for level in value.levels:
                yield "level", f"{ladder}.{level}"
        case ("ladders", ladder, "levels", level):
            yield "level", f"{ladder}.{level}"
        case ("sources", source):
            yield "source", f"{source}"
        case ("head", "severity", "bands", band):
            yield "band", f"{band}"
        case ("head", part, name) if part in _OF_HEAD:
            yield _OF_HEAD[f"{part}"], f"{name}"
        case (part, name) if part in _PLAIN:
            yield _PLAIN[f"{part}"], f"{name}"
        case _:
            pass


def _questions(loc: Loc, value: Any) -> Iterator[Name]:
    match loc:
        case ("entities", entity):
            yield "entity", f"{entity}"
            for short, fact in value.facts.items():
                yield from _questions((*loc, "facts", short), fact)
        case ("entities", entity, "facts", short):
            yield "fact", f"{entity}.{short}"
            for option in getattr(value, "options", ()):
                yield "option", f"{entity}.{short}.{option}"
        case ("entities", entity, "facts", short, "options", option):
            yield "option", f"{entity}.{short}.{option}"
        case _:
            pass


def uses(loc: Loc, value: Any, criteria: Criteria) -> Iterator[Name]:
    """Yield every name that a part of a set at a place needs somebody to declare."""
    if value is not None:
        yield from _in_place(loc)
    match value:
        case _ if is_node(value):
            yield from _in_condition(value)
        case ParameterRef(parameter=name):
            yield "parameter", name
        case Citation(id=source):
            yield "source", source
        case Records(fact=fact, is_=answer):
            yield "fact", fact
            yield "option", f"{fact}.{answer}"
        case LevelRef(ladder=ladder, level=level):
            yield "ladder", ladder
            yield "level", f"{ladder}.{level}"
        case BaseModel():
            for name, field in type(value).model_fields.items():
                yield from uses((*loc, field.alias or name), getattr(value, name), criteria)
            if not isinstance(value, RowFact | TextFact) and getattr(value, "from_", None):
                yield from _column(loc, getattr(value, "column", None), criteria)
        case dict():
            for key, one in value.items():
                yield from uses((*loc, key), one, criteria)
        case tuple():
            for number, one in enumerate(value):
                yield from uses((*loc, number), one, criteria)
        case str():
            yield from _in_text(loc, value, criteria)
        case _:
            pass


def _in_place(loc: Loc) -> Iterator[Name]:
    """Yield what a place itself names: some records stand under the name of another."""
    match loc:
        case ("tables", table, "columns", _, "values", row):
            yield "row", f"{table}.{row}"
        case ("invariants", "undirected", fact):
            yield "fact", f"{fact}"
        case _:
            pass


def _in_text(loc: Loc, text: str, criteria: Criteria) -> Iterator[Name]:
    """Yield what a single text at a place names, if that is a place for names."""
    match loc:
        case ("indicators", _, "dimension" | "ground" as kind):
            yield f"{kind}", text
        case ("indicators", _, "controls", _, "all" | "needs" as part, _):
            yield ("control" if part == "all" else "kind of evidence"), text
        case ("indicators", _, "because", *_):
            yield from (("fact", one) for one in named_in(text))
        case ("controls", _, "who") | ("entities", _, "facts", _, "asked_of"):
            yield "asked_of", text
        case ("entities", entity, "facts", _, "from"):
            yield "fact", f"{entity}.{text}"
        case ("entities", _, "facts", _, "of"):
            yield "table", text
        case ("entities", _, "facts", _, "column"):
            yield from _column(loc[:-1], text, criteria)
        case ("entities", entity, "facts", short, "otherwise", *_):
            yield "option", f"{entity}.{short}.{text}"
        case ("ladders", ladder, "rules", _, "level") | ("ladders", ladder, "otherwise", "level"):
            yield "level", f"{ladder}.{text}"
        case ("head", "roles", "headline" | "gate" | "escalation"):
            yield "ladder", text
        case ("head", "roles", "label" | "country", entity):
            yield "entity", f"{entity}"
            yield "fact", text
        case ("head", "roles", *_) | ("head", "triage", _, "fact"):
            yield "fact", text
        case ("invariants", "alone", _, "change", _) | ("invariants", "same", _, "differ_in", _):
            yield "fact", text
        case ("head", "families" | "dimensions" as part, *_, int()):
            yield "indicator" if part == "families" else "dimension", text
        case ("head", "severity", "titles", band):
            yield "band", f"{band}"
        case _:
            pass


def _column(loc: Loc, column: str | None, criteria: Criteria) -> Iterator[Name]:
    """Yield the column of a table from which the fact at a place takes its value."""
    match loc:
        case ("entities", str() as name, "facts", short) if (entity := criteria.entities.get(name)) is not None:
            fact = entity.facts.get(f"{short}")
            row = entity.facts.get(getattr(fact, "from_", None) or "")
            if isinstance(row, RowFact):
                yield "column", f"{row.of}.{column or short}"
        case _:
            pass


def _in_condition(node: Node) -> Iterator[Name]:
    match node:
        case Holds(holds=name):
            yield "definition", name
        case Quantifier(entity=entity):
            yield "entity", entity
        case Compare():
            yield from _in_comparison(node)
        case AllOf() | AnyOf() | Not():
            pass
        case _:
            assert_never(node)
    for _steps, part in children(node):
        yield from _in_condition(part)


def _in_comparison(leaf: Compare) -> Iterator[Name]:
    yield "fact", leaf.fact
    wanted = leaf.operand
    if isinstance(wanted, ParameterRef):
        yield "parameter", wanted.parameter
        return
    entity, _dot, short = leaf.fact.partition(".")
    for one in wanted if isinstance(wanted, tuple) else (wanted,):
        if leaf.fact in _OF_RESULTS:
            yield _OF_RESULTS[leaf.fact], f"{one}"
        elif entity == "dimension":
            yield "band", f"{one}"
        elif entity == "ladder":
            yield "ladder", short
            yield "level", f"{short}.{one}"
        elif isinstance(one, str):
            yield "option", f"{leaf.fact}.{one}"


class Readership:
    """The rules of two versions of a set, by what they read."""

    def __init__(self, before: Criteria, after: Criteria) -> None:
        self._versions = (after, before)

    def of(self, loc: Loc) -> tuple[str, ...]:
        """Return the records whose rules read, in either version, what stands at a place; in the order of the set."""
        found = {record for criteria in self._versions for record in _readers(loc, criteria)}
        return tuple(record for record in self._order if record in found) if found else ()

    @cached_property
    def _order(self) -> tuple[str, ...]:
        """The rules of both versions, those of the later one first."""
        return tuple(dict.fromkeys(record for one in self._versions for record in _rules(one)))


def _readers(loc: Loc, criteria: Criteria) -> Iterator[str]:
    """Yield the records whose rules read what stands at a place, through definitions, tables and questions too."""
    match loc:
        case ("entities", entity, "facts", fact, *_):
            changed = Reads(facts=frozenset({f"{entity}.{fact}"}))
        case ("entities", entity, "ask_when", *_):
            changed = Reads(facts=frozenset({f"{entity}"}))
        case ("tables", table, "columns", column, *_):
            filled = frozenset(name for name, _ in criteria.every_fact() if criteria.column_of(name) == (table, column))
            yield from (f"fact {name}" for name in filled)
            changed = Reads(facts=filled)
        case ("definitions", name, *_):
            changed = Reads(definitions=frozenset({f"{name}"}))
        case ("parameters", name, *_):
            changed = Reads(parameters=frozenset({f"{name}"}))
        case ("controls", name, *_):
            for indicator, one in criteria.indicators.items():
                if any(name in option.all for option in one.controls):
                    yield f"indicator {indicator}"
            return
        case _:
            return
    changed = reached_by(criteria, changed)
    yield from (record for record, reads in _rules(criteria).items() if reads.meets(changed))


@once
def _rules(criteria: Criteria) -> dict[str, Reads]:
    """Return by record what its conditions read, with the facts that it names otherwise."""
    return dict(_records(criteria))


def _records(criteria: Criteria) -> Iterator[tuple[str, Reads]]:
    rules, invariants = reads_by_rule(criteria), criteria.invariants
    for name, reads in rules["indicator"].items():
        yield f"indicator {name}", replace(reads, facts=reads.facts.union(facts_named(criteria.indicators[name])))
    for name, reads in rules["ladder"].items():
        months = (level.review_months for level in criteria.ladders[name].levels.values())
        reviewed = (one.parameter for one in months if isinstance(one, ParameterRef))
        yield f"ladder {name}", replace(reads, parameters=reads.parameters.union(reviewed))
    for kind in ("awareness", "contradiction", "promise"):
        yield from ((f"{kind} {name}", reads) for name, reads in rules[kind].items())
    for name, alone in invariants.alone.items():
        reads = reads_of(criteria, alone.whenever, alone.then)
        yield f"promise {name}", replace(reads, facts=reads.facts.union(alone.change))
    for name, same in invariants.same.items():
        yield f"promise {name}", Reads(facts=frozenset(() if isinstance(same.differ_in, str) else same.differ_in))
    for name, reads in rules["fact"].items():
        yield f"fact {name}" if "." in name else f"entity {name}", reads
