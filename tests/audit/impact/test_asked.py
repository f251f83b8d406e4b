"""What the new version asks that the old one did not: counted apart, with what is left whatever the answers are."""

import pytest

from risk_engine.audit.impact.run import Verdict, verdict
from risk_engine.model.comparison import Cause, Courses, Remaining
from tests.audit.impact.small import RULES, Versions, facts, one, told
from tests.engine.builder import Data, written

RAIN_FACT = "{type: boolean, riskier: true}"
GUESTS = "guest: [{id: ann, fit: true, age: 30, skill: expert}, {id: bob, fit: true, age: 40, skill: expert}]"


def rules(more: str) -> Data:
    """Return the common rules and one more."""
    return {**written(RULES), **written(more)}


def remaining(versions: Versions, **pieces: Data) -> Remaining:
    versions.make("1.1.0", **pieces)
    found = one(versions.replay(versions.case(text=GUESTS))).remaining
    assert found is not None
    return found


def ends(found: Remaining) -> tuple[dict[str, str], dict[str, str]]:
    return told(found.least), told(found.most)


RAIN = {
    "facts": facts(trip__rain=RAIN_FACT),
    "indicators": rules("RAIN: {severity: {high: {fact: trip.rain, is: true}}}"),
}
HIGH = {"measure": "advice > regulation", "gate": "clear > conditional"}


def test_a_case_that_is_open_only_for_a_new_fact_is_counted_apart(versions: Versions) -> None:
    versions.make("1.1.0", **RAIN)
    report = versions.replay(versions.case(), versions.case("other", trip="days: 1, risky: true, pace: calm"))
    case = report.cases[0]
    assert (case.group, case.asked) == ("newly_asked", ("trip.rain",))
    assert told(case.ladders) == {"measure": "advice > advice..regulation", "gate": "clear > clear..conditional"}
    assert case.remaining is not None
    assert ends(case.remaining) == ({}, HIGH)
    assert (case.remaining.least_course, case.remaining.most_course) == ("same", "stricter")
    assert case.remaining.complete
    assert [cause for each in case.findings for cause in each.causes] == [Cause(kind="indicator_new")]
    # The other case is regulation whatever the weather is.
    assert (report.cases[1].group, report.cases[1].course) == ("compared", "same")
    assert report.counts.compared == Courses(same=1)
    assert (report.counts.newly_asked, report.counts.least, report.counts.most) == (
        1,
        Courses(same=1),
        Courses(stricter=1),
    )
    assert [(each.name, each.cases) for each in report.asked] == [("trip.rain", 1)]


def test_what_is_newly_asked_is_answered_in_a_case_that_the_new_version_reads_in_other_names(
    versions: Versions,
) -> None:
    renamed = facts(trip__rain=RAIN_FACT, trip__length="{type: integer, was: days, range: [0, 99], riskier: higher}")
    del renamed["trip"]["facts"]["days"]
    long = written("{severity: {high: {fact: trip.length, at_least: {parameter: long}}}}")
    versions.make("1.1.0", facts=renamed, indicators={**RAIN["indicators"], "LONG": long})
    case = one(versions.replay(versions.case()))
    assert (case.group, case.asked) == ("newly_asked", ("trip.rain",))
    assert case.remaining is not None
    assert ends(case.remaining) == ({}, HIGH)


def test_a_new_fact_that_an_indicator_of_both_reads_is_named_as_the_cause(versions: Versions) -> None:
    severity = "{high: {any_of: [{fact: trip.risky, is: true}, {fact: trip.rain, is: true}]}}"
    versions.make("1.1.0", facts=RAIN["facts"], indicators=rules(f"RISK: {{severity: {severity}}}"))
    [finding] = one(versions.replay(versions.case())).findings
    assert finding.causes == (Cause(kind="severity", name="high"), Cause(kind="asked", name="trip.rain"))


def test_a_direction_that_points_down_makes_the_low_answer_the_risky_one(versions: Versions) -> None:
    found = remaining(
        versions,
        facts=facts(trip__rooms="{type: integer, range: [0, 9], riskier: lower}"),
        indicators=rules("ROOMS: {severity: {high: {fact: trip.rooms, at_most: 0}}}"),
    )
    assert ends(found) == ({}, HIGH)


