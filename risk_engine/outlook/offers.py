"""What may be done about a result: controls that are not in place, and changes of design, each with its term.

A fact is changeable only where the set says what must really change; a bare `true` is no way out. Where it says that of
single answers, no other answer is offered (decision 0033).

A set of such parts is smallest if no part of it can be left out. Whoever knows the goal is asked about few sets: of one
that does not reach it he names parts of which one at least is needed, and what has none of them need not be asked
about. So the smallest sets are the minimal hitting sets of these needs.
"""

import heapq
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, TypeAlias

from risk_engine.engine.facts import Read
from risk_engine.engine.replay import Place
from risk_engine.engine.work import Worked
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import (
    AnyFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    answers_named,
    is_offered,
    must_change,
    offered,
    rising,
)
from risk_engine.model.outlook import Tried, answer_key
from risk_engine.model.words import Id
from risk_engine.solver.blanks import Blank
from risk_engine.solver.domains import DAY, Classes, Domain, place_of
from risk_engine.solver.open_case import OpenCase
from risk_engine.solver.space import Verdict
from risk_engine.solver.terms import Chosen, Interval, Term, is_at, negated

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
        if worked.facts.origins.get(Read(*place)) == "case" and Read(*place) not in worked.facts.superfluous
    )


def changes_tried(criteria: Criteria) -> Tried:
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
    """Return the controls that are not in place, or that have no evidence of a kind that some option needs.

    One that is offered no more on the day of the case is not missed.
    """
    needs: dict[str, list[tuple[str, ...]]] = {}
    for indicator in worked.criteria.indicators.values():
        for option in indicator.controls:
            for name in option.all:
                needs.setdefault(name, []).append(option.needs)
    return tuple(
        name
        for name, control in worked.criteria.controls.items()
        if (
            is_offered(control, worked.on)
            if name not in worked.controls
            else not all(map(worked.controls[name].shows, needs.get(name, [()])))
        )
    )


def strict_end(worked: Worked, ladder: str) -> int:
    """Return the place of the strictest level that a case has on a ladder or may still come to."""
    levels = list(worked.criteria.ladders[ladder].levels)
    proposed = next(one for one in worked.proposed if one.ladder == ladder)
    return max(levels.index(proposed.level), levels.index(proposed.highest))


@dataclass(frozen=True, eq=False)
class Part:
    """One thing that may be done: a control, or another answer to a question; `done` is its term."""

    done: Term
    control: Id | None = None
    place: Place | None = None
    effort: int = MOST_EFFORT
    is_new: bool = True


