"""Expected values: design, sections 2 (the date), 5 (what an assessment holds) and 9 (digests, dates, review date)."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from risk_engine.engine.assess import assess, assessment_digest, plain, stated_case, to_json
from risk_engine.engine.explain import explain
from risk_engine.files.diagnostics import NotInForceError, RiskEngineError
from risk_engine.files.plain import digest
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.model.assessment import Assessment, ResolvedFact
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.version import __version__
from tests.engine.builder import LOAN_DESK, ROOT, SHIPPED, case_from
from tests.engine.conftest import Toy

LOAN_CASE = ROOT / "tests" / "sets" / "loan-desk-case.yaml"
LOAN_PROFILE = ROOT / "tests" / "sets" / "loan-desk-profile.yaml"

# --- the day ----------------------------------------------------------------------------------------------------------


def test_day_is_the_one_given_else_the_cases_own(toy: Toy) -> None:
    criteria = toy()
    case = case_from(criteria)
    assert assess(case, criteria).on == date(2026, 6, 15)
    assert assess(case, criteria, date(2026, 1, 1)).on == date(2026, 1, 1)


def test_case_without_a_day_is_an_error(toy: Toy) -> None:
    criteria = toy()
    case = case_from(criteria).model_copy(update={"assessment_date": None})
    with pytest.raises(RiskEngineError, match="the case has no assessment date\n  help: add `assessment_date:`"):
        assess(case, criteria)
    assert assess(case, criteria, date(2026, 1, 1)).on == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("on", "stated", "expected"),
    [
        (date(2019, 12, 31), None, False),
        (date(2020, 1, 1), None, True),
        (date(2026, 1, 1), False, False),
        (date(2019, 1, 1), True, True),
    ],
)
def test_version_is_in_force_once_it_has_begun_unless_the_caller_knows_of_a_later_one(
    toy: Toy, on: date, stated: bool | None, expected: bool
) -> None:
    criteria = toy()
    assert assess(case_from(criteria), criteria, on, in_force=stated).criteria.in_force is expected


def test_parameter_without_a_value_before_the_set_is_in_force_is_an_error(toy: Toy) -> None:
    criteria = toy(
        parameters="limit: {values: [{from: 2020-01-01, value: 5}]}",
        indicators="A: {severity: {low: {fact: trip.days, at_least: {parameter: limit}}}}",
    )
    case = case_from(criteria, "trip: {days: 9}")
    assert assess(case, criteria, date(2020, 1, 1)).finding("A").inherent == "low"
    with pytest.raises(NotInForceError, match="`limit` is not in force on 2019-12-31"):
        assess(case, criteria, date(2019, 12, 31))


def test_indicator_out_of_force_is_listed_and_never_found(toy: Toy) -> None:
    criteria = toy(
        indicators="""
            A: {severity: {low: {fact: trip.risky, is: true}}}
            B: {severity: {low: {fact: trip.risky, is: true}}, effective: {from: 2026-06-16}}
            C: {severity: {low: {fact: trip.risky, is: true}}, effective: {until: 2026-06-15}}
            D: {severity: {low: {fact: trip.risky, is: true}}, effective: {from: 2026-06-15, until: 2026-06-16}}
        """
    )
    got = assess(case_from(criteria), criteria)
    assert [one.id for one in got.findings] == ["A", "D"]
    told = explain(got, criteria).not_in_force
    assert [(one.id, one.title, one.effective_from, one.effective_until) for one in told] == [
        ("B", "B title", date(2026, 6, 16), None),
        ("C", "C title", None, date(2026, 6, 15)),
    ]
    with pytest.raises(KeyError, match="B"):
        got.finding("B")


# --- the review date --------------------------------------------------------------------------------------------------

LADDERS = """
    measure:
      levels: {a: {review_months: %s}, b: {review_months: 2}}
      rules: [{level: b, when: {every: finding, where: {fact: finding.outcome, is: present}}}]
      otherwise: a
    gate:
      levels: {a: {review_months: %s}, b: {review_months: 1}}
      rules: [{level: b, when: {every: finding, where: {fact: finding.outcome, is: present}}}]
      otherwise: a
