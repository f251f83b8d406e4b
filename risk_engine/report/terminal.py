"""A report or a document as plain text, for a terminal."""

from collections.abc import Callable, Sequence
from io import StringIO
from itertools import groupby
from math import isqrt
from typing import TYPE_CHECKING, assert_never

from rich.console import Console
from rich.text import Text

from risk_engine.files.harmless import clean_text
from risk_engine.model.explanation import Explanation
from risk_engine.report.answer import screen
from risk_engine.report.blocks import (
    Blanks,
    Block,
    Bullets,
    Fields,
    Group,
    Letterhead,
    Line,
    Picture,
    Prose,
    Section,
    Table,
    View,
)

if TYPE_CHECKING:
    from risk_engine.model.outlook import ExplainedOutlook
    from risk_engine.report.several import Row

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


PLAIN_WIDTH = 80

_ITEM = "  - "
# Some styles stand apart by signs too: colour is gone as soon as the text is piped.
_SIGNS = {"mark": "[{}]", "em": "*{}*"}
_CHANGES = {None: ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}
_STYLES = {"plain": "", "strong": "bold", "em": "italic", "mark": "bold yellow", "code": "cyan"}
TONES = {"mild": "bold green", "middle": "bold yellow", "strict": "bold red", "open": "bold yellow"}


def in_plain(put: Callable[[Console], None], width: int = PLAIN_WIDTH) -> str:
    """Return as plain text, without colour or control characters, what is put on a console of a width."""
    out = StringIO()
    put(Console(file=out, width=width, color_system=None, force_terminal=False, _environ={}))
    return out.getvalue()


def plain_text(shown: View) -> str:
    """Return the one screen as plain text, without colour or control characters."""
    return in_plain(lambda console: _print(shown, console))


def print_text(
    assessment: Explanation,
    console: Console,
    *,
    can_be_exact: bool = True,
    outlook: "ExplainedOutlook | None" = None,
) -> None:
    """Print on one screen: may it start and on what conditions, why, what is missing, what next."""
    _print(screen(assessment, can_be_exact=can_be_exact, outlook=outlook), console)


def summary_table(rows: Sequence["Row"], console: Console) -> None:
    """Print several assessments, the worst first: by gate, then by headline level; still open ones say so."""
    from risk_engine.report.several import head, worst_first  # a single case is in no table

    print_table(head(rows), [one.cells for one in worst_first(rows)], console)


_AT_ONCE = 500
"""So many rows are printed at once: the library holds far more of a table than what it shows."""


def print_table(columns: Sequence[str], cells: Sequence[Sequence[str]], console: Console) -> None:
    """Print rows as a table; where there is too little room for one, each row as lines below each other."""
    rows = [tuple(clean_text(cell) for cell in row) for row in cells]
    widths = _widths(columns, rows, console.width)
    if widths is None:
        for row in rows:
            _print_short(columns, row, console)
        return
    from rich.table import Table  # the result of one case has none, and it takes its time to load

    for start in range(0, max(len(rows), 1), _AT_ONCE):
        table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold", show_header=not start)
        for name, width in zip(columns, widths, strict=True):
            table.add_column(name, width=width, overflow="fold")
        for row in rows[start : start + _AT_ONCE]:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)


def _print(shown: View, console: Console) -> None:
    answer = shown.answer
    assert answer is not None  # noqa: S101 -- the one screen is of a kind that answers
    put_line(console, Text(answer.sentence, style=TONES[answer.tone]))
    for more in answer.more:
        put_line(console, styled(more))
    for item in answer.glance:
        console.print()
        put_line(console, Text(item.label, style="bold"))
        for line in item.lines:
            put_line(console, styled(line), _ITEM)
    console.print()
    for closing in (shown.footer, shown.full_report):
        put_line(console, Text(closing, style="dim"))


def put_line(console: Console, text: Text, first: str = "") -> None:
    """Print a text with its further lines under its first; rich itself would leave blanks at the ends of lines."""
    for number, part in enumerate(text.wrap(console, max(1, console.width - len(first)), overflow="fold")):
        line = Text.assemble(" " * len(first) if number else first, part)
        line.rstrip()
        console.print(line, highlight=False)