@pytest.mark.parametrize(
    ("fact", "condition"),
    [
        ("{type: choice, options: [dry, damp, wet], riskier: later}", "at_least: wet"),
        ("{type: choice, options: [wet, damp, dry], riskier: earlier}", "at_most: wet"),
        ("{type: choices, options: [hail, ice], riskier: more}", "includes: hail"),
        ("{type: choices, options: [roof, fire], riskier: fewer}", "is: []"),
        ("{type: date, riskier: later}", "at_least: 2027-01-01"),
        ("{type: date, riskier: earlier}", "at_most: 2026-01-01"),
        ("{type: boolean, riskier: false}", "is: false"),
        # Without a direction every answer that a rule can tell apart is tried.
        ("{type: boolean}", "is: false"),
        ("{type: choice, options: [dry, damp, wet]}", "is: damp"),
        ("{type: choices, options: [hail, ice]}", "includes: ice"),
        ("{type: integer, range: [0, 90]}", "is: 41"),
        ("{type: date}", "at_least: 2027-01-01"),
        ("{type: date}", "at_most: 0001-01-01"),
        ("{type: date}", "at_least: 9999-12-31"),
    ],
)
def test_the_two_ends_of_every_kind_of_fact_are_found(versions: Versions, fact: str, condition: str) -> None:
    found = remaining(
        versions,
        facts=facts(trip__new=fact),
        indicators=rules(f"NEW: {{severity: {{high: {{fact: trip.new, {condition}}}}}}}"),
    )
    assert ends(found) == ({}, HIGH)
    assert found.complete


def test_a_number_between_two_that_rules_name_is_tried(versions: Versions) -> None:
    between = "{all_of: [{not: {fact: trip.rooms, at_most: 3}}, {not: {fact: trip.rooms, at_least: 5}}]}"
    found = remaining(
        versions,
        facts=facts(trip__rooms="{type: integer, range: [0, 9]}"),
        indicators=rules(f"ROOMS: {{severity: {{high: {between}}}}}"),
    )
    assert ends(found) == ({}, HIGH)


def test_many_options_without_a_direction_are_not_all_combined_and_that_is_said(versions: Versions) -> None:
    found = remaining(
        versions,
        facts=facts(trip__new="{type: choices, options: [a, b, c, d, e, f]}"),
        indicators=rules("NEW: {severity: {high: {fact: trip.new, includes: d}}}"),
    )
    assert ends(found) == ({}, HIGH)
    assert not found.complete


def test_every_entry_of_a_list_gets_the_answer(versions: Versions) -> None:
    where = "{count: guest, where: {fact: guest.ill, is: true}, at_least: 2}"
    found = remaining(
        versions,
        facts=facts(guest__ill="{type: boolean, riskier: true}"),
        indicators=rules(f"ILL: {{severity: {{high: {where}}}}}"),
    )
    assert ends(found) == ({}, HIGH)


def test_a_fact_without_direction_is_answered_alike_in_all_entries_though_one_is_asked_later(
    versions: Versions,
) -> None:
    # Bob is asked for his hat only once it is known that he is tired.
    when = "{any_of: [{fact: guest.age, at_most: 30}, {fact: guest.tired, is: true}]}"
    hat = f"{{type: choice, options: [none, red, blue], ask_when: {when}, otherwise: none}}"
    red, blue = ("{some: guest, where: {fact: guest.hat, is: " + colour + "}}" for colour in ("red", "blue"))
    found = remaining(
        versions,
        facts=facts(guest__hat=hat, guest__tired="{type: boolean}"),
        indicators=rules(f"HATS: {{severity: {{high: {{all_of: [{red}, {blue}]}}}}}}"),
    )
    assert ends(found) == ({}, {})


def test_so_many_ways_to_answer_are_tried_and_where_there_are_more_that_is_said(versions: Versions) -> None:
    # Each of them counts, so none of the 256 ways can be left out beforehand.
    severities = {f"n{number}": "low" if number else "high" for number in range(8)}
    more = "\n".join(
        f"{name.upper()}: {{severity: {{{severity}: {{fact: trip.{name}, is: true}}}}}}"
        for name, severity in severities.items()
    )
    declared = facts(**{f"trip__{name}": "{type: boolean}" for name in severities})
    found = remaining(versions, facts=declared, indicators=rules(more))
    assert ends(found) == ({}, HIGH)
    assert not found.complete


def test_a_question_that_only_a_new_answer_leads_to_is_answered_too(versions: Versions) -> None:
    asked_when = "{type: boolean, riskier: true, ask_when: {fact: trip.rain, is: true}, otherwise: false}"
    found = remaining(
        versions,
        facts=facts(trip__rain=RAIN_FACT, trip__flood=asked_when),
        indicators=rules("FLOOD: {severity: {high: {fact: trip.flood, is: true}}}"),
    )
    assert ends(found) == ({}, HIGH)


def test_an_answer_that_the_case_rules_out_is_not_taken_for_possible(versions: Versions) -> None:
    # Whoever travels by rain alone is not asked for the pace; the case states one, so it rains for certain not.
    pace = "{type: choice, options: [calm, brisk, wild], riskier: later, "
    pace += "ask_when: {fact: trip.rain, is: false}, otherwise: calm}"
    versions.make("1.1.0", facts=facts(trip__rain=RAIN_FACT, trip__pace=pace), indicators=RAIN["indicators"])
    case = one(versions.replay(versions.case(trip="days: 1, risky: false, pace: brisk")))
    assert case.remaining is not None
    assert ends(case.remaining) == ({}, {})


