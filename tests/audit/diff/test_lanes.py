"""Two pieces of work at once: what they come to, and what either raises, is the same as one after the other."""

import os

import pytest

from risk_engine.audit.diff.semantics import together


def fails() -> int:
    raise ValueError("no such thing")


@pytest.mark.parametrize("jobs", [1, 2])
def test_both_results_come_back(jobs: int) -> None:
    one, (other, process) = together(lambda: 1, lambda: ([2], os.getpid()), jobs)
    assert (one, other) == (1, [2])
    assert process != os.getpid()


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_either_raises_is_raised(jobs: int) -> None:
    with pytest.raises(ValueError, match="no such thing"):
        together(fails, lambda: 1, jobs)
    with pytest.raises(ValueError, match="no such thing"):
        together(lambda: 1, fails, jobs)
