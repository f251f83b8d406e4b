"""The files of a redacted version hold no withheld word, in no stream, part, picture's description or property."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pypdf
import pytest

from risk_engine.loading.translation import told_in
from risk_engine.model.profile import Disclosure
from risk_engine.report import written
from risk_engine.report.html_markdown import html
from risk_engine.report.page import pages_of
from risk_engine.report.pages.redacted import redacted_facts, redacted_view
from risk_engine.report.pages.redaction import Marks, redaction
from risk_engine.report.sandbox import PageError
from risk_engine.report.view import view
from tests.report.pages.climb import climb, climbed
from tests.report.reading import printing

SECRETS = ("Grantzow", "Vellmirk", "Quorndale", "Zyphrone", "Hexwillow", "Brindlefax")
TOUR = """
    title: Passage with Grantzow
    institution: Alpine Club of Vellmirk
    assessor: Quorndale
    notes: Ask Zyphrone first
    tour: {days: 12, purpose: Passage for Grantzow and others, payer: Grantzow, price: 5, need: much, joy: much}
    guide: [{id: brindlefax, called: Passage leader, home: UPV, ill: true, alone: true}]
    hut: [{id: hexwillow, named: Vellmirk, beds: 4}]
    controls:
      - id: REST
        status: implemented
        owner: Zyphrone
        due: 2026-01-01
        evidence: [{kind: log, reference: Passage log kept by Zyphrone, date: 2026-01-01, collected_by: Quorndale}]
      - {id: VET, status: agreed, owner: Hexwillow}
    evidence:
      - {for: [tour.days], kind: plan, reference: Passage plan of Vellmirk, date: 2026-01-01, collected_by: Quorndale}
      - {for: [tour.payer], kind: bill, reference: Bill to Brindlefax, date: 2026-01-01, collected_by: Brindlefax}
    """


def of_pdf(content: bytes) -> str:
    """Return all that a PDF says: the text of its pages, its streams and objects decompressed, its properties."""
    said = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    with pikepdf.open(io.BytesIO(content)) as opened:
        for one in opened.objects:
            said.append(repr(one))
            if isinstance(one, pikepdf.Stream) and one.get("/Subtype") != "/Image":
                said.append(one.read_bytes().decode("latin-1"))
    return " ".join(said)


def of_docx(content: bytes) -> str:
    """Return every part of a Word document, its pictures and its properties too."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return " ".join(opened.read(name).decode("utf-8", "replace") for name in opened.namelist())


def of_text(content: bytes) -> str:
    """Return what a plain file says."""
    return content.decode()


@pytest.mark.parametrize(
    ("form", "said"), [("html", of_text), ("md", of_text), ("text", of_text), ("pdf", of_pdf), ("docx", of_docx)]
)
@pytest.mark.parametrize("findings", ["withheld", "shown"])
def test_no_file_holds_a_withheld_word(form: str, said: Callable[[bytes], str], findings: str) -> None:
    disclosure = Disclosure(reason="§ 3 IFG", findings=findings)  # type: ignore[arg-type]
    content = written(redacted_view(climbed(TOUR), told_in(climb(), "en"), disclosure), form)  # type: ignore[arg-type]
    told = said(content).casefold()
    assert "passage leader" in told.replace("\n", " ")  # what is open is found by the same way to look
    assert [one for one in SECRETS if one.casefold() in told or one.encode() in content] == []


@pytest.mark.parametrize("findings", [pytest.param("withheld", marks=pytest.mark.nightly), "shown"])
def test_a_template_that_prints_all_it_is_given_tells_nothing_that_is_withheld(findings: str, tmp_path: Path) -> None:
    disclosure, told = Disclosure(reason="§ 3 IFG", findings=findings), told_in(climb(), "en")  # type: ignore[arg-type]
    marks = Marks("[withheld: § 3 IFG]", "[withheld: personal data]")
    open_part = redaction(climbed(TOUR), told, disclosure, marks)
    facts = redacted_facts(open_part, told.words, marks)
    every = "".join(f"<p>{one}</p>" for one in printing(facts))
    assert "assessment.case['tour']['days']" in every
    template = f'{{% extends "shipped/redacted.j2" %}}{{% block facts %}}{every}{{% endblock %}}'
    (tmp_path / "redacted.j2").write_text(template, "utf-8")
    with pages_of(tmp_path):
        said = html(redacted_view(climbed(TOUR), told, disclosure)).casefold()
    assert "passage leader" in said
    assert [one for one in SECRETS if one.casefold() in said] == []


def test_what_an_office_changes_in_its_report_stands_in_the_redacted_version_too(tmp_path: Path) -> None:
    for page, block in (("report", "terms"), ("annex", "sources")):
        changed = f'{{% extends "shipped/{page}.j2" %}}{{% block {block} %}}<p>Ask the {page}.</p>{{% endblock %}}'
        (tmp_path / f"{page}.j2").write_text(changed, "utf-8")
    with pages_of(tmp_path):
        said = html(redacted_view(climbed(TOUR), told_in(climb(), "en")))
    assert "Ask the report." in said
    assert "Ask the annex." in said
    assert "This page is as the office changed it: report.j2 (SHA-256 " in said
    assert "This page is as the office changed it: annex.j2 (SHA-256 " in said


def test_a_report_without_room_for_what_a_redacted_version_says_first_gives_none(tmp_path: Path) -> None:
    (tmp_path / "report.j2").write_text('<section key="case" title="Case"><p>A tour.</p></section>', "utf-8")
    with pages_of(tmp_path), pytest.raises(PageError, match="the page leaves out how to challenge it"):
        redacted_view(climbed(TOUR), told_in(climb(), "en"))


@pytest.mark.parametrize(
    "form", ["pdf", "docx", *(pytest.param(one, marks=pytest.mark.nightly) for one in ("html", "md", "text"))]
)
def test_the_same_assessment_gives_the_same_redacted_file(form: str) -> None:
    made = [written(redacted_view(climbed(TOUR), told_in(climb(), "en")), form) for _ in range(2)]  # type: ignore[arg-type]
    assert made[0] == made[1]


@pytest.mark.parametrize(("form", "said"), [("html", of_text), ("pdf", of_pdf), ("docx", of_docx)])
def test_the_full_report_holds_these_words_so_that_looking_for_them_means_something(
    form: str, said: Callable[[bytes], str]
) -> None:
    told = said(written(view(climbed(TOUR)), form)).casefold()  # type: ignore[arg-type]
    assert [one for one in SECRETS if one.casefold() not in told] == []
