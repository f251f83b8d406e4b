"""Whether the new version lets a case come out milder, or changes any: for whoever lets a build fail on it."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from risk_engine.model.impact import CaseImpact, ImpactReport, Move

Wanted: TypeAlias = Literal["milder", "changed"]
Verdict: TypeAlias = Literal["no", "may", "yes"]


def verdict(report: ImpactReport, wanted: Wanted) -> Verdict:
    """Return whether some case is milder, or changed; `may` where that rests on answers that nobody has given yet."""
    told = _milder if wanted == "milder" else _changed
    return _gravest(told(one) for one in report.cases)


def _milder(case: CaseImpact) -> Verdict:
    match case.group:
        case "compared":
            return _moved_to_milder(case.ladders)
        case "newly_asked" if case.remaining is not None:
            # Milder for certain only where it is so even with the most risky answers.
            is_certain = _moved_to_milder(case.remaining.most) == "yes"
            return "yes" if is_certain else "no" if _moved_to_milder(case.remaining.least) == "no" else "may"
        case _:
            return "may"


def _changed(case: CaseImpact) -> Verdict:
    match case.group:
        case "compared":
            return "no" if case.course == "same" else "yes"
        case "newly_asked" if case.remaining is not None:
            courses = (case.remaining.least_course, case.remaining.most_course)
            return "may" if "same" in courses else "yes"
        case _:
            return "yes"


def _moved_to_milder(moves: Iterable[Move]) -> Verdict:
    """Return whether a ladder moved down; where its range grew or shrank at both ends, nobody can say yet."""
    return _gravest(
        "yes" if one.direction == "milder" else "no" if one.direction in {"same", "stricter"} else "may"
        for one in moves
    )


def _gravest(several: Iterable[Verdict]) -> Verdict:
    return max(several, key=("no", "may", "yes").index, default="no")
