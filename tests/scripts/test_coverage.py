"""What no test runs is found: statements, and ways past one that decides; too little of it makes `make test` red."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts import coverage

ROOT = Path(__file__).parents[2]


def missed(source: str, *calls: str) -> list[str]:
    """Return the places of a module that were not run when these calls had been made."""
    code, places = coverage.compiled(source.encode(), "shown.py")
    names: dict[str, object] = {"__seen__": [0] * len(places)}
    exec(code, names)  # noqa: S102
    for call in calls:
        eval(call, names)  # noqa: S307
    seen = names["__seen__"]
    assert isinstance(seen, list)
    return [place for place, mark in zip(places, seen, strict=True) if not mark]


IF = "def f(a):\n    if a:\n        a = 2\n    return a"
EACH = "def f(a):\n    for b in a:\n        if b: break\n    return a"
KIND = "def f(a):\n    match a:\n        case 1:\n            return 2\n    return 3"
CAUGHT = "def f(a):\n    try:\n        a = 1 / a\n    except Exception:\n        a = 0\n    finally:\n        a = 1"


@pytest.mark.parametrize(
    ("source", "calls", "places"),
    [
        (IF, (), ["2", "2->", "3", "4"]),
        (IF, ("f(1)",), ["2->"]),
        (IF, ("f(0)",), ["3"]),
        (IF, ("f(0)", "f(1)"), []),
        (EACH, ("f([1])",), ["2->", "3->"]),
        (EACH, ("f([0])",), ["3"]),
        (KIND, ("f(1)",), ["2->", "5"]),
        (KIND, ("f(2)",), ["4"]),
        (KIND.replace("    return 3", "        case _: return 3"), ("f(1)", "f(2)"), []),
        (CAUGHT, ("f(1)",), ["5"]),
        ("def f(a):\n    while True:\n        return a", ("f(1)",), []),
        ("def f(a):\n    while a:\n        a -= 1", ("f(0)",), ["3"]),
        ("class C:\n    def f(self):\n        global a\n        a = 1", ("C()",), ["4"]),
    ],
)
def test_what_was_not_run_is_named(source: str, calls: tuple[str, ...], places: list[str]) -> None:
    assert sorted(missed(source, *calls)) == places


def test_what_only_a_compiler_or_type_checker_reads_counts_for_nothing() -> None:
    source = (
        '"""A module."""\nfrom __future__ import annotations\nif TYPE_CHECKING:\n    import x\n'
        'def f(a):\n    """Say."""\n    match a:\n        case 1:\n            return 1\n'
        "        case _:\n            assert_never(a)"
    )
    assert missed(source.replace("if TYPE", "TYPE_CHECKING = False\nif TYPE"), "f(1)") == []


def test_what_another_process_compiled_is_taken_until_the_module_changes(tmp_path: Path) -> None:
    path = tmp_path / "shown.py"
    for source, marks in (("a = 1", 1), ("a = 1", 1), ("a = 2\nb = 3", 2)):
        code, number = coverage.kept(source.encode(), str(path))
        names: dict[str, object] = {"__seen__": [0] * number}
        exec(code, names)  # noqa: S102
        assert names["__seen__"] == [1] * marks
        assert names["a"] == marks
    (one,) = (tmp_path / "__pycache__").iterdir()
    one.write_bytes(b"cut off")
    assert coverage.kept(b"a = 1", str(path))[1] == 1


@pytest.mark.nightly
@pytest.mark.parametrize("jobs", ["0", "2"])
def test_too_little_is_red_and_says_which_places_no_test_runs(jobs: str) -> None:
    few = ("-p", "no:cacheprovider", "-p", "scripts.coverage", "-n", jobs, "tests/files/test_source.py")
    done = subprocess.run(
        (sys.executable, "-m", "pytest", *few), cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 1, done.stdout + done.stderr
    assert [line for line in lines if line.startswith("too little: ") and "risk_engine/engine (100 % wanted)" in line]
    missed = {name: places for name, _, places in (line.partition(": ") for line in lines)}
    # What no test even imports is missed as a whole.
    [span] = missed["risk_engine/report/typst.py"].split(", ")
    assert span.count("-") == 1
    assert len(missed.get("risk_engine/files/source.py", "")) < 100
