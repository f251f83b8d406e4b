"""The fewest answers that settle a case: what an interview is measured against, for nobody can ask less and be sure.

Somebody who knew every answer beforehand would ask exactly these. A set of answers settles a case if headline and gate
have one level left by their bounds, whatever the rest is. A set that does not settle it can be filled up until nothing
can be added to it; every set that settles it holds something that is missing there. So the smallest set that hits
something in each of the gaps found so far is never larger than the answer; once it settles the case it is the answer.
It needs the extra `audit`.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

import z3

from benchmarks.asked import is_for_record
from risk_engine.engine.evaluate import evaluate
from risk_engine.engine.facts import Facts, Read
from risk_engine.model.case import UNKNOWN
from risk_engine.model.facts import AnyFact, RowFact, TextFact
from risk_engine.office.forms.case_record import Record
from risk_engine.office.forms.export_form import label_fact
from risk_engine.office.interview.standing import is_settled


class Fewest:
    """Looks for the fewest answers of a complete case that settle it."""

    def __init__(self, record: Record) -> None:
        """Take the complete case."""
        self._record = record
        self.answers = tuple(self._stated())
        """Every answer that a rule reads, and every list, in the order of the case file."""

    def found(self) -> frozenset[Read] | None:
        """Return the answers; None where not even all of them settle the case."""
        if not self.settle(self.answers):
            return None
        # What the case is open without is in every set that settles it.
        hitting = _Hitting(self.answers)
        for one in self.answers:
            if not self.settle({*self.answers} - {one}):
                hitting.add([one])
        while True:
            smallest = hitting.smallest()
            if self.settle(smallest):
                return frozenset(smallest)
            self._add_gaps(hitting, smallest)

    def settle(self, answers: Collection[Read]) -> bool:
        """Return whether these answers alone settle the case; what could not be asked yet does not count."""
        given = set(answers)
        while True:
            worked = self._with(given).worked
            too_soon = {one for one in given if _is_too_soon(one, worked.facts, self._fact(one))}
            if not too_soon:
                return is_settled(worked)
            given -= too_soon

    # --- the gaps ---

    def _add_gaps(self, hitting: "_Hitting", answers: Collection[Read]) -> None:
        """Find gaps until one answer out of each settles the case: the more at once, the fewer smallest sets."""
        held = set(answers)
        while not self.settle(held):
            filled = set(held)
            for one in self.answers:
                if one not in filled and not self.settle({*filled, one}):
                    filled.add(one)
            gap = [one for one in self.answers if one not in filled]
            hitting.add(gap)
            held.add(gap[0])

    # --- the case ---

    def _stated(self) -> Iterable[Read]:
        record = self._record
        for name, entity in record.criteria.entities.items():
            if entity.many is not None:
                yield Read(name, None, None)
            entries = (None,) if entity.many is None else tuple(one["id"] for one in record.entries(name))
            label = label_fact(record.criteria, name) if entity.many is not None else None
            for entry in entries:
                for short, fact in entity.facts.items():
                    read = Read(name, entry, short)
                    is_asked = short != label and not isinstance(fact, TextFact)
                    if is_asked and record.answer(read) is not None and not is_for_record(read, record.worked):
                        yield read

    def _fact(self, read: Read) -> AnyFact | None:
        return self._record.criteria.entities[read.entity].facts[read.fact] if read.fact is not None else None

    def _with(self, answers: Collection[Read]) -> Record:
        """Return the record in which only these are answered; without its list an entry is not there."""
        data = dict(self._record.data)
        for name, entity in self._record.criteria.entities.items():
            if entity.many is None:
                data[name] = self._kept(name, None, data.get(name) or {}, answers)
            elif Read(name, None, None) in answers:
                data[name] = tuple(self._kept(name, one["id"], one, answers) for one in self._record.entries(name))
            else:
                data[name] = UNKNOWN
        return replace(self._record, data=data)

    def _kept(
        self, entity: str, entry: str | None, stated: dict[str, Any], answers: Collection[Read]
    ) -> dict[str, Any]:
        named = set() if entry is None else {"id", label_fact(self._record.criteria, entity)}
        return {key: value for key, value in stated.items() if key in named or Read(entity, entry, key) in answers}


def _is_too_soon(read: Read, facts: Facts, fact: AnyFact | None) -> bool:
    """Return whether it is not known yet whether a question is asked at all."""
    if fact is None or isinstance(fact, RowFact | TextFact) or fact.ask_when is None:
        return False
    entries = (facts.single[read.entity],) if read.entry is None else facts.lists[read.entity] or ()
    return any(evaluate(fact.ask_when, facts, one).value is None for one in entries if one.id == read.entry)


class _Hitting:
    """The smallest set that holds something of each gap."""

    def __init__(self, answers: Collection[Read]) -> None:
        context = z3.Context()
        self._terms = {one: z3.Bool(one.path(), context) for one in answers}
        self._solver = z3.Optimize(ctx=context)
        for one, term in self._terms.items():
            self._solver.add_soft(z3.Not(term))
            if one.entry is not None:
                self._solver.add(z3.Implies(term, self._terms[Read(one.entity, None, None)]))

    def add(self, gap: Iterable[Read]) -> None:
        """Ask that the set holds something of this gap."""
        self._solver.add(z3.Or(*(self._terms[one] for one in gap)))

    def smallest(self) -> list[Read]:
        """Return the smallest set."""
        self._solver.check()
        model = self._solver.model()
        return [one for one, term in self._terms.items() if z3.is_true(model.eval(term))]
