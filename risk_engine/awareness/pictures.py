"""The pictures of who works with whom: columns a year, and a network of two sides; a table beside each says the same.

One series has one strip: on a common scale, so that strips can be compared, and without colours that tell them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from risk_engine.files.language import _
from risk_engine.report.blocks import Box, Item, Label, Picture, Ribbon, RibbonLook
from risk_engine.report.pictures import LINE, NARROW, WIDTH, wrapped
from risk_engine.report.wording import and_more

MOST_YEARS: Final = 30
"""So many years a picture draws, the last ones; the table beside it has all."""
_TALL: Final = 44
_YEAR_ROOM: Final = 36
"""How many pixels of the narrowest screen a year takes as a label."""
_THICK: Final = 22
_SLOT: Final = 15
_SIDE: Final = 350
"""How much of the width, in per mille, the names of either side have."""
_NUMBER: Final = 50


@dataclass(frozen=True)
class Strip:
    """What is counted a year: what it is called, and a number for each year of the picture; None is not drawn."""

    label: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class Edge:
    """A pair of the network: its two names, its weight, that weight in words, and whether somebody confirmed it."""

    a: str
    b: str
    weight: float
    said: str
    confirmed: bool


def year_columns(key: str, title: str, years: Sequence[int], strips: Sequence[Strip], number: "Number") -> Picture:
    """Return a strip of columns for each series, a column a year, all strips on the same scale."""
    first = max(0, len(years) - MOST_YEARS)
    shown = years[first:]
    most = max((value for one in strips for value in one.values[first:]), default=0) or 1
    items: list[Item] = []
    said: list[str] = []
    y = 0
    for one in strips:
        values = one.values[first:]
        highest = max(range(len(values)), key=lambda at: (values[at], at))
        told = _(
            "{label}: {total} in all, most in {year} ({number})",
            label=one.label,
            total=number(sum(values)),
            year=shown[highest],
            number=number(values[highest]),
        )
        said.append(told)
        label, y = wrapped(told, 0, y, NARROW, "plain", most=3)
        items += label
        for at, value in enumerate(values):
            left, right = at * WIDTH // len(shown), (at + 1) * WIDTH // len(shown)
            # What is there is seen, however little it is.
            height = max(1, round(value * _TALL / most)) if value else 0
            if height:
                items.append(Box(left, y + _TALL - height, max(4, (right - left) * 3 // 4), height, "now"))
        items.append(Box(0, y + _TALL, WIDTH, 1, "rule"))
        y += _TALL + 2
        items += _year_labels(shown, y)
        y += LINE + 8
    return Picture(key, title, f"{'; '.join(said)}.", y, tuple(items))


def _year_labels(years: Sequence[int], y: int) -> list[Label]:
    every = max(1, -(-len(years) * _YEAR_ROOM // NARROW))
    return [
        Label(at * WIDTH // len(years), y + 11, str(year), "soft") for at, year in enumerate(years) if at % every == 0
    ]


class Number:
    """Says a number: a whole one with its thousands apart, a fraction with one place, or more."""

    def __init__(self, *, fractional: bool, places: int = 1) -> None:
        self.places = places if fractional else 0

    def __call__(self, value: float) -> str:
        """Return the number in words of every language: digits."""
        return f"{value:,.{self.places}f}".replace(",", "\u202f")


@dataclass
class _Node:
    name: str
    edges: list[int]
    top: int = 0
    tall: int = 0


def network(key: str, title: str, edges: Sequence[Edge], *, more: int) -> Picture:
    """Return the pairs as bands from the institutions on the left to those on the right, as thick as they weigh.

    `edges` come with the heaviest first; `more` is how many pairs are not drawn.
    """
    heaviest = max((one.weight for one in edges), default=1) or 1
    thick = [max(2, round(one.weight * _THICK / heaviest)) for one in edges]
    slots = [max(_SLOT, one + 3) for one in thick]
    left, right = _nodes([one.a for one in edges]), _nodes([one.b for one in edges])
    items: list[Item] = []
    starts, height_left = _side(left, slots, 0, items)
    ends, height_right = _side(right, slots, WIDTH - _SIDE, items)
    for at, one in enumerate(edges):
        look: RibbonLook = "same" if one.confirmed else "apart"
        inset = (slots[at] - thick[at]) // 2
        items.append(Label(_SIDE + 4, starts[at] + slots[at] // 2 + 4, one.said, "soft"))
        begins = _SIDE + _NUMBER
        items.append(Ribbon(begins, WIDTH - _SIDE - 20 - begins, starts[at] + inset, ends[at] + inset, thick[at], look))
    y = max(height_left, height_right)
    if more > 0:
        items.append(Label(0, y + 12, and_more(more), "soft"))
        y += 18
    used = {one.confirmed for one in edges}
    signs = [
        *([("same", _("a pair that is confirmed"))] if True in used else []),
        *([("apart", _("a pair that is not checked"))] if False in used else []),
    ]
    said = "; ".join(
        _("{a} with {b}: {number}", a=one.a, b=one.b, number=one.said)  # the words of each band
        for one in edges
    )
    return Picture(key, title, f"{said}.", y, tuple(items), tuple(signs))


def _nodes(names: Sequence[str]) -> list[_Node]:
    nodes: dict[str, _Node] = {}
    for at, name in enumerate(names):
        nodes.setdefault(name, _Node(name, [])).edges.append(at)
    return list(nodes.values())


def _side(nodes: Sequence[_Node], slots: Sequence[int], x: int, items: list[Item]) -> tuple[dict[int, int], int]:
    """Draw the names of a side, and return where the band of each pair begins there and how far down the side goes."""
    places: dict[int, int] = {}
    y = 0
    for node in nodes:
        label, bottom = wrapped(node.name, x, y, NARROW * _SIDE // WIDTH, "plain", most=4)
        items += label
        at = y + 2
        for edge in node.edges:
            places[edge] = at
            at += slots[edge]
        items.append(Box(_SIDE - 8 if x == 0 else x - 16, y + 2, 6, at - y - 2, "today"))
        y = max(bottom, at) + 8
    return places, y
