"""The first page in print: the answer must fit one sheet of paper, whatever a case holds.

What it lists is few already. Where the texts are long it is set smaller, and lines are cut: the sections behind it say
everything.
"""

from collections.abc import Iterable
from dataclasses import replace

from risk_engine.report.blocks import Answer, Field, Line, cut, words

_LETTERS = 100
"""About how many letters stand on a line across the sheet."""
_LINES = 31
"""How many lines fit below the header, beside headings and scales."""
_WIDE, _HALF, _CHALLENGE = 190, 105, 330
"""How many letters a line may have on a sheet that is set smaller: two lines across it, or in a half of it."""


def on_one_sheet(answer: Answer) -> Answer:
    """Return the answer as it is where it fits one sheet, else dense: set smaller and cut."""
    why, conditions, missing, following, *closing = answer.fields
    lines = 2 * _count([answer.sentence], _LETTERS // 2) + _count(map(words, answer.more), _LETTERS)
    lines += sum(_lines_of(one, _LETTERS) for one in (why, following, *closing))
    lines += max(_lines_of(one, _LETTERS // 2) for one in (conditions, missing))
    if lines <= _LINES:
        return answer
    glance = (_cut(why, _WIDE), _cut(conditions, _HALF), _cut(missing, _HALF), _cut(following, _WIDE))
    challenge = answer.challenge and _cut(answer.challenge, _CHALLENGE)
    return replace(answer, glance=glance, challenge=challenge, dense=True)


def _lines_of(field: Field, letters: int) -> int:
    return _count(map(words, field.lines), letters)


def _count(texts: Iterable[str], letters: int) -> int:
    return sum(1 + len(one) // letters for one in texts)


def _cut(field: Field, room: int) -> Field:
    made: tuple[Line, ...] = tuple(cut(one, room) for one in field.lines)
    return replace(field, lines=made)
