"""The lines of docs/portfolio.md work as they stand and show what it says."""

import re
import shlex
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.cli.running import EXAMPLES, ROOT, done, run

GUIDE = (ROOT / "docs" / "portfolio.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def arguments(block: str) -> list[str]:
    return shlex.split(block.removeprefix("risk-engine "))


def plain(text: str) -> list[str]:
    """Return the lines without how long it took, and without blanks at their ends."""
    return [re.sub(r"in \d+ s \(\d+ a second\)", "", line).rstrip() for line in text.splitlines()]


def test_every_line_of_the_guide_works_and_shows_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    assess, shown, explain, impact, *_more = BLOCKS
    assert plain(done(*arguments(assess))) == plain(shown)
    assert {one.name for one in Path("results").iterdir()} == {
        *("results.csv", "findings.csv", "missing.csv", "rejected.csv")
    }
    assert "Measure: Regulation." in done(*arguments(explain))
    result = run(*arguments(impact))
    assert result.code == 2
    assert "rejected rows: 2" in result.out
    assert "left_out" in pl.read_parquet_schema("moved.parquet")


def test_the_report_of_the_guide_is_made_as_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    (block,) = (one for one in BLOCKS if "portfolio report" in one)
    for line in block.splitlines():
        done(*arguments(line))
    text = Path("report.html").read_text("utf-8")
    assert "What kind of organisation is it?" in text
    assert "As if in" in text
