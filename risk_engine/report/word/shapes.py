"""What a name of an office template stands for: text, a list, parts with names of their own, or paragraphs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Text:
    """A text, which stands within a line."""


@dataclass(frozen=True)
class Number:
    """A whole number, which stands within a line and can be compared."""


@dataclass(frozen=True)
class Truth:
    """Yes or no, which a template asks for and never prints."""


@dataclass(frozen=True)
class Whole:
    """Paragraphs, tables and pictures, which stand in place of a paragraph."""


@dataclass(frozen=True)
class Many:
    """A list of things of one shape."""

    of: "Shape"


@dataclass(frozen=True)
class Parts:
    """A thing with named parts."""

    named: Mapping[str, "Shape"]


Shape: TypeAlias = Text | Number | Truth | Whole | Many | Parts
TEXT, NUMBER, TRUTH, WHOLE = Text(), Number(), Truth(), Whole()

LOOP = Parts({**dict.fromkeys(("index", "index0", "revindex", "length"), NUMBER), "first": TRUTH, "last": TRUTH})
"""What `loop` is inside a loop."""
