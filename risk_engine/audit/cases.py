"""The set's own cases: run cases.yaml and say, readably, where a result is not the one expected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.diagnostics import (
    Diagnostic,
    InvalidCaseError,
    InvalidSourceError,
    NotInForceError,
    suggestion,
)
from risk_engine.engine.assess import assess
from risk_engine.engine.controls import control_states
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.find import find
from risk_engine.engine.propose import propose, with_levels, with_results
from risk_engine.engine.rate import rate
from risk_engine.engine.resolve import resolve
from risk_engine.loading.case import case_of
from risk_engine.loading.messages import validated
from risk_engine.model.assessment import Assessment
from risk_engine.model.case import Case
from risk_engine.model.cases import CaseTest, CaseTests, ExpectedLevel
from risk_engine.model.criteria import CriteriaSet
from risk_engine.source import Document, read

FILE = "cases.yaml"


@dataclass(frozen=True)
class TestResult:
    """What one test of cases.yaml came to: no differences, or each of them as a line."""

    name: str
    place: str
    differences: tuple[str, ...]


def run_cases(criteria: CriteriaSet, folder: Path) -> tuple[TestResult, ...]:
    """Run every test of the version's cases.yaml; raise InvalidSourceError where the file itself is wrong."""
    path = folder / FILE
    document = read(path, nulls=True)
    problems: list[Diagnostic] = []
    tests = validated(CaseTests, document.data, document, (), problems)
    if not isinstance(tests, CaseTests):
        raise InvalidSourceError(problems)
    runner = _Runner(criteria, document, tests)
    return tuple(runner.result(number, test) for number, test in enumerate(tests.cases))


def stated(document: Document, tests: CaseTests) -> Iterator[tuple[CaseTest, dict[str, Any], Document]]:
    """Yield each test with the case that it states, as plain data (for other readings of the same cases)."""
    runner = _Builder(document, tests)
    for number, test in enumerate(tests.cases):
        yield test, runner.data(number, test), document


class _Builder:
    """Builds the case of each test: the one that it is like, with what it changes."""

    def __init__(self, document: Document, tests: CaseTests) -> None:
        self.document = document
        self.base = tests.base
        self.given: dict[str, dict[str, Any]] = {}

    def data(self, number: int, test: CaseTest) -> dict[str, Any]:
        start = self.base if test.like == "base" else self.given.get(test.like)
        if start is None:
            help_text = suggestion(test.like, ["base", *self.given])
            message = f"there is no earlier test `{test.like}`"
            raise InvalidSourceError([self.document.problem(("cases", number, "like"), message, help_text)])
        data = dict(start)
        for path, value in test.given.items():
            data = self._changed(data, path, value, number)
        if test.in_place:
            data["controls"] = (*data.get("controls", ()), *(_in_place(one, data) for one in test.in_place))
        self.given[test.name] = data
        return data

    def _changed(self, data: dict[str, Any], path: str, value: Any, number: int) -> dict[str, Any]:
        """Return the case with one path set to a value; a new entry is added under its id."""
        entity, *parts = path.split(".")
        entries = data.get(entity)
        if not parts:
            return {**data, entity: value}
        if isinstance(entries, dict) and len(parts) == 1:
            return {**data, entity: {**entries, parts[0]: value}}
        if isinstance(entries, tuple) and len(parts) == 1:
            new = {"id": parts[0], **value} if isinstance(value, dict) else value
            kept = [one for one in entries if one["id"] != parts[0]]
            return {**data, entity: (*kept, new)}
        if isinstance(entries, tuple) and any(one["id"] == parts[0] for one in entries):
            changed = (({**one, parts[1]: value} if one["id"] == parts[0] else one) for one in entries)
            return {**data, entity: tuple(changed)}
        message = f"the case has nothing at `{path}` that could be changed"
        help_text = "write `entity.fact`, `entity.id.fact`, or a whole list"
        raise InvalidSourceError(
            [self.document.problem(("cases", number, "given", path), message, help_text, key=True)]
        )


class _Runner:
    def __init__(self, criteria: CriteriaSet, document: Document, tests: CaseTests) -> None:
        self.criteria = criteria
        self.document = document
        self.builder = _Builder(document, tests)

    def result(self, number: int, test: CaseTest) -> TestResult:
        place = str(self.document.position(("cases", number)))
        data = self.builder.data(number, test)
        case = self._case(data, number)
        try:
            assessment = assess(case, self.criteria, test.on)
            differences = (*_differences(test, assessment), *self._broken_promises(case, assessment.on))
        except (InvalidCaseError, NotInForceError) as error:
            differences = (str(error),)
        return TestResult(test.name, place, tuple(differences))

    def _case(self, data: dict[str, Any], number: int) -> Case:
        """Return the case of a test; what is wrong with it is placed where the test stands."""
        case_document = Document(self.document.path, data, {}, self.document.lines)
        try:
            return case_of(case_document, self.criteria)
        except InvalidSourceError as error:
            place = ("cases", number)
            raise InvalidSourceError(
                self.document.problem(place, one.message, one.help) for one in error.diagnostics
            ) from None

    def _broken_promises(self, case: Case, on: date) -> Iterator[str]:
        """Yield the set's invariants over results that this case breaks."""
        criteria = self.criteria
        facts = resolve(case, criteria, on)
        found = find(facts, criteria, on, control_states(case, on))
        ratings = rate(found, criteria.head)
        proposed = propose(found, ratings, facts, criteria)
        everything = with_levels(with_results(facts, found, ratings, criteria), proposed, criteria)
        for name, invariant in criteria.invariants.results.items():
            if evaluate(invariant.whenever, everything).value and evaluate(invariant.then, everything).value is False:
                yield f"breaks the promise {name}: {invariant.title}"


def _in_place(control: str, data: Mapping[str, Any]) -> dict[str, Any]:
    evidence = {"kind": "test", "reference": "cases.yaml", "date": data["assessment_date"]}
    return {"id": control, "status": "implemented", "evidence": (evidence,)}


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
