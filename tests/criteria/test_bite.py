"""Every condition of the starter set matters to one of its cases: delete it, and a case turns red.

What may be deleted unnoticed stands in SURVIVORS with the reason. A case is only run whole where the deletion changed
what its expectations can see, so that hundreds of deletions take seconds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

import pytest

from risk_engine.audit.cases import FILE, result_of, stated_cases
from risk_engine.engine.controls import ControlState, control_states
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Facts
from risk_engine.engine.find import Found, find
from risk_engine.engine.propose import propose, with_results
from risk_engine.engine.rate import Rating, rate
from risk_engine.engine.resolve import resolve
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.messages import validated
from risk_engine.loading.sets import choose
from risk_engine.model.case import Case
from risk_engine.model.cases import CaseTest, CaseTests
from risk_engine.model.conditions import Condition, ConditionOrAlways, definitions_in
from risk_engine.model.criteria import CriteriaSet, Indicator, knock_out_conditions, severity_conditions
from risk_engine.source import read
from tests.criteria import deletions

FOLDER = choose("reconnect-china@1.0.0", None)[0].folder
CRITERIA = read_criteria(FOLDER)

SURVIVORS = {
    "COM-07 severity.moderate.where.all_of.0": (
        "`data.outbound_procedure` is asked only where `data.outbound_rules` names rules, else it is `not_needed`: the "
        "condition says for the reader what `ask_when` says for the engine"
    ),
    "COM-11 severity.moderate.all_of.1.where.all_of.0": (
        "`technology.state_priority` is asked only in a critical area, else it is `[]`: likewise"
    ),
    "ETH-07 severity.high.all_of.0.where.all_of.0": (
        "`data.transfer_basis` is asked only where personal data leave, else it is `not_needed`; likewise"
    ),
    "SEC-16 severity.high.where.all_of.1": (
        "`person.external_obligations` is asked only where access to something confidential is needed, else there are "
        "none: nobody's duties are asked for without need, and the condition says so to the reader"
    ),
    "SEC-17 severity.high.where.all_of.0": (
        "`person.precheck` is asked only where controlled access is needed, else it is `not_needed`; likewise"
    ),
    "measure.rules.0": (
        "every knock-out `policy` or `legal` is on a critical finding: rule 2 restricts too, and rule 0 says why"
    ),
    "measure.rules.1": "every knock-out `funding` is on a critical finding: likewise",
    "measure.rules.5.where.all_of.0": "a finding that is not open and possibly high is high, and rule 3 speaks first",
    "start_gate.rules.3.where.all_of.0": "the knock-out of a finding that is not open is certain: rule 0 speaks first",
}

OF_INDICATORS = [
    (f"{name} {place}", CRITERIA.model_copy(update={"indicators": {**CRITERIA.indicators, name: less}}))
    for name, indicator in CRITERIA.indicators.items()
    for place, less in deletions.of_indicator(indicator)
]
OF_DEFINITIONS = list(deletions.of_definitions(CRITERIA))
OF_LADDERS = list(deletions.of_ladders(CRITERIA))
OF_AWARENESS = list(deletions.of_awareness(CRITERIA))
OF_CONTRADICTIONS = list(deletions.of_contradictions(CRITERIA))


@dataclass(frozen=True)
class Run:
    """A case of cases.yaml with all that the whole set makes of it."""

    test: CaseTest
    case: Case
    day: date
    facts: Facts
    controls: dict[str, ControlState]
    found: dict[str, Found]

    @cached_property
    def results(self) -> Facts:
        return with_results(self.facts, tuple(self.found.values()), self.ratings, CRITERIA)

    @cached_property
    def ratings(self) -> tuple[Rating, ...]:
        return rate(tuple(self.found.values()), CRITERIA.head)


@cache
def runs() -> tuple[Run, ...]:
    document = read(FOLDER / FILE, nulls=True)
    tests = validated(CaseTests, document.data, document, (), [])
    assert tests is not None
    return tuple(_runs(stated_cases(CRITERIA, document, tests)))


def _runs(stated: Iterator[Any]) -> Iterator[Run]:
    for _, test, case in stated:
        day = test.on or case.assessment_date
        facts, controls = resolve(case, CRITERIA, day), dict(control_states(case, day))
        found = {one.id: one for one in find(facts, CRITERIA, day, controls)}
        yield Run(test, case, day, facts, controls, found)


BEFORE: dict[tuple[str, str], object] = {}
"""What was seen of a record in a case before anything was deleted."""


def is_noticed(less: CriteriaSet, record: str, seen: Callable[[Run, CriteriaSet], object]) -> bool:
    """Return whether a case turns red; `seen` is the part of a case's result that the deletion can change."""
    name = record.partition(" ")[2]
    # The cases about this record stand in its name: nearly always one of them notices.
    return any(_turns_red(run, less, record, seen) for run in sorted(runs(), key=lambda run: name not in run.test.name))


def _turns_red(run: Run, less: CriteriaSet, record: str, seen: Callable[[Run, CriteriaSet], object]) -> bool:
    key = record, run.test.name
    if key not in BEFORE:
        BEFORE[key] = seen(run, CRITERIA)
    return seen(run, less) != BEFORE[key] and result_of(run.test, run.case, less, "").differences != ()


