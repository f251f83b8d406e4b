"""Keeping a summary to the first sheet: lines that have no room are cut or counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from risk_engine.language import ngettext
from risk_engine.report.blocks import Answer, Field, Line, cut, say, words

T = TypeVar("T")

_LINE = 95
"""About how many letters stand on a line across the sheet."""
PAGE = 36
"""How many lines fit on a first page beside its headings."""


@dataclass(frozen=True)
class Room:
    """How many lines each part of a first page may have, and how many letters a line of it."""

    levels: int
    why: int
    basis: int
    line: int

    def field(self, field: Field, room: int) -> Field:
        """Return a field of at most so many lines; it counts the others."""
        return Field(field.label, self.lines(field.lines, room))

    def lines(self, lines: Sequence[Line], room: int) -> tuple[Line, ...]:
        """Return as many of the lines as have room; the last one counts the others."""
        short = [cut(one, self.line) for one in lines]
        fit = fitting(short, room, height)
        if fit == len(lines):
            return tuple(short)
        return (*short[:fit], say(ngettext("and {number} more", "and {number} more", len(lines) - fit)))


ROOMY: Final = Room(levels=12, why=16, basis=16, line=320)
TIGHT: Final = Room(levels=8, why=8, basis=6, line=190)
"""Tight is for what does not fit on the sheet otherwise."""


def height(line: Line) -> int:
    """Return how many lines of the sheet a line takes."""
    return 1 + len(words(line)) // _LINE


def height_of(first: Answer) -> int:
    """Return how many lines an answer takes; its first sentence is set large."""
    lines = (*first.more, *(line for field in first.fields for line in field.lines))
    return 2 * (1 + 2 * len(first.sentence) // _LINE) + sum(map(height, lines)) + 2 * len(first.fields)


def fitting(items: Sequence[T], room: int, size: Callable[[T], int]) -> int:
    """Return how many of the items, the first ones, have room."""
    used = 0
    for number, one in enumerate(items):
        used += size(one)
        if used > room:
            return number
    return len(items)
