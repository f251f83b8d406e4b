"""What columns say of answers that others close, and of those that close these in turn, worked out for one case too."""

from pathlib import Path

import pytest

from risk_engine.model.criteria import Criteria
from risk_engine.portfolio.stated import stated_of
from tests.engine.builder import DAY, LADDERS, case_from, criteria_from
from tests.portfolio.columns.test_kernel import agree

FACTS = """
    trip:
      facts:
        abroad: {type: boolean}
        visa:
          {type: choice, options: [none, applied, granted], ask_when: {fact: trip.abroad, is: true}, otherwise: none}
        days: {type: integer, range: [0, 90], ask_when: {not: {fact: trip.visa, is: none}}, otherwise: 0}
        stamps: {type: choices, options: [red, blue], ask_when: {fact: trip.days, at_least: 30}, otherwise: []}
        ends: {type: date, ask_when: {fact: trip.stamps, includes: red}, otherwise: 9999-12-31}
    guest:
      many: 40
      ask_when: {not: {fact: trip.visa, is: none}}
      facts:
        fit: {type: boolean}
        pace: {type: choice, options: [calm, brisk], ask_when: {fact: guest.fit, is: true}, otherwise: calm}
        alone: {type: boolean, ask_when: {all_of: [{fact: guest.pace, is: brisk}, {fact: trip.abroad, is: true}]},
          otherwise: false}
"""
INDICATORS = """
    HOME: {severity: {low: {fact: trip.abroad, is: false}}}
    VISA: {severity: {moderate: {fact: trip.visa, is: none}}}
    DAYS: {severity: {high: {fact: trip.days, at_most: 5}}}
    STAMPS: {severity: {low: {fact: trip.stamps, is: []}}}
    ENDS: {severity: {low: {fact: trip.ends, at_most: 2026-12-01}}}
    UNFIT: {severity: {high: {some: guest, where: {fact: guest.fit, is: false}}}}
    CALM: {severity: {moderate: {every: guest, where: {fact: guest.pace, is: calm}}}}
    ALONE: {severity: {low: {count: guest, where: {fact: guest.alone, is: true}, at_least: 2}}}
"""
# So that what counts is what is absent too.
RULES = LADDERS.replace(
    "{some: dimension, where: {fact: dimension.residual_capped, is: true}}",
    "{count: finding, where: {fact: finding.outcome, is: absent}, at_least: 4}",
)
ABROAD = "trip: {abroad: true, visa: granted, days: 40, stamps: [red]}"
CASES = {
    "closed by the answer that closes the answer that closes it": "trip: {abroad: false, days: 3}",
    "at the end of a chain of which only the first answer is stated": "trip: {abroad: false, ends: 2026-11-01}",
    "in the midst of a chain, and at its end": "trip: {abroad: false, days: 40, stamps: [red], ends: 2026-11-01}",
    "closed while nobody knows what closes it": "trip: {days: 3, stamps: [blue]}",
    "entries of a list that a chain closes": "trip: {abroad: false}\nguest: [{id: a, fit: false}]",
    "an entry's answer closed by an answer of the entry": f"{ABROAD}\nguest: [{{id: a, fit: false, alone: true}}]",
    "an entry's answer closed by two answers": "guest: [{id: a, fit: false, pace: brisk}, {id: b, fit: true}]",
    "what it comes to in either case": "trip: {visa: none}",
    "entries whose ids begin alike": "trip: {abroad: true, visa: granted}\nguest: [{id: a}, {id: a-1}, {id: a1}]",
    "none": ABROAD,
}


@pytest.fixture
def criteria(tmp_path: Path) -> Criteria:
    return criteria_from(tmp_path, facts=FACTS, indicators=INDICATORS, ladders=RULES)


def test_answers_that_others_close_by_way_of_closed_questions_are_open_again_with_these(criteria: Criteria) -> None:
    agree(stated_of([case_from(criteria, one) for one in CASES.values()], criteria), criteria, DAY)


@pytest.mark.parametrize("number", [1, 9, 17, 65])
def test_lists_of_any_length_are_read_to_their_end(criteria: Criteria, number: int) -> None:
    # Of many cases two have a long list, of which the last entries alone are what is asked for.
    said = ("fit: true, pace: brisk, alone: false",) * 37 + ("fit: true, alone: true",) * 2 + ("fit: false",)
    long = "guest: [" + ", ".join(f"{{id: g-{at:02}, {one}}}" for at, one in enumerate(said)) + "]"
    lists = ["guest: [{id: a, fit: true}]", "guest: []", "", "guest: [{id: a}, {id: b, fit: true, pace: calm}]"]
    stated = [f"{ABROAD}\n{long if one in (0, number - 1) else lists[one % 4]}" for one in range(number)]
    agree(stated_of([case_from(criteria, one) for one in stated], criteria), criteria, DAY)
