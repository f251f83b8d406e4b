"""What is asked about one set: each indicator, ladder and promise in a space of its own, so that all can be spread."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple, TypeAlias, assert_never

from risk_engine.audit.proofs import alike, monotone, occur, options, promises
from risk_engine.audit.proofs.days import day_in_force
from risk_engine.audit.proofs.directions import directions
from risk_engine.audit.proofs.monotone import Unsettled
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.profile import Profile
from risk_engine.model.proof import Claim, Topic
from risk_engine.model.reading import conditions_of
from risk_engine.model.words import Period
from risk_engine.solver.space import Limits, Space, needed
from risk_engine.solver.unbounded import AnyLength

Kind: TypeAlias = Literal["indicator", "ladder", "results", "alone", "same", "directions"]


class Task(NamedTuple):
    """A part of what is asked that depends on no other: about one thing, the number says in which order it is told."""

    number: int
    kind: Kind
    name: str


class Questions:
    """What is asked about one set on one day."""

    def __init__(
        self,
        criteria: CriteriaSet,
        base: Case,
        on: date,
        profile: Profile | None,
        limits: Limits,
        topics: frozenset[Topic],
    ) -> None:
        """Take the set, its base case, the day, a profile, how far questions look, and the topics."""
        self.criteria = criteria
        self.base = base
        self.on = on
        self.profile = profile
        self.limits = limits
        self.topics = topics
        self._spaces: dict[date, Space] = {}

    def space(self, on: date) -> Space:
        """Return all cases on a day, of which nothing is asked: each question has a space beside it."""
        if on not in self._spaces:
            self._spaces[on] = Space([self.criteria], self.base, on, self.limits, self.profile)
        return self._spaces[on]

    def tasks(self) -> list[Task]:
        """Return the parts of what is asked; those that take long come first, so that no process waits for them."""
        criteria, topics = self.criteria, self.topics
        found: list[tuple[Kind, str]] = []
        if topics - {"promises", "directions"}:
            found += [("indicator", name) for name in criteria.indicators]
        if "occur" in topics:
            found += [("ladder", name) for name in criteria.ladders]
        if "promises" in topics:
            found += [("results", "")] if criteria.invariants.results else []
            found += [("alone", name) for name in criteria.invariants.alone]
            found += [("same", name) for name in criteria.invariants.same]
        if "directions" in topics:
            found.append(("directions", ""))
        tasks = [Task(number, kind, name) for number, (kind, name) in enumerate(found)]
        return sorted(tasks, key=lambda one: one.kind == "indicator")

    def claims(self, task: Task) -> tuple[list[Claim], Unsettled]:
        """Return what came of one part, and of an indicator under which steps it can fall."""
        unsettled = Unsettled()
        return list(self._claims(task, unsettled)), unsettled

    def _claims(self, task: Task, unsettled: Unsettled) -> Iterator[Claim]:
        match task.kind:
            case "indicator":
                yield from self._of_indicator(task.name, unsettled)
            case "ladder":
                yield from occur.of_ladder(task.name, self._whole())
            case "results":
                yield from promises.of_results(self._whole())
            case "alone":
                yield promises.alone(task.name, self.space(self.on).beside({}))
            case "same":
                yield self._alike(task.name)
            case "directions":
                yield from directions(self.criteria)
            case _:
                assert_never(task.kind)

    def of_steps_of_ladders(self, unsettled: Unsettled) -> Iterator[Claim]:
        """Yield the claims about steps that must not move a ladder; under which ones findings move is known by then."""
        claimed = monotone.claimed(self.criteria)
        if not self.topics.isdisjoint({"monotone", "missing", "controls"}):
            # The entry of a list that a step changes has a place of its own.
            space = self._whole(own=1)
            for name in claimed if "monotone" in self.topics else ():
                yield monotone.ladder_never_falls(name, space, unsettled)
            for name in self.criteria.ladders if "missing" in self.topics else ():
                yield monotone.ladder_never_widens(name, space, unsettled)
            for name in claimed if "controls" in self.topics else ():
                yield monotone.ladder_never_rises(name, space, unsettled)

    def _of_indicator(self, name: str, unsettled: Unsettled) -> Iterator[Claim]:
        """Yield the claims about an indicator, on the day or else on the nearest on which it is in force."""
        indicator = self.criteria.indicators[name]
        # On a day before the version itself, ladders read whatever is not out of force by its own dates.
        is_read = indicator.effective.covers(self.on)
        day = self.on if is_read else day_in_force(_within_version(indicator.effective, self.criteria), self.on)
        if day is None:
            if "occur" in self.topics:
                yield occur.never_in_force(name)
            return
        # What can fall on another day does not matter to the ladders of this one.
        falling = unsettled if day == self.on else Unsettled()
        for claim in self._about(name, day, falling):
            yield claim if day == self.on else claim.model_copy(update={"on": day})

    def _about(self, name: str, day: date, unsettled: Unsettled) -> Iterator[Claim]:
        space = self._of([name], day)
        if "occur" in self.topics:
            yield from occur.of_indicator(name, space)
        if "monotone" in self.topics:
            yield monotone.riskier_answer(name, space, unsettled, lambda one: self._family(one, day))
        if "missing" in self.topics:
            yield monotone.missing_answer(name, space, unsettled)
        if "controls" in self.topics and self.criteria.indicators[name].controls:
            yield monotone.control_in_place(name, space, unsettled)
        if "options" in self.topics:
            yield from options.of_indicator(name, space)

    def _of(self, names: list[str], day: date) -> Space:
        """Return a space for some indicators, all of each asked for, with so many entries that more change nothing."""
        conditions = [one for name in names for one in conditions_of(self.criteria.indicators[name])]
        # Both cases of a pair keep the entries that show what each rule says of them, and the one that differs.
        bounds = {entity: 2 * number + 1 for entity, number in needed(conditions, self.criteria).items()}
        space = self.space(day).beside(bounds)
        for name in names:
            space.reading.finding(name)
        return space

    def _whole(self, own: int = 0) -> AnyLength:
        """Return all cases of the whole set, everything that one can answer asked for."""
        return AnyLength(self.space(self.on).beside({}), lambda space: space.reading.facts.whole(), own)

    def _family(self, name: str, day: date) -> Space | None:
        members = monotone.family_of(name, self.criteria)
        if not members:
            return None
        return self._of([one for one in members if self.criteria.indicators[one].effective.covers(day)], day)

    def _alike(self, name: str) -> Claim:
        known = alike.alike_by_form(name, self.criteria)
        if known is not None:
            return known
        in_force = [one for one, indicator in self.criteria.indicators.items() if indicator.effective.covers(self.on)]
        return alike.alike(name, ((one, self._of([one], self.on)) for one in in_force), self.criteria)


def _within_version(period: Period, criteria: CriteriaSet) -> Period:
    """Return the part of a time that lies in that of the version."""
    begins = criteria.head.in_force.from_
    first = begins if period.from_ is None else max(begins, period.from_)
    return Period(from_=first, until=period.until)
