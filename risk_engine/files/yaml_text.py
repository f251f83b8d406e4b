"""Plain values as YAML that people read: short ones on a line, records and long ones on lines of their own."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

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
