"""Toy sets with planted defects, asked one topic at a time: what each claim must come to follows from the rules."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.audit.proofs.prove import prove
from risk_engine.model.case import Case, case_model
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import Profile
from risk_engine.model.proof import Claim, ProofReport, Topic
from risk_engine.solver.space import Limits
from tests.engine.builder import DAY, criteria_from

FACTS = """
    trip:
      facts:
        pace: {type: choice, options: [calm, brisk, wild], riskier: later}
        days: {type: integer, range: [0, 99], riskier: higher}
        insured: {type: boolean, riskier: false}
        means: {type: choice, options: [foot, boat]}
        called: {type: text}
    guest:
      many: 9
      facts:
        fit: {type: boolean, riskier: false}
        age: {type: integer, range: [0, 99]}
"""
BASE: dict[str, Any] = {
    "trip": {"pace": "calm", "days": 1, "insured": True, "means": "foot"},
    "guest": ({"id": "ann", "fit": True, "age": 40},),
}


def toy(folder: Path, indicators: str, facts: str = FACTS, **files: str) -> Criteria:
    """Return a set of these indicators, over a trip and its guests if no other facts are given."""
    return criteria_from(folder / "toy", facts=facts, indicators=indicators, **files)


def base_of(criteria: Criteria, stated: dict[str, Any] | None = None) -> Case:
    """Return the base case, complete and harmless."""
    return case_model(criteria).model_validate(
        {
            "id": "b",
            "title": "B",
            "assessment_date": DAY,
            **(BASE if stated is None else stated),
        }
    )


def asked(
    criteria: Criteria,
    *only: Topic,
    on: date = DAY,
    base: dict[str, Any] | None = None,
    profile: Profile | None = None,
    limits: Limits | None = None,
) -> ProofReport:
    """Return what is proved of these topics."""
    return prove(criteria, base_of(criteria, base), on, profile, limits, only=only)


def told(claims: Sequence[Claim], subject: str) -> dict[str, tuple[str, str]]:
    """Return by statement the outcome and the reason of the claims about one thing."""
    return {one.statement: (one.status, one.reason) for one in claims if one.subject == subject}


def the(claims: Sequence[Claim], statement: str) -> Claim:
    """Return the claim that begins so."""
    (found,) = [one for one in claims if one.statement.startswith(statement)]
    return found
