"""Keys that are pressed at one question, in this process: keys in, what comes back out."""

from collections.abc import Iterator
from contextlib import contextmanager

from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from risk_engine.cli.arrows.terminal import Arrows
from risk_engine.interview.asking import Asked, Reply

UP, DOWN, ENTER = "\x1b[A", "\x1b[B", "\r"


def pressed(asked: Asked, *keys: str, standing: str = "") -> Reply:
    """Put a question, press keys, and return what comes back."""
    terminal = Arrows()
    terminal.explain("what can be typed")
    terminal.standing(standing)
    return at(terminal, asked, *keys)


def at(terminal: Arrows, asked: Asked, *keys: str) -> Reply:
    """Put a question on a terminal that has put others, press keys, and return what comes back."""
    with keyboard("".join(keys)):
        return terminal.ask(asked)


@contextmanager
def keyboard(keys: str) -> Iterator[None]:
    """Press keys and then no more: who waits for others gets the end of input."""
    with create_pipe_input() as board, create_app_session(input=board, output=DummyOutput()):
        board.send_text(keys)
        board.close()
        yield
