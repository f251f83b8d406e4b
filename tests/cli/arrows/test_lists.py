"""What each key means at a question whose answers are pointed at."""

from dataclasses import replace

import pytest

from risk_engine.cli.arrows.terminal import Arrows
from risk_engine.interview.asking import Asked, Chosen, Command, Option, Reply
from tests.cli.arrows.pressing import DOWN, ENTER, UP, at, pressed

OPTIONS = tuple(Option(name, name.title()) for name in ("stone", "oil", "paper", "textile"))
LEAVE = Command("s", "Not known yet")
COMMANDS = tuple(Command(one, one) for one in "?b+q")
ONE = Asked("What is it made of?", "one", "Object", OPTIONS, leave=LEAVE, commands=COMMANDS)
SEVERAL = replace(ONE, kind="several", none="None of these")
MANY = replace(ONE, options=tuple(Option(f"o{number}", f"Way {number}") for number in range(1, 13)))


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ([ENTER], "s"),  # Enter alone answers nothing
        ([DOWN, ENTER], Chosen(("stone",))),
        ([DOWN, DOWN, UP, ENTER], Chosen(("stone",))),
        ([UP, ENTER], Chosen(("textile",))),  # round the corner
        (["\x1b[F", ENTER], Chosen(("textile",))),
        (["\x1b[F", "\x1b[H", ENTER], "s"),
        (["3", ENTER], Chosen(("paper",))),
        (["3", "\n"], Chosen(("paper",))),  # as Enter comes where the terminal was not ready yet
        (["7", ENTER], "s"),  # there is no such number
        (["t", ENTER], Chosen(("textile",))),
        (["O", ENTER], Chosen(("oil",))),
        (["x", ENTER], "s"),  # nothing begins so
        (["s"], "s"),
        (["?"], "?"),
        (["B"], "b"),
        (["q"], "q"),
        (["\x04"], None),
    ],
)
def test_one_option_is_chosen_by_arrow_number_or_letter(keys: list[str], wanted: Reply) -> None:
    assert pressed(ONE, *keys) == wanted


def test_the_answer_that_stands_is_pointed_at() -> None:
    assert pressed(replace(ONE, chosen=("paper",)), ENTER) == Chosen(("paper",))


def test_two_digits_are_one_number() -> None:
    assert pressed(MANY, "1", ENTER) == Chosen(("o1",))
    assert pressed(MANY, "12", ENTER) == Chosen(("o12",))
    assert pressed(MANY, "13", ENTER) == Chosen(("o3",))  # there is no 13; so the last digit counts
    assert pressed(MANY, "1", DOWN, "2", ENTER) == Chosen(("o2",))


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ([ENTER], "s"),
        (["2", " ", "1", " ", ENTER], Chosen(("stone", "oil"))),  # in the order of the set
        (["2", " ", " ", "3", " ", ENTER], Chosen(("paper",))),  # once more takes the mark away
        (["0", " ", ENTER], Chosen(())),
        (["2", " ", "0", " ", ENTER], Chosen(())),  # none of these stands alone
        (["0", " ", "2", " ", ENTER], Chosen(("oil",))),
        (["2", " ", "s"], "s"),
        ([" ", ENTER, "2", " ", ENTER], Chosen(("oil",))),  # with no mark at all Enter is refused
    ],
)
def test_several_options_are_marked(keys: list[str], wanted: Reply) -> None:
    assert pressed(SEVERAL, *keys) == wanted


def test_marks_that_stand_are_kept() -> None:
    assert pressed(replace(SEVERAL, chosen=("oil", "stone")), ENTER) == Chosen(("stone", "oil"))
    assert pressed(replace(SEVERAL, chosen=()), ENTER) == Chosen(())


@pytest.mark.parametrize(
    ("asked", "keys", "more", "wanted"),
    [
        (ONE, [DOWN, DOWN, "?"], [ENTER], Chosen(("oil",))),
        (ONE, [DOWN, "?"], [DOWN, ENTER], Chosen(("oil",))),
        (SEVERAL, ["2", " ", "3", " ", "?"], ["1", " ", ENTER], Chosen(("stone", "oil", "paper"))),
        (replace(SEVERAL, chosen=("oil",)), ["2", " ", "3", " ", "+"], [ENTER], Chosen(("paper",))),
    ],
)
def test_whoever_does_something_else_comes_back_where_they_were(
    asked: Asked, keys: list[str], more: list[str], wanted: Reply
) -> None:
    """Also over another question in between; not so where a question of the same words is put anew."""
    terminal = Arrows()
    assert at(terminal, asked, *keys) == keys[-1]
    assert at(terminal, MANY, DOWN, "?") == "?"
    assert at(terminal, MANY, ENTER) == Chosen(("o1",))
    assert at(terminal, asked, *more) == wanted
    assert at(terminal, replace(asked), ENTER) == (Chosen(("oil",)) if asked.chosen else "s")


def test_ctrl_c_goes_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        pressed(ONE, "\x03")


def test_an_answer_stays_on_the_screen_a_command_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    pressed(replace(SEVERAL, head="Fan"), "0", " ", ENTER)
    assert capsys.readouterr().out == "\nFan\nWhat is it made of?\n  → None of these\n"
    pressed(ONE, ENTER)
    assert capsys.readouterr().out.endswith("→ Not known yet\n")
    pressed(ONE, "b")
    assert capsys.readouterr().out == ""
