"""The lines of docs/portfolio.md work as they stand and show what it says."""

import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from risk_engine.portfolio.decide import Deciding
from risk_engine.portfolio.figures_counts import Counting
from risk_engine.portfolio.reading import read
from tests.cli.running import EXAMPLES, ROOT, done, run
from tests.versions import newest

GUIDE = (ROOT / "docs" / "portfolio.md").read_text("utf-8")
FENCED = re.findall(r"^```(\w*)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
BLOCKS = [text for language, text in FENCED if not language]


def arguments(block: str) -> list[str]:
    return shlex.split(block.removeprefix("risk-engine "))


def plain(text: str) -> list[str]:
    """Return the lines without how long it took, and without blanks at their ends."""
    return [re.sub(r"in \d+ s \(\d+ a second\)", "", line).rstrip() for line in text.splitlines()]


@pytest.mark.nightly
def test_every_line_of_the_guide_works_and_shows_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    assess, shown, template, propose, mapped, explain, impact, *_more = BLOCKS
    assert plain(done(*arguments(assess))) == plain(shown)
    assert {one.name for one in Path("results").iterdir()} == {
        *("results.csv", "findings.csv", "missing.csv", "rejected.csv")
    }
    table, mapping = (next(text for kind, text in FENCED if kind == one) for one in ("csv", "yaml"))
    Path("projects.csv").write_text(table, "utf-8")
    assert "wrote cases.xlsx" in run(*arguments(template)).err
    assert "Partner countries → partner.*.country" in done(*arguments(propose))
    assert "confirmed: false" in Path("map.yaml").read_text("utf-8")
    Path("map.yaml").write_text(mapping, "utf-8")
    assert "rejected rows: 0" in done(*arguments(mapped))
    beside = [text for kind, text in FENCED if kind == "yaml"][1]
    Path("partners.csv").write_text("Project nr.,Country,Side\n17,China,theirs\n18,Norway,ours\n", "utf-8")
    Path("two.yaml").write_text(re.sub(r"  \"Partner countries.*\n", "", mapping) + beside, "utf-8")
    (batch,) = read(Path("projects.csv"), newest("reconnect-china"), mapping=Path("two.yaml"), on=date(2026, 12, 2))
    assert [[one["country"] for one in partners or ()] for partners in batch.stated["partner"].to_list()] == [
        ["CN"],
        [],
    ]
    assert "Measure: Regulation." in done(*arguments(explain))
    result = run(*arguments(impact))
    assert result.code == 2
    assert "rejected rows: 2" in result.out
    assert "left_out" in pl.read_parquet_schema("moved.parquet")


def test_no_line_of_the_guide_writes_over_the_results_of_another() -> None:
    lines = [line for block in BLOCKS for line in block.splitlines() if line.startswith("risk-engine portfolio assess")]
    targets = [one[one.index("-o") + 1] for one in map(shlex.split, lines)]
    assert len(targets) > 3
    assert len(set(targets)) == len(targets)


@pytest.mark.nightly
@pytest.mark.parametrize("among", ["portfolio report results.parquet --cases examples ", "examples/cordis"])
def test_reports_of_the_guide_are_made_as_it_says(among: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    (block,) = (one for one in BLOCKS if among in one)
    for line in block.splitlines():
        done(*arguments(line))
    text = Path("report.html").read_text("utf-8")
    assert "What kind of organisation is it?" in text
    assert "As if in" in text


@pytest.mark.nightly
def test_a_list_of_projects_stays_open_and_the_guide_names_what_holds_it_open() -> None:
    rules, day, folder = newest("reconnect-china"), date(2026, 12, 2), EXAMPLES / "cordis"
    (batch,) = read(folder / "projects.csv", rules, mapping=folder / "mapping.yaml", on=day)
    assert not batch.rejected.height
    results = Deciding(rules, day).results(batch.stated)
    assert results.height == results["measure.provisional"].sum() == results["start_gate.provisional"].sum() == 263
    assert results.explode("findings")["findings"].struct["outcome"].unique().to_list() == ["undetermined"]
    counts = Counting(rules, ("year",)).told(results)
    missing = counts.filter(pl.col("key").str.starts_with("missing")).group_by("key").len()["len"].to_list()
    assert sorted(missing) == [18, 48, *[263] * 11]
