"""One case tells of all that say the same: what is skipped would not have turned red, and the same case is named."""

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.audit.cases import Run, as_it_is, contradicted, result_of, runs
from risk_engine.audit.mutants.alike import AlikeCases, Part
from risk_engine.audit.mutants.every import mutants
from risk_engine.audit.mutants.variations import Mutant
from risk_engine.audit.mutants.verdict import ANY, Came, Reach, Suite, Tried, reach
from risk_engine.engine.facts import to_ask
from risk_engine.engine.work import work
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.companion_files import CaseTest
from risk_engine.model.criteria import Criteria
from tests.engine.builder import DAY, LOAN_DESK, ROOT, case_from, criteria_from
from tests.engine.test_program import dated_sets
from tests.strategies import DAYS, Pen, RuleSet, by_turns, cases_of, changed_cases, few_now

TRIPS = ROOT / "tests" / "sets" / "field-trips" / "1.0.0"
CASES, MUTANTS = 8, 12


class AskingAll(Suite):
    """A suite that skips no case."""

    def tried(self, far: Reach) -> Tried:
        """Return what knows nothing of any case."""
        return Unknown(far, self.runs, AlikeCases(self.criteria, self.runs))


class Unknown(Tried):
    """Of each case it may be that it turns red."""

    def of(self, number: int) -> Came:
        """Return that nothing is known."""
        del number
        return ANY


def red(mutant: Mutant, every: Sequence[Run]) -> set[str]:
    """Return the cases that are not as expected when each is run as a whole under the changed set."""
    criteria = mutant.criteria
    return {one.test.name for one in every if result_of(one.test, one.worked.case, criteria, "").differences}


def check(criteria: Criteria, every: tuple[Run, ...], changes: Sequence[Mutant]) -> int:
    """Hold the suite to cases that are all run as a whole; return how many were skipped that way."""
    suite, asking_all, skipped = Suite(criteria, every), AskingAll(criteria, every), 0
    assert suite.failing() == ()
    for mutant in changes:
        tried, wanted = suite.tried(reach(criteria, mutant)), red(mutant, every)
        asked = {one.test.name for number, one in enumerate(every) if tried.of(number).may_be_red}
        assert wanted <= asked, mutant.name
        found = suite.killer(mutant)
        assert found == asking_all.killer(mutant), mutant.name
        assert found in wanted if wanted else found is None, mutant.name
        skipped += len(every) - len(asked)
    return skipped


def expecting(criteria: Criteria, name: str, case: Any, on: date, pen: Pen) -> Run:
    """Return a case that is as its test expects; what that says nothing of, nobody notices."""
    worked = work(case, criteria, on)
    whole = as_it_is(Run(CaseTest.model_validate({"name": name, "on": on, "expect": {}}), worked), criteria.indicators)
    expect: dict[str, Any] = {"contradictions": tuple(sorted(contradicted(worked.facts, criteria)))}
    if pen.chance(3):
        expect |= {"partial": True, "findings": dict(list(whole.findings.items())[:1])}
    else:
        expect |= {"findings": whole.findings, "undetermined": whole.undetermined}
        if pen.chance(2):
            expect |= {"residual": whole.residual, "knock_out": whole.knock_out}
    if pen.chance(2):
        expect["ladders"] = whole.ladders
    if pen.chance(3):
        expect["gaps"] = to_ask([read for one in worked.found for read in one.missing], worked.facts)
    return Run(CaseTest.model_validate({"name": name, "on": on, "expect": expect}), worked)


def drawn_cases(data: st.DataObject, rules: RuleSet) -> tuple[Run, ...]:
    pen, criteria = Pen(data.draw), rules.criteria
    drawn_base = data.draw(cases_of(criteria))
    # Room for the twins that a changed case may have.
    base = {**drawn_base, **{name: drawn_base.get(name, ())[:1] for name, one in criteria.entities.items() if one.many}}
    drawn = [base, *(data.draw(changed_cases(criteria, base)) for _ in range(CASES - 1))]
    days = [pen.one((DAYS[2], DAYS[2], *DAYS)) for _ in drawn]
    return tuple(
        expecting(criteria, f"case {number} I{number % 3}", rules.case(one), day, pen)
        for number, (one, day) in enumerate(zip(drawn, days, strict=True))
    )


