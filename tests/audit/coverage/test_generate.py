"""Cases for missing goals: the smallest that meet them, as few as are needed, and a proof where there is none."""

from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from risk_engine.audit.coverage.generate import Generation, generate
from risk_engine.audit.coverage.goals import check_coverage
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.coverage import Generated, GeneratedCase, Goal, Key
from risk_engine.solver.space import Limits
from tests.engine.builder import LOAN_DESK, criteria_from

CASES = """\
base:
  id: BASE
  title: A walk
  assessment_date: 2026-06-15
  trip: {risky: false, insured: true, alone: false, pace: calm, means: foot, days: 1, starts: 2026-07-01, gear: []}
  guest: []
cases:
  - {name: a walk is harmless, expect: {ladders: {measure: advice}}}
"""


def by_key(goal: Goal) -> str:
    return f"{goal.record} {goal.kind} {goal.wanted}"


def made(folder: Path, cases: str = CASES, **files: str) -> Generated:
    """Return what is generated for a small set with one harmless case."""
    criteria_from(folder, **files)
    (folder / "cases.yaml").write_text(cases, "utf-8")
    return generate(folder, lambda _: by_key).generated


def shown(found: Generated, kind: str, record: str, wanted: str, *at: str | int) -> GeneratedCase:
    """Return the case that shows a goal."""
    for one in found.cases:
        for goal in one.shows:
            if (goal.kind, goal.record, goal.wanted) == (kind, record, wanted) and goal.at[
                len(goal.at) - len(at) :
            ] == at:
                return one
    raise AssertionError((kind, record, wanted, at, [goal.key for one in found.cases for goal in one.shows]))


def keys(goals: Any) -> set[Key]:
    return {one.key for one in goals}


BOTH = "A: {severity: {high: {all_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}}}"


def test_a_case_differs_from_the_base_in_as_little_as_the_goal_needs(tmp_path: Path) -> None:
    found = made(tmp_path, indicators=BOTH)
    at = ("severity", "high", "all_of")
    wanted = {
        ("indicator", "present", ()): {"trip.risky": True, "trip.alone": True},
        # Where the other one holds, this one alone makes it fail.
        ("severity_branch", "false", (*at, 0)): {"trip.alone": True},
        ("severity_branch", "false", (*at, 1)): {"trip.risky": True},
    }
    for (kind, says, way), given in wanted.items():
        one = shown(found, kind, "A", says, *way) if way else shown(found, kind, "A", says)
        assert one.test.given == given
        assert one.test.on is None
    present = shown(found, "indicator", "A", "present").test.expect
    assert (present.findings, present.undetermined) == ({"A": "high"}, {})
    assert present.ladders == {"measure": "regulation", "gate": "conditional", "escalation": "none"}
    open_ = shown(found, "indicator", "A", "undetermined").test
    assert set(open_.given.values()) <= {"unknown", True}
    assert open_.expect.undetermined == {"A": "high"}
    assert open_.expect.model_dump()["ladders"]["measure"] == {
        "level": "regulation",
        "provisional": True,
        "range": ("advice", "regulation"),
    }


def test_every_missing_goal_is_met_or_proved_impossible_and_each_once(tmp_path: Path) -> None:
    twice = "A: {severity: {high: {all_of: [{fact: trip.pace, at_least: brisk}, {fact: trip.pace, at_least: wild}]}}}"
    found = made(tmp_path, indicators=twice)
    missing = keys(check_coverage(tmp_path).coverage.missing)
    of_cases = [goal.key for one in found.cases for goal in one.shows]
    assert len(of_cases) == len(set(of_cases)) == found.met
    assert {*of_cases, *keys(found.impossible)} == missing
    assert found.missing == len(missing)
    # Whoever is not even brisk is not wild either: then two comparisons fail, and neither alone decides.
    assert ("severity_branch", "A", ("severity", "high", "all_of", 0), "false") in keys(found.impossible)
    assert ("severity_branch", "A", ("severity", "high", "all_of", 1), "false") in of_cases


def test_a_rule_that_begins_later_is_shown_on_the_day_on_which_it_begins(tmp_path: Path) -> None:
    later = "A: {severity: {low: {fact: trip.risky, is: true}}, effective: {from: 2027-03-01}}"
    one = shown(made(tmp_path, indicators=later), "indicator", "A", "present")
    assert (one.test.on, one.test.given) == (date(2027, 3, 1), {"trip.risky": True})


def test_answers_that_contradict_each_other_show_nothing_else(tmp_path: Path) -> None:
    either = "A: {severity: {low: {any_of: [{fact: trip.risky, is: true}, {fact: trip.alone, is: true}]}}}"
    hasty = """
        facts:
          risk_needs_haste: {whenever: {fact: trip.risky, is: true}, then: {fact: trip.pace, at_least: brisk}}
    """
    found = made(tmp_path, indicators=either, invariants=hasty)
    # One answer would do for A, but then the answers do not go together.
    sound = shown(found, "severity_branch", "A", "true", "any_of", 0).test
    assert set(sound.given) == {"trip.risky", "trip.pace"}
    assert sound.given["trip.risky"] is True
    assert sound.expect.contradictions == ()
    wrong = shown(found, "contradiction", "risk_needs_haste", "contradicted")
    assert wrong.test.given == {"trip.risky": True}
    assert wrong.test.expect.contradictions == ("risk_needs_haste",)
    assert [one.kind for one in wrong.shows] == ["contradiction"]


