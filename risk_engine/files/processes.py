"""Several processes for the work of one command; Ctrl-C ends that one, which ends the others, and only it says so."""

import contextlib
import gc
import os
import pickle
import signal
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from risk_engine.files.diagnostics import DefectError, RiskEngineError
from risk_engine.files.interrupts import unheard
from risk_engine.files.language import current, in_language

if TYPE_CHECKING:  # a command that one process does waits for none of it
    from multiprocessing.connection import Connection
    from multiprocessing.pool import AsyncResult, Pool

A = TypeVar("A")
B = TypeVar("B")
Part = TypeVar("Part")
Result = TypeVar("Result")
Shared = TypeVar("Shared")

Tell: TypeAlias = Callable[[int, int], None]
"""What is called with how many of how many parts are done."""

PART = 16
"""So many tasks of some milliseconds are sent to a process at once: to send one takes about as long as the work."""
_AHEAD = 3
"""So many parts for each process are worked on or wait to be used: what waits stays in memory."""
_WORTH = 8
"""For fewer parts than these, to start processes takes longer than it saves."""


def spread(
    work: Callable[[Shared, Part], Result],
    shared: Shared,
    parts: Sequence[Part],
    jobs: int,
    anew: Callable[[], Shared] | None = None,
) -> Iterator[Result]:
    """Yield `work(shared, part)` of every part, in their order, over so many processes; the language is this one's.

    `shared` need not be such as can be sent: forked processes inherit it. Where the system forks none, each makes its
    own by `anew`; without that all is done in this process. What a process raises is raised here. Only a few results
    wait to be used.
    """
    global _inherited  # noqa: PLW0603 (a forked process finds it here; it cannot be sent)
    if min(jobs, len(parts)) <= 1 or (anew is None and start_method() != "fork"):
        yield from (work(shared, part) for part in parts)
        return
    _inherited = work, shared
    try:
        with processes(min(jobs, len(parts)), _inherit, (work, anew, current())) as pool:
            rest = iter(parts)
            waiting: deque[AsyncResult[Any]] = deque()
            while True:
                waiting.extend(pool.apply_async(_work_on, (one,)) for one in islice(rest, jobs * _AHEAD - len(waiting)))
                if not waiting:
                    return
                came = waiting.popleft().get()
                if isinstance(came, _Failed):
                    raise came.error
                yield came
    finally:
        _inherited = None


def in_order(work: Callable[[Part], Result], tasks: Sequence[Part], jobs: int, part: int = PART) -> Iterator[Result]:
    """Yield what comes of each of many small tasks, in their order; so many are sent to a process at once.

    The first of them are worked on here: what they read and make for all, such as criteria, is inherited where
    processes are forked; elsewhere each makes it once, from the work, which must be such as can be sent.
    """
    if jobs <= 1 or len(tasks) <= part:
        yield from map(work, tasks)
        return
    yield from map(work, tasks[:part])
    parts = [tasks[start : start + part] for start in range(part, len(tasks), part)]
    for results in spread(_each, work, parts, jobs, partial(_itself, work)):
        yield from results


def _each(work: Callable[[Part], Result], tasks: Sequence[Part]) -> list[Result]:
    return [work(one) for one in tasks]


def _itself(work: Shared) -> Shared:
    return work


def processes_for(tasks: int, asked: int | None, part: int = PART) -> int:
    """Return how many processes work on tasks that are sent so many at once: as many as were asked for, if any."""
    if asked is not None:
        return asked
    return (os.cpu_count() or 1) if tasks >= _WORTH * part else 1


_inherited: tuple[Callable[[Any, Any], Any], Any] | None = None
"""What processes share: inherited where they are forked, else made anew by each."""
_language = ""


class _Failed(NamedTuple):
    """An error of another process."""

    error: Exception


def _inherit(work: Callable[[Any, Any], Any], anew: Callable[[], Any] | None, language: str) -> None:
    global _inherited, _language  # noqa: PLW0603 (see there)
    _language = language
    if _inherited is None and anew is not None:
        _inherited = work, anew()


def _work_on(part: object) -> Any:
    assert _inherited is not None  # noqa: S101 (set before any part is sent)
    work, shared = _inherited
    try:
        with in_language(_language):
            return work(shared, part)
    except Exception as error:  # noqa: BLE001 (whatever it is, the first process raises it)
        return _Failed(_sendable(error))


def _sendable(error: Exception) -> Exception:
    """Return an error that can be sent: not every one of ours can be made again of what it was made of."""
    with contextlib.suppress(Exception):  # whatever goes wrong there, it cannot be sent
        if f"{pickle.loads(pickle.dumps(error))}" == f"{error}":  # noqa: S301 (our own bytes, of this moment)
            return error
    return (RiskEngineError if isinstance(error, RiskEngineError) else DefectError)(f"{error}")


def together(first: Callable[[], A], second: Callable[[], B], jobs: int) -> tuple[A, B]:
    """Return the results of both; what the second raises is raised here.

    The second inherits all it needs, for not everything can be sent; where processes cannot be forked, both work in
    this one.
    """
    if start_method() != "fork":
        return first(), second()
    import multiprocessing

    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=_second, args=(second, there), daemon=True)
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


def _second(second: Callable[[], object], there: "Connection") -> None:
    there.recv()
    try:
        there.send(second())
    except Exception as error:  # noqa: BLE001 (whatever it is, the other process raises it)
        there.send(_sendable(error))


@contextlib.contextmanager
def processes(jobs: int, prepare: Callable[..., None], arguments: tuple[Any, ...] = ()) -> Iterator["Pool"]:
    """Yield so many processes, each prepared: forked where that can be done, so that they inherit all that is there.

    They do not hear Ctrl-C: it ends this process, and this one ends them.
    """
    import multiprocessing

    with contextlib.ExitStack() as stack:
        with quiet_start():  # Ctrl-C that waited is raised at its end, and then these processes are there to be ended
            settings = gc.get_threshold()
            context = multiprocessing.get_context(start_method())
            pool = stack.enter_context(context.Pool(jobs, _prepare, (settings, prepare, arguments)))
        yield pool


def start_method() -> str:
    """Return how a new process begins."""
    import multiprocessing

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
    # As the first process collects garbage, so do the others; what they inherited is none, and stays shared.
    gc.set_threshold(*settings)
    gc.freeze()
    prepare(*arguments)
