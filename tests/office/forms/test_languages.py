"""Questionnaires in German: the same answers make the same case, whatever language form and command speak."""

import io
import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from risk_engine.files.language import in_language
from risk_engine.files.sheets import LISTS
from risk_engine.files.source import parse
from risk_engine.loading.criteria import load_criteria
from risk_engine.loading.translation import criteria_in_words
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import IntegerFact
from risk_engine.office.forms.answers import Given, WrongError, answers_of
from risk_engine.office.forms.answers import given as answer_of
from risk_engine.office.forms.case_record import Under
from risk_engine.office.forms.docx_form import (
    document,
)
from risk_engine.office.forms.export_form import form_for
from risk_engine.office.forms.form import (
    Cell,
    Field,
)
from risk_engine.office.forms.merge import Preference, merged
from risk_engine.office.forms.xlsx_write import MADE, workbook
from risk_engine.report.blank_case import blank_case
from risk_engine.report.returned import (
    ENGLISH_WORDS,
    NOT_KNOWN,
    Made,
    Words,
    made_from,
)
from tests.cli.running import run
from tests.engine.builder import LOAN_DESK, SHIPPED
from tests.office.forms.people import Person, Unsure, fill_workbook
from tests.office.forms.test_round_trip import KINDS, hostile, person_of, texts
from tests.strategies import RuleSet, cases_of, rule_sets

FULL = load_criteria(str(SHIPPED))
DESK = load_criteria(str(LOAN_DESK))
with in_language("de"):
    GERMAN = Words.now()


def stated(kind: str, criteria: Criteria, person: Person, form_speaks: str, command_speaks: str) -> Any:
    """Return what a case states after a form in one language was read by a command in another one."""
    fill, read = KINDS[kind]
    with in_language(form_speaks):
        form = form_for(criteria_in_words(criteria), None, room=3)
    assert form.words.language == form_speaks
    with tempfile.TemporaryDirectory() as folder:
        filled_in = fill(form, person, Path(folder) / f"a.{kind}")
        with in_language(command_speaks):
            paper = read(filled_in)
            filled, problems = answers_of(paper, criteria)
            assert (problems, filled.left if filled else None) == ([], [])
            assert filled is not None
            result = merged(
                parse(blank_case(criteria), "case.yaml", nulls=True),
                [filled],
                Under(criteria, date(2026, 11, 20)),
                Preference(),
            )
    assert result.contradictions == []
    # The form that came back is another file, so its SHA-256 is another one.
    evidence = [{**one, "sha256": ""} for one in result.record.data["evidence"]]
    return {**result.record.data, "evidence": evidence}


