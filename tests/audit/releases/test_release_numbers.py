"""How far the number of a version is raised, and when that is too little."""

from pathlib import Path

import pytest

from risk_engine.audit.releases.release import bump_between, number_problems, previous_release, released_beside
from risk_engine.model.changes import Bump, RequiredBump
from tests.audit.releases.parts import heads

MILDER = "in one case the verdict becomes milder"


def needs(bump: Bump) -> RequiredBump:
    return RequiredBump(bump=bump, why=MILDER)


@pytest.mark.parametrize(
    ("old", "new", "bump"),
    [
        ("1.0.0", "1.0.1", "patch"),
        ("1.0.9", "1.0.10", "patch"),
        ("1.0.0", "1.1.0", "minor"),
        ("1.0.5", "1.3.2", "minor"),
        ("1.9.9", "2.0.0", "major"),
        ("1.0.0", "4.2.1", "major"),
        ("0.1.0", "0.2.0", "minor"),
    ],
)
def test_the_first_part_that_differs_is_what_is_raised(old: str, new: str, bump: Bump, tmp_path: Path) -> None:
    found = heads(tmp_path, (old, "2026-01-01"), (new, "2026-06-01"))
    assert bump_between(found[old], found[new]) == bump


def test_a_version_is_no_step_from_itself_or_from_a_later_one(tmp_path: Path) -> None:
    found = heads(tmp_path, ("1.0.0", "2026-01-01"), ("1.0.1", "2026-06-01"))
    for old, new in (("1.0.1", "1.0.0"), ("1.0.0", "1.0.0")):
        with pytest.raises(ValueError, match=r"desk@1\.0\.0 is not later than desk@1\.0"):
            bump_between(found[old], found[new])


def test_the_previous_release_is_the_next_lower_number_that_is_released(tmp_path: Path) -> None:
    numbers = ("1.0.0", "1.2.0", "1.9.0", "1.10.0", "2.0.0")
    found = heads(tmp_path, *((one, "2026-01-01") for one in numbers), released=("1.0.0", "1.2.0", "2.0.0"))
    assert previous_release(found["1.10.0"]) == found["1.2.0"]  # 1.9.0 is a draft
    assert previous_release(found["2.0.0"]) == found["1.2.0"]
    assert previous_release(found["1.0.0"]) is None


@pytest.mark.parametrize("needed", ["patch", "minor", "major"])
def test_a_first_release_may_have_any_number(needed: Bump, tmp_path: Path) -> None:
    found = heads(tmp_path, ("0.9.0", "2026-01-01"), ("1.0.0", "2026-06-01"))
    assert number_problems(found["1.0.0"], needs(needed)) == []


@pytest.mark.parametrize(
    ("number", "enough"),
    [
        ("1.0.1", ["patch"]),
        ("1.1.0", ["patch", "minor"]),
        ("2.0.0", ["patch", "minor", "major"]),
    ],
)
def test_a_number_is_refused_that_is_raised_less_than_is_needed(
    number: str, enough: list[Bump], tmp_path: Path
) -> None:
    found = heads(tmp_path, ("1.0.0", "2026-01-01"), (number, "2026-06-01"), released=("1.0.0",))
    every: tuple[Bump, ...] = ("patch", "minor", "major")
    assert [one for one in every if not number_problems(found[number], needs(one))] == enough
    assert number_problems(found[number], None) == []


def test_the_refusal_says_what_it_is_what_is_needed_why_and_which_number_would_do(tmp_path: Path) -> None:
    found = heads(tmp_path, ("1.0.0", "2026-01-01"), ("1.0.1", "2026-06-01"), released=("1.0.0",))
    assert number_problems(found["1.0.1"], needs("minor")) == [
        (
            f"from 1.0.0 to 1.0.1 is a patch, but a minor step at least is needed: {MILDER}\n"
            "  help: make it 1.1.0 or higher, in set.yaml and as the name of its folder"
        )
    ]


def test_a_number_that_is_taken_is_not_proposed(tmp_path: Path) -> None:
    stated = (("1.0.0", "2026-01-01"), ("1.0.1", "2026-03-01"), ("2.0.0", "2026-06-01"))
    found = heads(tmp_path, *stated, released=("1.0.0", "2.0.0"))
    (problem,) = number_problems(found["1.0.1"], needs("major"))
    assert "help: make it 3.0.0 or higher" in problem


def test_an_older_line_goes_on_until_the_newer_one_is_in_force(tmp_path: Path) -> None:
    stated = (("1.0.0", "2026-01-01"), ("1.0.1", "2026-05-31"), ("1.0.2", "2026-06-01"), ("2.0.0", "2026-06-01"))
    found = heads(tmp_path, *stated, released=("1.0.0", "2.0.0"))
    assert number_problems(found["1.0.1"], needs("patch")) == []
    (problem,) = number_problems(found["1.0.2"], None)
    assert problem == (
        "desk@1.0.2 would never be in force: desk@2.0.0 is released, has a higher number and holds from "
        "2026-06-01\n  help: give it a number above 2.0.0, or an earlier day in set.yaml"
    )


def test_a_draft_with_a_higher_number_refuses_nothing(tmp_path: Path) -> None:
    found = heads(tmp_path, ("1.0.0", "2026-06-01"), ("2.0.0", "2026-01-01"))
    assert number_problems(found["1.0.0"], None) == []


def test_a_release_follows_the_one_that_counts_and_its_number_is_none_that_was_withdrawn(tmp_path: Path) -> None:
    stated = (("1.0.0", "2026-01-01"), ("1.0.1", "2026-06-01"), ("1.1.0", "2026-02-01"))
    desk = heads(tmp_path / "desk", *stated, released=("1.0.0", "1.1.0"), withdrawn=("1.1.0",))
    draft = desk["1.0.1"]
    assert previous_release(draft) == desk["1.0.0"]
    assert released_beside(draft) == [desk["1.0.0"]]
    # The higher number, in force before it, would have hidden it.
    assert number_problems(draft, None) == []
    (problem,) = number_problems(draft, RequiredBump(bump="minor", why="a case gets stricter"))
    assert "make it 1.2.0 or higher" in problem
