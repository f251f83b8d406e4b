"""The shipped set says what the catalogue says: a second, literal reading of it agrees over random cases.

The reading (second_reading/) was written from the catalogue of indicators and the design without the rule files. Where the
set departs from the catalogue on purpose, second_reading/deviations.py says when, to what and why; in every other case both
must agree. SECOND_READING_CASES raises the number of cases.
"""

import os
from collections.abc import Iterator
from functools import cache
from random import Random

import pytest

from risk_engine.loading.criteria import load_criteria
from risk_engine.model.criteria import CriteriaSet
from tests.criteria.second_reading.deviations import DEVIATIONS
from tests.criteria.second_reading.draw import Drawn, answered, draw, stated
from tests.criteria.second_reading.engine import engine, proposed, settled
from tests.criteria.second_reading.near import NEAR
from tests.criteria.second_reading.results import CATALOGUE, DIMENSIONS, levels, results
from tests.criteria.second_reading.words import SEVERITIES, Severity

LEAST = 1026
"""Eighteen near each of the 57 indicators: fewer would not reach every severity of every indicator."""
CASES = max(LEAST, int(os.environ.get("SECOND_READING_CASES", "0")))
CRITERIA = load_criteria("reconnect-china@1.0.0")


@cache
def drawn_cases() -> tuple[Drawn, ...]:
    rng = Random(20261125)  # noqa: S311 -- cases, not secrets
    names = tuple(NEAR)
    return tuple(draw(rng, names[number % len(names)], CRITERIA) for number in range(CASES))


def disagreements(criteria: CriteriaSet, cases: tuple[Drawn, ...]) -> Iterator[str]:
    """Yield where the engine under these criteria and the second reading differ, indicator or `ladders` first."""
    compared = engine(criteria)
    for number, one in enumerate(cases):
        assessment = compared.assessment(stated(one))
        wanted = results(answered(one), one.in_place())
        for indicator, result in wanted.items():
            found = settled(assessment, indicator)
            if found != result:
                yield f"{indicator} in case {number}: {found}, wanted {result}"
        if proposed(assessment) != levels(wanted):
            yield f"ladders in case {number}: {proposed(assessment)}, wanted {levels(wanted)}"


def test_the_shipped_set_agrees_with_the_second_reading_in_every_random_case() -> None:
    found = list(disagreements(CRITERIA, drawn_cases()))
    assert found == [], "\n".join(found[:20])
