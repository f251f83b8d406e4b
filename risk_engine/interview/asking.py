"""The one interface between the interview and whoever sits before it: what is asked, and which line comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Option:
    """What can be chosen: how the case writes it, and the title that people read."""

    name: str
    title: str


def picked(line: str, options: Sequence[Option]) -> str | None:
    """Return the name of the one option that a line means, by its number or its words; None where it means none."""
    typed = line.strip()
    if typed.isascii() and typed.isdigit():
        return options[int(typed) - 1].name if 1 <= int(typed) <= len(options) else None
    return next((option.name for option in options if typed in {option.name, option.title}), None)


@dataclass(frozen=True)
class Asked:
    """A question, and all that a dialogue shows with it."""

    text: str
    head: str = ""
    """What it is about."""
    options: tuple[Option, ...] = ()
    """Those that are listed with their numbers."""
    typing: tuple[str, ...] = ()
    """What to type."""
    notes: tuple[str, ...] = ()
    """What there is to know beside: an answer that stands, one that was set aside."""


class Terminal(Protocol):
    """Where a dialogue takes place."""

    def say(self, text: str = "", *, lead: str = "", strong: bool = False) -> None:
        """Show a paragraph, its lines with this lead."""

    def ask(self, asked: Asked, *, again: bool = False) -> str | None:
        """Put a question, or wait for another answer to the one that was put last; return the line that is typed.

        None where there will be none.
        """
