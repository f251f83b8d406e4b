"""Which of two results is stricter, by the levels that sets say mean the same; worked out by hand, then run."""

from datetime import date
from pathlib import Path

import pytest

from risk_engine.engine.assess import assess
from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.assessment import Assessment
from risk_engine.model.comparison import LevelPlace, Relation
from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.compare import relations

SETS = Path(__file__).parents[1] / "sets"
TEXT = (SETS / "two-rooms-case.yaml").read_text("utf-8")
DESK = {
    "lend": "",
    "lend_on_terms": "fragility: robust -> fragility: brittle",
    "refuse": "claim: unclaimed -> claim: filed",
}
"""What makes the loan desk come to each of its levels."""
ROOM = {
    "granted": "climate: drifting   -> climate: steady   ",
    "watched": "",
    "declined": "paperwork: signed_both -> paperwork: unsigned",
}
OPEN_ROOM = "paperwork: signed_both -> paperwork: unknown"


@pytest.fixture(scope="module")
def desk() -> Criteria:
    return read_criteria(SETS / "loan-desk" / "1.0.0")


@pytest.fixture(scope="module")
def room() -> Criteria:
    return read_criteria(SETS / "print-room" / "1.0.0")


def saying(criteria: Criteria, ladder: str, **equals: str | None) -> Criteria:
    """Return a set that says of its levels that they equal others, and of no other level."""
    levels = {
        name: level.model_copy(update={"equals": equals.get(name)})
        for name, level in criteria.ladders[ladder].levels.items()
    }
    changed = criteria.ladders[ladder].model_copy(update={"levels": levels})
    return criteria.model_copy(update={"ladders": {**criteria.ladders, ladder: changed}})


def result(criteria: Criteria, other: Criteria, *changes: str) -> Assessment:
    text = TEXT
    for change in filter(None, changes):
        before, after = change.split(" -> ")
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    case = case_of(parse(text, "case.yaml", nulls=True), criteria, others=(other,))
    return assess(case, criteria, date(2026, 3, 2))


def headline(desk: Criteria, room: Criteria, of_desk: str, of_room: str) -> Relation:
    """Return how the two compare where the desk comes to one level and the room to another."""
    assessments = (result(desk, room, DESK[of_desk]), result(room, desk, ROOM.get(of_room, of_room)))
    assert assessments[0].proposals[1].level == of_desk
    (relation,) = relations(assessments, (desk, room))
    assert relation.role == "headline"
    return relation


@pytest.mark.parametrize(
    ("of_desk", "of_room", "verdict", "stricter"),
    [
        # lend = granted and refuse = declined; what lies between equals nothing there.
        ("lend", "granted", "same", None),
        ("lend", "watched", "differs", 1),
        ("lend", "declined", "differs", 1),
        ("lend_on_terms", "granted", "differs", 0),
        ("lend_on_terms", "watched", "unrelated", None),
        ("lend_on_terms", "declined", "differs", 1),
        ("refuse", "granted", "differs", 0),
        ("refuse", "watched", "differs", 0),
        ("refuse", "declined", "same", None),
    ],
)
def test_levels_compare_by_what_they_equal(
    desk: Criteria, room: Criteria, of_desk: str, of_room: str, verdict: str, stricter: int | None
) -> None:
    relation = headline(desk, room, of_desk, of_room)
    assert (relation.verdict, relation.stricter) == (verdict, stricter)


def test_each_level_has_its_place_on_the_other_ladder(desk: Criteria, room: Criteria) -> None:
    assert headline(desk, room, "lend", "granted").places == (
        LevelPlace(level="lend", equals=("granted",), above=None, below=None),
        LevelPlace(level="lend_on_terms", equals=(), above="granted", below="declined"),
        LevelPlace(level="refuse", equals=("declined",), above=None, below=None),
    )


def test_it_is_enough_that_one_of_the_two_sets_says_it(desk: Criteria, room: Criteria) -> None:
    silent = saying(desk, "verdict")
    told = saying(room, "permit", granted="lend of loan-desk", watched="lend_on_terms of loan-desk")
    assert headline(silent, told, "lend_on_terms", "watched").verdict == "same"
    assert headline(silent, told, "refuse", "watched").stricter == 0


def test_where_no_set_says_anything_nothing_is_compared(desk: Criteria, room: Criteria) -> None:
    relation = headline(saying(desk, "verdict"), saying(room, "permit"), "refuse", "granted")
    assert (relation.verdict, relation.stricter) == ("unrelated", None)


def test_what_is_said_of_a_third_set_says_nothing_here(desk: Criteria, room: Criteria) -> None:
    other = saying(desk, "verdict", lend="granted of map-room", refuse="declined of map-room")
    assert headline(other, saying(room, "permit"), "refuse", "granted").verdict == "unrelated"


def test_levels_that_equal_each_other_crosswise_say_nothing(desk: Criteria, room: Criteria) -> None:
    crossed = saying(desk, "verdict", lend="declined of print-room", refuse="granted of print-room")
    assert headline(crossed, saying(room, "permit"), "refuse", "granted").verdict == "unrelated"


def test_a_level_between_two_that_equal_one_equals_it_too(desk: Criteria, room: Criteria) -> None:
    both = saying(desk, "verdict", lend="granted of print-room", refuse="granted of print-room")
    relation = headline(both, saying(room, "permit"), "lend_on_terms", "granted")
    assert relation.verdict == "same"
    assert relation.places[1].equals == ("granted",)


def test_a_level_above_all_that_is_said_is_stricter_than_that(desk: Criteria, room: Criteria) -> None:
    low = saying(desk, "verdict", lend="granted of print-room")
    silent = saying(room, "permit")
    assert headline(low, silent, "refuse", "granted").stricter == 0
    assert headline(low, silent, "refuse", "declined").verdict == "unrelated"
    assert headline(low, silent, "lend", "granted").places[2] == LevelPlace(
        level="refuse", equals=(), above="granted", below=None
    )


def test_what_missing_answers_leave_open_is_open_unless_every_level_left_compares_alike(
    desk: Criteria, room: Criteria
) -> None:
    # The room may come to watched or declined: both are stricter than lend, none is settled against refuse.
    assert headline(desk, room, "lend", OPEN_ROOM).stricter == 1
    relation = headline(desk, room, "refuse", OPEN_ROOM)
    assert (relation.verdict, relation.stricter) == ("open", None)


def test_only_roles_that_both_sets_have_are_compared(desk: Criteria, room: Criteria) -> None:
    pair = (result(desk, room), result(room, desk))
    assert [one.role for one in relations(pair, (desk, room))] == ["headline"]
    twice = (result(desk, room), result(desk, room))
    assert [one.role for one in relations(twice, (desk, desk))] == ["gate", "headline"]


def test_two_versions_of_one_set_compare_by_the_names_of_their_levels(desk: Criteria, room: Criteria) -> None:
    silent = saying(desk, "verdict")
    pair = (result(desk, room), result(silent, room, DESK["refuse"]))
    gate, head = relations(pair, (desk, silent))
    assert (gate.verdict, gate.stricter) == ("differs", 1)
    assert (head.verdict, head.stricter) == ("differs", 1)
    assert [place.equals for place in head.places] == [("lend",), ("lend_on_terms",), ("refuse",)]


def test_three_sets_are_compared_two_by_two(desk: Criteria, room: Criteria) -> None:
    several = (result(desk, room), result(room, desk), result(desk, room, DESK["refuse"]))
    found = [(one.first, one.second) for one in relations(several, (desk, room, desk)) if one.role == "headline"]
    assert found == [(0, 1), (0, 2), (1, 2)]
