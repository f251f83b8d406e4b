"""A comparison as a reader meets it: the answer, what the levels mean, what each found, in every form and language."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from risk_engine.files.language import in_language
from risk_engine.files.reading import templates_folder
from risk_engine.model.comparison import Compared, Relation
from risk_engine.portfolio.compare import compare
from risk_engine.report.blocks import Bullets, Group, Table, View, words
from risk_engine.report.html_markdown import html, markdown
from risk_engine.report.page import pages_of
from risk_engine.report.sandbox import PageError
from risk_engine.report.set_pages.comparison import comparison_text, comparison_view
from tests.report.reading import block_lines

ROOT = Path(__file__).parents[3]
SETS = ROOT / "tests" / "sets"
ROOMS = [str(SETS / "loan-desk"), str(SETS / "print-room")]
CASE = (SETS / "two-rooms-case.yaml").read_text("utf-8")
EXAMPLE = ROOT / "examples" / "compare.yaml"
Rooms = Callable[..., Compared]
SHIPPED = ["reconnect-china@1.0.0", "us-dod-matrix@1.0.2"]


@pytest.fixture(scope="module")
def example() -> Compared:
    return compare(EXAMPLE, SHIPPED)


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    """The comparison of the loan desk and the print room for a changed case."""

    def compared(*changes: tuple[str, str]) -> Compared:
        text = CASE
        for before, after in changes:
            assert text.count(before) == 1, before
            text = text.replace(before, after)
        (tmp_path / "case.yaml").write_text(text, "utf-8")
        return compare(tmp_path / "case.yaml", ROOMS)

    return compared


def glance(view: View) -> dict[str, list[str]]:
    assert view.answer is not None
    return {one.label: [words(line) for line in one.lines] for one in view.answer.fields}


def table(view: View, key: str) -> Table:
    (section,) = (one for one in view.sections if one.key == key)
    return next(block for block in section.blocks if isinstance(block, Table))


def rows(found: Table) -> dict[str, list[str]]:
    return {words(head): [words(cell) for cell in cells] for head, *cells in found.rows}


def test_the_answer_says_which_is_stricter_and_what_each_comes_to(example: Compared) -> None:
    answer = comparison_view(example).answer
    assert answer is not None
    assert answer.sentence == "The criteria differ: us-dod-matrix 1.0.2 is stricter."
    assert [words(one) for one in answer.more] == [
        (
            "reconnect-china 1.0.0: Start: Clear. Yes, it may start. Measure: Advice. Advice is enough, there are no "
            "binding conditions."
        ),
        "us-dod-matrix 1.0.2: Award: Held back. No, not as it stands. Mitigation: Required. Mitigation is required.",
    ]


def test_it_says_by_which_levels_they_differ(example: Compared) -> None:
    assert glance(comparison_view(example))["How they compare"] == [
        (
            "Gate: us-dod-matrix 1.0.2 is stricter. “Clear” means the same as “Allowed”; us-dod-matrix 1.0.2 comes to "
            "“Held back”."
        ),
        (
            "Result: us-dod-matrix 1.0.2 is stricter. “Advice” means the same as “None needed”, “Suggested” or "
            "“Recommended”; us-dod-matrix 1.0.2 comes to “Required”."
        ),
    ]


def test_all_levels_stand_beside_what_they_equal(example: Compared) -> None:
    (section,) = (one for one in comparison_view(example).sections if one.key == "levels")
    gate, result = (block for block in section.blocks if isinstance(block, Table))
    assert rows(gate) == {
        "Clear": ["Allowed"],
        "Conditional": ["between Allowed and Held back"],
        "Blocked": ["Held back"],
    }
    assert list(rows(result)) == ["Advice", "Regulation", "Restriction"]
    assert rows(result) == {
        "Advice": ["None needed, Suggested or Recommended"],
        "Regulation": ["Required"],
        "Restriction": ["Prohibited"],
    }


@pytest.mark.parametrize(
    ("version", "answer", "beside_advice"),
    [
        ("1.0.0", "The criteria differ: us-dod-matrix 1.0.0 is stricter.", ["None needed or Suggested"]),
        ("1.0.2", "The criteria agree.", ["None needed, Suggested or Recommended"]),
    ],
)
def test_a_tie_that_lies_back_is_advice_since_row_three_says_what_it_equals(
    tmp_path: Path, version: str, answer: str, beside_advice: list[str]
) -> None:
    case = EXAMPLE.read_text("utf-8").replace("listed_abroad: [us_entity]", "listed_abroad: []")
    (tmp_path / "case.yaml").write_text(case, "utf-8")
    found = comparison_view(compare(tmp_path / "case.yaml", ["reconnect-china@1.0.0", f"us-dod-matrix@{version}"]))
    assert found.answer is not None
    assert words(found.answer.more[1]).startswith(
        f"us-dod-matrix {version}: Award: Allowed. Yes, the award may be made. Mitigation: Recommended."
    )
    assert found.answer.sentence == answer
    (section,) = (one for one in found.sections if one.key == "levels")
    _gate, result = (block for block in section.blocks if isinstance(block, Table))
    assert rows(result)["Advice"] == beside_advice


def test_results_and_findings_stand_side_by_side(example: Compared) -> None:
    view = comparison_view(example)
    results = table(view, "results")
    assert results.head == ("", "reconnect-china 1.0.0", "us-dod-matrix 1.0.2")
    assert rows(results)["Escalation"] == ["Committee: None. The office decides.", "not asked"]
    assert rows(table(view, "findings")) == {
        "high": ["–", "F4-02 Partner on another list of the United States"],
        "moderate": [
            "SEC-11 On another state's list",
            "F2-01 Support from a country of concern; F4-03 Affiliation with a listed organisation",
        ],
        "low": ["–", "F4-04 Repeated joint publications with a listed organisation"],
    }


def test_the_answer_that_both_read_stands_with_what_each_made_of_it(example: Compared) -> None:
    assert rows(table(comparison_view(example), "answers")) == {
        "On which lists of other states is the partner confirmed? (Partner organisation “Yunling University of "
        "Geosciences”)": ["US Entity List (export)", "SEC-11", "F4-02"]
    }


def test_what_each_set_says_of_itself_is_there_whole(example: Compared) -> None:
    page = markdown(comparison_view(example)).replace("\\", "")
    for assessment in example.told:
        for notice in (*assessment.criteria.notice, assessment.criteria.challenge):
            assert notice in page
        assert assessment.criteria.digest in page
        assert assessment.digest in page


def test_that_confidential_answers_stand_in_it_is_said_on_top(example: Compared, rooms: Rooms) -> None:
    warned = comparison_view(example).warning
    assert warned is not None
    assert words(warned).startswith("Confidential. What was found rests on confidential answers")
    assert comparison_view(rooms()).warning is None


def test_in_german_every_word_is_german() -> None:
    with in_language("de"):
        german = compare(EXAMPLE, SHIPPED)
        view = comparison_view(german)
        text = comparison_text(german)
    assert view.answer is not None
    assert view.answer.sentence == "Die Kriterien unterscheiden sich: us-dod-matrix 1.0.2 ist strenger."
    said = glance(view)["Wie sie sich zueinander verhalten"][1]
    assert "„Beratung“ bedeutet dasselbe wie „Keine nötig“, „Angeraten“ oder „Empfohlen“" in said
    assert "Unterstützung aus einem Land, das Anlass zur Sorge gibt (F2-01)" in text


def test_where_the_criteria_are_not_translated_it_says_so(rooms: Rooms) -> None:
    with in_language("de"):
        answer = comparison_view(rooms()).answer
    assert answer is not None
    assert [words(one) for one in answer.more].count(words(answer.more[0])) == 1, "once, not for each set"
    assert words(answer.more[0]).startswith("Nicht übersetzt ")


# --- the foreign sets ---


BRITTLE = ("fragility: robust", "fragility: brittle")
UNSIGNED = ("paperwork: signed_both", "paperwork: unsigned")
NOBODY_KNOWS = ("paperwork: signed_both", "paperwork: unknown")


@pytest.mark.parametrize(
    ("changes", "sentence", "compared"),
    [
        (
            [("climate: drifting", "climate: steady")],
            "The criteria agree.",
            "the same: “Lend” and “Granted” mean the same.",
        ),
        (
            [BRITTLE],
            "The criteria come to results that nothing sets in relation to each other.",
            "nothing says how these levels compare. loan-desk 1.0.0: “Lend on terms”. print-room 1.0.0: “Watched”.",
        ),
        (
            [BRITTLE, UNSIGNED],
            "The criteria differ: print-room 1.0.0 is stricter.",
            (
                "print-room 1.0.0 is stricter. “Lend on terms” lies between “Granted” and “Declined”; print-room 1.0.0 "
                "comes to “Declined”."
            ),
        ),
        (
            [NOBODY_KNOWS, ("claim: unclaimed", "claim: filed")],
            "It is not settled whether the criteria agree: answers are missing.",
            (
                "not settled, answers are missing. loan-desk 1.0.0: “Refuse”. print-room 1.0.0: between “Watched” and "
                "“Declined”."
            ),
        ),
        (
            [NOBODY_KNOWS],
            "The criteria differ: print-room 1.0.0 is stricter.",
            (
                "print-room 1.0.0 is stricter, whatever the missing answers are. loan-desk 1.0.0: “Lend”. print-room "
                "1.0.0: between “Watched” and “Declined”."
            ),
        ),
    ],
)
def test_each_kind_of_answer_has_its_sentence(
    rooms: Rooms, changes: list[tuple[str, str]], sentence: str, compared: str
) -> None:
    view = comparison_view(rooms(*changes))
    assert view.answer is not None
    assert view.answer.sentence == sentence
    assert glance(view)["How they compare"] == [f"Result: {compared}"]


def test_missing_answers_are_named_under_each_set_with_what_they_could_raise(rooms: Rooms) -> None:
    view = comparison_view(rooms(("climate: drifting", "climate: unknown")))
    (section,) = (one for one in view.sections if one.key == "missing")
    told = {
        words(one.title): [words(line) for block in one.blocks if isinstance(block, Bullets) for line in block.lines]
        for one in section.blocks
        if isinstance(one, Group)
    }
    asked = "The keeper of prints: How steady is the climate of the room? (Borrowing house “Town Museum”)"
    assert told == {
        "loan-desk 1.0.0": ["Nothing that could change a finding."],
        "print-room 1.0.0": [f"{asked} – could raise PRT-1 to high"],
    }


def test_nothing_in_the_page_leads_to_a_place_that_is_not_there(example: Compared) -> None:
    page = html(comparison_view(example))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r'\bid="([^"]+)"', page))


def test_the_screen_shows_the_answer_the_results_and_the_findings_and_names_the_rest(example: Compared) -> None:
    text = comparison_text(example)
    assert text.startswith("The criteria differ: us-dod-matrix 1.0.2 is stricter.\n")
    assert "Side by side" in text
    assert "What each of them found" in text
    assert "Which levels mean the same" not in text
    assert text.endswith("All of it, with what each finding rests on: --format html\n")


# --- in the words of an office ---

SHIPPED_PAGE = (templates_folder() / "pages" / "comparison.j2").read_text("utf-8")


def under(folder: Path, page: str, compared: Compared) -> View:
    (folder / "comparison.j2").write_text(page, "utf-8")
    with pages_of(folder):
        return comparison_view(compared)


def test_an_office_changes_a_block_and_the_page_says_so(example: Compared, tmp_path: Path) -> None:
    levels = "<p>Ask the office of {{ first.institution }}.</p>"
    mine = f'{{% extends "shipped/comparison.j2" %}}{{% block levels %}}{levels}{{% endblock %}}'
    shown = under(tmp_path, mine, example)
    (section,) = (one for one in shown.sections if one.key == "levels")
    assert block_lines(section.blocks[0]) == [f"Ask the office of {example.told[0].institution}."]
    assert shown.footer.startswith(comparison_view(example).footer)
    assert "This page is as the office changed it: comparison.j2 (SHA-256 " in shown.footer


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("{{ text }}", "the page leaves out a notice of the criteria"),
        ("{{ used.challenge }}", "the page leaves out how to challenge it"),
        ("{{ used.digest }}", "the page leaves out the digest of the record"),
        ("{{ side.told.digest }}", "the page leaves out the digest of the record"),
    ],
)
def test_a_page_that_leaves_out_what_it_must_say_of_each_set_is_refused(
    printed: str, told: str, example: Compared, tmp_path: Path
) -> None:
    before, section, rest = SHIPPED_PAGE.partition('<section key="criteria"')
    assert rest.count(printed) == 1
    with pytest.raises(PageError) as caught:
        under(tmp_path, before + section + rest.replace(printed, ""), example)
    assert str(caught.value).count(told) >= len(example.told)


def test_a_template_without_an_answer_still_says_that_it_is_confidential_and_not_translated(
    example: Compared, rooms: Rooms, tmp_path: Path
) -> None:
    before, _answer, rest = SHIPPED_PAGE.partition("<answer")
    page = before + rest.partition("</answer>")[2]
    warned = under(tmp_path, page, example).warning
    assert warned is not None
    assert words(warned).startswith("Confidential. ")
    with in_language("de"):
        noted = under(tmp_path, page, rooms()).warning
    assert noted is not None
    assert words(noted).count("Nicht übersetzt ") == 1


def test_a_template_calls_nothing_that_the_explanation_does(example: Compared, tmp_path: Path) -> None:
    with pytest.raises(PageError, match="model_dump"):
        under(tmp_path, "<title>{{ first.model_dump() }}</title>", example)


@pytest.mark.parametrize("verdict", get_args(Relation.model_fields["verdict"].annotation))
def test_the_page_has_words_for_each_verdict(verdict: str) -> None:
    assert f'relation.verdict == "{verdict}"' in SHIPPED_PAGE


def test_it_stops_at_a_verdict_that_it_has_no_words_for(rooms: Rooms) -> None:
    compared = rooms()
    (relation,) = compared.comparison.relations
    strange = relation.model_copy(update={"verdict": "upside-down"})
    comparison = compared.comparison.model_copy(update={"relations": (strange,)})
    with pytest.raises(PageError, match="the page has no words for `upside-down`"):
        comparison_view(dataclasses.replace(compared, comparison=comparison))
