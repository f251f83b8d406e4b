"""The two recipes of CONTRIBUTING that are followed most, done for real in a copy, and how many files each touches."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from risk_engine.model.conditions import OPS
from tests.cli.running import LOAN_DESK, ROOT

Change = tuple[str, str]


def ahead(of: str, new: str) -> Change:
    """Return the change that puts something before what is there."""
    return of, f"{new}{of}"


OPERATION: dict[str, list[Change]] = {
    "risk_engine/model/conditions.py": [
        ('"includes", "includes_any"]', '"includes", "includes_any", "excludes"]'),
        ahead(
            '    "includes_any": (\n', '    "excludes": ("It is not chosen.", _One, "An option that is not chosen."),\n'
        ),
    ],
    "risk_engine/engine/evaluate.py": [
        ahead('        case "includes_any":\n', '        case "excludes":\n            return wanted not in have\n')
    ],
    "risk_engine/engine/program_source.py": [
        ahead(
            '            case "includes_any":\n',
            '            case "excludes":\n                return f"{known} not in {variable}"\n',
        )
    ],
    "risk_engine/solver/conditions.py": [
        ahead(
            '        case "includes_any":\n            return some(',
            '        case "excludes":\n            return negated(options.get(value, False))\n',
        ),
        ahead(
            '        case "includes_any":\n            return not have',
            '        case "excludes":\n            return value not in have\n',
        ),
    ],
    "risk_engine/loading/checks/context.py": [
        ('"includes", "includes_any", "is")', '"includes", "excludes", "includes_any", "is")')
    ],
    "risk_engine/audit/mutants/conditions.py": [
        ('"includes" | "includes_any"', '"includes" | "excludes" | "includes_any"')
    ],
    "risk_engine/report/sentences.py": [
        ahead(
            '            case "includes_any":\n',
            """\
            case "excludes":
                told, said = self._value(fact, leaf.operand), (_INCLUDES[True], _INCLUDES[False])
""",
        )
    ],
}
"""The recipe followed for `excludes`: in each file what stands there, and what then stands there."""
DRAWN: dict[str, list[Change]] = {
    "tests/strategies.py": [
        ('("includes", None), ("inc', '("includes", None), ("excludes", None), ("inc'),
        ('"includes": pen.one(("red", "blue")), ', '"includes": pen.one(("red", "blue")), "excludes": "red", '),
        ahead(
            '            case "includes_any":\n',
            '            case "excludes":\n                return wanted not in have\n',
        ),
    ]
}
"""From then on the laws draw it, and hold what the engine, the compiled program and the solver make of it together."""
MOST_FOR_A_COMPARISON = 8
USED = """
from pathlib import Path
from risk_engine.loading.criteria import read_criteria
from risk_engine.report.catalogue import catalogue

print(catalogue(read_criteria(Path("desk/1.0.0")), "OBJ-4"))
"""


def replayed(folder: Path, recipe: dict[str, list[Change]]) -> None:
    """Make each change of a recipe; where its place is not found any more, the recipe has to be followed anew."""
    for name, changes in recipe.items():
        path = folder / name
        text = path.read_text("utf-8")
        for there, then in changes:
            assert text.count(there) == 1, (name, there)
            text = text.replace(there, then)
        path.write_text(text, "utf-8")


def in_a_copy(folder: Path, *command: str) -> str:
    """Run Python on the copy and nothing else; return what it printed."""
    done = subprocess.run(
        (sys.executable, *command), cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.long
def test_a_comparison_is_added_in_so_many_files_and_every_reading_of_it_agrees(tmp_path: Path) -> None:
    recipe = OPERATION | DRAWN
    assert len(recipe) <= MOST_FOR_A_COMPARISON
    for name in ("risk_engine", "tests", "criteria", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    replayed(tmp_path, recipe)
    law = "tests/solver/test_agreement.py"
    assert " passed" in in_a_copy(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", law)
    shutil.copytree(LOAN_DESK, tmp_path / "desk")
    rules = tmp_path / "desk" / "1.0.0" / "indicators" / "object.yaml"
    rules.write_text(rules.read_text("utf-8").replace("includes: nitrate", "excludes: nitrate"), "utf-8")
    assert "does not include" in in_a_copy(tmp_path, "-c", USED)


def test_the_recipe_for_a_comparison_names_the_files_that_it_touches_and_every_reader_of_one() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("\n## Add a comparison\n")[2].partition("\n## ")[0]
    for name in (*OPERATION, *DRAWN):
        assert f"`{name.removeprefix('risk_engine/')}`" in told, name
    readers = set()
    for path in (ROOT / "risk_engine").rglob("*.py"):
        if re.search(rf"case .*\"{OPS[-1]}\"", path.read_text("utf-8")):
            readers.add(path.relative_to(ROOT).as_posix())
    assert readers <= set(OPERATION)
    assert len(readers) > 3
