import importlib.util
import json
import time
import tracemalloc
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.files import source, syntax
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.plain import BROKEN
from risk_engine.files.source import (
    MAX_BYTES,
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_SET_BYTES,
    MAX_VALUES,
    Document,
    parse,
    read,
)
from risk_engine.files.syntax import MAX_INTEGER
from tests.strategies import by_turns


def said(text: str, *, is_json: bool = False) -> str:
    """Return what is printed for a text that cannot be read."""
    with pytest.raises(InvalidSourceError) as error:
        parse(text, "f", is_json=is_json)
    return str(error.value)


@pytest.fixture(params=["libyaml", "python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with each of the two readers that PyYAML has; where it was built without libyaml, with the one."""
    if request.param == "python":
        monkeypatch.setattr(yaml, "__with_libyaml__", False)
        slow = _loaded_again(syntax)
        monkeypatch.setattr(source, "composed", slow.composed)


def _loaded_again(module: ModuleType) -> Any:
    assert module.__file__ is not None
    spec = importlib.util.spec_from_file_location(module.__name__, module.__file__)
    assert spec is not None
    assert spec.loader is not None
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    return again


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("yes", "yes"),
        ("NO", "NO"),
        ("on", "on"),
        ("0", 0),
        ("-7", -7),
        ("42", 42),
        (str(MAX_INTEGER), MAX_INTEGER),
        ("'42'", "42"),
        ('"true"', "true"),
        ("2026-01-31", date(2026, 1, 31)),
        ("'2026-01-31'", "2026-01-31"),
        ("1.0.0", "1.0.0"),
        ("12e", "12e"),
        ("NaN", "NaN"),
        ("Null", "Null"),
        ("[]", ()),
        ("{}", {}),
        ("[a, [1]]", ("a", (1,))),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        ('"\\U0001F600 \\x41\\t"', "\N{GRINNING FACE} A\t"),
    ],
)
@pytest.mark.usefixtures("loader")
def test_a_value_is_what_it_looks_like(written: str, value: object) -> None:
    found = parse(f"a: {written}", "f").data["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("written", ["", "~", "null"])
def test_an_empty_value_is_none_where_that_is_allowed_and_else_an_error(written: str) -> None:
    assert parse(f"a: {written}", "f", nulls=True).data == {"a": None}
    assert "a value is missing here" in said(f"a: {written}")


@pytest.mark.parametrize(
    "written",
    [
        "0123",
        "08",
        "1_000",
        "0x1F",
        "0b1",
        "0o17",
        "+5",
        "12:30",
        ".inf",
        "-.INF",
        ".nan",
        "2026-1-5",
        "2026-01-05T10:00",
    ],
)
def test_what_readers_of_yaml_read_differently_is_refused(written: str) -> None:
    assert f"f:1:4: `{written}` can be read in more than one way" in said(f"a: {written}")


@pytest.mark.parametrize("written", ["1.5", ".5", "5.", "1e-5", "-2.5E-3"])
def test_a_fraction_is_refused(written: str) -> None:
    assert f"f:1:4: `{written}` is no whole number" in said(f"a: {written}")


@pytest.mark.parametrize("written", ["9E001", "1e5"])
def test_a_code_that_can_be_read_as_a_number_wants_quotes(written: str) -> None:
    printed = said(f"a: {written}")
    assert f"f:1:4: `{written}` can be read as a number" in printed
    assert f'codes like this want quotes: "{written}"' in printed


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: 1.5\nb: 2", {"a": BROKEN, "b": 2}),
        ("a: [1, 08, 9E001]", {"a": (1, BROKEN, BROKEN)}),
        ("a: 2026-02-30", {"a": BROKEN}),
        ("a: ", {"a": BROKEN}),
        (f"a: {MAX_INTEGER + 1}", {"a": BROKEN}),
        ('a: "\\x07"', {"a": BROKEN}),
        ("a: !x 1", {"a": BROKEN}),
        ("a: !x [1]", {"a": (1,)}),
        ("!x a: 1", {"a": 1}),
        ("a: 1\na: 2", {"a": 1}),
        ("a: 1\n<<: {b: 2}", {"a": 1}),
        ("[a]: 1\nb: 2", {"b": 2}),
        ("1.5", BROKEN),
    ],
)
@pytest.mark.usefixtures("loader")
def test_what_cannot_be_read_costs_itself_only(text: str, data: object) -> None:
    document = parse(text, "f", go_on=True)
    assert document.data == data
    assert len(document.problems) == text.count("08") + 1
    assert str(InvalidSourceError(document.problems)) == said(text)


