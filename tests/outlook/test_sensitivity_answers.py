"""Which answer to verify first; expected values worked out by hand from the ladders of the builder."""

from datetime import date

import pytest

from risk_engine.engine.work import work
from risk_engine.model.facts import TextFact
from risk_engine.model.outlook import IfWrong
from risk_engine.model.profile import KnockOutOff, Profile
from risk_engine.outlook.distance import margins
from risk_engine.outlook.sensitivity import alternatives
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy
from tests.outlook.working import levels, worked_from

RULES = """
    BARRED: {severity: {high: {fact: trip.days, at_least: 10}}, knock_out: {legal: always}}
    FAST: {severity: {moderate: {fact: trip.pace, is: brisk}, high: {fact: trip.pace, is: wild}}}
    RISKY: {severity: {high: {fact: trip.risky, is: true}}}
    GUEST: {severity: {high: {some: guest, where: {fact: guest.fit, is: false}}}}
"""
HARMLESS = """
trip: {risky: false, pace: calm, days: 5, insured: true}
guest: [{id: anna, fit: true}, {id: bo, fit: true}]
"""


ONLY_MEASURE = """
    measure:
      levels: {advice: {}, regulation: {}, restriction: {}}
      rules:
        - {level: restriction, when: {some: finding, where: {fact: finding.inherent, at_least: critical}}}
        - {level: regulation, when: {some: finding, where: {fact: finding.inherent, at_least: high}}}
        - level: regulation
          provisional: true
          when: {some: finding, where: {fact: finding.possible, is: moderate}}
      otherwise: advice
"""
IN_PLACE = "controls: [{id: FIX, status: implemented, evidence: [{kind: k, reference: r, date: 2020-01-01}]}]"


def by_path(found: tuple[IfWrong, ...]) -> dict[str, IfWrong]:
    return {one.path: one for one in found}


def test_the_answer_that_moves_most_comes_first_then_the_order_of_the_file(toy: Toy) -> None:
    found = margins(worked_from(toy(indicators=RULES), HARMLESS))
    assert [(one.path, one.steps) for one in found.if_wrong] == [
        ("trip.days", 4),
        ("trip.risky", 2),
        ("trip.pace", 2),
        ("guest.anna.fit", 2),
        ("guest.bo.fit", 2),
    ]
    # No rule reads whether it is insured.
    assert (found.answers, found.moving) == (5, 5)
    assert levels(found.if_wrong[0].reached) == ["restriction", "blocked"]


def test_of_several_other_answers_not_the_first_that_moves_is_told(toy: Toy) -> None:
    rules = """
        FAST: {severity: {high: {fact: trip.pace, is: brisk}}}
        WILD: {severity: {high: {fact: trip.pace, is: wild}}, knock_out: {legal: always}}
    """
    (one,) = margins(worked_from(toy(indicators=rules), "trip: {pace: calm}")).if_wrong
    assert (one.instead, one.steps) == ("wild", 4)


def test_of_an_answer_the_other_one_that_moves_most_is_told(toy: Toy) -> None:
    found = by_path(margins(worked_from(toy(indicators=RULES), HARMLESS)).if_wrong)
    assert (found["trip.pace"].recorded, found["trip.pace"].instead) == ("calm", "wild")
    assert (found["trip.days"].recorded, found["trip.days"].instead) == (5, 10)
    assert found["trip.days"].direction == "stricter"


def test_of_those_that_move_as_much_the_nearest_is_told_and_where_to(toy: Toy) -> None:
    wild = HARMLESS.replace("pace: calm", "pace: wild")
    one = by_path(margins(worked_from(toy(indicators=RULES), wild)).if_wrong)["trip.pace"]
    assert (one.instead, one.steps, one.direction) == ("brisk", 2, "milder")
    long = HARMLESS.replace("days: 5", "days: 30")
    one = by_path(margins(worked_from(toy(indicators=RULES), long)).if_wrong)["trip.days"]
    assert (one.instead, one.direction) == (9, "milder")


def test_an_answer_that_moves_nothing_by_itself_is_only_counted(toy: Toy) -> None:
    criteria = toy(indicators="MILD: {severity: {moderate: {fact: trip.risky, is: true}}}")
    found = margins(worked_from(criteria, "trip: {risky: false}"))
    assert (found.if_wrong, found.answers, found.moving) == ((), 1, 0)


