"""How far a change reaches: which indicators, ladders, awareness rules and contradictions it can make different."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from risk_engine.audit.mutants.operators import Mutant
from risk_engine.audit.mutants.readers import Readers, Reads, changed
from risk_engine.engine.propose import Proposed
from risk_engine.model.criteria import CriteriaSet

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