def test_the_places_of_what_cannot_be_read_are_known() -> None:
    document = parse("a: [x, 1.5]\nb: {c: {<<: 1}}\nd: 1", "f", go_on=True)
    assert document.broken == {("a", 1), ("b", "c")}
    assert document.part(("b",)).broken == {("c",)}
    assert parse("a: 1", "f", go_on=True).broken == frozenset()


@pytest.mark.parametrize("text", ["[" * 100 + "]" * 100, "a: &a [*a]"])
def test_what_is_too_deep_is_never_gone_on_with(text: str) -> None:
    with pytest.raises(InvalidSourceError, match="nested too deep"):
        parse(text, "f", go_on=True)


@pytest.mark.parametrize("written", [str(MAX_INTEGER + 1), str(-MAX_INTEGER - 1), "9" * 5000])
@pytest.mark.parametrize("is_json", [True, False])
def test_an_integer_that_no_digest_knows_is_refused(written: str, is_json: bool) -> None:
    text = f'{{"a": {written}}}' if is_json else f"a: {written}"
    assert f"the number is larger than {MAX_INTEGER}" in said(text, is_json=is_json)


def test_a_day_that_there_is_not_is_refused() -> None:
    assert said("a: 2026-02-30").startswith("f:1:4: there is no such date: `2026-02-30`\n")


def test_the_place_of_every_key_and_value_is_known() -> None:
    document = parse("top:\n  - a: 1\n    b: [x, y]\n", "f")
    assert str(document.position(("top", 0, "b"), key=True)) == "f:3:5"
    assert str(document.position(("top", 0, "b"))) == "f:3:8"
    assert str(document.position(("top", 0, "b", 1))) == "f:3:12"
    assert str(document.position(("top", 0, "c", "d"))) == "f:2:5"


def test_a_place_in_a_document_of_no_text_is_its_beginning() -> None:
    assert str(Document("f", {}, {}, ()).problem(("a",), "no")) == "f:1:1: no"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a: 1\na: 2", "f:2:1: the key `a` is repeated\n  2 | a: 2\n    | ^\n  help: the first one is on line 1"),
        ("a: !x 1", "f:1:4: tags are not used here: `!x`\n  1 | a: !x 1\n    |    ^\n  help: leave the tag out"),
        ("!!str a: 1", "f:1:1: tags are not used here: `!!str`\n  1 | !!str a: 1\n    | ^\n  help: leave the tag out"),
        ("[1]: 2", "f:1:1: a key must be a word\n  1 | [1]: 2\n    | ^"),
        ("", "f:1:1: the file is empty"),
        ("# nothing\n", "f:1:1: the file is empty"),
        ("a: [1, 2", "f:1:4: this bracket is not closed, or a comma is missing\n  1 | a: [1, 2\n    |    ^"),
        ("a: 'x\n\n", "f:1:4: this quote is not closed\n  1 | a: 'x\n    |    ^"),
        ("a: {b: 'x\n  y: 1}\n", "f:1:8: this quote is not closed\n  1 | a: {b: 'x\n    |        ^"),
        (
            "a: *x",
            (
                "f:1:4: nothing in this file is marked with `&` and this name\n  1 | a: *x\n    |    ^\n"
                '  help: text that begins with `*` wants quotes: "…"'
            ),
        ),
        (
            "a: &x 1\nb: &x 2",
            "f:2:4: the name after `&` is used twice\n  2 | b: &x 2\n    |    ^\n  help: give each anchor its own name",
        ),
        (
            "a: @x",
            'f:1:4: a value cannot begin with `@`\n  1 | a: @x\n    |    ^\n  help: put the text in quotes: "…"',
        ),
        (
            "a:\n\tb: 1",
            "f:2:1: a value cannot begin with a tab\n  2 | \tb: 1\n    | ^\n  help: indent with spaces",
        ),
        (
            "key: - a",
            (
                "f:1:6: a list cannot begin here\n  1 | key: - a\n    |      ^\n"
                "  help: begin it on the next line, or write `[…, …]`"
            ),
        ),
        (
            "a: b: c",
            (
                "f:1:5: a `:` cannot stand here\n  1 | a: b: c\n    |     ^\n"
                '  help: is the indent right? text with `: ` wants quotes: "…"'
            ),
        ),
        (
            "- a\nb: 1",
            (
                "f:2:1: this does not fit what stands before it\n  2 | b: 1\n    | ^\n"
                "  help: look at indent, `:`, quotes and brackets"
            ),
        ),
        (
            "a: 1\n---\nb: 1",
            (
                "f:2:1: a second document begins here\n  2 | ---\n    | ^\n"
                "  help: a file holds one document, without `---` in between"
            ),
        ),
        (
            "a: x\x00y",
            (
                "f:1:5: the character U+0000 cannot stand in a file\n  1 | a: x�y\n    |     ^\n"
                "  help: save the file as UTF-8 text"
            ),
        ),
        (
            'a: "x\\0y"',
            'f:1:4: the character U+0000 cannot stand in a text\n  1 | a: "x\\0y"\n    |    ^',
        ),
    ],
)
@pytest.mark.usefixtures("loader")
def test_what_cannot_be_read_is_said_in_plain_words(text: str, printed: str) -> None:
    assert said(text) == printed


