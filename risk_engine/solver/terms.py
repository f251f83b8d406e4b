"""The few terms that everything is made of: booleans of the solver, pairs of them, and values in an order.

A constant is a plain Python boolean and is folded at once, so that the solver never sees what is settled already.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from math import gcd
from typing import Any, NamedTuple, TypeAlias

import z3

Term: TypeAlias = Any
"""A boolean: `True` or `False` where it is settled, else a term of the solver."""
Order: TypeAlias = tuple[Term, ...]
"""A value among values in an order: for each place whether the value stands there or later; the first always holds."""


class Pair(NamedTuple):
    """A three-valued truth (Kleene) as two terms: true is `must`, false is not `may`, unknown is `may` alone."""

    must: Term
    may: Term


SURE = Pair(must=True, may=True)


def is_settled(pairs: Iterable[Pair]) -> bool:
    """Return whether none of the truths can be unknown, as far as is plain: then one term says both ends."""
    return all(one.must is one.may for one in pairs)


class Interval(NamedTuple):
    """A value that is known, unanswered (`unknown`), or one of those from `low` to `high`."""

    unknown: Term
    low: Order
    high: Order


class Chosen(NamedTuple):
    """An answer that is any number of options: for each whether it is among them."""

    unknown: Term
    options: dict[str, Term]


# The solver's own functions for these few terms look at the sort of every part at every call, which takes half of the
# time of a proof; everything here is a boolean of one context.


def key(term: Any) -> int:
    """Return what tells a term from every other one, as long as it is kept: the solver makes equal terms but once."""
    return term.ast.value  # type: ignore[no-any-return]


def is_same(one: Term, other: Term) -> bool:
    """Return whether two terms are one and the same, so that nothing can make a difference between them."""
    return one is other or (not isinstance(one, bool) and not isinstance(other, bool) and key(one) == key(other))


def read_by(term: Term) -> frozenset[int]:
    """Return the keys of the unknowns that a term is made of."""
    found, seen, waiting = set[int](), set[int](), [] if isinstance(term, bool) else [term.ast]
    while waiting:
        ast = waiting.pop()
        if ast.value in seen:
            continue
        seen.add(ast.value)
        parts = z3.Z3_get_app_num_args(term.ctx.ctx, ast)
        waiting += [z3.Z3_get_app_arg(term.ctx.ctx, ast, number) for number in range(parts)]
        if not parts:
            found.add(ast.value)
    return frozenset(found)


def negated(term: Term) -> Term:
    """Return the opposite."""
    if isinstance(term, bool):
        return not term
    return z3.BoolRef(z3.Z3_mk_not(term.ctx.ctx, term.ast), term.ctx)


def tell(solver: z3.Solver, terms: Iterable[Term]) -> None:
    """Hold a solver to terms."""
    for term in terms:
        if term is not True:
            known = z3.BoolVal(val=False, ctx=solver.ctx) if term is False else term
            z3.Z3_solver_assert(known.ctx.ctx, solver.solver, known.ast)


def both(*terms: Term) -> Term:
    """Return whether all of the terms hold."""
    return every(terms)


def either(*terms: Term) -> Term:
    """Return whether one of the terms holds."""
    return some(terms)


def every(terms: Iterable[Term]) -> Term:
    """Return whether all of them hold; true where there are none."""
    return _joined(terms, z3.Z3_mk_and, neutral=True)


def some(terms: Iterable[Term]) -> Term:
    """Return whether one of them holds; false where there are none."""
    return _joined(terms, z3.Z3_mk_or, neutral=False)


def _joined(terms: Iterable[Term], join: Callable[..., Any], *, neutral: bool) -> Term:
    kept: dict[int, Term] = {}
    for term in terms:
        if term is neutral:
            continue
        if isinstance(term, bool):
            return term
        kept[term.ast.value] = term
    if not kept:
        return neutral
    several = list(kept.values())
    if len(several) == 1:
        return several[0]
    context = several[0].ctx
    parts = (z3.Ast * len(several))(*(one.ast for one in several))
    return z3.BoolRef(join(context.ctx, len(several), parts), context)


def same(one: Term, other: Term) -> Term:
    """Return whether both hold or neither does."""
    if isinstance(one, bool):
        one, other = other, one
    if isinstance(other, bool):
        return one if other else negated(one)
    if key(one) == key(other):
        return True
    return z3.BoolRef(z3.Z3_mk_eq(one.ctx.ctx, one.ast, other.ast), one.ctx)


def choose(condition: Term, then: Term, otherwise: Term) -> Term:
    """Return the one term where the condition holds, else the other."""
    if isinstance(condition, bool):
        return then if condition else otherwise
    return either(both(condition, then), both(negated(condition), otherwise))


def total(weighted: Iterable[tuple[Term, int]], at_least: int) -> Term:
    """Return whether the weights of the terms that hold sum to so much; no weight is negative."""
    left: list[tuple[Term, int]] = []
    needed = at_least
    for term, weight in weighted:
        if term is True:
            needed -= weight
        elif term is not False and weight:
            left.append((term, weight))
    if needed <= 0:
        return True
    if sum(weight for _, weight in left) < needed:
        return False
    step = gcd(*(weight for _, weight in left))
    left, needed = [(term, weight // step) for term, weight in left], -(-needed // step)
    # One that is enough alone, or any of many that count alike, needs no sum.
    if all(weight >= needed for _, weight in left):
        return some(term for term, _ in left)
    return z3.PbGe(left, needed)


def number(terms: Iterable[Term], at_least: int) -> Term:
    """Return whether at least so many of the terms hold."""
    return total(((term, 1) for term in terms), at_least)


# --- values in an order ---


def between(low: Order, high: Order | None = None) -> Interval:
    """Return the value that is known between two ends; without the second it is the first."""
    return Interval(unknown=False, low=low, high=low if high is None else high)


def constant(place: int, length: int) -> Order:
    """Return the value at a place among so many."""
    return tuple(index <= place for index in range(length))


def is_at(order: Order, place: int) -> Term:
    """Return whether the value stands exactly at a place."""
    return both(order[place], at_most(order, place))


def at_most(order: Order, place: int) -> Term:
    """Return whether the value stands at a place or an earlier one."""
    return True if place + 1 >= len(order) else negated(order[place + 1])


def falls(before: Order, after: Order) -> Term:
    """Return whether a value is lower after than before."""
    return some(both(one, negated(other)) for one, other in zip(before, after, strict=True) if not is_same(one, other))


def settled_ends(value: Interval) -> tuple[int, int] | None:
    """Return the places between which a value stands, if both are settled; None of every other one."""
    if value.unknown is not False or not all(isinstance(one, bool) for one in (*value.low, *value.high)):
        return None
    return sum(value.low) - 1, sum(value.high) - 1


def runs(places: Collection[int], length: int) -> list[tuple[int, int]]:
    """Return the places below `length` as runs without a gap, each with its first and its last place."""
    found: list[tuple[int, int]] = []
    for place in range(length):
        if place not in places:
            continue
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found


def among(value: Interval, places: Collection[int]) -> Pair:
    """Return whether the value is at one of these places: certainly, and possibly."""
    length = len(value.low)
    inside, outside = runs(places, length), runs(set(range(length)) - set(places), length)
    may = some(both(at_most(value.low, last), value.high[first]) for first, last in inside)
    # Where both ends are the same term the value is settled, and what may be so is so.
    if value.low is value.high:
        must = may
    else:
        must = every(negated(both(at_most(value.low, last), value.high[first])) for first, last in outside)
    return Pair(both(negated(value.unknown), must), either(value.unknown, may))


def picked(cases: Sequence[tuple[Term, Order]], length: int) -> Order:
    """Return the value of the case that holds; without any the first value."""
    return tuple(
        True if index == 0 else some(both(term, order[index]) for term, order in cases) for index in range(length)
    )


# --- another copy of a case: unknowns that take the place of others ---

Pairs = Sequence[tuple[Term, Term]]


def unknowns(answer: Interval | Chosen) -> Sequence[Term]:
    """Return the terms that an answer is made of."""
    match answer:
        case Chosen(unknown, options):
            return (unknown, *options.values())
        case Interval(unknown, low, _high):
            return (unknown, *low)


def replaced_by(old: Interval | Chosen, new: Interval | Chosen) -> list[tuple[Term, Term]]:
    """Return what takes the place of what where one answer takes that of another."""
    terms = zip(unknowns(old), unknowns(new), strict=True)
    return [(one, other) for one, other in terms if not isinstance(one, bool)]


def arrays(pairs: Pairs) -> tuple[int, Any, Any]:
    """Return pairs as the solver takes them."""
    before, after = (z3.Ast * len(pairs))(), (z3.Ast * len(pairs))()
    for place, (one, other) in enumerate(pairs):
        before[place], after[place] = one.as_ast(), other.as_ast()
    return len(pairs), before, after


def copied(terms: Iterable[Term], pairs: Pairs) -> list[Term]:
    """Return what terms say of the copy; what they have in common is gone through once."""
    found = list(terms)
    places = [place for place, one in enumerate(found) if not isinstance(one, bool)]
    if not places or not pairs:
        return found
    context = found[places[0]].ctx
    # One term that holds them all: a conjunction that nothing folds. Of one alone none is made, so there are two more.
    held = [*(found[place] for place in places), *pairs[0]]
    parts = (z3.Ast * len(held))(*(one.as_ast() for one in held))
    whole = z3.BoolRef(z3.Z3_mk_and(context.ref(), len(held), parts), context)
    image = z3.BoolRef(z3.Z3_substitute(context.ref(), whole.ast, *arrays(pairs)), context)
    for number, place in enumerate(places):
        found[place] = image.arg(number)
    return found
