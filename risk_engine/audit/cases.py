"""The set's own cases: run cases.yaml and say, readably, where a result is not the one expected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.diagnostics import (
    Diagnostic,
    InvalidSourceError,
    RiskEngineError,
    suggestion,
)
from risk_engine.engine.assess import assess
from risk_engine.engine.controls import control_states
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.find import find
from risk_engine.engine.propose import propose, with_levels, with_results
from risk_engine.engine.rate import rate
from risk_engine.engine.resolve import resolve
from risk_engine.loading.case import HOW_TO_CHANGE, case_of, changed
from risk_engine.loading.files import CASES
from risk_engine.loading.messages import validated
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case, case_model
from risk_engine.model.cases import CaseTest, CaseTests, ExpectedLevel
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import Document, read

FILE = CASES


@dataclass(frozen=True)
class CaseResult:
    """What one test of cases.yaml came to: no differences, or each of them as a line."""

    name: str
    place: str
    differences: tuple[str, ...]


def run_cases(criteria: CriteriaSet, folder: Path) -> tuple[CaseResult, ...]:
    """Run every test of the version's cases.yaml; raise InvalidSourceError where the file itself is wrong."""
    path = folder / FILE
    document = read(path, nulls=True)
    problems: list[Diagnostic] = []
    tests = validated(CaseTests, document.data, document, (), problems)
    if not isinstance(tests, CaseTests):
        raise InvalidSourceError(problems)
    results: list[CaseResult] = []
    for one in stated_cases(criteria, document, tests):
        if isinstance(one, InvalidSourceError):
            problems += one.diagnostics
        else:
            number, test, case = one
            results.append(result_of(test, case, criteria, str(document.position(("cases", number)))))
    if problems:
        raise InvalidSourceError(problems)
    return tuple(results)


def stated_cases(
    criteria: CriteriaSet, document: Document, tests: CaseTests
) -> Iterator[tuple[int, CaseTest, Case] | InvalidSourceError]:
    """Yield each test with its number and the case that it states, or what is wrong with that case."""
    builder = _Builder(document, tests)
    model = case_model(criteria)
    for number, test in enumerate(tests.cases):
        try:
            yield number, test, _case(builder.data(number, test), number, criteria, document, model)
        except InvalidSourceError as error:
            yield error


def _case(data: dict[str, Any], number: int, criteria: CriteriaSet, document: Document, model: type[Case]) -> Case:
    """Return the case of a test; what is wrong with it is placed where the test stands."""
    try:
        return case_of(Document(document.path, data, {}, document.lines), criteria, model)
    except InvalidSourceError as error:
        raise InvalidSourceError(
            document.problem(("cases", number), one.message, one.help) for one in error.diagnostics
        ) from None


class _Builder:
    """Builds the case of each test: the one that it is like, with what it changes and the controls in place."""

    def __init__(self, document: Document, tests: CaseTests) -> None:
        self.document = document
        self.stated: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {"base": (tests.base, ())}

    def data(self, number: int, test: CaseTest) -> dict[str, Any]:
        if test.name in self.stated:
            message = f"`{test.name}` is the name of an earlier test already"
            raise self._problem(number, "name", message, "give each its own name; the base case is called `base`")
        if test.like not in self.stated:
            message = f"there is no earlier test `{test.like}`"
            raise self._problem(number, "like", message, suggestion(test.like, self.stated))
        data, in_place = self.stated[test.like]
        in_place = (*in_place, *test.in_place)
        # Also where a change fails: a later test that is like this one deserves no message of its own.
        self.stated[test.name] = data, in_place
        for path, value in test.given.items():
            data = self._changed(data, path, value, number)
        self.stated[test.name] = data, in_place
        listed = data.get("controls") or ()
        if not in_place or not isinstance(listed, tuple):
            return data
        # Evidence dated after the day would not count, so it has the day of this very test.
        day = test.on or data.get("assessment_date")
        return {**data, "controls": (*listed, *(_in_place(one, day) for one in in_place))}

    def _problem(self, number: int, key: str, message: str, help_text: str) -> InvalidSourceError:
        return InvalidSourceError([self.document.problem(("cases", number, key), message, help_text)])

    def _changed(self, data: dict[str, Any], path: str, value: Any, number: int) -> dict[str, Any]:
        after = changed(data, path, value)
        if after is None:
            message = f"the case has nothing at `{path}` that could be changed"
            raise InvalidSourceError(
                [self.document.problem(("cases", number, "given", path), message, HOW_TO_CHANGE, key=True)]
            )
        return after


