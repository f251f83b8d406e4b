"""The commands of docs/documents.md do what the guide says, and its table names every kind of document."""

import re
import shlex
import shutil
from pathlib import Path
from typing import get_args

import pytest

from risk_engine.cli.report import Kind
from tests.cli.running import EXAMPLES, ROOT, run

GUIDE = (ROOT / "docs" / "documents.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]


@pytest.mark.nightly  # each kind of document is made by tests/cli too
def test_every_command_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases").mkdir()
    shutil.copy(EXAMPLES / "lung-imaging.yaml", "cases/2026-014.yaml")
    assert len(COMMANDS) == 10
    for command in COMMANDS:
        result = run(*shlex.split(command)[1:])
        assert result.code == 0, (command, result)
    assert {"plan.docx", "questions.pdf", "letter.docx", "2026-014.decision.json"} <= {
        one.name for one in tmp_path.iterdir()
    }
    assert "not decided yet" not in Path("pack-2026-014/letter.md").read_text("utf-8")


def test_the_table_names_every_kind() -> None:
    assert sorted(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)) == sorted(get_args(Kind))
