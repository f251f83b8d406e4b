"""Asking the solver for the smallest case that meets a goal, on the first day on which there is one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from risk_engine.audit.coverage.goal_terms import meets
from risk_engine.audit.days import days_to_try
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.propose import with_levels
from risk_engine.engine.work import Worked
from risk_engine.files.diagnostics import NotInForceError
from risk_engine.model.case import Case
from risk_engine.model.conditions import Condition
from risk_engine.model.coverage import Goal, Kind
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.proof import Example
from risk_engine.model.references import conditions_of
from risk_engine.solver.confirm import Replayed, contradictions, example, replay
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Limits, Space, Verdict, needed
from risk_engine.solver.terms import Term, both, negated
from risk_engine.solver.unbounded import AnyLength

OF_INDICATORS: frozenset[Kind] = frozenset(
    {"indicator", "severity", "severity_branch", "knock_out", "knock_out_branch", "option", "option_branch"}
)
OF_ONE: frozenset[Kind] = OF_INDICATORS | {"contradiction", "question_branch"}
"""Goals about one record that reads answers alone; the others read all findings at once."""


@dataclass(frozen=True)
class Answer:
    """Whether a case can meet a goal, with the smallest, and the promises of the set that every such case breaks."""

    verdict: Verdict
    found: Example | None = None
    """The case; none where it would break a promise."""
    breaks: tuple[str, ...] = ()


class Search:
    """Looks for cases of one set; questions about one record share what was made for it."""

    def __init__(self, criteria: CriteriaSet, base: Case, on: date, limits: Limits | None = None) -> None:
        """Take the set, the case from which those that are found differ as little as possible, and its day."""
        self.criteria = criteria
        self.base = base
        self.days = days_to_try(criteria, on)
        self.limits = limits or Limits()
        self._wide: dict[date, AnyLength] = {}
        self._narrow: dict[date, Space] = {}
        self._record = ""

    def answer(self, goal: Goal) -> Answer:
        """Return what came of a goal: `impossible` is proved for every day."""
        verdict: Verdict = "impossible"
        for day in self.days:
            try:
                answer = self._on(day, goal)
            except NotInForceError:
                continue  # a parameter has no value yet, so nothing that rests on it is in force
            if answer.verdict == "possible":
                return answer
            verdict = answer.verdict if answer.verdict == "undecided" else verdict
        return Answer(verdict)

    def _on(self, day: date, goal: Goal) -> Answer:
        if goal.kind in OF_ONE:
            verdict, found = self._in(self._space(day, goal), goal)
        else:
            verdict, found = self._whole(day).find(
                lambda space: [[meets(goal, space.reading)]], lambda space: self._in(space, goal)
            )
        if found is None or not found.breaks:
            return found or Answer(verdict)
        # Where every case that was found breaks a promise, one with more entries of lists may keep them all.
        verdict, lawful = self._whole(day).find(
            lambda space: [[meets(goal, space.reading), *self._all_kept(space)]],
            lambda space: self._in(space, goal, *self._all_kept(space)),
        )
        return lawful or (found if verdict == "impossible" else Answer("undecided"))

    def _all_kept(self, space: Space) -> list[Term]:
        return [_kept(name, space.reading) for name in self.criteria.invariants.results]

    def _in(self, space: Space, goal: Goal, *held: Term) -> tuple[Verdict, Answer | None]:
        """Return what came of a goal in a space, with a case if there is one."""
        wanted = (meets(goal, space.reading), *held)
        verdict, model = space.smallest(*wanted)
        if model is None:
            return verdict, None
        first = replay(space, space.reading, model, ()), wanted
        # Never one that breaks a promise, for as a case it would fail; and rather one whose answers go together.
        lawful = _free_of(_broken, first, space)
        if lawful is None:
            return verdict, Answer("possible", breaks=tuple(_broken(first[0].worked)))
        (best, _held) = _free_of(lambda one: (*_broken(one), *_contradictions(one, goal)), lawful, space) or lawful
        return verdict, Answer("possible", example(space, best))

    def _space(self, day: date, goal: Goal) -> Space:
        """Return the cases of a day: in as many entries of lists as the rules of one record can tell apart."""
        if goal.record != self._record:
            self._record, self._narrow = goal.record, {}
        if day not in self._narrow:
            # One entry more than show what each quantifier says: the one whose comparison is to matter.
            bounds = {entity: number + 1 for entity, number in needed(self._read_by(goal), self.criteria).items()}
            self._narrow[day] = self._whole(day).few.beside(bounds)
        return self._narrow[day]

    def _read_by(self, goal: Goal) -> list[Condition]:
        """Return the conditions that a goal about one record rests on; what question is asked one entry shows."""
        if goal.kind in OF_INDICATORS:
            return list(conditions_of(self.criteria.indicators[goal.record]))
        if goal.kind == "contradiction":
            one = self.criteria.invariants.facts[goal.record]
            return [condition for condition in (one.whenever, one.then) if not isinstance(condition, str)]
        return []

    def _whole(self, day: date) -> AnyLength:
        if day not in self._wide:
            # The entry whose comparison is to matter has a place of its own.
            space = Space([self.criteria], self.base, day, self.limits)
            self._wide[day] = AnyLength(space, lambda _space: None, own=1)
        return self._wide[day]


_Found: TypeAlias = tuple[Replayed, tuple[Term, ...]]
"""A case as the engine works it out, with what the solver was asked for."""


def _free_of(faults: Callable[[Worked], Iterable[str]], found: _Found, space: Space) -> _Found | None:
    """Return a case without such faults, asked for until there is one; None where there is none."""
    replayed, held = found
    while names := tuple(faults(replayed.worked)):
        held = (*held, *(_kept(name, space.reading) for name in names))
        _verdict, model = space.smallest(*held)
        if model is None:
            return None
        replayed = replay(space, space.reading, model, ())
    return replayed, held


def _kept(name: str, reading: Reading) -> Term:
    """Return whether answers do not contradict each other in this way, or whether this promise is kept."""
    invariants = reading.criteria.invariants
    one = invariants.results.get(name) or invariants.facts[name]
    whenever, then = reading.holds(one.whenever), reading.holds(one.then)
    return negated(both(whenever.must, negated(then.may)))


def _broken(worked: Worked) -> Iterator[str]:
    """Yield the promises about results that a case breaks."""
    everything = with_levels(worked.results, worked.proposed, worked.criteria)
    for name, one in worked.criteria.invariants.results.items():
        if evaluate(one.whenever, everything).value and evaluate(one.then, everything).value is False:
            yield name


def _contradictions(worked: Worked, goal: Goal) -> Iterator[str]:
    """Yield the contradictions among the answers of a case but the one that is sought."""
    return (one for one in contradictions(worked) if (goal.kind, goal.record) != ("contradiction", one))
