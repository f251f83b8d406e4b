"""RFC 8785 with the examples of its own text, and against the package that implements all of it."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.files.plain import canonical, digest

# RFC 8785 sorts by UTF-16 unit: a character beyond the plane (two surrogates, from U+D800) before U+FB33.
HEBREW, EMOJI = "\ufb33", "\U0001f600"


def test_keys_are_sorted_and_nothing_is_added() -> None:
    assert canonical({"b": [1, True, None], "a": {"d": "x", "c": -5}}) == b'{"a":{"c":-5,"d":"x"},"b":[1,true,null]}'


def test_keys_beyond_the_basic_plane_are_sorted_by_utf_16_unit() -> None:
    # The order of section 3.2.3 of the RFC.
    keys = ["\u20ac", "\r", HEBREW, "1", EMOJI, "\u0080", "\u00f6"]
    order = ["\r", "1", "\u0080", "\u00f6", "\u20ac", EMOJI, HEBREW]
    assert list(json.loads(canonical(dict.fromkeys(keys, 0)))) == order


def test_text_is_written_as_the_rfc_says() -> None:
    assert canonical("\u20ac$\u000f\nA'B\"\\/é中\u2028\x7f") == (
        '"\u20ac$\\u000f\\nA\'B\\"\\\\/é中\u2028\x7f"'.encode()
    )
    assert canonical(f"{EMOJI}\t\b\f\r") == f'"{EMOJI}\\t\\b\\f\\r"'.encode()


def test_dates_become_text_and_tuples_lists() -> None:
    assert canonical({"on": date(2026, 6, 5), "all": (1, (2,))}) == b'{"all":[1,[2]],"on":"2026-06-05"}'
    assert canonical({EMOJI: (date(2026, 6, 5),)}) == f'{{"{EMOJI}":["2026-06-05"]}}'.encode()


@pytest.mark.parametrize("value", [{1, 2}, b"x", object()])
def test_what_has_no_canonical_form_is_an_error(value: object) -> None:
    with pytest.raises(TypeError, match=f"Type is not JSON serializable: {type(value).__name__}"):
        canonical({"a": value})


def test_digest_is_the_sha_256_of_the_canonical_form() -> None:
    assert digest({"b": 1, "a": "é"}) == hashlib.sha256('{"a":"é","b":1}'.encode()).hexdigest()
    assert digest({"a": "é", "b": 1}) == digest({"b": 1, "a": "é"})
    assert digest({"a": "é", "b": 1}) != digest({"a": "e", "b": 1})


# Characters near the places where the two orders and the escapes differ, and any other.
CHARACTERS = st.one_of(
    st.sampled_from(f'{HEBREW}{EMOJI}\ue000\uffff\U0010ffff"\\/\x00\x1f\x7f\n'), st.characters(codec="utf-8")
)
TEXTS = st.text(CHARACTERS, max_size=6)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=5)),
    max_leaves=20,
)


@given(JSON)
def test_canonical_is_what_the_full_implementation_writes(data: Any) -> None:
    assert canonical(data) == rfc8785.dumps(data)


@given(JSON)
def test_canonical_says_the_same_data(data: Any) -> None:
    assert json.loads(canonical(data)) == data
