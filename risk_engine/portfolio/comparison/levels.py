"""How the ladders of two criteria sets compare, by the levels that they say mean the same (`equals`)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Literal, TypeAlias

from risk_engine.model.assessment import Assessment, LadderOutcome
from risk_engine.model.comparison import ROLES, Place, Relation, Role
from risk_engine.model.criteria import CriteriaSet

_Which: TypeAlias = Literal["same", "first", "second", "nobody knows"]
"""Which of two levels is the stricter one."""


def relations(assessments: Sequence[Assessment], sets: Sequence[CriteriaSet]) -> Iterator[Relation]:
    """Yield how every two results compare, in each role in which both sets have a ladder."""
    sides = [_Side(number, *pair) for number, pair in enumerate(zip(assessments, sets, strict=True))]
    for one, other in combinations(sides, 2):
        for role in ROLES:
            mine, theirs = one.assessment.proposal(role), other.assessment.proposal(role)
            if mine is not None and theirs is not None:
                yield _relation(role, (one, mine), (other, theirs))


@dataclass(frozen=True)
class _Side:
    """One of the assessments with its criteria."""

    number: int
    assessment: Assessment
    criteria: CriteriaSet

    def stated(self, ladder: str, other: "_Side") -> Mapping[str, str]:
        """Return level: the level of the other set that it is said to equal."""
        levels = self.criteria.ladders[ladder].levels
        found = {name: level.equals.split(" of ") for name, level in levels.items() if level.equals}
        return {name: level for name, (level, of) in found.items() if of == other.criteria.head.id}


def _relation(role: Role, first: tuple[_Side, LadderOutcome], second: tuple[_Side, LadderOutcome]) -> Relation:
    (one, mine), (other, theirs) = first, second
    links = _links(one, mine, other, theirs)
    places = tuple(_place(level, mine.levels, theirs.levels, links) for level in mine.levels)
    placed = {place.level: place for place in places}
    verdicts = {
        _stricter(placed[level], there, theirs.levels) for level, there in product(_possible(mine), _possible(theirs))
    }
    verdict, stricter = _verdict(verdicts, one.number, other.number)
    return Relation(role=role, first=one.number, second=other.number, verdict=verdict, stricter=stricter, places=places)


def _verdict(
    verdicts: set[_Which], first: int, second: int
) -> tuple[Literal["same", "differs", "open", "unrelated"], int | None]:
    match sorted(verdicts):
        case ["same"]:
            return "same", None
        case ["first"]:
            return "differs", first
        case ["second"]:
            return "differs", second
        case ["nobody knows"]:
            return "unrelated", None
        case _:
            return "open", None


def _possible(proposal: LadderOutcome) -> list[str]:
    """Return every level that the case may still come to: its range, and what stands provisionally beyond it."""
    places = [proposal.levels.index(one) for one in (proposal.level, *proposal.range)]
    return list(proposal.levels[min(places) : max(places) + 1])


def _links(one: _Side, mine: LadderOutcome, other: _Side, theirs: LadderOutcome) -> set[tuple[int, int]]:
    """Return the pairs of levels that mean the same, by their places; none where what is said contradicts itself."""
    if one.criteria.head.id == other.criteria.head.id:
        # Two versions of one set: a level is what it was as long as its ladder and its name are.
        pairs = {(name, name) for name in mine.levels} if mine.ladder == theirs.ladder else set()
    else:
        pairs = set(one.stated(mine.ladder, other).items())
        pairs |= {(level, name) for name, level in other.stated(theirs.ladder, one).items()}
    links = {
        (mine.levels.index(level), theirs.levels.index(there))
        for level, there in pairs
        if level in mine.levels and there in theirs.levels
    }
    crossed = any(a < c and b > d for (a, b), (c, d) in product(links, links))
    return set() if crossed else links


def _place(level: str, mine: Sequence[str], theirs: Sequence[str], links: set[tuple[int, int]]) -> Place:
    at = mine.index(level)
    equal = sorted(there for here, there in links if here == at)
    milder = max((there for here, there in links if here < at), default=None)
    stricter = min((there for here, there in links if here > at), default=None)
    if not equal and milder is not None and milder == stricter:
        equal = [milder]  # between two levels that both mean this one
    if equal:
        span = range(equal[0], equal[-1] + 1)
        return Place(level=level, equals=tuple(theirs[one] for one in span), above=None, below=None)
    return Place(
        level=level,
        equals=(),
        above=None if milder is None else theirs[milder],
        below=None if stricter is None else theirs[stricter],
    )


def _stricter(place: Place, there: str, theirs: Sequence[str]) -> _Which:
    at = theirs.index(there)
    if place.equals:
        if there in place.equals:
            return "same"
        return "first" if theirs.index(place.equals[0]) > at else "second"
    if place.above is not None and at <= theirs.index(place.above):
        return "first"
    if place.below is not None and at >= theirs.index(place.below):
        return "second"
    return "nobody knows"
