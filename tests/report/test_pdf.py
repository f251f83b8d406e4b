"""A report as PDF: readable for everybody, to be kept, the same bytes every time.

The standards are checked by Typst, which refuses a file that breaks them; no second checker is at hand.
"""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from risk_engine.files.diagnostics import MissingExtraError
from risk_engine.files.language import in_language
from risk_engine.files.reading import templates_folder
from risk_engine.report import written
from risk_engine.report.blocks import (
    View,
    shortened,
)
from risk_engine.report.pages import WholeKind, view_of
from risk_engine.report.typst import pdf
from risk_engine.report.view import view
from tests.cli.running import assessed
from tests.pages.made import CROWDED, EXAMPLES, assessment
from tests.report import printing
from tests.report.printing import HIGH, MM, WIDE
from tests.report.samples import full
from tests.report.sheets import document, prose

REPORTS = [*((name, "en") for name in EXAMPLES), ("lung-imaging", "de"), ("loan-desk", "en"), ("loan-desk", "de")]
OFTEN = ("loan-desk", ("loan-desk", "en"))
BEFORE_EACH_LANDING = ("crowded-loan", ("lung-imaging", "de"))


def shared_out(values: list[Any]) -> list[Any]:
    """Return values for `parametrize`: most come at night, for a report on the shipped set takes seconds to make."""
    return [one if one in OFTEN else _marked(one) for one in values]


def _marked(value: Any) -> Any:
    mark = pytest.mark.long if value in BEFORE_EACH_LANDING else pytest.mark.nightly
    return pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=mark)


@cache
def shown(name: str, language: str = "en") -> View:
    with in_language(language):
        return view(assessment(name))


@cache
def report(name: str, language: str = "en") -> bytes:
    return pdf(shown(name, language))


@pytest.mark.parametrize(("name", "language"), shared_out(REPORTS))
def test_a_report_is_tagged_for_readers_of_all_kinds_and_fit_to_be_kept(name: str, language: str) -> None:
    made = report(name, language)
    told = printing.info(made)
    assert (told["Tagged"], told["Page size"]) == ("yes", "595.276 x 841.89 pts (A4)")
    standards = re.sub(r"\s", "", printing.metadata(made))
    for standard in ("<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"):
        assert standard in standards
    assert told["Title"] == shown(name, language).title
    assert str(printing.reader(made).trailer["/Root"]["/Lang"]) == language  # type: ignore[index]


@pytest.mark.parametrize(("name", "language"), shared_out(REPORTS))
def test_every_font_is_in_the_file_and_its_letters_can_be_read(name: str, language: str) -> None:
    found = printing.fonts(report(name, language))
    assert found
    assert set(found.values()) == {True}


@pytest.mark.parametrize("name", shared_out([*EXAMPLES, "loan-desk", *CROWDED]))
def test_the_first_page_alone_answers(name: str) -> None:
    one = shown(name)
    assert one.answer
    assert one.answer.challenge
    first, second = (" ".join(page) for page in printing.pages(report(name))[:2])
    words = one.answer.challenge.lines[0][0].text.split()
    assert " ".join(words[-3:]) in first
    assert "Contents" in second


@pytest.mark.parametrize(("name", "language"), shared_out(REPORTS))
def test_every_page_says_which_case_it_belongs_to_which_page_it_is_and_what_it_was_made_from(
    name: str, language: str
) -> None:
    one = shown(name, language)
    pages = printing.pages(report(name, language))
    for number, page in enumerate(pages, 1):
        said = f"Seite {number} von {len(pages)}" if language == "de" else f"Page {number} of {len(pages)}"
        assert page[0] == f"{one.case_id} {said}"
        assert page[-1] == f"{one.about} {one.kept_by}"


@pytest.mark.parametrize(("name", "language"), shared_out(REPORTS))
def test_the_bookmarks_are_the_headings_and_the_first_is_the_answer(name: str, language: str) -> None:
    one = shown(name, language)
    found = printing.outline(report(name, language))
    assert one.answer
    assert found[0] == one.answer.sentence
    assert [title for title in found if title in {part.title for part in one.sections}] == [
        part.title for part in one.sections
    ]


