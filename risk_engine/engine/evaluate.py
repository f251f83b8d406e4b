"""The reference meaning of conditions: three-valued logic (Kleene) over the facts of one case, with what was read.

A leaf on an unanswered fact is unknown; a quantifier over an unanswered list is unknown; over an empty one `some` is
false and `every` true. Every other reading of conditions is tested against this one (design, sections 4, 6 and 9).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain
from operator import contains, eq, ge, le
from typing import Any, NamedTuple, assert_never

from risk_engine.engine.facts import Among, Entry, Facts, Read
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    ConditionOrAlways,
    Count,
    Every,
    Holds,
    Includes,
    IncludesAny,
    Is,
    Not,
    OneOf,
    Some,
)


class Truth(NamedTuple):
    """What came out (None is unknown) and the facts that made it so: only those whose change would matter."""

    value: bool | None
    reads: tuple[Read, ...] = ()


def evaluate(condition: ConditionOrAlways, facts: Facts, entry: Entry | None = None) -> Truth:
    """Return whether the condition holds; within a quantifier, of `entry`.

    Raises NotInForceError if it reads a parameter that has no value yet on the day.
    """
    match condition:
        case str():  # "always"; a value pattern would compare it with every model, at more cost than the whole walk
            return Truth(value=True)
        case Is(fact=fact, is_=wanted):
            return _leaf(fact, eq, wanted, facts, entry)
        case AtLeast(fact=fact, at_least=bound):
            return _leaf(fact, ge, bound, facts, entry)
        case AtMost(fact=fact, at_most=bound):
            return _leaf(fact, le, bound, facts, entry)
        case AllOf(all_of=parts):
            return _joined((evaluate(part, facts, entry) for part in parts), facts, decisive=False)
        case AnyOf(any_of=parts):
            return _joined((evaluate(part, facts, entry) for part in parts), facts, decisive=True)
        case OneOf(fact=fact, one_of=options):
            return _leaf(fact, _is_in, options, facts, entry)
        case Includes(fact=fact, includes=option):
            return _leaf(fact, contains, option, facts, entry)
        case IncludesAny(fact=fact, includes_any=options):
            return _leaf(fact, _have_one_of, options, facts, entry)
        case Not(not_=part):
            return _opposite(evaluate(part, facts, entry))
        case Holds(holds=name):
            return evaluate(facts.definitions[name], facts, entry)
        case Some(some=entity, where=where):
            return _quantified(entity, where, facts, lambda truths: _joined(truths, facts, decisive=True))
        case Every(every=entity, where=where):
            return _quantified(entity, where, facts, lambda truths: _joined(truths, facts, decisive=False))
        case Count(count=entity, where=where, at_least=int() as number):
            return _quantified(entity, where, facts, lambda truths: _at_least(list(truths), number))
        case Count(count=entity, where=where, at_most=most):
            number = (most or 0) + 1  # never None: exactly one of the two bounds is given
            return _quantified(entity, where, facts, lambda truths: _opposite(_at_least(list(truths), number)))
        case _:
            assert_never(condition)


def _leaf(fact: str, holds: Callable[[Any, Any], bool], wanted: Any, facts: Facts, entry: Entry | None) -> Truth:
    """Return what a comparison says of a fact; types fit, that was checked when the set was loaded."""
    entity, _, short = fact.partition(".")
    holder = facts.single.get(entity) or entry
    assert holder is not None  # noqa: S101 (scope was checked when the set was loaded)
    have = holder.values.get(short)
    read = (Read(entity, holder.id, short),)
    if have is None:
        return Truth(None, read)
    wanted = facts.operand(wanted)
    order: Mapping[Any, int] | None = facts.orders.get(fact) if holds is ge or holds is le else None
    if order is not None:
        wanted = order[wanted]
    if isinstance(have, Among):
        answers = {holds(one if order is None else order[one], wanted) for one in have.values}
        return Truth(answers.pop() if len(answers) == 1 else None, read)
    return Truth(holds(have if order is None else order[have], wanted), read)


def _is_in(have: object, options: Collection[object]) -> bool:
    return have in options


def _have_one_of(have: Collection[object], options: Collection[object]) -> bool:
    return not set(options).isdisjoint(have)


def _quantified(entity: str, where: Condition, facts: Facts, combine: Callable[[Iterator[Truth]], Truth]) -> Truth:
    """Return what `combine` makes of the entries; an unanswered list is unknown, and an empty one names itself."""
    entries = facts.lists[entity]
    if entries is None:
        return Truth(None, (Read(entity, None, None),))
    found = combine(evaluate(where, facts, one) for one in entries)
    return found if entries else Truth(found.value, (Read(entity, None, None),))


def _joined(truths: Iterable[Truth], facts: Facts, *, decisive: bool) -> Truth:
    """Return the decisive value if one part has it, else unknown if one is, else the other; it names those parts."""
    found = []
    value: bool | None = not decisive
    for one in truths:
        found.append(one)
        if one.value is decisive:
            value = decisive
            if not facts.thorough:
                break
        elif one.value is None and value is not decisive:
            value = None
    return Truth(value, _reads([one for one in found if one.value is value]))


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
