"""A version on disk to its proof: read the set, its base case and a profile, choose the day, ask."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from risk_engine.audit.proofs.prove import prove
from risk_engine.loading.base import base_case
from risk_engine.loading.choose import choose, in_force_until, newest
from risk_engine.loading.criteria import read_criteria
from risk_engine.loading.profile import load_profile
from risk_engine.loading.sets import Version
from risk_engine.model.case import Case
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.proof import TOPICS, ProofReport, Topic
from risk_engine.solver.space import Limits


@dataclass(frozen=True)
class Proved:
    """What was proved of a version, with all that it takes to tell it."""

    version: Version
    criteria: CriteriaSet
    data: dict[str, Any]
    """What the base case states."""
    base: Case
    report: ProofReport


def proof_of(
    reference: str,
    on: date | None = None,
    profile: Path | None = None,
    limits: Limits | None = None,
    *,
    only: Collection[Topic] = TOPICS,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Proved:
    """Return what is proved of the version that `SET`, `SET@VERSION` or a folder means.

    Without `on` its rules are read as they stand on the base case's own day, or on the first day on which the version
    is in force if that is later. Raises RiskEngineError where the set, its base case or the profile cannot be used;
    SolverMismatchError, a defect of this program, where the engine does not confirm a case.
    """
    version = newest(reference) if on is None else choose(reference, on).version
    criteria = read_criteria(version.path)
    data, base = base_case(criteria)
    day = on or max(base.assessment_date or date.min, criteria.head.in_force.from_)
    known = load_profile(profile, criteria) if profile is not None else None
    report = prove(criteria, base, day, known, limits, only=only, tell=tell)
    until = in_force_until(version)
    is_in_force = criteria.head.in_force.from_ <= day and (until is None or day < until)
    return Proved(version, criteria, data, base, report.model_copy(update={"is_in_force": is_in_force}))
