"""What CONTRIBUTING tells people to open is there, and what has to be opened is told."""

import ast
import re
from pathlib import Path

import pytest

from risk_engine.files.reading import criteria_folder
from risk_engine.loading.sets import versions

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
VERSION = versions("reconnect-china")[-1].path
FREE = {"<set>": VERSION.name, "<dimension>": "security"}
"""What stands for something in a path, and one thing that it stands for."""


def section(title: str) -> str:
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("title", ["Add an indicator", "Add a condition node"])
def test_every_file_that_a_recipe_names_is_there(title: str) -> None:
    paths = re.findall(r"`([\w<>./-]+(?:\.(?:py|yaml|md|html|lock)|/))`", section(title))
    gone = []
    for path in paths:
        meant = path
        for free, name in FREE.items():
            meant = meant.replace(free, name)
        if not any((folder / meant).exists() for folder in (ROOT, VERSION, ROOT / "risk_engine")):
            gone.append(path)
    assert len(paths) > 5
    assert gone == []


def test_the_recipe_for_an_indicator_names_every_file_that_is_held_against_the_newest_version() -> None:
    told = section("Add an indicator")
    files = {one.relative_to(VERSION).as_posix() for one in VERSION.rglob("*.yaml")}
    # What an indicator needs anew only where it brings a new kind of rule with it.
    seldom = {
        f"{one}.yaml"
        for one in ("awareness", "definitions", "exchange", "invariants", "ladders", "map", "parameters", "screening")
    }
    wanted = {one for one in files - seldom if not one.startswith(("tables/", "indicators/"))}
    wanted |= {"docs/catalogue-review.md", "tests/criteria/second_reading/later.py"}
    assert [one for one in sorted(wanted) if f"`{one}`" not in told] == []
    assert criteria_folder().name in told


def readers() -> dict[str, list[ast.match_case]]:
    """Return the last case of each `match` over conditions, by the module that it is in."""
    found: dict[str, list[ast.match_case]] = {}
    for path in sorted((ROOT / "risk_engine").rglob("*.py")):
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if "AllOf" in text else ():
            if isinstance(node, ast.Match) and any("AllOf" in ast.unparse(case.pattern) for case in node.cases):
                found.setdefault(path.relative_to(ROOT / "risk_engine").as_posix(), []).append(node.cases[-1])
    return found


def test_every_reader_of_conditions_fails_type_checking_where_a_node_is_new_and_the_recipe_names_it() -> None:
    found = readers()
    assert [name for name, last in found.items() if not all("assert_never" in ast.unparse(one) for one in last)] == []
    told = section("Add a condition node")
    assert [name for name in found if f"`{name}`" not in told and f"`risk_engine/{name}`" not in told] == []
    assert len(found) > 10


def test_no_test_is_left_out_because_a_program_is_missing() -> None:
    tests = [one for one in (ROOT / "tests").rglob("*.py") if one != Path(__file__)]
    texts = {one.name: one.read_text("utf-8") for one in tests}
    assert [name for name, text in texts.items() if "shutil.which" in text and "pytest.skip" in text] == []
    # What is called is installed, or named, by `make system-packages`.
    wanted = (ROOT / "Makefile").read_text("utf-8").partition("\nsystem-packages:")[2].partition("\n\n")[0]
    assert any('"openssl"' in text for text in texts.values())
    assert "command -v openssl" in wanted
