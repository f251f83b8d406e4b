"""How sources were read, in three grades: beside each finding, in the list of sources, on the pages about a set."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from risk_engine.files.language import in_language
from risk_engine.loading.criteria import read_criteria
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation
from risk_engine.model.tables import Citation, Source, grade_of, was_read
from risk_engine.report import Format, render
from risk_engine.report.set_pages.catalogue import catalogue
from tests.report.parts import finding, source
from tests.report.reading import lines
from tests.report.samples import assessment

LOAN_DESK = Path(__file__).parents[1] / "sets" / "loan-desk" / "1.0.0"


def graded() -> Explanation:
    return assessment(
        findings=(
            finding(
                "SUN-4",
                "low",
                sources=(
                    source("act", grade="text"),
                    source("essay", verified=False, grade="memory"),
                    source("act", at="Art. 9", grade="account"),
                ),
            ),
            finding("ROT-1", "low", sources=(source("list", verified=False, grade="memory"),), only_unverified=True),
        )
    )


def test_a_finding_says_of_all_its_sources_how_they_were_read() -> None:
    shown = lines(graded(), "findings")
    assert "SUN-4 Title of SUN-4 low (sources: text read, account read, from memory)" in shown
    assert "Sources: 1 text read, 1 account read, 1 from memory" in shown
    assert "Rests on: The act, Art. 5 (EU law) (text read)" in shown
    assert "Rests on: The essay, Art. 5 (EU law) from memory" in shown


def test_a_finding_on_memory_alone_says_so_as_one_on_unverified_sources_does() -> None:
    shown = lines(graded(), "findings")
    assert "ROT-1 Title of ROT-1 low sources: from memory" in shown
    alone = "Sources: 1 from memory This finding rests on memory alone: look up the text before you rely on it."
    assert alone in shown
    assert sum("memory alone" in one for one in shown) == 1


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("text", ("letter) (sources: text read, account read, from memory)", "letter) [sources: from memory]")),
        ("md", ("letter)* (sources: text read, account read, from memory)", r"letter)* **\[sources: from memory\]**")),
        (
            "html",
            (
                "letter)</em> (sources: text read, account read, from memory)",
                'letter)</em> <span class="mark">sources: from memory</span>',
            ),
        ),
    ],
)
def test_every_form_of_the_report_says_it_behind_the_fact_and_its_evidence(
    form: Format, words: tuple[str, ...]
) -> None:
    page = " ".join(render(graded(), form, annex=True).split())
    assert [one for one in words if one not in page] == []
    assert "verified" not in page


def test_the_list_of_sources_says_it_of_each_and_counts_places() -> None:
    assert lines(graded(), "sources") == [
        "The act | EU law | Art. 5; Art. 9 | text read, account read | SUN-4",
        "The essay | EU law | Art. 5 | from memory | SUN-4",
        "The list | EU law | Art. 5 | from memory | ROT-1",
        "How the 4 places cited were read: 1 text read, 1 account read, 2 from memory.",
    ]


def test_german_has_words_for_all_three() -> None:
    with in_language("de"):
        page = render(graded(), "md", annex=True)
    assert "(Quellen: Wortlaut gelesen, Darstellung gelesen, aus dem Gedächtnis)" in page


def test_a_record_tells_a_grade_only_where_a_source_has_one() -> None:
    found = json.loads(render(graded(), "json"))["findings"]
    assert [one["grade"] for one in found[0]["sources"]] == ["text", "memory", "account"]
    assert "grade" not in source().model_dump()


@pytest.mark.parametrize(
    ("of_source", "of_place", "expected"),
    [
        ({"grade": "account"}, {}, ("account", True)),
        ({"grade": "account"}, {"grade": "text", "at": "Art. 5"}, ("text", True)),
        ({"grade": "text"}, {"grade": "memory"}, ("memory", False)),
        ({"grade": "memory"}, {}, ("memory", False)),
        ({"verified": True}, {}, (None, True)),
        ({"verified": True}, {"verified": False}, (None, False)),
        ({"verified": False}, {}, (None, False)),
    ],
)
def test_a_place_was_read_as_it_says_else_as_its_source(
    of_source: dict[str, object], of_place: dict[str, object], expected: tuple[str | None, bool]
) -> None:
    read = Source.model_validate({"instrument": "An act", "kind": "eu_law", **of_source})
    place = Citation.model_validate({"id": "act", **of_place})
    assert (grade_of(read, place), was_read(read, place)) == expected


# --- pages about a set ---


@pytest.fixture
def desk(tmp_path: Path) -> Criteria:
    """Return the loan desk with grades: one source read word for word, one in an account, two from memory."""
    copytree(LOAN_DESK, tmp_path / "loan-desk")
    sources = tmp_path / "loan-desk" / "sources.yaml"
    text = sources.read_text("utf-8")
    text = text.replace("verified: true\n", "grade: text\n  original: Leihverkehr\n  date: 2023-05-01\n")
    sources.write_text(text.replace("verified: true", "grade: account").replace("verified: false", "grade: memory"))
    for file in (tmp_path / "loan-desk").rglob("*.yaml"):
        written = file.read_text("utf-8")
        file.write_text(
            written.replace("number 3, verified: false", "number 3, grade: memory").replace(", verified: false", "")
        )
    return read_criteria(tmp_path / "loan-desk")


def test_the_catalogue_says_it_of_each_source_and_counts_sources_and_citations(desk: Criteria) -> None:
    text = catalogue(desk)
    assert "4 sources: 1 text read, 2 account read, 1 from memory" in text
    assert "verified" not in text.replace("implemented or verified", "")
    shown = catalogue(desk, "lending-handbook")
    assert "- **Original title:** Leihverkehr" in shown
    assert "- **Made on:** 1 May 2023" in shown
    assert "- **Read:** text read, on 15 January 2024" in shown
    assert r"**\[from memory\]**" in catalogue(desk, "poison_act")


def test_an_indicator_on_memory_alone_says_so(desk: Criteria) -> None:
    alone = "This indicator rests on memory alone: look up the text before you rely on it."
    for name, indicator in desk.indicators.items():
        is_read = any(was_read(desk.sources[one.id], one) for one in indicator.sources)
        assert (alone in catalogue(desk, name)) == (not is_read), name