def test_days_and_options_can_be_wrong_too(toy: Toy) -> None:
    criteria = toy(
        indicators="""
            LATE: {severity: {high: {fact: trip.starts, at_least: 2026-07-01}}}
            GEAR: {severity: {high: {all_of: [{fact: trip.gear, includes: rope}, {fact: trip.gear, includes: axe}]}}}
            BARE: {severity: {high: {fact: trip.gear, is: []}}, dimension: mind}
            ROUTE: {severity: {high: {fact: trip.means, one_of: [boat]}}, dimension: mind}
        """
    )
    found = by_path(
        margins(worked_from(criteria, "trip: {starts: 2026-06-01, gear: [rope, lamp], means: foot}")).if_wrong
    )
    assert found["trip.starts"].instead == date(2026, 7, 1)
    # One option more, not another set of options: what is told is one mistake.
    assert found["trip.gear"].instead == ("rope", "axe", "lamp")
    assert found["trip.means"].instead == "boat"
    late = by_path(margins(worked_from(criteria, "trip: {gear: [axe, lamp], starts: 2026-08-01}")).if_wrong)
    assert late["trip.starts"].instead == date(2026, 6, 30)
    both = by_path(margins(worked_from(criteria, "trip: {gear: [rope, axe], starts: 2026-06-01}")).if_wrong)
    assert both["trip.gear"].instead == ("axe",)


def test_several_options_can_be_wrong_together_where_nothing_applies(toy: Toy) -> None:
    criteria = toy(indicators="GEAR: {severity: {high: {fact: trip.gear, includes_any: [rope, lamp]}}}")
    (one,) = margins(worked_from(criteria, "trip: {gear: [rope, lamp]}")).if_wrong
    assert (one.instead, one.direction) == ((), "milder")


def test_a_country_stands_for_what_tables_say_of_it(toy: Toy) -> None:
    criteria = toy(
        facts="""
            trip:
              facts:
                to: {type: row, of: places}
                steep: {type: boolean, from: to}
                called: {type: text}
        """,
        tables="""
            places:
              rows: {A: {name: A}, B: {name: B}, C: {name: C}}
              columns: {steep: {values: {A: false, B: false, C: true}}}
        """,
        indicators="STEEP: {severity: {high: {fact: trip.steep, is: true}}}",
    )
    found = margins(worked_from(criteria, "trip: {to: B, called: Walk}"))
    (one,) = found.if_wrong
    assert (one.path, one.recorded, one.instead, found.answers) == ("trip.to", "B", "C", 1)


def test_what_is_not_asked_any_more_is_set_aside(toy: Toy) -> None:
    criteria = toy(
        facts="""
            trip:
              facts:
                abroad: {type: boolean}
                risky: {type: boolean, ask_when: {fact: trip.abroad, is: true}, otherwise: false}
        """,
        indicators="RISKY: {severity: {high: {fact: trip.risky, is: true}}}",
    )
    found = by_path(margins(worked_from(criteria, "trip: {abroad: true, risky: true}")).if_wrong)
    assert found["trip.abroad"].direction == "milder"
    assert levels(found["trip.abroad"].reached) == ["advice", "clear"]


@pytest.mark.parametrize(
    ("abroad", "moves"), [("true", [("trip.risky", "regulation")]), ("false", []), ("unknown", [])]
)
def test_another_answer_counts_only_where_the_question_is_asked(
    toy: Toy, abroad: str, moves: list[tuple[str, str]]
) -> None:
    criteria = toy(
        facts="""
            trip:
              facts:
                abroad: {type: boolean}
                risky: {type: boolean, ask_when: {fact: trip.abroad, is: true}, otherwise: false}
        """,
        head="roles: {headline: measure}",
        ladders=ONLY_MEASURE,
        indicators="RISKY: {severity: {high: {fact: trip.risky, is: true}}}",
    )
    found = margins(worked_from(criteria, f"trip: {{abroad: {abroad}, risky: false}}"))
    decided = [(one.path, one.reached[0].level) for one in found.if_wrong if one.steps]
    assert (decided, found.answers) == (moves, 1 if abroad == "unknown" else 2)


def test_a_text_has_no_other_answers() -> None:
    assert list(alternatives(TextFact(type="text"), "Ann", ())) == []


def test_what_moves_only_a_range_stands_below_with_no_steps_the_widest_move_first(toy: Toy) -> None:
    # `alone` is not answered, and no rule makes that count.
    rules = """
        BOAT: {severity: {high: {all_of: [{fact: trip.means, is: boat}, {fact: trip.alone, is: true}]}}}
        TRAIN: {severity: {critical: {all_of: [{fact: trip.means, is: train}, {fact: trip.alone, is: true}]}}}
    """
    criteria = toy(head="roles: {headline: measure}", ladders=ONLY_MEASURE, indicators=rules)
    (one,) = margins(worked_from(criteria, "trip: {means: foot}")).if_wrong
    assert (one.instead, one.steps, one.direction) == ("train", 0, "stricter")
    assert (one.reached[0].level, one.reached[0].lowest, one.reached[0].highest) == ("advice", "advice", "restriction")


