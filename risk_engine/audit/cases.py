"""The set's own cases: run cases.yaml and say, readably, where a result is not the one expected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from risk_engine.engine.assess import recorded
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.explain import sentence_of
from risk_engine.engine.propose import with_levels
from risk_engine.engine.work import Worked, work
from risk_engine.files.diagnostics import (
    RiskEngineError,
)
from risk_engine.files.language import N_, _
from risk_engine.loading.case_tests import sound_tests
from risk_engine.loading.files import CASES
from risk_engine.model.assessment import Assessment, KnockOutBounds, SeverityBounds
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest, ExpectedLevel
from risk_engine.model.criteria import CaseOutcome, CriteriaSet

FILE = CASES
_NO_SEVERITY = SeverityBounds(at_least="none", at_most="none")
_NO_KNOCK_OUT = KnockOutBounds(at_least="none", at_most="none")
"""What an absent finding comes to."""


@dataclass(frozen=True)
class CaseResult:
    """What one test of cases.yaml came to: no differences, or each of them as a line."""

    name: str
    place: str
    differences: tuple[str, ...]
    outcome: CaseOutcome | None = None
    """What it came to as a whole; None where it could not be worked out."""


def run_cases(criteria: CriteriaSet) -> tuple[CaseResult, ...]:
    """Run every test of the version's cases.yaml; raise InvalidSourceError where the file itself is wrong.

    Of a released version, read from its bundle, each must also come to all that it came to when it was released.
    """
    document, tests = sound_tests(criteria)
    results = [
        result_of(test, case, criteria, str(document.position(("cases", number)))) for number, test, case in tests
    ]
    released = {} if criteria.bundle is None else {one.name: one for one in criteria.bundle.outcomes}
    return tuple(
        replace(one, differences=(*one.differences, *_unlike_release(released[one.name], one.outcome)))
        if one.name in released
        else one
        for one in results
    )


def result_of(test: CaseTest, case: Case, criteria: CriteriaSet, place: str) -> CaseResult:
    """Return what one test comes to with the case that it states."""
    try:
        worked = work(case, criteria, test.on)
        differences = (*_differences(test, recorded(worked), criteria), *_broken_promises(worked))
    except RiskEngineError as error:
        # Answers that rule each other out, a parameter without a value, no day: not what the test expects.
        return CaseResult(test.name, place, tuple(f"{error}".splitlines()))
    return CaseResult(test.name, place, differences, _outcome(test.name, worked))


def _outcome(name: str, worked: Worked) -> CaseOutcome:
    """Return what a case came to, as the bundle of a release keeps it."""
    return CaseOutcome(
        name=name,
        ladders={one.ladder: (one.level, one.lowest, one.highest) for one in worked.proposed},
        findings={
            one.id: (one.outcome, one.inherent, one.possible, *one.residual)
            for one in worked.found
            if one.outcome != "absent"
        },
    )


def _unlike_release(before: CaseOutcome, now: CaseOutcome | None) -> Iterator[str]:
    """Yield what a case came to otherwise when its version was released: then the engine reads rules otherwise."""
    for kind in ("ladders", "findings"):
        was: Mapping[str, tuple[str, ...]] = getattr(before, kind)
        came: Mapping[str, tuple[str, ...]] = {} if now is None else getattr(now, kind)
        for name in dict.fromkeys((*was, *came)):
            if was.get(name) != came.get(name):
                told = [", ".join(one.get(name, (_("not there"),))) for one in (was, came)]
                yield _("{name}: when it was released {was}, now {came}", name=name, was=told[0], came=told[1])


def _broken_promises(worked: Worked) -> Iterator[str]:
    """Yield the set's invariants over results that this case breaks."""
    everything = with_levels(worked.results, worked.proposed, worked.criteria)
    for name, invariant in worked.criteria.invariants.results.items():
        if evaluate(invariant.whenever, everything).value and evaluate(invariant.then, everything).value is False:
            yield _("breaks the promise {name}: {title}", name=name, title=invariant.title)