"""


@pytest.mark.parametrize(
    ("on", "months", "due"),
    [
        # The shortest of all levels reached; levels that are not reached do not count.
        (date(2026, 6, 15), (12, 7), date(2027, 1, 15)),
        (date(2026, 6, 15), (3, 12), date(2026, 9, 15)),
        (date(2026, 6, 15), (6, 7), date(2026, 12, 15)),
        (date(2026, 12, 1), (12, 24), date(2027, 12, 1)),
        # A month that is too short ends sooner.
        (date(2026, 8, 31), (6, 12), date(2027, 2, 28)),
        (date(2027, 8, 31), (6, 12), date(2028, 2, 29)),
        (date(2026, 5, 31), (4, 12), date(2026, 9, 30)),
        (date(2024, 2, 29), (12, 12), date(2025, 2, 28)),
        (date(2026, 1, 31), (120, 120), date(2036, 1, 31)),
        # The calendar ends.
        (date(9999, 12, 1), (4, 4), date(9999, 12, 31)),
        (date(9999, 11, 30), (4, 1), date(9999, 12, 30)),
    ],
)
def test_review_is_due_after_the_shortest_time_of_all_levels_reached(
    toy: Toy, on: date, months: tuple[int, int], due: date
) -> None:
    # Nothing is decided, so neither ladder reaches its stricter level.
    criteria = toy(ladders=LADDERS % months, head="roles: {headline: measure, gate: gate}")
    case = case_from(criteria, "trip: {days: 0}")
    got = assess(case, criteria, on)
    assert [one.level for one in got.proposals] == ["a", "a"]
    assert got.review_due == due


@pytest.mark.parametrize(
    ("on", "own", "due"),
    [
        (date(2026, 6, 15), None, date(2027, 6, 15)),
        (date(2027, 1, 1), None, date(2027, 5, 1)),
        (date(2026, 6, 15), 3, date(2026, 9, 15)),
    ],
)
def test_review_is_due_as_a_parameter_of_the_day_or_the_profile_says(
    toy: Toy, on: date, own: int | None, due: date
) -> None:
    criteria = toy(
        ladders=LADDERS % ("{parameter: next_look}", 24),
        head="roles: {headline: measure, gate: gate}",
        parameters="next_look: {adjustable: true, values: [{value: 12}, {from: 2027-01-01, value: 4}]}",
    )
    stated = {"institution": "I", "criteria": "toy", "parameters": {"next_look": {"value": own, "reason": "Ours"}}}
    profile = Profile.model_validate(stated) if own else None
    assert assess(case_from(criteria, "trip: {days: 0}"), criteria, on, profile).review_due == due


# --- the record -------------------------------------------------------------------------------------------------------


def test_assessment_holds_the_case_as_stated_and_what_was_filled_in(toy: Toy) -> None:
    criteria = toy(
        facts="""
            trip:
              facts:
                risky: {type: boolean}
                depth: {type: integer, range: [0, 9], ask_when: {fact: trip.risky, is: true}, otherwise: 0}
                gear: {type: choices, options: [axe, saw], ask_when: {fact: trip.risky, is: true}, otherwise: []}
            guest:
              many: 3
              facts: {home: {type: row, of: places}, law: {type: boolean, from: home}, fit: {type: boolean}}
            boat: {many: 3, facts: {leaks: {type: boolean}}}
        """,
        tables="places: {rows: {NO: {name: North}}, columns: {law: {values: {NO: true}}}}",
        indicators="A: {severity: {low: {fact: trip.risky, is: true}}}",
    )
    case = case_from(
        criteria,
        """
        institution: The house
        assessor: Ann
        notes: null
        trip: {risky: false, gear: unknown}
        guest: [{id: b, home: NO, fit: unknown}, {id: a}]
        """,
    )
    got = assess(case, criteria)
    assert got.case == {
        "id": "c",
        "title": "C",
        "institution": "The house",
        "assessor": "Ann",
        "assessment_date": "2026-06-15",
        "controls": [],
        "evidence": [],
        "set_aside": {},
        "trip": {"risky": False},
        "guest": [{"id": "b", "home": "NO"}, {"id": "a"}],
    }
    assert got.resolved == {
        "trip.depth": ResolvedFact(value=0, origin="not_asked"),
        "trip.gear": ResolvedFact(value=[], origin="not_asked"),
        "guest.b.law": ResolvedFact(value=True, origin="table"),
    }
    got.resolved["trip.gear"].value.append("saw")
    assert assess(case, criteria).resolved["trip.gear"].value == []  # no record shares what can be changed
    assert (got.case_id, got.case_title) == ("c", "C")
    told = explain(got, criteria)
    assert (told.case_id, told.case_title, told.institution, told.assessor) == ("c", "C", "The house", "Ann")
    assert got.case_digest == digest(got.case)
    assert stated_case(case) == got.case


def test_an_answer_that_counts_for_nothing_yet_is_recorded_as_that(toy: Toy) -> None:
    # Nobody knows whether it is asked, so what is stated is not a fact yet.
    criteria = toy(
        facts="""
            trip:
              facts:
                risky: {type: boolean}
                depth: {type: integer, range: [0, 9], ask_when: {fact: trip.risky, is: true}, otherwise: 0}
        """,
        indicators="A: {severity: {low: {fact: trip.depth, at_least: 3}}}",
    )
    got = assess(case_from(criteria, "trip: {depth: 7}"), criteria)
    assert got.resolved == {"trip.depth": ResolvedFact(value=None, origin="missing")}
    told = explain(got, criteria)
    assert told.resolved == {}
    assert told.findings[0].missing == ("trip.risky",)


def test_an_explanation_says_what_a_report_prints_of_the_criteria(toy: Toy) -> None:
    criteria = toy(head="{four_eyes: [{ladder: gate, level: blocked}], notice: [One., Two.]}")
    got = explain(assess(case_from(criteria), criteria), criteria).criteria
    assert (got.id, got.version, got.title, got.digest) == ("toy", "1.0.0", "A toy set", criteria.digest)
    assert (got.in_force_from, got.in_force) == (date(2020, 1, 1), True)
    assert list(got.dimensions) == ["body", "mind"]
    assert list(got.grounds) == ["care", "order"]
    assert got.bands == ("minimal", "limited", "high", "unacceptable")
    assert (got.notice, got.challenge) == (("One.", "Two."), "Write a letter.")
    assert [(one.ladder, one.level) for one in got.four_eyes] == [("gate", "blocked")]


def test_ratings_show_points_with_their_bands(toy: Toy) -> None:
    criteria = toy(
        indicators="""
            A:
              severity: {moderate: {fact: trip.risky, is: true}, critical: {fact: trip.alone, is: true}}
              controls: [{all: [FIX], lowers_by: 1}]
        """,
        controls="FIX: {}",
    )
    case = case_from(criteria, "trip: {risky: true}\ncontrols: [{id: FIX, status: agreed}]")
    made = assess(case, criteria)
    body, mind = made.ratings
    assert (body.dimension, mind.dimension) == ("body", "mind")
    assert [one.title for one in explain(made, criteria).ratings] == ["Body", "Mind"]
    assert (
        body.inherent.model_dump()
        == body.residual.model_dump()
        == {
            "at_least": 5,
            "at_most": 120,
            "band_at_least": "limited",
            "band_at_most": "unacceptable",
        }
    )
    assert body.expected.model_dump() == {
        "at_least": 1,
        "at_most": 20,
        "band_at_least": "limited",
        "band_at_most": "high",
    }
    assert (body.capped_at_least, body.capped_at_most) == (False, False)
    assert mind.inherent.model_dump() == {
        "at_least": 0,
        "at_most": 0,
        "band_at_least": "minimal",
        "band_at_most": "minimal",
    }


def test_rating_says_for_certain_or_perhaps_that_the_cap_is_reached(toy: Toy) -> None:
    many = "\n".join(f"I{one}: {{severity: {{high: {{fact: trip.risky, is: true}}}}}}" for one in range(6))
    criteria = toy(indicators=many.replace("trip.risky", "trip.alone", 1))
    body = assess(case_from(criteria, "trip: {risky: true}"), criteria).ratings[0]
    assert (body.capped_at_least, body.capped_at_most) == (False, True)


# --- one form, one digest ---------------------------------------------------------------------------------------------


def same_shape(data: object) -> bool:
    """Return whether data is plain JSON without floats."""
    match data:
        case dict():
            return all(isinstance(key, str) and same_shape(one) for key, one in data.items())
        case list():
            return all(same_shape(one) for one in data)
        case _:
            return data is None or isinstance(data, str | bool | int)


def test_json_is_canonical_and_holds_integers_only(loan_desk: Criteria) -> None:
    got = assess(load_case(LOAN_CASE, loan_desk), loan_desk, profile=load_profile(LOAN_PROFILE, loan_desk))
    text = to_json(got)
    data = json.loads(text)
    assert same_shape(data)
    assert json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == text
    assert Assessment.model_validate_json(text) == got


def test_assessment_carries_the_version_of_the_engine_and_of_its_own_form(toy: Toy) -> None:
    criteria = toy()
    data = plain(assess(case_from(criteria), criteria))
    assert (data["schema"], data["engine"]) == (2, __version__)


def test_digest_is_over_all_but_itself(toy: Toy) -> None:
    criteria = toy()
    got = assess(case_from(criteria), criteria)
    content = plain(got)
    del content["digest"]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert got.digest == hashlib.sha256(text.encode()).hexdigest()
    assert assessment_digest(got.model_copy(update={"digest": "another"})) == got.digest
    assert assessment_digest(got.model_copy(update={"case": {**got.case, "title": "Other"}})) != got.digest


def test_comments_and_places_in_the_rules_do_not_change_the_digest(tmp_path: Path, toy: Toy) -> None:
    first = toy()
    file = tmp_path / "toy" / "indicators" / "all.yaml"
    file.write_text(f"# A comment.\n\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    second = read_criteria(tmp_path / "toy")
    one, other = (assess(case_from(each), each) for each in (first, second))
    assert explain(one, first).findings[0].defined_at == "indicators/all.yaml:1:1"
    assert explain(other, second).findings[0].defined_at == "indicators/all.yaml:3:1"
    assert to_json(one) == to_json(other)
    assert one.criteria.digest == other.criteria.digest


PRINT = """
import sys
from pathlib import Path
from risk_engine.engine.assess import assess, to_json
from risk_engine.engine.explain import explain
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile

