"""The reference meaning of conditions: three-valued logic (Kleene) over the facts of one case, with what was read.

A comparison with an unanswered fact is unknown; a quantifier over an unanswered list is unknown; over an empty one
`some` is false and `every` true. Every other reading of conditions is tested against this one (design, sections 4, 6
and 9). It is plain on purpose: who wants it fast uses `engine.program`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, assert_never

from risk_engine.engine.facts import Among, Entry, Facts, Read, Truth
from risk_engine.model.conditions import AllOf, AnyOf, Compare, ConditionOrAlways, Holds, Not, Op, Quantifier, used_here


def evaluate(condition: ConditionOrAlways, facts: Facts, entry: Entry | None = None) -> Truth:
    """Return whether the condition holds; within a quantifier, of `entry`.

    Raises NotInForceError if it reads a parameter that has no value yet on the day.
    """
    match condition:
        case str():  # "always"; a value pattern would compare it with every model, at more cost than the whole walk
            return Truth(value=True)
        case Compare():
            return _compared(condition, facts, entry)
        case Holds(holds=name):
            return _defined(name, facts, entry)
        case AllOf(all_of=parts):
            return _joined([evaluate(part, facts, entry) for part in parts], decisive=False)
        case AnyOf(any_of=parts):
            return _joined([evaluate(part, facts, entry) for part in parts], decisive=True)
        case Not(not_=part):
            return _opposite(evaluate(part, facts, entry))
        case Quantifier():
            return _quantified(condition, facts)
        case _:
            assert_never(condition)


def _compared(node: Compare, facts: Facts, entry: Entry | None) -> Truth:
    """Return what a comparison says of a fact; types fit, that was checked when the set was loaded."""
    entity, _, short = node.fact.partition(".")
    holder = facts.single.get(entity) or entry
    assert holder is not None  # noqa: S101 (scope was checked when the set was loaded)
    have, read = holder.values.get(short), (Read(entity, holder.id, short),)
    if have is None:
        return Truth(None, read)
    wanted, order = facts.operand(node.operand), facts.orders.get(node.fact)
    if not isinstance(have, Among):
        return Truth(holds(node.op, have, wanted, order), read)
    answers = {holds(node.op, value, wanted, order) for value in have.values}
    return Truth(answers.pop() if len(answers) == 1 else None, read)


def holds(op: Op, have: Any, wanted: Any, order: Mapping[Any, int] | None) -> bool:
    """Return what an operation says of a value that is known; `order` ranks the options of a fact that has an order."""
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
            return any(option in have for option in wanted)
        case _:
            assert_never(op)


def _defined(name: str, facts: Facts, entry: Entry | None) -> Truth:
    """Return what a definition says: it is read once of an entry, and after those that it uses itself."""
    waiting = [] if (name, id(entry)) in facts.held else [name]
    while waiting:
        body = facts.definitions[waiting[-1]]
        unread = [used for used in used_here(body) if (used, id(entry)) not in facts.held]
        waiting += unread
        if not unread:
            facts.held[waiting.pop(), id(entry)] = evaluate(body, facts, entry)
    return facts.held[name, id(entry)]


def _quantified(node: Quantifier, facts: Facts) -> Truth:
    """Return what a quantifier says; of an unanswered list it is unknown, and that or an empty one names itself."""
    entries = facts.lists[node.entity]
    truths = [evaluate(node.where, facts, entry) for entry in entries or ()]
    match node.kind:
        case "some":
            found = _joined(truths, decisive=True)
        case "every":
            found = _joined(truths, decisive=False)
        case "at_least":
            found = _at_least(truths, node.bound)
        case "at_most":
            found = _opposite(_at_least(truths, node.bound + 1))
        case _:
            assert_never(node.kind)
    if entries:
        return found
    return Truth(None if entries is None else found.value, (Read(node.entity, None, None),))


def _joined(truths: Sequence[Truth], *, decisive: bool) -> Truth:
    """Return the decisive value if one part has it, else unknown if one is, else the other; it names those parts."""
    values = {truth.value for truth in truths}
    value = decisive if decisive in values else None if None in values else not decisive
    return Truth(value, _reads(truth for truth in truths if truth.value is value))


def _at_least(truths: Sequence[Truth], number: int) -> Truth:
    """Return whether so many hold: true names those that do, false those that do not, unknown the unknown ones."""
    certain = sum(truth.value is True for truth in truths)
    possible = sum(truth.value is not False for truth in truths)
    value = True if certain >= number else None if possible >= number else False
    # What fails names the unknown ones too: they are not enough.
    named = (truth for truth in truths if (truth.value is not True if value is False else truth.value is value))
    return Truth(value, _reads(named))


def _opposite(truth: Truth) -> Truth:
    return truth if truth.value is None else Truth(not truth.value, truth.reads)


def _reads(truths: Iterable[Truth]) -> tuple[Read, ...]:
    return tuple(dict.fromkeys(read for truth in truths for read in truth.reads))
