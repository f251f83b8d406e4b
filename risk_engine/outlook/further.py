"""How far a case is from the next rule: how many more findings, of which severity, tip a ladder."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from risk_engine.engine.find import Found
from risk_engine.engine.replay import Levels, Replays, told_apart
from risk_engine.engine.work import Worked
from risk_engine.model.criteria import CriteriaSet, severity_conditions
from risk_engine.model.outlook import Corner, FindingsMore
from risk_engine.model.profile import Profile
from risk_engine.model.words import CAP_WITHOUT_POLICY, SEVERITIES, Severity

MOST = 5
"""Beyond so many findings more it is another case."""


def further_findings(worked: Worked, replays: Replays) -> tuple[FindingsMore, ...]:
    """Return every smallest number of further findings that tips a ladder to a stricter level, by ladder and level.

    Smallest: neither fewer findings, nor findings of a lower severity, in the same place do it. A further finding is
    one that is absent, on the same ground in the same dimension, and can have the severity. Those that some rule
    of a ladder names are left out: what is said is true of any of the others.
    """
    places: dict[tuple[str, str, int, Severity], list[Corner]] = {}
    for corner in _corners(worked.criteria):
        came_to = _came_to(worked, replays, corner)
        for ladder in replays.now:
            levels = list(worked.criteria.ladders[ladder.ladder].levels)
            ranks = {
                step: next(levels.index(one.level) for one in reached if one.ladder == ladder.ladder)
                for step, reached in came_to.items()
            }
            for number, severity in _smallest(ranks, levels.index(ladder.level)):
                key = ladder.ladder, levels[ranks[number, severity]], number, SEVERITIES[severity]
                places.setdefault(key, []).append(corner)
    ladders = [one.ladder for one in replays.now]
    found = [
        FindingsMore(ladder=ladder, level=level, number=number, severity=severity, places=tuple(corners))
        for (ladder, level, number, severity), corners in places.items()
    ]
    return tuple(sorted(found, key=lambda one: _order(one, worked.criteria, ladders)))


def _order(one: FindingsMore, criteria: CriteriaSet, ladders: Sequence[str]) -> tuple[int, ...]:
    levels = list(criteria.ladders[one.ladder].levels)
    return ladders.index(one.ladder), levels.index(one.level), one.number, SEVERITIES.index(one.severity)


def _corners(criteria: CriteriaSet) -> Iterator[Corner]:
    for dimension in criteria.head.dimensions:
        for ground in criteria.head.grounds:
            yield Corner(dimension=dimension, ground=ground)


def _came_to(worked: Worked, replays: Replays, corner: Corner) -> dict[tuple[int, int], Levels]:
    """Return what the ladders come to with so many more findings of a severity, by number and rank of severity."""
    came_to: dict[tuple[int, int], Levels] = {}
    for rank, severity in enumerate(SEVERITIES[1:], start=1):
        able = [one for one in worked.found if can_become(one, severity, corner, worked)]
        for number in range(1, min(len(able), MOST) + 1):
            came_to[number, rank] = replays.with_findings({one.id: raised(one, severity) for one in able[:number]})
    return came_to


def can_become(one: Found, severity: Severity, corner: Corner, worked: Worked) -> bool:
    """Return whether a finding that is absent could be one of this severity, like any other in its place."""
    indicator = one.indicator
    return (
        one.outcome == "absent"
        and (indicator.dimension, indicator.ground) == (corner.dimension, corner.ground)
        and not indicator.points
        and one.id not in told_apart(worked.criteria)
        and severity in _possible(one, worked.profile, worked)
    )


def _possible(one: Found, profile: Profile | None, worked: Worked) -> list[Severity]:
    off = profile.policy_knock_outs_off.get(one.id) if profile else None
    able = [severity for severity, _condition in severity_conditions(one.indicator)]
    if off is None or not off.applies(worked.on):
        return able
    return [min(severity, CAP_WITHOUT_POLICY, key=SEVERITIES.index) for severity in able]


def raised(one: Found, severity: Severity) -> Found:
    """Return a finding as present with this severity, which no control lowers; it bars nothing by itself."""
    both = severity, severity
    return replace(one, outcome="present", inherent=severity, possible=severity, residual=both, expected=both)


def _smallest(ranks: Mapping[tuple[int, int], int], now: int) -> list[tuple[int, int]]:
    """Return the steps (number, severity) to a stricter level of which no smaller one gets as far."""
    return [
        step
        for step, rank in ranks.items()
        if rank > now
        and not any(
            other != step and other[0] <= step[0] and other[1] <= step[1] and reached >= rank
            for other, reached in ranks.items()
        )
    ]
