"""Keys that are pressed at one question, in this process: keys in, what comes back out."""

from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from risk_engine.cli.arrows.terminal import Arrows
from risk_engine.interview.asking import Asked, Reply

UP, DOWN, ENTER = "\x1b[A", "\x1b[B", "\r"


def pressed(asked: Asked, *keys: str, standing: str = "") -> Reply:
    """Put a question, press keys, and return what comes back."""
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        keyboard.send_text("".join(keys))
        terminal = Arrows()
        terminal.explain("what can be typed")
        terminal.standing(standing)
        return terminal.ask(asked)
