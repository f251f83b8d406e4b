"""Two pieces of work that do not know of each other, at once where there are processors for it.

What a solver finds among cases that are equally small depends on what it was asked before in the same process. So that
a report is the same on every machine the second piece always has a process of its own, also where it has to wait.
"""

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

from risk_engine.processes import quiet_start, start_method

A = TypeVar("A")
B = TypeVar("B")


def together(first: Callable[[], A], second: Callable[[], B], jobs: int) -> tuple[A, B]:
    """Return the results of both; what the second raises is raised here.

    The second inherits all it needs, for terms of a solver cannot be sent; where processes cannot be forked, both work
    in this one.
    """
    if start_method() != "fork":
        return first(), second()
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(second, there), daemon=True)
    with quiet_start():
        process.start()
    there.close()
    try:
        if jobs > 1:
            here.send(None)
        one = first()
        if jobs <= 1:
            here.send(None)
        other = here.recv()
    except BaseException:
        process.terminate()
        raise
    finally:
        process.join()
        here.close()
    if isinstance(other, BaseException):
        raise other
    return one, other


def _work(second: Callable[[], object], there: Connection) -> None:
    there.recv()
    try:
        there.send(second())
    except Exception as error:  # noqa: BLE001 (whatever it is, the other process raises it)
        there.send(error)
