"""A case near another one: which of its facts may be others, by what the two state, and which are."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from risk_engine.engine.answerable import facts_of
from risk_engine.engine.facts import Entry, Facts, Origin, Read
from risk_engine.files.once import once
from risk_engine.model.case import Case, answer
from risk_engine.model.criteria import Criteria
from risk_engine.model.references import hanging_on, waits_for


class Near(NamedTuple):
    """Another case of the same day, whose answers neither contradict each other nor are superfluous, and its facts."""

    case: Case
    facts: Facts
    origins: Mapping[str, Mapping[Read, Origin]]
    """By entity; that of a list as a whole is not among them."""
    asks: Mapping[str, Mapping[Read, tuple[Read, ...]]]
    closed_by: Mapping[Read, tuple[Read, ...]]
    affected: Mapping[str, Collection[str]] = {}
    """The facts that are read anew, by entity and short name; with an empty name the list as a whole."""

    def affected_in(self, case: Case, criteria: Criteria) -> dict[str, set[str]]:
        """Return the facts that another case may have otherwise, by entity."""
        stated, before = case.__dict__, self.case.__dict__
        hanging = _hanging_on(criteria)
        found: dict[str, set[str]] = {}
        for entity in criteria.entities:
            if stated[entity] is not before[entity]:
                for name in _stated_otherwise(entity, before[entity], stated[entity], criteria):
                    for holder, short in hanging[name]:
                        found.setdefault(holder, set()).add(short)
        return found


def _stated_otherwise(entity: str, before: Any, now: Any, criteria: Criteria) -> Iterator[str]:
    """Yield the facts of an entity that two cases state otherwise; where the entries are others, its name."""
    if criteria.entities[entity].many is None:
        pairs = [(before, now)]
    elif before is None or now is None or [one.id for one in before] != [one.id for one in now]:
        yield entity
        return
    else:
        pairs = [(one, other) for one, other in zip(before, now, strict=True) if one is not other]
    for one, other in pairs:
        yield from (
            f"{entity}.{short}"
            for short in criteria.entities[entity].facts
            if answer(one, short) != answer(other, short)
        )


@once
def _hanging_on(criteria: Criteria) -> dict[str, frozenset[tuple[str, str]]]:
    """Return for each fact and list all that may be otherwise where it is: itself, what it opens and what it fills in.

    Facts stand there by their entity and short name, lists with an empty one.
    """
    reads = {name: set(several) for name, several in waits_for(criteria).items()}
    for entity, facts in facts_of(criteria).items():
        for short, _fact, table in facts:
            read = reads.setdefault(f"{entity}.{short}", set())
            read.update(() if table is None else [f"{entity}.{table.row}"])
            read.update(() if criteria.entities[entity].many is None else [entity])
    hanging = hanging_on({name: frozenset(several) for name, several in reads.items()})
    names = {*reads, *(name for name, one in criteria.entities.items() if one.many is not None)}
    return {
        name: frozenset((one.partition(".")[0], one.partition(".")[2]) for one in {name, *hanging.get(name, ())})
        for name in names
    }


def changed_facts(before: Facts, facts: Facts, criteria: Criteria) -> set[str]:
    """Return the facts, and the lists, that are not as those of another case, in one reading of the answers."""
    found: set[str] = set()
    for name, one in facts.single.items():
        if one is not before.single[name]:
            found.update(_otherwise(name, [before.single[name]], [one]))
    for name, now in facts.lists.items():
        was = before.lists[name]
        if now is was:
            continue
        if not now or not was or [one.id for one in was] != [one.id for one in now]:
            found.update((name, *(f"{name}.{short}" for short in criteria.entities[name].facts)))
        else:
            found.update(_otherwise(name, was, now))
    return found


def _otherwise(name: str, was: Iterable[Entry], now: Iterable[Entry]) -> Iterator[str]:
    for one, other in zip(was, now, strict=True):
        values = other.values
        yield from (f"{name}.{short}" for short, value in one.values.items() if values[short] != value)
