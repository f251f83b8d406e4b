"""What a line means at each kind of question, and what is said of one that is no answer."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk_engine.engine.facts import Read
from risk_engine.office.forms.answers import WrongError
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.interview.lines import fact_said, names_said, problem_lines, put, yes_or_no
from risk_engine.office.interview.standing import Step
from risk_engine.report.returned import (
    same_label,
)

TOWN = {"id": "town", "called": "Town Museum", "night_watch": "alarmed"}
HAZARDS = Step(Read("artwork", "fan", "hazards"))
SEAT = Step(Read("borrower", "town", "seat"))
MONTHS = Step(Read("loan", None, "months"))
OPENS = Step(Read("loan", None, "opens_on"))
ESCORTED = Step(Read("loan", None, "escorted"))
OCCASION = Step(Read("loan", None, "occasion"))
MORE = Step(Read("borrower", None, None))
LIST = Step(Read("artwork", None, None))


def wrong(line: str, step: Step, record: Record) -> str:
    """Return what is said of a line that is no answer, nothing of one that is."""
    try:
        fact_said(line, step, record) if step.kind == "fact" else names_said(line, step, record)
    except WrongError as error:
        return "\n".join(problem_lines(error))
    return ""


@pytest.fixture
def record(under: Under) -> Record:
    data = {
        "id": "L-1",
        "title": "A loan",
        "borrower": (TOWN,),
        "artwork": ({"id": "fan", "called": "Fan"},),
    }
    return Record(data, under)


@pytest.mark.parametrize(
    ("step", "line", "meant"),
    [
        (HAZARDS, "1, 3", ("arsenic", "nitrate")),
        (HAZARDS, "3 1", ("arsenic", "nitrate")),
        (HAZARDS, "radium PAINT; nitrate", ("radium", "nitrate")),
        (HAZARDS, "0", ()),
        (HAZARDS, "None of these", ()),
        (HAZARDS, "not known yet", None),
        (SEAT, "rift plain", "RIFT"),
        (SEAT, "îles", "ISL"),
        (SEAT, "no", "NO"),
        (SEAT, "2", "ALP"),
        (MONTHS, "6", 6),
        (OPENS, "2026-05-01", date(2026, 5, 1)),
        (ESCORTED, "y", True),
        (OCCASION, "2)", "close_study"),
    ],
)
def test_a_line_is_read_as_an_answer(record: Record, step: Step, line: str, meant: object) -> None:
    assert fact_said(line, step, record) == meant


@pytest.mark.parametrize(
    ("step", "line", "said"),
    [
        (
            HAZARDS,
            "1, 4",
            "“4” is not among the answers: type the numbers that apply, from 1 to 3",
        ),
        (SEAT, "Coast", "“Coast” is not the whole name: which of these: Northern Coast?"),
        (SEAT, "Moon", "“Moon” is not among the answers: type a number from 1 to 4, or the words beside it"),
        (MONTHS, "61", "61 is not between 1 and 60: type a whole number, or `s` for “Not known yet”"),
        (MONTHS, "half", "“half” is no whole number: type a whole number, or `s`"),
        (OPENS, "1 May", "“1 May” is no date: write it like 2026-01-31"),
        (MORE, "town museum", "“town museum” is in the list already: leave it out, or type another name"),
        (MORE, "7", "“7” is no name: type the name itself; if it is really called so, in quotes"),
        (MORE, "yes", "“yes” is no name: type the name itself"),
        (MORE, '"unknown"', "“unknown” is no name"),
        (MORE, ";", "a name is missing beside a `;`"),
        (MORE, "x" * 4001, "This is too long: at most 4000 characters."),
        (MONTHS, "9" * 4001, "This is too long: at most 4000 characters."),
    ],
)
def test_what_is_no_answer_is_told_what_is_accepted(record: Record, step: Step, line: str, said: str) -> None:
    assert wrong(line, step, record).startswith(said)


def test_more_names_than_a_list_has_room_for_are_told_the_way_out(record: Record) -> None:
    assert wrong("Lake House; Hill House", MORE, record) == ""
    assert wrong("Lake House; Hill House; Shore House", MORE, record) == (
        "Borrowing house: there can be at most 3, and these would make 4: leave some out; a second case takes the rest"
    )
    # An entry that is there may be called something else still.
    assert wrong("Shore House", Step(Read("borrower", "town", None)), record) == ""


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Fan", ("Fan",)),
        ("Fan with cranes, gilded; Head of a king ;Bowl;", ("Fan with cranes, gilded", "Head of a king", "Bowl")),
        ('"Head; broken" ; "7"; "no";"b"', ("Head; broken", "7", "no", "b")),
        ('Head called "The King"; "Fan" of cranes', ('Head called "The King"', '"Fan" of cranes')),
        ('"Fan; Head', ('"Fan', "Head")),
        ("b; q", ("b", "q")),
    ],
)
def test_a_line_holds_the_names_of_all_entries(empty: Record, line: str, names: tuple[str, ...]) -> None:
    assert names_said(line, LIST, empty) == names


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # nothing changes the record
@given(st.lists(st.text("Aé;, .7'", min_size=1).filter(str.strip), min_size=1, max_size=20, unique_by=same_label))
def test_names_in_quotes_come_back_whatever_they_hold(empty: Record, names: list[str]) -> None:
    line = ";".join(f' "{one}"' for one in names)
    assert names_said(line.strip(), LIST, empty) == tuple(one.strip() for one in names)


def test_all_that_is_wrong_with_the_names_of_a_line_is_told_at_once(record: Record) -> None:
    """Of the borrowers one is there, and three there may be."""
    assert wrong("Lake House;; lake  house; 7; TOWN museum; Hill House; Shore House", MORE, record).split("\n") == [
        "a name is missing beside a `;`",
        "“lake house” is named twice",
        "“7” is no name: type the name itself; if it is really called so, in quotes",
        "“TOWN museum” is in the list already: leave it out, or type another name",
        "Borrowing house: there can be at most 3, and these would make 4: leave some out; a second case takes the rest",
    ]


def test_an_entry_gets_one_name_whatever_it_holds(record: Record) -> None:
    town = Step(Read("borrower", "town", None))
    assert names_said("Town Museum; North Wing", town, record) == ("Town Museum; North Wing",)
    assert names_said("town museum", town, record) == ("town museum",)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("y", True),
        ("1", True),
        ("2", False),
        ("no", False),
        ("", False),
        (None, False),
        ("yse", None),
        ("3", None),
    ],
)
def test_yes_and_no_are_said_in_words_or_numbers(line: str | None, meant: bool | None) -> None:
    assert yes_or_no(line) is meant


# --- questions as they are put ---


def test_a_question_holds_all_that_can_be_chosen_and_what_to_type(record: Record, empty: Record) -> None:
    seat = put(SEAT, record)
    assert (seat.head, seat.text) == ("Borrowing house: Town Museum", "In which region does it stand?")
    assert [(one.name, one.title) for one in seat.options][:2] == [("NO", "Northern Coast"), ("ALP", "Upper Valleys")]
    assert put(HAZARDS, record).typing == ("Type all numbers that apply, with commas between; 0 if none does.",)
    assert put(MONTHS, record).typing == ("A whole number from 1 to 60.",)
    asked = put(LIST, empty)
    assert (asked.head, asked.text, asked.options) == ("Object", "Which are there?", ())
    assert asked.typing == (
        "Type all names in one line, with `;` between them; the list is complete with that. 0: there are none.",
    )
    asked = put(LIST, record.with_entry("artwork", "Head, broken")[0])
    assert (asked.text, asked.typing, asked.notes) == (
        "Which others are there?",
        ("Type the names to add in one line, with `;` between them.",),
        ("Answered so far: Fan; Head, broken. Enter keeps it.",),
    )


def test_an_answer_that_stands_is_said_with_the_question(record: Record, empty: Record) -> None:
    for step, value, shown in (
        (HAZARDS, ("radium",), "Radium paint"),
        (ESCORTED, True, "yes"),
        (SEAT, "NO", "Northern Coast"),
        (MONTHS, 6, "6"),
    ):
        asked = put(step, record.with_answer(step.read, value)[0])
        assert asked.notes == (f"Answered so far: {shown}. Enter keeps it.",)
    name = put(Step(Read("borrower", "town", None)), record)
    assert name.notes == ("Answered so far: Town Museum. Enter keeps it.", "`-` takes this entry out again.")
    assert put(LIST, record.with_none("artwork")).notes == ("Answered so far: there are none. Enter keeps it.",)
    assert put(LIST, empty).notes == ()


def test_an_answer_that_was_set_aside_can_be_taken(record: Record) -> None:
    aside = Record({**record.data, "set_aside": {"loan.months": 6}}, record.under)
    assert "`k` takes it again" in put(MONTHS, aside).notes[0]
    assert fact_said("k", MONTHS, aside) == 6
