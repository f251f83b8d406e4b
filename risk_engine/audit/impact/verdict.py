"""Whether the new version lets a case come out milder, or changes any: for whoever lets a build fail on it."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, assert_never

from risk_engine.model.impact import CaseImpact, ImpactReport, LadderCompared, Move

Wanted: TypeAlias = Literal["milder", "looser", "changed"]
Verdict: TypeAlias = Literal["no", "may", "yes"]
Ladders: TypeAlias = Mapping[str, LadderCompared]


def verdict(report: ImpactReport, wanted: Wanted) -> Verdict:
    """Return whether some case is milder, or changed; `may` where that rests on answers that nobody has given yet.

    Milder as `diff` says it (decision 0030): a case that is looser is not milder, and is asked for by itself.
    """
    if wanted == "changed":
        return _gravest(map(_changed, report.cases))
    ladders = {one.ladder: one for one in report.ladders}
    return _gravest(_fallen(one, ladders, counts_looser=wanted == "looser") for one in report.cases)


def _fallen(case: CaseImpact, ladders: Ladders, *, counts_looser: bool) -> Verdict:
    def told(moves: Iterable[Move]) -> Verdict:
        counted = (one for one in moves if not _only_bars_more(one, ladders[one.ladder], case))
        return _gravest(_moved(one, ladders[one.ladder], counts_looser=counts_looser) for one in counted)

    match case.group:
        case "compared":
            return told(case.ladders)
        case "newly_asked" if case.remaining is not None:
            # For certain only where it is so even with the most risky answers.
            return (
                "yes" if told(case.remaining.most) == "yes" else "no" if told(case.remaining.least) == "no" else "may"
            )
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


def _moved(move: Move, ladder: LadderCompared, *, counts_looser: bool) -> Verdict:
    """Return whether a ladder moved down; where its range grew or shrank at both ends, nobody can say yet."""
    match move.direction:
        case "same" | "stricter":
            return "no"
        case "milder":
            return "yes"
        case "looser" if counts_looser:
            return "yes"
        case "looser":
            # Milder is what falls at the strict end; but where the mild end falls, some answer may still lead there.
            order = [one.name for one in ladder.levels].index
            return "may" if order(move.after.place.mildest) < order(move.before.place.mildest) else "no"
        case "wider" | "narrower" | "other":
            return "may"
        case _:
            assert_never(move.direction)


def _only_bars_more(move: Move, ladder: LadderCompared, case: CaseImpact) -> bool:
    """Return whether a ladder that is not claimed to be monotone can have moved only because some finding got graver.

    A committee that a case no longer goes to because it is now barred lets nothing slip through.
    """
    if ladder.role in {"gate", "headline"} or move.causes:
        return False
    graver = [one.direction == "stricter" for one in case.findings]
    return bool(graver) and all(graver)


def _gravest(several: Iterable[Verdict]) -> Verdict:
    return max(several, key=("no", "may", "yes").index, default="no")
