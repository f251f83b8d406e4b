"""All questionnaires of a case at once: to each the own open questions, and no name of anybody else in any of them."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from risk_engine.office.forms.everyone import Letter, everyone
from risk_engine.office.forms.export_form import written_form
from risk_engine.office.forms.form import (
    Form,
    InvalidFormError,
)
from risk_engine.office.forms.import_form import Request, import_forms
from risk_engine.report.pages import NOBODY, Sender
from risk_engine.report.returned import (
    hides,
)
from tests.asked import CASE, houses_are_asked
from tests.office.forms.people import Person, fill_document, fill_workbook
from tests.strategies import by_turns

DAY = date(2026, 3, 2)
HOUSES = """borrower:
  - {id: volt, called: Volt Hall, seat: NO}
  - {id: jade, called: Jade Pavilion, seat: NO}
  - {id: hanbit, called: Hanbit Rooms, seat: NO}
  - {id: nordlys, called: Nordlys Vault, seat: NO}

artwork:
  - {id: fan, called: Fan with cranes, goes_to: volt}
  - {id: of-jade, called: Scroll from the Pavilion, goes_to: hanbit}
  - {id: stone, called: Stone, goes_to: jade}
  - {id: cup, called: Cup}

"""
NAMES = {
    "borrower.volt": {"volt", "crane", "cranes", "fan"},
    "borrower.jade": {"jade", "pavilion", "stone", "scroll"},
    "borrower.hanbit": {"hanbit"},
    "borrower.nordlys": {"nordlys", "vault"},
}
"""Words that tell of each house; the scroll goes to Hanbit, but is called after the Pavilion."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sets") / "loan-desk"
    houses_are_asked(place)
    return place


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Return a case of four houses; its id names one of them, its title another, evidence and notes tell of both."""
    text = CASE.read_text("utf-8")
    more = "evidence:\n  - {for: [borrower.volt.seat], kind: registry, reference: VOLT-REG-7, date: 2026-01-12}\n"
    text = text[: text.index("borrower:")] + HOUSES + more + "notes: Jade pays for the crates.\n"
    text = text.replace("id: L-2026-07", "id: JADE-2026").replace("Fans of the old court", "Fans for Volt Hall")
    file = tmp_path / "case.yaml"
    file.write_text(text, "utf-8")
    return file


def sent(case: Path, folder: Path, kind: str = "docx", sender: Sender = NOBODY) -> dict[str, Letter]:
    return {one.key: one for one in everyone(kind, case, sender, criteria=str(folder), on=None, today=DAY).letters()}


def words_in(content: bytes) -> set[str]:
    """Return every word of a file, of what is shown and what is not."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return {one.casefold() for one in re.findall(r"[^\W\d_]+", f"{text} {re.sub('<[^>]+>', '', text)}")}


def test_each_house_gets_its_own_questions_and_everybody_else_one_questionnaire(case: Path, folder: Path) -> None:
    letters = sent(case, folder)
    assert set(letters) == {*NAMES, "borrower:other", "registrar", "conservator"}
    own = {
        key: [(part.entity, [one.label for one in part.entries]) for part in one.form.parts]
        for key, one in letters.items()
    }
    assert own["borrower.volt"] == [("borrower", ["Volt Hall"]), ("artwork", ["Fan with cranes"])]
    assert own["borrower.nordlys"] == [("borrower", ["Nordlys Vault"])]
    assert own["borrower:other"] == [("artwork", ["Cup"])]
    assert letters["borrower.volt"].questions == 2
    assert letters["borrower.volt"].stem == "borrower-volt"


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
@pytest.mark.parametrize("key", by_turns(NAMES, 4))
def test_no_word_of_another_house_its_objects_evidence_or_money_is_in_a_questionnaire(
    case: Path, folder: Path, kind: str, key: str
) -> None:
    said = words_in(written_form(kind, sent(case, folder, kind)[key].form))
    others = {word for house, words in NAMES.items() if house != key for word in words}
    assert said & (others | {"reg", "crates"}) == set()
    assert NAMES[key] & said
    assert ("pavilion" in said) == (key == "borrower.jade")


