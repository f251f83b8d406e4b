"""Work in several processes comes to the same as in one, and what it raises is raised where it was asked for."""

import os
from functools import partial
from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError, file_problem
from risk_engine.files.language import current, in_language
from risk_engine.files.processes import spread, together


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