@pytest.mark.usefixtures("loader")
def test_an_escape_that_there_is_not_is_an_error() -> None:
    assert "there is no such escape in double quotes" in said('a: "\\q"')


def test_every_problem_of_a_file_is_reported() -> None:
    found = said("a: 1.5\nb: 024\na: 2\nc: {<<: {}}\n")
    assert [line.partition(": ")[0] for line in found.splitlines() if line.startswith("f:")] == [
        "f:1:4",
        "f:2:4",
        "f:3:1",
        "f:4:5",
    ]


def test_a_line_ends_where_yaml_ends_one() -> None:
    assert said("a: 1\r\nb: x\x85c: 1.5\r").splitlines()[1] == "  3 | c: 1.5"
    assert parse("a: x\x0by\n".replace("\x0b", " "), "f").data == {"a": "x y"}


# --- bounds ---

FEW_VALUES = 1000


@pytest.fixture
def few_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file hold fewer values: so many as it really may take seconds to read."""
    monkeypatch.setattr(source, "MAX_VALUES", FEW_VALUES)


@pytest.mark.parametrize(
    "text", [pytest.param("[" * 2000, marks=pytest.mark.nightly), "[" * 900 + "]" * 900, "a: &a [*a]"]
)
@pytest.mark.usefixtures("loader")
def test_values_nested_too_deep_are_refused(text: str) -> None:
    assert "values are nested too deep" in said(text)


@pytest.mark.usefixtures("loader")
def test_values_as_deep_as_allowed_are_read() -> None:
    parse("[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH, "f")
    assert "values are nested too deep" in said("[" * (MAX_DEPTH + 1) + "1" + "]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\nb: &b [*b]", "2:4"),
        ("a:\n  " + "[" * 100 + "]" * 100, f"2:{3 + MAX_DEPTH}"),
        ("a: 1\nb:\n" + "  - 1\n" * FEW_VALUES, f"{FEW_VALUES - 2}:5"),
    ],
)
@pytest.mark.usefixtures("few_values")
def test_what_is_too_much_is_shown_where_it_becomes_so(text: str, place: str) -> None:
    assert said(text).startswith(f"f:{place}: ")


def test_json_nested_too_deep_is_refused() -> None:
    assert said('{"a":' * 50_000 + "1" + "}" * 50_000, is_json=True) == "f:1:1: values are nested too deep"


BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{number}: &a{number} [{','.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 20)
)


def test_a_file_whose_aliases_expand_without_end_costs_no_time() -> None:
    began = time.process_time()
    assert f"more than {MAX_VALUES} values once its aliases are expanded" in said(BOMB)
    assert time.process_time() - began < 1


@pytest.mark.nightly  # to watch memory takes most of a second
def test_a_file_whose_aliases_expand_without_end_costs_no_memory() -> None:
    tracemalloc.start()
    said(BOMB)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize("text", by_turns(["x" * 100_000, "ä\xa0" * 50_000, "1" * 100_000], 3))
def test_a_long_text_that_aliases_repeat_is_refused_at_once(text: str) -> None:
    for quote in ("", '"'):
        many = f"a: &a {quote}{text}{quote}\nb: [{', '.join(['*a'] * 30_000)}]"
        begun = time.process_time()
        assert f"more than {MAX_CHARACTERS} characters of text once its aliases are expanded" in said(many)
        assert time.process_time() - begun < 1
    few = parse(f"a: &a {text}x\nb: [{', '.join(['*a'] * 5)}]", "f")
    assert few.data["b"] == (f"{text}x",) * 5


@pytest.mark.nightly
def test_places_of_many_keys_are_found_in_time_linear_in_their_number() -> None:
    document = parse("".join(f"key_{number}: {number}\n" for number in range(30_000)), "f")
    begun = time.process_time()
    for number in range(30_000):
        assert document.position((f"key_{number}",)).line == number + 1
    assert time.process_time() - begun < 5


def test_an_alias_stands_for_its_value_in_the_place_where_it_is_used() -> None:
    document = parse("a: &x {b: 1}\nc: *x\n", "f")
    assert document.data == {"a": {"b": 1}, "c": {"b": 1}}
    assert str(document.position(("c",), key=True)) == "f:2:1"


def test_a_file_of_too_many_bytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_text("a: " + "x" * MAX_BYTES)
    with pytest.raises(InvalidSourceError, match="the file is larger than 1024 KiB"):
        read(tmp_path / "large.yaml")


@pytest.mark.usefixtures("few_values")
def test_a_file_of_a_set_may_be_larger_and_hold_as_many_more_values(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_text("a: [" + "1," * FEW_VALUES + "]\n#" + "x" * MAX_BYTES)
    assert len(read(tmp_path / "large.yaml", most=MAX_SET_BYTES).data["a"]) == FEW_VALUES
    with pytest.raises(InvalidSourceError, match=f"more than {FEW_VALUES} values"):
        parse("a: [" + "1," * FEW_VALUES + "]", "f")


# --- files ---


def printed_for(path: Path, raw: bytes) -> str:
    path.write_bytes(raw)
    with pytest.raises(InvalidSourceError) as error:
        read(path, shown_as="f.yaml")
    return str(error.value)


@pytest.mark.parametrize(
    ("raw", "place", "byte"),
    [
        ("a: ü".encode("latin-1"), "1:4", "fc"),
        ("ä: 1\nö: ".encode() + b"\xff", "2:4", "ff"),
        ("a: b".encode("utf-16"), "1:1", "ff"),
    ],
)
def test_what_is_not_utf_8_is_said_with_its_place(raw: bytes, place: str, byte: str, tmp_path: Path) -> None:
    assert printed_for(tmp_path / "f.yaml", raw) == (
        f"f.yaml:{place}: this is not UTF-8 text (byte 0x{byte})\n  help: save the file as UTF-8 in your editor"
    )


def test_utf_16_without_a_mark_is_refused(tmp_path: Path) -> None:
    found = printed_for(tmp_path / "f.yaml", "a: b".encode("utf-16-le"))
    assert found.startswith("f.yaml:1:2: the character U+0000 cannot stand in a file\n")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes("a: 1".encode("utf-8-sig"))
    assert read(tmp_path / "f.yaml").data == {"a": 1}


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidSourceError, match="this is a folder, a file is needed"):
        read(tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSourceError) as error:
        read(tmp_path / "where is it.yaml")
    assert str(error.value) == f"{tmp_path.as_posix()}/where is it.yaml:1:1: there is no such file"


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(InvalidSourceError, match="the file cannot be read: file name too long"):
        read(tmp_path / ("x" * 300))


# --- JSON ---


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_know_is_refused_where_it_stands(constant: str) -> None:
    text = f'{{"a": "NaN, \\"Infinity",\n "b": [1, {constant}]}}'
    assert said(text, is_json=True).startswith("f:2:11: this cannot be read as JSON: expecting value\n")


@pytest.mark.parametrize("half", ["\\ud800", "\\udc00", "\\ud800\\u0041", "\\udc00\\ud800", "\\uDBFF!"])
def test_half_of_a_pair_is_refused_where_it_stands(half: str) -> None:
    printed = said(f'{{"a": "x\\\\u{half}"}}', is_json=True)
    assert printed.startswith("f:1:12: this cannot be read as JSON: this escape is half of a pair\n")
    assert printed.endswith("help: write the character itself")


def test_what_only_looks_like_an_escape_is_text() -> None:
    text = r'{"a": "\\ud83d\\ude00 \\\ud83d\ude00"}'
    assert parse(text, "f", is_json=True).data == json.loads(text)


def test_json_may_hold_tabs_and_pairs_of_surrogates(tmp_path: Path) -> None:
    (tmp_path / "f.JSON").write_text('{\n\t"a":\t"\\ud83d\\ude00 \\/ \\u00e4",\n\t"b":\t[1, true, null]}\n', "utf-8")
    assert read(tmp_path / "f.JSON", nulls=True).data == {"a": "\N{GRINNING FACE} / ä", "b": (1, True, None)}


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("", "f:1:1: the file is empty"),
        (" \n", "f:1:1: the file is empty"),
        ('{"a": 1,}', "f:1:9: this cannot be read as JSON: expecting property name enclosed in double quotes"),
        ('{"a": 1} x', "f:1:10: this cannot be read as JSON: extra data"),
        ('{"a": "\t"}', "f:1:8: this cannot be read as JSON: invalid control character at"),
        ('{"a": "\\ud800"}', "f:1:8: this cannot be read as JSON: this escape is half of a pair"),
        ('{"a": 1, "a": 2}', "f:1:10: the key `a` is repeated"),
        ('{"a": "\\u0000"}', "f:1:7: the character U+0000 cannot stand in a text"),
    ],
)
def test_json_that_cannot_be_read_is_said_with_its_place(text: str, printed: str) -> None:
    assert said(text, is_json=True).splitlines()[0] == printed


PLAIN = st.characters(exclude_categories=["Cc", "Cs", "Cn"], exclude_characters="\ufeff\u2028\u2029")
PLAIN_TEXT = st.text(PLAIN)
NAMES = st.text(PLAIN, max_size=80)
"""YAML reads names of up to 1,024 characters, and twelve of them may stand for one that is escaped."""
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | PLAIN_TEXT,
    lambda part: st.lists(part, max_size=4) | st.dictionaries(NAMES, part, max_size=4),
    max_leaves=12,
)


@given(JSON_VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_json_is_read_as_json_reads_it(value: Any, indent: Any, ascii_only: bool) -> None:
    text = json.dumps({"top": value}, indent=indent, ensure_ascii=ascii_only)
    assert _as_lists(parse(text, "f", is_json=True, nulls=True).data) == {"top": value}


def _as_lists(data: Any) -> Any:
    match data:
        case dict():
            return {key: _as_lists(value) for key, value in data.items()}
        case tuple():
            return [_as_lists(value) for value in data]
        case _:
            return data


def problems_of(text: str, *, is_json: bool = False) -> tuple[str, ...]:
    """Return what is wrong with a text, nothing if it can be read."""
    try:
        parse(text, "f", is_json=is_json, nulls=True)
    except InvalidSourceError as error:
        return tuple(one.message for one in error.diagnostics) or ("",)
    return ()


@given(st.text(max_size=200), st.booleans())
def test_any_text_is_read_or_refused_in_our_words(text: str, is_json: bool) -> None:
    assert all(message[0].islower() or message[0] == "`" for message in problems_of(text, is_json=is_json))


@given(st.text(st.sampled_from("ab:-[]{},&*!|>'\"#%@\\ \n\t0.~?"), max_size=60))
def test_any_yaml_like_text_is_read_or_refused(text: str) -> None:
    assert "" not in problems_of(text)


def test_every_place_of_a_file_is_found_where_it_stands() -> None:
    document = parse("a: {b: [1, two]}\nc: x\n", "f")
    starts = {loc: (mark.key, mark.value) for loc, mark in document.marks.items()}
    assert starts == {
        (): ((0, 0), (0, 0)),
        ("a",): ((0, 0), (0, 3)),
        ("a", "b"): ((0, 4), (0, 7)),
        ("a", "b", 0): ((0, 8), (0, 8)),
        ("a", "b", 1): ((0, 11), (0, 11)),
        ("c",): ((1, 0), (1, 3)),
    }
    assert len(document.marks) == len(starts)
    assert not {("b",), ("a", 0), ("a", "b", 2), ("a", "b", "0"), ("c", 0)} & set(document.marks)
    assert ("a", "b", 2) not in document.marks


def test_a_key_that_is_no_word_has_no_place() -> None:
    document = parse("a: {? [b, c] : d, e: 1.5, ok: 1}\n", "f", go_on=True)
    assert [*document.marks] == [(), ("a",), ("a", "e"), ("a", "ok")]
    assert str(document.part(("a",)).position(("ok",))) == "f:1:31"


@pytest.mark.parametrize("wrong", ["2026-02-30", "!!str x", "1.5"])
@pytest.mark.usefixtures("few_values")
def test_of_what_is_too_large_to_be_read_nothing_else_is_told(wrong: str) -> None:
    """Also where the wrong value stands first, or behind the place at which reading ended."""
    deep = "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    many = f"[{'1,' * FEW_VALUES}]"
    for text in (f"a: {wrong}\nb: {{}}", f"b: {{}}\na: {wrong}"):
        assert said(text.format(deep)).count("f:") == 1
        assert "nested too deep" in said(text.format(deep))
        assert f"more than {FEW_VALUES} values" in said(text.format(many))