@pytest.mark.nightly
@pytest.mark.hypothesis
@pytest.mark.parametrize(("kind", "share"), [("xlsx", 8), pytest.param("docx", 16, marks=pytest.mark.nightly)])
def test_random_answers_make_the_same_case_in_every_language(kind: str, share: int) -> None:
    @settings(max_examples=settings().max_examples // share, deadline=None, phases=[Phase.reuse, Phase.generate])
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        rules: RuleSet = data.draw(rule_sets())
        person = person_of(
            data.draw(cases_of(rules.criteria)),
            rules.criteria,
            lambda number: data.draw(st.integers(0, number - 1)),
            lambda: data.draw(texts | hostile),
        )
        english = stated(kind, rules.criteria, person, "en", "en")
        command = data.draw(st.sampled_from(["en", "de"]))
        assert stated(kind, rules.criteria, person, "de", command) == english

    holds()


@pytest.mark.parametrize("kind", ["xlsx", pytest.param("docx", marks=pytest.mark.nightly)])
@pytest.mark.parametrize(("command", "pick"), [pytest.param("en", 0, marks=pytest.mark.nightly), ("de", -1)])
def test_every_answer_of_the_shipped_set_is_read_from_its_german_title(kind: str, command: str, pick: int) -> None:
    """Each question once for the first and once for the last of its answers, and once as unsure or not known."""
    said: dict[str, Any] = {}
    for part in form_for(FULL, None, room=1).parts:
        lead = part.entity if part.many is None else f"{part.entity}.1"
        for number, one in enumerate((*part.questions, *([part.label] if part.label else []))):
            options = [name for name, _ in one.choices]
            value = {
                "one": (options[pick] == "true") if FULL.fact(one.name).type == "boolean" else None,
                "several": tuple(options[pick:]) if pick else (),
                "integer": one.range[pick],
                "date": date(2027, 4, 1),
                "text": f"About {one.short}",
            }[one.kind]
            value = options[pick] if value is None else value
            has_mark = one is not part.label
            said[f"{lead}.{one.short}"] = Unsure(value) if has_mark and number % 3 == 2 else value
            if has_mark and number % 5 == 4:
                said[f"{lead}.{one.short}"] = NOT_KNOWN
    person = Person(said)
    assert stated(kind, FULL, person, "de", command) == stated(kind, FULL, person, "en", "en")


def test_a_german_form_says_everything_in_german() -> None:
    with in_language("de"):
        form = form_for(criteria_in_words(FULL), "researcher", room=1)
    asked = [one for part in form.parts for one in part.questions]
    english = {one.text for part in form_for(FULL, "researcher", room=1).parts for one in part.questions}
    assert [one.text for one in asked if one.text in english] == []
    assert form.language == "de"
    assert form.role_title == "Projektleitung"
    assert {dict(one.choices)["true"] for one in asked if "true" in dict(one.choices)} == {"Ja"}


def test_a_form_notes_the_words_that_it_offers_unless_they_are_english(tmp_path: Path) -> None:
    for language, words in (("en", None), ("de", {**vars(GERMAN)})):
        with in_language(language):
            form = form_for(DESK, "registrar", room=1)
        (tmp_path / "a.xlsx").write_bytes(workbook(form))
        noted = json.loads(str(load_workbook(tmp_path / "a.xlsx")[MADE]["A1"].value))
        assert noted.get("words") == words
    assert GERMAN.language == "de"
    assert (GERMAN.not_known, GERMAN.yes) == ("Noch nicht bekannt", "Ja")


def made(words: Words = ENGLISH_WORDS) -> Made:
    return Made(questionnaire=1, set_id="desk", version="1.0.0", digest="0" * 64, confidential=(), words=words)


def test_a_form_without_a_note_is_english() -> None:
    read = made_from(made().text(), Made)
    assert read is not None
    assert read.words == ENGLISH_WORDS


@pytest.mark.parametrize(
    "words",
    [
        "deutsch",
        {**vars(GERMAN), "yes": 1},
        {**vars(GERMAN), "no": "Ja"},  # one word for two things
        {**vars(GERMAN), "unsure": " noch  NICHT bekannt"},
        {**vars(GERMAN), "unsure": ""},
    ],
)
def test_words_that_cannot_be_told_apart_make_no_questionnaire(words: Any) -> None:
    text = json.loads(made(GERMAN).text())
    assert made_from(json.dumps(text), Made) is not None
    assert made_from(json.dumps({**text, "words": words}), Made) is None


def test_a_note_of_a_later_version_is_understood() -> None:
    text = json.loads(made(GERMAN).text())
    text["words"]["perhaps"] = "Vielleicht"
    del text["words"]["usual"]
    read = made_from(json.dumps(text), Made)
    assert read is not None
    assert read.words == GERMAN.model_copy(update={"usual": ENGLISH_WORDS.usual})


FACT = FULL.fact("collaboration.open_ended")


def said(value: str, mark: str | None = None) -> Given | None:
    """Return what an answer in the German form means, as somebody typed it."""
    titles = {"Ja": "true", "Nein": "false"}
    cell = None if mark is None else Cell(mark, "a.xlsx: Kooperation!D5")
    return answer_of(Field(Cell(value, "a.xlsx: Kooperation!C5"), cell, titles=titles), FACT, FULL, GERMAN)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("ja", True), ("NEIN", False), ("Yes", True), ("no", False), ("true", True), ("false", False)],
)
def test_german_and_english_words_are_understood_in_a_german_form(typed: str, value: bool) -> None:
    found = said(typed)
    assert found is not None
    assert found.value is value


