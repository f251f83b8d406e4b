"""The words of an outlook: what entries say, what bands and numbers are called, and what nobody is asked."""

from typing import Any

import pytest

from risk_engine.loading.base import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.outlook import Asked, Change, Margins, Outlook, ToNextBand, answer_key
from risk_engine.outlook.words import with_words
from tests.cli.running import LOAN_DESK
from tests.report.outlook.samples import between, down, outlook, possible, question, tip, way

DESK = LOAN_DESK / "1.0.0"


def told(made: Outlook, **renamed: dict[str, str]) -> Outlook:
    """Return an outlook with the words of the loan desk, some of its bands renamed as a translation does."""
    desk = read_criteria(DESK)
    severity = desk.head.severity.model_copy(update={"titles": desk.head.severity.titles | renamed.get("bands", {})})
    named = desk.model_copy(update={"head": desk.head.model_copy(update={"severity": severity})})
    return with_words(made, named, base_case(desk)[1])


def words(*paths: str) -> dict[str, Asked]:
    return told(outlook(questions=tuple(question(one, "none") for one in paths))).facts


def house(**stated: Any) -> str:
    """Return what a list of one house is called that is as in the harmless case but for what is stated."""
    harmless = base_case(read_criteria(DESK))[1].model_dump(exclude_none=True)["borrower"][0]
    return houses({**harmless, **stated})


def houses(*entries: dict[str, Any]) -> str:
    levels = (possible("lend", {"borrower": entries}),)
    made = told(outlook(ranges=(between("verdict", "lend", "refuse", levels=levels),)))
    return made.facts["borrower"].options[answer_key(entries)]


def test_options_of_a_change_have_their_words_and_none_of_them_is_said() -> None:
    change = Change(path="artwork.head.hazards", before=["arsenic", "nitrate"], after=[])
    options = told(outlook(ways=(down(way(changes=(change,))),))).facts[change.path].options
    assert options == {"arsenic, nitrate": "Arsenic, Nitrate film", "": "none of these"}


def test_what_must_really_change_is_said_once_or_of_each_answer_that_the_set_names() -> None:
    asked = words("loan.months", "borrower.a.night_watch", "loan.occasion")
    assert {path: (one.changed_by, one.changed_to) for path, one in asked.items()} == {
        "loan.months": ("The contract ends the loan earlier, with a day for the journey back.", {}),
        "borrower.a.night_watch": (
            None,
            {"staffed": "A guard stays at night, and the roster shows it.", "alarmed": "It is wired, by contract."},
        ),
        "loan.occasion": (None, {}),
    }


def test_an_entry_says_what_is_not_as_in_the_harmless_case() -> None:
    assert house(night_watch="empty") == "an entry as in a harmless case, but: Who watches at night? Nobody"


def test_a_name_decides_nothing_and_is_not_told() -> None:
    assert house(called="Another house") == "1 entry as in a harmless case"


def test_no_entry_is_none() -> None:
    assert houses() == "none"


def test_a_list_is_called_by_its_name() -> None:
    assert words("borrower")["borrower"].question == "Borrowing house"


def test_what_a_table_states_is_asked_of_nobody() -> None:
    asked = words("loan.shipper", "loan.shipper_grade")
    assert {path: (one.question, one.is_asked) for path, one in asked.items()} == {
        "loan.shipper": ("Who carries it?", True),
        "loan.shipper_grade": ("Grade of the shipper", False),
    }


@pytest.mark.parametrize(
    ("points", "missing", "title"), [(9, 1, "sehr belastet"), (11, 39, "unsafe"), (60, None, None)]
)
def test_the_next_band_is_called_as_in_the_language(points: int, missing: int | None, title: str | None) -> None:
    next_band = None if missing is None else "strained"
    bands = (
        ToNextBand(
            dimension="object", least=0, points=points, band="sound", next_band=next_band, missing_points=missing
        ),
    )
    made = told(outlook(margins=Margins(bands=bands)), bands={"strained": "sehr belastet"})
    assert made.margins.bands[0].next_band == title
    assert made.margins.bands[0].band == {9: "noted", 11: "sehr belastet", 60: "unsafe"}[points]


def test_numbers_are_called_as_in_the_language() -> None:
    tips = (tip("band", "strained"), tip("parameter", "long_loan"), tip("points", "high"), tip("cap", "cap"))
    made = told(outlook(margins=Margins(tips=tips)), bands={"strained": "sehr belastet"})
    titles = ["sehr belastet", "Months from which a loan is long", "", ""]
    assert [one.title for one in made.margins.tips] == titles
