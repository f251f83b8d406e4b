"""`risk-engine interview` with arrow keys, before a real terminal whose screen is read as a person reads it."""

import signal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.running import LOAN, ROOT
from tests.cli.screen import CTRL_C, CTRL_D, DOWN, ENTER, HOME, SPACE, UP, screen

pytestmark = pytest.mark.unwatched

LUNG = ROOT / "examples" / "lung-imaging.yaml"
FACTS = ROOT / "criteria" / "reconnect-china" / "1.1.0" / "facts.yaml"
HEAD = """criteria: loan-desk
id: L-7
title: Fans   # ours, not to be lost
assessment_date: 2026-03-02
loan: {occasion: display, paperwork: signed_both, shipper: GENTLE, escorted: true, opens_on: 2026-05-01}
borrower:
  - {id: town, called: Town Museum, seat: NO, climate: steady, damages: 0, night_watch: staffed}
artwork:
  - {id: fan, called: Fan, fragility: robust, acquired_on: 1890-06-01, claim: unclaimed}
"""
"""A case in which months, material, and hazards of the one object are open."""
MATERIAL, HAZARDS = "What is it made of?", "Which poisons or hazards does it hold?"
LUX = "How many lux hours"
NEXT = "q s"
"""Among the keys of whatever is asked next; then the answer before it is in the file."""
STANDS = "Verdict: Lend, Lend on terms or Refuse · "


@pytest.fixture
def case(tmp_path: Path) -> Path:
    file = tmp_path / "l-7.yaml"
    file.write_text(HEAD, "utf-8")
    return file


def stated(case: Path, entity: str) -> dict[str, Any]:
    found = yaml.safe_load(case.read_text("utf-8"))[entity]
    return dict(found[-1] if isinstance(found, list) else found)


# --- a whole sitting ---


def test_a_person_points_marks_types_stops_and_goes_on(case: Path) -> None:
    with screen("interview", case, *LOAN, "--all") as one:
        assert STANDS in " ".join(one.until("q save and stop").split())
        one.skip_to(HAZARDS)
        assert one.pointed == " » ● s  Not known yet"  # Enter alone answers nothing
        one.type(DOWN, SPACE, DOWN, DOWN, SPACE)
        one.until("» ● 3 Nitrate film")
        one.type(ENTER)
        one.until("→ Arsenic; Nitrate film")
        one.until(NEXT)
        one.skip_to(MATERIAL)
        one.type(DOWN, DOWN)
        one.until("» 2 Oil on canvas")
        one.type("q")
        assert one.end() == 0
        assert f"All answers are in {case}" in one.text.replace("\n", "")
    assert stated(case, "artwork")["hazards"] == ["arsenic", "nitrate"]
    assert "material" not in stated(case, "artwork")
    with screen("interview", case, *LOAN, "--all") as one:
        one.skip_to(MATERIAL)
        one.type("3", ENTER)
        one.until("→ Paper")
        one.until(NEXT)
        one.skip_to(LUX)
        one.type("900001")
        one.until("900001 is not between 0 and 900000: ")
        one.until("Ctrl-U empties the line.")
        one.type("\x7f", ENTER)
        one.until("→ 90000")
        one.until(NEXT)
        one.type(CTRL_C)
        assert one.end() == 130
        assert "All answers are in" in one.text
        assert "Traceback" not in one.all_text
    assert stated(case, "artwork")["material"] == "paper"
    assert stated(case, "artwork")["lux_hours"] == 90000
    assert "# ours, not to be lost" in case.read_text("utf-8")


def test_what_would_complete_a_settled_case_is_asked_only_if_wanted(case: Path) -> None:
    case.write_text(HEAD.replace("claim: unclaimed", "claim: filed, hazards: []"), "utf-8")
    with screen("interview", case, *LOAN) as one:
        one.until("Go on with them?")
        assert one.pointed == " » 2  No"
        one.type(ENTER)
        one.until("Write the full report?")
        assert "Verdict: Refuse · settled" in one.all_text
        one.type(ENTER)
        assert one.end() == 0


def test_back_shows_the_answer_that_stands_and_help_stays_above(case: Path) -> None:
    with screen("interview", case, *LOAN) as one:
        one.until("q save and stop")
        one.skip_to(HAZARDS)
        one.type("2", SPACE, ENTER)
        one.until("→ Radium paint")
        one.until(NEXT)
        one.type("b")
        one.until("Answered so far: Radium paint. Enter keeps it.")
        assert one.pointed == " » ● 2  Radium paint"
        one.type(DOWN, "?")
        one.until("Laboratory report")
        assert one.pointed == " » ○ 3  Nitrate film"
        one.type("0", SPACE, ENTER)
        one.until("→ None of these")
        one.until(NEXT)
    assert stated(case, "artwork")["hazards"] == []


@pytest.mark.parametrize("keys", [(UP, UP, UP, ENTER), (HOME, ENTER), ("s",)])
def test_an_answer_can_be_taken_back(case: Path, keys: tuple[str, ...]) -> None:
    case.write_text(HEAD.replace("claim: unclaimed", "claim: filed"), "utf-8")
    with screen("interview", case, *LOAN) as one:
        one.until("Go on with them?")
        one.type("b")
        one.until("Answered so far: A claim was filed. Enter keeps it.")
        one.type(*keys)
        one.until("→ Not known yet")
        assert STANDS in " ".join(one.until(NEXT).split())
    assert stated(case, "artwork")["claim"] == "unknown"


# --- nothing is lost ---


