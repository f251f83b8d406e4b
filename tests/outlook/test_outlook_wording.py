"""The words of an outlook: what entries say, what bands and numbers are called, and what nobody is asked."""

from typing import Any

from risk_engine.loading.case_tests import base_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.outlook import Asked, Change, ExplainedOutlook, answer_key
from risk_engine.outlook.wording import explain_outlook
from tests.cli.running import LOAN_DESK
from tests.report.outlook.samples import between, down, outlook, possible, question, record, way

DESK = LOAN_DESK / "1.0.0"


def told(made: ExplainedOutlook, **renamed: dict[str, str]) -> ExplainedOutlook:
    """Return an outlook with the words of the loan desk, some of its bands renamed as a translation does."""
    desk = read_criteria(DESK)
    severity = desk.head.severity.model_copy(update={"titles": desk.head.severity.titles | renamed.get("bands", {})})
    named = desk.model_copy(update={"head": desk.head.model_copy(update={"severity": severity})})
    return explain_outlook(record(made), named, base_case(desk)[1], "en")


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


def test_bands_and_parameters_are_called_as_in_the_language() -> None:
    made = told(outlook(), bands={"strained": "sehr belastet"})
    assert made.bands["strained"] == "sehr belastet"
    assert made.bands["quiet"] == "quiet"
    assert made.parameters["long_loan"] == "Months from which a loan is long"
