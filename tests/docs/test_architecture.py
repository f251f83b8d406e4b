"""The page on the architecture names every room, and nothing that is not there."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "risk_engine"
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def rooms() -> set[str]:
    found = {one.parent.name for one in PACKAGE.glob("*/__init__.py")}
    return found - {"locale"}


def test_every_file_and_folder_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`([a-z_/]+(?:/|\.py))`", PAGE))
    gone = [one for one in named if not (PACKAGE / one).exists() and not (ROOT / one).exists()]
    assert len(named) > 25
    assert gone == []


def test_every_room_of_the_package_is_on_the_page() -> None:
    assert [one for one in sorted(rooms()) if not re.search(rf"[`*]{one}[`*/]", PAGE)] == []


def test_the_contract_of_the_layers_has_every_room_and_keeps_the_wings_apart() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (layers,) = (
        one for one in project["tool"]["importlinter"]["contracts"] if one.get("containers") == ["risk_engine"]
    )
    assert "office | audit" in layers["layers"]
    assert layers["exhaustive"]


def test_the_picture_is_small_and_needs_nothing_from_elsewhere() -> None:
    picture = (ROOT / "docs" / "images" / "architecture.svg").read_text("utf-8")
    assert len(picture) < 10_000
    assert re.findall(r'(?:href|src|url\()[=("]*(\S+)', picture) == []
    assert "<title" in picture
    assert "<desc" in picture
