"""Goals as data: the way from each to the condition that it is about, and the comparisons within a condition."""

from collections.abc import Iterator

import pytest

from risk_engine.audit.coverage.goals import goals_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.conditions import Compare, Holds, Not
from risk_engine.model.coverage import KINDS, Goal, Kind, branches, parts, root_at, root_of
from risk_engine.model.criteria import Criteria
from tests.engine.builder import LOAN_DESK, condition


@pytest.fixture(scope="module")
def criteria() -> Criteria:
    return read_criteria(LOAN_DESK)


@pytest.fixture(scope="module")
def goals(criteria: Criteria) -> tuple[Goal, ...]:
    return tuple(goals_of(criteria))


def of_kind(goals: tuple[Goal, ...], kind: Kind) -> Iterator[Goal]:
    return (one for one in goals if one.kind == kind)


def test_a_set_with_every_construct_has_goals_of_every_kind(goals: tuple[Goal, ...]) -> None:
    assert {one.kind for one in goals} == set(KINDS)


def test_a_goal_without_a_condition_has_none(criteria: Criteria, goals: tuple[Goal, ...]) -> None:
    for kind in ("indicator", "level", "contradiction"):
        assert {root_of(criteria, one) for one in of_kind(goals, kind)} == {None}
    otherwise = [one for one in of_kind(goals, "rule") if one.at == ("otherwise",)]
    assert [one.record for one in otherwise] == list(criteria.ladders)
    assert {root_of(criteria, one) for one in otherwise} == {None}
    always = next(one for one in of_kind(goals, "option") if criteria.indicators[one.record].controls[0].when is None)
    assert root_of(criteria, always) is None


def test_a_goal_leads_to_the_whole_condition(criteria: Criteria, goals: tuple[Goal, ...]) -> None:
    indicators, ladders = criteria.indicators, criteria.ladders
    wanted: dict[Kind, dict[str, object]] = {
        "severity": {"OBJ-1": indicators["OBJ-1"].severity.moderate},
        "severity_branch": {"OBJ-1": indicators["OBJ-1"].severity.moderate},
        "knock_out": {"LAW-5": indicators["LAW-5"].knock_out.funding},
        "knock_out_branch": {"LAW-2": indicators["LAW-2"].knock_out.policy},
        "option_branch": {"OBJ-3": indicators["OBJ-3"].controls[0].when},
        "question_branch": {"artwork.lux_hours": Holds(holds="soft")},
        "rule": {"verdict": ladders["verdict"].rules[0].when},
        "rule_branch": {"verdict": ladders["verdict"].rules[0].when},
        "awareness": {"LOGBOOK": "always"},
        "awareness_branch": {"MANY_VISITORS": criteria.awareness["MANY_VISITORS"].when},
    }
    for kind, records in wanted.items():
        for record, root in records.items():
            goal = next(one for one in of_kind(goals, kind) if one.record == record)
            assert root_of(criteria, goal) == root, goal


def test_goals_about_one_condition_share_its_place(goals: tuple[Goal, ...]) -> None:
    for branch, whole in (
        ("severity_branch", "severity"),
        ("knock_out_branch", "knock_out"),
        ("awareness_branch", "awareness"),
    ):
        places = {(one.record, root_at(one.kind, one.at)) for one in goals if one.kind == branch}
        assert places <= {(one.record, root_at(one.kind, one.at)) for one in goals if one.kind == whole}


def test_the_way_to_a_comparison_is_made_of_the_keys_of_the_file() -> None:
    text = """
        all_of:
          - {not: {holds: old}}
          - any_of:
              - {some: guest, where: {fact: guest.fit, is: true}}
              - {every: guest, where: {fact: guest.fit, is: false}}
              - {count: guest, where: {holds: old}, at_least: 2}
          - {fact: trip.days, at_most: 3}
    """
    old = condition("{fact: guest.age, at_least: 80}")
    assert [
        (".".join(map(str, way)), leaf.fact) for way, leaf in branches(condition(text), {"old": old}, ("when",))
    ] == [
        ("when.all_of.0.not.holds.old", "guest.age"),
        ("when.all_of.1.any_of.0.where", "guest.fit"),
        ("when.all_of.1.any_of.1.where", "guest.fit"),
        ("when.all_of.1.any_of.2.where.holds.old", "guest.age"),
        ("when.all_of.2", "trip.days"),
    ]
    assert list(branches("always", {})) == []


def test_a_comparison_is_made_of_no_parts() -> None:
    leaf = condition("{fact: trip.risky, is: true}")
    assert isinstance(leaf, Compare)
    assert list(parts(leaf, {})) == []
    assert list(parts(Not.model_validate({"not": leaf}), {})) == [(("not",), leaf)]
