"""Every kind of message, whole: what is changed in the loan desk, and the text that its author reads then.

Each file in bad/ has cases of one part of a set, or of a case, profile or map: what to change, what must be printed.
After a change of wording `REWRITE_BAD_FILES=1 pytest -n 0 tests/loading/test_bad_files.py` writes what is printed now
into the files. Read every line of that diff: the test believes whatever it finds there afterwards.
"""

import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from risk_engine.audit.cases import run_cases
from risk_engine.files.diagnostics import InvalidSourceError
from risk_engine.files.reading import Buffers, editing
from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.map import load_map
from risk_engine.loading.profile import load_profile

BAD = Path(__file__).parent / "bad"
SETS = Path(__file__).parents[1] / "sets"
CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}/{name}": spec
    for path in sorted(BAD.glob("*.yaml"))
    for name, spec in yaml.safe_load(path.read_text("utf-8")).items()
}
NEVER_PRINTED = re.compile(r"pydantic|validation error|Input should|\b(NoneType|dict|tuple|str|int|bool)\b(?!`)|\?")
"""Words of the program: the type names too, unless somebody wrote them into a file."""


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_prints_exactly_this(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = CASES[name]
    copy_of_the_loan_desk(tmp_path)
    for change in spec["change"]:
        apply(change, tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidSourceError) as error:
        load_everything(with_tests=name.startswith("cases/"))
    printed = f"{error.value}\n"
    if os.environ.get("REWRITE_BAD_FILES"):
        rewrite(name, printed)
    else:
        assert printed == spec["expect"]


@pytest.mark.parametrize("name", CASES)
def test_a_message_is_in_the_words_of_its_reader(name: str) -> None:
    lines = CASES[name]["expect"].splitlines()
    for line in lines:
        if line.startswith("  help: "):
            assert not line.endswith("."), line
        elif not line.startswith("  "):
            _, _, _, message = line.split(":", 3)
            assert message[1].islower() or message[1] == "`", line
            assert not message.endswith("."), line
            assert not NEVER_PRINTED.search(message), line


def test_the_loan_desk_has_no_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_of_the_loan_desk(tmp_path)
    monkeypatch.chdir(tmp_path)
    load_everything()


def copy_of_the_loan_desk(folder: Path) -> None:
    shutil.copytree(SETS / "loan-desk" / "1.0.0", folder / "loan-desk")
    shutil.copy(SETS / "loan-desk-case.yaml", folder / "case.yaml")
    shutil.copy(SETS / "loan-desk-profile.yaml", folder / "profile.yaml")


def apply(change: dict[str, Any], folder: Path) -> None:
    path = folder / change["in"]
    if change.get("remove"):
        path.unlink()
    elif "text" in change:
        path.parent.mkdir(exist_ok=True)
        path.write_text(change["text"], "utf-8")
    else:
        text = path.read_text("utf-8")
        assert text.count(change["replace"]) == 1, f"{change['in']} must hold this once: {change['replace']}"
        path.write_text(text.replace(change["replace"], change["by"]), "utf-8")


READ = Buffers()
"""What was made of each file last: most are as they were in the test before, and to parse them all takes long."""


def load_everything(*, with_tests: bool = True) -> None:
    with editing(READ):
        criteria = read_criteria(Path("loan-desk"))
        for path in sorted(Path().glob("case.*")):
            load_case(path, criteria)
        load_profile(Path("profile.yaml"), criteria)
        if with_tests:
            run_cases(criteria)
        load_map(criteria)


def rewrite(name: str, printed: str) -> None:
    """Write what is printed into the file of a case; the rest of it stays as somebody wrote it."""
    part, name = name.split("/")
    path = BAD / f"{part}.yaml"
    text = path.read_text("utf-8")
    lines = "".join(f"    {line}\n" if line else "\n" for line in printed.splitlines())
    block = re.compile(
        rf'(^"?{re.escape(name)}"?:\n(?:  .*\n|\n)*?  expect: \|\n)(?:    .*\n|\n(?=    ))*', re.MULTILINE
    )
    text, times = block.subn(lambda found: found[1] + lines, text)
    assert times == 1, name
    path.write_text(text, "utf-8")
