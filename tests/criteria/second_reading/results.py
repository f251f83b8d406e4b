"""From the readings to results: findings with controls in place, and the three ladders of section 8 of the design."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tests.criteria.second_reading.competitiveness import COMPETITIVENESS
from tests.criteria.second_reading.deviations import DEVIATIONS
from tests.criteria.second_reading.ethics import ETHICS
from tests.criteria.second_reading.later import ADDED
from tests.criteria.second_reading.security import SECURITY
from tests.criteria.second_reading.words import KNOCK_OUTS, SEVERITIES, Case, KnockOut, Reading, Severity

DIMENSIONS: dict[str, dict[str, Reading]] = {
    dimension: section | {name: one for name, one in ADDED.items() if name.startswith(short)}
    for dimension, short, section in (
        ("security", "SEC", SECURITY),
        ("competitiveness", "COM", COMPETITIVENESS),
        ("ethics", "ETH", ETHICS),
    )
}
CATALOGUE: dict[str, Reading] = {name: one for section in DIMENSIONS.values() for name, one in section.items()}
GROUNDS = ("eu_interest", "framework_conditions", "standards_values")
POINTS: dict[Severity, int] = {"none": 0, "low": 1, "moderate": 5, "high": 20, "critical": 120}
CAP = 119
HIGH_BAND = 20
UNACCEPTABLE_BAND = 120


class Result(NamedTuple):
    """What an indicator comes to in a case: before and after the controls in place."""

    severity: Severity
    residual: Severity
    knock_out_before: KnockOut
    knock_out: KnockOut


class Levels(NamedTuple):
    """What the three ladders propose."""

    measure: str
    start_gate: str
    escalation: str


def results(case: Case, in_place: Mapping[str, str]) -> dict[str, Result]:
    """Return what every indicator comes to, with the kind of evidence of each control in place.

    By the catalogue, or as the review deviates from it.
    """
    return {name: _result(name, reading, case, in_place) for name, reading in CATALOGUE.items()}


def _result(name: str, reading: Reading, case: Case, in_place: Mapping[str, str]) -> Result:
    severity = reading.fires_at(case)
    deviation = DEVIATIONS.get(name)
    if deviation is not None and deviation.where(case):
        severity = deviation.says(case)
    if severity == "none":
        return Result("none", "none", "none", "none")
    complete = [one for one in reading.options() if one.shown(name, in_place) and one.counts(case)]
    held: list[KnockOut] = [kind for kind, condition in reading.knock_out.items() if condition(case)]
    before: KnockOut = max(held, key=KNOCK_OUTS.index, default="none")
    one_less = SEVERITIES[SEVERITIES.index(severity) - 1]
    left = [severity, *(one_less if one.leaves is None else one.leaves for one in complete)]
    return Result(severity, min(left, key=SEVERITIES.index), before, "none" if complete else before)


def levels(found: Mapping[str, Result]) -> Levels:
    """Return what the ladders propose for these results, nothing being open."""
    return Levels(_measure(found), _gate(found), _escalation(found))


def _points(severities: Iterable[Severity]) -> int:
    """Return the points of a dimension: what is not critical sums to 119 at most."""
    each = [POINTS[one] for one in severities]
    critical = POINTS["critical"]
    return sum(one for one in each if one == critical) + min(CAP, sum(one for one in each if one < critical))


def _unacceptable(found: Mapping[str, Result]) -> bool:
    return any(_points(found[one].residual for one in members) >= UNACCEPTABLE_BAND for members in DIMENSIONS.values())


def _strongest(found: Mapping[str, Result]) -> int:
    return max(KNOCK_OUTS.index(one.knock_out) for one in found.values())


def _at_least(severity: Severity, least: Severity) -> bool:
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)


def _measure(found: Mapping[str, Result]) -> str:
    if _strongest(found) >= KNOCK_OUTS.index("funding") or _unacceptable(found):
        return "restriction"
    high = any(_points(found[one].severity for one in members) >= HIGH_BAND for members in DIMENSIONS.values())
    left = [CATALOGUE[name].ground for name, one in found.items() if _at_least(one.residual, "moderate")]
    return "regulation" if high or any(left.count(one) >= 2 for one in GROUNDS) else "advice"


def _gate(found: Mapping[str, Result]) -> str:
    if _strongest(found) or _unacceptable(found):
        return "blocked"
    return "conditional" if any(_at_least(one.residual, "high") for one in found.values()) else "clear"


def _escalation(found: Mapping[str, Result]) -> str:
    lowered_to_high = any(one.severity == "critical" and one.residual == "high" for one in found.values())
    high = [one for one in found.values() if _at_least(one.residual, "high")]
    many = len(high) >= 3
    red_line = any(one.knock_out == "policy" for one in found.values())
    wanted = found["COM-21"].severity != "none"
    return "committee" if lowered_to_high or many or red_line or wanted else "none"
