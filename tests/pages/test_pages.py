"""What only a browser can tell: contrast, reflow, print, and that nothing needs a script (WCAG 2.2, level AA)."""

import itertools
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from risk_engine.report.blocks import words
from tests.pages.browser import NARROW, SHEET, ZOOMED, browser, width_at
from tests.pages.made import CROWDED, DOCUMENTS, EXAMPLES, GERMAN, MANY, PAGES, REPORTS, shown

Opened = Callable[[str], Page]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKED_AT = ["lung-imaging", "half-filled", "loan-desk", "hostile", "small-map", "decision", *DOCUMENTS]
"""Checked whole, and their colours in both schemes. They hold every kind of part; the others are built of the same."""

COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The rules that look at colours."""

PAPER = "1-2"


def findings(page: Page, run_only: dict[str, Any], **more: Any) -> list[str]:
    """Return what axe finds, one line for each element."""
    made = Axe().run(page, options={"runOnly": run_only, "resultTypes": ["violations"], **more})
    return [f"{one['id']}: {node['html']}" for one in made.response["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing(opened: Opened, name: str, scheme: Literal["light", "dark"]) -> None:
    page = opened(name)
    page.emulate_media(color_scheme=scheme)
    # The dark page is the same but for its colours.
    assert findings(page, {"type": "tag", "values": TAGS} if scheme == "light" else COLOURS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_colours_too_close_in_a_catalogue(opened: Opened, scheme: Literal["light", "dark"]) -> None:
    page = opened("small-catalogue")
    page.emulate_media(color_scheme=scheme)
    assert findings(page, COLOURS) == []


def test_axe_finds_nothing_in_the_whole_catalogue(opened: Opened) -> None:
    # Half a megabyte: its colours are looked at in the small one, which has the same style sheet.
    rules = {"color-contrast": {"enabled": False}}
    assert findings(opened("catalogue"), {"type": "tag", "values": TAGS}, rules=rules) == []


def test_axe_would_find_what_is_wrong(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<title>x</title><p style='color:#ccc'>pale</p><img src=''>")
    found = " ".join(findings(page, {"type": "tag", "values": TAGS}))
    assert {"color-contrast", "html-has-lang", "image-alt"} <= set(re.findall(r"[a-z-]+(?=:)", found))
    page.close()


@pytest.mark.parametrize("name", sorted(set(PAGES) - {"thousands"}))
def test_no_page_scrolls_sideways(opened: Opened, name: str) -> None:
    page = opened(name)
    assert [width_at(page, width) for width in (NARROW, ZOOMED)] == [NARROW, ZOOMED]


@pytest.mark.parametrize(("width", "media"), [(NARROW, "screen"), (780, "screen"), (1280, "screen"), (SHEET, "print")])
@pytest.mark.parametrize(
    "name",
    [
        "lung-imaging",
        "half-filled",
        "number-theory",
        "loan-desk",
        *GERMAN[:2],
        "timeline",
        "german-timeline",
        "impact",
        "german-impact",
    ],
)
def test_no_label_of_a_picture_is_cut_off_or_touches_another(
    opened: Opened, name: str, width: int, media: Literal["screen", "print"]
) -> None:
    page = opened(name)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media=media)
    wrong = page.evaluate(
        """() => [...document.querySelectorAll('figure > svg')].flatMap(svg => {
          const edge = svg.getBoundingClientRect().right + 1;
          const labels = [...svg.querySelectorAll(':scope > text')].map(one => [one, one.getBoundingClientRect()]);
          const across = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const down = (a, b) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          return labels.flatMap(([one, box], at) => [
            ...(box.right > edge ? ['cut off: ' + one.textContent] : []),
            ...labels.slice(at + 1).filter(([, other]) => across(box, other) > -2 && down(box, other) > 4)
              .map(([other]) => one.textContent + ' touches ' + other.textContent)]);
        })"""
    )
    page.emulate_media(media="null")
    assert wrong == []


@pytest.mark.parametrize("name", ["half-filled", "lung-imaging", "hostile", "impact"])
def test_every_sign_in_a_key_is_drawn_as_in_its_picture(opened: Opened, name: str) -> None:
    in_pictures = "figure > svg > rect[class], figure > svg > svg > path[class]"
    drawn = opened(name).locator(f"figcaption :is(rect, path, circle)[class], {in_pictures}")
    looks = drawn.evaluate_all(
        """all => all.map(one => {
          const style = getComputedStyle(one);
          return one.className.baseVal + ' ' + style.fill + ' ' + style.strokeDasharray;
        })"""
    )
    assert len({look.split(" ")[0] for look in looks}) == len(set(looks)) > 1


@pytest.mark.parametrize("name", ["half-filled", "small-map"])
def test_a_page_is_complete_without_scripts(
    chromium: Browser, opened: Opened, file_of: Callable[[str], Path], name: str
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file_of(name).as_uri())
    size = page.viewport_size
    assert size
    opened(name).set_viewport_size(size)
    assert page.inner_text("body") == opened(name).inner_text("body")
    assert page.inner_text("h1")
    context.close()


def printed(page: Page, path: Path, number: int) -> str:
    """Return the text of a printed page, bare of what depends on where the paper breaks its lines."""
    if not path.exists():
        page.pdf(path=path, prefer_css_page_size=True, page_ranges=PAPER)
    tool = shutil.which("pdftotext")
    assert tool, "pdftotext is missing; `make system-packages` installs poppler-utils"
    told = subprocess.run(
        [tool, "-f", str(number), "-l", str(number), path, "-"], capture_output=True, encoding="utf-8", check=True
    )
    return bare(told.stdout)


def bare(text: str) -> str:
    """Return text without white space and hyphens."""
    return "".join(text.split()).replace("-", "")


@pytest.mark.parametrize("name", [*EXAMPLES, "loan-desk", *CROWDED, *GERMAN])
def test_the_first_printed_page_answers_alone(opened: Opened, tmp_path: Path, name: str) -> None:
    said, paper = shown(name), tmp_path / "report.pdf"
    first = printed(opened(name), paper, 1)
    answer, scope = said.answer, said.scope
    assert answer is not None
    assert scope is not None
    wanted = [answer.sentence, *(words(one) for one in answer.more)]
    for field in (*answer.fields, scope):
        wanted += [field.label, *(words(one) for one in field.lines)]
    assert [one for one in wanted if bare(one) not in first] == []
    assert printed(opened(name), paper, 2).startswith(bare(said.sections[0].title))


@pytest.mark.parametrize("name", ["half-filled"])
def test_a_printed_page_is_a4_and_says_which_case_it_is_of(opened: Opened, tmp_path: Path, name: str) -> None:
    paper = tmp_path / "report.pdf"
    first = printed(opened(name), paper, 1)
    assert re.search(rf"{bare(shown(name).kept_by)}1/\d+$", first)
    told = subprocess.run(["pdfinfo", paper], capture_output=True, encoding="utf-8", check=True)  # noqa: S607
    assert "(A4)" in told.stdout


def test_the_map_prints_what_it_takes_for_granted_and_its_key_on_one_page(opened: Opened, tmp_path: Path) -> None:
    paper = tmp_path / "map.pdf"
    assert "Belowthelevelsstandthefindingsthatdecide" in printed(opened("map"), paper, 1)
    assert printed(opened("map"), paper, 2).startswith("Technologyreadiness")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_headings_of_a_document_go_down_one_step_at_a_time(opened: Opened, name: str) -> None:
    page = opened(name)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == max(1, page.locator(".letter").count())
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert [page.locator(one).count() for one in ("main", "body > footer")] == [1, 1]


@pytest.mark.parametrize("name", REPORTS)
def test_headings_go_down_one_step_at_a_time_and_every_landmark_is_there_once(opened: Opened, name: str) -> None:
    page = opened(name)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    landmarks = ["body > header", "main", "nav[aria-label]", "body > footer"]
    assert [page.locator(one).count() for one in landmarks] == [1, 1, 1, 1]


def test_thousands_of_findings_of_hostile_text_are_a_whole_page(opened: Opened) -> None:
    page = opened("thousands")
    assert page.locator("#findings > section.group").count() == MANY
    assert page.locator("script, img, iframe, link").count() == 0
    assert width_at(page, NARROW) == NARROW


def test_a_missing_browser_fails_and_says_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="make system-packages"), browser(str(tmp_path)):
        pass


_BROKEN = """() => {
    const broken = [], words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text; (text = words.nextNode());) {
        if (text.parentElement.clientWidth <= 1) continue;
        for (const word of text.data.matchAll(/\\p{L}{6,}/gu)) {
            const range = document.createRange();
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            if (new Set([...range.getClientRects()].map(one => Math.round(one.top))).size > 1) broken.push(word[0]);
        }
    }
    return broken;
}"""
"""Which words stand on two lines, where no browser helps that knows where words may be hyphenated."""


@pytest.mark.parametrize("width", [1000, 897, 896, SHEET])
@pytest.mark.parametrize("name", ["german-plan-document"])
def test_no_word_of_a_german_plan_is_broken_in_the_middle(opened: Opened, name: str, width: int) -> None:
    page = opened(name)
    page.add_style_tag(content="* { hyphens: manual !important }")
    page.emulate_media(media="print" if width == SHEET else "screen")
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate(_BROKEN) == []
