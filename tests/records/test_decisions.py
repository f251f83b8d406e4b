"""What a decision states of a ladder: the level proposed, the one decided, and between which it is open."""

from collections.abc import Sequence

import pytest

from risk_engine.model.explanation import LevelShown, Proposal
from risk_engine.records.decisions import decided

LEVELS = ("go", "wait", "stop")


def proposal(level: str, possible: Sequence[str]) -> Proposal:
    shown = {name: LevelShown(name=name, title=name, answer=name, explain=name, equals=None) for name in LEVELS}
    return Proposal(
        ladder="release",
        title="Release",
        question="May it leave?",
        role="gate",
        level=shown[level],
        provisional=True,
        range=tuple(shown[name] for name in possible),
        rule="rules.0",
        sentence="It is so.",
        findings=(),
        levels=tuple(shown.values()),
        four_eyes=False,
    )


@pytest.mark.parametrize(
    ("level", "possible", "ends"),
    [
        ("wait", ["wait"], ("wait", "wait")),
        ("wait", ["go", "wait", "stop"], ("go", "stop")),
        ("stop", ["go", "wait"], ("go", "stop")),
        ("go", ["wait", "stop"], ("go", "stop")),
    ],
)
def test_a_level_that_is_proposed_for_now_counts_as_possible(
    level: str, possible: Sequence[str], ends: tuple[str, str]
) -> None:
    between = decided(proposal(level, possible), None).between
    assert tuple(one.name for one in between) == ends


def test_what_is_no_level_of_the_ladder_leaves_the_proposed_one() -> None:
    proposed = proposal("wait", ["wait"])
    names = {given: decided(proposed, given).decided.name for given in ("stop", "perhaps", None)}
    assert names == {"stop": "stop", "perhaps": "wait", None: "wait"}
