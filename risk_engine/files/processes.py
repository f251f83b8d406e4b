"""Several processes for the work of one command; Ctrl-C ends that one, which ends the others, and only it says so."""

import contextlib
import gc
import multiprocessing
import os
import signal
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from multiprocessing.pool import AsyncResult, Pool
from typing import Any, TypeVar

from risk_engine.files.interrupts import unheard
from risk_engine.files.language import current, in_language

T = TypeVar("T")
R = TypeVar("R")

PART = 16
"""So many tasks of some milliseconds are sent to a process at once: to send one takes about as long as the work."""
_AHEAD = 3
"""So many parts for each process are worked on or wait to be used: what waits stays in memory."""
_WORTH = 8
"""For fewer parts than these, to start processes takes longer than it saves."""


def processes_for(tasks: int, asked: int | None, part: int = PART) -> int:
    """Return how many processes work on tasks that are sent in such parts: as many as were asked for, if any."""
    if asked is not None:
        return asked
    return (os.cpu_count() or 1) if tasks >= _WORTH * part else 1


def in_order(work: Callable[[T], R], tasks: Sequence[T], jobs: int, part: int = PART) -> Iterator[R]:
    """Yield what comes of each task, in their order, worked on by so many processes; few results are kept at a time.

    The first tasks are worked on here: what they read and make for all of them, such as criteria, is inherited where
    processes are forked; elsewhere each makes it once. The work, the tasks and the results can be sent (pickled); the
    work speaks the current language wherever it is done.
    """
    if jobs <= 1 or len(tasks) <= part:
        yield from map(work, tasks)
        return
    yield from map(work, tasks[:part])
    parts = (tasks[start : start + part] for start in range(part, len(tasks), part))
    with processes(jobs, _take_work, (work, current())) as pool:
        waiting: deque[AsyncResult[list[R]]] = deque(
            pool.apply_async(_part, (one,)) for one in islice(parts, jobs * _AHEAD)
        )
        while waiting:
            results = waiting.popleft().get()
            waiting.extend(pool.apply_async(_part, (one,)) for one in islice(parts, 1))
            yield from results


_work: tuple[Callable[[Any], Any], str] | None = None
"""What this process does with each task, and the language that it speaks."""


def _take_work(work: Callable[[Any], Any], language: str) -> None:
    global _work  # noqa: PLW0603 (a process has one work)
    _work = work, language


def _part(tasks: Iterable[Any]) -> list[Any]:
    assert _work is not None  # noqa: S101 (each process takes it when it begins)
    work, language = _work
    with in_language(language):
        return [work(one) for one in tasks]


def no_work(*_arguments: Any) -> None:
    """Prepare nothing."""


@contextlib.contextmanager
def processes(jobs: int, prepare: Callable[..., None] = no_work, arguments: tuple[Any, ...] = ()) -> Iterator[Pool]:
    """Yield so many processes, each prepared: forked where that can be done, so that they inherit all that is there.

    They do not hear Ctrl-C: it ends this process, and this one ends them.
    """
    settings = gc.get_threshold()
    with quiet_start():
        pool = multiprocessing.get_context(start_method()).Pool(jobs, _prepare, (settings, prepare, arguments))
    with pool:
        yield pool


def start_method() -> str:
    """Return how a new process begins."""
    return "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"


@contextlib.contextmanager
def quiet_start() -> Iterator[None]:
    """Fork processes in here: they do not hear Ctrl-C, from their first moment."""
    with unheard(), warnings.catch_warnings():
        # Newer Pythons warn of threads that a fork does not take along; no process needs any.
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def _prepare(settings: tuple[int, int, int], prepare: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # As this command collects garbage, so do its processes; what they inherited is none, and stays shared.
    gc.set_threshold(*settings)
    gc.freeze()
    prepare(*arguments)
