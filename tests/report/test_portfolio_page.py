"""The report on many cases: every number leads to its cases, and what is not known stands beside what is."""

import re
from dataclasses import replace

import pytest

from risk_engine.files.language import grouped_by_thousands
from risk_engine.model.portfolio import Figures, ListFile
from risk_engine.report import written
from risk_engine.report.blocks import View, texts_of
from risk_engine.report.pages.portfolio import portfolio_view, share
from risk_engine.report.pages.portfolio_pictures import MOST, Bar, bars, looks_of
from tests.portfolio.many import LOANS, NUMBER, made


def page(figures: Figures | None = None, partial: str = "") -> View:
    return portfolio_view(figures or made(), LOANS, source="loans.parquet", profile="Museum", partial=partial)


def html() -> str:
    return written(page(), "html").decode()


def test_every_number_leads_to_a_list_of_as_many_cases_and_every_share_to_one_of_that_share() -> None:
    text = html()
    leads = re.findall(r'<a href="#(cases-\d+)">([^<]+)</a>', text)
    heads = dict(re.findall(r'id="(cases-\d+)"[^>]*>.*?\((\d+)\)</h3>', text, re.DOTALL))
    numbers = {(to, said) for to, said in leads if "%" not in said}
    assert len(numbers) > 100
    assert numbers <= set(heads.items())
    (swap,) = made().swapped
    shares = [(to, said) for to, said in leads if "%" in said]
    assert shares
    assert all(said == share(int(heads[to]), swap.sample) for to, said in shares)
    assert {to for to, _said in leads} == set(heads)
    table = re.search(r"As if in</th>.*?</table>", text, re.DOTALL)
    assert table is not None
    assert not re.search(r"[>(][1-9]\d* %", re.sub(r"<a [^>]*>.*?</a>( \(\d+ %\))?", "", table[0]))


def test_a_long_list_names_its_first_cases_says_how_many_more_and_leads_to_its_file() -> None:
    text = html()
    figures = made()
    verdict = next(one for one in figures.ladders if one.role == "headline")
    longest = max((number for one in verdict.levels for number in (one.settled, one.open)), key=lambda one: one.cases)
    first = figures.lists[longest.key].first
    assert f"{', '.join(first)} and {longest.cases - len(first)} more: " in text
    assert '<a href="report-cases/long.csv"' in text


def test_what_is_open_rejected_or_not_all_stands_first() -> None:
    figures = made()
    view = page(partial="ended by Ctrl-C")
    assert view.answer is not None
    assert f"Of {NUMBER} cases {figures.settled.cases} are settled" in view.answer.sentence
    assert f"{figures.open.cases} are still open" in view.answer.sentence
    said = " ".join(texts_of(view.answer))
    assert "2 rows of the table were rejected" in said
    assert view.warning is not None
    assert "".join(one.text for one in view.warning).endswith("ended by Ctrl-C.")


def test_the_page_says_what_was_tried_and_what_a_swap_does_not_show() -> None:
    said = " ".join(texts_of(page().sections))
    for text in (*LOANS.head.notice, "What it does not show", "Milder by Protection from seizure: yes", "As they are"):
        assert text in said
    assert LOANS.controls["PHOTO"].supporting
    assert LOANS.controls["PHOTO"].title not in said


def test_a_report_without_the_cases_says_nothing_of_what_was_tried() -> None:
    view = page(replace(made(), controls=None, swapped=(), rejected=None))
    assert not {"controls", "swap-1"} & {one.key for one in view.sections}
    assert view.answer is not None
    assert "How many rows of the table were rejected is not known" in " ".join(texts_of(view.answer))


def test_shares_are_rounded_down_and_some_is_never_said_to_be_none() -> None:
    pairs = {(0, 300): "0 %", (1, 300): "under 1 %", (299, 300): "99 %", (300, 300): "100 %", (0, 0): "–"}
    assert {pair: share(*pair) for pair in pairs} == pairs
    assert grouped_by_thousands(12345) == "12\u202f345"


@pytest.mark.parametrize("levels", [2, 3, 4, 6])
def test_each_level_has_its_look_and_the_outer_ones_are_told_apart(levels: int) -> None:
    looks = looks_of(levels)
    assert (len(looks), looks[0], looks[-1]) == (levels, "track", "now")
    assert len(set(looks)) == min(levels, 4)


def test_on_paper_a_list_that_has_a_file_is_told_by_its_name_alone() -> None:
    figures = made()
    longest = max(figures.lists.values(), key=lambda one: one.cases)
    assert longest.file is not None
    screen, paper = (
        " ".join(texts_of(portfolio_view(figures, LOANS, source="x", on_paper=on_paper).sections))
        for on_paper in (False, True)
    )
    first = ", ".join(longest.first)
    assert first in screen
    assert first not in paper
    assert longest.file.path in paper


def test_a_list_of_which_its_file_has_the_first_ones_says_so_and_where_all_are() -> None:
    figures = made()
    (key, listed), *_others = sorted(figures.lists.items(), key=lambda one: -one[1].cases)
    cut = replace(
        listed, cases=123_456, file=ListFile("loans-cases/001-x-first-10000.csv", 10_000, "loans-cases/all.parquet")
    )
    said = " ".join(texts_of(page(replace(figures, lists={**figures.lists, key: cut})).sections))
    more = grouped_by_thousands(123_456 - len(listed.first))
    files = "loans-cases/001-x-first-10000.csv (the first 10\u202f000; all in loans-cases/all.parquet)"
    assert f"and {more} more: {files}" in said
    assert "Of a list of more than 10\u202f000 cases its own file has the first 10\u202f000." in said
    assert "Of a list of more than" not in " ".join(texts_of(page().sections))


def test_lists_of_all_cases_are_one_list() -> None:
    heads = re.findall(r'id="cases-\d+"[^>]*>(.*?)\((\d+)\)</h3>', html(), re.DOTALL)
    assert [title.split(">")[-1].strip() for title, number in heads if int(number) == made().cases] == ["All cases"]


def test_the_first_page_names_what_holds_cases_open_and_no_level_where_nobody_is() -> None:
    figures = made()
    answer = page().answer
    assert answer is not None
    said = " ".join(texts_of(answer))
    assert "What holds most of them open" in said
    assert LOANS.title_of(figures.missing[0].fact) in said
    empty = [one.name for ladder in figures.ladders for one in ladder.levels if not one.settled.cases + one.open.cases]
    assert not any(
        f"{LOANS.ladders[ladder.ladder].levels[one].title}: 0 settled, 0 open" in said
        for ladder in figures.ladders
        for one in empty
        if one in LOANS.ladders[ladder.ladder].levels
    )


@pytest.mark.parametrize(
    ("settled", "opened", "sentence"), [(0, 3, "None of 3 cases is settled"), (3, 0, "All 3 cases are settled")]
)
def test_the_sentence_says_none_and_all_in_words(settled: int, opened: int, sentence: str) -> None:
    figures = made()
    changed = replace(
        figures, cases=3, settled=replace(figures.settled, cases=settled), open=replace(figures.open, cases=opened)
    )
    answer = page(changed).answer
    assert answer is not None
    assert sentence in answer.sentence


def test_a_picture_that_has_too_many_bars_says_how_many_more_there_are() -> None:
    several = [Bar(f"{number}", (("now", 1),)) for number in range(MOST + 2)]
    assert "and 2 more" in bars("x", "x", several, (), of=1).desc
