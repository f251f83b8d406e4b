"""What a line means at each kind of question, and what is said of one that is no answer."""

from datetime import date

import pytest

from risk_engine.engine.facts import Read
from risk_engine.interview.asking import Chosen, Reply
from risk_engine.interview.questions import put, whether
from risk_engine.interview.reading import fact_chosen, fact_said, name_said, of_list, wrong, yes_or_no
from risk_engine.interview.record import Record, Under
from risk_engine.interview.session import Step

TOWN = {"id": "town", "called": "Town Museum", "night_watch": "alarmed"}
HAZARDS = Step("fact", Read("artwork", "fan", "hazards"))
SEAT = Step("fact", Read("borrower", "town", "seat"))
MONTHS = Step("fact", Read("loan", None, "months"))
OPENS = Step("fact", Read("loan", None, "opens_on"))
ESCORTED = Step("fact", Read("loan", None, "escorted"))
OCCASION = Step("fact", Read("loan", None, "occasion"))
MORE = Step("more", Read("borrower", None, None))
LIST = Step("list", Read("artwork", None, None))


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
    assert wrong(line, step, record) == ""


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


@pytest.mark.parametrize("line", ["", "s", "B", "+", "?", "q"])
def test_a_command_is_nothing_wrong_at_any_question(record: Record, line: str) -> None:
    assert {wrong(line, step, record) for step in (HAZARDS, SEAT, MONTHS, MORE, LIST)} == {""}


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
    ("step", "names", "meant"),
    [
        (HAZARDS, ("nitrate", "arsenic"), ("arsenic", "nitrate")),
        (HAZARDS, (), ()),
        (SEAT, ("ISL",), "ISL"),
        (OCCASION, ("display",), "display"),
        (ESCORTED, ("false",), False),
    ],
)
def test_options_that_were_pointed_at_are_an_answer(
    record: Record, step: Step, names: tuple[str, ...], meant: object
) -> None:
    assert fact_chosen(names, step, record) == meant


@pytest.mark.parametrize(
    ("reply", "meant"),
    [
        ("y", True),
        ("1", True),
        (Chosen(("yes",)), True),
        ("2", False),
        ("no", False),
        ("", False),
        (None, False),
        (Chosen(("no",)), False),
        ("yse", None),
        ("3", None),
    ],
)
def test_yes_and_no_are_said_or_pointed_at(reply: Reply, meant: bool | None) -> None:
    assert yes_or_no(reply) is meant


# --- questions as they are put ---


def test_a_question_holds_all_that_can_be_chosen_and_typed(record: Record) -> None:
    seat = put(SEAT, record)
    assert (seat.kind, seat.head, seat.text) == (
        "one",
        "Borrowing house: Town Museum",
        "In which region does it stand?",
    )
    assert [(one.name, one.title) for one in seat.options][:2] == [("NO", "Northern Coast"), ("ALP", "Upper Valleys")]
    assert seat.options[2].also == ("ISL", "Îles", "The Isles")
    assert [one.typed for one in seat.commands] == ["?", "b", "+", "q"]
    assert (put(HAZARDS, record).none, put(MONTHS, record).kind) == ("None of these", "integer")


def test_an_answer_that_stands_is_part_of_the_question(record: Record) -> None:
    for step, value, chosen, said in (
        (HAZARDS, ("radium",), ("radium",), ""),
        (ESCORTED, True, ("true",), "yes"),
        (SEAT, "NO", ("NO",), "Northern Coast"),
        (MONTHS, 6, ("6",), "6"),
    ):
        asked = put(step, record.with_answer(step.read, value)[0])
        assert (asked.chosen, asked.said) == (chosen, said)
        assert asked.notes[0].startswith("Answered so far: ")
    name = put(Step("name", Read("borrower", "town", None)), record)
    assert (name.said, [one.typed for one in name.commands]) == ("Town Museum", ["?", "b", "+", "-", "q"])
    assert put(LIST, record.with_none("artwork")).chosen == ("no",)
    nobody = Record({"id": "L-1", "title": "A loan"}, record.under)
    assert put(LIST, nobody).chosen is None


def test_an_answer_that_was_set_aside_can_be_taken(record: Record) -> None:
    aside = Record({**record.data, "set_aside": {"loan.months": 6}}, record.under)
    asked = put(MONTHS, aside)
    assert "k" in [one.typed for one in asked.commands]
    assert "`k` takes it again" in asked.notes[0]
    assert fact_said("k", MONTHS, aside) == 6


def test_what_yes_and_no_answer_is_a_no_unless_somebody_says_otherwise() -> None:
    assert whether("Go on?").chosen == ("no",)
