"""Which missing answers matter, expected values from the design (sections 8 and 9) and decision 0072; columns say them.

Of every case its assessment is asked too: both must say what the design does.
"""

from pathlib import Path

import pytest

from risk_engine.model.profile import KnockOutOff, Profile
from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.stated import stated_of
from tests.engine.builder import DAY, case_from, criteria_from
from tests.portfolio.columns.test_kernel import agree

IS_FIT = "{fact: guest.fit, is: true}"
FIT = f"count: guest, where: {IS_FIT}"


def missing(folder: Path, case: str, *, profile: Profile | None = None, **files: str) -> list[str]:
    """Return the paths of the answers that matter to a case, of which its assessment says the same."""
    criteria = criteria_from(folder, **files)
    cases = stated_of([case_from(criteria, case)], criteria)
    agree(cases, criteria, DAY, profile)
    (found,) = Deciding(criteria, DAY, profile).results(cases)["missing"].to_list()
    assert isinstance(found, list)
    return found


# --- counts that are open: the unknown entries alone ---

GUESTS = "guest: [{id: a, fit: true}, {id: b, fit: false}, {id: c}, {id: d}]"


@pytest.mark.parametrize("bound", ["at_least: 2", "at_least: 3", "at_most: 1", "at_most: 2"])
def test_count_that_is_open_asks_for_its_unknown_entries_and_for_no_others(tmp_path: Path, bound: str) -> None:
    found = missing(tmp_path, GUESTS, indicators=f"I: {{severity: {{high: {{{FIT}, {bound}}}}}}}")
    assert found == ["guest.c.fit", "guest.d.fit"]


@pytest.mark.parametrize("bound", ["at_least: 1", "at_least: 4", "at_most: 3"])
def test_count_that_is_settled_asks_for_no_entry_though_some_are_unknown(tmp_path: Path, bound: str) -> None:
    # The finding is open for what nobody says of the trip.
    settled = f"I: {{severity: {{high: {{{FIT}, {bound}}}, critical: {{fact: trip.risky, is: true}}}}}}"
    assert missing(tmp_path, GUESTS, indicators=settled) == ["trip.risky"]


# --- counts that contradict: entries as what came out says, and of these what is stated ---

ADULTS = f"count: guest, where: {{all_of: [{IS_FIT}, {{fact: guest.age, at_least: 18}}]}}"
# Open again, an age may be 65; nobody is that old as the case states it.
OLD = "I: {severity: {high: {some: guest, where: {fact: guest.age, at_least: 65}}}}"
OF_EACH = """
    guest:
      - {id: fails, fit: true, age: 10}
      - {id: holds, fit: true, age: 30}
      - {id: holds-too, fit: true, age: 40}
      - {id: unknown, age: 50}
"""
FAILS, HOLDS = ["guest.fails.age"], ["guest.holds-too.age", "guest.holds.age"]


@pytest.mark.parametrize(
    ("then", "opened"),
    [
        # What fails at least rests on the entries that are not true, what holds on those that are.
        (f"{{{ADULTS}, at_least: 4}}", FAILS),
        (f"{{not: {{{ADULTS}, at_least: 2}}}}", HOLDS),
        # At most n is not at least n + 1.
        (f"{{{ADULTS}, at_most: 1}}", HOLDS),
        (f"{{not: {{{ADULTS}, at_most: 3}}}}", FAILS),
    ],
)
def test_count_that_contradicts_opens_what_is_stated_of_the_entries_that_make_it_so(
    tmp_path: Path, then: str, opened: list[str]
) -> None:
    broken = f"facts: {{X: {{then: {then}, reopens: true}}}}"
    assert missing(tmp_path, OF_EACH, indicators=OLD, invariants=broken) == opened


# What is true of an entry is so by the trip too; what fails does so by the entry's own answer.
@pytest.mark.parametrize(("bound", "opened"), [("at_most: 1", ["trip.risky"]), ("at_least: 4", [])])
def test_count_that_contradicts_opens_what_the_case_states_beside_its_entries(
    tmp_path: Path, bound: str, opened: list[str]
) -> None:
    safe = f"count: guest, where: {{all_of: [{{fact: trip.risky, is: false}}, {IS_FIT}]}}"
    broken = f"facts: {{X: {{then: {{{safe}, {bound}}}, reopens: true}}}}"
    case = "trip: {risky: false}\nguest: [{id: a, fit: true}, {id: b, fit: true}, {id: c, fit: false}, {id: d}]"
    risky = "I: {severity: {high: {fact: trip.risky, is: true}}}"
    assert missing(tmp_path, case, indicators=risky, invariants=broken) == opened


# --- answers to questions that others close ---

ASKED = """
    trip:
      facts:
        place: {type: row, of: places}
        abroad: {type: boolean, from: place}
        visa: {type: choice, options: [none, granted], ask_when: {fact: trip.abroad, is: true}, otherwise: none}
        days: {type: integer, range: [0, 90], ask_when: {fact: trip.visa, is: none}, otherwise: 0}
"""
PLACES = "places: {rows: {NO: {name: Norway}}, columns: {abroad: {values: {NO: false}}}}"


def test_answer_that_says_what_its_closed_question_comes_to_is_none_and_is_not_open_again(tmp_path: Path) -> None:
    broken = (
        "facts: {X: {whenever: {fact: trip.abroad, is: false}, then: {fact: trip.visa, is: granted}, reopens: true}}"
    )
    found = missing(
        tmp_path,
        "trip: {abroad: false, visa: none}",
        facts=ASKED,
        tables=PLACES,
        indicators="I: {severity: {high: {fact: trip.visa, is: granted}}}",
        invariants=broken,
    )
    assert found == []


def test_superfluous_answer_is_open_again_though_it_is_asked_for_where_another_one_is_set_aside(tmp_path: Path) -> None:
    # The table closes `visa`; without that answer nothing closes `days`.
    found = missing(
        tmp_path,
        "trip: {place: NO, visa: granted, days: 40}",
        facts=ASKED,
        tables=PLACES,
        indicators="I: {severity: {high: {fact: trip.days, at_least: 60}}}",
    )
    assert found == ["trip.days"]


# --- severities: only what is above the one that is certain ---

# Open by its knock-out, so that something is asked for though no severity may be higher.
SEVERITIES = f"""
    I:
      severity:
        low: {{fact: trip.insured, is: false}}
        high: {{fact: trip.pace, is: wild}}
        critical: {{{FIT}, at_least: 1}}
      knock_out: {{policy: {{fact: trip.risky, is: true}}, legal: {{fact: trip.alone, is: true}}}}
"""


def test_severity_below_the_certain_one_asks_for_nothing(tmp_path: Path) -> None:
    assert missing(tmp_path, "trip: {pace: wild, risky: false}\nguest: []", indicators=SEVERITIES) == ["trip.alone"]


def test_severity_above_the_certain_one_asks_for_what_would_raise_the_finding(tmp_path: Path) -> None:
    case = "trip: {pace: wild, risky: false, alone: false}\nguest: [{id: a}]"
    assert missing(tmp_path, case, indicators=SEVERITIES) == ["guest.a.fit"]


def test_severity_that_a_profile_caps_at_the_certain_one_asks_for_nothing(tmp_path: Path) -> None:
    off = Profile(institution="I", criteria="toy", policy_knock_outs_off={"I": KnockOutOff(reason="R")})
    case = "trip: {pace: wild}\nguest: [{id: a}]"
    assert missing(tmp_path, case, indicators=SEVERITIES, profile=off) == ["trip.alone"]
