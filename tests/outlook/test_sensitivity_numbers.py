"""Which numbers tip a result; expected values: issue 7 (10, 25 and 50 %, rounded away), the points of the builder."""

import doctest
from typing import Any

import pytest

from risk_engine.engine.replay import Replays
from risk_engine.engine.work import work
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.model.outlook import Margins
from risk_engine.model.profile import Profile, ValueOverride
from risk_engine.outlook import sensitivity
from risk_engine.outlook.distance import margins
from risk_engine.outlook.sensitivity import parameters
from risk_engine.outlook.sensitivity import points as numbers_of
from tests.engine.builder import DAY, FACTS, HEAD, case_from, criteria_of, written
from tests.engine.conftest import Toy
from tests.outlook.working import levels, worked_from

LONG = "LONG: {severity: {high: {fact: trip.days, at_least: {parameter: limit}}}}"
SIX_HIGH = "\n".join(f"I{one}: {{severity: {{high: {{fact: trip.risky, is: true}}}}}}" for one in range(6))
LIMIT = "limit: {title: The limit, adjustable: true, values: [{value: 10}]}"


def told(found: Margins, what: str | None = None) -> list[tuple[str, int, int, int]]:
    return [(one.name, one.value, one.tips_at, one.percent) for one in found.tips if what in {None, one.what}]


def moderate(number: int) -> str:
    return "\n".join(f"I{one}: {{severity: {{moderate: {{fact: trip.risky, is: true}}}}}}" for one in range(number))


def test_the_examples_say_what_they_say() -> None:
    assert doctest.testmod(sensitivity).failed == 0


@pytest.mark.parametrize(
    ("days", "tips"),
    [
        # 10 % of 10 is 1, 25 % is 3, 50 % is 5.
        (12, [("limit", 10, 13, 25)]),
        (10, [("limit", 10, 11, 10)]),
        (9, [("limit", 10, 9, 10)]),
        (7, [("limit", 10, 7, 25)]),
        (5, [("limit", 10, 5, 50)]),
        (4, []),
        (14, [("limit", 10, 15, 50)]),
        (15, []),
    ],
)
def test_of_a_parameter_the_first_value_that_tips_is_named(toy: Toy, days: int, tips: list[Any]) -> None:
    found = margins(worked_from(toy(indicators=LONG, parameters=LIMIT), f"trip: {{days: {days}}}"))
    assert told(found, "parameter") == tips


def test_the_nearest_moves_stand_first(toy: Toy) -> None:
    found = margins(worked_from(toy(indicators=LONG, parameters=LIMIT), "trip: {days: 12}"))
    assert told(found) == [("high", 20, 19, 10), ("high", 20, 21, 10), ("limit", 10, 13, 25)]


def test_it_says_what_comes_out(toy: Toy) -> None:
    found = margins(worked_from(toy(indicators=LONG, parameters=LIMIT), "trip: {days: 9}"))
    (one,) = found.tips
    assert (one.name, levels(one.reached)) == ("limit", ["regulation", "conditional"])


def test_a_number_can_tip_the_result_in_both_directions(toy: Toy) -> None:
    exactly = "EXACT: {severity: {high: {fact: trip.days, is: {parameter: limit}}}}"
    found = margins(worked_from(toy(indicators=exactly, parameters=LIMIT), "trip: {days: 10}"))
    assert told(found, "parameter") == [("limit", 10, 9, 10), ("limit", 10, 11, 10)]
    near = margins(worked_from(toy(indicators=exactly, parameters=LIMIT), "trip: {days: 12}"))
    # At 13, which is 25 % more, and at 15 it is as it was; at 12 it is not.
    assert told(near) == [("limit", 10, 12, 25)]


def test_the_value_of_the_profile_is_moved_and_its_others_stay(toy: Toy) -> None:
    either = """
        LONG:
          severity:
            high:
              any_of:
                - {fact: trip.days, at_least: {parameter: limit}}
                - {some: guest, where: {fact: guest.age, at_least: {parameter: old}}}
    """
    both = f"{LIMIT}\nold: {{adjustable: true, values: [{{value: 60}}]}}"
    criteria = toy(indicators=either, parameters=both)
    override = {"limit": ValueOverride(value=20, reason="we say so"), "old": ValueOverride(value=90, reason="so too")}
    profile = Profile(institution="U", criteria="toy", parameters=override)
    worked = work(case_from(criteria, "trip: {days: 12}\nguest: [{id: bo, age: 80}]"), criteria, DAY, profile)
    # By the set itself, a guest of 80 would be old whatever the limit is.
    assert told(margins(worked)) == [("old", 90, 80, 25), ("limit", 20, 12, 50)]


def test_a_parameter_moves_what_is_asked_too(toy: Toy) -> None:
    criteria = toy(
        facts="""
            trip:
              facts:
                days: {type: integer, range: [0, 99]}
                risky:
                  type: boolean
                  ask_when: {fact: trip.days, at_least: {parameter: limit}}
                  otherwise: false
        """,
        indicators="RISKY: {severity: {high: {fact: trip.risky, is: true}}}",
        parameters=LIMIT,
    )
    found = margins(worked_from(criteria, "trip: {days: 12, risky: true}"))
    # Above 12 days nobody would ask, and what was answered is set aside.
    assert told(found, "parameter") == [("limit", 10, 13, 25)]


