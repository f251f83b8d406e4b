"""Which answers to a fact rules can tell apart: numbers and days fall into few classes, and one of each is enough.

Nothing is lost: two numbers between the same neighbouring limits make every comparison of every rule come out alike.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeAlias, cast

from risk_engine.model.conditions import Compare, ParameterRef, leaves
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    TextFact,
)
from risk_engine.model.profile import Profile, cell_of, parameters_on
from risk_engine.model.references import every_condition
from risk_engine.model.tables import CellValue

Domain: TypeAlias = tuple[Any, ...]
"""One answer of each class, in order; for a row one row of each class of rows of which the tables say the same."""


class Classes(tuple[Any, ...]):  # noqa: SLOT001 (what it knows besides cannot stand in the slots of a tuple)
    """A domain with many more answers than classes, which knows to which class each of them belongs."""

    starts: Sequence[Any]
    rows: Mapping[str, int]

    @classmethod
    def of(cls, answers: Iterable[Any], starts: Sequence[Any] = (), rows: Mapping[str, int] | None = None) -> "Classes":
        """Return the domain of one answer a class, with where each class begins, or of every row its class."""
        found = cls(answers)
        found.starts, found.rows = starts, rows or {}
        return found

    def place(self, value: Any) -> int:
        """Return the place of the class of an answer; before the first one that is the first."""
        return self.rows[value] if self.rows else max(bisect_right(self.starts, value) - 1, 0)


DAY = timedelta(days=1)


def place_of(value: Any, domain: Domain) -> int:
    """Return the place of the class that a value belongs to: of a number or day the last that begins by then."""
    return domain.place(value) if isinstance(domain, Classes) else domain.index(value)


def columns_from(criteria: Criteria, entity: str, row_fact: str) -> dict[str, tuple[str, str]]:
    """Return the facts of an entity that a row fact gives their value, each with table and column."""
    declared = criteria.entities[entity].facts
    row = declared[row_fact]
    assert isinstance(row, RowFact)  # noqa: S101 (checked when the set was loaded)
    return {
        short: (row.of, fact.column or short)
        for short, fact in declared.items()
        if not isinstance(fact, RowFact | TextFact) and fact.from_ == row_fact
    }


class Domains:
    """The classes of answers to each fact, fine enough for every one of some criteria sets."""

    def __init__(
        self,
        sets: Sequence[Criteria],
        on: date,
        profile: Profile | None = None,
        preferred: Mapping[str, Iterable[Any]] | None = None,
    ) -> None:
        """Take the sets, the day on which their parameters and tables are read, and answers to prefer in their class.

        `preferred` (fact: answers) makes an example say what a base case says wherever rules see no difference.
        """
        self._sets = sets
        self._on = on
        self._profile = profile
        self._preferred = {fact: tuple(values) for fact, values in (preferred or {}).items()}
        self._limits = _limits(sets, on, profile)
        self._kept: dict[str, Domain] = {}

    def __getitem__(self, fact: str) -> Domain:
        """Return the domain of the fact `entity.fact`; a text has none."""
        if fact not in self._kept:
            self._kept[fact] = self._domain(fact)
        return self._kept[fact]

    def cell_elsewhere(self, fact: str, row: str) -> CellValue | None:
        """Return what a fact comes to by a row that not all sets know, in the first that does.

        No case that all of them can state says that row, so its cell is free: with the same one in every reading, what
        a row is to one set alone makes no term of the sets' rules another.
        """
        entity, _, short = fact.partition(".")
        for criteria in self._sets:
            declared = criteria.entities[entity].facts if entity in criteria.entities else {}
            filled = declared.get(short)
            if filled is None or isinstance(filled, RowFact | TextFact) or filled.from_ is None:
                continue
            by = declared[filled.from_]
            assert isinstance(by, RowFact)  # noqa: S101 (checked when the set was loaded)
            if row in criteria.tables[by.of].rows:
                return cell_of(criteria, self._profile, by.of, row, filled.column or short, self._on)[0]
        return None

    def _declared(self, fact: str) -> list[AnyFact]:
        entity, _, short = fact.partition(".")
        return [
            one.entities[entity].facts[short]
            for one in self._sets
            if entity in one.entities and short in one.entities[entity].facts
        ]

    def _domain(self, fact: str) -> Domain:
        declared = self._declared(fact)
        match declared[0]:
            case BooleanFact():
                return (False, True)
            case ChoiceFact() | ChoicesFact():
                options = [one.options for one in declared if isinstance(one, ChoiceFact | ChoicesFact)]
                return tuple(dict.fromkeys(option for several in options for option in several))
            case IntegerFact():
                ranges = [one.range for one in declared if isinstance(one, IntegerFact)]
                return self._numbers(fact, ranges)
            case DateFact():
                return self._days(fact)
            case RowFact():
                return self._rows(fact)
            case TextFact():
                return ()

    def _numbers(self, fact: str, ranges: Sequence[tuple[int, int]]) -> Domain:
        lowest, highest = min(low for low, _ in ranges), max(high for _, high in ranges)
        # Where only one of the sets knows a number, it is of another class than one that both know.
        limits = {*self._limits.get(fact, ()), *(limit for low, high in ranges for limit in (low, high + 1))}
        starts = {lowest} | {one for one in limits if lowest < one <= highest}
        return self._represented(fact, sorted(starts))

    def _days(self, fact: str) -> Domain:
        limits = sorted(self._limits.get(fact, ()))
        before = [limits[0] - DAY] if limits and limits[0] > date.min else []
        return self._represented(fact, [*before, *limits] or [date(2000, 1, 1)])

    def _represented(self, fact: str, starts: Sequence[Any]) -> Domain:
        """Return an answer for each class, given where each begins: a preferred one where there is one."""
        ends = [*starts[1:], None]
        found: list[Any] = []
        for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
            wished = self._preferred.get(fact, ())
            inside = (one for one in wished if (start <= one or number == 0) and (end is None or one < end))
            found.append(next(inside, start))
        return Classes.of(found, starts)

    def _rows(self, fact: str) -> Domain:
        entity, _, short = fact.partition(".")
        classes: dict[tuple[Any, ...], str] = {}
        rows: dict[str, tuple[Any, ...]] = {}
        for number, criteria in enumerate(self._sets):
            if entity not in criteria.entities or short not in criteria.entities[entity].facts:
                continue
            declared = criteria.entities[entity].facts[short]
            if not isinstance(declared, RowFact):
                continue
            columns = columns_from(criteria, entity, short)
            for row in criteria.tables[declared.of].rows:
                said = tuple(
                    cell_of(criteria, self._profile, table, row, column, self._on)[0]
                    for table, column in columns.values()
                )
                rows[row] = (*rows.get(row, ()), (number, said))
        wished = self._preferred.get(fact, ())
        for row in sorted(rows, key=lambda one: one not in wished):
            classes.setdefault(rows[row], row)
        answers = [row for row in rows if row in classes.values()]
        return Classes.of(answers, rows={row: answers.index(classes[said]) for row, said in rows.items()})


def _limits(sets: Sequence[Criteria], on: date, profile: Profile | None) -> dict[str, set[Any]]:
    """Return for each number and day the values at which a new class begins."""
    found: dict[str, set[Any]] = {}
    for criteria in sets:
        parameters = parameters_on(criteria, on, profile)
        for condition in [*every_condition(criteria), *criteria.definitions.values()]:
            for leaf, _inside in leaves(condition, {}):
                if isinstance(leaf, Compare):
                    found.setdefault(leaf.fact, set()).update(_begins(leaf, parameters))
        for name, entity in criteria.entities.items():
            for short, fact in entity.facts.items():
                if isinstance(fact, IntegerFact | DateFact):
                    stated = [fact.otherwise, *_cells(criteria, profile, name, fact, short, on)]
                    known = [cast("Any", one) for one in stated if one is not None]
                    found.setdefault(f"{name}.{short}", set()).update(_exactly(known))
    return found


def _cells(
    criteria: Criteria, profile: Profile | None, entity: str, fact: IntegerFact | DateFact, short: str, on: date
) -> Iterator[CellValue | None]:
    if fact.from_ is not None:
        row = criteria.entities[entity].facts[fact.from_]
        assert isinstance(row, RowFact)  # noqa: S101 (checked when the set was loaded)
        for one in criteria.tables[row.of].rows:
            yield cell_of(criteria, profile, row.of, one, fact.column or short, on)[0]


def _begins(leaf: Compare, parameters: Mapping[str, CellValue]) -> Iterator[Any]:
    """Yield where a class begins because of one comparison; a parameter without a value compares nothing."""
    operation, wanted = leaf.op, leaf.operand
    value = parameters.get(wanted.parameter) if isinstance(wanted, ParameterRef) else wanted
    if isinstance(value, bool) or not isinstance(value, int | date):
        return
    match operation:
        case "at_least":
            yield value
        case "at_most":
            yield from _next(value)
        case _:
            yield from _exactly([value])


def _exactly(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        yield value
        yield from _next(value)


def _next(value: Any) -> Iterator[Any]:
    if isinstance(value, date):
        if value < date.max:
            yield value + DAY
    else:
        yield value + 1
