"""A map as text and as a page: what stands in a cell, in the key and around, and that no text does harm."""

import re
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from risk_engine.model.companion_files import (
    AxisShown,
    BandShown,
    CriteriaMap,
    IndicatorShown,
    LadderShown,
    MapCell,
)
from risk_engine.model.explanation import Recorded
from risk_engine.report.map import map_html, map_text, map_view, print_map
from tests.report.parts import DAY, DIGEST, level, proposal
from tests.report.test_escaping import HOSTILE


def band(title: str, *given: str, help_text: str | None = None) -> BandShown:
    recorded = tuple(Recorded(path="tree.old.age", question="How old?", shown=one) for one in given)
    return BandShown(title=title, help=help_text, given=recorded)


def cell(gate: str, verdict: str, *deciding: str, other: tuple[str, ...] = ()) -> MapCell:
    return MapCell(proposals=(proposal("opening", gate), proposal("verdict", verdict)), deciding=deciding, other=other)


OPEN = MapCell(
    proposals=(proposal("opening", "shut", "go", "wait"), proposal("verdict", "terms", "terms", "terms")),
    deciding=("ROT-1",),
    other=(),
)
CELLS = (
    (
        (cell("go", "word"), cell("wait", "terms", "ROT-1", other=("PEST-2",))),
        (cell("shut", "refusal", "PEST-2", "ROT-1"), OPEN),
    ),
)


def orchard(text: Callable[[str], str] = str, **changes: Any) -> CriteriaMap:
    """Return a map of an invented orchard; `text` changes everything that an author may have written."""
    made = CriteriaMap(
        criteria="orchard 2.0.0",
        set_title=text("May the tree be picked?"),
        digest=DIGEST,
        in_force=True,
        on=DAY,
        notice=(text("Not the advice of a doctor."),),
        title=text("Trees and non-trees"),
        about=text("Which tree, in which weather?"),
        assumes=(text("The ladder is whole."),),
        base_title=text("A harmless tree"),
        given=(Recorded(path="ladder.age", question=text("How old is the ladder?"), shown=text("1 year")),),
        tables=None,
        rows=AxisShown(title=text("Tree"), help=text("All of them."), bands=(band(text("Pear")), band(text("Plum")))),
        columns=AxisShown(
            title=text("Weather"),
            help=None,
            bands=(band(text("Calm")), band(text("Stormy"), text("80"), help_text=text("From force 8 on."))),
        ),
        cells=CELLS,
        ladders=(
            LadderShown(
                name="opening",
                title=text("Opening"),
                question=text("May we?"),
                levels=(level("go"), level("wait"), level("shut")),
            ),
            LadderShown(
                name="verdict",
                title=text("Verdict"),
                question=text("What then?"),
                levels=(level("word"), level("terms"), level("refusal")),
            ),
        ),
        indicators=(
            IndicatorShown(id="ROT-1", title=text("Rot"), question=text("Is it rotten?")),
            IndicatorShown(id="PEST-2", title=text("Pests"), question=text("Any?")),
        ),
    )
    return made.model_copy(update=changes)


def two_tables() -> CriteriaMap:
    tables = AxisShown(title="Season", help=None, bands=(band("Spring", help_text="Blossom."), band("Autumn")))
    return orchard(tables=tables, cells=CELLS * 2)


def printed(made: CriteriaMap, width: int) -> str:
    out = StringIO()
    print_map(map_view(made), Console(file=out, width=width, color_system=None, _environ={}))
    return out.getvalue()


class Page(HTMLParser):
    """The tags with their attributes, and the text, of a page."""

    def __init__(self, made: CriteriaMap) -> None:
        super().__init__()
        self.source = map_html(map_view(made))
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


# --- text ---


