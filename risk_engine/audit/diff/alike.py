"""What two versions say otherwise and mean alike becomes one term, so that whatever is made of it is one term too.

A definition put in other words changes the terms of every rule that reads it; a solver that is asked of each of them
shows the same again and again. So each piece is held against its counterpart where it is made: definitions first, then
what lists are asked, then whole findings. Pieces are one where their own unknowns, and what every case fulfils of these
alone, allow no difference. What is not seen so stays two terms, and is asked of cases as before.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from itertools import chain, combinations, product
from typing import Any, TypeAlias

from risk_engine.audit.diff.targets import Findings
from risk_engine.model.criteria import Criteria
from risk_engine.model.profile import days_of_change, parameters_on
from risk_engine.model.references import Reads, RuleKind, rules_reading
from risk_engine.solver.space import Space
from risk_engine.solver.terms import Order, Pair, Term, both, either, is_same, key, negated, read_by, same
from risk_engine.solver.unbounded import Quantified, Unbounded

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


def join_findings(space: Unbounded) -> None:
    """Let findings that come out alike be one in both readings, also where only some of what they come to is alike.

    Of what the others ask of the entries of lists it is said what follows from what (`Following`).
    """
    before, after = space.readings
    following = Following(space)
    for name in before.in_force:
        if name in after.in_force:
            there, own = before.finding(name), after.finding(name)
            after.take(own.combined(_joining(space), there))
            sides = (chain(*one.finding(name).seen) for one in space.readings)
            following.add([pair for pair in zip(*sides, strict=True) if not is_same(*pair)])
    following.tell()


def means_same(space: Space, some: Iterable[Term], others: Iterable[Term]) -> bool:
    """Return whether it is plain that terms never differ from their counterparts."""
    return all(
        is_same(one, other) or space.is_plainly_impossible(negated(same(one, other)))
        for one, other in zip(some, others, strict=True)
    )


def holds_later(space: Unbounded, later: date) -> bool:
    """Return whether what findings alone proved on the day of a space holds on a later day too.

    Between the days parameters alone change, nothing but indicators reads them, and these come out alike in both
    versions on both days. Then what can differ is the same on both days, and all else is free in such a proof.
    """
    before, after = space.readings
    names = [_reading_what_changes(one, space.on, later) for one in space.sets]
    reading = frozenset[str]().union(*(one for one in names if one is not None))
    if None in names or not reading.isdisjoint(Findings(before, after).different()):
        return False
    there = Unbounded(Space(space.sets, space.base, later, space.limits))
    before, after = there.readings
    for name in reading.intersection(before.in_force):
        before.finding(name)
    join(there)
    return all(
        means_same(there, *(chain(*one.finding(name).seen) for one in (before, after)))
        for name in reading.intersection(before.in_force, after.in_force)
    )


def _reading_what_changes(criteria: Criteria, day: date, later: date) -> frozenset[str] | None:
    """Return the indicators that read parameters of other values on a later day; None where more is otherwise."""
    apart_from_parameters = criteria.model_copy(update={"parameters": {}, "awareness": {}})
    if any(day < one <= later for one in days_of_change(apart_from_parameters)):
        return None
    was, now = (parameters_on(criteria, one, None) for one in (day, later))
    changed = Reads(parameters=frozenset(name for name in {*was, *now} if was.get(name) != now.get(name)))
    kinds: tuple[RuleKind, ...] = ("ladder", "contradiction", "fact")
    if any(rules_reading(criteria, one, changed) for one in kinds):
        return None
    return rules_reading(criteria, "indicator", changed)


def _joining(space: Space) -> Callable[[Order, Order], Order]:
    """Return what makes of an order and the earlier version's one that is the earlier one's wherever it can be."""
    # Where an order is both ends of something it stays so: what reads it sees that nothing is open.
    known: dict[int, tuple[Order, Order]] = {}

    def joined(own: Order, there: Order) -> Order:
        if id(own) not in known:
            terms = tuple(was if means_same(space, [was], [now]) else now for was, now in zip(there, own, strict=True))
            known[id(own)] = own, there if all(map(is_same, terms, there)) else terms
        return known[id(own)][1]

    return joined


class Following:
    """What follows from what of the questions about further entries that only one of two versions asks.

    Of a list with so many entries that fulfil the narrower of two questions as many fulfil the wider one. Else entries
    would have to show that, anew for each question to the solver.
    """

    def __init__(self, space: Unbounded) -> None:
        """Take the cases; no finding is looked at yet."""
        self._space = space
        self._asked: list[tuple[set[Quantified], tuple[list[Quantified], list[Quantified]]]] = []
        """By finding: all that it asks, and what it asks only under the earlier, and only under the later version."""
        self._shown: dict[tuple[Quantified, str, tuple[Quantified, ...]], bool] = {}
        self._said: set[tuple[Quantified, str, tuple[Quantified, ...]]] = set()

    def add(self, pairs: Sequence[tuple[Term, Term]]) -> None:
        """Take what a finding comes to under both versions, where it is not the same."""
        if pairs:
            before, after = (self._asked_by(terms) for terms in zip(*pairs, strict=True))
            own = [one for one in before if one not in after], [one for one in after if one not in before]
            self._asked.append(({*before, *after}, own))

    def tell(self) -> None:
        """Say of every case what follows."""
        for place in (0, 1):
            for asked, own in self._asked:
                for one in own[place]:
                    shown = self._followed(one, own[1 - place], 1 - place)
                    # What else the other finding needs is mostly less than what this one had.
                    for each in shown:
                        self._contained(asked, each)

    def _asked_by(self, terms: Iterable[Term]) -> dict[Quantified, None]:
        reads = frozenset[int]().union(*map(read_by, terms))
        return {
            one: None
            for one in self._space.blanks.quantified.values()
            if any(not isinstance(term, bool) and key(term) in reads for term in one.truth)
        }

    def _followed(self, narrow: Quantified, own: Sequence[Quantified], place: int) -> list[int]:
        """Say what follows from a question; return the findings to which its entries show something instead."""
        counterparts = [one for one in own if _is_counted_in(narrow, one)]
        instead: dict[int, None] = {}
        for end in ("must", "may"):
            found = [(one,) for one in counterparts if self._shows(narrow, end, one)]
            self._say(narrow, end, found)
            if found or narrow.least > 1:
                continue
            others: dict[Quantified, list[int]] = {}
            for number, (_asked, several) in enumerate(self._asked):
                for one in several[place]:
                    if _is_counted_in(narrow, one) and one not in counterparts:
                        others.setdefault(one, []).append(number)
            # What all of them do not show, no two do: nearly always that is all to be asked.
            if self._shows(narrow, end, *counterparts, *others):
                pairs = [*combinations(counterparts, 2), *product(counterparts, others)]
                shown = [pair for pair in pairs if self._shows(narrow, end, *pair)]
                self._say(narrow, end, shown)
                instead |= dict.fromkeys(number for _one, other in shown for number in others.get(other, ()))
        return list(instead)

    def _contained(self, asked: Collection[Quantified], number: int) -> None:
        """Say of the questions of one finding which of those of another one follow, where those read no more."""
        for narrow in asked:
            for wide in self._asked[number][0]:
                if wide is not narrow and _is_counted_in(narrow, wide) and wide.reads <= narrow.reads:
                    for end in ("must", "may"):
                        if self._shows(narrow, end, wide):
                            self._say(narrow, end, [(wide,)])

    def _shows(self, narrow: Quantified, end: str, *wide: Quantified) -> bool:
        if (narrow, end, wide) not in self._shown:
            term = both(getattr(narrow.where, end), *(negated(getattr(one.where, end)) for one in wide))
            reads = narrow.reads.union(*(one.reads for one in wide))
            self._shown[narrow, end, wide] = self._space.is_plainly_impossible(term, reads)
        return self._shown[narrow, end, wide]

    def _say(self, narrow: Quantified, end: str, wider: Iterable[tuple[Quantified, ...]]) -> None:
        new = [each for each in wider if (narrow, end, each) not in self._said]
        self._said |= {(narrow, end, each) for each in new}
        said = getattr(narrow.truth, end)
        self._space.hold(either(negated(said), *(getattr(one.truth, end) for one in each)) for each in new)


def _is_counted_in(narrow: Quantified, wide: Quantified) -> bool:
    """Return whether so many entries that fulfil the one question are enough for the other, should they fulfil it."""
    return narrow.entity == wide.entity and narrow.least >= wide.least
