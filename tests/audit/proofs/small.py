"""Sets so small that all their cases can be tried: drawn at random, each case worked out by the engine alone.

What the questions of a proof mean is said here a second time, over the list of all cases; no solver is asked.
"""

import itertools
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import assume
from hypothesis import strategies as st

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.find import Found
from risk_engine.engine.resolve import broken
from risk_engine.engine.work import Worked, work
from risk_engine.model.case import Case, case_model
from risk_engine.model.conditions import Condition
from risk_engine.model.criteria import Criteria, Option, knock_out_conditions
from risk_engine.model.words import SEVERITIES
from tests.engine.builder import DAY, criteria_of
from tests.strategies import HEADS, OPTIONS, PARAMETERS, Data, Fact, Pen, _combined, _indicator, _ladder, _leaf

KINDS: dict[str, Data] = {
    "flag": {"type": "boolean"},
    "grade": {"type": "choice", "options": OPTIONS},
    "tags": {"type": "choices", "options": ("red", "blue")},
}
ANSWERS: dict[str, tuple[Any, ...]] = {
    "flag": (False, True),
    "grade": OPTIONS,
    "tags": ((), ("red",), ("blue",), ("red", "blue")),
}
DIRECTIONS: dict[str, tuple[Any, ...]] = {
    "flag": (True, False),
    "grade": ("later", "earlier"),
    "tags": ("more", "fewer"),
}
PLACES = 2
CONTROL = "C0"


class Key(NamedTuple):
    """A case: the answers to `deal.a` and `deal.b`, of the list `item` the answer of each entry, the control."""

    first: Any
    second: Any
    items: tuple[Any, ...] | None
    in_place: bool


def draw_set(pen: Pen, folder: Path) -> Criteria:
    """Draw a set: two facts of the deal, of which the first may decide whether the second is asked, and a list."""
    facts = {name: _fact(pen) for name in ("deal.a", "deal.b", "item.c")}
    deal = [Fact(name, kind) for name, (kind, _) in facts.items() if name.startswith("deal")]
    second = dict(facts["deal.b"][1])
    if pen.chance(2):
        second |= {"ask_when": _leaf(pen, deal[:1]), "otherwise": pen.one(ANSWERS[deal[1].kind])}
    listed: Data = {"many": PLACES, "facts": {"c": facts["item.c"][1]}}
    if pen.chance(3):
        listed["ask_when"] = _leaf(pen, deal[:1])
    of_item = [Fact("item.c", facts["item.c"][0]), *deal]

    def leaf() -> Data:
        if pen.chance(3):
            key = pen.one(("some", "every", "count"))
            bound = {pen.one(("at_least", "at_most")): 1 + pen.index(PLACES)} if key == "count" else {}
            return {key: "item", "where": _combined(pen, lambda: _leaf(pen, of_item), 1), **bound}
        return _leaf(pen, deal)

    contradictions: Data = {}
    if pen.chance(2):
        contradictions["F0"] = {"then": {"not": _combined(pen, leaf)}, "reopens": not pen.chance(4)}

    head = pen.one(HEADS)
    points, dimensions = head["severity"]["points"], tuple(head.get("dimensions", ("body", "mind")))
    indicators = {
        f"I{number}": _indicator(pen, lambda: _combined(pen, leaf), points) for number in range(1 + pen.index(2))
    }
    for one in indicators.values():
        # A control is in place here or is not: there is no evidence of kinds.
        plain = ({name: part for name, part in option.items() if name != "needs"} for option in one["controls"][:1])
        one["controls"] = [{**option, "all": (CONTROL,)} for option in plain]
    return criteria_of(
        folder,
        {
            "facts": {
                "deal": {"facts": {"a": facts["deal.a"][1], "b": second}},
                "item": listed,
            },
            "parameters": PARAMETERS,
            "indicators": indicators,
            "controls": {CONTROL: None},
            "invariants": {"facts": contradictions},
            "ladders": {name: _ladder(pen, tuple(indicators), dimensions) for name in ("measure", "gate")},
            "head": {**head, "roles": {"headline": "measure", "gate": "gate"}},
        },
    )


def _fact(pen: Pen) -> tuple[str, Data]:
    kind = pen.one(tuple(KINDS))
    # A choice has an order by its direction, so that it can be compared.
    is_directed = kind == "grade" or not pen.chance(3)
    return kind, KINDS[kind] | ({"riskier": pen.one(DIRECTIONS[kind])} if is_directed else {})


