"""A view to one screen of text for a terminal, and several assessments to a table, the worst first.

User text goes in as `Text`, never as a markup string, so that "[bold]" in a name stays what it is.
"""

from collections.abc import Sequence
from io import StringIO
from itertools import groupby

from rich.console import Console
from rich.text import Text

from risk_engine.model.explanation import Explanation
from risk_engine.report import summary
from risk_engine.report.blocks import Line, View
from risk_engine.report.harmless import clean_text
from risk_engine.report.screen import screen

PLAIN_WIDTH = 80

_ITEM = "  - "
# Some styles stand apart by signs too: colour is gone as soon as the text is piped.
_SIGNS = {"mark": "[{}]", "em": "*{}*"}
_CHANGES = {None: ("", ""), "added": ("{+", "+}"), "removed": ("[-", "-]")}
_STYLES = {"plain": "", "strong": "bold", "em": "italic", "mark": "bold yellow", "code": "cyan"}
TONES = {"mild": "bold green", "middle": "bold yellow", "strict": "bold red", "open": "bold yellow"}


def plain_text(shown: View) -> str:
    """Return the one screen as plain text, without colour or control characters."""
    out = StringIO()
    _print(shown, Console(file=out, width=PLAIN_WIDTH, color_system=None, force_terminal=False, _environ={}))
    return out.getvalue()


def print_text(assessment: Explanation, console: Console, *, can_be_exact: bool = True) -> None:
    """Print on one screen: may it start and on what conditions, why, what is missing, what next."""
    _print(screen(assessment, can_be_exact=can_be_exact), console)


def summary_table(assessments: Sequence[Explanation], console: Console) -> None:
    """Print several assessments, the worst first: by gate, then by headline level; still open ones say so."""
    rows = [summary.row(one) for one in summary.worst_first(assessments)]
    print_table(summary.head(assessments), rows, console)


def print_table(columns: Sequence[str], cells: Sequence[Sequence[str]], console: Console) -> None:
    """Print rows as a table; where there is too little room for one, each row as lines below each other."""
    rows = [tuple(clean_text(cell) for cell in row) for row in cells]
    widths = _widths(columns, rows, console.width)
    if widths is None:
        for row in rows:
            _print_short(columns, row, console)
        return
    from rich.table import Table  # the result of one case has none, and it takes its time to load

    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    for name, width in zip(columns, widths, strict=True):
        table.add_column(name, width=width, overflow="fold")
    for row in rows:
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
            made.append(_SIGNS.get(run.style, "{}").format(run.text), _STYLES[run.style])
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