def test_what_is_answered_is_not_asked_again(case: Path, folder: Path) -> None:
    case.write_text(
        case.read_text("utf-8").replace("Volt Hall, seat: NO", "Volt Hall, seat: NO, night_watch: empty"), "utf-8"
    )
    form = sent(case, folder)["borrower.volt"].form
    assert [part.entity for part in form.parts] == ["artwork"]


@pytest.mark.parametrize("fill", [fill_document, fill_workbook])
def test_what_is_answered_of_one_entry_has_no_field_there_and_none_is_missed(
    case: Path, folder: Path, tmp_path: Path, fill: Callable[[Form, Person, Path], Path]
) -> None:
    kind = "docx" if fill is fill_document else "xlsx"
    case.write_text(case.read_text("utf-8").replace("Volt Hall, seat", "Volt Hall, climate: steady, seat"), "utf-8")
    letter = sent(case, folder, kind)["conservator"]
    form = letter.form
    (houses,) = [one for one in form.parts if one.entity == "borrower"]
    assert houses.answered == {("volt", "borrower.climate")}
    back = fill(
        form, Person({"borrower.4.climate": "steady", "borrower.1.damages": 2}, day=DAY), tmp_path / f"b.{kind}"
    )
    text = import_forms(Request([back], str(folder), None), case, case.read_bytes()).text
    assert re.search(r"id: nordlys.*climate: steady", text)
    with pytest.raises((AssertionError, KeyError)):
        fill(form, Person({"borrower.1.climate": "drifting"}), tmp_path / f"c.{kind}")


def test_a_list_that_nobody_has_filled_in_is_asked_of_who_gives_the_names(case: Path, folder: Path) -> None:
    text = case.read_text("utf-8")
    case.write_text(text[: text.index("borrower:")], "utf-8")
    letters = sent(case, folder)
    assert set(letters) == {"registrar"}
    assert {one.entity: one.room for one in letters["registrar"].form.parts} == {"loan": 0, "borrower": 3, "artwork": 3}
    found = everyone("docx", case, NOBODY, criteria=str(folder), on=None, today=DAY)
    assert list(found.not_named()) == ["borrower", "artwork"]


def test_who_sends_it_by_when_and_where_to_stand_on_the_first_page(case: Path, folder: Path) -> None:
    sender = Sender("A. Vogel", "office@uni.example", date(2026, 4, 1))
    for kind in ("docx", "xlsx"):
        said = words_in(written_form(kind, sent(case, folder, kind, sender)["borrower.volt"].form))
        assert {"vogel", "office", "uni", "april"} <= said


@pytest.mark.parametrize("fill", by_turns([fill_workbook, fill_document], 2))
def test_answers_come_back_to_the_case_also_from_a_questionnaire_that_hides_its_id(
    case: Path, folder: Path, tmp_path: Path, fill: Callable[[Form, Person, Path], Path]
) -> None:
    kind = "docx" if fill is fill_document else "xlsx"
    form = sent(case, folder, kind)["borrower.hanbit"].form
    assert form.case_id is not None
    assert hides(form.case_id)
    assert hides(form.parts[1].entries[0].id)
    answers = {"borrower.1.night_watch": "empty", "artwork.1.lux_hours": 700}
    back = fill(form, Person(answers, day=DAY), tmp_path / f"back.{kind}")
    request = Request([back], str(folder), None)
    text = import_forms(request, case, case.read_bytes()).text
    assert re.search(r"id: hanbit.*night_watch: empty", text)
    assert re.search(r"id: of-jade.*lux_hours: 700", text)
    case.write_text(case.read_text("utf-8").replace("JADE-2026", "JADE-2027"), "utf-8")
    with pytest.raises(InvalidFormError, match="this questionnaire is about the case `…`"):
        import_forms(request, case, case.read_bytes())
