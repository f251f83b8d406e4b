"""What may be done about a case, as far as it is plain without a solver: controls not in place, and changes of design.

A fact is changeable only where the set says what must really change; a bare `true` is no way out. Where it says that of
single answers, no other answer is offered (decision 0033).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeAlias

from risk_engine.backends.symbolic.domains import DAY, Classes, Domain, place_of
from risk_engine.engine.facts import Read
from risk_engine.engine.work import Worked
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import AnyFact, DateFact, IntegerFact, answers_named, direction, must_change
from risk_engine.model.outlook import Tried, answer_key
from risk_engine.model.words import Id

Place: TypeAlias = tuple[str, str | None, str]
"""A question of a case: entity, the entry's id where it is one of a list, and the fact."""
MOST_EFFORT = 3
"""A change of design costs as much as the most laborious control: no set declares less of it."""


def changeable(worked: Worked) -> tuple[Place, ...]:
    """Return the questions that the case answers and a redesign may answer otherwise, in the order of the file."""
    return tuple(
        place
        for name, entity in worked.criteria.entities.items()
        for short, fact in entity.facts.items()
        if must_change(fact) is not None
        for place in _places(worked, name, short)
        # What the office has not been told is asked for first, and what is not asked cannot be changed.
        if worked.facts.origins.get(Read(*place)) == "case"
    )


def changes_tried(criteria: CriteriaSet) -> Tried:
    """Return of which facts that a redesign may change the set says what must really change: others are not tried."""
    facts = [fact for entity in criteria.entities.values() for fact in entity.facts.values()]
    if all(must_change(fact) is None for fact in facts):
        return "none"
    return "some" if any(getattr(fact, "changeable", None) is True for fact in facts) else "all"


def _places(worked: Worked, entity: str, fact: str) -> Iterator[Place]:
    if entity in worked.facts.single:
        yield entity, None, fact
    else:
        yield from ((entity, one.id, fact) for one in worked.facts.lists[entity] or ())


def missing_controls(worked: Worked) -> tuple[Id, ...]:
    """Return the controls that are not in place."""
    return tuple(
        name
        for name in worked.criteria.controls
        if name not in worked.controls or worked.controls[name].counts_as != "in_place"
    )


def rising(fact: AnyFact) -> bool | None:
    """Return whether later, higher or more answers are the riskier ones; None where there is no direction."""
    match direction(fact):
        case None:
            return None
        case one:
            return one in (True, "later", "higher", "more")


def others(fact: AnyFact, now: int, domain: Domain) -> list[int]:
    """Return the places of the answers that are offered in place of the one that stands there, the nearest first."""
    named = answers_named(fact)
    match rising(fact):
        case True:
            found = list(range(now - 1, -1, -1))
        case False:
            found = list(range(now + 1, len(domain)))
        case None:
            found = sorted((one for one in range(len(domain)) if one != now), key=lambda one: abs(one - now))
    return [one for one in found if named is None or answer_key(domain[one]) in named]


def nearest(now: int, place: int, domain: Domain) -> Any:
    """Return of a class of answers the one that is nearest to the class that stands there."""
    if isinstance(domain, Classes) and domain.starts and place < now:
        return _before(domain.starts[place + 1])
    return domain.starts[place] if isinstance(domain, Classes) and domain.starts else domain[place]


def is_mildest(fact: AnyFact, value: Any, now: int, domain: Domain) -> bool:
    """Return whether no answer is milder than this one, of a fact with a direction; `now` is the place of the old."""
    match fact:
        case IntegerFact(range=(lowest, highest)):
            return bool(value == (lowest if rising(fact) else highest))
        case DateFact():
            return False
        case _:
            offered = others(fact, now, domain)
            return not offered[offered.index(place_of(value, domain)) + 1 :]


def _before(value: Any) -> Any:
    return value - DAY if isinstance(value, date) else value - 1


def may_flip(fact: AnyFact, option: str, before: tuple[str, ...]) -> bool:
    """Return whether an option of several may come in, or go: where more are riskier none comes in, else none goes."""
    worse, named = rising(fact), answers_named(fact)
    return (worse is None or (option in before) == worse) and (named is None or option in named)


def strict_end(worked: Worked, ladder: str) -> int:
    """Return the place of the strictest level that a case has on a ladder or may still come to."""
    levels = list(worked.criteria.ladders[ladder].levels)
    proposed = next(one for one in worked.proposed if one.ladder == ladder)
    return max(levels.index(proposed.level), levels.index(proposed.highest))
