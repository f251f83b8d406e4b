"""Text that users write is harmless in every format: markup, line breaks, control characters."""

import html
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from risk_engine.files.harmless import clean_text
from risk_engine.report import render
from risk_engine.report.html_markdown import escape
from risk_engine.report.wording import web_link
from tests.report.parts import finding, source
from tests.report.samples import assessment, full

HOSTILE = [
    "<script>alert(1)</script>",
    "[bold red]loud[/bold red] [/] [link=https://evil.example]x[/link] :smile:",
    "a | b || c\n| --- |\n# title\n- item\n> quote\n```\ncode",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png) <https://evil.example> www.evil.example a@b.example",
    "\u202eevil\u2066 \u200fright\u200e \x1b[31mred\x1b]8;;https://evil.example\x07 \x00\x9b2J\u2028next",
    '" onmouseover="alert(1)" \' {{ 7 * 7 }} {% raw %} &lt;b&gt; \\',
    "1. one\n+ two\n=== \n* three",
]
PLAIN_BREAKS = "\n"


def hostile(text: str) -> str:
    return f"{text} {' '.join(HOSTILE)}"


class Seen(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.links: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in {"href", "src"}}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_html_gains_no_tag_attribute_or_link_from_user_text() -> None:
    tame, wild = Seen(render(full(), "html", annex=True)), Seen(render(full(hostile), "html", annex=True))
    assert (wild.tags, wild.names, wild.links) == (tame.tags, tame.names, tame.links)
    assert "<script>alert(1)</script>" in wild.text
    assert "{{ 7 * 7 }}" in wild.text


def test_markdown_gains_no_tag_attribute_or_link_from_user_text() -> None:
    def page(made: str) -> Seen:
        return Seen(MarkdownIt("commonmark").enable("table").render(made))

    tame, wild = page(render(full(), "md", annex=True)), page(render(full(hostile), "md", annex=True))
    assert (wild.tags, wild.names, wild.links) == (tame.tags, tame.names, tame.links)
    assert "<script>alert(1)</script>" in wild.text
    assert "[click](javascript:alert(1))" in wild.text


def test_markdown_makes_no_bare_address_that_a_viewer_would_link() -> None:
    page = render(full(hostile), "md", annex=True)
    assert not re.search(r"(?<!<)https?://|www\.|\w@\w", page)


@pytest.mark.parametrize("wanted", ["text", "html", "md"])
def test_no_control_or_direction_character_survives(wanted: str) -> None:
    page = render(full(hostile), wanted, annex=True)  # type: ignore[arg-type]
    assert {one for one in page if unicodedata.category(one) in {"Cc", "Cf", "Cs"}} == {PLAIN_BREAKS}


def test_text_shows_terminal_markup_as_it_is() -> None:
    page = " ".join(render(full(hostile), "text").split())
    assert "[bold red]loud[/bold red] [/]" in page
    assert ":smile:" in page


def test_a_report_has_as_many_lines_as_without_line_breaks_in_user_text() -> None:
    def broken(text: str) -> str:
        return f"{text}\n\n\tmore"

    assert render(full(broken), "md", annex=True).count("\n") == render(full(), "md", annex=True).count("\n")


@given(st.text())
def test_clean_text_is_one_visible_line_and_stays_so(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert len(once.splitlines()) <= 1


def test_clean_text_keeps_foreign_scripts_and_their_joiners() -> None:
    for name in ("哈尔滨工程大学", "دانشگاه می\u200cکند", "Université d’Évry", "क्\u200dष"):
        assert clean_text(name) == name


@given(st.text(alphabet=st.sampled_from("ab 1.)#*_`[]()<>|~!&;$@:/\\-+='\"\n\twhtps")))
def test_escaped_markdown_shows_exactly_the_text(text: str) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    flat = " ".join(text.split())
    shown = parser.render(f"- {escape(flat)}").replace("\n", "").removeprefix("<ul><li>").removesuffix("</li></ul>")
    assert html.unescape(shown) == flat


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a b",
        'https://x"y',
        "https://x>y",
        "//host",
        "ftp://host",
        "",
        None,
    ],
)
def test_only_a_web_address_becomes_a_link(link: str | None) -> None:
    assert web_link(link) is None
    made = assessment(findings=(finding(sources=(source(link=link),)),))
    assert 'rel="noreferrer"' not in render(made, "html", annex=True)
    assert "](<" not in render(made, "md", annex=True)


def test_a_web_address_becomes_a_link() -> None:
    assert 'href="https://law.example/act"' in render(full(), "html", annex=True)
    assert "[The act](<https://law.example/act>)" in render(full(), "md", annex=True)


def test_code_in_markdown_cannot_be_left() -> None:
    made = assessment(findings=(finding(defined_at="a`b` <i>"),))
    page = MarkdownIt("commonmark").render(render(made, "md", annex=True))
    assert "<code>a'b' &lt;i&gt;</code>" in page


def test_the_id_of_a_case_cannot_leave_the_style_sheet_that_prints_it() -> None:
    page = render(full().model_copy(update={"case_id": 'A-1"; } </style><script>x</script> \\'}), "html", annex=True)
    assert '@bottom-left { content: "A-1stylescriptxscript abababababab"; }' in page
    assert page.count("</style>") == 1
