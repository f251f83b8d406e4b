"""Read, work and write at once, each in a thread of its own; Ctrl-C ends the reading, and what was read is finished.

Columns and files are worked on outside of Python's lock, so two cores are busy. The first thread only waits: so it
hears Ctrl-C at once, wherever the others are.
"""

import contextvars
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from queue import Empty, Full, Queue
from typing import Generic, TypeVar

import polars as pl

from risk_engine.files.interrupts import unheard

Part = TypeVar("Part")
Result = TypeVar("Result")

_AHEAD = 2
"""So many parts wait between two steps: what waits stays in memory."""
_LOOK = 0.1
"""After so many seconds of waiting a step looks whether another one failed, and the first thread for Ctrl-C."""


class _GivenUpError(Exception):
    """Another step failed, so this one has nothing to do any more."""


class _Belt(Generic[Part]):
    """Hands parts from one step to the next."""

    def __init__(self, failed: threading.Event) -> None:
        self._failed = failed
        self._waiting: Queue[tuple[Part] | None] = Queue(_AHEAD)

    def put(self, part: tuple[Part] | None) -> None:
        while not self._failed.is_set():
            try:
                self._waiting.put(part, timeout=_LOOK)
            except Full:
                continue
            return
        raise _GivenUpError

    def __iter__(self) -> Iterator[Part]:
        while not self._failed.is_set():
            try:
                part = self._waiting.get(timeout=_LOOK)
            except Empty:
                continue
            if part is None:
                return
            yield part[0]
        raise _GivenUpError


def in_steps(
    parts: Iterable[Part],
    work: Callable[[Part], Result],
    write: Callable[[Iterator[Result], Callable[[], bool]], None],
) -> bool:
    """Write what comes of every part, in their order; return whether all were read: Ctrl-C ends that early.

    All that was read by then is worked on and written; `write` is given what there is to write, and at its end can ask
    whether that is all. Raises what a step raises, and KeyboardInterrupt where Ctrl-C comes once more.
    """
    stopped, failed, whole = threading.Event(), threading.Event(), threading.Event()
    came: _Belt[Part] = _Belt(failed)
    made: _Belt[Result] = _Belt(failed)
    errors: list[BaseException] = []

    def read() -> None:
        for part in parts:
            came.put((part,))
            if stopped.is_set():
                break
        else:
            whole.set()
        came.put(None)

    def decide() -> None:
        for part in came:
            made.put((work(part),))
        made.put(None)

    def put() -> None:
        write(iter(made), whole.is_set)

    def told(step: Callable[[], None], ended: threading.Event) -> None:
        try:
            step()
        except BaseException as error:  # noqa: BLE001 (the first thread raises the first of them)
            errors.append(error)
            failed.set()
        finally:
            ended.set()

    steps = [_Step(partial(told, step)) for step in (read, decide, put)]
    hear_alone()
    try:
        _wait_for(steps, stopped)
    except KeyboardInterrupt:
        failed.set()
        raise
    if errors:
        raise errors[0]
    return whole.is_set()


def hear_alone() -> None:
    """Have Python alone hear Ctrl-C: Polars, once it has worked, hears it too, and drops the file that it writes."""
    if threading.current_thread() is threading.main_thread() and (handler := signal.getsignal(signal.SIGINT)):
        pl.LazyFrame({"": [0]}).collect()
        signal.signal(signal.SIGINT, handler)


class _Step:
    """A thread that says itself when it has ended: Python takes one for ended that Ctrl-C interrupts a `join` of."""

    def __init__(self, work: Callable[[threading.Event], None]) -> None:
        self.ended = threading.Event()
        # The language of the run is one of the context, which a thread does not take along by itself.
        in_context = contextvars.copy_context().run
        self.thread = threading.Thread(target=in_context, args=(work, self.ended), daemon=True)


def _wait_for(steps: list[_Step], stopped: threading.Event) -> None:
    """Let all steps come to their end; the first Ctrl-C asks them to, even where it comes while they begin."""
    try:
        _begun_and_ended(steps)
    except KeyboardInterrupt:
        stopped.set()
        _begun_and_ended(steps)


def _begun_and_ended(steps: list[_Step]) -> None:
    for one in steps:
        if one.thread.ident is None:
            with unheard():
                one.thread.start()
    for one in steps:
        # Without pauses, a Ctrl-C that the system hands to another thread would wait here for the end.
        while not one.ended.wait(_LOOK):
            pass
