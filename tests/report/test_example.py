"""A case of a proof in words: how it differs from the base case, whatever it changes."""

from typing import TYPE_CHECKING, Any

import pytest

from risk_engine.model.proof import Example
from risk_engine.report.blocks import words
from risk_engine.report.example import Examples
from tests.engine.builder import DAY, case_from, criteria_from

if TYPE_CHECKING:
    from pathlib import Path

    from risk_engine.model.case import Case
    from risk_engine.model.criteria import Criteria

FACTS = """
    trip:
      title: Trip
      facts:
        pace: {type: choice, options: {calm: Calm, brisk: Brisk}, riskier: later, question: How fast?}
        gear: {type: choices, options: {rope: A rope, axe: An axe}, question: Which gear?}
        starts: {type: date, question: When?}
        land: {type: row, of: lands, question: Where?}
        safe: {type: boolean, from: land}
    guest:
      title: Guest
      many: 4
      facts:
        fit: {type: boolean, riskier: false, question: Fit?}
        age: {type: integer, range: [0, 99], question: How old?}
"""
LANDS = "lands: {rows: {AA: {name: Aland}, BB: {name: Beland}}, columns: {safe: {values: {AA: true}}}}"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Examples:
    folder: Path = tmp_path_factory.mktemp("toy")
    criteria: Criteria = criteria_from(
        folder,
        facts=FACTS,
        tables=LANDS,
        indicators="A: {severity: {low: {fact: trip.pace, is: brisk}}}",
        controls="STOP: {title: Stop it}",
    )
    base: Case = case_from(criteria, "trip: {pace: calm, gear: [rope], land: AA}\nguest: [{id: g, fit: true, age: 30}]")
    return Examples([criteria], base)


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ({}, ["The base case itself, just as it is"]),
        ({"trip.pace": "brisk"}, ["How fast? trip.pace: Brisk; in the base case Calm"]),
        ({"trip.pace": "unknown"}, ["How fast? trip.pace: not answered; in the base case Calm"]),
        ({"trip.gear": ("rope", "axe")}, ["Which gear? trip.gear: A rope, An axe; in the base case A rope"]),
        ({"trip.gear": ()}, ["Which gear? trip.gear: none of these; in the base case A rope"]),
        ({"trip.starts": DAY}, ["When? trip.starts: 15 June 2026"]),
        ({"trip.land": "BB"}, ["Where? trip.land: Beland; in the base case Aland"]),
        ({"trip.safe": False}, ["safe title trip.safe: no"]),
        ({"guest.g.fit": False}, ["Fit? guest.g.fit: no; in the base case yes"]),
        (
            {"guest.h": {"fit": False, "age": 30}},
            ["Guest: one more entry guest.h, otherwise like guest.g", "Fit? guest.h.fit: no; in the base case yes"],
        ),
        (
            {"guest.h": {"fit": True}},
            [
                "Guest: one more entry guest.h, otherwise like guest.g",
                "How old? guest.h.age: not answered; in the base case 30",
            ],
        ),
        ({"guest": "unknown"}, ["Guest: not answered whether there are any"]),
        ({"guest": ()}, ["Guest: none"]),
        (
            {"guest": ({"id": "h", "fit": True, "age": 30},)},
            ["Guest: 1 entry in all", "Guest: one more entry guest.h, otherwise like guest.g"],
        ),
    ],
)
def test_every_difference_is_told_in_the_words_of_the_set(
    given: dict[str, Any], lines: list[str], told: Examples
) -> None:
    assert [words(one) for one in told.differences(example(given=given))] == lines


def test_an_entry_of_a_list_that_the_base_case_leaves_open_is_new(told: Examples) -> None:
    given = {"guest": ({"id": "h", "fit": True},)}
    bare = Examples(told._sets, case_from(told._sets[0]))  # noqa: SLF001
    assert [words(one) for one in bare.differences(example(given=given))] == [
        "Guest: 1 entry in all",
        "Guest: a new entry guest.h",
        "Fit? guest.h.fit: yes",
    ]


def test_controls_stand_with_their_titles(told: Examples) -> None:
    assert [words(one) for one in told.controls(example(in_place=("STOP",)))] == ["STOP Stop it"]


def example(**stated: Any) -> Example:
    return Example(**{"given": {}, "on": DAY, "reached": (), **stated})