@pytest.mark.parametrize(
    "typed",
    ["noch nicht bekannt", "Weiß nicht", "weiss nicht", "unbekannt", "?", "unknown", "Not known yet", "don’t know"],
)
def test_who_does_not_know_is_never_taken_to_say_no(typed: str) -> None:
    found = said(typed)
    assert found is not None
    assert found.value is None


@pytest.mark.parametrize("mark", ["Unsicher", "unsicher", "Unsure"])
def test_doubt_is_understood_in_both_languages(mark: str) -> None:
    found = said("Ja", mark)
    assert found is not None
    assert (found.value, found.unsure) == (True, True)


def test_a_word_of_the_form_is_named_in_its_language_whatever_the_command_speaks() -> None:
    number = IntegerFact(type="integer", range=(1, 9), question="?", asked_of="x")
    for language, message in (("en", "“zehn” is no whole number"), ("de", "„zehn“ ist keine ganze Zahl")):
        with in_language(language), pytest.raises(WrongError, match=message) as error:
            answer_of(Field(Cell("zehn", "a.xlsx")), number, FULL, GERMAN)
        assert "Noch nicht bekannt" in error.value.help


@pytest.mark.nightly
def test_a_german_form_goes_out_and_comes_back_by_command(here: Path) -> None:
    assert run("case", "new", "a.docx", "--for", "researcher", "--lang", "de").code == 0
    text = "\n".join(one.text for one in Document("a.docx").paragraphs)
    assert "Fragen an: Projektleitung" in text
    with in_language("de"):
        form = form_for(criteria_in_words(FULL), "researcher", room=1)
    fill_workbook(form, Person({"collaboration.open_ended": True}), here / "a.xlsx")
    english = run("case", "import", "a.xlsx", "--into", "one.yaml")
    german = run("case", "import", "a.xlsx", "--into", "two.yaml", "--lang", "de")
    assert (english.code, german.code) == (0, 0), (english, german)
    assert (
        english.out
        == "a.xlsx: filled in by A. Person on 2026-11-20: 1 answer taken, 0 of them unsure; 0 not known yet\n"
    )
    assert german.out == (
        "a.xlsx: ausgefüllt von A. Person am 2026-11-20: 1 Antwort übernommen, davon 0 unsicher; 0 noch nicht bekannt\n"
    )
    states = [parse((here / one).read_text("utf-8"), one, nulls=True).data for one in ("one.yaml", "two.yaml")]
    assert {**states[0], "id": ""} == {**states[1], "id": ""}
    assert states[0]["collaboration"]["open_ended"] is True


@pytest.mark.nightly
def test_a_title_of_todays_translation_is_understood_in_an_older_german_form(here: Path) -> None:
    """The form offered another word for the answer; the person wrote the one that newer forms offer."""
    name = "collaboration.public_benefit"
    with in_language("de"):
        form = form_for(criteria_in_words(FULL), "researcher", room=1)
        title = criteria_in_words(FULL).fact(name).options["high"]  # type: ignore[union-attr]
    fill_workbook(form, Person({name: "high"}), here / "a.xlsx")
    book = load_workbook("a.xlsx")
    for row in book[LISTS].iter_rows():
        for cell in row:
            cell.value = "Früheres Wort" if cell.value == title else cell.value
    book.save("a.xlsx")
    assert run("case", "import", "a.xlsx", "--into", "one.yaml").code == 0
    stated = parse((here / "one.yaml").read_text("utf-8"), "one.yaml", nulls=True).data
    assert stated["collaboration"]["public_benefit"] == "high"


@pytest.mark.parametrize(("language", "spoken", "calendar"), [("en", "en-US", "en-GB"), ("de", "de-DE", "de-DE")])
def test_a_document_says_in_which_language_it_is(language: str, spoken: str, calendar: str) -> None:
    with in_language(language):
        form = form_for(criteria_in_words(FULL), "researcher", room=1)
    made = Document(io.BytesIO(document(form)))
    assert made.core_properties.language == language
    assert [one.get(qn("w:val")) for one in made.styles.element.iter(qn("w:lang"))] == [spoken]
    assert {one.get(qn("w:val")) for one in made.element.body.iter(qn("w:lid"))} == {calendar}
