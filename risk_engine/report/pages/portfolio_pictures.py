"""The pictures of a report on many cases: bars of how many cases stand where; tables beside them say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from risk_engine.files.language import _
from risk_engine.model.portfolio import CountedBy, LadderCounts
from risk_engine.report.blocks import Box, BoxLook, Item, Label, Picture
from risk_engine.report.pictures import NARROW, WIDTH, wrapped
from risk_engine.report.wording import and_more

MOST: Final = 12
"""So many bars a picture has; the table beside it has them all."""
_TALL: Final = 12
_LOOKS: Final[tuple[BoxLook, ...]] = ("track", "without", "expected", "now")
"""How levels look, the mildest first; where there are fewer, the first one and the last ones."""


@dataclass(frozen=True)
class Bar:
    """A bar: what it is of, and its pieces from the left, each with its look."""

    label: str
    pieces: tuple[tuple[BoxLook, int], ...]


def looks_of(levels: int) -> tuple[BoxLook, ...]:
    """Return how so many levels look; more than there are looks share the middle one."""
    first, last = _LOOKS[0], _LOOKS[-1]
    middle = _LOOKS[2:-1] if levels == 3 else _LOOKS[1:-1]  # noqa: PLR2004 (the mildest, one between, the strictest)
    between = tuple(middle[min(number, len(middle) - 1)] for number in range(levels - 2))
    return (first, *between, last)


def bars(key: str, title: str, several: Sequence[Bar], signs: Iterable[tuple[BoxLook, str]], *, of: int) -> Picture:
    """Return bars below each other, as long as their pieces are of so many."""
    items: list[Item] = []
    y = 0
    for one in several[:MOST]:
        label, y = wrapped(one.label, 0, y, NARROW, "plain", most=2)
        items += label
        items.append(Box(0, y + _TALL // 2, WIDTH, 1, "rule"))
        x = 0
        for look, cases in one.pieces:
            # What is there is seen, however little it is.
            width = max(4, cases * WIDTH // of) if cases else 0
            width = min(width, WIDTH - x)
            if width:
                items.append(Box(x, y, width, _TALL, look))
            x += width
        y += _TALL + 6
    if (more := len(several) - MOST) > 0:
        items.append(Label(0, y + 11, and_more(more), "soft"))
        y += 18
    used = {look for one in several for look, cases in one.pieces if cases}
    explained = tuple((look, meaning) for look, meaning in signs if look in used)
    said = "; ".join([*(one.label for one in several[:MOST]), *([and_more(more)] if more > 0 else [])])
    return Picture(key, title, f"{said}.", y, tuple(items), explained)


def ladder_bars(counts: LadderCounts, title: str, labels: Sequence[str], *, of: int) -> Picture:
    """Return for each level of a ladder the cases that are settled there, and those that stand there meanwhile."""
    several = [
        Bar(label, (("now", one.settled.cases), ("maybe", one.open.cases)))
        for label, one in zip(labels, counts.levels, strict=True)
    ]
    signs: tuple[tuple[BoxLook, str], ...] = (("now", _("settled")), ("maybe", _("still open")))
    return bars(f"ladder-{counts.ladder}", title, several, signs, of=of)


def answer_bars(counted: CountedBy, number: int, title: str, labels: Sequence[str], levels: Sequence[str]) -> Picture:
    """Return for each answer its cases by level."""
    looks = looks_of(len(levels))
    several = [
        Bar(
            label,
            (*((look, one.cases) for look, one in zip(looks, each.levels, strict=True)), ("maybe", each.open.cases)),
        )
        for label, each in zip(labels, counted.answers, strict=True)
    ]
    longest = max((one.cases.cases for one in counted.answers), default=1)
    return bars(f"by-{number}", title, several, level_signs(levels), of=longest)


def share_bars(key: str, title: str, rows: Sequence[tuple[str, Sequence[int], int]], levels: Sequence[str]) -> Picture:
    """Return for each row its share at each level, and of what is open."""
    looks = looks_of(len(levels))
    several = [Bar(label, (*zip(looks, settled, strict=True), ("maybe", opened))) for label, settled, opened in rows]
    whole = max((sum(settled) + opened for _label, settled, opened in rows), default=1)
    return bars(key, title, several, level_signs(levels), of=whole)


def level_signs(levels: Sequence[str]) -> list[tuple[BoxLook, str]]:
    """Return what looks mean where pieces are levels."""
    return [*zip(looks_of(len(levels)), levels, strict=True), ("maybe", _("still open"))]
