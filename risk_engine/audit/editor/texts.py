"""Words in the lines of a file: where one ends, and which one stands at a place."""

import re

_PLAIN = re.compile(r"[^\s,\[\]{}#:]+(?::(?=\S)[^\s,\[\]{}#:]+)*")
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'")


def end_of_word(line: str, begin: int) -> int:
    """Return where the word ends that begins in a column of a line, with its quotes; at least one column on."""
    found = _QUOTED.match(line, begin) or _PLAIN.match(line, begin)
    return min(begin + 1, len(line)) if found is None else found.end()
