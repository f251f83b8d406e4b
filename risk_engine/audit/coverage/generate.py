"""Cases for the goals that the cases of a version do not meet: found, measured, and as few as the goals need."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

from risk_engine.audit.cases import CaseResult, Run, as_it_is, broken_promises, result_of, run_of
from risk_engine.audit.coverage.goal_terms import meets
from risk_engine.audit.coverage.goals import Shown, check_coverage
from risk_engine.audit.versions import days_to_try
from risk_engine.engine.work import Worked
from risk_engine.files.diagnostics import InvalidSourceError, NotInForceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.processes import Tell
from risk_engine.loading.case_tests import base_case, read_tests, stated_cases
from risk_engine.model.case import Case, shown_in_place
from risk_engine.model.companion_files import CaseTest, CaseTests, Expected
from risk_engine.model.conditions import Condition, deep_walks
from risk_engine.model.coverage import Generated, GeneratedCase, Goal, Key, Kind, Unwritten
from risk_engine.model.criteria import Criteria
from risk_engine.model.proof import Example
from risk_engine.model.references import conditions_of, needed_kinds
from risk_engine.solver.confirm import Replayed, SolverMismatchError, contradictions, example, replay
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Limits, Space, Verdict, needed
from risk_engine.solver.terms import Term, negated
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

    def __init__(self, criteria: Criteria, base: Case, on: date, limits: Limits | None = None) -> None:
        """Take the set, the case from which those that are found differ as little as possible, and its day."""
        self.criteria = criteria
        self.base = base
        self.days = days_to_try(criteria, on)
        self.limits = limits or Limits()
        self._wide: dict[date, AnyLength] = {}
        self._narrow: dict[date, Space] = {}
        self._record = ""

    @deep_walks()
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
    return negated(reading.breaks(invariants.results.get(name) or invariants.facts[name]))


def _broken(worked: Worked) -> Iterator[str]:
    """Yield the promises about results that a case breaks."""
    return broken_promises(worked.results, worked.proposed, worked.criteria)


def _contradictions(worked: Worked, goal: Goal) -> Iterator[str]:
    """Yield the contradictions among the answers of a case but the one that is sought."""
    return (one for one in contradictions(worked) if (goal.kind, goal.record) != ("contradiction", one))


Named = Callable[[Goal], str]


@dataclass(frozen=True)
class Generation:
    """What was generated for a version, and its cases that fail: what they show does not count."""

    criteria: Criteria
    generated: Generated
    failed: tuple[CaseResult, ...]


@dataclass(frozen=True)
class _Candidate:
    """A case that was found, the goal for which it was sought, and all missing goals that it meets."""

    test: CaseTest
    run: Run
    sought: Goal
    meets: frozenset[Key]


def generate(
    folder: Path,
    named: Callable[[Criteria], Named],
    tell: Tell = lambda *_: None,
    limits: Limits | None = None,
) -> Generation:
    """Return cases that meet what the cases of the version in `folder` do not, and the goals that no case can meet.

    `named` says for a set how a case that shows a goal is called; `tell` is called with how many of how many goals are
    done. Raises InvalidSourceError where the set or its cases.yaml cannot be used; RiskEngineError where the base case
    has no date; SolverMismatchError, a defect of this program, where a case that the solver found does not meet its
    goal.
    """
    check = check_coverage(folder)
    criteria, missing = check.criteria, check.coverage.missing
    _data, base = base_case(criteria)
    if base.assessment_date is None:
        raise RiskEngineError(_("the base case has no assessment date"), _("add `assessment_date:` to it"))
    search = Search(criteria, base, base.assessment_date, limits)
    maker = _Maker(criteria, missing, named(criteria))
    candidates: list[_Candidate] = []
    answers: dict[Verdict, list[Goal]] = {"impossible": [], "undecided": []}
    unwritten: list[Unwritten] = []
    met: set[Key] = set()
    for number, goal in enumerate(missing, start=1):
        if goal.key not in met:
            answer = search.answer(goal)
            if answer.found is not None:
                candidates.append(maker.candidate(goal, answer.found, base))
                met |= candidates[-1].meets
            elif answer.breaks:
                unwritten.append(Unwritten(goal=goal, breaks=answer.breaks))
            else:
                answers[answer.verdict].append(goal)
        tell(number, len(missing))
    generated = Generated(
        criteria=criteria.head.id,
        version=criteria.head.version,
        digest=criteria.digest,
        missing=len(missing),
        cases=tuple(maker.cases(candidates)),
        impossible=tuple(answers["impossible"]),
        undecided=tuple(one for one in answers["undecided"] if one.key not in met),
        unwritten=tuple(one for one in unwritten if one.goal.key not in met),
    )
    return Generation(criteria, generated, check.failed)


def _expected(run: Run, goals: Collection[Goal]) -> Expected:
    """Return what the set makes of a case; awareness and knock-outs only where one of the goals is about them."""
    barred = {one.record for one in goals if one.kind in {"knock_out", "knock_out_branch"}}
    aware = any(one.kind in {"awareness", "awareness_branch"} for one in goals)
    return as_it_is(run, barred, with_awareness=aware)


class _Maker:
    """Makes cases of cases.yaml of what the solver found, each measured as the cases are that are there."""

    def __init__(self, criteria: Criteria, missing: Sequence[Goal], named: Named) -> None:
        self._criteria = criteria
        self._document, self._tests = read_tests(criteria)
        self._missing = {one.key: one for one in missing}
        self._named = named
        self._names = {"base", *(one.name for one in self._tests.cases)}

    def candidate(self, goal: Goal, found: Example, base: Case) -> _Candidate:
        """Return the case with all that it meets; raise SolverMismatchError where it does not meet its goal."""
        given = dict(found.given)
        if base.controls:
            given["controls"] = ()
        in_place, needed = found.in_place, needed_kinds(self._criteria)
        if any(set(kinds) != set(needed[control]) for control, kinds in found.kinds.items()):
            # What cases.yaml calls in place has evidence of every kind that is needed: this has not.
            given["controls"] = tuple(shown_in_place(one, found.on, found.kinds.get(one)) for one in in_place)
            in_place = ()
        test = CaseTest(
            name=self._named(goal),
            on=None if found.on == base.assessment_date else found.on,
            given=given,
            in_place=in_place,
            expect=Expected(),
        )
        run = self._run(test)
        shown = Shown(self._missing.values())
        shown.add(run)
        if goal.key not in shown.first:
            raise SolverMismatchError(f"{goal.key}: the solver says that this case meets it: {found}")
        keys = frozenset(shown.first.keys() & self._missing.keys())
        if found.contradicts:
            # What answers show that contradict each other, a better case should show.
            keys = frozenset(key for key in keys if key == goal.key or key[0] == "contradiction")
        return _Candidate(test, run, goal, keys)

    def _run(self, test: CaseTest) -> Run:
        """Return a case as it would stand in cases.yaml, with all that the set makes of it."""
        tests = CaseTests(base=self._tests.base, cases=(test,))
        (stated,) = stated_cases(self._criteria, self._document, tests)
        if isinstance(stated, InvalidSourceError):
            raise SolverMismatchError(f"{test}: {stated}")
        _number, test, case = stated
        return run_of(self._criteria, test, case)

    def cases(self, candidates: Sequence[_Candidate]) -> Iterator[GeneratedCase]:
        """Yield as few of the cases as meet all that they meet together, each with what it alone is needed for."""
        for one, keys in _few(candidates):
            several = sorted(keys, key=list(self._missing).index)
            goals = tuple(self._missing[key] for key in several if key != one.sought.key)
            if one.sought.key in keys:
                goals = (one.sought, *goals)
            yield self._case(one, goals)

    def _case(self, found: _Candidate, goals: tuple[Goal, ...]) -> GeneratedCase:
        name = self._unique(self._named(goals[0]), goals[0])
        test = found.test.model_copy(update={"name": name, "expect": _expected(found.run, goals)})
        result = result_of(test, found.run.worked.case, self._criteria, name)
        if result.differences:
            raise SolverMismatchError(f"{result}")
        return GeneratedCase(test=test, shows=goals)

    def _unique(self, name: str, goal: Goal) -> str:
        found, number = name, 1
        while found in self._names:
            found = f"{name} ({goal.spot})" if number == 1 else f"{name} ({goal.spot}, {number})"
            number += 1
        self._names.add(found)
        return found


def _few(candidates: Sequence[_Candidate]) -> Iterator[tuple[_Candidate, frozenset[Key]]]:
    """Yield the cases that are needed, in their order, each with the goals that it is taken for.

    The one that meets most is taken first, then the one that meets most of what is left.
    """
    left = {key for one in candidates for key in one.meets}
    taken: dict[int, frozenset[Key]] = {}
    while left:
        best = max(range(len(candidates)), key=lambda number: len(candidates[number].meets & left))
        taken[best] = frozenset(candidates[best].meets & left)
        left -= taken[best]
    for number in sorted(taken):
        yield candidates[number], taken[number]