def base_key(criteria: Criteria, draw: Pen) -> Key:
    """Draw a base case in which nothing is missing, if that is a case."""
    first, second = (draw.one(answers(criteria, name)) for name in ("deal.a", "deal.b"))
    return Key(first, second, (draw.one(answers(criteria, "item.c")),), in_place=False)


def answers(criteria: Criteria, fact: str) -> tuple[Any, ...]:
    """Return all answers to a fact."""
    declared = criteria.fact(fact)
    return next(ANSWERS[kind] for kind, one in KINDS.items() if one["type"] == declared.type)


class Universe:
    """All cases of a small set that answer nothing that others close, each as the engine works it out."""

    def __init__(self, criteria: Criteria) -> None:
        self.criteria = criteria
        self.model = case_model(criteria)
        self.cases: dict[Key, Worked] = {}
        deal = [(*answers(criteria, name), None) for name in ("deal.a", "deal.b")]
        values = (*answers(criteria, "item.c"), None)
        self.lists = [some for size in range(PLACES + 1) for some in itertools.product(values, repeat=size)]
        for first, second, items, in_place in itertools.product(*deal, [None, *self.lists], (False, True)):
            key = Key(first, second, items, in_place)
            worked = work(self.case(key), criteria, DAY)
            if not worked.facts.superfluous:
                self.cases[key] = worked

    def case(self, key: Key) -> Case:
        """Return a case as such."""
        data: Data = {"deal": {name: one for name, one in zip("ab", key[:2], strict=True) if one is not None}}
        if key.items is not None:
            entries = ({} if one is None else {"c": one} for one in key.items)
            data["item"] = tuple({"id": f"i{number}", **one} for number, one in enumerate(entries))
        if key.in_place:
            evidence = ({"kind": "k", "reference": "r", "date": DAY},)
            data["controls"] = ({"id": CONTROL, "status": "implemented", "evidence": evidence},)
        return self.model.model_validate({"id": "c", "title": "C", "assessment_date": DAY, **data})

    def finding(self, key: Key, name: str) -> Found:
        """Return what an indicator comes to in a case."""
        return next(one for one in self.cases[key].found if one.id == name)

    # --- which pairs are a step apart ---

    def contradicts(self, key: Key) -> bool:
        """Return whether the answers of a case contradict each other, whether they count as open then or not."""
        return any(broken(self.cases[key].facts, self.criteria))

    def _goes_together(self, pair: tuple[Key, Key]) -> bool:
        """Return whether nothing that a pair answers counts as open again because it contradicts something."""
        return all(self.cases[one].facts.again is None for one in pair)

    @cached_property
    def riskier(self) -> list[tuple[Key, Key]]:
        """Return all pairs of which the second has one answer that is riskier, with what that opens and closes."""
        found = [
            (one, other)
            for one in self.cases
            for other in [*self._with_first(one), *self._with_second(one), *self._with_item(one)]
            if other in self.cases
        ]
        return [pair for pair in found if self._rises(*pair) and self._goes_together(pair)]

    def _with_first(self, key: Key) -> Iterator[Key]:
        """Yield cases with another first answer; what hangs on it changes only where it is asked no more, or anew."""
        second, listed = self.criteria.entities["deal"].facts["b"].ask_when, self.criteria.entities["item"].ask_when
        for first in answers(self.criteria, "deal.a"):
            seconds = self._stated(second, key, first, key.second, answers(self.criteria, "deal.b"))
            lists = self._stated(listed, key, first, key.items, self.lists)
            yield from (
                key._replace(first=first, second=one, items=items) for one, items in itertools.product(seconds, lists)
            )

    def _stated(
        self, condition: Condition | None, key: Key, first: Any, stated: Any, every: Sequence[Any]
    ) -> Sequence[Any]:
        """Return what may be stated after another first answer of what is asked on a condition."""
        if condition is None:
            return (stated,)
        was, now = self._asked(condition, key.first), self._asked(condition, first)
        if was is None and now is not None:
            return ()  # what is stated counts for sure then: that is known, more than a riskier answer
        if now is not False and was is False:
            return every
        return (None,) if now is False and was is not False else (stated,)

    def _asked(self, condition: Condition, first: Any) -> bool | None:
        """Return whether a question is asked."""
        return evaluate(condition, self.cases[Key(first, None, (), in_place=False)].facts).value

    def _with_second(self, key: Key) -> Iterator[Key]:
        """Yield cases with another second answer; while it is not sure that it is asked, none counts for what it is."""
        condition = self.criteria.entities["deal"].facts["b"].ask_when
        if condition is not None and not self._asked(condition, key.first):
            return
        yield from (key._replace(second=one) for one in answers(self.criteria, "deal.b"))

    def _with_item(self, key: Key) -> Iterator[Key]:
        for place in range(len(key.items or ())):
            for one in answers(self.criteria, "item.c"):
                items = (*(key.items or ())[:place], one, *(key.items or ())[place + 1 :])
                yield key._replace(items=items)

    def _rises(self, one: Key, other: Key) -> bool:
        if one.first != other.first:
            return self._is_riskier("deal.a", one.first, other.first)
        if one.items != other.items:
            changed = next(pair for pair in zip(one.items or (), other.items or (), strict=True) if pair[0] != pair[1])
            return self._is_riskier("item.c", *changed)
        return self._is_riskier("deal.b", one.second, other.second)

    def _is_riskier(self, fact: str, before: Any, after: Any) -> bool:
        direction = getattr(self.criteria.fact(fact), "riskier", None)
        if direction is None or before is None or after is None or before == after:
            return False
        if direction in {"earlier", "fewer"} or direction is False:
            before, after = after, before
        if isinstance(before, tuple):
            return set(before) < set(after)
        values = answers(self.criteria, fact)
        return values.index(before) < values.index(after)

    @cached_property
    def answered(self) -> list[tuple[Key, Key]]:
        """Return all pairs of which the second has an answer to what the first leaves open, and is the same else."""
        found: list[tuple[Key, Key]] = []
        for one in self.cases:
            if one.first is None:
                found += [(one, one._replace(first=value)) for value in answers(self.criteria, "deal.a")]
            if one.second is None:
                found += [(one, one._replace(second=value)) for value in answers(self.criteria, "deal.b")]
            if one.items is None:
                found += [(one, other) for other in self.cases if other == one._replace(items=other.items)]
            for place in (place for place, value in enumerate(one.items or ()) if value is None):
                rest = list(one.items or ())
                for value in answers(self.criteria, "item.c"):
                    rest[place] = value
                    found.append((one, one._replace(items=tuple(rest))))
        return [pair for pair in found if pair[1] in self.cases and self._goes_together(pair)]

    # --- what is said of one case ---

    def helps(self, key: Key, name: str) -> bool:
        """Return whether the option of a finding counts, and lowers it or cures what bars it."""
        found = self.finding(key, name)
        if found.outcome != "present" or not found.options or found.options[0].counts is not True:
            return False
        return self.is_barred(key, name) or _left(found.options[0].option, found.inherent) != found.inherent

    def is_barred(self, key: Key, name: str) -> bool:
        """Return whether a knock-out of an indicator holds, cured or not."""
        conditions = [one for _kind, one in knock_out_conditions(self.criteria.indicators[name])]
        return any(evaluate(one, self.cases[key].facts).value for one in conditions)

    def is_settled(self, key: Key, name: str) -> bool:
        """Return whether all is known: severity, of each knock-out if it holds, of each option if it counts."""
        found, indicator = self.finding(key, name), self.criteria.indicators[name]
        conditions = [one for _kind, one in knock_out_conditions(indicator)]
        conditions += [one.when for one in indicator.controls if one.when is not None]
        is_known = all(evaluate(one, self.cases[key].facts).value is not None for one in conditions)
        return is_known and found.inherent == found.possible

    def distance(self, key: Key, base: Key) -> tuple[int, int]:
        """Return in how much a case differs from the base case, which has one entry; and how many entries it has."""
        differing = sum(one != other for one, other in zip(key[:2], base[:2], strict=True)) + key.in_place
        if key.items is None:
            return differing + 1, 0
        twin = (base.items or ())[0]
        more = sum(one != twin for one in key.items) + abs(len(key.items) - 1)
        return differing + more, len(key.items)


def _left(option: Option, severity: str) -> str:
    place = SEVERITIES.index(severity)
    if option.residual is not None:
        return SEVERITIES[min(place, SEVERITIES.index(option.residual))]
    return SEVERITIES[max(0, place - (option.lowers_by or 0))]


@st.composite
def small_sets(draw: st.DrawFn, folder: Path) -> tuple[Universe, Key]:
    """Draw a small set with all of its cases, and one of them as its base."""
    pen = Pen(draw)
    universe = Universe(draw_set(pen, folder))
    base = base_key(universe.criteria, pen)
    if base not in universe.cases:
        base = base._replace(second=None)
    if base not in universe.cases:  # the list is closed then
        whole = [one for one in universe.cases if one.items and len(one.items) == 1 and None not in one.items]
        assume(whole)
        base = next((one for one in whole if not one.in_place), base)
    return universe, base
