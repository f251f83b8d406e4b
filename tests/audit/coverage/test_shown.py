"""What a case counts for: only where what it exercises makes a difference (decision 0027)."""

from pathlib import Path
from typing import Any

import pytest

from risk_engine.audit.cases import FILE
from risk_engine.audit.coverage.goals import check_coverage
from risk_engine.model.coverage import Coverage
from tests.engine.builder import LADDERS, criteria_of, written

BASE: dict[str, Any] = {
    "id": "BASE",
    "title": "A trip",
    "assessment_date": "2026-06-15",
    "trip": {"risky": False, "insured": True, "alone": False, "pace": "calm", "days": 3, "gear": []},
    "guest": [],
}
RULES = """
    A:
      severity:
        moderate: {fact: trip.pace, at_least: brisk}
        high: {all_of: [{fact: trip.pace, is: wild}, {fact: trip.alone, is: true}]}
      knock_out:
        hold: always
        legal: {fact: trip.risky, is: true}
      controls:
        - {all: [ROPE], residual: low}
        - {all: [ROPE, GUIDE], residual: none}
        - {all: [GUIDE], residual: moderate, when: {fact: trip.insured, is: true}}
"""
CONTROLS = "{ROPE: {}, GUIDE: {}}"
Key = tuple[str, str]


def coverage(folder: Path, *cases: dict[str, Any], base: dict[str, Any] = BASE, **pieces: str) -> Coverage:
    """Return the coverage by these cases; what they expect is nothing but what is said."""
    files = {"indicators": RULES, "controls": CONTROLS, **pieces}
    criteria_of(folder, {name: written(text) for name, text in files.items()})
    tests = [{"name": f"case {number}", **case} for number, case in enumerate(cases)]
    text = _yaml({"base": base, "cases": tests})
    (folder / FILE).write_text(text, "utf-8")
    check = check_coverage(folder)
    assert check.failed == ()
    return check.coverage


def _yaml(data: Any) -> str:
    import yaml

    return yaml.safe_dump(data, sort_keys=False).replace("'2026-06-15'", "2026-06-15")


def shown(found: Coverage, kind: str, record: str = "A") -> set[str]:
    """Return what was shown of a kind, each as `place=what`."""
    return {
        f"{'.'.join(map(str, one.at))}={one.wanted}" for one in found.shown if (one.kind, one.record) == (kind, record)
    }


def case(findings: dict[str, str] | None = None, in_place: tuple[str, ...] = (), **given: Any) -> dict[str, Any]:
    undetermined = {"A": "moderate"} if given.get("pace") == "unknown" and given.get("alone") is False else {}
    return {
        "given": {f"trip.{name}": value for name, value in given.items()},
        "in_place": list(in_place),
        "expect": {"findings": findings or {}, "undetermined": undetermined},
    }


def test_an_absent_finding_shows_its_conditions_false(tmp_path: Path) -> None:
    found = coverage(tmp_path, case())
    assert shown(found, "indicator") == {"=absent"}
    assert shown(found, "severity") == {"severity.moderate=false", "severity.high=false"}
    # Of two comparisons that fail together neither decides alone.
    assert shown(found, "severity_branch") == {"severity.moderate=false"}
    assert shown(found, "knock_out") == shown(found, "option") == set()


def test_a_condition_below_the_severity_that_holds_counts_for_nothing(tmp_path: Path) -> None:
    found = coverage(tmp_path, case({"A": "high"}, pace="wild", alone=True))
    assert shown(found, "severity") == {"severity.high=true"}
    assert shown(found, "severity_branch") == {"severity.high.all_of.0=true", "severity.high.all_of.1=true"}


def test_a_missing_answer_shows_a_condition_unknown(tmp_path: Path) -> None:
    found = coverage(tmp_path, case(pace="unknown", alone=False))
    assert shown(found, "indicator") == {"=undetermined"}
    assert shown(found, "severity") == {"severity.moderate=unknown", "severity.high=false"}
    # Beside an unknown one no comparison decides alone, and an unknown one is neither true nor false.
    assert shown(found, "severity_branch") == set()


