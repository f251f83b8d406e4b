"""Ctrl-C ends a command soon, wherever it is: within a long question of the solver, and in all its processes.

Python hears a signal only between two of its own steps, a question of the solver is one step, what is raised while an
object is cleared away is lost, and what is raised while a function of C is called becomes another error. So while a
command runs, a thread of its own hears every Ctrl-C at once, and whatever goes wrong after it is Ctrl-C.
"""

import contextlib
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, Protocol
from weakref import WeakSet

_LOST = 254
"""Told to the thread: Ctrl-C came where nothing can be raised. (Signals have small numbers.)"""
_ENDED = 255
_PAUSE = 0.05


class Interrupted(KeyboardInterrupt):
    """Ctrl-C; where Python's own is raised in text that it executes, it ends as if nobody had answered it."""


class Interruptible(Protocol):
    """Work that another thread can end."""

    def interrupt(self) -> None:
        """End what is being worked on; nothing where nothing is."""


_at_work: WeakSet[Interruptible] = WeakSet()
_heard = threading.Event()
_meant = threading.Event()
"""Ctrl-C was heard, and is how the command is to end."""


def end_on_interrupt(work: Interruptible) -> None:
    """Have Ctrl-C end this work too, from now on."""
    _at_work.add(work)


def is_interrupted() -> bool:
    """Return whether Ctrl-C was heard and what is worked on is to end over it."""
    return _heard.is_set() and not _meant.is_set()


def end_well() -> None:
    """Take Ctrl-C for the way in which a command that goes on until then ends: all that was asked for is done."""
    _meant.set()


def end_if_interrupted() -> None:
    """Raise KeyboardInterrupt where Ctrl-C was heard, so that no unfinished work is taken for a result."""
    if is_interrupted():
        raise Interrupted


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Have Ctrl-C reach whatever works in here; do nothing where it is heard in another way, or not at all.

    Raises KeyboardInterrupt if it was heard, whatever became of the work.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if os.name != "posix" or not in_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    there, here = os.pipe()
    os.set_blocking(here, False)
    hook = sys.unraisablehook

    def again(lost: "sys.UnraisableHookArgs") -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            os.write(here, bytes([_LOST]))
        elif not is_interrupted():
            hook(lost)

    watcher = threading.Thread(target=_watch, args=(there,), daemon=True)
    with unheard():
        watcher.start()
    sys.unraisablehook = again
    earlier = signal.set_wakeup_fd(here, warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
        end_if_interrupted()
    except Exception as error:
        if is_interrupted():
            raise Interrupted from error
        raise
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.set_wakeup_fd(earlier)
        # What was only half made is cleared away with the error that tells of Ctrl-C.
        sys.unraisablehook = _say_nothing if is_interrupted() else hook
        os.write(here, bytes([_ENDED]))
        watcher.join()
        os.close(here)
        os.close(there)
        _heard.clear()
        _meant.clear()


def _interrupt(_number: int, _frame: Any) -> None:
    _heard.set()
    raise Interrupted


def _say_nothing(_lost: "sys.UnraisableHookArgs") -> None:
    pass


def _watch(there: int) -> None:
    while True:
        # A question may just be about to begin, which is too early to end it: so this is done until all is over.
        ready, _, _ = select.select([there], [], [], _PAUSE if _heard.is_set() else None)
        told = os.read(there, 64) if ready else b""
        if _ENDED in told:
            return
        if signal.SIGINT in told:
            _heard.set()
        if _LOST in told:
            time.sleep(_PAUSE / 5)  # until the object is cleared away
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        if _heard.is_set():
            for work in list(_at_work):
                work.interrupt()


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """Let Ctrl-C wait; threads that begin in here, and processes that are forked, never hear it.

    Where one thread lets it wait, the system hands it to another, and Python would raise it in the first all the same:
    so there it is noted, and answered at the end.
    """
    if os.name != "posix":
        yield
        return
    came: list[int] = []
    answer = signal.getsignal(signal.SIGINT)
    is_answered = callable(answer) and threading.current_thread() is threading.main_thread()
    earlier = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    if is_answered:
        signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    # From here nothing raises: a call that changed the mask and then raised would have changed it for good.
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, earlier)
        if is_answered:
            signal.signal(signal.SIGINT, answer)
        if callable(answer) and came:
            answer(signal.SIGINT, None)
