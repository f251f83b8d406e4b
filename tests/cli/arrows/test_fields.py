"""What is typed at a question, how it is checked, and how a row of a table is found."""

from dataclasses import replace

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from risk_engine.cli.arrows.fields import Rows, can_become
from risk_engine.interview.asking import Asked, Chosen, Command, Kind, Option, Reply
from tests.cli.arrows.pressing import ENTER, pressed

LEAVE = Command("s", "Not known yet")
CLEAR = "\x15"


def _even(line: str) -> str:
    return "" if not line or line == "s" or (line.isdecimal() and int(line) % 2 == 0) else f"{line} is odd"


NUMBER = Asked("How many?", "integer", typing=("An even number.",), leave=LEAVE, check=_even)
ROWS = (
    Option("NO", "Northern Coast", ("NO", "The North")),
    Option("ALP", "Upper Valleys", ("ALP",)),
    Option("UP", "Coast of the South", ("UP",)),
)
REGION = Asked(
    "Where?", "row", options=ROWS, is_listed=False, leave=LEAVE, check=lambda line: f"{line}: where?" if line else ""
)


@pytest.mark.parametrize(("keys", "wanted"), [(["42", ENTER], "42"), ([ENTER], ""), (["s", ENTER], "s")])
def test_what_is_typed_comes_back(keys: list[str], wanted: Reply) -> None:
    assert pressed(NUMBER, *keys) == wanted


@pytest.mark.parametrize("kind", ["integer", "text"])
def test_what_is_wrong_is_not_taken(kind: Kind) -> None:
    asked = replace(NUMBER, kind=kind)
    assert pressed(asked, "13", ENTER, ENTER, CLEAR, "14", ENTER, standing="Verdict: open") == "14"


@pytest.mark.parametrize(
    ("digits", "limits", "wanted"),
    [
        ("1", (10, 20), True),
        ("1", (15, 18), True),
        ("2", (15, 18), False),
        ("19", (15, 18), False),
        ("6", (1, 60), True),
        ("61", (1, 60), False),
        ("7", (1, 60), True),
        ("0", (1, 60), True),  # 05 is 5
        ("9", (0, 9000000), True),
        ("99", None, True),
    ],
)
def test_half_a_number_is_no_wrong_number(digits: str, limits: tuple[int, int] | None, wanted: bool) -> None:
    assert can_become(digits, limits) == wanted


def test_half_a_date_is_no_wrong_date() -> None:
    judged: list[str] = []

    def check(line: str) -> str:
        judged.append(line)
        return ""

    assert pressed(Asked("When?", "date", check=check), "2026-01-31", ENTER) == "2026-01-31"
    assert set(judged) == {"2026-01-31"}


def test_enter_keeps_an_answer_that_stands_and_up_brings_it_back() -> None:
    asked = replace(NUMBER, said="40", notes=("Answered so far: 40. Enter keeps it.",))
    assert pressed(asked, ENTER) == ""
    assert pressed(asked, "40", ENTER) == ""


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (["Upper Valleys", ENTER], "ALP"),
        (["alp", ENTER], "ALP"),
        (["the north", ENTER], "NO"),
        (["up", ENTER], "UP"),  # the code comes before a name that begins so
    ],
)
def test_a_row_is_taken_by_its_name_an_alias_or_its_code(keys: list[str], wanted: str) -> None:
    assert pressed(REGION, *keys) == Chosen((wanted,))


def test_a_part_of_a_name_alone_is_no_answer() -> None:
    assert pressed(REGION, "Valleys", ENTER, CLEAR, "alp", ENTER) == Chosen(("ALP",))
    assert pressed(REGION, ENTER) == ""


def test_the_end_of_input_and_ctrl_c_are_no_answer() -> None:
    assert pressed(NUMBER, "\x04") is None
    with pytest.raises(KeyboardInterrupt):
        pressed(NUMBER, "4", "\x03")


@pytest.mark.parametrize(
    ("said", "offered"),
    [
        ("up", ["UP", "ALP"]),
        ("coast", ["UP", "NO"]),
        ("the", ["NO", "UP"]),
        ("x", []),
        ("", []),
    ],
)
def test_rows_are_offered_the_nearest_first(said: str, offered: list[str]) -> None:
    found = Rows(ROWS).get_completions(Document(said), CompleteEvent())
    assert [one.display_meta_text for one in found] == offered
