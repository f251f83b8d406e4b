"""The set's own cases: each with all that the set makes of it, and, readably, where that is not what it expects."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import Found, FoundOption
from risk_engine.engine.nearby import Nearby
from risk_engine.engine.propose import Proposed, with_levels
from risk_engine.engine.resolve import broken
from risk_engine.engine.work import Worked, work
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from risk_engine.files.language import N_, _
from risk_engine.files.processes import PART, Tell, processes_for, spread
from risk_engine.files.source import Document
from risk_engine.loading.case_tests import base_case, sound_tests
from risk_engine.loading.version_files import CASES
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest, Expected, ExpectedLevel
from risk_engine.model.criteria import AloneInvariant, CaseOutcome, Criteria, ResultInvariant
from risk_engine.model.references import reopening
from risk_engine.model.words import KnockOut, Severity

if TYPE_CHECKING:
    from risk_engine.engine.program_results import Bounds

FILE = CASES
Seen: TypeAlias = tuple[str, ...]
"""All that ladders, dimensions and promises can see of a finding that is not absent."""
SEEN_PARTS = 8
"""So many things these are."""
OPEN = "open"
_WORD = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Run:
    """A case of cases.yaml with all that the whole set makes of it."""

    test: CaseTest
    worked: Worked
    known: dict[object, bool] = field(default_factory=dict)
    """What was seen already: changed findings, and whether the case turns red over them."""

    @cached_property
    def found(self) -> dict[str, Found]:
        """What every indicator in force came to."""
        return {finding.id: finding for finding in self.worked.found}

    @cached_property
    def proposed(self) -> dict[str, Proposed]:
        """What every ladder proposes."""
        return {proposal.ladder: proposal for proposal in self.worked.proposed}

    @cached_property
    def contradicts(self) -> bool:
        """Whether answers contradict each other in a way that may open them again."""
        return any(broken(self.worked.facts, self.worked.criteria, reopening(self.worked.criteria)))

    @cached_property
    def came_to(self) -> object:
        """What ladders can see: two cases that came to the same have the same levels."""
        seen = [
            (one.id, one.outcome, one.inherent, one.possible, one.residual, one.knock_out, one.open)
            for one in self.worked.found
            if one.outcome != "absent"
        ]
        return tuple(seen), tuple(self.found), self.worked.ratings

    @cached_property
    def mentions(self) -> frozenset[str]:
        """The records that the case is about."""
        return mentioned_by(self.test)


def mentioned_by(test: CaseTest) -> frozenset[str]:
    """Return the records that a test is about: named in its name, or expected to be something."""
    expect = test.expect
    named = {*expect.findings, *expect.undetermined, *expect.residual, *expect.knock_out, *expect.contradictions}
    return frozenset({*named, *_WORD.findall(test.name)})


def run_of(criteria: Criteria, test: CaseTest, case: Case, near: Nearby | None = None) -> Run:
    """Return a case with all that the set makes of it; raise RiskEngineError where it cannot be decided.

    `near` knows what the base case comes to, for whoever works out many.
    """
    return Run(test, work(case, criteria, test.on) if near is None else near.work(case, test.on))


def near_base(criteria: Criteria) -> Nearby | None:
    """Return what works out cases near the base case of a set; None where that has problems, or there is none."""
    try:
        return Nearby(criteria, base_case(criteria)[1])
    except InvalidSourceError:
        return None


def runs(criteria: Criteria) -> tuple[Run, ...]:
    """Return the cases of a set; raise InvalidSourceError where cases.yaml cannot be used."""
    document, tests = sound_tests(criteria)
    near = near_base(criteria)
    made = []
    for _number, test, case in tests:
        if test.on is None and case.assessment_date is None:
            raise _undecidable(document.path, test, _("it has no assessment date"))
        try:
            made.append(run_of(criteria, test, case, near))
        except RiskEngineError as error:
            raise _undecidable(document.path, test, error) from None
    return tuple(made)


def _undecidable(path: str, test: CaseTest, error: object) -> RiskEngineError:
    return RiskEngineError(
        _("{path}: the case `{name}` cannot be decided\n{error}", path=path, name=test.name, error=error)
    )


@dataclass(frozen=True)
class CaseResult:
    """What one test of cases.yaml came to: no differences, or each of them as a line."""

    name: str
    place: str
    differences: tuple[str, ...]
    outcome: CaseOutcome | None = None
    """What it came to as a whole; None where it could not be worked out."""


def run_cases(criteria: Criteria, *, jobs: int | None = None, tell: Tell = lambda *_: None) -> tuple[CaseResult, ...]:
    """Run every test of the version's cases.yaml; raise InvalidSourceError where the file itself is wrong.

    Of a released version, read from its bundle, each must also come to all that it came to when it was released. `jobs`
    is over how many processes they are spread; without it, over as many as pay. `tell` is called with how many of how
    many are done.
    """
    document, tests = sound_tests(criteria)
    todo = _Tests(criteria, near_base(criteria), document, tests)
    # What the first of them make for all others, forked processes inherit.
    results = todo.results(0)
    for part in spread(_Tests.results, todo, range(PART, len(tests), PART), processes_for(len(tests), jobs)):
        results += part
        tell(len(results), len(tests))
    released = {} if criteria.bundle is None else {one.name: one for one in criteria.bundle.outcomes}
    return tuple(
        replace(one, differences=(*one.differences, *_unlike_release(released[one.name], one.outcome)))
        if one.name in released
        else one
        for one in results
    )


class _Tests(NamedTuple):
    """The tests of a set, run in parts."""

    criteria: Criteria
    near: Nearby | None
    document: Document
    tests: Sequence[tuple[int, CaseTest, Case]]

    def results(self, start: int) -> list[CaseResult]:
        """Return what the tests of a part come to."""
        return [
            tried(test, case, self.criteria, str(self.document.position(("cases", number))), self.near)[0]
            for number, test, case in self.tests[start : start + PART]
        ]


def result_of(test: CaseTest, case: Case, criteria: Criteria, place: str) -> CaseResult:
    """Return what one test comes to with the case that it states."""
    return tried(test, case, criteria, place)[0]


def tried(
    test: CaseTest, case: Case, criteria: Criteria, place: str, near: Nearby | None = None
) -> tuple[CaseResult, Run | None]:
    """Return the same with all that the set makes of the case; None where it cannot be decided."""
    try:
        run = run_of(criteria, test, case, near)
    except RiskEngineError as error:
        # A parameter without a value, no day: not what the test expects.
        return CaseResult(test.name, place, tuple(f"{error}".splitlines())), None
    return CaseResult(test.name, place, tuple(differences(run)), _outcome(run)), run


def _outcome(run: Run) -> CaseOutcome:
    """Return what a case came to, as the bundle of a release keeps it."""
    return CaseOutcome(
        name=run.test.name,
        ladders={one.ladder: (one.level, one.lowest, one.highest) for one in run.worked.proposed},
        findings={one.id: seen_of(one) for one in run.worked.found if one.outcome != "absent"},
    )


def seen_of(one: "Found | Bounds") -> Seen:
    """Return all that ladders, dimensions and promises can see of a finding that is not absent."""
    is_open = OPEN if one.open else "settled"
    return (one.outcome, one.inherent, one.possible, *one.residual, *one.knock_out, is_open)


def _unlike_release(before: CaseOutcome, now: CaseOutcome | None) -> Iterator[str]:
    """Yield what a case came to otherwise when its version was released: then the engine reads rules otherwise."""
    for kind in ("ladders", "findings"):
        was: Mapping[str, tuple[str, ...]] = getattr(before, kind)
        found: Mapping[str, tuple[str, ...]] = {} if now is None else getattr(now, kind)
        # Older bundles keep less of a finding.
        came = {name: one[: len(was[name])] if name in was else one for name, one in found.items()}
        for name in dict.fromkeys((*was, *came)):
            if was.get(name) != came.get(name):
                levels = [", ".join(one.get(name, (_("not there"),))) for one in (was, came)]
                yield _("{name}: when it was released {was}, now {came}", name=name, was=levels[0], came=levels[1])


# --- what it comes to, as a test expects it ---


def as_it_is(run: Run, barred: Collection[str] = (), *, with_awareness: bool = False) -> Expected:
    """Return what the set makes of a case: knock-outs of the indicators that are named, awareness where it is asked."""
    found, criteria = run.worked.found, run.worked.criteria
    contradictory = contradicted(run.worked.facts, criteria)
    aware = tuple(one for one in criteria.awareness if rule_applies(one, run.worked.results, criteria))
    return Expected(
        findings={one.id: one.inherent for one in found if one.outcome == "present"},
        undetermined={one.id: one.possible for one in found if one.outcome == "undetermined"},
        residual=dict(_residuals(run)),
        knock_out=dict(_knock_outs(found, barred)),
        ladders={one.ladder: _level(one) for one in run.worked.proposed},
        awareness=aware if with_awareness else None,
        contradictions=tuple(one for one in criteria.invariants.facts if one in contradictory),
    )


def _residuals(run: Run) -> Iterator[tuple[str, Severity | tuple[Severity, Severity]]]:
    """Yield what the controls in place leave of the findings that they could lower, and what answers leave of them."""
    in_place = {name for name, state in run.worked.controls.items() if state.counts_as == "in_place"}
    for one in run.worked.found:
        if one.outcome != "absent" and any(_may_lower(option, in_place) for option in one.options):
            low, high = one.residual
            yield one.id, low if low == high else one.residual


def _may_lower(option: FoundOption, in_place: Collection[str]) -> bool:
    """Return whether something of an option is in place; of one without controls, whether answers let it count."""
    return not set(in_place).isdisjoint(option.option.all) or (not option.option.all and option.counts is not False)


def _knock_outs(found: Collection[Found], barred: Collection[str]) -> Iterator[tuple[str, KnockOut]]:
    for one in found:
        low, high = one.knock_out
        if one.id in barred and low == high:
            yield one.id, low


def _level(proposed: Proposed) -> str | ExpectedLevel:
    if not proposed.provisional:
        return proposed.level
    return ExpectedLevel(level=proposed.level, provisional=True, range=(proposed.lowest, proposed.highest))


# --- whether it is as expected ---


def differences(run: Run) -> Iterator[str]:
    """Yield, as a line each, where a case is not as its test expects, and the promises of the set that it breaks."""
    expect, worked = run.test.expect, run.worked
    names = {*run.found, *expect.findings, *expect.undetermined, *expect.residual, *expect.knock_out}
    yield from of_findings(expect, run.found, names)
    yield from of_ladders(expect, run.proposed, worked.criteria)
    yield from of_awareness(expect, worked.results, worked.criteria)
    yield from of_contradictions(expect, worked.facts, worked.criteria)
    yield from of_gaps(expect, worked.facts, worked.found)
    yield from of_promises(worked.results, worked.proposed, worked.criteria)


def of_findings(expect: Expected, found: Mapping[str, Found], names: Collection[str]) -> Iterator[str]:
    """Yield what is not as expected of these indicators; one that is not in force is none of those found."""
    names = compared_in(expect, names)
    present = {name: one.inherent for name, one in found.items() if one.outcome == "present"}
    undetermined = {name: one.possible for name, one in found.items() if one.outcome == "undetermined"}
    yield from _compared(N_("finding"), expect.findings, present, names)
    yield from _compared(N_("undetermined"), expect.undetermined, undetermined, names)
    for name, wanted in expect.residual.items():
        low, high = (wanted, wanted) if isinstance(wanted, str) else wanted
        residual = found[name].residual if name in found else None
        if name in names and residual != (low, high):
            came = _("not there") if residual is None else _range(*residual)
            yield _("residual {name}: expected {low} to {high}, got {found}", name=name, low=low, high=high, found=came)
    for name, kind in expect.knock_out.items():
        bounds = found[name].knock_out if name in found else None
        if name in names and bounds != (kind, kind):
            came = _("not there") if bounds is None else _range(*bounds)
            yield _("knock-out {name}: expected {kind}, got {found}", name=name, kind=kind, found=came)


def compared_in(expect: Expected, names: Collection[str]) -> Collection[str]:
    """Return those of the indicators that an expectation compares: all, or of a partial one those that it names."""
    if not expect.partial:
        return names
    return {*names} & {*expect.findings, *expect.undetermined, *expect.residual, *expect.knock_out}


def of_ladders(expect: Expected, proposed: Mapping[str, Proposed], criteria: Criteria) -> Iterator[str]:
    """Yield the levels that are not as expected; `proposed` is what every ladder proposes."""
    for name, wanted in expect.ladders.items():
        if name not in proposed:
            yield _("{what} {name}: expected, but it is not there", what=_("ladder"), name=name)
            continue
        proposal, ladder = proposed[name], criteria.ladders[name]
        expected = wanted if isinstance(wanted, ExpectedLevel) else ExpectedLevel(level=wanted)
        if proposal.level != expected.level:
            rule = None if proposal.rule is None else ladder.rules[proposal.rule]
            yield _(
                "{name}: expected {level}, got {found} ({rule}: {sentence})",
                name=name,
                level=expected.level,
                found=proposal.level,
                rule="otherwise" if rule is None else f"rules.{proposal.rule}",
                sentence=(rule or ladder.otherwise).sentence,
            )
        if proposal.provisional != expected.provisional:
            unlike = _("{name}: expected to be provisional, it is settled", name=name)
            yield unlike if expected.provisional else _("{name}: expected to be settled, it is provisional", name=name)
        if expected.range is not None and (proposal.lowest, proposal.highest) != expected.range:
            low, high = expected.range
            yield _(
                "{name}: expected between {low} and {high}, got between {found_low} and {found_high}",
                name=name,
                low=low,
                high=high,
                found_low=proposal.lowest,
                found_high=proposal.highest,
            )


def of_awareness(expect: Expected, results: Facts, criteria: Criteria) -> Iterator[str]:
    """Yield the awareness rules that apply and are not expected, or the other way round."""
    if expect.awareness is not None:
        applying = {name for name in criteria.awareness if rule_applies(name, results, criteria)}
        yield from _sets(N_("awareness"), set(expect.awareness), applying)


def rule_applies(name: str, results: Facts, criteria: Criteria) -> bool:
    """Return whether an awareness rule is in force and applies for certain."""
    rule = criteria.awareness[name]
    return rule.effective.covers(results.on) and evaluate(rule.when, results).value is True


def of_contradictions(expect: Expected, facts: Facts, criteria: Criteria) -> Iterator[str]:
    """Yield where answers contradict each other and that is not expected, or the other way round."""
    yield from _sets(N_("contradiction"), set(expect.contradictions), contradicted(facts, criteria))


def contradicted(facts: Facts, criteria: Criteria) -> set[str]:
    """Return the names of the invariants among answers that a case breaks."""
    return {name for name, _reads in broken(facts, criteria)}


def of_gaps(expect: Expected, facts: Facts, found: Sequence[Found]) -> Iterator[str]:
    """Yield the answers that are missing and not expected to be, or the other way round."""
    if expect.gaps is not None:
        gaps = {asked.path() for one in found for read in one.missing for asked in facts.to_ask(read)}
        yield from _sets(N_("gap"), set(expect.gaps), gaps)


def of_promises(results: Facts, proposed: Sequence[Proposed], criteria: Criteria) -> Iterator[str]:
    """Yield each promise of the set about results that a case breaks."""
    for name in broken_promises(results, proposed, criteria):
        yield _("breaks the promise {name}: {title}", name=name, title=criteria.invariants.results[name].title)


def broken_promises(results: Facts, proposed: Sequence[Proposed], criteria: Criteria) -> Iterator[str]:
    """Yield the names of the promises of the set about results that a case breaks."""
    promises = criteria.invariants.results
    if promises:
        everything = with_levels(results, proposed, criteria)
        yield from (name for name, promise in promises.items() if breaks(promise, everything))


def breaks(promise: ResultInvariant | AloneInvariant, everything: Facts) -> bool:
    """Return whether a case breaks a promise for certain; `everything` are its facts with results and levels."""
    return bool(evaluate(promise.whenever, everything).value) and evaluate(promise.then, everything).value is False


def _range(low: str, high: str) -> str:
    return _("{low} to {high}", low=low, high=high)


def _compared(what: str, wanted: Mapping[str, str], got: Mapping[str, str], names: Collection[str]) -> Iterator[str]:
    for name in sorted({*wanted, *got}):
        if name in names and wanted.get(name) != got.get(name):
            levels = {"wanted": wanted.get(name) or _("none"), "found": got.get(name) or _("none")}
            yield _("{what} {name}: expected {wanted}, got {found}", what=_(what), name=name, **levels)


def _sets(what: str, wanted: set[str], got: set[str]) -> Iterator[str]:
    for name in sorted(wanted - got):
        yield _("{what} {name}: expected, but it is not there", what=_(what), name=name)
    for name in sorted(got - wanted):
        yield _("{what} {name}: not expected, but it is there", what=_(what), name=name)