def _in_place(control: str, day: object) -> dict[str, Any]:
    evidence = {"kind": "test", "reference": FILE, "date": day}
    return {"id": control, "status": "implemented", "evidence": (evidence,)}


def result_of(test: CaseTest, case: Case, criteria: CriteriaSet, place: str) -> CaseResult:
    """Return what one test comes to with the case that it states."""
    try:
        assessment = assess(case, criteria, test.on)
        differences = (*_differences(test, assessment), *_broken_promises(case, criteria, assessment.on))
    except RiskEngineError as error:
        # Answers that rule each other out, a parameter without a value, no day: not what the test expects.
        differences = tuple(f"{error}".splitlines())
    return CaseResult(test.name, place, differences)


def _broken_promises(case: Case, criteria: CriteriaSet, on: date) -> Iterator[str]:
    """Yield the set's invariants over results that this case breaks."""
    facts = resolve(case, criteria, on)
    found = find(facts, criteria, on, control_states(case, on))
    ratings = rate(found, criteria.head)
    results = with_results(facts, found, ratings, criteria)
    everything = with_levels(results, propose(results, criteria), criteria)
    for name, invariant in criteria.invariants.results.items():
        if evaluate(invariant.whenever, everything).value and evaluate(invariant.then, everything).value is False:
            yield f"breaks the promise {name}: {invariant.title}"


def _differences(test: CaseTest, got: Assessment) -> Iterator[str]:
    expect = test.expect
    present = {one.id: one.inherent for one in got.findings if one.outcome == "present"}
    undetermined = {one.id: one.possible for one in got.findings if one.outcome == "undetermined"}
    yield from _compared("finding", expect.findings, present)
    yield from _compared("undetermined", expect.undetermined, undetermined)
    findings = {one.id: one for one in got.findings}
    for name, wanted in expect.residual.items():
        low, high = (wanted, wanted) if isinstance(wanted, str) else wanted
        residual = findings[name].residual if name in findings else None
        if residual is None or (residual.at_least, residual.at_most) != (low, high):
            found = "not there" if residual is None else f"{residual.at_least} to {residual.at_most}"
            yield f"residual {name}: expected {low} to {high}, got {found}"
    for name, kind in expect.knock_out.items():
        bounds = findings[name].knock_out if name in findings else None
        if bounds is None or {bounds.at_least, bounds.at_most} != {kind}:
            found = "not there" if bounds is None else f"{bounds.at_least} to {bounds.at_most}"
            yield f"knock-out {name}: expected {kind}, got {found}"
    yield from _ladders(test, got)
    if expect.awareness is not None:
        applying = {one.id for one in got.awareness if one.applies == "yes"}
        yield from _sets("awareness", set(expect.awareness), applying)
    contradictions = {one.id for one in got.problems if one.kind == "contradiction" and one.id}
    yield from _sets("contradiction", set(expect.contradictions), contradictions)
    if expect.gaps is not None:
        yield from _sets("gap", set(expect.gaps), {one.path for one in got.gaps})


def _ladders(test: CaseTest, got: Assessment) -> Iterator[str]:
    proposals = {one.ladder: one for one in got.proposals}
    for name, wanted in test.expect.ladders.items():
        proposal = proposals.get(name)
        if proposal is None:
            yield f"{name}: there is no such ladder"
            continue
        expected = wanted if isinstance(wanted, ExpectedLevel) else ExpectedLevel(level=wanted)
        if proposal.level.name != expected.level:
            yield f"{name}: expected {expected.level}, got {proposal.level.name} ({proposal.rule}: {proposal.sentence})"
        if proposal.provisional != expected.provisional:
            was = "provisional" if proposal.provisional else "settled"
            yield f"{name}: expected to be {'provisional' if expected.provisional else 'settled'}, it is {was}"
        ends = (proposal.range[0].name, proposal.range[-1].name)
        if expected.range is not None and ends != expected.range:
            yield f"{name}: expected between {' and '.join(expected.range)}, got between {' and '.join(ends)}"


def _compared(what: str, wanted: Mapping[str, str], got: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*wanted, *got}):
        if wanted.get(name) != got.get(name):
            yield f"{what} {name}: expected {wanted.get(name, 'none')}, got {got.get(name, 'none')}"


def _sets(what: str, wanted: set[str], got: set[str]) -> Iterator[str]:
    yield from (f"{what} {name}: expected, but it is not there" for name in sorted(wanted - got))
    yield from (f"{what} {name}: not expected, but it is there" for name in sorted(got - wanted))
