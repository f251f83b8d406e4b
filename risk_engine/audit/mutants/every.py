"""Every mutant of a criteria set, record after record."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from risk_engine.audit.mutants.conditions import of_condition
from risk_engine.audit.mutants.indicators import of_indicator
from risk_engine.audit.mutants.operators import Mutant, Variation
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
        yield from _mutants(
            f"indicator {name}",
            of_indicator(indicator, criteria.entities),
            lambda one, name=name: _changed(criteria, "indicators", name, one),  # type: ignore[misc]
        )


def _rules(criteria: CriteriaSet) -> Iterator[Mutant]:
    declared = {**criteria.entities, **result_entities(criteria)}
    for name, definition in criteria.definitions.items():
        yield from _mutants(
            f"definition {name}",
            of_condition(definition, declared),
            lambda one, name=name: _changed(criteria, "definitions", name, one),  # type: ignore[misc]
        )
    for name, ladder in criteria.ladders.items():
        yield from _mutants(
            f"ladder {name}",
            of_ladder(ladder, declared, criteria.definitions),
            lambda one, name=name: _changed(criteria, "ladders", name, one),  # type: ignore[misc]
        )
    for name, rule in criteria.awareness.items():
        yield from _mutants(
            f"awareness {name}",
            of_awareness(rule, declared),
            lambda one, name=name: _changed(criteria, "awareness", name, one),  # type: ignore[misc]
        )
    invariants = criteria.invariants
    for name, invariant in invariants.facts.items():
        yield from _mutants(
            f"contradiction {name}",
            of_contradiction(invariant, criteria.entities),
            lambda one, name=name: criteria.model_copy(  # type: ignore[misc]
                update={"invariants": _changed(invariants, "facts", name, one)}
            ),
        )


def _values(criteria: CriteriaSet) -> Iterator[Mutant]:
    for name, parameter in criteria.parameters.items():
        yield from _mutants(
            f"parameter {name}",
            of_parameter(parameter),
            lambda one, name=name: _changed(criteria, "parameters", name, one),  # type: ignore[misc]
        )
    for name, table in criteria.tables.items():
        for title, column in table.columns.items():
            yield from _mutants(
                f"table {name}.{title}",
                of_column(column),
                lambda one, name=name, table=table, title=title: _changed(  # type: ignore[misc]
                    criteria, "tables", name, _changed(table, "columns", title, one)
                ),
            )
    for name, entity in criteria.entities.items():
        for short, fact in entity.facts.items():
            if not isinstance(fact, RowFact | TextFact):
                yield from _mutants(
                    f"fact {name}.{short}",
                    of_fact(fact, criteria.entities),
                    lambda one, name=name, entity=entity, short=short: _changed(  # type: ignore[misc]
                        criteria, "entities", name, _changed(entity, "facts", short, one)
                    ),
                )
    head = criteria.head
    yield from _mutants(
        "set severity",
        of_points(head.severity),
        lambda one: criteria.model_copy(update={"head": head.model_copy(update={"severity": one})}),
    )


def _mutants(
    record: str, variations: Iterable[Variation[Any]], build: Callable[[Any], CriteriaSet]
) -> Iterator[Mutant]:
    for one in variations:
        yield Mutant(one.operator, record, one.place, one.change, one.told, build(one.value))


def _changed(whole: Any, key: str, name: str, one: object) -> Any:
    """Return a record with one of the records under a key changed; without it, where there is none left."""
    records = getattr(whole, key)
    kept = {other: record if other != name else one for other, record in records.items()}
    if one is None:
        del kept[name]
    return whole.model_copy(update={key: kept})
