"""The goals of a set: everything that its rules can do, and which of them the cases of its cases.yaml meet."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from risk_engine.audit.cases import CaseResult, result_of
from risk_engine.audit.coverage.shown import Shown
from risk_engine.audit.mutants.runs import Run, run_of
from risk_engine.audit.mutants.verdict import Suite
from risk_engine.audit.places import Places
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.loading.case_tests import sound_tests
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest
from risk_engine.model.conditions import ConditionOrAlways
from risk_engine.model.coverage import KINDS, Coverage, Goal, Kind, Spot, Tally, Wanted, branches, percent
from risk_engine.model.coverage import Path as Way
from risk_engine.model.criteria import CriteriaSet, Indicator, knock_out_conditions, severity_conditions
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.words import Severity

_TRUTHS: tuple[Wanted, ...] = ("true", "false", "unknown")


def goals_of(criteria: CriteriaSet) -> Iterator[Goal]:
    """Yield the goals of a set that was read from a folder: by record, in the order of the set."""
    places = Places(criteria)
    for name, indicator in criteria.indicators.items():
        yield from _of_indicator(name, indicator, criteria, places)
    for entity, declared in criteria.entities.items():
        for short, fact in declared.facts.items():
            if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None:
                record = _Record(f"{entity}.{short}", "facts.yaml", (entity, "facts", short), criteria, places)
                yield from record.branches("question_branch", fact.ask_when, ("ask_when",))
    for name, ladder in criteria.ladders.items():
        record = _Record(name, "ladders.yaml", (name,), criteria, places)
        for level in ladder.levels:
            yield from record.goals("level", ("levels", level), ("reached",))
        for number, rule in enumerate(ladder.rules):
            yield from record.goals("rule", ("rules", number), ("decides", "passed_over"))
            yield from record.branches("rule_branch", rule.when, ("rules", number, "when"))
        yield from record.goals("rule", ("otherwise",), ("decides",))
    for name, note in criteria.awareness.items():
        record = _Record(name, "awareness.yaml", (name,), criteria, places)
        yield from record.goals("awareness", ("when",), ("true",) if note.when == "always" else _TRUTHS)
        yield from record.branches("awareness_branch", note.when, ("when",))
    for name in criteria.invariants.facts:
        record = _Record(name, "invariants.yaml", ("facts", name), criteria, places)
        yield from record.goals("contradiction", (), ("contradicted",))


def _of_indicator(name: str, indicator: Indicator, criteria: CriteriaSet, places: Places) -> Iterator[Goal]:
    record = _Record(name, places.of_indicator(name).file, (name,), criteria, places)
    yield from record.goals("indicator", (), ("present", "absent", "undetermined"))
    for severity, condition in severity_conditions(indicator):
        yield from record.goals("severity", ("severity", severity), _TRUTHS, severity)
        yield from record.branches("severity_branch", condition, ("severity", severity), severity)
    for kind, bar in knock_out_conditions(indicator):
        yield from record.goals(
            "knock_out", ("knock_out", kind), ("open", "cured") if indicator.controls else ("open",)
        )
        yield from record.branches("knock_out_branch", bar, ("knock_out", kind))
    for number, option in enumerate(indicator.controls):
        yield from record.goals("option", ("controls", number), ("complete", "incomplete"))
        if option.when is not None:
            yield from record.branches("option_branch", option.when, ("controls", number, "when"))


class _Record:
    """A record of the set, with the place where it stands."""

    def __init__(self, name: str, file: str, at: Way, criteria: CriteriaSet, places: Places) -> None:
        self.name = name
        self.file = file
        self.place = at
        self.definitions = criteria.definitions
        self.places = places

    def goals(
        self, kind: Kind, at: Way, wanted: tuple[Wanted, ...], severity: Severity | None = None
    ) -> Iterator[Goal]:
        spot = self._spot(at)
        for one in wanted:
            yield Goal(kind=kind, record=self.name, severity=severity, at=at, wanted=one, spot=spot)

    def branches(
        self, kind: Kind, condition: ConditionOrAlways, at: Way, severity: Severity | None = None
    ) -> Iterator[Goal]:
        for way, leaf in branches(condition, self.definitions, at):
            spot, said = self._spot(way), leaf.model_dump(mode="json", by_alias=True)
            for one in ("true", "false"):
                yield Goal(kind=kind, record=self.name, severity=severity, at=way, wanted=one, leaf=said, spot=spot)

    def _spot(self, at: Way) -> Spot:
        return self.places.of_rule(self.file, self.place, at)


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
