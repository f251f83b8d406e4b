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
from tests.editing import edit

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
    "risk_engine/engine/program_text.py": [
        ahead(
            '        case "includes_any":\n',
            '        case "excludes":\n            return f"{known} not in {variable}"\n',
        )
    ],
    "risk_engine/solver/conditions.py": [
        ahead(
            '        case "includes_any":\n            return some(',
            '        case "excludes":\n            return negated(options.get(value, False))\n',
        ),
        ('case "includes" | "includes_any":  # of', 'case "includes" | "excludes" | "includes_any":  # of'),
    ],
    "risk_engine/portfolio/columns/conditions.py": [
        ahead(
            '        case "includes" | "includes_any":\n            among',
            """\
        case "excludes":
            without = np.uint64(bits([wanted], options))
            return lambda column: (column & without) == 0
""",
        ),
        ('case "includes" | "includes_any":  # of', 'case "includes" | "excludes" | "includes_any":  # of'),
    ],
    "risk_engine/loading/checks/context.py": [
        ('"includes", "includes_any", "is")', '"includes", "excludes", "includes_any", "is")')
    ],
    "risk_engine/audit/mutants/variations.py": [
        ('"includes" | "includes_any"', '"includes" | "excludes" | "includes_any"')
    ],
    "risk_engine/engine/sentences.py": [
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
"""From then on the laws draw it, and hold what the engine, the program, columns and solver make of it together."""
MOST_FOR_A_COMPARISON = 9
MOST_FOR_AN_INDICATOR = 6
USED = """
from pathlib import Path
from risk_engine.loading.criteria import read_criteria
from risk_engine.report.set_pages.catalogue import catalogue

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


def whole_copy(folder: Path) -> Path:
    """Copy all that a recipe touches or runs."""
    for name in ("risk_engine", "tests", "criteria", "templates", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "images"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def passes(folder: Path, *tests: str) -> None:
    """Run tests of the copy; all must pass."""
    quiet = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist")
    assert " passed" in in_a_copy(folder, "-m", "pytest", *quiet, *tests)


@pytest.mark.nightly
def test_a_comparison_is_added_in_so_many_files_and_every_reading_of_it_agrees(tmp_path: Path) -> None:
    recipe = OPERATION | DRAWN
    assert len(recipe) <= MOST_FOR_A_COMPARISON
    replayed(whole_copy(tmp_path), recipe)
    passes(tmp_path, "tests/solver/test_agreement.py")
    shutil.copytree(LOAN_DESK, tmp_path / "desk")
    rules = tmp_path / "desk" / "1.0.0" / "indicators" / "object.yaml"
    edit(rules, "includes: nitrate", "excludes: nitrate")
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


SET = "criteria/reconnect-china"
READING = "tests/criteria/second_reading/later.py"
REVIEW = "docs/catalogue-review.md"
TRANSLATED = {one: f"{SET}/translations/{one}.yaml" for one in ("de", "fr")}
INDICATOR = """
SEC-25:
  title: Covert access that is ready for use
  dimension: security
  ground: standards_values
  question: Is cyber-surveillance technology ready to be used as it is?
  severity:
    low:
      some: technology
      where:
        all_of:
          - {fact: technology.cyber_surveillance, is: true}
          - {fact: technology.trl, at_least: 9}
  controls:
    - {all: [CTL-02], needs: [authorisation, authority_reply], residual: none}
  reason: What is ready for use needs no partner who could develop it any further.
  evidence: Classification of the technology
  sources:
    - {id: reg-2021-821, at: Art. 5}
  because:
    - "{technology.name}. Readiness level: {technology.trl}."
  author: {drawn_up_by: {name: reconnect-china editors, discipline: export control, date: 2026-11-26}}
"""
CASES = """
  - name: SEC-25 low
    like: SEC-06 absent, civil use
    given: {technology.t1.trl: 9}
    expect: {findings: {SEC-25: low}}
  - name: SEC-25 absent, not ready
    like: SEC-25 low
    given: {technology.t1.trl: 8}
    expect: {findings: {}}
  - name: SEC-25 undetermined
    like: SEC-25 low
    given: {technology.t1.trl: unknown}
    expect: {undetermined: {SEC-25: low}}
  - name: SEC-25 with the authorisation
    like: SEC-25 low
    in_place: [CTL-02]
    expect: {findings: {SEC-25: low}, residual: {SEC-25: none}}
"""
READ_AGAIN = """\
    "SEC-25": Reading(
        "standards_values",
        {"low": lambda c: any(one["cyber_surveillance"] and one["trl"] >= 9 for one in c.technology)},
        "CTL-02 -> 0",
    ),
}
ADDED_NEAR"""
NEAR = """\
    "SEC-25": {
        "technology.surveillance_capability": ("core", "incidental"),
        "technology.cyber_surveillance": (True,),
        "technology.trl": (9, 8),
    },
}
\"\"\"Which"""
DRAFT = "# reconnect-china\n\n## 9.0.0 (draft)\n\n- SEC-25 is new: covert access that is ready for use.\n"
OPEN = "{ETH-01: critical, ETH-02: high,"
INDICATOR_ADDED: dict[str, list[Change]] = {
    # A first question whose no is refuted opens what the new indicator reads as well.
    f"{SET}/cases.yaml": [(OPEN, OPEN.replace("{", "{SEC-25: low, "))],
    f"{SET}/CHANGES.md": [("# reconnect-china\n", DRAFT)],
    READING: [("}\nADDED_NEAR", READ_AGAIN), ('}\n"""Which', NEAR)],
    REVIEW: [ahead("| SEC-22 |", "| SEC-25 | Is it ready? | Readiness of 9. | Yes. | Nothing. |\n")],
}
APPENDED = {f"{SET}/indicators/security.yaml": INDICATOR, f"{SET}/cases.yaml": CASES}
HEAD = f"{SET}/set.yaml"


@pytest.mark.nightly
def test_an_indicator_is_added_in_so_many_files_with_its_second_reading(tmp_path: Path) -> None:
    assert len({*INDICATOR_ADDED, *APPENDED, HEAD}) <= MOST_FOR_AN_INDICATOR
    replayed(whole_copy(tmp_path), INDICATOR_ADDED)
    for name, text in APPENDED.items():
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(text)
    head = (tmp_path / HEAD).read_text("utf-8")
    head = re.sub(r"^version: .*", "version: 9.0.0", head, count=1, flags=re.MULTILINE)
    head = re.sub(r"^in_force: .*", "in_force: {from: 2031-01-15}", head, count=1, flags=re.MULTILINE)
    (tmp_path / HEAD).write_text(head, "utf-8")
    engine = ("-m", "risk_engine", "criteria")
    for language, name in TRANSLATED.items():
        in_a_copy(tmp_path, *engine, "texts", SET, "--into", language, "-o", name)
        told = (tmp_path / name).read_text("utf-8")
        assert told.count(f"    {language}:\n") > 4
        # Whatever it says, it is there.
        told = re.sub(rf"(?<=  - en: )(.*)\n    {language}:\n", rf"\1\n    {language}: \1\n", told)
        (tmp_path / name).write_text(told, "utf-8")
    assert "no problems" in in_a_copy(tmp_path, *engine, "check", SET)
    assert " 0 failed" in in_a_copy(tmp_path, *engine, "test", SET)
    about_it = "SEC-25 or agrees or drawn_at or of_the_catalogue_and_no_other"
    passes(tmp_path, "tests/criteria/test_second_reading.py", "-k", about_it)