# What is crowded takes seconds to make, so whoever has it for the first page looks at all of it.
@pytest.mark.parametrize("name", shared_out([*EXAMPLES, "loan-desk", "hostile", *CROWDED]))
def test_nothing_is_cut_off_at_the_edge_of_the_paper(name: str) -> None:
    outside = [
        one
        for one in printing.word_places(report(name))
        if not (one.left > 24 * MM and one.right < WIDE - 19 * MM and one.top > 8 * MM and one.bottom < HIGH - 8 * MM)
    ]
    assert outside == []


@pytest.mark.parametrize("name", shared_out([*EXAMPLES, "loan-desk"]))
def test_no_heading_stands_alone_at_the_foot_of_a_page(name: str) -> None:
    made = report(name)
    headings = set(printing.outline(made))
    assert [page[-2] for page in printing.pages(made) if page[-2] in headings] == []


@pytest.mark.parametrize("kind", ["decision", "letter", "plan", "questions"])
@pytest.mark.parametrize(
    ("name", "language"),
    shared_out(
        [
            ("lung-imaging", "en"),
            ("lung-imaging", "de"),
            ("half-filled", "en"),
            ("half-filled", "de"),
            ("loan-desk", "en"),
            ("crowded", "en"),
        ]
    ),
)
def test_every_kind_of_document_is_written_in_every_language(name: str, kind: WholeKind, language: str) -> None:
    with in_language(language):
        one = view_of(assessment(name), kind)
    made = pdf(one)
    pages = printing.pages(made)
    assert all(page[0].startswith(shortened(one.case_id, 60)) for page in pages)
    assert set(printing.fonts(made).values()) == {True}
    assert printing.outline(made)[0] == (
        one.answer.sentence if one.answer else one.sections[0].title if one.is_letter else one.title
    )


def elsewhere(program: str, tmp_path: Path, *arguments: str) -> bytes:
    """Return what a program of Python prints in a process of its own, far away, with another order of sets."""
    root = str(Path(__file__).parents[2])
    told = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": root, "HOME": str(tmp_path), "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    return told.stdout


def test_the_same_document_is_the_same_bytes_on_another_day_and_from_another_place(tmp_path: Path) -> None:
    program = (
        "import sys; from risk_engine.report import written; from risk_engine.report.view import view;"
        "from tests.report.samples import full; sys.stdout.buffer.write(written(view(full()), 'pdf'))"
    )
    assert elsewhere(program, tmp_path) == pdf(view(full()))


@pytest.mark.nightly
def test_the_same_assessment_is_the_same_bytes_on_another_day_and_from_another_place(tmp_path: Path) -> None:
    stored = tmp_path / "stored.json"
    stored.write_text(assessed("lung-imaging"), "utf-8")
    program = (
        "import sys, pathlib; from risk_engine import explain, load_assessment;"
        "from risk_engine.records.criteria import criteria_of;"
        "from risk_engine.report import written; from risk_engine.report.view import view;"
        "made = load_assessment(pathlib.Path(sys.argv[1]));"
        "sys.stdout.buffer.write(written(view(explain(made, criteria_of(made))), 'pdf'))"
    )
    assert elsewhere(program, tmp_path, str(stored)) == report("lung-imaging") == pdf(shown("lung-imaging"))


def test_the_file_is_of_the_day_that_it_speaks_of() -> None:
    assert printing.info(pdf(document(prose())))["CreationDate"] == "Mon Mar  2 00:00:00 2026 UTC"


def test_no_path_of_the_machine_is_in_the_file() -> None:
    made = report("loan-desk")
    for one in (Path.home(), Path.cwd(), Path(sys.prefix), templates_folder()):
        assert str(one).encode() not in made
    assert b".typ" not in made


def test_what_typst_warns_of_in_a_template_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "document.typ").write_text('#set document(title: "A")\n#set text(font: "Nowhere Sans")')
    monkeypatch.setattr("risk_engine.report.typst.templates_folder", lambda: tmp_path)
    with pytest.warns(UserWarning, match="unknown font family: nowhere sans"):
        pdf(document())


@pytest.mark.parametrize("module", ["typst", "fontTools", "noto_cjk_sans_otc"])
def test_without_the_extra_the_way_out_is_named(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError) as caught:
        written(document(prose()), "pdf")
    assert str(caught.value) == str(MissingExtraError("PDF files need libraries that are not installed", "pdf"))
