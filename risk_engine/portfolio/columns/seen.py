"""What conditions of ladders see of one finding or dimension: of each of its facts, which options it may be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, assert_never

from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Holds,
    Not,
    ParameterRef,
    Quantifier,
    children,
    negation,
)
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, BooleanFact, ChoiceFact
from risk_engine.model.references import result_entities
from risk_engine.model.words import OUTCOMES
from risk_engine.portfolio.columns.conditions import places_that_hold

Seen: TypeAlias = Mapping[str, int]
"""For each fact the options that it may be, as bits."""


def asked_of_results(criteria: Criteria, entity: str) -> list[Condition]:
    """Return what ladders and awareness ask of findings, or of dimensions, each once."""
    return list(dict.fromkeys(where for of, where in _quantified(criteria) if of == entity))


def _quantified(criteria: Criteria) -> Iterator[tuple[str, Condition]]:
    waiting: list[Condition] = [rule.when for ladder in criteria.ladders.values() for rule in ladder.rules]
    waiting += [one.when for one in criteria.awareness.values() if one.when != "always"]
    read: set[str] = set()
    while waiting:
        match waiting.pop():
            case Quantifier(kind=kind, entity=entity, where=where):
                yield entity, negation(where) if kind == "every" else where
            case Holds(holds=name):
                waiting += [] if name in read else [criteria.definitions[name]]
                read.add(name)
            case AllOf() | AnyOf() | Not() | Compare() as node:
                waiting += [part for _steps, part in children(node)]
            case node:
                assert_never(node)


class Sight:
    """Conditions over findings and dimensions of a set, as its parameters stand."""

    def __init__(self, criteria: Criteria, parameters: Mapping[str, Any]) -> None:
        """Take the set, and what its parameters are."""
        self._criteria = criteria
        self._parameters = parameters
        self._entities = result_entities(criteria)
        self._findings = {name: place for place, name in enumerate(criteria.indicators)}
        self._dimensions = {name: place for place, name in enumerate(criteria.head.dimensions)}
        self._grounds = {name: place for place, name in enumerate(criteria.head.grounds)}

    def finding(self, name: str, ranks: Sequence[int]) -> Seen:
        """Return a finding by its ranks: severity, residual and knock-out at both ends, and whether it is open."""
        low, high, left_low, left_high, knock_low, knock_high, is_open = ranks
        indicator = self._criteria.indicators[name]
        present = OUTCOMES.index("present")
        return {
            "id": 1 << self._findings[name],
            "dimension": 1 << self._dimensions[indicator.dimension],
            "ground": 1 << self._grounds[indicator.ground],
            "outcome": _from_to(present if low else 0, present if high else 0),
            "inherent": _from_to(low, high),
            "possible": 1 << high,
            "residual": _from_to(left_low, left_high),
            "knock_out": _from_to(knock_low, knock_high),
            "open": 1 << is_open,
        }

    def dimension(self, name: str, ranks: Sequence[int]) -> Seen:
        """Return a dimension: its band before and after controls, and whether the cap was reached."""
        return {
            "id": 1 << self._dimensions[name],
            "inherent_band": _from_to(*ranks[:2]),
            "residual_band": _from_to(*ranks[2:4]),
            "residual_capped": _from_to(*ranks[4:]),
        }

    def both(self, entity: str, condition: Condition, seen: Seen) -> tuple[bool, bool]:
        """Return whether a condition must, and may, hold of what is seen so."""
        match condition:
            case Compare(fact=name, op=op, operand=operand):
                short = name.partition(".")[2]
                options = _options(self._entities[entity].facts[short])
                wanted = self._parameters[operand.parameter] if isinstance(operand, ParameterRef) else operand
                true = sum(1 << place for place in places_that_hold(op, options, wanted))
                return not seen[short] & ~true, bool(seen[short] & true)
            case AllOf(all_of=parts):
                both = [self.both(entity, part, seen) for part in parts]
                return all(must for must, _may in both), all(may for _must, may in both)
            case AnyOf(any_of=parts):
                both = [self.both(entity, part, seen) for part in parts]
                return any(must for must, _may in both), any(may for _must, may in both)
            case Not(not_=part):
                must, may = self.both(entity, part, seen)
                return not may, not must
            case Holds(holds=name):
                return self.both(entity, self._criteria.definitions[name], seen)
            case Quantifier():
                raise AssertionError(condition)  # none within another; checked when the set was loaded
            case _:
                assert_never(condition)


def _from_to(low: int, high: int) -> int:
    """Return the places from one to another as bits."""
    return (2 << high) - (1 << low)


def _options(fact: AnyFact) -> tuple[Any, ...]:
    if isinstance(fact, BooleanFact):
        return (False, True)
    assert isinstance(fact, ChoiceFact)  # noqa: S101 (results have no other facts)
    return tuple(fact.options)
