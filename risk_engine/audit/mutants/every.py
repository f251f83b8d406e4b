"""Every mutant of a criteria set, record after record."""

from collections.abc import Iterable, Iterator

from risk_engine.audit.mutants.conditions import of_condition
from risk_engine.audit.mutants.indicators import of_indicator
from risk_engine.audit.mutants.operators import Mutant, Variation, entry, setting, within
from risk_engine.audit.mutants.rules import of_awareness, of_contradiction, of_ladder
from risk_engine.audit.mutants.values import of_column, of_fact, of_parameter, of_points
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.results import result_entities


def mutants(criteria: CriteriaSet) -> Iterator[Mutant]:
    """Yield every mutant of a set, in a fixed order; no two have the same name."""
    yield from _indicators(criteria)
    yield from _rules(criteria)
    yield from _values(criteria)


def chosen(mutant: Mutant, prefix: str) -> bool:
    """Return whether a prefix means a mutant: its name, with or without the kind of its record, begins with it."""
    return mutant.name.startswith(prefix) or mutant.name.partition(" ")[2].startswith(prefix)


def _indicators(criteria: CriteriaSet) -> Iterator[Mutant]:
    for name, indicator in criteria.indicators.items():
        varied = of_indicator(indicator, criteria.entities)
        yield from _mutants(f"indicator {name}", within("", varied, entry(criteria, "indicators", name)))


def _rules(criteria: CriteriaSet) -> Iterator[Mutant]:
    declared = {**criteria.entities, **result_entities(criteria)}
    for name, definition in criteria.definitions.items():
        of_it = of_condition(definition, declared)
        yield from _mutants(f"definition {name}", within("", of_it, entry(criteria, "definitions", name)))
    for name, ladder in criteria.ladders.items():
        of_ladders = of_ladder(ladder, declared, criteria.definitions)
        yield from _mutants(f"ladder {name}", within("", of_ladders, entry(criteria, "ladders", name)))
    for name, rule in criteria.awareness.items():
        of_rule = of_awareness(rule, declared)
        yield from _mutants(f"awareness {name}", within("", of_rule, entry(criteria, "awareness", name)))
    invariants = criteria.invariants
    for name, invariant in invariants.facts.items():
        of_answers = within("", of_contradiction(invariant, criteria.entities), entry(invariants, "facts", name))
        yield from _mutants(f"contradiction {name}", within("", of_answers, setting(criteria, "invariants")))


def _values(criteria: CriteriaSet) -> Iterator[Mutant]:
    for name, parameter in criteria.parameters.items():
        of_it = of_parameter(parameter)
        yield from _mutants(f"parameter {name}", within("", of_it, entry(criteria, "parameters", name)))
    for name, table in criteria.tables.items():
        for title, column in table.columns.items():
            of_table = within("", of_column(column), entry(table, "columns", title))
            yield from _mutants(f"table {name}.{title}", within("", of_table, entry(criteria, "tables", name)))
    for name, entity in criteria.entities.items():
        for short, fact in entity.facts.items():
            if not isinstance(fact, RowFact | TextFact):
                of_entity = within("", of_fact(fact, criteria.entities), entry(entity, "facts", short))
                yield from _mutants(f"fact {name}.{short}", within("", of_entity, entry(criteria, "entities", name)))
    head = criteria.head
    of_head = within("", of_points(head.severity), setting(head, "severity"))
    yield from _mutants("set severity", within("", of_head, setting(criteria, "head")))


def _mutants(record: str, variations: Iterable[Variation[CriteriaSet]]) -> Iterator[Mutant]:
    for one in variations:
        yield Mutant(one.operator, record, one.place, one.change, one.told, one.value)
