"""The parts of what is asked, spread over several processes."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from risk_engine.audit.proofs.monotone import Unsettled
from risk_engine.audit.proofs.questions import Questions, Task
from risk_engine.diagnostics import RiskEngineError
from risk_engine.model.proof import Claim
from risk_engine.processes import processes, start_method
from risk_engine.solver.confirm import SolverMismatchError

Answered = tuple[Task, list[Claim], Unsettled]

_shared: Questions | None = None
"""What the processes share: it cannot be sent, so they inherit it."""


def spread(asked: Questions, tasks: Sequence[Task]) -> Iterator[Answered]:
    """Yield what came of each part, in their order; where the system forks no processes all in this one."""
    global _shared  # noqa: PLW0603 (a forked process finds it here)
    jobs = min(asked.limits.jobs, len(tasks))
    if jobs <= 1 or start_method() != "fork":
        yield from (_answered(asked, one) for one in tasks)
        return
    asked.space(asked.on)  # what all of them need is made once
    _shared = asked
    try:
        with processes(jobs) as pool:
            for found in pool.imap(_of_shared, tasks):
                if isinstance(found, _Failed):
                    raise found.kind(found.told)
                yield found
    finally:
        _shared = None


class _Failed(NamedTuple):
    """An error of another process: it is told here, since not every error can be sent as it is."""

    kind: type[RiskEngineError | SolverMismatchError]
    told: str


def _answered(asked: Questions, task: Task) -> Answered:
    return task, *asked.claims(task)


def _of_shared(task: Task) -> Answered | _Failed:
    assert _shared is not None  # noqa: S101 (set before any process is started)
    try:
        return _answered(_shared, task)
    except RiskEngineError as error:
        return _Failed(RiskEngineError, f"{error}")
    except SolverMismatchError as error:
        return _Failed(SolverMismatchError, f"{error}")
