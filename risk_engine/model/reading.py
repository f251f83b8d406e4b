"""Which conditions of a set read the answers of a case, and which facts they read."""

from collections.abc import Iterator

from risk_engine.model.conditions import Compare, Condition, ConditionOrAlways, facts_in, leaves
from risk_engine.model.criteria import CriteriaSet, Indicator, knock_out_conditions, severity_conditions
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.once import once


def conditions_of(indicator: Indicator) -> tuple[Condition, ...]:
    """Return every condition of an indicator: of its severities, its knock-outs and its control options."""
    return (
        *(one for _severity, one in severity_conditions(indicator)),
        *_stated(*(one for _kind, one in knock_out_conditions(indicator))),
        *(option.when for option in indicator.controls if option.when is not None),
    )


@once
def read_by(criteria: CriteriaSet) -> dict[str, frozenset[str]]:
    """Return for each indicator the names of the facts that it reads, and of the lists that it goes through."""
    return {
        name: frozenset(
            node.fact if isinstance(node, Compare) else node.entity
            for condition in conditions_of(indicator)
            for node, _inside in leaves(condition, criteria.definitions)
        )
        for name, indicator in criteria.indicators.items()
    }


def every_condition(criteria: CriteriaSet) -> Iterator[Condition]:
    """Yield every condition of a set but those of definitions.yaml: of rules, ladders and promises."""
    yield from rule_conditions(criteria)
    for ladder in criteria.ladders.values():
        yield from (rule.when for rule in ladder.rules)
    yield from promise_conditions(criteria)


def rule_conditions(criteria: CriteriaSet) -> Iterator[Condition]:
    """Yield the conditions of the rules that read answers.

    Those are the rules of indicators and their control options, of awareness, of contradictions among answers, and of
    which question is asked. Ladders read results only.
    """
    for indicator in criteria.indicators.values():
        yield from conditions_of(indicator)
    for entity in criteria.entities.values():
        for fact in entity.facts.values():
            if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None:
                yield fact.ask_when
    yield from _stated(*(rule.when for rule in criteria.awareness.values()))
    for invariant in criteria.invariants.facts.values():
        yield from _stated(invariant.whenever, invariant.then)


def promise_conditions(criteria: CriteriaSet) -> Iterator[Condition]:
    """Yield the conditions of the promises of invariants.yaml about results; they decide nothing."""
    for result in criteria.invariants.results.values():
        yield from _stated(result.whenever, result.then)
    for alone in criteria.invariants.alone.values():
        yield from _stated(alone.whenever, alone.then)


def facts_of_rules(criteria: CriteriaSet) -> frozenset[str]:
    """Return the names of the facts of a case that some rule reads, within definitions too."""
    read = {name for one in rule_conditions(criteria) for name in facts_in(one, criteria.definitions)}
    return frozenset(name for name in read if name.partition(".")[0] in criteria.entities)


def _stated(*conditions: ConditionOrAlways) -> Iterator[Condition]:
    for one in conditions:
        if one != "always":
            yield one
