"""Cases that both versions can work out: where they go, which findings changed and why."""

import pytest

from risk_engine.model.comparison import Cause, Courses
from tests.audit.impact.small import Versions, facts, one, told
from tests.engine.builder import LADDERS, Data, written


def longer(days: int) -> dict[str, object]:
    return {"long": {"values": ({"value": days},)}}


def test_a_case_that_no_change_touches_keeps_its_result(versions: Versions) -> None:
    versions.make("1.1.0", parameters=longer(40))
    report = versions.replay(versions.case())
    assert (one(report).group, one(report).course, one(report).findings) == ("compared", "same", ())
    assert report.counts.compared == Courses(same=1)


def test_a_lower_threshold_makes_a_case_stricter_and_the_parameter_is_named_with_both_values(
    versions: Versions,
) -> None:
    versions.make("1.1.0", parameters=longer(10))
    case = one(versions.replay(versions.case()))
    assert case.course == "stricter"
    assert told(case.ladders) == {"measure": "advice > regulation", "gate": "clear > conditional"}
    [finding] = case.findings
    assert finding.before is not None
    assert finding.after is not None
    assert (finding.id, finding.direction) == ("LONG", "stricter")
    assert (finding.before.severity.at_most, finding.after.severity.at_least) == ("none", "high")
    assert finding.causes == (Cause(kind="parameter", name="long", before="30", after="10"),)


def test_a_condition_that_is_taken_out_makes_a_case_milder(versions: Versions) -> None:
    rules = written("RISK: {severity: {low: {fact: trip.risky, is: true}}}")
    versions.make("1.1.0", indicators=rules)
    report = versions.replay(versions.case(trip="days: 10, risky: true, pace: calm"))
    assert one(report).course == "milder"
    assert told(one(report).ladders) == {"measure": "regulation > advice", "gate": "conditional > clear"}
    [finding] = one(report).findings
    assert [(cause.kind, cause.name) for cause in finding.causes] == [("severity", "low"), ("severity", "high")]
    assert [(tally.id, tally.rose, tally.fell) for tally in report.findings] == [("RISK", 0, 1)]


def test_a_parameter_that_only_the_new_condition_reads_is_no_cause_beside_the_condition(versions: Versions) -> None:
    rules = written("LONG: {severity: {high: {fact: trip.days, at_least: {parameter: short}}}}")
    versions.make("1.1.0", indicators=rules, parameters={"short": {"values": ({"value": 2},)}})
    [finding] = one(versions.replay(versions.case())).findings
    assert finding.causes == (Cause(kind="severity", name="high"),)


def test_an_indicator_that_is_gone_and_one_that_is_new_say_so(versions: Versions) -> None:
    rules = written("NEW: {severity: {high: {fact: trip.risky, is: true}}}")
    versions.make("1.1.0", indicators=rules)
    case = one(versions.replay(versions.case(trip="days: 10, risky: true, pace: calm")))
    assert case.course == "same"
    assert [(each.id, each.before is None, each.after is None) for each in case.findings] == [
        ("NEW", True, False),
        ("RISK", False, True),
    ]
    assert [each.causes[0].kind for each in case.findings] == ["indicator_new", "indicator_gone"]


def test_a_case_that_keeps_its_result_for_other_reasons_is_counted(versions: Versions) -> None:
    rules = written("RISK: {severity: {low: {fact: trip.risky, is: true}}}\nLONG: {severity: {high: {holds: any}}}")
    definitions = written("any: {fact: trip.days, at_least: 1}")
    versions.make("1.1.0", indicators=rules, definitions=definitions)
    report = versions.replay(versions.case(trip="days: 10, risky: true, pace: calm"))
    assert (report.counts.compared, report.counts.other_reasons) == (Courses(same=1), 1)
    long = next(each for each in one(report).findings if each.id == "LONG")
    assert {(cause.kind, cause.name) for cause in long.causes} == {("severity", "high"), ("definition", "any")}


def test_stricter_on_one_ladder_and_milder_on_another_is_neither(versions: Versions) -> None:
    ladders = written(LADDERS)
    ladders["gate"]["rules"] = (written("level: blocked\nwhen: {some: finding, where: {fact: finding.id, is: RISK}}"),)
    ladders["measure"]["rules"] = ladders["measure"]["rules"][:2]
    versions.make("1.1.0", ladders=ladders)
    case = one(versions.replay(versions.case(trip="days: 10, risky: true, pace: calm")))
    assert case.course == "otherwise"
    assert told(case.ladders) == {"measure": "regulation > advice", "gate": "conditional > blocked"}
    assert {each.ladder: each.causes for each in case.ladders} == {
        "measure": (Cause(kind="rules"),),
        "gate": (Cause(kind="rules"),),
        "escalation": (),
    }


def test_other_points_are_named_where_a_ladder_moved(versions: Versions) -> None:
    severity = {
        "points": {"low": 20, "moderate": 20, "high": 20, "critical": 120},
        "cap": 119,
        "bands": {"minimal": 0, "limited": 1, "high": 20, "unacceptable": 120},
    }
    versions.make("1.1.0", head={"severity": severity})
    case = one(versions.replay(versions.case(trip="days: 10, risky: false, pace: brisk")))
    assert told(case.ladders) == {"measure": "advice > regulation"}
    assert {each.ladder: each.causes for each in case.ladders} == {
        "measure": (Cause(kind="points"),),
        "gate": (),
        "escalation": (),
    }


