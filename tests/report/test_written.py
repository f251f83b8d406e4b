"""Documents of every shape as files: with an answer, with a title only, letters."""

import dataclasses
import re
from datetime import date

from risk_engine.report import written
from risk_engine.report.blocks import Bullets, Group, Kind, Letterhead, Prose, Section, View, say
from risk_engine.report.view import view
from tests.report.samples import assessment

HEAD = Letterhead(("Hill Orchard", "Office"), ("The <picker>", "Barn"), "2 March 2026")


def letter(key: str, subject: str) -> Section:
    group = Group(say("Why"), (Bullets((say("It is old."),)),))
    return Section(key, subject, (HEAD, Prose(say("Dear picker,")), group), starts_page=True)


def document(*sections: Section, kind: Kind = "plan", language: str = "en") -> View:
    return View(
        kind=kind,
        language=language,
        title="What to do & when",
        about="Hill Orchard · 2 March 2026",
        case_id="A-1",
        on=date(2026, 3, 2),
        kept_by="A-1 abc",
        warning=None,
        answer=None,
        scales=(),
        scope=None,
        sections=sections,
        full_report="",
        footer="About the <old> tree.",
    )


def html(shown: View) -> str:
    return written(shown, "html").decode()


def markdown(shown: View) -> str:
    return written(shown, "md").decode()


def test_a_document_without_an_answer_begins_with_its_title() -> None:
    shown = document(Section("steps", "Steps", (Prose(say("Climb.")),)))
    assert "<h1>What to do &amp; when</h1>" in html(shown)
    assert markdown(shown).startswith(
        "# What to do \\& when\n\nHill Orchard · 2 March 2026\n\n## Steps\n\nClimb.\n\n---\n"
    )


def test_the_heading_of_a_letter_is_its_subject_and_stands_below_the_letterhead() -> None:
    shown = document(letter("to-picker", "The <tree>"), kind="letter")
    page = html(shown)
    assert re.findall(r"<h1.*?>(.*?)</h1>", page) == ["The &lt;tree&gt;"]
    assert page.index("The &lt;picker&gt;") < page.index('class="dated">2 March 2026') < page.index("<h1")
    assert "<h2>Why</h2>" in page
    assert "<header>" not in page
    assert markdown(shown) == (
        "Hill Orchard\\\nOffice\n\nThe \\<picker\\>\\\nBarn\n\n2 March 2026\n\n# The \\<tree\\>\n\nDear picker,\n\n"
        "## Why\n\n- It is old.\n\n---\n\nAbout the \\<old\\> tree.\n"
    )


def test_each_of_several_letters_begins_a_page_with_a_heading_of_its_own() -> None:
    shown = document(letter("to-a", "First"), letter("to-b", "Second"), kind="questions")
    page = html(shown)
    assert re.findall(r"<h1.*?>(.*?)</h1>", page) == ["First", "Second"]
    assert page.count('class="letter starts-page"') == 2
    assert re.findall("^(?:# .*|---)$", markdown(shown), re.MULTILINE) == ["# First", "---", "# Second", "---"]


def test_a_page_says_in_which_language_it_is() -> None:
    assert '<html lang="de">' in html(document(language="de"))


def test_only_a_long_document_has_contents() -> None:
    assert "<nav" in html(view(assessment()))
    assert "<nav" not in html(document(letter("a", "A")))


def test_a_report_without_scope_says_nothing_about_it() -> None:
    shown = dataclasses.replace(view(assessment()), scope=None)
    assert "How far it reaches" not in markdown(shown).partition("## ")[0]
    assert "How far it reaches" not in html(shown).partition('id="case"')[0]
