"""The earlier of two versions in the names of the later one, as far as the later one says what it called things before.

So what is only called otherwise is the same thing on both sides, and what is compared is what it does.
"""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias, TypeVar, assert_never

from pydantic import BaseModel

from risk_engine.files.plain import digest
from risk_engine.model.changes import Edit, Rename, RenameKind, Step
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Holds,
    Node,
    Not,
    Quantifier,
    is_node,
)
from risk_engine.model.criteria import Criteria, Records
from risk_engine.model.facts import AnyFact, ChoiceFact, ChoicesFact, Entity
from risk_engine.model.references import compared_with
from risk_engine.model.words import FormerFact, FormerName

Loc: TypeAlias = tuple[Step, ...]
_Part = TypeVar("_Part", bound=BaseModel)

_AS_IT_WAS = frozenset({"digest", "path", "bundle", "is_draft", "is_withdrawn"})
"""What a set holds of its files."""
_NOBODY: Mapping[str, str] = {}


@dataclass(frozen=True)
class Renames:
    """What the later of two versions calls otherwise, by its old name; a fact and an option by what is around it."""

    entities: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By the old name of the entity."""
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By the old name of the fact, `entity.fact`."""
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of tables, by the table: a column is called by the fact that reads it."""
    controls: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    told: tuple[Rename, ...] = ()
    """Each of them once, in the order of the later version."""

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self.told)

    def fact(self, name: str) -> str:
        """Return what `entity.fact` is called now; an entity alone, and what is no fact, too."""
        entity, dot, short = name.partition(".")
        return f"{self.entities.get(entity, entity)}{dot}{self.facts.get(entity, _NOBODY).get(short, short)}"

    def option(self, fact: str, value: Any) -> Any:
        """Return an answer to a fact, by its old name, as it is called now."""
        names = self.options.get(fact, _NOBODY)
        match value:
            case str():
                return names.get(value, value)
            case tuple() | list():
                return _kept(value, [self.option(fact, one) for one in value])
            case _:
                return value

    @cached_property
    def back(self) -> "Renames":
        """The same from the later version to the earlier one."""
        return Renames(
            entities=_inverse(self.entities),
            facts={self.entities.get(entity, entity): _inverse(names) for entity, names in self.facts.items()},
            options={self.fact(fact): _inverse(names) for fact, names in self.options.items()},
            columns={table: _inverse(names) for table, names in self.columns.items()},
            controls=_inverse(self.controls),
            indicators=_inverse(self.indicators),
            told=self.told,
        )

    def of_case(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a case states, as plain data, in the other names."""
        found: dict[str, Any] = {}
        for name, value in data.items():
            match value:
                case dict():
                    found[self.entities.get(name, name)] = self._entry(name, value)
                case tuple() | list() if name == "controls":
                    found[name] = tuple({**one, "id": self.controls.get(one["id"], one["id"])} for one in value)
                case tuple() | list():
                    entries = tuple(self._entry(name, one) if isinstance(one, dict) else one for one in value)
                    found[self.entities.get(name, name)] = entries
                case _:
                    found[self.entities.get(name, name)] = value
        return found

    def _entry(self, entity: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        names = self.facts.get(entity, _NOBODY)
        return {names.get(short, short): self.option(f"{entity}.{short}", value) for short, value in entry.items()}


def _inverse(names: Mapping[str, str]) -> dict[str, str]:
    return {new: old for old, new in names.items()}


def _kept(before: Any, after: list[Any]) -> Any:
    """Return parts that are made anew, and those that are there where none of them is another object."""
    return before if all(one is other for one, other in zip(before, after, strict=True)) else type(before)(after)


def _updated(value: _Part, fields: Mapping[str, Any]) -> _Part:
    """Return a record with other fields; itself where none is another object."""
    changed = {name: one for name, one in fields.items() if one is not getattr(value, name)}
    return value.model_copy(update=changed) if changed else value


def _in_order(said: Iterable[Any], was: tuple[Any, ...], mine: list[Any]) -> tuple[Any, ...]:
    """Return what something was called, each name once, as the later version puts them, what it leaves out last."""
    known = {one.name: one for one in (*was, *mine)}
    names = [one.name for one in said if one.name in known]
    later = {one.name: one for one in said}
    found = tuple(_as_listed(known[one], later.get(one)) for one in dict.fromkeys([*names, *known]))
    return was if found == was else found


def _as_listed(former: Any, later: Any) -> Any:
    """Return a former name with its answers in the order in which the later version lists them."""
    if not (isinstance(former, FormerFact) and isinstance(later, FormerFact)):
        return former
    values = {old: former.values[old] for old in later.values if old in former.values}
    return former.model_copy(update={"values": {**values, **former.values}})


# --- what is called otherwise ---


def renames_between(before: Criteria, after: Criteria) -> Renames:
    """Return what the later of two versions says that it calls otherwise than the earlier one.

    A rename is one thing that is gone and one that is new. What became one of several, or is answered in another way,
    is no rename, and nothing of it is in here: it stays gone and new.
    """
    told: list[Rename] = []
    entities = _names(before.entities, after.entities, "entity", told)
    facts: dict[str, dict[str, str]] = {}
    options: dict[str, dict[str, str]] = {}
    columns: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    now = _inverse(entities)
    for name, entity in after.entities.items():
        old = now.get(name, name)
        if old in before.entities:
            facts[old] = _names(before.entities[old].facts, entity.facts, "fact", told, (f"{old}.", f"{name}."))
            for short_now, fact in entity.facts.items():
                short = _inverse(facts[old]).get(short_now, short_now)
                was = before.entities[old].facts.get(short)
                full = f"{old}.{short}", f"{name}.{short_now}"
                if was is not None and (found := _options(was, fact, short if short != short_now else None)):
                    options[full[0]] = found
                    names[full[0]] = full[1]
                if short != short_now:
                    _column(before, after, full, columns)
    options = _agreed(before, options)
    told += (
        Rename(kind="option", before=f"{fact}.{one}", after=f"{names[fact]}.{new}")
        for fact, found in options.items()
        for one, new in found.items()
    )
    return Renames(
        entities=entities,
        facts={entity: several for entity, several in facts.items() if several},
        options=options,
        columns=columns,
        controls=_names(before.controls, after.controls, "control", told),
        indicators=_names(before.indicators, after.indicators, "indicator", told),
        told=tuple(told),
    )


def _names(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    kind: RenameKind,
    told: list[Rename],
    within: tuple[str, str] = ("", ""),
) -> dict[str, str]:
    """Return by its old name what is called otherwise, and add each to what is told."""
    found: dict[str, str] = {}
    for new, thing in after.items():
        several = [one for one in thing.was if one.name in before] if new not in before else []
        if len(several) == 1 and _is_alike(before[several[0].name], thing, several[0]):
            old = several[0]
            found[old.name] = new
            names = f"{within[0]}{old.name}", f"{within[1]}{new}"
            told.append(Rename(kind=kind, before=names[0], after=names[1], until=old.until))
    return found


def _is_alike(before: Any, after: Any, was: FormerName | FormerFact) -> bool:
    """Return whether what cases state of the one means the same of the other, as far as both can be answered so."""
    if isinstance(before, Entity):
        return (before.many is None) == (after.many is None)
    if type(before) is not type(after) or not isinstance(was, FormerFact):
        return type(before) is type(after)
    if isinstance(after, ChoiceFact | ChoicesFact):
        return all(new in {old, (old,)} for old, new in was.values.items() if old in after.options)
    return not was.values


def _options(before: AnyFact, after: AnyFact, old_name: str | None) -> dict[str, str]:
    """Return by its old name each option that is gone, and of which alone a new one is said to be it."""
    if not (isinstance(before, ChoiceFact | ChoicesFact) and isinstance(after, ChoiceFact | ChoicesFact)):
        return {}
    values = {answer: new for one in after.was if one.name == old_name for answer, new in one.values.items()}
    single = {
        old: new[0] if isinstance(new, tuple) and len(new) == 1 else new
        for old, new in values.items()
        if old in before.options
    }
    became = list(single.values())
    return {
        old: new
        for old, new in single.items()
        if isinstance(new, str)
        and old not in after.options
        and new in after.options
        and new not in before.options
        and became.count(new) == 1
    }


def _agreed(before: Criteria, options: Mapping[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the options that every fact calls otherwise that shares a parameter or a column with another."""
    found = {fact: dict(names) for fact, names in options.items()}
    for several in (*compared_with(before).values(), *_readers(before).values()):
        for old in {option for fact in several for option in found.get(fact, ())}:
            new = {found.get(fact, _NOBODY).get(old, old) for fact in several}
            for fact in several if len(new) > 1 else ():
                found.get(fact, {}).pop(old, None)
    return {fact: names for fact, names in found.items() if names}


def _readers(criteria: Criteria) -> dict[tuple[str, str], list[str]]:
    """Return by table and column the facts that take their value from it."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, _fact in criteria.every_fact():
        if (column := criteria.column_of(name)) is not None:
            found.setdefault(column, []).append(name)
    return found


def _column(before: Criteria, after: Criteria, fact: tuple[str, str], columns: dict[str, dict[str, str]]) -> None:
    """Note that the column that a fact reads is called as the fact is, where it was before too."""
    old, new = before.column_of(fact[0]), after.column_of(fact[1])
    if old is None or new is None or old[0] != new[0] or old[1] == new[1]:
        return
    table = old[0]
    if old[1] not in after.tables[table].columns and new[1] not in before.tables[table].columns:
        columns.setdefault(table, {})[old[1]] = new[1]


# --- the earlier version in these names ---


def in_names_of(before: Criteria, after: Criteria) -> tuple[Criteria, Renames]:
    """Return the earlier version in the names of the later one, and what is called otherwise.

    It says of each what it was called, for good, so that cases in the old names can be read by it. Where nothing is
    called otherwise it is the earlier version itself.
    """
    found = renames_between(before, after)
    return (_Rewriting(before, found, after).criteria() if found else before), found


def in_other_names(before: Criteria, found: Renames, after: Criteria) -> Criteria:
    """Return the earlier version, as it is read in another language, in the names of the later one."""
    return _Rewriting(before, found, after).criteria() if found else before


def without_renames(edits: Iterable[Edit], found: Renames) -> tuple[Edit, ...]:
    """Return the edits without those that only say of a rename until when its old name is read."""
    until = {(one.kind, one.after) for one in found.told if one.until is not None}

    def is_told(edit: Edit) -> bool:
        match edit.loc:
            case ("entities", name, "was"):
                key: tuple[RenameKind, str] = "entity", f"{name}"
            case ("entities", entity, "facts", short, "was"):
                key = "fact", f"{entity}.{short}"
            case ("controls" | "indicators" as part, name, "was"):
                key = "control" if part == "controls" else "indicator", f"{name}"
            case _:
                return False
        return key in until and _until_any(edit.before) == _until_any(edit.after)

    return tuple(one for one in edits if not is_told(one))


def _until_any(was: Iterable[FormerName | FormerFact]) -> list[FormerName | FormerFact]:
    return [one.model_copy(update={"until": None}) for one in was]


class _Rewriting:
    """Goes through a set once, place by place; parts in which nothing is called otherwise stay the same objects."""

    def __init__(self, before: Criteria, found: Renames, after: Criteria) -> None:
        self.before = before
        self.found = found
        self.after = after

    def criteria(self) -> Criteria:
        """Return the set in the other names; it lies where it lay, and its digest is its own."""
        made = {
            name: self.part((info.alias or name,), getattr(self.before, name))
            for name, info in Criteria.model_fields.items()
            if name not in _AS_IT_WAS
        }
        own = digest([self.before.digest, *(one.model_dump(mode="json") for one in self.found.told)])
        return self.before.model_copy(update={**made, "digest": own})

    def part(self, loc: Loc, value: Any) -> Any:
        """Return a part of the set, which stands in a place, by the old names of all around it."""
        match value:
            case _ if is_node(value):
                return self.condition(value)
            case Records(fact=fact, is_=answer):
                return _updated(value, {"fact": self.found.fact(fact), "is_": self.found.option(fact, answer)})
            case BaseModel():
                made = {
                    name: self.part((*loc, info.alias or name), getattr(value, name))
                    for name, info in type(value).model_fields.items()
                }
                return _updated(value, self._said(loc, value, made))
            case dict():
                entries = {self.key(loc, key): self.part((*loc, key), one) for key, one in value.items()}
                same = all(key == old and entries[key] is value[old] for key, old in zip(entries, value, strict=True))
                return value if same else entries
            case tuple():
                return _kept(value, [self.part((*loc, number), one) for number, one in enumerate(value)])
            case str():
                return self.text(loc, value)
            case _:
                return value

    def _said(self, loc: Loc, value: Any, made: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of a record with what else a new name of it comes to."""
        match loc:
            case ("entities", str() as entity):
                return {**made, "was": self._was(value.was, self.after.entities, self.found.entities, entity)}
            case ("controls", str() as name):
                return {**made, "was": self._was(value.was, self.after.controls, self.found.controls, name)}
            case ("indicators", str() as name):
                return {**made, "was": self._was(value.was, self.after.indicators, self.found.indicators, name)}
            case ("entities", str() as entity, "facts", str() as short):
                return {**made, **self._fact(entity, short, value)}
            case _:
                return made

    def _was(
        self, was: tuple[FormerName, ...], after: Mapping[str, Any], names: Mapping[str, str], old: str
    ) -> tuple[FormerName, ...]:
        """Return what something was called, the name that it has in this version among it."""
        now = after.get(names.get(old, old))
        said: tuple[FormerName, ...] = () if now is None else now.was
        return _in_order(said, was, [FormerName(name=old)] if old in names else [])

    def _fact(self, entity: str, short: str, fact: AnyFact) -> dict[str, Any]:
        """Return what a fact was called, and the column that it reads where that is not called as the fact is now."""
        full = f"{entity}.{short}"
        new = self.found.facts.get(entity, _NOBODY).get(short, short)
        owner = self.after.entities.get(self.found.entities.get(entity, entity))
        now = None if owner is None else owner.facts.get(new)
        said: tuple[FormerFact, ...] = () if now is None else now.was
        was = [
            one.model_copy(
                update={"values": {old: self.found.option(full, answer) for old, answer in one.values.items()}}
            )
            for one in fact.was
        ]
        options = self.found.options.get(full, _NOBODY)
        mine = (
            [FormerFact(name=short if new != short else None, values=dict(options))] if new != short or options else []
        )
        if mine and mine[0].name is None and (own := next((one for one in was if one.name is None), None)):
            was.remove(own)
            mine = [FormerFact(name=None, values={**own.values, **options})]
        found: dict[str, Any] = {"was": _in_order(said, tuple(was), mine)}
        column = self.before.column_of(full)
        if column is not None:
            called = self.found.columns.get(column[0], _NOBODY).get(column[1], column[1])
            stated = self.after.column_of(self.found.fact(full)) if now is not None else None
            same = stated == (column[0], called)
            found["column"] = getattr(now, "column", None) if same else called
        return found

    def condition(self, node: Node) -> Node:
        """Return a condition in the other names."""
        match node:
            case AllOf(all_of=parts):
                return _updated(node, {"all_of": _kept(parts, list(map(self.condition, parts)))})
            case AnyOf(any_of=parts):
                return _updated(node, {"any_of": _kept(parts, list(map(self.condition, parts)))})
            case Not(not_=part):
                return _updated(node, {"not_": self.condition(part)})
            case Quantifier(entity=entity, where=where):
                names = {"entity": self.found.entities.get(entity, entity), "where": self.condition(where)}
                return _updated(node, names)
            case Compare(fact=fact, operand=operand):
                is_indicator = fact == "finding.id"
                wanted = self._indicators(operand) if is_indicator else self.found.option(fact, operand)
                return _updated(node, {"fact": self.found.fact(fact), "operand": wanted})
            case Holds():
                return node
            case _:
                assert_never(node)

    def _indicators(self, operand: Any) -> Any:
        if isinstance(operand, tuple):
            return _kept(operand, [self.found.indicators.get(one, one) for one in operand])
        return self.found.indicators.get(operand, operand) if isinstance(operand, str) else operand

    def key(self, loc: Loc, key: Any) -> Any:
        """Return a key that stands in a place."""
        match loc:
            case ("entities",) | ("head", "roles", "label" | "country"):
                return self.found.entities.get(key, key)
            case ("entities", entity, "facts"):
                return self.found.facts.get(f"{entity}", _NOBODY).get(key, key)
            case ("entities", entity, "facts", short, "options" | "deprecated_options" | "changeable"):
                return self.found.option(f"{entity}.{short}", key)
            case ("tables", table, "columns"):
                return self.found.columns.get(f"{table}", _NOBODY).get(key, key)
            case ("controls",):
                return self.found.controls.get(key, key)
            case ("indicators",) | ("places",):
                return self.found.indicators.get(key, key)
            case ("invariants", "undirected"):
                return self.found.fact(key)
            case _:
                return key

    def text(self, loc: Loc, text: str) -> str:
        """Return a text that stands in a place: another one where that is a place for names."""
        match loc:
            case ("indicators", _, "controls", _, "all", _):
                return self.found.controls.get(text, text)
            case ("indicators", _, "because", *_):
                return self._sentence(text)
            case ("head", "families", _, _):
                return self.found.indicators.get(text, text)
            case ("head", "roles", "label" | "country" | "group_by" | "benefit" | "necessity", _):
                return self.found.fact(text)
            case ("head", "triage", _, "fact"):
                return self.found.fact(text)
            case ("invariants", "alone", _, "change", _) | ("invariants", "same", _, "differ_in", _):
                return self.found.fact(text)
            case ("entities", entity, "facts", _, "from"):
                return self.found.facts.get(f"{entity}", _NOBODY).get(text, text)
            case ("entities", _, "facts", _, "belongs_to"):
                return self.found.entities.get(text, text)
            case ("entities", entity, "facts", short, "otherwise", *_):
                return str(self.found.option(f"{entity}.{short}", text))
            case ("parameters", parameter, "values", _, "value", *_):
                return self._answer(text, self._compared_with.get(f"{parameter}", ()))
            case ("tables", table, "columns", column, "otherwise", *_):
                return self._answer(text, self._readers.get((f"{table}", f"{column}"), ()))
            case ("tables", table, "columns", column, "values", _, *rest) if "source" not in rest:
                return self._answer(text, self._readers.get((f"{table}", f"{column}"), ()))
            case _:
                return text

    def _sentence(self, text: str) -> str:
        """Return a sentence in which facts are named in braces."""
        for _text, name, *_form in string.Formatter().parse(text):
            if name and self.found.fact(name) != name:
                text = text.replace(f"{{{name}}}", f"{{{self.found.fact(name)}}}")
        return text

    def _answer(self, text: str, facts: Iterable[str]) -> str:
        """Return an option that is written where no fact stands beside it, for the facts that read it there."""
        return next((new for fact in facts if (new := self.found.option(fact, text)) != text), text)

    @cached_property
    def _compared_with(self) -> Mapping[str, Iterable[str]]:
        return compared_with(self.before)

    @cached_property
    def _readers(self) -> Mapping[tuple[str, str], Iterable[str]]:
        return _readers(self.before)
