"""An open list may have as many entries as the set allows: what is said of every case is so of all of these too."""

from itertools import combinations_with_replacement

import pytest

from risk_engine.engine.work import work
from risk_engine.model.criteria import Criteria
from risk_engine.outlook.questions import next_questions
from risk_engine.outlook.still_open import StillOpen, exact_ranges
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy
from tests.outlook.working import worked_from

KINDS = ("laser", "blade", "acid")
FACTS = """
    trip:
      facts:
        risky: {type: boolean}
    device:
      many: 6
      facts:
        kind: {type: choice, options: [laser, blade, acid]}
"""
LADDERS = """
    measure:
      levels: {advice: {review_months: 12}, restriction: {review_months: 6}}
      rules:
        - level: restriction
          when: {count: finding, where: {fact: finding.residual, at_least: high}, at_least: FINDINGS}
      otherwise: advice
    gate:
      levels: {clear: {}, blocked: {}}
      rules: [{level: blocked, when: {some: finding, where: {fact: finding.knock_out, is: legal}}}]
      otherwise: clear
    escalation:
      levels: {none: {}, committee: {}}
      rules: [{level: committee, when: {some: finding, where: {fact: finding.residual, is: critical}}}]
      otherwise: none
"""


def several(toy: Toy, *counts: int) -> Criteria:
    """Return a set with a finding for each kind of device, of which so many are needed; all of them are asked for."""
    rules = (
        f"{kind.upper()}: {{severity: {{high: "
        f"{{count: device, where: {{fact: device.kind, is: {kind}}}, at_least: {least}}}}}}}"
        for kind, least in zip(KINDS, counts, strict=False)
    )
    return toy(facts=FACTS, indicators="\n".join(rules), ladders=LADDERS.replace("FINDINGS", f"{len(counts)}"))


def reachable(criteria: Criteria) -> set[str]:
    """Return the levels that lists of any length come to, by trying all of them."""
    found = set[str]()
    for length in range(7):
        for kinds in combinations_with_replacement(KINDS, length):
            entries = ", ".join(f"{{id: d{place}, kind: {kind}}}" for place, kind in enumerate(kinds))
            case = case_from(criteria, f"trip: {{risky: false}}\ndevice: [{entries}]")
            found |= {one.level for one in work(case, criteria, DAY).proposed if one.ladder == "measure"}
    return found


MANY = [
    pytest.param(one, marks=() if one in {(2, 2), (2, 2, 2), (5,)} else pytest.mark.nightly)
    for one in ((2, 2), (3, 2), (2, 2, 2), (4, 2), (3, 3, 1), (5,), (4, 3))
]


@pytest.mark.parametrize("counts", MANY)
def test_a_level_that_takes_more_entries_than_any_rule_counts_is_told(toy: Toy, counts: tuple[int, ...]) -> None:
    criteria = several(toy, *counts)
    still = StillOpen(worked_from(criteria, "trip: {risky: false}"), case_from(criteria, "trip: {risky: false}"))
    ranges = exact_ranges(still)
    measure = next(one for one in ranges if one.ladder == "measure")
    assert {one.level for one in measure.possible} == reachable(criteria)
    assert not measure.undecided
    device = next(one for one in next_questions(still, ranges) if one.path == "device")
    assert device.effect == "alone"
    told = {each.level for one in device.if_answered for each in one.reached if each.ladder == "measure"}
    assert told | {still.proposed["measure"].level} == reachable(criteria) | {still.proposed["measure"].level}
