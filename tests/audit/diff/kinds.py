"""Kinds of change of the shipped set, made and compared; `python -m tests.audit.diff.kinds [NAME …]` tells each.

With `--write` the row of each goes into the table of docs/kinds-of-change.md, where all others stay as they are.
"""

import argparse
import gc
import resource
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from risk_engine.__main__ import GARBAGE
from risk_engine.audit.versions import base_of, compared, meaning_of
from risk_engine.files.reading import criteria_folder
from risk_engine.model.changes import Meaning

HERE = Path(__file__).parent
LADDERS = ("measure", "start_gate", "escalation")
SHIPPED = criteria_folder() / "reconnect-china"
NUMBER = (
    ("set.yaml", "\nversion: 2.1.0\n", "\nversion: 2.2.0\n"),
    ("translations/de.yaml", "of: reconnect-china@2.1.0", "of: reconnect-china@2.2.0"),
)


@dataclass(frozen=True)
class Kind:
    """A change of the shipped set: the edits, and what it means by the verdict that was written down first."""

    name: str
    edits: Sequence[Sequence[str]]
    means: dict[str, str]


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind of change by its name."""
    read = yaml.safe_load((HERE / "kinds.yaml").read_text("utf-8"))
    return {name: Kind(name, one["edits"], one["means"]) for name, one in read.items()}


def made(kind: Kind, folder: Path) -> Path:
    """Write the shipped set as it is after the edits of a kind, a draft without releases; return its folder."""
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("releases"))
    for name, start, *end, new in (*NUMBER, *kind.edits):
        path = folder / name
        text = path.read_text("utf-8")
        assert start in text, (kind.name, name, start)
        if end:
            first = text.index(start)
            path.write_text(text[:first] + new + text[text.index(end[0]) :], "utf-8")
        else:
            path.write_text(text.replace(start, new), "utf-8")
    return folder


def meaning_of_kind(kind: Kind, folder: Path) -> Meaning:
    """Return what a kind of change means."""
    found = compared(str(SHIPPED), str(made(kind, folder / "reconnect-china")))
    return meaning_of(found, base_of(found))


def verdict(found: Meaning) -> dict[str, str]:
    """Return the least step and a word for each ladder, as `kinds.yaml` writes them down."""
    return {"step": found.required.bump, **{name: _word(found, name) for name in LADDERS}}


def undecided(found: Meaning) -> list[str]:
    """Return every question that is not decided."""
    return [f"{one.of} {one.name} {one.direction}" for one in found.shifts if one.status == "undecided"]


def _word(found: Meaning, ladder: str) -> str:
    asked = {one.direction: one.status for one in found.shifts if (one.of, one.name) == ("ladder", ladder)}
    if not asked:
        return "apart"
    match asked["milder"] != "proved", asked["stricter"] != "proved":
        case True, True:
            return "both"
        case True, False:
            return "milder"
        case False, True:
            return "stricter"
        case _:
            return "equal"


def _cpu_seconds() -> float:
    spent = [resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


PAGE = HERE.parents[2] / "docs" / "kinds-of-change.md"
HEAD = "| Kind of change | Written down before | Found | CPU seconds | Measured on |"
NOT_YET = ("–", "–", "–")


def in_words(means: dict[str, str]) -> str:
    """Return a verdict as the page says it: the step, then what becomes of start, measure and committee."""
    return f"{means['step']}: start {means['start_gate']}, measure {means['measure']}, committee {means['escalation']}"


def rows() -> dict[str, list[str]]:
    """Return the cells of each row of the page, by the name of its kind."""
    lines = PAGE.read_text("utf-8").splitlines()
    table = lines[lines.index(HEAD) + 2 :] if HEAD in lines else []
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table if line.startswith("|")]
    return {one[0].strip("`"): one[1:] for one in cells}


def write(name: str, *measured: str) -> None:
    """Write what was found of a kind into its row: verdict, seconds, day; the text above the table stays."""
    there = {key: one[1:] for key, one in rows().items()} | {name: list(measured)}
    told = [
        "| " + " | ".join((f"`{key}`", in_words(one.means), *there.get(key, NOT_YET))) + " |"
        for key, one in kinds().items()
    ]
    above = PAGE.read_text("utf-8").partition(HEAD)[0]
    PAGE.write_text(above + "\n".join((HEAD, "| --- | --- | --- | ---: | --- |", *told, "")), "utf-8")


def _tell(names: Sequence[str], *, is_written: bool) -> None:
    gc.set_threshold(GARBAGE)  # seconds are those of the command
    for name in names or kinds():
        kind, began = kinds()[name], _cpu_seconds()
        with TemporaryDirectory() as folder:
            found = meaning_of_kind(kind, Path(folder))
        came, spent = verdict(found), f"{_cpu_seconds() - began:.1f}"
        said = "as written" if came == kind.means else f"{came} is not {kind.means}"
        print(f"{name}: {spent} CPU s, {said}; {undecided(found)}", flush=True)  # noqa: T201
        if is_written:
            told = "the same" if came == kind.means else in_words(came)
            open_ = [*undecided(found)]
            write(
                name,
                told + (f"; not decided: {', '.join(open_)}" if open_ else ""),
                spent,
                datetime.now(UTC).date().isoformat(),
            )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("names", nargs="*")
    asked.add_argument("--write", action="store_true")
    given = asked.parse_args()
    _tell(given.names, is_written=given.write)
