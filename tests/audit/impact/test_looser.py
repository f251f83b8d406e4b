"""Looser is not milder, nor tighter stricter: what is proposed meanwhile moves, the strict end stays (0030, 0111)."""

import pytest

from risk_engine.audit.impact.moves import course
from risk_engine.audit.impact.run import verdict
from risk_engine.model.comparison import Course, Courses, Direction
from risk_engine.report.set_pages.impact import impact_view
from tests.audit.impact.small import Versions, one, told
from tests.engine.builder import LADDERS, Data, written
from tests.report.reading import block_lines

OPEN = "{critical: {all_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}}"
SURE = "{critical: {fact: trip.risky, is: true}}"
RISKY = "days: 1, risky: true, pace: calm"
IN_PLACE = "controls: [{id: ROPE, status: implemented, evidence: [{kind: photo, reference: P-1, date: 2026-01-01}]}]"
MEANWHILE = """
    level: blocked
    provisional: true
    when: {some: finding, where: {all_of: [{fact: finding.open, is: true}, {fact: finding.possible, is: critical}]}}
"""


def risk(severity: str, *, is_cured: bool = True) -> Data:
    """Return what finds a risk that a rope, if it is in place, brings down."""
    rule: Data = written(f"RISK: {{severity: {severity}}}")
    if is_cured:
        rule["RISK"]["controls"] = ({"all": ("ROPE",), "residual": "low"},)
    return {"indicators": rule, "controls": {"ROPE": {}}}


def ladders(*gate: str) -> Data:
    """Return ladders of which only the gate moves: barred while a critical risk is possible, if `gate` says so."""
    made: Data = written(LADDERS)
    made["measure"]["rules"] = made["measure"]["rules"][:1]  # for knock-outs, and here is none
    made["gate"]["rules"] = (*map(written, gate), *made["gate"]["rules"])
    return made


def test_a_case_that_is_barred_no_longer_because_more_is_certain_is_looser_and_not_milder(versions: Versions) -> None:
    versions.make("1.0.0", **risk(OPEN), ladders=ladders(MEANWHILE))
    versions.make("1.1.0", **risk(SURE), ladders=ladders(MEANWHILE))
    report = versions.replay(versions.case(trip=RISKY, text=IN_PLACE))
    gate = next(each for each in one(report).ladders if each.ladder == "gate")
    # With every answer it may start: it was barred only until the answer is there.
    assert (gate.before.place.level, gate.before.place.mildest, gate.before.place.strictest) == (
        "blocked",
        "clear",
        "clear",
    )
    assert (gate.direction, one(report).course) == ("looser", "looser")
    assert report.counts.compared == Courses(looser=1)
    answer = impact_view(report).answer
    assert answer is not None
    assert answer.sentence == "0 of 1 case keeps its result; 1 looser"
    [section] = [each for each in impact_view(report).sections if each.key == "looser"]
    lines = [line for block in section.blocks for line in block_lines(block)]
    assert lines[0].startswith("Answers are missing here")
    assert any("locked while answers are missing, else " in line for line in lines)
    assert [verdict(report, wanted) for wanted in ("milder", "looser", "changed")] == ["no", "yes", "yes"]


def test_a_rule_for_open_cases_that_is_gone_is_milder(versions: Versions) -> None:
    versions.make("1.0.0", **risk(OPEN), ladders=ladders(MEANWHILE))
    versions.make("1.1.0", **risk(OPEN), ladders=ladders())
    report = versions.replay(versions.case(trip=RISKY, text=IN_PLACE))
    assert one(report).course == "milder"
    assert verdict(report, "milder") == "yes"


def test_whether_a_case_of_which_the_mild_end_falls_gets_milder_nobody_can_say_yet(versions: Versions) -> None:
    versions.make("1.0.0", **risk(SURE, is_cured=False), ladders=ladders())
    versions.make("1.1.0", **risk(OPEN, is_cured=False), ladders=ladders())
    report = versions.replay(versions.case(trip=RISKY))
    assert told(one(report).ladders)["gate"] == "conditional > clear..conditional"
    assert one(report).course == "looser"
    assert verdict(report, "milder") == "may"


def test_a_case_that_is_barred_because_what_was_certain_is_open_now_is_tighter_and_not_stricter(
    versions: Versions,
) -> None:
    versions.make("1.0.0", **risk(SURE), ladders=ladders(MEANWHILE))
    versions.make("1.1.0", **risk(OPEN), ladders=ladders(MEANWHILE))
    report = versions.replay(versions.case(trip=RISKY, text=IN_PLACE))
    gate = next(each for each in one(report).ladders if each.ladder == "gate")
    assert (gate.after.place.level, gate.after.place.mildest, gate.after.place.strictest) == (
        "blocked",
        "clear",
        "clear",
    )
    assert (gate.direction, one(report).course) == ("tighter", "tighter")
    assert report.counts.compared == Courses(tighter=1)
    view = impact_view(report)
    assert view.answer is not None
    assert view.answer.sentence == "0 of 1 case keeps its result; 1 tighter"
    [section] = [each for each in view.sections if each.key == "tighter"]
    assert block_lines(section.blocks[0])[0].endswith("so these cases are not called stricter.")
    assert [verdict(report, wanted) for wanted in ("milder", "looser", "changed")] == ["no", "no", "yes"]


def test_a_case_of_which_what_was_open_is_certain_now_is_tighter(versions: Versions) -> None:
    versions.make("1.0.0", **risk(OPEN, is_cured=False), ladders=ladders())
    versions.make("1.1.0", **risk(SURE, is_cured=False), ladders=ladders())
    report = versions.replay(versions.case(trip=RISKY))
    assert told(one(report).ladders)["gate"] == "clear..conditional > conditional"
    assert one(report).course == "tighter"


@pytest.mark.parametrize(("after", "wanted"), [("critical", "no"), ("low", "yes")])
def test_a_committee_that_is_not_called_because_a_finding_got_graver_lets_nothing_slip_through(
    versions: Versions, after: str, wanted: str
) -> None:
    made = ladders()
    high = {"some": "finding", "where": {"fact": "finding.residual", "is": "high"}}
    made["escalation"]["rules"] = ({"level": "committee", "when": high},)
    made["gate"]["rules"] = made["gate"]["rules"][:1]
    for version, severity in (("1.0.0", "high"), ("1.1.0", after)):
        found = risk(f"{{{severity}: {{fact: trip.risky, is: true}}}}", is_cured=False)
        versions.make(version, **found, ladders=made)
    report = versions.replay(versions.case(trip=RISKY))
    assert told(one(report).ladders) == {"escalation": "committee > none"}
    assert verdict(report, "milder") == wanted


@pytest.mark.parametrize(
    ("directions", "wanted"),
    [
        (("looser", "same"), "looser"),
        (("looser", "milder"), "milder"),
        (("looser", "stricter"), "otherwise"),
        (("tighter", "same"), "tighter"),
        (("tighter", "stricter"), "stricter"),
        (("tighter", "looser"), "otherwise"),
    ],
)
def test_a_case_is_looser_or_tighter_only_if_no_ladder_moved_another_way(
    directions: tuple[Direction, ...], wanted: Course
) -> None:
    assert course(directions) == wanted
