"""The documentation is a site: every link leads somewhere, and no page calls elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from mkdocs.exceptions import PluginError
from mkdocs.structure.pages import Page

from scripts.site import CATALOGUE, ROOT, on_page_content, on_post_page


class Guide(Page):
    def __init__(self) -> None:
        self.file = type("Source", (), {"src_uri": "docs/guide.md"})()


def test_every_link_of_a_guide_names_a_file_that_is_there() -> None:
    guides = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    gone = [
        f"{one.relative_to(ROOT)}: {to}"
        for one in guides
        for to in re.findall(
            r"\]\((?![a-z]+:|#|<)([^)#\s]+)",
            re.sub(r"```.*?```|`[^`\n]*`", "", one.read_text("utf-8"), flags=re.DOTALL),
        )
        if not (one.parent / to).exists() and (one.parent / to).resolve() != ROOT / CATALOGUE
    ]
    assert gone == []
    assert len(guides) > 50


@pytest.mark.nightly
def test_the_site_is_built_with_every_link_leading_somewhere(tmp_path: Path) -> None:
    build = (sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path))
    done = subprocess.run(build, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    pages = {one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*.html")}
    assert {"index.html", "docs/officers.html", "docs/de/ergebnis-lesen.html", "examples/index.html"} <= pages
    assert "criteria/reconnect-china/CHANGES.html" in pages
    decisions = (tmp_path / "docs" / "decisions" / "index.html").read_text("utf-8")
    for note in (ROOT / "docs" / "decisions").glob("0*.md"):
        assert f'href="{note.stem}.html"' in decisions
    start = (tmp_path / "index.html").read_text("utf-8")
    assert 'href="docs/decisions/index.html"' in start
    assert "<code>criteria/</code>" in start


@pytest.mark.parametrize(
    "html",
    [
        "<p>Words.\n- no list</p>",
        "<li>Words.\n  ```\ncode</li>",
        "<p>Words.\n1. no list</p>",
    ],
)
def test_a_list_that_was_not_taken_for_one_stops_the_build(html: str) -> None:
    with pytest.raises(PluginError, match=r"guide\.md: leave a line empty before this"):
        on_page_content(html, Guide())
    assert on_page_content(f'<pre class="x">{html}</pre>', Guide())


@pytest.mark.parametrize(
    "call",
    [
        '<script src="https://example.org/x.js">',
        "<link rel=stylesheet href=//example.org/x.css>",
        '<img alt="" src="http://example.org/x.png">',
    ],
)
def test_a_page_that_would_call_elsewhere_stops_the_build(call: str) -> None:
    with pytest.raises(PluginError, match=r"guide\.md would call elsewhere"):
        on_post_page(f"<html>{call}</html>", Guide())
    assert on_post_page('<a href="https://example.org">a link</a><script src="js/x.js">', Guide())
