"""How far a result is from the next one: points to the next band, and how many more findings tip a ladder."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import le
from typing import Literal, TypeAlias

from risk_engine.engine.evaluate import holds
from risk_engine.engine.find import Found
from risk_engine.engine.replay import Levels, Replays, deciding
from risk_engine.engine.work import Worked
from risk_engine.model.conditions import Compare, leaves
from risk_engine.model.criteria import Criteria, severity_conditions
from risk_engine.model.outlook import Corner, FindingsMore, Margins, ToNextBand
from risk_engine.model.profile import Profile
from risk_engine.model.references import told_apart
from risk_engine.model.words import CAP_WITHOUT_POLICY, SEVERITIES, Severity
from risk_engine.outlook.sensitivity import if_wrong, stability

When: TypeAlias = Literal["before", "after"]
_BANDS: Mapping[str, When] = {"dimension.inherent_band": "before", "dimension.residual_band": "after"}


def margins(worked: Worked) -> Margins:
    """Return the margins of a case."""
    criteria = worked.criteria
    result = deciding(criteria)
    escalation = criteria.head.roles.escalation
    every = dict.fromkeys((*result, *(() if escalation is None else (escalation,))))
    replays = Replays(worked, result)
    wrong = if_wrong(worked, replays)
    stable = stability(worked, replays)
    return Margins(
        bands=tuple(_bands(worked, every)),
        findings=further_findings(worked, Replays(worked, tuple(every))),
        if_wrong=wrong.first,
        answers=wrong.answers,
        moving=wrong.moving,
        tips=stable.tips,
        tried=stable.tried,
        refused=stable.refused,
    )


def _bands(worked: Worked, ladders: Iterable[str]) -> Iterator[ToNextBand]:
    asked = _asked_for(worked, ladders)
    for rating in worked.ratings:
        under = worked.criteria.head.rated_under(rating.dimension)
        found = [one for one in worked.found if one.indicator.dimension in under]
        before, after = [(one, one.possible) for one in found], [(one, one.residual[1]) for one in found]
        if asked["before"]:
            yield _to_next(worked, rating.dimension, "before", rating.inherent, _most(before, worked), asked)
        if asked["after"]:
            yield _to_next(worked, rating.dimension, "after", rating.residual, _most(after, worked), asked)


def _most(severities: Iterable[tuple[Found, Severity]], worked: Worked) -> int | None:
    """Return the most that a dimension can come to while no other finding turns critical; None without a cap."""
    points = worked.criteria.head.severity
    if points.cap is None:
        return None
    criticals = [one for one, severity in severities if severity == "critical"]
    return points.cap + sum([points.of("critical", one.indicator.points) for one in criticals])


def _to_next(
    worked: Worked,
    dimension: str,
    controls: When,
    ends: tuple[int, int],
    most: int | None,
    asked: Mapping[When, set[str]],
) -> ToNextBand:
    points = worked.criteria.head.severity
    least, at_most = ends
    limits = {name: first for name, first in points.bands.items() if name in asked[controls]}
    above = next(((name, first) for name, first in limits.items() if first > at_most), None)
    return ToNextBand(
        dimension=dimension,
        controls=controls,
        least=least,
        points=at_most,
        band=points.band(at_most),
        next_band=None if above is None else above[0],
        missing_points=None if above is None else above[1] - at_most,
        only_critical=above is not None and most is not None and most < above[1],
    )


def _asked_for(worked: Worked, ladders: Iterable[str]) -> Mapping[When, set[str]]:
    """Return the bands at whose limit some rule of these ladders changes what it says, before and after controls."""
    bands = list(worked.criteria.head.severity.bands)
    found: dict[When, set[str]] = {"before": set(), "after": set()}
    for rule in (rule for name in ladders for rule in worked.criteria.ladders[name].rules):
        for leaf, _inside in leaves(rule.when, worked.criteria.definitions):
            if isinstance(leaf, Compare) and (when := _BANDS.get(leaf.fact)) is not None:
                fits = [_fits(leaf, one, bands, worked) for one in bands]
                found[when] |= {
                    one for one, (last, this) in zip(bands[1:], pairwise(fits), strict=True) if last != this
                }
    return found


def _fits(leaf: Compare, band: str, bands: Sequence[str], worked: Worked) -> bool:
    ranks = {name: rank for rank, name in enumerate(bands)}
    return holds(leaf.op, band, worked.facts.operand(leaf.operand), ranks)


Step: TypeAlias = tuple[int, int, int]
"""So many findings more, the rank of their severity, and the points that each of them counts."""
MOST = 5
"""Beyond so many findings more it is another case."""


def further_findings(worked: Worked, replays: Replays) -> tuple[FindingsMore, ...]:
    """Return every smallest number of further findings that tips a ladder to a stricter level, by ladder and level.

    Smallest: neither fewer findings, nor findings of a lower severity or fewer points, in the same place do it. A
    further finding is one that is absent, on the same ground in the same dimension, and can have the severity; those
    that count other points than the set says are told by themselves. Those that some rule of a ladder names are left
    out: what is said is true of any of the others.
    """
    severities = worked.criteria.head.severity
    places: dict[tuple[str, str, int, Severity, int | None], list[Corner]] = {}
    for corner in _corners(worked.criteria):
        came_to = _came_to(worked, replays, corner)
        for ladder in replays.now:
            levels = list(worked.criteria.ladders[ladder.ladder].levels)
            ranks = {
                step: next(levels.index(one.level) for one in reached if one.ladder == ladder.ladder)
                for step, reached in came_to.items()
            }
            for step in _smallest(ranks, levels.index(ladder.level)):
                number, severity, points = step[0], SEVERITIES[step[1]], step[2]
                own = None if points == severities.of(severity) else points
                places.setdefault((ladder.ladder, levels[ranks[step]], number, severity, own), []).append(corner)
    ladders = [one.ladder for one in replays.now]
    found = [
        FindingsMore(ladder=ladder, level=level, number=number, severity=severity, points=own, places=tuple(corners))
        for (ladder, level, number, severity, own), corners in places.items()
    ]
    return tuple(sorted(found, key=lambda one: _order(one, worked.criteria, ladders)))


def _order(one: FindingsMore, criteria: Criteria, ladders: Sequence[str]) -> tuple[int, ...]:
    levels = list(criteria.ladders[one.ladder].levels)
    return (
        ladders.index(one.ladder),
        levels.index(one.level),
        one.number,
        SEVERITIES.index(one.severity),
        one.points or 0,
    )


def _corners(criteria: Criteria) -> Iterator[Corner]:
    for dimension in criteria.head.dimensions:
        for ground in criteria.head.grounds:
            yield Corner(dimension=dimension, ground=ground)


def _came_to(worked: Worked, replays: Replays, corner: Corner) -> dict[Step, Levels]:
    """Return what the ladders come to with so many more findings of a severity that count the same points each."""
    came_to: dict[Step, Levels] = {}
    for rank, severity in enumerate(SEVERITIES[1:], start=1):
        able: dict[int, list[Found]] = {}
        for one in worked.found:
            if can_become(one, severity, corner, worked):
                points = worked.criteria.head.severity.of(severity, one.indicator.points)
                able.setdefault(points, []).append(one)
        for points, several in able.items():
            for number in range(1, min(len(several), MOST) + 1):
                more = {one.id: raised(one, severity) for one in several[:number]}
                came_to[number, rank, points] = replays.with_findings(more)
    return came_to


def can_become(one: Found, severity: Severity, corner: Corner, worked: Worked) -> bool:
    """Return whether a finding that is absent could be one of this severity, like any other in its place."""
    indicator = one.indicator
    return (
        one.outcome == "absent"
        and (indicator.dimension, indicator.ground) == (corner.dimension, corner.ground)
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


def _smallest(ranks: Mapping[Step, int], now: int) -> list[Step]:
    """Return the steps to a stricter level of which no smaller one gets as far."""
    return [
        step
        for step, rank in ranks.items()
        if rank > now
        and not any(other != step and all(map(le, other, step)) and reached >= rank for other, reached in ranks.items())
    ]
