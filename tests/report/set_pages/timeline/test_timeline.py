"""A timeline in words: times in force, what changes and how, what is left out and counted."""

import json
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from risk_engine.files.reading import templates_folder
from risk_engine.model.changes import Dated, DatedChange, Timeline, VersionInTime
from risk_engine.report.blocks import Group, Picture, Prose, Table, words
from risk_engine.report.page import pages_of
from risk_engine.report.set_pages.timeline import timeline_json, timeline_svg, timeline_view
from risk_engine.report.terminal import document_text
from tests.editing import edit
from tests.report.set_pages.timeline.parts import change, orchard, scalar, value, version
from tests.report.test_escaping import hostile

TREES = orchard(
    version("1.0.0", "2026-01-01", "2027-01-01", change("2026-02-01"), change("2020-01-01", in_force=False)),
    version("1.1.0", "2027-01-01", None, state="draft"),
    on="2026-06-01",
)


def told(change: DatedChange) -> list[str]:
    """Return the row of the page that tells of a change: the day, what it happens to, what happens."""
    made = orchard(version("1.0.0", "2026-01-01", None, change))
    group = timeline_view(made, for_terminal=True).sections[0].blocks[-1]
    assert isinstance(group, Group)
    return table(group.blocks[0])[1]


def table(block: object) -> list[list[str]]:
    assert isinstance(block, Table)
    return [list(block.head), *([words(cell) for cell in row] for row in block.rows)]


def test_every_version_stands_there_with_its_time_and_its_state() -> None:
    (section,) = timeline_view(TREES).sections
    picture, versions, *groups = section.blocks
    assert section.title == "May we pick? (orchard)"
    assert isinstance(picture, Picture)
    assert table(versions) == [
        ["Version", "State", "Time in force", "1 June 2026"],
        ["1.0.0", "released", "in force from 1 January 2026 to 31 December 2026", "in force"],
        ["1.1.0", "draft", "would be in force from 1 January 2027", "–"],
    ]
    assert [words(one.title) for one in groups if isinstance(one, Group)] == ["orchard 1.0.0", "orchard 1.1.0"]


def test_a_draft_is_never_said_to_be_in_force() -> None:
    def said(*versions: VersionInTime) -> list[str]:
        section = timeline_view(orchard(*versions, on="2027-06-01"), for_terminal=True).sections[0]
        found = [row[-1] for block in section.blocks if isinstance(block, Table) for row in table(block)[1:]]
        return found + [words(one.line) for one in section.blocks if isinstance(one, Prose)]

    released, draft = version("1.0.0", "2026-01-01", None), version("1.1.0", "2027-01-01", None, state="draft")
    assert said(released, draft) == ["in force", "would be in force"]
    assert said(draft) == ["would be in force", "No released version is in force on 1 June 2027."]
    assert said(version("1.0.0", "2028-01-01", None)) == ["–", "No released version is in force on 1 June 2027."]


def test_what_lies_outside_the_time_in_force_is_counted_or_shown() -> None:
    def rows(*, everything: bool) -> list[str]:
        group = timeline_view(TREES, everything=everything, for_terminal=True).sections[0].blocks[1]
        assert isinstance(group, Group)
        return [
            *(row[0] for row in table(group.blocks[0])[1:]),
            *(words(one.line) for one in group.blocks[1:]),  # type: ignore[union-attr]
        ]

    assert rows(everything=False) == ["2026-02-01", "1 date of its rules lies outside its time in force."]
    assert rows(everything=True) == ["2026-02-01", "2020-01-01 not in force"]


def test_a_version_in_which_nothing_changes_says_so() -> None:
    text = document_text(timeline_view(TREES, for_terminal=True))
    assert "While it is in force nothing begins, changes or ends by a date in its rules." in text


def test_a_day_is_marked_only_if_one_is_asked_for() -> None:
    assert "Marked: 1 June 2026." in timeline_view(TREES).about
    unmarked = timeline_view(TREES.model_copy(update={"on": None}))
    assert "No day is marked." in unmarked.about
    assert table(unmarked.sections[0].blocks[1])[0] == ["Version", "State", "Time in force"]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (change("2026-01-01"), "begins to apply"),
        (change("2026-01-01", step="ends"), "no longer applies"),
        (change("2026-01-01", what="awareness"), "is told from then on"),
        (change("2026-01-01", what="awareness", step="ends"), "is no longer told"),
    ],
)
def test_what_applies_begins_and_ends(what: DatedChange, said: str) -> None:
    assert told(what)[2] == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (scalar(5, "5"), scalar(7, "7"), "from 5 to 7"),
        (
            scalar(date(2026, 8, 2), "2026-08-02"),
            scalar(date(2027, 12, 2), "x"),
            "from 2 August 2026 to 2 December 2027",
        ),
        (None, value("Wasps"), "Wasps, not set before"),
        (None, value(), "none, not set before"),
        (value("Wasps", "Bees"), None, "Wasps; Bees until then, now not set"),
        (value("Wasps"), value("Bees", "Wasps"), "added: Bees"),
        (value("Wasps", "Bees"), value("Ants"), "added: Ants · dropped: Wasps; Bees"),
        (value("Wasps", "Bees"), value("Bees", "Wasps"), "in another order"),
    ],
)
def test_a_value_is_told_before_and_after(before: object, after: object, said: str) -> None:
    made = change("2026-01-01", what="parameter", step="changes", before=before, after=after)
    assert told(made)[2] == said
    rows = ("North", "South")
    cell = change("2026-01-01", what="cell", step="changes", rows=rows, before=before, after=after)
    assert told(cell)[2] == f"North, South: {said}"


def test_what_changes_is_named_with_its_kind_and_its_id() -> None:
    made = change("2026-01-01", "Wasps", "cell", "changes", id="insects.danger")
    assert told(made)[1] == "Wasps (table insects.danger)"


def test_the_picture_alone_is_well_formed_whatever_the_texts_hold() -> None:
    nasty = hostile("Trees <b>&\x1b")
    made = orchard(version("1.0.0", "2026-01-01", None, change("2026-02-01", nasty)), title=nasty)
    root = ET.fromstring(timeline_svg(made))  # noqa: S314 (made here)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{*}title") is not None
    assert root.get("role") == "img"
    assert not any("script" in one.tag for one in root.iter())


def test_the_json_gives_the_timeline_back() -> None:
    text = timeline_json(TREES)
    assert json.loads(text)["kind"] == "timeline"
    assert Timeline.model_validate_json(text) == TREES


def test_an_office_words_it_anew_and_the_page_says_so(tmp_path: Path) -> None:
    page = tmp_path / "timeline.j2"
    edit(templates_folder() / "pages" / "timeline.j2", "Versions over time", "Our years", to=page)
    with pages_of(tmp_path):
        assert timeline_view(TREES).title == "Our years"
        assert "as the office changed it: timeline.j2" in timeline_view(TREES).footer


@pytest.mark.parametrize("what", get_args(Dated))
def test_each_kind_of_change_has_its_words(what: Dated) -> None:
    made = change("2026-02-01", what=what, step="changes", rows=("North",), before=value("Ants"), after=value("Bees"))
    assert all(told(made))