@few_now(4, 2)
@given(st.data())
def test_drawn_cases_that_are_skipped_would_not_have_turned_red(data: st.DataObject) -> None:
    rules = data.draw(dated_sets())
    every = drawn_cases(data, rules)
    changes = list(mutants(rules.criteria))
    first = Pen(data.draw).index(len(changes))
    check(rules.criteria, every, (changes * 2)[first : first + MUTANTS])


@pytest.mark.parametrize("folder", by_turns([TRIPS, LOAN_DESK], 2), ids=lambda one: one.parent.name)
def test_cases_of_small_sets_that_are_skipped_would_not_have_turned_red(folder: Path) -> None:
    criteria = read_criteria(folder)
    changes = list(mutants(criteria))
    chance = random.Random(5)  # noqa: S311 (the same ones on every run)
    assert check(criteria, runs(criteria), chance.sample(changes, 60)) > 200


BASE = "trip: {risky: false, pace: calm, days: 1, gear: []}\nguest: [{id: ada, fit: true}]\n"
RULES = """
    I1: {severity: {high: {fact: trip.risky, is: true}}, points: {high: 20}}
    I2: {severity: {high: {some: guest, where: {fact: guest.fit, is: false}}}, controls: [{all: [C1], residual: low}]}
    """


def toy(folder: Path, *cases: str) -> tuple[Criteria, tuple[Run, ...]]:
    """Return a small set with cases that expect what the ladders propose."""
    criteria = criteria_from(folder / "toy", indicators=RULES, controls="C1: {}")
    found = []
    for number, text in enumerate(cases):
        worked = work(case_from(criteria, text), criteria, DAY)
        ladders = {one.ladder: one.level for one in worked.proposed}
        expect = {"partial": True, "ladders": ladders}
        found.append(Run(CaseTest.model_validate({"name": f"{number}", "expect": expect}), worked))
    return criteria, tuple(found)


def test_points_of_an_indicator_count_though_the_finding_is_the_same(tmp_path: Path) -> None:
    # 20 points are the band from which on the measure is regulation.
    criteria, every = toy(tmp_path, BASE, BASE.replace("risky: false", "risky: true"))
    changes = {one.name: one for one in mutants(criteria) if "points" in one.place}
    suite = Suite(criteria, every)
    assert suite.killer(changes["indicator I1 points.high 20 -> 19"]) == "1"
    assert suite.killer(changes["indicator I1 points.high 20 -> 21"]) is None


def test_cases_are_alike_that_say_the_same_of_a_part_of_the_set(tmp_path: Path) -> None:
    in_place = "controls: [{id: C1, status: verified, evidence: [{kind: k, reference: r, date: 2026-01-01}]}]"
    criteria, every = toy(
        tmp_path,
        BASE,
        BASE.replace("days: 1", "days: 2"),
        BASE.replace("fit: true", "fit: false"),
        f"{BASE}{in_place}",
        BASE.replace("ada", "bob"),
        BASE.replace("guest", "# "),
    )
    cases = AlikeCases(criteria, every)

    def firsts(*facts: str, controls: tuple[str, ...] = ()) -> list[int | None]:
        alike = cases.in_part(Part(frozenset(facts), frozenset(controls)))
        return [alike.first(number) for number in range(len(every))]

    assert firsts("trip.days") == [0, 1, 0, 0, 0, 0]
    assert firsts("guest.fit") == [0, 0, 2, 0, 4, 5]
    assert firsts("guest") == [0, 0, 0, 0, 4, 5]
    assert firsts("trip.risky", controls=("C1",)) == [0, 0, 0, 3, 0, 0]


FACTS = """
    trip:
      facts:
        risky: {type: boolean}
        pace:
          type: choice
          options: [calm, brisk, wild]
          ask_when: {fact: trip.risky, is: true}
          otherwise: calm
    """


def test_an_answer_that_becomes_superfluous_opens_what_closes_it_for_other_indicators(tmp_path: Path) -> None:
    criteria = criteria_from(
        tmp_path / "toy", facts=FACTS, indicators="I1: {severity: {high: {fact: trip.risky, is: true}}}"
    )
    worked = work(case_from(criteria, "trip: {risky: false, pace: calm}"), criteria, DAY)
    every = (Run(CaseTest.model_validate({"name": "calm", "on": DAY, "expect": {}}), worked),)
    changes = [one for one in mutants(criteria) if one.change == "calm -> brisk"]
    assert [red(one, every) for one in changes] == [{"calm"}]
    check(criteria, every, changes)
