"""Expected values: design, section 9 (Profile): both values are shown; it holds for all dates unless it says `from`."""

from datetime import date

import pytest

from risk_engine.engine.assess import assess, plain, to_json
from risk_engine.engine.notes import overrides
from risk_engine.files.plain import digest
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.model.ladders import LevelRef
from risk_engine.model.profile import Profile
from tests.engine.builder import DAY, case_from, written
from tests.engine.conftest import Toy
from tests.told import assess_told

FACTS = """
    trip: {facts: {days: {type: integer, range: [0, 99]}, tools: {type: choices, options: [axe, saw]}}}
    guest:
      many: 3
      facts:
        home: {type: row, of: places}
        law: {type: boolean, from: home}
        allowed: {type: choices, options: [axe, saw], from: home}
        since: {type: date, from: home}
"""


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(
        facts=FACTS,
        tables="""
            places:
              rows: {NO: {name: The North}, SO: {name: The South}}
              columns:
                law: {title: Harsh law, adjustable: true, values: {NO: true}}
                allowed: {title: Tools allowed, adjustable: true, values: {NO: [axe, saw], SO: []}}
                since: {title: Since, adjustable: true, values: {NO: 2020-01-01}}
        """,
        parameters="""
            limit: {title: The limit, adjustable: true, values: [{from: 2026-01-01, value: 5}]}
            tools: {title: The tools, adjustable: true, values: [{value: [axe]}]}
        """,
        indicators="""
            A:
              title: Too long
              severity: {critical: {fact: trip.days, at_least: {parameter: limit}}}
              knock_out: {policy: always}
              adjustable: true
              effective: {from: 2026-01-01}
        """,
    )


def profile(text: str) -> Profile:
    return Profile.model_validate({"institution": "I", "criteria": "toy", **written(text)})


def changed(criteria: Criteria, text: str, on: date = DAY) -> list[tuple[str, str, str, str]]:
    return [(one.what, one.set_value, one.value, one.reason) for one in overrides(profile(text), criteria, on)]


def test_no_profile_is_no_record(criteria: Criteria) -> None:
    assert assess_told(case_from(criteria), criteria).profile is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parameters: {limit: {value: 9, reason: R}}", ("The limit", "5", "9", "R")),
        ("parameters: {tools: {value: [axe, saw], reason: R}}", ("The tools", "axe", "axe, saw", "R")),
        (
            "tables: {places: {NO: {law: {value: false, reason: R}}}}",
            ("Harsh law: The North", "yes", "no", "R"),
        ),
        (
            "tables: {places: {SO: {law: {value: true, reason: R}}}}",
            ("Harsh law: The South", "not known", "yes", "R"),
        ),
        (
            "tables: {places: {SO: {allowed: {value: [saw], reason: R}}}}",
            ("Tools allowed: The South", "none", "saw", "R"),
        ),
        (
            "tables: {places: {NO: {since: {value: 2021-05-06, reason: R}}}}",
            ("Since: The North", "2020-01-01", "2021-05-06", "R"),
        ),
        (
            "policy_knock_outs_off: {A: {reason: R}}",
            ("A Too long: policy knock-out", "on", "switched off, high at most", "R"),
        ),
    ],
)
def test_override_is_shown_with_both_values_and_its_reason(
    criteria: Criteria, text: str, expected: tuple[str, str, str, str]
) -> None:
    assert changed(criteria, text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "parameters: {limit: {value: 9, reason: R, from: 2026-06-15}}",
        "tables: {places: {NO: {law: {value: false, reason: R, from: 2026-06-15}}}}",
        "policy_knock_outs_off: {A: {reason: R, from: 2026-06-15}}",
    ],
)
def test_override_with_a_first_day_is_shown_from_that_day_on(criteria: Criteria, text: str) -> None:
    assert changed(criteria, text, date(2026, 6, 14)) == []
    assert len(changed(criteria, text, date(2026, 6, 15))) == 1


def test_override_before_the_sets_first_value_replaces_nothing_known(criteria: Criteria) -> None:
    text = "parameters: {limit: {value: 9, reason: R}}"
    assert changed(criteria, text, date(2025, 12, 31)) == [("The limit", "not known", "9", "R")]


def test_profile_is_part_of_the_assessment_and_of_its_digest(criteria: Criteria) -> None:
    own = profile("parameters: {limit: {value: 9, reason: Ours}}")
    case = case_from(criteria, "trip: {days: 7}")
    without, with_own = assess_told(case, criteria), assess_told(case, criteria, profile=own)
    assert with_own.profile is not None
    assert with_own.profile.profile == own
    assert with_own.profile.digest == digest(
        {
            "institution": "I",
            "criteria": "toy",
            "parameters": {"limit": {"reason": "Ours", "value": 9}},
            "tables": {},
            "policy_knock_outs_off": {},
            "four_eyes": [],
        }
    )
    assert (without.finding("A").inherent, with_own.finding("A").inherent) == ("critical", "none")
    # The reason alone makes another assessment.
    other = assess_told(case, criteria, profile=profile("parameters: {limit: {value: 9, reason: Theirs}}"))
    assert other.digest != with_own.digest
    assert other.findings == with_own.findings


def test_two_people_are_asked_for_where_the_profile_says_so_and_the_report_can_say_why(criteria: Criteria) -> None:
    first = assess_told(case_from(criteria, "trip: {days: 7}"), criteria).proposals[0]
    ladder, level = first.ladder, first.level
    own = profile(f"four_eyes: [{{ladder: {ladder}, level: {level.name}, reason: The board said so.}}]")
    got = assess_told(case_from(criteria, "trip: {days: 7}"), criteria, profile=own)
    assert got.proposals[0].four_eyes
    assert got.four_eyes() == (LevelRef(ladder=ladder, level=level.name),)
    assert got.profile is not None
    (override,) = got.profile.overrides
    assert override.what == f"{criteria.ladders[ladder].title}, {level.title}: two people decide"
    assert (override.set_value, override.value, override.reason) == ("no", "yes", "The board said so.")


def test_what_a_profile_says_about_disclosure_is_part_of_an_assessment(criteria: Criteria) -> None:
    plainly = assess(case_from(criteria), criteria, profile=profile("{}"))
    openly = assess(case_from(criteria), criteria, profile=profile("disclosure: {reason: § 3 IFG, findings: shown}"))
    assert plainly.profile is not None
    assert openly.profile is not None
    assert plainly.profile.profile.disclosure is None
    assert plain(openly)["profile"]["profile"]["disclosure"] == {
        "reason": "§ 3 IFG",
        "findings": "shown",
        "persons": "withheld",
        "persons_reason": None,
    }
    assert plainly.profile.digest != openly.profile.digest
    assert Assessment.model_validate_json(to_json(openly)) == openly