def test_what_a_finding_could_be_at_most_counts_too(toy: Toy) -> None:
    rules = """
        X:
          severity:
            low: {all_of: [{fact: trip.alone, is: true}, {fact: trip.risky, is: false}]}
            moderate: {all_of: [{fact: trip.alone, is: true}, {fact: trip.risky, is: true}]}
          controls: [{all: [FIX], lowers_by: 4}]
    """
    criteria = toy(head="roles: {headline: measure}", ladders=ONLY_MEASURE, indicators=rules, controls="FIX: {}")
    # With the control in place nothing remains of it whatever the answer; only `possible` is low or moderate.
    (one,) = margins(worked_from(criteria, f"trip: {{risky: false}}\n{IN_PLACE}")).if_wrong
    assert (one.path, levels(one.reached)) == ("trip.risky", ["regulation"])


def test_an_answer_that_only_opens_a_finding_counts_too(toy: Toy) -> None:
    ladders = """
        measure:
          levels: {advice: {}, regulation: {}}
          rules: [{level: regulation, provisional: true, when: {some: finding, where: {fact: finding.open, is: true}}}]
          otherwise: advice
    """
    rules = """
        X:
          severity: {high: {fact: trip.risky, is: true}}
          controls:
            - all: [FIX]
              residual: low
              when: {all_of: [{fact: trip.alone, is: true}, {fact: trip.insured, is: true}]}
    """
    criteria = toy(head="roles: {headline: measure}", ladders=ladders, indicators=rules, controls="FIX: {}")
    # Nobody said whether it is insured; who is not alone need not be asked.
    found = by_path(margins(worked_from(criteria, "trip: {risky: true, alone: false}")).if_wrong)
    assert levels(found["trip.alone"].reached) == ["regulation"]


def test_an_answer_that_only_bars_counts_too(toy: Toy) -> None:
    rules = "X: {severity: {high: {fact: trip.risky, is: true}}, knock_out: {hold: {fact: trip.alone, is: true}}}"
    found = by_path(margins(worked_from(toy(indicators=rules), "trip: {risky: true, alone: false}")).if_wrong)
    assert levels(found["trip.alone"].reached) == ["regulation", "blocked"]


def test_controls_that_are_in_place_lower_what_another_answer_brings(toy: Toy) -> None:
    rules = "X: {severity: {high: {fact: trip.risky, is: true}}, controls: [{all: [FIX], residual: low}]}"
    criteria = toy(indicators=rules, controls="FIX: {}")
    (one,) = margins(worked_from(criteria, f"trip: {{risky: false}}\n{IN_PLACE}")).if_wrong
    assert levels(one.reached) == ["regulation", "clear"]


def test_the_profile_counts_in_another_answer_too(toy: Toy) -> None:
    rules = "RED: {severity: {critical: {fact: trip.risky, is: true}}, knock_out: {policy: always}, adjustable: true}"
    criteria = toy(indicators=rules)
    off = {"RED": KnockOutOff(reason="we may")}
    profile = Profile(institution="U", criteria="toy", policy_knock_outs_off=off)
    (one,) = margins(work(case_from(criteria, "trip: {risky: false}"), criteria, DAY, profile)).if_wrong
    assert levels(one.reached) == ["regulation", "conditional"]


def test_ladders_can_move_in_two_directions(toy: Toy) -> None:
    ladders = """
        measure:
          levels: {advice: {}, regulation: {}}
          rules: [{level: regulation, when: {some: finding, where: {fact: finding.outcome, is: present}}}]
          otherwise: advice
        gate:
          levels: {clear: {}, blocked: {}}
          rules: [{level: blocked, when: {every: finding, where: {fact: finding.outcome, is: absent}}}]
          otherwise: clear
    """
    criteria = toy(
        head="roles: {headline: measure, gate: gate}",
        ladders=ladders,
        indicators="A: {severity: {high: {fact: trip.risky, is: true}}}",
    )
    (one,) = margins(worked_from(criteria, "trip: {risky: false}")).if_wrong
    assert (one.steps, one.direction) == (2, "mixed")


def test_all_that_would_move_the_result_are_there_and_counted(toy: Toy) -> None:
    many = ", ".join(f"f{number}: {{type: boolean}}" for number in range(12))
    rules = "\n".join(f"I{number}: {{severity: {{high: {{fact: trip.f{number}, is: true}}}}}}" for number in range(12))
    criteria = toy(facts=f"trip: {{facts: {{{many}}}}}", indicators=rules)
    stated = ", ".join(f"f{number}: false" for number in range(12))
    found = margins(worked_from(criteria, f"trip: {{{stated}}}"))
    assert [one.path for one in found.if_wrong] == [f"trip.f{number}" for number in range(12)]
    assert (found.answers, found.moving) == (12, 12)