@pytest.mark.parametrize(
    ("controls", "risky", "bars", "comparisons", "options"),
    [
        # Nothing is in place: the stronger bar counts, and each option would help.
        (
            (),
            True,
            {"knock_out.legal=open"},
            {"knock_out.legal=true"},
            {0: "incomplete", 1: "incomplete", 2: "incomplete"},
        ),
        (
            (),
            False,
            {"knock_out.hold=open"},
            {"knock_out.legal=false"},
            {0: "incomplete", 1: "incomplete", 2: "incomplete"},
        ),
        # One is complete: it cures the bar; the other one would lower further, the third one would change nothing.
        (("ROPE",), True, {"knock_out.legal=cured"}, set(), {0: "complete", 1: "incomplete"}),
        # Two are complete: the one that lowers more makes the first one idle.
        (("ROPE", "GUIDE"), True, {"knock_out.legal=cured"}, set(), {1: "complete"}),
        # The third one leaves moderate as it was, but it cures.
        (("GUIDE",), True, {"knock_out.legal=cured"}, set(), {0: "incomplete", 1: "incomplete", 2: "complete"}),
    ],
)
def test_bars_and_options_count_where_they_make_a_difference(
    controls: tuple[str, ...],
    risky: bool,
    bars: set[str],
    comparisons: set[str],
    options: dict[int, str],
    tmp_path: Path,
) -> None:
    found = coverage(tmp_path, case({"A": "moderate"}, controls, pace="brisk", risky=risky))
    assert shown(found, "knock_out") == bars
    assert shown(found, "knock_out_branch") == comparisons
    assert shown(found, "option") == {f"controls.{number}={what}" for number, what in options.items()}


def test_the_condition_of_an_option_counts_where_its_controls_are_in_place(tmp_path: Path) -> None:
    only = RULES.replace("        - {all: [ROPE], residual: low}\n", "")
    without = coverage(tmp_path / "a", case({"A": "moderate"}, pace="brisk"), indicators=only)
    assert shown(without, "option_branch") == set()
    counted = coverage(tmp_path / "b", case({"A": "moderate"}, ("GUIDE",), pace="brisk"), indicators=only)
    assert shown(counted, "option_branch") == {"controls.1.when=true"}
    idle = coverage(tmp_path / "c", case({"A": "moderate"}, ("GUIDE",), pace="brisk", insured=False), indicators=only)
    assert shown(idle, "option_branch") == {"controls.1.when=false"}
    assert shown(idle, "option") == {"controls.0=incomplete"}


def test_where_nobody_knows_whether_a_bar_is_cured_it_counts_as_neither(tmp_path: Path) -> None:
    found = coverage(tmp_path, case({"A": "moderate"}, ("GUIDE",), pace="brisk", insured="unknown"))
    assert shown(found, "knock_out") == shown(found, "knock_out_branch") == set()
    assert "controls.2=complete" not in shown(found, "option")


def test_a_ladder_shows_the_rules_down_to_the_one_that_decides(tmp_path: Path) -> None:
    found = coverage(tmp_path, case({"A": "high"}, ("ROPE",), pace="wild", alone=True))
    assert shown(found, "rule", "measure") == {
        "rules.0=passed_over",
        "rules.1=passed_over",
        "rules.2=decides",
    }
    assert shown(found, "level", "measure") == {"levels.regulation=reached"}
    assert shown(found, "rule", "escalation") == {"rules.0=passed_over", "otherwise=decides"}
    assert "rules.2.when.where=true" in shown(found, "rule_branch", "measure")
    assert not any("rules.3" in one for one in shown(found, "rule_branch", "measure"))


