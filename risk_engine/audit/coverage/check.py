"""The coverage of one version: which goals of its rules the cases of its cases.yaml meet, and which none does."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from risk_engine.audit.cases import CaseResult, result_of
from risk_engine.audit.coverage.goals import goals_of
from risk_engine.audit.coverage.shown import Shown
from risk_engine.audit.mutants.runs import Run, run_of
from risk_engine.audit.mutants.verdict import Suite
from risk_engine.diagnostics import RiskEngineError
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.stated import sound_tests
from risk_engine.model.case import Case
from risk_engine.model.cases import CaseTest
from risk_engine.model.coverage import KINDS, Coverage, Goal, Tally, percent
from risk_engine.model.criteria import CriteriaSet


@dataclass(frozen=True)
class CoverageCheck:
    """What the cases of a version cover, and those that fail: they do not count."""

    criteria: CriteriaSet
    coverage: Coverage
    failed: tuple[CaseResult, ...]


def check_coverage(folder: Path, tell: Callable[[int, int], None] = lambda *_: None) -> CoverageCheck:
    """Run every case of the version in `folder` and note which goals it meets.

    `tell` is called with how many of how many cases are done. Raises InvalidSourceError where the set or its cases.yaml
    cannot be used.
    """
    criteria = read_criteria(folder)
    document, tests = sound_tests(criteria)
    goals = tuple(goals_of(criteria))
    shown = Shown(goals)
    failed: list[CaseResult] = []
    for done, (number, test, case) in enumerate(tests, start=1):
        run = _passing(criteria, test, case)
        if run is None:
            failed.append(result_of(test, case, criteria, str(document.position(("cases", number)))))
        else:
            shown.add(run)
        tell(done, len(tests))
    told = tuple(goal.model_copy(update={"case": shown.first.get(goal.key)}) for goal in goals)
    return CoverageCheck(criteria, _coverage(criteria, told, len(tests), failed), tuple(failed))


def _passing(criteria: CriteriaSet, test: CaseTest, case: Case) -> Run | None:
    """Return the case with all that the set makes of it; None if that is not what it expects."""
    try:
        run = run_of(criteria, test, case)
    except RiskEngineError:
        return None
    return None if Suite(criteria, (run,)).failing() else run


def _coverage(criteria: CriteriaSet, goals: tuple[Goal, ...], cases: int, failed: list[CaseResult]) -> Coverage:
    every = Counter(one.kind for one in goals)
    met = Counter(one.kind for one in goals if one.case is not None)
    return Coverage(
        criteria=criteria.head.id,
        version=criteria.head.version,
        digest=criteria.digest,
        cases=cases - len(failed),
        failing=tuple(one.name for one in failed),
        goals=every.total(),
        met=met.total(),
        percent=percent(met.total(), every.total()),
        tallies=tuple(
            Tally(kind=one, goals=every[one], met=met[one], percent=percent(met[one], every[one]))
            for one in KINDS
            if every[one]
        ),
        shown=tuple(one for one in goals if one.case is not None),
        missing=tuple(one for one in goals if one.case is None),
    )
