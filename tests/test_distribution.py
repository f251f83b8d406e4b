"""What is installed has a name of its own, one place for its version, and locks for whoever installs it."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "requirements"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\]+)", re.MULTILINE)


@cache
def project() -> dict[str, Any]:
    content: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return content


def pins(name: str) -> dict[str, str]:
    return {found[1]: found[2] for found in PIN.finditer((LOCKS / f"{name}.txt").read_text("utf-8"))}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9._-]", one)[0].lower().replace("_", "-") for one in requirements}


def test_the_distribution_has_a_name_of_its_own_and_the_command_keeps_its() -> None:
    assert project()["name"] == "collab-risk-engine"
    assert set(project()["scripts"]) == {"risk-engine"}


def test_the_version_stands_in_one_file() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["version"] == {
        "path": "risk_engine/version.py"
    }
    assert project()["dynamic"] == ["version"]
    folders = ("docs", "risk_engine", "templates", "scripts", "benchmarks", "tests/cli", "tests/docs")
    files = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "Makefile"]
    files += [one for folder in folders for one in (ROOT / folder).rglob("*") if one.suffix in {".md", ".py", ".j2"}]
    number = re.compile(r"risk[-_]engine[- ]v?\d+\.\d+")
    assert [one.relative_to(ROOT) for one in files if number.search(one.read_text("utf-8"))] == []
    assert number.search("'collab_risk_engine-0.1.0-py3-none-any.whl'")


@pytest.mark.parametrize("extra", ["base", *project()["optional-dependencies"]])
def test_what_an_extra_asks_for_is_locked_with_digests(extra: str) -> None:
    asked = list(project()["dependencies"]) + list(project()["optional-dependencies"].get(extra, ()))
    assert names(asked) <= set(pins(extra)), "`make lock` writes the locks anew"
    text = (LOCKS / f"{extra}.txt").read_text("utf-8")
    for block in re.split(r"\n(?=\S)", text):
        assert "--hash=sha256:" in block, block


def test_all_locks_agree_and_none_names_a_host() -> None:
    versions = pins("versions")
    for lock in sorted(LOCKS.glob("*.txt")):
        assert "://" not in lock.read_text("utf-8"), lock.name
        assert pins(lock.stem).items() <= versions.items(), lock.name


def test_every_lock_is_of_something_that_the_project_declares() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    declared = {"base", "versions", *project()["optional-dependencies"], *groups}
    assert {one.stem for one in LOCKS.glob("*.txt")} == declared


WITH_THE_EXTRA_ALONE = """
import sys
from importlib.metadata import packages_distributions

there = set(sys.argv[1].split())
names = lambda several: {one.lower().replace("_", "-").replace(".", "-") for one in several}
others = {module for module, of in packages_distributions().items() if not names(of) & there} - {"risk_engine"}

class Others:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in others:
            raise ModuleNotFoundError(f"not in the extra: {name}")

sys.meta_path.insert(0, Others())
"""
ITS_PAGES = """
import django
django.setup()
from django.urls import get_resolver
from risk_engine.portfolio import has_columns
print(len(get_resolver().url_patterns) if has_columns() else 0)
"""
ITS_COMMAND = """
from risk_engine.__main__ import main
sys.argv = ["risk-engine", *sys.argv[2:]]
main()
"""


def with_the_extra_alone(
    extra: str, then: str, *arguments: str, code: int = 0, own: Mapping[str, str] | None = None
) -> str:
    """Return what is printed where nothing is installed but what an extra brings: all together hide what one lacks."""
    there = " ".join(sorted(names(list(pins(extra)))))
    done = subprocess.run(
        [sys.executable, "-c", WITH_THE_EXTRA_ALONE + then, there, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **(own or {})},
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def test_the_office_opens_with_its_extra_alone(tmp_path: Path) -> None:
    own = {"DJANGO_SETTINGS_MODULE": "risk_engine.web.settings", "RISK_ENGINE_OFFICE": str(tmp_path)}
    assert int(with_the_extra_alone("web", ITS_PAGES, own=own)) > 1


def test_works_are_counted_and_a_register_is_watched_with_their_extra_alone(tmp_path: Path) -> None:
    works, sources = (str(ROOT / "examples" / "awareness" / one) for one in ("finland.jsonl", "sources-finland.yaml"))
    report = str(tmp_path / "report.md")
    with_the_extra_alone("portfolio", ITS_COMMAND, "awareness", "report", works, "--sources", sources, "-o", report)
    assert "Finland" in Path(report).read_text("utf-8")
    register = str(tmp_path / "register")
    with_the_extra_alone("portfolio", ITS_COMMAND, "register", "add", register, "examples/number-theory.yaml")
    told = with_the_extra_alone("portfolio", ITS_COMMAND, "monitor", "run", "--register", register, code=1)
    assert register in told
