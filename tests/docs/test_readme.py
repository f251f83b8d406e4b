"""What the README shows is what the command prints."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.running import TODAY, done

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEXT = {".md", ".py", ".po", ".j2", ".yaml", ".html", ".toml"}


def test_the_result_in_the_readme_is_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert done("assess", "examples/battery-recycling.yaml").strip() in README


def test_what_the_readme_says_to_type_first_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = README.partition("## What a result looks like")[0]
    blocks = re.findall(r"```\n(.*?)```", first, re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if line.startswith("risk-engine ")]
    monkeypatch.chdir(tmp_path)
    assert [shlex.split(one)[1:3] for one in commands] == [["case", "new"], ["assess", "my-case.yaml"]]
    for one in commands:
        out = done(*shlex.split(one)[1:])
    assert out.startswith("Still open: ")


def test_after_the_demo_the_command_is_there_as_the_readme_says(tmp_path: Path) -> None:
    block = README.partition("Then a case of your own.")[2].split("```\n")[1]
    activate, new, assess = block.splitlines()
    assert [new.split()[0], assess.split()[0]] == ["risk-engine"] * 2
    (tmp_path / ".venv").symlink_to(sys.prefix)
    shell = ["sh", "-ec", f"{activate}\nrisk-engine --version\n.venv/bin/risk-engine case new --help"]
    without = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(shell, cwd=tmp_path, env=without, capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("risk-engine ")
    assert activate in (ROOT / "Makefile").read_text("utf-8").replace("$(BIN)", ".venv/bin")


@pytest.mark.nightly
def test_the_first_steps_of_the_guide_for_officers_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (ROOT / "docs" / "officers.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```\n(.*?)```", guide.partition("## 3.")[0], re.DOTALL)
    commands = [line for block in blocks for line in block.splitlines() if line.startswith("risk-engine ")]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases").mkdir()
    new, *others = [shlex.split(one)[1:] for one in commands]
    assert others[0][:2] == ["case", "add"]
    for one in (new, *others):
        done(*one)


def test_the_readme_names_every_extra() -> None:
    section = README.partition("### Extras")[2].partition("## ")[0]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert sorted(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == sorted(project["optional-dependencies"])


def test_nobody_is_told_to_install_the_package_that_another_project_has_under_this_name() -> None:
    folders = ("docs", "risk_engine", "templates", "examples", "scripts", "criteria")
    told = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "Makefile"]
    told += [one for folder in folders for one in (ROOT / folder).rglob("*") if one.suffix in TEXT]
    wrong = re.compile(r"install[^\n`]*[ '\"]risk-engine\b|risk-engine\[")
    assert [one.relative_to(ROOT) for one in told if wrong.search(one.read_text("utf-8"))] == []
    assert wrong.search("pipx install risk-engine")
    assert wrong.search("pip install 'risk-engine[pdf]'")


def test_the_schema_of_a_case_lies_where_its_first_line_says_and_is_no_case_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (ROOT / "docs" / "officers.md").read_text(encoding="utf-8")
    (case,) = re.findall(r"```\nrisk-engine case new (\S+\.yaml)", guide)
    (command,) = re.findall(r"```\nrisk-engine (case schema .*)\n", guide)
    (schema,) = re.findall(r"# yaml-language-server: \$schema=(\S+)", guide)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases").mkdir()
    done("case", "new", case, "--on", f"{TODAY}")
    done(*shlex.split(command))
    assert (tmp_path / case).parent.joinpath(schema).resolve().is_file()
    done("assess", Path(case).parent)


def test_the_python_example_in_the_readme_runs() -> None:
    code = README.split("```python\n")[1].split("```")[0]

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)

    assert done.stdout.startswith("# ")
    assert "Not in force" not in done.stdout


def test_the_pictures_in_the_readme_are_there_small_and_described() -> None:
    pictures = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", README)

    assert [path for _, path in pictures] == ["docs/images/report-first-page.png", "docs/images/report-findings.png"]
    for described, path in pictures:
        assert len(described) > 50
        content = (ROOT / path).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < 256 * 1024
