"""A command before a pseudo-terminal whose screen can be read: keys go in, and what a person would see comes out."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pyte

from risk_engine.cli.defects import VARIABLE
from tests.cli.running import ROOT

PATIENCE = 20
"""So many seconds a screen may take before a test gives up; no test depends on how fast it comes."""
UP, DOWN, HOME, ENTER, SPACE = "\x1b[A", "\x1b[B", "\x1b[H", "\r", " "
CTRL_C, CTRL_D = "\x03", "\x04"
_QUIET = 0.05


def before_its_terminal() -> None:
    """Let a new process belong to its terminal, and hear Ctrl-C from it, whoever began the tests in whatever way."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


class _Answering(pyte.HistoryScreen):
    """A screen that tells where its cursor is, as every real terminal does."""

    def __init__(self, columns: int, lines: int, answer: Callable[[bytes], object]) -> None:
        super().__init__(columns, lines, history=1000)
        self.answer = answer

    def write_process_input(self, data: str) -> None:
        self.answer(data.encode())


class Screen:
    """A pseudo-terminal with a command before it."""

    def __init__(self, command: Sequence[str | Path], size: tuple[int, int], environment: Mapping[str, str]) -> None:
        here, there = pty.openpty()
        columns, lines = size
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.here = here
        self.screen = _Answering(columns, lines, lambda data: os.write(here, data))
        self.stream = pyte.ByteStream(self.screen)
        clean = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES", "NO_COLOR"}}
        self.process = subprocess.Popen(
            command,
            stdin=there,
            stdout=there,
            stderr=there,
            env={
                **clean,
                "TERM": "xterm-256color",
                "PYTHONPATH": str(ROOT),
                "PYTHONUTF8": "1",
                VARIABLE: "1",
                **environment,
            },
            start_new_session=True,
            preexec_fn=before_its_terminal,  # noqa: PLW1509 (it calls the system, and nothing of ours)
        )
        os.close(there)

    @property
    def text(self) -> str:
        """What is on the screen now."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    @property
    def all_text(self) -> str:
        """What was on the screen, too."""
        gone = ["".join(line[at].data for at in range(self.screen.columns)) for line in self.screen.history.top]
        return "\n".join([*(line.rstrip() for line in gone), self.text])

    @property
    def pointed(self) -> str:
        """The line that is pointed at."""
        return next((line for line in self.text.splitlines() if line.startswith(" » ")), "")

    def _read(self, seconds: float) -> bool:
        if not select.select([self.here], [], [], max(0, seconds))[0]:
            return False
        try:
            more = os.read(self.here, 65536)
        except OSError:
            return False
        self.stream.feed(more)
        return bool(more)

    def until(self, text: str) -> str:
        """Read until a text is on the screen, with its lines joined, and nothing more comes; return the screen."""
        end = time.monotonic() + PATIENCE
        while text not in " ".join(self.text.split()):
            assert self._read(end - time.monotonic()), f"no {text!r} on the screen:\n{self.text}"
        while self._read(_QUIET):
            pass
        return self.text

    def type(self, *keys: str) -> None:
        for one in keys:
            os.write(self.here, one.encode())

    def skip_to(self, question: str) -> None:
        """Leave questions open until this one is asked, in whatever order they come."""
        while question not in (text := self.until("q save and stop")):
            self.type("s" if self.pointed else f"s{ENTER}")
            end = time.monotonic() + PATIENCE
            while self.text == text:
                assert self._read(end - time.monotonic()), f"no {question!r}:\n{self.text}"

    def resize(self, columns: int, lines: int) -> None:
        self.screen.resize(lines, columns)
        fcntl.ioctl(self.here, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def end(self) -> int:
        """Read to the end; return the exit code."""
        while self._read(PATIENCE):
            pass
        return self.process.wait(PATIENCE)


@contextlib.contextmanager
def screen(
    *arguments: str | Path,
    size: tuple[int, int] = (100, 30),
    begin: Sequence[str] = ("-m", "risk_engine"),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Screen]:
    """Run `risk-engine` with these arguments before a terminal; whatever happens, nothing is left behind."""
    one = Screen([sys.executable, *begin, *arguments], size, environment)
    try:
        yield one
    finally:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        os.close(one.here)
