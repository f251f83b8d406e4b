"""A dialogue on a terminal, or on pipes: paragraphs out, lines in; it works on the plainest terminal."""

import contextlib
import os
import re
import shutil
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from io import TextIOWrapper
from typing import TYPE_CHECKING, TypeVar

import typer

from risk_engine.files.interrupts import end_on_interrupt

if TYPE_CHECKING:
    from risk_engine.office.interview.lines import Asked

Read = TypeVar("Read")

_WIDEST = 100
_PAUSE = 0.05
"""As long as a line that is waited for may take to hear of Ctrl-C."""


class Dialogue:
    """Shows paragraphs and reads lines."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdin is not None and sys.stdin.isatty()
        self.lines = 0
        """So many lines came in."""
        self.stopped = False
        """Whether somebody typed `q` at the beginning, where there is no case yet to ask about."""
        is_dumb = os.environ.get("TERM", "dumb") in {"", "dumb"} or "NO_COLOR" in os.environ
        self._reads = False
        end_on_interrupt(self)
        self._is_bold = sys.stdout.isatty() and not is_dumb
        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        if self.is_terminal and not is_dumb:
            with contextlib.suppress(ImportError):
                import readline

                # What was answered to one question is nobody's business at the next.
                readline.set_auto_history(False)

    def say(self, text: str = "", *, lead: str = "", strong: bool = False) -> None:
        """Show a paragraph, its lines with this lead."""
        for line in self._wrapped(text, lead):
            typer.echo(typer.style(line, bold=True) if strong and self._is_bold else line)

    def _wrapped(self, text: str, lead: str) -> list[str]:
        width = min(shutil.get_terminal_size().columns, _WIDEST)
        number = re.match(r" *[0-9]+  ", text)  # further lines of an option stand under its words
        below = lead + " " * (number.end() if number else 0)
        wrapped = textwrap.wrap(lead + _clean(text), max(width, 20), subsequent_indent=below, break_on_hyphens=False)
        return wrapped or [""]

    def ask(self, asked: "Asked", *, again: bool = False) -> str | None:
        """Put a question and return the next line that is typed, None where there will be none."""
        if not again:
            self.say()
            if asked.head:
                self.say(asked.head)
            self.say(asked.text, strong=True)
            width = len(f"{len(asked.options)}")
            for number, option in enumerate(asked.options, 1):
                self.say(f"{number:>{width}}  {option.title}", lead="  ")
            for text in (*asked.typing, *asked.notes):
                self.say(text, lead="  ")
        return self._line()

    def _line(self) -> str | None:
        if sys.stdin is None:
            return None
        self._reads = True
        try:
            line = input("> ")
        except EOFError:
            typer.echo()
            return None
        finally:
            self._reads = False
        self.lines += 1
        if not self.is_terminal:
            typer.echo(_clean_text(line))  # nobody else shows what came through a pipe
        return line

    def interrupt(self) -> None:
        """Say again that Ctrl-C was heard, where it came just before a line was waited for and so woke nobody."""
        time.sleep(_PAUSE)
        if self._reads:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def asked(self, asked: "Asked") -> str | None:
        """Put a question of the beginning or the end; return what is typed, None where it is `q` or nothing will be."""
        line = self.ask(asked)
        if line is not None:
            line = line.strip()
            self.stopped = line.casefold() == "q"
        return None if self.stopped else line

    def until_read(self, asked: "Asked", read: Callable[[str], Read]) -> Read | None:
        """Ask until what is typed can be read; return that, None where it is `q` or nothing will come.

        `read` raises WrongError.
        """
        from risk_engine.office.forms.answers import WrongError
        from risk_engine.office.interview.lines import problem_lines

        while (line := self.asked(asked)) is not None:
            try:
                return read(line)
            except WrongError as error:
                for problem in problem_lines(error):
                    self.say(problem)
        return None


def _clean(text: str) -> str:
    return text[: len(text) - len(text.lstrip())] + _clean_text(text.lstrip())


def _clean_text(text: str) -> str:
    from risk_engine.report.sanitize import clean_text

    return clean_text(text)
