"""Cases for the goals that the cases of a version do not meet: found, measured, and as few as the goals need."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from risk_engine.audit.cases import CaseResult, result_of
from risk_engine.audit.coverage.goals import check_coverage
from risk_engine.audit.coverage.search import Search
from risk_engine.audit.coverage.shown import Shown
from risk_engine.audit.mutants.runs import Run, rule_applies, run_of
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.find import Found
from risk_engine.engine.propose import Proposed
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.case_tests import base_case, read_tests, stated_cases
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest, CaseTests, Expected, ExpectedLevel
from risk_engine.model.coverage import Generated, GeneratedCase, Goal, Key, Unwritten
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.proof import Example
from risk_engine.model.words import KnockOut, Severity
from risk_engine.solver.confirm import SolverMismatchError
from risk_engine.solver.space import Limits, Verdict


def as_it_is(run: Run, goals: Collection[Goal]) -> Expected:
    """Return what the set makes of a case; awareness and knock-outs only where one of the goals is about them."""
    found = run.found.values()
    barred = {one.record for one in goals if one.kind in {"knock_out", "knock_out_branch"}}
    aware = any(one.kind in {"awareness", "awareness_branch"} for one in goals)
    return Expected(
        findings={one.id: one.inherent for one in found if one.outcome == "present"},
        undetermined={one.id: one.possible for one in found if one.outcome == "undetermined"},
        residual=dict(_residuals(run)),
        knock_out=dict(_knock_outs(found, barred)),
        ladders={one.ladder: _level(one) for one in run.proposed.values()},
        awareness=tuple(one for one in run.criteria.awareness if rule_applies(one, run.results, run.criteria))
        if aware
        else None,
        contradictions=tuple(
            name
            for name, one in run.criteria.invariants.facts.items()
            if evaluate(one.whenever, run.facts).value is True and evaluate(one.then, run.facts).value is False
        ),
    )


def _residuals(run: Run) -> Iterator[tuple[str, Severity | tuple[Severity, Severity]]]:
    """Yield what the controls in place leave of the findings that they could lower."""
    in_place = {name for name, state in run.controls.items() if state.counts_as == "in_place"}
    for one in run.found.values():
        if one.outcome != "absent" and any(in_place.intersection(option.option.all) for option in one.options):
            low, high = one.residual
            yield one.id, low if low == high else one.residual


def _knock_outs(found: Collection[Found], barred: Collection[str]) -> Iterator[tuple[str, KnockOut]]:
    for one in found:
        low, high = one.knock_out
        if one.id in barred and low == high:
            yield one.id, low


def _level(proposed: Proposed) -> str | ExpectedLevel:
    if not proposed.provisional:
        return proposed.level
    return ExpectedLevel(level=proposed.level, provisional=True, range=(proposed.lowest, proposed.highest))


Named = Callable[[Goal], str]


@dataclass(frozen=True)
class Generation:
    """What was generated for a version, and its cases that fail: what they show does not count."""

    criteria: CriteriaSet
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
    named: Callable[[CriteriaSet], Named],
    tell: Callable[[int, int], None] = lambda *_: None,
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


class _Maker:
    """Makes cases of cases.yaml of what the solver found, each measured as the cases are that are there."""

    def __init__(self, criteria: CriteriaSet, missing: Sequence[Goal], named: Named) -> None:
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
        test = CaseTest(
            name=self._named(goal),
            on=None if found.on == base.assessment_date else found.on,
            given=given,
            in_place=found.in_place,
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
        test = found.test.model_copy(update={"name": name, "expect": as_it_is(found.run, goals)})
        result = result_of(test, found.run.case, self._criteria, name)
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
