"""Which rules read what stands at a place: through definitions, questions and tables, and by other names."""

import pytest

from risk_engine.audit.diff.uses import Readership
from risk_engine.model.changes import Step
from risk_engine.model.criteria import Criteria
from risk_engine.model.references import Reads, reached_by
from tests.engine.conftest import Toy, toy

__all__ = ["toy"]


@pytest.fixture
def criteria(toy: Toy) -> Criteria:
    return toy(
        head="roles: {headline: measure}",
        facts="""
            trip:
              facts:
                to: {type: row, of: places}
                far: {type: boolean}
                steep: {type: boolean, from: to}
                roped: {type: boolean, otherwise: false, ask_when: {holds: climbs}}
                alone: {type: boolean}
        """,
        tables="places: {rows: {A: {name: A}}, columns: {steep: {values: {A: true}}}}",
        definitions="climbs: {all_of: [{fact: trip.steep, is: true}, {fact: trip.far, is: true}]}",
        parameters="months: {values: [{value: 6}]}",
        indicators="""
            ROPE: {severity: {high: {fact: trip.roped, is: true}}, because: ["it is so, {trip.alone}"]}
            FAR: {severity: {low: {fact: trip.far, is: true}}, controls: [{all: [GUIDE], residual: none}]}
        """,
        controls="GUIDE: {}",
        ladders="""
            measure:
              levels: {low: {review_months: {parameter: months}}, high: {}}
              rules: [{level: high, when: {some: finding, where: {fact: finding.id, is: FAR}}}]
              otherwise: low
        """,
    )


@pytest.mark.parametrize(
    ("loc", "readers"),
    [
        (("definitions", "climbs"), ("indicator ROPE", "fact trip.roped")),
        (("entities", "trip", "facts", "far", "riskier"), ("indicator ROPE", "indicator FAR", "fact trip.roped")),
        # A sentence names it, though no condition reads it.
        (("entities", "trip", "facts", "alone"), ("indicator ROPE",)),
        (("tables", "places", "columns", "steep"), ("indicator ROPE", "fact trip.steep", "fact trip.roped")),
        # The time of a review is none of a rule's conditions.
        (("parameters", "months", "values", 0), ("ladder measure",)),
        (("controls", "GUIDE", "supporting"), ("indicator FAR",)),
        (("sources", "book"), ()),
    ],
)
def test_the_rules_that_read_a_place_are_named_in_the_order_of_the_set(
    criteria: Criteria, loc: tuple[Step, ...], readers: tuple[str, ...]
) -> None:
    assert Readership(criteria, criteria).of(loc) == readers


def test_what_a_row_decides_reaches_the_question_that_is_asked_because_of_it(criteria: Criteria) -> None:
    reached = reached_by(criteria, Reads(facts=frozenset({"trip.to"})))
    assert reached.facts == {"trip.to", "trip.steep", "trip.roped"}
