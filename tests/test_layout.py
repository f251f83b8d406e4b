"""Every committed file is written as .editorconfig says and stands where it belongs; a page that is built is none."""

import configparser
import subprocess
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LARGE = 100_000
MAY_BE_LARGE = (
    "criteria/*",  # rules, their cases and words, bundles of released versions
    "examples/*/sets/*",
    "risk_engine/locale/*",
    "requirements/*.txt",
    "docs/images/*",
)
OF_THE_WHOLE = {"criteria", "docs", "golden", "pages", "scripts"}
"""Folders of tests that are about no single room."""
GOLDEN_LINES = 40_000
"""What a person can still be asked to review where everything changes at once."""


@cache
def committed() -> dict[str, bytes]:
    """Return every file that git knows and that is there, by its path."""
    names = subprocess.run(("git", "ls-files", "-z"), cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607
    paths = [one for one in names.decode().split("\0") if one and (ROOT / one).is_file()]
    return {one: (ROOT / one).read_bytes() for one in paths}


@cache
def editor() -> dict[str, dict[str, str]]:
    """Return what .editorconfig says for each pattern, the general first."""
    text = (ROOT / ".editorconfig").read_text("utf-8").partition("\n\n")[2]
    parser = configparser.ConfigParser()
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}


def wanted(path: str) -> dict[str, str]:
    """Return what is said for one file."""
    found: dict[str, str] = {}
    for pattern, said in editor().items():
        head, brace, rest = pattern.partition("{")
        several = [f"{head}{one}" for one in rest.rstrip("}").split(",")] if brace else [pattern]
        if any(fnmatch(Path(path).name, one) for one in several):
            found |= said
    return found


def test_the_editor_and_the_formatter_agree_how_long_a_line_may_be() -> None:
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]
    assert int(wanted("any.py")["max_line_length"]) == ruff["line-length"]


def test_every_text_file_is_written_as_the_editor_is_told() -> None:
    wrong = []
    for path, content in committed().items():
        said = wanted(path)
        if b"\0" in content or not content:
            continue
        if b"\r\n" in content:
            wrong.append(f"{path}: ends of lines")
        if not content.endswith(b"\n"):
            wrong.append(f"{path}: no newline at its end")
        if said["trim_trailing_whitespace"] == "true" and any(one != one.rstrip() for one in content.split(b"\n")):
            wrong.append(f"{path}: spaces at the end of a line")
        tabs = said["indent_style"] == "tab"
        if not tabs and any(one.startswith(b"\t") for one in content.split(b"\n")):
            wrong.append(f"{path}: tabs")
    assert wrong == []


def test_nothing_is_committed_that_a_command_writes_and_nobody_can_read() -> None:
    large = [path for path, content in committed().items() if len(content) > LARGE]
    assert [one for one in large if not any(fnmatch(one, pattern) for pattern in MAY_BE_LARGE)] == []


def test_the_goldens_can_be_read() -> None:
    goldens = {path: content for path, content in committed().items() if path.startswith("tests/golden/")}
    assert len(goldens) > 50
    assert sum(content.count(b"\n") for content in goldens.values()) < GOLDEN_LINES


@pytest.mark.parametrize("path", ["docs/catalogue.html", "docs/catalogue.md", "examples/audit/diff.html"])
def test_a_page_that_is_built_is_not_committed(path: str) -> None:
    assert path not in committed()


def test_tests_stand_where_what_they_are_about_stands() -> None:
    folders = {Path(path).parent.relative_to("tests") for path in committed() if fnmatch(path, "tests/*/test_*.py")}
    rooms = {folder for folder in folders if folder.parts[0] not in OF_THE_WHOLE}
    package = ROOT / "risk_engine"
    assert len(rooms) > 20
    assert [one for one in rooms if not (package / one).is_dir() and not (package / f"{one}.py").is_file()] == []
