"""The interview with a register: similar decided cases on request, and at its end."""

from pathlib import Path

import pytest

from tests.cli.running import LOAN, refused, run_with
from tests.cli.test_interview import HEAD_OF_A_KING
from tests.office.register.filing import assessed, case_file, decided, filed, with_id, written


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    case = case_file(folder, with_id("L-1"))
    filed(folder / "r", case)
    filed(folder / "r", written(folder / "d.json", decided(assessed(case))))
    return folder / "r"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    file = tmp_path / "l-7.yaml"
    file.write_text(HEAD_OF_A_KING, "utf-8")
    return file


def said(case: Path, *lines: str, more: tuple[str | Path, ...] = ()) -> str:
    result = run_with(lines, "interview", case, *LOAN, *more)
    assert result.code in {0, 3}, result
    return " ".join(result.out.split())


def test_they_are_told_where_somebody_asks(register: Path, case: Path) -> None:
    told = said(case, "similar", "paper", "similar", "q", more=("--register", register))
    assert told.index("`similar` tells the decided cases") < told.index("has no fact that decides in common with it")
    assert told.index("has no fact that decides") < told.index("1 of 1 decided cases, the nearest first.")
    assert told.count("L-1: Lend on terms, 5 March 2026") == 1, "by what is answered so far"


def test_they_are_told_at_the_end(register: Path, case: Path) -> None:
    told = said(case, "paper", "1", "1", "1", "2", more=("--register", register))
    assert told.index("A named person decides") < told.index("L-1: Lend on terms, 5 March 2026")


def test_without_a_register_it_is_no_command(case: Path) -> None:
    assert "L-1" not in said(case, "similar", "q")


def test_what_is_no_register_is_refused_before_anybody_is_asked(case: Path, tmp_path: Path) -> None:
    assert "this folder is no register" in refused("interview", case, *LOAN, "--register", tmp_path)
