"""The ways down of small sets that are written down: what is offered, told and kept, and what stands against it."""

from pathlib import Path
from typing import Any

import pytest

from risk_engine.engine.work import work
from risk_engine.model.outlook import WaysDown
from risk_engine.outlook.ways import ways_down
from tests.engine.builder import case_from, criteria_from

FACTS = """
    trip:
      facts:
        alone: {type: boolean, riskier: true, changeable: A guide comes along.}
        insured: {type: boolean, riskier: false, ask_when: {fact: trip.alone, is: false}, otherwise: true}
        days: {type: integer, range: [0, 99], riskier: higher, changeable: true}
        rope: {type: boolean, riskier: false}
"""


def trip(folder: Path, insured: str, case: str) -> dict[tuple[str, str], WaysDown]:
    """Return the ways down of a trip; who goes alone is at high risk, and being uninsured is of this severity."""
    indicators = f"""
        LONE: {{severity: {{high: {{fact: trip.alone, is: true}}}}}}
        BARE: {{severity: {{{insured}: {{fact: trip.insured, is: false}}}}}}
        FALL: {{severity: {{moderate: {{fact: trip.days, at_least: 9}}, critical: {{fact: trip.rope, is: false}}}}}}
    """
    criteria = criteria_from(folder, facts=FACTS, indicators=indicators)
    return {(one.ladder, one.to): one for one in ways_down(work(case_from(criteria, case), criteria))}


def test_a_question_that_a_change_opens_counts_for_the_worst_and_is_told(tmp_path: Path) -> None:
    case = "trip: {alone: true, days: 1, rope: true}"
    (way,) = trip(tmp_path / "a", "low", case)["measure", "advice"].ways
    assert [(one.path, one.before, one.after, one.or_milder) for one in way.changes] == [
        ("trip.alone", True, False, False)
    ]
    assert way.then_asked == ("trip.insured",)
    nothing = trip(tmp_path / "b", "high", case)["measure", "advice"]
    assert nothing.ways == ()
    assert [(one.finding, one.rests_on, one.unanswered) for one in nothing.obstacles] == [
        ("BARE", (), ("trip.insured",))
    ]


def test_what_stands_against_it_are_recorded_answers_that_nothing_changes(tmp_path: Path) -> None:
    """Without a rope it is a restriction alone, whatever the days are; the days are changeable by a bare yes only."""
    nothing = trip(tmp_path, "low", "trip: {alone: false, insured: true, days: 20, rope: false}")
    assert {key: one.ways for key, one in nothing.items()} == {("measure", "regulation"): (), ("gate", "clear"): ()}
    assert [(one.finding, one.rests_on) for one in nothing["measure", "regulation"].obstacles] == [
        ("FALL", ("trip.rope",))
    ]


def test_what_was_open_before_is_not_told_as_opened(tmp_path: Path) -> None:
    (way,) = trip(tmp_path, "low", "trip: {alone: true, rope: true}")["measure", "advice"].ways
    assert way.then_asked == ("trip.insured",)


DAYS = "{trip: {facts: {days: {type: integer, range: [0, 99], riskier: higher, changeable: It ends earlier.}}}}"


@pytest.mark.parametrize(
    ("severity", "after", "or_milder"),
    [
        ("{fact: trip.days, at_least: 9}", 8, True),
        # So short a trip is as risky as a long one: of the shorter ones not every one does.
        ("{any_of: [{fact: trip.days, at_least: 9}, {fact: trip.days, at_most: 2}]}", 8, False),
        ("{fact: trip.days, at_least: 1}", 0, False),  # nothing is milder than none
    ],
)
def test_the_nearest_number_is_told_and_whether_every_lower_one_does(
    severity: str, after: int, or_milder: bool, tmp_path: Path
) -> None:
    criteria = criteria_from(tmp_path, facts=DAYS, indicators=f"{{LONG: {{severity: {{high: {severity}}}}}}}")
    found = ways_down(work(case_from(criteria, "trip: {days: 20}"), criteria))
    ways = {one.to: one.ways for one in found if one.ladder == "measure"}
    assert [[(one.after, one.or_milder) for one in way.changes] for way in ways["advice"]] == [[(after, or_milder)]]


GUARD = """
    trip:
      facts:
        night:
          type: choice
          riskier: later
          options: {hotel: A hotel, hut: A hut, tent: A tent, open: Under the sky}
          changeable: %s
        load: {type: choices, riskier: more, options: {axe: An axe, gun: A gun, gas: Gas}, changeable: %s}
        alone: {type: boolean, changeable: %s}
"""
COLD = """
    COLD: {severity: {high: {fact: trip.night, at_least: tent}}}
    ARMS: {severity: {high: {fact: trip.load, includes_any: [axe, gun]}}}
    LONE: {severity: {high: {fact: trip.alone, is: true}}}
"""


