"""What findings alone rule out of a ladder or a dimension, before any case is looked for (issue 19)."""

from pathlib import Path

import pytest

from risk_engine.audit.diff.by_findings import ByFindings
from risk_engine.audit.diff.targets import Target, happens
from risk_engine.model.case import case_model
from risk_engine.model.changes import Direction
from risk_engine.model.criteria import Criteria
from risk_engine.solver.space import Limits, Space
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


def freed(before: Criteria, after: Criteria) -> ByFindings:
    base = case_model(before).model_validate(
        {"id": "b", "title": "B", "assessment_date": DAY, "trip": {"pace": "calm", "days": 1}}
    )

    def whole(space: Space) -> None:
        for one in space.readings:
            one.facts.whole()

    return ByFindings(AnyLength(Space([before, after], base, DAY, Limits()), whole).unbounded)


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
