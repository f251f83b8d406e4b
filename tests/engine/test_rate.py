"""Expected values: design, section 8 (points, cap, bands) with the points of the first criteria set."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from risk_engine.engine.find import control_states, find
from risk_engine.engine.propose import Rating, rate
from risk_engine.engine.resolve import resolve
from risk_engine.model.words import Severity
from tests.engine.builder import DAY, case_from, criteria_of, written

HOLDS = {"fact": "trip.risky", "is": True}
UNKNOWN = {"fact": "trip.alone", "is": True}

Bounds: TypeAlias = tuple[Severity, Severity]

LOW: Bounds = ("low", "low")
MODERATE: Bounds = ("moderate", "moderate")
HIGH: Bounds = ("high", "high")
CRITICAL: Bounds = ("critical", "critical")


def ratings(
    folder: Path,
    bounds: Iterable[Bounds],
    text: str = "",
    **more: Any,
) -> dict[str, Rating]:
    """Rate findings that lie between such severities: the lower one holds, the upper one is unknown."""
    indicators = {
        f"I{number}": {"severity": {**_given(low, HOLDS), **({} if low == high else _given(high, UNKNOWN))}, **more}
        for number, (low, high) in enumerate(bounds)
    }
    criteria = criteria_of(folder, {"indicators": indicators, "controls": {"FIX": {}}})
    case = case_from(criteria, f"trip: {{risky: true}}\n{text}")
    found = find(resolve(case, criteria, DAY), criteria, DAY, control_states(case, DAY))
    return {one.dimension: one for one in rate(found, criteria.head)}


def _given(severity: Severity, condition: object) -> dict[str, object]:
    return {} if severity == "none" else {severity: condition}


@pytest.mark.parametrize(
    ("bounds", "points", "capped"),
    [
        ([LOW], 1, False),
        ([MODERATE], 5, False),
        ([HIGH], 20, False),
        ([CRITICAL], 120, False),
        ([LOW, MODERATE, HIGH], 26, False),
        ([MODERATE] * 4, 20, False),
        # 118, 119, 120: what is not critical sums to 119 at most.
        ([HIGH] * 5 + [MODERATE] * 3 + [LOW] * 3, 118, False),
        ([HIGH] * 5 + [MODERATE] * 3 + [LOW] * 4, 119, True),
        ([HIGH] * 6, 119, True),
        ([HIGH] * 9, 119, True),
        ([CRITICAL, LOW], 121, False),
        ([CRITICAL, CRITICAL], 240, False),
        ([CRITICAL] + [HIGH] * 6, 239, True),
    ],
)
def test_points_are_the_sum_with_what_is_not_critical_capped(
    tmp_path: Path, bounds: list[Bounds], points: int, capped: bool
) -> None:
    rating = ratings(tmp_path, bounds)["body"]
    assert rating.inherent == rating.residual == rating.expected == (points, points)
    assert rating.capped == (capped, capped)


@pytest.mark.parametrize(
    ("bounds", "points"),
    [
        ([("none", "critical")], (0, 120)),
        ([("low", "high")], (1, 20)),
        ([("none", "low"), MODERATE], (5, 6)),
        ([("high", "critical"), *[HIGH] * 5], (119, 220)),
        ([("none", "critical"), *[HIGH] * 6], (119, 239)),
    ],
)
def test_points_of_open_findings_are_a_pair(tmp_path: Path, bounds: list[Bounds], points: tuple[int, int]) -> None:
    rating = ratings(tmp_path, bounds)["body"]
    assert rating.inherent == rating.residual == points


@pytest.mark.parametrize(
    ("bounds", "capped"),
    [
        # A finding that turns critical leaves the sum: six high reach the cap, five do not.
        ([("high", "critical"), *[HIGH] * 5], (False, True)),
        ([("high", "critical"), *[HIGH] * 6], (True, True)),
        # Between none and critical lies high.
        ([("none", "critical"), *[HIGH] * 5], (False, True)),
        ([("none", "critical"), *[HIGH] * 6], (True, True)),
        ([("none", "critical"), *[HIGH] * 4], (False, False)),
        ([("none", "moderate"), *[HIGH] * 5], (False, False)),
        ([("moderate", "high"), *[HIGH] * 5], (False, True)),
        ([("critical", "critical"), *[HIGH] * 5], (False, False)),
    ],
)
def test_cap_is_reached_for_certain_or_possibly_even_where_a_finding_may_turn_critical(
    tmp_path: Path, bounds: list[Bounds], capped: tuple[bool, bool]
) -> None:
    assert ratings(tmp_path, bounds)["body"].capped == capped


def test_each_dimension_sums_its_own_findings_in_the_order_of_the_set(tmp_path: Path) -> None:
    body = ratings(tmp_path / "a", [HIGH, LOW])
    mind = ratings(tmp_path / "b", [HIGH, LOW], dimension="mind")
    assert list(body) == ["body", "mind"]
    assert (body["body"].inherent, body["mind"].inherent) == ((21, 21), (0, 0))
    assert (mind["body"].inherent, mind["mind"].inherent) == ((0, 0), (21, 21))
    assert body["mind"].capped == (False, False)


@pytest.mark.parametrize(
    ("status", "residual", "expected"),
    [("planned", 40, 40), ("agreed", 40, 2), ("verified, evidence: [{kind: k, reference: r, date: 2026-01-01}]", 2, 2)],
)
def test_residual_counts_controls_in_place_and_expected_agreed_ones_too(
    tmp_path: Path, status: str, residual: int, expected: int
) -> None:
    controls = f"controls: [{{id: FIX, status: {status}}}]"
    options = written("[{all: [FIX], residual: low}]")
    rating = ratings(tmp_path, [HIGH, HIGH], controls, controls=options)["body"]
    assert rating.inherent == (40, 40)
    assert rating.residual == (residual, residual)
    assert rating.expected == (expected, expected)


def test_cap_is_that_of_the_residual(tmp_path: Path) -> None:
    options = written("[{all: [FIX], residual: low}]")
    fixed = "controls: [{id: FIX, status: verified, evidence: [{kind: k, reference: r, date: 2026-01-01}]}]"
    rating = ratings(tmp_path, [HIGH] * 6, fixed, controls=options)["body"]
    assert rating.inherent == (119, 119)
    assert rating.capped == (False, False)


@pytest.mark.parametrize(
    ("points", "band"),
    [
        (0, "minimal"),
        (1, "limited"),
        (19, "limited"),
        (20, "high"),
        (119, "high"),
        (120, "unacceptable"),
        (999, "unacceptable"),
    ],
)
def test_band_is_the_last_that_begins_at_or_below_the_points(tmp_path: Path, points: int, band: str) -> None:
    criteria = criteria_of(tmp_path, {})
    assert criteria.head.severity.band(points) == band