def test_in_a_provisional_rule_what_is_unknown_counts_as_it_does_for_the_rule(tmp_path: Path) -> None:
    """Whether a bar is cured nobody knows: the rule decides, and the bar that may be is why (decision 0001)."""
    certain = "{level: blocked, when: {not: {every: finding, where: {fact: finding.knock_out, is: none}}}}"
    where = "{all_of: [{fact: finding.open, is: true}, {not: {fact: finding.knock_out, is: none}}]}"
    rule = f"{{level: blocked, provisional: true, when: {{some: finding, where: {where}}}}}"
    assert certain in LADDERS
    at = "rules.0.when.where.all_of"
    rules = RULES.replace("hold: always", "hold: {fact: trip.alone, is: true}")
    options: dict[str, Any] = {"indicators": rules, "ladders": LADDERS.replace(certain, rule)}
    may = coverage(
        tmp_path / "a", case({"A": "moderate"}, ("GUIDE",), pace="brisk", alone=True, insured="unknown"), **options
    )
    assert shown(may, "rule", "gate") == {"rules.0=decides"}
    assert shown(may, "rule_branch", "gate") == {f"{at}.0=true", f"{at}.1.not=false"}
    # An open finding that bars nothing: that alone keeps the rule from deciding.
    bars = coverage(tmp_path / "b", case({"A": "moderate"}, ("GUIDE",), pace="brisk", insured="unknown"), **options)
    assert shown(bars, "rule", "gate") == {"rules.0=passed_over", "rules.1=passed_over", "otherwise=decides"}
    assert shown(bars, "rule_branch", "gate") == {f"{at}.1.not=true", "rules.1.when.where=false"}


def test_awareness_rules_count_while_they_are_in_force(tmp_path: Path) -> None:
    rules = """
        NOW: {when: {fact: trip.days, at_least: 3}}
        OLD: {when: {fact: trip.days, at_least: 3}, effective: {until: 2026-01-01}}
        EVER: {when: always}
    """
    found = coverage(tmp_path, case(), case(days="unknown"), awareness=rules)
    assert shown(found, "awareness", "NOW") == {"when=true", "when=unknown"}
    assert shown(found, "awareness_branch", "NOW") == {"when=true"}
    assert shown(found, "awareness", "OLD") == set()
    assert shown(found, "awareness", "EVER") == {"when=true"}
    assert {one.wanted for one in found.missing if one.record == "EVER"} == set()


def test_a_question_counts_for_every_entry(tmp_path: Path) -> None:
    facts = """
        guest:
          many: 3
          facts:
            fit: {type: boolean}
            age: {type: integer, range: [0, 120], ask_when: {fact: guest.fit, is: true}, otherwise: 0}
    """
    rules = "{A: {severity: {low: {some: guest, where: {fact: guest.age, at_least: 80}}}}}"
    guests = [{"id": "a", "fit": True, "age": 30}, {"id": "b", "fit": False}]
    found = coverage(
        tmp_path,
        {"expect": {}},
        base={"id": "B", "title": "B", "assessment_date": "2026-06-15", "guest": guests},
        facts=facts,
        indicators=rules,
    )
    assert shown(found, "question_branch", "guest.age") == {"ask_when=true", "ask_when=false"}


def test_contradictions_are_shown_where_answers_contradict(tmp_path: Path) -> None:
    rules = "{facts: {short: {whenever: {fact: trip.pace, is: wild}, then: {fact: trip.days, at_most: 1}}}}"
    fits = coverage(tmp_path / "a", case({"A": "moderate"}, pace="brisk"), invariants=rules)
    assert [one.record for one in fits.missing if one.kind == "contradiction"] == ["short"]
    told = {
        **case({"A": "moderate"}, pace="wild"),
        "expect": {"findings": {"A": "moderate"}, "contradictions": ["short"]},
    }
    assert shown(coverage(tmp_path / "b", told, invariants=rules), "contradiction", "short") == {"=contradicted"}
