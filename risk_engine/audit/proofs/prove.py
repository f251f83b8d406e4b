"""All questions about one version of a criteria set, asked one after the other."""

import multiprocessing
from collections.abc import Callable, Iterator
from datetime import date

from risk_engine.audit.proofs import monotone, occur, options, promises
from risk_engine.audit.proofs.days import changing_days, day_in_force
from risk_engine.audit.proofs.directions import directions
from risk_engine.audit.proofs.entries import conditions_in, needed
from risk_engine.audit.proofs.space import Limits, Space
from risk_engine.language import _
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.profile import Profile
from risk_engine.model.proof import TOPICS, Claim, ProofReport
from risk_engine.version import __version__

Tell = Callable[[int, int], None]


def prove(
    criteria: CriteriaSet,
    base: Case,
    on: date,
    profile: Profile | None = None,
    limits: Limits | None = None,
    tell: Tell = lambda *_: None,
) -> ProofReport:
    """Return every claim about a set as it stands on a day, over all cases; `base` is where examples start.

    `limits` says how far questions look, and over how many processes those about single indicators are spread; `tell`
    is called with how many of how many parts are done. Raises SolverMismatchError, a defect of this program, where the
    engine does not confirm a case.
    """
    asked = Questions(criteria, base, on, profile, limits or Limits())
    names = tuple(criteria.indicators)
    parts = len(names) + 1
    claims: list[Claim] = []
    unsettled = monotone.Unsettled()
    for number, (found, falling) in enumerate(_spread(asked, names, asked.limits.jobs)):
        claims += found
        unsettled.add(falling)
        tell(number + 1, parts)
    claims += asked.of_the_whole(unsettled)
    tell(parts, parts)
    return asked.report(claims)


class Questions:
    """What is asked about one set: each indicator in a space of its own, ladders and promises over the whole."""

    def __init__(self, criteria: CriteriaSet, base: Case, on: date, profile: Profile | None, limits: Limits) -> None:
        """Take the set, its base case, the day, a profile and how far questions look."""
        self.criteria = criteria
        self.base = base
        self.on = on
        self.profile = profile
        self.limits = limits
        self._spaces: dict[date, Space] = {}

    def space(self, on: date) -> Space:
        """Return all cases on a day."""
        if on not in self._spaces:
            self._spaces[on] = Space([self.criteria], self.base, on, self.limits, self.profile)
        return self._spaces[on]

    def of_indicator(self, name: str) -> tuple[list[Claim], monotone.Unsettled]:
        """Return the claims about an indicator, on the day or else on the nearest on which it is in force."""
        unsettled = monotone.Unsettled()
        indicator = self.criteria.indicators[name]
        day = day_in_force(indicator.effective, self.on)
        if day is None:
            return [occur.never_in_force(name)], unsettled
        # Both cases of a pair keep the entries that show what each rule says of them, and the one that differs.
        bounds = {entity: 2 * number + 1 for entity, number in self._needed(name).items()}
        space = self.space(day).beside(bounds)
        claims = [
            *occur.of_indicator(name, space),
            *monotone.of_indicator(name, space, unsettled, lambda one: self._family(one, day)),
            *options.of_indicator(name, space),
        ]
        return claims, unsettled if day == self.on else monotone.Unsettled()

    def _needed(self, name: str) -> dict[str, int]:
        return needed(conditions_in(self.criteria.indicators[name]), self.criteria)

    def _family(self, name: str, day: date) -> Space | None:
        members = next((one for one in self.criteria.head.families.values() if name in one), None)
        if members is None:
            return None
        conditions = [one for member in members for one in conditions_in(self.criteria.indicators[member])]
        bounds = {entity: 2 * number + 1 for entity, number in needed(conditions, self.criteria).items()}
        space = self.space(day).beside(bounds)
        for member in members:
            if member in space.reading.in_force:
                space.reading.finding(member)
        return space

    def of_the_whole(self, unsettled: monotone.Unsettled) -> Iterator[Claim]:
        """Yield the claims about ladders, promises and directions."""
        space = self.space(self.on)
        space.reading.facts.whole()
        yield from occur.ladders(space)
        yield from monotone.of_ladders(space, unsettled, monotone.claimed(self.criteria))
        yield from promises.of_results(space)
        yield from promises.alone(space)
        yield from promises.same(self.criteria)
        yield from directions(self.criteria)

    def report(self, claims: list[Claim]) -> ProofReport:
        """Return the report, its claims by topic."""
        head = self.criteria.head
        return ProofReport(
            set_id=head.id,
            version=head.version,
            title=head.title,
            digest=self.criteria.digest,
            engine_version=__version__,
            on=self.on,
            bounds=dict(self.space(self.on).blanks.bounds),
            put_aside=tuple(_put_aside(self.criteria, self.on)),
            later=tuple(one for one in changing_days(self.criteria) if one > self.on),
            claims=tuple(sorted(claims, key=lambda one: TOPICS.index(one.topic))),
        )


def _put_aside(criteria: CriteriaSet, on: date) -> Iterator[str]:
    yield _("Free text and the names of rows: no rule reads them.")
    yield _("Numbers and days: one of each class that rules can tell apart stands for all of it; nothing is lost.")
    yield _("Evidence, and controls that are planned or agreed: no ladder reads them.")
    yield _(
        "Further entries: a question about one indicator has as many entries of a list as its rules can tell apart, "
        "so more would change nothing; a question about the whole set has as many as stated above."
    )
    yield _("Other days than {day}: rules and tables are read as they stand on it.", day=on.isoformat())
    if criteria.awareness:
        yield _("Awareness notes: they change no result.")


# --- in several processes ---

_work: Questions | None = None
"""What the processes share: it cannot be sent, so they inherit it."""


def _spread(asked: Questions, names: tuple[str, ...], jobs: int) -> Iterator[tuple[list[Claim], monotone.Unsettled]]:
    global _work  # noqa: PLW0603 (a forked process finds it here)
    if jobs <= 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(asked.of_indicator, names)
        return
    asked.space(asked.on)  # what all of them need is made once
    _work = asked
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap(_of_indicator, names, chunksize=4)


def _of_indicator(name: str) -> tuple[list[Claim], monotone.Unsettled]:
    assert _work is not None  # noqa: S101 (set before any process is started)
    return _work.of_indicator(name)
