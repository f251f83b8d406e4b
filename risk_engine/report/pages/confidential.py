"""What in a criteria set may tell a confidential answer: a function of the set alone, whatever a case answers.

What is withheld by what a case answered would itself tell the answer, so nothing here looks at a case.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from string import Formatter

from risk_engine.model.conditions import Condition, facts_in
from risk_engine.model.criteria import CriteriaSet, Indicator, knock_out_conditions, severity_conditions
from risk_engine.model.facts import AnyFact, RowFact, TextFact

_RESULTS = frozenset({"finding", "dimension"})


@dataclass(frozen=True)
class Confidential:
    """What is withheld under a set: facts as `entity.fact`, indicators, controls and awareness notes by their ids."""

    facts: frozenset[str]
    indicators: frozenset[str]
    dimensions: frozenset[str]
    """Dimensions whose points add up a withheld indicator."""
    controls: frozenset[str]
    notes: frozenset[str]
    notes_of_results: frozenset[str]
    """Those of the notes that read no confidential answer themselves, only what findings came to."""


def confidential_in(criteria: CriteriaSet) -> Confidential:
    """Return what may tell a confidential answer under these criteria."""
    facts = _facts(criteria)
    indicators = {name for name, one in criteria.indicators.items() if not facts.isdisjoint(_facts_of(one, criteria))}
    direct: set[str] = set()
    results: set[str] = set()
    for name, rule in criteria.awareness.items():
        read = frozenset[str]() if rule.when == "always" else facts_in(rule.when, criteria.definitions)
        if not facts.isdisjoint(read):
            direct.add(name)
        elif any(one.partition(".")[0] in _RESULTS for one in read):
            results.add(name)
    return Confidential(
        facts=facts,
        indicators=frozenset(indicators),
        dimensions=frozenset(_dimensions_of(indicators, criteria)),
        controls=frozenset(name for name in criteria.controls if _serves_only(name, indicators, criteria)),
        notes=frozenset(direct | results) if indicators else frozenset(direct),
        notes_of_results=frozenset(results) if indicators else frozenset(),
    )


def _dimensions_of(indicators: Collection[str], criteria: CriteriaSet) -> Iterator[str]:
    """Yield the dimensions in which one of these indicators counts, sums of dimensions too."""
    own = {criteria.indicators[one].dimension for one in indicators}
    yield from (name for name in criteria.head.dimensions if not own.isdisjoint(criteria.head.rated_under(name)))


def _facts(criteria: CriteriaSet) -> frozenset[str]:
    """Return the confidential facts, and those that are asked, or filled from a table, by what these answer."""
    declared = {f"{name}.{short}": fact for name, one in criteria.entities.items() for short, fact in one.facts.items()}
    found = {name for name, fact in declared.items() if fact.confidential}
    while more := {
        name for name, fact in declared.items() if name not in found and _depends_on(name, fact, found, criteria)
    }:
        found |= more
    return frozenset(found)


def _depends_on(name: str, fact: AnyFact, found: set[str], criteria: CriteriaSet) -> bool:
    if isinstance(fact, RowFact | TextFact):
        return False
    asked_by = frozenset[str]() if fact.ask_when is None else facts_in(fact.ask_when, criteria.definitions)
    return not found.isdisjoint(asked_by) or f"{name.partition('.')[0]}.{fact.from_}" in found


def _facts_of(indicator: Indicator, criteria: CriteriaSet) -> Iterator[str]:
    """Yield every fact that an indicator may read, and those that its sentences print."""
    for condition in _conditions(indicator):
        yield from facts_in(condition, criteria.definitions)
    for sentence in indicator.because:
        yield from (name for _, name, _, _ in Formatter().parse(sentence) if name)


def _conditions(indicator: Indicator) -> Iterator[Condition]:
    yield from (one for _, one in severity_conditions(indicator))
    yield from (one for _, one in knock_out_conditions(indicator) if one != "always")
    yield from (one.when for one in indicator.controls if one.when is not None)


def _serves_only(control: str, indicators: set[str], criteria: CriteriaSet) -> bool:
    """Return whether a control lowers something, and nothing but these indicators."""
    lowers = {name for name, one in criteria.indicators.items() if any(control in each.all for each in one.controls)}
    return bool(lowers) and lowers <= indicators
