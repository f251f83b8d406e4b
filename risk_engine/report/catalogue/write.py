"""A page of a catalogue to Markdown, to one self-contained HTML page, or to text for a terminal."""

import dataclasses
from datetime import date
from io import StringIO
from typing import Any, TypeVar, assert_never, cast

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
    Run,
    Table,
    View,
)
from risk_engine.report.catalogue.pages import Page
from risk_engine.report.html_markdown import environment, finalize, line
from risk_engine.report.sanitize import cleaned
from risk_engine.report.terminal import PLAIN_WIDTH, put_line, styled

T = TypeVar("T")
P = TypeVar("P", Page, View)


def as_markdown(page: Page, *, is_whole: bool) -> str:
    """Return the page as Markdown; of a single record without head and foot."""
    made = environment(autoescape=False, finalize=finalize)
    made.filters["line"] = line
    text = made.get_template("catalogue.md.j2").render(page=cleaned(page), is_whole=is_whole)
    return f"{text.strip()}\n"


def as_html(page: Page) -> str:
    """Return the page as HTML: nothing is loaded, no script, every text escaped, no link leads nowhere."""
    kept = without_dead_ends(cleaned(page))
    return environment(autoescape=True).get_template("catalogue.html.j2").render(page=kept)


def as_text(page: Page, *, is_whole: bool) -> str:
    """Return the page as plain text of a terminal's width."""
    out = StringIO()
    _print(cleaned(page), Console(file=out, width=PLAIN_WIDTH, color_system=None, _environ={}), is_whole=is_whole)
    return out.getvalue().lstrip("\n")


def anchors(page: Page | View) -> frozenset[str]:
    """Return every place of a page that a `ref` can lead to."""
    groups = (one.anchor for section in page.sections for one in section.blocks if isinstance(one, Group))
    return frozenset({*(section.key for section in page.sections), *(one for one in groups if one)})


def without_dead_ends(page: P) -> P:
    """Return the page without the refs that lead to nothing on it: what is computed, or stands on another page."""
    return _kept(page, anchors(page))


def _kept(part: T, there: frozenset[str]) -> T:
    match part:
        case Run(ref=str() as ref) if ref not in there:
            return cast("T", dataclasses.replace(part, ref=None))
        case tuple():
            return cast("T", tuple(_kept(one, there) for one in part))
        case Run() | str() | int() | date() | None:
            return part
        case _:
            block = cast("Any", part)
            content = {one.name: _kept(getattr(block, one.name), there) for one in dataclasses.fields(block)}
            return cast("T", dataclasses.replace(block, **content))


def _print(page: Page, console: Console, *, is_whole: bool) -> None:
    if is_whole:
        put_line(console, Text(page.title, style="bold"))
        for block in page.lead:
            _print_block(block, console)
    for section in page.sections:
        if is_whole:
            console.print()
            put_line(console, Text(section.title.upper(), style="bold"))
        for part in section.blocks:
            if isinstance(part, Group):
                console.print()
                put_line(console, styled(part.title))
                for block in part.blocks:
                    _print_block(block, console)
            else:
                _print_block(part, console)
    if is_whole:
        console.print()
        put_line(console, Text(page.footer, style="dim"))


def _print_block(block: Block, console: Console) -> None:
    match block:
        case Prose(text):
            put_line(console, styled(text))
        case Bullets(lines):
            for one in lines:
                put_line(console, styled(one), "  - ")
        case Fields(rows):
            for row in rows:
                if len(row.lines) == 1:
                    put_line(console, Text.assemble((f"{row.label}: ", "bold"), styled(row.lines[0])), "  ")
                else:
                    put_line(console, Text(f"{row.label}:", style="bold"), "  ")
                    for one in row.lines:
                        put_line(console, styled(one), "    - ")
        case Table(caption, head, rows):
            put_line(console, Text(f"{caption}:", style="bold"), "  ")
            for cells in rows:
                put_line(console, styled(cells[0]), "    - ")
                for name, cell in zip(head[1:], cells[1:], strict=True):
                    put_line(console, Text.assemble(f"{name}: ", styled(cell)), "      ")
        case Blanks(labels):
            for label in labels:
                put_line(console, Text(f"{label}: ______"), "  ")
        case Letterhead(sender, recipient, dated):
            put_line(console, Text(" · ".join((*sender, *recipient, dated))), "  ")
        case Picture(desc=said):
            put_line(console, Text(said), "  ")
        case _:
            assert_never(block)
