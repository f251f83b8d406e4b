"""Which cases of a suite say the same of a part of the set: under a change that reaches no further, one tells of all.

What nearly all cases say of a fact is noted once; only those that say something else are looked at one by one.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from risk_engine.audit.cases import Run
from risk_engine.engine.facts import Entry, Facts, Read
from risk_engine.model.case import Case, entries
from risk_engine.model.criteria import Criteria

if TYPE_CHECKING:
    from datetime import date


class Part(NamedTuple):
    """A part of a set: facts and lists, with all that they hang on, and controls."""

    facts: frozenset[str]
    controls: frozenset[str]


class AlikeCases:
    """The cases of a suite, by their numbers, and what they say."""

    def __init__(self, criteria: Criteria, runs: Sequence[Run]) -> None:
        """Take the set and all its cases."""
        self.criteria = criteria
        self.runs = runs
        self.alone = frozenset(number for number, run in enumerate(runs) if not _is_plain(run))
        """Those whose answers contradict each other or are superfluous: these bear on more than the set says."""
        self._days: dict[date, list[int]] = {}
        self._with_control: dict[str, set[int]] = {}
        for number, run in enumerate(runs):
            if number not in self.alone:
                self._days.setdefault(run.worked.on, []).append(number)
                for control in run.worked.controls:
                    self._with_control.setdefault(control, set()).add(number)
        self._unusual: dict[str, dict[str, set[int]]] = {}
        self._last: tuple[Part, Alike] | None = None

    def in_part(self, part: Part) -> "Alike":
        """Return what says which cases are alike in a part."""
        # Mutants of one record come one after the other, and nearly always reach the same.
        if self._last is None or self._last[0] != part:
            facts = {one: numbers for one in sorted(part.facts) if (numbers := self._saying_else(one))}
            controls = {one: self._with_control[one] for one in sorted(part.controls) if one in self._with_control}
            self._last = part, Alike(self, facts, controls)
        return self._last[1]

    def _saying_else(self, fact: str) -> Collection[int]:
        """Return the cases that do not say of a fact, or of which entries there are, what nearly all of them say."""
        entity = fact.partition(".")[0]
        if entity not in self._unusual:
            self._unusual[entity] = self._unusual_of(entity)
        return self._unusual[entity].get(fact, ())

    def _unusual_of(self, entity: str) -> dict[str, set[int]]:
        numbers = [number for of_day in self._days.values() for number in of_day]
        if not numbers:
            return {}
        # Cases that were read near each other hold the very same object where they say the same.
        objects = {number: self.runs[number].worked.case.__dict__[entity] for number in numbers}
        often = dict(Counter(map(id, objects.values())).most_common(1))
        usual = next(self.runs[one].worked.case for one in numbers if id(objects[one]) in often)
        facts = [entity, *(f"{entity}.{short}" for short in self.criteria.entities[entity].facts)]
        known: dict[int, list[str]] = {}
        found: dict[str, set[int]] = {}
        for number, stated in objects.items():
            if id(stated) not in known:
                case = self.runs[number].worked.case
                known[id(stated)] = [
                    one for one in facts if said(case, one, self.criteria) != said(usual, one, self.criteria)
                ]
            for one in known[id(stated)]:
                found.setdefault(one, set()).add(number)
        return found


class Alike:
    """Which cases say the same of a part of the set, on the same day."""

    def __init__(
        self, cases: AlikeCases, facts: Mapping[str, Collection[int]], controls: Mapping[str, Collection[int]]
    ) -> None:
        """Take all cases, and who of them says anything unusual of which fact, or anything of which control."""
        self._cases = cases
        self._facts = tuple(facts)
        self._controls = tuple(controls)
        self._unusual = frozenset[int]().union(*facts.values(), *controls.values())
        self._firsts: dict[object, int] = {}
        self._known: dict[int, int] = {}

    def first(self, number: int) -> int | None:
        """Return the first of those that were asked for and are like a case, None if it is alone."""
        if number in self._cases.alone:
            return None
        if number not in self._known:
            self._known[number] = self._firsts.setdefault(self._says(number), number)
        return self._known[number]

    def _says(self, number: int) -> object:
        worked = self._cases.runs[number].worked
        if number not in self._unusual:
            return worked.on
        states = [worked.controls.get(one) for one in self._controls]
        counting = tuple(None if state is None else (state.counts_as, state.kinds) for state in states)
        return worked.on, tuple(said(worked.case, one, self._cases.criteria) for one in self._facts), counting


def _is_plain(run: Run) -> bool:
    facts = run.worked.facts
    return not facts.superfluous and facts.aside is None and facts.again is None and not run.contradicts


def said(case: Case, fact: str, criteria: Criteria) -> object:
    """Return what a case says of a fact, in every entry of a list; of a list as a whole which entries it has."""
    entity, _dot, short = fact.partition(".")
    if criteria.entities[entity].many is None:
        return getattr(case.__dict__[entity], short, None) if short else None
    stated = entries(case, entity)
    return None if stated is None else tuple((one.__dict__["id"], getattr(one, short or "id", None)) for one in stated)


def within(criteria: Criteria, part: Part, contradictions: Mapping[str, object]) -> Criteria:
    """Return a set with no other facts than those of a part, and no other contradictions than these."""
    kept: dict[str, set[str]] = {}
    for fact in part.facts:
        entity, _dot, short = fact.partition(".")
        kept.setdefault(entity, set()).add(short)
    entities = {
        name: entity.model_copy(
            update={"facts": {short: fact for short, fact in entity.facts.items() if short in kept[name]}}
        )
        for name, entity in criteria.entities.items()
        if name in kept
    }
    invariants = criteria.invariants.model_copy(update={"facts": contradictions})
    return criteria.model_copy(update={"entities": entities, "invariants": invariants})


def says_the_same(before: Facts, after: Facts, part: Part) -> bool:
    """Return whether facts of a part alone have the values that they had among all, and wait for the same answers."""
    for name, entry in after.single.items():
        if not _has(before.single[name], entry):
            return False
    for name, now in after.lists.items():
        was = before.lists[name]
        if now is None or was is None:
            if now is not was:
                return False
        elif [one.id for one in now] != [one.id for one in was] or not all(map(_has, was, now)):
            return False
    waiting = {read: asked for read, asked in before.asks.items() if _named(read) in part.facts}
    return waiting == after.asks


def _has(before: Entry, after: Entry) -> bool:
    return all(before.values[short] == value for short, value in after.values.items())


def _named(read: Read) -> str:
    return read.entity if read.fact is None else f"{read.entity}.{read.fact}"
