"""Who reads what in a criteria set (docs/decisions/0045)."""

import pytest

from risk_engine.audit.diff.edits import decide_alike
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.references import decides_on, opens, told_apart
from tests.engine.conftest import Toy


@pytest.mark.parametrize(
    ("compared", "expected"),
    [
        ("fact: finding.outcome, is: present", set()),
        ("fact: finding.id, is: a", {"a"}),
        ("fact: finding.id, one_of: [a, c]", {"a", "c"}),
        # Which they are hangs on the day and the profile: each may be one of them.
        ("fact: finding.id, one_of: {parameter: watched}", {"a", "b", "c"}),
    ],
)
def test_findings_that_a_rule_of_a_ladder_names_are_told_apart(toy: Toy, compared: str, expected: set[str]) -> None:
    ladder = f"""
        measure:
          levels: {{low: {{}}, high: {{}}}}
          rules: [{{level: high, when: {{some: finding, where: {{{compared}}}}}}}]
          otherwise: low
    """
    criteria = toy(
        head="roles: {headline: measure}",
        ladders=ladder,
        indicators="\n".join(f"{name}: {{severity: {{low: {{fact: trip.risky, is: true}}}}}}" for name in "abc"),
        parameters="watched: {values: [{until: 2026-01-01, value: [a]}, {from: 2026-01-01, value: [b]}]}",
    )
    assert told_apart(criteria) == expected


def ladder_of(rule: str, *, level: str = "high", otherwise: str = "low") -> str:
    return f"""
        measure:
          levels: {{low: {{}}, high: {{}}}}
          rules: [{{level: {level}, when: {rule}}}]
          otherwise: {otherwise}
    """


WRITTEN = "{some: finding, where: {fact: finding.residual, at_least: high}}"
USED = "{any_of: [{holds: much}, {not: {holds: calm}}]}"
OPENED = f"{{any_of: [{WRITTEN}, {{not: {{not: {WRITTEN}}}}}]}}"


@pytest.mark.parametrize(
    ("rule", "level", "otherwise", "expected"),
    [
        (USED, "high", "low", True),
        (OPENED, "high", "low", True),
        (USED.replace("much", "little"), "high", "low", False),
        (OPENED.replace("high", "low"), "high", "low", False),
        (OPENED.replace("some", "every", 1), "high", "low", False),
        (f"{{any_of: [{WRITTEN}]}}", "high", "low", False),
        (OPENED.replace("any_of", "all_of"), "high", "low", False),
        (OPENED, "low", "low", False),
        (OPENED, "high", "high", False),
    ],
)
def test_a_ladder_decides_alike_where_definitions_are_opened_and_no_more_is_different(
    toy: Toy, rule: str, level: str, otherwise: str, *, expected: bool
) -> None:
    definitions = f"""
        much: {WRITTEN}
        calm: {{not: {{holds: much}}}}
        little: {WRITTEN.replace("high", "low")}
    """
    head = "roles: {headline: measure}"
    before = toy(head=head, ladders=ladder_of(USED), definitions=definitions)
    after = toy(head=head, ladders=ladder_of(rule, level=level, otherwise=otherwise), definitions=definitions)
    assert decide_alike(before.ladders["measure"], after.ladders["measure"], before, after) is expected


def test_the_row_of_a_table_decides_on_each_fact_that_is_filled_in_from_it(loan_desk: Criteria) -> None:
    hanging = decides_on(loan_desk)
    filled = {
        (f"{entity}.{fact.from_}", f"{entity}.{short}")
        for entity, declared in loan_desk.entities.items()
        for short, fact in declared.facts.items()
        if not isinstance(fact, RowFact | TextFact) and fact.from_
    }
    assert filled
    assert all(fact in hanging[row] for row, fact in filled)
    assert None not in {name.partition(".")[2] for name in hanging}


def test_a_question_opens_those_that_are_asked_because_of_it_directly_or_through_others(toy: Toy) -> None:
    asked = "type: boolean, otherwise: false"
    criteria = toy(
        facts=f"""
        trip:
          facts:
            far: {{type: boolean}}
            abroad: {{{asked}, ask_when: {{fact: trip.far, is: true}}}}
            visa: {{{asked}, ask_when: {{fact: trip.abroad, is: true}}}}
        """,
        indicators="I: {severity: {high: {fact: trip.visa, is: true}}}",
    )
    assert opens(criteria) == {
        "trip.far": frozenset({"trip.abroad", "trip.visa"}),
        "trip.abroad": frozenset({"trip.visa"}),
    }
    assert decides_on(criteria) == opens(criteria)
