"""The reference meaning of conditions: three-valued logic (Kleene) over the facts of one case, with what was read.

A leaf on an unanswered fact is unknown; a quantifier over an unanswered list is unknown; over an empty one `some` is
false and `every` true. Every other reading of conditions is tested against this one (design, sections 4, 6 and 9).
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, repeat
from typing import Any, assert_never

from risk_engine.engine.facts import Among, Entry, Facts, Read, Stated, Truth
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Not,
    Op,
    Quantifier,
    facts_in,
)

MANY = 8
"""From so many entries on it pays to look for those that are alike."""
_ALONE = {value: Truth(value) for value in (True, False, None)}
"""What came out, where nobody asks why."""


def evaluate(condition: ConditionOrAlways, facts: Facts, entry: Entry | None = None) -> Truth:
    """Return whether the condition holds; within a quantifier, of `entry`.

    Raises NotInForceError if it reads a parameter that has no value yet on the day.
    """
    match condition:
        case str():  # "always"; a value pattern would compare it with every model, at more cost than the whole walk
            return Truth(value=True)
        case Compare():
            return _compare(condition, facts, entry)
        case Holds(holds=name):
            return _definition(name, facts, entry)
        case AllOf(all_of=parts):
            return _joined(map(evaluate, parts, repeat(facts), repeat(entry)), facts, decisive=False)
        case AnyOf(any_of=parts):
            return _joined(map(evaluate, parts, repeat(facts), repeat(entry)), facts, decisive=True)
        case Not(not_=part):
            return _opposite(evaluate(part, facts, entry))
        case Quantifier(entity=entity):
            return _of_list(_quantified(condition, facts), entity, facts)
        case _:
            assert_never(condition)


def _quantified(node: Quantifier, facts: Facts) -> Truth:
    truths = _each(node.entity, node.where, facts)
    match node.kind:
        case "some":
            return _joined(truths, facts, decisive=True)
        case "every":
            return _joined(truths, facts, decisive=False)
        case "at_least":
            return _at_least(list(truths), node.bound)
        case "at_most":
            return _opposite(_at_least(list(truths), node.bound + 1))
        case _:
            assert_never(node.kind)


def _definition(name: str, facts: Facts, entry: Entry | None) -> Truth:
    """Return what a definition says; many rules use the same one, and of the same entry it says the same."""
    key = name, id(entry)
    if key not in facts.held:
        facts.held[key] = evaluate(facts.definitions[name], facts, entry)
    return facts.held[key]


def _compare(node: Compare, facts: Facts, entry: Entry | None) -> Truth:
    """Return what a comparison says of a fact; types fit, that was checked when the set was loaded."""
    entity, _, short = node.fact.partition(".")
    holder = facts.single.get(entity) or entry
    assert holder is not None  # noqa: S101 (scope was checked when the set was loaded)
    value = _compared(node, holder.values.get(short), facts)
    return Truth(value, (Read(entity, holder.id, short),)) if facts.thorough else _ALONE[value]


def _compared(node: Compare, have: Stated, facts: Facts) -> bool | None:
    if have is None:
        return None
    wanted, order = facts.operand(node.operand), facts.orders.get(node.fact)
    if not isinstance(have, Among):
        return _holds(node.op, have, wanted, order)
    answers = {_holds(node.op, one, wanted, order) for one in have.values}
    return answers.pop() if len(answers) == 1 else None


def _holds(op: Op, have: Any, wanted: Any, order: Mapping[Any, int] | None) -> bool:
    match op:
        case "is":
            return bool(have == wanted)
        case "one_of":
            return have in wanted
        case "at_least":
            return bool(have >= wanted) if order is None else order[have] >= order[wanted]
        case "at_most":
            return bool(have <= wanted) if order is None else order[have] <= order[wanted]
        case "includes":
            return wanted in have
        case "includes_any":
            return any(one in have for one in wanted)
        case _:
            assert_never(op)


def _each(entity: str, where: Condition, facts: Facts) -> Iterator[Truth]:
    """Yield what the condition says of each entry; an unanswered list is as if one entry were unknown."""
    entries = facts.lists[entity]
    if entries is None:
        return iter((Truth(None),))
    if facts.thorough or len(entries) < MANY:
        return map(evaluate, repeat(where), repeat(facts), entries)
    return _of_alike(entity, where, facts, entries)


def _of_alike(entity: str, where: Condition, facts: Facts, entries: Iterable[Entry]) -> Iterator[Truth]:
    """Yield what the condition says of each entry, asked once of those alike in all that it reads.

    Most findings are absent and alike, and every rule of a ladder asks all of them.
    """
    named = facts_in(where, facts.definitions)
    read = tuple(sorted(fact.partition(".")[2] for fact in named if fact.startswith(f"{entity}.")))
    if (entity, read) not in facts.alike:
        facts.alike[entity, read] = _grouped(entries, read)
    for one, number in facts.alike[entity, read]:
        yield from repeat(evaluate(where, facts, one), number)


def _grouped(entries: Iterable[Entry], read: tuple[str, ...]) -> tuple[tuple[Entry, int], ...]:
    """Return the first of those entries that are alike in these values, with how many they are."""
    numbers: dict[tuple[Stated, ...], int] = {}
    first: dict[tuple[Stated, ...], Entry] = {}
    for one in entries:
        alike = tuple(map(one.values.get, read))
        numbers[alike] = numbers.get(alike, 0) + 1
        first.setdefault(alike, one)
    return tuple((one, numbers[alike]) for alike, one in first.items())


def _of_list(found: Truth, entity: str, facts: Facts) -> Truth:
    """Return what a quantifier says; of an unanswered list it is unknown, and that or an empty one names itself."""
    entries = facts.lists[entity]
    if entries is None:
        return Truth(None, (Read(entity, None, None),))
    return found if entries else Truth(found.value, (Read(entity, None, None),))


def _joined(truths: Iterable[Truth], facts: Facts, *, decisive: bool) -> Truth:
    """Return the decisive value if one part has it, else unknown if one is, else the other; it names those parts."""
    value: bool | None = not decisive
    reads: list[tuple[Read, ...]] = []
    for said, read in truths:
        if said is decisive and value is not decisive:
            if not facts.thorough:
                return _ALONE[decisive]
            value, reads = decisive, []
        elif said is None and value is not decisive and value is not None:
            value, reads = None, []
        if said is value:
            reads.append(read)
    if not facts.thorough:
        return _ALONE[value]
    return Truth(value, reads[0] if len(reads) == 1 else tuple(chain.from_iterable(reads)))


def _at_least(truths: list[Truth], number: int) -> Truth:
    """Return whether so many hold: true names those that do, false those that do not, unknown the unknown ones."""
    certain = sum(one.value is True for one in truths)
    possible = sum(one.value is not False for one in truths)
    value = True if certain >= number else None if possible >= number else False
    if value is False:
        return Truth(value, _reads([one for one in truths if one.value is not True]))
    return Truth(value, _reads([one for one in truths if one.value is value]))


def _opposite(truth: Truth) -> Truth:
    return truth if truth.value is None else Truth(not truth.value, truth.reads)


def _reads(truths: list[Truth]) -> tuple[Read, ...]:
    return tuple(chain.from_iterable([one.reads for one in truths]))
