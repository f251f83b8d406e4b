"""Today's answer to a case, as cases.yaml expects it: right only once a person has confirmed it."""

from collections.abc import Collection, Iterator

from risk_engine.audit.mutants.expected import rule_applies
from risk_engine.audit.mutants.runs import Run
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.find import Found
from risk_engine.engine.propose import Proposed
from risk_engine.model.cases import Expected, ExpectedLevel
from risk_engine.model.coverage import Goal
from risk_engine.model.words import KnockOut, Severity


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
