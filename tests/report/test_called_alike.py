"""A level that is called as its ladder is: every page says it once, in every form and language."""

import re

import pytest

from risk_engine.files.language import in_language, languages
from risk_engine.model.explanation import Explanation
from risk_engine.model.outlook import Corner, ExplainedOutlook, FindingsMore, Margins
from risk_engine.report import DocumentForm, written
from risk_engine.report.blocks import View
from risk_engine.report.pages import view_of
from risk_engine.report.view import view
from risk_engine.report.wording import at_level
from tests.report.outlook.samples import LADDERS, between, down, outlook, possible, way
from tests.report.pages.samples import TEXTS, decided, orchard
from tests.report.parts import level

NAME = "Council"
"""What the orchard's third ladder is called, and the level that it stands at."""


def alike() -> Explanation:
    """Return the orchard with the third ladder called as its level is."""
    there = level("elders").model_copy(update={"title": NAME})
    named = {"title": NAME, "level": there, "range": (there,)}
    proposals = [one.model_copy(update=named) if one.ladder == "watch" else one for one in orchard().proposals]
    return orchard(proposals=tuple(proposals))


def changed() -> ExplainedOutlook:
    """Return an outlook that speaks of the ladder in every part: what may come out, what lowers it, what tips it."""
    more = FindingsMore(
        ladder="watch",
        level="elders",
        number=1,
        severity="high",
        places=(Corner(dimension="safety", ground="harvest"),),
    )
    settled = between("watch", "nobody", "elders", levels=(possible("elders"),))
    return outlook(
        ranges=(settled,),
        ways=(down(way("ROPE")),),
        margins=Margins(findings=(more,)),
        levels=LADDERS | {"watch": {"nobody": "Nobody", "elders": NAME}},
    )


def plain(shown: View, form: DocumentForm) -> str:
    """Return a page without its markup, in one line."""
    text = re.sub(r"<[^>]*>|\*\*|[│|]", "", written(shown, form).decode())
    return " ".join(text.split())


def test_a_ladder_stands_before_its_level() -> None:
    assert at_level("Watch", NAME) == "Watch: Council"


def test_a_level_that_is_called_as_its_ladder_stands_alone() -> None:
    assert at_level(NAME, NAME) == "Council"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("form", TEXTS)
def test_no_page_says_it_twice(form: DocumentForm, language: str) -> None:
    made = alike()
    with in_language(language):
        pages = [
            view(made, changed()),
            view_of(made, "decision"),
            view_of(made, "decision", decided(made, watch="nobody")),
        ]
        told = [plain(one, form) for one in pages]
    assert [one.count(f"{NAME}: {NAME}") for one in told] == [0, 0, 0]
    assert all(NAME in one for one in told)


def test_what_further_findings_lead_to_is_a_sentence_without_the_doubling() -> None:
    told = plain(view(alike(), changed()), "text")
    assert "1 more high finding on one ground – then Council. It may be in: Safety of pickers: The harvest" in told
    assert "Council, whatever the missing answers are" in told
