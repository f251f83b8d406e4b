"""What a result hangs on: single answers on record that may be wrong, and numbers of the criteria that may be others.

Each answer is replaced by every other one that rules tell apart. Parameters, points, bands and the cap are moved down
and up by 10, 25 and 50 %, rounded away from what they are; between these the first value that tips headline or gate is
looked for.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar, assert_never

from risk_engine.engine.facts import Read
from risk_engine.engine.propose import rate
from risk_engine.engine.replay import Levels, Replays
from risk_engine.engine.work import Worked
from risk_engine.files.once import once
from risk_engine.model.case import answer
from risk_engine.model.conditions import ParameterRef
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
    ordered_options,
)
from risk_engine.model.ladders import MOST_MONTHS, SeverityPoints
from risk_engine.model.outlook import Direction, IfWrong, Tips
from risk_engine.model.profile import cell_of, parameters_on
from risk_engine.model.references import asking_conditions, compared_with, conditions_of, facts_of_rules, reads_of
from risk_engine.model.words import SEVERITIES
from risk_engine.solver.domains import Classes, Domain, Domains


class Wrong(NamedTuple):
    """What comes of wrong answers on record: those to verify first, how many there are, and how many were tried."""

    first: tuple[IfWrong, ...]
    moving: int
    answers: int


def if_wrong(worked: Worked, replays: Replays) -> Wrong:
    """Return the answers whose being wrong would move most, those of equally many steps as they stand in the case."""
    domains = Domains([worked.criteria], worked.on, worked.profile)
    found: list[IfWrong] = []
    places = list(on_record(worked))
    for place, recorded in places:
        name = f"{place.entity}.{place.fact}"
        others = alternatives(worked.criteria.fact(name), recorded, domains[name])
        moved = [one for other in others if (one := _moved(replays, place, recorded, other)) is not None]
        if moved:
            found.append(max(moved, key=lambda one: (one.steps, _ends(one.reached, replays))))
    in_order = sorted(found, key=lambda one: -one.steps)
    return Wrong(tuple(in_order), len(found), len(places))


def on_record(worked: Worked) -> Iterator[tuple[Read, Any]]:
    """Yield every answer that the case states and that some rule reads, by itself or by the row that it names."""
    case, criteria = worked.case, worked.criteria
    read = facts_of_rules(criteria)
    for name, entity in criteria.entities.items():
        stated = getattr(case, name)
        shorts = [one for one in entity.facts if _is_read(criteria, name, one, read)]
        for one in (stated,) if entity.many is None else stated or ():
            for short in shorts:
                value = answer(one, short)
                if value is not None:
                    yield Read(name, None if entity.many is None else one.id, short), value


def _is_read(criteria: Criteria, entity: str, short: str, read: frozenset[str]) -> bool:
    facts = criteria.entities[entity].facts
    if not isinstance(facts[short], RowFact):
        return f"{entity}.{short}" in read
    return any(
        f"{entity}.{other}" in read and not isinstance(fact, RowFact | TextFact) and fact.from_ == short
        for other, fact in facts.items()
    )


def alternatives(fact: AnyFact, recorded: Any, domain: Domain) -> Iterator[Any]:
    """Yield one answer of every other class, nearest to the recorded one first; of several options each taken alone."""
    match fact:
        case BooleanFact():
            yield not recorded
        case ChoiceFact():
            order = ordered_options(fact)
            others = [one for one in fact.options if one != recorded]
            if order is not None:
                others.sort(key=lambda one: abs(order.index(one) - order.index(recorded)))
            yield from others
        case ChoicesFact(options=options):
            for option in options:
                yield tuple(one for one in options if (one in recorded) is (one != option))
            if len(recorded) > 1:
                yield ()
        case IntegerFact() | DateFact():
            yield from _nearest(recorded, domain)
        case RowFact():
            yield from (one for one in domain if one != recorded)
        case TextFact():
            return
        case _:
            assert_never(fact)


def _nearest(recorded: Any, domain: Domain) -> Iterator[Any]:
    """Yield of every other class of numbers or days the nearest one."""
    assert isinstance(domain, Classes)  # noqa: S101 (of numbers and days they always are)
    own = max(bisect_right(domain.starts, recorded) - 1, 0)
    step: Any = timedelta(days=1) if isinstance(recorded, date) else 1
    below = [domain.starts[number + 1] - step for number in range(own)]
    above = list(domain.starts[own + 1 :])
    yield from sorted([*below, *above], key=lambda one: abs(one - recorded))


def _moved(replays: Replays, place: Read, recorded: Any, instead: Any) -> IfWrong | None:
    """Return what another answer moves, None if it moves neither a level nor a range, or would be set aside."""
    reached = replays.with_answer(place, instead)
    if reached == replays.now or replays.sets_aside(place, instead):
        return None
    levels, ends = _shifts(reached, replays)
    return IfWrong(
        path=place.path(),
        recorded=recorded,
        instead=instead,
        reached=reached,
        steps=sum(map(abs, levels)),
        direction=_direction(levels if any(levels) else ends),
    )


def _ends(reached: Levels, replays: Replays) -> int:
    return sum(map(abs, _shifts(reached, replays)[1]))


def _shifts(reached: Levels, replays: Replays) -> tuple[list[int], list[int]]:
    """Return by how many steps the levels move, and the ends of the ranges."""
    levels: list[int] = []
    ends: list[int] = []
    for old, new in zip(replays.now, reached, strict=True):
        order = list(replays.worked.criteria.ladders[old.ladder].levels)
        levels.append(order.index(new.level) - order.index(old.level))
        ends.append(order.index(new.lowest) - order.index(old.lowest))
        ends.append(order.index(new.highest) - order.index(old.highest))
    return levels, ends


def _direction(shifts: list[int]) -> Direction:
    if min(shifts) < 0 < max(shifts):
        return "mixed"
    return "stricter" if max(shifts) > 0 else "milder"


What: TypeAlias = Literal["parameter", "points", "band", "cap"]


@dataclass(frozen=True)
class Number:
    """A number of the criteria that can be moved."""

    what: What
    name: str
    value: int
    lowest: int
    """Below it, or above the highest, no criteria could have it: the loader would refuse them."""
    highest: int | None
    came_to: Callable[[int], Levels]
    """What headline and gate come to with another value."""
    changes: Callable[[int], Iterable[int]]
    """The values from here outward to an end at which something about the case may begin to be otherwise."""

    def clipped(self, value: int) -> int:
        """Return the nearest value that criteria may have."""
        value = max(value, self.lowest)
        return value if self.highest is None else min(value, self.highest)


Percent: TypeAlias = Literal[10, 25, 50]
PERCENTS: tuple[Percent, ...] = (10, 25, 50)
"""By how much a number is moved."""


class Stability(NamedTuple):
    """Which numbers tip the result, how many were moved, and how many of their moves no criteria could have."""

    tips: tuple[Tips, ...]
    tried: int
    refused: int


def stability(worked: Worked, replays: Replays) -> Stability:
    """Return every number that tips headline or gate, in each direction the first value that does, nearest first."""
    tips: list[Tips] = []
    refused = 0
    every = [*parameters(worked, replays), *points(worked, replays)]
    for number in every:
        for sign in (-1, 1):
            ends = {percent: number.value + sign * step(number.value, percent) for percent in PERCENTS}
            refused += sum(number.clipped(end) != end for end in ends.values())
            tips += _first(number, ends, replays.now)
    return Stability(tuple(sorted(tips, key=lambda one: one.percent)), len(every), refused)


def step(value: int, percent: Percent) -> int:
    """Return so many percent of a number, rounded up: a moved number is rounded away from what it was.

    >>> [step(5, percent) for percent in PERCENTS]
    [1, 2, 3]
    """
    return -(-abs(value) * percent // 100)


def _first(number: Number, ends: Mapping[Percent, int], now: Levels) -> Iterator[Tips]:
    """Yield the first value that tips the result on the way to the last end, if one does."""
    for value in number.changes(number.clipped(ends[PERCENTS[-1]])):
        if (reached := number.came_to(value)) != now:
            away = abs(value - number.value)
            yield Tips(
                what=number.what,
                name=number.name,
                value=number.value,
                tips_at=value,
                percent=next(one for one, end in ends.items() if away <= abs(end - number.value)),
                reached=reached,
            )
            return


def parameters(worked: Worked, replays: Replays) -> Iterator[Number]:
    """Yield the parameters that are numbers and have a part in the result; 0 has no percentage."""
    criteria = worked.criteria
    deciding = _deciding_parameters(criteria)
    for name, value in parameters_on(criteria, worked.on, worked.profile).items():
        if isinstance(value, bool) or not isinstance(value, int) or value == 0 or name not in deciding:
            continue
        facts = compared_with(criteria)[name]
        ranges = [fact.range for one in facts if isinstance(fact := criteria.fact(one), IntegerFact)]
        if name in _review_months(criteria):
            ranges.append((1, MOST_MONTHS))
        yield Number(
            what="parameter",
            name=name,
            value=value,
            lowest=max(low for low, _high in ranges),
            highest=min(high for _low, high in ranges),
            came_to=partial(replays.with_parameter, name),
            changes=partial(_around, value, {one for fact in facts for one in _answers(worked, fact)}),
        )


def _around(value: int, compared: set[int], end: int) -> list[int]:
    """Return where a comparison of these with a number may come out otherwise while it goes outward to an end.

    It does at each of them and right beside it: `at_least 5` of a 5 still holds at 5 and no longer at 6.
    """
    found = {near for one in compared for near in (one - 1, one, one + 1)}
    return sorted(
        (one for one in found if min(value, end) <= one <= max(value, end) and one != value),
        key=lambda one: abs(one - value),
    )


def _answers(worked: Worked, name: str) -> Iterator[int]:
    """Yield every number that a fact can be in the case, whichever questions a parameter makes be asked."""
    entity, _, short = name.partition(".")
    declared = worked.criteria.entities[entity]
    fact = declared.facts[short]
    assert isinstance(fact, IntegerFact)  # noqa: S101 (it is compared with a number: checked at load)
    several = declared.many is not None
    entries = worked.facts.lists[entity] or () if several else (worked.facts.single[entity],)
    stated = getattr(worked.case, entity)
    found: list[Any] = [fact.otherwise, *(one.values[short] for one in entries)]
    row = declared.facts.get(fact.from_ or "")
    if isinstance(row, RowFact):
        for one in (stated or ()) if several else (stated,):
            named = answer(one, fact.from_ or "")
            if isinstance(named, str):
                column = fact.column or short
                found.append(cell_of(worked.criteria, worked.profile, row.of, named, column, worked.on)[0])
    yield from (one for one in found if isinstance(one, int))


@once
def _deciding_parameters(criteria: Criteria) -> frozenset[str]:
    """Return the parameters that can have a part in a result: an indicator reads them, or what is asked."""
    conditions = [one for indicator in criteria.indicators.values() for one in conditions_of(indicator)]
    conditions += asking_conditions(criteria)
    return reads_of(criteria, *conditions).parameters


@once
def _review_months(criteria: Criteria) -> frozenset[str]:
    """Return the parameters that say when a level is looked at again."""
    levels = [level for ladder in criteria.ladders.values() for level in ladder.levels.values()]
    return frozenset(one.review_months.parameter for one in levels if isinstance(one.review_months, ParameterRef))


T = TypeVar("T")


def points(worked: Worked, replays: Replays) -> Iterator[Number]:
    """Yield the points of each severity, the limit of each band but the first, which is 0, and the cap."""
    severity = worked.criteria.head.severity

    def number(what: What, name: str, value: int, lowest: int, highest: int | None) -> Number:
        moved = partial(_with_number, severity, what, name)
        return Number(
            what=what,
            name=name,
            value=value,
            lowest=lowest,
            highest=highest,
            came_to=lambda other: replays.with_points(moved(other)),
            changes=partial(changes, lambda other: _seen(worked, moved(other)), value),
        )

    # Points may be equal, bands may not: what the loader refuses, no number is moved to.
    values = [severity.of(one) for one in SEVERITIES[1:]]
    around = zip([1, *values], values, [*values[1:], None], strict=False)
    for name, (lowest, value, highest) in zip(SEVERITIES[1:], around, strict=True):
        yield number("points", name, value, lowest, highest)
    cap = severity.cap
    top = max(severity.bands.values())  # which the cap keeps the sum out of
    for (_lower, first), (band, value) in pairwise(severity.bands.items()):
        above = next((one for one in severity.bands.values() if one > value), None)
        lowest = max(first, cap) if cap is not None and value == top else first
        yield number("band", band, value, lowest + 1, None if above is None else above - 1)
    if cap is not None:
        yield number("cap", "cap", cap, 1, top - 1 if top else None)


def changes(of: Callable[[int], T], start: int, end: int) -> list[int]:
    """Return each number, from the start outward to the end, of which `of` says something else than of the one before.

    Every part of what `of` says must rise or fall all the way, so that what is alike at both ends is alike between.

    >>> changes(lambda value: value // 10, 15, 31)
    [20, 30]
    >>> changes(lambda value: value // 10, 15, 5)
    [9]
    """
    if of(start) == of(end):
        return []
    if abs(end - start) == 1:
        return [end]
    middle = (start + end) // 2
    return [*changes(of, start, middle), *changes(of, middle, end)]


def _with_number(severity: SeverityPoints, what: What, name: str, value: int) -> SeverityPoints:
    match what:
        case "points":
            return severity.model_copy(update={"points": {**severity.points, name: value}})
        case "band":
            return severity.model_copy(update={"bands": {**severity.bands, name: value}})
        case _:
            return severity.model_copy(update={"cap": value})


def _seen(worked: Worked, severity: SeverityPoints) -> tuple[Any, ...]:
    """Return what ladders see of the ratings of dimensions."""
    head = worked.criteria.head.model_copy(update={"severity": severity})
    return tuple(
        (tuple(map(severity.band, one.inherent)), tuple(map(severity.band, one.residual)), one.capped)
        for one in rate(worked.found, head)
    )
