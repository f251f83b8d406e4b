"""What a line means at each kind of question, and what is said of one that is no answer."""

from datetime import date

import pytest

from risk_engine.engine.facts import Read
from risk_engine.office.forms.answers import WrongError
from risk_engine.office.forms.case_record import Record, Under
from risk_engine.office.interview.lines import fact_said, name_said, of_list, problem_lines, put, yes_or_no
from risk_engine.office.interview.standing import Step

TOWN = {"id": "town", "called": "Town Museum", "night_watch": "alarmed"}
HAZARDS = Step("fact", Read("artwork", "fan", "hazards"))
SEAT = Step("fact", Read("borrower", "town", "seat"))
MONTHS = Step("fact", Read("loan", None, "months"))
OPENS = Step("fact", Read("loan", None, "opens_on"))
ESCORTED = Step("fact", Read("loan", None, "escorted"))
OCCASION = Step("fact", Read("loan", None, "occasion"))
MORE = Step("more", Read("borrower", None, None))
LIST = Step("list", Read("artwork", None, None))


def wrong(line: str, step: Step, record: Record) -> str:
    """Return what is said of a line that is no answer, nothing of one that is."""
    try:
        fact_said(line, step, record) if step.kind == "fact" else name_said(line, step, record)
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
        (MORE, "town museum", "“town museum” is in the list already; type another name."),
        (MORE, "7", "That is a number, not a name."),
        (MORE, "x" * 4001, "This is too long: at most 4000 characters."),
        (MONTHS, "9" * 4001, "This is too long: at most 4000 characters."),
    ],
)
def test_what_is_no_answer_is_told_what_is_accepted(record: Record, step: Step, line: str, said: str) -> None:
    assert wrong(line, step, record).startswith(said)


def test_a_name_for_which_a_list_has_no_room_is_told_the_way_out(record: Record) -> None:
    for name in ("Lake House", "Hill House"):
        assert wrong(name, MORE, record) == ""
        record, entry = record.with_entry("borrower", name)
    said = "Borrowing house: there can be at most 3, and so many are named now. A second case takes the rest."
    assert wrong("Shore House", MORE, record) == said
    # An entry that is there may be called something else still.
    assert wrong("Shore House", Step("name", Read("borrower", entry, None)), record) == ""


@pytest.mark.parametrize(
    ("step", "line", "said"),
    [
        (LIST, "yes", "some"),
        (LIST, "none", "none"),
        (LIST, "unknown", "unknown"),
        (MORE, "yes", "some"),
        (MORE, "no", "that_is_all"),
        (MORE, "unknown", "that_is_all"),
        (MORE, '"no"', None),
        (LIST, "Fan", None),
    ],
)
def test_of_a_list_it_is_said_whether_it_has_entries(step: Step, line: str, said: str | None) -> None:
    assert of_list(line, step) == said


def test_a_name_in_quotes_is_that_name(record: Record) -> None:
    assert name_said('"7"', MORE, record) == "7"
    assert name_said("Harbour Museum", MORE, record) == "Harbour Museum"


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


def test_a_question_holds_all_that_can_be_chosen_and_what_to_type(record: Record) -> None:
    seat = put(SEAT, record)
    assert (seat.head, seat.text) == ("Borrowing house: Town Museum", "In which region does it stand?")
    assert [(one.name, one.title) for one in seat.options][:2] == [("NO", "Northern Coast"), ("ALP", "Upper Valleys")]
    assert put(HAZARDS, record).typing == ("Type all numbers that apply, with commas between; 0 if none does.",)
    assert put(MONTHS, record).typing == ("A whole number from 1 to 60.",)
    assert put(LIST, record).options == ()


def test_an_answer_that_stands_is_said_with_the_question(record: Record) -> None:
    for step, value, shown in (
        (HAZARDS, ("radium",), "Radium paint"),
        (ESCORTED, True, "yes"),
        (SEAT, "NO", "Northern Coast"),
        (MONTHS, 6, "6"),
    ):
        asked = put(step, record.with_answer(step.read, value)[0])
        assert asked.notes == (f"Answered so far: {shown}. Enter keeps it.",)
    name = put(Step("name", Read("borrower", "town", None)), record)
    assert name.notes == ("Answered so far: Town Museum. Enter keeps it.", "`-` takes this entry out again.")
    assert put(LIST, record.with_none("artwork")).notes == ("Answered so far: there are none. Enter keeps it.",)
    nobody = Record({"id": "L-1", "title": "A loan"}, record.under)
    assert put(LIST, nobody).notes == ()


def test_an_answer_that_was_set_aside_can_be_taken(record: Record) -> None:
    aside = Record({**record.data, "set_aside": {"loan.months": 6}}, record.under)
    assert "`k` takes it again" in put(MONTHS, aside).notes[0]
    assert fact_said("k", MONTHS, aside) == 6
