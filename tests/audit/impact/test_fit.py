"""Cases that one of the versions does not take as they are, and those that neither takes."""

import pytest

from risk_engine.audit.impact.run import verdict
from risk_engine.engine.assess import to_json
from risk_engine.model.comparison import Cause
from risk_engine.portfolio.assess import Assessor
from tests.audit.impact.small import RULES, Versions, facts, one, problems, told
from tests.engine.builder import Data, written

ANSWER = "wild"


def without(*names: str) -> Data:
    """Return the common facts without some, as `entity.fact`."""
    made = facts()
    for name in names:
        entity, short = name.split(".")
        del made[entity]["facts"][short]
    return made


def test_a_fact_that_the_new_version_does_not_know_is_named_and_the_case_counted_apart(versions: Versions) -> None:
    rules = {**written(RULES), "WILD": written("severity: {low: {fact: trip.alone, is: true}}")}
    versions.make("1.1.0", facts=without("trip.pace"), indicators=rules)
    report = versions.replay(versions.case(trip=f"days: 1, risky: false, alone: false, pace: {ANSWER}"))
    case = one(report)
    assert case.group == "refused"
    assert [(each.path, each.why) for each in case.refused] == [("trip.pace", "no_fact")]
    # Without the answer nothing is left of the finding.
    assert told(case.ladders) == {"measure": "regulation > advice", "gate": "conditional > clear"}
    assert (report.counts.refused, report.counts.compared.changed) == (1, 0)
    assert [(each.name, each.why, each.cases) for each in report.refused] == [("trip.pace", "no_fact", 1)]
    assert [(flow.after, flow.group, flow.direction) for flow in report.flows if flow.ladder == "measure"] == [
        (None, "refused", "other")
    ]


def test_what_a_refused_case_comes_to_nobody_can_say_for_certain(versions: Versions) -> None:
    versions.make("1.1.0", facts=without("trip.means"))
    report = versions.replay(versions.case(trip="days: 1, risky: false, pace: calm, means: foot"))
    assert (verdict(report, "milder"), verdict(report, "changed")) == ("may", "yes")


def test_an_option_that_is_gone_leaves_the_question_open_and_no_answer_is_told(versions: Versions) -> None:
    rules = {**written(RULES), "WILD": written("severity: {high: {fact: trip.pace, is: brisk}}")}
    pace = "{type: choice, options: [calm, brisk], riskier: later}"
    versions.make("1.1.0", facts=facts(trip__pace=pace), indicators=rules)
    report = versions.replay(versions.case(trip=f"days: 1, risky: false, pace: {ANSWER}"))
    case = one(report)
    assert [(each.path, each.why) for each in case.refused] == [("trip.pace", "answer")]
    assert told(case.ladders) == {
        "measure": "regulation > advice..regulation",
        "gate": "conditional > clear..conditional",
    }
    assert Cause(kind="refused", name="trip.pace") in case.findings[0].causes
    assert f'"{ANSWER}"' not in report.model_dump_json()


def test_every_way_not_to_fit_is_named_at_once(versions: Versions) -> None:
    ask_when = "{type: boolean, ask_when: {fact: trip.risky, is: true}, otherwise: false}"
    changed = facts(trip__insured=ask_when)
    changed["guest"] = {"many": 1, "facts": changed["guest"]["facts"]}
    del changed["guest"]["facts"]["skill"]
    before = facts()
    before["tent"] = written("facts: {old: {type: boolean}}")
    versions.make("1.0.0", facts=before, controls={"ROPE": {}, "MAP": {}})
    versions.make("1.1.0", facts=changed, controls={"MAP": {}})
    text = """
        guest: [{id: ann, fit: true, skill: expert}, {id: bob, fit: true}]
        tent: {old: true}
        controls: [{id: ROPE, status: planned}, {id: MAP, status: planned}]
        evidence: [{for: [tent.old], kind: photo, reference: P-1, date: 2026-01-01}]
    """
    case = one(versions.replay(versions.case(text=text, trip="days: 1, risky: false, pace: calm, insured: true")))
    assert {(each.path, each.why) for each in case.refused} == {
        ("guest", "too_many"),
        ("guest.ann.skill", "no_fact"),
        ("tent", "no_entity"),
        ("controls.ROPE", "no_control"),
    }


def test_what_the_old_version_does_not_know_is_left_out_there_and_named(versions: Versions) -> None:
    rules = {**written(RULES), "RAIN": written("severity: {high: {fact: guest.wet, is: true}}")}
    rules["RAIN"] = written("severity: {high: {some: guest, where: {fact: guest.wet, is: true}}}")
    versions.make("1.1.0", facts=facts(guest__wet="{type: boolean, riskier: true}"), indicators=rules)
    case = one(versions.replay(versions.case(text="guest: [{id: ann, fit: true, wet: true}]")))
    assert (case.group, case.course) == ("compared", "stricter")
    assert [(each.path, each.why) for each in case.left_out] == [("guest.ann.wet", "no_fact")]


