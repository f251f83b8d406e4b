"""Topics to the critical areas of a set: by a mapping with a date and a source; what it does not name is unknown."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from risk_engine.awareness.areas import UNKNOWN, by_work, counted, read_areas, shipped_areas
from risk_engine.files.diagnostics import InvalidSourceError, RiskEngineError
from tests.versions import newest

FILE = """as_of: 2026-01-01
source: A test
criteria: reconnect-china
fact: technology.eu_critical_area
entries:
  - area: energy
    of: batteries
    verified: true
    checked_by: A. Officer
    checked_on: 2026-01-02
    words: [batter*]
  - area: semiconductors
    of: chips
    verified: false
    topics: [Thin Films]
    subfields: [Electronics]
    words: [CMOS]
    not: [CMOS in art]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small mapping."""
    path = tmp_path / "areas.yaml"
    path.write_text(FILE, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "level", "expected"),
    [
        ("Advances in Battery Materials", "topic", ["energy"]),
        ("energy_storage batteries", "keyword", ["energy"]),
        ("Embattered Cities", "topic", []),
        ("thin films", "topic", ["semiconductors"]),
        ("Thin Films", "keyword", ["semiconductors"]),
        ("Electronics", "subfield", ["semiconductors"]),
        ("Electronics", "topic", []),
        ("CMOS Sensors for Batteries", "topic", ["energy", "semiconductors"]),
        ("CMOS in Art", "topic", []),
        ("CMOS", "field", []),
    ],
)
def test_a_topic_is_named_by_its_whole_name_or_by_whole_words(
    file: Path, text: str, level: str, expected: list[str]
) -> None:
    assert [one.area for one in read_areas(file).of_topic(text, level)] == expected


def test_a_work_counts_once_for_each_of_its_areas_and_without_one_it_is_unknown(file: Path) -> None:
    works = pl.DataFrame({"work": ["1", "2", "3", "4"]})
    topics = pl.DataFrame(
        [
            ("1", "Batteries", "topic"),
            ("1", "Battery recycling", "keyword"),
            ("1", "CMOS", "topic"),
            ("2", "Batteries", "topic"),
            ("3", "Poetry", "topic"),
        ],
        ["work", "topic", "level"],
        orient="row",
    )
    areas = read_areas(file)
    assert by_work(topics, areas) == {"1": ("energy", "semiconductors"), "2": ("energy",)}
    assert counted(works, topics, areas).rows() == [
        ("energy", True, 2),
        ("semiconductors", False, 1),
        (UNKNOWN, None, 2),
    ]


def test_the_shipped_mapping_names_areas_of_its_set_and_nobody_has_checked_it() -> None:
    areas = shipped_areas()
    areas.check(newest(areas.criteria))
    assert areas.as_of <= date(2026, 12, 1)
    assert areas.source
    assert not any(one.verified for one in areas.entries)
    assert len({one.area for one in areas.entries}) == 10
    for keyword in ("semiconductors", "artificial_intelligence", "energy_storage", "cybersecurity"):
        assert areas.of_topic(keyword, "keyword") != ()
    assert areas.of_topic("Border Security and International Relations", "topic") == ()


def test_a_mapping_for_another_set_is_refused(file: Path) -> None:
    criteria = newest("reconnect-china")
    file.write_text(FILE.replace("area: energy", "area: alchemy"), "utf-8")
    with pytest.raises(RiskEngineError, match="has no option `alchemy`"):
        read_areas(file).check(criteria)
    file.write_text(FILE.replace("technology.eu_critical_area", "technology.colour"), "utf-8")
    with pytest.raises(RiskEngineError, match=r"has no fact technology\.colour"):
        read_areas(file).check(criteria)


def test_what_is_verified_says_by_whom_and_when(file: Path) -> None:
    file.write_text(FILE.replace("    checked_by: A. Officer\n", ""), "utf-8")
    with pytest.raises(InvalidSourceError) as problem:
        read_areas(file)
    assert "areas.yaml:8:15: nobody is named who checked it" in f"{problem.value}"
