"""How a PDF is laid out and what a screen reader is told about its parts."""

import dataclasses
import re
from itertools import combinations, pairwise

import pytest

from risk_engine.files.language import in_language
from risk_engine.outlook.wording import ways_of
from risk_engine.portfolio.assess import Assessor
from risk_engine.report.blocks import (
    Box,
    Field,
    Fields,
    Group,
    Kind,
    Picture,
    Prose,
    Run,
    Section,
    Table,
    say,
    strong,
    words,
)
from risk_engine.report.typst import pdf
from risk_engine.report.view import view
from tests.cli.running import EXAMPLES
from tests.pages.made import assessment
from tests.report import printing
from tests.report.printing import MM, WIDE
from tests.report.sheets import FILLER, document, everything, prose


def test_headings_go_down_step_by_step_from_a_single_first_one() -> None:
    levels = [int(one[1]) for one in printing.tags(pdf(view(assessment("loan-desk")))) if re.fullmatch(r"H\d", one)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_lists_fields_tables_code_and_pictures_are_what_they_are_to_a_screen_reader() -> None:
    found = printing.tags(pdf(document(*everything("Something"))))
    for wanted, times in {"P": 8, "L": 6, "TH": 4, "TD": 4, "Caption": 4, "Figure": 2, "THead": 2}.items():
        assert (wanted, found.count(wanted)) == (wanted, times)
    assert {"LI", "Lbl", "LBody", "Code", "Link"} <= set(found)


def test_a_picture_says_in_words_what_it_shows() -> None:
    picture = Picture("k", "How far", "It reaches far.", 20, (Box(0, 0, 500, 20, "now"),))
    found = [one for one in printing.elements(pdf(document(picture))) if str(one["/S"]) == "/Figure"]
    assert [str(one["/Alt"]) for one in found] == ["How far. It reaches far."]


@pytest.mark.parametrize("words", [1, 4, 6, 9, 40])
def test_a_label_of_any_length_covers_neither_the_next_one_nor_what_belongs_to_it(words: int) -> None:
    rows = tuple(Field(f"Label{one} {'words ' * words}", (say(f"Value{one}"),)) for one in range(3))
    boxes = [
        one for one in printing.word_places(pdf(document(Fields(rows)))) if re.match("Label|words|Value", one.text)
    ]
    covered = [
        (one.text, other.text)
        for one, other in combinations(boxes, 2)
        if one.left < other.right
        and other.left < one.right
        # The box of a word is higher than its letters: those of two lines may touch.
        and min(one.bottom, other.bottom) - max(one.top, other.top) > 2
    ]
    assert covered == []


def test_the_head_of_a_table_is_repeated_on_each_page() -> None:
    rows = tuple((say(f"Row {number}"), say(FILLER)) for number in range(60))
    pages = printing.pages(pdf(document(Table("All of them", ("Number", "What was said"), rows))))
    assert len(pages) > 2
    assert all("Number What was said" in page for page in pages)


def test_a_row_is_not_broken_between_pages_unless_it_is_long() -> None:
    rows = tuple((say(f"Row{number}"), say(f"Begin{number} {'word ' * 50} End{number}")) for number in range(60))
    where = {one.text: one.page for one in printing.word_places(pdf(document(Table("", ("Number", "What"), rows))))}
    assert all(where[f"Begin{number}"] == where[f"End{number}"] for number in range(60))


@pytest.mark.nightly
def test_a_row_longer_than_a_page_breaks() -> None:
    made = pdf(document(Table("", ("Number", "What"), ((say("Row"), say(FILLER * 30)),))))
    assert len(printing.pages(made)) > 1
    assert printing.text(made).count("apples") == 150


def test_a_row_with_fewer_cells_than_the_head_or_more_stays_a_row() -> None:
    made = pdf(document(Table("", ("A", "B"), ((say("one"),), (say("x"), say("y"), say("z"))))))
    assert (printing.tags(made).count("TR"), printing.tags(made).count("TD")) == (3, 6)


def test_what_is_gone_is_struck_out_and_what_is_new_is_underlined() -> None:
    plain = pdf(document(Prose(say("It ", Run("was"), " ", Run("is")))))
    changed = pdf(document(Prose(say("It ", Run("was", change="removed"), " ", Run("is", change="added")))))
    assert printing.text(changed) == printing.text(plain)
    assert printing.strokes(changed) == printing.strokes(plain) + 2


def test_a_digest_stays_in_its_column_and_can_be_copied() -> None:
    digest = "0123456789abcdef" * 4
    made = pdf(document(Table("", ("A", "B", "C"), ((say(Run(digest, "code")),) * 3,))))
    assert printing.reader(made).pages[0].extract_text().replace("\n", "").count(digest) >= 1
    assert max(one.right for one in printing.word_places(made)) < WIDE - 19 * MM


def test_links_lead_to_the_web_and_to_places_of_the_document_that_there_are() -> None:
    line = say(
        Run("law", link="https://law.example/act"),
        Run("part", ref="part"),
        Run("section", ref="first"),
        Run("no", ref="x"),
    )
    made = pdf(document(Prose(line), Group(say("Part"), (prose(),), anchor="part")))
    assert printing.links(made) == ({"https://law.example/act"}, 2)


def test_two_places_of_one_name_make_no_error_and_the_first_is_meant() -> None:
    part = Group(say("Part"), (prose(),), anchor="first")
    assert printing.links(pdf(document(Prose(say(Run("go", ref="first"))), part, part)))[1] == 1


def test_the_address_of_a_source_is_printed_for_those_who_read_on_paper() -> None:
    line = say(Run("The act", link="https://law.example/act"))
    sources = dataclasses.replace(document(), sections=(Section("sources", "Sources", (Prose(line),)),))
    assert "The act <https://law.example/act>" in printing.text(pdf(sources))
    assert "law.example" not in printing.text(pdf(document(Prose(line))))


def test_a_section_that_begins_a_page_begins_one_unless_it_is_the_first_thing_of_the_document() -> None:
    first, second = (Section(one, one, (prose("Text."),), starts_page=True) for one in ("One", "Two"))
    made = pdf(dataclasses.replace(document(), sections=(first, second)))
    assert ["One" in page for page in printing.pages(made)] == [True, False]
    assert printing.pages(made)[1][1] == "Two"


def test_a_warning_stands_on_the_first_page() -> None:
    one = dataclasses.replace(document(*[prose()] * 60), warning=say(strong("Confidential."), " Keep it."))
    pages = printing.pages(pdf(one))
    assert "Confidential. Keep it." in pages[0]
    assert "Confidential. Keep it." not in [line for page in pages[1:] for line in page]


def counted(paragraphs: int, kind: Kind) -> int:
    return len(printing.pages(pdf(document(*(prose() for _ in range(paragraphs)), kind=kind))))


@pytest.mark.nightly
def test_no_last_page_holds_a_few_lines_that_fit_where_all_is_set_a_little_closer() -> None:
    # An annex is set as it comes: one paragraph more begins the next page.
    full = next(number for number in range(1, 40) if counted(number + 1, "annex") == 2)
    assert counted(full + 1, "full") == 1
    # What is much more than a page stays on two.
    assert counted(2 * full - 1, "full") == 2


@pytest.mark.parametrize(
    ("more", "on"), [(1, 2), *(pytest.param(*one, marks=pytest.mark.nightly) for one in ((-3, 2), (8, 3)))]
)
def test_the_sign_off_of_a_decision_stands_below_conditions_that_end_near_the_top_of_a_page(more: int, on: int) -> None:
    full = next(number for number in range(1, 40) if counted(number + 1, "annex") == 2)
    conditions = Section("conditions", "Conditions", tuple(prose() for _ in range(full + more)))
    signing = Section("sign-off", "Sign-off", tuple(prose("Signed here.") for _ in range(14)), starts_page=True)
    made = printing.pages(pdf(dataclasses.replace(document(kind="decision"), sections=(conditions, signing))))
    (page,) = (number for number, lines in enumerate(made, 1) if "Sign-off" in lines)
    assert page == on


@pytest.mark.parametrize(
    "language", [pytest.param("en", marks=pytest.mark.long), pytest.param("de", marks=pytest.mark.nightly)]
)
def test_page_1_of_the_walked_case_tells_each_fact_with_its_evidence_and_day_and_stays_one_page(language: str) -> None:
    with in_language(language):
        assessor = Assessor(None, None, None)
        worked = assessor.assess(EXAMPLES / "battery-recycling.yaml")
        made = view(assessor.explain(worked), ways_of(worked, assessor.criteria_of(worked)), part="report")
        first, second = (" ".join(page) for page in printing.pages(pdf(made))[:2])
    # What the case records of the three findings that page 1 names, SEC-04, SEC-17 and COM-03.
    days = {"en": "{} November 2026", "de": "{}. November 2026"}[language]
    for day, kind in ((24, "note"), (23, "work plan"), (24, "access plan"), (20, "")):
        assert f"{days.format(day)}, {kind}" in first
    assert made.answer
    assert made.answer.challenge
    assert " ".join(words(made.answer.challenge.lines[0]).split()[-3:]) in first
    assert made.sections[0].title in second
