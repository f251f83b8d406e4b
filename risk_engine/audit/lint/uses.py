"""What a set uses of itself: which facts, definitions, parameters and sources its rules and roles name."""

from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

from risk_engine.model.conditions import Compare, ParameterRef, definitions_in, leaves
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.reading import every_condition
from risk_engine.model.tables import DatedValue


@dataclass(frozen=True)
class Uses:
    """What is used; each is a set of names."""

    compared: dict[str, tuple[Compare, ...]]
    """Fact: every comparison of it in a rule."""
    named: frozenset[str]
    """Facts that are used otherwise: by a role, a sentence, a control, a fact that a table answers."""
    shown_by_roles: frozenset[str]
    """Facts whose every option somebody sees or groups by."""
    definitions: frozenset[str]
    parameters: frozenset[str]
    controls: frozenset[str]
    sources: frozenset[str]

    def facts(self) -> frozenset[str]:
        """Return the facts that anything uses."""
        return frozenset(self.compared) | self.named


def uses_of(criteria: CriteriaSet) -> Uses:
    """Return what a set uses of itself."""
    compared: dict[str, list[Compare]] = {}
    definitions: set[str] = set()
    parameters: set[str] = set()
    for condition in every_condition(criteria):
        definitions |= set(definitions_in(condition, criteria.definitions))
        for node, _ in leaves(condition, criteria.definitions):
            if isinstance(node, Compare):
                compared.setdefault(node.fact, []).append(node)
                wanted = node.operand
                if isinstance(wanted, ParameterRef):
                    parameters.add(wanted.parameter)
    for ladder in criteria.ladders.values():
        for level in ladder.levels.values():
            if isinstance(level.review_months, ParameterRef):
                parameters.add(level.review_months.parameter)
    roles = criteria.head.roles
    shown = frozenset({*roles.group_by, *roles.benefit, *roles.necessity})
    return Uses(
        compared={name: tuple(found) for name, found in compared.items()},
        named=frozenset({*shown, *roles.label.values(), *roles.country.values(), *_named(criteria)}),
        shown_by_roles=shown,
        definitions=frozenset(definitions),
        parameters=frozenset(parameters),
        controls=frozenset(one for x in criteria.indicators.values() for option in x.controls for one in option.all),
        sources=frozenset(_cited(criteria)),
    )


def named_in(sentence: str) -> tuple[str, ...]:
    """Return the facts that a sentence names in braces."""
    return tuple(name for _text, name, _form, _conversion in Formatter().parse(sentence) if name)


def _named(criteria: CriteriaSet) -> Iterator[str]:
    for indicator in criteria.indicators.values():
        for sentence in indicator.because:
            yield from named_in(sentence)
    yield from (one.records.fact for one in criteria.controls.values() if one.records is not None)
    for name, entity in criteria.entities.items():
        for fact in entity.facts.values():
            if not isinstance(fact, RowFact | TextFact) and fact.from_ is not None:
                yield f"{name}.{fact.from_}"


def _cited(criteria: CriteriaSet) -> Iterator[str]:
    for indicator in criteria.indicators.values():
        yield from (one.id for one in indicator.sources)
    for rule in criteria.awareness.values():
        yield from (one.id for one in rule.sources)
    for parameter in criteria.parameters.values():
        yield parameter.source.id
        yield from (one.source.id for one in parameter.values if one.source is not None)
    for table in criteria.tables.values():
        for column in table.columns.values():
            yield column.source.id
            for cell in column.values.values():
                for one in cell if isinstance(cell, tuple) else ():
                    if isinstance(one, DatedValue) and one.source is not None:
                        yield one.source.id
