"""Every example in docs/authors.md is valid for the kind of file that its first line names, and none is missing."""

import json
import re
from pathlib import Path, PurePath
from typing import Any

import jsonschema
import pytest

from risk_engine.audit.mutants.variations import Operator
from risk_engine.audit.schemas import KINDS, criteria_schema
from risk_engine.files.source import parse
from risk_engine.loading.releases import LOCK, locks_of
from risk_engine.model.conditions import OPERATION_KEYS
from tests.audit.tables.sheets import made, rules_of, save, sheet_of
from tests.cli.running import done, refused, run

ROOT = Path(__file__).parents[2]
AUTHORS = ROOT / "docs" / "authors.md"
LOAN_DESK = ROOT / "tests" / "sets" / "loan-desk"
SHIPPED = ROOT / "criteria" / "reconnect-china"
BLOCKS = re.findall(r"```yaml\n# ([\w./-]+)(, further ones)?\n(.*?)```", AUTHORS.read_text(encoding="utf-8"), re.DOTALL)
NO_RULES = frozenset({"risk-engine.yaml", "case.yaml", "releases.lock"})
"""What is no file of a set, nor a profile."""
EXAMPLES = [
    (re.split(r"[./]", name)[0], text) for name, further, text in BLOCKS if name not in NO_RULES and not further
]


def _as_json(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


@pytest.mark.parametrize(("kind", "text"), EXAMPLES, ids=[kind for kind, _ in EXAMPLES])
def test_an_example_is_valid_for_its_kind_of_file(kind: str, text: str) -> None:
    data = _as_json(parse(text, f"{kind}.yaml", nulls=kind == "translations").data)

    jsonschema.validate(data, criteria_schema(kind))


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder, in which commands run, with every block of the page in the file that it names."""
    for name, _further, text in BLOCKS:
        kind = name.removesuffix(".yaml")
        file = {"indicators": "indicators/own"}.get(kind, kind) + ".yaml"
        path = tmp_path / file if name in NO_RULES or kind == "profile" else tmp_path / "sets" / "our-criteria" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file_of_it:
            file_of_it.write(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_blocks_are_one_set_that_runs(office: Path) -> None:
    assert done("criteria", "check", "our-criteria").startswith("our-criteria 1.0.0: 2 indicators, no problems\n")
    assert done("criteria", "test", "our-criteria") == "our-criteria@1.0.0: 4 passed, 0 failed\n"
    told = " ".join(done("assess", "case.yaml").split())
    assert "It may start. Measure: Regulation. With conditions." in told
    assert "An institute was recorded as Direct." in told
    assert run("assess", "case.yaml", "--profile", office / "profile.yaml").code == 0
    assert "Levels 5 to 9" in done("criteria", "map", "our-criteria")
    mutants = run("criteria", "mutate", "our-criteria", "--only", "ladder measure rules.0.where.at_least")
    figures = next(line.split() for line in mutants.out.splitlines() if line.startswith("shift-bound"))
    assert figures == ["shift-bound", "2", "0", "1", "1"]  # the reason that the page gives is of one of both


def test_the_lock_that_is_shown_can_be_read(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n# releases\.lock\n(.*?)```", AUTHORS.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / LOCK).write_text(text, encoding="utf-8")

    assert [list(one.releases) for one in locks_of(tmp_path / "1.0.0")] == [["our-criteria@1.0.0"]]


def test_every_kind_of_file_has_an_example() -> None:
    # What columns of a table state is no file of a set: docs/portfolio.md shows one.
    assert {kind for kind, _ in EXAMPLES} == {*KINDS} - {"table_columns"}


def test_every_operation_of_a_condition_has_an_example() -> None:
    text = AUTHORS.read_text(encoding="utf-8")

    assert [key for key in OPERATION_KEYS if f"{key}:" not in text] == []


def test_every_operator_of_the_mutation_check_is_explained() -> None:
    text = AUTHORS.read_text(encoding="utf-8")

    assert [one for one in Operator if f"| `{one.value}` | {one.sentence} |" not in text] == []


def test_the_editor_is_shown_the_schema_of_every_file_of_a_set() -> None:
    (text,) = re.findall(r"```json\n(\{\s+\"yaml.schemas\".*?)```", AUTHORS.read_text("utf-8"), re.DOTALL)
    mapped = {Path(schema).name.partition(".")[0]: glob for schema, glob in json.loads(text)["yaml.schemas"].items()}
    assert mapped.keys() == {*KINDS, "case"}
    for version in (*(one for one in LOAN_DESK.iterdir() if one.is_dir()), SHIPPED):
        for file in version.rglob("*.yaml"):
            path = PurePath("our-criteria") / file.relative_to(version)
            kind = file.parent.name if file.parent != version else file.stem
            globs = {one: [glob] if isinstance(glob, str) else glob for one, glob in mapped.items()}
            assert [one for one in globs if any(map(path.match, globs[one]))] == [kind], file


def test_the_table_that_is_shown_is_the_one_that_the_set_has() -> None:
    text = AUTHORS.read_text("utf-8").partition("## Rules as tables")[2].partition("\n## ")[0]
    (shown,) = re.findall(r"```\n\$ risk-engine (criteria table .*)\n((?:.+\n)+)```", text)
    assert done(*shown[0].split()) == shown[1]
    (head, *rows) = [
        row.strip("| ").split(" | ") for row in re.findall(r"^\| (?:Severity|critical|high) \|.*", text, re.MULTILINE)
    ]
    folder = SHIPPED
    table = made(rules_of(folder), "severity:SEC-21")
    assert [one.strip() for one in head[1].replace("`", "").split("? ")] == [
        one.rstrip("?") for one in table.columns[1].title.splitlines()
    ]
    assert [[one[0], one[1]] for one in rows] == [[row["severity"], row[table.columns[1].key]] for row in table.rows]


def test_a_cell_that_cannot_be_is_refused_as_is_shown(tmp_path: Path) -> None:
    text = AUTHORS.read_text("utf-8").partition("## Rules as tables")[2].partition("\n## ")[0]
    (shown,) = re.findall(r"```\n(rules\.xlsx: .*\n  help: .*\n)```", text)
    path = tmp_path / "rules.xlsx"
    done("criteria", "table", "reconnect-china", "--of", "severity:SEC-21", "-o", path)
    sheet, _columns = sheet_of(path, "Severity SEC-21")
    sheet["B4"] = "refussed"
    assert (
        refused("criteria", "table", "reconnect-china", save(sheet, path)).replace(f"{tmp_path.as_posix()}/", "")
        == shown
    )
