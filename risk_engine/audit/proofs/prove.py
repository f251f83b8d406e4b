"""What is asked about one version of a set: each indicator, ladder and promise by itself, spread over processes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, assert_never

from risk_engine.audit.proofs.claims import (
    alike,
    alike_by_form,
    alone,
    directions,
    never_in_force,
    of_indicator,
    of_ladder,
    of_results,
    options_of_indicator,
)
from risk_engine.audit.proofs.monotone import (
    Unsettled,
    control_in_place,
    family_of,
    ladder_never_falls,
    ladder_never_rises,
    ladder_never_widens,
    missing_answer,
    riskier_answer,
)
from risk_engine.audit.versions import changing_days, day_in_force
from risk_engine.engine.nearby import Nearby
from risk_engine.files.language import _
from risk_engine.files.processes import Tell, spread
from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.loading.releases import choose, in_force_until, newest
from risk_engine.loading.sets import Version
from risk_engine.model.case import Case
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.model.proof import TOPICS, Claim, ProofReport, Topic
from risk_engine.model.references import conditions_of, reopening
from risk_engine.model.words import Period
from risk_engine.solver.answers import THOROUGH
from risk_engine.solver.space import Limits, Space, needed
from risk_engine.solver.unbounded import AnyLength
from risk_engine.version import __version__

if TYPE_CHECKING:
    import z3

OF_ANSWERS: frozenset[Topic] = frozenset({"monotone", "missing"})
"""What compares a case with one that answers otherwise; neither has answers that contradict each other and are open."""

Kind: TypeAlias = Literal["indicator", "ladder", "results", "alone", "same", "directions"]


TOGETHER = 4
"""About so many indicators questions are asked whose terms live together: to make room for them takes as long as to ask
a few."""


class Task(NamedTuple):
    """A part of what is asked that depends on no other: about one thing, the number says in which order it is told."""

    number: int
    kind: Kind
    name: str


class Questions:
    """What is asked about one set on one day."""

    def __init__(
        self,
        criteria: Criteria,
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
        self._near = Nearby(criteria, base, profile)
        self._context: z3.Context | None = None
        """Where the terms of the indicators live that are asked about together."""

    def space(self, on: date) -> Space:
        """Return all cases on a day, of which nothing is asked: each question has a space beside it."""
        if on not in self._spaces:
            self._spaces[on] = Space([self.criteria], self.base, on, self.limits, self.profile)
            self._spaces[on].near = [self._near]
        return self._spaces[on]

    def tasks(self) -> list[tuple[Task, ...]]:
        """Return the parts of what is asked; those that take long come first, so that no process waits for them.

        A few indicators are asked about together, whatever the number of processes.
        """
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
        indicators = [one for one in tasks if one.kind == "indicator"]
        together = [tuple(indicators[start : start + TOGETHER]) for start in range(0, len(indicators), TOGETHER)]
        return [*((one,) for one in tasks if one.kind != "indicator"), *together]

    def claims(self, tasks: Sequence[Task]) -> list[tuple[Task, list[Claim], Unsettled]]:
        """Return what came of each task of a part, and of an indicator under which steps it can fall."""
        self._context = None
        found = []
        for task in tasks:
            unsettled = Unsettled()
            found.append((task, list(self._claims(task, unsettled)), unsettled))
        return found

    def _claims(self, task: Task, unsettled: Unsettled) -> Iterator[Claim]:
        match task.kind:
            case "indicator":
                yield from self._of_indicator(task.name, unsettled)
            case "ladder":
                yield from of_ladder(task.name, self._whole())
            case "results":
                yield from of_results(self._whole())
            case "alone":
                yield alone(task.name, self.space(self.on).beside({}))
            case "same":
                yield self._alike(task.name)
            case "directions":
                yield from directions(self.criteria)
            case _:
                assert_never(task.kind)

    def of_steps_of_ladders(self, unsettled: Unsettled) -> Iterator[Claim]:
        """Yield the claims about steps that must not move a ladder; under which ones findings move is known by then."""
        ladders = self.criteria.head.roles.deciding
        # The entry of a list that a step changes has a place of its own.
        if not self.topics.isdisjoint(OF_ANSWERS):
            space = self._whole(own=1, go_together=True)
            for name in ladders if "monotone" in self.topics else ():
                yield ladder_never_falls(name, space, unsettled)
            for name in self.criteria.ladders if "missing" in self.topics else ():
                yield ladder_never_widens(name, space, unsettled)
        if "controls" in self.topics:
            space = self._whole(own=1)
            for name in ladders:
                yield ladder_never_rises(name, space, unsettled)

    def _of_indicator(self, name: str, unsettled: Unsettled) -> Iterator[Claim]:
        """Yield the claims about an indicator, on the day or else on the nearest on which it is in force."""
        indicator = self.criteria.indicators[name]
        # On a day before the version itself, ladders read whatever is not out of force by its own dates.
        is_read = indicator.effective.covers(self.on)
        day = self.on if is_read else day_in_force(_within_version(indicator.effective, self.criteria), self.on)
        if day is None:
            if "occur" in self.topics:
                yield never_in_force(name)
            return
        # What can fall on another day does not matter to the ladders of this one.
        falling = unsettled if day == self.on else Unsettled()
        for claim in self._about(name, day, falling):
            yield claim if day == self.on else claim.model_copy(update={"on": day})

    def _about(self, name: str, day: date, unsettled: Unsettled) -> Iterator[Claim]:
        space = self._of([name], day)
        steps = self._of([name], day, go_together=True) if not self.topics.isdisjoint(OF_ANSWERS) else space
        if "occur" in self.topics:
            yield from of_indicator(name, space)
        if "monotone" in self.topics:
            yield riskier_answer(name, steps, unsettled, lambda one: self._family(one, day))
        if "missing" in self.topics:
            yield missing_answer(name, steps, unsettled)
        if "controls" in self.topics and any(one.all for one in self.criteria.indicators[name].controls):
            yield control_in_place(name, space, unsettled)
        if "options" in self.topics:
            yield from options_of_indicator(name, space)

    def _of(self, names: list[str], day: date, *, go_together: bool = False) -> Space:
        """Return a space for some indicators, all of each asked for, with so many entries that more change nothing."""
        conditions = [one for name in names for one in conditions_of(self.criteria.indicators[name])]
        # Both cases of a pair keep the entries that show what each rule says of them, and the one that differs.
        bounds = {entity: 2 * number + 1 for entity, number in needed(conditions, self.criteria).items()}
        space = self.space(day).beside(bounds, go_together=go_together, context=self._context)
        self._context = space.blanks.context
        for name in names:
            space.reading.finding(name)
        return space

    def _whole(self, own: int = 0, *, go_together: bool = False) -> AnyLength:
        """Return all cases of the whole set, everything that one can answer asked for."""
        space = self.space(self.on).beside({}, go_together=go_together)
        return AnyLength(space, lambda one: one.reading.facts.whole(), own)

    def _family(self, name: str, day: date) -> Space | None:
        members = family_of(name, self.criteria)
        if not members:
            return None
        in_force = [one for one in members if self.criteria.indicators[one].effective.covers(day)]
        return self._of(in_force, day, go_together=True)

    def _alike(self, name: str) -> Claim:
        known = alike_by_form(name, self.criteria)
        if known is not None:
            return known
        in_force = [one for one, indicator in self.criteria.indicators.items() if indicator.effective.covers(self.on)]
        return alike(name, ((one, self._of([one], self.on)) for one in in_force), self.criteria)


def _within_version(period: Period, criteria: Criteria) -> Period:
    """Return the part of a time that lies in that of the version."""
    begins = criteria.head.in_force.from_
    first = begins if period.from_ is None else max(begins, period.from_)
    return Period(from_=first, until=period.until)


def prove(  # noqa: PLR0913 (what is asked, of what, and how far)
    criteria: Criteria,
    base: Case,
    on: date,
    profile: Profile | None = None,
    limits: Limits | None = None,
    *,
    only: Collection[Topic] = TOPICS,
    tell: Tell = lambda *_: None,
) -> ProofReport:
    """Return every claim about a set as it stands on a day, over all cases; `base` is where examples start.

    `limits` says how far questions look, and over how many processes they are spread; `only` names the topics that are
    asked about; `tell` is called with how many of how many parts are done. The report is the same over however many
    processes. Raises SolverMismatchError, a defect of this program, where the engine does not confirm a case, and
    NotInForceError if a parameter has no value on the day.
    """
    topics = tuple(one for one in TOPICS if one in only)
    looked = replace(limits or Limits(), search=THOROUGH)
    asked = Questions(criteria, base, on, profile, looked, frozenset(topics))
    parts = asked.tasks()
    number = sum(map(len, parts)) + 1
    found: dict[Task, list[Claim]] = {}
    unsettled = Unsettled()
    tell(0, number)
    if looked.jobs > 1:
        asked.space(on)  # what all processes need is made once
    for came in spread(Questions.claims, asked, parts, looked.jobs):
        for task, claims_of_task, falling in came:
            found[task] = claims_of_task
            unsettled.add(falling)
        tell(len(found), number)
    claims = [claim for task in sorted(found) for claim in found[task]]
    claims += asked.of_steps_of_ladders(unsettled)
    tell(number, number)
    head = criteria.head
    return ProofReport(
        set_id=head.id,
        version=head.version,
        title=head.title,
        digest=criteria.digest,
        engine_version=__version__,
        on=on,
        profile=profile.institution if profile else None,
        topics=topics,
        bounds=dict(asked.space(on).blanks.bounds),
        put_aside=tuple(_put_aside(criteria, on, profile, topics)),
        later=tuple(one for one in changing_days(criteria) if one > on),
        claims=tuple(sorted(claims, key=lambda one: TOPICS.index(one.topic))),
    )


def _put_aside(criteria: Criteria, on: date, profile: Profile | None, topics: Collection[Topic]) -> Iterator[str]:
    yield _("Free text and the names of rows: no rule reads them.")
    yield _("Numbers and days: one of each class that rules can tell apart stands for all of it; nothing is lost.")
    yield _("Evidence, and controls that are planned or agreed: no ladder reads them.")
    yield _(
        "Further entries: a question about one indicator has as many entries of a list as its rules can tell apart, "
        "and what is ruled out of the whole set is ruled out of lists of any length; more would change nothing."
    )
    yield _("Other days than {day}: rules and tables are read as they stand on it.", day=on.isoformat())
    if criteria.awareness:
        yield _("Awareness notes: they change no result.")
    if reopening(criteria) and not OF_ANSWERS.isdisjoint(topics):
        yield _(
            "Answers that contradict each other and count as open: with them no riskier and no missing answer is "
            "compared. More may come out while they do, so to leave one of them out can be milder than to give it."
        )
    for name, off in sorted(profile.policy_knock_outs_off.items()) if profile else ():
        if off.applies(on):
            yield _("The policy knock-out of {indicator}: the profile switches it off.", indicator=name)


@dataclass(frozen=True)
class Proved:
    """What was proved of a version, with all that it takes to tell it."""

    version: Version
    criteria: Criteria
    data: dict[str, Any]
    """What the base case states."""
    base: Case
    report: ProofReport


def proof_of(
    reference: str,
    on: date | None = None,
    profile: Path | None = None,
    limits: Limits | None = None,
    *,
    only: Collection[Topic] = TOPICS,
    tell: Tell = lambda *_: None,
) -> Proved:
    """Return what is proved of the version that `SET`, `SET@VERSION` or a folder means.

    Without `on` its rules are read as they stand on the base case's own day, or on the first day on which the version
    is in force if that is later. Raises RiskEngineError where the set, its base case or the profile cannot be used;
    SolverMismatchError, a defect of this program, where the engine does not confirm a case.
    """
    version = newest(reference) if on is None else choose(reference, on).version
    criteria = read_criteria(version.path)
    data, base = base_case(criteria)
    day = on or max(base.assessment_date or date.min, criteria.head.in_force.from_)
    known = load_profile(profile, criteria) if profile is not None else None
    report = prove(criteria, base, day, known, limits, only=only, tell=tell)
    until = in_force_until(version)
    is_in_force = criteria.head.in_force.from_ <= day and (until is None or day < until)
    return Proved(version, criteria, data, base, report.model_copy(update={"is_in_force": is_in_force}))
