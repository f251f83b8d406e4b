"""A case or profile that states things as earlier versions called them, in the names of today; what is told about it.

Nothing is dropped: an answer that is given under both names and is not the same is a problem with both places.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from risk_engine.files.diagnostics import Diagnostic
from risk_engine.files.language import _
from risk_engine.files.plain import Loc, broken_in
from risk_engine.files.source import Document
from risk_engine.loading.validate import mappings
from risk_engine.model.case import COMPARE_WITH, UNKNOWN, Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoiceFact, ChoicesFact, Entity
from risk_engine.model.former_names import FormerNames, Now, answer_now, answer_text, former_names, stated_today
from risk_engine.model.references import compared_with
from risk_engine.model.words import Deprecation

Data: TypeAlias = dict[str, Any]


class Former(NamedTuple):
    """Something that a document states as earlier versions did: where, and what it is now, as a sentence."""

    loc: Loc
    text: str
    is_path: bool = False
    """Whether it only points at an answer, whose own name is told where it stands."""


@dataclass(frozen=True)
class Renamed:
    """A document in the names of today, each value with its place in the file, and what was stated otherwise."""

    document: Document
    former: tuple[Former, ...] = ()
    problems: tuple[Diagnostic, ...] = ()
    moved: Mapping[Loc, Loc] = field(default_factory=dict)
    """Where something stood, and where it stands now."""


def in_names_of_today(document: Document, criteria: Criteria, on: date | None = None) -> Renamed:
    """Return what a case states in the names of its criteria; `on` is the day that it names.

    What it states under both names and differently is among the problems, with both places.
    """
    names = former_names(criteria)
    if not names or not isinstance(document.data, dict):
        return Renamed(document)
    reading = _Reading(document, criteria, names, on)
    data = reading.case()
    if not reading.former:
        return Renamed(document)
    marks = {reading.place(loc): mark for loc, mark in document.marks.items()}
    broken = frozenset(map(reading.place, document.broken)) | broken_in(data)
    after = replace(document, data=data, marks=marks, broken=broken)
    return Renamed(after, tuple(reading.former), tuple(reading.problems), reading.moved)


@dataclass
class _Reading:
    """Goes through the data of a case once, and notes what is called otherwise now."""

    document: Document
    criteria: Criteria
    names: FormerNames
    on: date | None
    former: list[Former] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    moved: dict[Loc, Loc] = field(default_factory=dict)
    """Where something stood, and where it stands now."""

    def place(self, loc: Loc) -> Loc:
        """Return where in the new data what stood at a place stands."""
        return moved_to(loc, self.moved)

    def case(self) -> Data:
        """Return the data of the case."""
        found: Data = {}
        at: dict[str, Loc] = {}
        for key, value in self.document.data.items():
            match key, value:
                case "controls", tuple():
                    self._put(found, at, key, self._controls(value), (key,), (key,))
                case "evidence", tuple():
                    self._put(found, at, key, self._evidence(value), (key,), (key,))
                case "on_file", tuple():
                    self._put(found, at, key, tuple(map(self._taken, value)), (key,), (key,))
                case "set_aside", dict():
                    self._put(found, at, key, self._set_aside(value), (key,), (key,))
                case _ if key in Case.model_fields or key == COMPARE_WITH:
                    self._put(found, at, key, value, (key,), (key,))
                case _:
                    self._entity(found, at, key, value)
        return found

    def _entity(self, found: Data, at: dict[str, Loc], key: str, value: Any) -> None:
        name = self.names.entity(key, self.on)
        if name != key:
            self._note((key,), _("`{old}` is now `{new}`", old=key, new=name))
        entity = self.criteria.entities.get(name)
        if entity is not None:
            match value:
                case dict():
                    value = self._entry(name, entity, value, (key,), (name,))
                case tuple():
                    value = tuple(
                        self._entry(name, entity, one, (key, number), (name, number)) if isinstance(one, dict) else one
                        for number, one in enumerate(value)
                    )
        self._put(found, at, name, value, (key,), (name,))

    def _entry(self, name: str, entity: Entity, entry: Data, old: Loc, new: Loc) -> Data:
        if old == new and self.names.meant_otherwise(name).isdisjoint(entry):
            return entry  # as nearly all of them
        found: Data = {}
        at: dict[str, Loc] = {}
        for key, value in entry.items():
            now = self.names.fact(name, key, self.on)
            after = answer_now(value, now, entity.facts.get(now.name))
            stated = f"{old[0]}.{key}"
            if now.name != key or (after != value or type(after) is not type(value)):
                self._note((*old, key), self._said(stated, f"{name}.{now.name}", value, after))
            self._put(found, at, now.name, after, (*old, key), (*new, now.name))
        return found

    def _said(self, old: str, new: str, before: Any, after: Any) -> str:
        named = {"old": old, "new": new, "before": _shown(before), "after": _shown(after)}
        if named["after"] == named["before"]:
            return _("`{old}` is now `{new}`", **named)
        if old == new:
            return _("`{before}` of `{new}` is now `{after}`", **named)
        return _("`{old}` is now `{new}`, and `{before}` there is `{after}`", **named)

    def _controls(self, records: tuple[Any, ...]) -> tuple[Any, ...]:
        kept: list[Any] = []
        first: dict[str, int] = {}
        for number, record in enumerate(records):
            old = record.get("id") if isinstance(record, dict) else None
            if not isinstance(old, str):
                new = old
            elif (new := self.names.control(old, self.on)) != old:
                self._note(("controls", number, "id"), _("the control `{old}` is now `{new}`", old=old, new=new))
                record = {**record, "id": new}  # noqa: PLW2901 (the record as it reads today)
            before = first.setdefault(new, number) if isinstance(new, str) else number
            same = before != number and records[before]["id"] != old  # else the id is repeated as it stands
            if same and record == kept[self._now_at(before)]:
                self.moved["controls", number] = self.moved["controls", before]
                continue
            if same:
                self._differ(("controls", number, "id"), ("controls", before, "id"), f"{new}")
                continue
            self.moved["controls", number] = ("controls", len(kept))
            kept.append(record)
        return tuple(kept)

    def _now_at(self, number: int) -> int:
        """Return the number that a control has now."""
        return int(self.moved["controls", number][1])

    def _evidence(self, records: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            {**record, "for": self._paths(record["for"], ("evidence", number, "for"))}
            if isinstance(record, dict) and isinstance(record.get("for"), tuple)
            else record
            for number, record in enumerate(records)
        )

    def _taken(self, taken: Any) -> Any:
        """Return what an old record says was taken from a file of the office; nobody writes that."""
        if not (isinstance(taken, dict) and isinstance(taken.get("entry"), str)):
            return taken
        found = {**taken, "entry": self.names.path(taken["entry"], self.criteria, self.on)}
        for part in ("answers", "differs"):
            if isinstance(taken.get(part), dict):
                found[part] = dict(self._fact_taken(taken["entry"], fact, one) for fact, one in taken[part].items())
        return found

    def _fact_taken(self, entry: str, fact: str, value: Any) -> tuple[str, Any]:
        path, after = stated_today(f"{entry}.{fact}", value, self.criteria, self.on)
        return path.rpartition(".")[2], after

    def _paths(self, paths: tuple[Any, ...], loc: Loc) -> tuple[Any, ...]:
        return tuple(
            self._path(one, (*loc, number)) if isinstance(one, str) else one for number, one in enumerate(paths)
        )

    def _path(self, path: str, loc: Loc) -> str:
        new = self.names.path(path, self.criteria, self.on)
        if new != path:
            self.former.append(Former(loc, _("`{old}` is now `{new}`", old=path, new=new), is_path=True))
        return new

    def _set_aside(self, answers: Data) -> Data:
        found: Data = {}
        at: dict[str, Loc] = {}
        for path, value in answers.items():
            old: Loc = ("set_aside", path)
            new, after = stated_today(path, value, self.criteria, self.on)
            if new != path:
                self._note(old, _("`{old}` is now `{new}`", old=path, new=new))
            elif after != value or type(after) is not type(value):
                self._note(old, self._said(path, new, value, after))
            self._put(found, at, new, after, old, ("set_aside", new))
        return found

    def _put(self, found: Data, at: dict[str, Loc], name: str, value: Any, old: Loc, new: Loc) -> None:
        """Put a value under its name of today; where an answer stands there already, the two must say the same."""
        have = found.get(name)
        if have not in _NOTHING:
            if value not in _NOTHING and (have != value or type(have) is not type(value)):
                self._differ(old, at[name], ".".join(one for one in new if isinstance(one, str)))
            return
        if name in found and value is None:
            return
        found[name] = value
        at[name] = old
        if old != new:
            self.moved[old] = new

    def _note(self, loc: Loc, text: str) -> None:
        self.former.append(Former(loc, text))

    def _differ(self, here: Loc, there: Loc, name: str) -> None:
        message = _("`{name}` is stated twice, under names of different versions, and not alike", name=name)
        way_out = _(
            "the other stands in {place}; leave the one that is right", place=self.document.position(there, key=True)
        )
        self.problems.append(self.document.problem(here, message, way_out, key=True))


class NamesInTests:
    """Reads what tests of cases.yaml name, be it called as today or as before."""

    def __init__(self, criteria: Criteria) -> None:
        self.criteria = criteria
        self.names = former_names(criteria)
        self.control = self.names.control
        self.indicator = self.names.indicator
        formers = (self.names.entities, *self.names.facts.values())
        renamed = {word for former in formers for old, now in former.items() for word in (old, now.name)}
        self._renamed = frozenset(renamed | {short for _entity, short in self.names.answers})
        """The words of paths that mean something else than they say, or are meant by another word."""

    def as_stated(self, data: Data, path: str, value: Any, on: date | None) -> tuple[str, Any]:
        """Return a path and its value in the names under which a case states it.

        Else the case would state it twice, and what is `unknown` now would be what it was.
        """
        if self._renamed.isdisjoint(path.split(".")):
            return path, value
        today, answer = stated_today(path, value, self.criteria, on)
        entity, *parts = self.names.path(today, self.criteria, on).split(".")
        stated = next((one for one in data if self.names.entity(one, on) == entity), entity)
        block = data.get(stated)
        if isinstance(block, tuple) and len(parts) > 1:
            block = next((one for one in block if isinstance(one, dict) and one.get("id") == parts[0]), None)
        if parts and isinstance(block, dict):
            parts[-1] = next((one for one in block if self.names.fact(entity, one, on).name == parts[-1]), parts[-1])
        return ".".join((stated, *parts)), answer


_NOTHING = (None, UNKNOWN)
"""What is no answer."""


def _shown(value: Any) -> str:
    return (", ".join(map(answer_text, value)) or "[]") if isinstance(value, tuple) else answer_text(value)


# --- what is said about it ---


def notes_on(document: Document, renamed: Renamed, criteria: Criteria, on: date | None) -> tuple[str, ...]:
    """Return what to tell whoever keeps a case that its criteria can read: former names, and what is deprecated.

    Each name is told once, with the first place where it stands. `renamed` is the document in the names of today, `on`
    the day for which it is read.
    """
    version = f"{criteria.head.id} {criteria.head.version}"
    lines: list[str] = []
    if renamed.former:
        lines.append(
            _("{path}: names of earlier versions, read as {version} has them", path=document.path, version=version)
        )
        lines += _placed(document, [one for one in renamed.former if not one.is_path] or renamed.former)
    # What stands where is told by the file as it is.
    now_at = {now: old for old, now in renamed.moved.items()}
    if deprecated := [
        one._replace(loc=moved_to(one.loc, now_at)) for one in _deprecated(renamed.document, criteria, on)
    ]:
        lines.append(_("{path}: deprecated in {version}, and still read", path=document.path, version=version))
        lines += _placed(document, deprecated)
    return tuple(lines)


def _placed(document: Document, found: Iterable[Former]) -> Iterator[str]:
    first: dict[str, Loc] = {}
    for one in found:
        first.setdefault(one.text, one.loc)
    yield from (f"  {document.position(loc, key=True)}: {text}" for text, loc in first.items())


def _deprecated(document: Document, criteria: Criteria, on: date | None) -> Iterator[Former]:
    """Yield the answers and the controls in the names of today that are deprecated on a day."""
    for name, entity in criteria.entities.items():
        value = document.data.get(name)
        numbered: list[tuple[Loc, Any]] = [((name,), value)]
        if isinstance(value, tuple):
            numbered = [((name, number), one) for number, one in enumerate(value)]
        for loc, entry in numbered:
            for short, answer in entry.items() if isinstance(entry, dict) else ():
                fact = entity.facts.get(short)
                if fact is not None and answer not in _NOTHING:
                    yield from _deprecated_answer(f"{name}.{short}", fact, answer, (*loc, short), on)
    for number, record in mappings(document.data.get("controls")):
        control = criteria.controls.get(f"{record.get('id')}")
        if control is not None and (gone := control.deprecated) is not None and gone.holds(on):
            yield Former(("controls", number, "id"), _gone(_("the control `{name}`", name=record["id"]), gone))


def _deprecated_answer(name: str, fact: AnyFact, answer: Any, loc: Loc, on: date | None) -> Iterator[Former]:
    if fact.deprecated is not None and fact.deprecated.holds(on):
        yield Former(loc, _gone(f"`{name}`", fact.deprecated))
    if isinstance(fact, ChoiceFact | ChoicesFact):
        for one in answer if isinstance(answer, tuple) else (answer,):
            gone = fact.deprecated_options.get(one) if isinstance(one, str) else None
            if gone is not None and gone.holds(on):
                yield Former(loc, _gone(_("`{option}` of `{name}`", option=one, name=name), gone))


def _gone(what: str, gone: Deprecation) -> str:
    text = _("{what} is deprecated from {day} on", what=what, day=gone.from_)
    return f"{text}: {gone.instead}" if gone.instead else text


def moved_to(loc: Loc, moved: Mapping[Loc, Loc]) -> Loc:
    """Return where something is, if what holds it was moved."""
    for length in range(len(loc), 0, -1):
        if loc[:length] in moved:
            return (*moved[loc[:length]], *loc[length:])
    return loc


class ProfileToday:
    """Reads a profile in the names of its criteria: indicators, columns of facts that were renamed, old options."""

    def __init__(self, document: Document, criteria: Criteria, problems: list[Diagnostic]) -> None:
        self.before = document
        self.criteria = criteria
        self.names = former_names(criteria)
        self.problems = problems
        self.moved: dict[Loc, Loc] = {}

    def document(self) -> Document:
        """Return the document in the names of today; itself where it uses no other."""
        data: dict[str, Any] = dict(self.before.data) if self.names else self.before.data
        for key, told in (("policy_knock_outs_off", self._knock_outs), ("tables", self._tables)):
            if self.names and isinstance(data.get(key), dict):
                data[key] = told(data[key])
        if self.names and isinstance(data.get("parameters"), dict):
            data["parameters"] = {
                name: self._value(one, self._compared_with(name)) for name, one in data["parameters"].items()
            }
        if data == self.before.data:
            return self.before
        marks = {moved_to(loc, self.moved): mark for loc, mark in self.before.marks.items()}
        return replace(self.before, data=data, marks=marks)

    def _knock_outs(self, found: dict[str, Any]) -> dict[str, Any]:
        return self._renamed(found, ("policy_knock_outs_off",), self.names.indicator)

    def _tables(self, tables: dict[str, Any]) -> dict[str, Any]:
        return {
            table: {
                row: self._cells(table, cells, ("tables", table, row)) if isinstance(cells, dict) else cells
                for row, cells in rows.items()
            }
            if isinstance(rows, dict)
            else rows
            for table, rows in tables.items()
        }

    def _cells(self, table: str, cells: dict[str, Any], loc: Loc) -> dict[str, Any]:
        known = self.criteria.tables[table].columns if table in self.criteria.tables else {}
        columns = {
            old.name: column[1]
            for name, fact in self.criteria.every_fact()
            if (column := self.criteria.column_of(name)) is not None and column[0] == table
            for old in fact.was
            if old.name is not None and old.name not in known
        }
        found = self._renamed(cells, loc, lambda column: columns.get(column, column))
        return {column: self._value(one, self._readers(table, column)) for column, one in found.items()}

    def _readers(self, table: str, column: str) -> Iterator[AnyFact]:
        return (fact for name, fact in self.criteria.every_fact() if self.criteria.column_of(name) == (table, column))

    def _compared_with(self, parameter: str) -> Iterator[AnyFact]:
        names = compared_with(self.criteria).get(parameter, ())
        return (self.criteria.fact(name) for name in names if name.partition(".")[0] in self.criteria.entities)

    def _value(self, override: Any, facts: Iterable[AnyFact]) -> Any:
        """Return an override with a value of today in place of an old answer to the facts that read it."""
        if not isinstance(override, dict) or "value" not in override:
            return override
        values = {answer: new for fact in facts for old in fact.was for answer, new in old.values.items()}
        value = answer_now(override["value"], Now("", None, values), None)
        # Where the old answer says too little for a value of today, it stays, and is told to be none.
        return override if value == UNKNOWN else {**override, "value": value}

    def _renamed(self, found: dict[str, Any], loc: Loc, now: Callable[[str], str]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        at: dict[str, Loc] = {}
        for old, value in found.items():
            new, here = now(old), (*loc, old)
            if new in result and result[new] != value:
                message = _("`{name}` is stated twice, under names of different versions, and not alike", name=new)
                place = self.before.position(at[new], key=True)
                way_out = _("the other stands in {place}; leave the one that is right", place=place)
                self.problems.append(self.before.problem(here, message, way_out, key=True))
                continue
            result[new], at[new] = value, here
            if new != old:
                self.moved[here] = (*loc, new)
        return result
