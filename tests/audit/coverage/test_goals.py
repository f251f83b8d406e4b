"""The coverage of a whole version: figures, what a case is worth, and that every goal can be looked up again."""

import shutil
from pathlib import Path

import pytest

from risk_engine.audit.cases import FILE, runs
from risk_engine.audit.coverage.goals import CoverageCheck, Shown, check_coverage, goals_of
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.sets import versions
from risk_engine.model.conditions import Compare
from risk_engine.model.coverage import Goal, Key, Tally, branches, percent, root_at, root_of
from tests.engine.builder import LOAN_DESK
from tests.strategies import by_turns


@pytest.fixture(scope="module")
def loan() -> CoverageCheck:
    return check_coverage(LOAN_DESK)


def changed(folder: Path, old: str, new: str) -> CoverageCheck:
    """Return the coverage of a copy of the loan desk whose cases.yaml was changed."""
    shutil.copytree(LOAN_DESK, folder / "1.0.0")
    path = folder / "1.0.0" / FILE
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    return check_coverage(folder / "1.0.0")


def without(folder: Path, name: str) -> CoverageCheck:
    """Return the coverage of a copy of the loan desk in which a case was deleted."""
    text = (LOAN_DESK / FILE).read_text("utf-8")
    start = text.index(f"  - name: {name}\n")
    end = text.find("\n  - name: ", start)
    return changed(folder, text[start:] if end < 0 else text[start : end + 1], "")


def tally(check: CoverageCheck, kind: str) -> Tally:
    (found,) = (one for one in check.coverage.tallies if one.kind == kind)
    return found


def lost(before: CoverageCheck, after: CoverageCheck) -> set[Key]:
    return {one.key for one in after.coverage.missing} - {one.key for one in before.coverage.missing}


SEVERE = ("severity", "OBJ-2", ("severity", "high"), "true")
WORN = ("severity", "high", "all_of", 1, "where", "holds", "worn_by_light", "all_of", 1)
CASES = {
    "since the new survey the plain is severe": SEVERE,
    "light on paper counts as soon as it passes the limit": ("severity_branch", "OBJ-3", WORN, "true"),
    "an empty house holds the object back until it has a guard": ("indicator", "OBJ-6", (), "present"),
    "a filed claim is refused, and in a region without protection it is barred by law": (
        "knock_out",
        "LAW-4",
        ("knock_out", "legal"),
        "open",
    ),
    "another shipper in place cures it": ("knock_out", "LAW-5", ("knock_out", "funding"), "cured"),
    "logger and crate make it low": ("option", "OBJ-1", ("controls", 0), "complete"),
    "nobody knows yet whether it is claimed": ("rule", "verdict", ("rules", 4), "decides"),
    "closed doors and many visitors do not go together": ("awareness", "MANY_VISITORS", ("when",), "true"),
}
"""Name of a case: a goal that it alone meets."""


@pytest.mark.parametrize("case", by_turns(CASES, 4))
def test_without_a_case_the_figure_that_it_made_is_lower(case: str, loan: CoverageCheck, tmp_path: Path) -> None:
    goal = CASES[case]
    after = without(tmp_path, case)
    assert after.failed == ()
    assert after.coverage.cases == loan.coverage.cases - 1
    assert goal in lost(loan, after)
    assert tally(after, str(goal[0])).met < tally(loan, str(goal[0])).met
    assert after.coverage.met == loan.coverage.met - len(lost(loan, after))


def test_a_case_that_another_one_repeats_adds_nothing(loan: CoverageCheck, tmp_path: Path) -> None:
    assert lost(loan, without(tmp_path, "the base case is harmless")) == set()


def test_a_case_that_fails_does_not_count(loan: CoverageCheck, tmp_path: Path) -> None:
    after = changed(tmp_path, "findings: {OBJ-6: high}", "findings: {OBJ-6: low}")
    name = "an empty house holds the object back until it has a guard"
    assert [one.name for one in after.failed] == [name]
    assert after.failed[0].differences == ("finding OBJ-6: expected low, got high",)
    assert after.coverage.failing == (name,)
    assert after.coverage.cases == loan.coverage.cases - 1
    assert CASES[name] in lost(loan, after)