RENAMED = facts(trip__speed="{type: choice, was: pace, options: [calm, brisk, wild], riskier: later}")
del RENAMED["trip"]["facts"]["pace"]
SPEED = written("{severity: {low: {fact: trip.speed, at_least: brisk}, high: {fact: trip.speed, is: wild}}}")


def test_what_the_new_version_calls_otherwise_is_read_where_it_leaves_something_else_out(versions: Versions) -> None:
    renamed = {"trip": {"facts": dict(RENAMED["trip"]["facts"])}, "guest": RENAMED["guest"]}
    del renamed["trip"]["facts"]["alone"]
    versions.make("1.1.0", facts=renamed, indicators={**written(RULES), "WILD": SPEED})
    case = one(versions.replay(versions.case(trip="days: 1, risky: false, alone: true, pace: wild")))
    assert [each.path for each in case.refused] == ["trip.alone"]
    assert (case.course, told(case.ladders)) == ("same", {})


@pytest.mark.parametrize(
    ("trip", "message"),
    [
        ("days: 1, risky: false, pase: calm", "4:31: unknown key `pase`"),
        ("days: many, risky: false, pace: calm", "a whole number is needed here"),
        # New in 1.1.0, and no answer to it there: neither version takes it.
        ("days: 1, rain: heavy", "4:23: `true` or `false` is needed here"),
        # Gone in 1.1.0, and no answer to it under 1.0.0.
        ("days: 1, means: rocket", "4:24: `rocket` is not one of"),
        # A kind of thing that is new, or gone, with no answer to what is asked of it.
        ("days: 1}\ntent: {old: maybe", "5:13: `true` or `false` is needed here"),
        ("days: 1}\nguest: [{id: ann, fit: maybe}]\ntent: {old: true", "5:24: `true` or `false` is needed here"),
    ],
)
def test_what_neither_version_takes_is_a_problem_with_its_place(versions: Versions, trip: str, message: str) -> None:
    changed = without("trip.means")
    changed["trip"]["facts"]["rain"] = {"type": "boolean"}
    changed["tent"] = written("facts: {old: {type: boolean}}")
    del changed["guest"]
    versions.make("1.1.0", facts=changed)
    report = versions.replay(versions.case("bad", trip=trip), versions.case("good"))
    [problem] = problems(report)
    assert message in problem
    assert problem.count("bad.yaml:") == 1
    assert [case.case_id for case in report.cases] == ["good"]
    assert report.counts.problems == 1


def test_of_an_assessment_each_version_may_refuse_another_answer(versions: Versions) -> None:
    case = versions.case(trip="days: 1, risky: false, pace: calm, means: foot, alone: true")
    record = versions.folder / "a.json"
    record.write_bytes(to_json(Assessor(str(versions.folder / "toy" / "1.0.0"), None, None).assess(case)))
    versions.make("1.0.0", facts=without("trip.alone"))
    versions.make("1.1.0", facts=without("trip.means"))
    found = one(versions.replay(record))
    assert [(each.path, each.why) for each in found.refused] == [("trip.means", "no_fact")]
    assert [(each.path, each.why) for each in found.left_out] == [("trip.alone", "no_fact")]


def test_a_case_that_is_refused_an_answer_and_asked_another_counts_as_refused_and_shows_both(
    versions: Versions,
) -> None:
    changed = without("trip.means")
    changed["trip"]["facts"]["rain"] = {"type": "boolean", "riskier": True}
    rain = {"RAIN": written("severity: {high: {fact: trip.rain, is: true}}")}
    versions.make("1.1.0", facts=changed, indicators={**written(RULES), **rain})
    case = one(versions.replay(versions.case(trip="days: 1, risky: false, pace: calm, means: foot")))
    assert (case.group, case.asked) == ("refused", ("trip.rain",))
    assert case.remaining is not None
    assert told(case.remaining.most) == {"measure": "advice > regulation", "gate": "clear > conditional"}


def test_answers_that_both_versions_find_contradictory_are_compared_as_they_are_stated(versions: Versions) -> None:
    ask_when = "{type: boolean, ask_when: {fact: trip.risky, is: true}, otherwise: false}"
    for version in ("1.0.0", "1.1.0"):
        versions.make(version, facts=facts(trip__insured=ask_when))
    report = versions.replay(versions.case(trip="days: 1, risky: false, pace: calm, insured: true"))
    assert (problems(report), one(report).course) == ([], "same")


def test_an_error_in_evidence_is_a_problem_as_everywhere(versions: Versions) -> None:
    versions.make("1.1.0")
    text = "evidence: [{for: [trip.moon], kind: photo, reference: P-1, date: 2026-01-01}]"
    [problem] = problems(versions.replay(versions.case(text=text)))
    assert "`trip` has no fact `moon`" in problem
