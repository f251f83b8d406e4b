"""Decisions of a case: made and confirmed by the package, sealed as it writes them."""

from dataclasses import dataclass
from typing import TypeAlias

from risk_engine.engine.explain import explain
from risk_engine.files.language import _
from risk_engine.loading.criteria import load_criteria
from risk_engine.model.assessment import Assessment
from risk_engine.model.decision import Decision
from risk_engine.model.decision import Person as Named
from risk_engine.model.explanation import Explanation
from risk_engine.office.interview.standing import is_settled
from risk_engine.records import decide as records
from risk_engine.records.decide import Said, confirm, decide
from risk_engine.records.decisions import StatedCondition, decision_json
from risk_engine.report.pages import sheet_shown
from risk_engine.web import cases
from risk_engine.web.models import Case, Person, Sealed
from risk_engine.web.wording import role_words
from risk_engine.web.words import Role, SealedKind


@dataclass(frozen=True)
class Ruling:
    """What a person decides: levels by ladder, why, under which conditions."""

    levels: tuple[tuple[str, str], ...] = ()
    reason: str | None = None
    conditions: tuple[StatedCondition, ...] = ()
    adopt: bool | None = None


def assessment_of(sealed: Sealed) -> Assessment:
    """Return a sealed assessment."""
    return Assessment.model_validate_json(bytes(sealed.content))


def decision_of(sealed: Sealed) -> Decision:
    """Return a sealed decision."""
    return Decision.model_validate_json(bytes(sealed.content))


def in_words(case: Case, sealed: Sealed) -> Explanation:
    """Return a sealed assessment in words of the current language."""
    return explain(assessment_of(sealed), load_criteria(case.criteria))


Deciding: TypeAlias = tuple[Person, Person | None]
"""Who decides, and for whom where it is a deputy."""


def _named(by: Deciding) -> Named:
    person, absent = by
    role = role_words(Role.DECIDER)
    said = _("{role}, as deputy of {name}", role=role, name=absent.name) if absent else role
    return Named(name=person.name, role=said)


def decided(case: Case, by: Deciding, ruling: Ruling, digest: str) -> str:
    """Decide on the assessment of a digest; return the digest of the decision. Raises what `decide` raises."""
    shown = in_words(case, Sealed.objects.get(digest=digest))
    before = cases.filed(case, SealedKind.DECISION)
    said = Said(
        _named(by),
        cases.today(),
        ruling.levels,
        ruling.reason,
        ruling.conditions,
        ruling.adopt,
        (),
        decision_of(before) if before else None,
        sheet_shown(shown),
    )
    made = decide(shown, said)
    cases.seal(case, SealedKind.DECISION, made.digest, decision_json(made) + b"\n", before.digest if before else "")
    return made.digest


def confirmed(case: Case, by: Deciding) -> str:
    """Confirm the decision of a case as a second person; return the digest of what is confirmed."""
    sealed = cases.filed(case, SealedKind.DECISION)
    if sealed is None:
        raise AssertionError
    made = confirm(decision_of(sealed), _named(by), cases.today())
    digest = made.confirmation.digest if made.confirmation else made.digest
    cases.seal(case, SealedKind.DECISION, digest, decision_json(made) + b"\n", sealed.digest)
    return digest


def awaits_confirmation(case: Case) -> bool:
    """Return whether the last decision of a case is not in effect before a second person confirms it."""
    decision = cases.filed(case, SealedKind.DECISION)
    about = cases.filed(case, SealedKind.ASSESSMENT)
    if decision is None or about is None:
        return False
    return records.awaits_confirmation(decision_of(decision), assessment_of(about))


def is_harmless(case: Case) -> bool:
    """Return whether every ladder that decides is settled at its mildest level, whatever the open answers are."""
    worked = cases.record(case).worked
    deciding = worked.criteria.head.roles.deciding
    mildest = all(
        one.level == next(iter(worked.criteria.ladders[one.ladder].levels))
        for one in worked.proposed
        if one.ladder in deciding
    )
    return is_settled(worked) and mildest
