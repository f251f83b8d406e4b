"""What the page of a coverage says: figures first, then each missing goal with its place and a sentence."""

from pathlib import Path

import pytest

from risk_engine.audit.coverage.goals import CoverageCheck, check_coverage
from risk_engine.files.language import in_language
from risk_engine.report.blocks import Group, Table, View, words
from risk_engine.report.html_markdown import html, markdown
from risk_engine.report.set_pages.coverage import Wording, coverage_view
from risk_engine.report.terminal import document_text
from tests.engine.builder import LOAN_DESK, SHIPPED


@pytest.fixture(scope="module")
def check() -> CoverageCheck:
    return check_coverage(LOAN_DESK)


@pytest.fixture(scope="module")
def page(check: CoverageCheck) -> View:
    return coverage_view(check.coverage, check.criteria)


def missing_of(page: View, record: str) -> tuple[str, list[str]]:
    """Return the title and the lines of a record under what no case shows."""
    (section,) = (one for one in page.sections if one.key == "missing")
    (group,) = (one for one in section.blocks if isinstance(one, Group) and one.anchor == f"of-{record}")
    (bullets,) = group.blocks
    return words(group.title), [words(line) for line in bullets.lines]  # type: ignore[union-attr]


def test_the_first_sentence_is_the_figure(page: View, check: CoverageCheck) -> None:
    assert page.answer is not None
    found = check.coverage
    assert page.answer.sentence == f"The cases show {found.met} of {found.goals} goals: {found.percent} %."


def test_every_kind_of_goal_that_the_set_has_is_a_row_and_the_last_is_the_sum(page: View, check: CoverageCheck) -> None:
    table = page.sections[0].blocks[0]
    assert isinstance(table, Table)
    rows = [[words(cell) for cell in row] for row in table.rows]
    assert (rows[0][0], rows[-1][0]) == ("Indicators: present, absent, undetermined", "All")
    assert len({row[0] for row in rows}) == len(rows) == len(check.coverage.tallies) + 1
    assert rows[-1][1:] == [str(check.coverage.met), str(check.coverage.goals), f"{check.coverage.percent} %"]


def test_what_is_missing_is_a_place_and_a_sentence(page: View) -> None:
    title, lines = missing_of(page, "OBJ-3")
    assert title == "OBJ-3 Too much light (13 of 21 shown)"
    assert lines == [
        "indicators/object.yaml:46:1 No case leaves it undetermined.",
        "indicators/object.yaml:52:10 Severity low: in no case are answers missing that its condition needs.",
        "indicators/object.yaml:53:11 Severity high: in no case are answers missing that its condition needs.",
        (
            "definitions.yaml:7:18 Severity high: never false where that alone decides: loan.occasion is one of "
            "“An exhibition”, “A preview before a sale”."
        ),
        (
            "definitions.yaml:1:7 Severity high: never false where that alone decides: artwork.material is one of "
            "those in the parameter soft_materials."
        ),
        "indicators/object.yaml:55:7 DIMMER: no case has this option complete where that makes a difference.",
        (
            "indicators/object.yaml:55:50 DIMMER, counted only if: never decides alone, neither true nor false: "
            "loan.months is at least the parameter long_loan."
        ),
    ]


def test_every_goal_of_a_set_has_a_sentence_of_its_own(check: CoverageCheck) -> None:
    """As if there were no cases at all: the sentences of a record never repeat each other."""
    wording = Wording(check.criteria)
    goals = (*check.coverage.shown, *check.coverage.missing)
    records = dict.fromkeys(one.record for one in goals)
    for record in records:
        lines = [words(line) for line in wording.lines([one for one in goals if one.record == record])]
        assert len(set(lines)) == len(lines)
        assert wording.title(next(one for one in goals if one.record == record)) != ""


def test_the_page_is_the_same_in_every_form(page: View) -> None:
    sentence = "No case leaves it undetermined."
    assert sentence in document_text(page)
    assert sentence in html(page)
    assert sentence in markdown(page)
    assert document_text(page).startswith(page.answer.sentence if page.answer else "-")


def test_all_that_is_shown_leaves_nothing_to_name(check: CoverageCheck) -> None:
    found = check.coverage
    whole = found.model_copy(update={"missing": (), "met": found.goals, "percent": 100})
    page = coverage_view(whole, check.criteria)
    assert page.answer is not None
    assert page.answer.tone == "mild"
    assert [one.key for one in page.sections] == ["kinds", "counted"]
    assert [one.label for one in page.answer.glance] == ["Cases"]


def test_cases_that_fail_are_named(check: CoverageCheck) -> None:
    failing = check.coverage.model_copy(update={"failing": ("a", "b"), "cases": 12})
    text = document_text(coverage_view(failing, check.criteria))
    assert "12 cases count." in text
    assert "2 cases fail and do not count: “a”, “b”" in text


def test_the_page_is_in_the_language_of_the_reader(check: CoverageCheck) -> None:
    with in_language("de"):
        text = document_text(coverage_view(check.coverage, check.criteria))
    assert "Die Fälle zeigen" in text
    assert "Schwere „hoch“: Kein Fall kommt zu dieser Schwere." in " ".join(text.split())


@pytest.mark.nightly  # what no case notices of a draft, `make mutants` finds
def test_the_cases_of_the_shipped_set_show_nearly_all_of_it() -> None:
    shipped = check_coverage(Path(SHIPPED))
    assert shipped.failed == ()
    assert shipped.coverage.percent >= 96
    complete = {"indicator", "severity", "option", "option_branch", "question_branch", "rule", "level", "contradiction"}
    assert {one.kind for one in shipped.coverage.tallies if one.percent == 100} >= complete
