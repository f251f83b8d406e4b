"""`-o` means the same for every command: the file is written, and its folder made where it is not there yet."""

from pathlib import Path

import pytest

from tests.cli.running import LOAN, LOAN_CASE, LOAN_DESK, done


@pytest.mark.parametrize(
    ("ending", "command"),
    [
        ("json", ("assess", LOAN_CASE, *LOAN)),
        ("html", ("assess", LOAN_CASE, *LOAN)),
        ("json", ("case", "schema", *LOAN)),
        ("md", ("criteria", "show", LOAN_DESK)),
        ("html", ("criteria", "map", LOAN_DESK)),
        ("json", ("criteria", "lint", LOAN_DESK, "--fail-on", "problem")),
        ("svg", ("criteria", "timeline", LOAN_DESK)),
        ("json", ("criteria", "timeline", LOAN_DESK)),
    ],
)
def test_the_folder_of_a_result_is_made(ending: str, command: tuple[str | Path, ...], tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / f"made.{ending}"
    assert done(*command, "-o", target) == ""
    assert target.is_file()
