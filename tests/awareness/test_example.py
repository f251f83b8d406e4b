"""The example on public data: its commands run as they stand, and its report is what they make."""

import re
import shlex
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, run

FOLDER = EXAMPLES / "awareness"
COMMANDS = re.findall(r"^risk-engine (.*)$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)


def test_the_report_of_the_example_is_what_its_command_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # After a wanted change: run that command there, and read the diff as an officer would.
    monkeypatch.chdir(FOLDER)
    *most, output = shlex.split(COMMANDS[0])
    assert output == "report.md"
    said = run(*most, tmp_path / "report.md")
    assert said.code == 0, said.err
    made = (tmp_path / "report.md").read_text("utf-8")
    assert made == (FOLDER / "report.md").read_text("utf-8")
    # What the sources cannot carry is refused in it; fractions are those of NCSES.
    assert made.count("**Not drawn.**") == 3
    assert "| CN | 255\u202f322.4 | 1 | – |" in made


@pytest.mark.long
def test_the_brief_of_the_example_has_two_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pikepdf

    monkeypatch.chdir(FOLDER)
    *most, _output = shlex.split(COMMANDS[1])
    assert run(*most, tmp_path / "brief.pdf").code == 0
    with pikepdf.open(tmp_path / "brief.pdf") as paper:
        assert len(paper.pages) == 2