def test_cells_stand_beside_each_other_where_they_fit() -> None:
    assert printed(orchard(), 60) == (
        "Trees and non-trees\n"
        "Which tree, in which weather?\n"
        "\n"
        "What it takes for granted\n"
        "  - The ladder is whole.\n"
        "\n"
        "Set on the base case “A harmless tree” for every cell\n"
        "  - How old is the ladder? 1 year\n"
        "\n"
        "Key\n"
        "  - Opening: ○ Go, ◐ Wait, ● Shut\n"
        "  - Verdict: □ A word, ◧ Terms, ■ Refusal\n"
        "  - Below the levels: the findings that decide. In brackets:\n"
        "    those that are there besides.\n"
        "  - ? Still open: answers are missing in the case of that\n"
        "    cell.\n"
        "\n"
        "Trees and non-trees\n"
        "  Calm                          Stormy\n"
        "Pear\n"
        "  ○ Go                          ◐ Wait\n"
        "  □ A word                      ◧ Terms\n"
        "                                ROT-1, (PEST-2)\n"
        "Plum\n"
        "  ● Shut                        ? Still open: Go to Shut\n"
        "  ■ Refusal                     ? Still open: Terms\n"
        "  PEST-2, ROT-1                 ROT-1\n"
        "\n"
        "The bands\n"
        "  - Stormy: From force 8 on.\n"
        "\n"
        "Indicators named above\n"
        "  - ROT-1 Rot\n"
        "  - PEST-2 Pests\n"
        "\n"
        "Computed under orchard 2.0.0 as of 2 March 2026, one case\n"
        "for each cell. It shows what the criteria do and decides\n"
        "nothing: a real case is assessed with all of its own\n"
        "answers.\n"
        "Every fact that was set for a band, and what each level\n"
        "means: --format html\n"
    )


def test_cells_stand_below_each_other_where_they_do_not_fit() -> None:
    lines = printed(orchard(), 22).splitlines()
    start = lines.index("Pear")
    assert lines[start : start + 4] == ["Pear", "  Calm: ○ Go, □ A word", "  Stormy: ◐ Wait, ◧", "  Terms; ROT-1,"]


@pytest.mark.parametrize("width", [8, 10, 22, 23, 24, 40, 80, 200])
def test_no_line_is_wider_than_the_screen_or_ends_in_blanks(width: int) -> None:
    for made in (orchard(), two_tables()):
        lines = printed(made, width).splitlines()
        assert [one for one in lines if one != one.rstrip()] == []
        assert [one for one in lines if len(one) > width] == []


def test_wide_characters_keep_their_column() -> None:
    made = orchard(columns=AxisShown(title="W", help=None, bands=(band("平静"), band("Stormy"))))
    assert f"  平静{26 * ' '}Stormy" in printed(made, 60).splitlines()


def test_every_table_has_its_heading_and_what_holds_for_it() -> None:
    lines = printed(two_tables(), 80).splitlines()
    spring, autumn = lines.index("Season: Spring"), lines.index("Season: Autumn")
    assert (lines[spring + 1], lines[autumn + 1]) == ("Blossom.", f"  Calm{36 * ' '}Stormy")


def test_text_for_a_file_has_no_colour_and_its_own_width() -> None:
    assert map_text(map_view(orchard())) == printed(orchard(), 120)


def test_on_a_terminal_levels_are_coloured_besides() -> None:
    out = StringIO()
    print_map(
        map_view(orchard()), Console(file=out, width=80, force_terminal=True, color_system="truecolor", _environ={})
    )
    assert "\x1b[1;31m● Shut" in out.getvalue()
    assert re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue()).split() == printed(orchard(), 80).split()


def test_what_is_not_in_force_is_said_first() -> None:
    made = orchard(in_force=False)
    warning = "Not in force on 2 March 2026: another version holds on that day."
    assert printed(made, 80).splitlines()[1] == warning
    assert warning in Page(made).text
    assert "Not in force" not in Page(orchard()).text


def test_a_map_with_nothing_open_and_nothing_set_says_nothing_about_it() -> None:
    made = orchard(cells=(((cell("go", "word"),) * 2,) * 2,), given=(), indicators=(), notice=("N",))
    for text in (printed(made, 80), Page(made).text):
        for absent in ("Still open", "Set on the base case", "Indicators"):
            assert absent not in text


# --- the page ---


