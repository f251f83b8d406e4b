"""A map as text for a terminal or a pipe: below each other where the columns do not fit beside each other."""

from collections.abc import Sequence
from io import StringIO
from itertools import zip_longest

from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from risk_engine.language import _
from risk_engine.report.map import CellView, MapView, RowView, TableView
from risk_engine.report.text import TONES, put_line

FILE_WIDTH = 120
"""The width of a map that is written into a file: nobody's terminal decides what stands there."""
_GAP = 2
_INDENT = 2
_ITEM = "  - "


def map_text(view: MapView) -> str:
    """Return the map as plain text, without colour or control characters."""
    out = StringIO()
    print_map(view, Console(file=out, width=FILE_WIDTH, color_system=None, force_terminal=False, _environ={}))
    return out.getvalue()


def print_map(view: MapView, console: Console) -> None:
    """Print what the map takes for granted, the key, and its tables."""
    put_line(console, Text(view.title, style="bold"))
    for text in filter(None, (view.warning, view.about)):
        put_line(console, Text(text))
    _list(console, _("What it takes for granted"), view.assumes)
    _list(console, view.given_title, view.given)
    _list(
        console,
        _("Key"),
        [f"{one.title}: {', '.join(f'{it.sign} {it.text}' for it in one.levels)}" for one in view.key],
    )
    for more in filter(
        None,
        (
            _("Below the levels: the findings that decide. In brackets: those that are there besides."),
            view.open_key,
        ),
    ):
        put_line(console, Text(more), _ITEM)
    for table in view.tables:
        console.print()
        put_line(console, Text(table.title, style="bold underline"))
        if table.lead:
            put_line(console, Text(table.lead, style="dim"))
        _table(console, table)
    helped = [(band.title, band.help) for axis in view.axes for band in axis.bands if band.help]
    _list(console, _("The bands"), [f"{title}: {text}" for title, text in helped])
    _list(console, _("Indicators named above"), [f"{one.id} {one.title}" for one in view.indicators])
    console.print()
    for closing in (view.footer, _("Every fact that was set for a band, and what each level means: --format html")):
        put_line(console, Text(closing, style="dim"))


def _list(console: Console, title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    console.print()
    put_line(console, Text(title, style="bold"))
    for line in lines:
        put_line(console, Text(line), _ITEM)


def _table(console: Console, table: TableView) -> None:
    widest = max(len(word) for text in _words(table) for word in text.split())
    room = (console.width - _INDENT + _GAP) // len(table.columns) - _GAP
    if room < widest + len("● "):
        for row in table.rows:
            _put_below(console, row, table.columns)
        return
    _put_beside(console, [[Text(one, style="bold")] for one in table.columns], room)
    for row in table.rows:
        put_line(console, Text(row.title, style="bold"))
        _put_beside(console, [_cell(one) for one in row.cells], room)


def _words(table: TableView) -> list[str]:
    cells = [cell for row in table.rows for cell in row.cells]
    return [*table.columns, *(level.text for cell in cells for level in cell.levels), *(_by(cell) for cell in cells)]


def _put_below(console: Console, row: RowView, columns: Sequence[str]) -> None:
    put_line(console, Text(row.title, style="bold"))
    for name, cell in zip(columns, row.cells, strict=True):
        said = ", ".join(f"{one.sign} {one.text}" for one in cell.levels)
        by = _by(cell)
        put_line(console, Text(f"{name}: {said}{f'; {by}' if by else ''}"), "  ")


def _put_beside(console: Console, cells: Sequence[Sequence[Text]], room: int) -> None:
    """Print texts beside each other, each wrapped in its own column, without blanks at the ends of lines."""
    wrapped = [[line for text in cell for line in text.wrap(console, room, overflow="fold")] for cell in cells]
    for lines in zip_longest(*wrapped, fillvalue=Text()):
        parts = []
        for line in lines:
            line.rstrip()
            padded = line.copy()
            padded.plain = set_cell_size(line.plain, room)
            parts.append(padded)
        whole = Text(" " * _GAP).join(parts)
        whole.rstrip()
        console.print(Text.assemble(" " * _INDENT, whole), highlight=False, no_wrap=True)


def _cell(cell: CellView) -> list[Text]:
    levels = [Text(f"{one.sign} {one.text}", style=TONES[one.tone]) for one in cell.levels]
    by = _by(cell)
    return [*levels, Text(by)] if by else levels


def _by(cell: CellView) -> str:
    """Return the findings of a cell: those that decide, then in brackets the others."""
    return ", ".join((*cell.deciding, *(f"({one})" for one in cell.other)))
