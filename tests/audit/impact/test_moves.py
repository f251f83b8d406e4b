"""Ladders that differ: levels added, gone or renamed, ladders under other names, and what is stricter then."""

import pytest

from risk_engine.audit.impact.moves import course, direction_of
from risk_engine.model.comparison import Course, Direction
from tests.audit.impact.small import Versions, one, told
from tests.engine.builder import HEAD, LADDERS, Data, written

RISKY = "days: 1, risky: true, pace: calm"
HIGH = {"some": "dimension", "where": {"fact": "dimension.inherent_band", "at_least": "high"}}


def measure(levels: tuple[str, ...], high: str) -> Data:
    """Return the ladders with other levels of the measure; a high finding leads to one of them, else the mildest."""
    made: Data = written(LADDERS)
    made["measure"] = {
        "levels": {name: {"review_months": 12} for name in levels},
        "rules": ({"level": high, "when": HIGH},),
        "otherwise": levels[0],
    }
    return made


@pytest.mark.parametrize(
    ("levels", "high", "moved", "direction"),
    [
        (("advice", "notice", "regulation", "restriction"), "regulation", {}, "same"),
        (("advice", "notice", "regulation", "restriction"), "notice", {"measure": "regulation > notice"}, "milder"),
        (("advice", "regulation"), "regulation", {}, "same"),
        # Each has a level that the other has not: nobody can say which is stricter.
        (("advice", "terms"), "terms", {"measure": "regulation > terms"}, "other"),
        (("restriction", "regulation", "advice"), "advice", {"measure": "regulation > advice"}, "other"),
    ],
)
def test_levels_are_ordered_where_one_version_has_all_of_the_other(
    versions: Versions, levels: tuple[str, ...], high: str, moved: dict[str, str], direction: Direction
) -> None:
    versions.make("1.1.0", ladders=measure(levels, high))
    report = versions.replay(versions.case(trip=RISKY))
    assert told(one(report).ladders) == moved
    assert one(report).ladders[0].direction == direction
    assert {each.name for each in report.ladders[0].levels} >= set(levels)


def test_a_ladder_is_followed_by_its_role_where_it_has_another_name(versions: Versions) -> None:
    ladders = written(LADDERS)
    ladders["verdict"] = ladders.pop("measure")
    roles = {**written(HEAD)["roles"], "headline": "verdict"}
    versions.make("1.1.0", head={"roles": roles}, ladders=ladders, parameters={"long": {"values": ({"value": 1},)}})
    report = versions.replay(versions.case())
    assert told(one(report).ladders) == {"verdict": "advice > regulation", "gate": "clear > conditional"}
    assert [(each.ladder, each.role) for each in report.ladders] == [
        ("verdict", "headline"),
        ("gate", "gate"),
        ("escalation", "escalation"),
    ]


def test_a_ladder_without_a_role_is_followed_by_its_name_and_others_are_named(versions: Versions) -> None:
    more = {"levels": {"dry": {"review_months": 1}, "wet": {"review_months": 1}}, "otherwise": "dry"}
    wet = {"level": "wet", "when": HIGH}
    for version, names in (("1.0.0", ("sky", "sea")), ("1.1.0", ("sky", "moon"))):
        ladders = {**written(LADDERS), **{name: {**more, "rules": (wet,)} for name in names}}
        versions.make(version, ladders=ladders, parameters={"long": {"values": ({"value": 10},)}})
    report = versions.replay(versions.case())
    assert [each.ladder for each in report.ladders] == ["measure", "gate", "escalation", "sky"]
    assert (report.ladders_gone, report.ladders_new) == (("sea",), ("moon",))


def test_the_same_level_that_is_settled_no_more_is_neither_stricter_nor_milder(versions: Versions) -> None:
    ladders = written(LADDERS)
    rules = ladders["measure"]["rules"]
    open_first = {"level": "regulation", "provisional": True, "when": {"some": "finding", "where": OPEN}}
    ladders["measure"]["rules"] = (*rules[:2], open_first, *rules[2:])
    versions.make("1.1.0", ladders=ladders)
    case = one(versions.replay(versions.case(trip="days: 1, risky: true")))
    assert told(case.ladders) == {"measure": "regulation > regulation..regulation"}
    assert (case.ladders[0].direction, case.course) == ("other", "otherwise")


OPEN = {"fact": "finding.open", "is": True}


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ((1, 1, 1), (1, 1, 1), "same"),
        ((1, 1, 1), (1, 1, 2), "stricter"),
        ((0, 1, 2), (1, 1, 2), "stricter"),
        ((1, 1, 1), (0, 1, 1), "milder"),
        ((1, 1, 1), (0, 1, 2), "wider"),
        ((0, 1, 2), (1, 1, 1), "narrower"),
        ((0, 2, 2), (1, 1, 2), "other"),
    ],
)
def test_which_way_a_range_moved(
    before: tuple[int, int, int], after: tuple[int, int, int], direction: Direction
) -> None:
    assert direction_of(before, after) == direction


@pytest.mark.parametrize(
    ("directions", "wanted"),
    [
        (("same", "same"), "same"),
        (("same", "stricter"), "stricter"),
        (("milder", "milder"), "milder"),
        (("stricter", "milder"), "otherwise"),
        (("wider",), "otherwise"),
    ],
)
def test_a_case_goes_one_way_only_if_all_its_ladders_that_moved_do(
    directions: tuple[Direction, ...], wanted: Course
) -> None:
    assert course(directions) == wanted