def test_every_cell_has_shapes_words_findings_and_a_title_that_says_it_all() -> None:
    cells = Page(orchard()).all("td")
    assert [one["class"] for one in cells] == ["mild", "middle", "strict", "open"]
    assert cells[0]["title"] == (
        "Pear · Calm. Opening: Go. A rule of the opening held. Verdict: A word. A rule of the verdict held. "
        "Decided by no finding."
    )
    assert cells[1]["title"].endswith("Decided by ROT-1 Rot. There besides: PEST-2 Pests.")
    assert "Opening: Still open: between Go and Shut." in cells[3]["title"]
    source = Page(orchard()).source
    for html in re.findall(r"<td .*?</td>", source, re.DOTALL):
        assert html.count('<svg class="sign') == html.count('class="level') == 2
        assert re.sub("<[^>]*>", " ", html).split()


def test_shapes_differ_without_any_colour() -> None:
    source = Page(orchard()).source
    key = source[source.index('<div class="key">') : source.index('<section id="map"')]
    drawn = [re.sub(r'class="[^"]*"', "", one) for one in re.findall(r"<svg.*?</svg>", key, re.DOTALL)]
    assert len(drawn) == len(set(drawn)) == 6
    assert len({re.sub(r'class="[^"]*"', "", one) for one in re.findall(r"<svg.*?</svg>", source, re.DOTALL)}) == 7


def test_the_table_has_a_caption_scopes_and_labels_for_a_narrow_screen() -> None:
    page = Page(two_tables())
    assert len(page.all("caption")) == len(page.all("table")) == 2
    scopes = [one["scope"] for one in page.all("th")]
    assert scopes == ["col", "col", "col", "row", "row"] * 2
    assert sum(one.get("class") == "label" for one in page.all("span")) == len(page.all("td")) == 8
    assert all(one["aria-hidden"] == "true" for one in page.all("svg"))


def test_every_anchor_is_there_once() -> None:
    page = Page(two_tables())
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {one["href"].removeprefix("#") for one in page.all("a")}
    named |= {attributes["aria-labelledby"] for _, attributes in page.tags if "aria-labelledby" in attributes}
    assert named - set(ids) == set()


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    page = Page(orchard())
    assert page.all("script") == page.all("link") == page.all("img") == []
    assert [one["href"] for one in page.all("a") if not one["href"].startswith("#")] == []
    assert "default-src 'none'" in page.source
    assert "url(" not in page.source
    assert page.all("html") == [{"lang": "en"}]


def test_the_page_is_made_for_paper_the_dark_and_a_narrow_screen() -> None:
    source = Page(orchard()).source
    assert "size: A4 landscape" in source
    assert "prefers-color-scheme: dark" in source
    assert "max-width: 44rem" in source


def test_what_was_set_and_what_each_level_means_is_on_the_page() -> None:
    text = " ".join(Page(orchard()).text.split())
    for wanted in (
        "The ladder is whole.",
        "How old is the ladder? 1 year",
        "From force 8 on. How old? 80",
        "All of them.",
        "as in the base case",
        "Is it rotten?",
        "Not the advice of a doctor.",
        level("wait").explain,
        "Computed under orchard 2.0.0 as of 2 March 2026",
    ):
        assert wanted in text, wanted


def test_a_set_without_a_gate_has_square_shapes_alone() -> None:
    alone = MapCell(proposals=(proposal("verdict", "refusal"),), deciding=(), other=())
    made = orchard(cells=(((alone,) * 2,) * 2,), ladders=orchard().ladders[1:])
    assert "■ Refusal" in printed(made, 80)
    assert "<circle" not in Page(made).source


def test_no_text_of_an_author_does_harm() -> None:
    def hostile(text: str) -> str:
        return f"{text} {' '.join(HOSTILE)}"

    tame, wild = Page(orchard()), Page(orchard(hostile))
    assert [one for one, _ in wild.tags] == [one for one, _ in tame.tags]
    assert [set(one) for _, one in wild.tags] == [set(one) for _, one in tame.tags]
    assert "<script>alert(1)</script>" in wild.text
    for text in (wild.source, printed(orchard(hostile), 80)):
        assert {one for one in text if unicodedata.category(one) in {"Cc", "Cf", "Cs"}} == {"\n"}
    assert "[bold red]loud[/bold red]" in " ".join(printed(orchard(hostile), 80).split())