criteria = read_criteria(Path(sys.argv[1]))
profile = load_profile(Path(sys.argv[3]), criteria)
sys.stdout.buffer.write(to_json(assess(load_case(Path(sys.argv[2]), criteria), criteria, profile=profile)))
"""


@pytest.mark.parametrize(
    ("folder", "case", "profile"),
    [
        pytest.param(
            *(SHIPPED, ROOT / "examples" / "lung-imaging.yaml", ROOT / "examples" / "profiles" / "university.yaml"),
            marks=pytest.mark.nightly,
        ),
        (LOAN_DESK, LOAN_CASE, LOAN_PROFILE),
    ],
    ids=["shipped", "loan-desk"],
)
def test_json_is_the_same_bytes_twice_and_in_another_process_and_place(folder: Path, case: Path, profile: Path) -> None:
    def here() -> bytes:
        criteria = read_criteria(folder)
        return to_json(assess(load_case(case, criteria), criteria, profile=load_profile(profile, criteria)))

    first = here()
    assert here() == first
    for seed, locale, zone in (("1", "C", "Pacific/Kiritimati"), ("2", "de_DE.UTF-8", "America/Los_Angeles")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": zone}
        command = [sys.executable, "-c", PRINT, str(folder), str(case), str(profile)]
        done = subprocess.run(command, capture_output=True, check=True, env=environment, cwd=ROOT)
        assert done.stdout == first


def test_loan_desk_example_comes_out_as_its_rules_say(loan_desk: Criteria) -> None:
    # By hand from tests/sets/loan-desk, on 2 March 2026.
    got = assess(load_case(LOAN_CASE, loan_desk), loan_desk)
    present = {one.id: one.inherent for one in got.findings if one.outcome == "present"}
    assert present == {
        "OBJ-1": "moderate",  # a delicate fan, a drifting climate
        "OBJ-2": "high",  # severe since 2026, and the fan is not robust
        "OBJ-3": "low",  # paper, 40,000 lux hours below the limit of 50,000
        "OBJ-4": "moderate",  # arsenic
        "LAW-1": "low",  # signed here only
        "LAW-2": "moderate",  # a rumour
        "LAW-4": "high",  # a rumour, and the plain does not protect loans
    }
    assert [one.id for one in got.findings if one.outcome == "undetermined"] == []
    # The logger alone lowers OBJ-1 by one.
    assert got.finding("OBJ-1").residual.at_most == "low"
    assert [(one.ladder, one.level, one.provisional) for one in got.proposals] == [
        ("release", "checks_due", False),
        ("verdict", "lend_on_terms", False),
        ("travel", "alone", False),
    ]
    keeping, belonging = got.ratings
    assert (keeping.inherent.at_least, keeping.residual.at_least) == (3 + 10 + 1 + 3, 1 + 10 + 1 + 3)
    assert (belonging.inherent.at_least, belonging.residual.at_least) == (1 + 3 + 10, 1 + 3 + 10)
    assert got.review_due == date(2026, 9, 2)


def test_loan_desk_example_with_its_profile_comes_out_otherwise(loan_desk: Criteria) -> None:
    # The profile's limit for light is 30,000 lux hours; eight months is no long loan, so the dimmer would help.
    got = assess(load_case(LOAN_CASE, loan_desk), loan_desk, profile=load_profile(LOAN_PROFILE, loan_desk))
    assert got.finding("OBJ-3").inherent == "high"
    assert got.finding("OBJ-3").options[0].counts == "yes"
