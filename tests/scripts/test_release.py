"""A release is refused with every reason at once; its notes are what the changelog says under its heading."""

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.release import VERSION_FILE, notes, pins, refusals, version_of

ROOT = Path(__file__).parents[2]
GIT = shutil.which("git") or "git"
LOG = "# Changelog\n\n## 1.2.0 (2026-12-01)\n\n- Something new.\n  More of it.\n\n## 1.1.0 (2026-11-01)\n\n- Old.\n"


def git(folder: Path, *arguments: str) -> None:
    who = (
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@example.org",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "tag.gpgsign=false",
    )
    subprocess.run((GIT, *who, *arguments), cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    file = tmp_path / VERSION_FILE
    file.parent.mkdir()
    file.write_text('__version__ = "1.2.0"\n', "utf-8")
    (tmp_path / "CHANGELOG.md").write_text(LOG, "utf-8")
    git(tmp_path, "init", "--quiet")
    committed(tmp_path)
    return tmp_path


def committed(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "All")


def refused(repository: Path) -> list[str]:
    return list(refusals(repository, version_of(repository)))


def test_a_clean_tree_with_a_dated_heading_can_be_released(repository: Path) -> None:
    assert refused(repository) == []
    assert notes(repository, "1.2.0") == "- Something new.\n  More of it.\n"


def test_every_reason_is_told_at_once(repository: Path) -> None:
    git(repository, "tag", "v1.2.0")
    (repository / "CHANGELOG.md").write_text(LOG.replace("1.2.0 (2026-12-01)", "1.2.0 (unreleased)"), "utf-8")
    changes, tag, day = refused(repository)
    assert changes == "1 files are not committed, CHANGELOG.md for one: commit them or put them aside"
    assert tag == "the tag v1.2.0 is there already: raise the version in risk_engine/version.py"
    assert day == "CHANGELOG.md calls 1.2.0 `unreleased`: write the day of the release, `## 1.2.0 (YYYY-MM-DD)`"


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (LOG.replace("## 1.2.0 ", "## 1.2.01 "), "has no heading for 1.2.0"),
        (LOG.replace("- Something new.\n  More of it.\n", ""), "says nothing about 1.2.0"),
        (LOG.replace("## 1.2.0 (2026-12-01)", "## 1.2.0"), "calls 1.2.0 ``"),
    ],
)
def test_a_changelog_that_does_not_tell_of_the_version_is_refused(repository: Path, log: str, reason: str) -> None:
    (repository / "CHANGELOG.md").write_text(log, "utf-8")
    committed(repository)
    (found,) = refused(repository)
    assert reason in found


def test_the_locks_hold_each_package_with_its_digests() -> None:
    found = dict(pins(ROOT / "requirements" / "audit.txt"))
    assert found["z3-solver"].startswith("z3-solver==")
    assert "--hash=sha256:" in found["z3-solver"]
    assert {"pydantic", "orjson"} < set(found)