@dataclass(frozen=True)
class Offer:
    """Everything that may be done about a case, with the case open for it."""

    worked: Worked
    opened: OpenCase
    ladders: tuple[str, ...]

    @classmethod
    def of(cls, worked: Worked, ladders: tuple[str, ...]) -> "Offer":
        """Return what may be done about these ladders."""
        opened = OpenCase(
            worked, worked.case, questions=changeable(worked), controls=missing_controls(worked), binding=False
        )
        for name in ladders:
            opened.reading.ladder(name)
        return cls(worked, opened, ladders)

    @property
    def changes(self) -> list[Blank]:
        """The questions of which another answer is offered, those that no rule of these ladders reads left out."""
        return [one for one in self.opened.blanks.in_order() if self.opened.blanks.is_open(one)]

    def parts(self) -> list[Part]:
        """Return everything that may be done, controls first, in the order of the files."""
        blanks, states, declared = self.opened.blanks, self.worked.controls, self.worked.criteria.controls
        controls = [
            Part(blanks.controls[name], name, None, one.effort, is_new=name not in states)
            for name, one in declared.items()
            if name in blanks.controls
        ]
        changes = [Part(blanks.touched[one].differs, None, self.opened.place(one)) for one in self.changes]
        return [one for one in (*controls, *changes) if not isinstance(one.done, bool)]

    def allowed(self) -> list[Term]:
        """Return that every answer stays as it is, or becomes one that may be offered."""
        return [term for blank in self.changes for term in self._allowed(blank)]

    def _allowed(self, blank: Blank) -> Iterator[Term]:
        asked = self.opened.blanks.touched[blank].answer
        yield negated(asked.unknown)
        value = self.before(blank)
        match asked:
            case Chosen(_unknown, options):
                yield from (
                    term if one in value else negated(term)
                    for one, term in options.items()
                    if not self.may_flip(blank, one)
                )
            case Interval(_unknown, low, _high):
                now, length = self.now(blank), len(low)
                allowed = {now, *self.others(blank)}
                yield from (negated(is_at(low, place)) for place in range(length) if place not in allowed)

    def fact(self, blank: Blank) -> AnyFact:
        """Return the declaration of a question."""
        return self.worked.criteria.entities[blank.entity].facts[blank.fact]

    def before(self, blank: Blank) -> Any:
        """Return what the case states."""
        return self.opened.blanks.stated_in_case(blank)

    def now(self, blank: Blank) -> int:
        """Return the place of the class that the stated answer belongs to."""
        return place_of(self.before(blank), self.domain(blank))

    def domain(self, blank: Blank) -> Domain:
        """Return the classes of answers to a question."""
        return self.opened.blanks.domains[blank.name]

    def others(self, blank: Blank) -> list[int]:
        """Return the places of the answers that are offered in place of the stated one, the nearest first."""
        fact, domain, now = self.fact(blank), self.domain(blank), self.now(blank)
        named = answers_named(fact)
        match rising(fact):
            case True:
                found = list(range(now - 1, -1, -1))
            case False:
                found = list(range(now + 1, len(domain)))
            case None:
                found = sorted((one for one in range(len(domain)) if one != now), key=lambda one: abs(one - now))
        keys = {one: answer_key(domain[one]) for one in found}
        return [one for one, key in keys.items() if (named is None or key in named) and self._is_offered(fact, key)]

    def _is_offered(self, fact: AnyFact, answer: str) -> bool:
        """Return whether people are offered an answer on the day of the case."""
        return not isinstance(fact, ChoiceFact | ChoicesFact) or answer in offered(fact, self.worked.on)

    def nearest(self, blank: Blank, place: int) -> Any:
        """Return of a class of answers the one that is nearest to the stated answer."""
        domain = self.domain(blank)
        if not isinstance(domain, Classes) or not domain.starts:
            return domain[place]
        if place >= self.now(blank):
            return domain.starts[place]
        beyond = domain.starts[place + 1]
        return beyond - DAY if isinstance(beyond, date) else beyond - 1

    def is_mildest(self, blank: Blank, value: Any) -> bool:
        """Return whether no answer is milder than this one, of a fact with a direction."""
        match fact := self.fact(blank):
            case IntegerFact(range=(lowest, highest)):
                return bool(value == (lowest if rising(fact) else highest))
            case DateFact():
                return False
            case _:
                offered = self.others(blank)
                return not offered[offered.index(place_of(value, self.domain(blank))) + 1 :]

    def may_flip(self, blank: Blank, option: str) -> bool:
        """Return whether an option may come in, or go: none comes in where more are riskier, else none goes."""
        fact = self.fact(blank)
        worse, named = rising(fact), answers_named(fact)
        is_in = option in self.before(blank)
        is_there = is_in or self._is_offered(fact, option)
        return is_there and (worse is None or is_in == worse) and (named is None or option in named)


Places: TypeAlias = frozenset[int]
"""Some of the parts, by their places."""
Cost: TypeAlias = tuple[int, ...]
"""What a set costs by each of the measures; the first that differs decides."""
Order: TypeAlias = tuple[int, int, int]
"""Measures, the one that counts first before the others."""
Ask: TypeAlias = Callable[[Collection[int]], tuple[Verdict, Places]]
"""Whether the goal can be reached without some parts, and if not, some of them that cannot all be left out."""

NUMBER, EFFORT, NEW = range(3)
ORDERS = ((NUMBER, EFFORT, NEW), (EFFORT, NUMBER, NEW), (NEW, NUMBER, EFFORT))
"""The orders of measures by each of which the best set is told; all are told in the first."""
BROAD = 1_000
"""Of sets that cost the same the first in the files are looked at first, of so many; then those that lack least."""
MOST = 10_000
"""So many sets are looked at, most of them without asking, before the search is given up: seconds at the most."""


