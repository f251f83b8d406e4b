"""Work in several processes comes to the same as in one, and what it raises is raised where it was asked for."""

import contextlib
import gc
import multiprocessing
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, file_problem
from risk_engine.files.language import current, in_language
from risk_engine.files.processes import PART, in_order, processes, processes_for, quiet_start, spread, together


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


def of_language(shared: str, part: int) -> tuple[str, str, int]:
    return f"{shared} {part}", current(), os.getpid()


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_parts_come_back_in_their_order_and_in_the_language_of_who_asked(
    start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: [start])
    with in_language("de"):
        here = list(spread(of_language, "part", range(5), 1))
        there = list(spread(of_language, "part", range(5), 2, partial(str, "part")))
    assert [one[:2] for one in here] == [one[:2] for one in there] == [(f"part {number}", "de") for number in range(5)]
    assert all(process == os.getpid() for *_told, process in here)
    assert not any(process == os.getpid() for *_told, process in there)


def test_what_can_neither_be_inherited_nor_made_anew_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    assert {process for *_told, process in spread(of_language, "part", range(3), 2)} == {os.getpid()}


def refuse(path: Path, part: int) -> int:
    if part == 1:
        raise file_problem(path, "it is no case")
    return part


def test_an_error_that_cannot_be_sent_as_it_is_says_the_same(tmp_path: Path) -> None:
    found: list[int] = []
    with pytest.raises(InvalidSourceError) as here:
        found += spread(refuse, tmp_path / "a.yaml", range(3), 1)
    with pytest.raises(RiskEngineError) as there:
        found += spread(refuse, tmp_path / "a.yaml", range(3), 2)
    assert f"{here.value}" == f"{there.value}"


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


def _collects(_task: int) -> tuple[int, ...]:
    return gc.get_threshold()


def test_each_process_collects_garbage_as_this_one_does() -> None:
    before = gc.get_threshold()
    gc.set_threshold(123_456, 7, 8)
    try:
        assert set(in_order(_collects, MANY, 2)) == {(123_456, 7, 8)}
    finally:
        gc.set_threshold(*before)


def test_ctrl_c_while_processes_begin_has_ended_them_when_it_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextlib.contextmanager
    def pressed() -> Iterator[None]:
        with quiet_start():
            yield
            os.kill(os.getpid(), signal.SIGINT)  # it waits until they are there

    monkeypatch.setattr("risk_engine.files.processes.quiet_start", pressed)
    with pytest.raises(KeyboardInterrupt) as raised, processes(1, print):
        pytest.fail("it was not heard")
    # Although it holds all that was at hand where it was raised:
    assert (raised.type, multiprocessing.active_children()) == (KeyboardInterrupt, [])
