"""Help that has no room above its question waits for a key; the question is not answered by it."""

import pytest

from risk_engine.cli.arrows.terminal import Arrows
from risk_engine.interview.asking import Asked, Chosen, Command, Option
from tests.cli.arrows.pressing import DOWN, ENTER, at

MATERIAL = Asked(
    "What is it made of?",
    "one",
    options=(Option("paper", "Paper"), Option("stone", "Stone")),
    leave=Command("s", "Not known yet"),
    commands=(Command("?", "help"), Command("q", "stop")),
)
ROWS = 40
"""So many lines has the screen of these tests."""


def helped(lines: int) -> Arrows:
    terminal = Arrows()
    assert at(terminal, MATERIAL, "?") == "?"
    for number in range(lines):
        terminal.say(f"line {number}")
    return terminal


@pytest.mark.parametrize(
    ("lines", "pages"), [(0, 0), (10, 0), (ROWS - 8, 0), (ROWS - 7, 1), (ROWS - 1, 1), (ROWS, 2), (2 * ROWS, 3)]
)
def test_help_is_shown_by_the_screenful_where_it_and_its_question_have_no_room(
    lines: int, pages: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The question takes eight lines: a rule, itself, two options, and what is around the keys."""
    terminal = helped(lines)
    assert capsys.readouterr().out == ""
    assert at(terminal, MATERIAL, *["q"] * pages, DOWN, DOWN, ENTER) == Chosen(("stone",))
    assert capsys.readouterr().out.startswith("".join(f"line {number}\n" for number in range(lines)))
    # It was shown, and is not shown once more; the pointer stayed.
    assert at(terminal, MATERIAL, ENTER) == Chosen(("stone",))
    assert "line" not in capsys.readouterr().out


def test_whoever_stops_at_the_help_stops_as_everywhere() -> None:
    assert at(helped(ROWS), MATERIAL, "\x04") is None
    with pytest.raises(KeyboardInterrupt):
        at(helped(ROWS), MATERIAL, "\x03")
