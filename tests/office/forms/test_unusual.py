"""What seldom happens when questionnaires come back: files that are written anew, too large, or under other rules."""

import shutil
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from risk_engine.files.source import MAX_BYTES
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from risk_engine.office.forms.export_form import Known, form_for
from risk_engine.office.forms.form import (
    many_help,
)
from risk_engine.report.word.fields import (
    content_of,
    controls,
)
from tests.cli.running import LOAN_CASE, LOAN_DESK, run
from tests.editing import edit
from tests.office.forms.bringing import bring, data, docx, xlsx
from tests.office.forms.people import part_of

DESK = load_criteria(str(LOAN_DESK))


def test_a_file_that_repeats_an_answer_by_reference_is_written_anew_and_that_is_said(here: Path) -> None:
    text = (here / "case.yaml").read_text("utf-8")
    text = text.replace("title: Fans", "title: &it Fans")
    text = text.replace("institution: Museum of Small Things", "institution: *it")
    (here / "case.yaml").write_text(text, "utf-8")
    result = bring(xlsx("a.xlsx", "registrar", {}, more={"title": "Other"}), "--prefer", "new")
    assert "case.yaml: the file had to be written anew; its comments are only in the copy of the old one" in result.err
    assert (data()["title"], data()["institution"]) == ("Other", "Fans of the old court")
    assert (here / "case.yaml.bak").read_text("utf-8") == text


def test_a_case_that_is_too_large_is_refused(here: Path) -> None:
    (here / "case.yaml").write_text("#" * (MAX_BYTES + 1), "utf-8")
    message = bring(xlsx("a.xlsx", "registrar", {"loan.escorted": True})).err
    assert message.startswith(f"case.yaml:1:1: the file is larger than {MAX_BYTES // 1024} KiB")


def test_other_rules_under_the_same_version_are_named(here: Path) -> None:
    name = xlsx("a.xlsx", "registrar", {"loan.escorted": True})
    shutil.copytree(LOAN_DESK / "1.0.0", here / "same")
    facts = here / "same" / "facts.yaml"
    edit(facts, "A dated photograph", "A photograph")
    result = run("case", "import", name, "--into", "new.yaml", "--criteria", here / "same")
    assert "a.xlsx: made from other rules that also call themselves loan-desk 1.0.0" in result.err
    assert data("new.yaml")["loan"]["escorted"] is True


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("ending", ["xlsm", "docm", "odt"])
def test_a_file_of_another_kind_is_refused_by_its_ending(ending: str) -> None:
    Path(f"a.{ending}").write_bytes(b"anything")
    said = "a questionnaire is an .xlsx or a .docx file" if ending == "odt" else "the file may hold macros"
    assert f"a.{ending}: {said}" in bring(f"a.{ending}").err


def test_a_form_about_chosen_entries_asks_for_no_others() -> None:
    known = Known(load_case(LOAN_CASE, DESK))
    part = part_of(form_for(DESK, "registrar", known=known, only=("borrower.plain",)), "borrower")
    assert many_help(part) == "Answer for each entry that is named here."
    assert "fill in a second copy" in many_help(part_of(form_for(DESK, "registrar", room=1), "borrower"))
    assert "Add others beside them" in many_help(part_of(form_for(DESK, "registrar", known=known), "borrower"))


@pytest.mark.usefixtures("here")
def test_a_hyphen_that_keeps_words_together_is_read_as_one() -> None:
    """Word writes it, and a tab, as an element of its own in the run."""
    name = docx("a.docx", "registrar", {"borrower.1.called": "North", "borrower.1.seat": "NO"})
    made = Document(name)
    field = next(one for _tag, one in controls(made.element.body) if content_of(one) == "North")
    run = next(field.iter(qn("w:r")))
    for tag in ("w:noBreakHyphen", "w:tab", "w:t"):
        run.append(OxmlElement(tag))
    run[-1].text = "Rim"
    made.save(name)
    assert bring(name, into="new.yaml").code == 0
    assert data("new.yaml")["borrower"][0]["called"] == "North-\tRim"
