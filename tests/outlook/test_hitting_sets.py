"""Of drawn goals the smallest sets are those that trying all sets shows, in order of what they cost."""

from collections.abc import Collection, Sequence
from itertools import combinations
from random import Random

import pytest

from risk_engine.outlook import offers
from risk_engine.outlook.offers import HittingSets, Part
from risk_engine.solver.space import Verdict

PARTS = 8
DRAWN = 300
ENOUGH = 1000
Set = frozenset[int]

EVERY_SET = [frozenset(one) for size in range(PARTS + 1) for one in combinations(range(PARTS), size)]


def drawn(pick: Random) -> tuple[list[Part], list[Set]]:
    """Return parts and the sets of them that reach a goal: some sets, or those that have a part of each of several."""
    parts = [Part(None, effort=pick.randint(1, 3), is_new=pick.random() < 1 / 2) for _ in range(PARTS)]
    some = [frozenset(pick.sample(range(PARTS), pick.randint(1, 4))) for _ in range(pick.randint(0, 12))]
    if pick.random() < 1 / 3:
        return parts, some
    return parts, [one for one in EVERY_SET if all(not one.isdisjoint(need) for need in some[:5])]


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
    good = sorted(set(reaching), key=len)
    return sorted((one for one in good if not any(other < one for other in good)), key=lambda one: cost(one, parts))


def found(parts: Sequence[Part], goal: Goal, limit: int) -> tuple[list[Set], bool]:
    search = HittingSets(parts, goal.ask)
    sets = search.up_to(limit)
    places = {id(one): place for place, one in enumerate(parts)}
    return [frozenset(places[id(one)] for one in each) for each in sets], search.is_all


@pytest.mark.parametrize(
    ("is_terse", "drawn_"),
    [(True, DRAWN), (False, DRAWN // 6), pytest.param(False, DRAWN, marks=pytest.mark.nightly)],
)
def test_those_that_cost_least_are_told_in_order_and_the_best_by_each_measure(drawn_: int, *, is_terse: bool) -> None:
    cut = 0
    for seed in range(drawn_):
        pick = Random(seed)  # noqa: S311 (nothing is to be kept secret)
        parts, reaching = drawn(pick)
        everyone = by_trying(reaching, parts)
        assert found(parts, Goal(reaching, is_terse=is_terse), ENOUGH) == (everyone, True)
        limit = pick.randint(3, 6)
        few = found(parts, Goal(reaching, is_terse=is_terse), limit)
        assert few == (best_of(everyone, parts, limit), len(everyone) <= limit)
        cut += len(everyone) > limit
    assert cut > drawn_ / 5


def best_of(everyone: Sequence[Set], parts: Sequence[Part], limit: int) -> list[Set]:
    orders = ((0, 1, 2), (1, 0, 2), (2, 0, 1))
    best = [one for order in orders for one in sorted(everyone, key=lambda one: cost(one, parts, order))[:1]]
    return sorted(list(dict.fromkeys([*best, *everyone]))[:limit], key=lambda one: cost(one, parts))


def test_the_least_effort_and_the_fewest_new_parts_are_told_although_many_sets_are_smaller() -> None:
    parts = [
        *(Part(None, effort=3) for _ in range(4)),  # each of them does alone
        *(Part(None, effort=1) for _ in range(2)),  # both do, and cost less effort
        *(Part(None, effort=1, is_new=False) for _ in range(3)),  # all three do, and none is new
    ]
    reaching = [*(frozenset({place}) for place in range(4)), frozenset({4, 5}), frozenset({6, 7, 8})]
    assert found(parts, Goal(reaching, is_terse=True), 4) == ([reaching[0], reaching[1], *reaching[4:]], False)


ALIKE = [Part(None, effort=1) for _ in range(60)]
APART = tuple(frozenset({3 * place, 3 * place + 1, 3 * place + 2}) for place in range(20))
"""Of each of twenty threes one is needed: more than three thousand million smallest sets that cost the same."""


def ask_apart(left_out: Collection[int]) -> tuple[Verdict, Set]:
    missed = next((one for one in APART if one <= set(left_out)), None)
    return ("possible", frozenset()) if missed is None else ("impossible", missed)


def test_of_more_sets_than_could_be_tried_some_are_told() -> None:
    search = HittingSets(ALIKE, ask_apart)
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
    monkeypatch.setattr(offers, "MOST", 3)
    reaching = [frozenset({0}), *(frozenset({one, other}) for one in (1, 2) for other in (3, 4))]
    assert found(ALIKE[:5], Goal(reaching, is_terse=True), ENOUGH) == ([frozenset({0})], False)


def test_what_is_not_decided_is_not_told_as_all() -> None:
    def ask(left_out: Collection[int]) -> tuple[Verdict, Set]:
        return ("undecided", frozenset()) if left_out else ("possible", frozenset())

    search = HittingSets(ALIKE[:2], ask)
    assert search.up_to(ENOUGH) == []
    assert not search.is_all
