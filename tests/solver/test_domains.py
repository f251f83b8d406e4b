"""Which answers rules can tell apart, and that each answer is found in its own class (decision 0023)."""

from datetime import date
from pathlib import Path

import pytest

from risk_engine.model.criteria import Criteria
from risk_engine.solver.domains import Domains, place_of
from risk_engine.solver.space import answers_of, bounds_of
from tests.engine.builder import DAY, case_from, criteria_from

FACTS = """
    trip:
      facts:
        days: {type: integer, range: [0, 99]}
        starts: {type: date}
        to: {type: row, of: lands}
        cold: {type: boolean, from: to}
"""
INDICATORS = """
    I0: {severity: {low: {fact: trip.days, at_least: 10}, high: {fact: trip.days, at_most: 20}}}
    I1: {severity: {low: {fact: trip.starts, at_least: 2026-03-01}}}
    I2: {severity: {low: {fact: trip.cold, is: true}}}
"""
TABLES = """
    lands:
      rows: {A: {name: A}, B: {name: B}, C: {name: C}, D: {name: D}}
      columns: {cold: {values: {A: true, B: false, D: true}}}
"""


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Criteria:
    folder = tmp_path_factory.mktemp("toy")
    return criteria_from(folder / "toy", facts=FACTS, indicators=INDICATORS, tables=TABLES)


def test_a_number_has_a_class_from_each_limit_to_the_next(toy: Criteria) -> None:
    domain = Domains([toy], DAY)["trip.days"]
    assert domain == (0, 10, 21)
    assert [place_of(one, domain) for one in (0, 9, 10, 20, 21, 99)] == [0, 0, 1, 1, 2, 2]


def test_a_preferred_answer_stands_for_its_class_and_moves_no_limit(toy: Criteria) -> None:
    domain = Domains([toy], DAY, None, {"trip.days": (17, 12)})["trip.days"]
    assert domain == (0, 17, 21)
    assert place_of(12, domain) == 1


def test_of_preferred_answers_in_one_class_the_first_stands_for_it(toy: Criteria) -> None:
    assert Domains([toy], DAY, None, {"trip.days": (10, 12)})["trip.days"] == (0, 10, 21)
    assert Domains([toy], DAY, None, {"trip.days": (12, 10)})["trip.days"] == (0, 12, 21)


def test_a_day_before_the_first_limit_is_in_the_first_class(toy: Criteria) -> None:
    domain = Domains([toy], DAY)["trip.starts"]
    assert domain == (date(2026, 2, 28), date(2026, 3, 1))
    assert [place_of(one, domain) for one in (date(1900, 1, 1), date(2026, 3, 1), date(2030, 1, 1))] == [0, 1, 1]


def test_rows_of_which_the_tables_say_the_same_are_one_class(toy: Criteria) -> None:
    domain = Domains([toy], DAY, None, {"trip.to": ("D",)})["trip.to"]
    # A and D are cold, B is not, of C nobody knows.
    assert domain == ("B", "C", "D")
    assert [place_of(one, domain) for one in "ABCD"] == [2, 0, 1, 2]


@pytest.mark.parametrize(
    "facts", ["trip: {facts: {days: {type: integer, range: [0, 9]}}}", "stay: {facts: {long: {type: boolean}}}"]
)
def test_a_set_that_does_not_ask_for_a_row_tells_no_rows_apart(toy: Criteria, facts: str, tmp_path: Path) -> None:
    fact = "trip.days, at_least: 1" if "days" in facts else "stay.long, is: true"
    other = criteria_from(tmp_path / "other", facts=facts, indicators=f"I0: {{severity: {{low: {{fact: {fact}}}}}}}")
    alone = Domains([toy], DAY)["trip.to"]
    for domain in (Domains([toy, other], DAY)["trip.to"], Domains([other, toy], DAY)["trip.to"]):
        assert domain == alone
        assert [place_of(one, domain) for one in "ABCD"] == [place_of(one, alone) for one in "ABCD"]


def test_a_case_prefers_what_it_answers_and_what_each_entry_of_its_lists_does(tmp_path: Path) -> None:
    facts = """
        trip:
          facts:
            days: {type: integer, range: [0, 99]}
            starts: {type: date}
            called: {type: text}
        guest:
          many: 9
          facts: {age: {type: integer, range: [0, 99]}}
    """
    rules = criteria_from(
        tmp_path / "toy", facts=facts, indicators="I: {severity: {low: {fact: trip.days, at_least: 1}}}"
    )
    case = case_from(rules, "trip: {days: 3, called: Alps}\nguest: [{id: a, age: 40}, {id: b}, {id: c, age: 7}]")
    assert answers_of(case, rules.entities) == {"trip.days": [3], "trip.starts": [], "guest.age": [40, 7]}


def test_a_list_has_as_many_entries_as_rules_count_or_are_asked_for_and_no_more_than_it_may(tmp_path: Path) -> None:
    facts = """
        trip: {facts: {days: {type: integer, range: [0, 99]}}}
        guest: {many: 9, facts: {fit: {type: boolean}}}
        pet: {many: 2, facts: {fit: {type: boolean}}}
    """
    counted = "{count: guest, at_least: 5, where: {fact: guest.fit, is: true}}"
    rules = criteria_from(tmp_path / "toy", facts=facts, indicators=f"I: {{severity: {{low: {counted}}}}}")
    assert bounds_of([rules]) == {"guest": 5, "pet": 2}
    assert bounds_of([rules], 0) == {"guest": 5, "pet": 0}
