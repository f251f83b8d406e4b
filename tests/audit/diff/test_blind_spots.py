"""Where a proof about a change could be blind: each of these once was, and said that nothing changes (issue 6)."""

from pathlib import Path
from typing import Any

import pytest

from risk_engine.audit.diff.semantics import meaning
from risk_engine.model.case import case_model
from risk_engine.model.changes import Direction, Meaning, Shift
from risk_engine.model.criteria import Criteria
from tests.engine.builder import DAY, LADDERS, criteria_from

FACTS = """
    trip:
      facts:
        days: {{type: integer, range: [{range}], riskier: higher}}
        wet: {{type: boolean, riskier: true{wet}}}
    guest:
      many: {many}
      facts:
        skill: {{type: choice, options: [{skills}], riskier: earlier}}
"""
LONG = "LONG: {severity: {low: {fact: trip.days, at_least: 8}}}"
WET = "WET: {severity: {low: {fact: trip.wet, is: true}}}"
BASE: dict[str, Any] = {"trip": {"days": 8, "wet": False}, "guest": ({"id": "g", "skill": "expert"},)}


def toy(
    folder: Path,
    indicators: str,
    *,
    span: str = "0, 20",
    many: int = 2,
    wet: str = "",
    skills: str = "novice, trained, expert",
    **files: str,
) -> Criteria:
    facts = FACTS.format(range=span, many=many, wet=wet, skills=skills)
    return criteria_from(folder, facts=facts, indicators=indicators, **files)


def compared(before: Criteria, after: Criteria, **stated: Any) -> Meaning:
    data = {"id": "b", "title": "B", "assessment_date": DAY, **BASE, **stated}
    return meaning(before, after, case_model(before).model_validate(data), on=DAY)


def shift(found: Meaning, name: str, direction: Direction) -> Shift:
    return next(one for one in found.shifts if (one.of, one.name, one.direction) == ("ladder", name, direction))


def with_rule(ladder: str, rule: str) -> str:
    """Return the usual ladders with one rule more, the last of its ladder."""
    mildest = {"gate": "clear", "measure": "advice"}[ladder]
    return LADDERS.replace(f"      otherwise: {mildest}", f"        - {rule}\n      otherwise: {mildest}")


@pytest.mark.nightly
def test_a_number_that_both_versions_know_is_looked_at_also_where_one_of_them_knows_lower_ones(tmp_path: Path) -> None:
    rule = "LONG: {severity: {high: {fact: trip.days, at_least: 8}%s}}"
    before = toy(tmp_path / "a", rule % "", span="5, 10")
    after = toy(tmp_path / "b", rule % ", critical: {fact: trip.days, at_most: 7}", span="0, 20")
    skips = shift(compared(before, after), "measure", "skips")
    assert skips.example is not None
    assert skips.example.given == {"trip.days": 5}


def test_a_finding_that_needs_more_entries_than_any_rule_counts_is_found(tmp_path: Path) -> None:
    # Two novices and two trained ones: four guests, though no rule counts beyond two.
    two = "{count: guest, where: {fact: guest.skill, is: %s}, at_least: 2}"
    rule = f"R: {{severity: {{%s: {{all_of: [{two % 'novice'}, {two % 'trained'}]}}}}}}"
    found = compared(toy(tmp_path / "a", rule % "moderate", many=6), toy(tmp_path / "b", rule % "critical", many=6))
    skips = shift(found, "measure", "skips")
    assert skips.example is not None
    assert len(skips.example.given) == 4
    assert found.bounds == {"guest": 4}


@pytest.mark.nightly
def test_no_more_entries_are_looked_at_than_both_versions_allow(tmp_path: Path) -> None:
    rule = "R: {severity: {high: {count: guest, where: {fact: guest.skill, is: novice}, at_least: %d}}}"
    found = compared(toy(tmp_path / "a", rule % 2, many=2), toy(tmp_path / "b", rule % 3, many=4))
    milder = shift(found, "gate", "milder")
    assert milder.before is not None
    assert milder.after is not None
    assert (milder.before.level, milder.after.level) == ("conditional", "clear")
    assert milder.example is not None
    assert len(milder.example.given) == 2


def test_a_new_indicator_matters_to_a_ladder_that_asks_of_every_finding(tmp_path: Path) -> None:
    rule = "{level: conditional, when: {every: finding, where: {fact: finding.outcome, is: present}}}"
    one = toy(tmp_path / "a", LONG, ladders=with_rule("gate", rule))
    two = toy(tmp_path / "b", f"{LONG}\n{WET}", ladders=with_rule("gate", rule))
    added, taken = compared(one, two), compared(two, one)
    milder, stricter = shift(added, "gate", "milder"), shift(taken, "gate", "stricter")
    # The base case: what is new is absent, so not every finding is present any more.
    assert milder.example is not None
    assert milder.example.given == {}
    assert added.required.bump == "major"
    assert stricter.example is not None
    assert stricter.example.given == {}


