"""The first page in print: the answer must fit one sheet of paper, whatever a case holds.

What it lists is few already. Where the texts are long it is set smaller, and lines are cut as far as they must be: the
sections behind it say everything.
"""

from collections.abc import Iterable
from dataclasses import replace

from risk_engine.report.blocks import Answer, Field, Line, cut, words

_LETTERS, _SMALL_LETTERS = 100, 125
"""About how many letters stand on a line across the sheet, and across one that is set smaller."""
_LINES, _SMALL_LINES = 33, 46
"""How many lines fit below the header, beside headings and scales."""
_ROOMS = (570, 380, 285, 190, 150, 120)
"""How many letters a line may have on a sheet that is set smaller, the most first; half as many in a half of it."""


def on_one_sheet(answer: Answer) -> Answer:
    """Return the answer as it is where it fits one sheet, else dense: set smaller, and cut where that is too long."""
    if _lines(answer, _LETTERS) <= _LINES:
        return answer
    tries = [_dense(answer, room) for room in _ROOMS]
    return next((one for one in tries if _lines(one, _SMALL_LETTERS) <= _SMALL_LINES), tries[-1])


def _lines(answer: Answer, letters: int) -> int:
    why, conditions, missing, following, *closing = answer.fields
    lines = 2 * _count([answer.sentence], letters // 2) + _count(map(words, answer.more), letters)
    lines += sum(_lines_of(one, letters) for one in (why, following, *closing))
    return lines + max(_lines_of(one, letters // 2) for one in (conditions, missing))


def _dense(answer: Answer, room: int) -> Answer:
    why, conditions, missing, following = answer.glance
    half = room // 2 + 10
    glance = (_cut(why, room), _cut(conditions, half), _cut(missing, half), _cut(following, room))
    challenge = answer.challenge and _cut(answer.challenge, 2 * room)
    return replace(answer, glance=glance, challenge=challenge, dense=True)


def _lines_of(field: Field, letters: int) -> int:
    return _count(map(words, field.lines), letters)


def _count(texts: Iterable[str], letters: int) -> int:
    return sum(1 + len(one) // letters for one in texts)


def _cut(field: Field, room: int) -> Field:
    made: tuple[Line, ...] = tuple(cut(one, room) for one in field.lines)
    return replace(field, lines=made)
