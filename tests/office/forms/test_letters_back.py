"""Letters with questions come back as questionnaires do: answers go into the case, what is wrong is told."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from risk_engine.engine.assess import assess
from risk_engine.engine.explain import explain
from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import in_language
from risk_engine.files.source import parse
from risk_engine.loading.case import case_of
from risk_engine.loading.criteria import read_criteria
from risk_engine.office.forms.everyone import letter_book
from risk_engine.office.forms.form import InvalidFormError
from risk_engine.office.forms.import_form import Request, import_forms
from risk_engine.report import written
from risk_engine.report.pages import Sender, view_of
from risk_engine.report.returned import DocumentMade, made_from
from risk_engine.report.word.fields import MADE_TAG, content_of, controls
from tests.asked import CASE, houses_are_asked
from tests.office.forms.people import tick, write

TEMPLATE = Path(__file__).parents[3] / "examples" / "templates" / "office-letter.docx"
OPEN = (
    ("night_watch: staffed", "night_watch: unknown"),
    ("fragility: delicate", "fragility: unknown"),
    ("hazards: [arsenic]", "hazards: unknown"),
    ("lux_hours: 40000", "lux_hours: unknown"),
    ("material: paper", "material: paper  # as the label says"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sets") / "loan-desk"
    houses_are_asked(place)
    return place


@pytest.fixture
def case(tmp_path: Path) -> Path:
    text = CASE.read_text("utf-8")
    for before, after in OPEN:
        assert before in text
        text = text.replace(before, after)
    file = tmp_path / "case.yaml"
    file.write_text(text, "utf-8")
    return file


def letter(case: Path, folder: Path, to: str, template: Path | None = None) -> bytes:
    criteria = read_criteria(folder)
    stated: Any = case_of(parse(case.read_text("utf-8"), "case", nulls=True), criteria)
    return written(view_of(explain(assess(stated, criteria), criteria), "questions", to=to), "docx", template)


def returned(content: bytes, file: Path, answers: dict[str, Any], *, beside: str = "") -> Path:
    """Fill in a letter: by the tags of its fields, or tick boxes where an answer is True."""
    made = Document(io.BytesIO(content))
    fields = dict(controls(made.element.body))
    for tag, value in {"start.by": "B. Keeper", "start.day": "2026-03-05", **answers}.items():
        if value is True:
            tick(fields[tag])
        else:
            write(fields[tag], value)
    if beside:
        made.paragraphs[-2].add_run(beside)
    made.save(str(file))
    return file


def imported(case: Path, folder: Path, *files: Path) -> Any:
    return import_forms(Request(list(files), str(folder)), case, case.read_bytes())


def lead(content: bytes, name: str) -> str:
    """Return how the tags of the fields of a question about the only entry it is asked of begin."""
    fields = dict(controls(Document(io.BytesIO(content)).element.body))
    made = made_from(content_of(fields[MADE_TAG]), DocumentMade)
    assert made is not None
    (number,) = [number for number, (asked, _options) in enumerate(made.questions) if asked == name]
    return next(tag for tag in fields if tag.startswith(f"{number}.")).rpartition(".")[0]


def tags(content: bytes) -> list[str]:
    return [tag for tag, _control in controls(Document(io.BytesIO(content)).element.body)]


@pytest.mark.parametrize("template", [None, TEMPLATE])
def test_answers_of_a_letter_go_into_the_case_and_comments_stay(
    case: Path, folder: Path, tmp_path: Path, template: Path | None
) -> None:
    to_conservator = letter(case, folder, "conservator", template)
    fragility, hazards = lead(to_conservator, "artwork.fragility"), lead(to_conservator, "artwork.hazards")
    answers = {f"{fragility}.a": "Brittle", f"{hazards}.o0": True, f"{hazards}.o2": True}
    fragile = returned(to_conservator, tmp_path / "conservator.docx", answers)
    house = returned(letter(case, folder, "borrower.harbour", template), tmp_path / "harbour.docx", {"0.1.a": "Nobody"})
    found = imported(case, folder, fragile, house)
    assert "fragility: brittle" in found.text
    assert re.search(r"hazards: \[arsenic, nitrate\]", found.text)
    assert "night_watch: empty" in found.text
    assert "# as the label says" in found.text
    assert "collected_by: B. Keeper" in found.text
    told = [one for one in found.warned if "conservator" in one or "harbour" in one]
    assert [one for one in told if "filled in after the day of the case, " not in one] == []
    assert len(told) == 1  # that both came later, and nothing else


def test_a_letter_in_german_comes_back_too(case: Path, folder: Path, tmp_path: Path) -> None:
    with in_language("de"):
        content = letter(case, folder, "borrower.harbour")
    back = returned(content, tmp_path / "harbour.docx", {"0.1.a": "Noch nicht bekannt", "start.remarks": "Morgen"})
    found = imported(case, folder, back)
    assert "night_watch: unknown" in found.text
    assert "Morgen" in found.text


def test_what_is_written_beside_the_fields_is_kept_and_told(case: Path, folder: Path, tmp_path: Path) -> None:
    content = letter(case, folder, "borrower.harbour")
    back = returned(content, tmp_path / "harbour.docx", {"0.1.a": "A guard"}, beside=" Call me first.")
    found = imported(case, folder, back)
    assert "Call me first." in found.text
    assert any("Call me first." in one for one in found.warned)


def test_every_wrong_field_is_told_with_its_place(case: Path, folder: Path, tmp_path: Path) -> None:
    content = letter(case, folder, "conservator")
    made = Document(io.BytesIO(content))
    fields = dict(controls(made.element.body))
    for tag in ("0.1.a", "1.1.a"):
        run = fields[tag].find(".//{*}sdtContent").iter("{*}t")
        next(run).text = "Perhaps"
        hint = fields[tag].find(".//{*}showingPlcHdr")
        hint.getparent().remove(hint)
    made.save(str(tmp_path / "wrong.docx"))
    with pytest.raises(InvalidFormError) as error:
        imported(case, folder, tmp_path / "wrong.docx")
    said = str(error.value)
    assert said.count("wrong.docx: table 1, row") >= 2
    assert "“Perhaps” is not among the answers" in said


def test_of_several_letters_in_one_document_none_comes_back(case: Path, folder: Path) -> None:
    criteria = read_criteria(folder)
    stated: Any = case_of(parse(case.read_text("utf-8"), "case", nulls=True), criteria)
    shown = view_of(explain(assess(stated, criteria), criteria), "questions")
    assert len(shown.sections) > 1
    assert tags(written(shown, "docx")) == []


def test_as_a_workbook_a_letter_asks_the_same_and_comes_back(case: Path, folder: Path, tmp_path: Path) -> None:
    criteria = read_criteria(folder)
    stated: Any = case_of(parse(case.read_text("utf-8"), "case", nulls=True), criteria)
    record = assess(stated, criteria)
    shown = view_of(explain(record, criteria), "questions", to="borrower.harbour")
    file = tmp_path / "harbour.xlsx"
    file.write_bytes(letter_book(record, criteria, shown, Sender("A. Registrar", "desk@museum.example")))
    book = load_workbook(file)
    assert "From: A. Registrar" in [one.value for one in book["Start"]["B"]]
    (sheet,) = [one for one in book.worksheets if str(one["A1"].value).startswith("part ")]
    rows = {str(one.value): one.row for one in sheet["A"]}
    sheet.cell(rows["borrower.night_watch"], 3).value = "Nobody"
    start = {str(one.value): one.row for one in book["Start"]["A"]}
    book["Start"].cell(start["by"], 3).value = "B. Keeper"
    book["Start"].cell(start["day"], 3).value = "2026-03-05"
    book.save(file)
    assert "night_watch: empty" in imported(case, folder, file).text
    several = view_of(explain(record, criteria), "questions")
    with pytest.raises(RiskEngineError, match="name one of those who are asked with `--to`"):
        letter_book(record, criteria, several, Sender())


def test_a_workbook_of_a_letter_asks_nothing_else_where_a_list_is_open(case: Path, folder: Path) -> None:
    text = case.read_text("utf-8")
    case.write_text(text[: text.index("artwork:")], "utf-8")
    criteria = read_criteria(folder)
    stated: Any = case_of(parse(case.read_text("utf-8"), "case", nulls=True), criteria)
    record = assess(stated, criteria)
    shown = view_of(explain(record, criteria), "questions", to="borrower.harbour")
    book = load_workbook(io.BytesIO(letter_book(record, criteria, shown, Sender())))
    assert [one.title for one in book.worksheets if one.sheet_state == "visible"] == ["Start", "Borrowing house"]
