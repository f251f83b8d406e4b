"""The walk in docs/officers.md is what the program does: from an empty workbook to a signed decision."""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from contextlib import chdir
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from risk_engine.loading.case import load_case
from risk_engine.loading.criteria import load_criteria
from tests.cli.running import EXAMPLES, ROOT, done
from tests.docs.walked import (
    CONTROLLED,
    FIRST,
    LAST,
    NEVER,
    OPEN,
    SUBMITTED,
    Typist,
    answers_of,
    head,
    rows,
)

GUIDE = (ROOT / "docs" / "officers.md").read_text("utf-8").partition("## 8. The whole way in ")[2].partition("\n## ")[0]
COMMANDS = [line for line in GUIDE.splitlines() if line.startswith("risk-engine ")]
MOST = 14
CASE = EXAMPLES / "battery-recycling.yaml"
CRITERIA = load_criteria("reconnect-china", date(2026, 12, 1))


def ran(command: str, folder: Path) -> str:
    """Run a line that somebody types into a shell there; return what it printed."""
    words: list[str | Path] = []
    for word in shlex.split(command)[1:]:
        if "*" in word:
            words.extend(sorted(one.relative_to(folder) for one in folder.glob(word)))
        else:
            words.append(word)
    with chdir(folder):
        return done(*words, RISK_ENGINE_PASSPHRASE="correct horse")  # noqa: S106


def office_and_researcher(folder: Path) -> set[str]:
    with Typist(folder / "relicycle.xlsx", CRITERIA) as typist:
        typist.start(**head())
        typist.answer(answers_of("office", "researcher"))
    return typist.typed


def everybody_asked(folder: Path) -> set[str]:
    typed: set[str] = set()
    for file in (folder / "sent").glob("*.xlsx"):
        with Typist(file, CRITERIA) as typist:
            typist.start(by=file.stem.removeprefix("questions-"), day=date(2026, 11, 30))
            typist.answer(answers_of())
        typed |= typist.typed
    return typed


def what_was_agreed(folder: Path) -> set[str]:
    with Typist(folder / "agreed.xlsx", CRITERIA) as typist:
        typist.start(assessment_date=date(2026, 12, 18))
        typist.answer({"ip.first_filing": "eu"})
        for one in rows("controls.csv"):
            typist.control(**one)
    return typist.typed


TYPED: Mapping[str, Callable[[Path], set[str]]] = {
    "case new": office_and_researcher,
    "case questions": everybody_asked,
    "case export": what_was_agreed,
}
"""After which command somebody fills something in."""


def records(folder: Path, kind: str) -> list[Any]:
    files = sorted((folder / "register" / "TUW-2026-117").glob(f"*-{kind}-*.json"))
    return [json.loads(one.read_text("utf-8")) for one in files]


def levels(record: Mapping[str, Any]) -> dict[str, str]:
    return {one["ladder"]: one["level"] for one in record["proposals"]}


def found(record: Mapping[str, Any], outcome: str) -> dict[str, Any]:
    return {one["id"]: one for one in record["findings"] if one["outcome"] == outcome}


def flat(data: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """Yield the answers of a case by their paths."""
    for name in CRITERIA.entities:
        stated = data.get(name) or ()
        for one in stated if isinstance(stated, (list, tuple)) else (stated,):
            block = {key: value for key, value in one.items() if value is not None}
            place = f"{name}.{block.pop('id')}" if "id" in block else name
            yield from ((f"{place}.{key}", value) for key, value in block.items() if value not in ("unknown", ()))


def test_the_walk_has_fewer_than_fifteen_commands_and_no_yaml_is_typed() -> None:
    assert len(COMMANDS) == MOST < 15
    assert f"{MOST} commands" in (ROOT / "docs" / "officers.md").read_text("utf-8")
    assert set(re.findall(r"(?<=case )(?:set|add)", " ".join(COMMANDS))) == set()


@pytest.mark.long
def test_the_walked_case_goes_from_an_empty_workbook_to_a_signed_decision(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    folder.mkdir()
    typed: set[str] = set()
    said: list[str] = []
    for command in COMMANDS:
        said.append(ran(command, folder))
        fill = TYPED.get(" ".join(shlex.split(command)[1:3]))
        if fill is not None:
            typed |= fill(folder)
        if command.startswith("risk-engine case import sent"):
            as_submitted = load_case(folder / "relicycle.yaml", CRITERIA)
    assert set(answers_of()) == typed

    # The example is the case that they made.
    stated, shown = (dict(flat(one.model_dump(by_alias=True))) for one in (as_submitted, load_case(CASE, CRITERIA)))
    assert stated == shown

    first, last = records(folder, "assessment")
    assert {name: one["inherent"] for name, one in found(first, "present").items()} == SUBMITTED
    assert set(found(first, "undetermined")) == OPEN
    assert not {*found(first, "present"), *found(first, "undetermined")} & set(NEVER)
    assert levels(first) == FIRST
    assert {name: one["residual"]["at_least"] for name, one in found(last, "present").items()} == CONTROLLED
    assert found(last, "undetermined") == {}
    assert levels(last) == LAST
    assert last["supersedes"]["digest"] == first["digest"]

    (decision,) = records(folder, "decision")
    assert {one["ladder"]: one["decided"]["name"] for one in decision["levels"]} == LAST
    assert len(decision["conditions"]) == len(rows("controls.csv"))
    (verified,) = (out for command, out in zip(COMMANDS, said, strict=True) if " verify " in command)
    assert "the decision is signed with the key" in verified
    assert re.search(r"^\d+ hold, 0 do not, 0 not checked$", verified, re.MULTILINE)
    assert (folder / "documents" / "index.html").exists()
