"""What is said beside an answer about a change that sounds harmless."""

import pytest

from risk_engine.model.changes import Bump, Meaning, RequiredBump, Shift
from risk_engine.model.proof import Status


def meaning(bump: Bump, milder: Status, stricter: Status) -> Meaning:
    return Meaning(
        days=(),
        counted=("go",),
        bounds={},
        new_facts=(),
        gone_facts=(),
        not_compared=(),
        shifts=(
            Shift(of="ladder", name="go", direction="milder", status=milder),
            Shift(of="ladder", name="go", direction="stricter", status=stricter),
        ),
        required=RequiredBump(bump=bump, why="old cases cannot be read"),
    )


@pytest.mark.parametrize(
    ("bump", "said"),
    [("patch", ""), ("minor", "old cases cannot be read"), ("major", "old cases cannot be read")],
)
def test_beside_equal_stands_why_the_step_is_more_than_a_patch(bump: Bump, said: str) -> None:
    found = meaning(bump, "proved", "proved")
    assert (found.answer, found.but) == ("equal", said)


@pytest.mark.parametrize(("bump", "said"), [("minor", ""), ("major", "old cases cannot be read")])
def test_beside_nowhere_milder_stands_why_the_step_is_major(bump: Bump, said: str) -> None:
    found = meaning(bump, "proved", "refuted")
    assert (found.answer, found.but) == ("nowhere milder", said)


@pytest.mark.parametrize("milder", ["refuted", "undecided"])
def test_an_answer_that_sounds_harmless_to_nobody_stands_alone(milder: Status) -> None:
    assert meaning("major", milder, "refuted").but == ""
