"""What findings alone rule out of a ladder or a dimension, before any case is looked for (issue 19)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from risk_engine.audit.diff.alike import join_findings
from risk_engine.audit.diff.by_findings import ByFindings
from risk_engine.audit.diff.targets import Target, happens
from risk_engine.model.case import case_model
from risk_engine.model.changes import Direction
from risk_engine.model.criteria import Criteria
from risk_engine.solver.reading import Reading
from risk_engine.solver.space import Limits, Space
from risk_engine.solver.terms import Term
from risk_engine.solver.unbounded import AnyLength
from tests.engine.builder import DAY, criteria_from

FACTS = """
    trip:
      facts:
        pace: {type: choice, options: [calm, brisk, wild], riskier: later}
        days: {type: integer, range: [0, 99], riskier: higher}
"""
OTHER = "{severity: {moderate: {fact: trip.days, at_least: 9}, high: {fact: trip.days, at_least: 30}}}"
ONE = "{severity: {moderate: {fact: trip.pace, at_least: brisk}}}"
UP = "{severity: {high: {fact: trip.pace, at_least: brisk}}}"
WIDER = "{severity: {moderate: {not: {fact: trip.pace, is: calm}}, high: {fact: trip.pace, is: wild}}}"


def of(folder: Path, one: str) -> Criteria:
    return criteria_from(folder, facts=FACTS, indicators=f"ONE: {one}\nOTHER: {OTHER}")


def freed(before: Criteria, after: Criteria, *, is_joined: bool = False) -> ByFindings:
    base = case_model(before).model_validate(
        {"id": "b", "title": "B", "assessment_date": DAY, "trip": {"pace": "calm", "days": 1}}
    )

    def whole(space: Space) -> None:
        for one in space.readings:
            one.facts.whole()

    unbounded = AnyLength(Space([before, after], base, DAY, Limits()), whole).unbounded
    if is_joined:
        join_findings(unbounded)
    return ByFindings(unbounded)


def is_ruled_out(freed: ByFindings, target: Target, direction: Direction) -> bool:
    return freed.rule_out(lambda before, after: happens(target, direction, before, after))


@pytest.mark.parametrize("later", [UP, WIDER])
def test_a_finding_that_only_rises_moves_no_ladder_and_no_sum_the_other_way(tmp_path: Path, later: str) -> None:
    before, after = of(tmp_path / "a", ONE), of(tmp_path / "b", later)
    up, down = freed(before, after), freed(after, before)
    several = [Target("ladder", one) for one in before.ladders]
    several += [Target("residual", one) for one in before.head.dimensions]
    assert all(is_ruled_out(up, one, "milder") for one in several)
    assert all(is_ruled_out(down, one, "stricter") for one in several if one.of != "ladder")
    # What does happen is never ruled out.
    assert not all(is_ruled_out(up, one, "stricter") for one in several)
    assert not all(is_ruled_out(down, one, "milder") for one in several)


def test_what_means_the_same_moves_nothing(tmp_path: Path) -> None:
    said = "{severity: {moderate: {any_of: [{fact: trip.pace, is: wild}, {fact: trip.pace, is: brisk}]}}}"
    found = freed(of(tmp_path / "a", ONE), of(tmp_path / "b", said))
    several = [Target("ladder", one) for one in found.readings[0].criteria.ladders]
    directions: tuple[Direction, ...] = ("milder", "stricter", "looser", "skips")
    assert all(is_ruled_out(found, one, each) for one in several for each in directions)


GUESTS = (
    FACTS
    + """
    guest:
      many: 4
      facts:
        tie: {type: choice, options: [none, indirect, odd, direct], riskier: later}
"""
)
DIRECT = "{severity: {critical: {some: guest, where: {fact: guest.tie, at_least: %s}}}}"
INDIRECT = """
  severity:
    high:
      some: guest
      where: {all_of: [{fact: guest.tie, at_least: indirect}, {not: {fact: guest.tie, at_least: %s}}]}
"""


def with_ties(folder: Path, direct: str) -> Criteria:
    return criteria_from(folder, facts=GUESTS, indicators=f"DIRECT: {DIRECT % direct}\nINDIRECT: {INDIRECT % direct}")


def test_what_one_finding_loses_another_one_gains_whoever_is_in_the_list(tmp_path: Path) -> None:
    # An odd tie is direct now: INDIRECT falls, but only where DIRECT is there, which is graver.
    before, after = with_ties(tmp_path / "a", "direct"), with_ties(tmp_path / "b", "odd")
    several = [Target("ladder", one) for one in before.ladders]
    several += [Target("inherent", one) for one in before.head.dimensions]
    joined, apart = freed(before, after, is_joined=True), freed(before, after)
    assert all(joined.is_ruled_out(milder(one)) for one in several)
    assert not all(apart.is_ruled_out(milder(one)) for one in several)
    # Nothing more is said than is so: each finding falls, or rises, in some case.
    assert not is_ruled_out(joined, Target("finding_severity", "INDIRECT"), "milder")
    assert not is_ruled_out(joined, Target("finding_severity", "DIRECT"), "stricter")


def milder(target: Target) -> Callable[[Reading, Reading], Term]:
    return lambda before, after: happens(target, "milder", before, after)


def test_what_is_proved_of_a_finding_is_known_of_ladders(tmp_path: Path) -> None:
    found = freed(of(tmp_path / "a", UP), of(tmp_path / "b", ONE))
    measure = milder(Target("ladder", "measure"))
    assert not found.is_ruled_out(measure)
    # It is not so here; but if it were, no ladder could fall.
    found.learn(milder(Target("finding_severity", "ONE")))
    found.learn(milder(Target("finding_residual", "ONE")))
    assert found.is_ruled_out(measure)
