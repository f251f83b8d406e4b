"""A table of a report as one of Word: a row of heads that is repeated, whole rows, widths by what is in them."""

from collections.abc import Sequence

from risk_engine.report.blocks import Table, words
from risk_engine.report.word.lines import Lines
from risk_engine.report.word.xml import Element, element, paragraph, value

_ACROSS = 100
"""About how many letters stand on a line across the sheet."""
_LONGEST_WORD = 20
"""A longer word may break; no column is made wider for it."""
_TO_WRITE_IN = 34
"""So wide is a column to be written into."""
_HANDWRITTEN = 680
"""The height of a row to be written into by hand, in twentieths of a point."""
_WHOLE = 5000
"""A whole width, as Word counts: in fiftieths of a percent."""


def table(block: Table, lines: Lines, room: int) -> list[Element]:
    """Return the caption and the table below it; `room` is the width of the text in twentieths of a point."""
    shares = [share * _WHOLE // _ACROSS for share in _widths(block)]
    shares[-1] += _WHOLE - sum(shares)
    styles = lines.styles
    head = _row(
        [paragraph(styles["Report Table Head"], lines.plain(name)) for name in block.head], shares, is_head=True
    )
    rows = [
        _row(
            [paragraph(styles["Report Table Text"], lines.of(cell)) for cell in row],
            shares,
            has_room=any(not words(cell).strip() for cell in row),
        )
        for row in block.rows
    ]
    properties = element(
        "w:tblPr",
        children=[
            value("w:tblStyle", styles["Report Table"]),
            element("w:tblW", {"w:w": _WHOLE, "w:type": "pct"}),
            element("w:tblLayout", {"w:type": "fixed"}),
            # The first row and the first column are heads: readers of the screen say them with each cell.
            element(
                "w:tblLook",
                {
                    "w:val": "00A0",
                    "w:firstRow": 1,
                    "w:lastRow": 0,
                    "w:firstColumn": 1,
                    "w:lastColumn": 0,
                    "w:noHBand": 0,
                    "w:noVBand": 0,
                },
            ),
            value("w:tblCaption", block.caption),
        ],
    )
    grid = element("w:tblGrid", children=[element("w:gridCol", {"w:w": room * one // _WHOLE}) for one in shares])
    caption = paragraph(styles["caption"], lines.plain(block.caption))
    return [caption, element("w:tbl", children=[properties, grid, head, *rows])]


def _row(cells: Sequence[Element], shares: Sequence[int], *, is_head: bool = False, has_room: bool = False) -> Element:
    marks = [
        element("w:cantSplit"),
        *([element("w:trHeight", {"w:val": _HANDWRITTEN, "w:hRule": "atLeast"})] if has_room else []),
        *([element("w:tblHeader")] if is_head else []),
    ]
    made = [
        element("w:tc", children=[element("w:tcPr", children=[element("w:tcW", {"w:w": one, "w:type": "pct"})]), cell])
        for cell, one in zip(cells, shares, strict=True)
    ]
    return element("w:tr", children=[element("w:trPr", children=marks), *made])


def _widths(block: Table) -> list[int]:
    """Return how many letters wide each column is: no ordinary word breaks, and the rows are as low as they can be."""
    if block.shares:
        return list(block.shares)
    rows = [block.head, *([words(cell) for cell in row] for row in block.rows)]
    wide = [_least(*column) for column in zip(*rows, strict=True)]
    if sum(wide) > _ACROSS:
        wide = [max(1, one * _ACROSS // sum(wide)) for one in wide]
    lengths = [[len(cell) for cell in row] for row in rows]
    for _ in range(_ACROSS - sum(wide)):
        wide[_neediest(lengths, wide)] += 1
    return wide


def _least(name: str, *cells: str) -> int:
    """Return how many letters wide a column is at least; one without a word is there to be written into."""
    if cells and not any(one.strip() for one in cells):
        return _TO_WRITE_IN
    return min(_LONGEST_WORD, max(len(word) for cell in (name, *cells) for word in cell.split() or [""])) + 2


def _neediest(rows: Sequence[Sequence[int]], wide: Sequence[int]) -> int:
    """Return the column that makes most rows lower where it gets a letter more."""
    gain = [0] * len(wide)
    for row in rows:
        # In hundredths of a line, so that each letter counts.
        heights = [100 * letters // room for letters, room in zip(row, wide, strict=True)]
        tallest = max(heights)
        number = heights.index(tallest)
        others = max((one for place, one in enumerate(heights) if place != number), default=0)
        gain[number] += tallest - max(others, 100 * row[number] // (wide[number] + 1))
    return max(range(len(wide)), key=lambda one: (gain[one], -wide[one]))
