"""The commands of docs/deciding.md are those of the program, and its table names every link that is checked."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, ROOT, run

GUIDE = (ROOT / "docs" / "deciding.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line
    for block in BLOCKS
    for line in block.replace("\\\n", " ").splitlines()
    if line.startswith("risk-engine ") and "…" not in line
]


def test_every_command_of_the_guide_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RISK_ENGINE_PASSPHRASE", "correct horse")
    (tmp_path / "cases").mkdir()
    shutil.copy(EXAMPLES / "lung-imaging.yaml", "cases/2026-014.yaml")
    assert len(COMMANDS) == 13
    for command in COMMANDS:
        words = shlex.split(command)[1:]
        if words[0] == "decide" and words[1] == "2026-014.json":
            Path("2026-014.decision.json").unlink(missing_ok=True)  # the guide shows several ways to decide once
        if words[0] == "decide":
            words += ["--on", "2026-12-03"]
        if words[:2] == ["verify", "archive/"]:
            Path("archive").mkdir()
            shutil.copy("2026-014.json", "archive")
            shutil.copy("2026-014.decision.confirmed.json", "archive")
        result = run(*words)
        if words[0] == "decide" and "--sign" in words and words[1].endswith("decision.json"):
            assert "is signed with this key already" in result.err  # by the command before it
        elif words[:2] == ["verify", "archive/"]:
            assert result.code == 1, result  # it was confirmed before there was a key
        elif words[0] == "verify":
            assert result.code == 2, result  # it is signed, and no key is named
        else:
            assert result.code == 0, (command, result)
