"""What a change means from where two versions lie, also where no case can be read by both."""

from dataclasses import replace
from pathlib import Path

import pytest

from risk_engine.audit.diff.required_version import shown_by
from risk_engine.files.diagnostics import InvalidSourceError
from tests.versions import FACTS, versions

LONG = "LONG: {severity: {high: {fact: trip.days, at_least: %s}}}"


def test_what_is_of_another_type_leaves_all_undecided_and_needs_a_major_number(tmp_path: Path) -> None:
    other = FACTS.replace("{type: choice, options: {calm: Calm, brisk: Brisk, wild: Wild}, riskier: later,",
                          "{type: boolean, riskier: true,")  # fmt: skip
    found, _base = versions(tmp_path, LONG % 30, LONG % 30, later_facts=other)
    meaning = found.changes.meaning
    assert meaning is not None
    assert (meaning.answer, meaning.required.bump, meaning.shifts) == ("undecided", "major", ())
    assert "`trip.pace` changed type" in meaning.not_compared[0]


def test_the_base_case_of_the_earlier_version_is_needed(tmp_path: Path) -> None:
    from risk_engine.audit.versions import base_of

    found, _base = versions(tmp_path, LONG % 30, LONG % 20)
    (found.path / "cases.yaml").write_text("cases: []\n", "utf-8")
    # As it is read where nothing of it was asked yet: what a set says is kept with it.
    read_anew = replace(found, before=found.before.model_copy())
    with pytest.raises(InvalidSourceError, match="there is no case `base` here"):
        base_of(read_anew)


@pytest.mark.parametrize(
    ("later", "bump", "direction"),
    [(40, "major", "milder"), pytest.param(20, "minor", "stricter", marks=pytest.mark.nightly)],
)
def test_the_case_that_shows_how_large_a_step_is_needed_is_known(
    later: int, bump: str, direction: str, tmp_path: Path
) -> None:
    found, _base = versions(tmp_path, LONG % 30, LONG % later)
    meaning = found.changes.meaning
    assert meaning is not None
    assert meaning.required.bump == bump
    shift = shown_by(meaning.required, meaning.shifts, found.after)
    assert shift is not None
    assert (shift.direction, shift.example and shift.example.given) == (direction, {"trip.days": min(later, 30)})


def test_no_case_shows_that_nothing_changes(tmp_path: Path) -> None:
    found, _base = versions(tmp_path, LONG % 30, LONG % 30)
    meaning = found.changes.meaning
    assert meaning is not None
    assert meaning.answer == "equal"
    assert shown_by(meaning.required, meaning.shifts, found.after) is None
