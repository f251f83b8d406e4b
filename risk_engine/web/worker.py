"""What `serve` has done beside the pages: mail, jobs, what is due each day.

    python -m risk_engine.web.worker    works until what started it closes its standard input, or is gone
    python -m risk_engine.web.worker long    does what takes minutes, and ends when there is no more of it

The second is started by the first, in a process of its own: mail does not wait for it, and its memory is given back.
Any number of workers may run: each takes what it does by one statement, and what one took and never finished is taken
again (`outbox.AGAIN`).
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

PAUSE: Final = 2.0
"""Seconds between two looks when there is nothing to do."""
LATER: Final = 5.0
"""Seconds after which a worker that ended is started again."""
LOOK: Final = 1.0
"""Seconds between two looks whether somebody stopped what it is at."""


@contextmanager
def working() -> Iterator[None]:
    """Keep a worker at work in a process of its own; one that ends is started again."""
    over = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not over.is_set():
            with subprocess.Popen([sys.executable, "-m", "risk_engine.web.worker"], stdin=subprocess.PIPE) as process:
                running[:] = [process]
                process.wait()
            over.wait(LATER)

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        for process in running:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        keeper.join(1)


def work_once() -> bool:
    """Do the next thing there is to do; return whether there was one."""
    from risk_engine.web import jobs, outbox

    jobs.begin_day()
    return outbox.send_next() or jobs.run_next()


class Long:
    """The process for what takes minutes: there while there is any of it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        """Start it where something waits for it and it is not there."""
        from risk_engine.web import jobs

        if (self._process is None or self._process.poll() is not None) and jobs.is_long_waiting():
            self._process = subprocess.Popen(
                [sys.executable, "-m", "risk_engine.web.worker", "long"], stdin=subprocess.DEVNULL
            )

    def end(self) -> None:
        """End it; what it was at is begun anew by the next."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(LATER)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _long() -> None:
    from risk_engine.web import jobs

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    started_by, at = os.getppid(), list[int]()
    threading.Thread(target=_end_unwanted, args=(at,), daemon=True).start()
    while os.getppid() == started_by and jobs.run_next(are_long=True, tell=at.append):
        pass


def _end_unwanted(at: list[int]) -> None:
    """End this process when somebody stopped the job that it is at; the next one is begun by a new one."""
    from risk_engine.web import jobs

    while True:
        time.sleep(LOOK)
        if at and jobs.is_unwanted(at[-1]):
            os.kill(os.getpid(), signal.SIGTERM)


def _main(*words: str) -> None:
    import django

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this, and closes the input
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "risk_engine.web.settings")
    django.setup()
    if words == ("long",):
        _long()
        return
    over, started_by = threading.Event(), os.getppid()

    def listen() -> None:
        sys.stdin.buffer.read()
        over.set()

    threading.Thread(target=listen, daemon=True).start()
    long = Long()
    # Processes that serve pages may hold the input open after whoever started this is gone.
    while not over.is_set() and os.getppid() == started_by:
        long.keep()
        if not work_once():
            over.wait(PAUSE)
    long.end()


if __name__ == "__main__":
    _main(*sys.argv[1:])