@pytest.mark.parametrize(
    ("texts", "case", "changes"),
    [
        # The hut is the nearest that does; where only the hotel has a text, that is offered, and nothing else.
        (("{hotel: Rooms., hut: Bunks.}", "true", "true"), "night: open, load: []", [("night", "open", "hut")]),
        (("{hotel: Rooms.}", "true", "true"), "night: open, load: []", [("night", "open", "hotel")]),
        (("{tent: Poles.}", "true", "true"), "night: open, load: []", None),  # it may be had, and is not enough
        (("{hotel: Rooms.}", "true", "true"), "night: hut, load: []", []),  # nothing is to be lowered
        # Of several options those with a text may go; the others stay, even where they change nothing.
        (
            ("true", "{axe: Left., gun: Locked.}", "true"),
            "night: hut, load: [axe, gas]",
            [("load", ["axe", "gas"], ["gas"])],
        ),
        (("true", "{axe: Left., gas: Left.}", "true"), "night: hut, load: [axe, gun]", None),
        (("true", "true", '{"false": A guide.}'), "night: hut, load: [], alone: true", [("alone", True, False)]),
        (("true", "true", '{"true": Nobody.}'), "night: hut, load: [], alone: true", None),
    ],
)
def test_only_answers_with_a_text_of_their_own_are_offered(
    texts: tuple[str, str, str], case: str, changes: list[tuple[str, Any, Any]] | None, tmp_path: Path
) -> None:
    criteria = criteria_from(tmp_path, facts=GUARD % texts, indicators=COLD)
    stated = f"trip: {{alone: false, {case}}}" if "alone" not in case else f"trip: {{{case}}}"
    worked = work(case_from(criteria, stated), criteria)
    found = {one.to: one for one in ways_down(worked) if one.ladder == "measure"}
    if not changes:
        assert [one.ways for one in found.values()] == ([()] if changes is None else [])
        return
    (way,) = found["advice"].ways
    assert [(one.path, one.before, one.after, one.or_milder) for one in way.changes] == [
        (f"trip.{fact}", before, after, False) for fact, before, after in changes
    ]


def test_an_answer_that_is_offered_no_more_is_no_change_of_design_but_may_go(tmp_path: Path) -> None:
    facts = GUARD % (
        "{hotel: Rooms., hut: Bunks.}\n          deprecated_options: {hut: 2020-01-01}",
        "{axe: Left.}, deprecated_options: {axe: 2020-01-01}",
        "true",
    )
    criteria = criteria_from(tmp_path, facts=facts, indicators=COLD)
    for stated, change in (
        ("night: open, load: []", ("night", "open", "hotel")),
        ("night: hotel, load: [axe]", ("load", ["axe"], [])),
    ):
        found = ways_down(work(case_from(criteria, f"trip: {{alone: false, {stated}}}"), criteria))
        (way,) = next(one.ways for one in found if (one.ladder, one.to) == ("measure", "advice"))
        assert [(one.path, one.before, one.after) for one in way.changes] == [(f"trip.{change[0]}", *change[1:])]


HARD = "{critical: {fact: trip.risky, is: true}}"


def ways(folder: Path, options: str, efforts: str, agreed: str, limit: int) -> WaysDown:
    """Return the ways out of a critical finding that is lowered by any of these sets of controls."""
    facts = "{trip: {facts: {risky: {type: boolean}}}}"
    indicators = f"{{HARD: {{severity: {HARD}, controls: {options}}}}}"
    criteria = criteria_from(folder, facts=facts, indicators=indicators, controls=efforts)
    case = f"controls: {agreed}\ntrip: {{risky: true}}\n"
    return next(one for one in ways_down(work(case_from(criteria, case), criteria), limit) if one.ladder == "measure")


def test_where_the_limit_cuts_the_best_by_each_measure_stay(tmp_path: Path) -> None:
    """One control of effort 3; two of effort 1; two that are agreed, of effort 3 and 2; and one more of each kind."""
    options = "[" + ", ".join(
        f"{{all: [{one}], residual: low}}" for one in ("A", "B, C", "D, E", "F", "B, D", "C, F2, E")
    )
    options += "]"
    of = {"A": 3, "B": 1, "C": 1, "D": 3, "E": 2, "F": 3, "F2": 1}
    efforts = "{" + ", ".join(f"{name}: {{effort: {one}}}" for name, one in of.items()) + "}"
    agreed = "[{id: D, status: agreed}, {id: E, status: planned}]"
    everyone = ways(tmp_path / "a", options, efforts, agreed, 12)
    assert [(one.controls, one.effort, one.not_agreed) for one in everyone.ways] == [
        (("A",), 3, 1),
        (("F",), 3, 1),
        (("B", "C"), 2, 2),
        (("B", "D"), 4, 1),
        (("D", "E"), 5, 0),
        (("C", "E", "F2"), 4, 2),
    ]
    assert everyone.is_all
    few = ways(tmp_path / "b", options, efforts, agreed, 3)
    assert len(few.ways) == 3
    assert {one.controls for one in few.ways} >= {("B", "C"), ("D", "E")}
    assert len(few.ways[0].controls) == 1
    assert not few.is_all


def test_findings_that_hold_it_together_are_told_and_what_controls_lower_is_not(tmp_path: Path) -> None:
    """Four moderate findings come to 20 points, which is a high band before controls; three do not.

    What stands against the start is the high finding that nothing lowers, not the one that a control does.
    """
    severe = "severity: {moderate: {fact: trip.risky, is: true}}"
    four = ", ".join(f"M{number}: {{{severe}}}" for number in range(4))
    facts = "{trip: {facts: {risky: {type: boolean}}}}"
    criteria = criteria_from(tmp_path / "a", facts=facts, indicators=f"{{{four}}}")
    (nothing,) = ways_down(work(case_from(criteria, "trip: {risky: true}"), criteria))
    assert nothing.ways == ()
    assert [one.finding for one in nothing.obstacles] == ["M0", "M1", "M2", "M3"]
    high = "severity: {high: {fact: trip.risky, is: true}}"
    both = f"{{CURED: {{{high}, controls: [{{all: [A], residual: none}}]}}, STAYS: {{{high}}}}}"
    criteria = criteria_from(tmp_path / "b", facts=facts, indicators=both, controls="{A: {}}")
    found = {one.ladder: one for one in ways_down(work(case_from(criteria, "trip: {risky: true}"), criteria))}
    assert [one.finding for one in found["gate"].obstacles] == ["STAYS"]
    assert [one.finding for one in found["measure"].obstacles] == ["CURED", "STAYS"]  # the risk before controls counts
