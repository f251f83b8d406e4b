"""A view to text for a terminal, whole: what the one screen of a report leaves out stands here too."""

from io import StringIO
from typing import assert_never

from rich.console import Console
from rich.text import Text

from risk_engine.report.blocks import (
    Blanks,
    Block,
    Bullets,
    Fields,
    Group,
    Letterhead,
    Picture,
    Prose,
    Section,
    Table,
    View,
)
from risk_engine.report.text import PLAIN_WIDTH, TONES, print_table, put_line, styled

_ITEM = "  - "


def document_text(shown: View) -> str:
    """Return a document as plain text, without colour or control characters."""
    out = StringIO()
    print_document(shown, Console(file=out, width=PLAIN_WIDTH, color_system=None, force_terminal=False, _environ={}))
    return out.getvalue()


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
        _block(head, console)
    put_line(console, Text(section.title, style="bold"))
    for part in blocks:
        console.print()
        if isinstance(part, Group):
            put_line(console, styled(part.title))
            for block in part.blocks:
                _block(block, console)
        else:
            _block(part, console)


def _block(block: Block | Group, console: Console) -> None:
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
