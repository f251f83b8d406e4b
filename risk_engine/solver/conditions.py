"""A condition over every possible case as a pair of terms: what must hold, and what may.

What the engine's evaluator says of one case is said of every case at once.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias, assert_never

from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Not,
    Op,
    ParameterRef,
    Quantifier,
    negation,
    used_here,
)
from risk_engine.solver.blanks import Answer
from risk_engine.solver.domains import Domain
from risk_engine.solver.terms import (
    SURE,
    Chosen,
    Interval,
    Pair,
    Term,
    among,
    both,
    either,
    every,
    is_settled,
    negated,
    number,
    settled_ends,
    some,
)


class Entry(NamedTuple):
    """A place of a list as conditions see it: which one, and whether there is an entry."""

    key: Any
    present: Term


Further: TypeAlias = Callable[[int], Pair]
"""Whether at least so many entries fulfil a condition among those of a list that have no place of their own."""


class Readable(Protocol):
    """What a condition is read over: facts of a case, or findings, dimensions and ladders beside them."""

    definitions: Mapping[str, Condition]
    orders: Mapping[str, Mapping[str, int]]
    """Fact: the rank of each of its options, where they are in an order."""
    held: dict[tuple[str, Any], Pair]
    """What definitions came to, by the entry that they were read of."""
    compared: dict[tuple[str, str, Any, Any], Pair]
    """What comparisons came to: of which fact, how and with what, of which entry."""

    def answer(self, fact: str, key: Any) -> tuple[Answer, Domain]:
        """Return the value of a fact of an entry with the values that it can have."""

    def entries(self, entity: str) -> tuple[Term, Sequence[Entry]]:
        """Return whether a list is answered, and its entries."""

    def further(self, entity: str, where: Condition) -> Further | None:
        """Return what further entries of a list say of a condition; None where every entry has a place of its own."""

    def operand(self, wanted: Any) -> Any:
        """Return a constant itself, or the value of a parameter on the day."""

    def likeness(self, entity: str, where: Condition, key: Any) -> Any:
        """Return what entries have in common of which a condition says the same for certain; None of any other."""


def read(condition: ConditionOrAlways, over: Readable, key: Any = None) -> Pair:
    """Return whether a condition holds, must and may; within a quantifier, of the entry `key`.

    Raises NotInForceError if it reads a parameter that has no value yet on the day.
    """
    match condition:
        case str():  # "always"
            return SURE
        case AllOf(all_of=parts):
            return _joined(every, [read(part, over, key) for part in parts])
        case AnyOf(any_of=parts):
            return _joined(some, [read(part, over, key) for part in parts])
        case Not(not_=part):
            return _opposite(read(part, over, key))
        case Holds(holds=name):
            return _defined(name, over, key)
        case Quantifier():
            return _quantified(condition, over)
        case Compare():
            return _leaf(condition, over, key)
        case _:
            assert_never(condition)


def _defined(name: str, over: Readable, key: Any) -> Pair:
    """Return what a definition says: it is read once of an entry, and after those that it uses itself."""
    waiting = [] if (name, key) in over.held else [name]
    while waiting:
        body = over.definitions[waiting[-1]]
        unread = [used for used in used_here(body) if (used, key) not in over.held]
        waiting += unread
        if not unread:
            over.held[waiting.pop(), key] = read(body, over, key)
    return over.held[name, key]


def _joined(join: Any, parts: Sequence[Pair]) -> Pair:
    must = join(one.must for one in parts)
    return Pair(must, must if is_settled(parts) else join(one.may for one in parts))


def _opposite(pair: Pair) -> Pair:
    must = negated(pair.may)
    return Pair(must, must if pair.must is pair.may else negated(pair.must))


def _quantified(node: Quantifier, over: Readable) -> Pair:
    match node.kind:
        case "some" | "at_least":
            return _counted(node.entity, node.where, node.bound, over)
        case "every":
            return _opposite(_counted(node.entity, negation(node.where), node.bound, over))
        case "at_most":
            return _opposite(_counted(node.entity, node.where, node.bound + 1, over))
        case _:
            assert_never(node.kind)


def _counted(entity: str, where: Condition, least: int, over: Readable) -> Pair:
    """Return whether at least so many entries fulfil `where`; of an unanswered list that is unknown."""
    listed, entries = over.entries(entity)
    parts = [(one.present, pair) for one, pair in zip(entries, _of_each(entity, where, entries, over), strict=True)]
    further = over.further(entity, where)
    if further is not None:
        must, may = _with_further(parts, least, further)
        return Pair(both(listed, must), either(negated(listed), may))
    must = may = number((both(present, part.must) for present, part in parts), least)
    if not is_settled(part for _present, part in parts):
        may = number((both(present, part.may) for present, part in parts), least)
    return Pair(both(listed, must), either(negated(listed), may))


def _with_further(parts: Sequence[tuple[Term, Pair]], least: int, further: Further) -> Pair:
    """Return whether so many fulfil a condition: some of the entries that have a place, the others of those beyond."""
    musts = [both(present, part.must) for present, part in parts]
    mays = [both(present, part.may) for present, part in parts]
    beyond = [SURE, *map(further, range(1, least + 1))]
    here = range(min(least, len(parts)) + 1)
    return Pair(
        some(both(number(musts, count), beyond[least - count].must) for count in here),
        some(both(number(mays, count), beyond[least - count].may) for count in here),
    )


def _of_each(entity: str, where: Condition, entries: Sequence[Entry], over: Readable) -> Iterator[Pair]:
    """Yield what a condition says of each entry, read once of those that are alike."""
    known: dict[Any, Pair] = {}
    for one in entries:
        alike = over.likeness(entity, where, one.key)
        if alike is None:
            yield read(where, over, one.key)
            continue
        if alike not in known:
            known[alike] = read(where, over, one.key)
        yield known[alike]


def _leaf(leaf: Compare, over: Readable, key: Any) -> Pair:
    operation, wanted = leaf.op, leaf.operand
    value = over.operand(wanted) if isinstance(wanted, ParameterRef) else wanted
    # Several rules compare the same, and ladders compare every finding.
    known = leaf.fact, operation, value, key
    if known not in over.compared:
        over.compared[known] = _compared(leaf.fact, operation, value, over, key)
    return over.compared[known]


def _compared(fact: str, operation: Op, value: Any, over: Readable, key: Any) -> Pair:
    answer, domain = over.answer(fact, key)
    if answer.unknown is True:
        return Pair(must=False, may=True)
    match answer:
        case Chosen(unknown, options):
            holds = _of_chosen(operation, value, options)
            return Pair(both(negated(unknown), holds), either(unknown, holds))
        case Interval():
            order = over.orders.get(fact)
            ends = settled_ends(answer)
            if ends is not None:
                holds = [_holds(operation, one, value, order) for one in domain[ends[0] : ends[1] + 1]]
                return Pair(all(holds), any(holds))
            return among(answer, satisfying(operation, value, domain, order))


def _of_chosen(operation: Op, value: Any, options: Mapping[str, Term]) -> Term:
    match operation:
        case "includes":
            return options.get(value, False)
        case "includes_any":
            return some(options.get(one, False) for one in value)
        case "is" | "one_of" | "at_least" | "at_most":  # of these only `is: []`: nothing is chosen
            return negated(some(options.values()))
        case _:
            assert_never(operation)


def satisfying(operation: Op, value: Any, domain: Domain, order: Mapping[str, int] | None) -> frozenset[int]:
    """Return the places of a domain whose values a comparison holds for.

    An option that is not in this set's order, since only another set has it, fulfils no comparison.
    """
    return frozenset(place for place, one in enumerate(domain) if _holds(operation, one, value, order))


def _holds(operation: Op, have: Any, value: Any, order: Mapping[str, int] | None) -> bool:
    match operation:
        case "is":
            return bool(have == value)
        case "one_of":
            return have in value
        case _ if order is not None and have not in order:
            return False
        case "at_least":
            return bool(order[have] >= order[value]) if order is not None else bool(have >= value)
        case "at_most":
            return bool(order[have] <= order[value]) if order is not None else bool(have <= value)
        case "includes" | "includes_any":  # of several options only, which are no classes
            raise TypeError(operation, have)
        case _:
            assert_never(operation)