def test_a_signal_to_stop_loses_nothing_and_says_where_the_answers_are(case: Path) -> None:
    """As Ctrl-C, with which the sitting above ends."""
    with screen("interview", case, *LOAN) as one:
        one.skip_to(HAZARDS)
        one.type("1", SPACE, ENTER)
        one.until("→ Arsenic")
        one.until(NEXT)
        one.process.send_signal(signal.SIGINT)
        assert one.end() == 130
        assert "All answers are in" in one.text
        assert "Traceback" not in one.all_text
    assert stated(case, "artwork")["hazards"] == ["arsenic"]


def test_without_colours_there_are_keys_all_the_same_and_the_end_of_input_is_a_stop(case: Path) -> None:
    case.write_text(HEAD.replace("claim: unclaimed", "claim: unclaimed, material: paper, hazards: []"), "utf-8")
    with screen("interview", case, *LOAN, environment={"NO_COLOR": "1"}) as one:
        one.skip_to(LUX)
        assert {cell.fg for line in one.screen.buffer.values() for cell in line.values()} == {"default"}
        one.type(CTRL_D)
        assert one.end() == 3
        assert "All answers are in" in one.text
        assert "Traceback" not in one.all_text


# --- where there are plain lines instead ---


@pytest.fixture
def one_open(case: Path) -> Path:
    """A case in which only the hazards are open."""
    text = HEAD.replace("occasion", "months: 6, occasion").replace("claim:", "material: stone, claim:")
    case.write_text(text, "utf-8")
    return case


def test_lines_are_asked_for_where_nothing_can_be_pointed_at(one_open: Path) -> None:
    with screen("interview", one_open, *LOAN, "--all", environment={"TERM": "dumb"}) as one:
        text = one.until("0 if none does. >")
        assert "1  Arsenic" in text
        assert "»" not in text
        one.type("1\n", "q\n")
        assert one.end() == 0
    assert stated(one_open, "artwork")["hazards"] == ["arsenic"]


def test_without_the_extra_there_are_lines_and_a_word_about_it(one_open: Path) -> None:
    hidden = "import sys; sys.modules['questionary'] = None; from risk_engine.__main__ import main; main()"
    with screen("interview", one_open, *LOAN, begin=["-c", hidden]) as one:
        text = one.until("0 if none does. >")
        assert "With the extra `interview` answers are chosen with arrow keys" in " ".join(text.split())
        one.type("q\n")
        assert one.end() == 0
        assert "Traceback" not in one.all_text


# --- every screen ---


def test_every_word_can_be_read_at_every_width(tmp_path: Path) -> None:
    """The options of the shipped set are long; on a low screen the others come with the arrow."""
    case = tmp_path / "case.yaml"
    case.write_text(LUNG.read_text("utf-8").replace("    military_link: none\n", ""), "utf-8")
    options = yaml.safe_load(FACTS.read_text("utf-8"))["partner"]["facts"]["military_link"]["options"].values()
    with screen("interview", case, size=(40, 24)) as one:
        one.until("What link does the partner have with armed forces or the arms industry?")
        for columns in (40, 200):  # the window may get another size meanwhile
            one.resize(columns, 24)
            one.type(HOME)
            for number, option in enumerate(options, 1):
                one.type(DOWN)
                one.until(f"» {number} {option}")
            assert "─" * min(columns, 100) in one.text
            assert "─" * (min(columns, 100) + 1) not in one.text


@pytest.mark.parametrize(
    ("size", "told"),
    [((40, 7), [False, False, False]), ((40, 8), [True, False, False]), ((40, 14), [True, True, True])],
)
def test_on_a_low_screen_the_question_comes_first(tmp_path: Path, size: tuple[int, int], told: list[bool]) -> None:
    """Then what it is about; how the case stands is shown whole or not at all."""
    case = tmp_path / "case.yaml"
    case.write_text(LUNG.read_text("utf-8").replace("    military_link: none\n", ""), "utf-8")
    with screen("interview", case, size=size) as one:
        text = " ".join(one.until("What link does the partner have with armed forces or the arms industry?").split())
        assert one.pointed.startswith(" » s  Not known yet")
        assert ["Partner organisation: " in text, "Measure: " in text, "need not be asked" in text] == told


@pytest.mark.parametrize(("lines", "screens"), [(8, 1), (5, 2)])
def test_on_a_low_screen_all_of_the_help_can_be_read(case: Path, lines: int, screens: int) -> None:
    """The question that comes after it would push it off the screen."""
    case.write_text(HEAD.replace("claim:", "hazards: [], claim:").replace("display", "display, months: 6"), "utf-8")
    with screen("interview", case, *LOAN, size=(40, lines)) as one:
        one.until(MATERIAL)
        one.type("?")
        told = ""
        for number in range(1, screens + 1):
            told += one.until(f"Help {number}/{screens} · any key goes on")
            one.type(SPACE)
        assert "Who knows it: The conservator" in told
        assert "artwork.fan.material" in told
        one.until(MATERIAL)
        assert one.pointed.startswith(" » s  Not known yet")


def test_a_country_is_found_by_a_part_of_its_name_in_german_too(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(LUNG.read_text("utf-8").replace("    country: CN   ", "    country: unknown #"), "utf-8")
    with screen("--lang", "de", "interview", case, "--all") as one:
        one.until("In welchem Land oder Gebiet hat der Partner seinen Sitz?")
        one.type("kore", ENTER)
        one.until("„kore“ ist nicht der ganze Name: welches davon: Nordkorea, Südkorea?")
        one.type("\x7f\x7f\x7f\x7fkr")
        one.until("Südkorea KR")
        one.type(DOWN, ENTER)
        one.until("→ Südkorea")
        one.until("q sichern")
    assert stated(case, "partner")["country"] == "KR"
