"""What a table of indicators, options or controls shows of its rows: what does nothing, and what no row is for."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from risk_engine.audit.tables.edit import tables_of
from risk_engine.audit.tables.remarks import Options
from risk_engine.audit.tables.rules import Rules
from risk_engine.engine.find import control_states, find_one
from risk_engine.engine.resolve import as_stated
from tests.audit.tables.sheets import rules_of
from tests.audit.tables.test_overlaps import data_of
from tests.cli.running import ROOT
from tests.engine.builder import DAY, criteria_from, criteria_of
from tests.strategies import cases_of, few_now, rule_set, rule_sets

CONTROLS = "{A: {}, B: {}, C: {supporting: true}}"


def shown(folder: Path, of: str, **files: str) -> list[str]:
    """Return what a table of a set shows below its first line."""
    criteria_from(folder / "toy", controls=files.pop("controls", CONTROLS), **files)
    return told(rules_of(folder / "toy"), of)


def told(rules: Rules, of: str) -> list[str]:
    return list(tables_of(rules, [of])[0].remarks[1:])


def options(folder: Path, indicator: str) -> list[str]:
    return shown(folder, "options", indicators=f"I: {indicator}")


ALONE = "{fact: trip.alone, is: true}"
WILD = "{low: {fact: trip.pace, at_least: brisk}, high: {fact: trip.pace, is: wild}}"


def test_a_severity_that_no_option_lowers_is_a_gap_with_a_case_of_it(tmp_path: Path) -> None:
    assert options(tmp_path, f"{{severity: {WILD}, controls: [{{all: [A], residual: low}}]}}") == [
        "gap: no row lowers I low: trip.pace brisk"
    ]


def test_a_gap_of_a_severity_is_no_case_of_a_higher_one(tmp_path: Path) -> None:
    severity = f"{{low: {{fact: trip.risky, is: true}}, high: {{all_of: [{{fact: trip.risky, is: true}}, {ALONE}]}}}}"
    assert options(tmp_path, f"{{severity: {severity}, controls: [{{all: [A], residual: low}}]}}") == [
        "gap: no row lowers I low: trip.risky true; trip.alone false"
    ]


def test_an_option_on_a_condition_leaves_the_rest_as_a_gap_and_irreducible_is_named_where_it_is_said(
    tmp_path: Path,
) -> None:
    only = "{all: [A], residual: none, when: {fact: trip.insured, is: true}}"
    assert options(tmp_path, f"{{severity: {WILD}, controls: [{only}]}}") == [
        "gap: no row lowers I high, and `irreducible` says so: trip.pace wild; trip.insured false",
        "gap: no row lowers I low, and `irreducible` says so: trip.pace brisk; trip.insured false",
    ]
    # Here one counts and lowers nothing: then `irreducible` is not said.
    leaves = "{all: [B], residual: high, when: {fact: trip.alone, is: true}}"
    found = options(tmp_path / "2", f"{{severity: {WILD}, knock_out: {{hold: always}}, controls: [{only}, {leaves}]}}")
    assert found[0] == "gap: no row lowers I high: trip.pace wild; trip.alone true; trip.insured false"


def test_options_that_cover_all_answers_together_leave_no_gap(tmp_path: Path) -> None:
    yes = "{all: [A], residual: none, when: {fact: trip.insured, is: true}}"
    no = "{all: [B], lowers_by: 1, when: {fact: trip.insured, is: false}}"
    assert options(tmp_path, f"{{severity: {WILD}, controls: [{yes}, {no}]}}") == [
        "no gap: whatever an indicator comes to, a row lowers it"
    ]


def test_an_option_that_never_counts_lowers_nothing_or_does_what_another_does_is_named(tmp_path: Path) -> None:
    never = "{all: [A], residual: none, when: {fact: trip.pace, is: calm}}"
    idle = "{all: [B], residual: high}"
    first = "{all: [A], residual: none}"
    more = "{all: [A, B], residual: low, when: {fact: trip.alone, is: true}}"
    assert options(tmp_path, f"{{severity: {WILD}, controls: [{never}, {idle}, {first}, {more}]}}") == [
        "row I 1 never counts: where its condition holds, there is no finding",
        "row I 2 lowers nothing: the indicator is never higher than what it leaves",
        "row I 4 does nothing: wherever it counts, row I 3 does too, asks for no more and leaves no more",
        "no gap: whatever an indicator comes to, a row lowers it",
    ]


def test_of_two_options_that_do_the_same_the_second_is_named_and_one_with_weaker_evidence_is_none(
    tmp_path: Path,
) -> None:
    one = "{all: [A, B], residual: none}"
    assert options(tmp_path, f"{{severity: {WILD}, controls: [{one}, {{all: [B, A], lowers_by: 4}}]}}")[0] == (
        "row I 2 does nothing: wherever it counts, row I 1 does too, asks for no more and leaves no more"
    )
    criteria_from(
        tmp_path / "toy",
        head="evidence_kinds: {licence: L, letter: M}",
        controls=CONTROLS,
        indicators=f"I: {{severity: {WILD}, controls: [{{all: [A], residual: none, needs: [licence]}}, "
        "{all: [A], residual: none, needs: [licence, letter]}, {all: [A], residual: none, needs: [letter]}]}",
    )
    assert told(rules_of(tmp_path / "toy"), "options")[:2] == [
        "row I 1 does nothing: wherever it counts, row I 2 does too, asks for no more and leaves no more",
        "row I 3 does nothing: wherever it counts, row I 2 does too, asks for no more and leaves no more",
    ]


def test_indicators_with_the_same_cases_an_indicator_that_is_always_found_and_overlaps_are_named(
    tmp_path: Path,
) -> None:
    same = "{moderate: {fact: trip.pace, one_of: [wild]}}"
    always = "{low: {any_of: [{fact: trip.risky, is: true}, {fact: trip.risky, is: false}]}}"
    indicators = f"{{I: {{severity: {WILD}}}, J: {{severity: {same}}}, K: {{severity: {always}}}}}"
    assert shown(tmp_path, "indicators", indicators=indicators) == [
        "rows I high and I low overlap, and I high decides: trip.pace wild",
        "rows I high and J moderate hold in the same cases: the same answers make two findings",
        "no gap in `K`: some row always holds, so every case has this finding",
        "gap: where no row of an indicator holds, it is no finding; `--of severity:INDICATOR` shows where",
    ]


def test_a_way_of_a_severity_that_another_way_of_it_says_too_adds_nothing(tmp_path: Path) -> None:
    ways = (
        "{any_of: [{all_of: [{fact: trip.pace, is: wild}, {fact: trip.alone, is: true}]}, {fact: trip.pace, is: wild}]}"
    )
    found = shown(tmp_path, "indicators", indicators=f"I: {{severity: {{high: {ways}}}}}")
    assert found[0] == "row I high.1 adds nothing: wherever it holds, one of these does and leads to the same: I high.2"


def test_controls_that_no_option_names_and_two_that_ask_for_the_same_are_named(tmp_path: Path) -> None:
    indicators = f"I: {{severity: {WILD}, controls: [{{all: [A], residual: none}}]}}"
    controls = "{A: {do: Ask.}, B: {do: Ask.}, C: {supporting: true}}"
    assert shown(tmp_path, "controls", indicators=indicators, controls=controls) == [
        "rows A and B overlap: they ask for the same",
        "gap: no option names B, so it lowers nothing",
    ]
    whole = indicators.replace("[A]", "[A, B]")
    assert shown(tmp_path / "2", "controls", indicators=whole) == [
        "no gap: options name each control, or it is supporting"
    ]


def test_a_level_that_no_row_leads_to_is_named(tmp_path: Path) -> None:
    rule = "{level: b, when: {some: finding, where: {fact: finding.residual, at_least: high}}}"
    ladder = f"{{levels: {{a: , b: , c: }}, rules: [{rule}], otherwise: a}}".replace(": ,", ": {},").replace(
        ": }", ": {}}"
    )
    head = "roles: {headline: measure}"
    assert "no row leads to `c`" in shown(tmp_path, "ladder:measure", ladders=f"measure: {ladder}", head=head)


def test_a_row_that_holds_from_a_later_day_on_is_none_that_never_holds(tmp_path: Path) -> None:
    severity = "{low: {fact: trip.pace, is: wild}, high: {fact: trip.gear, includes_any: {parameter: bad}}}"
    assert shown(
        tmp_path,
        "severity:I",
        indicators=f"I: {{severity: {severity}}}",
        parameters="bad: {values: [{until: 2026-12-02, value: []}, {from: 2026-12-02, value: [rope]}]}",
    ) == [
        "rows high and low overlap, and high decides: trip.gear [rope]; trip.pace wild, from 2026-12-02 on",
        "gap: where no row holds, there is no finding: trip.gear []; trip.pace calm",
    ]
    assert not [
        one for one in told(rules_of(ROOT / "criteria" / "reconnect-china"), "severity:ETH-03") if "never" in one
    ]


def weaker(pieces: dict[str, Any]) -> dict[str, Any]:
    """Return the pieces of a set in which each indicator has its first option once more, with a control besides."""
    more = {
        name: {**one, "controls": [*one["controls"], {**first, "all": [*first.get("all", ()), "C9"]}]}
        for name, one in pieces["indicators"].items()
        for first in one["controls"][:1]
    }
    return {**pieces, "controls": {**pieces["controls"], "C9": None}, "indicators": {**pieces["indicators"], **more}}


MANY = "trip: {facts: {gear: {type: choices, options: [a0, a1, a2, a3, a4, a5, a6, a7, a8]}}}"
IDLE = "Z: {severity: {low: {fact: trip.gear, is: []}}}"


def test_options_that_the_same_rows_name_are_one_however_many_they_are(tmp_path: Path) -> None:
    some = ", ".join(f"a{number}" for number in range(8))
    severity = f"{{low: {{fact: trip.gear, includes_any: [{some}]}}, high: {{fact: trip.gear, includes: a1}}}}"
    found = shown(tmp_path, "severity:I", facts=MANY, indicators=f"I: {{severity: {severity}}}")
    assert found == [
        "rows high and low overlap, and high decides: trip.gear [a1]",
        "gap: where no row holds, there is no finding: trip.gear []",
    ]


def test_where_too_many_answers_are_told_apart_it_is_said_that_this_was_not_found_out(tmp_path: Path) -> None:
    ways = ", ".join(f"{{fact: trip.gear, includes: a{number}}}" for number in range(8))
    option = "{all: [A], residual: none, when: {fact: trip.gear, includes: a8}}"
    indicators = f"{{I: {{severity: {{low: {{any_of: [{ways}]}}}}, controls: [{option}]}}, {IDLE}}}"
    criteria_from(tmp_path / "toy", facts=MANY, controls=CONTROLS, indicators=indicators)
    rules = rules_of(tmp_path / "toy")
    rows = [f"row low.{number}: whether it ever decides was not found out" for number in range(1, 9)]
    assert told(rules, "severity:I") == [*rows, "whether there is a gap was not found out"]
    assert told(rules, "options")[:2] == [
        "row I 1: whether it ever does anything was not found out",
        "whether a row lowers I low always was not found out",
    ]
    assert "whether there is a gap in `I` was not found out" in told(rules, "indicators")


@few_now(4, 3)
@given(st.data())
def test_without_an_option_that_does_nothing_each_case_comes_to_the_same_and_no_control_lowers_what_is_a_gap(
    data: st.DataObject,
) -> None:
    drawn = data.draw(rule_sets())
    with TemporaryDirectory() as folder:
        criteria = criteria_of(Path(folder) / "toy", weaker(drawn.pieces))
        rules = rules_of(Path(folder) / "toy")
    sets = rule_set(criteria)
    for name, indicator in criteria.indicators.items():
        looked = Options(rules, name)
        lines = (re.fullmatch(rf"row {name} (\d+) .*(counts|nothing): .*", line) for line in looked.idle())
        idle = {int(line[1]) for line in lines if line}
        assert not indicator.controls or len(indicator.controls) in idle
        left = tuple(one for number, one in enumerate(indicator.controls, 1) if number not in idle)
        without = criteria.model_copy(update={"indicators": {name: indicator.model_copy(update={"controls": left})}})
        for _case in range(4 if idle else 0):
            case = sets.case(data.draw(cases_of(criteria)))
            facts, controls = as_stated(case, criteria, DAY), control_states(case, DAY)
            before, after = (find_one(name, facts, one, DAY, controls, None) for one in (criteria, without))
            if not before.open:
                assert (before.residual, before.expected) == (after.residual, after.expected)
                assert before.knock_out == after.knock_out
        for severity, example, _is_told in looked.gaps():
            if example is None or "holds" in str(example) or "{" in str(example):
                continue
            states = tuple({"id": one, "status": "implemented", "evidence": EVIDENCE} for one in criteria.controls)
            case = sets.case({**data_of(example), "controls": states})
            on = example.since or criteria.head.in_force.from_
            found = find_one(name, as_stated(case, criteria, on), criteria, on, control_states(case, on), None)
            if not found.open:
                assert (found.inherent, *found.residual) == (severity.split()[1],) * 3


EVIDENCE = tuple({"kind": kind, "reference": "r", "date": DAY} for kind in ("licence", "letter"))
