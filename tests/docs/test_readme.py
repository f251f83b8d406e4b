"""What the README shows is what the command prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_result_in_the_readme_is_what_the_command_prints() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "risk_engine", "assess", "examples/lung-imaging.yaml"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert done.stdout.strip() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_in_the_readme_runs() -> None:
    code = (ROOT / "README.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)

    assert done.stdout.startswith("# ")


def test_the_pictures_in_the_readme_are_there_small_and_described() -> None:
    pictures = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))

    assert [path for _, path in pictures] == ["docs/images/report-first-page.png", "docs/images/report-findings.png"]
    for described, path in pictures:
        assert len(described) > 50
        content = (ROOT / path).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < 200_000
