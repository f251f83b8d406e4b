"""CHANGES.md gets a section for a version that has none; what a person wrote stays as it is, byte for byte."""

from pathlib import Path

import pytest

from risk_engine.audit.releases.release import has_section, with_section
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.loading.sets import Version
from risk_engine.loading.version_files import CHANGES
from tests.audit.releases.parts import heads

TEXT = "### Meaning\n\nNowhere milder."


@pytest.fixture
def version(tmp_path: Path) -> Version:
    return heads(tmp_path, ("1.1.0", "2027-01-01"))["1.1.0"]


def wrote(version: Version, text: str) -> Version:
    (version.path / CHANGES).write_bytes(text.encode())
    return version


def test_a_file_that_is_not_there_begins_with_the_set(version: Version) -> None:
    made = "# desk\n\n## 1.1.0 (in force from 2027-01-01)\n\n### Meaning\n\nNowhere milder.\n"
    assert with_section(version, TEXT) == made
    assert with_section(wrote(version, "\n"), TEXT) == made
    assert has_section(wrote(version, made))


def test_the_section_stands_above_those_of_earlier_versions(version: Version) -> None:
    wrote(version, "# Our history\n\nFor the board.\n\n## 1.0.0\n\nThe first.\n")
    assert with_section(version, TEXT) == (
        "# Our history\n\nFor the board.\n\n"
        "## 1.1.0 (in force from 2027-01-01)\n\n### Meaning\n\nNowhere milder.\n\n"
        "## 1.0.0\n\nThe first.\n"
    )


def test_without_earlier_sections_it_stands_at_the_end(version: Version) -> None:
    wrote(version, "# Our history")
    assert with_section(version, TEXT) == f"# Our history\n\n## 1.1.0 (in force from 2027-01-01)\n\n{TEXT}\n"


@pytest.mark.parametrize(
    "heading", ["## 1.1.0", "## 1.1.0 (in force from 2027-01-01)", "### v1.1.0 – spring", "# [1.1.0] - 2026-12-01"]
)
def test_a_section_that_a_person_wrote_is_never_touched(heading: str, version: Version) -> None:
    wrote(version, f"# Ours\n\n{heading}\n\nBy hand.\n")
    assert with_section(version, TEXT) is None
    assert has_section(version)


@pytest.mark.parametrize(
    "line", ["## 11.1.0", "## 1.1.01", "## 1.1.0-rc1", "## 1.1.0.1", "1.1.0", "## On 1.1.0", "```\n## 1.1.0\n```"]
)
def test_what_only_looks_like_its_section_is_none(line: str, version: Version) -> None:
    wrote(version, f"# Ours\n\n{line}\n")
    assert not has_section(version)
    made = with_section(version, TEXT)
    assert made is not None
    assert made.count("\n## 1.1.0 (in force from 2027-01-01)\n") == 1
    assert line in made


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_without_a_text_nothing_is_written(text: str | None, version: Version) -> None:
    assert with_section(version, text) is None


def test_line_ends_stay_as_they_are(version: Version) -> None:
    wrote(version, "# Ours\r\n\r\n## 1.0.0\r\n\r\nThe first.\r\n")
    made = with_section(version, TEXT)
    assert made is not None
    assert made.replace("\r\n", "").count("\n") == 0
    assert made.endswith("Nowhere milder.\r\n\r\n## 1.0.0\r\n\r\nThe first.\r\n")


def test_a_file_that_is_no_text_is_an_error(version: Version) -> None:
    (version.path / CHANGES).write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidSourceError, match=r"CHANGES\.md:1:1: this file is no text in UTF-8"):
        with_section(version, TEXT)
