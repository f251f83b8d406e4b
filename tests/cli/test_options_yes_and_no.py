"""Options may be called yes and no: files, commands, workbooks, letters and the interview take them as the words."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from risk_engine.loading.criteria import load_criteria
from risk_engine.office.forms.export_form import form_for
from tests.cli.running import LOAN_CASE, LOAN_DESK, done, run, run_with
from tests.editing import edit
from tests.office.forms.people import Person, fill_document, fill_workbook

ON = ("--on", "2026-03-02")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the loan desk with `yes` and `no` for who has signed; the words stand without quotes, as people write."""
    folder = Path(shutil.copytree(LOAN_DESK / "1.0.0", tmp_path_factory.mktemp("sets") / "desk"))
    signed = "{signed_both: Both houses, signed_here: Our house only, unsigned: Nobody}"
    edit(folder / "facts.yaml", signed, "{yes: Yes, no: No, unsigned: Not by us}")
    edit(folder / "indicators" / "title.yaml", "at_least: signed_here", "at_least: no")
    edit(folder / "controls.yaml", "is: signed_both", "is: yes")
    edit(folder / "cases.yaml", "paperwork: signed_both", "paperwork: yes")
    return folder


@pytest.fixture
def case(own: Path, tmp_path: Path) -> Path:
    file = edit(LOAN_CASE, "criteria: loan-desk", f"criteria: {own}", to=tmp_path / "case.yaml")
    return edit(file, "paperwork: signed_here", "paperwork: no")


def paperwork(file: Path) -> object:
    """Return the answer as another reader of YAML takes it, to which a bare `no` would be false."""
    return yaml.safe_load(file.read_text("utf-8"))["loan"]["paperwork"]


def test_the_set_is_right_and_its_cases_pass(own: Path) -> None:
    assert run("criteria", "check", own).code == 0
    assert "0 failed" in done("criteria", "test", own)


def test_a_case_a_record_and_a_report_say_the_words(case: Path, tmp_path: Path) -> None:
    record = tmp_path / "a.json"
    assert run("assess", case, "--format", "json", "-o", record).code == 0
    assert json.loads(record.read_text("utf-8"))["case"]["loan"]["paperwork"] == "no"
    assert "same: the assessment comes out again to the byte" in run("verify", record).out
    assert "The contract was signed by: No." in done("report", record, "--format", "md")


def test_a_command_writes_the_word_in_quotes_for_every_reader(case: Path) -> None:
    assert "loan.paperwork: no -> yes" in done("case", "set", case, "loan.paperwork", "yes")
    assert paperwork(case) == "yes"


@pytest.mark.parametrize("typed", ["yes", "Yes", "1"])
def test_the_interview_takes_the_word(typed: str, case: Path) -> None:
    edit(case, "  paperwork: no\n", "")
    edit(case, "  - {for: [loan.paperwork], kind: contract, reference: C-12, date: 2026-02-01}\n", "")
    shown = run_with([typed, "q"], "interview", case)
    assert "Who has signed the contract?" in shown.out, shown
    assert paperwork(case) == "yes"


@pytest.mark.nightly
@pytest.mark.parametrize(("fill", "name"), [(fill_workbook, "a.xlsx"), (fill_document, "a.docx")])
def test_a_questionnaire_brings_the_word_back(fill: object, name: str, own: Path, case: Path, tmp_path: Path) -> None:
    edit(case, "  paperwork: no\n", "")
    paper = tmp_path / name
    fill(form_for(load_criteria(str(own)), None), Person({"loan.paperwork": "yes"}), paper)  # type: ignore[operator]
    result = run("case", "import", paper, "--into", case, *ON)
    assert result.code in {0, 1}, result
    assert paperwork(case) == "yes"


@pytest.mark.nightly
def test_the_workbook_of_a_case_brings_the_word_back(case: Path, tmp_path: Path) -> None:
    book, again = tmp_path / "case.xlsx", tmp_path / "again.yaml"
    done("case", "export", case, book)
    done("case", "import", book, "--into", again)
    assert paperwork(again) == "no"
