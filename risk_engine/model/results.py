"""The results that ladder rules, awareness rules and invariants may read, declared like the facts of a case."""

from collections.abc import Mapping
from functools import lru_cache

from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact, Entity
from risk_engine.model.words import KNOCK_OUTS, MAX_FINDINGS, OUTCOMES, SEVERITIES

PROVISIONAL_ONLY = frozenset({"finding.open", "finding.possible"})
"""What only a rule marked `provisional` may read: it makes unanswered facts count."""

ABSENT: Mapping[str, str | bool] = {
    "outcome": "absent",
    "inherent": "none",
    "possible": "none",
    "residual": "none",
    "knock_out": "none",
    "open": False,
}
"""What every absent finding is; its id, dimension and ground may be any."""


def result_entities(criteria: CriteriaSet) -> dict[str, Entity]:
    """Return the entities `finding` and `dimension` with the facts that conditions may read (design, section 4)."""
    head = criteria.head
    severity = _ordered(SEVERITIES)
    bands = _ordered(tuple(head.severity.bands))
    return {
        "finding": _entity(
            "Finding",
            {
                "id": _choice(tuple(criteria.indicators)),
                "dimension": _choice(tuple(head.dimensions)),
                "ground": _choice(tuple(head.grounds)),
                "outcome": _ordered(OUTCOMES),
                "inherent": severity,
                "possible": severity,
                "residual": severity,
                "knock_out": _ordered(KNOCK_OUTS),
                "open": BooleanFact.model_construct(type="boolean"),
            },
        ),
        "dimension": _entity(
            "Dimension",
            {
                "id": _choice(tuple(head.dimensions)),
                "inherent_band": bands,
                "residual_band": bands,
                "residual_capped": BooleanFact.model_construct(type="boolean"),
            },
        ),
    }


def ladder_entity(criteria: CriteriaSet) -> dict[str, Entity]:
    """Return the entity `ladder`, one of a case, with the level that each ladder proposes; for invariants only."""
    levels: dict[str, AnyFact] = {name: _ordered(tuple(ladder.levels)) for name, ladder in criteria.ladders.items()}
    return {"ladder": Entity.model_construct(title="Ladder", many=None, facts=levels)}


# These are declared by the engine, not written by an author: ids need not look like option names.
def _entity(title: str, facts: dict[str, AnyFact]) -> Entity:
    return Entity.model_construct(title=title, many=MAX_FINDINGS, facts=facts)


@lru_cache
def _choice(options: tuple[str, ...]) -> ChoiceFact:
    return ChoiceFact.model_construct(type="choice", options={one: one for one in options})


@lru_cache
def _ordered(options: tuple[str, ...]) -> ChoiceFact:
    return ChoiceFact.model_construct(type="choice", options={one: one for one in options}, riskier="later")
