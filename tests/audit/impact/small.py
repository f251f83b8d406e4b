"""Two versions of a small set and cases of it: a test says only in what the versions differ."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent, indent

from risk_engine.audit.impact.run import impact
from risk_engine.model.comparison import CaseImpact, ImpactReport, Move
from tests.engine.builder import DAY, FACTS, Data, criteria_of, written

RULES = """
    RISK: {severity: {high: {fact: trip.risky, is: true}}}
    LONG: {severity: {high: {fact: trip.days, at_least: {parameter: long}}}}
    WILD: {dimension: mind, severity: {low: {fact: trip.pace, at_least: brisk}, high: {fact: trip.pace, is: wild}}}
"""
"""High is regulation, and a conditional start; see LADDERS of the builder."""


class Versions:
    """The old version and a new one, in one folder as an office keeps them, and cases beside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.make("1.0.0")

    def make(self, version: str, **pieces: Data) -> Path:
        """Write a version: the common rules, with what a test says in place of them."""
        place = self.folder / "toy" / version
        common: Data = {"indicators": written(RULES), "parameters": {"long": {"values": ({"value": 30},)}}}
        head = {"version": version, **pieces.pop("head", {})}
        criteria_of(place, {**common, **pieces, "head": head})
        return place

    def case(self, name: str = "c", text: str = "", trip: str = "days: 10, risky: false, pace: calm") -> Path:
        """Write a case in which nothing is found; `text` says more, `trip` something else."""
        path = self.folder / "cases" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        core = f"id: {name}\ntitle: The case {name}\nassessment_date: {DAY}\n"
        path.write_text(f"{core}trip: {{{trip}}}\n{dedent(text)}", "utf-8")
        return path

    def replay(self, *cases: Path, **how: object) -> ImpactReport:
        """Replay cases under 1.0.0 and 1.1.0."""
        toy = self.folder / "toy"
        return impact(cases, str(toy / "1.0.0"), str(toy / "1.1.0"), **how)  # type: ignore[arg-type]


def facts(**changes: str) -> Data:
    """Return the facts of the builder with further ones, or others: `entity__fact` and its declaration."""
    made: Data = written(FACTS)
    for name, declared in changes.items():
        entity, short = name.split("__")
        made[entity]["facts"][short] = written(indent(declared, " "))
    return made


def one(report: ImpactReport) -> CaseImpact:
    """Return the one case of a report that has no problem."""
    assert report.problems == ()
    [case] = report.cases
    return case


def problems(report: ImpactReport) -> list[str]:
    """Return all that is wrong, as the command tells it."""
    return [each.told for each in report.problems]


def told(moves: Sequence[Move]) -> dict[str, str]:
    """Return for each ladder that moved from where to where."""
    return {
        each.ladder: f"{_place(each, before=True)} > {_place(each, before=False)}"
        for each in moves
        if each.direction != "same"
    }


def _place(move: Move, *, before: bool) -> str:
    place = (move.before if before else move.after).place
    return f"{place.mildest}..{place.strictest}" if place.provisional else place.level