def test_a_whole_list_that_is_new_is_tried_with_none_one_and_several_entries(versions: Versions) -> None:
    horses = written("horse: {title: Horse, many: 9, facts: {lame: {type: boolean, riskier: true}}}")
    where = "{count: horse, where: {fact: horse.lame, is: true}, at_least: 2}"
    versions.make("1.1.0", facts={**facts(), **horses}, indicators=rules(f"LAME: {{severity: {{high: {where}}}}}"))
    case = one(versions.replay(versions.case()))
    assert (case.group, case.asked) == ("newly_asked", ("horse",))
    assert case.remaining is not None
    assert ends(case.remaining) == ({}, HIGH)
    assert not case.remaining.complete


def test_what_a_table_said_before_is_newly_asked_where_it_says_so_no_more(versions: Versions) -> None:
    table = written("rows: {A: {name: A}}\ncolumns: {steep: {values: {A: false}}}")
    empty = written("rows: {A: {name: A}}\ncolumns: {steep: {values: {}}}")
    declared = facts(trip__to="{type: row, of: places}", trip__steep="{type: boolean, riskier: true, from: to}")
    steep = rules("STEEP: {severity: {high: {fact: trip.steep, is: true}}}")
    for version, places in (("1.0.0", table), ("1.1.0", empty)):
        versions.make(version, facts=declared, tables={"places": places}, indicators=steep)
    case = one(versions.replay(versions.case(trip="days: 1, risky: false, pace: calm, to: A")))
    assert (case.group, case.asked) == ("newly_asked", ("trip.steep",))


def test_the_row_of_a_new_table_is_asked_and_what_the_table_would_say_is_tried(versions: Versions) -> None:
    table = written("rows: {A: {name: A}}\ncolumns: {steep: {values: {A: true}}}")
    declared = facts(trip__to="{type: row, of: places}", trip__steep="{type: boolean, riskier: true, from: to}")
    steep = rules("STEEP: {severity: {high: {fact: trip.steep, is: true}}}")
    versions.make("1.1.0", facts=declared, tables={"places": table}, indicators=steep)
    case = one(versions.replay(versions.case()))
    assert case.asked == ("trip.to",)
    assert case.remaining is not None
    assert ends(case.remaining) == ({}, HIGH)


def test_what_the_old_version_asked_as_well_is_compared_even_if_nobody_answered_it(versions: Versions) -> None:
    versions.make("1.1.0", indicators=rules("ALONE: {severity: {high: {fact: trip.alone, is: true}}}"))
    case = one(versions.replay(versions.case()))
    assert (case.group, case.course, case.remaining) == ("compared", "stricter", None)


def test_a_case_that_was_as_open_before_is_not_newly_asked(versions: Versions) -> None:
    versions.make("1.1.0", **RAIN)
    case = one(versions.replay(versions.case(trip="risky: false, pace: calm")))
    assert (case.group, case.course, case.asked) == ("compared", "same", ())
    assert [each.id for each in case.findings] == ["RAIN"]


def test_a_new_fact_that_changes_no_result_makes_no_group_of_its_own(versions: Versions) -> None:
    more = "RAIN: {severity: {low: {fact: trip.rain, is: true}}}"
    long = {"long": {"values": ({"value": 5},)}}
    versions.make("1.1.0", facts=RAIN["facts"], indicators=rules(more), parameters=long)
    case = one(versions.replay(versions.case()))
    assert (case.group, case.course, case.asked, case.remaining) == ("compared", "stricter", (), None)


def test_a_new_fact_beside_a_new_rule_shows_what_changes_whatever_the_answer_is(versions: Versions) -> None:
    more = "RAIN: {dimension: mind, severity: {critical: {fact: trip.rain, is: true}}}"
    versions.make(
        "1.1.0",
        facts=RAIN["facts"],
        indicators=rules(more),
        parameters={"long": {"values": ({"value": 5},)}},
    )
    case = one(versions.replay(versions.case()))
    assert case.remaining is not None
    assert ends(case.remaining)[0] == HIGH
    assert ends(case.remaining)[1] == {"measure": "advice > restriction", "gate": "clear > conditional"}


@pytest.mark.parametrize(
    ("before", "milder", "changed"),
    [("high", "may", "may"), ("critical", "yes", "yes")],
)
def test_milder_whatever_the_answer_is_is_certain_and_milder_for_one_of_them_is_not(
    versions: Versions, before: str, milder: Verdict, changed: Verdict
) -> None:
    versions.make("1.0.0", indicators=rules(f"RISK: {{severity: {{{before}: {{fact: trip.risky, is: true}}}}}}"))
    versions.make(
        "1.1.0", facts=RAIN["facts"], indicators=rules("RISK: {severity: {high: {fact: trip.rain, is: true}}}")
    )
    report = versions.replay(versions.case(trip="days: 1, risky: true, pace: calm"))
    assert one(report).group == "newly_asked"
    assert (verdict(report, "milder"), verdict(report, "changed")) == (milder, changed)
