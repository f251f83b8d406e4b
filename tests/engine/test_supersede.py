"""Expected values: design, section 4 (Controls): the fact went to the recorded value with no control listed."""

from datetime import date

import pytest

from risk_engine.engine.assess import assess, assessment_digest, check_supersedes, superseded, to_json
from risk_engine.engine.explain import explain
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.assessment import Assessment
from risk_engine.model.criteria import Criteria
from risk_engine.records.verify import verify
from tests.engine.builder import DAY, case_from
from tests.engine.conftest import Toy

FACTS = """
    trip: {facts: {roped: {type: boolean}, since: {type: date}, days: {type: integer, range: [0, 99]}}}
    guest:
      many: 3
      facts:
        boots: {type: choice, options: [none_yet, good, best]}
        gear: {type: choices, options: {rope: A rope}}
"""
CONTROLS = """
    ROPE: {records: {fact: trip.roped, is: true}}
    BOOTS: {records: {fact: guest.boots, is: good}}
    DAYS: {}
"""


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(facts=FACTS, controls=CONTROLS, indicators="A: {severity: {low: {fact: trip.days, at_least: 3}}}")


def later(criteria: Criteria, before: str, now: str) -> Assessment:
    old = assess(case_from(criteria, before), criteria)
    # From its file: JSON knows no tuples and no dates.
    read = Assessment.model_validate_json(to_json(old))
    return assess(case_from(criteria, now), criteria, supersedes=superseded(read, criteria))


def warned(assessment: Assessment) -> list[tuple[str | None, str]]:
    return [(one.id, one.paths[0]) for one in assessment.problems if one.kind == "control_not_listed"]


def test_the_old_digest_is_inside_the_new_one(criteria: Criteria) -> None:
    old = assess(case_from(criteria, "trip: {days: 2}"), criteria)
    new = later(criteria, "trip: {days: 2}", "trip: {days: 2}")
    assert new.supersedes is not None
    assert (new.supersedes.digest, new.supersedes.on) == (old.digest, DAY)
    assert new.digest != old.digest
    assert new.digest == assessment_digest(new)
    assert verify(new, criteria).verdict == "same"
    assert old.supersedes is None


def test_the_answers_of_an_assessment_in_old_names_are_compared_in_those_of_today(toy: Toy) -> None:
    rule = "A: {severity: {low: {fact: hike.days, at_least: 3}}}"
    first = toy(facts=FACTS.replace("trip", "hike"), controls=CONTROLS.replace("trip", "hike"), indicators=rule)
    second = toy(
        facts=FACTS.replace("trip: {", "trip: {was: hike, ")
        .replace("roped: {", "roped: {was: {name: tied, values: {loose: false, tight: true, so_so: unknown}}, ")
        .replace("boots: {", "boots: {was: {values: {sandals: none_yet}}, "),
        controls=CONTROLS,
        indicators=rule.replace("hike", "trip"),
        head="{version: 2.0.0}",
    )
    before = "hike: {days: 2}\nguest: [{id: a, boots: good}]"
    old = Assessment.model_validate_json(to_json(assess(case_from(first, before), first)))
    case = {"hike": {"tied": "loose", "days": 2}, "guest": [{"id": "a", "boots": "sandals"}]}
    assert superseded(old.model_copy(update={"case": case}), second).recorded == {
        "trip.roped": False,
        "guest.a.boots": "none_yet",
    }
    unclear = old.model_copy(update={"case": {"hike": {"tied": "so_so"}}})
    assert superseded(unclear, second).recorded == {}


def test_an_answer_that_changed_to_what_a_control_records_is_warned_of(criteria: Criteria) -> None:
    new = later(
        criteria,
        "trip: {roped: false}\nguest: [{id: a, boots: none_yet}, {id: b, boots: best}]",
        "trip: {roped: true}\nguest: [{id: a, boots: good}, {id: b, boots: best}]",
    )
    assert warned(new) == [("ROPE", "trip.roped"), ("BOOTS", "guest.a.boots")]
    said = explain(new, criteria).problems
    assert said[0].text == (
        f"trip.roped is now answered as if ROPE were in place; in the assessment of {DAY} it was “false”, and the case "
        "does not list ROPE"
    )
    assert "it was “none_yet”, and" in said[1].text


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("trip: {roped: true}", "trip: {roped: true}"),
        ("trip: {roped: true}", "trip: {roped: false}"),
        ("trip: {days: 1}", "trip: {roped: true}"),
        ("guest: []", "guest: [{id: a, boots: good}]"),
        ("guest: [{id: a, boots: none_yet}]", "trip: {roped: true}"),
    ],
    ids=["same", "away from it", "not answered before", "new entry", "list gone"],
)
def test_what_did_not_change_to_it_is_not_warned_of(criteria: Criteria, before: str, now: str) -> None:
    assert warned(later(criteria, before, now)) == []


def test_a_control_that_the_case_lists_is_not_warned_of_twice(criteria: Criteria) -> None:
    now = "trip: {roped: true}\ncontrols: [{id: ROPE, status: planned}]"
    (one,) = explain(later(criteria, "trip: {roped: false}", now), criteria).problems
    assert "but ROPE is only planned" in one.text


def test_another_case_or_an_earlier_day_cannot_take_its_place(criteria: Criteria) -> None:
    case = case_from(criteria, "trip: {days: 2}")
    old = assess(case, criteria)
    check_supersedes(old, case, old.on)
    check_supersedes(old, case, None)
    with pytest.raises(RiskEngineError, match=f"the assessment to supersede is of {DAY}, after 2020-01-01"):
        check_supersedes(old, case, date(2020, 1, 1))
    with pytest.raises(RiskEngineError, match="is of the case `other`, this is"):
        check_supersedes(old.model_copy(update={"case": {**old.case, "id": "other"}}), case, None)


def test_what_is_no_answer_in_a_stored_assessment_is_passed_over(criteria: Criteria) -> None:
    old = assess(case_from(criteria, "trip: {roped: false}"), criteria)
    odd = old.model_copy(update={"resolved": {}, "case": {"trip": "far", "guest": [{"id": 1}, 2]}})
    assert superseded(odd, criteria).recorded == {}


def test_what_moved_since_is_said_with_both_answers_as_people_read_them(criteria: Criteria) -> None:
    before = "trip: {since: 2026-01-31, days: 2}\nguest: [{id: a, gear: [rope]}]"
    moved = explain(
        later(criteria, before, "trip: {since: 2026-02-01, roped: true, days: 2}\nguest: [{id: a}]"), criteria
    ).moved
    assert {one.path: (one.before, one.after) for one in moved} == {
        "trip.since": ("2026-01-31", "2026-02-01"),
        "guest.a.gear": ("A rope", None),
        "trip.roped": (None, "yes"),
    }
