"""What a decision table shows of its rows: gaps, overlaps, and rows that never decide, each with an example.

As in a decision table every column is answered on its own: that one answer closes another question is not looked at. A
definition, and what stands as YAML, may be true or false. Within these bounds the search is exact: the answers to a
fact that no row tells apart are one, and lists have as many entries as are needed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import chain, combinations, product
from math import prod
from typing import Any, Final, NamedTuple, TypeAlias, assert_never

from risk_engine.audit.tables.cells import Reader, taken_apart
from risk_engine.engine.evaluate import holds
from risk_engine.files.language import _
from risk_engine.files.syntax import one_line
from risk_engine.model.conditions import Op
from risk_engine.model.facts import BooleanFact, ChoiceFact, ChoicesFact, DateFact, IntegerFact
from risk_engine.model.tables import value_on

MOST_STEPS: Final = 2_000
"""So many ways are tried before a question counts as not decided."""
_MOST_OPTIONS: Final = 7
_MOST_KINDS: Final = 3_000
"""So many kinds of entries of a list are told apart."""
_PARAMETER: Final = "parameter"


class TableRow(NamedTuple):
    """A row: how it is called, what it leads to, its condition, and whether it counts where answers are missing."""

    name: str
    outcome: str
    condition: Any
    is_provisional: bool = False
    record: str = ""
    """What it is one of several ways of, if it is."""


@dataclass(frozen=True)
class Example:
    """A case as answers: of the whole case, and of entries of lists."""

    facts: Mapping[str, Any]
    entries: Mapping[str, Sequence[Mapping[str, Any]]]
    since: date | None = None
    """The day from which it is one, where parameters were something else before."""

    def __str__(self) -> str:
        parts = [f"{name} {_shown(value)}" for name, value in self.facts.items()]
        for entity, entries in self.entries.items():
            for one in entries:
                answers = ", ".join(f"{name.removeprefix(f'{entity}.')} {_shown(value)}" for name, value in one.items())
                parts.append(f"{entity} ({answers})")
        told = "; ".join(parts) or _("a case without entries")
        return told if self.since is None else _("{example}, from {day} on", example=told, day=self.since)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else one_line(value)


@dataclass
class Found:
    """What is to be said of a table, by the names of rows; what could not be decided is named too."""

    never_true: list[str] = field(default_factory=list)
    never_decides: list[tuple[str, str]] = field(default_factory=list)
    """A row, and the rows above it that hold wherever it does."""
    adds_nothing: list[tuple[str, str]] = field(default_factory=list)
    """A row, and rows below it that lead to the same and hold wherever it does."""
    overlaps: list[tuple[str, str, Example]] = field(default_factory=list)
    """Two rows that lead to different things: the first decides."""
    gap: Example | None = None
    """Where no row holds."""
    is_gap_decided: bool = True
    undecided: list[str] = field(default_factory=list)
    provisional: list[str] = field(default_factory=list)
    """Rows that are not looked at: they count where answers are missing, and here every answer is there."""


class UndecidedError(Exception):
    """More is to be tried than is tried, or more entries are needed than a list may have."""


@dataclass(frozen=True)
class _Fact:
    """A fact, or whether a definition holds, is among these answers."""

    name: str
    allowed: frozenset[int]


@dataclass(frozen=True)
class _Entries:
    """So many entries of a list, at least and at most, are in a box of answers, or outside of it."""

    entity: str
    box: tuple[_Fact, ...]
    is_outside: bool
    least: int = 0
    most: int | None = None


_Literal: TypeAlias = _Fact | _Entries
_Row: TypeAlias = Sequence[_Literal] | None
"""All of which must be so; None where that is not told."""


class Conditions:
    """Conditions by their numbers, and cases in which some hold and others do not, on each day that parameters tell."""

    def __init__(self, reader: Reader, conditions: Sequence[Any]) -> None:
        days = _days(reader, conditions)
        self.first = days[0]
        searches = [Search(reader, conditions, on) for on in days]
        self.on = [(one, [one.literals(condition) for condition in conditions]) for one in searches]
        """For each day what must be so for each condition; None where too many answers would be told apart."""

    def example(self, holding: Iterable[int], failing: Iterable[int] = ()) -> Example | None:
        """Return a case in which all of some conditions hold and all of others do not.

        None where there is no such case on any day; UndecidedError where that cannot be said.
        """
        holds, fails, is_open = tuple(holding), tuple(failing), False
        for search, literals in self.on:
            wanted, unwanted = ([literals[number] for number in one] for one in (holds, fails))
            try:
                found = search.example(wanted, unwanted)
            except UndecidedError:
                is_open = True
                continue
            if found is not None:
                return found if search.on == self.first else replace(found, since=search.on)
        if is_open:
            raise UndecidedError
        return None


def _days(reader: Reader, conditions: Sequence[Any]) -> list[date]:
    """Return the first day of the version, and those on which a parameter changes that the conditions read."""
    first = reader.criteria.head.in_force.from_
    named = {name for condition in conditions for name in _parameters(condition)}
    later = {value.from_ for name in named for value in reader.criteria.parameters[name].values}
    return [first, *sorted(day for day in later if day is not None and day > first)]


def _parameters(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if isinstance(name := data.get(_PARAMETER), str):
            yield name
        data = tuple(data.values())
    if isinstance(data, tuple):
        for one in data:
            yield from _parameters(one)


def look_at(reader: Reader, rows: Sequence[TableRow]) -> Found:
    """Return what a table shows of rows that stand in the order in which they decide."""
    provisional = [one.name for one in rows if one.is_provisional]
    rows = [one for one in rows if not one.is_provisional]
    cases = Conditions(reader, [one.condition for one in rows])
    found = Found(provisional=provisional)
    for look in (_never_decides, _adds_nothing):
        for number, row in enumerate(rows):
            try:
                look(cases, rows, number, found)
            except UndecidedError:
                if row.name not in found.undecided:
                    found.undecided.append(row.name)
    for above, below in combinations(range(len(rows)), 2):
        if rows[above].outcome != rows[below].outcome and rows[above].name not in found.never_true:
            try:
                example = cases.example((above, below))
            except UndecidedError:
                continue
            if example is not None:
                found.overlaps.append((rows[above].name, rows[below].name, example))
    try:
        found.gap = cases.example((), range(len(rows)))
    except UndecidedError:
        found.is_gap_decided = False
    return found


def _never_decides(cases: Conditions, rows: Sequence[TableRow], number: int, found: Found) -> None:
    """Note a row that never holds, or only where one above it does."""
    name = rows[number].name
    if cases.example([number]) is None:
        found.never_true.append(name)
    elif cases.example([number], range(number)) is None:
        covering = [rows[above].name for above in range(number) if cases.example((number, above)) is not None]
        found.never_decides.append((name, ", ".join(covering)))


def _adds_nothing(cases: Conditions, rows: Sequence[TableRow], number: int, found: Found) -> None:
    """Note a row that holds only where others do which are ways of the same, and stand below it."""
    row = rows[number]
    idle = {*found.never_true, *(name for name, _others in found.never_decides)}
    same = [
        one for one in range(number + 1, len(rows)) if rows[one].record == row.record and rows[one].name not in idle
    ]
    if row.record and row.name not in idle and same and cases.example([number], same) is None:
        covering = [rows[one].name for one in same if cases.example((number, one)) is not None]
        found.adds_nothing.append((row.name, ", ".join(covering)))


class Search:
    """Looks for cases in which some rows hold and others do not."""

    def __init__(self, reader: Reader, conditions: Sequence[Any], on: date) -> None:
        self.reader = reader
        self.on = on
        self.tests: dict[str, list[Any]] = {}
        for condition in conditions:
            for data, is_rest in _atoms(condition):
                for name, leaf in _leaves(data, is_rest=is_rest):
                    self.tests.setdefault(name, []).append(leaf)
        self.answers = {name: self._classes(name, leaves) for name, leaves in self.tests.items()}
        """Of each fact one answer for all that no row tells apart; none where these are too many to look at."""
        self.steps = 0
        self.kinds: dict[tuple[str, ...], list[dict[str, int]]] = {}

    def literals(self, condition: Any) -> tuple[_Literal, ...] | None:
        """Return what must be so for a condition to hold; None where that reads a fact with too many answers."""
        found: list[_Literal] = []
        for data, is_rest in _atoms(condition):
            leaves = list(_leaves(data, is_rest=is_rest))
            if not all(self.answers[name] for name, _leaf in leaves):
                return None
            box = tuple(self._fact(name, leaf) for name, leaf in leaves)
            kind = next((one for one in ("some", "every", "count") if one in data), None)
            if kind is None or is_rest:
                found += box
            elif kind == "some":
                found.append(_Entries(data[kind], box, is_outside=False, least=1))
            elif kind == "every":
                found.append(_Entries(data[kind], box, is_outside=True, most=0))
            else:
                least, most = data.get("at_least", 0), data.get("at_most")
                found.append(_Entries(data[kind], box, is_outside=False, least=least, most=most))
        return tuple(found)

    def _fact(self, name: str, leaf: Any) -> _Fact:
        return _Fact(name, frozenset(n for n, value in enumerate(self.answers[name]) if self._holds(name, leaf, value)))

    def _classes(self, name: str, leaves: Sequence[Any]) -> list[Any]:
        found: dict[tuple[bool, ...], Any] = {}
        for value in self._values(name, leaves):
            found.setdefault(tuple(self._holds(name, leaf, value) for leaf in leaves), value)
        return list(found.values())

    def _values(self, name: str, leaves: Sequence[Any]) -> Iterator[Any]:
        """Yield answers to a fact of which at least one is in each part that the tests cut out."""
        if "." not in name or " " in name:
            yield from (True, False)
            return
        fact = self.reader.fact(name)
        operands = [self._operand(_compared(leaf)[1]) for leaf in leaves]
        match fact:
            case BooleanFact():
                yield from (True, False)
            case ChoiceFact(options=options):
                yield from options
            case IntegerFact(range=(lowest, highest)):
                near = {one + step for one in operands if isinstance(one, int) for step in (-1, 0, 1)}
                yield from sorted(one for one in {lowest, highest, *near} if lowest <= one <= highest)
            case DateFact():
                days = [one for one in operands if isinstance(one, date)] or [self.on]
                yield from sorted({one + timedelta(days=step) for one in days for step in (-1, 0, 1)})
            case ChoicesFact(options=options):
                # Options that the same tests name are one: each asks whether any of those it names is among them.
                told = {tuple(name in _several(one) for one in operands): name for name in reversed(options)}
                if len(told) <= _MOST_OPTIONS:
                    every = tuple(reversed(told.values()))
                    yield from chain.from_iterable(combinations(every, size) for size in range(len(every) + 1))
            case _:
                assert_never(fact)

    def _operand(self, operand: Any) -> Any:
        if not isinstance(operand, dict):
            return operand
        parameter = self.reader.criteria.parameters[operand[_PARAMETER]]
        value = value_on(parameter.values, self.on)
        return parameter.values[0].value if value is None else value

    def _holds(self, name: str, leaf: Any, value: Any) -> bool:
        if "not" in leaf:
            return not self._holds(name, leaf["not"], value)
        if "fact" not in leaf:
            return bool(value)
        op, operand = _compared(leaf)
        fact = self.reader.fact(name)
        order = {option: rank for rank, option in enumerate(fact.options)} if isinstance(fact, ChoiceFact) else None
        return holds(op, value, self._operand(operand), order)

    def example(self, holding: Sequence[_Row], failing: Sequence[_Row]) -> Example | None:
        """Return a case in which all literals of some rows hold, and of each row that must fail one does not.

        None where there is no such case; UndecidedError where that cannot be said.
        """
        self.steps = 0
        known = [one for one in holding if one is not None]
        fails = [one for one in failing if one is not None]
        found = self._example(list(chain.from_iterable(known)), fails)
        if found is not None and len(known) + len(fails) < len(holding) + len(failing):
            raise UndecidedError
        return found

    def _example(self, holding: list[_Literal], failing: list[Sequence[_Literal]]) -> Example | None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise UndecidedError
        found = self._case(holding)
        if found is None or not failing:
            return found
        first, *rest = failing
        is_open = False
        for literal in first:
            for negated in self._negated(literal):
                try:
                    found = self._example([*holding, negated], rest)
                except UndecidedError:
                    is_open = True
                    continue
                if found is not None:
                    return found
        if is_open:
            raise UndecidedError
        return None

    def _negated(self, literal: _Literal) -> Iterator[_Literal]:
        match literal:
            case _Fact(name=name, allowed=allowed):
                yield _Fact(name, frozenset(range(len(self.answers[name]))) - allowed)
            case _Entries(entity=entity, box=box, is_outside=is_outside, least=least, most=most):
                if least:
                    yield _Entries(entity, box, is_outside, most=least - 1)
                if most is not None:
                    yield _Entries(entity, box, is_outside, least=most + 1)
            case _:
                assert_never(literal)

    def _case(self, literals: Sequence[_Literal]) -> Example | None:
        facts: dict[str, frozenset[int]] = {}
        entries: dict[str, list[_Entries]] = {}
        for literal in literals:
            match literal:
                case _Fact(name=name, allowed=allowed):
                    facts[name] = facts.get(name, allowed) & allowed
                case _Entries(entity=entity):
                    entries.setdefault(entity, []).append(literal)
                case _:
                    assert_never(literal)
        if not all(facts.values()):
            return None
        lists: dict[str, list[Mapping[str, Any]]] = {}
        for entity, wanted in entries.items():
            made = self._entries(entity, wanted)
            if made is None:
                return None
            lists[entity] = [{name: self.answers[name][n] for name, n in one.items()} for one in made]
        return Example({name: self.answers[name][min(allowed)] for name, allowed in facts.items()}, lists)

    def _entries(self, entity: str, wanted: Sequence[_Entries]) -> list[dict[str, int]] | None:
        """Return entries that are so many in each box as they must be; None where there are none."""
        names = tuple(dict.fromkeys(fact.name for one in wanted for fact in one.box))
        never = [one for one in wanted if one.most == 0]
        kinds = [kind for kind in self._kinds(names) if not any(_is_in(one, kind) for one in never)]
        found: list[dict[str, int]] = []
        bounded = [one for one in wanted if one.most]
        lower = [one for one in wanted if one.least]
        for one in sorted(wanted, key=lambda each: -each.least):
            fitting = [kind for kind in kinds if _is_in(one, kind)]
            missing = one.least - sum(_is_in(one, kind) for kind in found)
            if missing > 0 and not fitting:
                return None
            for _number in range(missing):
                # One that nothing bounds, where there is one, for it takes the room of no other.
                free = [kind for kind in fitting if not any(_is_in(bound, kind) for bound in bounded)]
                found.append(max(free or fitting, key=lambda kind: sum(_is_in(each, kind) for each in lower)))
        if any(sum(_is_in(one, kind) for kind in found) > (one.most or 0) for one in bounded):
            raise UndecidedError
        if len(found) > (self.reader.entities[entity].many or 1):
            raise UndecidedError
        return found

    def _kinds(self, names: tuple[str, ...]) -> list[dict[str, int]]:
        """Return an entry for each way in which the answers to these facts can go together."""
        if names not in self.kinds:
            if prod(len(self.answers[name]) for name in names) > _MOST_KINDS:
                raise UndecidedError
            ways = product(*(range(len(self.answers[name])) for name in names))
            self.kinds[names] = [dict(zip(names, one, strict=True)) for one in ways]
        return self.kinds[names]


def _is_in(wanted: _Entries, kind: Mapping[str, int]) -> bool:
    return all(kind[one.name] in one.allowed for one in wanted.box) != wanted.is_outside


def _atoms(condition: Any) -> Iterator[tuple[Any, bool]]:
    """Yield each part of a condition, and whether it is taken as one that may hold or not.

    That is what is no row of tests, and what asks of a list something that is the same for each of its entries.
    """
    for part in taken_apart(condition):
        for data in part.data:
            entity = next((data[one] for one in ("some", "every", "count") if one in data), None)
            own = entity is None or all(
                name.startswith((f"{entity}.", "holds ")) for name, _leaf in _leaves(data, is_rest=not part.cells)
            )
            yield data, not (part.cells and own)


def _leaves(data: Any, *, is_rest: bool) -> Iterator[tuple[str, Any]]:
    """Yield the comparisons of a part by what they are about."""
    if is_rest:
        yield one_line(data), {"holds": ""}
    elif "where" in data:
        for part in taken_apart(data["where"]):
            for inner in part.data:
                yield from _leaves(inner, is_rest=False)
    else:
        inner = data.get("not", data)
        yield (inner["fact"] if "fact" in inner else f"holds {inner['holds']}"), data


def _compared(leaf: Any) -> tuple[Op, Any]:
    inner = leaf.get("not", leaf)
    return next((key, value) for key, value in inner.items() if key != "fact")


def _several(operand: Any) -> tuple[str, ...]:
    return operand if isinstance(operand, tuple) else (operand,)
