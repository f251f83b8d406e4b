"""Every command that reads a set follows its definitions as deep as the loader allows them (issue 18, section 3.4)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import run_with
from tests.engine.builder import DAY, criteria_of
from tests.engine.test_definitions import DOUBLINGS, HARMLESS, LEVELS, chained, doubled, mixed, tripled

SETS: dict[str, tuple[Callable[[int], dict[str, Any]], int]] = {
    "plain": (chained, LEVELS),
    "mixed": (mixed, LEVELS),
    "doubled": (doubled, DOUBLINGS),
    "tripled": (tripled, DOUBLINGS),
}
COMMANDS = {
    "check": "criteria check {set}",
    "show": "criteria show {set} -o {out}/set.html",
    "texts": "criteria texts {set} --into fr -o {out}/fr.yaml",
    "test": "criteria test {set} --coverage",
    "generate": "criteria test {set} --generate -o {out}/more.yaml",
    "mutate": "criteria mutate {set} --only B --jobs 1",
    "prove": "criteria prove {set} --jobs 1",
    "diff": "criteria diff {set} {later} -o {out}/changes.html",
    "impact": "criteria impact {set} {later} --cases {cases}",
    "questions": "case questions {case} --criteria {set} --out {out}/sent",
    "assess": "assess {case} --criteria {set} -o {out}/report.html",
    "outlook": "outlook {case} --criteria {set}",
    "interview": "interview {case} --criteria {set}",
}
BEFORE_EACH_LANDING = {("doubled", one) for one in COMMANDS if one not in {"diff", "prove", "generate"}}
LONG = {("mixed", "check"), ("tripled", "assess"), ("doubled", "diff"), ("tripled", "prove"), ("doubled", "generate")}
"""The other commands and kinds of chains go at night."""


def version(folder: Path, definitions: dict[str, Any]) -> Path:
    """Write a version with definitions, two indicators that use the last of them, and a case that is run."""
    last = {"holds": list(definitions)[-1]}
    indicators = {
        "A": {"severity": {"high": last}, "controls": [{"all": ("C",), "residual": "low"}]},
        "B": {"severity": {"low": {"any_of": [last, {"fact": "trip.risky", "is": True}]}}},
    }
    head = {"version": folder.name}
    pieces = {"head": head, "definitions": definitions, "indicators": indicators, "controls": {"C": {}}}
    criteria_of(folder, pieces)
    base = "trip: {risky: false, insured: true, alone: false}, guest: []"
    case = f"base: {{id: base, title: Base, assessment_date: {DAY}, {base}}}\n"
    (folder / "cases.yaml").write_text(f"{case}{HARMLESS}", "utf-8")
    return folder


def marks_of(kind: str, command: str) -> list[pytest.MarkDecorator]:
    """Return what says when a command is run on a chain, where that is not each time."""
    if (kind, command) in LONG:
        return [pytest.mark.long]
    return [] if (kind, command) in BEFORE_EACH_LANDING else [pytest.mark.nightly]


@pytest.mark.parametrize(
    ("kind", "command"),
    [pytest.param(kind, command, marks=marks_of(kind, command)) for kind in SETS for command in COMMANDS],
)
def test_a_command_ends_on_the_deepest_definitions(kind: str, command: str, tmp_path: Path) -> None:
    definitions, number = SETS[kind]
    first = version(tmp_path / "toy" / "1.0.0", definitions(number))
    changed = definitions(number) | {"d0": {"fact": "trip.insured", "is": True}}
    later = version(tmp_path / "later" / "1.1.0", changed)
    case = tmp_path / "cases" / "case.yaml"
    case.parent.mkdir()
    # Questions go out where an answer is open; the other commands follow what an answer leads to.
    trip = "{}" if command == "questions" else "{risky: true}"
    case.write_text(f"id: c\ntitle: C\nassessment_date: {DAY}\ntrip: {trip}\nguest: []\n", "utf-8")
    places = {"set": first, "later": later, "out": tmp_path, "case": case, "cases": case.parent}
    result = run_with([""] * 40, *COMMANDS[command].format(**places).split())
    # Something may be refuted, survive or be left open: the command says so, and says all.
    assert result.code in {0, 1, 3}, result.err