def test_a_case_that_is_no_longer_open_at_its_strict_end_is_milder(versions: Versions) -> None:
    versions.make("1.1.0", indicators=written("LONG: {severity: {low: {fact: trip.days, at_least: 30}}}"))
    case = one(versions.replay(versions.case(trip="risky: false, pace: calm")))
    assert told(case.ladders) == {"measure": "advice..regulation > advice", "gate": "clear..conditional > clear"}
    assert case.course == "milder"


def test_a_case_that_is_open_instead_of_settled_in_the_middle_is_neither_stricter_nor_milder(
    versions: Versions,
) -> None:
    # What was high for certain now is nothing or critical, for an answer that both versions ask for and nobody gave.
    severity = "{critical: {all_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}}"
    versions.make("1.1.0", indicators=written(f"RISK: {{severity: {severity}}}"))
    case = one(versions.replay(versions.case(trip="days: 1, risky: true, pace: calm")))
    assert case.group == "compared"
    assert {each.ladder: each.direction for each in case.ladders} == {
        "measure": "wider",
        "gate": "looser",
        "escalation": "same",
    }
    assert case.course == "otherwise"


def test_an_indicator_out_of_force_under_the_new_version_says_so(versions: Versions) -> None:
    rules = written(
        "RISK: {severity: {high: {fact: trip.risky, is: true}}, effective: {until: 2026-01-01}}\n"
        "LONG: {severity: {high: {fact: trip.days, at_least: {parameter: long}}}}"
    )
    versions.make("1.1.0", indicators=rules)
    case = one(versions.replay(versions.case(trip="days: 10, risky: true, pace: calm")))
    assert [(each.id, [cause.kind for cause in each.causes]) for each in case.findings] == [("RISK", ["in_force"])]


def test_flows_count_the_cases_of_each_ladder(versions: Versions) -> None:
    versions.make("1.1.0", parameters=longer(10))
    cases = [
        versions.case("a"),
        versions.case("b"),
        versions.case("kept", trip="days: 1, risky: false, pace: calm"),
        versions.case("high", trip="days: 1, risky: true, pace: calm"),
    ]
    report = versions.replay(*cases)
    flows = [
        (flow.before.level, flow.after and flow.after.level, flow.direction, flow.cases)
        for flow in report.flows
        if flow.ladder == "measure"
    ]
    assert flows == [
        ("advice", "advice", "same", 1),
        ("advice", "regulation", "stricter", 2),
        ("regulation", "regulation", "same", 1),
    ]


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ({}, {"knock_out": {"legal": "always"}}, Cause(kind="knock_out", name="legal")),
        ({}, {"controls": ({"all": ("ROPE",), "residual": "low"},)}, Cause(kind="controls")),
    ],
)
def test_what_bars_and_what_controls_leave_are_causes(versions: Versions, old: Data, new: Data, cause: Cause) -> None:
    for version, more in (("1.0.0", old), ("1.1.0", new)):
        rules = written("RISK: {severity: {high: {fact: trip.risky, is: true}}}")
        rules["RISK"] |= more
        versions.make(version, indicators=rules, controls={"ROPE": {}})
    evidence = "[{kind: photo, reference: P-1, date: 2026-01-01}]"
    text = f"controls: [{{id: ROPE, status: implemented, evidence: {evidence}}}]"
    [finding] = one(versions.replay(versions.case(text=text, trip="days: 1, risky: true, pace: calm"))).findings
    assert finding.causes == (cause,)


def test_another_order_of_options_and_a_table_that_says_something_else_are_causes(versions: Versions) -> None:
    hilly = rules_of(
        "HILLY: {severity: {high: {all_of: [{fact: trip.steep, is: true}, {fact: trip.pace, at_least: brisk}]}}}"
    )
    pace = "{type: choice, options: [calm, brisk, wild], riskier: %s}"
    for version, is_steep, riskier in (("1.0.0", False, "later"), ("1.1.0", True, "earlier")):
        declared = facts(
            trip__to="{type: row, of: places}",
            trip__steep="{type: boolean, riskier: true, from: to}",
            trip__pace=pace % riskier,
        )
        table = {"rows": {"A": {"name": "A"}}, "columns": {"steep": {"values": {"A": is_steep}}}}
        versions.make(version, facts=declared, tables={"places": table}, indicators=hilly)
    [finding] = one(versions.replay(versions.case(trip="days: 1, risky: false, pace: brisk, to: A"))).findings
    assert finding.causes == (Cause(kind="fact", name="trip.pace"), Cause(kind="value", name="trip.steep"))


def test_a_parameter_that_is_a_list_shows_its_options(versions: Versions) -> None:
    wanted = rules_of("GEAR: {severity: {high: {fact: trip.gear, includes_any: {parameter: heavy}}}}")
    for version, options in (("1.0.0", ["axe"]), ("1.1.0", ["axe", "rope"])):
        versions.make(version, indicators=wanted, parameters={"heavy": {"values": ({"value": options},)}})
    [finding] = one(versions.replay(versions.case(trip="days: 1, risky: false, gear: [rope]"))).findings
    assert finding.causes == (Cause(kind="parameter", name="heavy", before="axe", after="axe, rope"),)


def rules_of(text: str) -> Data:
    made: Data = written(text)
    return made
