"""Which single answer on record, if it were wrong, would change headline and gate most: what to verify first."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple, assert_never

from risk_engine.backends.symbolic.domains import Classes, Domain, Domains
from risk_engine.engine.facts import Read
from risk_engine.engine.replay import Levels, Replays
from risk_engine.engine.work import Worked
from risk_engine.model.case import answer
from risk_engine.model.criteria import CriteriaSet
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
from risk_engine.model.outlook import Direction, IfWrong
from risk_engine.model.reading import facts_of_rules


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


def _is_read(criteria: CriteriaSet, entity: str, short: str, read: frozenset[str]) -> bool:
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
    """Return what another answer moves, None if it moves neither a level nor a range."""
    reached = replays.with_answer(place, instead)
    if reached == replays.now:
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
