"""Several processes for the work of one command; Ctrl-C ends that one, which ends the others, and only it says so."""

import contextlib
import multiprocessing
import signal
import warnings
from collections.abc import Callable, Iterator
from multiprocessing.pool import Pool
from typing import Any

from risk_engine.files.interrupts import unheard


def no_work(*_arguments: Any) -> None:
    """Prepare nothing."""


@contextlib.contextmanager
def processes(jobs: int, prepare: Callable[..., None] = no_work, arguments: tuple[Any, ...] = ()) -> Iterator[Pool]:
    """Yield so many processes, each prepared: forked where that can be done, so that they inherit all that is there.

    They do not hear Ctrl-C: it ends this process, and this one ends them.
    """
    with quiet_start():
        pool = multiprocessing.get_context(start_method()).Pool(jobs, _prepare, (prepare, arguments))
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


def _prepare(prepare: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare(*arguments)
