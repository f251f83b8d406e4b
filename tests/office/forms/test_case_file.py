"""A case file says what it should say afterwards, and everything around the changed places is as it was."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from risk_engine.files.source import parse
from risk_engine.office.forms.case_file import rewritten
from tests.cli.running import EXAMPLES, LOAN_CASE

ALL = [LOAN_CASE, *sorted(EXAMPLES.glob("*.yaml"))]
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Cc")), max_size=30) | st.sampled_from(
    ["", " ", "no", "null", "2026-01-01", "1e5", "a: b", "- a", "#", "{x}", "'", '"', "a\nb", " a\n\nb", "a\n", "\x85",
     "~", "a\u2028b", "\N{GRINNING FACE}", "yes", "@", "%", "a #b", "---"]
)  # fmt: skip
scalars = st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.dates() | texts
values = scalars | st.lists(scalars, max_size=12).map(tuple)
keys = st.sampled_from(["a", "b_1", "note-2", "set_aside", "x.y.z", "no", "null", "Ä"])
records = st.dictionaries(keys, values, min_size=1, max_size=3)


def changed(data: Any, draw: st.DrawFn) -> Any:
    """Return a case in which answers were changed, added and repeated; nothing is taken out, as no import does."""
    new = dict(data)
    for key in list(new):
        match new[key]:
            case dict() as single if draw(st.booleans()):
                new[key] = {**single, **{one: draw(values) for one in list(single)[:2]}, **draw(records)}
            case tuple() as entries if entries and isinstance(entries[0], dict) and draw(st.booleans()):
                first = {**entries[0], **draw(records)}
                new[key] = (first, *entries[1:], *(draw(st.lists(records, max_size=2))))
            case str() if draw(st.booleans()):
                new[key] = draw(values)
    new |= {key: draw(values | records | st.lists(records, max_size=2).map(tuple)) for key in draw(st.sets(keys))}
    return new


@settings(max_examples=settings().max_examples // 2, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(st.data())
def test_a_changed_case_says_what_was_meant_and_keeps_its_comments(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(ALL))
    text = path.read_text("utf-8")
    if data.draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    old = parse(text, "case.yaml", nulls=True).data
    new = data.draw(st.composite(lambda draw: changed(old, draw))())
    result = rewritten(text, old, new, is_json=False)
    assert parse(result.text, "case.yaml", nulls=True).data == new
    assert result.keeps_comments
    comments = [line.strip() for line in text.splitlines() if line.lstrip().startswith("# ")]
    kept = [line.strip() for line in result.text.splitlines() if line.strip() in comments]
    assert kept == comments


CASE = """\
# A case.
id: X   # the number
partner:
- {id: a, country: CN}   # the first
- id: b
  tags:
    - red     # one
    - blue
  # about the next

funding: unknown
empty:
single: {}
notes: >-
  Folded
  text.

# the end
"""


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ({"id": "Y Z"}, "id: X   # the number\n", "id: Y Z   # the number\n"),
        ({"empty": 5}, "empty:\n", "empty: 5\n"),
        ({"empty": ({"id": "q"},)}, "empty:\n", "empty:\n  - id: q\n"),
        ({"single": {"a": True}}, "single: {}\n", "single:\n  a: true\n"),
        ({"funding": ()}, "funding: unknown\n", "funding: []\n"),
        ({"funding": ({"id": "f", "day": date(2026, 1, 1)},)}, "funding: unknown\n",
         "funding:\n  - id: f\n    day: 2026-01-01\n"),
        ({"notes": "Folded text.\n\nMore"}, "notes: >-\n  Folded\n  text.\n", "notes: |-\n  Folded text.\n\n  More\n"),
        ({"late": "no"}, "# the end\n", '# the end\nlate: "no"\n'),
    ],
)  # fmt: skip
def test_one_key_changes_in_its_place(change: dict[str, Any], before: str, after: str) -> None:
    old = parse(CASE, "case.yaml", nulls=True).data
    assert before in CASE
    assert rewritten(CASE, old, {**old, **change}, is_json=False).text == CASE.replace(before, after)


def test_entries_change_and_grow_in_their_own_style() -> None:
    old = parse(CASE, "case.yaml", nulls=True).data
    first, second = old["partner"]
    new = {**old, "partner": ({**first, "country": "JP", "x": 1}, {**second, "tags": ("red",), "w": "z"}, {"id": "c"})}
    text = rewritten(CASE, old, new, is_json=False).text
    assert "- {id: a, country: JP, x: 1}   # the first\n" in text
    assert "- id: b\n  tags: [red]\n  w: z\n- id: c\n  # about the next\n" in text


def test_without_a_line_end_at_the_end_a_key_still_gets_its_own_line() -> None:
    assert rewritten("id: X", {"id": "X"}, {"id": "X", "b": 1}, is_json=False).text == "id: X\nb: 1\n"


def test_what_cannot_be_changed_in_pieces_is_written_anew_and_said_to_be() -> None:
    text = "# kept only in the copy\nfirst: &same {a: 1}\nsecond: *same\n"
    old = parse(text, "case.yaml").data
    result = rewritten(text, old, {**old, "first": {"a": 2}}, is_json=False)
    assert (result.keeps_comments, result.text) == (False, "first:\n  a: 2\nsecond:\n  a: 1\n")
    flow = "{id: X, title: T}\n"
    assert (
        rewritten(flow, parse(flow, "c").data, {"id": "X", "title": "U"}, is_json=False).text == "{id: X, title: U}\n"
    )


def test_json_is_written_as_json() -> None:
    assert rewritten('{"a": 1}', {"a": 1}, {"a": date(2026, 1, 1), "b": ("ü",)}, is_json=True).text == (
        '{\n  "a": "2026-01-01",\n  "b": [\n    "ü"\n  ]\n}\n'
    )


def test_every_example_can_be_changed(tmp_path: Path) -> None:
    for path in ALL:
        text = path.read_text("utf-8")
        old = parse(text, "case.yaml", nulls=True).data
        result = rewritten(text, old, {**old, "title": "Another"}, is_json=False)
        same = [line for line in result.text.splitlines() if line not in text.splitlines()]
        assert same == ["title: Another"], tmp_path


@pytest.mark.parametrize(
    ("aside", "left", "wanted"),
    [
        ("set_aside:\n  a.b: 1\n  a.c: 2   # ours\n", {"a.c": 2}, "set_aside:\n  a.c: 2   # ours\n"),
        ("set_aside:\n  a.b: 1\n  a.c:\n  - x\n  - y\n", {"a.b": 1}, "set_aside:\n  a.b: 1\n"),
        ("set_aside:\n  a.b: 1\n", None, ""),
        ("set_aside: {a.b: 1}\n", None, ""),
    ],
)
def test_what_is_taken_out_goes_with_its_lines_and_nothing_else(aside: str, left: object, wanted: str) -> None:
    text = f"# A case.\nid: X   # ours\n{aside}# The end.\n"
    old = parse(text, "case.yaml").data
    new = {"id": "Z"} if left is None else {"id": "Z", "set_aside": left}
    result = rewritten(text, old, new, is_json=False)
    assert result.text == f"# A case.\nid: Z   # ours\n{wanted}# The end.\n"
    assert result.keeps_comments
