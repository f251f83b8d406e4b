"""The kinder form of the interview's dialogue: options are pointed at with arrow keys, what is typed is checked.

It needs a terminal that can move its cursor and the extra `interview`; everywhere else there are plain lines.
"""

import os
import sys

from risk_engine.cli.dialogue import Dialogue
from risk_engine.language import _


def dialogue(*, plain: bool) -> Dialogue:
    """Return the dialogue that suits where it takes place; with `plain` always the one of lines."""
    if plain or not _can_point():
        return Dialogue()
    try:
        from risk_engine.cli.arrows.terminal import Arrows
    except ImportError:
        lines = Dialogue()
        lines.say(_("With the extra `interview` answers are chosen with arrow keys and checked while they are typed."))
        return lines
    return Arrows()


def _can_point() -> bool:
    """Return whether a person sits before a terminal that can move its cursor and show the signs that point."""
    if not all(one is not None and one.isatty() for one in (sys.stdin, sys.stdout)):
        return False
    is_dumb = os.name == "posix" and os.environ.get("TERM", "") in {"", "dumb", "unknown"}
    return not is_dumb and sys.stdout.encoding.casefold().replace("-", "") == "utf8"
