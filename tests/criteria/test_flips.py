"""No flip that an officer would try goes the wrong way: riskier answers make nothing milder, nor milder ones stricter.

`python -m tests.criteria.flips` prints them.
"""

from functools import cache

import pytest

from tests.criteria.flips import CASES, REASONS, Flip, flips

SHORT = CASES[-1]
"""It goes in front of each landing; the other cases take longer."""
RISKIER = {"partner.p1.sanctioned", "activity.a1.military_signs", "ethics.dumping_risk", "ip.publication"}


@cache
def every(name: str) -> tuple[Flip, ...]:
    return tuple(flips(name))


def wrong(name: str) -> list[Flip]:
    return [one for one in every(name) if one.wrong]


@pytest.mark.parametrize(
    "name",
    [
        *(pytest.param(one, marks=pytest.mark.nightly) for one in CASES[:-1]),
        pytest.param(SHORT, marks=pytest.mark.long),
    ],
)
def test_no_answer_of_a_worked_case_goes_the_wrong_way_without_a_reason(name: str) -> None:
    assert [str(one) for one in wrong(name) if one.reason is None] == []


@pytest.mark.nightly
def test_every_reason_is_still_needed() -> None:
    needed = {(one.case.split(" ", 1)[0], one.fact, one.after) for name in CASES for one in wrong(name)}
    assert needed == REASONS.keys()


def test_what_a_harmless_case_comes_to_changes_with_riskier_answers() -> None:
    """Else nothing would be shown: the case is clear, and many of its answers alone make it stricter."""
    some = [one for one in flips(SHORT, only=RISKIER) if one.way == "riskier"]
    assert {one.fact for one in some if one.changes} == RISKIER
    assert [str(one) for one in some if one.wrong and one.reason is None] == []
