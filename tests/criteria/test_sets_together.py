"""What the shipped sets say of each other, and what one case file says to several of them, fits on both sides."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

import pytest

from risk_engine.loading.sets import shipped_sets
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoiceFact, ChoicesFact, IntegerFact, RowFact, TextFact
from tests.versions import newest

SETS = {name: newest(name) for name in shipped_sets()}
PAIRS = list(combinations(SETS, 2))
MATRIX = SETS["us-dod-matrix"]


def stated(criteria: Criteria) -> Iterator[tuple[str, str, str]]:
    """Yield level, level of the other set, other set, for each `equals`."""
    for ladder in criteria.ladders.values():
        for name, level in ladder.levels.items():
            if level.equals:
                other, _of, other_set = level.equals.split(" ")
                yield name, other, other_set


@pytest.mark.parametrize("name", SETS)
def test_a_level_equals_one_level_of_a_set_that_is_shipped_and_of_none_that_says_otherwise(name: str) -> None:
    for level, other, other_set in stated(SETS[name]):
        theirs = [one for one in SETS[other_set].ladders.values() if other in one.levels]
        assert len(theirs) == 1, (level, other)
        back = {mine for one, mine, its in stated(SETS[other_set]) if one == other and its == name}
        assert back <= {level}, (level, other)


def test_what_binds_nobody_in_the_matrix_is_advice_and_each_row_equals_a_measure() -> None:
    levels = MATRIX.ladders["mitigation"].levels
    assert {name: one.equals for name, one in levels.items()} == {
        "none_needed": "advice of reconnect-china",
        "suggested": "advice of reconnect-china",
        "recommended": "advice of reconnect-china",
        "required": "regulation of reconnect-china",
        "prohibited": "restriction of reconnect-china",
    }


def asked(fact: AnyFact) -> tuple[object, ...]:
    """Return what makes an answer to one fact an answer to another: its kind, and what may be said."""
    match fact:
        case ChoiceFact() | ChoicesFact():
            return fact.type, tuple(fact.options.items())
        case IntegerFact():
            return fact.type, fact.range
        case RowFact():
            return fact.type, fact.of
        case _:
            return (fact.type,)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_facts_of_one_name_take_the_same_answers_with_the_same_words(one: str, other: str) -> None:
    mine, theirs = SETS[one].entities, SETS[other].entities
    shared = [
        (name, fact) for name in mine.keys() & theirs.keys() for fact in mine[name].facts.keys() & theirs[name].facts
    ]
    assert ("partner", "listed_abroad") in shared
    assert ("person", "talent_programme") in shared
    for name, fact in shared:
        assert asked(mine[name].facts[fact]) == asked(theirs[name].facts[fact]), f"{name}.{fact}"
    assert [name for name in mine.keys() & theirs.keys() if mine[name].many != theirs[name].many] == []


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_tables_of_one_name_have_the_same_rows(one: str, other: str) -> None:
    mine, theirs = SETS[one].tables, SETS[other].tables
    assert "countries" in mine.keys() & theirs.keys()
    for name in mine.keys() & theirs.keys():
        assert mine[name].rows.keys() == theirs[name].rows.keys()
        for row, there in mine[name].rows.items():
            assert (there.name, {*there.aliases}) == (theirs[name].rows[row].name, {*theirs[name].rows[row].aliases})


def test_every_cell_of_the_matrix_says_that_it_is_remembered_and_how_surely() -> None:
    cells = [cited for one in MATRIX.indicators.values() for cited in one.sources if cited.id == "dod-matrix"]
    assert len(cells) == 16
    for one in cells:
        assert one.verified is False
        assert one.at is not None
        assert "row " in one.at
        assert one.at.endswith(("(memory, medium)", "(memory, low)"))


def test_no_day_of_the_department_is_coded_and_every_look_back_can_be_adjusted() -> None:
    days = {name: one for name, one in MATRIX.parameters.items() if isinstance(one.values[0].value, date)}
    assert set(days) == {"recent_since", "earlier_since", "copublications_since"}
    assert all(one.adjustable for one in days.values())
    remembered = {date(2019, 10, 10), date(2022, 8, 9), date(2024, 8, 9)}
    assert {value.value for one in days.values() for value in one.values} & remembered == set()


def test_a_country_is_read_only_as_the_seat_of_a_giver_or_the_place_of_a_filing() -> None:
    read = {
        f"{name}.{fact.from_}"
        for name, entity in MATRIX.entities.items()
        for fact in entity.facts.values()
        if not isinstance(fact, RowFact | TextFact) and fact.from_
    }
    assert read == {"support.country", "patent.country"}
    assert not [one for one in MATRIX.entities["person"].facts.values() if isinstance(one, RowFact)]
