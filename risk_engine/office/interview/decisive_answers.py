"""What an open condition still wants: the answers that would show it, those that would rule it out, how likely it is.

Read from the criteria and the answers so far alone. Nobody knows how likely an answer is, so each option counts alike,
and each row of a table; that is good for comparing questions and for nothing else.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import prod
from typing import NamedTuple, TypeAlias, assert_never

from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Entry, Facts, Read
from risk_engine.engine.find import Found
from risk_engine.engine.work import Worked
from risk_engine.model.conditions import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    ConditionOrAlways,
    Holds,
    Not,
    Quantifier,
    deep_walks,
)
from risk_engine.model.criteria import knock_out_conditions, severity_conditions
from risk_engine.model.facts import (
    BooleanFact,
    ChoiceFact,
    ChoicesFact,
    DateFact,
    IntegerFact,
    RowFact,
    RuleFact,
    TextFact,
)
from risk_engine.model.profile import cell_of
from risk_engine.model.references import closable
from risk_engine.model.words import SEVERITIES, Value

Reads: TypeAlias = frozenset[Read]
Shares: TypeAlias = dict[tuple[int, bool], tuple[float, Compare]]
"""Of leaves, by identity, with whether a table may still answer: what share of the answers fulfils each."""

MOST_NUMBERS = 100
"""Of a longer range of numbers so many are looked at, evenly spread."""
NOBODY = Entry("?", {})
"""Stands for the entries of a list of which nobody has said what is in it."""


class Way(NamedTuple):
    """A condition: whether it holds, and where that is open how likely it is and what the answers are that decide."""

    value: bool | None
    chance: float
    shows: Reads = frozenset()
    """The fewest answers that can show that it holds."""
    rules_out: Reads = frozenset()
    """The fewest answers that can show that it does not."""


_YES, _NO = Way(value=True, chance=1.0), Way(value=False, chance=0.0)


class Ways:
    """Reads the conditions of one case. `shares` is kept from case to case under the same rules on the same day."""

    def __init__(self, worked: Worked, shares: Shares) -> None:
        """Take what the case came to."""
        self._worked = worked
        self._facts = worked.facts
        self._closable = closable(worked.criteria)
        self._shares = shares
        self._seen: dict[tuple[int, int], Way] = {}
        self._wanted = Counter(read for one in worked.found for read in dict.fromkeys(one.missing))

    @deep_walks()
    def of(self, found: Found) -> list[Way]:
        """Return what decides an open finding: how severe it is, or where that is settled what bars it or helps it."""
        indicator, at_least = found.indicator, SEVERITIES.index(found.inherent)
        higher = [one for severity, one in severity_conditions(indicator) if SEVERITIES.index(severity) > at_least]
        severity = self._any([self._way(one, None) for one in higher])
        if severity.value is None:
            return [severity]
        others = [one for _kind, one in knock_out_conditions(indicator)]
        others += [one.when for one in indicator.controls if one.when is not None]
        return [way for one in others if (way := self._way(one, None)).value is None]

    def _way(self, condition: ConditionOrAlways, entry: Entry | None) -> Way:
        key = id(condition), id(entry)
        if key not in self._seen:
            self._seen[key] = _YES if condition == "always" else self._read(condition, entry)
        return self._seen[key]

    def _read(self, condition: Condition, entry: Entry | None) -> Way:
        match condition:
            case Holds(holds=name):
                return self._way(self._facts.definitions[name], entry)
            case Not(not_=part):
                return _opposite(self._way(part, entry))
            case AllOf(all_of=parts):
                return self._all([self._way(one, entry) for one in parts])
            case AnyOf(any_of=parts):
                return self._any([self._way(one, entry) for one in parts])
            case Quantifier():
                return self._quantified(condition)
            case Compare():
                return self._leaf(condition, entry)
            case _:
                assert_never(condition)

    def _quantified(self, node: Quantifier) -> Way:
        ways = self._each(node.entity, node.where, closed=node.kind == "every")
        match node.kind:
            case "some":
                return self._any(ways)
            case "every":
                return self._all(ways)
            case "at_least":
                return _so_many(ways, node.bound, value=evaluate(node, self._facts).value)
            case "at_most":
                value = evaluate(node, self._facts).value
                return _opposite(_so_many(ways, node.bound + 1, value=None if value is None else not value))
            case _:
                assert_never(node.kind)

    def _each(self, entity: str, where: Condition, *, closed: bool) -> list[Way]:
        """Return what the condition wants of each entry; of an open list as if it had one, to be named first.

        `closed` is what is so where it turns out that there can be none.
        """
        entries = self._facts.lists[entity]
        if entries is not None:
            return [self._way(where, one) for one in entries]
        one, listed = self._way(where, NOBODY), frozenset([Read(entity, None, None)])
        way = Way(None, one.chance, one.shows | listed, one.rules_out | listed)
        condition = self._closable.get(entity)
        return [way if condition is None else self._opened(way, self._way(condition, None), closed=closed)]

    def _leaf(self, leaf: Compare, entry: Entry | None) -> Way:
        value = evaluate(leaf, self._facts, entry).value
        if value is not None:
            return _YES if value else _NO
        entity, _, short = leaf.fact.partition(".")
        holder = self._facts.single.get(entity) or entry
        assert holder is not None  # noqa: S101 (scope was checked when the set was loaded)
        fact = self._rule_fact(leaf)
        read = Read(entity, holder.id, short)
        row = None if fact.from_ is None else Read(entity, holder.id, fact.from_)
        # What a table says is not known as long as nobody has said of which row.
        from_table = row is not None and (holder is NOBODY or row in self._facts.to_ask(read))
        asked = frozenset([row if row is not None and from_table else read])
        way = Way(None, self._share(leaf, fact, from_table=from_table), asked, asked)
        return way if fact.ask_when is None else self._if_asked(way, leaf, fact, self._way(fact.ask_when, holder))

    def _if_asked(self, way: Way, leaf: Compare, fact: RuleFact, opened: Way) -> Way:
        """Return a leaf whose question may not be asked at all; if it is not, the set has an answer."""
        assert fact.otherwise is not None  # noqa: S101 (checked when the set was loaded)
        return self._opened(way, opened, closed=self._holds(leaf, fact.otherwise))

    def _opened(self, way: Way, opened: Way, *, closed: bool) -> Way:
        """Return what hangs on whether a question is asked at all, and is `closed` where it is not."""
        if opened.value is not None:
            return way
        asked, chance = way.shows | opened.shows, opened.chance * way.chance
        cheapest = self._cheapest((opened.rules_out, asked))
        if closed:
            return Way(None, 1 - opened.chance + chance, cheapest, asked)
        return Way(None, chance, asked, cheapest)

    # --- conditions joined ---

    def _all(self, parts: Sequence[Way]) -> Way:
        """Return whether every part holds; one that does not is enough to rule it out."""
        if any(one.value is False for one in parts):
            return _NO
        parts = [one for one in parts if one.value is None]
        if not parts:
            return _YES
        together = frozenset[Read]().union(*(one.shows for one in parts))
        rules_out = self._cheapest([one.rules_out for one in parts])
        return Way(None, prod(one.chance for one in parts), together, rules_out)

    def _any(self, parts: Sequence[Way]) -> Way:
        """Return whether a part holds."""
        return _opposite(self._all([_opposite(one) for one in parts]))

    def _cheapest(self, several: Sequence[Reads]) -> Reads:
        """Return the answers that take the fewest questions; of equally many those that most findings wait for."""
        return min(several, key=lambda reads: (len(reads), -sum(self._wanted[read] for read in reads)))

    # --- how likely ---

    def _rule_fact(self, leaf: Compare) -> RuleFact:
        entity, _, short = leaf.fact.partition(".")
        fact = self._worked.criteria.entities[entity].facts[short]
        assert not isinstance(fact, RowFact | TextFact)  # noqa: S101 (conditions never read them)
        return fact

    def _share(self, leaf: Compare, fact: RuleFact, *, from_table: bool) -> float:
        key = id(leaf), from_table
        if key not in self._shares:
            values = _values(fact)
            share = sum(self._holds(leaf, one) for one in values) / len(values)
            if from_table:
                share = self._share_of_rows(leaf, fact, share)
            self._shares[key] = share, leaf  # kept with it, so that no later one can take its identity
        return self._shares[key][0]

    def _share_of_rows(self, leaf: Compare, fact: RuleFact, unknown: float) -> float:
        """Return the share of the rows of a table that fulfil a leaf; where a row says nothing, a person is asked."""
        worked, (entity, _, short) = self._worked, leaf.fact.partition(".")
        row_fact = worked.criteria.entities[entity].facts[fact.from_ or ""]
        assert isinstance(row_fact, RowFact)  # noqa: S101 (checked when the set was loaded)
        rows = worked.criteria.tables[row_fact.of].rows
        cells = [
            cell_of(worked.criteria, worked.profile, row_fact.of, row, fact.column or short, worked.on)[0]
            for row in rows
        ]
        return sum(unknown if one is None else float(self._holds(leaf, one)) for one in cells) / max(1, len(cells))

    def _holds(self, leaf: Compare, value: Value | tuple[str, ...]) -> bool:
        entity, _, short = leaf.fact.partition(".")
        entry = Entry(None, {short: value})
        facts: Facts = replace(self._facts, single={**self._facts.single, entity: entry})
        return evaluate(leaf, facts).value is True


def _values(fact: RuleFact) -> Sequence[Value | tuple[str, ...]]:
    """Return answers that stand for all: of several options each alone and none of them, of days the first and last."""
    match fact:
        case BooleanFact():
            return False, True
        case ChoiceFact(options=options):
            return tuple(options)
        case ChoicesFact(options=options):
            return ((), *((one,) for one in options))
        case IntegerFact(range=(low, high)):
            return range(low, high + 1, 1 + (high - low) // MOST_NUMBERS)
        case DateFact():
            return date.min, date.max
        case _:
            assert_never(fact)


def _so_many(parts: Sequence[Way], number: int, *, value: bool | None) -> Way:
    """Return whether so many parts hold; which of them is left open."""
    if value is not None:
        return _YES if value else _NO
    parts = [one for one in parts if one.value is None]
    shows, rules_out = (
        frozenset[Read]().union(*several)
        for several in ([one.shows for one in parts], [one.rules_out for one in parts])
    )
    return Way(None, max(one.chance for one in parts) ** number, shows, rules_out)


def _opposite(way: Way) -> Way:
    return Way(None if way.value is None else not way.value, 1 - way.chance, way.rules_out, way.shows)