def test_no_case_is_written_that_breaks_a_promise(tmp_path: Path) -> None:
    barred = "A: {severity: {low: {fact: trip.risky, is: true}}, knock_out: {funding: always}}"
    never = "{results: {nothing_is_restricted: {then: {not: {fact: ladder.measure, is: restriction}}}}}"
    found = made(tmp_path, indicators=barred, invariants=never)
    assert {(one.goal.kind, one.breaks) for one in found.unwritten} >= {
        ("knock_out", ("nothing_is_restricted",)),
        ("indicator", ("nothing_is_restricted",)),
    }
    assert not any("present" in {goal.wanted for goal in one.shows} for one in found.cases)


def test_what_a_control_leaves_and_whether_it_cures_is_expected(tmp_path: Path) -> None:
    barred = """
        A:
          severity: {high: {fact: trip.risky, is: true}}
          knock_out: {hold: always}
          controls: [{all: [ROPE], residual: low}]
    """
    one = shown(made(tmp_path, indicators=barred, controls="{ROPE: {}}"), "knock_out", "A", "cured").test
    assert (one.given, one.in_place) == ({"trip.risky": True}, ("ROPE",))
    assert (one.expect.findings, one.expect.residual, one.expect.knock_out) == (
        {"A": "high"},
        {"A": "low"},
        {"A": "none"},
    )


def test_controls_of_the_base_case_are_taken_away(tmp_path: Path) -> None:
    kept = "controls: [{id: ROPE, status: implemented, evidence: [{kind: t, reference: r, date: 2026-01-01}]}]"
    one = shown(
        made(
            tmp_path,
            CASES.replace("  guest: []", f"  guest: []\n  {kept}"),
            indicators="A: {severity: {high: {fact: trip.risky, is: true}}, controls: [{all: [ROPE], residual: low}]}",
            controls="{ROPE: {}}",
        ),
        "option",
        "A",
        "incomplete",
    )
    assert one.test.given == {"trip.risky": True, "controls": ()}


def test_every_name_is_there_once(tmp_path: Path) -> None:
    criteria_from(tmp_path, indicators=BOTH)
    (tmp_path / "cases.yaml").write_text(CASES, "utf-8")
    names = [one.test.name for one in generate(tmp_path, lambda _: lambda _goal: "a walk is harmless").generated.cases]
    assert len(names) > 2
    assert len(set(names)) == len(names)
    assert "a walk is harmless" not in names


def test_a_base_case_without_a_date_is_refused(tmp_path: Path) -> None:
    criteria_from(tmp_path, indicators=BOTH)
    undated = CASES.replace("  assessment_date: 2026-06-15\n", "").replace("{name: a", "{on: 2026-06-15, name: a")
    (tmp_path / "cases.yaml").write_text(undated, "utf-8")
    with pytest.raises(RiskEngineError, match="the base case has no assessment date\n  help: add `assessment_date:`"):
        generate(tmp_path, lambda _: by_key)


def test_what_the_solver_gives_up_is_not_called_impossible(tmp_path: Path) -> None:
    criteria_from(tmp_path, indicators=BOTH)
    (tmp_path / "cases.yaml").write_text(CASES, "utf-8")
    settled = generate(tmp_path, lambda _: by_key).generated
    hasty = generate(tmp_path, lambda _: by_key, limits=Limits(steps=1)).generated
    assert hasty.undecided != ()
    assert keys(hasty.impossible) <= keys(settled.impossible)
    assert hasty.met + len(hasty.impossible) + len(hasty.undecided) == hasty.missing


@pytest.fixture(scope="module")
def loan() -> Generation:
    return generate(LOAN_DESK, lambda _: by_key)


@pytest.mark.nightly
def test_nothing_of_the_foreign_set_is_left_open(loan: Generation) -> None:
    found = loan.generated
    assert (found.undecided, found.unwritten, loan.failed) == ((), (), ())
    assert found.met + len(found.impossible) == found.missing == 122
    assert len(found.cases) < found.met / 2


def test_only_a_case_about_awareness_expects_any(loan: Generation) -> None:
    for one in loan.generated.cases:
        about = any(goal.kind.startswith("awareness") for goal in one.shows)
        assert (one.test.expect.awareness is not None) == about


def test_how_far_it_has_come_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    criteria_from(tmp_path, indicators=dedent(BOTH))
    (tmp_path / "cases.yaml").write_text(CASES, "utf-8")
    missing = generate(tmp_path, lambda _: by_key, lambda *one: told.append(one)).generated.missing
    assert told == [(number, missing) for number in range(1, missing + 1)]


COUNTED = "{severity: {low: {count: guest, where: {fact: guest.skill, is: %s}, at_least: 2}}}"
BOTH_PRESENT = """
    MANY:
      when:
        all_of:
          - {some: finding, where: {all_of: [{fact: finding.id, is: A}, {fact: finding.outcome, is: present}]}}
          - {some: finding, where: {all_of: [{fact: finding.id, is: B}, {fact: finding.outcome, is: present}]}}
"""


def test_what_only_many_entries_meet_is_met_and_never_called_impossible(tmp_path: Path) -> None:
    found = made(
        tmp_path,
        indicators=f"A: {COUNTED % 'novice'}\nB: {COUNTED % 'expert'}",
        awareness=BOTH_PRESENT,
    )
    assert not [one for one in found.impossible if one.record == "MANY"]
    met = shown(found, "awareness", "MANY", "true")
    skills = [value["skill"] for path, value in met.test.given.items() if path.startswith("guest.")]
    assert sorted(skills) == ["expert", "expert", "novice", "novice"]


def test_what_more_entries_than_a_list_may_have_would_meet_is_impossible(tmp_path: Path) -> None:
    three = COUNTED.replace("at_least: 2", "at_least: 3")
    found = made(
        tmp_path,
        indicators=f"A: {three % 'novice'}\nB: {three % 'expert'}",
        awareness=BOTH_PRESENT,
    )
    assert ("awareness", "MANY", "true") in {(one.kind, one.record, one.wanted) for one in found.impossible}