def _differences(test: CaseTest, got: Assessment, criteria: CriteriaSet) -> Iterator[str]:
    expect = test.expect
    present = {one.id: one.inherent for one in got.findings if one.outcome == "present"}
    undetermined = {one.id: one.possible for one in got.findings if one.outcome == "undetermined"}
    yield from _compared(N_("finding"), expect.findings, present)
    yield from _compared(N_("undetermined"), expect.undetermined, undetermined)
    findings = {one.id: one for one in got.findings}
    for name, wanted in expect.residual.items():
        low, high = (wanted, wanted) if isinstance(wanted, str) else wanted
        residual = findings[name].residual if name in findings else _NO_SEVERITY if name in got.absent else None
        if residual is None or (residual.at_least, residual.at_most) != (low, high):
            found = _("not there") if residual is None else _range(residual.at_least, residual.at_most)
            yield _(
                "residual {name}: expected {low} to {high}, got {found}", name=name, low=low, high=high, found=found
            )
    for name, kind in expect.knock_out.items():
        bounds = findings[name].knock_out if name in findings else _NO_KNOCK_OUT if name in got.absent else None
        if bounds is None or {bounds.at_least, bounds.at_most} != {kind}:
            found = _("not there") if bounds is None else _range(bounds.at_least, bounds.at_most)
            yield _("knock-out {name}: expected {kind}, got {found}", name=name, kind=kind, found=found)
    yield from _ladders(test, got, criteria)
    if expect.awareness is not None:
        applying = {one.id for one in got.awareness if one.applies == "yes"}
        yield from _sets(N_("awareness"), set(expect.awareness), applying)
    contradictions = {one.id for one in got.problems if one.kind == "contradiction" and one.id}
    yield from _sets(N_("contradiction"), set(expect.contradictions), contradictions)
    if expect.gaps is not None:
        yield from _sets(N_("gap"), set(expect.gaps), set(got.gaps))


def _ladders(test: CaseTest, got: Assessment, criteria: CriteriaSet) -> Iterator[str]:
    proposals = {one.ladder: one for one in got.proposals}
    for name, wanted in test.expect.ladders.items():
        proposal = proposals[name]
        expected = wanted if isinstance(wanted, ExpectedLevel) else ExpectedLevel(level=wanted)
        if proposal.level != expected.level:
            yield _(
                "{name}: expected {level}, got {found} ({rule}: {sentence})",
                name=name,
                level=expected.level,
                found=proposal.level,
                rule=proposal.rule,
                sentence=sentence_of(proposal, criteria.ladders[name]),
            )
        if proposal.provisional != expected.provisional:
            unlike = _("{name}: expected to be provisional, it is settled", name=name)
            yield unlike if expected.provisional else _("{name}: expected to be settled, it is provisional", name=name)
        ends = (proposal.range[0], proposal.range[-1])
        if expected.range is not None and ends != expected.range:
            (low, high), (found_low, found_high) = expected.range, ends
            yield _(
                "{name}: expected between {low} and {high}, got between {found_low} and {found_high}",
                name=name,
                low=low,
                high=high,
                found_low=found_low,
                found_high=found_high,
            )


def _range(low: str, high: str) -> str:
    return _("{low} to {high}", low=low, high=high)


def _compared(what: str, wanted: Mapping[str, str], got: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*wanted, *got}):
        if wanted.get(name) != got.get(name):
            told = {"wanted": wanted.get(name) or _("none"), "found": got.get(name) or _("none")}
            yield _("{what} {name}: expected {wanted}, got {found}", what=_(what), name=name, **told)


def _sets(what: str, wanted: set[str], got: set[str]) -> Iterator[str]:
    for name in sorted(wanted - got):
        yield _("{what} {name}: expected, but it is not there", what=_(what), name=name)
    for name in sorted(got - wanted):
        yield _("{what} {name}: not expected, but it is there", what=_(what), name=name)
