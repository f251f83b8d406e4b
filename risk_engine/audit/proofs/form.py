"""What follows from the form of the rules alone, without a solver."""

from typing import assert_never

from risk_engine.model.conditions import AllOf, AnyOf, Compare, Condition, Holds, Node, Not, ParameterRef, Quantifier
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import ChoiceFact
from risk_engine.model.ladders import Ladder, SeverityPoints
from risk_engine.model.results import result_entities
from risk_engine.model.words import SEVERITIES

_FIXED = frozenset({"finding.id", "finding.dimension", "finding.ground", "dimension.id"})
"""What is the same of a finding in every case."""
_RISING = frozenset(
    {"finding.outcome", "finding.inherent", "finding.residual", "finding.knock_out"}
    | {"dimension.inherent_band", "dimension.residual_band"}
)
"""What never falls where no finding falls."""


def rises_with_findings(ladder: Ladder, criteria: CriteriaSet) -> bool:
    """Return whether neither end of a ladder's range ever falls where no finding falls.

    So it is where every rule that is not provisional only ever asks whether something is at least so high.
    """
    return rising_points(criteria.head.severity) and all(
        _rises(rule.when, criteria, upward=True) for rule in ladder.rules if not rule.provisional
    )


def rising_points(points: SeverityPoints) -> bool:
    """Return whether a higher severity never counts less, so that a sum never falls where no severity does."""
    worth = [points.of(one) for one in SEVERITIES]
    return worth == sorted(worth)


def _rises(condition: Condition, criteria: CriteriaSet, *, upward: bool) -> bool:
    node: Node = condition
    match node:
        case AllOf(all_of=parts) | AnyOf(any_of=parts):
            return all(_rises(part, criteria, upward=upward) for part in parts)
        case Not(not_=part):
            return _rises(part, criteria, upward=not upward)
        case Holds(holds=name):
            return _rises(criteria.definitions[name], criteria, upward=upward)
        case Quantifier(kind=kind, where=where):
            return _rises(where, criteria, upward=upward if kind != "at_most" else not upward)
        case Compare():
            return node.fact in _FIXED or (node.fact in _RISING and _is_closed(node, criteria, upward=upward))
        case _:
            assert_never(node)


def _is_closed(leaf: Compare, criteria: CriteriaSet, *, upward: bool) -> bool:
    """Return whether a comparison stays true upward (or downward) along the order of its values."""
    entity, _dot, short = leaf.fact.partition(".")
    fact = result_entities(criteria)[entity].facts[short]
    options: list[object] = list(fact.options) if isinstance(fact, ChoiceFact) else [False, True]
    operation, wanted = leaf.op, leaf.operand
    if isinstance(wanted, ParameterRef):
        return False  # what it names may be any options, from day to day
    place = options.index(wanted) if operation in {"at_least", "at_most"} else 0
    match operation:
        case "at_least":
            true = options[place:]
        case "at_most":
            true = options[: place + 1]
        case "one_of":
            several = wanted if isinstance(wanted, tuple) else ()
            true = [one for one in options if one in several]
        case _:
            true = [wanted]
    return true == (options[len(options) - len(true) :] if upward else options[: len(true)])
