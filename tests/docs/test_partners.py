"""The lines of docs/partners.md work as they stand, one after the other, in a folder that holds the examples."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, ROOT, done

GUIDE = (ROOT / "docs" / "partners.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def typed(block: str) -> str:
    """Run each line of a block as it stands; return what the last one printed."""
    for line in block.splitlines():
        program, *rest = shlex.split(line)
        if program == "risk-engine":
            out = done(*rest)
        else:
            subprocess.run([program, *rest], check=True)
    return out


def days_and_digests_left_out(text: str) -> str:
    return re.sub(r"\d{4}-\d{2}-\d{2}|\b[0-9a-f]{16}\b", "…", text)


def test_every_line_of_the_guide_works_and_shows_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    use, file, change, shown = BLOCKS
    assert typed(use).startswith("songhua: partner “Songhua Institute of Aeronautical Engineering”, ")
    on_file = Path("partners/songhua.yaml").read_text("utf-8").splitlines()
    said = [line.partition("#")[0].rstrip() for line in file.splitlines()]
    assert [line for line in on_file if line in said] == said
    assert days_and_digests_left_out(typed(change)) == days_and_digests_left_out(shown)


def test_without_a_folder_that_cases_look_in_it_is_made_beside_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(EXAMPLES / "drone-swarm.yaml", tmp_path / "cases")
    monkeypatch.chdir(tmp_path / "elsewhere")
    done("partner", "save", "../cases/drone-swarm.yaml", "partner.songhua")
    assert (tmp_path / "cases" / "partners" / "songhua.yaml").is_file()
    assert list(Path().iterdir()) == []
