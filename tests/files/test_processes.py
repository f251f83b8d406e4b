"""Work in several processes comes in its order, a few results at a time, and as it would in one."""

import gc
import os
from pathlib import Path

import pytest

from risk_engine.files.language import current, in_language
from risk_engine.files.processes import PART, in_order, processes_for

MANY = range(10 * PART)


def _with_process(task: int) -> tuple[int, int]:
    return task, os.getpid()


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_what_comes_of_each_task_comes_in_their_order(jobs: int) -> None:
    done = list(in_order(_with_process, MANY, jobs))
    assert [task for task, _process in done] == list(MANY)
    assert (len({process for _task, process in done}) > 1) is (jobs > 1)


def test_the_first_tasks_are_done_here_so_that_what_they_read_is_inherited() -> None:
    done = list(in_order(_with_process, MANY, 2))
    assert {process for _task, process in done[:PART]} == {os.getpid()}
    assert os.getpid() not in {process for _task, process in done[PART:]}


def test_few_tasks_need_no_process() -> None:
    assert {process for _task, process in in_order(_with_process, range(PART), 8)} == {os.getpid()}


@pytest.mark.parametrize(("tasks", "asked", "wanted"), [(3, None, 1), (3, 2, 2), (10_000, None, os.cpu_count())])
def test_many_tasks_have_a_process_for_each_processor_unless_a_number_was_asked_for(
    tasks: int, asked: int | None, wanted: int
) -> None:
    assert processes_for(tasks, asked) == wanted


def _leaving_a_mark(task: Path) -> Path:
    task.touch()
    return task


def test_no_more_is_worked_on_than_a_little_ahead_of_what_was_used(tmp_path: Path) -> None:
    tasks = [tmp_path / str(one) for one in range(100 * PART)]
    results = in_order(_leaving_a_mark, tasks, 2)
    for _result in range(PART + 1):
        next(results)
    results.close()  # type: ignore[attr-defined] # it is a generator
    assert len(list(tmp_path.iterdir())) < 20 * PART


def _language(_task: int) -> str:
    return current()


def test_the_work_speaks_the_language_of_whoever_asked_for_it() -> None:
    with in_language("de"):
        assert set(in_order(_language, MANY, 2)) == {"de"}


def _collects(_task: int) -> tuple[int, ...]:
    return gc.get_threshold()


def test_each_process_collects_garbage_as_this_one_does() -> None:
    before = gc.get_threshold()
    gc.set_threshold(123_456, 7, 8)
    try:
        assert set(in_order(_collects, MANY, 2)) == {(123_456, 7, 8)}
    finally:
        gc.set_threshold(*before)


def _failing(task: int) -> int:
    if task == PART + 3:
        raise LookupError(task)
    return task


def test_an_error_in_another_process_is_raised_here() -> None:
    with pytest.raises(LookupError, match=str(PART + 3)):
        list(in_order(_failing, MANY, 2))
