"""Help that is longer than the room above its question: shown by the screenful, each until a key is pressed."""

from collections.abc import Sequence
from typing import Any

import typer
from prompt_toolkit.application import Application, get_app_session
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Layout, Window

from risk_engine.cli.arrows.endings import add_endings
from risk_engine.cli.arrows.frame import WIDEST, wrapped
from risk_engine.interview.asking import Asked
from risk_engine.language import _

_KEYS = 5
"""The lines around a question: a rule, what leaves it open, one that is empty, and the keys."""


def show(lines: Sequence[str], asked: Asked, standing: str) -> None:
    """Show help above the question that comes next; on a low screen alone, until a key is pressed.

    Raises EOFError where nothing will come any more.
    """
    size = get_app_session().output.get_size()
    below = [standing, asked.head, asked.text, *asked.notes, *(one.title for one in asked.options if asked.is_listed)]
    needed = sum(len(wrapped(text, min(size.columns, WIDEST))) for text in below if text) + _KEYS
    has_room = len(lines) + needed <= size.rows
    most = len(lines) if has_room else size.rows - 1
    pages = [lines[at : at + most] for at in range(0, len(lines), max(most, 1))]
    for number, page in enumerate(pages, 1):
        for line in page:
            typer.echo(line)
        if not has_room:
            _wait_for_a_key(_("Help {number}/{last} · any key goes on", number=number, last=len(pages)))


def _wait_for_a_key(text: str) -> None:
    keys = KeyBindings()

    @keys.add(Keys.Any)
    def _go_on(event: KeyPressEvent) -> None:
        event.app.exit()

    add_endings(keys)

    line = Window(FormattedTextControl(text, focusable=True), height=1)
    application: Application[Any] = Application(Layout(line), key_bindings=keys, erase_when_done=True)
    # As at every question: a terminal that does not tell where its cursor is does as well.
    application.renderer.cpr_not_supported_callback = None
    application.run()
