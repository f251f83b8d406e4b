"""Definitions are read once, however often they are used: what forty lines say takes no longer than forty lines."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from risk_engine.audit.cases import run_of
from risk_engine.audit.coverage.generate import Search, generate
from risk_engine.audit.coverage.goals import Shown, goals_of
from risk_engine.audit.proofs.monotone import rises_with_findings
from risk_engine.audit.proofs.prove import prove
from risk_engine.engine.assess import assess
from risk_engine.engine.program_source import source_of
from risk_engine.engine.work import work as worked_out
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.model.case import case_model
from risk_engine.model.companion_files import CaseTest, Expected
from risk_engine.model.conditions import definitions_in, facts_in, leaves
from risk_engine.model.criteria import Criteria
from risk_engine.model.triage import closes_with_yes
from risk_engine.office.interview.decisive_answers import Ways
from risk_engine.report.generate import Naming
from risk_engine.report.set_pages.catalogue import catalogue
from risk_engine.report.set_pages.speech import Speech
from risk_engine.solver.space import Limits
from tests.engine.builder import DAY, case_from, criteria_of

DOUBLINGS = 40
"""Read as often as it is used, the first of so many definitions would be read a billion times a thousand."""
LEVELS = 1000


def doubled(number: int) -> dict[str, Any]:
    """Return definitions each of which uses the one before it twice; said in two ways, for a list repeats nothing."""
    first: dict[str, Any] = {"d0": {"some": "guest", "where": {"fact": "guest.skill", "is": "expert"}}}

    def twice(name: str) -> list[dict[str, Any]]:
        return [{"holds": name}, {"all_of": [{"holds": name}]}]

    return first | {f"d{one}": {"any_of": twice(f"d{one - 1}")} for one in range(1, number)}


def chained(number: int) -> dict[str, Any]:
    """Return definitions each of which is the opposite of the one before it."""
    first: dict[str, Any] = {"d0": {"fact": "trip.risky", "is": True}}
    return first | {f"d{one}": {"not": {"holds": f"d{one - 1}"}} for one in range(1, number)}


def mixed(number: int) -> dict[str, Any]:
    """Return definitions each of which uses the one before it, and compares a fact itself."""
    first: dict[str, Any] = {"d0": {"fact": "trip.risky", "is": True}}
    own = [{"fact": "trip.insured", "is": True}, {"fact": "trip.alone", "is": True}]
    uses = {f"d{one}": {"all_of": [{"holds": f"d{one - 1}"}, own[one % 2]]} for one in range(1, number)}
    return first | uses


def tripled(number: int) -> dict[str, Any]:
    """Return definitions each of which uses the one before it three times, once as its opposite."""
    first: dict[str, Any] = {"d0": {"fact": "trip.risky", "is": True}}

    def thrice(name: str) -> list[dict[str, Any]]:
        return [{"holds": name}, {"all_of": [{"holds": name}]}, {"not": {"holds": name}}]

    return first | {f"d{one}": {"any_of": thrice(f"d{one - 1}")} for one in range(1, number)}


HARMLESS = "cases: [{name: harmless, expect: {partial: true}}]\n"
"""A case that shows nothing."""


def criteria_with(folder: Path, definitions: dict[str, Any]) -> Criteria:
    rule = {"severity": {"high": {"holds": list(definitions)[-1]}}}
    return criteria_of(folder / "toy", {"definitions": definitions, "indicators": {"A": rule}})


@pytest.mark.parametrize(
    ("definitions", "outcome"),
    [(doubled(DOUBLINGS), "undetermined"), pytest.param(chained(LEVELS), "absent", marks=pytest.mark.nightly)],
)
def test_definitions_are_read_once_however_often_and_deep_they_are_used(
    tmp_path: Path, definitions: dict[str, Any], outcome: str
) -> None:
    criteria = criteria_with(tmp_path, definitions)
    rule = criteria.indicators["A"].severity.high
    assert rule is not None
    assert len(list(leaves(rule, criteria.definitions))) <= 2
    assert len(facts_in(rule, criteria.definitions)) == 1
    assert set(definitions_in(rule, criteria.definitions)) == set(definitions)
    case = case_model(criteria).model_validate(
        {"id": "c", "title": "C", "assessment_date": DAY, "trip": {"risky": True}}
    )
    assert assess(case, criteria).outcome("A") == outcome
    assert prove(criteria, case, DAY, limits=Limits(entries=2)).claims
    assert len(Speech(criteria).definitions_used([rule])) == len(definitions)


def nested(number: int) -> dict[str, Any]:
    """Return definitions each of which uses the one before it, and a list of its own."""
    some = {"some": "guest", "where": {"fact": "guest.skill", "is": "expert"}}
    first: dict[str, Any] = {"d0": {"fact": "trip.risky", "is": True}}
    return first | {f"d{one}": {"any_of": [{"holds": f"d{one - 1}"}, some]} for one in range(1, number)}


def calls(work: Callable[[], object]) -> int:
    """Return how many functions a piece of work enters: what it does is counted, not timed."""
    counted = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal counted
        counted += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def generated(criteria: Criteria) -> None:
    """Generate cases for every comparison of a set that has none, as `criteria test --generate` does."""
    assert criteria.path is not None
    base = f"base: {{id: base, title: Base, assessment_date: {DAY}}}\n"
    folder = Path(criteria.path)
    (folder / "cases.yaml").write_text(f"{base}{HARMLESS}", "utf-8")
    made = generate(folder, lambda criteria: Naming(criteria).name).generated
    assert made.met + len(made.impossible) == made.missing


def shown(criteria: Criteria) -> None:
    """Note what a case shows, and say what each comparison is that it could show."""
    goals = list(goals_of(criteria))
    Shown(goals).add(run_of(criteria, CaseTest(name="c", expect=Expected()), case_from(criteria)))
    naming = Naming(criteria)
    assert all(naming.line(goal) for goal in goals)


def asked(criteria: Criteria) -> None:
    """Read what decides an open finding, as an interview does."""
    worked = worked_out(case_from(criteria), criteria)
    ways = Ways(worked, {})
    assert any(ways.of(found) for found in worked.found)


def read_by_form(criteria: Criteria) -> None:
    """Read a rule for what a yes to a fact could close, and for what rises with it."""
    rule = criteria.indicators["A"].severity.high
    assert rule is not None
    closes_with_yes(rule, "trip.risky", criteria)
    ladder = criteria.ladders["gate"].rules[0].model_copy(update={"when": rule})
    rises_with_findings(criteria.ladders["gate"].model_copy(update={"rules": (ladder,)}), criteria)


@pytest.mark.parametrize(
    "definitions",
    [doubled, nested, *(pytest.param(one, marks=pytest.mark.nightly) for one in (chained, mixed, tripled))],
)
@pytest.mark.parametrize(
    "work",
    [
        lambda criteria: source_of(criteria, DAY, None),
        *(pytest.param(one, marks=pytest.mark.nightly) for one in (catalogue, generated)),
        *(shown, asked, read_by_form),
    ],
)
def test_twice_as_many_definitions_are_no_more_than_twice_the_work(
    tmp_path: Path, definitions: Callable[[int], dict[str, Any]], work: Callable[[Criteria], object]
) -> None:
    few, many = (criteria_with(tmp_path / f"{number}", definitions(number)) for number in (60, 120))
    work(criteria_with(tmp_path / "first", definitions(1)))  # what is read and compiled once does not count
    assert calls(lambda: work(many)) < 2.1 * calls(lambda: work(few))


def test_definitions_deeper_than_anybody_reads_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSourceError, match="the definition `d1000` uses others more than 1000 levels deep"):
        criteria_with(tmp_path, chained(LEVELS + 1))


@pytest.mark.parametrize(
    ("definitions", "met", "can_be_met"),
    [
        # Of two parts that are the same neither makes it so alone, and either could.
        (doubled(DOUBLINGS), {"false"}, {"false"}),
        (chained(LEVELS), {"true"}, {"true", "false"}),
    ],
)
def test_a_comparison_is_one_goal_of_coverage_however_often_definitions_use_each_other(
    tmp_path: Path, definitions: dict[str, Any], met: set[str], can_be_met: set[str]
) -> None:
    criteria = criteria_with(tmp_path, definitions)
    goals = [goal for goal in goals_of(criteria) if goal.kind == "severity_branch"]
    assert [goal.wanted for goal in goals] == ["true", "false"]
    stated = {"trip": {"risky": True}, "guest": ({"id": "g", "skill": "novice"},)}
    case = case_model(criteria).model_validate({"id": "c", "title": "C", "assessment_date": DAY, **stated})
    shown = Shown(goals)
    shown.add(run_of(criteria, CaseTest(name="c", expect=Expected()), case))
    assert {goal.wanted for goal in goals if goal.key in shown.first} == met
    search = Search(criteria, case, DAY)
    assert {goal.wanted for goal in goals if search.answer(goal).verdict == "possible"} == can_be_met
