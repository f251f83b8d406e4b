"""Which files are read, and what is said of those that cannot be."""

from pathlib import Path

import pytest

from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.version_files import UNREAD

LOAN_DESK = Path(__file__).parents[1] / "sets" / "loan-desk" / "1.0.0"
RULE_FILES = sorted(
    path.relative_to(LOAN_DESK).as_posix() for path in LOAN_DESK.rglob("*.yaml") if path.name not in UNREAD
)


def test_hidden_files_and_other_endings_are_passed_over(desk: Path) -> None:
    before = read_criteria(desk).digest
    (desk / ".#facts.yaml").symlink_to("nobody@nowhere")
    (desk / ".git").mkdir()
    (desk / ".git" / "facts.yaml").write_text("x")
    (desk / "README.md").write_text("# Loan desk")
    assert read_criteria(desk).digest == before


def test_a_path_that_does_not_exist_is_reported_file_by_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidSourceError) as error:
        read_criteria(tmp_path / "gone")
    assert [one.position.path.rpartition("/")[2] for one in error.value.diagnostics] == [
        "facts.yaml",
        "indicators",
        "ladders.yaml",
        "set.yaml",
    ]


@pytest.mark.parametrize("name", RULE_FILES)
def test_names_of_a_file_that_cannot_be_read_are_not_missed_elsewhere(name: str, desk: Path) -> None:
    (desk / name).write_text("a: [", "utf-8")
    with pytest.raises(InvalidSourceError) as error:
        read_criteria(desk)
    assert str(error.value).splitlines()[0].endswith("this bracket is not closed, or a comma is missing")
    assert len(error.value.diagnostics) == 1
