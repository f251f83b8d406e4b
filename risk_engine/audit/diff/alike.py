"""What two versions say otherwise and mean alike becomes one term, so that whatever is made of it is one term too.

A definition put in other words changes the terms of every rule that reads it; a solver that is asked of each of them
shows the same again and again. So each piece is held against its counterpart where it is made: definitions first, then
what lists are asked, then whole findings. Pieces are one where their own unknowns, and what every case fulfils of these
alone, allow no difference. What is not seen so stays two terms, and is asked of cases as before.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeAlias

from risk_engine.solver.findings import Finding
from risk_engine.solver.space import Space
from risk_engine.solver.terms import Order, Pair, Term, is_same, negated, same
from risk_engine.solver.unbounded import Unbounded

IsAlike: TypeAlias = Callable[[Iterable[Term], Iterable[Term]], bool]


class _Held(dict[tuple[str, Any], Pair]):
    """What definitions came to in the later version: the earlier one's terms where both mean the same."""

    def __init__(self, earlier: dict[tuple[str, Any], Pair], is_alike: IsAlike) -> None:
        super().__init__()
        self._earlier = earlier
        self._is_alike = is_alike

    def __setitem__(self, place: tuple[str, Any], pair: Pair) -> None:
        there = self._earlier.get(place)
        super().__setitem__(place, there if there is not None and self._is_alike(there, pair) else pair)


def join(space: Space) -> None:
    """Let definitions and questions about lists that mean the same be one in both readings of a space.

    It is to be done before anything is asked of the later one; the earlier one is asked first.
    """
    before, after = space.readings

    def is_alike(some: Iterable[Term], others: Iterable[Term]) -> bool:
        return means_same(space, some, others)

    if isinstance(space, Unbounded):
        space.blanks.is_alike = is_alike
    for one, other in zip(before.every_facts(), after.every_facts(), strict=False):
        other.held = _Held(one.held, is_alike)


def join_findings(space: Space) -> None:
    """Let findings that come out alike be one in both readings, also where only some of what they come to is alike."""
    before, after = space.readings
    for name in before.in_force:
        if name in after.in_force:
            after.take(_joined(space, before.finding(name), after.finding(name)))


def means_same(space: Space, some: Iterable[Term], others: Iterable[Term]) -> bool:
    """Return whether it is plain that terms never differ from their counterparts."""
    return all(
        is_same(one, other) or space.is_plainly_impossible(negated(same(one, other)))
        for one, other in zip(some, others, strict=True)
    )


def _joined(space: Space, one: Finding, other: Finding) -> Finding:
    # Where an order is both ends of something it stays so: what reads it sees that nothing is open.
    known: dict[int, Order] = {}

    def order(there: Order, own: Order) -> Order:
        if id(own) not in known:
            parts = zip(there, own, strict=True)
            terms = tuple(was if means_same(space, [was], [now]) else now for was, now in parts)
            known[id(own)] = there if all(map(is_same, terms, there)) else terms
        return known[id(own)]

    return replace(
        other,
        inherent=order(one.inherent, other.inherent),
        possible=order(one.possible, other.possible),
        residual=(order(one.residual[0], other.residual[0]), order(one.residual[1], other.residual[1])),
        knock_out=(order(one.knock_out[0], other.knock_out[0]), order(one.knock_out[1], other.knock_out[1])),
        is_open=one.is_open if means_same(space, [one.is_open], [other.is_open]) else other.is_open,
    )
