"""A page about a set: an office words it anew, and a template reaches nothing but what its page gives it."""

from pathlib import Path

import pytest

from risk_engine.report.html_markdown import markdown
from risk_engine.report.page import pages_of
from risk_engine.report.sandbox import PageError
from risk_engine.report.set_pages.impact import impact_view
from tests.report.set_pages.impact.samples import impact


def under(folder: Path, page: str) -> str:
    (folder / "impact.j2").write_text(page, "utf-8")
    with pages_of(folder):
        return markdown(impact_view(impact(), with_pictures=False))


def test_an_office_changes_one_block_and_the_page_says_so(tmp_path: Path) -> None:
    mine = '{% extends "shipped/impact.j2" %}{% block answer %}<h>Of {{ counts.cases }} cases</h>{% endblock %}'
    made = under(tmp_path, mine)
    assert made.startswith("# Of 22 cases\n")
    assert "B\\-1: The tree B-1" in made or "B-1: The tree B-1" in made
    assert "This page is as the office changed it: impact.j2 (SHA-256 " in made


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<title>{{ report.model_dump() }}</title>", "impact.j2:1: a template cannot reach `model_dump`"),
        ("<title>{{ report.of_group('compared') }}</title>", "impact.j2:1: a template cannot reach `of_group`"),
        ("<title>{{ place.func }}{{ place.func() }}</title>", "impact.j2:1"),
        ("<title>An impact</title>", "the page leaves out the digest of the record"),
    ],
)
def test_a_template_does_nothing_with_what_it_is_given_and_leaves_no_digest_out(
    page: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(PageError) as error:
        under(tmp_path, page)
    assert told in str(error.value)
    assert len(str(error.value)) < 600