def test_a_new_dimension_matters_to_a_ladder_that_asks_of_every_dimension(tmp_path: Path) -> None:
    rule = "{level: conditional, when: {every: dimension, where: {fact: dimension.inherent_band, is: limited}}}"
    both = LONG + "\nMIND: {dimension: mind, severity: {low: {fact: trip.days, at_least: 8}}}"
    head = "dimensions: {body: {title: Body}, mind: {title: Mind}, soul: {title: Soul}}"
    before = toy(tmp_path / "a", both, ladders=with_rule("gate", rule))
    after = toy(tmp_path / "b", both, ladders=with_rule("gate", rule), head=head)
    assert shift(compared(before, after), "gate", "milder").status == "refuted"


def test_the_same_rule_of_a_ladder_is_another_one_with_another_value_of_its_parameter(tmp_path: Path) -> None:
    rule = "{level: conditional, when: {some: finding, where: {fact: finding.inherent, one_of: {parameter: bad}}}}"
    value = "bad: {values: [{value: [%s]}]}"
    before = toy(tmp_path / "a", LONG, ladders=with_rule("gate", rule), parameters=value % "low, high, critical")
    after = toy(tmp_path / "b", LONG, ladders=with_rule("gate", rule), parameters=value % "high, critical")
    found = compared(before, after)
    assert shift(found, "gate", "milder").status == "refuted"
    assert found.required.bump == "major"


def test_a_question_that_is_asked_in_fewer_cases_refuses_old_answers_and_is_major(tmp_path: Path) -> None:
    only = ", ask_when: {fact: trip.days, at_least: 5}, otherwise: false"
    found = compared(toy(tmp_path / "a", LONG), toy(tmp_path / "b", LONG, wet=only))
    assert found.required.bump == "major"
    assert "trip.wet" in found.required.why
    assert not found.is_equal


def test_a_question_that_is_asked_in_more_cases_refuses_nothing(tmp_path: Path) -> None:
    only = ", ask_when: {fact: trip.days, at_least: 5}, otherwise: false"
    found = compared(toy(tmp_path / "a", LONG, wet=only), toy(tmp_path / "b", LONG))
    assert found.not_compared == ()


def test_a_control_that_is_gone_is_major_since_a_case_may_list_it(tmp_path: Path) -> None:
    before = toy(tmp_path / "a", LONG, controls="C1: {supporting: true}\nC2: {supporting: true}")
    found = compared(before, toy(tmp_path / "b", LONG, controls="C1: {supporting: true}"))
    assert found.required.bump == "major"
    assert "C2" in found.required.why


@pytest.mark.parametrize(
    ("more", "name"),
    [
        pytest.param({"span": "0, 30"}, "trip.days", marks=pytest.mark.nightly),
        ({"many": 3}, "guest"),
        pytest.param({"skills": "novice, trained, deft, expert"}, "guest.skill", marks=pytest.mark.nightly),
    ],
    ids=["numbers", "entries", "options"],
)
def test_answers_that_only_the_later_version_accepts_are_no_patch(
    tmp_path: Path, more: dict[str, Any], name: str
) -> None:
    found = compared(toy(tmp_path / "a", LONG), toy(tmp_path / "b", LONG, **more))
    assert (found.required.bump, found.required.why) == ("minor", f"`{name}` accepts more answers")
    back = compared(toy(tmp_path / "c", LONG, **more), toy(tmp_path / "d", LONG))
    assert back.required.bump == "major"


@pytest.mark.nightly
def test_a_case_with_a_control_that_is_new_does_not_run_under_both_versions(tmp_path: Path) -> None:
    rule = "LONG: {severity: {high: {fact: trip.days, at_least: 8}}, controls: [%s]}"
    before = toy(tmp_path / "a", rule % "{all: [C1], residual: low}", controls="C1: {}")
    options = "{all: [C1], residual: low}, {all: [C2], residual: low}"
    found = compared(before, toy(tmp_path / "b", rule % options, controls="C1: {}\nC2: {}"))
    milder = shift(found, "gate", "milder")
    assert milder.example is not None
    assert milder.example.in_place == ("C2",)
    assert milder.answers_new


def test_another_ladder_in_the_role_of_the_headline_is_major(tmp_path: Path) -> None:
    roles = "roles: {headline: gate, gate: measure, escalation: escalation}"
    found = compared(toy(tmp_path / "a", LONG), toy(tmp_path / "b", LONG, head=roles))
    assert found.required.bump == "major"


def test_a_name_that_means_another_row_is_major(tmp_path: Path) -> None:
    facts = "{trip: {facts: {days: {type: integer, range: [0, 20]}, to: {type: row, of: places}}}}"
    table = "places: {columns: {}, rows: {R1: {name: One%s}, R2: {name: Two%s}}}"

    def set_of(folder: Path, tables: str) -> Criteria:
        return criteria_from(folder, facts=facts, indicators=LONG, tables=tables)

    before = set_of(tmp_path / "a", table % (", aliases: [Isle]", ""))
    after = set_of(tmp_path / "b", table % ("", ", aliases: [Isle]"))
    base = case_model(before).model_validate({"id": "b", "title": "B", "assessment_date": DAY, "trip": {"days": 1}})
    assert meaning(before, after, base, on=DAY).required.bump == "major"
