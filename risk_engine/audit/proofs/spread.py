"""The parts of what is asked, spread over several processes."""

import multiprocessing
from collections.abc import Iterator, Sequence

from risk_engine.audit.proofs.monotone import Unsettled
from risk_engine.audit.proofs.questions import Questions, Task
from risk_engine.model.proof import Claim

Answered = tuple[Task, list[Claim], Unsettled]

_shared: Questions | None = None
"""What the processes share: it cannot be sent, so they inherit it."""


def spread(asked: Questions, tasks: Sequence[Task]) -> Iterator[Answered]:
    """Yield what came of each part, in their order; where the system forks no processes all in this one."""
    global _shared  # noqa: PLW0603 (a forked process finds it here)
    jobs = min(asked.limits.jobs, len(tasks))
    if jobs <= 1 or "fork" not in multiprocessing.get_all_start_methods():
        yield from (_answered(asked, one) for one in tasks)
        return
    asked.space(asked.on)  # what all of them need is made once
    _shared = asked
    try:
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            yield from pool.imap(_of_shared, tasks)
    finally:
        _shared = None


def _answered(asked: Questions, task: Task) -> Answered:
    return task, *asked.claims(task)


def _of_shared(task: Task) -> Answered:
    assert _shared is not None  # noqa: S101 (set before any process is started)
    return _answered(_shared, task)
