"""What an open condition still wants, worked out by hand for a trip and its guests."""

from pathlib import Path

import pytest

from risk_engine.engine.facts import Read
from risk_engine.engine.work import work
from risk_engine.office.interview.decisive_answers import Way, Ways
from tests.engine.builder import DAY, case_from, criteria_from

FACTS = """
trip:
  facts:
    risky: {type: boolean}
    insured: {type: boolean}
    pace: {type: choice, options: [calm, brisk, wild, mad], riskier: later}
    days: {type: integer, range: [0, 9]}
    starts: {type: date}
    gear: {type: choices, options: [rope, axe, lamp]}
    rate: {type: choice, options: [low, steep], ask_when: {fact: trip.insured, is: true}, otherwise: low}
guest:
  many: 4
  facts:
    home: {type: row, of: places}
    far: {type: boolean, from: home}
    fit: {type: boolean}
"""
PLACES = """
places:
  rows: {A: {name: A}, B: {name: B}, C: {name: C}, D: {name: D}}
  columns: {far: {values: {A: true, B: false, C: false}}}
"""


def way(folder: Path, condition: str, case: str = "") -> tuple[bool | None, float, set[str], set[str]]:
    """Return what a condition wants in a case: whether it holds, its chance, what shows it, what rules it out."""
    found = ways(folder, f"I: {{severity: {{high: {condition}}}}}", case)[0]
    return found.value, round(found.chance, 4), said(found.shows), said(found.rules_out)


def ways(folder: Path, indicator: str, case: str = "") -> list[Way]:
    definitions = "open_way: {fact: trip.risky, is: true}\n"
    criteria = criteria_from(folder, facts=FACTS, tables=PLACES, definitions=definitions, indicators=indicator)
    worked = work(case_from(criteria, case), criteria, DAY)
    return Ways(worked, {}).of(worked.found[0])


def said(reads: frozenset[Read]) -> set[str]:
    return {one.path() for one in reads}


RISKY, CALM = "{fact: trip.risky, is: true}", "{fact: trip.pace, is: calm}"


@pytest.mark.parametrize(
    ("leaf", "chance"),
    [
        (RISKY, 0.5),
        ("{fact: trip.pace, at_least: wild}", 0.5),
        ("{fact: trip.pace, one_of: [brisk, wild, mad]}", 0.75),
        ("{fact: trip.days, at_most: 1}", 0.2),
        ("{fact: trip.starts, at_least: 2026-01-01}", 0.5),
        ("{fact: trip.gear, includes: rope}", 0.25),
        ("{fact: trip.gear, includes_any: [rope, axe]}", 0.5),
        ("{not: {fact: trip.gear, includes_any: [rope, axe, lamp]}}", 0.25),
        ("{holds: open_way}", 0.5),
    ],
)
def test_the_chance_is_the_share_of_answers_that_fulfil_it(tmp_path: Path, leaf: str, chance: float) -> None:
    assert way(tmp_path, leaf)[:2] == (None, chance)


def test_to_show_all_takes_every_answer_and_to_rule_it_out_the_cheapest(tmp_path: Path) -> None:
    both = f"{{all_of: [{{any_of: [{RISKY}, {CALM}]}}, {{fact: trip.days, at_least: 5}}]}}"
    assert way(tmp_path, both) == (None, 0.3125, {"trip.risky", "trip.days"}, {"trip.days"})
    assert way(tmp_path, both, "trip: {days: 7}") == (None, 0.625, {"trip.risky"}, {"trip.risky", "trip.pace"})
    assert way(tmp_path, both, "trip: {days: 7, risky: false}") == (None, 0.25, {"trip.pace"}, {"trip.pace"})


def test_what_is_settled_wants_nothing(tmp_path: Path) -> None:
    assert ways(tmp_path, f"I: {{severity: {{high: {RISKY}}}}}", "trip: {risky: false}") == []


def test_of_an_open_list_an_entry_must_be_named_first(tmp_path: Path) -> None:
    """Of its entries nothing can be asked yet; what that will take counts all the same."""
    fit = "{some: guest, where: {fact: guest.fit, is: false}}"
    assert way(tmp_path, fit) == (None, 0.5, {"guest", "guest.?.fit"}, {"guest", "guest.?.fit"})
    two = "guest: [{id: a}, {id: b}]"
    assert way(tmp_path, fit, two) == (None, 0.75, {"guest.a.fit"}, {"guest.a.fit", "guest.b.fit"})
    every = "{every: guest, where: {fact: guest.fit, is: false}}"
    assert way(tmp_path, every, two) == (None, 0.25, {"guest.a.fit", "guest.b.fit"}, {"guest.a.fit"})


def test_of_a_number_of_entries_it_is_left_open_which(tmp_path: Path) -> None:
    two, both = "guest: [{id: a}, {id: b}, {id: c, fit: true}]", {"guest.a.fit", "guest.b.fit"}
    many = "{count: guest, at_least: 2, where: {fact: guest.fit, is: true}}"
    assert way(tmp_path, many, two) == (None, 0.25, both, both)
    few = "{count: guest, at_most: 1, where: {fact: guest.fit, is: true}}"
    assert way(tmp_path, few, two) == (None, 0.75, both, both)
    assert ways(tmp_path, f"I: {{severity: {{high: {few}}}}}", "guest: [{id: a, fit: true}, {id: b, fit: true}]") == []
    either = f"{{any_of: [{RISKY}, {{all_of: [{{fact: trip.days, is: 0}}, {many}]}}]}}"
    one = "guest: [{id: a, fit: true}]\ntrip: {days: 0}"
    assert way(tmp_path, either, one)[2:] == ({"trip.risky"}, {"trip.risky"})


def test_what_a_table_knows_is_asked_by_its_row(tmp_path: Path) -> None:
    """One row of four is far, two are not, and of the fourth a person would be asked."""
    far = "{some: guest, where: {fact: guest.far, is: true}}"
    assert way(tmp_path, far, "guest: [{id: a}]") == (None, 0.375, {"guest.a.home"}, {"guest.a.home"})
    assert way(tmp_path, far, "guest: [{id: a, home: D}]") == (None, 0.5, {"guest.a.far"}, {"guest.a.far"})
    assert way(tmp_path, far)[2] == {"guest", "guest.?.home"}


def test_what_may_not_be_asked_at_all_can_be_ruled_out_by_what_opens_it(tmp_path: Path) -> None:
    both = {"trip.insured", "trip.rate"}
    assert way(tmp_path, "{fact: trip.rate, is: steep}") == (None, 0.25, both, {"trip.insured"})
    assert way(tmp_path, "{fact: trip.rate, is: low}") == (None, 0.75, {"trip.insured"}, both)
    assert way(tmp_path, "{fact: trip.rate, is: steep}", "trip: {insured: true}")[2:] == ({"trip.rate"}, {"trip.rate"})


def test_once_it_is_settled_how_severe_it_is_what_bars_it_counts(tmp_path: Path) -> None:
    barred = f"I: {{severity: {{high: {RISKY}}}, knock_out: {{hold: {CALM}, legal: always}}}}"
    assert [said(one.shows) for one in ways(tmp_path, barred)] == [{"trip.risky"}]
    assert [said(one.shows) for one in ways(tmp_path, barred, "trip: {risky: true}")] == [{"trip.pace"}]
