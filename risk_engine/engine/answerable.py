"""Facts as cases answer them: which table fills in what is not answered, in which order options stand."""

from collections.abc import Mapping
from typing import NamedTuple

from risk_engine.engine.facts import Among, Stated
from risk_engine.files.once import once
from risk_engine.model.criteria import Criteria
from risk_engine.model.facts import AnyFact, ChoicesFact, Entity, RowFact, TextFact, orders_of


class Column(NamedTuple):
    """Where a table holds the value of a fact, and the fact that names the row."""

    name: str
    column: str
    row: str


class Answerable(NamedTuple):
    """A fact as a case answers it, by its short name."""

    short: str
    fact: AnyFact
    table: Column | None


@once
def facts_of(criteria: Criteria) -> Mapping[str, tuple[Answerable, ...]]:
    """Return the facts of every entity, with the column that fills in what is not answered."""
    return {
        name: tuple(Answerable(short, fact, _column(entity, short, fact)) for short, fact in entity.facts.items())
        for name, entity in criteria.entities.items()
    }


def _column(entity: Entity, short: str, fact: AnyFact) -> Column | None:
    if isinstance(fact, RowFact | TextFact) or fact.from_ is None:
        return None
    row = entity.facts[fact.from_]
    assert isinstance(row, RowFact)  # noqa: S101 (checked when the set was loaded)
    return Column(row.of, fact.column or short, fact.from_)


@once
def orders_in(criteria: Criteria) -> dict[str, dict[str, int]]:
    """Return the rank of each option of every fact of a set whose options are in an order."""
    return orders_of(criteria.entities)


def in_order(fact: AnyFact, value: Stated) -> Stated:
    """Return chosen options in the order in which the fact declares them: the order of an answer means nothing."""
    if isinstance(fact, ChoicesFact) and isinstance(value, tuple) and not isinstance(value, Among):
        return tuple(one for one in fact.options if one in value)
    return value
