"""Of drawn goals the smallest sets are those that trying all sets shows, in order of what they cost."""

from collections.abc import Collection, Sequence
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.outlook import smallest
from risk_engine.outlook.offered import Part
from risk_engine.outlook.smallest import Smallest
from risk_engine.witness.space import Verdict

MOST_PARTS = 7
ENOUGH = 100
Set = frozenset[int]

parts = st.lists(
    st.builds(Part, done=st.none(), effort=st.integers(1, 3), is_new=st.booleans()), min_size=1, max_size=MOST_PARTS
)
goals = st.sets(st.frozensets(st.integers(0, MOST_PARTS - 1)), max_size=12)


class Goal:
    """A goal that some sets of parts reach, and whoever knows of it; what he names may be more than what is needed."""

    def __init__(self, reaching: Collection[Set], *, is_terse: bool) -> None:
        self.reaching = reaching
        self.is_terse = is_terse
        self.asked = 0

    def ask(self, left_out: Collection[int]) -> tuple[Verdict, Set]:
        self.asked += 1
        needed = frozenset(left_out)
        if not self._is_needed(needed):
            return "possible", frozenset()
        for one in sorted(needed) if self.is_terse else ():
            needed = needed - {one} if self._is_needed(needed - {one}) else needed
        return "impossible", needed

    def _is_needed(self, parts: Set) -> bool:
        return not any(parts.isdisjoint(one) for one in self.reaching)


def cost(one: Set, parts: Sequence[Part], order: Sequence[int] = (0, 1, 2)) -> tuple[list[int], list[int]]:
    found = (len(one), sum(parts[place].effort for place in one), sum(parts[place].is_new for place in one))
    return [found[measure] for measure in order], sorted(one)


def by_trying(reaching: Collection[Set], parts: Sequence[Part]) -> list[Set]:
    """Return the smallest sets of these parts that reach a goal, those that cost least first."""
    places = range(len(parts))
    every = map(frozenset, chain.from_iterable(combinations(places, size) for size in range(len(parts) + 1)))
    good = [one for one in every if one in reaching]
    return sorted((one for one in good if not any(other < one for other in good)), key=lambda one: cost(one, parts))


def found(parts: Sequence[Part], goal: Goal, limit: int) -> tuple[list[Set], bool]:
    search = Smallest(parts, goal.ask)
    sets = search.up_to(limit)
    places = {id(one): place for place, one in enumerate(parts)}
    return [frozenset(places[id(one)] for one in each) for each in sets], search.is_all


@given(parts, goals, st.booleans(), st.integers(1, 6))
def test_those_that_cost_least_are_told_in_order_and_the_best_by_each_measure(
    parts: list[Part], reaching: set[Set], is_terse: bool, limit: int
) -> None:
    reaching = {one for one in reaching if all(place < len(parts) for place in one)}
    everyone = by_trying(reaching, parts)
    assert found(parts, Goal(reaching, is_terse=is_terse), ENOUGH) == (everyone, True)
    few, is_all = found(parts, Goal(reaching, is_terse=is_terse), limit)
    limit = max(limit, 3)
    assert is_all == (len(everyone) <= limit)
    orders = ((0, 1, 2), (1, 0, 2), (2, 0, 1))
    best = [min(everyone, key=lambda one: cost(one, parts, order), default=None) for order in orders]
    first = [one for one in dict.fromkeys([*best, *everyone]) if one is not None][:limit]
    assert few == sorted(first, key=lambda one: cost(one, parts))


ALIKE = [Part(None, effort=1) for _ in range(60)]
APART = tuple(frozenset({3 * place, 3 * place + 1, 3 * place + 2}) for place in range(20))
"""Of each of twenty threes one is needed: more than three thousand million smallest sets that cost the same."""


def ask_apart(left_out: Collection[int]) -> tuple[Verdict, Set]:
    missed = next((one for one in APART if one <= set(left_out)), None)
    return ("possible", frozenset()) if missed is None else ("impossible", missed)


def test_of_more_sets_than_could_be_tried_some_are_told() -> None:
    search = Smallest(ALIKE, ask_apart)
    assert [len(one) for one in search.up_to(12)] == [20] * 12
    assert not search.is_all


def test_few_sets_are_asked_about() -> None:
    """Eight sets of three out of six parts: each is asked about once, each need once, and once what is left."""
    reaching = [frozenset({one, other, third}) for one in (0, 1) for other in (2, 3) for third in (4, 5)]
    goal = Goal(reaching, is_terse=True)
    assert len(found(ALIKE[:6], goal, ENOUGH)[0]) == len(reaching)
    assert goal.asked <= len(reaching) + 3 + 1


def test_a_search_that_takes_too_long_tells_what_it_found_and_that_it_is_not_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smallest, "MOST", 3)
    reaching = [frozenset({0}), *(frozenset({one, other}) for one in (1, 2) for other in (3, 4))]
    assert found(ALIKE[:5], Goal(reaching, is_terse=True), ENOUGH) == ([frozenset({0})], False)


def test_what_is_not_decided_is_not_told_as_all() -> None:
    def ask(left_out: Collection[int]) -> tuple[Verdict, Set]:
        return ("undecided", frozenset()) if left_out else ("possible", frozenset())

    search = Smallest(ALIKE[:2], ask)
    assert search.up_to(ENOUGH) == []
    assert not search.is_all
