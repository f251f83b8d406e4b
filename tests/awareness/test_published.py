"""Counts that others published: fractions of countries are added up to those of a region, full counts are refused."""

from datetime import date
from pathlib import Path

import pytest

from risk_engine.awareness.published import read_published
from risk_engine.files.diagnostics import RiskEngineError

HEAD = {"title": "AI", "file": "t.csv", "place": "where", "counting": "fractional", "source": "NCSES"}
REGIONS = {"EU": frozenset({"DE", "FR", "MT"}), "CN": frozenset({"CN"})}


def written(folder: Path, rows: str, **more: str) -> Path:
    said = {**HEAD, "number": "n", "licence": "public domain", "retrieved": "2025-03-27", **more}
    (folder / "t.csv").write_text(f"where,n\n{rows}", "utf-8")
    path = folder / "said.yaml"
    path.write_text("".join(f"{key}: {value}\n" for key, value in said.items()), "utf-8")
    return path


def test_fractions_are_added_up_and_countries_that_are_not_there_are_named(tmp_path: Path) -> None:
    found = read_published(written(tmp_path, "World,99\nGermany,2.5\nFrance,1.25\nChina,7\n"), REGIONS)
    assert [(one.region, one.number, one.absent) for one in found.totals] == [("CN", 7.0, ()), ("EU", 3.75, ("MT",))]
    assert found.elsewhere == ("World",)
    assert found.said.retrieved == date(2025, 3, 27)


def test_full_counts_are_never_added_up(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError, match="full counts of countries cannot be added up"):
        read_published(written(tmp_path, "China,7\n", counting="full"), REGIONS)


def test_every_row_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError) as caught:
        read_published(written(tmp_path, "China,many\nGermany,1\nDE,2\n"), REGIONS)
    assert "t.csv:2: `many` is no number" in str(caught.value)
    assert "t.csv:4: `DE` is there twice" in str(caught.value)


def test_a_column_that_there_is_not_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError, match="there is no column `count`") as caught:
        read_published(written(tmp_path, "China,1\n", number="count"), REGIONS)
    assert "where, n" in str(caught.value)
