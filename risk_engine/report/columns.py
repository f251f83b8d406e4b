"""How wide the columns of a printed table are: from the letters that stand in them."""

from collections.abc import Sequence
from math import isqrt

_ROOM, _GAP = 110, 2
"""About how many letters of a table stand on a line across the page, and what parts two columns."""
_NARROW, _LONG = 18, 300
"""A column whose cells have at most so many letters is as wide as they are; longer cells than `_LONG` count as that."""
_WORD = 18
"""Longer words are divided."""
_BY_HAND = 80
"""An empty column is room to write, as if its cells had so many letters."""


def widths(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the share of each column in the width of a table; 0 for one that is as wide as what it holds.

    A cell grows in both directions, so four times the letters want twice the width; but a column is at least as wide
    as its longest word.
    """
    columns = list(zip(head, *rows, strict=True))
    letters = [_longest(one) for one in columns]
    words = [_longest_word(one) + _GAP for one in columns]
    shares = {place: isqrt(100 * min(one, _LONG)) for place, one in enumerate(letters) if one > _NARROW}
    room = _ROOM - sum(one + _GAP for one in letters if one <= _NARROW)
    pinched: dict[int, int] = {}
    while found := [one for one in shares if shares[one] * room < words[one] * sum(shares.values())]:
        for one in found:
            del shares[one]
            pinched[one] = words[one]
            room -= words[one]
    # What is left of the room goes to the others by their shares, so a letter is worth so much of a share.
    letter = sum(shares.values()) // max(1, room) or 1
    return [shares.get(one) or pinched.get(one, 0) * letter for one in range(len(columns))]


def _longest(column: Sequence[str]) -> int:
    head, *cells = column
    return max(map(len, column)) if any(cells) or not cells else max(len(head), _BY_HAND)


def _longest_word(column: Sequence[str]) -> int:
    return max((min(len(word), _WORD) for text in column for word in text.split()), default=0)
