"""What is called proved holds for lists of any length: also where only many entries show the contrary (issue 16)."""

from pathlib import Path
from typing import Any

import pytest

from risk_engine.audit.diff.semantics import meaning
from risk_engine.audit.proofs.prove import prove
from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.solver.space import Limits
from tests.engine.builder import DAY, LADDERS, criteria_of, written

Data = dict[str, Any]

FACTS: Data = {
    "trip": {"facts": {"wet": {"type": "boolean", "riskier": True}}},
    "device": {"many": 12, "facts": {"kind": {"type": "choice", "options": ("plain", "laser", "fragile", "sharp")}}},
}


KINDS = ("laser", "fragile", "sharp")


def two_of(kind: str) -> Data:
    return {"severity": {"low": {"count": "device", "where": {"fact": "device.kind", "is": kind}, "at_least": 2}}}


def residual(name: str, severity: str) -> Data:
    where = {"all_of": [{"fact": "finding.id", "is": name}, {"fact": "finding.residual", "is": severity}]}
    return {"some": "finding", "where": where}


def criteria(folder: Path, last: str, kinds: tuple[str, ...] = KINDS[:2], **others: Any) -> Criteria:
    """Return a set whose gate asks for two of each kind at once, of the last kind for a finding with this residual."""
    gate = written(LADDERS)["gate"]
    asked = [residual(one.upper(), "low" if one != kinds[-1] else last) for one in kinds]
    return criteria_of(
        folder,
        {
            "facts": FACTS,
            "indicators": {one.upper(): two_of(one) for one in kinds},
            "ladders": {
                **written(LADDERS),
                "gate": {**gate, "rules": [{"level": "conditional", "when": {"all_of": asked}}]},
            },
            **others,
        },
    )


def base_of(criteria: Criteria) -> Case:
    stated = {"trip": {"wet": False}, "device": ({"id": "d", "kind": "plain"},)}
    return case_model(criteria).model_validate({"id": "b", "title": "B", "assessment_date": DAY, **stated})


@pytest.mark.parametrize("kinds", [KINDS[:2], pytest.param(KINDS, marks=pytest.mark.nightly)])
def test_a_ladder_rule_that_takes_many_entries_to_reach_gets_milder_and_is_found(
    tmp_path: Path, kinds: tuple[str, ...]
) -> None:
    before, after = (criteria(tmp_path / severity, severity, kinds) for severity in ("low", "none"))
    asked = meaning(before, after, base_of(before), Limits(), DAY)
    milder = next(one for one in asked.shifts if (one.of, one.name, one.direction) == ("ladder", "gate", "milder"))
    assert milder.status == "refuted"
    assert milder.before is not None
    assert milder.after is not None
    assert (milder.before.highest, milder.after.highest) == ("conditional", "clear")
    assert asked.required.bump == "major"
    assert asked.answer == "milder"


def test_more_entries_than_a_list_may_have_show_nothing(tmp_path: Path) -> None:
    few = {**FACTS, "device": {**FACTS["device"], "many": 3}}
    before, after = (criteria(tmp_path / severity, severity, facts=few) for severity in ("low", "none"))
    asked = meaning(before, after, base_of(before), Limits(), DAY)
    assert {one.status for one in asked.ladders() if one.direction == "milder"} == {"proved"}


def test_a_rule_that_takes_many_entries_to_reach_can_decide(tmp_path: Path) -> None:
    rules = criteria(tmp_path, "low")
    claims = prove(rules, base_of(rules), DAY, only={"occur"}).claims
    assert {one.status for one in claims if "conditional" in one.statement} == {"proved"}


def test_a_promise_that_many_entries_break_is_not_proved(tmp_path: Path) -> None:
    never = {"title": "Never both", "then": {"not": {"all_of": [residual("LASER", "low"), residual("FRAGILE", "low")]}}}
    rules = criteria(tmp_path, "low", invariants={"results": {"P": never}})
    (claim,) = prove(rules, base_of(rules), DAY, only={"promises"}).claims
    assert claim.status == "refuted"
