"""Plain values as YAML that people read: what is written is read back, and only what must be stands in quotes."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.files.source import parse
from risk_engine.files.syntax import block, one_line

texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cn", "Cc")), max_size=20)
lines = st.lists(texts, min_size=2, max_size=3).map("\n".join)
scalars = st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.dates() | texts | lines
keys = st.sampled_from(["a", "b_1", "note-2", "x.y.z", "no", "null", "Ä"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(keys, values, min_size=1, max_size=3))
def test_what_is_written_is_read_back(data: dict[str, Any]) -> None:
    text = "".join(f"{line}\n" for line in block(data, 0))
    assert parse(text, "case").data == data


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("The Old House", "The Old House"),
        ("no", '"no"'),
        ("2026-01-31", '"2026-01-31"'),
        (date(2026, 1, 31), "2026-01-31"),
        ("a: b", '"a: b"'),
        ("a\u2028b", '"a\\u2028b"'),
        ((True, 3, "x"), "[true, 3, x]"),
        ({"no": None}, '{"no": null}'),
    ],
)
def test_a_value_on_a_line(value: object, written: str) -> None:
    assert one_line(value) == written


def test_records_and_long_values_stand_on_lines_of_their_own() -> None:
    data = {"several": ({"id": "a", "text": "first\nsecond"}, {"id": "b"}), "of": tuple("word" * 4 for _ in range(8))}
    assert list(block(data, 0)) == [
        "several:",
        "  - id: a",
        "    text: |-",
        "      first",
        "      second",
        "  - id: b",
        "of:",
        *["  - wordwordwordword"] * 8,
    ]