def noticed_or_listed(place: str, less: CriteriaSet, record: str, seen: Callable[[Run, CriteriaSet], object]) -> None:
    if place in SURVIVORS:
        assert not is_noticed(less, record, seen), f"{place} is noticed now: take it out of SURVIVORS"
    else:
        assert is_noticed(less, record, seen), (
            f"no case of cases.yaml turns red if {place} is deleted: write one that needs it, "
            f"or list it in SURVIVORS with the reason why none can"
        )


@pytest.mark.parametrize(("place", "less"), OF_INDICATORS, ids=[place for place, _ in OF_INDICATORS])
def test_a_condition_deleted_from_an_indicator_turns_a_case_red(place: str, less: CriteriaSet) -> None:
    name = place.partition(" ")[0]
    noticed_or_listed(
        place, less, f"indicator {name}", lambda run, criteria: _visible(run, criteria, frozenset({name}))
    )


@pytest.mark.parametrize(("place", "less"), OF_DEFINITIONS, ids=[place for place, _ in OF_DEFINITIONS])
def test_a_condition_deleted_from_a_definition_turns_a_case_red(place: str, less: CriteriaSet) -> None:
    name = place.partition(".")[0]
    users = frozenset(one for one, indicator in CRITERIA.indicators.items() if name in _definitions_of(indicator))
    readers = [rule.when for rule in _rules() if name in _definitions(rule.when)]

    def seen(run: Run, criteria: CriteriaSet) -> object:
        results = replace(run.results, definitions=criteria.definitions) if readers else run.results
        return _visible(run, criteria, users), [evaluate(one, results).value for one in readers]

    noticed_or_listed(place, less, f"definition {name}", seen)


@pytest.mark.parametrize(("place", "less"), OF_LADDERS, ids=[place for place, _ in OF_LADDERS])
def test_a_condition_deleted_from_a_ladder_turns_a_case_red(place: str, less: CriteriaSet) -> None:
    name = place.partition(".")[0]

    def seen(run: Run, criteria: CriteriaSet) -> object:
        only = criteria.model_copy(update={"ladders": {name: criteria.ladders[name]}})
        (proposed,) = propose(run.results, only)
        return proposed.level, proposed.provisional, proposed.lowest, proposed.highest

    noticed_or_listed(place, less, f"ladder {name}", seen)


@pytest.mark.parametrize(("place", "less"), OF_AWARENESS, ids=[place for place, _ in OF_AWARENESS])
def test_a_condition_deleted_from_an_awareness_rule_turns_a_case_red(place: str, less: CriteriaSet) -> None:
    name = place.partition(".")[0]

    def seen(run: Run, criteria: CriteriaSet) -> object:
        rule = criteria.awareness.get(name)
        return rule is not None and evaluate(rule.when, run.results).value is True

    noticed_or_listed(place, less, f"awareness {name}", seen)


@pytest.mark.parametrize(("place", "less"), OF_CONTRADICTIONS, ids=[place for place, _ in OF_CONTRADICTIONS])
def test_a_condition_deleted_from_an_invariant_of_answers_turns_a_case_red(place: str, less: CriteriaSet) -> None:
    name = place.partition(".")[0]

    def seen(run: Run, criteria: CriteriaSet) -> object:
        one = criteria.invariants.facts.get(name)
        if one is None or evaluate(one.whenever, run.facts).value is not True:
            return False
        return evaluate(one.then, run.facts).value is False

    noticed_or_listed(place, less, f"answers {name}", seen)


def test_no_survivor_is_listed_that_is_no_deletion() -> None:
    places = {place for place, _ in (*OF_INDICATORS, *OF_DEFINITIONS, *OF_LADDERS, *OF_AWARENESS, *OF_CONTRADICTIONS)}
    assert set(SURVIVORS) - places == set()


def _visible(run: Run, criteria: CriteriaSet, names: frozenset[str]) -> object:
    """Return what the expectations of a case can see of some indicators."""
    if criteria is CRITERIA:
        found = tuple(one for one in run.found.values() if one.id in names)
    else:
        only = criteria.model_copy(update={"indicators": {one: criteria.indicators[one] for one in sorted(names)}})
        facts = run.facts
        if criteria.definitions is not CRITERIA.definitions:
            facts = resolve(run.case, criteria, run.day)
        found = tuple(sorted(find(facts, only, run.day, run.controls), key=lambda one: list(run.found).index(one.id)))
    return [
        (one.id, one.outcome, one.inherent, one.possible, one.residual, one.knock_out, one.missing) for one in found
    ]


def _rules() -> Iterator[Any]:
    for ladder in CRITERIA.ladders.values():
        yield from ladder.rules
    yield from CRITERIA.awareness.values()


def _definitions(condition: ConditionOrAlways) -> tuple[str, ...]:
    return () if condition == "always" else definitions_in(condition, CRITERIA.definitions)


def _definitions_of(indicator: Indicator) -> set[str]:
    conditions: list[Condition | str] = [one for _, one in severity_conditions(indicator)]
    conditions += [one for _, one in knock_out_conditions(indicator)]
    conditions += [option.when for option in indicator.controls if option.when is not None]
    return {name for one in conditions for name in _definitions(one)}  # type: ignore[arg-type]
