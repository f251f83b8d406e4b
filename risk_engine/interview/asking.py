"""The one interface between the interview and whoever sits before it: what is asked, and what comes back.

Two forms of dialogue fulfil it, plain lines and keys on a terminal; the interview does not know which one it has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

Kind: TypeAlias = Literal["one", "several", "row", "integer", "date", "text"]


@dataclass(frozen=True)
class Option:
    """What can be chosen: how the case writes it, the title that people read, other words that find it."""

    name: str
    title: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """What can be done with a question beside answering it: what is typed for it, and what that does."""

    typed: str
    title: str


@dataclass(frozen=True)
class Chosen:
    """Options that were pointed at, by their names; none of them is an answer too."""

    names: tuple[str, ...]


Reply: TypeAlias = str | Chosen | None
"""A line as a person types it, with commands among them; options pointed at; None where nothing will come any more."""


def picked(reply: Reply, options: Sequence[Option]) -> str | None:
    """Return the name of the one option that a reply means, by its number or its words; None where it means none."""
    if isinstance(reply, Chosen):
        return reply.names[0]
    said = (reply or "").strip()
    if said.isascii() and said.isdigit():
        return options[int(said) - 1].name if 1 <= int(said) <= len(options) else None
    return next((one.name for one in options if said in {one.name, one.title}), None)


def nothing_wrong(_line: str) -> str:
    """Take whatever is typed."""
    return ""


@dataclass(frozen=True)
class Asked:
    """A question, and all that a dialogue needs to put it."""

    text: str
    kind: Kind = "text"
    head: str = ""
    """What it is about."""
    options: tuple[Option, ...] = ()
    is_listed: bool = True
    """Whether lines list the options with their numbers; else `typing` says what to type for them."""
    limits: tuple[int, int] | None = None
    """The lowest and the highest number."""
    typing: tuple[str, ...] = ()
    """What to type, for whoever types."""
    notes: tuple[str, ...] = ()
    """What there is to know beside: an answer that stands, one that was set aside."""
    chosen: tuple[str, ...] | None = None
    """The options that are chosen so far, None for no answer."""
    said: str = ""
    """What was typed so far, for whoever wants to change it."""
    leave: Command | None = None
    """What leaves it open; None where it cannot be left so."""
    none: str = ""
    """The title of the answer that none of several options applies."""
    commands: tuple[Command, ...] = ()
    check: Callable[[str], str] = nothing_wrong
    """Says of a line what is wrong with it and what is accepted; nothing where it can be taken."""


class Terminal(Protocol):
    """Where a dialogue takes place."""

    def say(self, text: str = "", *, lead: str = "", strong: bool = False) -> None:
        """Show a paragraph, its lines with this lead."""

    def explain(self, legend: str) -> None:
        """Show what can be typed at every question, unless each question shows it by itself."""

    def standing(self, line: str) -> None:
        """Show how the case stands, from now on."""

    def ask(self, asked: Asked, *, again: bool = False) -> Reply:
        """Put a question, or wait for another answer to the one that was put last; return what comes back."""
