"""Bytes to YAML nodes, each with its form and its place, and unquoted text to the value that it means.

What cannot be read, and what could mean two things, is refused in plain words. And back: plain values as YAML that
people read, short ones on a line, records and long ones on lines of their own.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NoReturn

import yaml

from risk_engine.files.diagnostics import Diagnostic, InvalidSourceError, Position, file_problem
from risk_engine.files.language import N_, _

MAX_INTEGER = 2**53 - 1
"""RFC 8785 (and with it every digest) knows no larger integer."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FRACTION = re.compile(r"[-+]?[0-9]*(\.[0-9]*([eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)")
_CODE = re.compile(r"[0-9]+[eE][0-9]+")
_NULLS = frozenset({"", "~", "null"})
# What some YAML reader takes for a number or a time: written without quotes, nobody can say what is meant.
_DOUBTFUL = re.compile(
    r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?)"
    r"|[-+]?(0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+)"
    r"|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?"
)
_BEGINS = frozenset("-+.0123456789")
"""How every number, every date and all that is doubtful begins; most text does not."""


class DoubtError(Exception):
    """What is wrong with a text, and the way out."""

    def __init__(self, message: str, way_out: str) -> None:
        super().__init__(message)
        self.message = message
        self.way_out = way_out


def value_of(text: str, *, nulls: bool) -> str | int | date | None:
    """Return what a text without quotes means; `nulls` says whether it may be empty. Raises DoubtError."""
    if text in _NULLS:
        if not nulls:
            raise DoubtError(_("a value is missing here"), _("write one, or take out the key or the `-`"))
        return None
    if text[0] not in _BEGINS:
        return text == "true" if text in {"true", "false"} else text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if DATE.fullmatch(text):
        return _date(text)
    if _DOUBTFUL.fullmatch(text):
        raise DoubtError(*_doubt(text))
    return text


def _doubt(text: str) -> tuple[str, str]:
    if _CODE.fullmatch(text):
        return _("`{text}` can be read as a number", text=text), _('codes like this want quotes: "{text}"', text=text)
    message = (
        _("`{text}` is no whole number", text=text)
        if _FRACTION.fullmatch(text)
        else _("`{text}` can be read in more than one way", text=text)
    )
    return message, _('write "{text}" in quotes if it is text; numbers are whole, dates like 2026-01-31', text=text)


def _integer(text: str) -> int:
    # Python refuses to convert thousands of digits, so their number is looked at first.
    if len(text) <= len(f"-{MAX_INTEGER}") and abs(int(text)) <= MAX_INTEGER:
        return int(text)
    raise DoubtError(_("the number is larger than {largest}", largest=MAX_INTEGER), _("put it in quotes if it is text"))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DoubtError(
            _("there is no such date: `{text}`", text=text), _("dates are year-month-day, like 2026-01-31")
        ) from None


PLAIN, QUOTED, MAP, LIST = "plain", "quoted", "map", "list"
"""The forms of a node; a node with any other tag had it written in the file."""

UNFIT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that no text file holds (YAML 1.1, section 5.1) and no report can show."""

NESTED_TOO_DEEP = N_("values are nested too deep")

_OF_JSON = (
    N_("expecting value"),
    N_("expecting `,` delimiter"),
    N_("expecting `:` delimiter"),
    N_("expecting property name enclosed in double quotes"),
    N_("extra data"),
    N_("illegal trailing comma before end of array"),
    N_("illegal trailing comma before end of object"),
    N_("invalid \\escape"),
    N_("invalid \\uXXXX escape"),
    N_("invalid control character at"),
    N_("unterminated string starting at"),
)
"""What the reader of JSON says."""

_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_ESCAPE = re.compile(
    r"\\u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(?P<constant>-?Infinity|NaN)')
_HALF = N_("this escape is half of a pair")

_WORDS = (
    (
        "another document",
        N_("a second document begins here"),
        N_("a file holds one document, without `---` in between"),
    ),
    (
        "mapping values are not allowed",
        N_("a `:` cannot stand here"),
        N_('is the indent right? text with `: ` wants quotes: "…"'),
    ),
    (
        "sequence entries are not allowed",
        N_("a list cannot begin here"),
        N_("begin it on the next line, or write `[…, …]`"),
    ),
    (
        "undefined alias",
        N_("nothing in this file is marked with `&` and this name"),
        N_('text that begins with `*` wants quotes: "…"'),
    ),
    ("second occurrence", N_("the name after `&` is used twice"), N_("give each anchor its own name")),
    (
        "escape",
        N_("there is no such escape in double quotes"),
        N_(r"write `\\` for a backslash, or use single quotes"),
    ),
    ("maximum nesting", NESTED_TOO_DEEP, ""),
)
"""What the YAML reader says, by a part of it; both of PyYAML's readers say these."""


class _Untagged:
    """Answers the composer's question for a node's tag with its form."""

    def resolve(self, kind: type, _value: str | None, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return PLAIN if implicit[0] else QUOTED
        return MAP if kind is yaml.MappingNode else LIST

    def descend_resolver(self, _current: object, _index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


if yaml.__with_libyaml__:
    from yaml._yaml import CParser

    class _Loader(_Untagged, CParser):
        pass

else:
    from yaml.composer import Composer
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class _Loader(_Untagged, Reader, Scanner, Parser, Composer):  # type: ignore[no-redef]
        def __init__(self, stream: str) -> None:
            Reader.__init__(self, stream)
            Scanner.__init__(self)
            Parser.__init__(self)
            Composer.__init__(self)


_OFFICE = b"PK\x03\x04"
"""How workbooks, Word documents and other archives begin."""
_PAGE = re.compile(r"\s*<(!doctype\s+html|html|\?xml)\b", re.IGNORECASE)


def decoded(raw: bytes, path: str) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark."""
    if raw.startswith(_OFFICE):
        help_text = _("a questionnaire that came back is read with `risk-engine case import FILE --into CASE`")
        raise file_problem(path, _("this is a workbook, a document or an archive, not a YAML or JSON file"), help_text)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig")
        message = _("this is not UTF-8 text (byte {byte})", byte=f"0x{raw[error.start]:02x}")
        place = Position(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise InvalidSourceError([Diagnostic(place, message, _("save the file as UTF-8 in your editor"))]) from None
    if _PAGE.match(text):
        help_text = _("the same result as a record is written with `--format json`")
        raise file_problem(path, _("this is a page to read, not a YAML or JSON file"), help_text)
    return text


def composed(text: str, path: str, *, is_json: bool) -> yaml.Node | None:
    """Return the top node of a YAML or JSON text, None if it says nothing."""

    def refuse(line: int, column: int, message: str, help_text: str = "") -> NoReturn:
        lines = lines_of(asked)
        source_line = lines[line].rstrip() if line < len(lines) else ""
        raise InvalidSourceError(
            [Diagnostic(Position(path, line + 1, column + 1), message, help_text, source_line)]
        ) from None

    asked = text
    if unfit := UNFIT.search(text):
        before = text[: unfit.start()]
        message = _("the character {character} cannot stand in a file", character=f"U+{ord(unfit[0]):04X}")
        refuse(before.count("\n"), len(before) - before.rfind("\n") - 1, message, _("save the file as UTF-8 text"))
    try:
        if is_json and text.strip():
            text = _as_yaml(text)
        node: yaml.Node | None = _Loader(text).get_single_node()
    except json.JSONDecodeError as error:
        refuse(
            error.lineno - 1,
            error.colno - 1,
            _("this cannot be read as JSON: {problem}", problem=_(_lowered(error.msg))),
            _("write the character itself") if error.msg == _HALF else "",
        )
    except yaml.MarkedYAMLError as error:
        refuse(*_said(error, text))
    except RecursionError:
        raise file_problem(path, _(NESTED_TOO_DEEP)) from None
    return node


def _as_yaml(text: str) -> str:
    """Return JSON text so that YAML reads the same: no tabs between tokens, no escapes of surrogate pairs."""

    def no_constant(_name: str) -> NoReturn:
        # Python reads what JSON does not know; where it stands, only a second look tells.
        found = next(one for one in _CONSTANT.finditer(text) if one["constant"])
        raise json.JSONDecodeError("Expecting value", text, found.start())

    # Numbers are not converted: Python refuses to convert very long ones, and YAML looks at them anyway.
    json.loads(text, parse_int=str, parse_float=str, parse_constant=no_constant)
    return _ESCAPE.sub(_one_escape, text).replace("\t", " ")


def _lowered(message: str) -> str:
    return message[0].lower() + message[1:].replace("'", "`")


def _one_escape(found: re.Match[str]) -> str:
    """Return an escape as YAML knows it: a pair is one; raise JSONDecodeError for half of one."""
    if found["half"]:
        raise json.JSONDecodeError(_HALF, found.string, found.start())
    if not found["high"]:
        return found[0]
    high, low = int(found["high"], 16), int(found["low"], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def _said(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str, str]:
    """Return line and column (from 0) of a syntax error, what is wrong, and the way out."""
    context, problem = error.context or "", error.problem or ""
    mark, start = error.problem_mark, error.context_mark
    assert mark is not None  # noqa: S101 (the reader marks every problem)
    if (
        start is not None
        and ("quoted" in context or "flow" in context)
        and not _rest(text, mark.line, mark.column).strip()
    ):
        is_quote = "quoted" in context
        bracket = _("this bracket is not closed, or a comma is missing")
        return start.line, start.column, _("this quote is not closed") if is_quote else bracket, ""
    said = next((_both(*words) for part, *words in _WORDS if part in f"{context} {problem}"), None)
    if said is None and "cannot start any token" in problem:
        char = _rest(text, mark.line, mark.column)[:1]
        said = (
            (_("a value cannot begin with a tab"), _("indent with spaces"))
            if char == "\t"
            else (_("a value cannot begin with {what}", what=f"`{char}`"), _('put the text in quotes: "…"'))
        )
    return (
        mark.line,
        mark.column,
        *(said or (_("this does not fit what stands before it"), _("look at indent, `:`, quotes and brackets"))),
    )


def _both(message: str, help_text: str) -> tuple[str, str]:
    return _(message), _(help_text)


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a text; a line ends where YAML ends one."""
    return tuple(_END.split(text))


def _rest(text: str, line: int, column: int) -> str:
    """Return a text from a place on."""
    found = _END.split(text, maxsplit=line)
    return found[line][column:] if line < len(found) else ""


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9][A-Za-z0-9_./-]*)*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
# Words that some reader of YAML takes for something else than text.
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
# What JSON leaves as it is in a text, and YAML would read as the end of a line.
_YAML_BREAKS = str.maketrans({"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_MOST_ON_A_LINE = 100


def block(value: Any, indent: int) -> Iterator[str]:
    """Yield the lines of a mapping or a list, each with its indent."""
    lead = " " * indent
    if isinstance(value, tuple):
        for one in value:
            if isinstance(one, dict) and one:
                first, *rest = block(one, indent + 2)
                yield f"{lead}- {first.lstrip(' ')}"
                yield from rest
            else:
                yield f"{lead}- {one_line(one)}"
        return
    for name, one in value.items():
        yield from f"{lead}{_key(name)}:{behind_key(one, indent)}".split("\n")


def behind_key(value: Any, column: int, newline: str = "\n") -> str:
    """Return what stands behind the colon of a key in a column: the value on the same line, or lines below it."""
    if isinstance(value, str) and "\n" in value and _fits_block(value):
        lead = " " * (column + 2)
        return " |-" + "".join(f"{newline}{lead}{one}" if one else newline for one in value.split("\n"))
    if _wants_lines(value):
        return "".join(f"{newline}{one}" for one in block(value, column + 2))
    return f" {one_line(value)}"


def one_line(value: Any) -> str:
    """Return a value on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case date():
            return value.isoformat()
        case str():
            is_plain = _PLAIN.fullmatch(value) and value.casefold() not in _RESERVED
            return value if is_plain else json.dumps(value, ensure_ascii=False).translate(_YAML_BREAKS)
        case dict():
            return "{" + ", ".join(f"{_key(name)}: {one_line(one)}" for name, one in value.items()) + "}"
        case _:
            return "[" + ", ".join(one_line(one) for one in value) + "]"


def _key(name: str) -> str:
    return name if _NAME.fullmatch(name) and name.casefold() not in _RESERVED else one_line(name)


def _fits_block(text: str) -> bool:
    """Return whether a text can stand line by line as it is, without quotes."""
    return bool(text.strip()) and not re.search(r"^[ \t]|[ \t]$|[\x85\u2028\u2029]|\n\Z", text, re.MULTILINE)


def _wants_lines(value: Any) -> bool:
    """Return whether a value is written on lines of its own: records, and what would make a line too long."""
    if isinstance(value, tuple):
        return any(isinstance(part, dict) for part in value) or len(one_line(value)) > _MOST_ON_A_LINE
    return isinstance(value, dict) and bool(value)
