"""Who reads what in a set, and how far a change reaches: only what it can make different is looked at again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from risk_engine.audit.mutants.operators import Mutant
from risk_engine.engine.propose import Proposed
from risk_engine.model.conditions import ConditionOrAlways
from risk_engine.model.criteria import CriteriaSet
from risk_engine.model.facts import RowFact, TextFact
from risk_engine.model.references import Reads, conditions_of, reads_of


@dataclass(frozen=True)
class Readers:
    """What each record of a set reads."""

    indicators: dict[str, Reads]
    ladders: dict[str, Reads]
    awareness: dict[str, Reads]
    contradictions: dict[str, Reads]
    promises: dict[str, Reads]
    asking: dict[str, Reads]
    """Fact: what its `ask_when` reads."""


def readers(criteria: CriteriaSet) -> Readers:
    """Return what each record of a set reads."""

    def reads(*conditions: ConditionOrAlways) -> Reads:
        return reads_of(criteria, *conditions)

    return Readers(
        indicators={name: reads(*conditions_of(one)) for name, one in criteria.indicators.items()},
        ladders={name: reads(*(rule.when for rule in one.rules)) for name, one in criteria.ladders.items()},
        awareness={name: reads(one.when) for name, one in criteria.awareness.items()},
        contradictions={name: reads(one.whenever, one.then) for name, one in criteria.invariants.facts.items()},
        promises={name: reads(one.whenever, one.then) for name, one in criteria.invariants.results.items()},
        asking={
            f"{name}.{short}": reads(fact.ask_when)
            for name, entity in criteria.entities.items()
            for short, fact in entity.facts.items()
            if not isinstance(fact, RowFact | TextFact) and fact.ask_when is not None
        },
    )


def changed(before: CriteriaSet, after: CriteriaSet, reading: Readers) -> Reads:
    """Return the definitions, parameters and facts that can be different in a set that shares the rest with another."""
    # Who uses a definition lists those within it too, so only the changed one itself is named here.
    definitions = frozenset(one for one, body in after.definitions.items() if body is not before.definitions[one])
    parameters = frozenset(one for one, value in after.parameters.items() if value is not before.parameters[one])
    found = Reads(definitions, parameters, frozenset(_changed_facts(before, after)))
    while more := {one for one, reads in reading.asking.items() if reads.meets(found)} - found.facts:
        found = replace(found, facts=found.facts | more)
    return found


def _changed_facts(before: CriteriaSet, after: CriteriaSet) -> Iterator[str]:
    columns = {
        (name, title)
        for name, table in after.tables.items()
        if table is not before.tables[name]
        for title, column in table.columns.items()
        if column is not before.tables[name].columns[title]
    }
    for name, entity in after.entities.items():
        known = before.entities[name].facts
        for short, fact in entity.facts.items():
            if fact is not known[short] or after.column_of(f"{name}.{short}") in columns:
                yield f"{name}.{short}"


RESULTS = frozenset({"finding", "dimension"})


@dataclass(frozen=True)
class Reach:
    """What must be computed again under a mutant; everything else is as the set itself has it."""

    criteria: CriteriaSet
    indicators: tuple[str, ...]
    ladders: tuple[str, ...]
    awareness: tuple[str, ...]
    contradictions: bool
    promises: bool
    points: bool
    facts: bool
    """Whether answers themselves can be different: what a table says, what need not be asked."""
    values: bool
    """Whether definitions or parameters are different."""
    levels: dict[object, tuple[Proposed, ...]] | None
    """By results, what the changed ladders propose; None where they read more than results."""

    @cached_property
    def only_indicators(self) -> CriteriaSet:
        """The changed set with no other indicators than those to find again."""
        kept = {one: self.criteria.indicators[one] for one in self.indicators}
        return self.criteria.model_copy(update={"indicators": kept})

    @cached_property
    def only_ladders(self) -> CriteriaSet:
        """The changed set with no other ladders than those to propose again."""
        kept = {one: self.criteria.ladders[one] for one in self.ladders}
        return self.criteria.model_copy(update={"ladders": kept})


def reach(before: CriteriaSet, mutant: Mutant, readers: Readers) -> Reach:
    """Return how far a mutant of a set reaches; `readers` are those of the set before the change."""
    after = mutant.criteria
    reads = changed(before, after, readers)
    return Reach(
        criteria=after,
        indicators=_touched(before.indicators, after.indicators, readers.indicators, reads),
        ladders=_touched(before.ladders, after.ladders, readers.ladders, reads),
        awareness=_touched(before.awareness, after.awareness, readers.awareness, reads),
        contradictions=bool(
            before.invariants is not after.invariants
            or _touched(before.invariants.facts, after.invariants.facts, readers.contradictions, reads)
        ),
        promises=any(one.meets(reads) for one in readers.promises.values()),
        points=before.head is not after.head,
        facts=bool(reads.facts),
        values=bool(reads.definitions or reads.parameters),
        levels={} if all(_reads_results_only(one) for one in readers.ladders.values()) else None,
    )


def _reads_results_only(reads: Reads) -> bool:
    return not reads.parameters and all(one.partition(".")[0] in RESULTS for one in reads.facts)


def _touched(
    before: Mapping[str, object], after: Mapping[str, object], reading: Mapping[str, Reads], reads: Reads
) -> tuple[str, ...]:
    """Return the records that are not the same, or read something that is not; those that are gone come last."""
    gone = tuple(one for one in before if one not in after)
    return (*(one for one in after if after[one] is not before[one] or reading[one].meets(reads)), *gone)
