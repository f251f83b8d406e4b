"""Every case that a comparison shows is a case file: read, and worked out under both versions as it was told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from risk_engine.audit.case_files import case_files
from risk_engine.audit.diff.overlap import union
from risk_engine.audit.diff.targets import Target
from risk_engine.audit.versions import Comparison
from risk_engine.engine.work import work
from risk_engine.loading.case import load_case
from risk_engine.model.changes import Meaning, Shift
from risk_engine.solver.confirm import SolverMismatchError
from tests.versions import ASKS_MORE, FACTS, versions

LONG = "LONG: {severity: {high: {fact: trip.days, at_least: %s}}}"
ARMED = "ARMED: {severity: {critical: {fact: trip.armed, is: true}}}"
WEAK = "WEAK: {severity: {critical: {count: guest, where: {fact: guest.fit, is: false}, at_least: 2}}}"


def meaning_of(found: Comparison) -> Meaning:
    assert found.changes.meaning is not None
    return found.changes.meaning


def shown(found: Comparison, folder: Path) -> Iterator[tuple[Shift, Path, Path]]:
    """Write the case files; yield each shift with the file for either version."""
    for name, text in case_files(found, meaning_of(found)).items():
        (folder / name).write_text(text, "utf-8")
    for number, shifts in enumerate(meaning_of(found).cases(), 1):
        one = folder / f"case-{number}.yaml"
        paths = [one, one] if one.exists() else [folder / f"case-{number}-{side}.yaml" for side in ("before", "after")]
        for shift in shifts:
            yield shift, paths[0], paths[1]


@pytest.mark.parametrize(
    ("before", "after", "later_facts"),
    [
        pytest.param(LONG % 30, LONG % 20, FACTS, marks=pytest.mark.nightly),
        (LONG % 30, f"{LONG % 30}\n{ARMED}", ASKS_MORE),
        (f"{LONG % 30}\n{WEAK}", LONG % 30, FACTS),
    ],
    ids=["stricter", "new question", "more entries"],
)
def test_each_file_comes_to_what_the_report_says(before: str, after: str, later_facts: str, tmp_path: Path) -> None:
    found, _base = versions(tmp_path / "sets", before, after, later_facts=later_facts)
    told = list(shown(found, tmp_path))
    assert told
    for shift, earlier, later in told:
        one, other = load_case(earlier, found.before), load_case(later, found.after)
        target = Target(shift.of, shift.name)
        assert target.came(work(one, found.before)) == shift.before
        assert target.came(work(other, found.after)) == shift.after


def test_what_one_version_alone_knows_stands_in_the_file_for_that_one(tmp_path: Path) -> None:
    found, _base = versions(tmp_path, LONG % 30, f"{LONG % 30}\n{ARMED}", later_facts=ASKS_MORE)
    files = case_files(found, meaning_of(found))
    pairs = [name for name in files if name.endswith("-before.yaml")]
    assert pairs
    for name in pairs:
        assert "armed" not in files[name]
        assert "  armed: true\n" in files[name.replace("before", "after")]


def test_a_question_that_is_gone_is_stated_to_the_version_that_asks_it(tmp_path: Path) -> None:
    rules = f"{LONG % 30}\n{ARMED}"
    found, _base = versions(tmp_path / "sets", rules, LONG % 30, facts=ASKS_MORE, later_facts=FACTS)
    told = [one for one in shown(found, tmp_path) if one[0].answers_new]
    assert any("  armed: true\n" in earlier.read_text("utf-8") for _shift, earlier, _later in told)
    assert not any("armed" in later.read_text("utf-8") for _shift, _earlier, later in told)
    given = [one.example.given for one, _earlier, _later in told if one.example]
    assert {"trip.armed": True} in given


def test_a_file_that_comes_to_something_else_is_a_defect(tmp_path: Path) -> None:
    found, _base = versions(tmp_path, LONG % 30, LONG % 20)
    wrong = [
        one.model_copy(update={"after": one.before}) if one.after else one for one in meaning_of(found).shifts
    ]  # fmt: skip
    with pytest.raises(SolverMismatchError):
        case_files(found, meaning_of(found).model_copy(update={"shifts": tuple(wrong)}))


def test_two_statements_of_a_case_are_one() -> None:
    before = {"trip": {"days": 1, "gone": True}, "guest": ({"id": "a", "old": 1},), "only": {"x": 1}}
    after = {"trip": {"days": 1, "new": True}, "guest": ({"id": "a", "new": 2}, {"id": "b"})}
    assert union(before, after) == {
        "trip": {"days": 1, "new": True, "gone": True},
        "guest": ({"id": "a", "new": 2, "old": 1}, {"id": "b"}),
        "only": {"x": 1},
    }
