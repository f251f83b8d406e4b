"""Which comparisons of a condition mattered in a case: those whose opposite alone would have turned it round.

That is MC/DC in its masking form (docs/decisions/0027), over three-valued conditions, definitions and quantifiers. What
holds is asked of the engine; only what follows from it for the parts is worked out here.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, assert_never

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, Stated
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Node,
    Not,
    Quantifier,
    facts_in,
)
from risk_engine.model.places import Path

MANY = 8
"""From so many entries on it pays to look for those that are alike."""


class _Alike(NamedTuple):
    """Entries that a condition cannot tell apart: one of them, how many they are, and what it says of each."""

    entry: Entry
    number: int
    value: bool | None


class Mattering:
    """Finds what mattered over the facts of one case; from `group_from` entries on those alike are looked at once."""

    def __init__(self, facts: Facts, group_from: int = MANY) -> None:
        self.facts = facts
        self._group_from = group_from

    def branches(
        self, condition: ConditionOrAlways, at: Path, entry: Entry | None = None
    ) -> Iterator[tuple[Path, bool]]:
        """Yield each comparison that mattered, by its way from `at` on, with what it said; perhaps several times.

        A comparison within a quantifier is one for each entry.
        """
        if isinstance(condition, str):
            return
        node: Node = condition
        match node:
            case AllOf(all_of=parts):
                yield from self._joined(parts, (*at, "all_of"), entry, decisive=False)
            case AnyOf(any_of=parts):
                yield from self._joined(parts, (*at, "any_of"), entry, decisive=True)
            case Not(not_=part):
                yield from self.branches(part, (*at, "not"), entry)
            case Holds(holds=name):
                yield from self.branches(self.facts.definitions[name], (*at, "holds", name), entry)
            case Quantifier(where=where):
                for one in self._pivotal(node, where):
                    yield from self.branches(where, (*at, "where"), one)
            case Compare():
                value = evaluate(node, self.facts, entry).value
                if value is not None:
                    yield at, value
            case _:
                assert_never(node)

    def _joined(
        self, parts: Sequence[Condition], at: Path, entry: Entry | None, *, decisive: bool
    ) -> Iterator[tuple[Path, bool]]:
        """Yield what mattered in the parts: one decides alone if none of the others is decisive or unknown."""
        alone: int | None = None
        for number, part in enumerate(parts):
            if evaluate(part, self.facts, entry).value is not (not decisive):
                if alone is not None:
                    return
                alone = number
        for number in range(len(parts)) if alone is None else (alone,):
            yield from self.branches(parts[number], (*at, number), entry)

    def _pivotal(self, node: Quantifier, where: Condition) -> Iterator[Entry]:
        """Yield the entries that alone make the quantifier hold or fail; of those alike only one."""
        alike = self._entries(node.entity, where)
        true = sum(one.number for one in alike if one.value is True)
        unknown = sum(one.number for one in alike if one.value is None)
        match node.kind:
            case "some" | "at_least":
                needed = node.bound
            case "every":
                needed = sum(one.number for one in alike)
            case "at_most":
                needed = node.bound + 1
            case _:
                assert_never(node.kind)
        for one in alike:
            if true - (one.value is True) == needed - 1 and unknown - (one.value is None) == 0:
                yield one.entry

    def _entries(self, entity: str, where: Condition) -> list[_Alike]:
        """Return the entries of a list in groups: most findings are absent, and alike in all that a rule reads."""
        entries = self.facts.lists[entity] or ()
        if len(entries) < self._group_from:
            return [_Alike(one, 1, evaluate(where, self.facts, one).value) for one in entries]
        named = sorted(facts_in(where, self.facts.definitions))
        read = [fact.partition(".")[2] for fact in named if fact.startswith(f"{entity}.")]
        groups: dict[tuple[Stated, ...], list[Entry]] = {}
        for entry in entries:
            groups.setdefault(tuple(map(entry.values.get, read)), []).append(entry)
        return [_Alike(one[0], len(one), evaluate(where, self.facts, one[0]).value) for one in groups.values()]
