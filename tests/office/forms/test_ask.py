"""Who is asked what, in which words: the plan of a questionnaire."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from risk_engine.engine.resolve import resolve
from risk_engine.files.diagnostics import MissingExtraError, RiskEngineError
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.office.forms.export_form import Known, form_for
from risk_engine.office.forms.form import (
    Form,
    Question,
)
from risk_engine.report.returned import (
    NOT_KNOWN,
)
from tests.cli.running import EXAMPLES, LOAN, LOAN_CASE, LOAN_DESK, ROOT, done, refused
from tests.engine.builder import DAY, criteria_from
from tests.versions import newest

LIBRARY_READERS = tuple(f"risk_engine.office.forms.{one}" for one in ("xlsx", "docx", "book"))
DESK = load_criteria(str(LOAN_DESK))
FULL = newest("reconnect-china")
BOTH = pytest.mark.parametrize("criteria", [DESK, FULL], ids=["foreign", "shipped"])


def questions(form: Form) -> list[Question]:
    return [one for part in form.parts for one in part.questions]


def known(criteria: Criteria, path: Path) -> Known:
    case = load_case(path, criteria)
    assert case.assessment_date is not None
    return Known(case, resolve(case, criteria, case.assessment_date))


@BOTH
def test_every_question_of_a_set_is_asked_of_exactly_one_person(criteria: Criteria) -> None:
    everybody = {one.name for one in questions(form_for(criteria, None))}
    labels = set(criteria.head.roles.label.values())
    asked: list[str] = []
    for role in criteria.head.asked_of:
        asked += [one.name for one in questions(form_for(criteria, role)) if one.name not in labels]
    assert sorted(asked) == sorted(everybody)
    facts = {
        f"{name}.{short}"
        for name, entity in criteria.entities.items()
        for short, fact in entity.facts.items()
        if getattr(fact, "from_", None) is None
    }
    assert facts - labels == everybody
    for role in criteria.head.asked_of:
        assert all(criteria.fact(one.name).asked_of == role for one in questions(form_for(criteria, role)))


@BOTH
def test_titles_of_a_question_differ_whatever_the_set_calls_them(criteria: Criteria) -> None:
    for one in questions(form_for(criteria, None)):
        titles = [title.casefold() for _, title in one.choices]
        assert len(set(titles)) == len(titles)
        assert NOT_KNOWN.casefold() not in titles


@pytest.mark.parametrize(
    ("alone", "asked"),
    [
        ("false", {}),
        ("true", {"trip.why": "why?"}),
        ("unknown", {"trip.alone": "alone?", "trip.why": "why?\nOnly if “alone?” is yes."}),
    ],
)
def test_a_text_on_a_condition_is_asked_where_that_holds_and_with_its_condition_where_it_is_open(
    alone: str, asked: dict[str, str], tmp_path: Path
) -> None:
    facts = (
        "trip: {facts: {alone: {type: boolean}, why: {type: text, ask_when: {fact: trip.alone, is: true}}, "
        "days: {type: integer, range: [0, 99]}}}"
    )
    criteria_from(tmp_path / "toy", facts=facts)
    case = tmp_path / "case.yaml"
    head = f"criteria: {tmp_path / 'toy'}\nid: c\ntitle: C\nassessment_date: {DAY}\n"
    case.write_text(f"{head}trip: {{alone: {alone}, days: 3}}\n", "utf-8")
    write = ("case", "questions", case, "--for", "office", "--format", "xlsx", "--out", tmp_path / "sent")
    if not asked:
        assert refused(*write).splitlines()[0] == "nobody who is called `office` has a question to answer"
        return
    done(*write)
    rows = load_workbook(tmp_path / "sent" / "questions-office.xlsx").worksheets[1].iter_rows(values_only=True)
    assert {str(name): str(text) for name, text, *_more in rows if str(name).startswith("trip.")} == asked


def test_options_that_read_the_same_are_told_apart() -> None:
    fact = DESK.fact("loan.occasion")
    options = {"display": "A show", "close_study": "a  SHOW", "sale_preview": "Not known yet"}
    entities = {**DESK.entities}
    loan = entities["loan"]
    entities["loan"] = loan.model_copy(
        update={"facts": {**loan.facts, "occasion": fact.model_copy(update={"options": options})}}
    )
    found = next(
        one
        for one in questions(form_for(DESK.model_copy(update={"entities": entities}), None))
        if one.name == "loan.occasion"
    )
    assert [title for _, title in found.choices] == [
        "A show [display]",
        "a SHOW [close_study]",
        "Not known yet [sale_preview]",
    ]


def test_only_if_says_in_the_words_of_the_questions_when_to_answer() -> None:
    only_if = {one.name: one.only_if for one in questions(form_for(DESK, None)) if one.only_if}
    assert only_if == {
        "artwork.lux_hours": "Only if “What is it made of?” is one of “Paper”, “Textile”.",
        "artwork.papers": "Only if “When did the house acquire it?” is at most 1945-05-08.",
    }
    assert not [one for one in questions(form_for(FULL, None)) if "`" in one.only_if or "`" in " ".join(one.notes)]


def test_help_says_how_to_answer_and_what_would_prove_it() -> None:
    notes = {one.name: one.notes for one in questions(form_for(DESK, None))}
    assert notes["artwork.hazards"] == (
        "Choose all that apply. If none does, choose “None of these”.",
        "What would prove it: Laboratory report",
    )
    assert notes["loan.months"] == ("A whole number from 1 to 60.",)
    assert notes["loan.opens_on"] == ("A date like 2026-01-31.",)
    assert notes["loan.paperwork"] == ("Look into the file, not into the mail.", "What would prove it: The contract")


def test_entries_of_a_case_are_named_and_there_is_room_for_more() -> None:
    form = form_for(DESK, "conservator", known=known(DESK, LOAN_CASE))
    borrower = next(one for one in form.parts if one.entity == "borrower")
    assert [(one.id, one.label) for one in borrower.entries] == [
        ("harbour", "Harbour Museum"),
        ("plain", "House on the Plain"),
    ]
    assert (borrower.room, borrower.asks_whether) == (1, False)
    assert (form.case_id, form.case_title) == ("L-2026-07", "Fans of the old court")


def test_only_the_entries_that_are_named_are_asked_about() -> None:
    case = known(DESK, LOAN_CASE)
    form = form_for(DESK, "conservator", known=case, only=["artwork.portrait"])
    artwork = next(one for one in form.parts if one.entity == "artwork")
    assert ([one.id for one in artwork.entries], artwork.room) == (["portrait"], 0)
    # The portrait is oil on canvas, of which nobody asks for lux hours.
    assert "artwork.lux_hours" not in [one.name for one in artwork.questions]
    fan = form_for(DESK, "conservator", known=case, only=["artwork.fan"])
    assert "artwork.lux_hours" in [one.name for one in questions(fan)]


def test_what_need_not_be_asked_is_left_out_once_the_case_says_so() -> None:
    case = known(FULL, EXAMPLES / "lung-imaging.yaml")
    asked = [one.name for one in questions(form_for(FULL, "researcher", known=case))]
    assert "collaboration.unequal_access" not in asked
    assert "collaboration.end" in asked
    assert "collaboration.unequal_access" in [one.name for one in questions(form_for(FULL, "researcher"))]


def test_without_a_date_everything_is_asked() -> None:
    case = replace(known(FULL, EXAMPLES / "lung-imaging.yaml"), facts=None)
    asked = [one.name for one in questions(form_for(FULL, "researcher", known=case))]
    assert "collaboration.unequal_access" in asked


# --- at the command line ---


def test_a_questionnaire_never_goes_to_a_terminal_or_over_a_file(tmp_path: Path) -> None:
    assert refused("case", "new", *LOAN, "--format", "xlsx") == (
        "a questionnaire is written into a file\n  help: name one, like partner.xlsx\n"
    )
    (tmp_path / "a.xlsx").write_text("work")
    assert "is there already" in refused("case", "new", tmp_path / "a.xlsx", *LOAN)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.xlsx", "--for", "registrer"], "nobody is called `registrer` in this set\n  help: did you mean `reg"),
        (["a.xlsx", "--entry", "artwork.fan"], "the case has no entry `artwork.fan`\n  help: write `ENTITY.ID` of an"),
        (["a.xlsx", "--from", LOAN_CASE, "--entry", "artwork.fam"], "help: did you mean `artwork.fan`?"),
        (["a.xlsx", "--from", LOAN_CASE, "--entry", "loan"], "the case has no entry `loan`"),
        (["a.yaml", "--for", "registrar"], "`--for`, `--from`, `--entry` and `--room` are for questionnaires"),
        (["a.yaml", "--format", "xlsx"], "a.yaml: a name that ends in .xlsx is needed"),
        (["a.docx", "--format", "xlsx"], "a.docx ends in .docx, and `--format xlsx` is asked for"),
        (["a.xlsx", "--format", "yaml"], "a.xlsx ends in .xlsx, and `--format yaml` is asked for"),
        (["a.pdf"], "a.pdf: this cannot be written as .pdf\n  help: endings that are known: .yaml, .xlsx, .docx"),
        (["a.xlsx", "--from", "nowhere.yaml"], "nowhere.yaml:1:1: there is no such file"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_refused_with_the_way_out(
    arguments: list[str | Path], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in refused("case", "new", *arguments, *LOAN)
    assert list(tmp_path.iterdir()) == []


def test_everybody_who_can_be_asked_is_named() -> None:
    with pytest.raises(RiskEngineError, match=r"help: known: `researcher`, .*, `management`$"):
        form_for(FULL, "zzz")


def test_a_person_with_no_question_gets_no_form() -> None:
    head = DESK.head.model_copy(update={"asked_of": {**DESK.head.asked_of, "guard": "The guard"}})
    with pytest.raises(RiskEngineError, match="there is no question for The guard"):
        form_for(DESK.model_copy(update={"head": head}), "guard")


def test_a_case_that_answers_what_others_close_makes_a_form(tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    text = LOAN_CASE.read_text("utf-8").replace("    hazards: []\n", "    hazards: []\n    lux_hours: 5\n")
    case.write_text(text, "utf-8")
    done("case", "new", tmp_path / "a.xlsx", "--from", case, *LOAN)
    facts = known(DESK, case).facts
    assert facts is not None
    assert facts.superfluous


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_without_the_libraries_the_way_out_is_said(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.startswith(LIBRARY_READERS)]:
        monkeypatch.delitem(sys.modules, name)
    done("case", "new", tmp_path / f"a.{kind}", *LOAN)
    for name in [one for one in sys.modules if one.startswith(LIBRARY_READERS)]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("openpyxl", "docx"):
        monkeypatch.setitem(sys.modules, name, None)
    said = f"{MissingExtraError('questionnaires need two libraries that are not installed', 'office')}\n"
    assert refused("case", "new", tmp_path / f"b.{kind}", *LOAN) == said
    assert refused("case", "import", tmp_path / f"a.{kind}", "--into", tmp_path / "c.yaml", *LOAN) == said


@pytest.mark.nightly
def test_a_plain_assessment_imports_no_office_library() -> None:
    code = (
        "import sys; from risk_engine.cli import main; sys.argv = ['risk-engine', 'assess', sys.argv[1]]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([one for one in ('openpyxl', 'docx', 'lxml') if one in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(EXAMPLES / "boreal-carbon.yaml")]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert found.stdout.splitlines()[-1] == "[]"