def test_a_number_that_a_table_would_give_once_it_is_asked_for_counts(toy: Toy) -> None:
    criteria = toy(
        facts="""
            trip:
              facts:
                to: {type: row, of: places}
                days: {type: integer, range: [0, 99]}
                height:
                  type: integer
                  range: [0, 99]
                  from: to
                  ask_when: {fact: trip.days, at_least: {parameter: limit}}
                  otherwise: 0
        """,
        tables="places: {rows: {A: {name: A}}, columns: {height: {values: {A: 7}}}}",
        indicators="HIGH: {severity: {high: {fact: trip.height, at_least: {parameter: limit}}}}",
        parameters=LIMIT,
    )
    # At 9 and below its height is asked for, and at 7 it is high.
    assert told(margins(worked_from(criteria, "trip: {to: A, days: 9}"))) == [("limit", 10, 7, 25)]


def test_what_a_fact_is_once_it_is_not_asked_for_counts(toy: Toy) -> None:
    criteria = toy(
        facts="""
            trip:
              facts:
                days: {type: integer, range: [0, 99]}
                height:
                  type: integer
                  range: [0, 99]
                  ask_when: {fact: trip.days, at_least: {parameter: limit}}
                  otherwise: 14
        """,
        indicators="FLAT: {severity: {high: {fact: trip.height, at_most: {parameter: limit}}}}",
        parameters=LIMIT,
    )
    # Above 11 its height is not asked for and 14; from 14 on that is flat.
    assert told(margins(worked_from(criteria, "trip: {days: 11, height: 12}"))) == [("limit", 10, 14, 50)]


@pytest.mark.parametrize(
    ("number", "tips"),
    [
        # 5 points each, high from 20 on. 15: with 7 each it is 21, and 7 is 25 % more.
        (3, [("moderate", 5, 7, 25), ("high", 20, 15, 25)]),
        (2, [("high", 20, 10, 50)]),
        (1, []),
        # 20: any point less of each, any point more of the band.
        (4, [("moderate", 5, 4, 10), ("high", 20, 21, 10)]),
        # 50 is high whatever is moved by half: 10 findings of 2 are 20.
        (10, []),
    ],
)
def test_of_points_and_bands_the_first_value_that_tips_is_named(toy: Toy, number: int, tips: list[Any]) -> None:
    found = margins(worked_from(toy(indicators=moderate(number)), "trip: {risky: true}"))
    assert told(found) == tips


def test_the_cap_can_tip(toy: Toy) -> None:
    ladders = """
        measure:
          levels: {advice: {}, regulation: {}}
          rules: [{level: regulation, when: {some: dimension, where: {fact: dimension.residual_band, is: high}}}]
          otherwise: advice
    """
    head = """
        severity: {points: {low: 1, moderate: 5, high: 20, critical: 120}, cap: 22, bands: {low: 0, high: 20, top: 120}}
        roles: {headline: measure}
    """
    found = margins(worked_from(toy(head=head, ladders=ladders, indicators=SIX_HIGH), "trip: {risky: true}"))
    # Six high findings are 120 points, which the cap makes 22; 10 % of 22 is 3, 25 % of 20 is 5.
    assert told(found) == [("cap", 22, 19, 10), ("high", 20, 23, 25)]


def test_no_move_lets_the_cap_reach_the_top_band(toy: Toy) -> None:
    found = margins(worked_from(toy(indicators=SIX_HIGH), "trip: {risky: true}"))
    # The cap makes 119 of 120 points, and unacceptable is from 120 on: no criteria could have a higher cap, or that
    # band begin any lower.
    assert {one.name for one in found.tips} & {"cap", "unacceptable"} == set()


def test_bands_are_told_by_their_names(toy: Toy) -> None:
    titles = """
        severity:
          points: {low: 1, moderate: 5, high: 20, critical: 120}
          cap: 119
          bands: {minimal: 0, limited: 1, high: 20, unacceptable: 120}
          titles: {high: Not small}
    """
    found = margins(worked_from(toy(head=titles, indicators=moderate(4)), "trip: {risky: true}"))
    assert [(one.what, one.name) for one in found.tips] == [("points", "moderate"), ("band", "high")]


def test_what_is_seen_before_controls_can_tip_alone(toy: Toy) -> None:
    lowered = "I0: {severity: {high: {fact: trip.risky, is: true}}, controls: [{all: [FIX], lowers_by: 4}]}"
    control = "controls: [{id: FIX, status: implemented, evidence: [{kind: k, reference: r, date: 2020-01-01}]}]"
    criteria = toy(indicators=lowered, controls="FIX: {}")
    found = margins(worked_from(criteria, f"trip: {{risky: true}}\n{control}"))
    assert told(found) == [("high", 20, 19, 10), ("high", 20, 21, 10)]


