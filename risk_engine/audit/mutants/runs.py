"""The cases of a set as the set itself decides them, and what each expects, compared part by part."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import ControlState, Found, control_states, find
from risk_engine.engine.propose import Proposed, propose, with_levels, with_results
from risk_engine.engine.rate import Rating, rate
from risk_engine.engine.resolve import resolve
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.loading.case_tests import sound_tests
from risk_engine.model.case import Case
from risk_engine.model.companion_files import CaseTest, Expected, ExpectedLevel
from risk_engine.model.criteria import CriteriaSet


def finding_fits(expect: Expected, name: str, found: Found | None) -> bool:
    """Return whether an indicator came to what is expected; None is one that is not in force."""
    present = found.inherent if found is not None and found.outcome == "present" else None
    undetermined = found.possible if found is not None and found.outcome == "undetermined" else None
    if expect.findings.get(name) != present or expect.undetermined.get(name) != undetermined:
        return False
    if name in expect.residual:
        wanted = expect.residual[name]
        if found is None or found.residual != ((wanted, wanted) if isinstance(wanted, str) else wanted):
            return False
    return name not in expect.knock_out or (found is not None and set(found.knock_out) == {expect.knock_out[name]})


def ladder_fits(expect: Expected, proposed: Proposed) -> bool:
    """Return whether a ladder proposes what is expected, if anything is expected of it."""
    wanted = expect.ladders.get(proposed.ladder)
    if wanted is None:
        return True
    level = wanted if isinstance(wanted, ExpectedLevel) else ExpectedLevel(level=wanted)
    ends = (proposed.lowest, proposed.highest)
    return (proposed.level, proposed.provisional) == (level.level, level.provisional) and level.range in {None, ends}


def awareness_fits(expect: Expected, results: Facts, criteria: CriteriaSet) -> bool:
    """Return whether the awareness rules that apply are those that are expected."""
    if expect.awareness is None:
        return True
    return set(expect.awareness) == {one for one in criteria.awareness if rule_applies(one, results, criteria)}


def rule_applies(name: str, results: Facts, criteria: CriteriaSet) -> bool:
    """Return whether an awareness rule is in force and applies for certain."""
    rule = criteria.awareness[name]
    return rule.effective.covers(results.on) and evaluate(rule.when, results).value is True


def contradictions_fit(expect: Expected, facts: Facts, criteria: CriteriaSet) -> bool:
    """Return whether the answers contradict each other where that is expected, and nowhere else."""
    return set(expect.contradictions) == {
        name
        for name, one in criteria.invariants.facts.items()
        if evaluate(one.whenever, facts).value is True and evaluate(one.then, facts).value is False
    }


def gaps_fit(expect: Expected, facts: Facts, found: Sequence[Found]) -> bool:
    """Return whether the missing answers are those that are expected."""
    if expect.gaps is None:
        return True
    return set(expect.gaps) == {asked.path() for one in found for read in one.missing for asked in facts.to_ask(read)}


def promises_hold(results: Facts, proposed: Sequence[Proposed], criteria: CriteriaSet) -> bool:
    """Return whether the case keeps every invariant over results."""
    promises = criteria.invariants.results
    if not promises:
        return True
    everything = with_levels(results, proposed, criteria)
    return not any(
        evaluate(one.whenever, everything).value and evaluate(one.then, everything).value is False
        for one in promises.values()
    )


_WORD = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Run:
    """A case of cases.yaml with all that the whole set makes of it."""

    criteria: CriteriaSet
    test: CaseTest
    case: Case
    day: date
    facts: Facts
    controls: dict[str, ControlState]
    found: dict[str, Found]
    ratings: tuple[Rating, ...]
    known: dict[object, bool] = field(default_factory=dict)
    """What was seen already: changed findings, and whether the case turns red over them."""

    @cached_property
    def results(self) -> Facts:
        """The facts together with those of the findings and dimensions."""
        return with_results(self.facts, tuple(self.found.values()), self.ratings, self.criteria)

    @cached_property
    def proposed(self) -> dict[str, Proposed]:
        """What every ladder proposes."""
        return {one.ladder: one for one in propose(self.results, self.criteria)}

    @cached_property
    def came_to(self) -> object:
        """What ladders can see: two cases that came to the same have the same levels."""
        seen = [
            (one.id, one.outcome, one.inherent, one.possible, one.residual, one.knock_out, one.open)
            for one in self.found.values()
            if one.outcome != "absent"
        ]
        return tuple(seen), tuple(self.found), self.ratings

    @cached_property
    def mentions(self) -> frozenset[str]:
        """The records that the case is about: named in its name, or expected to be something."""
        expect = self.test.expect
        named = {*expect.findings, *expect.undetermined, *expect.residual, *expect.knock_out, *expect.contradictions}
        return frozenset({*named, *_WORD.findall(self.test.name)})


def runs(criteria: CriteriaSet) -> tuple[Run, ...]:
    """Return the cases of a set; raise InvalidSourceError where cases.yaml cannot be used."""
    document, tests = sound_tests(criteria)
    return tuple(_runs(criteria, document.path, tests))


def _runs(criteria: CriteriaSet, path: str, stated: Iterable[tuple[int, CaseTest, Case]]) -> Iterator[Run]:
    for _number, test, case in stated:
        try:
            yield run_of(criteria, test, case)
        except RiskEngineError as error:
            raise RiskEngineError(
                _("{path}: the case `{name}` cannot be decided\n{error}", path=path, name=test.name, error=error)
            ) from None


def run_of(criteria: CriteriaSet, test: CaseTest, case: Case) -> Run:
    """Return a case with all that the set makes of it; raise RiskEngineError where it cannot be decided."""
    day = test.on or case.assessment_date
    if day is None:
        raise RiskEngineError(_("it has no assessment date"))
    facts = resolve(case, criteria, day)
    controls = dict(control_states(case, day))
    found = find(facts, criteria, day, controls)
    return Run(criteria, test, case, day, facts, controls, {one.id: one for one in found}, rate(found, criteria.head))
