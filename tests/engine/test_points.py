"""Points of an indicator's own and totals over dimensions: a table of points beside the four severities."""

from datetime import date
from pathlib import Path

import pytest

from risk_engine.audit.cases import run_cases
from risk_engine.audit.diff.targets import same_sums
from risk_engine.engine.program import decide_only
from risk_engine.engine.program_results import Points
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria
from tests.engine.builder import ROOT, case_from, criteria_from

TRIPS = ROOT / "tests" / "sets" / "field-trips" / "1.0.0"
ADDED_UP = """
    dimensions: {body: {title: Body}, mind: {title: Mind}, whole: {title: Whole, sums: [body, mind]}}
    severity: {points: {low: 1, moderate: 5, high: 20, critical: 120}, bands: {minimal: 0, high: 20, unacceptable: 120}}
"""
RISKY = "{fact: trip.risky, is: true}"


def added_up(folder: Path, indicators: str, head: str = ADDED_UP) -> Criteria:
    return criteria_from(folder, indicators=indicators, head=head)


def points(criteria: Criteria, case: str) -> dict[str, tuple[int, int]]:
    return {name: one.inherent for name, one in decide_only(case_from(criteria, case), criteria).points.items()}


def test_worked_example_of_the_guide_comes_out_as_its_cases_say() -> None:
    results = run_cases(read_criteria(TRIPS))
    assert [one.name for one in results if one.differences] == []
    assert len(results) == 11


def test_own_points_take_the_place_of_the_sets_and_a_total_adds_the_dimensions_up(tmp_path: Path) -> None:
    criteria = added_up(
        tmp_path,
        f"""
        A: {{severity: {{moderate: {RISKY}, high: {{fact: trip.alone, is: true}}}}, points: {{moderate: 7}}}}
        B: {{severity: {{high: {RISKY}}}, dimension: mind}}
        """,
    )
    assert points(criteria, "trip: {risky: true, alone: false}") == {
        "body": (7, 7),
        "mind": (20, 20),
        "whole": (27, 27),
    }
    assert points(criteria, "trip: {risky: true}") == {"body": (7, 20), "mind": (20, 20), "whole": (27, 40)}
    assert points(criteria, "trip: {risky: false, alone: false}") == {"body": (0, 0), "mind": (0, 0), "whole": (0, 0)}


def test_without_a_cap_points_sum_freely_and_with_one_own_points_are_capped_too(tmp_path: Path) -> None:
    many = "\n".join(f"    A{number}: {{severity: {{high: {RISKY}}}, points: {{high: 50}}}}" for number in range(4))
    free = added_up(tmp_path / "free", many)
    capped = added_up(tmp_path / "capped", many, ADDED_UP.replace("severity: {", "severity: {cap: 119, "))
    assert points(free, "trip: {risky: true}")["whole"] == (200, 200)
    assert points(capped, "trip: {risky: true}")["whole"] == (119, 119)
    decided = decide_only(case_from(free, "trip: {risky: true}"), free).points["body"]
    assert decided == Points((200, 200), (200, 200), (200, 200), (False, False))


def test_versions_that_count_otherwise_do_not_count_alike(tmp_path: Path) -> None:
    rule = f"A: {{severity: {{high: {RISKY}}}, points: {{high: 30}}}}"
    before, after = added_up(tmp_path / "a", rule), added_up(tmp_path / "b", rule.replace("30", "31"))
    apart = added_up(tmp_path / "c", rule, ADDED_UP.replace("sums: [body, mind]", "sums: [body]"))
    assert same_sums(before, before)
    assert not same_sums(before, after)
    assert not same_sums(before, apart)


@pytest.mark.parametrize(
    ("indicator", "head", "problem"),
    [
        ("points: {critical: 3}", "", "it is never `critical`, so these points never count"),
        ("points: {low: 21}", "", "`moderate` counts 5 here, and `low` 21"),
        ("points: {high: 4}", "", "`high` counts 4 here, and `moderate` 5"),
        ("points: {none: 4}", "", "`none` is not one of"),
        ("dimension: whole", "", "`whole` sums other dimensions and has no findings of its own"),
        ("", "sums: [body, nowhere]", "there is no dimension `nowhere`"),
        ("", "sums: [body, whole]", "`whole` sums other dimensions itself"),
        ("", "sums: [body, body]", "`body` is named twice"),
    ],
)
def test_points_and_totals_that_make_no_sense_are_refused(
    tmp_path: Path, indicator: str, head: str, problem: str
) -> None:
    text = f"A: {{severity: {{high: {RISKY}}}, {indicator}}}"
    with pytest.raises(InvalidSourceError, match=problem):
        added_up(tmp_path, text, ADDED_UP.replace("sums: [body, mind]", head) if head else ADDED_UP)


def test_own_points_count_from_the_first_day_as_any_rule(tmp_path: Path) -> None:
    rule = f"A: {{severity: {{high: {RISKY}}}, points: {{high: 30}}, effective: {{from: 2026-01-01}}}}"
    criteria = added_up(tmp_path, rule)
    case = case_from(criteria, "trip: {risky: true}")
    sums = [decide_only(case, criteria, day).points["whole"].inherent for day in (date(2025, 12, 31), date(2026, 1, 1))]
    assert sums == [(0, 0), (30, 30)]
