"""A comparison on one screen: the answer, the results side by side and what each of the criteria found."""

import dataclasses
from io import StringIO

from rich.console import Console
from rich.text import Text

from risk_engine.model.comparison import Compared
from risk_engine.report.blocks import Group, View
from risk_engine.report.comparison.view import comparison_view
from risk_engine.report.terminal import PLAIN_WIDTH, print_document, put_line

_ON_SCREEN = ("results", "findings")
"""The sections that the screen shows, without the parts that go into each finding."""


def comparison_text(compared: Compared) -> str:
    """Return the screen as plain text, without colour or control characters."""
    out = StringIO()
    console = Console(file=out, width=PLAIN_WIDTH, color_system=None, force_terminal=False, _environ={})
    print_comparison(compared, console)
    return out.getvalue()


def print_comparison(compared: Compared, console: Console) -> None:
    """Print the screen."""
    view = comparison_view(compared)
    print_document(_in_short(view), console)
    put_line(console, Text(view.full_report, style="dim"))


def _in_short(view: View) -> View:
    kept = [
        dataclasses.replace(one, blocks=tuple(block for block in one.blocks if not isinstance(block, Group)))
        for one in view.sections
        if one.key in _ON_SCREEN
    ]
    return dataclasses.replace(view, sections=tuple(kept))