def styled(line: Line) -> Text:
    """Return a line with its styles for a terminal."""
    made = Text()
    for change, stretch in groupby(line, lambda run: run.change):
        opening, closing = _CHANGES[change]
        made.append(opening)
        for run in stretch:
            sign = "{}" if run.text.startswith("(") else _SIGNS.get(run.style, "{}")  # brackets are a sign already
            made.append(sign.format(run.text), _STYLES[run.style])
        made.append(closing)
    return made


def _widths(names: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Return widths at which no column breaks a word and the wordy ones have most room; None if there is too little."""
    columns = list(zip(names, *rows, strict=True))
    widths = [max(len(word) for cell in column for word in cell.split()) for column in columns]
    wanted = [max(len(cell) for cell in column) for column in columns]
    spare = room - sum(widths) - len(widths) + 1
    for _spare in range(min(spare, sum(wanted) - sum(widths))):
        neediest = max(range(len(widths)), key=lambda one: wanted[one] / widths[one])
        widths[neediest] += 1
    return widths if spare >= 0 else None


def _print_short(columns: Sequence[str], row: Sequence[str], console: Console) -> None:
    put_line(console, Text(row[0], style="bold"))
    for name, cell in zip(columns[1:], row[1:], strict=True):
        put_line(console, Text(f"{name}: {cell}"), "  ")


def document_text(shown: View) -> str:
    """Return a document as plain text, without colour or control characters."""
    return in_plain(lambda console: print_document(shown, console))


def print_document(shown: View, console: Console) -> None:
    """Print a whole document."""
    answer = shown.answer
    if answer is not None:
        put_line(console, Text(answer.sentence, style=TONES[answer.tone]))
    if not shown.is_letter:
        put_line(console, Text(shown.title, style="bold"))
        put_line(console, Text(shown.about, style="dim"))
        if shown.warning:
            put_line(console, styled(shown.warning))
    if answer is not None:
        for more in answer.more:
            put_line(console, styled(more))
        for field in answer.fields:
            console.print()
            put_line(console, Text(field.label, style="bold"))
            for line in field.lines:
                put_line(console, styled(line), _ITEM)
        for block in answer.foot:
            console.print()
            print_block(block, console)
    for number, section in enumerate(shown.sections):
        if number or not shown.is_letter:
            console.print()
        _section(section, console)
    console.print()
    put_line(console, Text(shown.footer, style="dim"))


def _section(section: Section, console: Console) -> None:
    blocks = section.blocks
    if blocks and isinstance(blocks[0], Letterhead):
        head, *rest = blocks
        blocks = tuple(rest)
        print_block(head, console)
    put_line(console, Text(section.title, style="bold"))
    for part in blocks:
        console.print()
        if isinstance(part, Group):
            put_line(console, styled(part.title))
            for block in part.blocks:
                print_block(block, console)
        else:
            print_block(part, console)


def print_block(block: Block | Group, console: Console) -> None:
    """Print a block."""
    match block:
        case Prose(line):
            put_line(console, styled(line))
        case Bullets(lines):
            for line in lines:
                put_line(console, styled(line), _ITEM)
        case Fields(rows):
            for row in rows:
                put_line(console, Text(row.label, style="bold"))
                for line in row.lines:
                    put_line(console, styled(line), _ITEM)
        case Table(caption, head, rows):
            put_line(console, Text(caption))
            print_table(head, [[styled(cell).plain for cell in row] for row in rows], console)
        case Blanks(labels):
            for label in labels:
                put_line(console, Text(f"{label}: ______________________________"))
        case Letterhead(sender, recipient, dated):
            for part in (sender, recipient, (dated,)):
                for address in part:
                    put_line(console, Text(address))
                console.print()
        case Picture(title=title, desc=desc):
            put_line(console, Text(f"{title}. {desc}"))
        case Group():
            raise TypeError(block)
        case _:
            assert_never(block)
