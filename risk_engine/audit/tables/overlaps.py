"""What a decision table shows of its rows: gaps, overlaps, and rows that never decide, each with an example.

As in a decision table every column is answered on its own: that one answer closes another question is not looked at. A
definition, and what stands as YAML, may be true or false. Within these bounds the search is exact: the answers to a
fact that no row tells apart are one, and lists have as many entries as are needed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
_UNKNOWN_PARAMETER: Final = "parameter"


class TableRow(NamedTuple):
    """A row: how it is called, what it leads to, its condition, and whether it counts where answers are missing."""

    name: str
    outcome: str
    condition: Any
    is_provisional: bool = False


@dataclass(frozen=True)
class Example:
    """A case as answers: of the whole case, and of entries of lists."""

    facts: Mapping[str, Any]
    entries: Mapping[str, Sequence[Mapping[str, Any]]]

    def __str__(self) -> str:
        parts = [f"{name} {_shown(value)}" for name, value in self.facts.items()]
        for entity, entries in self.entries.items():
            for one in entries:
                answers = ", ".join(f"{name.removeprefix(f'{entity}.')} {_shown(value)}" for name, value in one.items())
                parts.append(f"{entity} ({answers})")
        return "; ".join(parts) or _("a case without entries")


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else one_line(value)


@dataclass
class Found:
    """What is to be said of a table, by the names of rows; what could not be decided is named too."""

    never_true: list[str] = field(default_factory=list)
    never_decides: list[tuple[str, str]] = field(default_factory=list)
    """A row, and the rows above it that hold wherever it does."""
    overlaps: list[tuple[str, str, Example]] = field(default_factory=list)
    """Two rows that lead to different things: the first decides."""
    gap: Example | None = None
    """Where no row holds."""
    is_gap_decided: bool = True
    undecided: list[str] = field(default_factory=list)
    provisional: list[str] = field(default_factory=list)
    """Rows that are not looked at: they count where answers are missing, and here every answer is there."""


class _UndecidedError(Exception):
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


def look_at(reader: Reader, rows: Sequence[TableRow], on: date) -> Found:
    """Return what a table shows of rows that stand in the order in which they decide, on a day."""
    provisional = [one.name for one in rows if one.is_provisional]
    rows = [one for one in rows if not one.is_provisional]
    search = _Search(reader, [one.condition for one in rows], on)
    literals = [search.literals(one.condition) for one in rows]
    found = Found(provisional=provisional)
    for number, row in enumerate(rows):
        try:
            if search.example(literals[number], []) is None:
                found.never_true.append(row.name)
            elif search.example(literals[number], literals[:number]) is None:
                covering = [
                    rows[above].name for above in range(number) if search.meet(literals[number], literals[above])
                ]
                found.never_decides.append((row.name, ", ".join(covering)))
        except _UndecidedError:
            found.undecided.append(row.name)
    for above, below in combinations(range(len(rows)), 2):
        if rows[above].outcome != rows[below].outcome and rows[above].name not in found.never_true:
            try:
                example = search.example((*literals[above], *literals[below]), [])
            except _UndecidedError:
                continue
            if example is not None:
                found.overlaps.append((rows[above].name, rows[below].name, example))
    try:
        found.gap = search.example((), literals)
    except _UndecidedError:
        found.is_gap_decided = False
    return found


class _Search:
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
        """Of each fact one answer for all that no row tells apart."""
        self.steps = 0
        self.kinds: dict[tuple[str, ...], list[dict[str, int]]] = {}

    def literals(self, condition: Any) -> tuple[_Literal, ...]:
        """Return what must be so for a condition to hold."""
        found: list[_Literal] = []
        for data, is_rest in _atoms(condition):
            box = tuple(self._fact(name, leaf) for name, leaf in _leaves(data, is_rest=is_rest))
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
                named = list(dict.fromkeys(chain.from_iterable(_several(one) for one in operands)))
                others = [one for one in options if one not in named][:1]
                if len(named) > _MOST_OPTIONS:
                    raise _UndecidedError
                every = (*others, *named)
                yield from chain.from_iterable(combinations(every, size) for size in range(len(every) + 1))
            case _:
                assert_never(fact)

    def _operand(self, operand: Any) -> Any:
        if not isinstance(operand, dict):
            return operand
        parameter = self.reader.criteria.parameters[operand[_UNKNOWN_PARAMETER]]
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

    def meet(self, one: Sequence[_Literal], other: Sequence[_Literal]) -> bool:
        """Return whether two rows can hold together."""
        return self.example((*one, *other), []) is not None

    def example(self, holding: Sequence[_Literal], failing: Sequence[Sequence[_Literal]]) -> Example | None:
        """Return a case in which all of some literals hold, and of each row that must fail one does not.

        None where there is no such case; _UndecidedError where that cannot be said.
        """
        self.steps = 0
        return self._example(list(holding), list(failing))

    def _example(self, holding: list[_Literal], failing: list[Sequence[_Literal]]) -> Example | None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise _UndecidedError
        found = self._case(holding)
        if found is None or not failing:
            return found
        first, *rest = failing
        is_open = False
        for literal in first:
            for negated in self._negated(literal):
                try:
                    found = self._example([*holding, negated], rest)
                except _UndecidedError:
                    is_open = True
                    continue
                if found is not None:
                    return found
        if is_open:
            raise _UndecidedError
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
            raise _UndecidedError
        if len(found) > (self.reader.entities[entity].many or 1):
            raise _UndecidedError
        return found

    def _kinds(self, names: tuple[str, ...]) -> list[dict[str, int]]:
        """Return an entry for each way in which the answers to these facts can go together."""
        if names not in self.kinds:
            if prod(len(self.answers[name]) for name in names) > _MOST_KINDS:
                raise _UndecidedError
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
