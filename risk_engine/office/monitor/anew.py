"""A case of a register assessed anew, on another day, under another version or with other answers: what is different.

Nothing is filed. What it comes to is held against the assessment that counts in the register.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.files.language import _
from risk_engine.files.processes import in_order, processes_for
from risk_engine.model.assessment import Assessment, LadderOutcome
from risk_engine.model.criteria import Criteria
from risk_engine.model.explanation import Explanation, Points
from risk_engine.office.monitor.cases import Outcome, Place, outcome_of
from risk_engine.office.monitor.changes import Gravity
from risk_engine.office.register.compare import changes
from risk_engine.office.register.folder import Filed
from risk_engine.office.register.log import FILED
from risk_engine.office.register.record import read_filed_assessment, told
from risk_engine.portfolio.assess import Assessor
from risk_engine.records.criteria import KEPT


class Trial(NamedTuple):
    """What is to be tried: on which assessment, under which version, on which day, with which case in its place."""

    assessment: Path
    criteria: str
    """The version, as `choose` takes it."""
    day: date
    case: Mapping[str, Any] | None = None


class Difference(NamedTuple):
    """What comes of a trial: how much it weighs, from what to what, in words; or why it cannot be assessed."""

    gravity: Gravity
    facts: Mapping[str, Any]
    lines: tuple[str, ...]
    same: bool = False
    """Nothing that people read is different."""


@dataclass
class Trying:
    """Assesses cases anew, in whichever process."""

    _assessors: dict[tuple[str, date], Assessor] = field(default_factory=dict)

    def __reduce__(self) -> tuple[type["Trying"], tuple[()]]:
        """Sent to another process it begins anew."""
        return Trying, ()

    def __call__(self, trial: Trial) -> Difference:
        """Return what comes of a trial."""
        try:
            old = read_filed_assessment(filed_at(trial.assessment))
            assessor = self._assessor(trial)
            stated = old if trial.case is None else old.model_copy(update={"case": dict(trial.case)})
            new = assessor.assess_anew(trial.assessment, stated)
            return difference(told(old, trial.assessment), old, assessor.explain(new), new, assessor.criteria_of(new))
        except RiskEngineError as error:
            return undecided(f"{error}")

    def _assessor(self, trial: Trial) -> Assessor:
        key = trial.criteria, trial.day
        if key not in self._assessors:
            self._assessors[key] = Assessor(trial.criteria, trial.day, None)
        return self._assessors[key]


def tried(trials: Sequence[Trial], jobs: int | None) -> Iterator[Difference]:
    """Yield what comes of each trial, in their order."""
    yield from in_order(Trying(), trials, processes_for(len(trials), jobs))


def kept_criteria(assessment: Path, criteria: Criteria) -> str:
    """Return the version under which an assessment of a register was made, as `choose` takes it; a copy lies there."""
    copy = assessment.parent.parent / KEPT / f"{criteria.digest}.json"
    return (copy if copy.is_file() else Path(criteria.path or f"{criteria.head.id}@{criteria.head.version}")).as_posix()


def filed_at(path: Path) -> Filed:
    """Return the thing that was filed at a path of a register."""
    found = FILED.fullmatch(path.name)
    assert found is not None  # noqa: S101 (it was found by its name)
    return Filed(int(found["number"]), path.name, "assessment", found["digest"], path)


def undecided(why: str) -> Difference:
    """Return that a case cannot be assessed anew: what it comes to then nobody knows."""
    text = _("it cannot be assessed anew: {why}", why=why)
    return Difference(Gravity.TO_LOOK_AT, {"unread": True}, tuple(text.splitlines()))


def difference(
    before: Explanation, old: Assessment, after: Explanation, new: Assessment, criteria: Criteria
) -> Difference:
    """Return what is different between what a case comes to in the register and anew."""
    found = changes(before, after, criteria)
    bands = tuple(_bands(before, after))
    was, now = outcome_of(old), outcome_of(new)
    facts = {"before": plain(was), "after": plain(now), "more": len(found.findings)}
    lines = (*found.levels, *bands, *found.findings, *found.notes, *found.problems)
    asked = [_("newly asked: {question}", question=one) for one in found.newly_asked]
    is_same = not (found or bands)
    gravity = gravity_of(old, new)
    if gravity == Gravity.NOTED and not is_same:
        gravity = Gravity.OTHERWISE
    return Difference(gravity, facts, (*lines, *asked), same=is_same)


def plain(outcome: Outcome) -> dict[str, Any]:
    """Return what a case comes to in plain values."""
    return {
        "levels": {name: list(one) for name, one in outcome.ladders.items()},
        "bands": {name: list(one) for name, one in outcome.bands.items()},
    }


def gravity_of(old: Assessment, new: Assessment) -> Gravity:
    """Return how much it weighs that a case comes out otherwise: as much as for the ladder on which it is worst."""
    before = {one.role or one.ladder: one for one in old.proposals}
    found = [_gravity(before[key], one) for one in new.proposals if (key := one.role or one.ladder) in before]
    return min(found, default=Gravity.OTHERWISE)


def _gravity(old: LadderOutcome, new: LadderOutcome) -> Gravity:
    was, now = Place(old.level, old.range[0], old.range[-1]), Place(new.level, new.range[0], new.range[-1])
    if was == now:
        return Gravity.NOTED if old.levels == new.levels else Gravity.OTHERWISE
    if not set(was) <= set(new.levels):
        return Gravity.OTHERWISE
    level, lowest, highest = (new.levels.index(two) - new.levels.index(one) for one, two in zip(was, now, strict=True))
    if level > 0 or (lowest > 0 and level >= 0):
        return Gravity.STRICTER
    if highest > 0:
        return Gravity.MAY_BE_STRICTER
    return Gravity.MILDER


def _bands(before: Explanation, after: Explanation) -> Iterator[str]:
    was = {one.dimension: one for one in before.ratings}
    for one in after.ratings:
        if one.dimension in was and (then := _band(was[one.dimension].residual)) != (now := _band(one.residual)):
            yield _(
                "{dimension}, with the controls in place: was {was}, now {now}", dimension=one.title, was=then, now=now
            )


def _band(points: Points) -> str:
    low, high = points.band_at_least, points.band_at_most
    return low if low == high else _("{low} to {high}", low=low, high=high)