def test_a_case_that_expects_only_a_part_shows_only_the_findings_that_it_names(
    loan: CoverageCheck, tmp_path: Path
) -> None:
    named = changed(tmp_path / "a", "findings: {OBJ-6: high}", "partial: true\n      findings: {OBJ-6: high}")
    assert named.failed == ()
    gone = lost(loan, named)
    assert CASES["an empty house holds the object back until it has a guard"] not in gone
    nothing = changed(tmp_path / "b", "findings: {OBJ-6: high}", "partial: true")
    assert lost(loan, nothing) > gone
    assert CASES["an empty house holds the object back until it has a guard"] in lost(loan, nothing)


def test_a_case_that_cannot_be_decided_fails(loan: CoverageCheck, tmp_path: Path) -> None:
    # A question is answered that nobody asks of a stone.
    after = changed(
        tmp_path,
        "given: {artwork.head.claim: unknown}",
        "given: {artwork.head.claim: unknown, artwork.head.lux_hours: 7}",
    )
    assert [one.name for one in after.failed] == ["nobody knows yet whether it is claimed"]
    assert after.coverage.cases == loan.coverage.cases - 1


def test_every_mistake_in_the_cases_is_told_at_once(tmp_path: Path) -> None:
    shutil.copytree(LOAN_DESK, tmp_path / "1.0.0")
    path = tmp_path / "1.0.0" / FILE
    path.write_text(path.read_text("utf-8").replace("brittle", "broken").replace("filed,", "lost,"), "utf-8")
    with pytest.raises(InvalidSourceError) as error:
        check_coverage(tmp_path / "1.0.0")
    assert {one.position.line for one in error.value.diagnostics} == {37, 78}  # each once, though tests take it over


def test_figures_are_sums_and_shares_are_rounded_down(loan: CoverageCheck) -> None:
    found = loan.coverage
    assert found.goals == len(found.shown) + len(found.missing) == sum(one.goals for one in found.tallies)
    assert found.met == len(found.shown) == sum(one.met for one in found.tallies)
    assert found.percent == found.met * 100 // found.goals
    assert [percent(*one) for one in ((0, 0), (0, 3), (2, 3), (299, 300), (300, 300))] == [100, 0, 66, 99, 100]
    assert found.cases == 14
    assert all(one.case for one in found.shown)
    assert not any(one.case for one in found.missing)


def test_how_far_it_has_come_is_told() -> None:
    told: list[tuple[int, int]] = []
    check_coverage(LOAN_DESK, lambda *one: told.append(one))
    assert told == [(14, 14)]


def test_over_several_processes_each_goal_has_the_same_first_case(
    loan: CoverageCheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("risk_engine.audit.coverage.goals.PART", 2)
    told: list[tuple[int, int]] = []
    for jobs in (1, 3):
        check = check_coverage(LOAN_DESK, lambda *one: told.append(one), jobs=jobs)
        assert check.coverage == loan.coverage
    assert told == [(number, 14) for number in range(2, 15, 2)] * 2


@pytest.mark.parametrize("folder", [LOAN_DESK, versions("reconnect-china")[-1].path], ids=["loan-desk", "shipped"])
def test_a_goal_leads_to_its_condition_and_to_its_place(folder: Path) -> None:
    """A solver starts from a goal: it must find the condition, the comparison in it and the line."""
    criteria = read_criteria(folder)
    goals = tuple(goals_of(criteria))
    assert len({one.key for one in goals}) == len(goals)
    for one in goals:
        line = (folder / one.spot.file).read_text("utf-8").splitlines()[one.spot.line - 1]
        assert len(line) >= one.spot.column
        if one.leaf is None:
            continue
        root = root_of(criteria, one)
        assert root is not None
        leaf = dict(branches(root, criteria.definitions, root_at(one.kind, one.at)))[one.at]
        assert isinstance(leaf, Compare)
        assert leaf.model_dump(mode="json", by_alias=True) == one.leaf
        assert leaf.fact in line or "fact:" in line or "fact:" in _after(folder, one)


def _after(folder: Path, goal: Goal) -> str:
    return (folder / goal.spot.file).read_text("utf-8").splitlines()[goal.spot.line]


def test_a_case_shows_nothing_that_is_no_goal() -> None:
    criteria = read_criteria(LOAN_DESK)
    goals = tuple(goals_of(criteria))
    shown = Shown(goals)
    for run in runs(criteria):
        shown.add(run)
    assert set(shown.first) - {one.key for one in goals} == set()