def test_the_cap_can_tip_what_reads_that_it_is_reached(toy: Toy) -> None:
    ladders = """
        measure:
          levels: {advice: {}, regulation: {}}
          rules: [{level: regulation, when: {some: dimension, where: {fact: dimension.residual_capped, is: true}}}]
          otherwise: advice
    """
    head = """
        severity: {points: {low: 1, moderate: 5, high: 20, critical: 120}, cap: 12, bands: {b0: 0, b1: 13}}
        roles: {headline: measure}
    """
    found = margins(worked_from(toy(head=head, ladders=ladders, indicators=moderate(2)), "trip: {risky: true}"))
    # Two moderate findings are 10 points; 10 % of 12 is 2, rounded away.
    assert told(found) == [("moderate", 5, 6, 10), ("cap", 12, 10, 10)]


def test_a_range_can_tip_while_the_level_stays(toy: Toy) -> None:
    criteria = toy(indicators=f"{moderate(3)}\nOPEN: {{severity: {{low: {{fact: trip.alone, is: true}}}}}}")
    found = margins(worked_from(criteria, "trip: {risky: true}"))
    # From 15 to 16 points: at 16 it may be high, at 15 it is.
    (first,) = [one for one in found.tips if one.name == "high"]
    assert (first.tips_at, first.reached[0].lowest, first.reached[0].highest) == (16, "advice", "regulation")


def test_it_counts_the_numbers_and_the_moves_that_no_criteria_could_have(toy: Toy) -> None:
    six = "months: {values: [{value: 6}]}\nidle: {values: [{value: 6}]}\nday: {values: [{value: 2020-01-01}]}"
    ladder = """
        measure:
          levels: {advice: {review_months: {parameter: months}}, regulation: {}}
          rules: [{level: regulation, when: {some: finding, where: {fact: finding.inherent, is: high}}}]
          otherwise: advice
    """
    criteria = toy(
        head="roles: {headline: measure}",
        ladders=ladder,
        indicators="A: {severity: {high: {fact: trip.starts, at_least: {parameter: day}}}}",
        awareness="B: {when: {fact: trip.days, is: {parameter: idle}}}",
        parameters=six,
    )
    found = margins(worked_from(criteria, "trip: {starts: 2019-01-01}"))
    # Four severities, three limits, the cap; of the parameters none is a number that decides.
    # A low finding cannot have less than 1 point, the first limit cannot be below 1, the cap of 119 not be above it,
    # and the top band of 120 not begin below it: each three times.
    assert (found.tried, found.refused, found.tips) == (8, 12, ())


def test_a_parameter_moves_within_what_every_rule_allows(toy: Toy) -> None:
    ladders = """
        measure:
          levels: {advice: {review_months: {parameter: limit}}, regulation: {}}
          rules: [{level: regulation, when: {some: finding, where: {fact: finding.inherent, is: high}}}]
          otherwise: advice
    """
    criteria = toy(
        head="roles: {headline: measure}",
        ladders=ladders,
        indicators="OLD: {severity: {high: {some: guest, where: {fact: guest.age, at_least: {parameter: limit}}}}}",
        awareness="B: {when: {fact: trip.days, at_least: {parameter: limit}}}",
        invariants="""
            results:
              P:
                whenever: {fact: trip.nights, at_least: {parameter: limit}}
                then: {fact: ladder.measure, is: advice}
        """,
        facts=FACTS.replace("starts:", "nights: {type: integer, range: [0, 98]}\n        starts:"),
        parameters="limit: {values: [{value: 90}]}",
    )
    worked = worked_from(criteria, "guest: []")
    (number,) = parameters(worked, Replays(worked, ("measure",)))
    # Ages go to 120, days to 99, nights of a promise to 98, months from 1 to 120.
    assert (number.lowest, number.highest) == (1, 98)
    assert (number.clipped(0), number.clipped(100), number.clipped(50)) == (1, 98, 50)


def test_zero_has_no_percentage(toy: Toy) -> None:
    criteria = toy(indicators=LONG, parameters="limit: {values: [{value: 0}]}")
    assert margins(worked_from(criteria, "trip: {days: 0}")).tried == 8


def test_numbers_move_as_far_as_the_loader_goes(toy: Toy, tmp_path: Any) -> None:
    worked = worked_from(toy(indicators=moderate(1)))
    severity = written(HEAD)["severity"]

    def loads(what: str, name: str, value: int) -> bool:
        part = {"points": "points", "band": "bands"}.get(what)
        moved = {**severity, "cap": value} if part is None else {**severity, part: {**severity[part], name: value}}
        try:
            criteria_of(tmp_path / f"{what}-{name}-{value}", {"head": {"severity": moved}})
        except InvalidSourceError:
            return False
        return True

    for number in numbers_of(worked, Replays(worked, ("measure",))):
        assert loads(number.what, number.name, number.lowest)
        assert not loads(number.what, number.name, number.lowest - 1)
        if number.highest is not None:
            assert loads(number.what, number.name, number.highest)
            assert not loads(number.what, number.name, number.highest + 1)