class HittingSets:
    """The smallest sets of parts with which a goal can be reached."""

    def __init__(self, parts: Sequence[Part], ask: Ask) -> None:
        """Take what may be done, and who knows of parts whether the goal can be reached without them."""
        self._parts = parts
        self._ask = ask
        costs = [(1, one.effort, int(one.is_new)) for one in parts]
        self._costs = {order: [tuple(one[measure] for measure in order) for one in costs] for order in ORDERS}
        self._needs: list[Places] = []
        self._reaching: set[Places] = set()
        self.is_all = False
        """Whether the search ended by itself."""

    def up_to(self, limit: int) -> list[tuple[Part, ...]]:
        """Return so many of them: fewest parts first, then least effort, then fewest new ones, then in file order.

        Where there are more than that, the best by each of the three measures are among them.
        """
        limit = max(limit, len(ORDERS))
        self.is_all = True
        found = list(islice(self._in_order(ORDERS[0]), limit + 1))
        if len(found) > limit:
            best = [one for order in ORDERS for one in islice(self._in_order(order), 1)]
            found = list(dict.fromkeys([*best, *found]))[:limit]
            self.is_all = False
        found.sort(key=lambda one: (self._cost(one, ORDERS[0]), sorted(one)))
        return [tuple(self._parts[place] for place in sorted(one)) for one in found]

    def _in_order(self, order: Order) -> Iterator[Places]:
        """Yield the smallest sets, those that cost least first; `is_all` is false after it where it was given up."""
        found: list[Places] = []
        waiting: list[tuple[Cost, int, list[int], Places]] = []
        known: set[Places] = set()
        looked_at = 0

        def wait(one: Places) -> None:
            least = self._least(one, found, order)
            if least is not None:
                depth = len(one) if looked_at < BROAD else -len(one)
                heapq.heappush(waiting, (least, depth, sorted(one), one))

        wait(frozenset())
        while waiting:
            looked_at += 1
            before, *_ties, chosen = heapq.heappop(waiting)
            least = self._least(chosen, found, order)
            if least is None:
                continue
            if least > before:  # more is known by now of what it needs
                wait(chosen)
                continue
            missed = self._missed(chosen, found) if looked_at <= MOST else None
            if missed is None:
                self.is_all = False
                return
            if chosen in self._reaching:
                found.append(chosen)
                yield chosen
            for one in (chosen | {place} for place in missed):
                if one not in known:
                    known.add(one)
                    wait(one)

    def _missed(self, chosen: Places, found: Sequence[Places]) -> Places | None:
        """Return parts of which a set has none though it needs one; none where it reaches the goal, or no set can.

        None where that is not decided.
        """
        if chosen in self._reaching:
            return frozenset()
        missed = next((one for one in self._needs if one.isdisjoint(chosen)), None)
        if missed is not None:
            return missed
        verdict, missed = self._ask(self._without(chosen))
        if verdict == "undecided":
            return None
        if verdict == "possible":
            self._reaching.add(chosen)
        else:
            self._learn(chosen, missed, _whole(chosen, found))
        return missed

    def _learn(self, chosen: Places, missed: Places, whole: Collection[int]) -> None:
        """Note what a set needs, and what it needs beside that: the more is known, the fewer sets are looked at."""
        self._needs.append(missed)
        while left := missed.difference(whole):
            chosen |= left
            verdict, missed = self._ask(self._without(chosen))
            if verdict != "impossible":
                return
            self._needs.append(missed)

    def _without(self, chosen: Places) -> list[int]:
        return [place for place in range(len(self._parts)) if place not in chosen]

    def _least(self, chosen: Places, found: Sequence[Places], order: Order) -> Cost | None:
        """Return what a smallest set with these parts costs at least; None where it would hold one found already."""
        if any(one <= chosen for one in found):
            return None
        whole = _whole(chosen, found)
        costs = [self._cost(chosen, order)]
        apart: set[int] = set()
        for need in self._needs:
            if need.isdisjoint(chosen):
                left = need - whole
                if not left:
                    return None
                if left.isdisjoint(apart):
                    apart |= left
                    costs.append(min(self._costs[order][place] for place in left))
        return _sum(costs)

    def _cost(self, chosen: Collection[int], order: Order) -> Cost:
        return _sum([self._costs[order][place] for place in chosen] or [(0,) * len(order)])


def _sum(costs: Collection[Sequence[int]]) -> Cost:
    return tuple(map(sum, zip(*costs, strict=True)))


def _whole(chosen: Places, found: Sequence[Places]) -> set[int]:
    """Return the parts of which each alone makes a set hold one that was found."""
    return {place for one in found if len(left := one - chosen) == 1 for place in left}
