"""The example on public data: its commands run as they stand, and its report is what they make."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, run

FOLDER = EXAMPLES / "awareness"
COMMANDS = re.findall(r"^risk-engine (.*)$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "refused", "told"),
    [
        # What the sources cannot carry is refused; fractions are those of NCSES.
        pytest.param("report.md", 3, "| CN | 255\u202f322.4 | 1 | – |", marks=pytest.mark.nightly),
        # What names of authors were taken for is no pair.
        ("finland.md", 2, "| Elisa (Finland) (FI) | Zhaotong University (CN) |"),
    ],
)
def test_a_report_of_the_example_is_what_its_command_makes(
    name: str, refused: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After a wanted change: run that command there, and read the diff as an officer would.
    monkeypatch.chdir(FOLDER)
    (command,) = (one for one in COMMANDS if one.endswith(f" -o {name}"))
    said = run(*shlex.split(command)[:-1], tmp_path / name)
    assert said.code == 0, said.err
    made = (tmp_path / name).read_text("utf-8")
    assert made == (FOLDER / name).read_text("utf-8")
    assert made.count("**Not drawn.**") == refused
    assert told in made


@pytest.mark.nightly
def test_the_brief_of_the_example_has_two_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pikepdf

    monkeypatch.chdir(FOLDER)
    *most, _output = shlex.split(COMMANDS[-1])
    assert run(*most, tmp_path / "brief.pdf").code == 0
    with pikepdf.open(tmp_path / "brief.pdf") as paper:
        assert len(paper.pages) == 2
