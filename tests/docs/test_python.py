"""The public API is what its page shows, and nothing of it is loaded before it is used."""

import ast
import doctest
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import risk_engine

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "python.md"
HOUSE = ast.parse(Path(risk_engine.__file__).read_text("utf-8"))


def test_every_example_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert result.attempted > 20
    assert result.failed == 0


def test_the_page_shows_every_public_function() -> None:
    page = PAGE.read_text("utf-8")
    functions = [name for name in risk_engine.__all__ if name.islower() and not name.startswith("_")]
    assert [name for name in functions if f"{name}(" not in page] == []


def test_every_public_name_is_what_a_type_checker_takes_it_for() -> None:
    """Type checkers read the imports, Python reads the list of homes: they must say the same."""
    typed = {
        one.asname or one.name: getattr(import_module(node.module or ""), one.name)
        for guard in HOUSE.body
        if isinstance(guard, ast.If)
        for node in guard.body
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    }
    assert sorted([*typed, "__version__"]) == sorted(risk_engine.__all__)
    assert {name: getattr(risk_engine, name) for name in typed} == typed
    assert set(risk_engine.__all__) <= set(dir(risk_engine))
    assert Path(risk_engine.__file__).with_name("py.typed").is_file()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="asess"):
        getattr(risk_engine, "asess")  # noqa: B009 -- so that mypy lets it pass


def test_to_import_the_package_loads_nothing_but_its_version() -> None:
    code = (
        "import sys, risk_engine; dir(risk_engine); print(*sorted(one for one in sys.modules if 'risk_engine' in one))"
    )
    done = subprocess.run((sys.executable, "-c", code), cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["risk_engine", "risk_engine.version"]
